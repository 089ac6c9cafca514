"""Who follows: counted without knowing who, and without a poll waiting for it."""

import datetime
import random
import re
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.feeds import following
from articles.models import Following, Topic
from articles.models.following import estimate

from .make import ago, make_article

pytestmark = pytest.mark.django_db
FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)"


@pytest.fixture
def client(reader):
    """All requests go through the page cache."""
    return reader


def poll(client, address="/feed.atom", agent="newsboat/2.32", ip="203.0.113.5", **headers):
    return client.get(address, headers={"user-agent": agent, **headers}, REMOTE_ADDR=ip)


def counted(feed="/feed.atom"):
    following.keep()
    row = Following.objects.get(feed=feed)
    return estimate(row.seen), row.reported


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (FEEDLY, ("Feedly", 12)),
        ("Feedbin feed-id:1373711 - 144 subscribers", ("Feedbin", 144)),
        ("NewsBlur Feed Fetcher - 5 subscribers - http://www.newsblur.com (Mozilla/5.0)", ("NewsBlur", 5)),
        ("Mozilla/5.0 (compatible; theoldreader.com; 1 subscribers; feed-id=1)", ("theoldreader.com", 1)),
        ("Mozilla/5.0 (compatible; Inoreader/1.0; +http://www.inoreader.com; 3 subscribers)", ("Inoreader", 3)),
        ("newsboat/2.32 (Linux x86_64)", (None, 0)),
        ("- 5 subscribers", (None, 0)),
        ("Liar/1 99999999999 subscribers", (None, 0)),
        ("", (None, 0)),
    ],
)
def test_aggregators_say_for_how_many_they_ask(agent, expected):
    assert following.reported(agent) == expected


@given(st.text(max_size=300))
def test_any_user_agent_is_read(agent):
    name, subscribers = following.reported(agent)
    assert (name is None) == (subscribers == 0) or "0 " in agent
    assert name is None or re.fullmatch(r"[A-Za-z][\w.-]*", name)


def test_each_poller_of_a_day_counts_once(client):
    make_article("One")
    etag = poll(client)["ETag"]
    for _time in range(3):
        assert poll(client, **{"if-none-match": etag}).status_code == 304
    poll(client, ip="203.0.113.6")
    poll(client, agent="Reeder/5")  # another program behind the same address
    poll(client, ip="2001:db8::1")
    poll(client, ip="2001:db8::2")  # the same house
    assert counted() == (4, {})
    poll(client)
    assert counted() == (4, {})


def test_an_aggregator_counts_once_wherever_it_asks_from(client):
    make_article("One")
    poll(client, agent=FEEDLY, ip="203.0.113.5")
    poll(client, agent=FEEDLY.replace("12", "14"), ip="203.0.113.9")
    poll(client, agent="Feedbin feed-id:1 - 3 subscribers")
    assert counted() == (2, {"Feedly": 14, "Feedbin": 3})


def test_what_is_no_poll_of_a_feed_is_not_counted(client):
    make_article("One")
    client.head("/feed.atom")
    client.get("/nowhere/feed.atom")
    client.get("/articles/feed.atom?theme=energy-diplomacy")  # leads on to the feed of the theme
    client.get("/feed.atom?archive=1")
    following.keep()
    assert not Following.objects.exists()


def test_a_proxy_is_believed_only_where_one_is_set(client, settings):
    make_article("One")
    for end in range(3):
        poll(client, **{"x-forwarded-for": f"198.51.100.{end}"})
    assert counted()[0] == 1
    settings.TRUST_PROXY = True
    for end in range(3):
        poll(client, **{"x-forwarded-for": f"1.2.3.4, 198.51.100.{end}"})
    poll(client, **{"x-forwarded-for": "nonsense"})
    assert counted()[0] == 5


def test_no_address_is_stored_and_none_can_be_found_out(client):
    make_article("One")
    poll(client, ip="203.0.113.77", agent="A reader of mine/1.0")
    following.keep()
    row = Following.objects.values().get()
    assert "203.0.113" not in str(row)
    assert "reader of mine" not in str(row)
    assert int.from_bytes(row["pollers"]).bit_count() == 1  # one of 8,192, which half a million addresses share


