"""The index of themes, and the map of how they hang together."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.conf import settings

from articles.listing import theme_map
from articles.listing.map import MOST_THEMES, MOST_TIES

from .make import ago, make_article, make_theme

pytestmark = pytest.mark.django_db


def test_a_to_z_in_any_script(client):
    for name in ("Ürün", "Libya", "Кавказ", "İdlib", "Çerkes", "arms", "Zangezur"):
        make_theme(name)
    page = client.get("/themes/").content.decode()
    assert re.findall(r"<h2><a [^>]*>([^<]+)", page) == [
        "arms", "Çerkes", "İdlib", "Кавказ", "Libya", "Ürün", "Zangezur"
    ]  # fmt: skip


def test_many_themes_have_letters_to_go_to_however_few_those_are(client):
    for number in range(41):
        make_theme(f"{'AB'[number % 2]} theme {number}")
    page = client.get("/themes/").content.decode()
    assert page.count('<a href="#page_B">B</a>') == page.count('id="page_B"') == 1


def test_the_names_to_narrow_by_are_folded_as_everywhere(client):
    make_theme(
        "Turkey–Russia ties", aliases=["S-400 crisis", "Отношения с Эрдоганом"], definition="What’s said, à deux."
    )
    page = client.get("/themes/").content.decode()
    assert 'data-names="turkey russia ties whats said a deux s 400 crisis otnosheniya s erdoganom"' in page


def test_of_very_many_ties_each_theme_keeps_some_and_widths_differ():
    groups = [[f"Theme {letter}{number}" for number in range(8)] for letter in "ABC"]
    for group in groups:
        make_article(themes=group)
    for _number in range(8):
        make_article(themes=groups[0][:3])
    for group in groups:
        make_article(themes=group[1:4])
    drawn = theme_map()
    assert len(drawn.ties) == MOST_TIES
    had = [theme.name for tie in drawn.ties for theme in tie.themes]
    assert min(had.count(theme.name) for theme, _count in drawn.themes) >= 2
    assert len(drawn.themes) == 24
    assert max(tie.strength for tie in drawn.ties) - min(tie.strength for tie in drawn.ties) >= 3
    assert [tie.count for tie in drawn.ties] == sorted((tie.count for tie in drawn.ties), reverse=True)


def test_the_stylesheet_lights_up_the_bows_of_every_row_of_the_map():
    css = (Path(settings.BASE_DIR) / "static" / "map.css").read_text()
    rows = re.findall(r"li:nth-child\((\d+)\) a:is\(:hover,:focus-visible\)\) \.m(\d+) path", css)
    assert rows == [(str(row), str(row)) for row in range(1, MOST_THEMES + 1)]


def test_many_letters_are_led_to(client):
    for letter in "ABCDEFGHIJKLMNOPQ":
        make_theme(f"{letter} theme")
    page = client.get("/themes/").content.decode()
    assert page.count('<a href="#page_Q">Q</a>') == page.count('id="page_Q"') == 1


def test_the_map_says_what_appears_together_and_how_often(client):
    for _number in range(3):
        make_article(themes=["Syria", "Libya"])
    make_article(themes=["Syria", "Straits"])
    make_article(themes=["Libya", "Grain"], published=False)
    make_article(themes=["Libya", "Grain"], at=ago(days=-1))
    make_article(themes=["Libya", "Grain"], withdrawn="Wrong.")
    drawn = theme_map()
    told = [({theme.name for theme in tie.themes}, tie.count, tie.address) for tie in drawn.ties]
    assert told == [
        ({"Syria", "Libya"}, 3, "/themes/libya+syria/"),
        ({"Syria", "Straits"}, 1, "/themes/straits+syria/"),
    ]
    assert {theme.name: count for theme, count in drawn.themes} == {"Syria": 4, "Libya": 3, "Straits": 1}
    page = client.get("/themes/").content.decode()
    svg = ET.fromstring(re.search(r"<svg viewBox.*?</svg>", page, re.S)[0])  # noqa: S314 - our own page
    bows = {bow.get("href"): bow.find("path").get("class") for bow in svg}
    assert bows == {"/themes/libya+syria/": "w7", "/themes/straits+syria/": "w4"}
    assert re.findall(r'<th scope="row"><a href="([^"]+)">[^<]+</a></th><td class="num">(\d)', page) == [
        ("/themes/libya+syria/", "3"),
        ("/themes/straits+syria/", "1"),
    ]
    for address in bows:
        assert client.get(address).status_code == 200


def test_what_belongs_together_stands_together():
    for names in (["A", "D"], ["B", "E"], ["C", "F"]):
        for _number in range(3):
            make_article(themes=names)
    make_article(themes=["A", "B", "C"])
    order = [theme.name for theme, _count in theme_map().themes]
    for one, other in ("AD", "BE", "CF"):
        assert abs(order.index(one) - order.index(other)) == 1


def test_a_map_of_very_many_themes_shows_the_strongest_and_says_so(client):
    for number in range(0, MOST_THEMES + 6, 6):
        make_article(themes=["Hub", *(f"Spoke {number + each}" for each in range(7))])
    drawn = theme_map()
    assert len(drawn.themes) <= MOST_THEMES
    assert len(drawn.ties) <= MOST_TIES
    page = client.get("/themes/").content.decode()
    assert f"of {MOST_THEMES + 8} themes" in " ".join(page.split())


def test_no_map_without_anything_in_common(client):
    make_article(themes=["Syria"])
    assert 'id="page_map"' not in client.get("/themes/").content.decode()
