"""The drawing of charts: to scale, within its sheet, in light and dark, whatever the figures are."""

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import text
from articles.text import charts, figures
from articles.text.drawing import draw
from articles.text.drawing.frame import spread, ticks
from articles.text.inspect import inspect
from articles.text.safe import sanitise
from articles.weaving.charts import Teller

from .make import make_article
from .test_charts import SHARE, SVG, drawing_of, fenced, one, table
from .thorough import times

pytestmark = pytest.mark.django_db


def paths(chart, narrow=False):
    root = drawing_of(draw(chart, Teller, narrow)[0])
    return root, [path.get("d") for path in root.iter(f"{SVG}path")]


def test_a_line_breaks_at_a_gap_and_is_not_drawn_through_it():
    rows = ["2015 | 1 | 5", "2016 | 2 | 5", "2017 |  | 5", "2018 | 3 | 5", "2019 | 4 | 5"]
    _root, drawn = paths(one(table("line", *rows)))
    assert [path.count("L") for path in drawn] == [1, 1, 4]


def test_time_is_to_scale():
    root, _paths = paths(one(table("line", "2010 | 1 | 1", "2011 | 1 | 1", "2020 | 1 | 1")))
    x = sorted({float(circle.get("cx")) for circle in root.iter(f"{SVG}circle")})
    assert (x[1] - x[0]) / (x[2] - x[0]) == pytest.approx(0.1, abs=0.01)


def test_columns_begin_at_nought_and_are_to_scale():
    root, _paths = paths(one("type: bar\ntitle: T\n\nYear,A\n2015,10\n2016,≈20"))
    heights = [float(rect.get("height")) for rect in root.iter(f"{SVG}rect")]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)
    assert [" r " in rect.get("class") for rect in root.iter(f"{SVG}rect")] == [False, True]


def test_an_estimate_is_an_open_mark():
    root, _paths = paths(one("type: line\ntitle: T\n\nYear,A\n2015,10\n2016,≈20"))
    assert ["h" in circle.get("class").split() for circle in root.iter(f"{SVG}circle")] == [False, True]


@pytest.mark.parametrize(("typed", "start"), [("30", 30), ("−5", -5), ("1,000", 1000), ("0", 0)])
def test_an_axis_begins_where_it_is_told(typed, start):
    assert one(f"type: line\ntitle: T\nfrom: {typed}\n\nYear,A\n2015,2000").start == start


def test_light_and_dark_are_one_file():
    drawn = draw(one(SHARE), Teller)[0]
    assert "prefers-color-scheme:dark" in drawn
    assert not re.search(r'(?:fill|stroke)="#', drawn)


def test_summaries():
    told = Teller.summary
    assert told(one(table("slope", "Russia | 51 | 17", "Israel | 43 | ≈69", head="Who | 2014 | 2020", unit="%"))) == (
        "T. Slope chart. Russia: 51% (2014), 17% (2020). Israel: 43% (2014), about 69% (2020)."
    )
    assert told(one(table("bar", "X | 1 | 5", "Y | 2 | ", head="Who | A | B", unit="bcm"))) == (
        "T. Bar chart, bcm. A: highest 2 (Y), lowest 1 (X). B: 5 (X)."
    )
    assert told(one("type: line\ntitle: T\n\nDay,A\n2015-01,2\n2015-02,9\n2015-03-01,1\n2015-04,3")) == (
        "T. Line chart. From 2 (January 2015) to 3 (April 2015); highest 9 (February 2015); lowest 1 (1 March 2015)."
    )


number = st.one_of(
    st.none(),
    st.builds(
        figures.Value,
        st.one_of(
            st.decimals(-(10**14), 10**14, places=2), st.integers(0, 100), st.decimals("-0.00001", "0.00001", places=9)
        ).map(float),
        st.booleans(),
    ),
)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)


@st.composite
def any_chart(make):
    """A chart of any kind with any figures: also such as the desk would refuse, for raw HTML may hold them."""
    kind = make(st.sampled_from(charts.KINDS))
    width = 2 if kind == "slope" else make(st.integers(1, 6))
    dates = make(st.booleans())
    label = st.sampled_from(["1936", "2019-07", "2019-07-12", "2022"]) if dates else words
    rows = make(st.lists(st.tuples(label, st.tuples(*[number] * width)), min_size=1, max_size=40))
    rows = tuple((name, name if dates else "", values) for name, values in rows)
    columns = tuple(make(st.lists(words, min_size=width + 1, max_size=width + 1)))
    if kind in charts.STACKED:
        rows = tuple(
            (n, d, tuple(v and figures.Value(abs(v.number), v.rough) for v in values)) for n, d, values in rows
        )
    chart = charts.Chart(
        1, kind, make(words), make(words), make(words), make(st.none() | st.floats(-10, 10)), columns, rows
    )
    return chart if any(any(values) for _l, _d, values in rows) else None


