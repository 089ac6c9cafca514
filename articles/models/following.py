"""How many follow which feed, counted without knowing who."""

import math

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

BITS = 8192


def today():
    """Return the present day (UTC)."""
    return timezone.now().date()


def estimate(pollers):
    """Return about how many pollers the bitmap `pollers` (an int of 8,192 bits) has seen.

    Linear counting (Whang, Vander-Zanden and Taylor 1990): each sets one bit of 8,192, and how many are still unset
    tells how many came, within 2 % up to 20,000.
    """
    unset = BITS - pollers.bit_count()
    return round(-BITS * math.log(max(unset, 1) / BITS))


class FollowingQuerySet(models.QuerySet):
    """What was counted."""

    def add(self, counted):
        """Add what a process has `counted`, {(day, feed): (bitmap, {aggregator: subscribers})}: twice is as good as once."""
        with transaction.atomic():
            for (day, feed), (pollers, reported) in sorted(counted.items()):
                self.get_or_create(day=day, feed=feed)
                row = self.select_for_update().get(day=day, feed=feed)
                row.seen |= pollers
                row.reported = {
                    name: max(row.reported.get(name, 0), reported.get(name, 0)) for name in row.reported | reported
                }
                row.save()


class Following(models.Model):
    """What was seen of the pollers of one feed (a path) on one day (UTC).

    `pollers` is a bitmap: each poller sets one bit, chosen by a keyed hash of its address that changes daily. A bit is
    shared by half a million IPv4 addresses, so that none can be told from it. `reported` is what aggregators say of
    themselves: {name: number of subscribers}.
    """

    day = models.DateField()
    feed = models.CharField(max_length=250)
    pollers = models.BinaryField(max_length=BITS // 8, default=bytes)
    reported = models.JSONField(default=dict)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("who follows")
        constraints = [models.UniqueConstraint(fields=["day", "feed"], name="following_once_per_day")]

    def __str__(self):
        return f"{self.day} {self.feed}"

    @property
    def seen(self):
        """The bitmap as a number."""
        return int.from_bytes(self.pollers)

    @seen.setter
    def seen(self, bits):
        self.pollers = bits.to_bytes(BITS // 8)
