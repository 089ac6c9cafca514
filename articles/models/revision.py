"""The saved states of an article."""

import datetime
import hashlib
import json
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

STANDS = "A revision is never changed or deleted: save a new one."


def digest_of(row, article):
    """Return the SHA-256, 64 hexadecimal digits, over all that the revision `row` of the article with the uid `article` says.

    Over JSON in one spelling: sorted keys, no spaces, ASCII, instants in UTC to the microsecond, rows by their keys. So
    it is the same on every database, and after the account of whoever saved it is gone.
    """
    said = {name: getattr(row, name) for name in ("number", "kind", "change", "note", "fields", "saver")}
    said |= {
        "article": str(article),
        "based_on": None if row.based_on_id is None else int(row.based_on_id),
        "form": row.form and str(uuid.UUID(str(row.form))),
        "saved_at": row.saved_at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Unsealed(ValueError):  # noqa: N818 - it says what the `row` is
    """A revision, the `row`, whose digest is not that of what it says."""

    def __init__(self, row):
        super().__init__(str(row))
        self.row = row


class RevisionQuerySet(models.QuerySet):
    """Revisions of an article."""

    def update(self, **columns):
        """Refuse: what is stored stands."""
        raise TypeError(STANDS)

    update.alters_data = True

    def delete(self):
        """Refuse: what is stored stands; what is only kept while somebody types, `drop` forgets."""
        raise TypeError(STANDS)

    delete.alters_data = delete.queryset_only = True

    def drop(self):
        """Delete those of these revisions that are only kept while somebody types."""
        models.QuerySet.delete(self.filter(kind=Revision.Kind.AUTOSAVE))

    drop.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        """Store new revisions, each with its digest."""
        objs = list(objs)
        for row in objs:
            row.seal()
        return super().bulk_create(objs, *args, **kwargs)

    def bring_in(self, rows):
        """Store revisions that were saved in another site as they were; raise Unsealed for one that isn't what was saved."""
        for row in rows:
            if row.digest != digest_of(row, row.article.uid):
                raise Unsealed(row)
            row.is_told = row.tells
        models.QuerySet.bulk_create(self, rows)

    bring_in.alters_data = True

    def numbered(self):
        """Return its history: everything that was saved, without what is only kept while somebody types."""
        return self.exclude(kind=Revision.Kind.AUTOSAVE)

    def kept_for(self, user):
        """Return what is kept of the forms in which `user` is or was typing."""
        return self.filter(kind=Revision.Kind.AUTOSAVE, saved_by=user)

    def seen(self):
        """Return what readers noticed or could have: every change of what was published, mended typos among them."""
        return self.filter(kind__in=[Revision.Kind.PUBLISHED, Revision.Kind.WITHDRAWN]).exclude(
            change=Revision.Change.NEW
        )

    def told(self):
        """Return those that readers are told about: updates, corrections, and times when it was withdrawn."""
        return self.filter(is_told=True)

    def owned_up(self, at=None):
        """Return the corrections of public articles and the withdrawals, newest first."""
        return self._in_the_open([Revision.Change.CORRECTION], at)

    def announced(self, at=None):
        """Return the updates and corrections of public articles and the withdrawals, newest first."""
        return self._in_the_open([Revision.Change.UPDATE, Revision.Change.CORRECTION], at)

    def _in_the_open(self, changes, at):
        # By the articles that readers don't see, which are few: order and number are then read off an index alone.
        articles = Revision._meta.get_field("article").related_model.objects.order_by().values("pk")
        withdrawn = articles.filter(withdrawn_at__gt=BEFORE_ALL)  # "is not null" SQLite looks up in no index
        coming = articles.filter(models.Q(published_at=None) | models.Q(published_at__gt=at or timezone.now()))
        seen = ~models.Q(article__in=withdrawn) & ~models.Q(article__in=coming)
        rows = self.told().filter(models.Q(change__in=changes) & seen | models.Q(kind=Revision.Kind.WITHDRAWN))
        return rows.order_by("-saved_at", "-pk")

    def with_articles(self):
        """Return the revisions with their articles, without the texts of either."""
        texts = ("fields", "article__body", "article__html", "article__contents")
        return self.select_related("article").defer(*texts)

    def logged(self, keys):
        """Return the revisions with `keys`, newest first, with their articles."""
        return self.filter(pk__in=keys).with_articles().order_by("-saved_at", "-pk")


BEFORE_ALL = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
TELLING = models.Q(change__in=["update", "correction"]) | models.Q(kind="withdrawn")


class Revision(models.Model):
    """One saved state of an article: everything an editor can edit, who saved it, when and on what it was based.

    Append-only, but for what is kept while somebody types (`autosave`): that has no number, is its editor's own and is
    replaced by the next. A trigger of the database refuses changes as well; `saved_by` alone is emptied when that account
    is deleted, and `saver` still has its key. `digest` tells whether anything has been damaged. The same rows are history, working copy, conflict detection and the public change log.
    """

    class Kind(models.TextChoices):
        """What the save was for."""

        AUTOSAVE = "autosave", _("kept while typing")
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("handed in for review")
        RETURNED = "returned", _("sent back")
        APPROVED = "approved", _("approved")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Change(models.TextChoices):
        """What a publication meant for readers."""

        NEW = "new", _("new")
        TYPO = "typo", _("typo")
        UPDATE = "update", _("update")
        CORRECTION = "correction", _("correction")

    article = models.ForeignKey("Article", models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=9, choices=Kind)
    change = models.CharField(max_length=10, choices=Change, blank=True)
    note = models.CharField(max_length=500, blank=True)
    is_told = models.BooleanField(default=False, editable=False)  # to readers, as `told` says: what an index can ask
    fields = models.JSONField()
    based_on = models.ForeignKey("self", models.RESTRICT, null=True, blank=True, related_name="+")
    form = models.UUIDField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    saver = models.PositiveBigIntegerField(null=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
        indexes = [
            models.Index(
                models.F("saved_at").desc(),
                models.F("id").desc(),
                "kind",
                "change",
                "article",
                "is_told",
                name="revision_told_newest_first",
                condition=models.Q(is_told=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["saved_by", "form"],
                condition=models.Q(kind="autosave"),
                name="revision_kept_once_per_form",
            ),
            models.UniqueConstraint(fields=["form"], condition=models.Q(number=1), name="article_made_once_per_form"),
            models.CheckConstraint(
                condition=models.Q(kind="autosave", number__isnull=True, form__isnull=False)
                | (~models.Q(kind="autosave") & models.Q(number__isnull=False)),
                name="revision_numbered_unless_kept",
            ),
            models.CheckConstraint(
                condition=(~models.Q(kind="published") & models.Q(change=""))
                | (models.Q(kind="published") & ~models.Q(change="")),
                name="revision_published_says_change",
            ),
            models.CheckConstraint(
                condition=~TELLING | ~models.Q(note=""),
                name="revision_change_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(TELLING, is_told=True) | models.Q(~TELLING, is_told=False),
                name="revision_told_when_it_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.article_id}.{self.number or self.kind}"

    @property
    def told_as(self):
        """What readers are told it was: update, correction, withdrawn."""
        return (self.Change(self.change) if self.change else self.Kind(self.kind)).label

    @property
    def tells(self):
        """Whether readers are told about it: an update, a correction, a withdrawal."""
        told = {self.Change.UPDATE, self.Change.CORRECTION}
        return self.change in told or self.kind == self.Kind.WITHDRAWN

    def save(self, *args, **kwargs):
        """Store a new revision; a stored one is never written again."""
        if not self._state.adding:
            raise TypeError(STANDS)
        self.seal()
        self.is_told = self.tells
        super().save(*args, **kwargs)

    def seal(self):
        """Take the digest of what the revision says, before it is stored."""
        self.saver = self.saved_by_id
        self.digest = digest_of(self, self.article.uid)

    def delete(self, *args, **kwargs):
        """Delete what is only kept while somebody types; a revision stands."""
        if self.kind != self.Kind.AUTOSAVE:
            raise TypeError(STANDS)
        return super().delete(*args, **kwargs)


class OpenForm(models.Model):
    """A form of an article that is open on somebody's screen, as its script says every few seconds."""

    form = models.UUIDField(primary_key=True)
    article = models.ForeignKey("Article", models.CASCADE, related_name="open_forms")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    def __str__(self):
        return f"{self.user}: {self.article_id}"
