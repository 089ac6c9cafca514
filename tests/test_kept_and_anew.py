"""What is kept equals what is rendered anew, through everything that editors can do to articles that show one another."""

import os
import random
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.sites.models import Site
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles import integrity, publishing, weaving
from articles.models import Article, Author, KeptPage, Picture, Rendition, Series, Source, Theme, ThemeMerge, ThemeName
from articles.publishing import Change, Fields

from .make import ago, make_author, make_fields, make_picture, make_source, make_theme
from .thorough import times

pytestmark = pytest.mark.django_db

STEPS = times(12, 40)
WORDS = ["Akkuyu", "Rosatom", "Montreux", "Incirlik", "Zangezur", "Botas", "Kerch", "Latakia"]
CHART = "```chart\ntype: bar\ntitle: Trade\nunit: %\n\n| Year | Share |\n|--|--|\n| 2018 | 47 |\n| 2019 | 34 |\n```"
FEEDS = ["/feed.atom", "/feed.rss", "/feed.json"]


class World:
    """A dozen articles that refer to each other in every way, and what can be done to them; `chance` chooses."""

    def __init__(self, chance, clock):
        self.chance, self.clock, self.count = chance, clock, 0
        self.picture = make_picture()
        self.authors = [make_author("Ada"), make_author("Bora")]
        self.series = [Series.objects.create(title=f"Run {number}") for number in range(2)]
        self.themes = [make_theme(name, aliases=[f"{name} affairs"]) for name in ("Gas", "Straits", "Grain", "Syria")]
        self.sources = [make_source(f"one-{number}", url=f"https://example.org/{number}") for number in range(3)]
        for _each in range(8):
            self.publish()
        self.schedule()
        with suppress(ValidationError):  # chance has tied them already, or chosen two of one language
            self.tie()
        self.pick()

    # What is chosen ------------------------------------------------------------------------------------------------

    def article(self, *statuses):
        """Return an article of one of the statuses (default: published), read anew, or give the step up."""
        wanted = statuses or (Article.Status.PUBLISHED,)
        rows = [row for row in Article.objects.order_by("pk") if row.status() in wanted]
        if not rows:
            raise ValidationError("None there.")
        return self.chance.choice(rows)

    def theme(self):
        return self.chance.choice(list(Theme.objects.order_by("pk")))

    def number(self):
        self.count += 1
        return self.count

    def body(self):
        """Return a text that names other articles, themes, sources and the picture."""
        others = list(Article.objects.order_by("pk"))
        slugs = [row.slug for row in self.chance.sample(others, min(2, len(others)))]
        words = self.chance.sample(WORDS, 3)
        parts = [f"{' '.join(words * 3)}. Of {self.theme().name} and [[{self.theme().name}|that]]."]
        parts += [
            f"See [[article:{slug}]] and [[article:{slug}|this]] and [there](/articles/{slug}/)." for slug in slugs
        ]
        parts += [f"Said.[@{source.key}, p. 1]" for source in self.chance.sample(self.sources, 2)]
        parts += [f"![A strait]({self.picture.file.url})"] if self.chance.random() < 0.3 else []
        parts += [f"Ahead of [[article:ahead-{self.chance.choice('ab')}]]."] if self.chance.random() < 0.2 else []
        parts += [CHART, "```timeline\n2019-07: [[Gas]] came.\n```"] if self.chance.random() < 0.3 else []
        return "\n\n## A part\n\n".join(parts)

    def fields(self):
        number = self.number()
        return make_fields(
            f"Article {number}",
            body=self.body(),
            themes=self.chance.sample(list(Theme.objects.order_by("pk")), 2),
            authors=self.chance.sample(self.authors, self.chance.choice([1, 2])),
            series=self.chance.choice([None, None, *self.series]),
            language=self.chance.choice(["en", "en", "tr", "ru"]),
            lead_picture=self.chance.choice([None, None, self.picture.pk]),
        )

    def change(self, article=None, kind=None, **fields):
        article = article or self.article()
        kind = kind or self.chance.choice([Change.TYPO, Change.UPDATE, Change.CORRECTION])
        changed = replace(Fields.of(article.working), **fields)
        publishing.publish(article, changed, by=None, based_on=article.working_id, change=kind, note="Why.")

    # What editors do -----------------------------------------------------------------------------------------------

    def publish(self):
        fields = self.fields()
        article = publishing.create(fields, by=None)
        publishing.publish(article, fields, by=None, based_on=article.working_id, dated=ago(days=20 - self.count))

    def schedule(self):
        fields = self.fields()
        article = publishing.create(fields, by=None)
        at = timezone.now() + timedelta(hours=self.chance.choice([1, 2, 3]))
        publishing.publish(article, fields, by=None, based_on=article.working_id, at=at)

    def draft(self):
        publishing.create(self.fields(), by=None)

    def draft_ahead(self):
        publishing.create(replace(self.fields(), slug=f"ahead-{self.chance.choice('ab')}"), by=None)

    def publish_draft(self):
        article = self.article(Article.Status.DRAFT)
        publishing.publish(article, Fields.of(article.working), by=None, based_on=article.working_id)

    def save_draft(self):
        article = self.article()
        fields = replace(Fields.of(article.working), body=self.body())
        publishing.save_draft(article, fields, by=None, based_on=article.working_id)

    def retitle(self):
        self.change(title=f"Retitled {self.number()}", summary=f"Summed up {self.count}.")

    def reslug(self):
        self.change(slug=f"moved-{self.number()}")

    def rewrite(self):
        self.change(body=self.body())

    def move_in_series(self):
        self.change(series=self.chance.choice([None, *(row.pk for row in self.series)]), series_order=self.number())

    def speak_otherwise(self):
        self.change(language=self.chance.choice(["en", "tr", "ru"]))

    def tie(self):
        self.change(translation_of=self.article().pk, language=self.chance.choice(["en", "tr", "ru"]))

    def untie(self):
        self.change(translation_of=None)

    def pick(self):
        self.change(read_next=(self.article().pk, self.article(*Article.Status).pk))

    def lead(self):
        self.change(lead_picture=self.chance.choice([None, self.picture.pk]))

    def change_scheduled(self):
        article = self.article(Article.Status.SCHEDULED)
        self.change(article, kind=Change.NEW, title=f"Changed before {self.number()}", body=self.body())

    def withdraw(self):
        article = self.article(Article.Status.PUBLISHED, Article.Status.SCHEDULED)
        publishing.withdraw(article, by=None, based_on=article.working_id, note="Wrong.")

    def publish_again(self):
        self.change(self.article(Article.Status.WITHDRAWN), kind=Change.NEW)

    def rename_theme(self):
        theme = self.theme()
        theme.name = f"{theme.name.split()[0]} {self.number()}"
        publishing.save_theme(theme, by=None)

    def define_theme(self):
        theme = self.theme()
        theme.definition = self.chance.choice(["", f"Defined {self.number()}."])
        publishing.save_theme(theme, by=None)

    def readdress_theme(self):
        theme = self.theme()
        theme.slug = f"theme-{self.number()}"
        publishing.save_theme(theme, by=None)

    def introduce_theme(self):
        theme = self.theme()
        slug = self.chance.choice([self.article().slug, "ahead-a", "ahead-b"])
        theme.introduction = f"Of [[article:{slug}]] and [[article:{slug}|it]]."
        publishing.save_theme(theme, by=None)

    def add_theme(self):
        make_theme(self.chance.choice(WORDS), introduction=f"See [[article:{self.article().slug}]].")

    def add_alias(self):
        theme = self.theme()
        ThemeName.objects.get_or_create(
            name=self.chance.choice(WORDS), defaults={"theme": theme}
        )  # none has two themes
        publishing.teach_names(theme, by=None)

    def merge(self):
        publishing.merge_themes(self.theme(), self.theme(), by=None)

    def part(self):
        merges = list(ThemeMerge.objects.filter(undone_at=None).order_by("pk"))
        if merges:
            publishing.undo_merge(self.chance.choice(merges), by=None)

    def retag(self):
        publishing.retag(self.article(), add=[self.theme().pk], remove=[self.theme().pk], by=None)

    def rename_author(self):
        author = Author.objects.get(pk=self.chance.choice(self.authors).pk)
        author.name = f"Author {self.number()}"
        author.slug = f"author-{self.count}"
        publishing.save_row(author, by=None)

    def rename_series(self):
        row = Series.objects.get(pk=self.chance.choice(self.series).pk)
        row.title = f"Run {self.number()}"
        publishing.save_row(row, by=None)

    def edit_source(self):
        source = Source.objects.get(pk=self.chance.choice(self.sources).pk)
        source.title = f"Source {self.number()}"
        publishing.save_row(source, by=None)

    def lose_source(self):
        source = Source.objects.get(pk=self.chance.choice(self.sources).pk)
        alive = self.chance.random() < 0.4
        for _day in range(3):
            publishing.record_check(source, gone=not alive, alive=alive, why="404")

    def describe_picture(self):
        picture = Picture.objects.get(pk=self.picture.pk)
        picture.alt, picture.caption = f"Seen {self.number()}", f"Caption {self.count}"
        publishing.save_row(picture, by=None)

    def rename_site(self):
        site = Site.objects.get()
        site.name = f"Publication {self.number()}"
        publishing.save_row(site, by=None)

    def move_site(self):
        site = Site.objects.get()
        site.domain = f"host-{self.number()}.example"
        publishing.save_row(site, by=None)

    def rebuild(self):
        publishing.rebuild(Article.objects.select_related("live").get(pk=self.article().pk))

    def reindex(self):
        publishing.reindex(self.article())

    def wait(self):
        self.clock(timedelta(minutes=self.chance.choice([1, 59, 61])))


