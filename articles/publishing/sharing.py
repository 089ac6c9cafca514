"""Showing a draft to people without an account."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import DraftLink
from . import rights

LONGEST_DAYS = 90


def share(article, *, by, days, may_comment=False):
    """Make and return a `DraftLink` to the working copy of `article`, good for `days` days (1 to 90)."""
    rights.refuse(by, "write", article)
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError(_("A link lasts from 1 to %s days.") % LONGEST_DAYS)
    now = timezone.now()
    return DraftLink.objects.create(
        article=article, made_by=by, made_at=now, expires_at=now + timedelta(days=days), may_comment=may_comment
    )


def revoke(article, key, *, by):
    """End the draft link `key` (its primary key) of `article` at once."""
    rights.refuse(by, "write", article)
    article.draft_links.filter(pk=key).delete()


def open_links(article):
    """Return the draft links of `article` that work now, the first to expire first."""
    return list(article.draft_links.filter(expires_at__gt=timezone.now()).order_by("expires_at"))


def shared(token):
    """Return the `DraftLink` with `token` if it works now, or None."""
    links = DraftLink.objects.select_related("article__working", "article__live")
    return links.filter(token=token, expires_at__gt=timezone.now(), article__deleted_at=None).first()


def is_over(link):
    """Whether what `link` was to show is live: readers see the working copy, or a version published since."""
    article = link.article
    if not article.is_public():
        return False
    return not article.has_changes or article.live.saved_at > link.made_at
