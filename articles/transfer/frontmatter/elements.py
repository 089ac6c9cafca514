"""HTML in Markdown: what the site's sanitiser would drop in silence becomes Markdown, a link, or a note.

Tables, lists and headings go through the converter of whole pages (`html`); marks within a line (sup, kbd, br …) and <pre>
are left as they are, for the engine shows them.
"""

import re
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from ..documents import PLACEHOLDER
from ..html import markdown
from .links import target

_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"<]{0,4000}\"|'[^'<]{0,4000}'){0,4000}"
_TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9-]{{0,30}})(?=[\s/>])({_ATTRIBUTES})>")
_LED = re.compile(r"(?:\]\(|(?:^|\n) {0,3}\[[^\[\]\n]{1,200}\]:)[ \t]{0,9}\Z")  # where an address may stand in <>
_EMBEDDING = {"iframe": "src", "embed": "src", "object": "data", "video": "src", "audio": "src"}
_WHOLE = {"script", "style", "figure", "picture", "iframe", "object", "video", "audio", "noscript", "svg", "form"}
MOST = 500  # pieces of HTML of a text that are converted one by one
LONGEST = 100_000  # characters of an element that is looked into; longer ones are taken apart tag by tag
_BLOCKS = {"table", "ul", "ol", "dl", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_GROUPING = {"div", "section", "article", "center", "aside", "header", "footer", "main", "nav", "details", "p", "figure",
             "figcaption", "address", "hgroup"}  # fmt: skip
_KNOWN = {
    "acronym", "applet", "area", "base", "basefont", "bdo", "bgsound", "big", "blink", "body", "button", "canvas", "datalist",
    "dfn", "dialog", "dir", "fieldset", "font", "form", "frame", "frameset", "head", "html", "input", "label", "legend", "link",
    "map", "mark", "marquee", "math", "menu", "meta", "meter", "nobr", "noembed", "noframes", "noscript", "optgroup", "option",
    "output", "param", "picture", "progress", "rp", "rt", "ruby", "s", "samp", "search", "select", "slot", "small", "source",
    "strike", "svg", "template", "textarea", "title", "track", "tt", "var",
}  # fmt: skip
_KEPT = {
    "a", "abbr", "b", "bdi", "blockquote", "br", "caption", "cite", "code", "data", "dd", "del", "dl", "dt", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "pre", "q", "span", "strong", "sub", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "wbr", "colgroup", "col",
}  # fmt: skip


class _Inside(HTMLParser):
    """What of a piece of HTML is shown: its images, the address that something is embedded from, captions, words."""

    def __init__(self):
        super().__init__()
        self.images, self.address, self.words, self.caption, self.captioned = [], "", [], [], 0

    def handle_starttag(self, tag, attrs):
        """Take down what is shown or embedded."""
        told = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.images.append(told)
        elif tag in {"iframe", "embed", "object", "video", "audio", "source", "script"} and not self.address:
            self.address = told.get("data-src") or told.get("src") or told.get("data") or ""
        elif tag == "figcaption":
            self.captioned += 1
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag):
        """End a caption."""
        if tag == "figcaption":
            self.captioned -= 1

    def parse_marked_section(self, i, report=1):
        """Take "<![" for a comment, as browsers do (WHATWG HTML, 13.2.5.42): Python 3.11 fails over most of them."""
        return self.parse_bogus_comment(i, report)

    def handle_data(self, data):
        """Take down words."""
        (self.caption if self.captioned > 0 else self.words).append(data)


def seen(html):
    """Return the `_Inside` of a piece of HTML."""
    inside = _Inside()
    inside.feed(html)
    inside.close()
    return inside


def replaced(text, around):
    """Put Markdown, links and notes in the place of the HTML in a `masks.Text` that the engine doesn't show."""
    _whole_elements(text, around)
    text.replace(_TAG, lambda found, line: _one(found, line, text, around))


def _whole_elements(text, around):
    """Put what is shown instead in the place of each element that counts as one, to its own end."""
    value, out, at, counted, line, conversions = text.value, [], 0, 0, text.first, 0
    for start, (name, end) in sorted(_matched(value).items()):
        if start < at:
            continue
        line, counted = line + _lines(value[counted:start]), start
        whole = value[start:end]
        if name not in _BLOCKS:
            made = _shown(name, whole, line, text, around)
        elif value[max(0, start - 500) : start].rpartition("\n")[2].strip(" ") or (
            name == "blockquote" and not re.search("<p[ >]", whole)
        ):
            made = None  # within a line, or around Markdown
        elif conversions == MOST:
            around.note(
                _("It has more tables, lists and headings of HTML than are looked into; the rest stays HTML."), None
            )
            made = None
        else:
            conversions += 1
            made = "\n\n" + text.mask(converted(text.unmasked(whole), around, line)) + "\n\n"
        if made is not None:
            out += [value[at:start], text.with_lines(made, _lines(whole))]
            at = end
    text.value = "".join([*out, value[at:]])


