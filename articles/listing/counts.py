"""What the lists hold, by the tallies."""

from django.db.models import prefetch_related_objects

from ..models import Author, Counts, Series, Theme
from ..models.tally import EVERYTHING, Kind, language_code
from .filters import Listing


def years(counts=None):
    """Return the years that have public articles, newest first, as [(year, number of articles), …], by the `Counts` (default: now)."""
    return sorted((counts or Counts()).partners(EVERYTHING, year=None)[Kind.YEAR], reverse=True)


def themes_with_counts(counts=None):
    """Return all themes, A to Z in any script, with their names prefetched.

    Each has `count`, the number of its public articles by the `Counts` (default: now), and `letter`, under which it stands.
    """
    themes = list(Theme.objects.defer("introduction", "introduction_html"))
    prefetch_related_objects(themes, "names")
    _count(themes, counts or Counts())
    folded = {name.theme_id: name.folded for theme in themes for name in theme.names.all() if not name.is_alias}
    for theme in themes:
        theme.letter = folded[theme.pk][:1].upper()
    return sorted(themes, key=lambda theme: (folded[theme.pk], theme.pk))


def themes_on_front(counts):
    """Return the themes of the front page in their order, with their introductions; each has `count`, by the `Counts`."""
    themes = list(Theme.objects.exclude(place=None).order_by("place", "pk"))
    counts.partners(EVERYTHING, theme=None, year=None)  # in one query, for the years stand there, too
    _count(themes, counts)
    return themes


def _count(themes, counts):
    known = dict(counts.partners(EVERYTHING, theme=None)[Kind.THEME])
    for theme in themes:
        theme.count = known.get(theme.pk, 0)


def followable(at=None):
    """Return what can be followed at `at` besides everything, as {kind: [(row, its listing), …]}.

    The kinds are "themes" (all of them: the first article may be the one waited for), "authors", "series" and, where
    there are several, "languages" (their codes).
    """
    counts = Counts(at)
    found = counts.partners(EVERYTHING, theme=None, author=None, series=None, language=None)
    present = {kind: [value for value, _count in rows] for kind, rows in found.items()}
    languages = sorted(map(language_code, present[Kind.LANGUAGE]))
    authors = Author.objects.filter(pk__in=present[Kind.AUTHOR])
    series = Series.objects.filter(pk__in=present[Kind.SERIES])
    return {
        "languages": [(code, Listing(language=code)) for code in languages] if len(languages) > 1 else [],
        "themes": [(theme, Listing(themes=(theme,))) for theme in themes_with_counts(counts)],
        "authors": [(author, Listing(author=author)) for author in authors],
        "series": [(each, Listing(series=each, order="series")) for each in series],
    }
