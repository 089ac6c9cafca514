"""Clocks: hours that come twice or not at all, zones, leap days, and clocks that are set. What is kept doesn't get in the way."""

import datetime
import zoneinfo

import feedparser
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as some

from articles import publishing
from articles.admin.form import ArticleForm
from articles.models import Article

from .make import change, make_article
from .test_desk import ADD, posted, shown
from .thorough import times

UTC, HOUR = datetime.UTC, datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)
# Where and when clocks are changed, by the IANA's tables: (zone, an hour that isn't there, one that comes twice).
CHANGES = [
    ("Europe/Berlin", "2027-03-28T02:30", "2027-10-31T02:30"),
    ("America/New_York", "2027-03-14T02:30", "2027-11-07T01:30"),
    ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-04-04T01:45"),  # by half an hour
]
# (zone, what an editor types, the instant): beside those hours, where there are none, on a leap day, at a year's end.
TYPED = [
    ("Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59+00:00"),
    ("Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00+00:00"),
    ("Europe/Berlin", "2027-10-31T01:59", "2027-10-30T23:59+00:00"),
    ("Europe/Berlin", "2027-10-31T03:00", "2027-10-31T02:00+00:00"),
    ("America/New_York", "2027-03-14T03:00", "2027-03-14T07:00+00:00"),
    ("America/New_York", "2027-11-07T02:00", "2027-11-07T07:00+00:00"),
    ("Europe/Istanbul", "2027-03-28T02:30", "2027-03-27T23:30+00:00"),
    ("Europe/Istanbul", "2027-10-31T02:30", "2027-10-30T23:30+00:00"),
    ("Australia/Lord_Howe", "2027-10-03T02:30", "2027-10-02T15:30+00:00"),
    ("Australia/Lord_Howe", "2027-04-04T02:00", "2027-04-03T15:30+00:00"),
    ("Europe/Istanbul", "2028-02-29T12:00", "2028-02-29T09:00+00:00"),
    ("Europe/Istanbul", "2028-01-01T00:00", "2027-12-31T21:00+00:00"),
]
FEW = ["/articles/", "/feed.atom"]
LISTS = [
    "/",
    "/articles/",
    "/themes/syria/",
    "/themes/",
    "/feed.atom",
    "/themes/syria/feed.rss",
    "/feed.json",
    "/search/?q=coming",
]


@pytest.fixture
def at(monkeypatch, kept):
    """Set the site's clock to an instant; what is rendered is kept."""

    def set_to(instant):
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)

    set_to(datetime.datetime(2027, 1, 1, 12, tzinfo=UTC))
    return set_to


def showing(reader, paths=LISTS):
    """Return which of the lists at `paths` show the article "Coming", each asked twice, so that what is kept is asked too."""
    pages = {path: [reader.get(path).content.decode() for _time in range(2)] for path in paths}
    assert all(first.count("Coming") == again.count("Coming") for first, again in pages.values())
    return {path for path, (page, _again) in pages.items() if "Coming" in page}


