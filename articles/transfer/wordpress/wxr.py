"""WordPress's exports (WXR 1.0 to 1.2: RSS 2.0 with elements of its own) as rows, read piece by piece.

Memory holds one item, whatever the size of the file. A DOCTYPE is refused, so there are no entities to expand and
nothing to fetch; what was read before a fault has been handed out. What plugins and other systems that write the form get
wrong again and again is mended: lines above the beginning, "&" alone, and the entities of HTML.
"""

import itertools
import re
from collections import deque
from html import escape
from html.entities import html5
from xml.parsers import expat

from django.utils.translation import gettext as _

from ..exports import Broken

PART = 1 << 18  # bytes read at once
LONGEST_TAG = 1 << 22  # bytes without an end of a tag
LONGEST_ITEM = 20_000_000  # characters of an item
DEEPEST = 60  # elements within each other; WordPress has six
# What stands between the sections of a file that are text already: an "&", and what it begins.
_ENTITY = re.compile(rb"&(?:(#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);|([a-zA-Z][a-zA-Z0-9]{1,31};)?)")
_LONGEST_ENTITY = 40  # bytes
_SECTION, _SECTION_END = b"<![CDATA[", b"]]>"
_CONTROL = bytes({*range(9), 11, 12, *range(14, 32)})  # WordPress writes them, XML has none
# Where plugins keep what they tell search engines of a post.
DESCRIPTIONS = (
    "_yoast_wpseo_metadesc", "rank_math_description", "_seopress_titles_desc", "_aioseo_description",
    "_aioseop_description", "_genesis_description",
)  # fmt: skip
_META = {
    "_wp_attachment_image_alt", "_thumbnail_id", "_wp_attached_file", "footnotes", "cap-user_login", "cap-display_name",
    "enclosure", "_jetpack_newsletter_access",
    "_tablepress_export_table_id", "_tablepress_table_options",
    *DESCRIPTIONS,
}  # fmt: skip
_TEXTS = {"title", "content:encoded", "excerpt:encoded"}
_VOID = {"br", "hr", "img", "input", "embed", "source", "param"}
_MOST_TERMS, _MOST_SLUGS = 500, 50


class Row(dict):
    """An author, a category, a setting of the blog or an item: {name of the element: text}.

    `kind` is the name of its element, `line` where it stands; an item has `terms` [(taxonomy, slug, name)], `meta`
    {key: value}, `old_slugs` that it had before, the number of its `comments`, and whether it `is_cut`, being longer than
    `LONGEST_ITEM`.
    """

    def __init__(self, kind, line):
        super().__init__()
        self.kind, self.line = kind, line
        self.terms, self.meta, self.old_slugs, self.comments, self.is_cut = [], {}, [], 0, False


def rows(stream):
    """Yield the `Row`s of the binary `stream`, in its order; raise Broken where it can't be read on."""
    reader, fed = _Reader(), 0
    try:
        for part in _mended(stream, reader):
            reader.parser.Parse(part, False)
            fed += len(part)
            yield from reader.taken()
            if fed - reader.parser.CurrentByteIndex > LONGEST_TAG:
                raise Broken(_("A tag has no end."), reader.line())
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from reader.taken()
        words = _("It is not well-formed XML: %s.") % expat.ErrorString(error.code)
        raise Broken(words, error.lineno + reader.above) from error
    except (LookupError, ValueError, UnicodeError) as error:
        yield from reader.taken()
        if isinstance(error, Broken):
            raise
        raise Broken(_("Its encoding is not known."), reader.line()) from error
    yield from reader.taken()