@pytest.mark.parametrize("kind", sorted(charts.KINDS))
def test_one_date_twice_is_drawn(kind):
    count = 2 if kind == "slope" else 1
    rows = (("1936", "1936", (figures.Value(0.0, False),) * count),) * 2
    chart = charts.Chart(1, kind, "", "", "", None, ("",) * (count + 1), rows)
    for narrow in (True, False):
        drawing_of(draw(chart, Teller, narrow)[0])


@settings(max_examples=times(40, 150), deadline=None)
@given(any_chart().filter(bool), st.booleans())
def test_drawing_never_fails_and_stays_on_its_sheet(chart, narrow):
    svg, width, height = draw(chart, Teller, narrow)
    assert svg == draw(chart, Teller, narrow)[0]
    root = drawing_of(svg)
    assert root.get("viewBox") == f"0 0 {width} {height}"
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            assert -1 <= float(element.get(name, 0)) <= width + 1, ElementTree.tostring(element)
        for name in ("y", "y1", "y2", "cy"):
            assert -1 <= float(element.get(name, 0)) <= height + 1, ElementTree.tostring(element)
        assert float(element.get("width", 0)) >= 0


@settings(max_examples=times(40, 150), deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["type: line", "type: bar", "title: T", "unit: %", "table: A", "", "|---|---|", "| Year | A |"]
            ),
            st.text("|,;: \t=<>&\"'[@]{}2015.≈-ab\\`", max_size=30),
            st.text(max_size=20),
        ),
        max_size=14,
    )
)
def test_any_block_renders_to_clean_markup(lines):
    chart = "\n".join(lines).replace("```", "")
    html = text.render(fenced(chart)).html
    assert sanitise(html) == html
    assert "<p>After.</p>" in html
    charts.charts(html)


@pytest.mark.parametrize(
    "html",
    [
        '<figure class="chart" id="chart-1" data-kind="line"><p class="chart-title">T</p><table><tr><th>a</th><th>b</th></tr>'
        '<tr><td>x</td><td><data value="1.2.3">1</data></td></tr></table></figure>',
        '<figure class="chart" id="chart-1" data-kind="line"></figure>',
        '<figure class="chart" id="chart-x" data-kind="bar"><p class="chart-title">T</p><table></table></figure>',
        '<figure class="chart" id="chart-1" data-kind="line" data-from="nan"><p class="chart-title">T</p><table><tr><th>a</th>'
        '<th>b</th></tr><tr><td>x</td><td><data value="1">1</data></td></tr></table></figure>',
        '<time datetime="9999-99">x</time> <time datetime="0000">y</time> <time datetime="2019-1-1-1">z</time>',
        '<data value="9e999">9</data><data value="~5">5</data><data value="abc">x</data>',
    ],
)
def test_markup_typed_by_hand_breaks_no_page(client, html):
    make_article("Raw", slug="raw", body=f"Before.\n\n{html}\n\nAfter.")
    assert client.get("/articles/raw/").status_code == 200
    assert client.get("/articles/raw/charts/1.svg").status_code == 404


@given(st.decimals(-(10**9), 10**9, places=6), st.decimals(-(10**9), 10**9, places=6), st.integers(3, 8))
def test_ticks_span_and_are_few(a, b, most):
    low, high = sorted((float(a), float(b)))
    marks = ticks(low, high, most)
    hair = (marks[1] - marks[0]) * 1e-6
    assert marks[0] - hair <= low <= high <= marks[-1] + hair
    assert 2 <= len(marks) <= most


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_labels_are_kept_apart(places):
    moved = sorted(spread(places, 20, 0, 200))
    assert all(b - a >= 20 - 1e-6 for a, b in zip(moved, moved[1:], strict=False))


@pytest.mark.parametrize(
    "chart",
    [
        "title: x" + " " * 60_000 + "y",
        "type: bar\ntitle: T\n\nYear,A\n2015,5" + " " * 60_000 + "x",
        "type: bar\ntitle: T\n\n" + "|" * 60_000,
        "type: bar\ntitle: T\n\n" + "| - " * 20_000 + "x",
        "type: bar\ntitle: T\n\n" + "1," * 30_000,
        "type: bar\ntitle: T\n\n" + '"' * 60_000,
        ("Table: " + "x " * 60 + "\n") * 800,
        "Table:" + " " * 60_000,
        'type: bar\ntitle: T\n\nYear,"' + "x" * 140_000,
        "type: bar\ntitle: T\n\nYear,A\n2015,\0",
    ],
)
def test_no_chart_takes_more_than_a_moment(chart):
    begun = time.process_time()
    inspect(fenced(chart))
    inspect(chart)
    assert time.process_time() - begun < 2
    text.render(fenced(chart))
    text.render(chart)
