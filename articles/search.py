"""Full text search: index, forget, find.

Two engines, one contract, chosen by the database in use: an FTS5 table on SQLite, a `tsvector` column on PostgreSQL.
Both are fed with folded words (`names.words`), so that every spelling of a name finds it, both stem English, and to both
every word counts, "the" too. What a reader types is folded to plain words before it becomes a query, so no operator of either engine ever gets through.
"""

from django.db import connection
from django.db.models.expressions import RawSQL

from . import names

TABLE = "articles_search"
MOST_WORDS = 12
MOST_BYTES = 400_000


class Sqlite:
    """An FTS5 table whose rowid is the article's key."""

    configure = ()
    create = (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5("
        "title, themes, summary, body, tokenize='porter unicode61', prefix='2 3')",
    )
    add = f"INSERT OR REPLACE INTO {TABLE} (rowid, title, themes, summary, body) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608
    remove = f"DELETE FROM {TABLE} WHERE rowid = %s"  # noqa: S608
    match = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s"  # noqa: S608
    order = f" ORDER BY bm25({TABLE}, 10.0, 6.0, 3.0, 1.0), rowid DESC"

    @staticmethod
    def parameters(words):
        """Return the query for articles that have all of `words`: each a quoted string, which FTS5 never parses."""
        return [" ".join(f'"{word}"' for word in words)]


class Postgresql:
    """A table with a weighted `tsvector` and a GIN index."""

    create = (
        f"CREATE TABLE {TABLE} (article_id bigint PRIMARY KEY, document tsvector NOT NULL)",
        f"CREATE INDEX {TABLE}_document ON {TABLE} USING gin (document)",
    )
    # PostgreSQL's own "english" drops the words it thinks too common; this one stems and drops none.
    configure = (
        "CREATE TEXT SEARCH DICTIONARY articles_stem (TEMPLATE = snowball, LANGUAGE = english)",
        f"CREATE TEXT SEARCH CONFIGURATION {TABLE} (COPY = simple)",
        f"ALTER TEXT SEARCH CONFIGURATION {TABLE} ALTER MAPPING REPLACE simple WITH articles_stem",
    )
    add = (
        f"INSERT INTO {TABLE} (article_id, document) VALUES (%s, "  # noqa: S608
        + " || ".join(f"setweight(to_tsvector('{TABLE}', %s), '{weight}')" for weight in "ABCD")
        + ") ON CONFLICT (article_id) DO UPDATE SET document = EXCLUDED.document"
    )
    remove = f"DELETE FROM {TABLE} WHERE article_id = %s"  # noqa: S608
    match = f"SELECT article_id FROM {TABLE} WHERE document @@ plainto_tsquery('{TABLE}', %s)"  # noqa: S608
    order = (
        f" ORDER BY ts_rank('{{0.1, 0.3, 0.6, 1.0}}', document, plainto_tsquery('{TABLE}', %s)) DESC, article_id DESC"
    )

    @staticmethod
    def parameters(words):
        """Return the query for articles that have all of `words`; plainto_tsquery reads no operators."""
        return [" ".join(words)]


def engine(vendor=None):
    """Return the engine for the database `vendor` (default: the one in use)."""
    return {"sqlite": Sqlite, "postgresql": Postgresql}[vendor or connection.vendor]


def index(article):
    """Let `article` be found by the words of its live row and by every name of its themes."""
    theme_names = [name.name for theme in article.themes.prefetch_related("names") for name in theme.names.all()]
    parts = (article.title, ", ".join(theme_names), article.summary, article.body)
    with connection.cursor() as cursor:
        cursor.execute(engine().add, [article.pk, *(_folded(part) for part in parts)])


def _folded(text):
    """Return the folded words of `text`, at most as many bytes as PostgreSQL can index, which is a long book."""
    return " ".join(names.words(text)).encode()[:MOST_BYTES].decode(errors="ignore")


def forget(article):
    """Let `article` be found no more."""
    with connection.cursor() as cursor:
        cursor.execute(engine().remove, [article.pk])


def words_of(query):
    """Return the words searched for, folded, at most twelve; the rest of a longer query is not used."""
    return names.words(query)[:MOST_WORDS]


def matching(articles, words):
    """Return those of the queryset `articles` that have all of `words`; none when there are no words."""
    if not words:
        return articles.none()
    return articles.filter(pk__in=RawSQL(engine().match, engine().parameters(words)))  # noqa: S611 - quoted words only


def ranked(words):
    """Return the keys of all articles that have all of `words`, best first; hidden ones among them."""
    if not words:
        return []
    parameters = engine().parameters(words)
    sql = engine().match + engine().order
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters * sql.count("%s"))
        return [row[0] for row in cursor.fetchall()]
