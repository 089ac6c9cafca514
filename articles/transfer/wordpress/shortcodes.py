"""The text of a WordPress post as HTML: comments of its block editor, shortcodes, paragraphs made of empty lines.

    expanded(content, blog, notes) -> HTML

Shortcodes are `[name key="value"]`, `[name]…[/name]` and `[[name]]` for one that is only shown
(https://developer.wordpress.org/plugins/shortcodes/). Unknown ones are told of; words within them stay.
"""

import json
import re
from html import escape, unescape

from django.utils.translation import gettext as _

from .. import fields
from ..html.markup import LONGEST, TooLong

_CODE = {"pre", "code", "script", "style", "textarea"}
_PIECE = re.compile(
    r"(?P<tag></?(?P<element>[a-zA-Z][a-zA-Z0-9]*)[^<>]*>)"
    r"|\[(?P<shown>\[?)(?P<end>/?)(?P<name>[a-zA-Z][\w-]{0,60})(?P<said>(?![\w-])[^\[\]]{0,4000})\](?P<shown_end>\]?)"
)
_SAID = re.compile(r"""([\w-]{1,60})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|"([^"]*)"|'([^']*)'|(\S+)""")
_CLOSING = re.compile(r"\[/([a-zA-Z][\w-]{0,60})\]")
_ALONE = re.compile(r"(?m)^[ \t]*(https?://[^\s<>\"\[\]]{4,2000})[ \t]*$")
_IMAGE = re.compile(r"((?:<a\b[^<>]*>)?\s*<img\b[^<>]*>\s*(?:</a>)?)")
DEEPEST = 50

_NOTES = {"footnote", "ref", "efn_note", "efn-note", "mfn", "fn", "ftn", "easy_footnote", "footnotes_note"}
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:\?|$)", re.IGNORECASE)
MOST_WORDS = 200  # texts of a block that isn't known
MOST_PICTURES = 2_000  # of the galleries of a post; the last of them is shown whole
_FRAMES = {"embed", "youtube", "vimeo", "video", "audio", "playlist", "tweet", "twitter", "instagram", "facebook",
           "soundcloud", "spotify", "ted", "dailymotion", "googlemaps", "wpvideo", "tiktok", "iframe"}  # fmt: skip
_LISTINGS = {"code", "sourcecode", "php", "python", "js", "css", "bash", "java", "html", "xml", "sql"}
_ADDRESSES = ("url", "src", "href", "link", "file", "mp4", "mp3", "m4v", "webm", "ogg", "ogv", "m4a", "wav", "flv")
_QUIET = {"more", "footnotes", "spacer", "nextpage", "separator", "page-break"}


def expanded(content, blog, notes):
    """Return the `content` of a post as HTML, telling `notes` what it made of it.

    `blog.gallery(ids)` gives HTML of pictures by their numbers (all of the post for none), `blog.addresses(ids)` the
    addresses of files, `blog.block(id)` the content of a block kept for several posts, or "". Raise `html.markup.TooLong`
    when what these put in has more characters than are read.
    """
    has_blocks = "<!-- wp:" in content
    content = content.replace("\r\n", "\n")
    content = _without_comments(_between_blocks(content) if has_blocks else content, blog, notes)
    content = _Shortcodes(content, blog, notes).html()
    content = _outside_code(content, _with_frames)
    return content if has_blocks else _outside_code(content, _with_lines)


def above_more(content):
    """Return what stands above `<!--more-->`, "" without one."""
    found = re.search(r"<!--\s{0,9}more", content)
    return content[: found.start()] if found else ""


def _without_comments(content, blog, notes, within=False):
    """Return `content` without comments; those that stand for something leave it, or a note."""

    put_in = 0

    def told(found):
        nonlocal put_in
        said = found[1].strip()
        if said.startswith("nextpage"):
            notes.add(_("A page break became a rule."))
            return "\n\n<hr>\n\n"
        block = re.match(r"wp:([a-z][a-z0-9/-]{0,80})", said)
        if block and said.endswith("/") and block[1] == "block" and not within:
            kept = blog.block(_number(said, "ref"))
            if kept:
                put_in = _counted(put_in, kept)
                return _without_comments(kept, blog, notes, within=True)
        if block and said.endswith("/") and block[1] not in _QUIET:
            kept = _words_of(block[1], said)
            words = _("A block of the editor was left out: %s")
            if kept:
                words = _("A block of the editor is kept as its words: %s")
            notes.add(words % said[:200].rstrip("/ "))
            return kept
        return ""

    end = content.rfind("-->") + 3
    return re.sub(r"<!--(.*?)-->", told, content[:end], flags=re.DOTALL) + content[end:] if end > 2 else content


def _counted(before, html):
    """Return how many characters were put in with `html`, behind so many `before`; raise TooLong for more than are read."""
    if before + len(html) > LONGEST:
        raise TooLong(_("The text has %s characters of HTML, more than are read.") % (before + len(html)))
    return before + len(html)


def _between_blocks(content):
    """Return the `content` with paragraphs in what stands between blocks, as the editor's classic block shows it."""
    out, depth, place = [], 0, 0
    for found in re.finditer(r"<!--\s{1,9}(/?)wp:[a-z].*?-->", content[: content.rfind("-->") + 3], re.DOTALL):
        if depth == 0:
            out.append(_freeform(content[place : found.start()]))
            place = found.start()
        if not found[0].endswith("/-->"):
            depth = max(depth - 1, 0) if found[1] else depth + 1
        if depth == 0:
            out.append(content[place : found.end()])
            place = found.end()
    rest = content[place:]
    return "".join([*out, rest if depth else _freeform(rest)])


