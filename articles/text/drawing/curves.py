"""Lines, areas and slopes."""

from .frame import Frame, beginning, figures, runs, spread
from .pen import SIZE, cut, short, wide


def line(pen):
    """Draw lines, broken where figures are missing."""
    chart = pen.chart
    names = chart.columns[1:]
    series = [[row[2][n] for row in chart.rows] for n in range(len(names))]
    ends = [next((v for v in reversed(values) if v), None) for values in series]
    tags = [f"{name} {pen.told(end)}" if end else name for name, end in zip(names, ends, strict=True)]
    beside = len(names) > 1 and max(wide(tag, bold=True) for tag in tags) < pen.width * 0.36
    pen.unit() if beside else pen.key()
    right = max(wide(tag, bold=True) for tag in tags) if beside else max(wide(pen.told(e), True) for e in ends if e)
    numbers = figures(chart)
    frame = Frame(pen, beginning(chart, min(numbers)), max(numbers), right + 4)
    places = frame.moments()
    spots = []
    for n, values in enumerate(series):
        points = [(x, frame.at(v.number), v) if v else None for x, v in zip(places, values, strict=True)]
        for run in runs(points):
            path = "M" + "L".join(f"{short(x)} {short(y)}" for x, y, _v in run)
            pen.shape("path", f"l s{n}", d=path)
        for x, y, v in filter(None, points):
            if len(chart.rows) <= 45 or v.rough:
                pen.mark(n, x, y, v)
        spots.append(points)
    if len(names) == 1:
        _peaks(pen, frame, spots[0])
    else:
        there = [(n, [spot for spot in points if spot][-1]) for n, points in enumerate(spots) if ends[n]]
        _tags(pen, frame, [(n, x, y, tags[n] if beside else pen.told(v)) for n, (x, y, v) in there])
    frame.name(places)


def _tags(pen, frame, tagged):
    """Write labels at the right end, apart from each other; `tagged` are (series, x, y, words)."""
    heights = spread([y for _n, _x, y, _words in tagged], SIZE + 3, frame.top, frame.bottom - 4)
    for (n, x, _y, words), height in zip(tagged, heights, strict=True):
        pen.text(max(x + 9, frame.right - 4), height + 5, words, f"t{n}")


def _peaks(pen, frame, points, over=False):
    """Label the first, the last, the highest and the lowest of the `points` of one line, all when they are few.

    A label stands on the side from which no line comes; `over` keeps it above the line, where an area is below.
    """
    there = [(n, *point) for n, point in enumerate(points) if point]
    last = there[-1]
    wanted = {there[0][0], last[0], max(there, key=lambda p: p[3].number)[0], min(there, key=lambda p: p[3].number)[0]}
    if len(there) <= (6 if pen.narrow else 12):
        wanted = {p[0] for p in there}
    ends = {True: frame.left, False: frame.left}  # how far labels below and above go
    for place, (n, x, y, v) in enumerate(there):
        words = pen.told(v)
        if n == last[0]:
            pen.text(x + 9, y + 5, words, "b")
            continue
        before = there[place - 1][3].number - v.number if place else None
        after = there[place + 1][3].number - v.number
        below = not over and after > 0 and (before is None or before >= 0)
        room = wide(words, bold=True)
        begin = x - room / 2
        if before is not None and before * after < 0:  # on the way up or down
            begin = x - room - 3 if after > 0 else x + 5
        begin = max(begin, frame.left + 2) if place == 0 else begin
        if n in wanted and begin > ends[below] and begin + room < last[1] + 9:
            if over:  # clear of the slope under it
                x2, y2 = there[place + 1][1:3]
                y = min(
                    y, y + (y2 - y) * min(1.0, max(0.0, begin + room - x) / (x2 - x or 1.0))
                )  # a date may come twice
            pen.text(begin, y + (21 if below else -9), words, "b")
            ends[below] = begin + room


def area(pen):
    """Draw areas, one upon the other; where a figure of a row is missing, the row is."""
    chart = pen.chart
    names = chart.columns[1:]
    beside = len(names) > 1 and max(wide(name, bold=True) for name in names) < pen.width * 0.36
    pen.unit() if beside else pen.key()
    tags = names if beside else [pen.told(v) for row in chart.rows for v in row[2] if v]
    right = max(wide(words, bold=True) for words in tags) + 10
    frame = Frame(pen, 0.0, max(figures(chart, totals=True)), right)
    places = frame.moments()
    floor, tagged = [0.0] * len(places), []
    for n, name in enumerate(names):
        points = [
            None if None in row[2] else (x, frame.at(low), frame.at(low + row[2][n].number), row[2][n])
            for x, low, row in zip(places, floor, chart.rows, strict=True)
        ]
        for run in runs(points):
            above = [f"{short(x)} {short(top)}" for x, _foot, top, _v in run]
            below = [f"{short(x)} {short(foot)}" for x, foot, _top, _v in reversed(run)]
            pen.shape("path", f"a f{n}", d=f"M{'L'.join(above + below)}Z")
        there = [point for point in points if point]
        if there:
            x, foot, top, _v = there[-1]
            tagged.append((n, x, (foot + top) / 2, name))
        for x, _foot, top, v in there:
            if v.rough:
                pen.mark(n, x, top, v)
        if len(names) == 1 and there:
            _peaks(pen, frame, [point and (point[0], point[2], point[3]) for point in points], over=True)
        floor = [low if None in row[2] else low + row[2][n].number for low, row in zip(floor, chart.rows, strict=True)]
    if beside:
        _tags(pen, frame, tagged)
    frame.name(places)


def slope(pen):
    """Draw a line for each row, from the first column to the second."""
    chart = pen.chart
    pen.unit()
    told = [(pen.label(row), *(pen.told(v) if v else "" for v in row[2])) for row in chart.rows]
    most = pen.width * (0.4 if pen.narrow else 0.36)
    names = [cut(name, most - max(wide(first, True) for _n, first, _l in told) - 6) for name, _f, _l in told]
    left = min(most, max(wide(f"{n} {t[1]}", bold=True) for n, t in zip(names, told, strict=True)) + 10)
    right = pen.width - max(wide(last, bold=True) for _n, _f, last in told) - 12
    numbers = figures(chart)
    low, high = beginning(chart, min(numbers)), max(numbers)
    pen.y += SIZE + 4
    for x, words, anchor in ((left, chart.columns[1], "middle"), (right, chart.columns[2], "middle")):
        half = wide(words, bold=True) / 2
        pen.text(max(half, min(x, pen.width - half)), pen.y, words, "b", anchor)
    top = pen.y + 18
    bottom = top + max(200, len(chart.rows) * (SIZE + 6))
    for x in (left, right):
        pen.line("g", x, top - 8, x, bottom + 8)

    def at(number):
        return bottom - (number - low) / ((high - low) or 1) * (bottom - top)

    for column, x, anchor in ((0, left - 9, "end"), (1, right + 9, "start")):
        rows = [n for n, row in enumerate(chart.rows) if row[2][column]]
        heights = spread([at(chart.rows[n][2][column].number) for n in rows], SIZE + 3, top, bottom)
        for n, y in zip(rows, heights, strict=True):
            words = f"{names[n]} {told[n][1]}" if column == 0 else told[n][2]
            pen.text(x, y + 5, words, f"t{n % 6}", anchor)
    for n, (_label, _date, (first, last)) in enumerate(chart.rows):
        if first and last:
            pen.line(f"l s{n % 6}", left, at(first.number), right, at(last.number))
        for x, v in ((left, first), (right, last)):
            if v:
                pen.mark(n % 6, x, at(v.number), v)
    pen.y = bottom + 12
