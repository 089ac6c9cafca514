"""What makes people leave a feed, one test for each, continued from items to feeds: faults that readers' and publishers' trackers are full of.

Each takes the part of a subscriber who polls before and after something happened.
"""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles import publishing
from articles.models import Theme

from .feedcheck import body, ids, items
from .make import ago, change, make_article, make_author, make_picture, make_theme

pytestmark = pytest.mark.django_db

FORMATS = ["atom", "rss", "json"]


@pytest.fixture
def article():
    return make_article(
        "A headline", slug="a-healine", themes=["Syria", "Libya"], at=datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    )


# 15 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.large
def test_15_the_size_is_bounded_however_long_the_articles(client):
    text = "x < y & z > a “Ж” " * 2_200
    for number in range(27):
        make_article(f"Long {number:02}", at=ago(days=100 - number), body=text if number > 5 else "x")
    for format in FORMATS:
        answer = client.get(f"/feed.{format}")
        assert len(answer.content) < 1_000_000
        assert 1 < len(items(client, f"/feed.{format}")) <= 25


@pytest.mark.large
def test_15_the_newest_twenty_five_are_there_when_they_fit(client):
    for number in range(28):
        make_article(f"Article {number:02}", at=ago(days=100 - number), body="x")
    assert [item.title for item in items(client)] == [f"Article {number:02}" for number in range(27, 2, -1)]


# 16 ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="class")
def archive(shared_rows, short_feeds):
    for number in range(8):
        make_article(f"Article {number:02}", at=ago(days=100 - number), body="x")


class TestOlderItems:
    @pytest.mark.parametrize("format", FORMATS)
    def test_16_older_items_are_reachable_and_their_archives_stand_still(self, client, archive, format):
        raw = client.get(f"/feed.{format}").content.decode()
        older = re.search(r"http://example\.com(/feed\.\w+\?archive=\d+)", raw)[1]
        first = client.get(f"/feed.{format}?archive=1").content
        seen = set(ids(client, f"/feed.{format}"))
        while older:
            seen |= set(ids(client, older))
            number = int(older.rpartition("=")[2]) - 1
            older = f"/feed.{format}?archive={number}" if number else None
        assert len(seen) == 8
        make_article("News", body="x")
        assert client.get(f"/feed.{format}?archive=1").content == first


# 17 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["/", "/themes/syria/", "/themes/libya+syria/", "/articles/a-healine/", "/updates/"])
def test_17_autodiscovery_finds_the_feed_of_the_page_first_and_each_once(client, article, place):
    found = re.findall(
        r'<link rel="alternate" type="([^"]+)" title="([^"]+)" href="([^"]+)">', client.get(place).content.decode()
    )
    addresses = [address for _type, _title, address in found]
    assert addresses[0] == ("/" if place.startswith("/articles/") else place) + "feed.atom"
    assert len(addresses) == len(set(addresses))
    assert [kind for kind, _title, _address in found[:3]] == [
        "application/atom+xml", "application/rss+xml", "application/feed+json",
    ]  # fmt: skip
    for kind, _title, address in found:
        assert client.get(address)["Content-Type"].startswith(kind if kind.endswith("json") else "application/xml")


def test_17_an_entry_has_one_link_and_that_is_its_page(client, article):
    for entry in items(client):
        assert [(link.rel, link.href) for link in entry.links] == [
            ("alternate", "http://example.com/articles/a-healine/")
        ]


# 18 ------------------------------------------------------------------------------------------------------------------


def test_18_people_find_a_page_about_feeds_and_a_raw_feed_they_can_read(client, article):
    page = client.get("/feeds/").content.decode()
    assert "A feed is" in page
    for address in ("/feed.atom", "/themes/syria/feed.rss", "/updates/feed.json", "/timeline/feed.atom"):
        assert f'href="{address}"' in page
    assert 'href="/feeds/"' in client.get("/").content.decode()
    raw = client.get("/feed.atom", headers={"accept": "text/html"})
    assert raw["Content-Type"] == "application/xml; charset=utf-8"
    assert b'<?xml-stylesheet href="/static/feed.css" type="text/css"?>' in raw.content
    assert b"xslt" not in raw.content.lower()


# 19 ------------------------------------------------------------------------------------------------------------------