@pytest.mark.parametrize("count", [0, 1, 10, 500, 5_000, 20_000])
def test_the_count_is_right_within_three_percent(count):
    chance, bits = random.Random(1), 0
    for _each in range(count):
        bits |= 1 << chance.randrange(8192)
    assert abs(estimate(bits) - count) <= max(1, count * 0.03)


def test_a_full_bitmap_is_still_a_number():
    assert estimate((1 << 8192) - 1) > 50_000


def test_what_two_processes_count_comes_together(client):
    today = timezone.now().date()
    Following.objects.add({(today, "/feed.atom"): (0b0110, {"Feedly": 3})})
    Following.objects.add({(today, "/feed.atom"): (0b1100, {"Feedly": 2, "Feedbin": 1})})
    row = Following.objects.get()
    assert (row.seen, row.reported) == (0b1110, {"Feedly": 3, "Feedbin": 1})


def test_what_cannot_be_stored_now_is_stored_later(client, monkeypatch):
    make_article("One")
    poll(client)
    with monkeypatch.context() as broken:
        broken.setattr(Following.objects, "add", Mock(side_effect=DatabaseError))
        following.keep()
    poll(client, ip="203.0.113.6")
    assert counted()[0] == 2


def test_searches_without_end_fill_no_memory(client, monkeypatch):
    monkeypatch.setattr(following, "MOST_FEEDS", 5)
    make_article("One")
    for number in range(9):
        poll(client, f"/search/feed.atom?q=word{number}")
    following.keep()
    assert Following.objects.count() == 6  # five, and one for all others
    assert Following.objects.filter(feed="").exists()


def test_the_desk_shows_subscribers_and_pollers_of_each_feed(client, writer):
    make_article("One", themes=["Syria"])
    today = timezone.now().date()
    for back, bits in enumerate((0b11, 0b1111, 0b1)):
        day = today - datetime.timedelta(days=back)
        Following.objects.add({(day, "/feed.atom"): (bits, {"Feedly": 10 + back} if back else {})})
    Following.objects.add({(today - datetime.timedelta(days=8), "/old/feed.atom"): (0b1, {"Feedly": 400})})
    Following.objects.add({(today, "/themes/syria/feed.atom"): (0b10100, {"Feedbin": 30, "Inoreader": 2})})
    feeds, days = following.overview(today)
    assert [(each.feed, each.subscribers, each.today, each.most) for each in feeds] == [
        ("/themes/syria/feed.atom", 32, 2, 2),
        ("/feed.atom", 11, 2, 4),
    ]
    assert [count for _day, count in days[-3:]] == [1, 4, 4]  # whoever reads two feeds is one
    client.force_login(writer)
    page = client.get("/admin/articles/following/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Feedbin 30, Inoreader 2" in text
    assert "/themes/syria/feed.atom" in text
    assert "None is set (HUB_URL)" in text
    assert "Who follows" in client.get("/admin/").content.decode()


def test_the_desk_says_what_the_hub_was_told(client, editor, settings):
    settings.HUB_URL = "https://hub.example/"
    client.force_login(editor)
    assert "Nothing has been told yet" in client.get("/admin/articles/following/").content.decode()
    Topic.objects.create(address="/feed.atom", state="b", told="a", told_at=ago(hours=1), attempts=2, try_at=ago(hours=-1),
                         problem="HTTP 503")  # fmt: skip
    page = client.get("/admin/articles/following/").content.decode()
    assert "1 feed waits to be told" in page
    assert "HTTP 503" in page


def test_nobody_else_sees_it(client, keeper):
    assert client.get("/admin/articles/following/").status_code == 302
    client.force_login(keeper)
    assert client.get("/admin/articles/following/").status_code == 403
    for address in ("/admin/articles/following/add/", "/admin/articles/following/1/change/"):
        assert client.get(address).status_code in {403, 404}, address


def test_counts_of_years_ago_are_forgotten():
    today = timezone.now().date()
    for back in (0, 300, 500):
        Following.objects.add({(today - datetime.timedelta(days=back), "/feed.atom"): (1, {})})
    call_command("housekeeping", most=0)
    assert Following.objects.count() == 2
