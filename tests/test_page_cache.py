"""Ready bytes are served while they are true, to everybody alike, and to nobody they aren't meant for."""

import datetime
import threading
import time
from dataclasses import replace

import pytest
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from django.utils import timezone

from articles import publishing
from articles.models import Article, Edition, Theme
from relations_site import page_cache
from relations_site.page_cache import Watch, canonical

from .make import ago, change, make_article, make_author, make_source, make_theme

pytestmark = pytest.mark.django_db
PAGES = ["/", "/articles/", "/articles/pipes/", "/themes/", "/themes/syria/", "/feed.atom", "/sitemap.xml",
         "/articles/pipes/card.png", "/timeline/timeline.csv", "/robots.txt", "/search/?q=text"]  # fmt: skip


@pytest.fixture
def article():
    return make_article("Pipes", slug="pipes", themes=["Syria"], at=ago(hours=2))


@pytest.fixture
def asked(monkeypatch, reader):
    """The addresses that Django was asked for."""
    paths = []
    django = reader.handler.cache.application

    def application(environ, start_response):
        paths.append(environ["PATH_INFO"])
        return django(environ, start_response)

    monkeypatch.setattr(reader.handler.cache, "application", application)
    return paths


# What is kept --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_made_once(reader, asked, article, settled, address):
    first, second = reader.get(address), reader.get(address)
    assert (first.status_code, first.content, first.headers) == (200, second.content, second.headers)
    assert len(asked) == 1


def test_an_answer_costs_the_question_whether_anything_changed_and_no_other(reader, article, django_assert_num_queries):
    reader.get("/articles/pipes/")
    with django_assert_num_queries(1):
        reader.get("/articles/pipes/")


def test_head_says_what_get_says_without_the_bytes(reader, asked, article):
    head, got = reader.head("/articles/pipes/"), reader.get("/articles/pipes/")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers
    assert head["Content-Length"] == str(len(got.content))
    assert len(asked) == 1


def test_parameters_that_the_page_does_not_read_neither_vary_nor_fill_it(reader, asked, article):
    plain = reader.get("/articles/pipes/")
    for query in ("utm_source=x", "page=2", "q=x&since=y", "%ff=%00", "utm_source=x&utm_source=y", "=", "&&"):
        assert reader.get(f"/articles/pipes/?{query}").content == plain.content
    assert len(asked) == 1
    assert len(reader.handler.cache.pages) == 1


def test_parameters_in_another_order_lead_to_the_canonical_address(reader, article):
    make_theme("Libya")
    answer = reader.get("/articles/?theme=syria&author=the-editors&fbclid=1")
    assert (answer.status_code, answer["Location"]) == (301, "/articles/?author=the-editors&theme=syria")


def test_only_what_everybody_may_see_is_kept(reader, chief, article):
    draft = make_article("Secret", published=False)
    reader.force_login(chief)
    for address in (
        "/admin/",
        f"/admin/articles/article/{draft.pk}/change/",
        "/health/",
        "/articles/secret/",
        "/nowhere/",
    ):
        reader.get(address)
        assert len(reader.handler.cache.pages) == 0, address
    reader.logout()
    reader.get("/articles/secret/")
    reader.get("/articles/?theme=nowhere")
    assert len(reader.handler.cache.pages) == 0


def test_who_is_logged_in_is_shown_the_page_itself(reader, asked, chief, article):
    kept = reader.get("/articles/pipes/")
    reader.force_login(chief)
    Article.objects.filter(slug="pipes").update(title="Changed behind the cache")
    shown = reader.get("/articles/pipes/")
    assert "Changed behind the cache" in shown.content.decode()
    reader.logout()
    assert reader.get("/articles/pipes/").content == kept.content


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "tr"}, {"user-agent": "x" * 5000}, {"cookie": "theme=dark; csrftoken=x"}, {"accept": "*/*"},
        {"authorization": "Basic eDp4"}, {"x-forwarded-host": "evil.example"}, {"x-original-url": "/admin/"},
        {"x-http-method-override": "POST"}, {"cache-control": "no-cache"}, {"range": "bytes=0-9"},
        {"x-forwarded-for": "<script>"}, {"referer": "https://evil.example/"}, {"if-none-match": '"x"'},
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_no_header_changes_a_page_for_the_next(reader, article, headers, first):
    if first:
        odd, plain = reader.get("/articles/pipes/", headers=headers), reader.get("/articles/pipes/")
    else:
        plain, odd = reader.get("/articles/pipes/"), reader.get("/articles/pipes/", headers=headers)
    assert (odd.status_code, odd.content, odd.headers) == (200, plain.content, plain.headers)
    assert not plain.cookies
    assert plain["Vary"] == "Accept-Encoding"


