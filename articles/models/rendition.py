"""Articles as they were rendered last, kept so that readers and pollers wait for nothing that is derived."""

import functools
import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime

import django
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import models
from django.db.models import F
from django.utils import timezone

from .article import Article
from .edition import Edition

COLUMNS = {"item": "", "page": b"", "feed": ""}  # what is rendered; empty while it isn't


@dataclass(frozen=True)
class Ticket:
    """What was known of a rendition before something was rendered for it at the instant `at`: needed to have it kept."""

    article: int
    serial: int
    stamp: str
    at: datetime


class RenditionQuerySet(models.QuerySet):
    """Renditions."""

    def page(self, slug, base):
        """Return (page, ticket) of the article at `slug`: its HTML as bytes, or None and what it takes to have it kept.

        `base` is the site's scheme and host. Both are None where readers find no article. One query.
        """
        names = Edition.objects.values("names")[:1]
        columns = ("pk", "serial", "stamp", "until", "page", "article__published_at", "article__withdrawn_at")
        row = self.filter(article__slug=slug).values_list(*columns, models.Subquery(names)).order_by().first()
        if row is None:
            return None, None
        pk, serial, kept_stamp, until, page, published_at, withdrawn_at, names = row
        now = timezone.now()
        if withdrawn_at or published_at is None or published_at > now:
            return None, None
        present = stamp(names, base)
        if page and kept_stamp == present and (until is None or until > now):
            return zlib.decompress(page), None
        return None, Ticket(pk, serial, present, now)

    def forget(self):
        """Empty these, and let nothing be kept in them that is being rendered now."""
        return self.update(serial=F("serial") + 1, stamp="", until=None, **COLUMNS)


class Rendition(models.Model):
    """What was rendered of an article: its entry in lists, its page, its item in feeds; derived, never edited.

    There is one of each article that was ever published or scheduled. It holds while its `stamp` is the present one
    and `until` has not come, the instant when something it shows falls due; `publishing` empties it when anything
    it shows changes, and raises `serial`, so that what was begun before is not kept.
    """

    article = models.OneToOneField(Article, models.CASCADE, primary_key=True, related_name="rendition")
    serial = models.PositiveBigIntegerField(default=0)
    stamp = models.CharField(max_length=60, default="")
    until = models.DateTimeField(null=True)
    item = models.TextField(default="")
    page = models.BinaryField(default=b"")  # compressed with zlib
    feed = models.TextField(default="")

    objects = RenditionQuerySet.as_manager()

    def __str__(self):
        return f"{self.article_id}.{self.serial}"

    def holds(self, stamp, at):
        """Return whether what is kept here may be shown at the instant `at`, `stamp` being the present one."""
        return self.stamp == stamp and (self.until is None or self.until > at)


def kept(article, column, base):
    """Return (what is kept as `column` of `article`, None), or (None, a ticket), from what `with_rendition` fetched.

    For an article that was fetched otherwise both are None.
    """
    rendition = getattr(article, "rendition", None) if hasattr(article, "names") else None
    if rendition is None:
        return None, None
    now, present = timezone.now(), stamp(article.names, base)
    if getattr(rendition, column) and rendition.holds(present, now):
        return getattr(rendition, column), None
    return None, Ticket(article.pk, rendition.serial, present, now)


def stamp(names, base):
    """Return the mark of everything but the articles' own rows that renditions depend on, as it is now.

    `names` is the present `Edition.names`, `base` the site's scheme and host.
    """
    static = getattr(staticfiles_storage, "manifest_hash", "")
    return _stamp(
        names, base, settings.LANGUAGE_CODE, settings.TIME_ZONE, settings.STATIC_URL, settings.MEDIA_URL, static
    )


@functools.lru_cache(maxsize=8)
def _stamp(*parts):
    return hashlib.sha256("\0".join(map(str, (*parts, fingerprint()))).encode()).hexdigest()[:32]


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
