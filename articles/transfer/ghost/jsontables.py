"""The tables of a Ghost export, row by row, from a file of any size."""

import ijson
from django.utils.translation import gettext as _

from ..exports import Broken

PART = 1 << 14  # bytes read at once: a fault is told by the line at which one begins
MOST = 1 << 22  # within a long text the parser begins anew with each part, so these grow
LONGEST_WORD = 32_000_000  # bytes of one text
LONGEST_ROW = 20_000_000  # characters of a post
DEEPEST = 100
_BOM = b"\xef\xbb\xbf"


class _Lines:
    """A stream that counts lines, and the bytes that were read since anything came of them."""

    def __init__(self, stream):
        self.stream, self.line, self.following, self.waiting, self.is_first = stream, 1, 1, 0, True

    def read(self, size):
        """Return so many bytes; raise Broken when there is no end of a text in sight."""
        part = self.stream.read(min(size, max(PART, self.waiting)))
        if self.is_first and size:
            part, self.is_first = part.removeprefix(_BOM), False
        self.line, self.following = self.following, self.following + part.count(b"\n")
        self.waiting += len(part)
        if self.waiting > LONGEST_WORD:
            raise Broken(_("A text in it has no end."), self.line)
        return part


def rows(stream, tables):
    """Yield (table, row or None for one that is too long, line) of those of `tables` in the binary `stream`, in its order.

    The tables stand in `db[0].data`, in `data` or in `data.data`. Raise Broken where it can't be read on.
    """
    lines = _Lines(stream)
    try:
        yield from _rows(ijson.basic_parse(lines, buf_size=MOST, use_float=True), lines, tables)
    except Broken:
        raise
    except (ijson.JSONError, ValueError) as error:
        raise Broken(_("It is not well-formed JSON."), lines.line) from error


def _rows(events, lines, tables):
    path, builder, length, line = [], None, 0, 1
    for event, value in events:
        lines.waiting = 0
        if event == "map_key":
            path[-1] = value
        if event in {"start_map", "start_array"}:
            if len(path) >= DEEPEST:
                raise Broken(_("It is nested too deeply."), lines.line)
            if event == "start_map" and builder is None and _table(path) in tables:
                builder, length, line, top = ijson.ObjectBuilder(), 0, lines.line, len(path)
            path.append("" if event == "start_map" else None)
        elif event in {"end_map", "end_array"}:
            path.pop()
        if builder is None:
            continue
        length += len(value) if isinstance(value, str) else 8
        if length <= LONGEST_ROW:
            builder.event(event, value)
        if event == "end_map" and len(path) == top:
            yield _table(path), builder.value if length <= LONGEST_ROW else None, line
            builder = None


def _table(path):
    """Return the table of which an item stands at `path`; "" elsewhere. A list is None in it, an object the key in it."""
    if path[:2] == ["db", None]:
        path = path[2:]
    elif path[:2] == ["data", "data"]:
        path = path[1:]
    return path[1] if len(path) == 3 and path[0] == "data" and path[2] is None and isinstance(path[1], str) else ""
