"""Readers that poll through a week of publications, mends, corrections, renames, a withdrawal and a change of host.

What they must find: every article once, corrections as changes of what they have, typos and renames as nothing at all.
One reader is written here after what feedparser makes of a feed, the other is newsboat itself.
"""

import contextlib
import datetime
import os
import shutil
import sqlite3
import subprocess
from collections import Counter
from dataclasses import dataclass, field

import feedparser
import pytest
from django.contrib.sites.models import Site
from django.utils import timezone

from articles import publishing
from articles.middleware import SecurityHeaders
from articles.models import Article, Theme

from .make import ago, change, make_article, make_theme

pytestmark = [pytest.mark.django_db, pytest.mark.large]
BODY = "Words and more words. " * 200
PLACES = ["/feed.atom", "/feed.rss", "/themes/syria/feed.atom"]


def week(monkeypatch):
    """Let a week pass, one thing happening a day; yield the name of each, and at last the articles."""
    start = timezone.now()

    def pass_days(days):
        monkeypatch.setattr("django.utils.timezone.now", lambda: start + datetime.timedelta(days=days))

    def publish(number, at):
        return make_article(f"Article {number}", slug=f"a-{number}", themes=["Syria"], at=at, body=BODY)

    make_theme("Syria")
    articles = [publish(number, ago(days=9 - number)) for number in range(3)]
    yield "what was there"
    pass_days(1)
    articles.append(publish(3, ago(hours=1)))
    articles.append(publish(4, ago(days=-1)))
    yield "a publication"
    pass_days(2.5)
    yield "one that falls due"
    articles[0] = change(articles[0], body=BODY + " A typo mended.")
    yield "a typo"
    pass_days(3)
    articles[1] = change(articles[1], kind="correction", note="A figure.", body=BODY + " Corrected.")
    yield "a correction"
    pass_days(4)
    articles[2] = change(articles[2], slug="another-slug", title="Another title")
    yield "a new slug and title"
    pass_days(5)
    syria = Theme.objects.get()
    syria.name, syria.slug = "Suriye", "suriye"
    publishing.save_theme(syria, by=None)
    yield "a theme renamed"
    pass_days(6)
    gone = Article.objects.get(pk=articles[0].pk)
    publishing.withdraw(gone, by=None, based_on=gone.working_id, note="Wrong throughout.")
    yield "a withdrawal"
    pass_days(7)
    Site.objects.update(domain="example.org")
    yield "a new host"
    yield articles


@dataclass
class Reader:
    """A feed reader: it knows items by their ids, marks those whose date moved, follows redirects for good."""

    client: object
    address: str
    etag: str = ""
    items: dict = field(default_factory=dict)  # id -> updated
    new: list = field(default_factory=list)  # ids in the order they came
    changed: list = field(default_factory=list)
    polls: list = field(default_factory=list)  # (status, bytes sent, bytes without a validator)

    def poll(self):
        headers = {"if-none-match": self.etag, "accept-encoding": "gzip"}
        answer = self.client.get(self.address, headers=headers, follow=True)
        if answer.redirect_chain:
            assert all(status == 301 for _address, status in answer.redirect_chain)
            self.address = answer.redirect_chain[-1][0]
        whole = self.client.get(self.address, headers={"accept-encoding": "gzip"})
        self.polls.append((answer.status_code, len(answer.content), len(whole.content)))
        if answer.status_code == 304:
            return
        assert answer.status_code == 200
        self.etag = answer["ETag"]
        feed = feedparser.parse(self.client.get(self.address).content)
        assert not feed.bozo
        ids = [entry.id for entry in feed.entries]
        assert len(ids) == len(set(ids))
        for entry in feed.entries:
            updated = entry.get("updated_parsed") if "updated" in entry else entry.published_parsed
            if entry.id not in self.items:
                self.new.append(entry.id)
            elif self.items[entry.id] != updated:
                self.changed.append(entry.id)
            self.items[entry.id] = updated


