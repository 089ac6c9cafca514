"""A browser, and a site in a process of its own that can be killed and started again."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.served import Site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
needs_browser = pytest.mark.skipif(
    not CHROMIUM and not os.environ.get("REQUIRE_BROWSER"), reason="Chromium is not installed on this machine"
)


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that is up."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.close()


@pytest.fixture
def context(chromium, site):
    """A browser's window into which chief has logged in."""
    if site.process is None:
        site.start()
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, storage_state=site.logged_in)
    if not context.request.get(f"{site.base}/admin/", max_redirects=0).ok:
        log_in(context, site)
        site.logged_in = {"cookies": context.cookies(), "origins": []}
    yield context
    context.close()


def log_in(context, site):
    """Log in as chief, in a tab that is closed again."""
    page = context.new_page()
    page.goto(site.base + "/admin/login/")
    page.fill("input[name=username]", "chief")
    page.fill("input[name=password]", "chief-password")
    page.click("input[type=submit]")
    page.wait_for_url("**/admin/")
    page.close()


def violations(page):
    """Return [(rule, what breaks it)] of what keeps somebody from using the page, as it looks when nothing moves any more.

    Colours on their way from light to dark are neither, and pale for an instant.
    """
    page.evaluate("Promise.allSettled(document.getAnimations().map(each => each.finished))")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found]
