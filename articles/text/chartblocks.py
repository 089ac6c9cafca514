"""Charts as they are typed: a fenced block of settings, an empty line, and the figures as a Markdown table or as CSV.

    ```chart
    type: line
    title: From more than half to two fifths
    unit: %
    source: Regulator and agency figures.[@key]

    | Year | Share |
    |------|-------|
    | 2015 | 55    |
    | 2016 |       |
    | 2017 | ≈52   |
    ```

Instead of figures, `table:` names a table of the text (one below a line "Table: NAME"). What
comes of them stands in `charts`.
"""

import csv
import re
from dataclasses import dataclass, field

from .. import names
from . import dates
from .charts import KINDS, MOST_BARS, MOST_ROWS, MOST_SERIES, SETTINGS, STACKED
from .figures import NUMBER, digits, value

# Every repetition is bounded or followed by what it can't match, so that no text takes more than a moment.
_SETTING = re.compile(r"([A-Za-z]+)\s{0,3}:(.*)")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_CELLS = re.compile(r"(?<!\\)\|")
_COMMA = re.compile(r"[+−-]?\d+,\d+")
_NAMED_TABLE = re.compile(
    r"^(?:Table|Tablo|Таблица):[ \t]{0,9}(\S[^\n]{0,200}?)[ \t]{0,9}\n(?:[ \t]*\n)?((?:[ ]{0,3}\|[^\n]*(?:\n|\Z)){3,})",
    re.MULTILINE,
)
CAPTION = re.compile(r"(?:Table|Tablo|Таблица):\s{0,9}(\S.{0,200}?)\s{0,9}")


@dataclass
class Block:
    """What a block says: settings, the heads of its columns, its rows of cells as typed, and what is wrong.

    `problems` are (line of the block counted from 0, code, what it is about); a chart with any is not drawn.
    """

    settings: dict = field(default_factory=dict)
    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    problems: list = field(default_factory=list)


def tables(body):
    """Return {folded name: rows of cells} of the named tables of the Markdown `body`; of two with one name, the first."""
    found = {}
    for table in _NAMED_TABLE.finditer(body):
        found.setdefault(names.fold(table[1]), _cells(table[2].splitlines()))
    return found


def anchor(name):
    """Return the id of the caption of the table called `name`."""
    return f"table-{names.slugify(name)}"


def parted(body):
    """Return the Markdown `body` with an empty line between each table and the line that names it."""
    return _NAMED_TABLE.sub(lambda found: found[0].replace("\n", "\n\n", 1), body)


def parse(text, named):
    """Return the `Block` of the `text` between the fences; `named` are the `tables` of the text it stands in."""
    block = Block()
    lines = text.splitlines()
    begin = next((n for n, line in enumerate(lines) if not line.strip() or line.lstrip().startswith("|")), len(lines))
    for number, line in enumerate(lines[:begin]):
        found = _SETTING.fullmatch(line.strip())
        if not found or found[1].lower() not in SETTINGS:
            block.problems.append((number, "setting", line.strip()[:40]))
        elif found[2].strip():
            block.settings[found[1].lower()] = found[2].strip()
    _check_settings(block)
    wanted = block.settings.get("table")
    if wanted:
        cells = named.get(names.fold(wanted))
        if cells is None:
            block.problems.append((0, "no table", wanted[:80]))
            return block
        placed = [(0, row) for row in cells]
    else:
        placed = [
            (number, row)
            for number, line in enumerate(lines[begin:], start=begin)
            if line.strip() and not _RULE.fullmatch(line.strip())
            for row in (_cells([line]) if line.lstrip().startswith("|") else _csv(line))
        ]
    if placed:
        block.columns, block.rows = placed[0][1], [row for _number, row in placed[1:]]
    _check_table(block, placed)
    return block


def _cells(lines):
    """Return the cells of the lines of a Markdown table, without the rule below its head."""
    rows = []
    for line in lines:
        if not _RULE.fullmatch(line.strip()):
            inner = line.strip().removeprefix("|")
            inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
            rows.append([cell.replace("\\|", "|").strip() for cell in _CELLS.split(inner)])
    return rows


def _csv(line):
    """Return one row of CSV (RFC 4180), which may use semicolons or tabs instead of commas."""
    mark = next((mark for mark in ("\t", ";") if mark in line), ",")
    try:
        return [[cell.strip() for cell in row] for row in csv.reader([line], delimiter=mark, skipinitialspace=True)]
    except csv.Error:  # a cell of 131,072 characters
        return [[line.strip()]]


def _check_settings(block):
    kind = block.settings.get("type")
    if kind is None:
        block.problems.append((0, "no type", ""))
    elif kind not in KINDS:
        block.problems.append((0, "type", kind[:40]))
    if not block.settings.get("title"):
        block.problems.append((0, "no title", ""))
    try:
        value(block.settings.get("from", ""))
    except ValueError:
        block.problems.append((0, "from", block.settings["from"][:40]))


def _check_table(block, placed):
    """Note what keeps the table from being drawn, at the line where it stands."""
    kind, head = block.settings.get("type"), placed[0][0] if placed else 0
    if len(block.rows) < 1 or len(block.columns) < 2:
        block.problems.append((head, "no figures", ""))
        return
    if len(block.columns) - 1 > MOST_SERIES:
        block.problems.append((head, "columns", str(MOST_SERIES)))
    if kind == "slope" and len(block.columns) != 3:
        block.problems.append((head, "slope", ""))
    if len(block.rows) > MOST_ROWS.get(kind, MOST_BARS):
        block.problems.append((head, "rows", str(MOST_ROWS.get(kind, MOST_BARS))))
    some = False
    for number, row in placed[1:]:
        if len(row) != len(block.columns):
            block.problems.append((number, "cells", f"{len(row)}/{len(block.columns)}"))
            continue
        for cell in row[1:]:
            try:
                figure = value(cell)
            except ValueError:
                block.problems.append((number, "comma" if _COMMA.fullmatch(cell) else "number", cell[:40]))
                continue
            some = some or figure is not None
            if figure and figure.number < 0 and kind in STACKED:
                block.problems.append((number, "negative", cell[:40]))
    if not some and not block.problems:
        block.problems.append((head, "no figures", ""))
    days = [row[0] for row in block.rows]
    if kind in {"line", "area"} and all(map(dates.is_date, days)) and days != sorted(days):
        block.problems.append((head, "order", ""))


def marked(block):
    """Return the rows of `block` as [[part, …], …] of (tag, attribute, its value, words); tag "" for plain words.

    Days and figures are marked when the whole chart can be drawn, so that they can be told in the reader's language.
    """
    sound = not block.problems
    by_date = sound and all(dates.is_date(row[0]) for row in block.rows)
    rows = []
    for label, *cells in block.rows:
        row = [("time", "datetime", label, label) if by_date else ("", "", "", label)]
        for cell in cells:
            found = NUMBER.fullmatch(cell) if sound else None
            if found:
                figure = value(cell)
                row.append(("data", "value", f"{'~' if figure.rough else ''}{digits(figure.number)}", cell))
            else:
                row.append(("", "", "", cell))
        rows.append(row)
    return rows
