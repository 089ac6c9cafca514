"""The rows of `corpus`."""

import datetime
import random
from collections import defaultdict, deque
from dataclasses import asdict
from itertools import accumulate

from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils import timezone

from articles import publishing, search
from articles.models import (
    Article,
    ArticleAuthor,
    ArticleTheme,
    Author,
    Citation,
    Edition,
    Event,
    EventTheme,
    Keyword,
    Likeness,
    Link,
    ReadNext,
    Rendition,
    Revision,
    Series,
    Theme,
)
from articles.search.terms import called, term, terms
from articles.text import timelines
from tests.make import make_source

THEMES, AUTHORS, SERIES, SOURCES = 300, 30, 10, 50
VOCABULARY = 20_000
PART = 1_000  # articles in one transaction
YEARS = 20
KEYWORDS, NEXT = 16, 3
FIRST_WORDS = ["gas", "pipeline", "contract", "strait", "treaty", "summit", "sanction", "bank", "corridor", "export"]
SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]


def vocabulary():
    """Return the words that texts are made of, the commonest first."""
    chance = random.Random(1)
    words = list(FIRST_WORDS)
    known = set(words)
    while len(words) < VOCABULARY:
        word = "".join(chance.choices(SYLLABLES, k=chance.randint(2, 5)))
        if word not in known:
            known.add(word)
            words.append(word)
    return words


def fill(count, words=300, progress=lambda done: None):
    """Store `count` articles of `words` words in the empty database; `progress(number)` is called with how many are done."""
    if Article.objects.exists():
        raise ValueError("The database holds articles already.")
    maker = _Maker(count, words)
    for start in range(0, count, PART):
        with transaction.atomic():
            maker.store(range(start, min(start + PART, count)))
        progress(min(start + PART, count))
    publishing.recount()
    with transaction.atomic():
        Edition.take_turn()
        Edition.touch()
    with connection.cursor() as cursor:
        for sql in maker.sequences():
            cursor.execute(sql)
        if connection.vendor == "postgresql":  # its autovacuum would, a minute later
            cursor.execute("ANALYZE")


