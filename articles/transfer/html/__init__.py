"""HTML as the Markdown that editors write here.

    markdown(html, link=…, picture=…) -> Converted

`markup` makes regular HTML of it, `markdownify` walks that, and the converter below says what each part is in our text:
what `text.render` makes of it counts. Words are never lost, and what has no place in the text is told of.
"""

import re
from dataclasses import replace
from typing import NamedTuple

from bs4 import BeautifulSoup
from django.utils.translation import gettext as _
from markdownify import MarkdownConverter

from ... import names
from ..documents import PLACEHOLDER, Image, Note
from ..marks import at_start, bracketed, escaped, indented, target
from .elements import address_of
from .footnotes import taken_out
from .markup import simple
from .notes import Notes
from .tables import CAPTION, CELL, ROW, table

_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:[?#]|$)", re.IGNORECASE)
LONGEST_PLAIN = 20_000  # characters


class Converted(NamedTuple):
    """What became of some HTML: Markdown, what to tell of it, and the pictures to which its placeholders refer."""

    markdown: str
    notes: tuple[Note, ...]
    pictures: tuple[Image, ...]


def markdown(html, *, link=lambda address: address, picture=lambda address: None, line=None, language=""):
    """Return `html` as a `Converted`; raise `markup.TooLong` for more than is read.

    `link(address)` gives the address that a link gets ("" for none), `picture(address)` the `Image` of the source that is
    meant, or None: then a link stands for it, since pages ask nothing of other hosts. Notes have the number `line`. It is in
    the `language` (two letters, or "" for one that isn't known).
    """
    notes = Notes()
    soup = BeautifulSoup(simple(html, notes, language), "html.parser")
    found = taken_out(soup)
    converter = _Converter(notes, link, picture)
    converter.prepare(soup)
    for _label, note in found:
        converter.prepare(note)
    body = converter.convert_soup(soup)
    below = (indented(converter.convert_soup(note).strip(), f"[^{label}]: ") for label, note in found)
    text = "\n\n".join(filter(None, [body.strip("\n"), *below])).replace("\ue000", "")
    return Converted(text.strip("\n"), notes.listed(line), tuple(converter.pictures))


def plain(html):
    """Return the words of `html`, a title or the like, on one line, without marks; of very long ones the beginning."""
    html = html[:LONGEST_PLAIN]
    if not re.search(r"<[a-zA-Z/!][^>]*>|&", html):
        return names.clean_line(html)
    soup = BeautifulSoup(simple(html, Notes()), "html.parser")
    for each in soup.find_all(["br", "p", "li", "td", "th", "dd", "h2", "h3"]):
        each.insert_after(" ")
    return names.clean_line(soup.get_text())


def _emphasis(mark):
    """Return the method for an element with a mark of Markdown, which stays HTML where marks would run together."""

    def convert(self, el, text, parent_tags):
        if "_noformat" in parent_tags or not text.strip():
            return text
        before = getattr(el.previous_sibling, "name", None)
        within = {"strong", "em"} & parent_tags
        alone = el.parent.name in {"strong", "em"} and len(el.parent.contents) == 1
        if (within and not alone) or before in {"strong", "em"} or el.get("lang"):
            return self._raw(el, text, parent_tags)
        inner = text.strip()  # a space of any kind within the mark, and it is none
        begin, end = text.split(inner, 1)
        return f"{begin}{mark}{inner}{mark}{end}"

    return convert


class _Converter(MarkdownConverter):
    """Our text's words for what `markup.simple` leaves."""

    class Options:
        heading_style = "atx"
        bullets = "-"

    def __init__(self, notes, link, picture):
        super().__init__()
        self.notes, self.link, self.picture = notes, link, picture
        self.pictures, self.places, self.seen = [], {}, {}
        self.slugs, self.levels = {}, {}

    # The tree

    def prepare(self, soup):
        """Settle in the tree what the parts of it can't know: captions, levels of headings, pictures in links."""
        for figure in soup.find_all("figure"):
            self._captioned(figure)
        for listing in soup.find_all(["ol", "dl"]):
            self._counted(listing)
        headings = soup.find_all(re.compile(r"h[1-6]$"))
        ranks = sorted({heading.name for heading in headings})
        self.levels |= {name: min(2 + rank, 4) for rank, name in enumerate(ranks) if name not in self.levels}
        for heading in headings:
            if heading.get("id"):
                self.slugs[heading["id"]] = names.slugify(heading.get_text())
        for image in soup.select("a img"):
            whole = image.find_parent("a").get("href", "")
            if _PICTURE_FILE.search(whole) and self._known(whole) is not None:
                image["src"] = whole  # of which a smaller one is shown
            if self._known(image.get("src", "")) is None:
                self._missing(image.get("src", ""))
                image.replace_with(image.get("alt") or self._file(image.get("src", "")))

    @staticmethod
    def _counted(listing):
        """Put its number on each item of a list, and on each definition whether a term stands before it."""
        number, is_termed = int(listing.get("start", 1)), False
        for item in listing.find_all(["li", "dt", "dd"], recursive=False):
            if item.name == "dt":
                is_termed = is_termed or bool(item.get_text().strip())
            elif item.name == "dd" and is_termed:
                item["termed"] = "yes"
            elif item.name == "li":
                item["number"] = number
                number += 1

    def _captioned(self, figure):
        """Put the caption of a figure on its only picture, or into its table."""
        caption = figure.find("figcaption", recursive=False)
        images, held = figure.find_all("img"), figure.find("table")
        if caption is None:
            return
        if len(images) == 1 and not held and self._known(images[0].get("src", "")) and not self._leads_on(images[0]):
            for each in caption.find_all("br"):
                each.replace_with(" ")
            for each in caption.find_all("a", href=True):
                self.notes.add(_("A link in a caption is kept as its words: %s") % each["href"][:200])
            images[0]["title"] = " ".join(caption.get_text().split())
            caption.decompose()
        elif held and not held.find("caption"):
            caption.name = "caption"
            held.insert(0, caption.extract())

    @staticmethod
    def _leads_on(image):
        """Whether an image is a link to something else than itself: then no figure is made of it, and it has no caption."""
        link = image.find_parent("a")
        return link is not None and not _PICTURE_FILE.search(link.get("href", ""))

    # Words

    def escape(self, text, parent_tags):
        """Return words of which Markdown reads none as a mark, but for what only stands at the beginning of a line."""
        return escaped(text, in_table=bool({"td", "th", "caption", "table"} & parent_tags))

    def process_text(self, el, parent_tags=None):
        """Return the words of a text node."""
        text = super().process_text(el, parent_tags=parent_tags)
        if text.endswith("!") and el.next_sibling is not None and el.next_sibling.name in {"a", "footnote"}:
            return f"{text[:-1]}\\!"  # else the link is a picture
        return text

    convert_strong = _emphasis("**")
    convert_em = _emphasis("*")

    def _raw(self, el, text, parent_tags):
        if "_noformat" in parent_tags or not text.strip():
            return text
        kept = "".join(f' {name}="{self._attribute(el[name])}"' for name in ("lang", "title") if el.get(name))
        return f"<{el.name}{kept}>{text}</{el.name}>"

    # Of these HTML is what editors write too.
    convert_abbr = convert_bdi = convert_cite = convert_del = convert_ins = _raw
    convert_q = convert_span = convert_sub = convert_sup = _raw

    @staticmethod
    def _attribute(words):
        """Return `words` as they stand in an attribute of raw HTML in Markdown."""
        words = " ".join(words.split()).replace("&", "&amp;").replace('"', "&quot;")
        return re.sub(r"[<>\[\]|`*_\\{]", lambda found: f"&#{ord(found[0])};", words)

    def convert_code(self, el, text, parent_tags):
        """Return code within a line; a bar in a table's cell ends none."""
        if {"pre", "code"} & parent_tags or not text.strip():
            return text
        fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
        space = " " if text.strip()[0] == "`" or text.strip()[-1] == "`" else ""
        return f"{fence}{space}{text.strip()}{space}{fence}"

    def convert_br(self, el, text, parent_tags):
        """Return a new line, or the mark of one where there is one line only."""
        if {"td", "th"} & parent_tags:
            return "<br>"
        return " " if "_inline" in parent_tags or {"dt", "caption"} & parent_tags else "  \n"

    def convert_footnote(self, el, text, parent_tags):
        """Return the mark of a note."""
        return f"[^{el['label']}]"

    def convert_a(self, el, text, parent_tags):
        """Return a link; the words alone where it leads nowhere."""
        href = el.get("href", "")
        if not href or not text.strip():
            return text
        address = address_of(href)
        if address.startswith("#"):
            slug = self.slugs.get(address[1:])
            if slug is None:
                self.notes.add(_("A link to a place within the text is kept as its words."))
            address = f"#{slug}" if slug else ""
        elif address and not (el.find("img") and _PICTURE_FILE.search(address)):
            address = self.link(address)
        elif not address:
            self.notes.add(_("A link is kept as its words, for its address may not stand: %s") % href[:60])
        else:
            return text  # a picture that leads to itself
        if not address or "_noformat" in parent_tags:
            if address:
                self.notes.add(_("A link in code is kept as its words: %s") % address[:200])
            return text
        address = target(address)
        if el.get_text() == address and re.match("https?://", address) and not {"td", "th"} & parent_tags:
            return f"<{address}>"
        title, words = " ".join(el.get("title", "").split()), " ".join(el.get_text().split())
        is_more = title and title.casefold() not in {words.casefold(), href.casefold()} and not el.find("img")
        behind = f' "{self._attribute(title)}"' if is_more else ""
        return f"[{bracketed(text)}]({address}{behind})"

    # Pictures

    def _known(self, address):
        if address not in self.seen:
            self.seen[address] = self.picture(address) if address and address_of(address) else None
        return self.seen[address]

    @staticmethod
    def _file(address):
        return "" if not address_of(address) else address.split("?")[0].rstrip("/").rpartition("/")[2][:200]

    def _missing(self, address):
        if address.startswith("data:") or not address_of(address):
            self.notes.add(_("A picture within an address or without one was left out: %s") % address[:40])
        else:
            self.notes.add(_("A picture that isn’t in the source became a link: %s") % address[:200])

    def convert_img(self, el, text, parent_tags):
        """Return a placeholder for a picture of the source, or a link to one that isn't there."""
        address, alt = el.get("src", ""), " ".join(el.get("alt", "").split())
        image = self._known(address)
        if image is None:
            self._missing(address)
            kept = address_of(address)
            words = self.escape(alt or self._file(address), parent_tags)
            led = self.link(kept) if kept else ""
            return f"[{bracketed(words)}]({target(led)})" if led and words else words
        caption = el.get("title", "") if el.find_parent("figure") else ""
        number = self.places.get(image.place)
        if number is None:
            number = self.places[image.place] = len(self.pictures)
            self.pictures.append(replace(image, alt=alt or image.alt, caption=caption or image.caption))
            caption = ""
        alt = bracketed(self.escape(alt or image.alt, parent_tags))
        if not caption or caption == self.pictures[number].caption:
            return f"![{alt}]({PLACEHOLDER.format(number)})"
        return f'![{alt}]({PLACEHOLDER.format(number)} "{self._attribute(caption)}")'

    # Blocks

    def convert_p(self, el, text, parent_tags):
        """Return a paragraph, close to what follows it in an item that is of one line."""
        text = "\n".join(line.lstrip(" ") for line in text.strip("\n").split("\n")).strip(" ")
        if not text:
            return ""
        before = after = "\n\n"
        if el.parent.name == "li" and "implied" in el.get("class", ()):
            before = "\n" if el.previous_sibling is None else before
            after = "\n" if el.next_sibling is None or el.next_sibling.name in {"ul", "ol"} else after
        return f"{before}{at_start(text)}{after}"

    def convert_figure(self, el, text, parent_tags):
        """Return what a figure holds; a caption that isn't of one picture or table is a paragraph."""
        return f"\n\n{text.strip(chr(10))}\n\n"

    def convert_figcaption(self, el, text, parent_tags):
        """Return a caption as a paragraph."""
        return f"\n\n{at_start(' '.join(text.split()))}\n\n"

    def convert_hN(self, n, el, text, parent_tags):  # noqa: N802 - markdownify's name
        """Return a heading, bold where Markdown has no headings."""
        text = " ".join(text.split())
        if not text:
            return ""
        if {"li", "dd"} & parent_tags:
            return f"\n\n{at_start(text) if '*' in text else f'**{text}**'}\n\n"
        text = f"{text[:-1]}\\#" if text.endswith("#") else text
        return f"\n\n{'#' * self.levels.get(el.name, 2)} {text}\n\n"

    def convert_blockquote(self, el, text, parent_tags):
        """Return a quotation."""
        text = text.strip("\n")
        if not text:
            return ""
        quoted = re.sub(r"^(?=(.?))", lambda found: "> " if found[1] else ">", text, flags=re.M)
        return f"\n\n{quoted}\n\n{self._apart(el)}"

    @staticmethod
    def _apart(el):
        """Return what keeps a quotation or a numbered list from the next one, which Markdown would take for its rest."""
        behind = el.next_sibling
        is_same = el.name in {"blockquote", "ol"} and behind is not None and behind.name == el.name
        return "<!-- -->\n\n" if is_same and el.parent.name == "[document]" else ""

    def convert_list(self, el, text, parent_tags):
        """Return a list."""
        around = "\n" if "li" in parent_tags else "\n\n"
        return f"{around}{text.strip(chr(10))}{around}{self._apart(el)}" if text.strip() else ""

    convert_ul = convert_ol = convert_list

    def convert_li(self, el, text, parent_tags):
        """Return an item; one of several paragraphs stands apart."""
        text = text.strip("\n")
        mark = "- "
        if el.parent.name == "ol":
            mark = f"{el['number']}. "
        around = "\n\n" if "\n\n" in text else "\n"
        return f"{around}{indented(text, mark)}{around}" if text else ""

    def convert_dl(self, el, text, parent_tags):
        """Return a list of definitions."""
        return f"\n\n{text.strip(chr(10))}\n\n"

    def convert_dt(self, el, text, parent_tags):
        """Return a term."""
        text = at_start(" ".join(text.split()))
        return f"\n\n{text}\n" if text else ""

    def convert_dd(self, el, text, parent_tags):
        """Return a definition; what stands without a term is a paragraph."""
        text = text.strip("\n")
        if not text:
            return ""
        if not el.get("termed"):
            return f"\n\n{text}\n\n"
        return f"\n{indented(text, ':   ')}\n"

    def convert_pre(self, el, text, parent_tags):
        """Return a fenced block, or an indented one where Markdown sees no fences."""
        text = re.sub(r"\A(?:[ \t]*\n)+|\s+\Z", "", text)
        language = " ".join(el.get("class", ()))
        if {"li", "dd", "blockquote", "[note]"} & parent_tags:
            return "\n\n" + re.sub(r"^(?=.)", "    ", text, flags=re.M) + "\n\n"
        language = language if re.fullmatch(r"[\w#.+-]+", language) and language not in {"chart", "timeline"} else ""
        fence = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
        return f"\n\n{fence}{language}\n{text}\n{fence}\n\n"

    # Tables

    def convert_td(self, el, text, parent_tags):
        """Return a cell and its end; `tables` makes rows of them."""
        return " ".join(text.split()) + CELL

    convert_th = convert_td

    def convert_tr(self, el, text, parent_tags):
        """Return a row and its end."""
        return text + ROW

    def convert_caption(self, el, text, parent_tags):
        """Return a caption and its end."""
        return " ".join(text.split()) + CAPTION

    def convert_table(self, el, text, parent_tags):
        """Return a table."""
        return f"\n\n{table(el, text, self.notes)}\n\n"
