"""What may be kept, by whom, for how long."""

import functools

from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

FRESH = "public, max-age=60"


def public_page(view):
    """Make `view` answer GET and HEAD only, and mark what it shows as cacheable by anyone.

    It may activate the language of what it shows: the site's own is back when it is done.
    """

    @require_safe
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        with override(get_language()):
            response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.headers.setdefault("Cache-Control", FRESH)
        return response

    return wrapped
