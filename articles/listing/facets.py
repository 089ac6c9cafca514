"""How a list can be narrowed from where it is, with counts; and how each condition of it can be dropped."""

from dataclasses import dataclass, replace

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from .parsing import MOST_THEMES

MOST_CHOICES = 12


@dataclass(frozen=True)
class Choice:
    """One way to narrow a list: what to, how many articles are left, the addresses of that list and of the rest."""

    label: str
    count: int
    address: str
    without: str | None = None

    @property
    def rest(self):
        """What the list without these articles is called."""
        return _("without %(name)s") % {"name": self.label}


def facets(page):
    """Return [(what, [`Choice`, …]), …] of the `Page`'s listing: what leaves fewer of its articles.

    They are counted among as many of its articles as `page.beside.looked_at` says.
    """
    listing, found = page.listing, page.beside
    among = page.total if found.looked_at is None else found.looked_at
    told = [
        (_("Themes"), _themes(listing, found.themes, among)),
        (_("Authors"), [] if listing.author else _choices(listing, "author", found.authors, among, str)),
        (_("Years"), [] if listing.year else _choices(listing, "year", found.years, among, str)),
        (_("Languages"), [] if listing.language else _choices(listing, "language", found.languages, among, _spoken)),
    ]
    return [(label, choices) for label, choices in told if choices]


def neighbours(page):
    """Return the other themes on the articles of the `Page`'s listing as [(theme, number of shared articles), …], most first.

    They are counted among as many of its articles as `page.beside.looked_at` says.
    """
    return page.beside.themes


def _narrowing(rows, among):
    return [(row, count) for row, count in rows if count < among][:MOST_CHOICES]


def _themes(listing, rows, among):
    if len(listing.themes) + len(listing.without) >= MOST_THEMES:
        return []
    return [
        Choice(theme.name, count, listing.with_theme(theme).address(), listing.leaving_out(theme).address())
        for theme, count in _narrowing(rows, among)
    ]


def _choices(listing, name, rows, among, label):
    return [
        Choice(label(row), count, _narrowed(listing, **{name: row}).address()) for row, count in _narrowing(rows, among)
    ]


def _spoken(code):
    return get_language_info(code)["name_translated"]


def _narrowed(listing, **told):
    narrowed = replace(listing, **told)
    return replace(narrowed, order=narrowed.usual_order)
