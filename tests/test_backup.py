"""Backups, made while people write, and put back: what is restored is what was there, and what is not whole is refused.

Sites in processes of their own, on SQLite and on PostgreSQL, as one would run them.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from .served import ROOT, Site
from .services import Postgres, Store, stopping
from .thorough import times

pytestmark = pytest.mark.processes

FILL = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
from articles.models import Article
from tests.make import *
if not User.objects.exists():
    User.objects.create_superuser("chief", password="chief-password")
    make_source("hurriyet-2022", "A hub", publisher="Hürriyet", date="2022")
    make_article("Pipes", slug="pipes", body="First.\\n\\nSecond.", themes=["Syria"])
picture = make_picture()
body = f"![A strait]({picture.file.url}) Said.[@hurriyet-2022]\\n\\n```timeline\\n2019: It began.\\n```"
make_article("Shown", slug="shown", themes=["Syria", "Libya"], body=body, lead_picture=picture.pk)
make_article("Draft", slug="draft", published=False)
make_article("Gone", slug="gone", withdrawn="It was wrong.")
for number in range(8):
    change(Article.objects.get(slug="pipes"), kind="correction", note=f"Wrong {number}.", summary=f"Number {number}.")
"""
# Saves and publishes until it is told to stop; says how often.
WRITER = """
import os, sys, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "relations_site.settings"
import django
django.setup()
from articles.models import Article
from tests.make import change, make_article
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
article, count = make_article(slug=sys.argv[1], themes=["Syria"]), 0
print("writing", flush=True)
while not over.is_set():
    count += 1
    article = change(article, title=f"{sys.argv[1]} {count}", body=f"Text {count}. " * 99)
print(count, flush=True)
"""
PAGES = """
import datetime, hashlib, json, re
from django.test import Client
from articles.models import Edition, KeptPage, Picture
# A restore changes what readers see, and feeds without an item of their own say when that was.
Edition.objects.update(changed_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
KeptPage.objects.all().delete()
client = Client(headers={"host": "127.0.0.1"})
def content(path):
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return [answer.status_code, hashlib.sha256(body).hexdigest()], body
seen, todo = {}, ["/", "/sitemap.xml", "/feed.atom", "/feed.json", "/feed.rss", "/articles/gone/", "/corrections/", "/timeline/"]
while todo and len(seen) < 400:
    path = todo.pop()
    if path not in seen:
        seen[path], body = content(path)
        todo += [p for p in re.findall(r'href="(?:http://[^/"]+)?(/[^"#?]*)"', body.decode(errors="replace")) if "/static/" not in p and "/admin/" not in p]
for picture in Picture.objects.all():
    for name in picture.files:
        seen[name] = content(f"/pictures/{name}")[0]
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def cluster():
    cluster = Postgres()
    yield cluster
    cluster.remove()


class Made:
    """Sites on one kind of database, each in a folder and with a database of its own."""

    def __init__(self, kind, request):
        self.kind, self.sites = kind, []
        self.cluster = request.getfixturevalue("cluster") if kind == "postgresql" else None

    def site(self, folder, empty=False, **env):
        """Return a site; an `empty` one has no database yet, or one without a table."""
        if self.cluster:
            name = f"site{folder.parent.name}{folder.name}".replace("-", "").lower()[-60:]
            at = ("-h", "127.0.0.1", "-p", str(self.cluster.port), "-U", "site")
            self.cluster.run("createdb", *at, name)
            env |= {
                "DATABASE_URL": f"{self.cluster.url.rpartition('/')[0]}/{name}",
                "DATABASE_POOL": "0",
                "DATABASE_WAIT": "0",
            }
        site = Site(folder, HOSTS="127.0.0.1,testserver", **env)
        if empty:
            (folder / "site.sqlite3").unlink()
        self.sites.append(site)
        return site


@pytest.fixture(params=["sqlite", "postgresql"])
def made(request):
    made = Made(request.param, request)
    yield made
    for site in made.sites:
        site.close()


def run(site, *command, **options):
    """Run a command of the site's; return (exit status, what it says)."""
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, command)], cwd=ROOT, env=site.env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options,
    )  # fmt: skip
    return done.returncode, done.stdout


