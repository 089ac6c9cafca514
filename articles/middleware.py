"""What surrounds every request: the site's own address, headers that keep browsers safe, addresses of former days."""

from urllib.parse import quote

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.http import HttpResponsePermanentRedirect

PUBLIC_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The desk shows uploads before they are sent.
DESK_POLICY = PUBLIC_POLICY.replace("img-src 'self'", "img-src 'self' blob: data:")


class SecurityHeaders:
    """Give every response a content security policy and switch off what the site doesn't use."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request."""
        response = self.get_response(request)
        desk = request.path.startswith("/admin/")
        response.headers.setdefault("Content-Security-Policy", DESK_POLICY if desk else PUBLIC_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"
        )
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if desk:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class SiteAddress:
    """Put the site's row on the request, read once when first asked for, and the base of absolute addresses.

    `request.publication.base` never comes from the request's own Host header.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request."""
        request.publication = Publication()
        return self.get_response(request)


class Publication:
    """Name and address of the site as the desk has them now; read when first needed.

    Django's own `get_current` keeps the row in each process for ever, so an edited name would show in one of them.
    """

    _row = None

    @property
    def row(self):
        """The `Site` row."""
        if self._row is None:
            self._row = Site.objects.filter(pk=settings.SITE_ID).first() or Site(name="", domain="localhost")
        return self._row

    @property
    def name(self):
        """The publication's name."""
        return self.row.name

    @property
    def domain(self):
        """The host name (and port) readers use."""
        return self.row.domain

    @property
    def base(self):
        """Scheme and host, without a slash at the end."""
        return f"{'https' if settings.HTTPS else 'http'}://{self.row.domain}"


class OldAddresses:
    """Lead readers from a former address to the present one, looked for only when nothing else answered.

    A slug that changed is known by the address of its own page (`/themes/OLD/`). That one row serves the page, its
    feeds, the pages below it and every combination the theme is part of; the query string is kept.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request; a 404 becomes a 301 when the address was once public."""
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        present = present_path(request.path_info)
        if present is None or present == request.path_info:
            return response
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(quote(present, safe="/+") + (f"?{query}" if query else ""))


def present_path(path):
    """Return where the former address `path` leads now, or None when it never was one."""
    if "\0" in path or len(path) > 500:
        return None
    parts = path.split("/", 3)  # "", section, slugs, rest
    if len(parts) < 4:
        return None
    section, slugs, rest = parts[1:]
    moved = dict(
        Redirect.objects.filter(
            site=settings.SITE_ID,
            old_path__in=[path, *(f"/{section}/{slug}/" for slug in slugs.split("+")[:6])],
        ).values_list("old_path", "new_path")
    )
    if path in moved:
        return moved[path]
    if not moved:
        return None
    present = [
        moved.get(f"/{section}/{slug}/", f"/{section}/{slug}/").strip("/").rpartition("/")[2]
        for slug in slugs.split("+")
    ]
    return f"/{section}/{'+'.join(sorted(set(present)))}/{rest}"