def test_a_foreign_host_is_shown_nothing_kept(reader, settings, article):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert reader.get("/articles/pipes/").status_code == 200
    assert reader.get("/articles/pipes/", headers={"host": "evil.example"}).status_code == 400


def test_where_https_is_asked_for_http_leads_there(reader, settings, article):
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    assert reader.get("/articles/pipes/", secure=True).status_code == 200
    assert reader.get("/articles/pipes/").status_code == 301


def test_memory_is_bounded_in_bytes_and_what_is_asked_for_most_stays(reader, asked, article):
    reader.handler.cache.pages = page_cache.LRUCache(150_000, getsizeof=lambda page: page.size)
    for number in range(60):
        reader.get("/articles/pipes/")
        reader.get(f"/search/?q=word{number}", headers={"accept-encoding": "gzip"})
    assert asked.count("/articles/pipes/") == 1
    assert reader.handler.cache.pages.currsize <= 150_000
    assert sum(page.size for page in reader.handler.cache.pages.values()) == reader.handler.cache.pages.currsize


def test_addresses_without_public_pages_are_none_of_the_caches_business():
    assert canonical("/articles/x/", "utm=1") == ("/articles/x/", "")
    assert canonical("/search/", "q=a+b&x=1&page=2") == ("/search/", "q=a+b&page=2")
    for path, query in (
        ("/admin/", ""),
        ("/admin/login/", "next=/"),
        ("/\xff/", ""),
        ("/a/b/c", ""),
        ("/search/", "&".join("q=1" for _ in range(60))),
    ):
        assert canonical(path, query) is None


def test_an_address_of_the_front_page_that_may_lead_elsewhere_is_never_kept(reader, article, settled):
    Redirect.objects.create(site_id=1, old_path="/?p=12", new_path="/articles/pipes/")
    assert reader.get("/").status_code == 200
    kept = len(reader.handler.cache.pages)
    for number in range(12, 20):
        assert reader.get(f"/?p={number}").headers["Location"] == ("/articles/pipes/" if number == 12 else "/")
    assert reader.get("/?utm=1").content == reader.get("/").content
    assert len(reader.handler.cache.pages) == kept
    assert canonical("/", "p=x&utm=1") == ("/", "")
    assert canonical("/articles/", "p=12") == ("/articles/", "")
    assert canonical("/", "x=1&page_id=3") is None


# How long it is true -------------------------------------------------------------------------------------------------


def changes(article):
    """Yield (what, a function that changes what readers see, an address that shows it) of everything the desk can do."""
    theme = Theme.objects.get(slug="syria")
    source = make_source("tass-2025", "A report")
    author = make_author()

    def told(**kw):
        change(Article.objects.get(pk=article.pk), **kw)

    yield "typo", lambda: told(body="Said.[@tass-2025]"), "/articles/pipes/"
    yield "correction", lambda: told(kind="correction", note="Wrong.", summary="Another."), "/corrections/"
    yield "another article", lambda: make_article("Next", themes=["Syria"]), "/themes/syria/"
    yield "source", lambda: publishing.save_row(rename(source, title="Another report"), by=None), "/articles/pipes/"
    yield (
        "dead source",
        lambda: [publishing.record_check(source, gone=True, alive=False, why="404") for _ in range(3)],
        "/articles/pipes/",
    )
    yield "author", lambda: publishing.save_row(rename(author, name="Those who edit"), by=None), "/articles/pipes/"
    yield "theme", lambda: publishing.save_theme(rename(theme, name="The Levant"), by=None), "/articles/pipes/"
    yield "alias", lambda: publishing.teach_names(theme, by=None), "/themes/syria/"
    yield "site", lambda: publishing.save_row(rename(Site.objects.get(), name="Another name"), by=None), "/robots.txt"
    yield "withdrawal", lambda: withdraw(article), "/articles/pipes/"


def rename(row, **told):
    for name, value in told.items():
        setattr(row, name, value)
    return row


def withdraw(article):
    article = Article.objects.get(pk=article.pk)
    publishing.withdraw(article, by=None, based_on=article.working_id, note="Wrong throughout.")


def test_whatever_changes_ends_what_is_kept(reader, asked, article):
    for what, act, address in changes(article):
        reader.get(address)
        asked.clear()
        reader.get(address)
        assert asked == [], what
        act()
        reader.get(address)
        assert asked, what
    assert reader.get("/articles/pipes/").status_code == 410


