"""Every address of the desk, and who may do what there: what `test_every_right` walks.

The addresses come from the resolver; one that nobody has thought about has no entry here, and the walk says so.
"""

import re
from html.parser import HTMLParser

from django.apps import apps
from django.db import connection, transaction
from django.urls import get_resolver

# The letters of roles: nobody (n), Writer, Editor, Theme keeper (k), administrator (c, the chief).
# W and K: of what is their own only. An entry says who reads (GET) and who writes (POST); "=" is a page that takes a
# POST for a GET, and writes nothing.
STAFF = "wekc"
LISTED = {"changelist": ("{see}", "="), "add": ("{add}", "{add}"), "history": ("{see}", "="), "change": ("{see}", "{change}"),
          "delete": ("{delete}", "{delete}"), None: (STAFF, "=")}  # fmt: skip
MODELS = {
    "articles_theme": {"see": "wekc", "add": "kc", "change": "kc", "delete": "c"},
    "articles_author": {"see": "wec", "add": "ec", "change": "ec", "delete": "c"},
    "articles_series": {"see": "wec", "add": "ec", "change": "ec", "delete": "c"},
    "articles_picture": {"see": "wec", "add": "wec", "change": "ec", "delete": "c"},
    "articles_source": {"see": "wekc", "add": "wekc", "change": "ekc", "delete": "ec"},
    "flatpages_flatpage": {"see": "c", "add": "c", "change": "c", "delete": "c"},
    "sites_site": {"see": "c", "add": "", "change": "c", "delete": ""},
    "auth_user": {"see": "c", "add": "c", "change": "c", "delete": "c"},
    "auth_group": {"see": "c", "add": "c", "change": "c", "delete": "c"},
    "redirects_redirect": {"see": "c", "add": "c", "change": "c", "delete": "c"},
}
RIGHTS = {
    f"{model}_{page}" if page else f"admin/{model.replace('_', '/', 1)}/<path:object_id>/": tuple(
        told.format(**who) for told in entry
    )
    for model, who in MODELS.items()
    for page, entry in LISTED.items()
} | {
    "second_step": ("", ""),  # leads to the login, without a first step
    "second_factor": (STAFF, STAFF),
    "second_factors": ("c", "c"),
    "index": (STAFF, "="),
    "login": ("n", "n" + STAFF),  # leads who is logged in to the desk
    "logout": ("", STAFF),
    "password_change": (STAFF, STAFF),
    "password_change_done": (STAFF, "="),
    "autocomplete": ("", ""),  # no field uses it
    "jsi18n": (STAFF, "="),
    "view_on_site": ("Wec", "="),
    "app_list": (STAFF, "="),
    "admin/(?P<url>.*)$": ("", ""),
    "articles_theme_tend": ("kc", "kc"),
    "articles_upload_changelist": ("c", "c"),  # who may publish and keep themes
    "articles_upload_go_on": ("c", "c"),
    "articles_following_changelist": ("wec", "="),
    "articles_auditentry_changelist": ("c", "="),
    "auth_user_password_change": ("c", "c"),
    "articles_article_changelist": (STAFF, "="),
    "articles_article_add": ("wec", "wec"),
    "articles_article_change": ("Wec", "Wec"),
    "articles_article_history": ("Wec", "="),
    "articles_article_delete": ("ec", "ec"),
    "admin/articles/article/<path:object_id>/": (STAFF, "="),  # leads to the form, there or not
    "articles_article_preview_new": ("", "wec"),
    "articles_article_preview": ("", "Wec"),
    "articles_article_revision": ("Wec", "="),
    "articles_article_revision_preview": ("Wec", "="),
    "articles_article_restore": ("", "Wec"),
    "articles_article_keep_new": ("", "wec"),
    "articles_article_keep": ("", "Wec"),
    "articles_article_kept": ("W", "W"),  # what somebody typed is shown to nobody else
    "articles_article_withdraw": ("ec", "ec"),
    "articles_article_share": ("", "Wec"),
    "articles_article_bring_back": ("", "ec"),
    "articles_article_talk": ("", "Wec"),
    "articles_article_suggest": (STAFF, "="),
    "articles_article_cite": (STAFF, "="),
    "articles_article_picture": ("", "wec"),
}
# Those that lead on whom they show nothing.
LEADING = {"second_step", "login", "logout"}
# What could be tried to be slipped into any form. Each value can be found again wherever it is stored.
FORGED = {
    "author": "{forger}", "user": "{forger}", "created_by": "{forger}", "saved_by": "{forger}", "by": "{forger}",
    "status": "published", "kind": "published", "action_": "publish", "version": "999", "number": "999", "id": "999", "pk": "999",
    "is_superuser": "on", "is_staff": "on", "is_active": "", "groups": "{group}", "user_permissions": "1",
    "slug": "xqforged", "published_at": "2031-05-06T10:00", "publish_at": "2031-05-06T10:00", "dated": "2031-05-06T10:00",
    "updated_at": "2031-05-06T10:00", "withdrawn_at": "2031-05-06T10:00", "deleted_at": "2031-05-06T10:00",
    "withdrawn_note": "xqforged", "html": "xqforged", "introduction_html": "xqforged", "live": "1", "working": "1", "article": "1",
    "merged_into": "1", "digest": "xqforged", "token": "xqforged", "failures": "9", "password_": "xqforged", "uid": "xqforged",
}  # fmt: skip


