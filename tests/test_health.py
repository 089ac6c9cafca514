"""What a load balancer is told: in words, in time, and nothing that strangers shouldn't know."""

import threading

import pytest
from django.contrib.sessions.models import Session
from django.core.cache.backends.locmem import LocMemCache
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from articles.models import Article
from relations_site import health
from relations_site.settings import picture_store

from .make import make_article


def asked(client, address="/health/ready/"):
    answer = client.get(address)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"] == "text/plain"
    return answer.status_code, answer.content.decode().splitlines()


@pytest.fixture(autouse=True)
def looked_at_anew(monkeypatch):
    monkeypatch.setattr(health, "_looks", {})
    monkeypatch.setattr(health, "PATIENCE", 30)  # for a busy machine


@pytest.fixture
def away(monkeypatch):
    """Make a part of the site raise an error that names secrets."""

    def broken():
        raise OSError("postgresql://me:secret@10.0.0.1 /srv/publication")

    return lambda part: monkeypatch.setitem(health.PARTS, part, broken)


def test_the_process_answers_without_its_database(client, monkeypatch):
    assert asked(client, "/health/") == (200, ["ok"])  # the test has no database


@pytest.mark.django_db
def test_all_is_well(client):
    assert asked(client) == (200, ["ready", *(f"well: {part}" for part in health.PARTS)])


@pytest.mark.django_db
@pytest.mark.parametrize(("part", "status", "word"), [
    ("database", 503, "not ready"), ("cache", 200, "ready"), ("pictures", 200, "ready"), ("disk", 200, "ready"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_only_the_database_is_needed(client, away, part, status, word):
    away(part)
    found, lines = asked(client)
    assert (found, lines[0]) == (status, word)
    assert f"wrong: {part}: can't be reached" in lines
    assert len([line for line in lines if line.startswith("well: ")]) == len(health.PARTS) - 1
    assert not any(secret in "".join(lines) for secret in ("secret", "10.0.0.1", "/srv"))


@pytest.mark.django_db
def test_a_missing_migration_is_said(client, monkeypatch):
    name = ("articles", "9999_of_a_newer_release")
    monkeypatch.setattr(health, "_latest_migrations", lambda: {name})
    status, lines = asked(client)
    assert status == 503
    assert "wrong: database: migrations are missing in 1 applications; run manage.py migrate" in lines


@pytest.mark.django_db
def test_the_names_of_migrations_are_those_that_are_applied():
    from django.db import connection

    assert health._latest_migrations() <= MigrationRecorder(connection).applied_migrations().keys()
    assert ("articles", "0001_initial") not in health._latest_migrations()


@pytest.mark.django_db
def test_what_hangs_is_not_waited_for_and_not_asked_twice(client, monkeypatch):
    done, asks = threading.Event(), []

    def hangs():
        asks.append(1)
        done.wait(30)

    monkeypatch.setitem(health.PARTS, "database", hangs)
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    for _ask in range(3):
        status, lines = asked(client)
        assert status == 503
        assert "wrong: database: doesn't answer in time" in lines
    assert len(asks) == 1
    done.set()


@pytest.mark.django_db
def test_a_cache_that_forgets_at_once_is_said(client, monkeypatch):
    monkeypatch.setattr(LocMemCache, "get", lambda *args, **kw: None)
    assert "wrong: cache: can't be reached; the site goes on without it" in asked(client)[1]


@pytest.mark.django_db
def test_a_store_of_pictures_that_is_away_is_said(client, settings):
    settings.PICTURES_URL = "s3://key:secret@127.0.0.1:1/pictures?tls=0"
    settings.STORAGES = settings.STORAGES | {"default": picture_store(settings.PICTURES_URL)}
    status, lines = asked(client)
    assert status == 200
    assert "wrong: pictures: can't be reached" in lines


@pytest.mark.django_db
def test_a_disk_that_is_nearly_full_is_said(client, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE", 2)
    assert [line for line in asked(client)[1] if line.startswith("wrong: disk: ")] != []


@pytest.mark.django_db
def test_it_is_answered_on_the_process_itself_and_to_reading_only(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health/").status_code == 200
    assert client.get("/").status_code == 301
    assert client.post("/health/").status_code == 405
    assert client.head("/health/").status_code == 200
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_a_page_whose_database_is_away_says_when_to_come_back(client, monkeypatch):
    make_article("Seen", slug="seen")
    client.raise_request_exception = False

    def away(*args, **kwargs):
        raise OperationalError("couldn't get a connection after 1.00 sec")

    monkeypatch.setattr(Article.objects.__class__, "public", away)
    answer = client.get("/articles/seen/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert "couldn't" not in answer.content.decode()
    monkeypatch.setattr(Article.objects.__class__, "public", lambda *args, **kwargs: 1 / 0)
    assert client.get("/articles/seen/").status_code == 500