def pages(site):
    return json.loads(site.shell(PAGES))


def title_of(site):
    return site.shell("from articles.models import Article; print(Article.objects.get(slug='shown').title)")


def test_what_is_restored_from_a_backup_under_two_writers_is_what_was_there(made, tmp_path):
    site = made.site(tmp_path / "one")
    site.shell(FILL)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, name], cwd=ROOT, env=site.env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for name in ("ann", "ben")
    ]  # fmt: skip
    assert [writer.stdout.readline() for writer in writers] == ["writing\n"] * 2
    backups = [tmp_path / f"{number}.tar" for number in range(times(2, 10))]
    for path in backups:
        assert run(site, "backup", path)[0] == 0
    for writer in writers:
        writer.stdin.write("stop\n")
    counts = [int(writer.communicate()[0]) for writer in writers]
    assert all(count > 3 for count in counts)  # nobody was kept from writing
    for number, path in enumerate(backups):
        other = made.site(tmp_path / f"other{number}", empty=True)
        status, said = run(other, "restore", path)
        assert status == 0, said
        assert "Nothing is damaged" in said
    path = tmp_path / "last.tar"
    status, said = run(site, "backup", path)
    assert status == 0 and "read back and whole" in said and "secret_key" in said
    assert os.stat(path).st_mode & 0o777 == 0o600
    last = made.site(tmp_path / "last", empty=True)
    assert run(last, "restore", path)[0] == 0
    before, after = pages(site), pages(last)
    assert len(before) > 40 and before["/articles/shown/"][0] == 200
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == set()
    assert sorted(file.name for file in tmp_path.iterdir() if file.is_file()) == sorted(
        p.name for p in [*backups, path]
    )


def test_a_backup_takes_the_place_of_what_is_there_when_it_is_told_to(made, tmp_path):
    """Before the eyes of a site that runs, which shows what was restored, and not what it kept."""
    site = made.site(tmp_path / "one")
    site.shell(FILL)
    path = tmp_path / "a.tar"
    assert run(site, "backup", path)[0] == 0
    old = pages(site)
    site.shell("from tests.make import *; from articles.models import *\n"
               "change(Article.objects.get(slug='shown'), title='Rewritten'); make_article('New', slug='new')")  # fmt: skip
    (picture,) = site.shell("from articles.models import Picture; print(*Picture.objects.get().digests)").split()[:1]
    (tmp_path / "one" / "pictures" / picture).write_bytes(b"damaged")
    assert run(site, "backup", tmp_path / "b.tar")[0] == 1
    assert not (tmp_path / "b.tar").exists()
    site.start()

    def seen():
        import urllib.request

        with urllib.request.urlopen(f"{site.base}/articles/shown/", timeout=10) as answer:  # noqa: S310 - our own server
            return answer.read().decode()

    try:
        assert "Rewritten" in seen()
        status, said = run(site, "restore", path)
        assert status == 1 and "--replace" in said
        assert title_of(site) == "Rewritten"
        status, said = run(site, "restore", path, "--replace")
        assert status == 0, said
        time.sleep(1)  # in which every process notices
        assert "Rewritten" not in seen() and "Shown" in seen()
    finally:
        site.stop()
    assert pages(site) == old
    assert run(site, "verify")[0] == 0
    assert run(site, "backup", path) == (1, f"CommandError: {path} is there already: give the backup another name.\n")


