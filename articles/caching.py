"""What may be kept, by whom, for how long: pages that depend on their address alone say so."""

import functools
import threading
import zlib

from cachetools import LRUCache
from django.conf import settings
from django.http import HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from . import publishing
from .models import KeptPage
from .models.keptpage import LONGEST_ADDRESS

# A browser may show a page for half a minute, a cache in between for ten seconds and, while it asks again, twenty more;
# where the site doesn't answer, what there is goes on being shown for a day (RFC 9111; RFC 5861).
FRESH = "public, max-age=30, s-maxage=10, stale-while-revalidate=20, stale-if-error=86400"
# What has its content's mark in its address. Caches in between ask again, for what is withdrawn must go from there too.
FOR_EVER = "public, max-age=31536000, s-maxage=60, immutable"
LARGEST = 256_000  # bytes, compressed
_asked, _lock = LRUCache(10_000), threading.Lock()  # addresses of pages that are kept when they are asked for again


def public_page(*parameters, kept=False, each_time=None, former=None):
    """Make a view answer GET and HEAD only, and mark what it shows as cacheable by anyone.

    `parameters` are the names of the query string that it reads: of the request it sees the path and those, nothing
    else, so that what is kept for one reader is right for all. It may activate the language of what it shows: the
    site's own is back when it is done. What it says to be `depending` on a facet is `kept` in the database until
    that changes, for those who have no session. `each_time(environ, address)` is told whenever it answers, from memory too.
    `former(query)` says of a query string whether it tells a page of elsewhere, so that the address is none of this one's.
    """
    known = frozenset(parameters)

    def decorate(view):
        @require_safe
        @functools.wraps(view)
        def wrapped(request, *args, **kwargs):
            standing = _standing(request, known) if kept else None
            if standing and standing.headers:
                response = HttpResponse(standing.body, headers=standing.headers)
            else:
                with override(get_language()):
                    response = view(request, *args, **kwargs)
            if response.status_code == 200:
                response.headers.setdefault("Cache-Control", FRESH)
                response.for_everybody = getattr(response, "for_everybody", True)
                response.each_time = each_time
                if standing and not standing.headers:
                    _keep(standing, response)
            return response

        wrapped.parameters, wrapped.former = known, former
        return wrapped

    return decorate


def _standing(request, known):
    """Return the `Standing` of the page that `request` asks for, None where nothing is kept; the site's name is learnt."""
    address = escape_uri_path(request.path) + (
        f"?{request.GET.urlencode()}" if request.GET else ""
    )  # however it was spelt
    if (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        or len(address) > LONGEST_ADDRESS
        or not known.issuperset(request.GET)
    ):
        return None
    standing = KeptPage.objects.standing(address)
    if standing:
        request.publication.learn(standing.domain, standing.name)
    return standing


def _keep(standing, response):
    """Have `response` kept, if it says on which facet it depends."""
    facet = getattr(response, "facet", None)
    if not (facet and standing.turn and response.for_everybody):
        return
    if response.narrow and not _asked_again(standing.address):
        return
    headers = dict(response.headers.items())
    packed = zlib.compress(response.content, 3)  # while it waits it takes less room
    if len(packed) <= LARGEST:
        publishing.keep_rendered(publishing.store_page, standing, facet, headers, packed)


def _asked_again(address):
    """Whether the page at `address` was asked for before, in this process and lately."""
    with _lock:
        known = address in _asked
        _asked[address] = True
    return known


def depending(response, facet, narrow=False):
    """Return `response` as one that is the same until something changes of the articles with `facet`.

    None for what depends on more: a text that names something of which no row would tell that it has come or changed.
    A `narrow` list is one of more than anybody will read: it is kept when it is asked for again, so that a crawler that
    goes through all combinations drives out nothing and writes nothing.
    """
    response.facet, response.narrow = facet, narrow
    return response


def tagged(response, *, articles=(), themes=()):
    """Return `response` naming the rows that it shows, for caches that can forget by name."""
    return named(response, [f"article-{row.pk}" for row in articles] + [f"theme-{row.pk}" for row in themes])


def named(response, names):
    """Return `response` with `names` by which caches can be told to forget it.

    Fastly and Varnish call the header Surrogate-Key, Cloudflare and Akamai Cache-Tag.
    """
    if names:
        response.headers["Surrogate-Key"] = " ".join(dict.fromkeys(names))
        response.headers["Cache-Tag"] = ",".join(dict.fromkeys(names))
    return response


def as_file(response):
    """Return `response`, a file that pages show, as one in which nothing runs, whatever it holds.

    Any site may show it: feed readers do.
    """
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
