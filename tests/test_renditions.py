"""What was rendered is kept: what that spares, when it is forgotten, and that keeping it is in nobody's way."""

import logging
import zlib
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing
from articles.models import Rendition, rendition
from articles.publishing import beside

from .make import ago, change, make_article, make_author, make_picture, make_series, make_source, make_theme

pytestmark = pytest.mark.django_db

BODY = (
    "Said.[@hub-2022] See [[Libya]] and [[article:second]].[^1]\n\n```timeline\n2019: It began.\n```\n\n[^1]: A note."
)


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def fill():
    """Publish two articles that name much, and some more."""
    make_source("hub-2022")
    make_article("Second", slug="second", themes=["Syria", "Libya"])
    first = make_article("First", slug="first", themes=["Syria", "Libya"], body=BODY, series=make_series())
    for number in range(5):
        make_article(themes=["Syria", f"Theme {number}"], at=ago(days=number + 1))
    return first


def serials():
    return dict(Rendition.objects.values_list("pk", "serial"))


@pytest.mark.parametrize(
    ("address", "most"), [("/articles/first/", 1), ("/feed.atom", 5), ("/themes/syria/feed.rss", 7), ("/articles/", 7)]
)
def test_what_is_kept_costs_few_queries(client, kept, monkeypatch, address, most):
    fill()
    client.get(address)
    monkeypatch.setattr(
        "articles.publishing.keep_rendered", lambda *job: None
    )  # the page itself, now that all is there
    assert queries(client, address) <= most


@pytest.mark.large
@pytest.mark.parametrize("format", ["atom", "rss", "json"])
def test_a_feed_of_what_is_kept_is_the_same_byte_for_byte(client, format, monkeypatch):
    first = fill()
    change(first, lead_picture=make_picture().pk, kind="update", note="More <is> known & told.")
    fresh = client.get(f"/feed.{format}").content
    assert not Rendition.objects.exclude(feed=b"")
    monkeypatch.setattr("articles.publishing.keep_rendered", lambda store, *rendered: store(*rendered))
    assert client.get(f"/feed.{format}").content == fresh
    assert Rendition.objects.exclude(feed=b"").count() == 7
    monkeypatch.setattr("articles.feeds.items._rendered", None)
    assert client.get(f"/feed.{format}").content == fresh


def test_a_kept_page_is_shown_and_gone_with_its_article(client, kept):
    first = fill()
    page = client.get("/articles/first/")
    assert client.get("/articles/first/").content == page.content
    assert client.get("/articles/first/").headers == page.headers
    publishing.withdraw(first, by=None, based_on=first.working_id, note="Wrong.")
    assert client.get("/articles/first/").status_code == 410


def test_what_was_begun_earlier_is_not_kept_over_what_was_begun_later(client):
    """Between the two an article may have come out by itself, which the page made earlier doesn't show."""
    first = fill()
    early = Rendition.objects.ticket("first", "example.com")
    late = Rendition.objects.ticket("first", "example.com")
    assert early.at < late.at
    publishing.store_rendition(late, "page", b"late")
    publishing.store_rendition(early, "page", b"early")
    assert zlib.decompress(Rendition.objects.get(article=first).page) == b"late"


def test_what_was_begun_before_a_change_is_not_kept(client, monkeypatch):
    first, jobs = fill(), []
    monkeypatch.setattr("articles.publishing.keep_rendered", lambda *job: jobs.append(job))
    client.get("/articles/first/")
    change(first, title="Another title")
    store, *rendered = jobs.pop()
    store(*rendered)
    assert not Rendition.objects.exclude(page=b"")
    client.get("/articles/first/")
    theme = make_theme("Egypt")
    store, *rendered = jobs.pop()
    store(*rendered)
    theme.name = "Egypt and Sudan"
    assert Rendition.objects.page("first") is None  # kept under names that are past


def test_what_fell_due_takes_everything_older_with_it(client, kept, monkeypatch):
    first = fill()
    client.get("/articles/first/")
    client.get("/feed.atom")
    Rendition.objects.filter(pk=first.pk).update(until=ago(minutes=1))
    client.get("/articles/first/")
    row = Rendition.objects.get(pk=first.pk)
    assert row.page
    assert not row.feed


