"""Plain pages, what machines ask for, and errors."""

import sys

from django.contrib.flatpages.models import FlatPage
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import listing as listings
from .. import middleware, publishing, weaving
from ..caching import public_page
from .lists import front_themes


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


def bad_request(request, exception=None):
    """400."""
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    """403."""
    return render(request, "403.html", status=403)


def csrf_failed(request, reason=""):
    """403 for a form without a valid token; one of the desk's own, grown old, is handed back to be sent again."""
    at_desk = request.path.startswith(reverse("admin:index")) and not request.path.startswith(reverse("admin:login"))
    if at_desk and middleware.same_origin(request):
        return middleware.send_again(request, _("This page was opened before you logged in."))
    return forbidden(request)


def not_found(request, exception=None):
    """404, with what was asked for in words when a listing said so, and themes and articles to go on with."""
    reason = str(exception) if isinstance(exception, listings.Unknown) else ""
    newest = listings.parse_front().articles().only("title", "slug", "language", "published_at")[:3]
    context = {"reason": reason, "themes": front_themes(), "newest": newest}
    return render(request, "404.html", context, status=404)


def server_error(request):
    """500, or 503 when the database is away: touches neither database nor context processors."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return later(render(None, "500.html", {"number": "503"}, status=503))
    return render(None, "500.html", status=500)


def later(response):
    """Return the `response` with the word that it is worth asking again soon, and that nobody keeps it."""
    response.headers["Retry-After"], response.headers["Cache-Control"] = "5", "no-store"
    return response
