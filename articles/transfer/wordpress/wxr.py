"""WordPress's exports (WXR 1.0 to 1.2: RSS 2.0 with elements of its own) as rows, read piece by piece.

Memory holds one item, whatever the size of the file. A DOCTYPE is refused, so there are no entities to expand and
nothing to fetch; what was read before a fault has been handed out.
"""

from collections import deque
from xml.parsers import expat

from django.utils.translation import gettext as _

from ..exports import Broken

PART = 1 << 18  # bytes read at once
LONGEST_TAG = 1 << 22  # bytes without an end of a tag
LONGEST_ITEM = 20_000_000  # characters of an item
DEEPEST = 60  # elements within each other; WordPress has six
_CONTROL = bytes({*range(9), 11, 12, *range(14, 32)})  # WordPress writes them, XML has none
# Where plugins keep what they tell search engines of a post.
DESCRIPTIONS = (
    "_yoast_wpseo_metadesc", "rank_math_description", "_seopress_titles_desc", "_aioseo_description",
    "_aioseop_description", "_genesis_description",
)  # fmt: skip
_META = {
    "_wp_attachment_image_alt", "_thumbnail_id", "_wp_attached_file", "footnotes", "cap-user_login", "cap-display_name",
    *DESCRIPTIONS,
}  # fmt: skip
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
    reader, fed, is_wide = _Reader(), 0, None
    try:
        while part := stream.read(PART):
            if is_wide is None:
                is_wide = part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in part[:4]
            part = part if is_wide else part.translate(None, _CONTROL)
            reader.parser.Parse(part, False)
            fed += len(part)
            yield from reader.taken()
            if fed - reader.parser.CurrentByteIndex > LONGEST_TAG:
                raise Broken(_("A tag has no end."), reader.parser.CurrentLineNumber)
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from reader.taken()
        raise Broken(_("It is not well-formed XML: %s.") % expat.ErrorString(error.code), error.lineno) from error
    except (LookupError, ValueError, UnicodeError) as error:
        yield from reader.taken()
        if isinstance(error, Broken):
            raise
        raise Broken(_("Its encoding is not known."), reader.parser.CurrentLineNumber) from error
    yield from reader.taken()


class _Reader:
    """What expat tells, put together."""

    def __init__(self):
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._said
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.path, self.done = [], deque()
        self.row, self.text, self.length = None, None, 0
        self.term, self.key = ("", ""), ""

    def taken(self):
        """Hand out the rows that are whole."""
        while self.done:
            yield self.done.popleft()

    def _doctype(self, *_said):
        raise Broken(_("It has a DOCTYPE, which no export has: it is refused."), self.parser.CurrentLineNumber)

    def _start(self, name, attributes):
        self.path.append(name)
        depth = len(self.path)
        if depth > DEEPEST:
            raise Broken(_("Its elements are nested too deeply."), self.parser.CurrentLineNumber)
        if depth <= 2 and name != ("rss", "channel")[depth - 1]:
            raise Broken(_("It is no export of WordPress."), self.parser.CurrentLineNumber)
        if depth == 3:
            self.row, self.length = Row(name, self.parser.CurrentLineNumber), 0
        elif depth == 4 and name == "wp:comment":
            self.row.comments += 1
        elif depth == 4 and name == "category":
            self.term = (attributes.get("domain", "category")[:200], attributes.get("nicename", "")[:400])
        self.text = []

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
        depth, row = len(self.path), self.row
        text, self.text = "".join(self.text or ()), None
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
