"""Charts of a rendered text: each a figure that holds its table, from which the drawing is made (see `drawing`)."""

import csv
import html
import io
import re
from dataclasses import dataclass

from . import dates
from .figures import NUMBER, Value, digits, harmless, value

KINDS = ("line", "area", "bar", "stacked bar", "dot", "slope")
SETTINGS = ("type", "title", "subtitle", "unit", "source", "note", "table", "from")
STACKED = {"area", "stacked bar"}
MOST_SERIES = 6
MOST_ROWS = {"line": 400, "area": 400}
MOST_BARS = 40

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
        start = value(settings.get("from", ""))
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
    return Chart(int(number[1]), kind, title, subtitle, unit, start.number if start else None, columns, read)


def _words(cell):
    return " ".join(html.unescape(_TAG.sub("", cell)).split())


def _day(cell):
    found = _DAY.search(cell)
    return found[1] if found and dates.is_date(found[1]) else ""


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
        return f'<figure class="chart" id="chart-{chart.number}">{head}<p>{drawing}</p>{below}{caption}</figure>'

    markup = _told(_FIGURE.sub(figure, markup), number)
    return markup.replace(_SOURCE, f"{_SOURCE}{words['source']} ")


def _told(markup, number):
    """Return `markup` with its figures told by `number`, what stands before and behind them left."""

    def datum(found):
        inner = NUMBER.fullmatch(html.unescape(found[3]))
        if not inner:
            return found[0]
        before, behind = html.escape(inner[1]), html.escape(f"{inner[3]}{' ' if inner[4] else ''}{inner[4] or ''}")
        return f'<data value="{found[1]}{found[2]}">{before}{html.escape(number(float(found[2])))}{behind}</data>'

    return _DATUM.sub(datum, markup)


def table(chart):
    """Return the figures of `chart` as CSV (RFC 4180): days as ISO dates, numbers with a point, gaps empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*map(harmless, chart.columns), *(["estimate"] if chart.rough else [])])
    for label, date, values in chart.rows:
        told = [digits(v.number) if v else "" for v in values]
        rough = [head for head, v in zip(chart.columns[1:], values, strict=True) if v and v.rough]
        writer.writerow([date or harmless(label), *told, *(["; ".join(rough)] if chart.rough else [])])
    return out.getvalue()
