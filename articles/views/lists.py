"""Lists of articles for readers: the front page, hubs, archives, authors, series, search."""

import functools
import json
from dataclasses import replace

from django.db.models import prefetch_related_objects
from django.http import HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import activate, get_language
from django.utils.translation import gettext as _

from .. import listing as listings
from .. import names, search, text, weaving
from ..caching import depending, public_page, tagged
from ..middleware import PLAIN
from ..models import Article, Author, Counts, Event, Link, Theme
from ..models.article import themes_by_name
from ..models.rendition import kept
from ..models.tally import EVERYTHING
from . import machines

NEWEST_ON_FRONT = 8
EVENTS_ON_HUB = 8
MOST_NAMED = 200  # themes in a header
MOST_WITHOUT_LETTERS, MOST_LETTERS = 40, 12  # themes, and their letters: an index with more has letters to go to
NEIGHBOURS_ON_HUB = 12  # the others are folded away: a wide theme has most of them


@public_page(*listings.PARAMETERS, kept=True, former=PLAIN.search)
def front(request):
    """The subject explained, the themes, the newest deep dives; with filters, on to the list of articles."""
    listing = listings.parse_front(request.GET)
    if not listing.front:
        return HttpResponsePermanentRedirect(listing.address())
    page = listing.page(1)
    find_entries(request, page.articles, lead=1)
    themes = listings.themes_on_front(page.counts)
    subject = themes[0] if themes else None
    lead = page.articles[0] if subject and page.articles else None
    newest = replace(page, articles=page.articles[1 if lead else 0 : NEWEST_ON_FRONT], pages=1)
    if subject:
        woven = weaving.woven(subject.introduction_html, subject, plain=True)
        subject.opening = text.opening(woven.text)
    context = {
        "listing": listing,
        "page": page,
        "lead": lead,
        "newest": newest,
        "subject": subject,
        "themes": themes[1:],
        "years": listings.years(page.counts),
        "linked_data": machines.site(request.publication),
    }
    shown = page.articles[:NEWEST_ON_FRONT]
    response = tagged(render(request, "articles/front.html", context), articles=shown, themes=themes)
    return depending(response, None if subject and woven.is_loose else EVERYTHING)


@public_page(*listings.PARAMETERS, kept=True)
def articles(request):
    """All articles, filtered by the parameters."""
    return listing_page(request, listings.parse_articles(request.GET), extra=_years)


@public_page(*listings.PARAMETERS, kept=True)
def archive(request, year, month=None):
    """The articles of a year or a month."""
    return listing_page(request, listings.parse_archive(year, month, request.GET), extra=_archive)


def _years(page):
    """Return the years, which on the first page of everything are read with what else stands beside it."""
    if page.number == 1 and not page.listing.filters:
        page.beside  # noqa: B018 - read here, it is kept for whoever asks next
    return {"years": listings.years(page.counts)}


def _archive(page):
    """Return the years, for the page of one of them; raise Unknown before the first."""
    years = listings.years(page.counts)
    if years and page.listing.year < years[-1][0]:
        raise listings.Unknown(_("The first deep dive is from %s.") % years[-1][0])
    return {"years": years}


@public_page(*listings.PARAMETERS, kept=True)
def hub(request, slugs):
    """A theme's hub, or the combination of several."""
    listing = listings.parse_themes(slugs, request.GET)
    if len(listing.themes) == 1 and not listing.without:
        return listing_page(request, listing, "articles/hub.html", functools.partial(_hub, request))
    return listing_page(request, listing, "articles/combination.html", _combination)


def _hub(request, page):
    """Return what the page of a theme has beside its articles: on the first page, all that explains the theme."""
    theme = page.listing.themes[0]
    prefetch_related_objects([theme], "names")
    told = {"theme": theme, "linked_data": machines.theme(request.publication, theme)}
    if page.number == 1:
        woven = weaving.woven(theme.introduction_html, theme)
        events = weaving.events(Event.objects.latest_about(theme, EVENTS_ON_HUB, page.counts.at))[::-1]
        found = [(row, count, page.listing.with_theme(row).address()) for row, count in listings.neighbours(page)]
        told |= {
            "woven": woven,
            "events": events,
            "is_loose": woven.is_loose or any(event.is_loose for event in events),
            "linked": weaving.linked_from(theme),
            "neighbours": [(row, count) for row, count, _address in found[:NEIGHBOURS_ON_HUB]],
            "combinations": [(row, address) for row, _count, address in found[:NEIGHBOURS_ON_HUB]],
            "others": found[NEIGHBOURS_ON_HUB:],
        }
    return told


def _combination(page):
    """Return what the page of several themes, or of one without others, has beside its articles."""
    listing = page.listing
    neighbours = listings.neighbours(page) if page.number == 1 else []
    return {
        "neighbours": neighbours[:NEIGHBOURS_ON_HUB],
        "others": [(row, count, row.get_absolute_url()) for row, count in neighbours[NEIGHBOURS_ON_HUB:]],
        "everything": replace(listing, without=()).address(),
        "parts": [
            (theme, listing.without_condition(theme).address() if len(listing.themes) > 1 else None)
            for theme in listing.themes
        ],
    }


@public_page(*listings.PARAMETERS, kept=True)
def author(request, slug):
    """An author and what they wrote."""
    listing = listings.parse_author(slug, request.GET)
    return listing_page(request, listing, "articles/author.html", lambda page: {"author": listing.author})


@public_page(*listings.PARAMETERS, kept=True)
def series(request, slug):
    """A series in its order."""
    listing = listings.parse_series(slug, request.GET)
    return listing_page(request, listing, "articles/series.html", lambda page: {"series": listing.series})


