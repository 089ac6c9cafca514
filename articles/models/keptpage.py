"""Pages of lists and their feeds as they were made last, kept until something changes that they show."""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connections, models
from django.utils import timezone

from .rendition import made_by

LONGEST_ADDRESS = 300
# One row says of the site what a page is made with, and brings the page if what is kept of it still holds.
_FOUND = """
SELECT edition.turn, site.domain, site.name, page.headers, page.body
FROM django_site AS site LEFT JOIN articles_edition AS edition ON edition.id = 1
LEFT JOIN articles_keptpage AS page ON page.address = %s AND page.since <= %s AND (page.until IS NULL OR page.until > %s)
AND page.stamp = edition.wide || edition.names || %s || site.domain || ' ' || COALESCE(
    (SELECT mark FROM articles_facetmark AS facet WHERE facet.kind = page.kind AND facet.value = page.value), '')
WHERE site.id = %s
"""


@dataclass(frozen=True)
class Standing:
    """What was known when the page at `address` was asked for, at the instant `at`: needed to have it kept.

    `domain` and `name` are the site's, `headers` ({name: value}) and `body` (bytes) what is kept; None for nothing.
    """

    address: str
    at: datetime
    turn: str | None
    domain: str
    name: str
    headers: dict | None = None
    body: bytes | None = None


class KeptPageQuerySet(models.QuerySet):
    """Kept pages."""

    def standing(self, address):
        """Return the `Standing` of the page at `address` (path and parameters), None for a site without a name."""
        connection = connections[self.db]
        at = timezone.now()
        now = connection.ops.adapt_datetimefield_value(at)
        with connection.cursor() as cursor:
            cursor.execute(_FOUND, (address, now, now, made_by(), settings.SITE_ID))
            row = cursor.fetchone()
        if row is None:
            return None
        turn, domain, name, headers, body = row
        if headers is None:
            return Standing(address, at, turn, domain, name)
        return Standing(address, at, turn, domain, name, json.loads(headers), zlib.decompress(body))


class KeptPage(models.Model):
    """A public page that shows articles with one facet, as it was made; derived, never edited.

    It holds while its `stamp` is the present one, from `since`, when it was made, `until` the next instant when anything
    falls due: a clock that was set back shows nothing early.
    The stamp is made of the edition's `wide` and `names`, the code, the site's host and the mark of the facet.
    """

    address = models.CharField(max_length=LONGEST_ADDRESS, unique=True)
    kind = models.PositiveSmallIntegerField()
    value = models.BigIntegerField()
    stamp = models.CharField(max_length=400)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    headers = models.TextField()  # JSON
    body = models.BinaryField()  # compressed with zlib

    objects = KeptPageQuerySet.as_manager()

    def __str__(self):
        return self.address


class FacetMark(models.Model):
    """What tells one state of all that lists of a facet show from the next: another `mark` whenever that changes."""

    kind = models.PositiveSmallIntegerField()
    value = models.BigIntegerField()
    mark = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="facet_marked_once")]

    def __str__(self):
        return f"{self.kind}.{self.value}"
