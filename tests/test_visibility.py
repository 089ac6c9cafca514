"""The leak test: every state an article can be in, through every public surface.

Every field of a hidden article holds a word of its own; no page, feed, header or map may show any of them.
"""

import datetime

import pytest
from django.utils import timezone

from articles import publishing
from articles.models import Article

from .make import ago, make_article, make_author, make_fields, make_series, make_theme

pytestmark = pytest.mark.django_db

CANARIES = ["xqtitle", "xqsummary", "xqbody", "xqslug"]


def hidden_fields(**kw):
    return {
        "title": "xqtitle",
        "slug": "xqslug",
        "summary": "xqsummary",
        "body": "xqbody",
        "themes": ["Syria", "Libya"],
        "series": make_series("Shared series"),
        "series_order": 2,
        **kw,
    }


def draft():
    return make_article(published=False, **hidden_fields())


def scheduled():
    return make_article(at=timezone.now() + datetime.timedelta(hours=1), **hidden_fields())


def withdrawn():
    return make_article(at=ago(days=1), withdrawn="Some reason.", **hidden_fields())


def unscheduled():
    article = scheduled()
    publishing.withdraw(article, by=None, based_on=article.working_id, note="")
    return article


def working_copy_of_a_live_article():
    """Live under other words; the words to come are in the working copy alone."""
    series = make_series("Shared series")
    article = make_article("Seen", slug="seen", themes=["Syria"], series=series)
    fields = make_fields("xqtitle", slug="xqslug", summary="xqsummary", body="xqbody", themes=["Syria", "Libya"])
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    return article


def restored_working_copy():
    """An earlier state brought back as working copy of a live article."""
    article = working_copy_of_a_live_article()
    old = article.revisions.first()
    publishing.save_draft(
        Article.objects.get(pk=article.pk),
        make_fields("Tame"),
        by=None,
        based_on=Article.objects.get(pk=article.pk).working_id,
    )
    article = Article.objects.get(pk=article.pk)
    publishing.restore(article, old, by=None, based_on=article.working_id)
    return article


STATES = [draft, scheduled, withdrawn, unscheduled, working_copy_of_a_live_article, restored_working_copy]

LISTINGS = [
    "/", "/articles/", "/articles/{year}/", "/articles/{year}/{month}/", "/themes/syria/", "/themes/libya/",
    "/themes/libya+syria/", "/themes/syria/?not=libya", "/authors/the-editors/", "/series/shared-series/",
    "/search/?q=xqtitle", "/search/?q=xqbody", "/search/?q=xqsummary", "/articles/?author=the-editors&theme=syria",
    "/timeline/", "/updates/", "/corrections/",
]  # fmt: skip
OTHERS = [
    "/themes/", "/feeds/", "/sitemap.xml", "/sitemap-articles-0.xml", "/sitemap-themes-0.xml", "/sitemap-authors-0.xml",
    "/sitemap-series-0.xml", "/robots.txt", "/articles/shown/", "/articles/xqslug/", "/no-such-page/", "/health/",
]  # fmt: skip


def surfaces():
    """Every public address, feeds of every listing included."""
    now = timezone.now()
    for listing in LISTINGS:
        listing = listing.format(year=now.year, month=f"{now.month:02}")
        yield listing
        path, mark, query = listing.partition("?")
        for format in ("rss", "atom", "json"):
            yield f"{path}feed.{format}{mark}{query}"
    yield from OTHERS


@pytest.mark.parametrize("state", STATES)
def test_no_surface_shows_what_is_hidden(client, state):
    make_article("Shown", slug="shown", themes=["Syria"], authors=[make_author()])
    state()
    for address in surfaces():
        response = client.get(address)
        assert response.status_code in {200, 301, 404, 410}, address
        body = response.content.decode()
        if "/search/" in address:  # what was typed is shown again
            body = body.replace(address.rpartition("q=")[2], "")
        if address == "/articles/xqslug/":
            body = body.replace("xqslug", "")
            if state is withdrawn:  # readers who knew it are told its title and why it went
                assert response.status_code == 410
                body = body.replace("xqtitle", "")
        if state is withdrawn and address.startswith(("/updates/", "/corrections/")):
            body = body.replace("xqtitle", "").replace("xqslug", "")
        everything = body + str(response.headers)
        for canary in CANARIES:
            assert canary not in everything.replace(address, ""), f"{canary} at {address}"


@pytest.mark.parametrize("state", STATES[:4])
def test_hidden_articles_count_nowhere(client, state):
    make_article("Shown", slug="shown", themes=["Syria"])
    state()
    counts = {theme.name: theme.count for theme in client.get("/themes/").context["themes"]}
    assert counts == {"Syria": 1, "Libya": 0}
    assert client.get("/themes/syria/").context["neighbours"] == []
    assert client.get("/search/?q=xqbody").context["page"].total == 0


@pytest.mark.parametrize("state", STATES[:4])
def test_a_hidden_article_leaves_feeds_and_their_dates_alone(client, state, settled):
    make_article("Shown", slug="shown", themes=["Syria"])
    make_theme("Libya")  # a theme is seen before its first article
    before, empty = client.get("/themes/syria/feed.atom"), client.get("/articles/2001/feed.atom")
    state()
    after = client.get("/themes/syria/feed.atom")
    assert after.content == before.content
    if state is not withdrawn:  # a withdrawal is a change readers may know of
        assert after.headers == before.headers
        assert client.get("/articles/2001/feed.atom").content == empty.content


@pytest.mark.parametrize("state", [draft, scheduled, unscheduled])
def test_bylines_and_series_of_drafts_alone_do_not_exist(client, state):
    state()
    for address in ("/authors/the-editors/", "/series/shared-series/", "/series/shared-series/feed.rss"):
        assert client.get(address).status_code == 404, address


def test_a_hidden_slug_answers_like_one_that_never_was(client):
    make_article(published=False, slug="hidden-one")
    hidden, never = client.get("/articles/hidden-one/"), client.get("/articles/hidden-two/")
    assert hidden.status_code == never.status_code == 404
    assert hidden.content.replace(b"hidden-one", b"") == never.content.replace(b"hidden-two", b"")


def test_when_its_time_comes_a_scheduled_article_is_everywhere(client, monkeypatch):
    article = scheduled()
    later = timezone.now() + datetime.timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get("/articles/xqslug/").status_code == 200
    for address in (
        "/",
        "/articles/",
        "/themes/syria/",
        "/themes/libya+syria/",
        "/feed.rss",
        "/themes/syria/feed.atom",
        "/authors/the-editors/feed.json",
        "/search/?q=xqbody",
        "/sitemap-articles-0.xml",
        "/series/shared-series/",
    ):
        assert "xqslug" in client.get(address).content.decode(), address
    assert {theme.count for theme in client.get("/themes/").context["themes"]} == {1}
    assert article.revisions.count() == 2


def test_public_pages_set_no_cookie_and_do_not_vary_by_it(client, editor):
    make_article("Shown", slug="shown", themes=["Syria", "Libya"])
    anonymous = {address: client.get(address) for address in surfaces()}
    client.force_login(editor)
    for address, response in anonymous.items():
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        assert client.get(address).content == response.content, address
