"""WebSub: subscribers learn of everything that changes, and a publication never waits for the hub."""

import datetime

import feedparser
import pytest
from django.contrib.sites.models import Site
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles import hub, network, publishing
from articles.models import Article, Edition, Theme, Topic

from .make import ago, change, make_article, make_author, make_series, make_theme
from .websub import Hub, Subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch):
    """No cache stands between the hub and the feeds."""
    monkeypatch.setattr("articles.management.commands.push.SETTLED", 0)


@pytest.fixture(autouse=True)
def open_house(monkeypatch):
    """Let this machine's own address, and any port, pass for public ones."""
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(network, "PORTS", range(65536))


@pytest.fixture
def refusing(monkeypatch):
    """A hub in our own process: {address: exception}; what it is told is in `told`."""

    class Told(list):
        trouble = None

    told = Told()

    def ping(_hub, url):
        if told.trouble:
            raise told.trouble
        told.append(url.removeprefix("http://example.com"))

    monkeypatch.setattr(hub, "ping", ping)
    return told


def round(at=None):
    hub.look()
    return hub.tell("http://hub.invalid/", "http://example.com", at or timezone.now())


def places(told):
    """Return the lists whose feeds were told, each of which must have been told in every format."""
    found = {address.partition("feed.")[0] for address in told}
    assert sorted(told) == sorted(f"{place}feed.{format}" for place in found for format in ("atom", "rss", "json"))
    return found


@pytest.mark.large
@pytest.mark.django_db(transaction=True)
def test_a_subscriber_gets_a_publication_an_update_a_withdrawal_and_what_falls_due(live_server, settings, monkeypatch):
    with Hub() as server, Subscriber() as site, Subscriber() as theme:
        settings.HUB_URL = server.url
        Site.objects.update_or_create(pk=1, defaults={"domain": live_server.url.removeprefix("http://"), "name": "Us"})
        make_article("Before", themes=["Syria"], at=ago(days=1))
        call_command("push")
        assert server.pings == []  # nobody can have subscribed yet
        site.follow(f"{live_server.url}/feed.atom")
        theme.follow(f"{live_server.url}/themes/syria/feed.rss")

        def arrived(subscriber):
            call_command("push")
            found = [[entry.title for entry in feedparser.parse(body).entries] for body in subscriber.arrived]
            subscriber.arrived.clear()
            return found

        article = make_article("News", themes=["Syria"])
        assert arrived(site) == [["News", "Before"]]
        assert arrived(theme) == [["News", "Before"]]
        assert arrived(site) == arrived(theme) == []
        article = change(article, kind="correction", note="A name.", title="Better news")
        assert arrived(site) == [["Better news", "Before"]]
        make_article("Elsewhere", themes=["Libya"], at=ago(hours=2))
        theme.arrived.clear()
        assert (arrived(site), arrived(theme)) == ([["Better news", "Elsewhere", "Before"]], [])
        make_article("Soon", themes=["Syria"], at=ago(minutes=-5))
        assert (arrived(site), arrived(theme)) == ([], [])
        later = ago(minutes=-6)
        monkeypatch.setattr("django.utils.timezone.now", lambda: later)
        assert arrived(site)[0][0] == "Soon"
        theme.arrived.clear()
        publishing.withdraw(article, by=None, based_on=article.working_id, note="Wrong.")
        assert arrived(theme) == [["Soon", "Before"]]


def test_exactly_what_changed_is_told(refusing):
    make_theme("Libya")
    series = make_series("A series")
    make_article("One", themes=["Syria"])
    round()
    make_article("Two", themes=["Libya"], authors=[make_author("Ayşe")], series=series)
    assert round() == len(refusing)
    assert places(refusing) == {"/", "/themes/libya/", "/authors/ayse/", "/series/a-series/"}
    refusing.clear()
    two = Article.objects.get(title="Two")
    change(two, kind="update", note="More.", body="```timeline\n1936: It began.\n```\n")
    round()
    assert places(refusing) == {"/", "/themes/libya/", "/authors/ayse/", "/series/a-series/", "/updates/", "/timeline/"}
    refusing.clear()
    assert round() == 0
    make_article("A draft", published=False, themes=["Syria"])
    assert round() == 0


def test_a_hub_that_is_away_is_told_later_and_each_time_after_a_longer_pause(refusing, caplog):
    make_article("One")
    round()
    refusing.trouble = hub.Unreachable("HTTP 503")
    make_article("Two")  # published all the same
    now = timezone.now()
    assert round(now) == 0
    waiting = list(Topic.objects.waiting())
    assert {(topic.attempts, topic.problem) for topic in waiting} == {(1, "HTTP 503")}
    assert {topic.try_at - now for topic in waiting} == {datetime.timedelta(minutes=2)}
    refusing.trouble = None
    assert round(now + datetime.timedelta(minutes=1)) == 0  # not yet
    refusing.trouble = hub.Unreachable("timed out")
    later = now + datetime.timedelta(minutes=2)
    assert round(later) == 0
    assert {topic.try_at - later for topic in Topic.objects.waiting()} == {datetime.timedelta(minutes=4)}
    Topic.objects.waiting().update(attempts=30)
    later += datetime.timedelta(minutes=4)
    assert round(later) == 0
    assert {topic.try_at - later for topic in Topic.objects.waiting()} == {datetime.timedelta(hours=12)}
    refusing.trouble = None
    assert round(later + datetime.timedelta(hours=12)) == len(waiting)
    assert not Topic.objects.waiting().exists()
    assert set(Topic.objects.values_list("attempts", "problem", "try_at")) == {(0, "", None)}


