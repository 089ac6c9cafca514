"""The text of a WordPress post as HTML: comments of its block editor, shortcodes, paragraphs made of empty lines.

    expanded(content, blog, notes) -> HTML

Shortcodes are `[name key="value"]`, `[name]…[/name]` and `[[name]]` for one that is only shown
(https://developer.wordpress.org/plugins/shortcodes/). Unknown ones are told of; words within them stay.
"""

import re
from html import escape, unescape

from django.utils.translation import gettext as _

from .. import html
from . import blocks, builders

_CODE = {"pre", "code", "script", "style", "textarea"}
_PIECE = re.compile(
    r"(?P<tag></?(?P<element>[a-zA-Z][a-zA-Z0-9]*)[^<>]*>)"
    r"|\[(?P<shown>\[?)(?P<end>/?)(?P<name>[a-zA-Z][\w-]{0,60})(?P<said>(?![\w-])[^\[\]]{0,4000})\](?P<shown_end>\]?)"
)
_SAID = re.compile(r"""([\w-]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|"([^"]*)"|'([^']*)'|(\S+)""")
_CLOSING = re.compile(r"\[/([a-zA-Z][\w-]{0,60})\]")
# An address on a line of its own or alone in a paragraph; tags are passed over.
_ALONE = re.compile(
    r"<p\b[^<>]*>\s{0,99}(https?://[^\s<>\"\[\]]{4,2000})\s{0,99}</p>|<[^<>]*>|(?m:^[ \t]*(https?://[^\s<>\"\[\]]{4,2000})[ \t]*$)"
)
# Code of several lines in a paragraph of its own; and code that a plugin shows as it was typed (WP-Syntax).
_LINES_OF_CODE = re.compile(r"(\A|\n[ \t]*)<code>((?:(?!</?code\b)[^\n])*\n(?:(?!</?code\b).)*)</code>(?=[ \t]*(?:\n|\Z))", re.DOTALL)  # fmt: skip
_RAW = re.compile(r"(<pre\b(?=[^<>]*\slang=)(?![^<>]*\bescaped=[\"']true)[^<>]*>)(?!\s{0,9}<code\b)(.*?)(?=</pre>)", re.DOTALL | re.IGNORECASE)  # fmt: skip
_IMAGE = re.compile(r"(?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?")
DEEPEST = 50

_NOTES = {"footnote", "ref", "efn_note", "efn-note", "mfn", "fn", "ftn", "easy_footnote", "footnotes_note"}
MOST_PICTURES = 2_000  # of the galleries of a post; the last of them is shown whole
# What shows something of elsewhere, with the address of what is told by a mark alone.
_FRAMES = dict.fromkeys((
    "embed", "video", "audio", "playlist", "twitter", "facebook", "soundcloud", "spotify", "ted", "googlemaps", "tiktok",
    "iframe", "googlevideo", "embedyt", "kickstarter", "medium", "bandcamp",
), "") | {
    "youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}", "tweet": "https://twitter.com/i/status/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}", "gist": "https://gist.github.com/{}",
    "slideshare": "https://www.slideshare.net/slideshow/embed_code/{}", "scribd": "https://www.scribd.com/document/{}",
    "polldaddy": "https://poll.fm/{}", "crowdsignal": "https://poll.fm/{}", "wpvideo": "https://videopress.com/v/{}",
    "videopress": "https://videopress.com/v/{}", "instagram": "https://www.instagram.com/p/{}/",
}  # fmt: skip
_OF_BUILDERS = re.compile(r"(?:su|fusion|vc|et_pb|av)_")
_LISTINGS = {
    "code", "sourcecode", "actionscript3", "bash", "clojure", "coldfusion", "cpp", "csharp", "css", "delphi", "diff", "erlang",
    "fsharp", "go", "groovy", "haskell", "html", "java", "javafx", "javascript", "js", "jscript", "matlab", "objc", "perl", "php",
    "powershell", "python", "r", "rails", "ruby", "scala", "shell", "sql", "vb", "xml", "cc", "cci", "ccw",
}  # fmt: skip
_NAMELESS = {"code", "sourcecode", "cc", "cci", "ccw"}  # of these, which tell no language
_ADDRESSES = ("url", "src", "href", "link", "file", "mp4", "mp3", "m4v", "webm", "ogg", "ogv", "m4a", "wav", "flv")
_MARKS = ("id", "video_id", "poll", "video", "tweet")


def expanded(content, blog, notes):
    """Return the `content` of a post as HTML, telling `notes` what it made of it.

    `blog.gallery(ids, notes)` gives HTML of pictures by their numbers (all of the post for none), `blog.addresses(ids)`
    the addresses of files, `blog.block(id)` the content of a block kept for several posts, `blog.table(id)` a table, or ""; in `blog.account` is
    counted what is the same of many texts. Raise `html.markup.TooLong` when what these put in has more characters than
    are read.
    """
    has_blocks = blocks.are_in(content)
    content = blocks.without_gated(_escaped(content.replace("\r\n", "\n")), notes)
    content = blocks.with_listings(content) if has_blocks else content
    content = blocks.without_comments(blocks.with_freeform(content, _freeform) if has_blocks else content, blog, notes)
    content = _Shortcodes(content, blog, notes).html()
    content = _outside_code(content if has_blocks else _with_listings(content), _with_frames)
    return content if has_blocks else _outside_code(content, _with_lines)


