"""What can be followed besides articles: changes and the timeline."""

import json

import feedparser
import pytest

from articles import weaving

from .make import ago, change, make_article, make_theme

pytestmark = pytest.mark.django_db

TIMELINE = "```timeline\n1936-07: The *convention*. See [[Straits]].\n2022-02-24 – 2022-03-29: Closed.\n```\n"


def entries(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    if address.partition("?")[0].endswith("json"):
        return answer.json()["items"]
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    return feed.entries


@pytest.mark.parametrize("place", ["/timeline/", "/timeline/?theme=syria", "/updates/", "/corrections/"])
def test_pages_announce_their_feeds_before_those_of_the_site(client, place):
    make_theme("Syria")
    head, _mark, body = client.get(place).content.decode().partition("</head>")
    path, mark, query = place.partition("?")
    for format in ("atom", "rss", "json"):
        address = f'href="{path}feed.{format}{mark}{query}"'
        assert head.index(address) < head.index(f'href="/feed.{format}"')
        assert address in body
        assert client.get(f"{path}feed.{format}{mark}{query}").status_code == 200


def test_updates_and_corrections_are_followed_together_and_corrections_alone(client):
    article = make_article("Gas", slug="gas")
    article = change(article, kind="update", note="New figures.", body="One.")
    article = change(article, kind="correction", note="A wrong <figure>.", body="Two.")
    change(article, body="Three, a typo.")
    make_article("Wrong", slug="wrong", withdrawn="All of it.")
    titles = {
        "/updates/": ["Withdrawn: Wrong", "Correction: Gas", "Update: Gas"],
        "/corrections/": ["Withdrawn: Wrong", "Correction: Gas"],
        "/articles/gas/history/": ["Correction: Gas", "Update: Gas"],
    }
    for place, expected in titles.items():
        for format in ("atom", "rss", "json"):
            found = entries(client, f"{place}feed.{format}")
            assert [entry["title"] for entry in found] == expected, place
    page = client.get("/updates/").content.decode()
    assert page.index("All of it.") < page.index("A wrong &lt;figure&gt;.") < page.index("New figures.")
    item = entries(client, "/updates/feed.json")[1]
    assert item["id"] == f"{article.uid.urn}#revision-4"
    assert 'href="http://example.com/articles/gas/history/"' in item["content_html"]
    assert "A wrong &lt;figure&gt;." in item["content_html"]
    assert "history" not in entries(client, "/updates/feed.json")[0]["content_html"]


@pytest.mark.large
def test_a_feed_of_changes_has_archives(client):
    article = make_article("Gas", slug="gas")
    for number in range(27):
        article = change(article, kind="update", note=f"Change {number}.", body=f"Text {number}.")
    feed = client.get("/updates/feed.json").json()
    assert len(feed["items"]) == 25
    older = client.get(feed["next_url"].replace("http://example.com", "")).json()
    assert len({item["id"] for item in feed["items"] + older["items"]}) == 27
    assert client.get("/updates/feed.atom?archive=4").status_code == 404


def test_the_timeline_is_followed_article_by_article(client):
    make_theme("Straits")
    make_article("Without events")
    old = make_article("Old", slug="old", body=TIMELINE, themes=["Libya"], at=ago(days=2), summary="Why & how.")
    new = make_article("New", slug="new", body="```timeline\n1999: Once.\n```\n", at=ago(days=1))
    for format in ("atom", "rss", "json"):
        assert [e["title"] for e in entries(client, f"/timeline/feed.{format}")] == ["New: 1 event", "Old: 2 events"]
    assert [item["id"] for item in entries(client, "/timeline/feed.json")] == [
        f"{article.uid.urn}#timeline" for article in (new, old)
    ]
    item = entries(client, "/timeline/feed.json?theme=libya&to=1940")[0]
    assert item["title"] == "Old: 2 events"  # an item is the same in every feed
    content = item["content_html"]
    assert '<time datetime="1936-07">July 1936</time>: <span lang="en">The <em>convention</em>.' in content
    assert 'href="http://example.com/themes/straits/"' in content
    assert 'href="http://example.com/articles/old/#event-2"' in content
    assert "Why &amp; how." in content
    assert entries(client, "/timeline/feed.json?to=1930") == []
    moved = client.get("/timeline/feed.atom?to=1940&theme=libya")
    assert (moved.status_code, moved["Location"]) == (301, "/timeline/feed.atom?theme=libya&to=1940")
    assert client.get("/timeline/feed.atom?theme=nowhere").status_code == 404
    assert client.get("/timeline/feed.atom?from=x").status_code == 404


def test_what_is_hidden_brings_no_event(client):
    make_article("Draft", published=False, body=TIMELINE)
    make_article("Later", at=ago(hours=-1), body=TIMELINE)
    make_article("Gone", body=TIMELINE, withdrawn="Wrong.")
    assert entries(client, "/timeline/feed.json") == []


def test_a_name_in_a_feed_of_changes_breaks_nothing(client):
    article = make_article("A\u0085 <b>&amp;", slug="a")
    change(article, kind="correction", note="‘]]>’ & \u202e", body="x")
    for format in ("atom", "rss"):
        assert len(entries(client, f"/corrections/feed.{format}")) == 1
    assert len(json.loads(client.get("/corrections/feed.json").content)["items"]) == 1


def test_one_timeline_that_cannot_be_shown_leaves_the_others(client, monkeypatch):
    make_article("Good", body=TIMELINE)
    make_article("Bad", body="```timeline\n1999: Breaks here.\n```\n")
    whole = weaving.events

    def events(rows):
        rows = list(rows)
        if any("Breaks here." in row.html for row in rows):
            raise RuntimeError
        return whole(rows)

    monkeypatch.setattr("articles.weaving.events", events)
    assert [entry["title"] for entry in entries(client, "/timeline/feed.atom")] == ["Good: 2 events"]


@pytest.mark.parametrize(
    "typed", ["%00", "%0b", "%ed%a0%80", "]]%3E", "%3Cb%3E%26amp;", "x" * 300, "%F0%9F%87%B9", "%25"]
)
def test_whatever_is_searched_for_its_feed_is_valid(client, typed):
    for format in ("atom", "rss", "json"):
        answer = client.get(f"/search/feed.{format}?q={typed}", follow=True)
        assert answer.status_code == 200
        if format != "json":
            assert not feedparser.parse(answer.content).bozo