DEEDS = [name for name, deed in vars(World).items() if callable(deed) and not name.startswith("_")]
DEEDS = DEEDS[DEEDS.index("publish") :]


@contextmanager
def anew(monkeypatch):
    """Nothing that is kept is shown, and nothing is kept."""
    with monkeypatch.context() as patched:
        patched.setattr("articles.models.rendition.stamp", lambda *_parts: "another")
        patched.setattr("articles.models.keptpage.made_by", lambda: "another")
        patched.setattr("articles.publishing.keep_rendered", lambda *job: None)
        weaving._terms.cache_clear()
        weaving._defined.cache_clear()
        yield


def lists():
    """Return the addresses of lists of every kind, with articles or without."""
    pages = [row.get_absolute_url() for model in (Theme, Author, Series) for row in model.objects.order_by("pk")]
    slugs = sorted(theme.slug for theme in Theme.objects.all())
    pairs = [f"/themes/{one}+{other}/" for one, other in zip(slugs, slugs[1:], strict=False)]
    pairs += [f"/themes/{one}/?not={other}" for one, other in zip(slugs, slugs[1:], strict=False)]
    fixed = ["/", "/articles/", "/articles/?order=oldest", "/articles/?language=tr", "/themes/"]
    fixed += [
        "/timeline/",
        "/timeline/?order=latest",
        "/timeline/timeline.csv",
        "/updates/",
        "/corrections/",
        "/sources/",
    ]
    fixed += ["/sitemap.xml", "/sitemap-articles-0.xml", "/sitemap-sources-0.xml"]
    return [*fixed, *pages, *pairs, *(f"{page}feed.atom" for page in [*pages, *pairs[: len(slugs) - 1]]), *FEEDS]