def test_a_database_that_can_not_even_be_opened_is_replaced_and_kept(tmp_path):
    site = Site(tmp_path / "one")
    path, live = tmp_path / "a.tar", tmp_path / "one" / "site.sqlite3"
    assert run(site, "backup", path)[0] == 0
    damaged = b"\0" * 4096 + live.read_bytes()[4096:]
    live.write_bytes(damaged)
    status, said = run(site, "verify")
    assert status == 1 and "file is not a database" in said
    assert "--replace" in run(site, "restore", path)[1]
    status, said = run(site, "restore", path, "--replace")
    assert status == 0, said
    assert (tmp_path / "one" / "site.sqlite3.damaged").read_bytes() == damaged
    assert run(site, "verify")[0] == 0
    site.close()


def test_an_older_backup_is_brought_to_the_present(made, tmp_path):
    site = made.site(tmp_path / "one")
    site.shell(FILL)
    old = made.site(tmp_path / "old", empty=True)
    path, older = tmp_path / "new.tar", tmp_path / "older.tar"
    assert run(site, "backup", path)[0] == 0
    assert run(old, "restore", path)[0] == 0
    assert run(old, "migrate", "-v0", "articles", "0025")[0] == 0
    old.shell(f"""
from pathlib import Path
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from articles.backup import {made.kind} as engine
from articles.backup.archive import Writer
dump = Path({str(tmp_path / "dump")!r})
with engine.snapshot(dump), Writer(Path({str(older)!r}), timezone.now()) as written:
    written.add_file(engine.MEMBER, dump)
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    told = dict(made_at="2026", database=connection.vendor, migrations=applied, damaged=[])
    written.finish(told)
""")
    status, said = run(site, "restore", older, "--replace")
    assert status == 0, said
    assert "Nothing is damaged" in said


def test_pictures_in_a_store_are_backed_up_and_restored(tmp_path):
    store = Store()
    with stopping(store):
        site = Site(tmp_path / "one", PICTURES_URL=store.url, SECRET_KEY="the same", HOSTS="127.0.0.1,testserver")
        site.shell(FILL)
        names, path = store.names(), tmp_path / "a.tar"
        assert len(names) == 7
        assert run(site, "backup", path)[0] == 0
        store.client().delete_object(Bucket="pictures", Key=names[0])
        store.client().put_object(Bucket="pictures", Key=names[1], Body=b"damaged")
        status, said = run(site, "verify")
        assert (status, f"{names[0]} is missing" in said, f"{names[1]} is damaged" in said) == (1, True, True)
        assert run(site, "restore", path, "--replace")[0] == 0
        folder = Site(tmp_path / "two", HOSTS="127.0.0.1,testserver")
        assert run(folder, "restore", path, "--replace")[0] == 0
        assert sorted(file.name for file in (tmp_path / "two" / "pictures").iterdir()) == names == store.names()
        site.close()
        folder.close()


def test_a_missing_client_of_postgresql_is_named_with_the_cure(cluster, tmp_path):
    env = {"DATABASE_URL": cluster.url, "PATH": str(tmp_path)}
    site = Site(tmp_path / "one", **env)
    status, said = run(site, "backup", tmp_path / "a.tar")
    assert status == 1
    assert "pg_dump is not here: install PostgreSQL's client" in said
    site.close()


def test_a_damaged_site_is_backed_up_only_when_told(tmp_path):
    site = Site(tmp_path / "one", HOSTS="127.0.0.1,testserver")
    with closing(sqlite3.connect(tmp_path / "one" / "site.sqlite3")) as raw:
        raw.execute("DROP TRIGGER articles_revision_stands")
        raw.execute("UPDATE articles_revision SET note = 'x' WHERE number = 2")
        raw.commit()
    path = tmp_path / "a.tar"
    status, said = run(site, "backup", path)
    assert status == 1 and "revision 2 of pipes" in said and not path.exists()
    assert run(site, "backup", path, "--damaged")[0] == 0
    status, said = run(site, "restore", path, "--replace")
    assert status == 1 and "revision 2 of pipes" in said
    status, said = run(site, "restore", path, "--replace", "--damaged")
    assert status == 1 and said.startswith("Restored") and "revision 2 of pipes" in said  # and verify says so
    site.close()
