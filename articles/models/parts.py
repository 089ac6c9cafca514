"""Parts of the public articles by key, as the sitemap has them."""

from django.apps import apps
from django.db import connection
from django.utils import timezone

PART = 1_000  # keys in a part; sitemaps.org allows 50,000 addresses in one and as many parts
_TABLE, _TOUCHED = "articles_article", "COALESCE(updated_at, published_at)"


def last_changes(size=PART, at=None):
    """Return [(number of the part, instant), …]: when readers last got something new in it, as they see it at `at`.

    `at` is aware (default: now). Of each part of the usual size one row is read, off the end of an index; parts of which
    readers see nothing are left out.
    """
    size = int(size)
    rows = apps.get_model("articles", "Article").objects.raw(
        "WITH RECURSIVE part(id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM part "  # noqa: S608
        f"WHERE id < (SELECT MAX(id) / {size} FROM {_TABLE})) SELECT id, (SELECT {_TOUCHED} FROM {_TABLE} AS one "
        f"WHERE one.id / {size} = part.id AND withdrawn_at IS NULL AND published_at <= %s "
        f"ORDER BY {_TOUCHED} DESC LIMIT 1) AS published_at FROM part ORDER BY id",
        [connection.ops.adapt_datetimefield_value(at or timezone.now())],
    )
    return [(row.pk, row.published_at) for row in rows if row.published_at]
