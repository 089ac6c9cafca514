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
    woven = weaving.woven(publishing.rendered_or_typed(page.content).html)
    return render(request, "articles/plain.html", {"plain": page, "woven": woven})


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
