"""Feeds: the same items everywhere, whole, and nothing that moves without reason."""

import json
import time
import xml.etree.ElementTree as ET

import feedparser
import pytest
from django.contrib.sites.models import Site
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import weaving
from articles.models import Article

from .make import ago, change, make_article, make_author, make_series
from .thorough import times

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


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_every_listing_has_feeds_that_its_page_announces(client, article, format):
    for base in BASES:
        response = client.get(f"{base}feed.{format}")
        assert response.status_code == 200, base
        assert article.uid.urn in response.content.decode(), base
        page = client.get(base).content.decode()
        assert f"{base}feed.{format}" in page.split("</head>")[0], base


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


@pytest.mark.parametrize("format", ["rss", "atom", "json"])
def test_an_unchanged_feed_is_not_sent_twice(reader, article, format, settled):
    first = reader.get(f"/feed.{format}")
    assert reader.get(f"/feed.{format}").content == first.content
    assert not first["ETag"].startswith("W/")
    assert reader.get(f"/feed.{format}", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert reader.get(f"/feed.{format}", headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    head = reader.head(f"/feed.{format}")
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


@settings(max_examples=times(8, 25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


# Polling --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="class")
def archive(shared_rows, short_feeds):
    for number in range(7):
        make_article(f"Article {number}", themes=["Syria", "Libya"], at=ago(days=40 - number))


class TestNothingNew:
    """Polls of a publication with an archive."""

    @pytest.mark.parametrize(
        "address", ["/feed.atom", "/themes/syria+libya/feed.rss", "/corrections/feed.json", "/feed.json?archive=1"]
    )
    def test_a_poll_for_nothing_new_costs_the_question_whether_anything_is_and_renders_nothing(
        self, reader, archive, django_assert_num_queries, monkeypatch, address, settled
    ):
        first = reader.get(address, follow=True)
        address = first.request["PATH_INFO"] + (
            f"?{first.request['QUERY_STRING']}" if first.request["QUERY_STRING"] else ""
        )
        monkeypatch.setattr("articles.feeds._response", None)  # would fail when called
        for validator in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
            with django_assert_num_queries(1):
                again = reader.get(address, headers=validator)
            assert again.status_code == 304
            assert not again.content
            assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], first["Cache-Control"])


def test_a_date_in_whole_seconds_is_no_validator_while_its_second_lasts(client, article, monkeypatch):
    with monkeypatch.context() as same_second:
        same_second.setattr("articles.feeds.polling.second_is_over", lambda instant: False)
        early = client.get("/feed.atom")
    monkeypatch.setattr("articles.feeds.polling.second_is_over", lambda instant: True)
    late = client.get("/feed.atom", headers={"if-modified-since": early["Last-Modified"]})
    assert late.status_code == 200  # something may have happened in between
    assert client.get("/feed.atom", headers={"if-modified-since": late["Last-Modified"]}).status_code == 304
    assert client.get("/feed.atom", headers={"if-none-match": early["ETag"]}).status_code == 304


def test_what_changes_elsewhere_sends_nothing_again(client):
    make_article("One", themes=["Syria"])
    first = client.get("/themes/syria/feed.atom")
    make_article("Two", themes=["Libya"])
    assert client.get("/themes/syria/feed.atom", headers={"if-none-match": first["ETag"]}).status_code == 304


def test_what_falls_due_by_itself_ends_the_304(client, monkeypatch):
    make_article("One")
    make_article("Two", at=ago(hours=-1))
    first = client.get("/feed.atom")
    later = ago(hours=-2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    answer = client.get("/feed.atom", headers={"if-none-match": first["ETag"]})
    assert answer.status_code == 200
    assert "Two" in answer.content.decode()


def test_a_new_name_or_host_ends_the_304(client, article):
    first = client.get("/feed.atom")
    Site.objects.update(name="Another name")
    assert client.get("/feed.atom", headers={"if-none-match": first["ETag"]}).status_code == 200


# Archives (RFC 5005) --------------------------------------------------------------------------------------------------


def links(feed):
    return {link.rel: link.href.replace("http://example.com", "") for link in feed.feed.links}


def test_walking_back_through_the_archives_finds_everything_once(client, short_feeds):
    there = 0
    for count, format in [(0, "rss"), (1, "atom"), (5, "atom"), (6, "rss"), (10, "atom"), (11, "rss")]:
        for number in range(there, count):
            make_article(f"Article {number:02}", slug=f"a-{number}", at=ago(days=100 - number), body="x")
        there = count
        feed = parsed(client, f"/feed.{format}")
        seen = [entry.id for entry in feed.entries]
        assert len(seen) == min(count, 5)
        walked = 0
        while "prev-archive" in links(feed):
            feed = parsed(client, links(feed)["prev-archive"])
            walked += 1
            assert links(feed)["current"] == f"/feed.{format}"
            assert len(feed.entries) == 2
            seen += [entry.id for entry in feed.entries if entry.id not in seen]
        assert len(seen) == count
        assert walked == max(0, -(-(count - 5) // 2))
        assert set(seen) == {article.uid.urn for article in Article.objects.all()}


def test_a_full_archive_stays_as_it_is_when_articles_come(client, short_feeds):
    for number in range(7):
        make_article(f"Article {number:02}", at=ago(days=100 - number), body="x")
    before = client.get("/feed.json?archive=1").json()["items"]
    for number in range(5):
        make_article(f"Later {number:02}", at=ago(days=50 - number), body="x")
    assert client.get("/feed.json?archive=1").json()["items"] == before
    assert client.get("/feed.json").json()["next_url"].endswith("/feed.json?archive=4")
    assert client.get("/feed.json?archive=2").json()["next_url"].endswith("/feed.json?archive=1")
    assert "next_url" not in client.get("/feed.json?archive=1").json()


def test_a_filtered_feed_has_archives_of_its_own(client, short_feeds):
    for number in range(7):
        make_article(f"Article {number:02}", themes=["Syria", "Libya"], at=ago(days=100 - number), body="x")
    older = links(parsed(client, "/articles/feed.atom?author=the-editors&theme=syria"))["prev-archive"]
    assert older == "/articles/feed.atom?archive=1&author=the-editors&theme=syria"
    assert len(parsed(client, older).entries) == 2
    turned = client.get("/articles/feed.atom?theme=syria&author=the-editors&archive=1")
    assert (turned.status_code, turned["Location"]) == (301, older)


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "", "9" * 20, "1.0"])
def test_no_such_archive(client, article, number):
    assert client.get(f"/feed.atom?archive={number}").status_code == 404


@pytest.mark.large
def test_a_feed_stays_under_a_megabyte_and_loses_nothing(client):
    for number in range(7):
        make_article(f"Long {number:02}", at=ago(days=100 - number), body="words and more words " * 8_000)
    answer = client.get("/feed.atom")
    assert len(answer.content) < 1_000_000
    feed = feedparser.parse(answer.content)
    assert 1 <= len(feed.entries) < 7
    older = parsed(client, links(feed)["prev-archive"])
    assert {entry.id for entry in feed.entries + older.entries} == {
        article.uid.urn for article in Article.objects.all()
    }


# Items ----------------------------------------------------------------------------------------------------------------


def test_items_say_their_language_and_the_schemes_of_their_themes(client):
    make_article("Boğaz", slug="bogaz", language="tr", themes=["Syria"])
    for format in ("rss", "atom"):
        entry = parsed(client, f"/feed.{format}").entries[0]
        assert entry.tags[0].scheme == "http://example.com/themes/"
        assert entry.content[0].value.startswith('<div lang="tr">')
    item = client.get("/feed.json").json()["items"][0]
    assert item["language"] == "tr"
    assert item["content_html"].startswith('<div lang="tr">')


def test_one_article_that_cannot_be_shown_is_left_out_and_named_at_the_desk(client, chief, monkeypatch, caplog):
    make_article("Good", at=ago(days=2))
    bad = make_article("Bad", at=ago(days=1), body="Breaks here.")
    whole = weaving.weave

    def weave(*texts, **kw):
        if any("Breaks here." in each for each in texts):
            raise RuntimeError
        return whole(*texts, **kw)

    monkeypatch.setattr("articles.weaving.weave", weave)
    for format in ("rss", "atom"):
        assert [entry.title for entry in parsed(client, f"/feed.{format}").entries] == ["Good"]
    assert [item["title"] for item in client.get("/feed.json").json()["items"]] == ["Good"]
    assert f"Article {bad.pk} can't be shown in feeds." in caplog.text
    client.force_login(chief)
    assert "Left out of the feeds" in client.get("/admin/").content.decode()


def test_a_feed_opened_in_a_browser_is_readable(client, article):
    content = client.get("/feed.atom").content.decode()
    assert '<?xml-stylesheet href="/static/feed.css" type="text/css"?>' in content
    for accept in ("text/html,*/*;q=0.8", "application/atom+xml, */*"):
        answer = client.get("/feed.atom", headers={"accept": accept})
        assert answer["Content-Type"] == "application/xml; charset=utf-8"
        assert answer.content.decode() == content


# OPML -----------------------------------------------------------------------------------------------------------------


def outlines(response):
    assert response["Content-Type"].startswith("text/x-opml")
    return {each.get("text"): each.get("xmlUrl") for each in ET.fromstring(response.content).iter("outline")}  # noqa: S314


def test_chosen_themes_come_in_one_file(client):
    make_article(themes=["Syria", "Libya", "Arms & trade"])
    everything = outlines(client.get("/feeds.opml"))
    assert len(everything) == 4
    assert everything["example.com"] == "http://example.com/feed.atom"
    some = outlines(client.get("/feeds.opml?theme=syria&theme=arms-trade"))
    assert some == {
        "Syria · example.com": "http://example.com/themes/syria/feed.atom",
        "Arms & trade · example.com": "http://example.com/themes/arms-trade/feed.atom",
    }
    for address in some.values():
        assert client.get(address.replace("http://example.com", "")).status_code == 200
    assert client.get("/feeds.opml?theme=nowhere").status_code == 404
    assert 'name="theme" value="syria"' in client.get("/feeds/").content.decode()
