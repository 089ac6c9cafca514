"""The index of themes and its map, in a real browser."""

import pytest

from ..make import make_article, make_theme
from .conftest import needs_browser

pytestmark = [pytest.mark.django_db(transaction=True), needs_browser]
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
