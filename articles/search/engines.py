"""Two engines, one contract, chosen by the database in use: FTS5 on SQLite, `tsvector` on PostgreSQL.

Both are fed with terms (see `terms`), letters and digits alone, and every term of a query is quoted: no operator of
either engine ever gets through.
"""

from django.db import connection

TABLE = "articles_search"


class Sqlite:
    """An FTS5 table whose rowid is the article's key."""

    key = "rowid"
    create = (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(title, names, summary, body, tokenize='unicode61', prefix='2 3')",
    )
    drop = (f"DROP TABLE {TABLE}",)
    add = f"INSERT OR REPLACE INTO {TABLE} (rowid, title, names, summary, body) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608
    matches = f"{TABLE} MATCH %s"
    order = f"bm25({TABLE}, 10.0, 3.0, 5.0, 1.0)"
    orders = 0  # parameters in it

    @staticmethod
    def holds(cursor, key, parts):
        """Whether the row of the article with `key` has the four `parts`, the names among them in whatever order."""
        cursor.execute(f"SELECT title, names, summary, body FROM {TABLE} WHERE rowid = %s", [key])  # noqa: S608
        rows = [(title, sorted(names.split()), *rest) for title, names, *rest in (*cursor.fetchall(), parts)]
        return len(rows) == 2 and rows[0] == rows[1]

    @staticmethod
    def expression(wanted, unwanted=()):
        """Return the query for rows that have all of the terms `wanted` and none of those `unwanted`."""

        def spelt(term):
            readings = _readings(term)
            return "(" + " OR ".join(f'"{" ".join(words)}"' + "*" * term.beginning for words in readings) + ")"

        without = f" NOT ({' OR '.join(map(spelt, unwanted))})" if unwanted else ""
        return f"({' AND '.join(map(spelt, wanted))}){without}"


class Postgresql:
    """A table with a weighted `tsvector` and a GIN index."""

    key = "article_id"
    create = (
        f"CREATE TABLE {TABLE} (article_id bigint PRIMARY KEY, document tsvector NOT NULL)",
        f"CREATE INDEX {TABLE}_document ON {TABLE} USING gin (document)",
    )
    drop = (f"DROP TABLE {TABLE}",)
    document = " || ".join(f"setweight(to_tsvector('simple', %s), '{weight}')" for weight in "ABCD")
    add = (
        f"INSERT INTO {TABLE} (article_id, document) VALUES (%s, {document}"  # noqa: S608
        ") ON CONFLICT (article_id) DO UPDATE SET document = EXCLUDED.document"
    )
    matches = "document @@ to_tsquery('simple', %s)"
    order = "-ts_rank('{0.1, 0.4, 0.2, 1.0}', document, to_tsquery('simple', %s))"
    orders = 1

    @classmethod
    def holds(cls, cursor, key, parts):
        """Whether the row of the article with `key` has the words of the four `parts`, in whatever order."""
        same = f"SELECT strip(document) = strip({cls.document}) FROM {TABLE} WHERE article_id = %s"  # noqa: S608
        cursor.execute(same, [*parts, key])
        return cursor.fetchone() == (True,)

    @staticmethod
    def expression(wanted, unwanted=()):
        """Return the query for rows that have all of the terms `wanted` and none of those `unwanted`."""

        def spelt(term):
            readings = _readings(term)
            end = ":*" if term.beginning else ""
            return "(" + " | ".join(" <-> ".join(f"'{word}'{end}" for word in words) for words in readings) + ")"

        return " & ".join([*map(spelt, wanted), *(f"!{spelt(term)}" for term in unwanted)])


def _readings(term):
    """Return the runs of words that `term` may be: its words in the first language, and in the second."""
    longest = max(len(word) for word in term.words)
    return list(
        dict.fromkeys(tuple(word[min(place, len(word) - 1)] for word in term.words) for place in range(longest))
    )


def engine(vendor=None):
    """Return the engine for the database `vendor` (default: the one in use)."""
    return {"sqlite": Sqlite, "postgresql": Postgresql}[vendor or connection.vendor]
