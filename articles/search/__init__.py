"""Full text search: index, forget, find.

`Query.of` reads what somebody typed, `matching` and `best` find it by one of two engines, which are fed alike.
"""

from django.db import connection
from django.db.models.expressions import RawSQL

from .. import text
from ..models import Link
from ..text import links
from . import spelling
from .engines import TABLE, engine
from .keywords import keywords, terms_of
from .query import Query
from .snippets import marked, snippet
from .terms import apart, called, terms

__all__ = [
    "MOST_FOUND",
    "TABLE",
    "Query",
    "best",
    "engine",
    "forget",
    "index",
    "is_current",
    "is_empty",
    "keywords",
    "knows",
    "marked",
    "matching",
    "meant",
    "missing",
    "snippet",
    "terms_of",
]

MOST_BYTES = 400_000  # of a part of an article: PostgreSQL can index no more, and that is a long book
MOST_FOUND = 3_000  # articles by a very common word; nobody reads on, and all would take long


def index(article):
    """Let `article` be found by the words of its live row, every name of its themes, its authors and its sources."""
    with connection.cursor() as cursor:
        cursor.execute(engine().add, [article.pk, *_parts(article)])


def is_current(article):
    """Whether `article` is found by the words that `index` would let it be found by now.

    One that shows titles of others may be behind them: of it is only asked whether it is known at all.
    """
    if links.untitled(article.html):
        return knows(article)
    with connection.cursor() as cursor:
        return engine().holds(cursor, article.pk, _parts(article))


def knows(article):
    """Whether `article` is in the index."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TABLE} WHERE {engine().key} = %s", [article.pk])  # noqa: S608 - our own names
        return cursor.fetchone() is not None


def _parts(article):
    """Return the four parts of `article`, from the title to the text, as the engines take them."""
    language = article.language
    known = [
        (name.name, name.language) for theme in article.themes.prefetch_related("names") for name in theme.names.all()
    ]
    known += [(author.name, language) for author in article.authors.all()]
    cited = [citation.source for citation in article.citations.select_related("source")]
    parts = (
        [terms(article.title, language)],
        [called(name, spoken) for name, spoken in known],
        [terms(article.summary, language)],
        [terms(_said(article), language), *(terms(source.title, source.language) for source in cited)],
    )
    return [_stored(apart(part)) for part in parts]


def _said(article):
    """Return what the text of `article` says to its readers, with what its pictures show."""
    titles = Link.objects.titles([article])[article.pk]
    return " ".join([text.plain(article.html, titles), *text.of_pictures(article.html)])


def _stored(part):
    """Return the terms `part` as the engines take them, at most as many bytes as PostgreSQL can index."""
    return " ".join(part).encode()[:MOST_BYTES].decode(errors="ignore")


def forget(article):
    """Let `article` be found no more."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE {engine().key} = %s", [article.pk])  # noqa: S608 - our own names


def is_empty():
    """Whether nothing has been indexed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TABLE} LIMIT 1")  # noqa: S608 - our own name
        return cursor.fetchone() is None


def matching(articles, query):
    """Return those of the queryset `articles` that have all that `query` wants and nothing it doesn't; none for nothing."""
    if query.wanted:
        return articles.filter(pk__in=_having(query.wanted, query.unwanted))
    for term in query.unwanted:
        articles = articles.exclude(pk__in=_having([term]))
    return articles if query else articles.none()


def meant(words, articles):
    """Return what somebody who typed `words` may have meant, when none of the queryset `articles` has it; or None."""
    return spelling.meant(words, lambda query: matching(articles, query).exists())


def missing(words, articles):
    """Return (those of `words` that none of the queryset `articles` has, the words without them)."""
    return spelling.missing(words, lambda query: matching(articles, query).exists())


def best(articles, query):
    """Return (keys, whether there are more) of those of the queryset `articles` that `query` finds, the best first.

    What is as good is ordered the latest first. At most `MOST_FOUND`: of a very common word the latest, by their keys,
    are looked at and no others, so that it takes no longer however many there are.
    """
    if not query.wanted:
        rows = matching(articles, query).order_by("-published_at", "-pk").values_list("pk", flat=True)
        keys = list(rows[: MOST_FOUND + 1])
        return keys[:MOST_FOUND], len(keys) > MOST_FOUND
    found = engine()
    asked = found.expression(query.wanted, query.unwanted)
    among = articles.order_by().filter(pk=RawSQL(f"{TABLE}.{found.key}", []))  # noqa: S611 - our own names
    seen, parameters = among.values("pk").query.sql_with_params()
    sql = (
        f"SELECT {found.key}, {found.order} FROM {TABLE} WHERE {found.matches} AND EXISTS ({seen}) "  # noqa: S608
        f"ORDER BY {TABLE}.{found.key} DESC LIMIT {MOST_FOUND + 1}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*[asked] * found.orders, asked, *parameters])
        latest = cursor.fetchall()
    ranked = sorted(latest[:MOST_FOUND], key=lambda row: (row[1], -row[0]))
    return [key for key, _rank in ranked], len(latest) > MOST_FOUND


def _having(wanted, unwanted=()):
    found = engine()
    sql = f"SELECT {found.key} FROM {TABLE} WHERE {found.matches}"  # noqa: S608 - our own names
    return RawSQL(sql, [found.expression(wanted, unwanted)])  # noqa: S611 - quoted terms only