def test_19_changes_have_a_feed_of_their_own(client, article):
    change(article, kind="update", note="Newer figures.", body="New.")
    assert [item["title"] for item in items(client, "/updates/feed.json")] == ["Update: A headline"]
    assert len(items(client)) == 1  # and are no second item of the articles' feed


# 20 ------------------------------------------------------------------------------------------------------------------


def test_20_a_hub_is_named_in_header_and_feed(client, article, settings):
    settings.HUB_URL = "https://hub.example/"
    answer = client.get("/feed.atom")
    assert '<https://hub.example/>; rel="hub"' in answer["Link"]
    assert b'<link href="https://hub.example/" rel="hub"/>' in answer.content.replace(
        b'rel="hub" href="https://hub.example/"', b'href="https://hub.example/" rel="hub"'
    )  # what is told to it: test_hub.py


# 21 ------------------------------------------------------------------------------------------------------------------


def test_21_the_lead_picture_is_in_the_body_and_beside_it(client):
    shown = make_picture()
    make_article("Seen", lead_picture=shown.pk)
    address = f"http://example.com{shown.file.url}"
    for format in ("rss", "atom"):
        item = items(client, f"/feed.{format}")[0]
        assert item.media_content[0] == {
            "url": address, "type": "image/jpeg", "width": str(shown.width), "height": str(shown.height),
            "medium": "image",
        }  # fmt: skip
        assert f'src="{address}"' in body(item)
    assert items(client, "/feed.json")[0]["image"] == address


# 22 ------------------------------------------------------------------------------------------------------------------


def test_22_json_feeds_have_no_external_url_to_break_links_within(client, article):
    feed = client.get("/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert "external_url" not in feed["items"][0]
    assert 'href="#' in feed["items"][0]["content_html"]


# 23 ------------------------------------------------------------------------------------------------------------------


def test_23_authors_have_feeds_and_all_themes_come_in_one_opml(client, article):
    make_article("Hers", authors=[make_author("Ayşe")])
    assert [item.title for item in items(client, "/authors/ayse/feed.atom")] == ["Hers"]
    outlines = list(ET.fromstring(client.get("/feeds.opml").content).iter("outline"))  # noqa: S314 - our own output
    assert len(outlines) == 1 + Theme.objects.count()
    for outline in outlines:
        items(client, outline.get("xmlUrl").replace("http://example.com", ""))


# 24 ------------------------------------------------------------------------------------------------------------------


def test_24_addresses_of_feeds_lead_on_for_ever(client, article):
    theme = Theme.objects.get(slug="syria")
    for slug in ("suriye", "sham"):
        theme.slug = slug
        publishing.save_theme(theme, by=None)
    publishing.merge_themes(theme, make_theme("The Levant"), by=None)
    author = make_author()
    author.slug = "editorial"
    publishing.save_row(author, by=None)
    for former, present in {
        "/themes/syria/feed.atom": "/themes/the-levant/feed.atom",
        "/themes/suriye/feed.rss": "/themes/the-levant/feed.rss",
        "/themes/libya+syria/feed.json": "/themes/libya+the-levant/feed.json",
        "/timeline/feed.atom?theme=syria": "/timeline/feed.atom?theme=the-levant",
        "/authors/the-editors/feed.rss": "/authors/editorial/feed.rss",
    }.items():
        answer = client.get(former)
        assert (answer.status_code, answer["Location"]) == (301, present)
        assert client.get(present).status_code == 200


# 25 ------------------------------------------------------------------------------------------------------------------


def test_25_neither_drafts_nor_the_future_leak(client, article):
    make_article("Xqdraft", published=False, themes=["Syria"], body="```timeline\n1999: Xqdraft.\n```")
    make_article(
        "Xqsoon", at=timezone.now() + timedelta(hours=1), themes=["Syria"], body="```timeline\n1999: Xqsoon.\n```"
    )
    publishing.save_draft(
        article, publishing.Fields(title="Xqworking", body="Xqworking"), by=None, based_on=article.working_id
    )
    for place in ("/", "/themes/syria/", "/timeline/", "/updates/", "/corrections/", "/authors/the-editors/"):
        for format in FORMATS:
            assert "Xq" not in client.get(f"{place}feed.{format}").content.decode(), place
