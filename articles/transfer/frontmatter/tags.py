"""What systems put into Markdown: Hugo's shortcodes, and the tags and expressions of Liquid and Nunjucks.

What shows something of another host becomes a link; pictures become pictures, highlighted code becomes code. What can't be
told is left out, each with a note that quotes it; the text between two tags stays.
"""

import re
from fnmatch import fnmatchcase
from urllib.parse import quote

from django.utils.translation import gettext as _

from ..html.markup import TooLong
from . import boxes, hexo, zola
from .addresses import local
from .embeds import PICTURES, SITES, SOURCES, arguments, embed
from .fields import flag
from .links import TAKEN, led_picture
from .masks import BRACE, NEW, fenced
from .setups import Dialect

HUGO = re.compile(r"\{\{([<%])([^{}]{0,4000}?)[>%]\}\}")
LIQUID = re.compile(r"\{%-?([^{}]{0,4000}?)-?%\}")
OUTPUT = re.compile(r"\{\{-?([^{}]{0,2000}?)-?\}\}")
_RAW_LINE = re.compile(r"^[ \t]*\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n", re.MULTILINE)
_SILENT = {"assign", "capture", "endcapture", "toc", "seo", "feed_meta", "cache", "endcache", "set", "increment", "br",
           "icon", "basepath", "katex", "math", "mathjax", "clear", "clearfix"}  # fmt: skip
KNOWN = {"post_url", "link", "include", "include_relative", "highlight", "endhighlight", "raw", "endraw", "comment",
         "endcomment", "image", "img", "figure", "render", "verbatim", "endverbatim", "codeblock", "endcodeblock", "embed", "hint", "endhint", "tabs", "endtabs", "tab", "endtab", "content-ref", "endcontent-ref"} | set(SITES)  # fmt: skip
_TEMPLATED = {Dialect.JEKYLL, Dialect.HEXO, Dialect.ELEVENTY}  # whose every text goes through Liquid or Nunjucks
_HARMLESS = re.compile(
    r"(?:relative_url|absolute_url|url|prepend|append|escape|strip|safe|markdownify|strip_newlines)\b"
)
_LEADING = re.compile(r"(?:relative_url|absolute_url|prepend|url)\b")
MOST_SHOWN = 200  # pictures of a gallery
LONGEST_PUT_IN = 1 << 20  # characters that are put into a text from elsewhere, or again
_SAID = ("content", "text", "message", "body")  # under which a tag says words for readers


