"""What is kept counted: after whatever moves counts, the tallies and the pages say what counting gives."""

import contextlib
import datetime
import io
import random
from itertools import combinations

import pytest
from django.core import checks
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from articles import publishing
from articles.listing import EventFilter, Listing, facets, followable, reading, theme_map, themes_with_counts, years
from articles.models import Article, ArticleTheme, Edition, Event, EventTheme, Series, Tally, Theme
from articles.models.tally import Facet, Kind, counted_anew
from articles.publishing import Fields

from .make import ago, change, make_article, make_author, make_series, make_theme
from .thorough import times

pytestmark = pytest.mark.django_db

THEMES, AUTHORS = ("Syria", "Libya", "Grain", "Straits"), ("Ann", "Bob")


class Newsroom:
    """Does at random what moves counts."""

    def __init__(self, seed, clock):
        self.chance, self.clock = random.Random(seed), clock
        self.series = [make_series("One"), make_series("Two")]
        for name in THEMES:
            make_theme(name)
        for _number in range(4):
            self.publish()

    def step(self):
        """Do one thing; return what."""
        deeds = [
            self.publish, self.publish, self.schedule, self.withdraw, self.publish_again, self.retag, self.merge,
            self.undo_merge, self.change_authors, self.change_language, self.change_series, self.import_old,
            self.delete_theme, self.let_time_pass, self.draft,
        ]  # fmt: skip
        deed = self.chance.choice(deeds)
        deed()
        return deed.__name__

    def fields(self):
        themes = list(Theme.objects.all()) or [make_theme()]
        return {
            "themes": self.chance.sample(themes, min(len(themes), self.chance.randint(1, 3))),
            "authors": [make_author(name) for name in self.chance.sample(AUTHORS, self.chance.randint(1, 2))],
            "series": self.chance.choice([None, *self.series]),
            "language": self.chance.choice(["en", "tr", "ru"]),
            "body": self.chance.choice(["Said.", "Said.\n\n```timeline\n2019: It began.\n```"]),
        }

    def any(self, *statuses):
        rows = [row for row in Article.objects.order_by("pk") if row.status() in statuses]
        return self.chance.choice(rows) if rows else None

    def publish(self):
        make_article(at=ago(days=self.chance.randint(0, 900)), **self.fields())

    def draft(self):
        make_article(published=False, **self.fields())

    def schedule(self):
        make_article(at=ago(hours=-self.chance.randint(1, 60)), **self.fields())

    def import_old(self):
        make_article(at=datetime.datetime(2019, 12, 31, 23, 30, tzinfo=datetime.UTC), **self.fields())

    def withdraw(self):
        row = self.any("published", "scheduled")
        if row:
            publishing.withdraw(row, by=None, based_on=row.working_id, note="Wrong.")

    def publish_again(self):
        row = self.any("withdrawn")
        if row:
            change(row, kind="new", themes=[self.chance.choice(list(Theme.objects.all())).pk])

    def changed(self, **fields):
        row = self.any("published")
        if row:
            change(row, **fields)

    def change_authors(self):
        self.changed(authors=[make_author(self.chance.choice(AUTHORS)).pk])

    def change_language(self):
        self.changed(language=self.chance.choice(["en", "tr", "ru"]))

    def change_series(self):
        self.changed(series=self.chance.choice(self.series).pk)

    def retag(self):
        row, themes = self.any("published", "scheduled", "withdrawn"), list(Theme.objects.all())
        if row:
            publishing.retag(row, add=[self.chance.choice(themes).pk], remove=[row.theme_list[0].pk], by=None) if len(
                row.theme_list
            ) > 1 else publishing.retag(row, add=[self.chance.choice(themes).pk], by=None)

    def merge(self):
        themes = list(Theme.objects.all())
        if len(themes) > 2:
            publishing.merge_themes(*self.chance.sample(themes, 2), by=None)

    def undo_merge(self):
        done = [row.merges.filter(undone_at=None).last() for row in Theme.objects.all()]
        done = [merge for merge in done if merge]
        if done:
            publishing.undo_merge(self.chance.choice(done), by=None)

    def delete_theme(self):
        unused = Theme.objects.filter(article_themes=None, merged=None).exclude(merges__isnull=False).first()
        if unused:
            publishing.forget_row(unused, by=None)
        make_theme()

    def let_time_pass(self):
        self.clock.move(hours=self.chance.randint(1, 40))