def test_one_feed_that_the_hub_refuses_keeps_no_other_back(monkeypatch):
    make_article("One", themes=["Syria"])
    round()
    told = []

    def ping(_hub, url):
        if "syria" in url:
            raise hub.Refused("HTTP 400")
        told.append(url)

    monkeypatch.setattr(hub, "ping", ping)
    make_article("Two", themes=["Syria"])
    assert round() == len(told) > 0
    assert {topic.address[:14] for topic in Topic.objects.waiting()} == {"/themes/syria/"}


def test_who_subscribed_under_a_former_address_is_told_too(refusing):
    make_article("One", themes=["Syria"])
    theme = Theme.objects.get()
    theme.slug = "suriye"
    publishing.save_theme(theme, by=None)
    round()
    make_article("Two", themes=[theme])
    round()
    assert {"/themes/syria/feed.atom", "/themes/suriye/feed.atom"} <= set(refusing)


def test_what_is_no_more_is_told_no_more(refusing):
    theme = make_theme("Syria")
    round()
    publishing.forget_row(theme, by=None)
    round()
    assert not Topic.objects.filter(address__startswith="/themes/").exists()


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503, 301])
def test_what_hubs_answer_is_told_apart(status):
    with Hub() as server:
        server.trouble = status
        kind = hub.Unreachable if status in {429, 500, 503} else hub.Refused
        with pytest.raises(kind, match=str(status)):
            hub.ping(server.url, "http://example.com/feed.atom")


def test_a_hub_that_is_not_there_is_unreachable():
    with Hub() as server:
        url = server.url
    with pytest.raises(hub.Unreachable, match="refused"):
        hub.ping(url, "http://example.com/feed.atom")


ANNOUNCED = ["/feed.atom", "/themes/syria/feed.rss", "/authors/the-editors/feed.json", "/updates/feed.atom",
             "/corrections/feed.json", "/timeline/feed.rss", "/series/a-series/feed.atom"]  # fmt: skip
NOT_ANNOUNCED = ["/feed.atom?archive=1", "/themes/libya+syria/feed.atom", "/themes/syria/feed.atom?not=libya",
                 "/search/feed.rss?q=one", "/search/feed.rss?q=one&theme=syria", "/timeline/feed.atom?theme=syria", "/articles/one/history/feed.json",
                 "/articles/feed.json"]  # fmt: skip


def test_the_hub_is_announced_where_it_is_told_and_nowhere_else(reader, settings, settled, short_feeds):
    settings.HUB_URL = "https://hub.example/"
    for number in range(6):
        make_article(f"{number}", themes=["Syria", "Libya"], series=make_series() if not number else None)
    make_article("One", slug="one", themes=["Syria", "Libya"])
    for address in ANNOUNCED:
        answer = reader.get(address)
        assert answer["Link"] == f'<https://hub.example/>; rel="hub", <http://example.com{address}>; rel="self"'
        assert "s-maxage=0" in answer["Cache-Control"]  # no cache in between hides the news from the hub
        again = reader.get(address, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again["Link"]) == (304, answer["Link"])
        if address.endswith("json"):
            assert answer.json()["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
        else:
            hubs = [link.href for link in feedparser.parse(answer.content).feed.links if link.rel == "hub"]
            assert hubs == ["https://hub.example/"]
    hub.look()
    assert set(ANNOUNCED) <= set(Topic.objects.values_list("address", flat=True))
    for address in NOT_ANNOUNCED:
        answer = reader.get(address)
        assert answer.status_code == 200, address
        assert "hub.example" not in answer.content.decode() + str(answer.headers), address


def test_without_a_hub_nothing_is_announced_and_the_command_says_so(client):
    make_article("One")
    answer = client.get("/feed.atom")
    assert "Link" not in answer
    assert b'rel="hub"' not in answer.content
    with pytest.raises(CommandError, match="HUB_URL"):
        call_command("push")


def test_the_hub_is_told_when_every_process_shows_what_changed(refusing, settings, monkeypatch):
    settings.HUB_URL = "http://hub.invalid/"
    slept = []
    monkeypatch.setattr("articles.management.commands.push.SETTLED", 3)
    monkeypatch.setattr("articles.management.commands.push.time.sleep", slept.append)
    make_article("One")
    call_command("push")
    assert 2 < slept[0] <= 3
    Edition.objects.update(changed_at=ago(hours=1))
    call_command("push")
    assert slept[1] == 0
