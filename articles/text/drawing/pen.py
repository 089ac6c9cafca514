"""The sheet a chart is drawn on, and how wide words are."""

import math
from xml.etree.ElementTree import Element, SubElement, tostring

WIDE, NARROW = 640, 320
SIZE = 14  # of letters, in the units of the drawing
STYLE = (
    """
svg{--paper:#fbf9f4;--ink:#1c1a17;--muted:#5c564d;--rule:#dcd5c6;--s0:#0b4a70;--s1:#94291a;--s2:#6b5708;--s3:#2b6440;--s4:#66458f;--s5:#4f4a43}
@media (prefers-color-scheme:dark){svg{--paper:#13171b;--ink:#e9e5dc;--muted:#aca59a;--rule:#2f373e;--s0:#8ec5e8;--s1:#f0957f;--s2:#dcc163;--s3:#8fd0a2;--s4:#c6ade9;--s5:#bab4aa}}
@media print{svg{--paper:#fff;--ink:#000;--muted:#333;--rule:#ccc;--s0:#0b4a70;--s1:#94291a;--s2:#6b5708;--s3:#2b6440;--s4:#66458f;--s5:#4f4a43}}
text{font:14px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:var(--muted);font-variant-numeric:lining-nums tabular-nums}
.b{font-weight:600;fill:var(--ink)}.on{fill:var(--paper)}
.g{stroke:var(--rule)}.z{stroke:var(--muted)}.l{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}
"""
    + "".join(
        f".s{n}{{stroke:var(--s{n})}}.f{n}{{fill:var(--s{n})}}.t{n}{{fill:var(--s{n});font-weight:600}}"
        for n in range(6)
    )
    + ".h{fill:var(--paper);stroke-width:2}.r{fill-opacity:.35;stroke-width:1.4;stroke-dasharray:4 3}.a{fill-opacity:.85}\n"
)


class Pen:
    """A sheet being drawn on, from the top down; `y` is how far it is used."""

    def __init__(self, width, chart, tell):
        self.width, self.chart, self.tell, self.y = width, chart, tell, 4.0
        self.root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "width": str(width)})
        SubElement(self.root, "title").text = chart.title
        SubElement(self.root, "desc").text = tell.summary(chart)
        SubElement(self.root, "style").text = STYLE

    @property
    def narrow(self):
        """Whether the sheet is as wide as a phone."""
        return self.width < WIDE

    def svg(self):
        """Return the finished drawing."""
        height = math.ceil(self.y)
        self.root.set("height", str(height))
        self.root.set("viewBox", f"0 0 {self.width} {height}")
        return tostring(self.root, encoding="unicode", xml_declaration=False)

    def shape(self, tag, classes, **attributes):
        """Draw an element; numbers are rounded to a tenth."""
        told = {name: v if isinstance(v, str) else short(v) for name, v in attributes.items()}
        return SubElement(self.root, tag, {"class": classes, **told})

    def line(self, classes, x1, y1, x2, y2):
        """Draw a straight line."""
        return self.shape("line", classes, x1=x1, y1=y1, x2=x2, y2=y2)

    def text(self, x, y, words, classes="", anchor="start"):
        """Write `words` with their baseline at `y`."""
        element = SubElement(self.root, "text", {"x": short(x), "y": short(y)})
        if classes:
            element.set("class", classes)
        if anchor != "start":
            element.set("text-anchor", anchor)
        element.text = words

    def mark(self, series, x, y, value):
        """Draw a point, open for an estimate."""
        self.shape("circle", f"s{series} {'h' if value.rough else f'f{series}'}", cx=x, cy=y, r=4.0)

    def told(self, value):
        """Return `value` as its label says it, with a percent sign or the mark of an estimate."""
        return f"{'≈' if value.rough else ''}{self.number(value.number)}"

    def number(self, number):
        """Return a number as labels say it."""
        return f"{self.tell.number(number)}{'%' if self.chart.unit == '%' else ''}"

    def label(self, row):
        """Return what the row `row` is called."""
        name, date, _values = row
        return self.tell.date(date) if date else name

    def unit(self):
        """Write what the figures are counted in; a percent sign stands on each of them."""
        if self.chart.unit not in {"", "%"}:
            self.y += SIZE + 2
            self.text(0, self.y, cut(self.chart.unit, self.width))
            self.y += 6

    def key(self):
        """Write the unit, and the names of the series with their colours when there are several."""
        self.unit()
        x, names = 0.0, self.chart.columns[1:]
        if len(names) == 1:
            return
        self.y += SIZE
        for series, name in enumerate(names):
            words = cut(name, self.width - 20)
            if x and x + 18 + wide(words, bold=True) > self.width:
                x, self.y = 0.0, self.y + SIZE + 7
            self.shape("rect", f"f{series}", x=x, y=self.y - 10, width=11.0, height=11.0)
            self.text(x + 17, self.y, words, f"t{series}")
            x += 17 + wide(words, bold=True) + 18
        self.y += 10


_WIDTHS = {**dict.fromkeys("il.,:;'’|!j·ıI", 0.29), **dict.fromkeys("ftr()[]- /", 0.36)}
_WIDTHS |= dict.fromkeys("mwMW%@—ЖШЩЫЮМжшщыюм≈", 0.88) | dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZÖÜÇŞĞİ", 0.7)


def wide(words, bold=False):
    """Return about how wide `words` are; the reader's own sans may differ, so a little is added."""
    return sum(_WIDTHS.get(letter, 0.58) for letter in words) * SIZE * (1.16 if bold else 1.08) + 2


def cut(words, room):
    """Return `words`, shortened with an ellipsis to fit `room`."""
    if wide(words) <= room:
        return words
    while words and wide(words + "…") > room:
        words = words[:-1]
    return words.rstrip() + "…"


def folded(words, room, most=3):
    """Return `words` in at most `most` lines that fit `room`."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and wide(longer) > room and len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = longer
    return [cut(line, room) for line in lines]


def short(number):
    return f"{number:.1f}".rstrip("0").rstrip(".") or "0"
