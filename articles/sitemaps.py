"""Sitemaps of what readers see."""

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.contrib.sites.models import Site
from django.db.models.functions import Coalesce
from django.views.decorators.http import require_safe

from .models import Article, Author, Series, Source, Theme


class Base(Sitemap):
    """Addresses with the scheme that readers use."""

    @property
    def protocol(self):
        """The scheme: Django would take it from the request."""
        return "https" if settings.HTTPS else "http"


class Articles(Base):
    """Public articles."""

    def items(self):
        """Return them, newest first."""
        rows = Article.objects.public().annotate(touched=Coalesce("updated_at", "published_at"))
        return rows.only("slug", "published_at", "updated_at").order_by("-published_at", "-pk")

    def lastmod(self, article):
        """Return when readers last got something new."""
        return article.touched

    def get_latest_lastmod(self):
        """Return the newest date by one query, where Django would read every row."""
        return Article.objects.last_change()


class Rows(Base):
    """Pages that list articles: those of `model` with at least one public article."""

    def __init__(self, model):
        self.model = model

    def items(self):
        """Return the rows."""
        return self.model.objects.filter(articles__in=Article.objects.public().values("pk")).distinct().order_by("slug")


class Themes(Base):
    """Hubs; a theme is worth a visit before its first article."""

    def items(self):
        """Return all themes."""
        return Theme.objects.order_by("slug").only("slug", "name")


class Sources(Base):
    """Sources that something readers see cites."""

    def items(self):
        """Return them."""
        return Source.objects.cited().order_by("key").only("key")


class Pages(Base):
    """The fixed pages and the plain ones."""

    def items(self):
        """Return their paths."""
        plain = FlatPage.objects.filter(sites=settings.SITE_ID, registration_required=False).values_list(
            "url", flat=True
        )
        fixed = ("articles", "themes", "timeline", "sources", "updates", "corrections", "feeds")
        return ["/", *(f"/{name}/" for name in fixed), *sorted(plain)]

    def location(self, path):
        """Return the path itself."""
        return path


@require_safe
def sitemap(request, section=None):
    """Answer with the index of sitemaps, or with one of them (`section`)."""
    Site.objects.clear_cache()  # each process would keep the address it read first
    maps = {
        "pages": Pages,
        "themes": Themes,
        "articles": Articles,
        "authors": Rows(Author),
        "sources": Sources,
        "series": Rows(Series),
    }
    if section is None:
        return sitemap_views.index(request, maps, sitemap_url_name="sitemap-section")
    return sitemap_views.sitemap(request, maps, section=section)
