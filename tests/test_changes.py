"""What changed: for readers, from the published revisions; nothing that nobody saw."""

import importlib
from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone

from articles import publishing
from articles.models import Article, Revision

from .make import ago, change, forge, make_article
from .test_desk import shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    """Published, mended, updated and corrected, with a working copy that nobody has seen."""
    row = make_article("Gas", slug="gas", at=ago(days=9), body="Prices fell.\n\nA second paragraph.")
    row = change(row, body="Prices fell.\n\nA second paragraph!")
    row = change(row, kind="update", note="New figures.", body="Prices fell.\n\nA second paragraph!\n\nA third.")
    row = change(row, kind="correction", note="They rose.", body="Prices rose.\n\nA second paragraph!\n\nA third.")
    fields = publishing.Fields.of(row.working)
    publishing.save_draft(
        row, publishing.Fields(**vars(fields) | {"body": "Secret."}), by=None, based_on=row.working_id
    )
    for number, days in ((2, 9), (3, 6), (4, 4), (5, 2)):
        forge(Revision.objects.filter(number=number), saved_at=ago(days=days))
    return Article.objects.get(pk=row.pk)


def test_the_article_lists_what_readers_are_told_and_counts_the_rest(client, article):
    page = shown(client.get("/articles/gas/"))
    assert "They rose." in page and "New figures." in page and "And one small mend." in page


def test_the_history_shows_each_version_and_its_difference(client, article):
    page = shown(client.get("/articles/gas/history/"))
    assert "There have been 4 versions" in page
    assert "<del>fell.</del>" in page and "<ins>rose.</ins>" in page and "Secret" not in page
    assert page.index("Version 4") < page.index("Version 3") < page.index("Version 2") < page.index("Version 1")
    assert 'content="noindex"' in page


def test_each_version_is_shown_as_it_stood(client, article):
    texts = [shown(client.get(f"/articles/gas/versions/{number}/")) for number in (1, 2, 3, 4)]
    assert "A second paragraph." in texts[0] and "A second paragraph!" in texts[1]
    assert "A third." in texts[2] and "Prices fell." in texts[2] and "Prices rose." in texts[3]
    for number, page in enumerate(texts, start=1):
        assert f"Version {number} of 4" in page and 'content="noindex"' in page
    for wrong in ("0", "5", "99999", "x"):
        assert client.get(f"/articles/gas/versions/{wrong}/").status_code == 404


def test_what_is_new_since_a_date(client, article):
    day = f"{ago(days=3):%Y-%m-%d}"
    page = shown(client.get(f"/articles/gas/changes/?since={day}"))
    assert "<ins>rose.</ins>" in page and "They rose." in page and "New figures." not in page
    assert "Nothing in its words has changed" in shown(client.get("/articles/gas/changes/?since=2999-01-01"))
    assert "All of it" in shown(client.get("/articles/gas/changes/?since=1999-01-01"))
    moment = ago(days=5).isoformat().replace("+", "%2B")
    assert "<ins>A third.</ins>" in shown(client.get(f"/articles/gas/changes/?since={moment}"))
    assert client.get("/articles/gas/changes/")["Location"] == "/articles/gas/history/"
    for wrong in ("yesterday", "2026-13-01", "2026-02-30", "0000", "9999-12-31T23:59:59-23:00", "x" * 5000, "%00"):
        assert client.get(f"/articles/gas/changes/?since={wrong}").status_code == 404, wrong


def test_what_was_scheduled_and_changed_before_its_hour_was_seen_by_nobody(client, article):
    row = make_article("Soon", slug="soon", at=timezone.now() + timedelta(days=1), body="First secret.")
    fields = publishing.Fields(**vars(publishing.Fields.of(row.working)) | {"body": "What came out."})
    at = timezone.now() + timedelta(hours=2)
    publishing.publish(row, fields, by=None, based_on=row.working_id, at=at)
    for place in ("history/", "versions/1/", "changes/?since=2020-01-01", "history/feed.atom"):
        assert client.get(f"/articles/soon/{place}").status_code == 404
    Article.objects.filter(pk=row.pk).update(published_at=timezone.now())
    assert "There is one version" in shown(client.get("/articles/soon/history/"))
    page = shown(client.get("/articles/soon/versions/1/"))
    assert "What came out." in page and "First secret." not in page
    assert client.get("/articles/soon/versions/2/").status_code == 404


def test_a_withdrawn_text_is_shown_in_no_version(client, article):
    publishing.withdraw(article, by=None, based_on=article.working_id, note="It was wrong.")
    for place in ("history/", "versions/1/", "changes/?since=2020-01-01"):
        response = client.get(f"/articles/gas/{place}")
        assert response.status_code == 410 and "It was wrong." in shown(response)
    assert client.get("/articles/gas/history/feed.atom").status_code == 404
    page = shown(client.get("/corrections/"))
    assert "It was wrong." in page and "They rose." not in page


def test_corrections_of_the_whole_site_are_listed_and_followed(client, article):
    make_article("Other")
    page = shown(client.get("/corrections/"))
    assert "They rose." in page and "New figures." not in page and "Other" not in page
    assert client.get("/corrections/?page=1")["Location"] == "/corrections/"
    assert client.get("/corrections/?page=2").status_code == 404
    for address, notes in (
        ("/corrections/feed", ["They rose."]),
        ("/articles/gas/history/feed", ["They rose.", "New figures."]),
    ):
        for format in ("rss", "atom"):
            feed = feedparser.parse(client.get(f"{address}.{format}").content)
            assert not feed.bozo and [entry.summary for entry in feed.entries] == notes
            assert all(entry.id.startswith(f"urn:uuid:{article.uid}#revision-") for entry in feed.entries)
        items = client.get(f"{address}.json").json()["items"]
        assert [item["summary"] for item in items] == notes
        assert items[0]["title"] == "Correction: Gas"


def test_a_long_log_is_counted_in_part_and_shown_whole(client, article, monkeypatch):
    pages = importlib.import_module("articles.views.changes")
    monkeypatch.setattr(pages, "CHANGES_ON_A_PAGE", 1)
    monkeypatch.setattr(pages, "MOST_COUNTED", 2)
    for number in range(3):
        change(article, kind="correction", note=f"Mended {number}.")
    publishing.withdraw(other := make_article("Other"), by=None, based_on=other.working_id, note="It was wrong.")
    page = shown(client.get("/corrections/"))
    assert "It was wrong." in page and "Mended" not in page and 'href="/corrections/?page=2"' in page
    assert "Page 1<" in page
    page = shown(client.get("/corrections/?page=4"))
    assert "Mended 0." in page and "Page 4<" in page
    page = shown(client.get("/corrections/?page=5"))
    assert "They rose." in page and "Page 5 of 5" in page and 'rel="next"' not in page
    assert client.get("/corrections/?page=6").status_code == 404
    gone = make_article("Gone")
    change(gone, kind="update", note="More.")
    publishing.withdraw(gone, by=None, based_on=gone.working_id, note="It was wrong, too.")
    assert "It was wrong, too." in shown(client.get("/updates/"))
    assert "More." not in shown(client.get("/updates/?page=2"))


def test_former_addresses_lead_to_the_changes_too(client, article):
    change(article, slug="fuel", note="", kind="typo")
    assert client.get("/articles/gas/history/")["Location"] == "/articles/fuel/history/"
    assert client.get("/articles/gas/versions/1/")["Location"] == "/articles/fuel/versions/1/"
