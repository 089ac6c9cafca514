"""Axes, round numbers, and labels kept apart."""

import itertools
import math

from .. import dates
from .pen import wide


def ticks(low, high, most=6):
    """Return round numbers from at most `low` to at least `high`, `most` or fewer, at a step of 1, 2, 2.5 or 5 tens."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for step in (f * power for f in (1, 2, 2.5, 5, 10, 20)):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first + 1 <= most:
            break
    return [round(place * step, 10) for place in range(first, last + 1)]


def spread(places, gap, low, high):
    """Return `places` (not sorted) moved apart so that each is `gap` from the next and all lie from `low` to `high`."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved, floor = list(places), low
    for n in order:
        moved[n] = max(places[n], floor)
        floor = moved[n] + gap
    ceiling = high
    for n in reversed(order):
        moved[n] = min(moved[n], ceiling)
        ceiling = moved[n] - gap
    return moved


class Frame:
    """Axes: round numbers on the left with lines behind the figures, the rows along the bottom."""

    def __init__(self, pen, low, high, right=10.0):
        self.pen, marks = pen, ticks(low, high, 5 if pen.narrow else 6)
        self.low, self.high = marks[0], marks[-1]
        told = [pen.number(mark) for mark in marks]
        self.left, self.right = max(map(wide, told)) + 8, pen.width - right
        self.top, self.bottom = pen.y + 14, pen.y + 14 + (220 if pen.narrow else 260)
        for mark, words in zip(marks, told, strict=True):
            y = self.at(mark)
            pen.line("z" if mark == 0 else "g", self.left, y, self.right, y)
            pen.text(self.left - 6, y + 5, words, anchor="end")
        pen.y = self.bottom

    def at(self, number):
        """Return the height of `number`."""
        return self.bottom - (number - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def moments(self):
        """Return where each row stands from left to right: in time when all have dates, evenly when not."""
        rows = self.pen.chart.rows
        days = range(len(rows))
        if self.pen.chart.dated:
            days = [dates.first_day(*dates.parse(date)).toordinal() for _label, date, _values in rows]
        first, length = min(days), max(days) - min(days)
        inner = self.right - self.left - 28
        return [self.left + 14 + (inner * (day - first) / length if length else inner / 2) for day in days]

    def bands(self):
        """Return the middle of each row's band."""
        step = (self.right - self.left) / len(self.pen.chart.rows)
        return [self.left + step * (n + 0.5) for n in range(len(self.pen.chart.rows))]

    def name(self, places):
        """Write what the rows are called below them, the first and the last and those between that fit."""
        pen, end = self.pen, -math.inf
        told = [pen.label(row) for row in pen.chart.rows]
        last = len(told) - 1
        begin_of_last = self._edge(places[last], told[last])
        for n, (x, words) in enumerate(zip(places, told, strict=True)):
            begin = self._edge(x, words)
            if n in {0, last} or (begin > end + 8 and begin + wide(words) + 8 < begin_of_last):
                if n == last and last and begin <= end + 8:
                    break
                pen.line("z", x, self.bottom, x, self.bottom + 4)
                pen.text(begin, self.bottom + 19, words)
                end = begin + wide(words)
        pen.y = self.bottom + 26

    def _edge(self, x, words):
        """Return where words centred at `x` begin, kept on the sheet."""
        return max(0.0, min(x - wide(words) / 2, self.pen.width - wide(words)))


def figures(chart, totals=False):
    """Return all numbers of `chart`, or the sum of each row."""
    rows = ([v.number for v in values if v] for _label, _date, values in chart.rows)
    return [sum(row) for row in rows if row] if totals else [number for row in rows for number in row]


def beginning(chart, low):
    """Return where the axis begins: at nought, unless the chart says otherwise or figures are below it."""
    return min(low, 0.0 if chart.start is None else chart.start)


def runs(points):
    """Return the unbroken runs of (place, value, …) `points`, of which None are gaps."""
    groups = itertools.groupby(points, key=lambda point: point is not None)
    return [list(group) for there, group in groups if there]
