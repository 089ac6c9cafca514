"""Bars, in columns or rows, and dots."""

from .frame import Frame, beginning, figures, ticks
from .pen import SIZE, folded, short, wide


def bars(pen):
    """Columns for moments in time, rows for everything else."""
    pen.key()
    (_columns if pen.chart.dated else _rows)(pen)


def _bar(pen, n, value, x, y, width, height):
    """Draw a bar, pale and dashed for an estimate."""
    classes = f"f{n} r s{n}" if value.rough else f"f{n}"
    pen.shape("rect", classes, x=x, y=y, width=max(width, 0.5), height=max(height, 0.5))


def _columns(pen):
    chart = pen.chart
    stacked = chart.kind == "stacked bar"
    numbers = figures(chart, totals=stacked)
    frame = Frame(pen, min(0.0, *numbers), max(0.0, *numbers))
    places = frame.bands()
    count = 1 if stacked else len(chart.columns) - 1
    each = min((frame.right - frame.left) / len(places) * 0.74 / count, 60)
    tips = []  # (middle of the bar, its value, words, baseline)
    for x, (_label, _date, values) in zip(places, chart.rows, strict=True):
        floor = 0.0
        for n, v in enumerate(values):
            if v is None:
                continue
            left = x - each * count / 2 + (0 if stacked else n * each)
            top, foot = frame.at(max(floor + v.number, floor)), frame.at(min(floor + v.number, floor))
            _bar(pen, n, v, left, top, each - (1 if count > 1 else 0), foot - top)
            words = pen.told(v)
            if not stacked:
                tips.append((left + each / 2, v.number, words, top - 5 if v.number >= 0 else foot + 16))
            elif foot - top > SIZE + 5 and wide(words) < each:
                pen.text(x, (top + foot) / 2 + 5, words, "b" if v.rough else "on", "middle")
            floor += v.number if stacked else 0
        if stacked and any(values):
            words = ("≈" if any(v and v.rough for v in values) else "") + pen.number(floor)
            tips.append((x, floor, words, frame.at(floor) - 5))
    _tips(pen, tips)
    frame.name(places)


def _tips(pen, tips):
    """Write the values at the ends of the columns, the greatest first, where there is room."""
    taken = []
    for x, _number, words, y in sorted(tips, key=lambda tip: -abs(tip[1])):
        half = wide(words, bold=True) / 2
        if all(x + half < begin or x - half > end for begin, end in taken):
            pen.text(x, y, words, "b", "middle")
            taken.append((x - half, x + half))


def _rows(pen):
    chart = pen.chart
    stacked = chart.kind == "stacked bar"
    numbers = figures(chart, totals=stacked)
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    told = 0 if stacked else max(wide(pen.told(v), bold=True) for row in chart.rows for v in row[2] if v) + 8
    left, gutter = _gutter(pen)
    begin = left + (told if low < 0 else 0)
    unit = (pen.width - told - begin) / ((high - low) or 1)
    thick = 20 if stacked or len(chart.columns) == 2 else 15
    for row, lines in zip(chart.rows, gutter, strict=True):
        pen.y += 10
        top = _named(pen, lines, left, thick * (1 if stacked else len(row[2])))
        x = begin - low * unit
        for n, v in enumerate(row[2]):
            if v is None:
                continue
            width = abs(v.number) * unit
            y = top if stacked else top + n * thick
            edge = x - width if v.number < 0 else x
            _bar(pen, n, v, edge, y, width - (1 if stacked else 0), thick - (0 if stacked else 2))
            words = pen.told(v)
            if stacked:
                if wide(words) + 6 <= width:
                    pen.text(edge + width / 2, y + 15, words, "b" if v.rough else "on", "middle")
                x += width
            elif v.number < 0:
                pen.text(edge - 5, y + thick / 2 + 4, words, "b", "end")
            else:
                pen.text(x + width + 5, y + thick / 2 + 4, words, "b")
    pen.y += 6


def _gutter(pen):
    """Return where bars begin and, for each row, its name in lines: at the left, or above the row when narrow."""
    told = [pen.label(row) for row in pen.chart.rows]
    if pen.narrow:
        return 0.0, [folded(words, pen.width) for words in told]
    room = min(210.0, max(map(wide, told)) + 4)
    return room + 8, [folded(words, room) for words in told]


def _named(pen, lines, left, height):
    """Write the name of a row and make room for it and for what is `height` tall; return the top of that."""
    if left == 0:
        for line in lines:
            pen.y += SIZE + 3
            pen.text(0, pen.y, line)
        top = pen.y + 6
        pen.y = top + height
        return top
    tall = len(lines) * (SIZE + 3)
    middle = pen.y + max(tall, height) / 2
    for n, line in enumerate(lines):
        pen.text(left - 8, middle - tall / 2 + (n + 1) * (SIZE + 3) - 4, line, anchor="end")
    pen.y = middle + max(tall, height) / 2
    return middle - height / 2


def dots(pen):
    """Draw a dot for each figure, the rows below each other."""
    chart = pen.chart
    pen.key()
    numbers = figures(chart)
    marks = ticks(beginning(chart, min(numbers)), max(numbers), 4 if pen.narrow else 7)
    left, gutter = _gutter(pen)
    edge = max(wide(pen.number(mark)) for mark in marks) / 2
    begin, end = (
        left + max(edge, 10),
        pen.width - max(edge, max(wide(pen.told(v), True) for r in chart.rows for v in r[2] if v) + 12),
    )

    def at(number):
        return begin + (number - marks[0]) / (marks[-1] - marks[0]) * (end - begin)

    pen.y += SIZE
    for mark in marks:
        pen.text(at(mark), pen.y, pen.number(mark), anchor="middle")
    grid = [pen.line("g", at(mark), pen.y + 5, at(mark), pen.y) for mark in marks]
    for row, lines in zip(chart.rows, gutter, strict=True):
        pen.y += 12
        y = _named(pen, lines, left, 18) + 9
        there = sorted((at(v.number), n, v) for n, v in enumerate(row[2]) if v) if any(row[2]) else []
        if len(there) > 1:
            pen.line("z", there[0][0], y, there[-1][0], y)
        for x, n, v in there:
            pen.shape("circle", f"s{n} {'h' if v.rough else f'f{n}'}", cx=x, cy=y, r=5.5)
        if there:
            x, n, v = there[-1]
            pen.text(x + 10, y + 5, pen.told(v), f"t{n}" if len(chart.columns) > 2 else "b")
            x0, n0, v0 = there[0]
            if len(there) > 1 and x0 - 10 - wide(pen.told(v0), True) >= left and pen.told(v0) != pen.told(v):
                pen.text(x0 - 10, y + 5, pen.told(v0), f"t{n0}", "end")
    pen.y += 6
    for line in grid:
        line.set("y2", short(pen.y))
    pen.y += 4
