"""Absurd addresses, odd methods, error pages, headers: a clear answer, never a 500."""

import re

import pytest
from django.contrib.flatpages.models import FlatPage
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import publishing, views
from articles.caching import FRESH
from articles.models import Theme

from .make import change, make_article
from .thorough import times

pytestmark = pytest.mark.django_db


@pytest.fixture
def library():
    make_article("Pipes", slug="pipes", themes=["Syria", "Libya"])


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere/",
        "/articles/nowhere/",
        "/articles/2027/02/30/",
        "/articles/2024/00/",
        "/articles/9999/",
        "/articles/99999/",
        "/themes//",
        "/themes/+/",
        "/themes/syria+/",
        "/themes/%00/",
        "/themes/%ff/",
        "/themes/syria%2Blibya%2Bx/",
        "/articles/?year=0&theme=%00",
        "/articles/?page=1&page=2",
        "/articles/?theme=" + "x" * 3000,
        "/search/?q=%00&page=zz",
        "/pictures/../../etc/passwd",
        "/" + "a" * 8000 + "/",
        "/sitemap-nothing.xml",
        "/feed.exe",
        "/%E2%80%AE/",
        "/series/nowhere/",
        "/authors/nobody/",
    ],
)
def test_absurd_addresses_are_not_found_in_a_helpful_way(client, library, address):
    response = client.get(address)
    assert response.status_code in {301, 404}, response.status_code
    if response.status_code == 404:
        page = response.content.decode()
        assert 'action="/search/"' in page
        assert "<h1>" in page


@settings(max_examples=times(25, 80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        ["/articles/", "/themes/", "/themes/syria/", "/authors/", "/series/", "/search/", "/pictures/", "/"]
    ),
    st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=30),
    st.dictionaries(
        st.sampled_from(["theme", "not", "author", "year", "order", "page", "q", "x"]),
        st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=20),
        max_size=4,
    ),
)
def test_no_address_breaks_the_site(client, library, base, rest, query):
    response = client.get(base + rest.replace("?", "").replace("#", ""), query)
    assert response.status_code in {200, 301, 302, 404, 410}


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
@pytest.mark.parametrize("address", ["/", "/articles/pipes/", "/feed.atom", "/sitemap.xml", "/robots.txt", "/health/"])
def test_only_reading_is_answered(client, library, method, address):
    assert getattr(client, method)(address).status_code == 405


def test_every_page_keeps_browsers_safe(client, library):
    for address in ("/", "/articles/pipes/", "/feed.rss", "/nowhere/", "/robots.txt", "/admin/login/"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], address
        assert "unsafe" not in headers["Content-Security-Policy"], address
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_a_page_is_not_sent_twice(client, library):
    first = client.get("/articles/pipes/")
    again = client.get("/articles/pipes/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert first["Cache-Control"] == FRESH


def test_the_error_page_needs_no_database(django_assert_num_queries):
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        for view, status in ((views.server_error, 500), (views.bad_request, 400), (views.forbidden, 403)):
            response = view(request)
            assert response.status_code == status
            assert b"<h1>" in response.content


def test_a_plain_page_is_markdown_made_safe(client):
    page = FlatPage.objects.create(url="/about/", title="About <us>", content="## Who\n\n<script>alert(1)</script>")
    page.sites.set([1])
    content = client.get("/about/").content.decode()
    assert '<h2 id="who">Who</h2>' in content
    assert "<script" not in content
    assert "About &lt;us&gt;" in content
    assert client.get("/about").status_code == 301


def test_no_heading_of_an_editor_takes_an_id_of_the_page(client):
    words = ["Main", "Page main", "Page notes", "Q", "Fn 1", "Fnref 1", "What changed", "Newest", "Themes"]
    body = "A note.[^1]\n\n" + "".join(f"## {word}\n\nText.\n\n" for word in words) + "[^1]: A source."
    article = make_article(body=body)
    change(article, kind="update", note="Why")
    theme = Theme.objects.get()
    theme.introduction, theme.place = body, 1
    publishing.save_theme(theme, by=None)
    for address in (article.get_absolute_url(), theme.get_absolute_url(), "/"):
        ids = re.findall(r'\sid="([^"]*)"', client.get(address).content.decode())
        assert len(ids) == len(set(ids)), (address, sorted(ids))


def test_the_sitemap_lists_every_kind_of_page(client, library):
    index = client.get("/sitemap.xml").content.decode()
    for section, address in [
        ("articles-0", "/articles/pipes/"),
        ("themes-0", "/themes/syria/"),
        ("authors-0", "/authors/the-editors/"),
        ("pages", "/feeds/"),
    ]:
        assert f"/sitemap-{section}.xml" in index
        assert address in client.get(f"/sitemap-{section}.xml").content.decode()


def test_a_mark_that_turns_text_round_does_not_reach_past_its_title(client):
    make_article("\u202eesrever\u2066 \u200eend", slug="reversed")
    assert client.get("/articles/reversed/").status_code == 200
    for address in ("/articles/reversed/", "/articles/"):
        page = client.get(address).content.decode()
        assert "esrever \u200eend" in page
        assert not {"\u202e", "\u2066"} & set(page)
        assert 'dir="auto"' in page
