"""What surrounds every request: the site's address, headers that keep browsers safe, texts kept, former addresses."""

import re
from urllib.parse import quote, urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.http import HttpResponsePermanentRedirect, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import escape_leading_slashes
from django.utils.text import capfirst
from django.utils.translation import gettext as _

PUBLIC_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The desk shows uploads before they are sent.
DESK_POLICY = PUBLIC_POLICY.replace("img-src 'self'", "img-src 'self' blob:")

SWITCHED_OFF = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "midi=(), payment=(), usb=(), browsing-topics=()"
)


class SecurityHeaders:
    """Give every response a content security policy and switch off what the site doesn't use."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request."""
        response = self.get_response(request)
        desk = request.path.startswith("/admin/")
        response.headers.setdefault("Content-Security-Policy", DESK_POLICY if desk else PUBLIC_POLICY)
        response.headers.setdefault("Permissions-Policy", SWITCHED_OFF)
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

    def learn(self, domain, name):
        """Take the host name and the name from who has just read them."""
        self._row = Site(pk=settings.SITE_ID, domain=domain, name=name)

    @property
    def name(self):
        """The publication's name."""
        return self.row.name

    @property
    def language(self):
        """The language of its name, its themes and its pages but those of texts in another one."""
        return settings.LANGUAGE_CODE

    @property
    def domain(self):
        """The host name (and port) readers use."""
        return self.row.domain

    @property
    def base(self):
        """Scheme and host, without a slash at the end."""
        return f"{'https' if settings.HTTPS else 'http'}://{self.row.domain}"


class KeepWhatWasTyped:
    """Hand back what was posted to the desk by somebody whose session has ended, where Django would drop it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request; a post that leads to the login becomes a page that can send it again."""
        response = self.get_response(request)
        led = response.status_code == 302 and response["Location"].startswith(reverse("admin:login"))
        if request.method == "POST" and led and is_work(request):
            return send_again(request, _("You were logged out while you were writing."))
        return response


SECRET = {
    "csrfmiddlewaretoken", "code", "password", "password1", "password2", "old_password", "new_password1", "new_password2",
    "usable_password",
}  # fmt: skip


def is_work(request):
    """Whether `request` is for a page of the desk behind its login."""
    return request.path.startswith(reverse("admin:index")) and not request.path.startswith(reverse("admin:login"))


def is_script(request):
    """Whether a script of the desk asks."""
    return request.accepts("application/json") and not request.accepts("text/html")


def typed(request):
    """Return what was posted, for templates to show and to send again: {"long", "short"} of (name, label, value), {"files"}.

    Secrets are not among it, and files can't be: `files` says whether there were any.
    """
    labels = _labels(request.path)
    fields = [
        (name, labels.get(name, name), value)
        for name, values in request.POST.lists()
        if name not in SECRET
        for value in values
    ]
    is_long = [len(value) > 60 or "\n" in value for _name, _label, value in fields]
    return {
        "long": [field for field, long in zip(fields, is_long, strict=True) if long],
        "short": [field for field, long in zip(fields, is_long, strict=True) if not long],
        "files": bool(request.FILES),
    }


def _labels(path):
    """Return {name: label} of the fields of the rows that are edited at `path`, a page of the desk; none elsewhere."""
    try:
        model = apps.get_model(*path.removeprefix(reverse("admin:index")).split("/")[:2])
    except (LookupError, ValueError, TypeError):
        return {}
    return {field.name: capfirst(field.verbose_name) for field in model._meta.fields + model._meta.many_to_many}


def send_again(request, reason, first=None):
    """Return the page (403) that shows what was posted and sends it once more, after a login where one is needed.

    `first`: the address of another page that must be seen to before.
    """
    login = None if admin.site.has_permission(request) else reverse("admin:login")
    if is_script(request):  # which has it all still
        return JsonResponse({"login": login, "problem": reason}, status=403)
    context = {
        **admin.site.each_context(request),
        "title": _("Nothing is lost"),
        "reason": reason,
        "login": login,
        "first": first,
        **typed(request),
    }
    return render(request, "admin/send_again.html", context, status=403)