class Clock:
    """What the site takes for now."""

    def __init__(self, monkeypatch):
        self.ahead, real = datetime.timedelta(), timezone.now
        monkeypatch.setattr("django.utils.timezone.now", lambda: real() + self.ahead)

    def move(self, **kw):
        self.ahead += datetime.timedelta(**kw)


def listings():
    """Return lists of every kind."""
    themes, one = sorted(Theme.objects.all(), key=lambda theme: theme.slug), Series.objects.first()
    ann = make_author("Ann")
    found = [Listing(), Listing(order="oldest"), Listing(author=ann), Listing(language="tr"), Listing(year=2019)]
    found += [Listing(year=2019, month=12), Listing(series=one, order="series"), Listing(author=ann, language="en")]
    for theme in themes:
        found += [Listing(themes=(theme,)), Listing(without=(theme,)), Listing(themes=(theme,), author=ann)]
        found.append(Listing(themes=(theme,), year=timezone.localtime().year))
    for pair in combinations(themes[:4], 2):
        found += [Listing(themes=pair), Listing(themes=pair[:1], without=pair[1:]), Listing(without=pair)]
        found.append(Listing(themes=pair, author=ann, order="oldest"))
    return found


def told(listing):
    """Return [the keys of the articles, …] of the listing's pages, read page by page."""
    page = listing.page(1)
    pages = [page, *(listing.page(number) for number in range(2, page.pages + 1))]
    assert {each.total for each in pages} == {page.total}
    return [article.pk for each in pages for article in each.articles]


def assert_all_is_counted(done):
    assert Tally.wrong() == {}, done
    for listing in random.Random(len(done)).sample(listings(), 12):
        right = [article.pk for article in listing.articles()]
        page = listing.page(1)
        assert (page.total, page.more) == (len(right), False), (done, listing.title)
        assert told(listing) == right, (done, listing.title)
    public = Article.objects.public()
    assert {theme: theme.count for theme in themes_with_counts()} == {
        theme: public.about([theme]).count() for theme in Theme.objects.all()
    }, done
    dated = [timezone.localtime(row.published_at).year for row in public]
    assert years() == [(year, dated.count(year)) for year in sorted(set(dated), reverse=True)], done
    for tie in theme_map().ties:
        assert tie.count == public.about(tie.themes).count(), done
    assert_events_are_in_place(done)
    present = followable()
    assert {row for row, _listing in present["series"]} == {row.series for row in public if row.series}, done


def assert_events_are_in_place(done):
    """Events carry the dates of their articles, and stand under their themes."""
    dates = {row.pk: (row.published_at, row.withdrawn_at) for row in Article.objects.all()}
    for event in Event.objects.all():
        assert (event.published_at, event.withdrawn_at) == dates[event.article_id], done
    links = ArticleTheme.objects.exclude(content_object__events=None)
    right = sorted(links.values_list("tag", "content_object", "published_at", "withdrawn_at"), key=str)
    kept = sorted(EventTheme.objects.values_list("theme", "article", "published_at", "withdrawn_at"), key=str)
    assert kept == right, done
    for theme in Theme.objects.all():
        seen = Event.objects.filter(article__in=Article.objects.public().about([theme]))
        assert sorted(EventFilter(theme).keys()) == sorted(seen.values_list("pk", flat=True)), done


@pytest.mark.large
@pytest.mark.parametrize("seed", range(times(1, 3)))
def test_whatever_moves_counts_is_counted(seed, monkeypatch):
    monkeypatch.setattr(reading, "MOST_SKIPPED", 2)  # whole months are skipped on the second page already
    monkeypatch.setattr("articles.listing.filters.PAGE_SIZE", 3)
    newsroom, done = Newsroom(seed, Clock(monkeypatch)), []
    for _step in range(12):
        done.append(newsroom.step())
        assert_all_is_counted(done)


