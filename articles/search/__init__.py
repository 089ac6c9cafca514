"""Full text search: index, forget, find.

`Query.of` reads what somebody typed, `matching` and `best` find it by one of two engines, which are fed alike.
"""

from django.db import connection
from django.db.models.expressions import RawSQL

from . import spelling
from .engines import TABLE, engine
from .keywords import keywords
from .query import Query
from .snippets import marked, snippet
from .terms import called, terms

__all__ = [
    "MOST_RANKED",
    "TABLE",
    "Query",
    "best",
    "engine",
    "forget",
    "index",
    "is_empty",
    "keywords",
    "marked",
    "matching",
    "meant",
    "snippet",
]

MOST_BYTES = 400_000  # of a part of an article: PostgreSQL can index no more, and that is a long book
MOST_RANKED = 3_000  # of a very common word, only so many of the newest articles are put in order


def index(article):
    """Let `article` be found by the words of its live row, every name of its themes, its authors and its sources."""
    language = article.language
    known = [
        (name.name, name.language) for theme in article.themes.prefetch_related("names") for name in theme.names.all()
    ]
    known += [(author.name, language) for author in article.authors.all()]
    cited = [citation.source for citation in article.citations.select_related("source")]
    parts = (
        terms(article.title, language),
        [term for name, spoken in known for term in called(name, spoken)],
        terms(article.summary, language),
        [*terms(article.body, language), *(term for source in cited for term in terms(source.title, source.language))],
    )
    with connection.cursor() as cursor:
        cursor.execute(engine().add, [article.pk, *(_stored(part) for part in parts)])


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
    if not query:
        return articles.none()
    if query.wanted:
        articles = articles.filter(pk__in=_having(query.wanted))
    for term in query.unwanted:
        articles = articles.exclude(pk__in=_having([term]))
    return articles


def meant(text, articles):
    """Return what somebody who typed `text` may have meant, when none of the queryset `articles` has it; or None."""
    return spelling.meant(text, articles, matching)


def _having(terms):
    found = engine()
    sql = f"SELECT {found.key} FROM {TABLE} WHERE {found.matches}"  # noqa: S608 - our own names
    return RawSQL(sql, [found.expression(terms)])  # noqa: S611 - quoted terms only


def best(articles, query, first, count):
    """Return the keys of `count` of the queryset `articles`, all of which match `query`, behind the `first`: best first.

    What is as good is ordered newest first. Of more than `MOST_RANKED` the newest are ranked, and no others returned.
    """
    if not query.wanted:
        return list(articles.order_by("-published_at", "-pk").values_list("pk", flat=True)[first : first + count])
    found = engine()
    wanted = found.expression(query.wanted)
    newest = articles.order_by("-published_at", "-pk").values("pk")[:MOST_RANKED]
    among, parameters = newest.query.sql_with_params()
    sql = (
        f"SELECT {found.key} FROM {TABLE} WHERE {found.matches} AND {found.among} IN (SELECT * FROM ({among}) AS newest) "  # noqa: S608
        f"ORDER BY {found.order}, {found.key} DESC LIMIT %s OFFSET %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted, *parameters, *[wanted] * found.orders, count, first])
        return [row[0] for row in cursor.fetchall()]
