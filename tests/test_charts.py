"""Charts: drawn on the server from the table readers get, in words for who can't see them, honest about gaps."""

import base64
import csv
import io
import re
from xml.etree import ElementTree

import pytest

from articles import publishing, text
from articles.caching import FRESH
from articles.models import Article
from articles.text import chartblocks, charts, figures
from articles.text.inspect import inspect

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


def drawing_of(svg):
    return ElementTree.fromstring(svg)  # noqa: S314 - what the site drew itself


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
    assert answer["Cache-Control"] == FRESH
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
