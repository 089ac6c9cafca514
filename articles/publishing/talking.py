"""Talking about a text: remarks on a passage, answers, and what is settled."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import names
from ..models import Comment
from ..text import anchor
from . import rights

LONGEST = 4_000  # characters of a remark
LONGEST_QUOTE = 1_000
MOST_OPEN = 300  # remarks on one article, so that a shared link can't fill the desk


def say(article, *, text, by, name="", quote="", place=0, parent=None):
    """Store and return a remark on `article` by the user `by`, or by a guest called `name`.

    `quote` is the passage it is about, which began at the character `place`; an answer has its remark as `parent`.
    Raise ValidationError in words for whoever made it.
    """
    rights.refuse(by, "write", article)
    text, name, quote = names.clean(text).strip(), names.clean_line(name), names.clean(quote)
    if not text:
        raise ValidationError(_("There is nothing in this remark yet."))
    if len(text) > LONGEST:
        raise ValidationError(_("A remark has at most %s characters.") % f"{LONGEST:,}")
    if by is None and not name:
        raise ValidationError(_("Say who you are."))
    if article.comments.count() >= MOST_OPEN:
        raise ValidationError(_("There are too many remarks on this text: resolve some first."))
    return Comment.objects.create(
        article=article,
        parent=parent,
        author=by,
        name=name[:80],
        text=text,
        quote="" if parent else quote[:LONGEST_QUOTE],
        place=max(0, min(place, 10**7)),
        made_at=timezone.now(),
    )


def resolve(comment, *, by):
    """Mark a remark as settled by `by`, or open it again when it is."""
    rights.refuse(by, "write", comment.article)
    comment.resolved_at, comment.resolved_by = (None, None) if comment.resolved_at else (timezone.now(), by)
    comment.save(update_fields=["resolved_at", "resolved_by"])


def threads(article, body, *, settled=False):
    """Return the open remarks on `article` (or the settled ones), each with `span`, where it belongs in `body` now.

    In the order of the text; those on the whole text come first, those whose passage is gone last.
    """
    rows = article.comments.filter(parent=None, resolved_at__isnull=not settled)
    found = list(rows.select_related("author").prefetch_related("answers__author"))
    for comment in found:
        comment.span = anchor.find(comment.quote, comment.place, body)
    return sorted(found, key=lambda comment: comment.span or ((-1, 0) if not comment.quote else (len(body) + 1, 0)))
