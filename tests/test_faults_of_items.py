"""What makes people leave a feed, one test for each: faults that readers' and publishers' trackers are full of.

Each takes the part of a subscriber who polls before and after something happened.
"""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.utils import timezone

from articles import publishing
from articles.models import Article

from .feedcheck import Body, body, ids, items
from .make import ago, change, make_article, make_picture, make_source, make_theme

pytestmark = pytest.mark.django_db

FORMATS = ["atom", "rss", "json"]
LONG = "A paragraph of what matters. " * 400
CHART = "```chart\ntype: line\ntitle: Gas\n\n| Year | Share |\n|---|---|\n| 2018 | 47 |\n| 2019 | 34 |\n```\n"


def again(article):
    return Article.objects.get(pk=article.pk)


@pytest.fixture
def article():
    return make_article(
        "A headline", slug="a-healine", themes=["Syria", "Libya"], at=datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    )


# 1 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_01_ids_never_change_with_slug_headline_date_host_or_scheme(client, article, settings, format):
    address = f"/feed.{format}"
    before = ids(client, address)
    article = change(article, slug="a-headline")  # the typo in the slug mended
    assert ids(client, address) == before
    article = change(article, title="Another headline")
    assert ids(client, address) == before
    change(article, kind="update", note="More.", body="Newer.")
    assert ids(client, address) == before
    Site.objects.update(domain="example.org")
    assert ids(client, address) == before
    settings.HTTPS = True
    assert ids(client, address) == before


def test_01_every_item_has_an_id_of_its_own_and_none_is_used_twice(client, article):
    make_article("A headline", slug="another")  # twins in all but the id
    first = set(ids(client))
    assert len(first) == 2
    publishing.withdraw(again(article), by=None, based_on=again(article).working_id, note="Wrong.")
    make_article("A headline", slug="a-third")
    assert len(first | set(ids(client))) == 3
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", key) for key in ids(client))


# 2 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_02_the_content_is_full(client, format):
    make_source("hub-2022", "The source")
    make_article("Long", body=f"{LONG}Said.[@hub-2022] Noted.[^1]\n\n{LONG}The last word.\n\n[^1]: The note.")
    content = body(items(client, f"/feed.{format}")[0])
    assert content.count("A paragraph of what matters.") == 800
    for part in ("The last word.", "The note.", "The source"):
        assert part in content


# 3 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pasted",
    ["\x05", "\x0b", "&shy;", "&rsquo;", "&bogus;", "&#5;", "]]>", "<!-- card -->", "<![CDATA[", "\ud800", "\ufffe", "&", "<"],
)  # fmt: skip
def test_03_the_xml_is_valid_whatever_was_pasted(client, pasted):
    make_article(f"Title {pasted} x", summary=f"Summary {pasted} x", body=f"Text {pasted} x\n\nMore.")
    for format in ("atom", "rss"):
        ET.fromstring(client.get(f"/feed.{format}").content)  # noqa: S314 - our own output
        assert "More." in body(items(client, f"/feed.{format}")[0])


def test_03_a_broken_article_leaves_the_others_in_the_feed(client, article, monkeypatch):
    bad = make_article("Bad", body="Breaks here.")

    def for_feed(html, **kw):
        if "Breaks here." in html:
            raise RuntimeError
        return html

    monkeypatch.setattr("articles.text.for_feed", for_feed)
    assert ids(client) == [article.uid.urn] != [bad.uid.urn]


# 4 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["atom", "json"])
def test_04_edits_that_do_not_matter_resurface_nothing(client, article, format):
    def seen():
        (item,) = items(client, f"/feed.{format}")
        return item["id"], item.get("updated") or item["date_modified"], body(item)

    before = seen()
    article = change(article, title="A headline, mended", slug="mended")
    publishing.retag(article, add=[make_theme("Russia").pk], by=None)
    make_article("Elsewhere", at=ago(days=4000))
    call_command("rebuild")
    Article.objects.filter(title="Elsewhere").update(withdrawn_at=timezone.now())
    client.get(article.get_absolute_url())
    assert seen() == before
    article = change(again(article), body=again(article).body + " x")  # a typo: other bytes, no other date
    assert seen()[:2] == before[:2]


# 5 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kind", ["update", "correction"])
def test_05_corrections_and_updates_reach_those_who_have_the_article(client, article, format, kind):
    address = f"/feed.{format}"
    answer = client.get(address)
    before = items(client, address)[0]
    change(article, kind=kind, note="A figure.", body="The right figure.")
    polled = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert polled.status_code == 200
    after = items(client, address)[0]
    assert after["id"] == before["id"]
    assert "The right figure." in body(after)
    if format == "json":
        assert after["date_modified"] > before["date_modified"]
    else:
        assert after.updated_parsed > before.published_parsed


# 6 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_06_published_is_fixed_updated_true_and_both_have_a_zone(client, article, format):
    address = f"/feed.{format}"
    article = change(article, kind="correction", note="A figure.", body="Right.")
    change(article, slug="renamed")
    raw = client.get(address).content.decode()
    updated = again(article).updated_at.isoformat(timespec="seconds")
    if format == "rss":
        assert "<pubDate>Mon, 04 May 2026 03:02:01 +0000</pubDate>" in raw
    else:
        assert "2026-05-04T03:02:01+00:00" in raw
    assert updated in raw or updated[:19] in raw


