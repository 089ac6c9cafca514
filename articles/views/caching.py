"""What may be kept, by whom, for how long."""

import functools

from django.views.decorators.http import require_safe

FRESH = "public, max-age=60"


def public_page(view):
    """Make `view` answer GET and HEAD only, and mark what it shows as cacheable by anyone."""

    @require_safe
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.headers.setdefault("Cache-Control", FRESH)
        return response

    return wrapped
