"""What the hub is told."""

from django.db import models
from django.db.models import F


class TopicQuerySet(models.QuerySet):
    """Topics."""

    def waiting(self):
        """Return those of whose last change the hub doesn't know."""
        return self.exclude(told=F("state"))

    def due(self, at):
        """Return the waiting ones that should be tried at the instant `at`."""
        return self.waiting().filter(models.Q(try_at=None) | models.Q(try_at__lte=at))


class Topic(models.Model):
    """A feed at `address` (a path) whose subscribers wait for the hub: the state it is in, and the one the hub was told.

    While both differ the hub has something to be told. After a failure it is tried again at `try_at`; `problem` says
    what went wrong.
    """

    address = models.CharField(max_length=250, unique=True)
    state = models.CharField(max_length=64)
    told = models.CharField(max_length=64, blank=True)
    told_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["address"]

    def __str__(self):
        return self.address
