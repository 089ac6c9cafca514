"""Charts drawn as SVG: one file for light and dark, whose words are words.

The libraries tried draw well but not this: matplotlib brings 170 MB and a second of loading to each process, and writes
colours into every stroke; pygal's and leather's pictures have keys where ours have labels. What is left to do is small.

    draw(chart, tell, narrow=False) -> (SVG, width, height)

`tell` has number(value) and date(partial date), in the reader's language, and summary(chart), the chart in words.
"""

import math

from . import bars, curves
from .pen import NARROW, WIDE, Pen

KINDS = {
    "line": curves.line,
    "area": curves.area,
    "bar": bars.bars,
    "stacked bar": bars.bars,
    "dot": bars.dots,
    "slope": curves.slope,
}


def draw(chart, tell, narrow=False):
    """Return the SVG of `chart`, made for a screen of 640 or, when `narrow`, of 320 units, and its size."""
    pen = Pen(NARROW if narrow else WIDE, chart, tell)
    KINDS[chart.kind](pen)
    return pen.svg(), pen.width, math.ceil(pen.y)