def _freeform(part):
    return _outside_code(part, _with_lines) if "\n" in part.strip() and "<p" not in part else part


def _words_of(name, said):
    """Return HTML of what the comment of a block says that is made of it: where it leads, the words that it alone keeps."""
    told = _attributes_of(said)
    address = next((told[key] for key in ("url", "href") if isinstance(told.get(key), str) and told[key]), "")
    label = told["label"] if isinstance(told.get("label"), str) else ""
    if re.match("https?://|/", address):
        return f'<p><a href="{escape(address)}">{escape(label or address)}</a></p>'
    found = fields.words(told.get("data", told)) if "/" in name else []  # those of plugins
    return "".join(f"<p>{words if '<' in words else escape(words)}</p>" for words in found[:MOST_WORDS])


def _attributes_of(said):
    """Return what the comment of a block says, as {name: value}."""
    try:
        found = json.loads(said[said.index("{") : said.rindex("}") + 1])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _number(said, name):
    return fields.number(str(_attributes_of(said).get(name, "")))


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
    return _ALONE.sub(lambda found: f'\n\n<iframe src="{escape(unescape(found[1]))}"></iframe>\n\n', part)


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
    """The pieces of a text, with open shortcodes as frames: [name, what it said, pieces within]."""

    def __init__(self, content, blog, notes):
        self.content, self.blog, self.notes = content, blog, notes
        self.closing = set(_CLOSING.findall(content))
        self.frames = [["", "", []]]
        self.footnotes, self.pictures, self.put_in = [], 0, 0

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
            self.frames.append([name, said, []])
        else:
            self._add(self._made(name, said, None, f"[{name}{said}]"))
        self._add(behind)

    def _close(self, name, typed):
        if all(frame[0] != name for frame in self.frames):
            if name not in _NOTES | _FRAMES | _LISTINGS | {"caption", "gallery"}:
                self._add(typed)
            return
        while self.frames[-1][0] != name:
            self._unclosed()
        name, said, inner = self.frames.pop()
        self._add(self._made(name, said, "".join(inner), f"[{name}{said}]"))

    def _unclosed(self):
        name, said, inner = self.frames.pop()
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
            return self._gallery(list(map(int, ids[:500])))
        if kind == "playlist" and named.get("ids"):
            files = self.blog.addresses(list(map(int, re.findall(r"\d{1,12}", named["ids"])[:500])))
            if files:
                frames = "".join(f'\n\n<iframe src="{escape(each)}"></iframe>\n\n' for each in files)
                self.put_in = _counted(self.put_in, frames)
                return frames
        if "image" in kind and re.fullmatch(r"\d{1,12}", named.get("image", "")):  # WPBakery's
            return self._gallery([int(named["image"])])
        if kind in _NOTES and inner is not None:
            return self._footnote(inner)
        if kind in _LISTINGS and inner is not None:
            language = (
                named.get("language") or named.get("lang") or (kind if kind not in {"code", "sourcecode"} else "")
            )
            return f'<pre class="language-{escape(language)}">{inner.replace("<", "&lt;")}</pre>'
        if kind in _FRAMES:
            address = self._address(kind, named, others, inner or "")
            if address:
                return f'\n\n<iframe src="{escape(address)}"></iframe>\n\n'
        return self._unknown(named, others, inner, typed)

    def _gallery(self, ids):
        if self.pictures >= MOST_PICTURES:
            self.notes.add(_("Its galleries show more than %s pictures: the others were left out.") % MOST_PICTURES)
            return ""
        shown = self.blog.gallery(ids)
        self.pictures += shown.count("<img ")
        self.put_in = _counted(self.put_in, shown)
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
        said = [named[key] for key in _ADDRESSES if named.get(key)] + others + [inner, named.get("id", "")]
        for each in said:
            if re.match(r"(?:https?:)?//", each):
                return each
        short = next((each for each in said if re.fullmatch(r"[\w-]{5,20}", each)), "")
        if short and kind == "youtube":
            return f"https://www.youtube.com/watch?v={short}"
        return f"https://vimeo.com/{short}" if short and kind == "vimeo" else ""

    def _unknown(self, named, others, inner, typed):
        if inner is None and not named:
            if "_" in typed and not others:
                self.notes.add(_("What looks like a shortcode is kept as its words: %s") % typed[:200])
            return typed  # words in brackets
        self.notes.add(_("A shortcode was taken apart: %s") % typed[:200])
        words = " ".join(
            named[key] for key in ("title", "heading", "text", "caption", "label", "content") if named.get(key)
        )
        given = [named[key] for key in _ADDRESSES if re.match(r"(?:https?:)?/", named.get(key, ""))]
        picture = next(filter(_IMAGE_FILE.search, given), "")
        address = next((each for each in given if each != picture), "")
        kept = escape(words)
        if picture:
            kept = f'<img src="{escape(picture)}" alt="{escape(named.get("alt") or words)}">'
        if address:
            kept = f'<a href="{escape(address)}">{kept or escape(address)}</a>'
        return " ".join(filter(None, (kept, inner)))


def notes_below(notes):
    """Return HTML for `notes`, which are (id, id of the mark, HTML)."""
    items = "".join(f'<li id="{escape(i)}">{words} <a href="#{escape(mark)}">↩</a></li>' for i, mark, words in notes)
    return f"\n\n<ol>{items}</ol>" if items else ""