def dates(reader, path="/feed.atom"):
    """Return the dates that a feed tells: its own, and of its items."""
    answer = reader.get(path)
    found = feedparser.parse(answer.content)
    told = [found.feed.updated_parsed, *(entry.updated_parsed for entry in found.entries)]
    told += [entry.published_parsed for entry in found.entries if "published_parsed" in entry]
    stamps = [datetime.datetime(*each[:6], tzinfo=UTC) for each in told]
    return [
        *stamps,
        datetime.datetime.strptime(answer["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC),
    ]


@pytest.mark.large
@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "typed", "instant"), TYPED)
def test_what_is_scheduled_comes_out_at_its_instant_and_not_before(
    zone, typed, instant, client, editor, reader, at, settings
):
    settings.TIME_ZONE = zone
    due = datetime.datetime.fromisoformat(instant)
    at(due - 2 * HOUR)
    client.force_login(editor)
    make_article("There", themes=["Syria"], at=due - 9 * HOUR)
    response = client.post(ADD, posted(title="Coming", action="schedule", at=typed), follow=True)
    assert Article.objects.get(slug="coming").published_at == due
    assert f"{due.astimezone(zoneinfo.ZoneInfo(zone)):%H:%M %Z}" in shown(response)
    for before in (HOUR, SECOND):
        at(due - before)
        assert showing(reader, FEW) == set()
        assert reader.get("/articles/coming/").status_code == 404
    at(due)
    assert showing(reader, FEW) == set(FEW)
    assert reader.get("/articles/coming/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "missing", "double"), CHANGES)
def test_an_hour_that_is_not_there_or_comes_twice_is_refused_in_words(
    zone, missing, double, client, editor, at, settings
):
    settings.TIME_ZONE = zone
    client.force_login(editor)
    for typed in (missing, double):
        page = shown(client.post(ADD, posted(action="schedule", at=typed, body="Precious words.")))
        assert "it may be ambiguous or it may not exist" in page
        assert zone in page
        assert "Precious words." in page
        assert typed in page
    assert not Article.objects.exists()


def instants_of(naive, zone):
    """Return the instants, 0 to 2 of them, at which clocks in `zone` show the time `naive`: looked for, not computed."""
    around = {naive.replace(tzinfo=UTC) - datetime.timedelta(minutes=15 * each) for each in range(-60, 61)}
    return [each for each in sorted(around) if each.astimezone(zone).replace(tzinfo=None) == naive]


ZONES = [
    *(zone for zone, *_hours in CHANGES),
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Kathmandu",
    "Africa/Casablanca",
]


@settings(max_examples=times(150, 3_000), deadline=None)
@given(
    some.sampled_from(ZONES),
    some.datetimes(datetime.datetime(2026, 1, 1), datetime.datetime(2037, 1, 1)),
    some.integers(-12, 12),
)
def test_any_time_in_any_zone_is_the_one_instant_it_names_or_refused(name, day, quarters):
    zone = zoneinfo.ZoneInfo(name)
    # Near a change, if there is one in the month behind `day`.
    offset = [(day + datetime.timedelta(days=each)).replace(tzinfo=zone).utcoffset() for each in range(32)]
    change = next((each for each in range(31) if offset[each] != offset[each + 1]), 0)
    naive = (day + datetime.timedelta(days=change)).replace(hour=2, minute=0, second=0, microsecond=0)
    naive += datetime.timedelta(minutes=15 * quarters)
    expected = instants_of(naive, zone)
    with timezone.override(zone):
        try:
            found = [ArticleForm.base_fields["at"].clean(f"{naive:%Y-%m-%dT%H:%M}")]
        except ValidationError:
            found = None
    assert found == (expected if len(expected) == 1 else None)


@pytest.mark.large
@pytest.mark.django_db
def test_a_clock_set_an_hour_ahead_and_back_again_shows_and_takes_back(reader, at):
    now = timezone.now()
    make_article("There", themes=["Syria"], at=now - HOUR)
    make_article("Coming", themes=["Syria"], at=now + HOUR / 2)
    assert showing(reader) == set()
    at(now + HOUR)
    assert showing(reader) == set(LISTS) - {"/themes/"}
    assert reader.get("/articles/coming/").status_code == 200
    at(now + 10 * SECOND)
    assert showing(reader) == set()
    assert reader.get("/articles/coming/").status_code == 404
    assert max(dates(reader)) <= timezone.now()
    at(now + HOUR / 2)
    assert "/articles/" in showing(reader)


@pytest.mark.django_db
def test_a_page_that_names_what_came_out_is_made_anew_when_the_clock_is_set_back(reader, at):
    now = timezone.now()
    make_article("Coming", themes=["Syria"], at=now + HOUR / 2)
    make_article("There", themes=["Syria"], at=now - HOUR, body="See [[article:coming]].")
    for instant, is_shown in ((now, False), (now + HOUR, True), (now, False), (now + HOUR, True)):
        at(instant)
        pages = [reader.get("/articles/there/").content.decode() for _time in range(2)]
        assert [">Coming</a>" in page for page in pages] == [is_shown] * 2


@pytest.mark.django_db
def test_after_a_clock_was_set_back_ten_minutes_order_and_versions_stand_and_no_feed_is_dated_ahead(reader, at):
    begun = timezone.now()
    article = make_article("Text", themes=["Syria"], at=begun - HOUR)
    article = change(article, kind="update", note="First.", title="Text one")
    at(begun - datetime.timedelta(minutes=10))
    for path in ("/feed.atom", "/themes/syria/feed.atom", "/updates/feed.atom", "/corrections/feed.atom"):
        assert max(dates(reader, path)) <= timezone.now(), path
    article = change(article, kind="correction", note="Second.", title="Text two")
    article = change(article, title="Text three")
    assert [row.fields["title"] for row in article.versions()] == ["Text", "Text one", "Text two", "Text three"]
    assert [row.number for row in article.revisions.numbered().order_by("pk")] == [1, 2, 3, 4, 5]
    for instant in (begun - datetime.timedelta(minutes=9), begun + HOUR):
        at(instant)
        page = reader.get("/articles/text/history/").content.decode()
        assert page.index("First.") != page.index("Second.")
        for path in ("/feed.atom", "/themes/syria/feed.atom", "/updates/feed.atom", "/corrections/feed.atom"):
            assert max(dates(reader, path)) <= timezone.now(), path
    assert "Text three" in reader.get("/articles/text/").content.decode()


@pytest.mark.django_db
def test_a_save_based_on_what_was_saved_before_the_clock_was_set_back_is_no_conflict(at):
    article = make_article("Text", at=timezone.now() - HOUR)
    at(timezone.now() - datetime.timedelta(minutes=10))
    fields = publishing.Fields.of(article.working)
    saved = publishing.save_draft(article, fields.with_themes(fields.themes), by=None, based_on=article.working_id)
    assert saved.number == 3
    assert saved.based_on_id == article.live_id