def test_drafts_leave_it_alone_and_schedules_show_nothing(reader, asked, article):
    before = reader.get("/articles/")
    asked.clear()
    make_article("Draft", published=False, themes=["Syria"])
    reader.get("/articles/")
    assert asked == []
    make_article("Tomorrow", at=ago(days=-1), themes=["Syria"])
    after = reader.get("/articles/")
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])


def test_what_waited_for_its_turn_past_an_hour_shows_all_the_same(reader, article, monkeypatch):
    """The hour of a scheduled article passes while its change is being written: the state has counted it already."""
    due = make_article("Old title", slug="due", at=ago(hours=-1))
    later = timezone.now() + datetime.timedelta(hours=2)
    take_turn = Edition.take_turn

    def slow(**kw):
        take_turn(**kw)
        monkeypatch.setattr("django.utils.timezone.now", lambda: later)
        assert "Old title" in reader.get("/articles/due/").content.decode()

    monkeypatch.setattr(Edition, "take_turn", slow)
    fields = replace(publishing.Fields.of(due.working), title="New title")
    publishing.publish(due, fields, by=None, based_on=due.working_id, at=due.published_at)
    assert "New title" in reader.get("/articles/due/").content.decode()


def test_what_is_gone_or_elsewhere_takes_the_place_of_its_copy(reader, article):
    change(article, slug="tubes")
    withdraw(make_article("Gone", slug="gone"))
    for address, status in (("/articles/pipes/", 301), ("/articles/gone/", 410), ("/articles/nowhere/", 404)):
        answer = reader.get(address)
        assert (answer.status_code, answer["X-Accel-Expires"]) == (status, "1")
        assert answer["Cache-Control"] == "public, no-cache"


def test_a_long_address_promises_what_a_short_one_does(reader, asked, article):
    short = reader.get("/articles/pipes/")
    assert reader.get(f"/articles/pipes/?fbclid={'x' * 3000}").headers == short.headers
    assert len(asked) == 1
    long = reader.get(f"/search/?q={'%D0%B6' * 199}", headers={"accept-encoding": "br"})
    assert (long["X-Accel-Expires"], long["Content-Encoding"]) == ("1", "br")


def test_without_memory_nothing_is_kept_and_everything_else_is_the_same(reader, asked, article):
    cache = reader.handler.cache
    kept = reader.get("/articles/pipes/", headers={"accept-encoding": "gzip"})
    cache.pages, cache.largest = page_cache.LRUCache(0), 0
    for _time in range(2):
        answer = reader.get("/articles/pipes/", headers={"accept-encoding": "gzip"})
        assert (answer.content, answer.headers) == (kept.content, kept.headers)
    assert len(asked) == 3


def test_what_is_for_this_moment_is_kept_by_nobody(reader, article, monkeypatch):
    monkeypatch.setattr("articles.feeds.polling.second_is_over", lambda instant: False)
    assert reader.get("/feed.atom")["X-Accel-Expires"] == "0"
    assert len(reader.handler.cache.pages) == 0


def test_odd_hosts_leave_the_cache_to_the_others(reader, asked, settings, article):
    settings.ALLOWED_HOSTS = [".example.org"]
    reader.handler.cache.hosts.update(f"{number}.example.org" for number in range(100))
    for _time in range(2):
        assert reader.get("/articles/pipes/", headers={"host": "www.example.org"}).status_code == 200
    assert len(asked) == 1


def test_what_falls_due_by_itself_shows_at_its_second(reader, article, monkeypatch):
    make_article("Due", at=ago(hours=-1))
    assert "Due" not in reader.get("/articles/").content.decode()
    later = timezone.now() + datetime.timedelta(hours=1, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert "Due" in reader.get("/articles/").content.decode()


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (3600, "public, max-age=30, s-maxage=10, stale-while-revalidate=20, stale-if-error=86400"),
        (15, "public, max-age=14, s-maxage=10, stale-while-revalidate=0, stale-if-error=86400"),
        (5, "public, max-age=4, s-maxage=4, stale-while-revalidate=0, stale-if-error=86400"),
    ],
)
def test_nothing_is_fresh_past_the_hour_of_the_next_article(reader, article, left, expected):
    make_article("Due", at=ago(seconds=-left))
    for _time in range(2):
        assert reader.get("/articles/")["Cache-Control"] == expected


