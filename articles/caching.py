"""What may be kept, by whom, for how long: pages that depend on their address alone say so."""

import functools

from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

# A browser may show a page for half a minute, a cache in between for ten seconds and, while it asks again, twenty more;
# where the site doesn't answer, what there is goes on being shown for a day (RFC 9111; RFC 5861).
FRESH = "public, max-age=30, s-maxage=10, stale-while-revalidate=20, stale-if-error=86400"
# What has its content's mark in its address. Caches in between ask again, for what is withdrawn must go from there too.
FOR_EVER = "public, max-age=31536000, s-maxage=60, immutable"


def public_page(*parameters):
    """Make a view answer GET and HEAD only, and mark what it shows as cacheable by anyone.

    `parameters` are the names of the query string that it reads: of the request it sees the path and those, nothing
    else, so that what is kept for one reader is right for all. It may activate the language of what it shows: the
    site's own is back when it is done.
    """

    def decorate(view):
        @require_safe
        @functools.wraps(view)
        def wrapped(request, *args, **kwargs):
            with override(get_language()):
                response = view(request, *args, **kwargs)
            if response.status_code == 200:
                response.headers.setdefault("Cache-Control", FRESH)
                response.for_everybody = getattr(response, "for_everybody", True)
            return response

        wrapped.parameters = frozenset(parameters)
        return wrapped

    return decorate


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
