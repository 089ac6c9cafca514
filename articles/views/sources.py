"""What the publication cites, and where."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from .. import bibliography
from .. import listing as listings
from ..models import Article, Citation, Source, Theme
from .caching import public_page

SOURCES_ON_A_PAGE = 200


@public_page
def sources(request):
    """Every source that something readers see cites, by publisher and title."""
    seen = Count("citations", filter=Q(citations__in=Citation.objects.public()))
    rows = Source.objects.cited().annotate(places=seen).order_by("publisher", "title", "key")
    pages = Paginator(rows, SOURCES_ON_A_PAGE)
    number = listings.page_number(request.GET)
    if number > pages.num_pages:
        raise listings.Unknown(_("There are only %s pages of sources.") % pages.num_pages)
    address = _page(number)
    if not listings.is_canonical(request.path, request.GET, address):
        return HttpResponsePermanentRedirect(address)
    page = {
        "number": number,
        "pages": pages.num_pages,
        "total": pages.count,
        "previous": _page(number - 1) if number > 1 else None,
        "next": _page(number + 1) if number < pages.num_pages else None,
    }
    return render(request, "articles/sources.html", {"sources": pages.page(number).object_list, "page": page})


@public_page
def cite(request, slug, format):
    """The citation of an article itself, for reference managers."""
    row = get_object_or_404(Article.objects.public().with_names(), slug=slug)
    item = bibliography.of_article(
        row,
        [byline.author for byline in row.bylines.all()],
        publication=request.publication.name,
        base=request.publication.base,
    )
    return _file([item], format, row.slug)


@public_page
def article_sources(request, slug, format):
    """What an article cites, in the order of its list."""
    row = get_object_or_404(Article.objects.public(), slug=slug)
    cited = Source.objects.filter(citations__article=row).order_by("citations__number")
    return _file(map(bibliography.of_source, cited), format, f"{row.slug}-sources")


@public_page
def theme_sources(request, slug, format):
    """What a theme's introduction and the articles under it cite, by key."""
    row = get_object_or_404(Theme, slug=slug)
    cited = Source.objects.cited_under(row).order_by("key")
    return _file(map(bibliography.of_source, cited), format, f"{row.slug}-sources")


def _file(items, format, name):
    """Return a download of the CSL `items` in `format`."""
    write, content_type = bibliography.FORMATS[format]
    response = HttpResponse(write(list(items)), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


def _page(number):
    return "/sources/" + (f"?page={number}" if number > 1 else "")


@public_page
def source(request, key):
    """One source, with the articles and themes that cite it; 404 while nothing that readers see does."""
    row = get_object_or_404(Source.objects.cited(), key=key)
    context = {
        "source": row,
        "articles": Article.objects.public().listed().filter(citations__source=row).order_by("-published_at", "-pk"),
        "themes": Theme.objects.filter(citations__source=row).order_by("name"),
    }
    return render(request, "articles/source.html", context)
