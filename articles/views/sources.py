"""What the publication cites, and where."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from .. import bibliography
from ..caching import depending, public_page
from ..models import Article, Citation, Facet, Source, Theme
from ..models.tally import Kind
from .paging import numbered, paged

SOURCES_ON_A_PAGE = 200


@public_page("page", kept=True)
def sources(request):
    """Every source that something readers see cites, by publisher and title."""
    seen = Count("citations", filter=Q(citations__in=Citation.objects.public()))
    rows = Source.objects.cited().annotate(places=seen).order_by("publisher", "title", "key")
    return paged(
        request, "articles/sources.html", "sources", rows, address=numbered("/sources/"), size=SOURCES_ON_A_PAGE
    )


@public_page()
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


@public_page()
def article_sources(request, slug, format):
    """What an article cites, in the order of its list."""
    row = get_object_or_404(Article.objects.public(), slug=slug)
    cited = Source.objects.filter(citations__article=row).order_by("citations__number")
    return _file(map(bibliography.of_source, cited), format, f"{row.slug}-sources")


@public_page()
def theme_sources(request, slug, format):
    """What a theme's introduction and the articles under it cite, by key."""
    row = get_object_or_404(Theme, slug=slug)
    cited = Source.objects.cited_under(row).order_by("key")
    shown = _file(map(bibliography.of_source, cited), format, f"{row.slug}-sources")
    return depending(shown, Facet(Kind.THEME.value, row.pk))


def _file(items, format, name):
    """Return a download of the CSL `items` in `format`."""
    write, content_type = bibliography.FORMATS[format]
    response = HttpResponse(write(list(items)), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


@public_page()
def source(request, key):
    """One source, with the articles and themes that cite it; 404 while nothing that readers see does."""
    row = get_object_or_404(Source.objects.cited(), key=key)
    context = {
        "source": row,
        "articles": Article.objects.public()
        .listed()
        .with_themes()
        .filter(citations__source=row)
        .order_by("-published_at", "-pk"),
        "themes": Theme.objects.filter(citations__source=row).order_by("name"),
    }
    return render(request, "articles/source.html", context)
