"""What the site answers at an address, to somebody without a name: asked through Django itself, in this process."""

import io
import logging
import re
import sys
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.wsgi import get_wsgi_application

from ...models import KeptPage

_HASHED = re.compile(r".+\.[0-9a-f]{12}\.\w+")
_log = logging.getLogger("django.request")
_application = None


class Answer(NamedTuple):
    """What came back: HTTP status, media type without parameters, bytes, where it leads (path and query, or ""), and the
    facet (kind, value) on which it depends, if it says so."""

    status: int
    kind: str = ""
    content: bytes = b""
    location: str = ""
    facet: tuple | None = None


def ask(address, base):
    """Return the `Answer` at `address` (percent-encoded path and query) of the site at `base`.

    Below the page cache: what is asked for once needs no memory, and nobody is counted as a follower.
    """
    path, _question, query = address.partition("?")
    if path.startswith(settings.STATIC_URL):
        return _static(unquote(path).removeprefix(settings.STATIC_URL))
    global _application
    if _application is None:
        _application = get_wsgi_application()
    status, headers = None, {}

    def start(line, told, _error=None):
        nonlocal status
        status = int(line.split()[0])
        headers.update((name.lower(), value) for name, value in told)

    _log.setLevel(logging.ERROR)  # what isn't there is told in the account
    try:
        response = _application(_environ(path, query), start)
        try:
            content = b"".join(response)
        finally:
            response.close()
    finally:
        _log.setLevel(logging.NOTSET)
    location = urljoin(base + address, headers.get("location", "")) if "location" in headers else ""
    location = location.removeprefix(base) if location.startswith(f"{base}/") else ""
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return Answer(status, kind, content, location, _facet(response, address))


def _environ(path, query):
    """Return the environment of a request as a server makes it (PEP 3333), with the headers that a page may depend on."""
    host = settings.ALLOWED_HOSTS[0]
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": "443" if settings.HTTPS else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        **({"HTTP_X_FORWARDED_PROTO": "https"} if settings.HTTPS else {}),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if settings.HTTPS else "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _facet(response, address):
    """Return the facet (kind, value) of the articles that the `response` is about, None where it depends on more."""
    if not getattr(response, "for_everybody", False):
        return None
    if hasattr(response, "facet"):
        return tuple(response.facet) if response.facet else None
    return KeptPage.objects.filter(address=address).values_list("kind", "value").first()  # it was answered from there


def _static(name):
    """Return the `Answer` with the static file `name`, collected or not."""
    place = staticfiles_storage.path(name) if staticfiles_storage.exists(name) else finders.find(name)
    if not place:
        return Answer(404)
    with open(place, "rb") as file:
        content = file.read()
    return Answer(200, "text/css" if name.endswith(".css") else "", content)


def is_for_ever(name):
    """Return whether the file `name` never changes: a static file with a mark of its content, a picture."""
    return name.startswith("pictures/") or bool(name.startswith("static/") and _HASHED.fullmatch(name))
