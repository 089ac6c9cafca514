"""Sitemaps of what readers see, in parts by key: a new article touches the last part alone, however many there are.

Sitemaps 0.9 (sitemaps.org) with the pictures that come first in articles. Parts are long and simple: they are written
line by line, which takes a tenth of what a template takes.
"""

import re
from html import escape

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db.models import Exists, ExpressionWrapper, F, IntegerField, OuterRef
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.utils.timezone import localtime

from .caching import depending, public_page
from .models import Article, Author, Series, Source, Theme
from .models.parts import PART, last_changes
from .models.tally import EVERYTHING

FIXED = ("articles", "themes", "timeline", "sources", "updates", "corrections", "feeds")
_SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def sections():
    """Return {name: rows} of everything that has pages of its own; themes are worth a visit before their first article."""
    # Whether readers see an article its row says: asked for, SQLite would look through all that they see, not through a part.
    told = ("slug", "published_at", "updated_at", "withdrawn_at", "deleted_at", "lead_picture__file")
    public = Article.objects.public()
    return {
        "articles": Article.objects.select_related("lead_picture").only(*told),
        "themes": Theme.objects.only("slug"),
        "authors": Author.objects.filter(Exists(public.filter(bylines__author=OuterRef("pk")))).only("slug"),
        "sources": Source.objects.cited().only("key"),
        "series": Series.objects.filter(Exists(public.filter(series=OuterRef("pk")))).only("slug"),
    }


@public_page(kept=True)
def index(request):
    """Answer with the index: every part with the moment of its last change."""
    base = request.publication.base
    changed = Article.objects.last_change()
    parts = [("pages", changed)]
    for name, rows in sections().items():
        parts += [(f"{name}-{number}", moment) for number, moment in _parts(name, rows, changed)]
    return _written("sitemapindex", "sitemap", ((f"{base}/sitemap-{name}.xml", moment, "") for name, moment in parts))


def _parts(name, rows, changed):
    """Return [(number, instant of the last change), …] of the parts of `rows`; of what only lists articles that is `changed`."""
    if name == "articles":
        return last_changes(PART)
    part = ExpressionWrapper(F("pk") / PART, output_field=IntegerField())
    numbers = rows.order_by().annotate(part=part).values_list("part", flat=True).distinct()
    return [(number, changed) for number in sorted(numbers)]


@public_page(kept=True)
def sitemap(request, section):
    """Answer with one part; a name without a number was once a whole sitemap, which the index replaced."""
    known, base = sections(), request.publication.base
    if section in known:
        return HttpResponsePermanentRedirect("/sitemap.xml")
    name, _dash, number = section.rpartition("-")
    if section == "pages":
        entries = [(base + path, None, "") for path in _pages()]
    elif name in known and re.fullmatch(r"0|[1-9][0-9]{0,9}", number):
        first = int(number) * PART
        rows = known[name].filter(pk__gte=first, pk__lt=first + PART).order_by("pk")
        entries = [_entry(row, base) for row in rows if name != "articles" or row.is_public()]
    else:
        raise Http404
    if not entries:
        raise Http404
    answer = _written("urlset", "url", entries)
    answer.headers["X-Robots-Tag"] = "noindex, noodp, noarchive"
    return answer


def _pages():
    """Return the paths of the fixed pages and of the plain ones."""
    plain = FlatPage.objects.filter(sites=settings.SITE_ID, registration_required=False)
    return ["/", *(f"/{name}/" for name in FIXED), *sorted(plain.values_list("url", flat=True))]


def _entry(row, base):
    """Return (address, instant, address of its picture or "") of `row`; of what only lists articles no instant."""
    if not isinstance(row, Article):
        return base + row.get_absolute_url(), None, ""
    picture = base + row.lead_picture.file.url if row.lead_picture else ""
    return base + row.get_absolute_url(), row.updated_at or row.published_at, picture


def _written(whole, each, entries):
    """Return the response with the element `whole` of `entries`, (address, instant or None, picture), each in one named `each`."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<{whole} {_SPACES}>"]
    for address, moment, picture in entries:
        told = f"<lastmod>{localtime(moment).isoformat()}</lastmod>" if moment else ""
        if picture:
            told += f"<image:image><image:loc>{escape(picture)}</image:loc></image:image>"
        lines.append(f"<{each}><loc>{escape(address)}</loc>{told}</{each}>")
    response = HttpResponse("\n".join([*lines, f"</{whole}>\n"]), content_type="application/xml")
    return depending(response, EVERYTHING)