def _matched(value):
    """Return {start: (name, end)} of the elements in `value` that count as one and are closed."""
    open_ones, matched = {}, {}
    for found in _TAG.finditer(value):
        name = found[2].lower()
        if name not in _WHOLE | _BLOCKS:
            continue
        if not found[1]:
            if not found[3].endswith("/"):
                open_ones.setdefault(name, []).append(found.start())
        elif open_ones.get(name):
            matched[open_ones[name].pop()] = (name, found.end())
    return matched


def converted(html, around, line):
    """Return HTML as Markdown of ours; its pictures and notes go to `around`."""
    made = markdown(html, link=lambda address: around.led(address, line), picture=around.known, line=line)
    for note in made.notes:
        around.note(note.words, note.line)
    numbers = [around.number(image) for image in made.pictures]
    return re.sub(
        r"(?<=\]\()import:(\d+)",
        lambda found: PLACEHOLDER.format(numbers[int(found[1])]) if int(found[1]) < len(numbers) else found[0],
        made.markdown,
    )


def _shown(name, html, line, text, around):
    """Return what stands for an element; None leaves it to `_one`."""
    if len(html) > LONGEST:
        return None
    inside = seen(text.unmasked(html))
    if name in {"figure", "picture"}:
        if not inside.images:
            return None
        caption = " ".join("".join(inside.caption).split())
        left = " ".join("".join(inside.words).split())
        shown = [_image(told, line, around, caption) for told in inside.images]
        return "\n\n" + "\n\n".join([*shown, *([left] if left else [])]) + "\n\n"
    words = " ".join("".join(inside.words).split())
    if name in {"script", "style", "svg"}:
        address = inside.address if inside.address.startswith(("https://", "http://", "//")) else ""
        around.note(_("<%(name)s> was left out: %(words)s") % {"name": name, "words": (address or words)[:200]}, line)
        return f"<{_absolute(address)}>" if "gist.github.com" in address else ""
    if name in _EMBEDDING:
        if not inside.address:
            around.note(_("<%(name)s> was left out: %(words)s") % {"name": name, "words": words[:200]}, line)
            return words
        around.note(_("What it embeds became a link: %s") % inside.address[:300], line)
        address = _absolute(inside.address)
        address = address if address.startswith(("http:", "https:")) else around.kept(address)
        if not address:
            return words
        is_bare = not words and re.fullmatch(r"https?://[^\s<>]+", address)
        led = f"<{address}>" if is_bare else f"[{words or address}]({text.mask(target(address))})"
        return f"\n\n{led}\n\n"
    return None  # a form, a noscript: their words stay


def _absolute(address):
    return f"https:{address}" if address.startswith("//") else address


def _image(told, line, around, caption=""):
    address = (told.get("src") or told.get("data-src") or told.get("data-lazy-src") or "").strip()
    if not address:
        around.note(_("A picture without an address was left out: %s.") % (told.get("alt", "")[:200] or "<img>"), line)
        return told.get("alt", "")
    return around.shown(address, told.get("alt", ""), caption or told.get("title", ""), line)


def _one(found, line, text, around):
    """Return what stands for one tag; None leaves it."""
    if _LED.search(found.string[max(0, found.start() - 300) : found.start()]):
        return None  # no tag: the address of a link, [words](<My trip.md>)
    name, closing = found[2].lower(), bool(found[1])
    if name == "img":
        images = seen(text.unmasked(found[0])).images
        return _image(images[0], line, around) if images else ""
    if name == "a" and not closing:
        said = re.search(r"""\bhref\s{0,3}=\s{0,3}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", found[3])
        address = said and next((each for each in said.groups() if each), "")
        return found[0].replace(address, around.led(address, line), 1) if address else None
    if name in _EMBEDDING:
        inside = seen(text.unmasked(found[0]))
        around.note(_("<%(name)s> was left out: %(words)s") % {"name": name, "words": inside.address[:200]}, line)
        return f"<{_absolute(inside.address)}>" if inside.address.startswith(("http", "//")) else ""
    if name in {"script", "style"}:
        around.note(_("<%(name)s> was left out: %(words)s") % {"name": name, "words": found[3].strip()[:200]}, line)
        return ""
    if name == "summary":
        return "**\n\n" if closing else "\n\n**"
    if name in _GROUPING:
        if name != "p" and not closing:
            around.note(_("<%s> was left out; its text stays.") % name, line)
        return "\n\n"
    if name not in _KEPT | _KNOWN and "-" not in name:
        return "&lt;" + found[0][1:]  # no element: Promise<string>
    if name not in _KEPT and not closing:
        around.note(_("<%s> was left out; its text stays.") % name, line)
    return None if name in _KEPT else ""


def _lines(words):
    return words.count("\n") + words.count("\ue102")
