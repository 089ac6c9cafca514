"""Uploaded pictures, wherever they are kept: a reader has those of what readers see, the desk all.

They come through the site on one machine and on several, for only the rows say which are out. What is not is answered
like what was never there.
"""

import re

from django.conf import settings
from django.contrib import admin
from django.core.files.storage import default_storage
from django.db import Error
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from .. import publishing
from ..caching import FOR_EVER, as_file
from ..models import shown
from .errors import later, not_found

TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}
MOST_KNOWN = 10_000
_out = set()  # the beginnings of names of pictures that readers could have when it was asked last
_PICTURE = re.compile(rb'<(?:img|source)\b(?:[^<>"]|"[^"]*")*>')


@require_safe
def picture(request, name):
    """A picture, under the name it was given when it was re-encoded."""
    beginning = shown.beginning(name)
    if beginning and _is_public(beginning):
        response = _answer(name)
        return _for_a_second(response, FOR_EVER) if response.status_code == 200 else response
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return _for_a_second(not_found(request), "public, no-cache")
    if beginning and _is_from_the_desk(request):
        return _hidden(name)
    raise Http404


@require_safe
def shared_picture(request, token, name):
    """A picture of a draft that is shown to people without an account, while its link works."""
    link = publishing.shared(token)
    if link is None or publishing.is_over(link) or shown.beginning(name) not in shown.shown_by(link.article.working):
        raise Http404
    return _hidden(name)


def _is_public(beginning):
    """Return whether readers may have the picture; while the database is away, whether they could when it was asked last."""
    try:
        public = shown.is_public(beginning)
    except Error:
        if beginning in _out:
            return True
        raise
    if public and len(_out) < MOST_KNOWN:
        _out.add(beginning)
    elif not public:
        _out.discard(beginning)
    return public


def _is_from_the_desk(request):
    """Whether somebody asks who sees the pictures at the desk."""
    return admin.site.has_permission(request) and request.user.has_perm("articles.view_picture")


def _for_a_second(response, control):
    """Return `response` as what nginx keeps for its second, in place of what was there before; `control` is for other caches."""
    response.headers["X-Accel-Expires"], response.headers["Cache-Control"] = "1", control
    return response


def _hidden(name):
    """Return the answer with a picture that is not for everybody."""
    response = _answer(name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _answer(name):
    """Return the answer with the whole picture: one sent in parts would hold a worker for as long as a slow reader takes."""
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except ConnectionError:
        return later(HttpResponse(status=503))
    except OSError as error:
        raise Http404 from error
    return as_file(HttpResponse(content, content_type=TYPES[name.rpartition(".")[2]]))


def within_draft(content, link):
    """Return the page `content` (bytes) of the shared draft of `link` with its pictures at addresses that the link opens."""
    opened = f"{link.get_absolute_url()}pictures/".encode()
    return _PICTURE.sub(lambda tag: tag[0].replace(b"/pictures/", opened), content)