class Tags:
    """The tags of one text: `text` is worked on, `around` (`links.Around`) knows what else there is.

    `fields` are those of its head; `find(words, kind)` returns the name of the file that a tag means by `words`, or None.
    """

    def __init__(self, text, around, fields, find, is_html=False):
        self.text, self.around, self.fields, self.find = text, around, fields, find
        self.values = {}  # of the variables that the text itself sets
        self.put_in = 0  # characters
        self.asides = []  # notes that stood in its margin
        self.is_html = is_html  # then Markdown that is put into it stands aside
        self.dialect = around.setup.dialect

    def replaced(self):
        """Put into the text what its tags show."""
        if self.dialect == Dialect.JEKYLL and flag(self.fields.get("render_with_liquid")) is False:
            return
        liquid = self.dialect in _TEMPLATED
        if self.dialect == Dialect.ZOLA:
            self.text.value = zola.as_hugo(self.text.value)
        if self.dialect not in {Dialect.JEKYLL, Dialect.HEXO}:
            self._paired(HUGO)
            self.text.replace(HUGO, lambda found, line: self._aside(self._shortcode(found, line)))
        if self.dialect not in {Dialect.HUGO, Dialect.ZOLA}:
            if self.dialect != Dialect.HEXO:  # which leaves code alone
                self.text.kept = [_without_raw(each) for each in self.text.kept] if liquid else self.text.kept
            for name in ("raw", "verbatim"):
                self._pairs(LIQUID, name, self._raw)
            self._pairs(LIQUID, "comment", self._comment)
            if liquid:
                self._pairs(LIQUID, "capture", self._capture)
            self._pairs(LIQUID, "pullquote", self._pulled)
            self._paired(LIQUID)
            self.text.replace(LIQUID, lambda found, line: self._aside(self._tag(found, line, liquid)))
        if liquid:
            self.text.replace(OUTPUT, self._output)
        self._put_asides()

    def _paired(self, pattern):
        """Put code and quotations in the place of the pairs of tags that say so."""
        self._pairs(pattern, "highlight", self._highlighted)
        for name in boxes.CODE:
            self._pairs(pattern, name, lambda words, inner, line, name=name: self._code(name, words, inner))
        for name in boxes.QUOTES if pattern is HUGO or self.dialect in _TEMPLATED else ():
            self._pairs(pattern, name, lambda words, inner, line, name=name: self._quotation(name, words, inner))
        self._pairs(pattern, "button", self._button)
        for name in boxes.NOTES:
            self._pairs(pattern, name, lambda words, inner, line, name=name: self._note_aside(name, words, inner))

    def _aside(self, made):
        return self.text.mask(made) if self.is_html and made and re.search(r"\]\(|<https?:", made) else made

    def _pairs(self, pattern, name, put):
        """Put `put(opening words, inner text, line)` in the place of each pair of tags called `name`."""
        if name not in self.text.value:
            return
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

    def _code(self, name, words, inner):
        above, code = boxes.codeblock(name, words, self.text.unmasked(inner))
        return "\n\n".join(["", *filter(None, [above]), self.text.mask(code), ""])

    def _quotation(self, name, words, inner):
        return boxes.quotation(self.text, name, words, inner)

    def _note_aside(self, name, words, inner):
        """Return the mark of a note that stood in the margin, after the words to which it belonged."""
        if "\n\n" in inner.strip():
            return f"\n\n{inner}\n\n"
        plain, _named = arguments(words.partition(name)[2])
        label = plain[-1] if plain and plain[-1].lower() not in {"left", "right"} else ""
        self.asides.append(" ".join(inner.split()))
        return f"{label}[^aside-{len(self.asides)}]"

    def _put_asides(self):
        listed = (f"[^aside-{number}]: {words}" for number, words in enumerate(self.asides, 1))
        if self.asides:  # at lines that the file doesn't have
            self.text.value = (NEW * 2).join([self.text.value.rstrip(), *listed]) + NEW

    def _button(self, words, inner, _line):
        _plain, named = arguments(words)
        at, inner = named.get("href") or named.get("url") or named.get("link") or named.get("relref"), inner.strip()
        return f"[{inner}]({at})" if at and inner and "\n" not in inner else inner

    @staticmethod
    def _pulled(_words, inner, _line):
        return re.sub(r"\{\"\s*|\s*\"\}", "", inner)

    @staticmethod
    def _raw(_words, inner, _line):
        return inner.replace("{", BRACE)

    def _comment(self, _words, inner, line):
        words = " ".join(self.text.unmasked(inner).split())[:200]
        self.around.note(_("A comment was left out: %s") % words, line)
        return ""

    def _capture(self, words, inner, line):
        self.values[words.partition(" ")[2].strip(" \"'")] = self._filled(self.text.unmasked(inner), line).strip()
        return ""

    def _filled(self, words, line):
        """Return words with what the expressions in them say."""
        return OUTPUT.sub(lambda found: self._output(found, line), words)

    def counted(self, words):
        """Return `words`, which are put into the text; raise TooLong when these have become more than are read."""
        self.put_in += len(words)
        if self.put_in > LONGEST_PUT_IN:
            raise TooLong(_("With what its tags put into it the text has more characters than are read."))
        return words

    def _value(self, name):
        """Return what a variable of the text, the page or the site stands for, or None; raise TooLong."""
        setup = self.around.setup
        sites = {
            "site.baseurl": setup.base, "site.url": setup.host, "site.github.url": setup.host + setup.base,
            "root_url": setup.base, "site.root": setup.base or "/", "base_path": setup.base,
        }  # fmt: skip
        if name in sites:
            return sites[name]
        if name in self.values:
            return self.counted(self.values[name])
        said = re.fullmatch(r"(?:(site|metadata|meta)\.|page\.|post\.)?([\w-]+)", name)
        told = setup.settings if said and said[1] else self.fields
        value = told.get(said[2].lower()) if said else None
        return self.counted(str(value)) if isinstance(value, str | int | float) else None

    def _left_out(self, found, line, named=None):
        words = self.text.unmasked(found[0])
        self.around.note(_("Left out, for this site doesn't know it: %s") % " ".join(words.split())[:300], line)
        said = self._said(named or {})
        return f"\n\n{said}\n\n" if said else ""

    def _linked(self, address, words, found, line):
        self.around.note(_("What it embeds became a link: %s") % " ".join(found[0].split())[:300], line, kind="embeds")
        if not address:
            return words
        return f"[{words}]({address})" if words else f"<{address}>"

    def _pictured(self, plain, named, found, line):
        address = next((named[each] for each in SOURCES if named.get(each)), "") or next(
            (each for each in plain if re.search(r"/|\.\w{2,5}$", each)), plain[0] if plain else ""
        )
        if not address:
            return None
        if not named and len(plain) > 1:
            named = {"alt": plain[1]}
        address = self._filled(self.values.get(address, address), line)
        leads = named.get("link") if address != named.get("link") else ""
        picture = (address, named.get("alt") or "", self._caption(named, line))
        shown = led_picture(self.around, picture, leads, line) if leads else self.around.shown(*picture, line)
        return f"\n\n{shown}\n\n" if _is_alone(found) else shown

    def _caption(self, named, line):
        """Return in one line what stands below a picture: its title, its caption, whose it is and where that is said."""
        titles = dict.fromkeys(filter(None, (named.get(each) for each in ("title", "caption", "description"))))
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
        if closing:
            return ""
        if name in {"ref", "relref"}:
            plain, named = arguments(rest)
            return self._referred(plain[0] if plain else named.get("path", ""), named.get("lang", ""), line)
        if name == "param" and (value := self._value(rest.strip(" \"'"))) is not None:
            return value
        return self._shown(name, rest, found, line)

    def _shown(self, name, rest, found, line):
        plain, named = arguments(rest)
        if name == "gallery" and (made := self._gallery(named, line)):
            return made
        if name in PICTURES and (made := self._pictured(plain, named, found, line)) is not None:
            return made
        if name in {"link", "button"}:
            address = named.get("href") or named.get("url") or (plain[0] if plain else "")
            words = next((named[each] for each in ("content", "text", "title") if named.get(each)), " ".join(plain[1:]))
            if address and words:
                return f"[{words}]({self.around.led(address, line)})"
        if name in boxes.NOTES and plain:
            self.asides.append(" ".join(plain[-1].split()))
            return f"[^aside-{len(self.asides)}]"
        if name == "newthought" and plain:
            return plain[0]
        if (made := self._pictured_by_any(plain, named, line)) is not None:
            return made
        if boxes.is_box(name):
            self.around.note(_("The box around a text was left out; its words stay: %s") % name, line, kind="boxes")
            title = boxes.title(name, rest, self.dialect not in {Dialect.HUGO, Dialect.ELEVENTY})
            parts = [f"**{title}**" if title else "", self._said(named)]
            return "\n\n".join(["", *filter(None, parts), ""]) if any(parts) or _is_alone(found) else ""
        address = embed(name, plain, named)
        if address:
            return self._linked(address, named.get("title") or named.get("caption") or "", found, line)
        if name in {"audio", "video"} and (named.get("src") or plain):
            return self._linked(self.around.kept(named.get("src") or plain[0]), name, found, line)
        if name in _SILENT:
            return ""
        return self._left_out(found, line, named)

    def _pictured_by_any(self, plain, named, line):
        """Return the picture of the place that a tag of any name shows, `"picture.png" "what is said of it"`; None for others."""
        said = [(value, self._caption(named, line)) for key, value in named.items() if key in SOURCES]
        said += [(value, " ".join(plain[place + 1 : place + 2])) for place, value in enumerate(plain)]
        for address, caption in said:
            if address.lower().endswith(TAKEN) and self.around.file(address):
                return f"\n\n{self.around.shown(address, named.get('alt', ''), caption, line)}\n\n"
        return None

    def _said(self, named):
        """Return the words for readers that a tag says itself, {name: value}, or by the name of what was captured; or ""."""
        for each in _SAID:
            value = self.values.get(named.get(each, ""), named.get(each, "")).strip()
            if " " in value:
                return self.counted(value)
        return ""

    def _gallery(self, named, line):
        """Return the pictures of a gallery: those that the head lists, or those of files that are like a pattern."""
        listed = self.fields.get(named.get("id", "gallery").lower())
        shown = []
        for each in listed[:MOST_SHOWN] if isinstance(listed, list) else ():
            told = {str(key).lower(): str(value) for key, value in each.items()} if isinstance(each, dict) else {}
            address = told.get("image_path") or told.get("url")
            if address:
                picture = self.around.shown(address, told.get("alt", ""), told.get("title", ""), line)
                shown.append(self.counted(picture))
        pattern = named.get("match", "")
        for name in self.find("", "beside") if pattern and not shown else ():
            if fnmatchcase(name.removeprefix(f"{self.around.folder}/"), pattern) and len(shown) < MOST_SHOWN:
                address = quote(name.removeprefix(f"{self.around.folder}/"))
                shown.append(self.counted(self.around.shown(address, "", "", line)))
        if shown and named.get("caption"):
            shown.append(named["caption"])
        return "".join(f"\n\n{each}" for each in shown) + "\n\n" if shown else ""

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
        if name == "link" and self.dialect != Dialect.HEXO:
            return self._file_linked(rest.strip(), line)
        plain, _named = arguments(rest)
        if name in {"include", "include_relative", "include_cached", "render"} and plain:
            return self._shown(_of_include(plain[0]), "".join(rest.split(None, 1)[1:]), found, line)
        if name in {"assign", "set"} and (said := re.fullmatch(r"""([\w-]+)\s*=\s*["']([^"']*)["']""", rest.strip())):
            self.values[said[1]] = said[2]
            return ""
        if name in _SILENT:
            return self._left_out(found, line) if name in {"assign", "set"} else ""
        if name.startswith("end") or name == "content-ref" or name in {"else", "elsif", "elseif"}:
            return ""
        if (made := hexo.shown(self, name, rest.strip(), line)) is not None:
            return f"\n\n{made}\n\n" if made.startswith("![") and _is_alone(found) else made
        return self._shown(name, rest, found, line)

    def _file_linked(self, words, line):
        words = words.strip("\"'")
        if words.startswith(("https://", "http://")):
            return f"<{words}>"
        name = self.find(words, "file")
        if name is None:
            self.around.note(_("A link leads to a text that is not there: %s.") % words[:200], line)
        return (self.around.path_of(name) if name else "") or "/" + quote(words.lstrip("/"))

    def _output(self, found, line):
        words, *filters = (each.strip() for each in found[1].split("|"))
        literal = re.fullmatch(r"""["'](.*)["']""", words, re.DOTALL)
        value = literal[1] if literal else self._value(words)
        if value is None or not all(_HARMLESS.match(each) for each in filters):
            return self._left_out(found, line)
        if value.startswith("/") and any(_LEADING.match(each) for each in filters):
            return local(value, self.around.setup) or value
        return f"\n\n{value}\n\n" if "markdownify" in filters else value


def _without_raw(code):
    """Return code without the tags that keep what is in it from being looked at."""
    begins = re.search(r"\{%-?\s*raw\s*-?%\}", code)
    is_kept = begins and begins.end() < code.rfind("endraw")
    return re.sub(r"\{%-?\s*(?:end)?raw\s*-?%\}", "", _RAW_LINE.sub("", code)) if is_kept else code


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
    for known in ("youtube", "vimeo", "twitter", "tweet", "instagram", "gist", "spotify", "gallery"):
        if known in name:
            return known
    return "figure" if any(each in name for each in ("figure", "image", "img", "picture")) else name
