"""What systems put into Markdown: Hugo's shortcodes, and the tags and expressions of Liquid and Nunjucks.

What shows something of another host becomes a link; pictures become pictures, highlighted code becomes code. What can't be
told is left out, each with a note that quotes it; the text between two tags stays.
"""

import re
from urllib.parse import quote

from django.utils.translation import gettext as _

from .addresses import local
from .links import led_picture
from .masks import BRACE, fenced
from .setups import Dialect

HUGO = re.compile(r"\{\{([<%])([^{}]{0,4000}?)[>%]\}\}")
LIQUID = re.compile(r"\{%-?([^{}]{0,4000}?)-?%\}")
OUTPUT = re.compile(r"\{\{-?([^{}]{0,2000}?)-?\}\}")
_ARGUMENT = re.compile(
    r"""(?:([\w-]{1,60})\s{0,3}[=:]\s{0,3})?(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|`([^`]*)`|([^\s,"'`]+))"""
)
_ADDRESS = re.compile(r"https?://\S+")
_SITES = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "youtubelite": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "instagram": "https://www.instagram.com/p/{}/",
    "twitter": "https://twitter.com/i/status/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "x": "https://twitter.com/i/status/{}",
    "gist": "https://gist.github.com/{}",
    "codepen": "https://codepen.io/{}",
    "spotify": "https://open.spotify.com/track/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "telegram": "https://t.me/{}",
    "asciinema": "https://asciinema.org/a/{}",
}
_IDS = ("id", "video", "videoid", "video_id", "code", "shortcode", "tweet", "status")
_PICTURES = {"figure", "img", "image", "picture", "figcaption", "imgproc", "lightbox", "photo", "responsive_image"}
_SOURCES = ("src", "url", "image_path", "image", "path", "file", "filename", "source", "link")
_SILENT = {"assign", "capture", "endcapture", "toc", "seo", "feed_meta", "cache", "endcache", "set", "increment", "br"}
KNOWN = {"post_url", "link", "include", "include_relative", "highlight", "endhighlight", "raw", "endraw", "comment",
         "endcomment", "image", "img", "figure", "render", "verbatim", "endverbatim"} | set(_SITES)  # fmt: skip


def arguments(words):
    """Return ([those without a name], {name: value}) of what a tag says after its own name."""
    plain, named = [], {}
    for found in _ARGUMENT.finditer(words):
        value = next((each for each in found.group(2, 3, 4, 5) if each is not None), "")
        value = re.sub(r"\\(.)", r"\1", value)
        if found[1]:
            named[found[1].lower()] = value
        else:
            plain.append(value)
    return plain, named


def embed(name, plain, named):
    """Return the address of what the tag `name` shows of another host, or "" where it is none that is known."""
    pattern = _SITES.get(name)
    given = next((named[each] for each in _IDS if named.get(each)), "") or (plain[0] if plain else "")
    if _ADDRESS.fullmatch(given):
        return given
    if pattern and given:
        if name in {"tweet", "twitter", "x"} and named.get("user"):
            pattern = f"https://twitter.com/{quote(named['user'])}/status/{{}}"
        if name == "gist" and len(plain) > 1:
            given = f"{plain[0]}/{plain[1]}"
        if name == "codepen" and named.get("user"):
            given = f"{named['user']}/pen/{given}"
        return pattern.format(quote(given.strip(), safe="/?=&-_"))
    others = [*(named[each] for each in ("src", "url", "link", "href") if named.get(each)), *plain, *named.values()]
    return next((each for each in others if _ADDRESS.fullmatch(each)), "")


