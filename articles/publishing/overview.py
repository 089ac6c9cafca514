"""What needs a person, and how the publication stands."""

from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from ..models import Article, Counts, Revision, Source, Theme
from ..models.tally import EVERYTHING, Kind

AHEAD = timedelta(days=14)
MOST = 10
MONTHS = 12


def coming(at=None):
    """Return what is scheduled after the instant `at` (default: now), the first to come first."""
    return Article.objects.filter(published_at__gt=at or timezone.now(), withdrawn_at=None).order_by("published_at")


def overview(user):
    """Return what the first page of the desk shows `user`: lists of articles by what they wait for, and two counts.

    Who publishes sees everybody's; others see their own. The counts are [(label, number), …] over public articles.
    """
    now = timezone.now()
    rows = Article.objects.filter(deleted_at=None).select_related("working__saved_by")
    own = Q(created_by=user) | Q(bylines__author__user=user) | Q(working__saved_by=user)
    mine = rows.filter(pk__in=Article.objects.filter(own).values("pk"))
    seen = rows if user.has_perm("articles.publish_article") else mine
    unpublished = Q(published_at=None) | ~Q(working=F("live"))
    return {
        "review": seen.filter(working__kind=Revision.Kind.SUBMITTED).order_by("working__saved_at"),
        "approved": seen.filter(working__kind=Revision.Kind.APPROVED).order_by("working__saved_at"),
        "returned": mine.filter(working__kind=Revision.Kind.RETURNED).order_by("-working__saved_at"),
        "talk": mine.filter(comments__parent=None, comments__resolved_at=None, comments__isnull=False).distinct(),
        "coming": seen.filter(published_at__gt=now, published_at__lte=now + AHEAD).order_by("published_at"),
        "open": mine.filter(unpublished, withdrawn_at=None)
        .exclude(working__kind__in=[Revision.Kind.SUBMITTED, Revision.Kind.RETURNED, Revision.Kind.APPROVED])
        .order_by("-working__saved_at")[:MOST],
        "unsaved": rows.filter(revisions__in=Revision.objects.all().kept_for(user)).distinct()[:MOST],
        "broken": seen.filter(withdrawn_at=None, links__to_article__withdrawn_at__isnull=False)
        .distinct()
        .order_by("title"),
        "gone": seen.filter(withdrawn_at=None, citations__source__failures__gte=Source.DEAD)
        .distinct()
        .order_by("title"),
        "stuck": seen.filter(rendition__is_stuck=True).order_by("title"),
        "bare": seen.filter(pk__in=Article.objects.public(now).filter(lead_picture=None).values("pk")).order_by(
            "-published_at"
        )[:MOST],
        "months": _by_month(now),
        "themes": _by_theme(now),
    }


def _by_month(now):
    """Return the last twelve months, oldest first, each with the number of articles published in it."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    starts = [first]
    while len(starts) < MONTHS:
        starts.insert(0, (starts[0] - timedelta(days=1)).replace(day=1))
    counts = dict(Counts(now).partners(EVERYTHING, month=None)[Kind.MONTH])
    return [(start, counts.get(start.year * 100 + start.month, 0)) for start in starts]


def _by_theme(now):
    """Return every theme with its number of public articles, most first."""
    counts = dict(Counts(now).partners(EVERYTHING, theme=None)[Kind.THEME])
    themes = [(theme, counts.get(theme.pk, 0)) for theme in Theme.objects.only("name", "slug")]
    return sorted(themes, key=lambda pair: (-pair[1], pair[0].name))
