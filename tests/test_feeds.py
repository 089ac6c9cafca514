"""Feeds: the same items everywhere, whole, and nothing that moves without reason."""

import json
import time
import xml.etree.ElementTree as ET

import feedparser
import pytest
from django.contrib.sites.models import Site
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article

from .make import ago, change, make_article, make_author, make_series

pytestmark = pytest.mark.django_db

BASES = [
    "/",
    "/articles/",
    "/articles/2024/",
    "/articles/2024/05/",
    "/themes/energy-diplomacy/",
    "/themes/energy-diplomacy+nato-tensions/",
    "/authors/the-editors/",
    "/series/a-series/",
]


def when(text):
    from datetime import datetime

    return datetime.fromisoformat(text)


@pytest.fixture
def article():
    return make_article(
        "Pipes & <tubes>",
        slug="pipes",
        at=when("2024-05-06T07:08:09+00:00"),
        themes=["Energy diplomacy", "NATO tensions"],
        series=make_series(),
        body="See [Syria](/themes/syria/).[^1]\n\n[^1]: A note.",
    )


def parsed(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_every_listing_has_feeds_that_its_page_announces(client, article, base, format):
    response = client.get(f"{base}feed.{format}")
    assert response.status_code == 200
    assert article.uid.urn in response.content.decode()
    page = client.get(base).content.decode()
    assert f"{base}feed.{format}" in page.split("</head>")[0]


@pytest.mark.parametrize(
    "address",
    [
        "/search/feed.atom?q=pipes",
        "/articles/feed.json?author=the-editors&theme=energy-diplomacy",
        "/themes/energy-diplomacy/feed.rss?not=syria",
    ],
)
def test_filters_have_feeds_too(client, article, address):
    make_article("Elsewhere", themes=["Syria", "Energy diplomacy"], authors=[make_author("Other")])
    content = client.get(address).content.decode()
    assert article.uid.urn in content
    assert "Elsewhere" not in content


def test_one_article_has_one_id_in_every_format(client, article):
    rss = parsed(client, "/feed.rss").entries[0]
    atom = parsed(client, "/themes/nato-tensions/feed.atom").entries[0]
    entry = json.loads(client.get("/authors/the-editors/feed.json").content)["items"][0]
    assert rss.id == atom.id == entry["id"] == f"urn:uuid:{article.uid}"


def test_items_carry_text_dates_authors_and_themes(client, article):
    change(article, kind="correction", note="A figure.")
    for entry in (parsed(client, "/feed.rss").entries[0], parsed(client, "/feed.atom").entries[0]):
        assert entry.title in {"Pipes & <tubes>", "Pipes &amp; &lt;tubes&gt;"}
        assert {tag.term for tag in entry.tags} == {"Energy diplomacy", "NATO tensions"}
        assert "A note." in entry.content[0].value
        assert entry.author == "The editors"
        assert entry.published_parsed[:6] == (2024, 5, 6, 7, 8, 9)
        assert entry.updated_parsed > entry.published_parsed
    item = json.loads(client.get("/feed.json").content)["items"][0]
    assert item["date_published"] == "2024-05-06T07:08:09+00:00"
    assert item["date_modified"] > item["date_published"]
    assert item["authors"][0]["name"] == "The editors"


def test_addresses_are_absolute_and_come_from_the_site_not_the_request(client, article, settings):
    settings.ALLOWED_HOSTS = ["*"]
    Site.objects.update(domain="example.org")
    content = client.get("/feed.atom", headers={"host": "evil.example"}).content.decode()
    assert "http://example.org/articles/pipes/" in content
    assert "http://example.org/themes/syria/" in content
    assert "evil.example" not in content


def test_a_new_slug_and_a_typo_give_no_new_item(client, article):
    before = parsed(client, "/feed.atom").entries[0]
    change(article, title="Pipes, mended", slug="mended-pipes")
    after = parsed(client, "/feed.atom").entries
    assert [entry.id for entry in after] == [before.id]
    assert (after[0].published, after[0].updated) == (before.published, before.updated)
    assert after[0].content[0].value == before.content[0].value


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_an_unchanged_feed_is_not_sent_twice(client, article, format):
    first = client.get(f"/feed.{format}")
    assert client.get(f"/feed.{format}").content == first.content
    assert not first["ETag"].startswith("W/")
    assert client.get(f"/feed.{format}", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get(f"/feed.{format}", headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    head = client.head(f"/feed.{format}")
    assert [head[name] for name in ("Content-Type", "ETag")] == [first[name] for name in ("Content-Type", "ETag")]


def test_a_publication_ends_the_304(client, article):
    first = client.get("/feed.atom")
    make_article("News", at=ago(seconds=0))
    assert client.get("/feed.atom", headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("published", [True, False])
def test_an_empty_feed_stands_still(client, published):
    make_article(published=published)
    first = client.get("/articles/2001/feed.atom").content
    time.sleep(1.1)  # the second in which Django's default would move
    assert client.get("/articles/2001/feed.atom").content == first


def test_feeds_send_no_cookie_and_may_be_read_from_any_page(client, article):
    response = client.get("/feed.rss")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"


def test_newest_twenty_five_in_full(client):
    for number in range(28):
        make_article(f"Article {number:02}", at=ago(days=100 - number))
    entries = parsed(client, "/feed.atom").entries
    assert [entry.title for entry in entries] == [f"Article {number:02}" for number in range(27, 2, -1)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(), max_size=60), st.text(alphabet=st.characters(), max_size=200))
def test_whatever_is_pasted_the_feed_stays_valid(client, title, body):
    Article.objects.all().delete()
    make_article("x" + title, slug="fuzz", summary="s" + title, body="b" + body)
    for format in ("rss", "atom"):
        root = ET.fromstring(client.get(f"/feed.{format}").content)  # noqa: S314 - our own output
        assert len(root) > 0
    assert json.loads(client.get("/feed.json").content)["items"]


def test_unknown_feeds_are_not_found(client):
    for address in (
        "/themes/nowhere/feed.atom",
        "/feed.xml",
        "/authors/nobody/feed.rss",
        "/articles/2024/13/feed.rss",
    ):
        assert client.get(address).status_code == 404, address