class Tags:
    """The tags of one text: `text` is worked on, `around` (`links.Around`) knows what else there is.

    `fields` are those of its head; `find(words, kind)` returns the name of the file that a tag means by `words`, or None.
    """

    def __init__(self, text, around, fields, find, is_html=False):
        self.text, self.around, self.fields, self.find = text, around, fields, find
        self.values = {}  # of the variables that the text itself sets
        self.is_html = is_html  # then Markdown that is put into it stands aside
        self.dialect = around.setup.dialect

    def replaced(self):
        """Put into the text what its tags show."""
        liquid = self.dialect in {Dialect.JEKYLL, Dialect.ELEVENTY}
        if self.dialect != Dialect.JEKYLL:
            self._pairs(HUGO, "highlight", self._highlighted)
            self.text.replace(HUGO, lambda found, line: self._aside(self._shortcode(found, line)))
        if self.dialect not in {Dialect.HUGO, Dialect.PELICAN}:
            for name in ("raw", "verbatim"):
                self._pairs(LIQUID, name, self._raw)
            self._pairs(LIQUID, "comment", self._comment)
            self._pairs(LIQUID, "capture", self._capture)
            self._pairs(LIQUID, "highlight", self._highlighted)
            self.text.replace(LIQUID, lambda found, line: self._aside(self._tag(found, line, liquid)))
        if liquid:
            self.text.replace(OUTPUT, self._output)

    def _aside(self, made):
        return self.text.mask(made) if self.is_html and made and re.search(r"\]\(|<https?:", made) else made

    def _pairs(self, pattern, name, put):
        """Put `put(opening words, inner text, line)` in the place of each pair of tags called `name`."""
        value, opening, line, at, out = self.text.value, None, self.text.first, 0, []
        counted = 0
        for found in pattern.finditer(value):
            words = found[found.re.groups].strip()
            if words.split(None, 1)[:1] == [name] and opening is None:
                opening = found
            elif opening is not None and re.fullmatch(rf"(?:end|/\s*){name}", words):
                line, counted = line + _lines(value[counted : opening.start()]), opening.start()
                made = put(opening[opening.re.groups].strip(), value[opening.end() : found.start()], line)
                lost = _lines(value[opening.start() : found.end()])
                out += [value[at : opening.start()], self.text.with_lines(made, lost)]
                at, opening = found.end(), None
        self.text.value = "".join([*out, value[at:]])

    def _highlighted(self, words, inner, _line):
        plain, named = arguments(words.partition("highlight")[2])
        language = re.sub(r"[^\w+#.-]", "", named.get("lang") or (plain[0] if plain else ""))
        return self.text.mask(fenced(self.text.unmasked(inner), language))

    @staticmethod
    def _raw(_words, inner, _line):
        return inner.replace("{", BRACE)

    def _comment(self, _words, inner, line):
        words = " ".join(self.text.unmasked(inner).split())[:200]
        self.around.note(_("A comment was left out: %s") % words, line)
        return ""

    def _capture(self, words, inner, _line):
        self.values[words.partition(" ")[2].strip(" \"'")] = self._filled(self.text.unmasked(inner)).strip()
        return ""

    def _filled(self, words):
        """Return words with the values of plain variables in them."""
        return OUTPUT.sub(lambda found: self._value(found[1].strip()) or "", words)

    def _value(self, name):
        """Return what a variable of the text, the page or the site stands for, or None."""
        setup = self.around.setup
        sites = {"site.baseurl": setup.base, "site.url": setup.host, "site.github.url": setup.host + setup.base}
        if name in sites:
            return sites[name]
        if name in self.values:
            return self.values[name]
        said = re.fullmatch(r"(?:page\.|post\.)?(\w+)", name)
        value = self.fields.get(said[1].lower()) if said else None
        return str(value) if isinstance(value, str | int | float) else None

    def _left_out(self, found, line):
        words = self.text.unmasked(found[0])
        self.around.note(_("Left out, for this site doesn't know it: %s") % " ".join(words.split())[:300], line)
        return ""

    def _linked(self, address, words, found, line):
        self.around.note(_("What it embeds became a link: %s") % " ".join(found[0].split())[:300], line)
        if not address:
            return words
        return f"[{words}]({address})" if words else f"<{address}>"

    def _pictured(self, plain, named, found, line):
        address = next((named[each] for each in _SOURCES if named.get(each)), "") or (plain[0] if plain else "")
        if not address:
            return None
        if not named and len(plain) > 1:
            named = {"alt": plain[1]}
        address = self._filled(self.values.get(address, address))
        leads = named.get("link") if address != named.get("link") else ""
        picture = (address, named.get("alt") or "", self._caption(named, line))
        shown = led_picture(self.around, picture, leads, line) if leads else self.around.shown(*picture, line)
        return f"\n\n{shown}\n\n" if _is_alone(found) else shown

    def _caption(self, named, line):
        """Return in one line what stands below a picture: its title, its caption, whose it is and where that is said."""
        titles = dict.fromkeys(filter(None, (named.get("title"), named.get("caption"))))
        words = " ".join(each if each == [*titles][-1] or each[-1] in ".!?…:" else f"{each}." for each in titles)
        whole = re.sub(r"<[^<>]{1,500}>", "", words)
        credit = named.get("attr") or named.get("credit") or ""
        at = named.get("attrlink") or ""
        if whole != words or re.search(r"\]\(", words):
            self.around.note(_("Of the caption of a picture the words stay: %s") % words[:300], line)
        credit = ", ".join(filter(None, (credit, at)))
        return " ".join(filter(None, (whole, f"({credit})" if credit and whole else credit)))

    def _shortcode(self, found, line):
        words = found[2].strip()
        if words.startswith("/*"):
            return "{{" + found[1] + words.removeprefix("/*").removesuffix("*/") + {"<": ">", "%": "%"}[found[1]] + "}}"
        closing = words.startswith("/")
        name, _space, rest = words.strip("/ \t\n").partition(" ")
        name = name.strip().lower().rpartition("/")[2].removesuffix(".html")
        plain, named = arguments(rest)
        if closing:
            return ""
        if name in {"ref", "relref"}:
            return self._referred(plain[0] if plain else named.get("path", ""), named.get("lang", ""), line)
        return self._shown(name, plain, named, found, line)

    def _shown(self, name, plain, named, found, line):
        if name in _PICTURES and (made := self._pictured(plain, named, found, line)) is not None:
            return made
        address = embed(name, plain, named)
        if address:
            return self._linked(address, named.get("title") or named.get("caption") or "", found, line)
        if name in {"audio", "video"} and (named.get("src") or plain):
            return self._linked(self.around.kept(named.get("src") or plain[0]), name, found, line)
        return self._left_out(found, line)

    def _referred(self, words, language, line):
        path, mark, after = words.strip().partition("#")
        if not path:
            return mark + after
        name = self.find(path, "ref")
        if name and language:
            other = re.sub(r"(?:\.[a-z-]{2,10})?(\.\w+)$", rf".{re.escape(language)}\1", name)
            name = other if other in self.around.place else name
        at = self.around.path_of(name) if name else ""
        if not at:
            self.around.note(_("A link leads to a text that is not there: %s.") % words[:200], line)
            return f"#{quote(path)}"
        return at + mark + after

    def _tag(self, found, line, liquid):
        words = found[1].strip()
        name, _space, rest = words.partition(" ")
        name = name.lower()
        if not liquid and name not in KNOWN:
            return None
        if name == "post_url":
            at_name = self.find(rest.strip().strip("\"'"), "post")
            at = self.around.path_of(at_name) if at_name else ""
            if not at:
                self.around.note(_("A link leads to a text that is not there: %s.") % rest.strip()[:200], line)
            return at or f"#{quote(rest.strip())}"
        if name == "link":
            return self._file_linked(rest.strip(), line)
        plain, named = arguments(rest)
        if name in {"include", "include_relative", "include_cached", "render"} and plain:
            return self._shown(_of_include(plain[0]), plain[1:], named, found, line)
        if name in {"assign", "set"} and (said := re.fullmatch(r"""(\w+)\s*=\s*["']([^"']*)["']""", rest.strip())):
            self.values[said[1]] = said[2]
            return ""
        if name in _SILENT:
            return self._left_out(found, line) if name in {"assign", "set"} else ""
        if name.startswith("end") or name in {"else", "elsif", "elseif"}:
            return ""
        return self._shown(name, plain, named, found, line)

    def _file_linked(self, words, line):
        words = words.strip("\"'")
        name = self.find(words, "file")
        if name is None:
            self.around.note(_("A link leads to a text that is not there: %s.") % words[:200], line)
        return (self.around.path_of(name) if name else "") or "/" + quote(words.lstrip("/"))

    def _output(self, found, line):
        words, *filters = (each.strip() for each in found[1].split("|"))
        literal = re.fullmatch(r"""["'](.*)["']""", words, re.DOTALL)
        setup = self.around.setup
        if literal:
            if all(
                re.match(r"(?:relative_url|absolute_url|url|prepend|append|escape|strip)\b", each) for each in filters
            ):
                led = any(each.startswith(("relative_url", "absolute_url", "prepend", "url")) for each in filters)
                return (local(literal[1], setup) or literal[1]) if led and literal[1].startswith("/") else literal[1]
        elif not filters and (value := self._value(words)) is not None:
            return value
        return self._left_out(found, line)


def _is_alone(found):
    """Whether a match has its line, or lines, for itself: else it stands in a sentence or a cell."""
    before = found.string[max(0, found.start() - 500) : found.start()].rpartition("\n")[2]
    after = found.string[found.end() : found.end() + 500].partition("\n")[0]
    return not before.strip(" \t\ue102") and not after.strip(" \t\ue102")


def _lines(words):
    """Return how many lines of the file stand for `words`."""
    return words.count("\n") + words.count("\ue102")


def _of_include(file):
    """Return what a file that is included shows, by its name."""
    name = file.rpartition("/")[2].partition(".")[0].lower().replace("-", "").replace("_", "")
    for known in ("youtube", "vimeo", "twitter", "tweet", "instagram", "gist", "spotify"):
        if known in name:
            return known
    return "figure" if any(each in name for each in ("figure", "image", "img", "picture")) else name
