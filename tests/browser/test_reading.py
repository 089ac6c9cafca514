"""Reading in a real browser: definitions open without a script, by mouse and by keyboard, and close again."""

import pytest

from articles.models import Article

from ..make import change, make_article, make_source, make_theme
from .conftest import needs_browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, needs_browser]


@pytest.fixture
def library():
    make_theme("Syria", definition="A war and its bargains.")
    make_source("hub-2022", "A hub", publisher="TASS", date="2022-10")
    make_article(
        "Pipes",
        slug="pipes",
        themes=["Syria"],
        body="Words on Syria and more.[@hub-2022]\n\nLast [link](/themes/syria/).",
    )


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request, chromium, live_server, library):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=request.param)
    page = context.new_page()
    page.goto(f"{live_server.url}/articles/pipes/")
    yield page
    context.close()


def test_a_definition_opens_and_closes_by_mouse(page):
    definition = page.locator(".definition")
    assert not definition.is_visible()
    page.click(".term")
    definition.wait_for(state="visible")
    assert "A war and its bargains." in definition.inner_text()
    page.mouse.move(*(definition.bounding_box()[side] + 10 for side in ("x", "y")))  # it stays under the pointer
    assert definition.is_visible()
    page.mouse.click(5, 5)
    definition.wait_for(state="hidden")


def test_a_definition_opens_and_closes_by_keyboard(page):
    page.focus(".term")
    page.keyboard.press("Enter")
    page.locator(".definition").wait_for(state="visible")
    page.keyboard.press("Tab")  # into the definition
    assert page.locator(".definition a:focus").count() == 1
    page.keyboard.press("Escape")
    page.locator(".definition").wait_for(state="hidden")
    assert page.locator(".term:focus").count() == 1


def test_a_definition_leads_to_the_hub(page):
    page.click(".term")
    page.click(".definition a")
    assert page.url.endswith("/themes/syria/")


def test_sources_stand_beside_the_text_where_there_is_room(page):
    beside = "getComputedStyle(document.querySelector('.cites'), '::after')"
    assert page.evaluate(f"{beside}.content").startswith('"1. “A hub”. TASS, October 2022."')
    assert page.evaluate(f"{beside}.float") == "inline-end"
    page.set_viewport_size({"width": 700, "height": 800})
    assert page.evaluate(f"{beside}.content") == "none"


def test_on_paper_definitions_are_a_list(page):
    page.emulate_media(media="print")
    assert page.locator(".definition").is_visible()
    assert page.locator(".terms h2").is_visible()


def test_an_article_that_changed_says_so_to_a_reader_who_comes_back(chromium, live_server, library):
    context = chromium.new_context()
    page = context.new_page()
    address = f"{live_server.url}/articles/pipes/"
    for _time in range(2):
        page.goto(address)
        page.wait_for_function("localStorage.length === 1")
        assert not page.locator("#page_since").is_visible()
    article = Article.objects.get()
    change(article, kind="update", note="More.", body="Words on Syria and less.")
    page.reload()  # past the browser's own copy of a minute
    page.locator("#page_since").wait_for(state="visible")
    page.click("#page_since a")
    assert "less.</ins>" in page.content()
    context.close()


@pytest.mark.parametrize("script", [True, False])
def test_addresses_of_feeds_are_copied_by_a_button_or_as_plain_links(chromium, live_server, library, script):
    context = chromium.new_context(
        viewport={"width": 320, "height": 800},
        java_script_enabled=script,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/feeds/")
    link = page.locator("a[type='application/rss+xml']").first
    assert link.get_attribute("href") == "/feed.rss"
    if script:
        link.locator("xpath=following-sibling::button").click()
        page.get_by_role("button", name="Copy: ").and_(page.get_by_text("Copied")).wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == f"{live_server.url}/feed.rss"
    else:
        assert page.locator(".copy").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