@pytest.mark.parametrize("deed", ["publish", "withdraw", "retag", "merge"])
def test_a_deed_that_forgets_to_count_is_found(deed, monkeypatch):
    newsroom = Newsroom(1, Clock(monkeypatch))
    for place in ("articles.publishing", "articles.publishing.themes"):
        monkeypatch.setattr(f"{place}.recounted", lambda keys: contextlib.nullcontext())
    getattr(newsroom, deed)()
    assert Tally.wrong()
    with pytest.raises(AssertionError):
        assert_all_is_counted([deed])


@pytest.mark.large
def test_narrowing_a_list_counts_what_is_there(client, monkeypatch):
    clock = Clock(monkeypatch)
    newsroom = Newsroom(7, clock)
    for _number in range(6):
        newsroom.schedule()
        newsroom.publish()
    for hours in (0, 30):
        clock.move(hours=hours)
        for listing in newsroom.chance.sample(listings(), 8):
            page = listing.page(1)
            for _what, choices in facets(page):
                for choice in choices:
                    answer = client.get(choice.address, follow=True)  # a place of its own when it is narrowed to one
                    assert answer.context["page"].total == choice.count, choice.address


def test_counts_are_mended_in_one_pass(capsys):
    make_article(themes=["Syria", "Libya"])
    syria, libya = (Facet(Kind.THEME.value, Theme.objects.get(name=name).pk) for name in ("Syria", "Libya"))
    Tally.objects.filter(kind=Kind.THEME, value=syria.value, with_kind=Kind.THEME).update(count=F("count") + 4)
    Tally.objects.filter(with_kind=Kind.LANGUAGE).delete()
    assert Tally.wrong()[syria, libya] == (5, 1)
    call_command("rebuild", "--counts")
    assert "of the kept counts were wrong" in capsys.readouterr().out
    assert Tally.wrong() == {}
    assert Tally.kept() == counted_anew()


def test_another_time_zone_is_noticed_until_counts_are_made_anew(settings):
    make_article(at=datetime.datetime(2019, 12, 31, 23, 30, tzinfo=datetime.UTC))
    assert years() == [(2019, 1)]
    settings.TIME_ZONE = "Europe/Istanbul"
    found = checks.run_checks(databases=["default"])
    assert [warning.id for warning in found if "rebuild" in (warning.hint or "")] == ["articles.W001"]
    call_command("rebuild", "--counts", stdout=io.StringIO())
    assert Edition.objects.get().zone == "Europe/Istanbul"
    assert years() == [(2020, 1)]
    assert Listing(year=2020, month=1).page(1).total == 1
    assert "articles.W001" not in [warning.id for warning in checks.run_checks(databases=["default"])]


def test_lists_of_many_conditions_are_counted_up_to_a_limit_and_say_so(client, monkeypatch):
    monkeypatch.setattr(reading, "MOST_COUNTED", 4)
    monkeypatch.setattr(reading, "MOST_LOOKED_AT", 3)
    for number in range(6):
        make_article(f"Article {number}", themes=["Syria", "Libya", "Grain"], at=ago(days=number + 1))
    page = client.get("/themes/grain+libya+syria/").content.decode()
    assert "More than 4 deep dives; the first 4 are listed here" in page
    assert "Article 3" in page and "Article 4" not in page
    page = client.get("/themes/libya+syria/").content.decode()
    assert "6 deep dives" in page and "Counted among the first 3 deep dives of this list." in page
    make_article("Last", themes=["Syria"])
    assert "Counted among" not in client.get("/themes/syria/").content.decode()


def test_fields_of_a_draft_count_nowhere():
    article = make_article(published=False)
    publishing.save_draft(article, Fields.of(article.working), by=None, based_on=article.working_id)
    assert not Tally.objects.exists()
