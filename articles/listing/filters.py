"""Any list of articles is a page, a feed and a link: address <-> filter <-> queryset <-> title.

A `Listing` knows its one canonical address, its title and its articles; `parsing` makes one of any address.
"""

import datetime
import functools
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from .. import search
from ..models import Article, Author, Counts, Series
from ..models.article import NEWEST
from ..models.tally import EVERYTHING
from . import reading

PAGE_SIZE = 20
FORMATS = {
    "atom": ("Atom", "application/atom+xml"),
    "rss": ("RSS", "application/rss+xml"),
    "json": ("JSON Feed", "application/feed+json"),
}


class Feed(NamedTuple):
    """One feed of a list: its format as addresses spell it, what that is called, its media type, and its address."""

    format: str
    label: str
    type: str
    address: str


def feeds_of(place, query=""):
    """Return the `Feed`s of the list at the path `place`, filtered by the parameters `query`, best format first."""
    behind = f"?{query}" if query else ""
    return [Feed(format, *said, f"{place}feed.{format}{behind}") for format, said in FORMATS.items()]


class Unknown(Http404):
    """The address asks for something that isn't there; the message says what, in words for the reader."""


@dataclass(frozen=True)
class Listing:
    """A filter over public articles. `themes` and `without` are sorted by slug; `words` is what was typed."""

    themes: tuple = ()
    without: tuple = ()
    author: Author | None = None
    series: Series | None = None
    year: int | None = None
    month: int | None = None
    language: str = ""
    words: str = ""
    searching: bool = False
    order: str = "newest"
    front: bool = False

    # Addresses ---------------------------------------------------------------------------------------------------

    @functools.cached_property
    def filters(self):
        """The names of the filters in use."""
        return {name for name in ("themes", "without", "author", "series", "year", "language") if getattr(self, name)}

    @functools.cached_property
    def _place(self):
        """The path of the canonical address, and the filters that it spells."""
        if self.front:
            return "/", set()
        if self.searching:
            return "/search/", set()
        if self.themes and self.filters <= {"themes", "without"}:
            return f"/themes/{'+'.join(theme.slug for theme in self.themes)}/", {"themes"}
        if self.filters == {"author"}:
            return self.author.get_absolute_url(), {"author"}
        if self.filters == {"series"}:
            return self.series.get_absolute_url(), {"series"}
        if self.filters == {"year"}:
            return f"/articles/{self.year}/" + (f"{self.month:02}/" if self.month else ""), {"year"}
        return "/articles/", set()

    @property
    def path(self):
        """The path of the canonical address."""
        return self._place[0]

    @functools.cached_property
    def query(self):
        """The query string of the canonical address, without the question mark: parameters alphabetical."""
        left = self.filters - self._place[1]
        if not left and not self.words and self.order == self.usual_order:
            return ""  # as a hundred addresses on a hub do
        pairs = [
            *([("author", self.author.slug)] if "author" in left else []),
            *([("language", self.language)] if self.language else []),
            *([("month", f"{self.month:02}")] if "year" in left and self.month else []),
            *(("not", theme.slug) for theme in self.without),
            *([("order", self.order)] if self.order != self.usual_order else []),
            *([("q", self.words)] if self.words else []),
            *([("series", self.series.slug)] if "series" in left else []),
            *(("theme", theme.slug) for theme in self.themes if "themes" in left),
            *([("year", self.year)] if "year" in left else []),
        ]
        return urlencode(pairs)

    @property
    def usual_order(self):
        """The order without a word about order: a series reads from its first part, a search from its best hit."""
        return "best" if self.searching else "series" if self.filters == {"series"} else "newest"

    def address(self, page=1):
        """Return the canonical address of page `page`."""
        pages = f"page={page}" if page > 1 else ""
        query = "&".join(filter(None, (self.query, pages)))
        return self.path + (f"?{query}" if query else "")

    @functools.cached_property
    def feeds(self):
        """The `Feed`s of the listing, which know no order."""
        return feeds_of(self.path, replace(self, order=self.usual_order).query)

    @property
    def is_plain(self):
        """Whether the listing is everything, or all of one theme, author, series or language: what most people follow."""
        one = len(self.themes) <= 1 and self.filters in ({"themes"}, {"author"}, {"series"}, {"language"})
        return self.front or (one and not self.searching)

    @property
    def newest_first(self):
        """The address of the same articles, newest first."""
        return replace(self, order="newest").address()

    @property
    def best_first(self):
        """The address of the same articles, the best match first."""
        return replace(self, order="best").address()

    @property
    def oldest_first(self):
        """The address of the same articles, oldest first."""
        return replace(self, order="oldest").address()

    def with_theme(self, theme):
        """Return the listing narrowed to articles that are under `theme` too."""
        return replace(
            self,
            themes=tuple(sorted((*self.themes, theme), key=lambda each: each.slug)),
            order=self.usual_order,
        )

    def leaving_out(self, theme):
        """Return the listing without the articles that are under `theme` too."""
        without = tuple(sorted((*self.without, theme), key=lambda each: each.slug))
        return replace(self, without=without, order=self.usual_order)

    def without_condition(self, theme):
        """Return the listing without the condition that its articles be under `theme`."""
        return replace(self, themes=tuple(each for each in self.themes if each != theme), order=self.usual_order)

    @property
    def is_deep(self):
        """Whether search engines are asked to pass it over: searches, other orders, more than two conditions."""
        return self.searching or self.order != self.usual_order or self._asked_for > 2

    @property
    def is_narrow(self):
        """Whether it has more than one condition: there are more such lists than articles."""
        return self._asked_for > 1

    @property
    def _asked_for(self):
        """How many conditions it has."""
        return len(self.themes) + len(self.without) + len(self.filters - {"themes", "without"})

    # Words -------------------------------------------------------------------------------------------------------

    @functools.cached_property
    def title(self):
        """What the list is, in words."""
        if self.searching:
            search_words = _("Search: %s") % self.words if self.words else _("Search")
            return " · ".join([search_words, *self.conditions])
        return " · ".join(self.conditions) or _("All deep dives")

    @property
    def conditions(self):
        """The filters in words, one each."""
        parts = [" + ".join(theme.name for theme in self.themes)] if self.themes else []
        if self.without:
            parts.append(_("without %s") % ", ".join(theme.name for theme in self.without))
        if self.series:
            parts.append(self.series.title)
        if self.author:
            parts.append(_("by %s") % self.author if parts else self.author.name)
        if self.year:
            parts.append(self.period)
        if self.language:
            parts.append(_("in %s") % get_language_info(self.language)["name_translated"])
        return parts

    @property
    def period(self):
        """The year or the month of an archive, in words."""
        if self.month:
            return date_format(datetime.date(self.year, self.month, 1), "F Y")
        return str(self.year)

    # Articles ----------------------------------------------------------------------------------------------------

    @property
    def facet(self):
        """The `Facet` whose articles a page of the listing is about, one of those that all of them carry.

        None for a search, which nobody keeps.
        """
        everything = self.front or self.path.startswith("/articles/")  # which shows the years of everything
        return EVERYTHING if everything and not self.searching else self.followed_facet

    @property
    def followed_facet(self):
        """The same for a feed of the listing, which shows its articles alone."""
        return None if self.searching else reading.carried(self)[0]

    def articles(self, at=None):
        """Return the queryset of the listing's articles that are public at `at`, in order (a search: newest first)."""
        rows = Article.objects.public(at, *reading.span(self)).about(self.themes, self.without)
        if self.author:
            rows = rows.filter(bylines__author=self.author)
        if self.series:
            rows = rows.filter(series=self.series)
        if self.language:
            rows = rows.filter(language=self.language)
        if self.searching:
            rows = search.matching(rows, search.Query.of(self.words))
        if self.order == "oldest":
            return rows.order_by("published_at", "pk")
        if self.order == "series":
            return rows.order_by("series_order", "published_at", "pk")
        return rows.order_by(*NEWEST)

    def page(self, number, at=None):
        """Return page `number` of the listing at `at` as a `Page`; raise Unknown past the end."""
        counts, start = Counts(at), (number - 1) * PAGE_SIZE
        if self.searching:
            found, more = self._found(counts.at)
            total, keys = len(found), self._ordered(found)[start : start + PAGE_SIZE]
            rows = Article.objects.with_themes().defer("body", "contents", "translation_of")  # it quotes the texts
        else:
            total, more, found = reading.opened(self, counts, number, PAGE_SIZE)
            keys, rows = found[:PAGE_SIZE] if isinstance(found, list) else found, Article.objects.listed()
        pages = max(1, -(-total // PAGE_SIZE))
        if number > pages:
            raise Unknown(
                _("This list has %(pages)s pages; there is no page %(number)s.") % {"pages": pages, "number": number}
            )
        rows = rows.filter(pk__in=keys)
        if self.order == "best":
            places = {key: place for place, key in enumerate(keys)}
            articles = sorted(rows, key=lambda row: places[row.pk])
        else:
            articles = list(rows.order_by(*reading.order(self)))
        return Page(self, number, pages, total, articles, more, counts, found)

    def _ordered(self, found):
        """Return the keys `found` by a search in the order of the listing."""
        if self.order == "best":
            return found
        rows = Article.objects.filter(pk__in=found).order_by(*reading.order(self))
        return list(rows.values_list("pk", flat=True))

    def _found(self, at=None):
        """Return what `search.best` finds among the articles that the other conditions leave."""
        rows = replace(self, words="", searching=False, order="newest").articles(at)
        return search.best(rows, search.Query.of(self.words))

    def followed(self, most, first=0, oldest=False, at=None):
        """Return the queryset of at most `most` of the listing's articles at `at`, as feeds keep them, from the `first` (0) on.

        They are the newest first whatever its order, or the oldest.
        """
        listing = replace(self, order="oldest" if oldest else "newest")
        if self.searching:
            keys = list(listing.articles(at).values_list("pk", flat=True)[first : first + most])
        else:
            keys = reading.sliced(listing, Counts(at), first, most)
        rows = Article.objects.filter(pk__in=keys).order_by(*NEWEST).with_rendition("feed")
        return rows.reverse() if oldest else rows

    def archived(self, at=None):
        """Return how many of the listing's articles its feed leads to: of those whose number isn't kept, at most a thousand."""
        if self.searching:
            return self.articles(at).order_by()[: reading.MOST_COUNTED].count()
        counts = Counts(at)
        total = reading.size(self, counts)
        return len(reading.keys(self, counts, 0, reading.MOST_COUNTED)) if total is None else total


@dataclass(frozen=True)
class Page:
    """One page of a listing of `total` articles, or of the first `total` of `more`.

    `found` are the keys of a search, or those from this page on as far as they were read.
    """

    listing: Listing
    number: int
    pages: int
    total: int
    articles: list
    more: bool = False
    counts: Counts | None = None
    found: list = field(default_factory=list)

    @functools.cached_property
    def beside(self):
        """What else the articles of the list carry, counted: a `reading.Beside`."""
        return reading.beside(self)

    @property
    def address(self):
        """The page's canonical address."""
        return self.listing.address(self.number)

    @property
    def previous(self):
        """The address of the page before, or None."""
        return self.listing.address(self.number - 1) if self.number > 1 else None

    @property
    def next(self):
        """The address of the page behind, or None."""
        return self.listing.address(self.number + 1) if self.number < self.pages else None
