"""Charts in a text: a fenced block of settings, an empty line, and the figures as a Markdown table or as CSV.

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

Instead of figures, `table:` names a table of the text (one below a line "Table: NAME"). A rendered chart is a figure
that holds its table; the drawing is made from that table when somebody asks for it (see `drawing`).
"""

import csv
import html
import io
import re
from dataclasses import dataclass, field

from .. import names
from . import dates

KINDS = ("line", "area", "bar", "stacked bar", "dot", "slope")
SETTINGS = ("type", "title", "subtitle", "unit", "source", "note", "table", "from")
STACKED = {"area", "stacked bar"}
MOST_SERIES = 6
MOST_ROWS = {"line": 400, "area": 400}
MOST_BARS = 40

_SETTING = re.compile(r"\s*([A-Za-z]+)\s*:\s*(.*?)\s*")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
_CELLS = re.compile(r"(?<!\\)\|")
_GAPS = {"", "-", "–", "—", "…", "?", "n/a", "na"}
_ABOUT = r"(?:[≈~<>≤≥]|c\.|ca\.|about )"
_SPACE = "  \u202f"
_NUMBER = re.compile(
    rf"({_ABOUT}?)\s*([+−-]?(?:\d{{1,3}}(?:[,'’{_SPACE}]\d{{3}})+|\d{{1,15}})(?:\.\d{{1,9}})?)\s*(%?)\s*(\(?\?\)?)?"
)
_COMMA = re.compile(r"[+−-]?\d+,\d+")
_NAMED_TABLE = re.compile(
    r"^(?:Table|Tablo|Таблица):[ \t]*(\S[^\n]{0,200}?)[ \t]*\n(?:[ \t]*\n)?((?:[ ]{0,3}\|[^\n]*(?:\n|\Z)){3,})",
    re.MULTILINE,
)
CAPTION = re.compile(r"(?:Table|Tablo|Таблица):\s*(\S.{0,200}?)\s*")


@dataclass(frozen=True)
class Value:
    """A figure: the number, and whether it is an estimate or a bound."""

    number: float
    rough: bool = False


@dataclass
class Block:
    """What a block says: settings, the heads of its columns, its rows of cells as typed, and what is wrong.

    `problems` are (line of the block counted from 0, code, what it is about); a chart with any is not drawn.
    """

    settings: dict = field(default_factory=dict)
    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    problems: list = field(default_factory=list)


@dataclass(frozen=True)
class Chart:
    """A chart of a rendered text, ready to be drawn.

    number   its place in the text, from 1
    columns  the heads of the table: of the labels, then of each series
    rows     [(label as shown, partial date or "", (Value or None, …)), …]
    """

    number: int
    kind: str
    title: str
    subtitle: str
    unit: str
    start: float | None
    columns: tuple
    rows: tuple

    @property
    def dated(self):
        """Whether the rows are moments in time."""
        return all(date for _label, date, _values in self.rows)

    @property
    def rough(self):
        """Whether any figure is an estimate."""
        return any(value and value.rough for _label, _date, values in self.rows for value in values)


# From the block -------------------------------------------------------------------------------------------------------


def value(cell):
    """Return the `Value` of a cell as typed, None for a gap; raise ValueError for anything else.

    Decimals have a point, groups of three a comma, a thin space or an apostrophe: "1,234.5", "≈56", "45 (?)", "n/a".
    """
    cell = cell.strip()
    if cell.casefold() in _GAPS:
        return None
    found = _NUMBER.fullmatch(cell)
    if not found:
        raise ValueError(cell)
    digits = re.sub(rf"[,'’{_SPACE}]", "", found[2]).replace("−", "-")
    return Value(float(digits), bool(found[1] or found[4]))


def digits(number):
    """Return a float as plain decimal digits, to nine places at most."""
    return f"{number:.9f}".rstrip("0").rstrip(".")


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
        found = _SETTING.fullmatch(line)
        if not found or found[1].lower() not in SETTINGS:
            block.problems.append((number, "setting", line.strip()[:40]))
        elif found[2]:
            block.settings[found[1].lower()] = found[2]
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
    return [[cell.strip() for cell in row] for row in csv.reader([line], delimiter=mark, skipinitialspace=True)]


def _check_settings(block):
    kind = block.settings.get("type")
    if kind is None:
        block.problems.append((0, "no type", ""))
    elif kind not in KINDS:
        block.problems.append((0, "type", kind[:40]))
    if not block.settings.get("title"):
        block.problems.append((0, "no title", ""))
    try:
        float(block.settings.get("from", "0").replace("−", "-"))
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
    if kind in {"line", "area"} and all(map(_is_date, days)) and days != sorted(days):
        block.problems.append((head, "order", ""))


def _is_date(label):
    try:
        return bool(dates.parse(label))
    except ValueError:
        return False


def marked(block):
    """Return the rows of `block` as [[part, …], …] of (tag, attribute, its value, words); tag "" for plain words.

    Days and figures are marked when the whole chart can be drawn, so that they can be told in the reader's language.
    """
    sound = not block.problems
    by_date = sound and all(_is_date(row[0]) for row in block.rows)
    rows = []
    for label, *cells in block.rows:
        row = [("time", "datetime", label, label) if by_date else ("", "", "", label)]
        for cell in cells:
            found = _NUMBER.fullmatch(cell) if sound else None
            if found:
                figure = value(cell)
                row.append(("data", "value", f"{'~' if figure.rough else ''}{digits(figure.number)}", cell))
            else:
                row.append(("", "", "", cell))
        rows.append(row)
    return rows


# From the rendered text -----------------------------------------------------------------------------------------------

