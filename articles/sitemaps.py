"""Sitemaps of what readers see, in parts by key: a new article touches the last part alone, however many there are."""

import re

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.contrib.sitemaps.views import SitemapIndexItem
from django.contrib.sites.models import Site
from django.db.models import Exists, ExpressionWrapper, F, IntegerField, Max, OuterRef
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponsePermanentRedirect
from django.template.response import TemplateResponse

from .caching import public_page
from .models import Article, Author, Series, Source, Theme

PART = 2_000  # keys in a part; sitemaps.org allows 50,000 addresses in one and as many parts


class Part(Sitemap):
    """The addresses of some rows, with the pictures that come first in articles."""

    limit = PART

    def __init__(self, rows):
        self.rows = rows

    @property
    def protocol(self):
        """The scheme that readers use: Django would take it from the request."""
        return "https" if settings.HTTPS else "http"

    def items(self):
        """Return the rows by key."""
        return self.rows.order_by("pk")

    def lastmod(self, row):
        """Return when readers last got something new; of what only lists articles, nothing."""
        return getattr(row, "touched", None)

    def get_latest_lastmod(self):
        """Return nothing: the index knows it."""


class Pages(Part):
    """The fixed pages and the plain ones."""

    def __init__(self):
        plain = FlatPage.objects.filter(sites=settings.SITE_ID, registration_required=False)
        fixed = ("articles", "themes", "timeline", "sources", "updates", "corrections", "feeds")
        urls = plain.values_list("url", flat=True)
        self.paths = ["/", *(f"/{name}/" for name in fixed), *sorted(urls)]

    def items(self):
        """Return their paths."""
        return self.paths

    def location(self, path):
        """Return the path itself."""
        return path


def sections():
    """Return {name: rows} of everything that has pages of its own; themes are worth a visit before their first article."""
    public = Article.objects.public()
    return {
        "articles": public.annotate(touched=Coalesce("updated_at", "published_at"))
        .select_related("lead_picture")
        .only("slug", "published_at", "updated_at", "title", "lead_picture__file", "lead_picture__caption"),
        "themes": Theme.objects.only("slug", "name"),
        "authors": Author.objects.filter(Exists(public.filter(bylines__author=OuterRef("pk")))).only("slug", "name"),
        "sources": Source.objects.cited().only("key"),
        "series": Series.objects.filter(Exists(public.filter(series=OuterRef("pk")))).only("slug", "title"),
    }


@public_page()
def index(request):
    """Answer with the index: every part with the moment of its last change."""
    base = request.publication.base
    changed = Article.objects.last_change()
    found = [SitemapIndexItem(f"{base}/sitemap-pages.xml", changed)]
    for name, rows in sections().items():
        part = ExpressionWrapper(F("pk") / PART, output_field=IntegerField())
        last = Max("touched") if name == "articles" else Max("pk")
        parts = rows.order_by().annotate(part=part).values_list("part").annotate(last=last).order_by("part")
        for number, latest in parts:
            latest = latest if name == "articles" else changed
            found.append(SitemapIndexItem(f"{base}/sitemap-{name}-{number}.xml", latest))
    return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": found}, content_type="application/xml")


@public_page()
def sitemap(request, section):
    """Answer with one part; a name without a number was once a whole sitemap, which the index replaced."""
    Site.objects.clear_cache()  # each process would keep the address it read first
    known = sections()
    if section in known:
        return HttpResponsePermanentRedirect("/sitemap.xml")
    name, _dash, number = section.rpartition("-")
    if section == "pages":
        part = Pages()
    elif name in known and re.fullmatch(r"0|[1-9][0-9]{0,9}", number):
        first = int(number) * PART
        part = Part(known[name].filter(pk__gte=first, pk__lt=first + PART))
    else:
        raise Http404
    answer = sitemap_views.sitemap(request, {section: part}, section, template_name="articles/sitemap.xml")
    if not answer.context_data["urlset"]:
        raise Http404
    return answer
