"""Lists and feeds kept in the database: shown until something they show changes, and not a moment longer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing, weaving
from articles.models import Article, KeptPage, Source, Theme
from articles.publishing import Change, Fields, pages

from .make import ago, make_article, make_author, make_series, make_theme

pytestmark = pytest.mark.django_db

HUBS = ("/themes/gas/", "/themes/straits/")


def change(article, **fields):
    changed = replace(Fields.of(article.working), **fields)
    publishing.publish(article, changed, by=None, based_on=article.working_id, change=Change.TYPO)


def called(slug):
    return Article.objects.get(slug=slug)


def held(client, address):
    """Whether what `address` answers is kept: one query brings it."""
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries) == 1


@pytest.fixture
def themes(kept, settled):
    """Two themes with two articles each."""
    found = [make_theme("Gas"), make_theme("Straits")]
    for theme in found:
        for number in range(2):
            make_article(f"{theme} {number}", slug=f"{theme.slug}-{number}", themes=[theme], at=ago(days=3))
    return found


@pytest.fixture
def visited(client, themes):
    for address in (*HUBS, "/", "/articles/", "/themes/", "/themes/gas/feed.atom", "/themes/gas/feed.atom"):
        client.get(address)
    assert set(KeptPage.objects.values_list("address", flat=True)) == {
        *HUBS,
        "/",
        "/articles/",
        "/themes/",
        "/themes/gas/feed.atom",
    }


@pytest.mark.parametrize(
    "address", ["/", "/themes/gas/", "/themes/gas+straits/", "/articles/?order=oldest", "/feed.json"]
)
def test_what_is_kept_is_what_is_made_anew(client, themes, address):
    made = client.get(address)
    made = client.get(address)  # of a feed the first finds no items kept
    again = client.get(address)
    assert again.content == made.content
    assert again.headers == made.headers
    assert (again.for_everybody, again.each_time) == (made.for_everybody, made.each_time)
    assert again.headers["Content-Type"].startswith("application/feed+json" if "json" in address else "text/html")


def test_one_query_brings_it(client, visited):
    for address in (*HUBS, "/", "/articles/", "/themes/", "/themes/gas/feed.atom"):
        assert held(client, address)


def test_a_publication_concerns_the_lists_it_is_in_alone(client, visited):
    make_article("New", themes=["Gas"])
    assert held(client, "/themes/straits/")
    for address in ("/themes/gas/", "/", "/articles/", "/themes/"):
        assert not held(client, address)
    assert "New" in client.get("/themes/gas/").content.decode()
    assert "New" in client.get("/themes/gas/feed.atom").content.decode()


def test_a_theme_taken_off_an_article_is_concerned(client, visited, themes):
    gas, straits = themes
    change(called("gas-0"), themes=(straits.pk,))
    assert "Gas 0" not in client.get("/themes/gas/").content.decode()
    assert "Gas 0" in client.get("/themes/straits/").content.decode()


def test_a_theme_that_a_text_names_is_concerned(client, visited):
    change(called("gas-0"), body="Of the [[Straits]].")
    assert "/articles/gas-0/" in client.get("/themes/straits/").content.decode()
    change(called("gas-0"), body="Of nothing.")
    assert "/articles/gas-0/" not in client.get("/themes/straits/").content.decode()


def test_a_theme_whose_introduction_names_an_article_is_concerned(client, visited, themes):
    themes[1].introduction = "See [[article:gas-0]]."
    publishing.save_theme(themes[1], by=None)
    client.get("/themes/straits/")
    change(called("gas-0"), title="Retitled")
    assert "Retitled" in client.get("/themes/straits/").content.decode()


def test_a_change_of_anything_else_concerns_every_list(client, visited, themes):
    themes[0].introduction = "Another one."
    publishing.save_theme(themes[0], by=None)
    assert not any(held(client, address) for address in HUBS)


def test_a_link_that_answers_concerns_nothing(client, visited):
    source = Source.objects.create(key="one", title="One", url="https://example.org/")
    publishing.record_check(source, gone=False, alive=True, why="200")
    assert held(client, "/themes/gas/")
    for _day in range(3):
        publishing.record_check(source, gone=True, alive=False, why="404")
    assert not held(client, "/themes/gas/")


def test_a_withdrawn_article_is_gone_from_every_list(client, visited):
    article = called("gas-0")
    publishing.withdraw(article, by=None, based_on=article.working_id, note="Wrong.")
    for address in ("/themes/gas/", "/", "/articles/", "/themes/gas/feed.atom"):
        assert "Gas 0" not in client.get(address).content.decode()


def test_what_falls_due_shows_at_its_time(client, visited, monkeypatch):
    make_article("Later", themes=["Gas"], at=ago(hours=-1))
    for address in HUBS:
        assert "Later" not in client.get(address).content.decode()
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert "Later" in client.get("/themes/gas/").content.decode()


def test_who_has_a_session_sees_it_made_anew(client, visited, writer):
    client.force_login(writer)
    assert not held(client, "/themes/gas/")


def test_one_page_is_kept_once_however_its_address_is_spelt(client, reader, themes):
    for query in ("", "&" * 60, "utm_source=x", "order=oldest", "%6frder=oldest", "order=old%65st", "&order=oldest&&"):
        reader.get(f"/themes/gas/?{query}")
        client.get(f"/themes/gas/?{query}")
    assert set(KeptPage.objects.values_list("address", flat=True)) == {"/themes/gas/", "/themes/gas/?order=oldest"}


def test_an_address_past_all_measure_is_not_kept(client, themes, monkeypatch):
    monkeypatch.setattr("articles.caching.LONGEST_ADDRESS", len(HUBS[0]))
    for address in HUBS:
        assert client.get(address).status_code == 200
    assert list(KeptPage.objects.values_list("address", flat=True)) == [HUBS[0]]


def test_an_empty_list_is_not_kept(client, themes):
    assert client.get("/themes/gas+straits/").status_code == 200
    assert not KeptPage.objects.exists()


def test_a_search_is_not_kept(client, themes):
    client.get("/search/?q=gas")
    assert not KeptPage.objects.exists()


NAMING = {
    "/themes/gas/": lambda theme: introduce(theme, "See [[article:to-come]] and [[article:to-come|those words]]."),
    "/timeline/": lambda theme: make_article(
        "Holder", themes=[theme], body="```timeline\n2019: [[article:to-come]].\n```"
    ),
    "/themes/gas/feed.atom": lambda theme: make_article("Holder", themes=[theme], body="See [[article:to-come]]."),
}


def introduce(theme, words):
    theme.introduction = words
    publishing.save_theme(theme, by=None)


@pytest.mark.parametrize("address", NAMING)
def test_no_row_tells_of_what_was_named_before_it_was_there(client, themes, address):
    """Its coming, as a draft and to readers, and what becomes of it show all the same."""

    def shown():
        for _turn in range(2):
            page = client.get(address).content.decode()
        return page

    NAMING[address](themes[0])
    shown()
    article = make_article("Come at last", slug="to-come", themes=["Egypt"], published=False)
    assert "/articles/to-come/" not in shown()
    publishing.publish(article, Fields.of(article.working), by=None, based_on=article.working_id)
    assert "Come at last" in shown()
    change(article, title="Other words", slug="elsewhere")
    assert "Other words" in shown()
    assert "/articles/elsewhere/" in shown()


def test_saving_a_draft_changes_no_list(client, themes):
    article = make_article("Holder", themes=["Gas"], body="See [[Egypt]].")
    make_theme("Egypt")
    make_article("Pyramids", themes=["Egypt"])
    before = client.get("/themes/egypt/").content.decode()
    fields = replace(Fields.of(article.working), summary="Another one.")
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    assert "Holder" not in before
    assert [str(row) for row in weaving.linked_from(Theme.objects.get(slug="egypt"))] == []
    article.refresh_from_db()
    publishing.publish(article, fields, by=None, based_on=article.working_id, change=Change.TYPO)
    assert "Holder" in client.get("/themes/egypt/").content.decode()


@pytest.mark.parametrize("kind", ["authors", "series"])
def test_an_author_and_a_series_are_concerned(client, themes, kind):
    row = make_author("Ada") if kind == "authors" else make_series("Run")
    told = {"authors": [row]} if kind == "authors" else {"series": row}
    article = make_article("Theirs", themes=["Gas"], **told)
    assert "Theirs" in client.get(row.get_absolute_url()).content.decode()
    assert held(client, row.get_absolute_url())
    change(article, title="Retitled")
    assert "Retitled" in client.get(row.get_absolute_url()).content.decode()
    make_article("Another", themes=["Straits"], **told)
    assert "Another" in client.get(row.get_absolute_url()).content.decode()


def test_a_feed_tells_of_the_hub_that_is_set_now(client, themes, settings):
    for _turn in range(2):
        client.get("/themes/gas/feed.atom")
    assert held(client, "/themes/gas/feed.atom")
    settings.HUB_URL = "https://hub.example/"
    assert "https://hub.example/" in client.get("/themes/gas/feed.atom").content.decode()


def test_what_stands_for_this_moment_alone_is_not_kept(client, themes, monkeypatch):
    monkeypatch.setattr("articles.feeds.polling.second_is_over", lambda instant: False)
    for _turn in range(3):
        client.get("/themes/gas/feed.atom")
    assert not KeptPage.objects.exists()


def test_what_was_begun_before_a_change_is_not_kept(client, themes, monkeypatch):
    jobs = []
    monkeypatch.setattr("articles.publishing.keep_rendered", lambda store, *job: jobs.append((store, job)))
    client.get("/themes/gas/")
    make_article("New", themes=["Straits"])
    for store, job in jobs:
        store(*job)
    assert not KeptPage.objects.exists()


def test_no_more_are_kept_than_there_is_room_for(client, themes, monkeypatch):
    monkeypatch.setattr(pages, "MOST_KEPT", 2)
    for address in ("/", *HUBS):
        client.get(address)
    assert set(KeptPage.objects.values_list("address", flat=True)) == set(HUBS)


def test_what_is_made_again_takes_nobodys_room(client, themes, monkeypatch):
    monkeypatch.setattr(pages, "MOST_KEPT", 4)
    for address in HUBS:
        client.get(address)
    for number in range(6):
        make_article(f"New {number}", themes=["Gas"])
        client.get("/articles/")
    client.get("/")
    assert KeptPage.objects.count() == 4


def test_a_crawler_that_goes_through_all_combinations_writes_nothing_and_drives_out_nothing(client, visited):
    before = set(KeptPage.objects.values_list("pk", "address"))
    year = timezone.now().year
    for address in ("/themes/gas/?not=straits", f"/articles/?theme=gas&year={year}", "/articles/feed.atom?theme=gas&author=x",
                    f"/articles/{year}/?author=the-editors", "/articles/?author=the-editors&theme=gas", "/timeline/?from=1999", "/timeline/?to=2099"):  # fmt: skip
        client.get(address, follow=True)
    assert set(KeptPage.objects.values_list("pk", "address")) == before


def test_a_combination_that_is_asked_for_again_is_kept(client, visited):
    for _time in range(2):
        assert not held(client, "/articles/?language=en&theme=gas")
    assert held(client, "/articles/?language=en&theme=gas")
