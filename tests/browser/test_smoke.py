"""The site in a real browser: nothing scrolls sideways, nothing is refused by the policy, nothing comes from elsewhere."""

import pytest

from ..make import make_article, make_theme
from .conftest import needs_browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, needs_browser]
PAGES = ["/", "/articles/", "/articles/pipes/", "/themes/", "/themes/syria/", "/themes/libya+syria/", "/search/?q=gas", "/feeds/",
         "/authors/the-editors/", "/nowhere/"]  # fmt: skip
TABLE = "| Year | A rather long heading of a column | bcm |\n|---|---|---:|\n| 2015 | words in a cell | 26.6 |\n"


@pytest.fixture
def library():
    make_theme("Syria", aliases=["Suriye", "Сирия"], place=1)
    make_article(
        "Pipes",
        slug="pipes",
        themes=["Syria", "Libya"],
        body=f"Gas text.[^1]\n\n## Part\n\n{TABLE}\n\n[^1]: A note with <https://example.org/{'long' * 30}>.",
    )


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_and_keep_to_themselves(chromium, live_server, library, width, scheme):
    page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    complaints, hosts = [], set()
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None,
    )
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for address in PAGES:
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.locator("h1").count() == 1, address
    assert page.context.cookies() == []
    assert hosts == {live_server.url.split("/")[2]}
    assert [text for text in complaints if "404" not in text] == []
    page.close()


def test_an_editor_logs_in_and_opens_the_form(chromium, live_server, library, chief):
    page = chromium.new_page()
    complaints = []
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Security Policy" in message.text else None,
    )
    page.goto(live_server.url + "/admin/")
    page.fill("input[name=username]", "chief")
    page.fill("input[name=password]", "chief-password")
    page.click("input[type=submit]")
    page.goto(live_server.url + "/admin/articles/article/")
    page.get_by_role("link", name="Pipes").first.click()
    assert "Gas text." in page.input_value("textarea[name=body]")
    assert complaints == []
    page.close()
