"""The index of themes and its map, in a real browser."""

import pytest

from ..make import make_article, make_theme
from .conftest import needs_browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, needs_browser]
SHOWN = "[...document.querySelectorAll('.index > li')].filter(i => i.checkVisibility()).map(i => i.querySelector('a').textContent)"


@pytest.fixture
def library():
    energy = make_theme("Energy diplomacy", aliases=["boru hattı siyaseti"])
    make_article(themes=[energy, make_theme("Libya")])
    make_theme("Кавказ", definition="Где стоят войска.")


def test_the_index_narrows_while_somebody_types(chromium, live_server, library):
    page = chromium.new_page()
    page.goto(f"{live_server.url}/themes/")
    everything = ["Energy diplomacy", "Кавказ", "Libya"]
    for typed, left in [("BORU HATTI", everything[:1]), ("войска", everything[1:2]), ("", everything), ("zzz", [])]:
        page.fill("#page_filter_box", typed)
        assert page.evaluate(SHOWN) == left, typed
    assert page.inner_text("#page_filtered") == "Themes that fit: 0/3"
    page.close()


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("turkey-russia", ["Turkey–Russia relations"]),
        ("Turkey – Russia", ["Turkey–Russia relations"]),
        ("s400", ["NATO tensions"]),
        ("S-400’ler", ["NATO tensions"]),
        ("Эрдоган", ["Turkey–Russia relations"]),
        ("ERDOĞAN'IN", ["Turkey–Russia relations"]),
        ("türkiye'nin", ["Turkey–Russia relations"]),
        ("İLİŞKİLERİ iliskileri", ["Turkey–Russia relations"]),
        ("deep dive", []),
        ("kavkaz", ["Кавказ"]),
    ],
)
def test_the_index_narrows_in_any_spelling(chromium, live_server, library, typed, left):
    make_theme("NATO tensions", aliases=["S-400 crisis"])
    make_theme("Turkey–Russia relations", aliases=["Türkiye-Rusya ilişkileri"], definition="Erdoğan and Putin.")
    page = chromium.new_page()
    page.goto(f"{live_server.url}/themes/")
    page.fill("#page_filter_box", typed)
    assert page.evaluate(SHOWN) == left
    page.close()


def test_pointing_at_a_theme_lights_up_its_bows(chromium, live_server, library):
    make_article(themes=["Syria", "Libya"])
    page = chromium.new_page(viewport={"width": 900, "height": 900})
    page.goto(f"{live_server.url}/themes/")
    stroke = "[...document.querySelectorAll('.map svg a')].map(a => [a.getAttribute('href'), getComputedStyle(a.firstElementChild.nextElementSibling).stroke])"
    before = dict(page.evaluate(stroke))
    page.focus(".map li a[href='/themes/syria/']")
    page.keyboard.press("Tab"), page.keyboard.press("Shift+Tab")
    after = dict(page.evaluate(stroke))
    assert before["/themes/libya+syria/"] != after["/themes/libya+syria/"]
    assert before["/themes/energy-diplomacy+libya/"] == after["/themes/energy-diplomacy+libya/"]
    page.close()


def test_without_a_script_it_is_whole(chromium, live_server, library):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/themes/")
    assert page.locator(".index > li").count() == 3
    assert not page.locator("#page_filter_box").is_visible()
    context.close()


def test_a_bow_of_the_map_leads_to_what_both_themes_share(chromium, live_server, library):
    page = chromium.new_page(viewport={"width": 320, "height": 700})
    page.goto(f"{live_server.url}/themes/")
    bow = page.locator(".map svg a")
    box = bow.locator("path").bounding_box()
    assert box["x"] + box["width"] <= 320
    bow.locator("path").dispatch_event("click")
    page.wait_for_url("**/themes/energy-diplomacy+libya/")
    page.close()