_FIGURE = re.compile(r'<figure class="chart"([^>]*)>(.*?)</figure>', re.DOTALL)
_ATTRIBUTE = re.compile(r' (?:data-)?(kind|unit|from|table|id)="([^"]*)"')
_PARTS = re.compile(
    r'\s*<p class="chart-title">(?P<title>[^<]*)</p>\s*(?:<p class="chart-subtitle">(?P<subtitle>[^<]*)</p>)?\s*'
    r"(?P<table><table>.*?</table>)\s*(?P<caption><figcaption>.*</figcaption>)?\s*",
    re.DOTALL,
)
_SOURCE = '<span class="chart-source">'
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_DATUM = re.compile(r'<data value="(~?)(-?\d{1,15}(?:\.\d{1,9})?)">([^<]*)</data>')
_DAY = re.compile(r'<time datetime="(\d{4}(?:-\d{2}){0,2})">')
_TAG = re.compile(r"<[^>]*>")


def charts(markup):
    """Return the `Chart`s in rendered `markup`, by number."""
    found = (_chart(figure) for figure in _FIGURE.finditer(markup))
    return {chart.number: chart for chart in found if chart}


def _chart(figure):
    """Return the `Chart` of a matched figure, or None for one that can't be drawn."""
    settings, parts = dict(_ATTRIBUTE.findall(figure[1])), _PARTS.fullmatch(figure[2])
    kind = settings.get("kind")
    number = re.fullmatch(r"chart-(\d{1,4})", settings.get("id", ""))
    if kind not in KINDS or not parts or not number:
        return None
    rows = [_CELL.findall(row) for row in _ROW.findall(parts["table"])]
    try:
        columns = tuple(_words(cell) for cell in rows[0])
        read = tuple((_words(row[0]), _day(row[0]), tuple(map(_figure, row[1:]))) for row in rows[1:])
        start = float(settings["from"]) if settings.get("from") else None
    except (ValueError, IndexError):
        return None
    series = {len(values) for _label, _date, values in read}
    if series != {len(columns) - 1} or not any(any(values) for _label, _date, values in read):
        return None
    if kind in STACKED and any(v and v.number < 0 for _label, _date, values in read for v in values):
        return None
    if len(columns) - 1 > MOST_SERIES or len(read) > MOST_ROWS.get(kind, MOST_BARS):
        return None
    title, subtitle = (html.unescape(parts[name] or "") for name in ("title", "subtitle"))
    unit = html.unescape(settings.get("unit", ""))
    return Chart(int(number[1]), kind, title, subtitle, unit, start, columns, read)


def _words(cell):
    return " ".join(html.unescape(_TAG.sub("", cell)).split())


def _day(cell):
    found = _DAY.search(cell)
    if not found:
        return ""
    dates.parse(found[1])
    return found[1]


def _figure(cell):
    found = _DATUM.search(cell)
    return Value(float(found[2]), bool(found[1])) if found else None


def shown(markup, draw, number, words):
    """Return rendered `markup` with its charts drawn and their figures told by `number(value)`.

    `draw(chart)` returns the HTML of the drawing, and the address of the figures as CSV or nothing. `words` are
    {"figures", "csv", "table", "rough", "source"}; without a word for the figures (in feeds) the table stands open.
    """

    def figure(found):
        chart, parts = _chart(found), _PARTS.fullmatch(found[2])
        if chart is None:
            return found[0]
        table = parts["table"]
        drawing, address = draw(chart)
        named = dict(_ATTRIBUTE.findall(found[1])).get("table")
        if named:
            below = f'<p class="chart-data"><a href="#{named}">{words["table"]}</a></p>'
        else:
            below = table
            if address:
                below += f'<p class="chart-data"><a href="{address}" download>{words["csv"]}</a></p>'
            if words["figures"]:
                below = f'<details class="chart-data"><summary>{words["figures"]}</summary>{below}</details>'
        caption = parts["caption"] or "<figcaption></figcaption>"
        if chart.rough:
            caption = caption.replace(
                "</figcaption>", f' <span class="chart-note">{words["rough"]}</span></figcaption>'
            )
        head = found[2][: parts.start("table")]
        caption = "" if caption == "<figcaption></figcaption>" else caption
        return f'<figure class="chart" id="chart-{chart.number}">{head}{drawing}{below}{caption}</figure>'

    markup = _told(_FIGURE.sub(figure, markup), number)
    return markup.replace(_SOURCE, f"{_SOURCE}{words['source']} ")


def _told(markup, number):
    """Return `markup` with its figures told by `number`, what stands before and behind them left."""

    def datum(found):
        inner = _NUMBER.fullmatch(html.unescape(found[3]))
        if not inner:
            return found[0]
        before, behind = html.escape(inner[1]), html.escape(f"{inner[3]}{' ' if inner[4] else ''}{inner[4] or ''}")
        return f'<data value="{found[1]}{found[2]}">{before}{html.escape(number(float(found[2])))}{behind}</data>'

    return _DATUM.sub(datum, markup)


def table(chart):
    """Return the figures of `chart` as CSV (RFC 4180): days as ISO dates, numbers with a point, gaps empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*map(_harmless, chart.columns), *(["estimate"] if chart.rough else [])])
    for label, date, values in chart.rows:
        told = [digits(v.number) if v else "" for v in values]
        rough = [head for head, v in zip(chart.columns[1:], values, strict=True) if v and v.rough]
        writer.writerow([date or _harmless(label), *told, *(["; ".join(rough)] if chart.rough else [])])
    return out.getvalue()


def _harmless(words):
    """Return `words` so that no spreadsheet reckons with them."""
    return f"'{words}" if words[:1] in tuple("=+-@") else words