def desk_addresses(patterns=None, before=""):
    """Return [(route, name, pattern), …] of every address below /admin/, as the resolver has them."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found += desk_addresses(pattern.url_patterns, route)
        elif route.startswith("admin/"):
            found.append((route, pattern.name))
    return found


def entry_of(route, name):
    """Return the key in `RIGHTS` of an address."""
    return name or route


class Fields(HTMLParser):
    """What a browser would send of the forms of a page, unchanged."""

    def __init__(self, page):
        super().__init__()
        self.sent, self.area, self.select = {}, None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Take a field."""
        told = dict(attrs)
        name, kind = told.get("name"), told.get("type", "text")
        if tag == "textarea":
            self.area = name
            self.put(name, "")
        elif tag == "select":
            self.select = name
        elif tag == "button" and name:
            self.sent.setdefault(name, [])
        elif tag == "option" and self.select and "selected" in told:
            self.put(self.select, told.get("value", ""))
        elif tag == "input" and name and kind not in {"submit", "file", "image", "button"}:
            if kind not in {"checkbox", "radio"} or "checked" in told:
                self.put(name, told.get("value", "on" if kind in {"checkbox", "radio"} else ""))
            else:
                self.sent.setdefault(name, [])

    def handle_endtag(self, tag):
        """A field ends."""
        if tag == "textarea":
            self.area = None
        elif tag == "select":
            self.sent.setdefault(self.select, [])
            self.select = None

    def handle_data(self, data):
        """Take the text of a box."""
        if self.area:
            self.sent[self.area] = [(self.sent[self.area][0] + data).removeprefix("\n")]

    def put(self, name, value):
        """Take one value."""
        if name:
            self.sent.setdefault(name, []).append(value or "")


MUTED = {"django_session", "django_content_type", "articles_openform"}
RANDOM = {"digest", "token", "form", "uid", "stamp", "mark", "password", "key", "serial", "turn", "wide", "names"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[.\d]*(?:\+00:00|Z)?")


def stored(known):
    """Return all that the database holds, {table: sorted rows as text}; `known` are the `last_keys` before what is compared.

    What is new in two ways (a key, this moment, a random token or digest) is left out.
    """
    told = {}
    for model in _models():
        fields = {field.attname: field for field in model._meta.concrete_fields}
        rows = []
        for row in model._base_manager.order_by().values():
            for name, value in row.items():
                leads = fields[name].related_model or (model if fields[name].primary_key else None)
                if name == "row_key" or (isinstance(value, int) and value > known.get(leads, value)):
                    row[name] = "new"
                elif name in RANDOM:
                    row[name] = bool(value)
            rows.append(INSTANT.sub(_moment, str({name: str(value) for name, value in row.items()})))
        told[model._meta.db_table] = sorted(rows)
    return told


def last_keys():
    """Return {model: its last key} of everything that has numbers for keys."""
    keys = {model: model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in _models()}
    return {model: key for model, key in keys.items() if isinstance(key, int)}


def _models():
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.db_table not in MUTED and model._meta.managed]


def _moment(found):
    return found[0] if found[0] > "2029" else "then"


class Writes:
    """The tables that statements of the block change, but for sessions and what counts tries."""

    ALLOWED = {"django_session", "articles_tries", "articles_edition"}

    def __init__(self):
        self.tables = set()

    def __call__(self, execute, sql, params, many, context):
        """Look at a statement, and have it executed."""
        found = re.match(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', sql, re.I)
        if found and found[1] not in self.ALLOWED:
            self.tables.add(found[1])
        return execute(sql, params, many, context)


def asked(client, method, address, body):
    """Return (response, the tables it changed), and undo the change."""
    writes = Writes()
    with connection.execute_wrapper(writes), transaction.atomic():
        response = (
            getattr(client, method)(address, body) if method in {"get", "post"} else client.generic(method, address)
        )
        transaction.set_rollback(True)
    return response, writes.tables


def is_refused(name, response):
    """Whether the answer at the address called `name` is a refusal: nothing is shown, nor where it is shown."""
    if response.status_code == 302:
        to = response["Location"]
        return (
            name in LEADING
            or to.startswith("/admin/login/")
            or (to.startswith("/articles/") and name != "view_on_site")
        )
    return response.status_code in {403, 404, 405}