def shown(client, lists):
    """Return {address: body or None} of the pages of all public articles and of the `lists`; None for what isn't there."""
    articles = [row.get_absolute_url() for row in Article.objects.public().order_by("pk")]
    answers = {address: client.get(address) for address in [*articles, *lists]}
    assert all(answers[address].status_code == 200 for address in articles)
    assert {answer.status_code for answer in answers.values()} <= {200, 404}
    return {
        address: answer.content.decode() if answer.status_code == 200 else None for address, answer in answers.items()
    }


@pytest.fixture
def clock(monkeypatch):
    """A function that moves the time on by a timedelta."""
    ahead, real = [timedelta()], timezone.now

    def move(by):
        ahead[0] += by

    monkeypatch.setattr("django.utils.timezone.now", lambda: real() + ahead[0])
    return move


@pytest.mark.large
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", "1"))))
def test_whatever_editors_do_readers_get_what_rendering_anew_gives(client, kept, clock, monkeypatch, seed):
    world = World(random.Random(seed), clock)  # noqa: S311 - not a secret
    done = []
    for step in range(STEPS):
        deed = world.chance.choice(DEEDS)
        try:
            getattr(world, deed)()
        except ValidationError:
            continue
        done.append(deed)
        asked = ["/articles/", FEEDS[step % 3], *world.chance.sample(lists(), 8)]
        given = shown(client, asked)
        with anew(monkeypatch):
            fresh = shown(client, asked)
        for address, body in fresh.items():
            assert given[address] == body, f"seed {seed}: {address} after {done}"
        assert list(integrity.damages()) == [], f"seed {seed}: after {done}"
    assert Rendition.objects.exclude(page=b"").count() > 5
    assert KeptPage.objects.count() > 20
