"""Where texts came from that were brought in from elsewhere."""

import hashlib

from django.contrib.flatpages.models import FlatPage
from django.db import models

from .article import Article
from .revision import Revision

LONGEST = 300


class Imported(models.Model):
    """One text of a source and what became of it here: the `article`, or the plain `page`; neither, when that was deleted.

    `origin` tells it from all others (see `key_of`), `digest` is that of the text as it was taken last. While the working
    copy of the article says what the revision `stored` does, or the digest of the page is `page_digest`, nobody has edited it
    here since.
    `published_at` and `updated_at` are its instants at the source, by which its first publication here goes; `old_paths` the
    addresses that readers knew there and that don't lead here yet. Texts that say the same in different languages have the same
    `translation_key`.
    """

    origin = models.CharField(max_length=LONGEST, unique=True)
    digest = models.CharField(max_length=64)
    translation_key = models.CharField(max_length=64, blank=True, db_index=True)  # 64 hexadecimal digits
    article = models.OneToOneField(Article, models.SET_NULL, null=True, related_name="imported")
    page = models.OneToOneField(FlatPage, models.SET_NULL, null=True, related_name="+")
    stored = models.ForeignKey(Revision, models.SET_NULL, null=True, related_name="+")
    page_digest = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    old_paths = models.JSONField(default=list)
    taken_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return self.origin

    @staticmethod
    def key_of(origin):
        """Return the `origin` as it is stored: one that is too long for its column by its SHA-256."""
        return origin if len(origin) <= LONGEST and "\0" not in origin else hashlib.sha256(origin.encode()).hexdigest()

    @staticmethod
    def digest_of(page, *, is_out=False):
        """Return the SHA-256, 64 hexadecimal digits, of what the plain `page` says, and whether readers see it."""
        said = (page.url, page.title, page.content, *(["out"] if is_out else []))
        return hashlib.sha256("\0".join(said).encode()).hexdigest()

    @staticmethod
    def translations(key, *, before=None):
        """Return the rows of articles that were taken with the translation key `key`, the first first; those `before` a row."""
        rows = (
            Imported.objects.filter(translation_key=key, article__deleted_at=None).exclude(article=None).order_by("pk")
        )
        return rows.filter(pk__lt=before.pk) if before else rows

    @property
    def is_gone(self):
        """Whether what became of the text was deleted here or withdrawn."""
        if self.article is None:
            return self.page is None
        return bool(self.article.deleted_at or self.article.withdrawn_at)

    @property
    def is_edited(self):
        """Whether what became of the text says something else here than what was taken."""
        if self.article is None:
            if self.page_digest == self.digest_of(self.page, is_out=True):
                return not self.page.sites.exists()  # somebody took it away by hand
            return self.digest_of(self.page) != self.page_digest
        if self.article.working_id == self.stored_id:
            return False
        # Published, sent back or approved as it came, it says the same.
        return self.stored is None or self.article.working.fields != self.stored.fields
