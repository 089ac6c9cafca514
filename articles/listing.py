"""Any list of articles is a page, a feed and a link: address <-> filter <-> queryset <-> title.

A `Listing` is parsed from an address and knows its one canonical address; views redirect every other order of the
same filters there.
"""

import datetime
import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Count, Max, Min, Q
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import names, search
from .models import Article, ArticleTheme, Author, Series, Theme
from .models.article import NEWEST

PAGE_SIZE = 20
MOST_THEMES = 3
LONGEST_QUERY = 200
FORMATS = ("rss", "atom", "json")


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
    words: str = ""
    searching: bool = False
    order: str = "newest"
    front: bool = False

    # Addresses ---------------------------------------------------------------------------------------------------

    @property
    def path(self):
        """The path of the canonical address."""
        if self.front:
            return "/"
        if self.searching:
            return "/search/"
        if self.series:
            return f"/series/{self.series.slug}/"
        if self.themes and not self.author and not self.year:
            return f"/themes/{'+'.join(theme.slug for theme in self.themes)}/"
        if self.author and not self.themes and not self.without and not self.year:
            return f"/authors/{self.author.slug}/"
        if self.year and not self.themes and not self.without and not self.author:
            return f"/articles/{self.year}/" + (f"{self.month:02}/" if self.month else "")
        return "/articles/"

    @property
    def query(self):
        """The query string of the canonical address, without the question mark: parameters alphabetical."""
        pairs = []
        on_articles = self.path == "/articles/"
        if on_articles and self.author:
            pairs.append(("author", self.author.slug))
        pairs += [("not", theme.slug) for theme in self.without]
        if self.order != self.usual_order:
            pairs.append(("order", self.order))
        if self.words:
            pairs.append(("q", self.words))
        if on_articles:
            pairs += [("theme", theme.slug) for theme in self.themes]
            if self.year:
                pairs.append(("year", self.year))
        return urlencode(pairs)

    @property
    def usual_order(self):
        """The order without a word about order: a series reads from its first part, a search from its best hit."""
        return "series" if self.series else "best" if self.searching else "newest"

    def address(self, page=1):
        """Return the canonical address of page `page`."""
        pages = f"page={page}" if page > 1 else ""
        query = "&".join(filter(None, (self.query, pages)))
        return self.path + (f"?{query}" if query else "")

    def feed(self, format):
        """Return the address of the listing's feed in `format` ("rss", "atom", "json")."""
        query = replace(self, order=self.usual_order).query
        return f"{self.path}feed.{format}" + (f"?{query}" if query else "")

    @property
    def feeds(self):
        """[(format, its name, the address of the listing's feed in it), …]"""
        labels = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
        return [(format, labels[format], self.feed(format)) for format in FORMATS]

    @property
    def atom(self):
        """The address of the listing's Atom feed."""
        return self.feed("atom")

    @property
    def rss(self):
        """The address of the listing's RSS feed."""
        return self.feed("rss")

    @property
    def json(self):
        """The address of the listing's JSON Feed."""
        return self.feed("json")

    @property
    def newest_first(self):
        """The address of the same articles, newest first."""
        return replace(self, order="newest").address()

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

    def without_condition(self, theme):
        """Return the listing without the condition that its articles be under `theme`."""
        return replace(self, themes=tuple(each for each in self.themes if each != theme), order=self.usual_order)

    @property
    def is_deep(self):
        """Whether search engines are asked to pass it over: combinations, filters, searches."""
        if self.order != self.usual_order:
            return True
        return (
            self.searching or len(self.themes) + len(self.without) > 1 or self.path == "/articles/" and bool(self.query)
        )

    # Words -------------------------------------------------------------------------------------------------------

    @property
    def title(self):
        """What the list is, in words."""
        if self.searching:
            return _("Search: %s") % self.words if self.words else _("Search")
        if self.series:
            return self.series.title
        parts = [" + ".join(theme.name for theme in self.themes)] if self.themes else []
        if self.without:
            parts.append(_("without %s") % ", ".join(theme.name for theme in self.without))
        if self.author:
            parts.append(_("by %s") % self.author if parts else self.author.name)
        if self.year:
            parts.append(self.period)
        return " · ".join(parts) or _("All deep dives")

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
            first, behind = _start_of(self.year, self.month or 1), _start_of(self.year, (self.month or 12) + 1)
            rows = rows.filter(published_at__gte=first, published_at__lt=behind)
        if self.searching:
            rows = search.matching(rows, search.words_of(self.words))
        if self.order == "oldest":
            return rows.order_by("published_at", "pk")
        if self.order == "series":
            return rows.order_by("series_order", "published_at", "pk")
        return rows.order_by(*NEWEST)

    def page(self, number, at=None):
        """Return page `number` of the listing at `at` as a `Page`; raise Unknown past the end."""
        rows = self.articles(at)
        total = rows.count()
        pages = max(1, -(-total // PAGE_SIZE))
        if number > pages:
            raise Unknown(
                _("This list has %(pages)s pages; there is no page %(number)s.") % {"pages": pages, "number": number}
            )
        start = (number - 1) * PAGE_SIZE
        if self.order == "best":
            visible = set(rows.order_by().values_list("pk", flat=True))
            best = [pk for pk in search.ranked(search.words_of(self.words)) if pk in visible][start : start + PAGE_SIZE]
            found = rows.order_by().listed().in_bulk(best)
            items = [found[pk] for pk in best if pk in found]
        else:
            items = list(rows.listed()[start : start + PAGE_SIZE])
        return Page(listing=self, number=number, pages=pages, total=total, articles=items)

    def newest(self, count, at=None):
        """Return the `count` newest articles of the listing at `at`, whatever its order, texts included."""
        rows = replace(self, order="newest").articles(at)
        return list(rows.with_names()[:count])

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
    """One page of a listing."""

    listing: Listing
    number: int
    pages: int
    total: int
    articles: list

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


# Parsing ------------------------------------------------------------------------------------------------------------


def page_number(query):
    """Return the page that the parameters `query` ask for; raise Unknown when that is no page's number."""
    text = query.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise Unknown(_("“%s” is not the number of a page.") % names.clean_line(text)[:40])
    return int(text)


def parse_front():
    """Return the listing of the whole site, whose page is the front page."""
    return Listing(front=True)


def parse_themes(slugs, query):
    """Return the listing of the themes `slugs` (joined by +), with `not` and `order` from `query`."""
    return _checked(Listing(themes=_themes(slugs.split("+")), **_common(query)))


def parse_articles(query):
    """Return the listing that the parameters of `/articles/` ask for: theme, not, author, year, order."""
    year = query.get("year")
    listing = Listing(
        themes=_themes(query.getlist("theme")),
        author=_one(_known(Author), query["author"], _("author")) if query.get("author") else None,
        year=_year(year) if year else None,
        **_common(query),
    )
    return _checked(listing)


def parse_archive(year, month, query):
    """Return the listing of a year, or of a month of it (`month` None: the whole year)."""
    if month is not None and not 1 <= month <= 12:
        raise Unknown(_("There is no month %s.") % month)
    return Listing(year=_year(f"{year:04}"), month=month, order=_order(query, "newest"))


def parse_author(slug, query):
    """Return the listing of an author."""
    return Listing(author=_one(_known(Author), slug, _("author")), order=_order(query, "newest"))


def parse_series(slug):
    """Return the listing of a series."""
    return Listing(series=_one(_known(Series), slug, _("series")), order="series")


def parse_search(query):
    """Return the listing of a search; a longer query than 200 characters is cut."""
    return Listing(searching=True, words=names.clean_line(query.get("q", "")[:LONGEST_QUERY]), order="best")


def _common(query):
    return {"without": _themes(query.getlist("not")), "order": _order(query, "newest")}


def _checked(listing):
    """Return the listing; raise Unknown when it asks for too much or contradicts itself."""
    if len(listing.themes) + len(listing.without) > MOST_THEMES:
        raise Unknown(_("At most %s themes can be combined.") % MOST_THEMES)
    both = set(listing.themes) & set(listing.without)
    if both:
        raise Unknown(_("The theme “%s” is asked for and left out at once.") % both.pop())
    return listing


def _themes(slugs):
    """Return the themes with `slugs`, each once, by slug; raise Unknown naming those that don't exist."""
    wanted = sorted({slug for slug in slugs if slug})[: MOST_THEMES * 4]
    if not wanted:
        return ()
    found = {theme.slug: theme for theme in Theme.objects.filter(slug__in=[names.clean(slug) for slug in wanted])}
    missing = [slug for slug in wanted if slug not in found]
    if missing:
        raise Unknown(
            _("There is no theme at this address: %s.") % ", ".join(names.clean_line(s)[:60] for s in missing)
        )
    return tuple(found[slug] for slug in wanted)


def _known(model):
    """Return the rows of `model` with an article readers know: one with drafts alone gives nothing away."""
    return model.objects.filter(articles__in=Article.objects.once_public().values("pk"))


def _one(rows, slug, label):
    row = rows.filter(slug=names.clean(slug)).first()
    if row is None:
        raise Unknown(
            _("There is no %(what)s at this address: %(slug)s.") % {"what": label, "slug": names.clean_line(slug)[:60]}
        )
    return row


def _year(text):
    if not re.fullmatch(r"[12][0-9]{3}", text):
        raise Unknown(_("“%s” is not a year.") % names.clean_line(text)[:40])
    return int(text)


def _order(query, usual):
    return "oldest" if query.get("order") == "oldest" else usual


def years(at=None):
    """Return the years that have public articles at `at`, newest first, as [(year, number of articles), …]."""
    rows = Article.objects.public(at)
    ends = rows.aggregate(first=Min("published_at"), last=Max("published_at"))
    if ends["first"] is None:
        return []
    spans = range(timezone.localtime(ends["last"]).year, timezone.localtime(ends["first"]).year - 1, -1)
    # Counted between instants: asked for the year of each date, SQLite would call Python for every row.
    counts = rows.aggregate(
        **{
            f"y{year}": Count("pk", filter=Q(published_at__gte=_start_of(year), published_at__lt=_start_of(year + 1)))
            for year in spans
        }
    )
    return [(year, counts[f"y{year}"]) for year in spans if counts[f"y{year}"]]


def _start_of(year, month=1):
    """Return the first instant of a month in the site's zone; month 13 is January of the next year."""
    return datetime.datetime(year + month // 13, (month - 1) % 12 + 1, 1, tzinfo=timezone.get_current_timezone())


def themes_with_counts(at=None):
    """Return all themes with `count`, their number of public articles at `at`, and their names prefetched."""
    counts = dict(ArticleTheme.objects.public(at).values_list("tag").annotate(count=Count("pk")).order_by())
    themes = list(Theme.objects.prefetch_related("names").defer("introduction", "introduction_html"))
    for theme in themes:
        theme.count = counts.get(theme.pk, 0)
    return themes