def test_everything_comes_once_and_nothing_comes_without_reason(client, monkeypatch, capsys):
    readers = [Reader(client, address) for address in PLACES]
    for happened in week(monkeypatch):
        for _time in range(4 if isinstance(happened, str) else 0):
            for reader in readers:
                reader.poll()
    articles = happened
    for reader in readers:
        assert sorted(reader.new) == sorted(article.uid.urn for article in articles), reader.address
        assert reader.changed == [articles[1].uid.urn], reader.address
        fresh = [status for status, _sent, _whole in reader.polls]
        assert fresh == [200, 304, 304, 304] * 9, reader.address  # one body for each thing that happened
        assert articles[0].uid.urn not in client.get(reader.address).content.decode()
    assert readers[2].address == "/themes/suriye/feed.atom"
    sent, whole = (sum(poll[place] for reader in readers for poll in reader.polls) for place in (1, 2))
    with capsys.disabled():
        print(f"\nA week of polling: {sent:,} bytes sent with validators, {whole:,} without")
    assert sent < whole / 3


@pytest.mark.skipif(
    not shutil.which("newsboat") and not os.environ.get("REQUIRE_BROWSER"), reason="newsboat is not installed"
)
@pytest.mark.django_db(transaction=True)
def test_newsboat_shows_every_article_once(live_server, monkeypatch, tmp_path, capsys):
    answers = record_answers(monkeypatch)
    boats = [Newsboat(tmp_path / str(number), live_server.url + place) for number, place in enumerate(PLACES)]
    for happened in week(monkeypatch):
        for _time in range(2 if isinstance(happened, str) else 0):
            for boat in boats:
                boat.reload()
    for boat in boats:
        assert boat.shown == {article.uid.urn: 1 for article in happened}, boat.url  # none twice, none never
        assert boat.column("title")[happened[2].uid.urn] == "Another title"
        assert "Corrected." in boat.column("content")[happened[1].uid.urn]
    statuses = Counter(status for status, _size in answers if status != 301)
    # Of eighteen polls nine follow on something new; of its first answer newsboat keeps no validator.
    assert statuses == {200: 10 * len(PLACES), 304: 8 * len(PLACES)}
    sizes = {wanted: sum(size for status, size in answers if status == wanted) for wanted in (200, 304)}
    with capsys.disabled():
        print(f"\nnewsboat, a week: {len(happened)} items, each once in {len(PLACES)} feeds; "
              f"{sizes[200]:,} bytes in {statuses[200]} answers of 200, {sizes[304]} in {statuses[304]} of 304")  # fmt: skip


class Newsboat:
    """newsboat subscribed to the feed at `url`; `shown` counts how often it showed each item as new."""

    def __init__(self, home, url):
        home.mkdir()
        self.home, self.url, self.shown = home, url, Counter()
        (home / "urls").write_text(f"{url}\n")
        (home / "config").write_text("")

    def reload(self):
        """Poll once, read what is new."""
        files = ["-u", self.home / "urls", "-c", self.home / "cache.db", "-C", self.home / "config"]
        env = os.environ | {"HOME": str(self.home)}
        subprocess.run(["newsboat", "-q", *files, "-x", "reload"], env=env, check=True, capture_output=True, timeout=60)
        self.shown.update(guid for guid, unread in self.column("unread").items() if unread)
        self.query("UPDATE rss_item SET unread = 0")

    def column(self, name):
        """Return {guid: value} of a column of its items."""
        return dict(self.query(f"SELECT guid, {name} FROM rss_item"))  # noqa: S608 - our own words

    def query(self, sql):
        """Return the rows that `sql` finds in its cache."""
        with contextlib.closing(sqlite3.connect(self.home / "cache.db")) as database, database:
            return database.execute(sql).fetchall()


def record_answers(monkeypatch):
    """Return the list to which (status, bytes of the body) of every answer of the site is added from now on."""
    answers, answer = [], SecurityHeaders.__call__

    def recorded(self, request):
        response = answer(self, request)
        answers.append((response.status_code, len(response.content)))
        return response

    monkeypatch.setattr(SecurityHeaders, "__call__", recorded)
    return answers
