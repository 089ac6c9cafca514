"""Tries at getting into the desk, counted."""

from django.db import models
from django.utils import timezone


def clock():
    """Return the present instant (UTC)."""
    return timezone.now()


class Tries(models.Model):
    """How often something was tried: `count` times since `began_at`, the last time at `last_at`.

    `key` is a keyed hash of what is counted (an account, an address, both together), from which none can be read.
    `told`: until when the audit log says that nothing may be tried.

    At `expires_at` the row says nothing any more: it counts from nothing again, and housekeeping takes it away.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    told = models.DateTimeField(null=True)

    def __str__(self):
        return f"{self.count} since {self.began_at:%H:%M}"
