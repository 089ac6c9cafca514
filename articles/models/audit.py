"""The audit log: who did what at the desk, when, and from where. Rows are added, and never changed or deleted."""

import contextlib
from contextvars import ContextVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import tries

_acting = ContextVar("acting", default=(None, ""))


@contextlib.contextmanager
def acting(user, address):
    """Let whatever is recorded meanwhile be done by `user` (or None), from where `address`, a keyed hash, says."""
    token = _acting.set((user, address))
    try:
        yield
    finally:
        _acting.reset(token)


def actor():
    """Return the user who is at work at the desk, or None."""
    return _acting.get()[0]


STANDS = "An entry of the log is never changed or deleted."


class Unchangeable(Exception):  # noqa: N818 - nobody is meant to catch it
    """What the audit log holds stays as it is."""


class AuditEntryQuerySet(models.QuerySet):
    """Entries, which are only read."""

    def record(self, act, row=None, *, by=None, before=None, after=None):
        """Add that `act` was done to `row` by the user `by` (default: whoever is acting), in the caller's transaction.

        `before` and `after` are what the row said, as plain data; what is the same in both is left out.
        """
        user, address = _acting.get()
        user = by or user
        if before and after:
            same = {name for name in before if name in after and before[name] == after[name]}
            before, after = ({name: each[name] for name in each if name not in same} for each in (before, after))
        return self.create(
            at=tries.clock(),
            act=act,
            who=user.get_username() if user else "",
            user_key=user.pk if user else None,
            address=address,
            kind=row._meta.label_lower if row else "",
            row_key=row.pk if row else None,
            what=str(row)[:200] if row else "",
            before=before,
            after=after,
        )

    def update(self, **values):
        """Refuse."""
        raise Unchangeable

    def delete(self):
        """Refuse."""
        raise Unchangeable


class AuditEntry(models.Model):
    """One thing that was done: `act`, `at` that instant, by the user called `who` (empty: nobody known, or the site itself).

    It is about the row `row_key` of the model `kind`, called `what` then; users and rows may be gone since. `before` and
    `after` hold what differed. `address` is a keyed hash that changes with the month.
    """

    class Act(models.TextChoices):
        """What can be done."""

        LOGIN = "login", _("Logged in")
        BAD_LOGIN = "bad login", _("Wrong name or password")
        BAD_CODE = "bad code", _("Wrong code")
        THROTTLED = "throttled", _("Tried too often")
        FACTOR_SET = "factor set", _("Second factor set up")
        FACTOR_REMOVED = "factor removed", _("Second factor removed")
        FACTOR_RESET = "factor reset", _("Second factor reset")
        CODES = "codes", _("New recovery codes")
        PASSWORD = "password", _("Password changed")  # noqa: S105
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        DELETED = "deleted", _("Deleted")
        BROUGHT_BACK = "brought back", _("Brought back")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        RETAGGED = "retagged", _("Themes changed")
        MERGED = "merged", _("Merged")
        PARTED = "parted", _("Merge undone")

    at = models.DateTimeField(_("when"), db_index=True)
    act = models.CharField(_("what was done"), max_length=20, choices=Act.choices)
    who = models.CharField(_("who"), max_length=150, blank=True, db_index=True)
    user_key = models.BigIntegerField(null=True)
    address = models.CharField(_("from where"), max_length=16, blank=True)
    kind = models.CharField(_("kind of row"), max_length=60, blank=True)
    row_key = models.BigIntegerField(null=True)
    what = models.CharField(_("to what"), max_length=200, blank=True)
    before = models.JSONField(_("before"), null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), null=True, encoder=DjangoJSONEncoder)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("entries of the log")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.who} {self.act} {self.what}"

    def save(self, **kw):
        """Store the entry once."""
        if self.pk:
            raise Unchangeable
        super().save(**kw)

    def delete(self, **kw):
        """Refuse."""
        raise Unchangeable
