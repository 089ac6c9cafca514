"""From an address to its listing."""

import re
from dataclasses import replace

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils.translation import gettext as _

from .. import names
from ..models import Article, Author, Series, Theme
from .filters import Listing, Unknown

MOST_THEMES = 3
LONGEST_QUERY = 200
PARAMETERS = ("author", "language", "month", "not", "order", "page", "q", "series", "theme", "year")


def is_canonical(path, query, address, known=PARAMETERS):
    """Whether `path` and those parameters of the `QueryDict` `query` that are `known` spell `address`; others don't count."""
    ours = QueryDict(mutable=True)
    for name, values in query.lists():
        if name in known and not (name == "q" and values == [""]):  # an empty search is no parameter
            ours.setlist(name, values)
    canonical, _mark, parameters = address.partition("?")
    return path == canonical and ours.urlencode() == parameters


def page_number(query):
    """Return the page that the parameters `query` ask for; raise Unknown when that is no page's number."""
    text = query.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise Unknown(_("“%s” is not the number of a page.") % names.clean_line(text)[:40])
    return int(text)


def parse_front(query=None):
    """Return the listing of the whole site, whose page is the front page; with filters, that of the articles."""
    listing = _parse(query or QueryDict())
    return listing if listing.filters else Listing(front=True)


def parse_themes(slugs, query):
    """Return the listing of the themes `slugs` (joined by +), narrowed by the parameters."""
    themes = _themes([*slugs.split("+"), *query.getlist("theme")])
    if not themes:
        raise Unknown(_("There is no theme at this address."))
    return _parse(query, themes=themes)


def parse_articles(query):
    """Return the listing that the parameters of `/articles/` ask for."""
    return _parse(query)


def parse_archive(year, month, query):
    """Return the listing of a year, or of a month of it (`month` None: the whole year), narrowed by the parameters."""
    return _parse(query, year=_year(f"{year:04}"), month=_month(f"{month:02}") if month is not None else None)


def parse_author(slug, query):
    """Return the listing of an author, narrowed by the parameters."""
    return _parse(query, author=_one(_known(Author), slug, _("author")))


def parse_series(slug, query):
    """Return the listing of a series, narrowed by the parameters."""
    return _parse(query, series=_one(_known(Series), slug, _("series")))


def parse_search(query):
    """Return the listing of a search; a longer query than 200 characters is cut."""
    words = names.clean_line(query.get("q", "")[:LONGEST_QUERY])
    return _parse(query, searching=True, words=words)


def _parse(query, **told):
    """Return the listing that the parameters `query` ask for together with what the path has `told`.

    Raise Unknown when it asks for too much or contradicts itself.
    """
    asked = {
        "themes": _themes(query.getlist("theme")),
        "without": _themes(query.getlist("not")),
        "author": _one(_known(Author), query["author"], _("author")) if query.get("author") else None,
        "series": _one(_known(Series), query["series"], _("series")) if query.get("series") else None,
        "year": _year(query["year"]) if query.get("year") else None,
        "month": _month(query["month"]) if query.get("month") else None,
        "language": _language(query["language"]) if query.get("language") else "",
    }
    for name, value in told.items():
        if value is not None and name != "themes" and asked.get(name) not in (None, value):
            raise Unknown(_("This address asks for two things at once that exclude each other."))
    listing = Listing(**asked | {name: value for name, value in told.items() if value is not None})
    if listing.month and not listing.year:
        raise Unknown(_("A month needs a year."))
    order, orders = listing.usual_order, {"newest": {"oldest"}, "best": {"newest", "oldest"}, "series": set()}
    if query.get("order") in orders[order]:
        order = query["order"]
    return _checked(replace(listing, order=order))


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
    known = Article.objects.once_public()
    known = known.filter(bylines__author=OuterRef("pk")) if model is Author else known.filter(series=OuterRef("pk"))
    return model.objects.filter(Exists(known))


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


def _language(text):
    if text not in dict(settings.LANGUAGES):
        raise Unknown(_("No deep dive is written in “%s”.") % names.clean_line(text)[:40])
    return text


def _month(text):
    if not re.fullmatch(r"0?[1-9]|1[0-2]", text):
        raise Unknown(_("There is no month %s.") % names.clean_line(text)[:40])
    return int(text)