def above_more(content):
    """Return what stands above `<!--more-->`, "" without one."""
    found = re.search(r"<!--\s{0,9}more", content)
    return content[: found.start()] if found else ""


def _freeform(part):
    return _outside_code(part, _with_lines) if "\n" in part.strip() and "<p" not in part else part


def _outside_code(content, change):
    """Return `content` with `change(part)` for each part of it that isn't code, scripts or styles."""
    out, within, place = [], "", 0
    for found in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>", content):
        was, within = within, _within(within, found[1], found[2].lower())
        if bool(was) != bool(within):
            part, place = content[place : found.start()], found.start()
            out.append(part if was else change(part))
    rest = content[place:]
    return "".join([*out, rest if within else change(rest)])


def _with_lines(part):
    """Return `part` with its line ends as breaks, of which two are a paragraph's end, as WordPress shows old posts.

    A line end behind a break is none of its own.
    """

    def broken(found):
        return "<br>" if found[0] == "\n" else found[1] or found[0]

    return re.sub(r"(<br[^<>]*>)[ \t]*\n|<[^<>]*>|\n", broken, part)


def _with_frames(part):
    """Return `part` with addresses that stand on a line of their own embedded, as WordPress shows them."""

    def embedded(found):
        address = found[1] or found[2]
        return f'\n\n<iframe src="{escape(unescape(address))}"></iframe>\n\n' if address else found[0]

    return _ALONE.sub(embedded, part)


def _escaped(content):
    """Return `content` with the code that is shown as it was typed in entities."""
    end = content.rfind("</pre>")
    changed = _RAW.sub(lambda found: found[1] + found[2].replace("<", "&lt;"), content[: end + 6])
    return changed + content[end + 6 :] if end >= 0 else content


def _with_listings(content):
    """Return `content` with code of several lines, which has lines of its own, as listings."""
    end = content.rfind("</code>") + 7
    return _LINES_OF_CODE.sub(r"\1<pre>\2</pre>", content[:end]) + content[end:] if end > 7 else content


def _within(within, closing, name):
    """Return which element of code the text is in behind a tag, or nothing."""
    if within:
        return "" if closing and name == within else within
    return name if not closing and name in _CODE else ""


def attributes(said):
    """Return what stands behind the name of a shortcode: ({key: value}, [values without a key])."""
    named, others = {}, []
    for key, *values in _SAID.findall(said.strip().removesuffix("/")):
        value = unescape("".join(values)).strip("“”″«»\"'")
        if key:
            named.setdefault(key.lower(), value)
        elif value.lstrip("="):
            others.append(value.lstrip("="))
    return named, others


