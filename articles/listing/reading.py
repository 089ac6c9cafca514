"""Which articles are on a page of a listing and how many it has: read off indexes and tallies, however deep or long it is."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from ..models import Article, ArticleAuthor, ArticleTheme, Author, Facet, Theme
from ..models.tally import EVERYTHING, Kind, dated_facets, language_code, language_facet

MOST_COUNTED = 1_000  # articles of a list whose number isn't kept
MOST_SKIPPED = 200  # rows of an index, before whole months are skipped
MOST_LOOKED_AT = 200  # articles of a list whose ways to be narrowed aren't kept
MOST_THEMES, MOST_AUTHORS = 60, 24  # named beside a list


def start_of(year, month=1):
    """Return the first instant of a month in the site's zone; month 13 is January of the next year."""
    return datetime.datetime(year + month // 13, (month - 1) % 12 + 1, 1, tzinfo=timezone.get_default_timezone())


def carried(listing):
    """Return the facets that every article of the listing carries, `EVERYTHING` when it asks for none."""
    facets = [Facet(Kind.THEME.value, theme.pk) for theme in listing.themes]
    if listing.author:
        facets.append(Facet(Kind.AUTHOR.value, listing.author.pk))
    if listing.series:
        facets.append(Facet(Kind.SERIES.value, listing.series.pk))
    if listing.language:
        facets.append(language_facet(listing.language))
    if listing.year:
        month = listing.month and listing.year * 100 + listing.month
        facets.append(Facet(Kind.MONTH.value, month) if month else Facet(Kind.YEAR.value, listing.year))
    return facets or [EVERYTHING]


def size(listing, counts):
    """Return how many articles the listing has, by the `Counts`; None when that isn't kept, past two conditions."""
    facets = carried(listing)
    without = [Facet(Kind.THEME.value, theme.pk) for theme in listing.without]
    pairs = [(EVERYTHING, facet) for facet in facets] + [(other, facets[0]) for other in (*facets[1:], *without)]
    counts.load(pairs)
    if not without and len(facets) <= 2:
        return counts.both(*pairs[-1])
    if len(without) == len(facets) == 1:
        return counts.both(*pairs[0]) - counts.both(*pairs[1])
    return None


def opened(listing, counts, number, page_size):
    """Return (how many articles the listing has, whether there are more, the first keys of page `number`).

    Where the number isn't kept, the first thousand are counted, and there is nothing behind them. On the first page of
    a list whose ways to be narrowed aren't kept, the keys are as many as are looked at for that, not a page alone;
    where they are kept, a queryset, so that the articles themselves can be asked for at once.
    """
    total, start = size(listing, counts), (number - 1) * page_size
    if total is None:
        found = keys(listing, counts, 0, MOST_COUNTED + 1)
        return min(len(found), MOST_COUNTED), len(found) > MOST_COUNTED, found[start:MOST_COUNTED]
    if _is_kept(listing):
        return total, False, sliced(listing, counts, start, min(page_size, total - start))
    most = page_size if number > 1 else max(page_size, MOST_LOOKED_AT)
    return total, False, keys(listing, counts, start, min(most, total - start))


def keys(listing, counts, start, most):
    """Return the keys of at most `most` articles of the listing from its place `start` (0 is the first), in its order."""
    return list(sliced(listing, counts, start, most))


def order(listing, key="pk"):
    """Return the columns by which the listing is ordered, that of the articles' key being called `key`."""
    orders = {"oldest": ("published_at", key), "series": ("series_order", "published_at", key)}
    return orders.get(listing.order, ("-published_at", f"-{key}"))


def sliced(listing, counts, start, most):
    """Return what `keys` does as a queryset; no articles for none."""
    if most <= 0:
        return Article.objects.none().values_list("pk", flat=True)
    since, before = span(listing)
    skipped = _months_before(listing, counts, start) if start > MOST_SKIPPED else None
    if skipped:
        (year, month), start = skipped
        if listing.order == "oldest":
            since = start_of(year, month)
        else:
            before = start_of(year, month + 1)
    rows, key = _rows(listing, counts, since, before)
    return rows.order_by(*order(listing, key)).values_list(key, flat=True)[start : start + most]


def _rows(listing, counts, since, before):
    """Return the rows that say which articles the listing has from `since` on and `before` an instant, in no order, and the
    name of their column with the key.

    Those of the theme or the author with the fewest articles, so that no more than it takes are looked at; where none
    is asked for, the articles.
    """
    links = [(Facet(Kind.THEME.value, theme.pk), ArticleTheme, {"tag": theme}) for theme in listing.themes]
    if listing.author:
        links.append((Facet(Kind.AUTHOR.value, listing.author.pk), ArticleAuthor, {"author": listing.author}))
    if len(links) > 1:
        links.sort(key=lambda link: counts.both(EVERYTHING, link[0]))
    if links:
        _facet, model, told = links.pop(0)
        key = _KEYS[model]
        rows, place = model.objects.filter(**told), f"{key.removesuffix('_id')}__"
    else:
        rows, key, place = Article.objects.all(), "id", ""
    rows = rows.public(counts.at, since, before)
    for _facet, model, told in links:
        rows = rows.filter(Exists(model.objects.filter(**told, **{_KEYS[model]: OuterRef(key)})))
    for theme in listing.without:
        rows = rows.exclude(Exists(ArticleTheme.objects.filter(tag=theme, content_object_id=OuterRef(key))))
    if listing.series:
        rows = rows.filter(**{f"{place}series": listing.series})
    if listing.language:
        rows = rows.filter(**{f"{place}language": listing.language})
    return rows, key


_KEYS = {ArticleTheme: "content_object_id", ArticleAuthor: "article_id"}


def span(listing):
    """Return (the first instant of the year or month of the listing, the first one behind it); None twice without one."""
    if not listing.year:
        return None, None
    return start_of(listing.year, listing.month or 1), start_of(listing.year, (listing.month or 12) + 1)


def _months_before(listing, counts, start):
    """Return ((year, month) in which place `start` of the listing lies, that place counted from there), or None.

    Known where articles have to carry one thing, or not to carry one, in a year or not.
    """
    facets = [facet for facet in carried(listing) if facet.kind not in {Kind.ALL, Kind.YEAR, Kind.MONTH}]
    if len(facets) + len(listing.without) > 1 or listing.month or listing.order == "series":
        return None
    months = Counter(dict(counts.partners(*facets or [EVERYTHING], month=None)[Kind.MONTH]))
    for theme in listing.without:
        months.subtract(dict(counts.partners(Facet(Kind.THEME.value, theme.pk), month=None)[Kind.MONTH]))
    for month, number in sorted(months.items(), reverse=listing.order != "oldest"):
        if listing.year and month // 100 != listing.year:
            continue
        if start < number:
            return divmod(month, 100), start
        start -= number
    return None


# What stands beside ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """What else the articles of a list carry, each [(what, how many of them), …]: themes, authors and languages the most
    first, years the newest first.

    `looked_at` is how many articles that was counted among, the first of the list; None: all of them.
    """

    themes: list
    authors: list
    years: list
    languages: list
    looked_at: int | None = None


def _is_kept(listing):
    """Whether the tallies know what stands beside the articles of the listing: they have to carry one thing."""
    return not listing.searching and not listing.without and len(carried(listing)) == 1


def beside(page):
    """Return what stands `Beside` the `Page`'s listing; no other authors where one is asked for."""
    if not _is_kept(page.listing):
        return _among(page)
    most = {"theme": MOST_THEMES, "year": None, "language": None}
    if not page.listing.author:
        most["author"] = MOST_AUTHORS
    found = page.counts.partners(carried(page.listing)[0], **most)
    themes = Theme.objects.defer("introduction", "introduction_html").in_bulk([pk for pk, _count in found[Kind.THEME]])
    writers = found.get(Kind.AUTHOR, [])
    authors = Author.objects.in_bulk([pk for pk, _count in writers])
    return Beside(
        [(themes[pk], count) for pk, count in found[Kind.THEME] if pk in themes],
        [(authors[pk], count) for pk, count in writers if pk in authors],
        sorted(found[Kind.YEAR], reverse=True),
        [(language_code(value), count) for value, count in found[Kind.LANGUAGE]],
    )


def _among(page):
    """Return what stands `Beside` the first articles of the `Page`'s listing; asked of its first page."""
    first = page.found[:MOST_LOOKED_AT]
    links = ArticleTheme.objects.filter(content_object__in=first)
    links = links.exclude(tag__in=[theme.pk for theme in page.listing.themes])
    bylines = (
        ArticleAuthor.objects.filter(article__in=first) if not page.listing.author else ArticleAuthor.objects.none()
    )
    years, languages = Counter(), Counter()
    for published_at, language in Article.objects.filter(pk__in=first).values_list("published_at", "language"):
        years[dated_facets(published_at)[0].value] += 1
        languages[language] += 1
    return Beside(
        _most(Theme, links, "tag", MOST_THEMES),
        _most(Author, bylines, "author", MOST_AUTHORS),
        sorted(years.items(), reverse=True),
        sorted(languages.items(), key=lambda row: (-row[1], row[0])),
        len(first) if len(first) < page.total else None,
    )


def _most(model, links, name, most):
    """Return the rows of `model` called `name` that most of the rows `links` have, as [(row, number), …], at most `most`.

    They know their names and addresses. Grouped by the links: by the rows SQLite would walk through all links of each.
    """
    told = (name, f"{name}__name", f"{name}__slug")
    rows = links.order_by().values_list(*told).annotate(count=Count("pk")).order_by("-count", name)[:most]
    return [(model(pk=pk, name=called, slug=slug), count) for pk, called, slug, count in rows]