def _mended(stream, reader):
    """Yield the bytes of `stream` as XML wants them, in parts; tell the `reader` how many lines were left out above it."""
    first = stream.read(PART)
    if first[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in first[:4]:
        yield first
        while part := stream.read(PART):
            yield part
        return
    begin = first.find(b"<?xml")
    if begin > 0 and b"<rss" not in first[:begin] and b"<!" not in first[:begin]:
        reader.above, first = first.count(b"\n", 0, begin), first[begin:]
    waiting, is_section = b"", False
    for part in itertools.chain([first], iter(lambda: stream.read(PART), b"")):
        mended, waiting, is_section = _without_loose(waiting + part.translate(None, _CONTROL), is_section)
        yield mended
    yield _ENTITY.sub(_entity, waiting) if not is_section else waiting


def _without_loose(data, is_section):
    """Return `data` with its entities mended, what of its end waits for what follows, and whether that is in a section."""
    out, place = [], 0
    while True:
        found = data.find(_SECTION_END if is_section else _SECTION, place)
        end = found if found >= 0 else max(place, len(data) - _LONGEST_ENTITY)
        if found < 0 and not is_section:  # nothing is cut that could be the beginning of either
            end = min(each if each >= 0 else len(data) for each in (data.find(mark, end) for mark in (b"&", b"<")))
        part = data[place:end]
        out.append(part if is_section else _ENTITY.sub(_entity, part))
        place = end
        if found < 0:
            return b"".join(out), data[place:], is_section
        mark = _SECTION_END if is_section else _SECTION
        out.append(mark)
        place, is_section = place + len(mark), not is_section


def _entity(found):
    """Return an entity as XML has it: one of HTML's as its characters, an "&" alone as one."""
    if found[1]:
        return found[0]
    said = html5.get((found[2] or b"").decode())
    return "".join(f"&#{ord(each)};" for each in said).encode() if said else b"&amp;" + (found[2] or b"")


class _Reader:
    """What expat tells, put together; `above` lines of the file stand above what it is told."""

    def __init__(self):
        self.above = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._said
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.path, self.done = [], deque()
        self.row, self.text, self.length = None, None, 0
        self.term, self.key = ("", ""), ""

    def line(self):
        """Return the line of the file that is read."""
        return self.parser.CurrentLineNumber + self.above

    def taken(self):
        """Hand out the rows that are whole."""
        while self.done:
            yield self.done.popleft()

    def _doctype(self, *_said):
        raise Broken(_("It has a DOCTYPE, which no export has: it is refused."), self.line())

    def _start(self, name, attributes):
        self.path.append(name)
        depth = len(self.path)
        if self._is_markup():
            told = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
            self._said(f"<{name}{told}>")
            return
        if depth > DEEPEST:
            raise Broken(_("Its elements are nested too deeply."), self.line())
        if depth <= 2 and name != ("rss", "channel")[depth - 1]:
            raise Broken(_("It is no export of WordPress."), self.line())
        if depth == 3:
            self.row, self.length = Row(name, self.line()), 0
        elif depth == 4 and name == "wp:comment":
            self.row.comments += 1
        elif depth == 4 and name == "category":
            self.term = (attributes.get("domain", "category")[:200], attributes.get("nicename", "")[:400])
        self.text = []

    def _is_markup(self):
        """Whether the element that begins or ends is HTML of a text, which other programs write as elements, not as text."""
        return len(self.path) > 4 and self.text is not None and self.path[3] in _TEXTS and len(self.path) <= DEEPEST

    def _said(self, text):
        if self.text is None or self.row is None or "wp:comment" in self.path:
            return
        self.length += len(text)
        if self.length > LONGEST_ITEM:
            self.row.is_cut = True
            self.text.clear()
        else:
            self.text.append(text)

    def _end(self, name):
        if self._is_markup():
            self._said("" if name in _VOID else f"</{name}>")
            self.path.pop()
            return
        depth, row = len(self.path), self.row
        text, self.text = "".join(self.text or ()).strip(), None
        if depth == 3:
            row.setdefault("", text)
            self.done.append(row)
            self.row = None
        elif depth == 4 and name == "category":
            if len(row.terms) < _MOST_TERMS:
                row.terms.append((*self.term, text))
        elif depth == 4 and name not in {"wp:comment", "wp:postmeta"}:
            row.setdefault(name, text)
        elif depth == 5 and self.path[3] == "wp:postmeta":
            if name == "wp:meta_key":
                self.key = text
            elif name == "wp:meta_value" and self.key in _META:
                row.meta.setdefault(self.key, text)
            elif name == "wp:meta_value" and self.key == "_wp_old_slug" and len(row.old_slugs) < _MOST_SLUGS:
                row.old_slugs.append(text)
        self.path.pop()
