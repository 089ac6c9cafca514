"""Any list of articles is a page, a feed and a link: address <-> filter <-> queryset <-> title.

A `Listing` knows its one canonical address, its title and its articles; `parsing` makes one of any address.
"""

import datetime
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Count
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from .. import search
from ..models import Article, ArticleTheme, Author, Series, Theme
from ..models.article import NEWEST

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

    @property
    def filters(self):
        """The names of the filters in use."""
        return {name for name in ("themes", "without", "author", "series", "year", "language") if getattr(self, name)}

    @property
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

    @property
    def query(self):
        """The query string of the canonical address, without the question mark: parameters alphabetical."""
        left = self.filters - self._place[1]
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

    @property
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
        others = self.filters - {"themes", "without"}
        conditions = len(self.themes) + len(self.without) + len(others)
        return self.searching or self.order != self.usual_order or conditions > 2

    # Words -------------------------------------------------------------------------------------------------------

    @property
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

    def articles(self, at=None):
        """Return the queryset of the listing's articles that are public at `at`, in order (a search: newest first)."""
        rows = Article.objects.public(at).about(self.themes, self.without)
        if self.author:
            rows = rows.filter(bylines__author=self.author)
        if self.series:
            rows = rows.filter(series=self.series)
        if self.year:
            first, behind = start_of(self.year, self.month or 1), start_of(self.year, (self.month or 12) + 1)
            rows = rows.filter(published_at__gte=first, published_at__lt=behind)
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
        rows, keys, more = self.articles(at), [], False
        if self.searching:
            keys, more = self._found(at)
        total = len(keys) if self.searching else rows.count()
        pages = max(1, -(-total // PAGE_SIZE))
        if number > pages:
            raise Unknown(
                _("This list has %(pages)s pages; there is no page %(number)s.") % {"pages": pages, "number": number}
            )
        start = (number - 1) * PAGE_SIZE
        if self.order == "best":
            keys = keys[start : start + PAGE_SIZE]
            found = self._shown(Article.objects.order_by()).in_bulk(keys)
            items = [found[pk] for pk in keys if pk in found]
        else:
            if self.searching and not more:  # the keys at hand spare the database the search
                rows = rows.model.objects.filter(pk__in=keys).order_by(*rows.query.order_by)
            items = list(self._shown(rows)[start : min(start + PAGE_SIZE, total)])
        return Page(listing=self, number=number, pages=pages, total=total, more=more, articles=items)

    def _found(self, at=None):
        """Return what `search.best` finds among the articles that the other conditions leave."""
        rows = replace(self, words="", searching=False, order="newest").articles(at)
        return search.best(rows, search.Query.of(self.words))

    def counted(self, at=None):
        """Return the queryset of the articles by which ways to narrow the listing are counted: of a search, those found."""
        if not self.searching:
            return self.articles(at).order_by()
        return Article.objects.filter(pk__in=self._found(at)[0])

    def _shown(self, rows):
        """Return `rows` with what their list prints: a search quotes the texts."""
        return rows.with_names().defer("body", "contents", "translation_of") if self.searching else rows.listed()

    def followed(self, at=None):
        """Return the queryset of the listing's articles at `at`, newest first whatever its order, as feeds keep them."""
        return replace(self, order="newest").articles(at).with_rendition("feed")

    def neighbours(self, at=None):
        """Return the other themes on the listing's articles as [(theme, number of shared articles), …], most first."""
        own = [theme.pk for theme in self.themes]
        shared = (
            ArticleTheme.objects.public(at)
            .filter(content_object__in=Article.objects.public(at).about(self.themes, self.without).values("pk"))
            .exclude(tag__in=own)
            .values("tag")
            .annotate(count=Count("pk"))
            .order_by("-count", "tag")
        )
        counts = {row["tag"]: row["count"] for row in shared}
        themes = Theme.objects.in_bulk(counts)
        return [(themes[pk], count) for pk, count in counts.items()]


@dataclass(frozen=True)
class Page:
    """One page of a listing of `total` articles, or of a search that found `more`."""

    listing: Listing
    number: int
    pages: int
    total: int
    articles: list
    more: bool = False

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


def start_of(year, month=1):
    """Return the first instant of a month in the site's zone; month 13 is January of the next year."""
    return datetime.datetime(year + month // 13, (month - 1) % 12 + 1, 1, tzinfo=timezone.get_current_timezone())
