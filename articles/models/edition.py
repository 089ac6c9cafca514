"""When what readers see changed last."""

import datetime
import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone


def fresh():
    """Return 32 characters that no edition, here or in another copy of the site, had before."""
    return secrets.token_hex(16)


class Edition(models.Model):
    """The one row that says when somebody last changed what readers see: a text, a name, an address, a theme.

    Drafts and schedules leave it alone, for a date that moved with them would tell of them; what falls due by itself
    is in `Article.objects.last_change`. `names` is another one whenever that changes which may show in any text: the
    names and definitions of themes, the words of pictures, the site's own name. `turn` is
    another one after every change, of schedules too; nobody is shown it. So is `wide`, but for the changes of articles
    that say themselves which lists they concern.
    """

    turn = models.CharField(max_length=32, default=fresh)
    wide = models.CharField(max_length=32, default=fresh)
    changed_at = models.DateTimeField()
    names = models.CharField(max_length=32, default=fresh)
    zone = models.CharField(max_length=64, default="")  # in which the years and months of the tallies begin

    def __str__(self):
        return f"{self.changed_at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def take_turn(cls, wide=True):
        """Wait until no other transaction is changing what readers see; the turn ends with the transaction.

        Taken first by every writer, so that none works on what another is replacing and no two wait for each other.
        Only one who forgets the renditions of all articles that are shown otherwise from now on takes a turn that is
        not `wide`: lists and feeds of other articles stay kept.
        """
        turn = {"turn": fresh(), **({"wide": fresh()} if wide else {})}
        if not cls.objects.filter(pk=1).update(**turn):  # which waits for whoever has the turn
            first = {"changed_at": timezone.now(), "zone": settings.TIME_ZONE}
            cls.objects.get_or_create(pk=1, defaults=first)
            cls.objects.filter(pk=1).update(**turn)

    @classmethod
    def touch(cls):
        """Note that what readers see has changed; called in one's turn."""
        cls.objects.filter(pk=1).update(changed_at=timezone.now())

    @classmethod
    def rename(cls):
        """Note that something has changed that may show in any text; called in one's turn."""
        cls.objects.filter(pk=1).update(names=fresh())

    @classmethod
    def begin_anew(cls):
        """Note that everything may be another, for the database has been replaced: nothing that is kept holds any more."""
        cls.objects.update(turn=fresh(), wide=fresh(), names=fresh(), changed_at=timezone.now())


def second_is_over(instant):
    """Whether the second that the aware `instant` lies in has passed, so that nothing more can happen in it.

    Before that a date in whole seconds is no validator: two states may share it (RFC 9110, 8.8.2.2).
    """
    return timezone.now() >= instant.replace(microsecond=0) + datetime.timedelta(seconds=1)
