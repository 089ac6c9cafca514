"""The saved states of an article."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RevisionQuerySet(models.QuerySet):
    """Revisions of an article."""

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
        changes = [Revision.Change.UPDATE, Revision.Change.CORRECTION]
        return self.filter(models.Q(change__in=changes) | models.Q(kind=Revision.Kind.WITHDRAWN))

    def owned_up(self, at=None):
        """Return the corrections of public articles and the withdrawals, newest first, with their articles."""
        return self._in_the_open([Revision.Change.CORRECTION], at)

    def announced(self, at=None):
        """Return the updates and corrections of public articles and the withdrawals, newest first, with their articles."""
        return self._in_the_open([Revision.Change.UPDATE, Revision.Change.CORRECTION], at)

    def _in_the_open(self, changes, at):
        live = models.Q(article__published_at__lte=at or timezone.now(), article__withdrawn_at=None)
        rows = self.filter(models.Q(change__in=changes) & live | models.Q(kind=Revision.Kind.WITHDRAWN))
        rows = rows.select_related("article").defer("fields", "article__body", "article__html")
        return rows.order_by("-saved_at", "-pk")


class Revision(models.Model):
    """One saved state of an article: everything an editor can edit, who saved it, when and on what it was based.

    Append-only, but for what is kept while somebody types (`autosave`): that has no number, is its editor's own and is
    replaced by the next. The same rows are history, working copy, conflict detection and the public change log.
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
    fields = models.JSONField()
    based_on = models.ForeignKey("self", models.RESTRICT, null=True, blank=True, related_name="+")
    form = models.UUIDField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
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
                condition=~(models.Q(change__in=["update", "correction"]) | models.Q(kind="withdrawn"))
                | ~models.Q(note=""),
                name="revision_change_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.article_id}.{self.number or self.kind}"

    @property
    def told_as(self):
        """What readers are told it was: update, correction, withdrawn."""
        return self.get_change_display() if self.change else self.get_kind_display()

    def save(self, *args, **kwargs):
        """Store a new revision; a stored one is never written again."""
        if not self._state.adding:
            raise TypeError("A revision is never changed: save a new one.")
        super().save(*args, **kwargs)


class OpenForm(models.Model):
    """A form of an article that is open on somebody's screen, as its script says every few seconds."""

    form = models.UUIDField(primary_key=True)
    article = models.ForeignKey("Article", models.CASCADE, related_name="open_forms")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    def __str__(self):
        return f"{self.user}: {self.article_id}"