@public_page(*listings.PARAMETERS)
def search_page(request):
    """Full text search, best hit first; a theme that goes by the words comes before the hits."""
    listing = listings.parse_search(request.GET)
    query = search.Query.of(listing.words)
    extra = {
        "query": query,
        "theme": Theme.objects.prefetch_related("names").called(listing.words) if query else None,
        "no_words": bool(listing.words) and not query,
        "help": functools.partial(_help, listing),
        "themes": front_themes(),
    }
    return listing_page(request, listing, "articles/search.html", lambda page: extra)


def _help(listing):
    """Return what helps on from a search that found nothing.

    `meant` is the `Listing` that may have been meant, `missing` the words that nothing has where the rest is found by
    the listing `rest`, `everywhere` the page of the same search without its other conditions; each None when there is none.
    """
    everywhere = listings.Listing(words=listing.words, searching=True, order="best")
    page = everywhere.page(1) if listing.conditions and listing.words else None
    told = {"everywhere": page if page and page.total else None, "meant": None, "missing": None, "rest": None}
    if not listing.words or told["everywhere"]:
        return told
    rows = replace(listing, words="", searching=False, order="newest").articles()
    words = search.meant(listing.words, rows)
    missing, left = search.missing(listing.words, rows)
    rest = replace(listing, words=left, order="best")
    told["meant"] = replace(listing, words=words) if words else None
    told["missing"] = missing
    told["rest"] = rest if missing and search.Query.of(left).wanted and rest.articles().exists() else None
    return told


@public_page("q")
def suggestions(request):
    """What the words typed so far may become, as browsers and our own script ask for it (OpenSearch suggestions 1.1)."""
    words = names.clean_line(request.GET.get("q", "")[: listings.LONGEST_QUERY])
    folded = names.fold(words)
    found = []
    if len(folded) >= 2:
        themes = Theme.objects.filter(names__folded__startswith=folded) | Theme.objects.filter(
            names__folded__contains=f" {folded}"
        )
        found += [(theme.name, _("theme"), theme) for theme in themes.distinct().order_by("name")[:4]]
        authors = Author.objects.filter(articles__in=Article.objects.public()).distinct().order_by("name")[:500]
        named = [author for author in authors if f" {folded}" in f" {names.fold(author.name)}"]
        found += [(author.name, _("author"), author) for author in named[:3]]
        query = search.Query.of(f"{words}*")
        keys = search.best(Article.objects.public(), query)[0][:6] if query else []
        titles = Article.objects.only("title", "slug").in_bulk(keys)
        found += [(titles[pk].title, _("deep dive"), titles[pk]) for pk in keys if pk in titles]
    base = request.publication.base
    answer = [
        words,
        [title for title, _kind, _row in found],
        [str(kind) for _title, kind, _row in found],
        [base + row.get_absolute_url() for _title, _kind, row in found],
    ]
    return JsonResponse(answer, safe=False, content_type="application/x-suggestions+json")


@public_page()
def opensearch(request):
    """How browsers search the site (OpenSearch 1.1)."""
    return render(
        request, "articles/opensearch.xml", content_type="application/opensearchdescription+xml; charset=utf-8"
    )


def front_themes():
    """Return the themes of the front page in their order, for pages that found nothing; read only when printed."""
    return Theme.objects.exclude(place=None).order_by("place").defer("introduction", "introduction_html")[:12]


def find_entries(request, articles, lead=0):
    """Give each of `articles` its kept `entry` in lists, and those without one the themes that it is made with.

    They are kept in the site's own language. The first `lead` are told otherwise, with their themes.
    """
    own = get_language() == request.publication.language
    found = kept(articles, "item", request.publication.domain) if own else {}
    bare = articles[:lead]
    for article in articles[lead:]:
        article.entry = found.get(article.pk, (None, None))
        if article.entry[0] is None:
            bare.append(article)
    prefetch_related_objects(bare, themes_by_name())


def listing_page(request, listing, template="articles/listing.html", extra=lambda page: {}):
    """Return the page of `listing` that the request asks for, or a redirect to its canonical address.

    `extra(page)` returns what the template needs besides.
    """
    if listing.language:
        activate(listing.language)
    page = listing.page(listings.page_number(request.GET))
    if not listings.is_canonical(request.path, request.GET, page.address):
        return HttpResponsePermanentRedirect(page.address)
    if listing.searching:  # the texts are quoted
        titles = Link.objects.titles(page.articles)
        for row in page.articles:
            row.titles = titles[row.pk]
    else:
        find_entries(request, page.articles)
    context = {"listing": listing, "page": page, "facets": functools.partial(listings.facets, page)}
    context |= extra(page)
    shown = tagged(render(request, template, context), articles=page.articles, themes=listing.themes)
    facet = listing.facet if page.total and not context.get("is_loose") else None
    return depending(shown, facet, narrow=listing.is_narrow)


@public_page(kept=True)
def themes(request):
    """Every theme with its definition and other names, A to Z, and how they hang together."""
    counts = Counts()
    rows = listings.themes_with_counts(counts)
    for theme in rows:
        own, *others = sorted(theme.names.all(), key=lambda name: name.is_alias)
        theme.folded = " ".join([own.folded, names.fold(theme.definition), *(name.folded for name in others)])
    context = {
        "themes": rows,
        "lettered": len(rows) > MOST_WITHOUT_LETTERS or len({theme.letter for theme in rows}) > MOST_LETTERS,
        "fold": json.dumps(names.letters(), ensure_ascii=False, separators=(",", ":")),
        "map": listings.theme_map(counts, rows),
        "linked_data": machines.themes(request.publication, rows),
    }
    response = tagged(render(request, "articles/themes.html", context), themes=rows[:MOST_NAMED])
    return depending(response, EVERYTHING)