def test_other_caches_can_forget_by_name(reader, article):
    theme = Theme.objects.get(slug="syria")
    for address in ("/articles/pipes/", "/themes/syria/", "/"):
        answer = reader.get(address)
        assert f"article-{article.pk}" in answer["Surrogate-Key"].split()
        assert answer["Cache-Tag"] == answer["Surrogate-Key"].replace(" ", ",")
    assert f"theme-{theme.pk}" in reader.get("/articles/pipes/")["Cache-Tag"].split(",")


def test_a_page_made_while_something_changed_is_not_kept(reader, article, monkeypatch):
    cache = reader.handler.cache
    django = cache.application

    def slow(environ, start_response):
        response = django(environ, start_response)
        change(Article.objects.get(pk=article.pk), title="Changed meanwhile")
        cache.watch.check()
        return response

    monkeypatch.setattr(cache, "application", slow)
    assert "Changed meanwhile" not in reader.get("/articles/pipes/").content.decode()
    monkeypatch.setattr(cache, "application", django)
    assert "Changed meanwhile" in reader.get("/articles/pipes/").content.decode()


# When the database is away ------------------------------------------------------------------------------------------


def test_what_is_kept_goes_on_being_served_and_says_how_old_it_is(reader, article, monkeypatch):
    cache = reader.handler.cache
    kept = reader.get("/articles/pipes/")

    def away():
        raise OperationalError("the server closed the connection unexpectedly")

    here = cache.watch.read
    monkeypatch.setattr(cache.watch, "read", away)
    monkeypatch.setattr(cache, "application", None)  # would fail when called
    assert "Age" not in reader.get("/articles/pipes/")
    cache.watch.confirmed = time.monotonic() - 70
    old = reader.get("/articles/pipes/")
    assert (old.status_code, old.content, old["Age"]) == (200, kept.content, "70")
    monkeypatch.setattr(cache.watch, "read", here)
    assert "Age" not in reader.get("/articles/pipes/")


# The thread that watches ----------------------------------------------------------------------------------------------


def eventually(holds):
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


def test_the_watch_sees_a_change_by_itself_and_says_so_once():
    state, forgotten = ["one"], []
    watch = Watch(lambda: (state[0], None), lambda: forgotten.append(state[0]), pause=0.02)
    age, due = watch.catch_up()
    assert age < Watch.LIMIT
    assert due == float("inf")
    state[0] = "two"
    assert eventually(lambda: watch.state == "two")
    assert forgotten == ["one", "two"]


def test_the_watch_asks_when_the_next_article_falls_due():
    asked = []

    def read():
        asked.append(time.monotonic())
        return len(asked) > 1, None if len(asked) > 1 else 0.1

    watch = Watch(read, lambda: None, pause=600)
    watch.catch_up()
    assert eventually(lambda: watch.state is True)
    assert len(asked) == 2


def test_nobody_waits_for_a_database_that_is_away():
    calls = []

    def read():
        calls.append(1)
        raise OperationalError("away")

    watch = Watch(read, lambda: None, pause=600)
    watch.catch_up()
    assert watch.failing
    before = len(calls)
    watch.catch_up()
    assert eventually(lambda: len(calls) > before)  # it is asked again, by the thread


def test_nobody_waits_for_long_for_a_database_that_does_not_answer():
    hanging, released = threading.Event(), threading.Event()

    def read():
        if hanging.is_set():
            released.wait(20)
        return "one", None

    watch = Watch(read, lambda: None, pause=0.01)
    watch.catch_up()
    hanging.set()
    time.sleep(0.1)
    started = time.monotonic()
    watch.catch_up(time.monotonic())
    watch.confirmed -= 10
    age, _due = watch.catch_up()
    assert age > 10
    assert time.monotonic() - started < 15  # twice half a second, on a busy machine
    released.set()


def test_one_connection_is_open_at_any_time(tmp_path, monkeypatch, django_db_blocker):
    """SQLite takes its log away with the last one, and on a full disk nobody could make it again to read by."""
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "site.sqlite3")}
    own, seen, there = ConnectionHandler({"default": database}), [], []
    monkeypatch.setattr(page_cache, "connections", own)

    def read():
        with own["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
        seen.append(own["default"])
        there.append([connection.connection is not None for connection in seen])
        watch.pause = 0.01 if len(seen) < 4 else 600
        return "one", None

    watch = Watch(read, lambda: None, pause=0.01)
    with django_db_blocker.unblock():
        watch.catch_up()
        assert eventually(lambda: len(there) == 4)
    assert there[-1] == [False, False, True, True]