class _Shortcodes:
    """The pieces of a text, with open shortcodes as frames: [name, what it said, pieces within, footnotes before it]."""

    def __init__(self, content, blog, notes):
        self.content, self.blog, self.notes = content, blog, notes
        self.closing = set(_CLOSING.findall(content))
        self.frames = [["", "", [], 0]]
        self.footnotes, self.pictures, self.put_in, self.layout = [], 0, 0, set()

    def html(self):
        """Return the text with all of them made."""
        within, place = "", 0
        for found in _PIECE.finditer(self.content):
            if found["tag"]:
                within = _within(within, found[0].startswith("</"), found["element"].lower())
                continue
            if within:
                continue
            self._add(self.content[place : found.start()])
            place = found.end()
            self._piece(found)
        self._add(self.content[place:])
        while len(self.frames) > 1:
            self._unclosed()
        self.blog.account.take_off(self.layout)
        return "".join(self.frames[0][2]) + self._notes_below()

    def _add(self, text):
        self.frames[-1][2].append(text)

    def _piece(self, found):
        name, said = found["name"], found["said"]
        if found["shown"] and found["shown_end"]:
            self._add(found[0][1:-1].replace("[", "&#91;", 1))
            return
        before, behind = found["shown"], found["shown_end"]
        self._add(before)
        if found["end"]:
            self._close(name, found[0])
        elif name in self.closing and not said.rstrip().endswith("/") and len(self.frames) < DEEPEST:
            self.frames.append([name, said, [], len(self.footnotes)])
        else:
            self._add(self._made(name, said, None, f"[{name}{said}]"))
        self._add(behind)

    def _close(self, name, typed):
        if all(frame[0] != name for frame in self.frames):
            if name not in _NOTES | _FRAMES.keys() | _LISTINGS | {"caption", "gallery"}:
                self._add(typed)
            return
        while self.frames[-1][0] != name:
            self._unclosed()
        name, said, inner, before = self.frames.pop()
        if builders.is_gated(name.lower()):
            del self.footnotes[before:]
        self._add(self._made(name, said, "".join(inner), f"[{name}{said}]"))

    def _unclosed(self):
        name, said, inner, _before = self.frames.pop()
        self._add(self._made(name, said, None, f"[{name}{said}]"))
        self.frames[-1][2] += inner

    def _made(self, name, said, inner, typed):
        """Return HTML for one shortcode; `inner` is what it encloses, None when it encloses nothing."""
        named, others = attributes(said)
        kind = name.lower()
        if kind in {"caption", "wp_caption"} and inner is not None:
            return self._caption(named, inner)
        if kind == "gallery":
            ids = re.findall(r"\d{1,12}", named.get("ids") or named.get("include") or "")
            return self._gallery(list(map(int, ids)))
        if kind == "table" and named.get("id") and (table := self.blog.table(named["id"])):
            self.put_in = blocks.counted(self.put_in, table)
            return f"\n\n{table}\n\n"
        if kind == "playlist" and named.get("ids"):
            files = self.blog.addresses(list(map(int, re.findall(r"\d{1,12}", named["ids"]))))
            if files:
                frames = "".join(f'\n\n<iframe src="{escape(each)}"></iframe>\n\n' for each in files)
                self.put_in = blocks.counted(self.put_in, frames)
                return frames
        if kind in _NOTES and inner is not None:
            return self._footnote(inner)
        if kind in _LISTINGS and inner is not None:
            language = named.get("language") or named.get("lang") or ("" if kind in _NAMELESS else kind)
            return f'<pre class="language-{escape(language)}">{inner.replace("<", "&lt;")}</pre>'
        service = _OF_BUILDERS.sub("", kind)
        if service in _FRAMES:
            address = self._address(service, named, others, inner or "")
            if address:
                return f'\n\n<iframe src="{escape(address)}"></iframe>\n\n'
        if builders.is_form(kind):
            self.notes.add(f"{_('A form was left out.')} {typed[:200]}")
            return inner or ""
        if builders.is_gated(kind) and inner is not None:
            words = html.plain(inner)[:1000]
            self.notes.add(_("A part that not everybody could see was left out: %s") % words)
            return ""
        return self._unknown(kind, named, others, inner, typed)

    def _gallery(self, ids):
        if self.pictures >= MOST_PICTURES:
            self.notes.add(_("Its galleries show more than %s pictures: the others were left out.") % MOST_PICTURES)
            return ""
        shown = self.blog.gallery(ids, self.notes)
        self.pictures += len(ids) or shown.count("<img ")  # looked for, or shown
        self.put_in = blocks.counted(self.put_in, shown)
        return f"\n\n{shown}\n\n"

    @staticmethod
    def _caption(named, inner):
        found = _IMAGE.search(inner)
        picture = found[0] if found else inner
        words = (inner[found.end() :] if found else "").strip() or escape(named.get("caption", ""))
        before = inner[: found.start()] if found else ""
        return f"{before}<figure>{picture}<figcaption>{words}</figcaption></figure>"

    def _footnote(self, inner):
        self.footnotes.append(inner)
        number = len(self.footnotes)
        return f'<sup><a id="import-mark-{number}" href="#import-note-{number}">{number}</a></sup>'

    def _notes_below(self):
        return notes_below((f"import-note-{n}", f"import-mark-{n}", words) for n, words in enumerate(self.footnotes, 1))

    @staticmethod
    def _address(kind, named, others, inner):
        """Return the address of what a shortcode embeds, or nothing."""
        inner = re.sub(r"<[^<>]*>", "", unescape(inner)).strip()
        marks = [named[key] for key in _MARKS if named.get(key)]
        said = [named[key] for key in _ADDRESSES if named.get(key)] + others + [inner, *marks]
        for each in said:
            if re.match(r"(?:https?:)?//", each):
                each = each.partition("|")[0]  # what the player of old names behind it
                return each if "?" in each or kind != "youtube" else each.partition("&")[0]
        short = next((found[0] for each in said if (found := re.match(r"[\w-]{5,60}(?=$|[&?])", each))), "")
        return _FRAMES[kind].format(short) if short and _FRAMES[kind] else ""

    def _unknown(self, kind, named, others, inner, typed):
        """Return what a shortcode that isn't known says."""
        if inner is None and not named:
            if builders.is_decoration(kind):
                self.layout.add(kind)
                return ""
            if "_" in typed and not others:
                self.notes.add(_("What looks like a shortcode is kept as its words: %s") % typed[:200])
            return typed  # words in brackets
        told = builders.said(kind, named)
        if builders.lays_out(kind) and not (told.words or told.addresses or told.picture):
            self.layout.add(kind)
        else:
            self.notes.add(_("A shortcode was taken apart: %s") % typed[:200])
        told, inner = builders.pictured(told, builders.decoded(kind, inner or ""))
        shown = self._gallery(told.ids) if told.ids else ""
        if builders.stands_apart(kind):
            return builders.block(kind, told, inner, shown, named.get("alt", ""))
        return shown + builders.in_line(kind, told, inner, named.get("alt", ""))


def notes_below(notes):
    """Return HTML for `notes`, which are (id, id of the mark, HTML)."""
    items = "".join(f'<li id="{escape(i)}">{words} <a href="#{escape(mark)}">↩</a></li>' for i, mark, words in notes)
    return f"\n\n<ol>{items}</ol>" if items else ""
