"""Charts: drawn on the server from the table readers get, in words for who can't see them, honest about gaps."""

import base64
import csv
import io
import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import publishing, text
from articles.models import Article
from articles.text import chartblocks, charts, figures
from articles.text.drawing import draw
from articles.text.drawing.frame import spread, ticks
from articles.text.inspect import inspect
from articles.text.safe import sanitise
from articles.weaving.charts import Teller

from .make import ago, change, make_article, make_fields, make_source, make_theme
from .test_desk import ADD, posted

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"
SHARE = """type: line
title: From more than half to "two fifths"
subtitle: Russia's share
unit: %
source: IEA.[@hub-2022] <b>Bold</b>
note: No figure for 2016 in [[Syria]].

| Year | Share |
|------|-------|
| 2015 | 1,055.5 |
| 2016 |       |
| 2017 | ≈52   |
"""


def fenced(chart):
    return f"Before.\n\n```chart\n{chart}\n```\n\nAfter.\n"


def table(kind, *rows, head="Year | A | B", **settings_):
    said = "".join(f"{name}: {value}\n" for name, value in settings_.items())
    return f"type: {kind}\ntitle: T\n{said}\n| {head} |\n|---|---|---|\n" + "".join(f"| {row} |\n" for row in rows)


def one(chart):
    """Return the `Chart` of a text with that block alone."""
    return charts.charts(text.render(fenced(chart)).html)[1]


def problems(chart):
    return [(code, about) for _line, code, about in chartblocks.parse(chart, {}).problems]


@pytest.fixture
def article():
    make_source("hub-2022", "A hub")
    make_theme("Syria")
    return make_article("Straits", slug="straits", themes=["Syria"], body=fenced(SHARE))


# Figures as they are typed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number", "rough"),
    [
        ("55", 55, False), ("−3.2", -3.2, False), ("+11.0", 11, False), ("38,540", 38540, False),
        ("1 234 567.5", 1234567.5, False), ("≈56", 56, True), ("~ 56", 56, True), ("about 29", 29, True),
        ("45 (?)", 45, True), (">7", 7, True), ("40%", 40, False), ("0", 0, False),
    ],
)  # fmt: skip
def test_a_figure(cell, number, rough):
    assert figures.value(cell) == figures.Value(number, rough)


@pytest.mark.parametrize("cell", ["", " ", "–", "n/a", "…", "?"])
def test_a_gap(cell):
    assert figures.value(cell) is None


@pytest.mark.parametrize("cell", ["12,5", "1,23,456", "62–70", "many", "1.2.3", "1e5", "=1+1", "½"])
def test_no_figure(cell):
    with pytest.raises(ValueError, match=re.escape(cell)):
        figures.value(cell)


@pytest.mark.parametrize(
    ("block", "wrong"),
    [
        ("title: T\n\nYear,A\n2015,1", ("no type", "")),
        ("type: pie\ntitle: T\n\nYear,A\n2015,1", ("type", "pie")),
        ("type: bar\n\nYear,A\n2015,1", ("no title", "")),
        ("type: bar\ntitle: T\ncolour: red\n\nYear,A\n2015,1", ("setting", "colour: red")),
        ("type: line\ntitle: T\nfrom: low\n\nYear,A\n2015,1", ("from", "low")),
        ("type: line\ntitle: T\nfrom: nan\n\nYear,A\n2015,1", ("from", "nan")),
        ("type: line\ntitle: T\nfrom: -inf\n\nYear,A\n2015,1", ("from", "-inf")),
        ("type: line\ntitle: T\nfrom: 1e400\n\nYear,A\n2015,1", ("from", "1e400")),
        ("type: bar\ntitle: T", ("no figures", "")),
        ("type: bar\ntitle: T\n\nYear,A", ("no figures", "")),
        ("type: bar\ntitle: T\n\nYear,A\n2015,", ("no figures", "")),
        ("type: bar\ntitle: T\ntable: Trade", ("no table", "Trade")),
        ("type: bar\ntitle: T\n\nYear,A\n2015,1,2", ("cells", "3/2")),
        ("type: bar\ntitle: T\n\nYear;A\n2015;12,5", ("comma", "12,5")),
        ("type: bar\ntitle: T\n\nYear,A\n2015,many", ("number", "many")),
        ("type: area\ntitle: T\n\nYear,A\n2015,-1", ("negative", "-1")),
        ("type: line\ntitle: T\n\nYear,A\n2016,1\n2015,2", ("order", "")),
        ("type: slope\ntitle: T\n\nWho,A\nX,1", ("slope", "")),
        ("type: bar\ntitle: T\n\nYear,A,B,C,D,E,F,G\n2015,1,2,3,4,5,6,7", ("columns", "6")),
    ],
)
def test_what_is_wrong_is_said_and_readers_get_the_table(block, wrong):
    assert problems(block) == [wrong]
    html = text.render(fenced(block)).html
    assert charts.charts(html) == {}
    for cell in re.split(r"[,;\n]", block.partition("\n\n")[2]) if wrong[0] != "comma" else ["12,5"]:
        assert cell in html


