"""Articles as they were rendered last, kept so that readers and pollers wait for nothing that is derived."""

import functools
import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime

import django
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connections, models
from django.db.models import F
from django.utils import timezone

from .article import Article
from .edition import Edition

COLUMNS = {"item": "", "page": b"", "feed": b""}  # what is rendered; empty while it isn't


@dataclass(frozen=True)
class Ticket:
    """What was known of a rendition before something was rendered for it at the instant `at`: needed to have it kept."""

    article: int
    serial: int
    stamp: str
    at: datetime


# What the ORM would need longer to put together than the database to answer; the same on SQLite and PostgreSQL.
_PAGE = """
SELECT page FROM articles_rendition JOIN articles_article ON articles_article.id = articles_rendition.article_id
WHERE slug = %s AND withdrawn_at IS NULL AND published_at <= %s AND since <= %s AND (until IS NULL OR until > %s)
AND stamp = (SELECT names FROM articles_edition) || %s || (SELECT domain FROM django_site WHERE id = %s)
"""


class RenditionQuerySet(models.QuerySet):
    """Renditions."""

    def page(self, slug):
        """Return the page (bytes: a line with its names for caches, HTML) kept of the public article at `slug`, or None."""
        connection = connections[self.db]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_PAGE, (slug, now, now, now, made_by(), settings.SITE_ID))
            row = cursor.fetchone()
        return zlib.decompress(row[0]) if row and row[0] else None

    def ticket(self, slug, domain):
        """Return the `Ticket` with which what is rendered of the article at `slug` from now on is kept, or None.

        `domain` is the site's host name.
        """
        names = models.Subquery(Edition.objects.values("names")[:1])
        row = self.filter(article__slug=slug).values_list("pk", "serial", names).first()
        return Ticket(row[0], row[1], stamp(row[2], domain), timezone.now()) if row else None

    def forget(self):
        """Empty these, and let nothing be kept in them that is being rendered now."""
        return self.update(serial=F("serial") + 1, stamp="", until=None, **COLUMNS)

    def forget_page(self):
        """Empty the pages of these alone, and let nothing be kept that is being rendered now."""
        return self.update(serial=F("serial") + 1, page=b"")


class Rendition(models.Model):
    """What was rendered of an article: its entry in lists, its page, its item in feeds; derived, never edited.

    There is one of each article that was ever published or scheduled. It holds while its `stamp` is the present one,
    from `since`, when it was made last (a clock may be set back), `until` something it shows falls due; `publishing` empties
    it when anything it shows changes, and raises `serial`, so that what was begun before is not kept.
    """

    article = models.OneToOneField(Article, models.CASCADE, primary_key=True, related_name="rendition")
    serial = models.PositiveBigIntegerField(default=0)
    stamp = models.CharField(max_length=200, default="")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    item = models.TextField(default="")
    page = models.BinaryField(default=b"")  # compressed with zlib
    feed = models.BinaryField(default=b"")
    is_stuck = models.BooleanField(default=False)  # its text could not be rendered again: readers see what it was

    objects = RenditionQuerySet.as_manager()

    def __str__(self):
        return f"{self.article_id}.{self.serial}"

    def holds(self, stamp, at):
        """Return whether what is kept here may be shown at the instant `at`, `stamp` being the present one."""
        if self.stamp != stamp or self.since is None or self.since > at:
            return False
        return self.until is None or self.until > at


def kept(articles, column, domain):
    """Return {key: (what is kept as `column`, None) or (None, a ticket)} of `articles`, which `with_rendition` fetched.

    For those that were fetched otherwise both are None. `domain` is the site's host name.
    """
    now = timezone.now()
    present = stamp(Edition.objects.values_list("names", flat=True).first(), domain)
    found = {}
    for article in articles:
        rendition = article._state.fields_cache.get("rendition")
        content = rendition and getattr(rendition, column)
        if content and rendition.holds(present, now):
            found[article.pk] = (content if column == "item" else bytes(content)), None
        else:
            found[article.pk] = None, rendition and Ticket(article.pk, rendition.serial, present, now)
    return found


def stamp(names, domain):
    """Return the mark of everything but rows of their own that renditions depend on, as it is now.

    `names` is the present `Edition.names`, `domain` the site's host name.
    """
    return f"{names}{made_by()}{domain}"


def made_by():
    """Return the part of the stamp that says with which code and settings this process renders."""
    static = getattr(staticfiles_storage, "manifest_hash", "")
    chosen = ("HTTPS", "LANGUAGE_CODE", "TIME_ZONE", "STATIC_URL", "MEDIA_URL", "HUB_URL")
    return _made_by(static, *(getattr(settings, name) for name in chosen))


@functools.lru_cache(maxsize=8)
def _made_by(*parts):
    return f" {hashlib.sha256(repr((fingerprint(), *parts)).encode()).hexdigest()[:32]} "


@functools.cache
def fingerprint():
    """Return a digest of the code that renders: the same in every process of one release, another after an upgrade."""
    digest = hashlib.sha256(django.__version__.encode())
    root = settings.BASE_DIR
    places = [("articles", "*.py"), ("articles/locale", "*.mo"), ("templates", "*.*"), ("relations_site", "*.py")]
    files = [path for folder, pattern in places for path in (root / folder).rglob(pattern)]
    for path in sorted([*files, root / "requirements.txt"]):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()
