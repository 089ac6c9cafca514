"""What a reader's line has to carry, counted as it comes from the server: bytes of bodies, brotli."""

import json
import re
import urllib.request
from urllib.parse import urljoin

import brotli
import pytest

from .conftest import needs_browser

pytestmark = pytest.mark.processes

FIRST = 14 * 1024  # bytes; about what a server sends before it waits for the first answer (RFC 6928)
FONT = 25_000


def fetch(site, address):
    """Return (bytes of the body as it was sent, the body as text or None)."""
    request = urllib.request.Request(urljoin(site.base, address), headers={"Accept-Encoding": "br"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - our own server
        sent, encoding = answer.read(), answer.headers["Content-Encoding"]
    if encoding is None:
        return len(sent), None
    assert encoding == "br"
    return len(sent), brotli.decompress(sent).decode()


@pytest.fixture(scope="module")
def pages(site):
    """The pages of the starter publication: {address: (bytes, HTML)}."""
    printed = site.shell(
        "import json; from articles.transfer import starter; starter.load();"
        "from articles.models import Article, Theme;"
        "print(json.dumps([row.get_absolute_url() for model in (Article, Theme) for row in model.objects.all()]))"
    )
    addresses = ["/", "/themes/", "/articles/", "/search/", "/search/?q=gas", *json.loads(printed)]
    return {address: fetch(site, address) for address in addresses}


def needed(html):
    """Return the addresses of what a browser waits for before it shows the page: stylesheets, scripts not deferred."""
    blocking = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    scripts = re.findall(r"<script\b[^>]*>", html)
    assert all('type="module"' in script or 'type="application/ld+json"' in script for script in scripts)
    assert "<style" not in html
    return blocking


def test_a_page_and_its_style_fit_the_first_flight(site, pages):
    heavy = {}
    for address, (size, html) in pages.items():
        whole = size + sum(fetch(site, stylesheet)[0] for stylesheet in needed(html))
        if whole > FIRST:
            heavy[address] = whole
    # Of articles the beginning does: the longest is some 20 screens of text, tables and sources.
    assert [address for address in heavy if not address.startswith("/articles/")] == []
    assert max(heavy.values(), default=0) < 23_000


def test_the_stylesheet_is_small_and_comes_without_its_comments(site, pages):
    (stylesheet,) = needed(pages["/"][1])
    size, css = fetch(site, stylesheet)
    assert 4_000 < size < 5_800
    assert "/*" not in css


def test_what_is_preloaded_is_what_the_stylesheet_uses_and_small(site, pages):
    html = pages["/"][1]
    (stylesheet,) = needed(html)
    css = fetch(site, stylesheet)[1]
    fonts = [urljoin(stylesheet, address) for address in re.findall(r'url\("?([^")]+\.woff2)', css)]
    (preloaded,) = re.findall(r'<link rel="preload" href="([^"]+)" as="font" type="font/woff2" crossorigin>', html)
    assert preloaded == fonts[0]
    assert len(fonts) == 6
    assert all(fetch(site, font)[0] < FONT for font in fonts)


def test_scripts_are_small(site, pages):
    scripts = {
        found for _size, html in pages.values() for found in re.findall(r'<script type="module" src="([^"]+)"', html)
    }
    assert scripts
    assert all(fetch(site, script)[0] < 1_000 for script in scripts)


def test_pictures_have_their_sizes(pages):
    images = [tag for _size, html in pages.values() for tag in re.findall(r"<img\b[^>]*>", html)]
    assert images
    assert all(re.search(r'\bwidth="\d+"', tag) and re.search(r'\bheight="\d+"', tag) for tag in images)


@needs_browser
def test_lines_break_the_same_before_the_reading_face_has_come(chromium, site, pages):
    heights = []
    for blocked in (False, True):
        page = chromium.new_page(viewport={"width": 412, "height": 823})
        if blocked:
            page.route("**/*.woff2", lambda route: route.abort())
        page.goto(f"{site.base}/themes/energy-diplomacy/")
        page.evaluate("document.fonts.ready")
        heights.append(
            page.evaluate(
                "() => [...document.querySelectorAll('h1, h2, h3, p, li')].map(one => one.getBoundingClientRect().height)"
            )
        )
        page.close()
    pairs = list(zip(*heights, strict=True))
    moved = [pair for pair in pairs if abs(pair[0] - pair[1]) > 1]
    assert len(pairs) > 50
    assert len(moved) < len(pairs) / 20


@needs_browser
def test_nothing_moves_while_the_index_of_themes_loads(chromium, site, pages):
    page = chromium.new_page(viewport={"width": 412, "height": 823})
    page.add_init_script(
        "window.moved = []; new PerformanceObserver(list => window.moved.push(...list.getEntries().map(one => one.value)))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(f"{site.base}/themes/")
    page.wait_for_timeout(300)
    assert page.locator("#page_filter_box").is_visible()
    assert sum(page.evaluate("window.moved")) < 0.001
    page.close()
