"""A fixed cast, and static files without a collecting run."""

import contextlib
import datetime
import os
import shutil
import tempfile
from types import SimpleNamespace
from unittest import mock

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.contrib.auth.models import Group, Permission
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test.client import Client, ClientHandler
from django.utils import timezone

from articles import text
from articles.models import standing
from articles.transfer import starter
from relations_site.page_cache import PageCache

from .make import make_user


def pytest_configure(config):
    """Make the folder in which a site is prepared once for all workers (`served.prepared`), which inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ["SITE_PREPARED"] = tempfile.mkdtemp(prefix="site-")


def pytest_unconfigure(config):
    """Take that folder away again."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("SITE_PREPARED"), ignore_errors=True)


def pytest_collection_modifyitems(config, items):
    """With ONLY_DATABASE=1, leave out what no database can change: pytest-django keeps these tests from the suite's, or they
    look at how pages look. What browsers write stays.
    """
    if os.environ.get("ONLY_DATABASE"):
        touching = {True: [], False: []}
        for item in items:
            near = {"db", "transactional_db", "live_server"} & set(item.fixturenames)
            looks = item.path.parent.name == "browser" and item.path.name != "test_writing.py"
            touching[bool(not looks and (near or item.get_closest_marker("django_db")))].append(item)
        items[:] = touching[True]
        config.hook.pytest_deselected(items=touching[False])


@pytest.fixture(autouse=True)
def plain_static_files(settings, tmp_path):
    """Serve static names unhashed and keep uploads of a test to itself."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.MEDIA_ROOT = tmp_path / "pictures"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nothing_beside(monkeypatch):
    """Who follows and what was rendered is kept when a test says so, by no thread that lives on behind it; nothing was asked
    for before a test.
    """
    monkeypatch.setattr("articles.feeds.following._later", lambda: None)
    monkeypatch.setattr("articles.caching._asked", {})
    monkeypatch.setattr("articles.feeds.following._counted", {})
    monkeypatch.setattr("articles.feeds.following._polls", set())
    monkeypatch.setattr("articles.publishing.keep_rendered", lambda *job: None)


def without_guards(statements):
    """Return SQL `statements` between those that let the audit log be emptied, and those that keep it as it is again."""
    if connection.vendor == "postgresql":
        table = "ALTER TABLE articles_auditentry {} TRIGGER USER"
        return [table.format("DISABLE"), *statements, table.format("ENABLE")]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'articles_auditentry' AND type = 'trigger'"
        )
        guards = cursor.fetchall()
    return [*(f"DROP TRIGGER {name}" for name, _sql in guards), *statements, *(sql for _name, sql in guards)]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The groups that migrations made are there again, and the index is empty, when a test with transactions of its own
    has emptied the database; and it can be emptied.

    Django sends `post_migrate` behind that; tests come in any order.
    """
    operations = type(connection.ops)  # of all connections: a browser's tests have one of their own in the same thread
    emptying = operations.sql_flush
    operations.sql_flush = lambda *args, **kw: without_guards(emptying(*args, **kw))
    with django_db_blocker.unblock():
        groups = {
            group: list(group.permissions.values_list("content_type__model", "codename"))
            for group in Group.objects.all()
        }

    def restore(**_told):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM articles_search")  # which Django doesn't know
        for group, allowed in groups.items():
            if Group.objects.filter(name=group.name).exists():
                continue
            permissions = [
                Permission.objects.get(content_type__model=model, codename=codename) for model, codename in allowed
            ]
            Group.objects.create(pk=group.pk, name=group.name).permissions.set(permissions)

    last = [app for app in apps.get_app_configs() if app.models_module][
        -1
    ]  # by then every app has its permissions again
    post_migrate.connect(restore, sender=last, weak=False)


@pytest.fixture(scope="class")
def shared_rows(django_db_setup, django_db_blocker):
    """What fixtures of a class make on top of this is made once: there for all tests of the class, and gone behind them.

    What each test does to it is rolled back, as ever. Django would close the connection behind each test.
    """
    with django_db_blocker.unblock(), mock.patch.object(connection, "close"), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="class")
def publication(shared_rows):
    """The starter publication; what loading it told."""
    return starter.load()


