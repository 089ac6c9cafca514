"""How a list can be narrowed from where it is, with counts; and how each condition of it can be dropped."""

import functools
from dataclasses import dataclass, replace

from django.db.models import Count
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from ..models import Article, ArticleAuthor, ArticleTheme, Author, Theme
from .counts import years_of
from .parsing import MOST_THEMES

MOST_CHOICES = 12


@dataclass(frozen=True)
class Choice:
    """One way to narrow a list: what to, how many articles are left, the addresses of that list and of the rest."""

    label: str
    count: int
    address: str
    without: str | None = None


def facets(listing):
    """Return [(what, [`Choice`, …]), …] of the listing: what leaves fewer of its articles.

    Counted once for each list and each change of what readers see.
    """
    return _facets(listing, Article.objects.last_change(), get_language())


@functools.lru_cache(maxsize=2_000)
def _facets(listing, changed, language):
    rows = listing.counted()
    total = rows.count()
    found = [
        (_("Themes"), _themes(listing, rows)),
        (_("Authors"), [] if listing.author else _authors(listing, rows)),
        (_("Years"), [] if listing.year else _years(listing, rows)),
        (_("Languages"), [] if listing.language else _languages(listing, rows)),
    ]
    return [
        (label, narrower)
        for label, choices in found
        if (narrower := [choice for choice in choices if choice.count < total][:MOST_CHOICES])
    ]


def _themes(listing, rows):
    if len(listing.themes) + len(listing.without) >= MOST_THEMES:
        return []
    chosen = [theme.pk for theme in listing.themes]
    links = ArticleTheme.objects.filter(content_object__in=rows.values("pk")).exclude(tag__in=chosen)
    counts = dict(links.values_list("tag").annotate(count=Count("pk")).order_by("-count", "tag")[: MOST_CHOICES + 1])
    themes = Theme.objects.defer("introduction", "introduction_html").in_bulk(counts)
    return [
        Choice(
            themes[pk].name, count, listing.with_theme(themes[pk]).address(), listing.leaving_out(themes[pk]).address()
        )
        for pk, count in counts.items()
    ]


def _authors(listing, rows):
    links = ArticleAuthor.objects.filter(article__in=rows.values("pk"))
    counts = dict(links.values_list("author").annotate(count=Count("pk")).order_by("-count", "author")[:MOST_CHOICES])
    authors = Author.objects.in_bulk(counts)
    return [
        Choice(authors[pk].name, count, _narrowed(listing, author=authors[pk]).address())
        for pk, count in counts.items()
    ]


def _years(listing, rows):
    return [Choice(str(year), count, _narrowed(listing, year=year).address()) for year, count in years_of(rows)]


def _languages(listing, rows):
    counts = rows.values_list("language").annotate(count=Count("pk")).order_by("-count", "language")
    return [
        Choice(get_language_info(code)["name_translated"], count, _narrowed(listing, language=code).address())
        for code, count in counts
    ]


def _narrowed(listing, **told):
    narrowed = replace(listing, **told)
    return replace(narrowed, order=narrowed.usual_order)