def test_the_desk_names_the_line(client, chief):
    client.force_login(chief)
    make_source("hub-2022", "A hub")
    body = "One.\n\nTwo.\n\n" + fenced(
        "type: bar\ntitle: T\nsource: x[@nobody-1]\n\n| Year | A |\n|---|---|\n| 2015 | 12,5 |"
    )
    saved = client.post(ADD, posted(body=body, action="save"), follow=True).content.decode()
    assert "Line 14, chart: in “12,5” the comma is unclear" in saved
    assert "There is no source with the key nobody-1." in saved
    place = next(place for place in inspect(body) if place.what == "chart: comma")
    assert body[place.start : place.end] == "| 2015 | 12,5 |"


def test_a_chart_that_is_sound_needs_no_advice():
    make_source("hub-2022", "A hub")
    assert [p.what for p in inspect(fenced(SHARE))] == ["citation", "name"]


def test_a_chart_without_a_source_is_named():
    place = inspect(fenced("type: bar\ntitle: T\n\nYear,A\n2015,1"))[0]
    assert (place.what, place.names) == ("unsourced", "T")


def test_a_chart_shown_as_code_stays_code():
    html = text.render("````\n```chart\ntype: bar\n```\n````\n").html
    assert "```chart" in html
    assert "figure" not in html


# The page -------------------------------------------------------------------------------------------------------------


def test_a_page_has_drawing_words_table_and_file(client, article):
    page = client.get("/articles/straits/").content.decode()
    figure = re.search(r'<figure class="chart" id="chart-1">.*?</figure>', page, re.DOTALL)[0]
    assert '<p class="chart-title">From more than half to "two fifths"</p>' in figure
    assert (
        'alt="From more than half to &quot;two fifths&quot;. Line chart. From 1,055.5% (2015) to about 52% (2017).'
        in figure
    )
    assert re.search(r'<td class="num" data-label="Share"><data value="~52">≈52</data></td>', figure)
    assert '<a class="cite" href="#source-hub-2022">' in figure
    assert '<a href="/themes/syria/">Syria</a>' in figure
    assert "<details" in figure
    assert "Open or pale marks are estimates." in figure
    wide, narrow = re.search(r'<img src="([^"]+)"', figure)[1], re.search(r'<source [^>]*srcset="([^"]+)"', figure)[1]
    for address in (wide, narrow):
        answer = client.get(address)
        assert answer["Content-Type"].startswith("image/svg+xml")
        assert "immutable" in answer["Cache-Control"]
        root = drawing_of(answer.content)
        assert root.find(f"{SVG}title").text == 'From more than half to "two fifths"'
        assert f'width="{root.get("width")}" height="{root.get("height")}"' in figure
    rows = list(csv.reader(io.StringIO(client.get("/articles/straits/charts/1.csv").content.decode())))
    assert rows == [["Year", "Share", "estimate"], ["2015", "1055.5", ""], ["2016", "", ""], ["2017", "52", "Share"]]


def test_the_drawing_of_another_text_is_not_kept_for_ever(client, article):
    answer = client.get("/articles/straits/charts/1.svg?v=00000000")
    assert answer["Cache-Control"] == "public, max-age=60"
    assert "script" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["2.svg", "0.svg", "1-narrow.csv", "2.csv", "99999999999.svg"])
def test_no_such_chart(client, article, path):
    assert client.get(f"/articles/straits/charts/{path}").status_code == 404


def test_a_renamed_article_takes_its_charts_along(client, article):
    change(article, slug="narrows")
    assert client.get("/articles/straits/charts/1.csv", follow=True).status_code == 200


def test_feeds_carry_image_and_open_table(client, article):
    feed = client.get("/feed.json").json()["items"][0]["content_html"]
    assert re.search(r'<img src="http://[^"]+/articles/straits/charts/1\.svg"', feed)
    assert "<picture" not in feed
    assert "<details" not in feed
    assert "<table>" in feed
    assert "loading=" not in feed


