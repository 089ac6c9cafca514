"""Charts as readers meet them: in words, drawn, and as a table, in the language of their text."""

import functools
import hashlib
from base64 import b64encode
from dataclasses import dataclass
from html import escape

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..models import Article
from ..text import charts
from ..text.charts import table
from ..text.drawing import draw
from .words import day_in_words, number_in_words

__all__ = ["Drawing", "drawn", "of", "shown", "table"]


class Teller:
    """How a chart's figures are told in the language that is active; see `text.drawing`."""

    number = staticmethod(number_in_words)
    date = staticmethod(day_in_words)

    @staticmethod
    def summary(chart):
        """Return the chart in words, for who can't see it."""
        kinds = {
            "line": _("Line chart"),
            "area": _("Area chart"),
            "bar": _("Bar chart"),
            "stacked bar": _("Stacked bar chart"),
            "dot": _("Dot chart"),
            "slope": _("Slope chart"),
        }
        unit = "" if chart.unit in {"", "%"} else f", {chart.unit}"
        sentences = [f"{chart.title}. {kinds[chart.kind]}{unit}."]
        if chart.kind == "slope":
            return " ".join([*sentences, *(_change(row, chart) for row in chart.rows[:8])])
        for place, name in enumerate(chart.columns[1:]):
            there = [(row, row[2][place]) for row in chart.rows if row[2][place]]
            if there:
                words = _series(there, chart)
                sentences.append(f"{name}: {words}." if len(chart.columns) > 2 else f"{words[:1].upper()}{words[1:]}.")
        return " ".join(sentences)


def _told(row, value, chart):
    """Return a figure with the row it belongs to: "about 34% (2019)"."""
    name, date, _values = row
    about = _("about %s") if value.rough else "%s"
    figure = f"{about % number_in_words(value.number)}{'%' if chart.unit == '%' else ''}"
    return f"{figure} ({day_in_words(date) if date else name})"


def _series(there, chart):
    """Return where a series begins and ends, its highest and its lowest figure; `there` are (row, value)."""
    high, low = max(there, key=lambda pair: pair[1].number), min(there, key=lambda pair: pair[1].number)
    first, last = there[0], there[-1]
    if len(there) == 1:
        return _told(*first, chart)
    told = {"first": _told(*first, chart), "last": _told(*last, chart)}
    told |= {"high": _told(*high, chart), "low": _told(*low, chart)}
    if not chart.dated:
        return _("highest %(high)s, lowest %(low)s") % told
    said = [_("from %(first)s to %(last)s") % told]
    said += [_("highest %(high)s") % told] if high not in (first, last) else []
    said += [_("lowest %(low)s") % told] if low not in (first, last) else []
    return "; ".join(said)


def _change(row, chart):
    """Return what a row of a slope chart goes from and to."""
    label, date, values = row
    ends = zip(values, chart.columns[1:], strict=True)
    told = [_told((when, "", ()), value, chart) for value, when in ends if value]
    return f"{day_in_words(date) if date else label}: {', '.join(told)}."


# Drawings -------------------------------------------------------------------------------------------------------------


def of(article, number):
    """Return the `Chart` with that number in the text that readers see of `article`, or None."""
    return charts.charts(article.html).get(number)


@dataclass(frozen=True)
class Drawing:
    """A chart drawn: SVG, its size, and a mark of its content."""

    svg: str
    width: int
    height: int
    digest: str


def drawn(chart, *, narrow=False):
    """Return the `Drawing` of `chart` in the language that is active, for wide screens or `narrow` ones."""
    return _drawn(chart, narrow, get_language())


@functools.lru_cache(maxsize=64)
def _drawn(chart, narrow, _language):
    svg, width, height = draw(chart, Teller, narrow)
    return Drawing(svg, width, height, hashlib.sha256(svg.encode()).hexdigest()[:8])


def shown(html, owner, plain):
    """Return the rendered text of `owner` with its charts drawn; `plain`, for feeds, the tables stand open below.

    A public article's drawings have addresses; those of other texts (drafts, versions, introductions) come within.
    """
    if '<figure class="chart"' not in html:
        return html
    stored = isinstance(owner, Article) and not owner._state.adding
    base = f"{owner.get_absolute_url()}charts/" if stored else None

    def picture(chart):
        wide, narrow = drawn(chart), drawn(chart, narrow=True)
        mark = "" if plain else "?v={}"  # a feed's item stays the same, byte for byte, when a drawing gets finer
        address, small = (
            f"{base}{chart.number}{end}.svg{mark.format(drawing.digest)}" if base else _inline(drawing)
            for drawing, end in ((wide, ""), (narrow, "-narrow"))
        )
        told = escape(Teller.summary(chart))
        image = f'<img src="{address}" width="{wide.width}" height="{wide.height}" alt="{told}"'
        data = f"{base}{chart.number}.csv" if base else None
        if plain:
            return f"{image}>", data
        source = f'<source media="(max-width: 38rem)" srcset="{small}" width="{narrow.width}" height="{narrow.height}">'
        return f'<picture>{source}{image} loading="lazy"></picture>', data

    words = {
        "figures": "" if plain else _("The figures as a table"),
        "csv": _("Download the figures (CSV)"),
        "table": _("The figures are in the table of this name."),
        "rough": _("Open or pale marks are estimates."),
        "source": _("Source:"),
    }
    return charts.shown(html, picture, number_in_words, words)


def _inline(drawing):
    return f"data:image/svg+xml;base64,{b64encode(drawing.svg.encode()).decode()}"