def test_a_text_that_names_what_nobody_knows_is_rendered_each_time(client, kept):
    make_article("Loose", slug="loose", body="See [[Nowhere]].")
    make_article("Unsourced", slug="unsourced", body="Said.[@nobody-2020]")
    for slug in ("loose", "unsourced"):
        client.get(f"/articles/{slug}/")
        assert Rendition.objects.page(slug) is None
    make_theme("Nowhere")
    assert 'href="/themes/nowhere/"' in client.get("/articles/loose/").content.decode()


def test_what_nothing_uses_empties_nothing(client, kept):
    fill()
    client.get("/articles/first/")
    before = serials()
    make_source("unused")
    publishing.save_row(make_author("Nobody"), by=None)
    publishing.save_row(make_series("Empty"), by=None)
    make_picture()
    assert serials() == before
    assert Rendition.objects.page("first")


def test_an_upgrade_makes_everything_again(client, kept, monkeypatch):
    fill()
    client.get("/articles/first/")
    assert Rendition.objects.page("first")
    monkeypatch.setattr(rendition, "fingerprint", lambda: "the next release")
    rendition._made_by.cache_clear()
    assert Rendition.objects.page("first") is None
    rendition._made_by.cache_clear()


def test_rebuild_forgets(client, kept):
    fill()
    client.get("/articles/first/")
    call_command("rebuild")
    assert not Rendition.objects.exclude(page=b"")


@pytest.mark.large
def test_publishing_touches_as_many_renditions_at_any_size():
    def touched():
        before = serials()
        make_article(themes=["Syria"])
        return sum(serials().get(pk) != serial for pk, serial in before.items())

    for number in range(20):
        make_article(themes=["Syria"], at=ago(days=number + 1))
    assert touched() <= 15


@pytest.mark.django_db(transaction=True)
def test_a_thread_of_its_own_keeps_what_a_request_rendered(client, monkeypatch):
    monkeypatch.setattr("articles.publishing.keep_rendered", beside.keep_rendered)
    monkeypatch.setattr(beside, "IDLE", 0.2)
    make_article("First", slug="first")
    page = client.get("/articles/first/").content
    beside._thread.join(30)
    assert Rendition.objects.page("first").partition(b"\n")[2] == page
    assert beside._thread is None


def test_a_database_that_refuses_costs_a_line_in_the_log(caplog, monkeypatch):
    def refuse(*_job):
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(beside.connections, "close_all", lambda: None)
    with caplog.at_level(logging.WARNING):
        beside._try((refuse, ()))
    assert "What was rendered can't be stored now: attempt to write a readonly database" in caplog.text


def test_what_has_no_room_is_dropped(monkeypatch):
    monkeypatch.setattr(beside, "_waiting", beside.queue.Queue(1))
    monkeypatch.setattr(beside, "_start", lambda: None)
    for _each in range(3):
        beside.keep_rendered(publishing.store_rendition, None, "page", b"")
    assert beside._waiting.qsize() == 1


def test_what_falls_due_shows_at_its_time(client, kept, monkeypatch):
    make_article("Later", slug="later", themes=["Syria"], at=ago(hours=-1))
    make_article("One", slug="one", themes=["Syria"], body="See [[article:later]].")
    before = [client.get(address).content for address in ("/articles/one/", "/articles/one/", "/feed.json")]
    assert not any(b'href="/articles/later/"' in body for body in before)
    assert Rendition.objects.page("one")
    now = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert client.get("/articles/one/").content.count(b'href="/articles/later/"') == 2  # in the text, to read next
    assert b"/articles/later/" in client.get("/feed.json").content


def test_an_introduction_that_links_to_an_article_shows_there(client, kept):
    fill()
    theme = make_theme("Egypt")
    client.get("/articles/first/")
    theme.introduction = "See [[article:first]]."
    publishing.save_theme(theme, by=None)
    assert b'<a href="/themes/egypt/">Egypt</a>' in client.get("/articles/first/").content
    theme.introduction = "Nothing."
    publishing.save_theme(theme, by=None)
    assert b"/themes/egypt/" not in client.get("/articles/first/").content
