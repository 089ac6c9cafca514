"""A reader that polls through a week of publications, mends, corrections, renames, a withdrawal and a change of host.

What it must find: every article once, corrections as changes of what it has, typos and renames as nothing at all.
"""

from dataclasses import dataclass, field

import feedparser
import pytest
from django.contrib.sites.models import Site

from articles import publishing
from articles.models import Article, Theme

from .make import ago, change, make_article, make_theme

pytestmark = pytest.mark.django_db


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


def test_everything_comes_once_and_nothing_comes_without_reason(client, capsys):
    body = "Words and more words. " * 200
    make_theme("Syria")
    articles = [
        make_article(f"Article {n}", slug=f"a-{n}", themes=["Syria"], at=ago(days=9 - n), body=body) for n in range(3)
    ]
    readers = [Reader(client, address) for address in ("/feed.atom", "/feed.rss", "/themes/syria/feed.atom")]

    def poll(times=1):
        for _time in range(times):
            for reader in readers:
                reader.poll()

    poll(4)
    articles.append(make_article("Article 3", slug="a-3", themes=["Syria"], at=ago(hours=1), body=body))
    poll(4)
    articles[0] = change(articles[0], body=body + " A typo mended.")  # nothing that a reader is told
    poll(4)
    articles[1] = change(articles[1], kind="correction", note="A figure.", body=body + " Corrected.")
    poll(4)
    articles[2] = change(articles[2], slug="another-slug", title="Another title")
    poll(4)
    syria = Theme.objects.get()
    syria.name, syria.slug = "Suriye", "suriye"
    publishing.save_theme(syria)
    poll(4)
    gone = Article.objects.get(pk=articles[0].pk)
    publishing.withdraw(gone, by=None, based_on=gone.working_id, note="Wrong throughout.")
    poll(4)
    Site.objects.update(domain="example.org")
    poll(4)
    for reader in readers:
        assert sorted(reader.new) == sorted(article.uid.urn for article in articles), reader.address
        assert reader.changed == [articles[1].uid.urn], reader.address
        fresh = [status for status, _sent, _whole in reader.polls]
        assert fresh == [200, 304, 304, 304] * 8, reader.address  # one body for each thing that happened
        assert gone.uid.urn not in client.get(reader.address).content.decode()
    assert readers[2].address == "/themes/suriye/feed.atom"
    sent, whole = (sum(poll[place] for reader in readers for poll in reader.polls) for place in (1, 2))
    with capsys.disabled():
        print(f"\nA week of polling: {sent:,} bytes sent with validators, {whole:,} without")
    assert sent < whole / 3