@pytest.fixture(autouse=True)
def one_part(monkeypatch):
    """All articles are in the first part of the sitemap, whatever keys the tests before have used up."""
    monkeypatch.setattr("articles.sitemaps.PART", 10**9)


@pytest.fixture(scope="class")
def short_feeds():
    """Feeds have five items and their archives two, so that it takes few articles to have archives."""
    short = {"ITEMS": 5, "items.ITEMS": 5, "ARCHIVED": 2}
    with contextlib.ExitStack() as stack:
        for name, value in short.items():
            stack.enter_context(mock.patch(f"articles.feeds.{name}", value))
        yield


@pytest.fixture
def kept(monkeypatch):
    """What a request renders is stored before it is answered."""
    monkeypatch.setattr("articles.publishing.keep_rendered", lambda store, *rendered: store(*rendered))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Let tests on SQLite use a file, as the site does: the one in memory locks in ways of its own.

    On PostgreSQL a query may take as long as it takes on a machine that is busy with tests, and each thread that plays
    somebody holds a connection for as long as it lives, beside the test's own.
    """
    database = site_settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # no test cuts its power
    database["OPTIONS"].pop("options", None)
    if "pool" in database["OPTIONS"]:
        database["OPTIONS"]["pool"]["max_size"] = 20


@pytest.fixture
def writer(db):
    """Alice writes; she publishes nothing."""
    return make_user("alice", "Writer")


@pytest.fixture
def other_writer(db):
    """Charlie writes too, and must not touch what is Alice's."""
    return make_user("charlie", "Writer")


@pytest.fixture
def editor(db):
    """Bob edits and publishes."""
    return make_user("bob", "Editor")


@pytest.fixture
def keeper(db):
    """Dora keeps the themes."""
    return make_user("dora", "Theme keeper")


@pytest.fixture
def chief(db):
    """The superuser."""
    return make_user("chief", is_superuser=True)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A text has twice its time, for the machine is busy with tests."""
    monkeypatch.setattr("articles.text.SECONDS", 2 * text.SECONDS)


@pytest.fixture
def impatient(monkeypatch):
    """A text that takes too long is given up after a second: for tests of what follows from that."""
    for limit in ("SECONDS", "PATIENCE"):
        monkeypatch.setattr(f"articles.text.{limit}", 1.0)


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self):
        self.now = timezone.now()

    def __call__(self):
        return self.now

    def goes_on(self, **kw):
        self.now += datetime.timedelta(**kw)


@pytest.fixture
def clock(monkeypatch):
    """The clock of the login and of devices that show codes."""
    clock = Clock()
    monkeypatch.setattr("articles.models.tries.clock", clock)
    monkeypatch.setattr("django_otp.plugins.otp_totp.models.time", SimpleNamespace(time=lambda: clock().timestamp()))
    return clock


@pytest.fixture
def settled(monkeypatch):
    """What has just changed counts as changed a while ago: its date is a validator."""
    monkeypatch.setattr("articles.feeds.polling.second_is_over", lambda instant: True)


class ThroughTheCache(ClientHandler):
    """Django's test client, asking the page cache, which asks Django: as readers do."""

    def __init__(self):
        super().__init__(enforce_csrf_checks=False)
        self.cache = PageCache(self.django, read=standing, megabytes=8, pause=0)

    def django(self, environ, start_response):
        """Answer as `application` does."""
        response = super().__call__(environ)
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        response.close = lambda: None  # Django's test client has done so, minding the test's own connection
        return response

    def __call__(self, environ):
        told = []
        answer = self.cache(environ, lambda status, headers: told.append((status, headers)))
        status, headers = told[-1]
        if isinstance(answer, HttpResponseBase):
            for name, value in headers:
                answer.headers[name] = value
            return answer
        response = HttpResponse(b"".join(answer), status=int(status[:3]))
        del response.headers["Content-Type"]
        for name, value in headers:
            response.headers[name] = value
        response.wsgi_request = WSGIRequest(environ)
        return response


@pytest.fixture
def reader():
    """A client whose requests go through the page cache; what readers see is asked for at each of them."""
    client = Client(headers={"host": "testserver"})
    client.handler = ThroughTheCache()
    return client