def same_origin(request):
    """Whether the browser says that `request` comes from a page of this site."""
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin)[:2] == (request.scheme, request.get_host())


# How WordPress tells a text, where its addresses have no words, in a query string: /?p=12
NUMBERED = "(?:p|page_id)=[0-9]{1,12}"
PLAIN = re.compile(rf"(?:^|&)({NUMBERED})(?=&|$)")


class OldAddresses:
    """Lead readers from a former address to the present one, looked for only when nothing else answered.

    One of the front page that is told by a number in its query string is looked for first, for that page answers.

    A slug that changed is known by the address of its own page (`/themes/OLD/`). That one row serves the page, its
    feeds, the pages below it, every combination the theme is part of, and the query strings that name it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Answer the request; a 404 becomes a 301 when the address was once public."""
        led = self.of_number(request) if request.path_info == "/" else None
        if led is not None:
            return led
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        led = self.of_number(request)
        if led is not None:
            return led
        path = present_path(request.path_info) or request.path_info
        query = present_query(request)
        # Never to another host, whatever is in the table.
        present = escape_leading_slashes(quote(path, safe="/+")) + (f"?{query}" if query else "")
        if (path, query) == (request.path_info, request.META.get("QUERY_STRING", "")):
            return response
        return HttpResponsePermanentRedirect(present)

    @staticmethod
    def of_number(request):
        """Return where an address of WordPress with a number (`PLAIN`) leads, None for any other.

        One of the front page that leads nowhere leads there: what nobody keeps isn't made anew for every number.
        """
        query = request.META.get("QUERY_STRING", "")
        found = PLAIN.search(query) if request.method in {"GET", "HEAD"} else None
        if found is None:
            return None
        path = request.path_info.removesuffix("index.php")
        present = _moved([f"{path}?{found[1]}"])
        if present:
            return HttpResponsePermanentRedirect(escape_leading_slashes(quote(*present.values(), safe="/+")))
        if request.path_info != "/":
            return None
        rest = PLAIN.sub("", query).lstrip("&")
        return HttpResponseRedirect(f"/?{rest}" if rest else "/", headers={"Cache-Control": "no-cache"})


SECTIONS = {"theme": "themes", "not": "themes", "author": "authors", "series": "series"}


def present_query(request):
    """Return the query string of `request` with the present slugs of the themes and the author it names."""
    query = request.META.get("QUERY_STRING", "")
    named = {name: request.GET.getlist(name)[:6] for name in SECTIONS}
    moved = _moved([f"/{SECTIONS[name]}/{slug}/" for name, slugs in named.items() for slug in slugs])
    if not moved:
        return query
    present = request.GET.copy()
    for name, slugs in named.items():
        present.setlist(name, [_last_part(moved.get(f"/{SECTIONS[name]}/{slug}/")) or slug for slug in slugs])
    return present.urlencode()


def _last_part(path):
    """Return the slug at the end of `path`, or nothing when there is no path."""
    return (path or "").strip("/").rpartition("/")[2]


def _moved(paths):
    """Return {former path: present path} for those of `paths` that have moved."""
    known = [path for path in paths if len(path) <= 200 and "\0" not in path]
    if not known:
        return {}
    rows = Redirect.objects.filter(site=settings.SITE_ID, old_path__in=known).exclude(new_path="")
    return dict(rows.values_list("old_path", "new_path"))


def present_path(path):
    """Return where the former address `path` leads now, or None when it never was one."""
    parts = path.split("/", 3)  # "", section, slugs, rest
    section, slugs, rest = parts[1:] if len(parts) == 4 else (None, "", "")
    other = path.removesuffix("/") if path.endswith("/") else f"{path}/"  # where it was, either may have answered
    moved = _moved([path, other, *(f"/{section}/{slug}/" for slug in slugs.split("+")[:6])])
    if path in moved or other in moved:
        return moved.get(path) or moved[other]
    if not moved:
        return None
    present = [_last_part(moved.get(f"/{section}/{slug}/")) or slug for slug in slugs.split("+")]
    return f"/{section}/{'+'.join(sorted(set(present)))}/{rest}"