def test_drafts_and_former_versions_carry_their_drawings_within(client, chief, article):
    change(article, body=fenced(SHARE.replace("52", "53")), kind="update", note="Newer figures.")
    page = client.get("/articles/straits/versions/1/").content.decode()
    drawing = base64.b64decode(re.search(r'<img src="data:image/svg\+xml;base64,([^"]+)"', page)[1]).decode()
    assert "≈52%" in drawing
    assert "img-src 'self' data:" in client.get("/articles/straits/versions/1/")["Content-Security-Policy"]
    assert "≈53%" in client.get("/articles/straits/charts/1.svg").content.decode()


def test_a_working_copy_does_not_show(client, article):
    row = Article.objects.get(pk=article.pk)
    fields = make_fields("Straits", slug="straits", body=fenced(SHARE.replace("52", "77")))
    publishing.save_draft(row, fields, by=None, based_on=row.working_id)
    for end in ("svg", "csv"):
        assert "77" not in client.get(f"/articles/straits/charts/1.{end}").content.decode().partition("</style>")[2]


@pytest.mark.parametrize("state", ["draft", "scheduled", "withdrawn"])
def test_hidden_articles_have_no_charts(client, state):
    hidden = {"draft": {"published": False}, "scheduled": {"at": ago(days=-1)}, "withdrawn": {"withdrawn": "Why."}}
    make_source("hub-2022", "A hub")
    make_article("Straits", slug="straits", body=fenced(SHARE), **hidden[state])
    for path in ("1.svg", "1-narrow.svg", "1.csv"):
        assert client.get(f"/articles/straits/charts/{path}").status_code == 404


@pytest.mark.parametrize(
    ("language", "figure", "month"), [("tr", "1.055,5", "Temmuz 2019"), ("ru", "1055,5", "июль 2019")]
)
def test_figures_and_dates_are_in_the_language_of_the_article(client, language, figure, month):
    body = fenced("type: bar\ntitle: T\n\n| Ay | A |\n|---|---|\n| 2019-07 | 1,055.5 |\n| 2019-08 | 900 |")
    make_article("Boğazlar", slug="bogazlar", language=language, body=body + "\n```timeline\n2019-07: X.\n```\n")
    page = client.get("/articles/bogazlar/").content.decode().replace("\xa0", "")
    drawn = client.get("/articles/bogazlar/charts/1.svg").content.decode().replace("\xa0", "")
    for shown in (page, drawn):
        assert figure in shown
        assert month.lower() in shown.lower()
    assert page.lower().count(month.lower()) >= 2


def test_a_chart_of_a_named_table(client):
    body = (
        "Table: Trade, US$ bn\n| Year | Total | Note |\n|---|---:|---|\n| 2011 | 30 | |\n| 2014 | 31 | |\n\n"
        "```chart\ntype: bar\ntitle: T\ntable: trade, us$ BN\n```\n"
    )
    rendered = text.render(body).html
    assert '<caption id="table-trade-us-bn">Trade, US$ bn</caption>' in rendered
    make_article(
        "Trade", slug="trade", body=body.replace(" Note |", "").replace("---:|---|", "---:|").replace(" | |", " |")
    )
    page = client.get("/articles/trade/").content.decode()
    assert page.count("<table>") == 1
    assert '<a href="#table-trade-us-bn">' in page
    assert client.get("/articles/trade/charts/1.csv").content.decode().splitlines()[1] == "2011,30"


def test_a_theme_may_have_a_chart(client):
    make_theme("Syria", introduction=fenced("type: bar\ntitle: T\n\nYear,A\n2015,1"))
    assert "data:image/svg+xml" in client.get("/themes/syria/").content.decode()


def test_no_spreadsheet_reckons_with_labels(client):
    body = fenced("type: bar\ntitle: T\n\n| Who | =A |\n|---|---|\n| =1+1 | 2 |\n| @x | 3 |")
    make_article("Formulas", slug="formulas", body=body)
    told = client.get("/articles/formulas/charts/1.csv").content.decode()
    assert told.splitlines() == ["Who,'=A", "'=1+1,2", "'@x,3"]


# The drawing ----------------------------------------------------------------------------------------------------------


def drawing_of(svg):
    return ElementTree.fromstring(svg)  # noqa: S314 - what the site drew itself


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


@settings(max_examples=150, deadline=None)
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


@settings(max_examples=150, deadline=None)
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
