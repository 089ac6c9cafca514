"""The database as DATABASE_URL describes it: how long PostgreSQL may work for whom, and how it is left and found again."""

import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.db import connection
from django.test import RequestFactory

from relations_site.patience import PatientDesk
from relations_site.settings import database

from .services import ROOT, Postgres

URL = "postgresql://me:p%40ss@db.example.org:5433/site"


def test_postgresql_is_pooled_and_given_up_in_time():
    described = database(URL)
    assert (described["USER"], described["PASSWORD"], described["PORT"]) == ("me", "p@ss", "5433")
    assert described["CONN_MAX_AGE"] == 0
    assert described["CONN_HEALTH_CHECKS"]
    options = described["OPTIONS"]
    assert options["pool"]["min_size"] == 0
    assert options["pool"]["max_size"] == 4
    assert options["options"] == "-c statement_timeout=5000 -c lock_timeout=3000"


def test_both_are_set_by_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_POOL", "0")
    monkeypatch.setenv("DATABASE_WAIT", "0")
    assert database(URL)["CONN_MAX_AGE"] == 60
    options = database(URL)["OPTIONS"]
    assert "pool" not in options
    assert "options" not in options
    monkeypatch.setenv("DATABASE_WAIT", "soon")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_WAIT"):
        database(URL)


def test_sqlite_stays_open():
    assert database("sqlite:////srv/site.sqlite3")["CONN_MAX_AGE"] > 0


def limits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        return cursor.fetchone()


@pytest.mark.django_db
@pytest.mark.skipif("sqlite" in os.environ.get("DATABASE_URL", "sqlite"), reason="PostgreSQL's")
def test_the_desk_has_more_time_and_leaves_none_behind(monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "options", "-c statement_timeout=5000")
    ask = RequestFactory().get
    desk = PatientDesk(lambda request: limits())
    before = limits()
    assert desk(ask("/admin/articles/")) == ("1min", "1min")
    assert limits() == before
    assert desk(ask("/articles/")) == before


def test_where_nothing_ends_the_desk_asks_for_nothing(monkeypatch):
    monkeypatch.delitem(connection.settings_dict["OPTIONS"], "options", raising=False)
    with pytest.raises(MiddlewareNotUsed):
        PatientDesk(None)


ASKS = """
import django
django.setup()
from django.db import connection
def ask(what):
    try:
        with connection.cursor() as cursor:
            cursor.execute(what)
            print(*(cursor.fetchone()), flush=True)
    except Exception as error:
        print(type(error).__name__, flush=True)
    connection.close()
while True:
    ask(input())
"""


@pytest.mark.processes
def test_a_restart_is_noticed_and_healed():
    cluster = Postgres()
    env = os.environ | {"DATABASE_URL": cluster.url, "DJANGO_SETTINGS_MODULE": "relations_site.settings"}
    site = subprocess.Popen(
        [sys.executable, "-c", ASKS], cwd=ROOT, env=env, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def ask(what="SELECT 1"):
        site.stdin.write(f"{what}\n")
        site.stdin.flush()
        return site.stdout.readline().strip()

    def healed():
        return "1" in (ask() for _attempt in range(10))

    try:
        assert healed()
        cluster.stop()
        cluster.start()
        assert healed()  # what was in the pool is cut, and is not handed out for ever
        cluster.stop()
        assert ask() == "OperationalError"
        cluster.start()
        assert healed()
        assert ask("SHOW statement_timeout") == "5s"
        command = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c",
             "from django.db import connection as c; k = c.cursor(); k.execute('SHOW statement_timeout');"
             "print(k.fetchone(), c.pool)"],
            cwd=ROOT, env=env, text=True, capture_output=True, check=True,
        )  # fmt: skip
        assert command.stdout.strip() == "('0',) None"  # a command takes the time that it takes
    finally:
        site.kill()
        site.communicate()
        cluster.remove()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 1), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
@pytest.mark.django_db
def test_an_sqlite_that_can_damage_what_several_processes_write_is_named(monkeypatch, version, safe):
    monkeypatch.setattr("sqlite3.dbapi2.sqlite_version_info", version)
    found = [warning.id for warning in run_checks(databases=["default"])]
    assert ("articles.W002" not in found) == (safe or connection.vendor != "sqlite")
