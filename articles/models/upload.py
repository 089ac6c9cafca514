"""What was uploaded at the desk to be brought in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """A file of texts from elsewhere, on its way in: nobody's but the `user`'s, and gone after a day.

    It is worked on for a few seconds at a time: first looked at (`stage`), then taken once its user has seen the account.
    `position` is how many of its texts that has been done with, `total` how many there are once that is known, `known` what
    the run has met (`transfer.belongings.Known`), `counts` and `lines` what came of them; `wishes` how they are to be taken.
    Until `busy_until` somebody is at it. `problem` says why it can't be read.
    """

    class Stage(models.TextChoices):
        """How far it is."""

        LOOKING = "looking", _("being looked at")
        SEEN = "seen", _("waits for your word")
        TAKING = "taking", _("being taken")
        DONE = "done", _("done")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.LOOKING)
    wishes = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    known = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    lines = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    busy_until = models.DateTimeField(null=True)
    content = models.BinaryField()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("texts from elsewhere")
        ordering = ["-pk"]

    def __str__(self):
        return self.name