# 7 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/feed.atom", "/feed.rss", "/feed.json", "/themes/libya+syria/feed.atom"])
def test_07_conditional_requests_are_answered_304_and_news_never_is(client, article, settled, address):
    answer = client.get(address)
    etag, date = answer["ETag"], answer["Last-Modified"]
    for headers in (
        {"if-none-match": etag},
        {"if-modified-since": date},
        {"if-none-match": etag, "if-modified-since": date},
        {"if-none-match": f'"other", {etag}'},
        {"if-none-match": "*"},
        {"if-none-match": f"W/{etag}"},  # a proxy that weakens it
    ):
        assert client.get(address, headers=headers).status_code == 304, headers
    old = "Sat, 01 Jan 2000 00:00:00 GMT"
    # The ETag decides where both are sent (RFC 9110, 13.2.2), and a stale one is never believed.
    assert client.get(address, headers={"if-none-match": etag, "if-modified-since": old}).status_code == 304
    assert client.get(address, headers={"if-none-match": '"stale"', "if-modified-since": date}).status_code == 200
    assert client.get(address, headers={"if-modified-since": "nonsense"}).status_code == 200
    make_article("News", themes=["Syria", "Libya"])
    polled = client.get(address, headers={"if-none-match": etag})
    assert polled.status_code == 200
    assert "News" in polled.content.decode()
    assert "max-age=900" in polled["Cache-Control"]


# 8 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", ["", "curl/8", "python-requests/2", "Feedly/1.0", "Mozilla/5.0", "\xff" * 400])
def test_08_no_poller_is_challenged_counted_out_or_given_a_cookie(client, article, agent):
    for _time in range(30):
        answer = client.get("/feed.rss", headers={"user-agent": agent})
        assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert "feed" not in client.get("/robots.txt").content.decode()


# 9 -------------------------------------------------------------------------------------------------------------------


def test_09_addresses_are_whole_markup_is_plain_and_pictures_stand_in_src(client, settings):
    settings.ALLOWED_HOSTS = ["*"]
    Site.objects.update(domain="example.org")
    shown = make_picture()
    make_article(
        "One",
        slug="one",
        body=f"[a](/themes/syria/) [b](part/) [c](//other.example/)\n\n![d]({shown.file.url})\n\n{CHART}",
    )
    raw = client.get("/feed.atom", headers={"host": "evil.example"}).content.decode()
    assert "evil.example" not in raw
    content = body(items(client)[0])
    assert Body(content).faults == []
    for address in ("themes/syria/", "articles/one/part/", f"pictures/{shown.file.name}", "articles/one/charts/1.svg"):
        assert f'="http://example.org/{address}' in content, address
    assert 'href="http://other.example/"' in content
    assert "srcset" not in content
    assert 'loading="lazy"' not in content
    assert "class=" not in re.sub(r'class="(footnote|cite)[^"]*"', "", content) or "style" not in content


# 10 ------------------------------------------------------------------------------------------------------------------


def test_10_notes_lead_to_notes_and_back_within_their_own_item(client):
    text = "One.[^1] Two.[^1]\n\n[^1]: Said."
    make_article("First", body=text, at=ago(days=2))
    make_article("Second", body=text, at=ago(days=1))
    every = []
    for item in items(client):
        content = body(item)
        assert re.search(r'<sup id="[^"]+"[^>]*><a [^>]*href="#([^"]+)"', content)
        assert Body(content).faults == []  # a link within the item that leads nowhere is one
        every += Body(content).ids
    assert len(every) == len(set(every)) >= 6


# 11 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    ["/themes/syria/", "/themes/libya+syria/", "/themes/libya+syria/?not=russia", "/search/?q=headline&theme=syria"],
)
def test_11_every_theme_and_combination_has_a_feed_that_its_page_shows(client, article, place):
    make_theme("Russia")
    path, mark, query = place.partition("?")
    head, _end, shown = client.get(place).content.decode().partition("</head>")
    for format in FORMATS:
        address = f"{path}feed.{format}{mark}{query}"
        assert ids(client, address) == [article.uid.urn]
        assert f'href="{address.replace("&", "&amp;")}"' in head
        assert f'href="{address.replace("&", "&amp;")}"' in shown


# 12 ------------------------------------------------------------------------------------------------------------------


def test_12_an_article_is_the_same_item_in_every_feed(client, article):
    places = [
        "/",
        "/themes/syria/",
        "/themes/libya+syria/",
        "/authors/the-editors/",
        "/articles/2026/",
        "/articles/2026/05/",
    ]
    found = {
        (item["id"], body(item))
        for place in places
        for format in FORMATS
        for item in items(client, f"{place}feed.{format}")
    }
    found |= {(item["id"], body(item)) for item in items(client, "/search/feed.atom?q=headline")}
    assert len(found) == 1
    assert found.pop()[0] == article.uid.urn


# 13 ------------------------------------------------------------------------------------------------------------------


def test_13_every_item_says_its_categories(client, article):
    for format in ("atom", "rss"):
        tags = items(client, f"/feed.{format}")[0].tags
        assert {(tag.term, tag.scheme) for tag in tags} == {
            (n, "http://example.com/themes/") for n in ("Syria", "Libya")
        }
    assert items(client, "/feed.json")[0]["tags"] == ["Libya", "Syria"]


# 14 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_14_charts_survive_as_a_picture_and_a_table(client, format):
    make_article("Gas", slug="gas", body=CHART)
    content = body(items(client, f"/feed.{format}")[0])
    assert "<svg" not in content
    address = re.search(r'<img [^>]*src="http://example.com(/articles/gas/charts/1\.svg[^"]*)"', content)[1]
    assert client.get(address)["Content-Type"].startswith("image/svg+xml")
    assert re.search(r"<table.*47.*34.*</table>", content, re.DOTALL)
    assert re.search(r'<img [^>]*alt="[^"]{10,}"', content)
