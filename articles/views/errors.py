"""Errors in words: pages that need no database where there may be none, and that hand back what somebody sent."""

import errno
import sys
from typing import NamedTuple

from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _

from .. import listing as listings
from .. import middleware
from .lists import front_themes

# What SQLite and PostgreSQL (appendix A of its manual) call it.
FULL = ("SQLITE_FULL", "53100")
LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "57014", "40P01")
DRAFTS = "/drafts/"  # where guests write remarks
UNWRITABLE = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "25006")


class Trouble(NamedTuple):
    """Why nothing can be stored: an HTTP status (RFC 9110, 15.6.4; RFC 4918, 11.5) and a sentence for editors."""

    status: int
    words: str


def trouble_of(error):
    """Return the `Trouble` that the exception `error` tells of, of the disk or the database; None when it is another one."""
    if isinstance(error, OSError):
        code = error.errno
        full, locked = code in {errno.ENOSPC, errno.EDQUOT}, False
        unwritable = code in {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}
        if not (full or unwritable):
            return None
    elif isinstance(error, OperationalError | InterfaceError | InternalError):
        cause = error.__cause__
        code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
        full, locked, unwritable = (code.startswith(codes) for codes in (FULL, LOCKED, UNWRITABLE))
        if isinstance(error, InternalError) and not unwritable:  # as PostgreSQL calls a transaction that may only read
            return None
    else:
        return None
    if full:
        return Trouble(507, _("The server’s disk is full."))
    if locked:
        return Trouble(503, _("The database is busy with other work."))
    if unwritable:
        return Trouble(503, _("The server’s disk can’t be written at the moment."))
    return Trouble(503, _("The database can’t be reached at the moment."))


def bad_request(request, exception=None):
    """400."""
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    """403; what somebody posted to the desk comes back with it, for a right may be gone since the form was opened."""
    if request.method == "POST" and middleware.is_work(request) and middleware.same_origin(request):
        return middleware.send_again(request, _("The desk has not given you this right, or has taken it back."))
    return render(request, "403.html", status=403)


def csrf_failed(request, reason=""):
    """403 for a form without a valid token; one of our own, grown old, is handed back to be sent again."""
    if middleware.is_work(request) and middleware.same_origin(request):
        return middleware.send_again(request, _("This page was opened before you logged in."))
    if request.path.startswith(DRAFTS) and middleware.same_origin(request):
        old = Trouble(403, _("This page was opened too long ago, or your browser keeps no cookies."))
        return handed_back(request, old, get_token(request))
    return forbidden(request)


def not_found(request, exception=None):
    """404, with what was asked for in words when a listing said so, and themes and articles to go on with."""
    reason = str(exception) if isinstance(exception, listings.Unknown) else ""
    newest = listings.parse_front().articles().only("title", "slug", "language", "published_at")[:3]
    context = {"reason": reason, "themes": front_themes(), "newest": newest}
    return render(request, "404.html", context, status=404)


def server_error(request):
    """500, or 503 when the database is away, locked or can't be written; touches neither database nor context processors.

    What was posted to the desk, or to a draft by a guest, comes back in a page that can send it again, 507 where the disk
    is full.
    """
    trouble = trouble_of(sys.exc_info()[1])
    connection.close_at = 0  # behind this request: one opened while the disk can't be written never writes
    typed = middleware.is_work(request) or request.path.startswith(DRAFTS)
    if request.method == "POST" and typed and middleware.same_origin(request):
        return handed_back(request, trouble or Trouble(500, _("Something went wrong here. It has been recorded.")))
    if trouble:  # whoever only reads comes again: 507 is about what was sent
        return later(render(None, "500.html", {"number": "503"}, status=503))
    return render(None, "500.html", status=500)


def handed_back(request, trouble, token=None):
    """Return the page with what was posted, or for a script, which has it all still, the sentence alone.

    `token` against forgery is that of the form where none is given: it is still good, for the browser has its cookie.
    """
    if middleware.is_script(request):
        return later(JsonResponse({"problem": trouble.words}, status=trouble.status))
    token = token or request.POST.get("csrfmiddlewaretoken") or get_token(request)
    context = {"trouble": trouble, "csrf_token": token, **middleware.typed(request)}
    return later(render(None, "not_stored.html", context, status=trouble.status))


def later(response):
    """Return the `response` with the word that it is worth asking again soon, and that nobody keeps it."""
    response.headers["Retry-After"], response.headers["Cache-Control"] = "5", "no-store"
    return response
