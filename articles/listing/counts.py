"""What the lists hold, counted."""

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from .. import names
from ..models import Article, ArticleTheme, Author, Series, Theme
from .filters import Listing, start_of


def years(at=None):
    """Return the years that have public articles at `at`, newest first, as [(year, number of articles), …]."""
    return years_of(Article.objects.public(at))


def years_of(rows):
    """Return the years in which the articles `rows` were published, newest first, as [(year, number of articles), …]."""
    # With a count: for the ends alone PostgreSQL would walk an index in search of the few that are meant.
    ends = rows.aggregate(first=Min("published_at"), last=Max("published_at"), count=Count("pk"))
    if ends["first"] is None:
        return []
    spans = range(timezone.localtime(ends["last"]).year, timezone.localtime(ends["first"]).year - 1, -1)
    # Counted between instants: asked for the year of each date, SQLite would call Python for every row.
    counts = rows.aggregate(
        **{
            f"y{year}": Count("pk", filter=Q(published_at__gte=start_of(year), published_at__lt=start_of(year + 1)))
            for year in spans
        }
    )
    return [(year, counts[f"y{year}"]) for year in spans if counts[f"y{year}"]]


def themes_with_counts(at=None):
    """Return all themes, A to Z in any script, with their names prefetched.

    Each has `count`, the number of its public articles at `at`, and `letter`, under which it stands.
    """
    counts = dict(ArticleTheme.objects.public(at).values_list("tag").annotate(count=Count("pk")).order_by())
    themes = list(Theme.objects.prefetch_related("names").defer("introduction", "introduction_html"))
    for theme in themes:
        theme.count = counts.get(theme.pk, 0)
        theme.letter = names.fold(theme.name)[:1].upper()
    return sorted(themes, key=lambda theme: (names.fold(theme.name), theme.pk))


def followable(at=None):
    """Return what can be followed at `at` besides everything, as {kind: [(row, its listing), …]}.

    The kinds are "themes" (all of them: the first article may be the one waited for), "authors", "series" and, where
    there are several, "languages" (their codes).
    """
    public = Article.objects.public(at)
    authors = Author.objects.filter(articles__in=public).distinct()
    series = Series.objects.filter(articles__in=public).distinct()
    languages = sorted(set(public.values_list("language", flat=True).order_by().distinct()))
    return {
        "languages": [(code, Listing(language=code)) for code in languages] if len(languages) > 1 else [],
        "themes": [(theme, Listing(themes=(theme,))) for theme in themes_with_counts(at)],
        "authors": [(author, Listing(author=author)) for author in authors],
        "series": [(each, Listing(series=each, order="series")) for each in series],
    }
