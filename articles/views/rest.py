"""Plain pages, and what machines ask for."""

from django.contrib.flatpages.models import FlatPage
from django.http import Http404, HttpResponse
from django.shortcuts import render

from .. import publishing, weaving
from ..caching import public_page


@public_page()
def plain_page(request, url):
    """A page such as About; its text is Markdown and goes through the same door as an article's."""
    page = FlatPage.objects.filter(url=f"/{url}/", sites=request.publication.row).order_by("pk").first()
    if page is None:
        raise Http404
    rendered = publishing.rendered_or_typed(page.content)
    response = render(request, "articles/plain.html", {"plain": page, "woven": weaving.woven(rendered.html)})
    response.for_everybody = not rendered.is_typed  # in a while it may be rendered again
    return response


@public_page()
def robots(request):
    """Everything may be read; the desk and endless search results need no crawler."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /drafts/",
        "Disallow: /search/",
        "",
        f"Sitemap: {request.publication.base}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