class _Maker:
    """Makes articles by their numbers."""

    def __init__(self, count, words):
        self.count, self.words = count, words
        self.vocabulary = vocabulary()
        self.weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
        self.rank = {word: place for place, word in enumerate(self.vocabulary)}
        self.chance = random.Random(2)
        self.newest = timezone.now().replace(microsecond=0) - datetime.timedelta(hours=1)
        self.step = datetime.timedelta(days=365.25 * YEARS) / max(1, count)
        self.themes = [Theme(name=f"Theme {number:03}", definition=self.sentence(12)) for number in range(THEMES)]
        for number, theme in enumerate(self.themes):
            theme.place = number + 1 if number < 9 else None
            theme.introduction = self.sentence(40)
            theme.introduction_html = f"<p>{theme.introduction}</p>"
            theme.save()
        self.theme_weights = list(accumulate(1 / rank for rank in range(1, THEMES + 1)))
        self.authors = [Author.objects.create(name=f"Author {number:02}") for number in range(AUTHORS)]
        self.author_weights = list(accumulate(1 / rank for rank in range(1, AUTHORS + 1)))
        self.series = [Series.objects.create(title=f"Series {number}") for number in range(SERIES)]
        self.sources = [make_source(f"source-{number}", self.sentence(8)) for number in range(SOURCES)]
        self.ends = [self.rendered_end(number) for number in range(SOURCES)]
        self.earlier = defaultdict(lambda: deque(maxlen=NEXT))

    def sentence(self, words):
        """Return a sentence of `words` words."""
        return " ".join(self.chance.choices(self.vocabulary, cum_weights=self.weights, k=words)).capitalize() + "."

    def rendered_end(self, number):
        """Return (Markdown, what it is rendered to) of how texts end: a source, a note, a link, now and then a timeline."""
        body = (
            f"## What the record says\n\nMore is on the record.[@source-{number}][^1] See [[Theme {number:03}]]."
            "\n\n[^1]: A note."
        )
        if number % 10 == 0:
            body += f"\n\n```timeline\n{1990 + number // 2}-03: It began.\n{2000 + number // 3}-11: It ended.\n```"
        return body, publishing.rendered_or_refuse(body)

    def store(self, numbers):
        """Store the articles with `numbers` and all that belongs to them."""
        kept, entries = defaultdict(list), []
        for number in numbers:
            for row in self.rows(number, entries):
                kept[type(row)].append(row)
        order = (
            Article,
            Revision,
            Rendition,
            ArticleTheme,
            ArticleAuthor,
            Citation,
            Event,
            EventTheme,
            Keyword,
            Link,
            ReadNext,
            Likeness,
        )
        for model in order:
            model.objects.bulk_create(kept[model])
        with connection.cursor() as cursor:
            cursor.executemany(search.engine().add, entries)

    def rows(self, number, entries):
        """Yield the rows of the article `number`; add what search stores of it to `entries`."""
        chance, key = self.chance, number + 1
        words = chance.choices(self.vocabulary, cum_weights=self.weights, k=self.words)
        end = number % SOURCES if number % 3 == 0 else None
        themes = self.sample(self.themes, self.theme_weights, chance.choice((1, 2, 2, 3, 3, 4)))
        authors = self.sample(self.authors, self.author_weights, chance.choice((1, 1, 1, 2)))
        article, fields = self.article(number, words, end, themes, authors)
        yield article
        yield Rendition(article=article)
        yield Revision(
            pk=key,
            article=article,
            number=1,
            kind="published",
            change="new",
            fields=asdict(fields),
            saved_at=article.published_at,
        )
        for theme in themes:
            yield ArticleTheme(content_object=article, tag=theme, published_at=article.published_at)
        for place, author in enumerate(authors):
            yield ArticleAuthor(article=article, author=author, place=place, published_at=article.published_at)
        if end is not None:
            yield Citation(article=article, source=self.sources[end], number=1)
            yield Link(article=article, name=f"Theme {end:03}", to_theme=self.themes[end])
            for event in timelines.events(article.html):
                yield (row := Event.of(article, event))
                yield from (EventTheme.of(row, theme.pk) for theme in themes)
        rare = sorted(set(words), key=self.rank.get, reverse=True)[:KEYWORDS]
        for found, word in {term(word, article.language): word for word in rare}.items():
            yield Keyword(article=article, term=found, word=word)
        before = list(dict.fromkeys(pk for theme in themes for pk in self.earlier[theme.pk]))[:NEXT]
        for place, other in enumerate(before):
            yield ReadNext(article=article, other_id=other, place=place)
            yield Likeness(article=article, other_id=other, score=3 - place)
            yield Likeness(article_id=other, other=article, score=3 - place)
        for theme in themes:
            self.earlier[theme.pk].append(key)
        entries.append(_entry(key, fields, themes, authors))

    def article(self, number, words, end, themes, authors):
        """Return the article `number` of `words`, not stored, and its `Fields`; `end` says how its text ends."""
        parts = [" ".join(words[at : at + 60]).capitalize() + "." for at in range(0, len(words), 60)]
        ending, rendered = self.ends[end] if end is not None else ("", None)
        dated = self.newest - self.step * (self.count - 1 - number)
        series = self.chance.choice(self.series) if number % 10 == 0 else None
        fields = publishing.Fields(
            title=self.sentence(6)[:-1],
            slug=f"article-{number}",
            summary=self.sentence(20),
            body="\n\n".join([*parts, ending]),
            language=self.chance.choice(("en",) * 8 + ("tr", "ru")),
            themes=[theme.pk for theme in themes],
            authors=[author.pk for author in authors],
            series=series and series.pk,
            series_order=number // 10 + 1 if series else None,
        )
        article = Article(
            pk=number + 1,
            **{
                name: getattr(fields, name) for name in ("title", "slug", "summary", "body", "language", "series_order")
            },
            series=series,
            published_at=dated,
            updated_at=min(dated + datetime.timedelta(days=9), self.newest) if number % 10 == 3 else None,
            html="\n".join([*(f"<p>{part}</p>" for part in parts), *([rendered.html] if rendered else [])]),
            contents=rendered.contents if rendered else [],
            words=self.words,
            live_id=number + 1,
            working_id=number + 1,
        )
        return article, fields

    def sample(self, rows, weights, most):
        """Return one to `most` of `rows`, each once."""
        return list(dict.fromkeys(self.chance.choices(rows, cum_weights=weights, k=most)))

    @staticmethod
    def sequences():
        """Return the SQL that lets keys go on behind those given here."""
        return connection.ops.sequence_reset_sql(no_style(), [Article, Revision])


def _entry(key, fields, themes, authors):
    """Return what search stores of an article."""
    language = fields.language
    parts = (
        terms(fields.title, language),
        [found for row in (*themes, *authors) for found in called(row.name, "en")],
        terms(fields.summary, language),
        terms(fields.body, language),
    )
    return [key, *(" ".join(part) for part in parts)]
