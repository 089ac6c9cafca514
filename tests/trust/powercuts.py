"""The power is cut at any write of a save: what was confirmed is there, nothing is there by half, nothing is corrupt.

The real publishing code saves and publishes in a process of its own whose writes, truncations and syncs strace records,
with the instants at which a save was confirmed. Then the disk is built as it may have been left at each of them: what was
synced is there, of what was not nothing, all, some writes, or some sectors of 512 bytes. The shared memory is gone. That
a disk forgets the name of a file is not tried, nor are two writers at once.
"""

import concurrent.futures
import datetime
import functools
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import django
from django.utils.module_loading import import_string

from ..served import ROOT, own_folder, prepared
from . import Row

DATABASE, LOG, MARKS = "site.sqlite3", "site.sqlite3-wal", "marks"
SECTOR = 512
PREPARE = """
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from articles.models import Article
from tests.make import change, make_article, make_user
from tests.trust.powercuts import word
user, body = make_user("bob", "Editor"), f"Save {word(0)}. Words."
for article in Article.objects.all():
    change(article, body=body)
for name in ("One", "Two", "Three")[Article.objects.count():]:
    make_article(name, by=user, body=body)
connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
"""
# Arguments: how many saves, where to note those that are confirmed, and what else the connection is told.
SAVE = """
import os, sys, uuid
from dataclasses import replace
import django
from django.conf import settings
settings.DATABASES["default"]["OPTIONS"]["init_command"] += sys.argv[3]
django.setup()
from django.contrib.auth.models import User
from articles import publishing
from articles.models import Article
from tests.trust.powercuts import ACTS, word
by, marks = User.objects.get(username="bob"), os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)
forms = {pk: uuid.uuid4() for pk in Article.objects.values_list("pk", flat=True)}
for number in range(1, int(sys.argv[1]) + 1):
    pk, act = 1 + number % 3, ACTS[number // 3 % len(ACTS)]
    article = Article.objects.get(pk=pk)
    fields = replace(publishing.Fields.of(article.working), body=f"Save {word(number)}. " + "Words and *more* words. " * 40)
    if act == "publish":
        publishing.publish(article, fields, by=by, based_on=article.working_id, change="update", note=f"Why {number}.")
    elif act == "save":
        publishing.save_draft(article, fields, by=by, based_on=article.working_id)
    else:
        publishing.keep(article, fields, by=by, based_on=article.working_id, form=forms[pk])
    os.write(marks, f"{number} {pk} {act}\\n".encode())
"""
ACTS = ("save", "publish", "keep")
CALL = re.compile(
    rb'(pwrite64|write|ftruncate|fsync|fdatasync)\(\d+<([^>]*)>(?:, "([^"]*)", \d+)?(?:, (\d+))?\) += (\d+)'
)


def word(number):
    """Return `number` as a word of its own, which no search splits or shortens."""
    return "q" + "".join("bcdfghjkmn"[int(digit)] for digit in str(number)) + "q"


def record(work, saves, also=""):
    """Let a process save so often in the folder `work`, its connection told `also`; return (the database before, what it did).

    That is a list of ("write", file, offset, bytes), ("cut", file, size), ("sync", file) and ("confirmed", number, article, act).
    """
    folder = work / "data"
    folder.mkdir(parents=True)
    if "SITE_PREPARED" in os.environ:
        shutil.copytree(prepared(), folder, dirs_exist_ok=True)
    env = own_folder(folder, DJANGO_SETTINGS_MODULE="relations_site.settings", SECRET_KEY="short")
    setup = f"import django\ndjango.setup()\n{PREPARE}"
    subprocess.run([sys.executable, "-c", setup], cwd=ROOT, env=env, check=True)
    before = (folder / DATABASE).read_bytes()
    trace = work / "trace"
    watched = [
        "-qq",
        "-y",
        "-xx",
        "-s",
        "100000",
        "-e",
        "trace=pwrite64,write,ftruncate,fsync,fdatasync",
        "-o",
        str(trace),
    ]
    saving = [sys.executable, "-c", SAVE, str(saves), str(folder / MARKS), also]
    subprocess.run(["strace", *watched, *saving], cwd=ROOT, env=env, check=True)
    return before, list(calls(trace))


def calls(trace):
    """Yield what the file `trace` says was done to the database, its log and the marks."""
    with trace.open("rb") as lines:
        for line in lines:
            found = CALL.match(line)
            if not found:
                continue
            call, path, content, place, came = found.groups()
            name = plain(path).rpartition(b"/")[2].decode()
            if name not in {DATABASE, LOG, MARKS}:
                continue
            if name == MARKS:
                number, pk, act = plain(content).decode().split()
                yield "confirmed", int(number), int(pk), act
            elif call == b"pwrite64":
                yield "write", name, int(place), plain(content)[: int(came)]
            elif call == b"ftruncate":
                yield "cut", name, int(place)
            elif call.endswith(b"sync"):
                yield "sync", name


def plain(told):
    r"""Return the bytes that strace told as \x6f\x6e…."""
    return bytes.fromhex(told.replace(rb"\x", b"").decode()) if told.startswith(rb"\x") else told


class Disk:
    """What the disk surely holds of each file, and what was done to it since and may be lost."""

    def __init__(self, before):
        self.synced = {DATABASE: bytearray(before), LOG: bytearray()}
        self.open = {DATABASE: [], LOG: []}

    def do(self, call):
        """Take in one of `calls`."""
        if call[0] == "sync":
            for done in self.open[call[1]]:
                apply(self.synced[call[1]], done)
            self.open[call[1]] = []
        elif call[0] != "confirmed":
            self.open[call[1]].append(call)

    def left(self, keeps):
        """Return {file: bytes} after a cut, where of what isn't synced `keeps(call)` is kept: a list of calls."""
        files = {}
        for name, synced in self.synced.items():
            files[name] = synced
            if self.open[name]:
                files[name] = bytearray(synced)
                for call in self.open[name]:
                    for kept in keeps(call):
                        apply(files[name], kept)
        return files


def apply(content, call):
    """Do `call` to the bytes `content` of its file."""
    if call[0] == "cut":
        del content[call[2] :]
        content.extend(bytes(call[2] - len(content)))
        return
    _write, _name, place, written = call
    content.extend(bytes(max(0, place - len(content))))
    content[place : place + len(written)] = written


def cuts(disk, chance, windows):
    """Yield ways to lose what isn't synced: all is kept, some writes, some sectors; none, if `windows` (nothing new since)."""
    if windows:
        yield lambda call: ()
    yield lambda call: (call,)
    for share in (chance.random(), chance.random()):
        yield lambda call, share=share: (call,) if chance.random() < share else ()
        yield lambda call, share=share: torn(call, chance, share)


def torn(call, chance, share):
    """Return the `share` of the sectors that `call` wrote, as calls."""
    if call[0] == "cut":
        return (call,) if chance.random() < share else ()
    _write, name, place, written = call
    edges = [0, *range(SECTOR - place % SECTOR, len(written), SECTOR), len(written)]
    pieces = zip(edges, edges[1:], strict=False)
    return [("write", name, place + a, written[a:b]) for a, b in pieces if chance.random() < share]


def tried(job):
    """Build and look at the images at the calls from `first` to `last` of a record; return what was found, counted."""
    before, done, first, last, seed = job
    disk, confirmed, found, known = Disk(before), [], Counter(), {}
    with tempfile.TemporaryDirectory(prefix="cut-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:  # noqa: S108
        for number, call in enumerate(done[:last]):
            about_to_sync = call[0] == "sync"
            if number >= first and (about_to_sync or call[0] == "write"):
                if not about_to_sync:
                    disk.do(call)
                chance = random.Random(f"{seed}-{number}")
                for keeps in [lambda call: ()] if about_to_sync else cuts(disk, chance, windows=False):
                    found["images"] += 1
                    problems = look(
                        Path(folder), disk.left(keeps), confirmed, known, thorough=found["images"] % 50 == 0
                    )
                    found.update(problems)
                if about_to_sync:
                    disk.do(call)
                continue
            disk.do(call)
            if call[0] == "confirmed":
                confirmed.append(call[1:])
    return found


@functools.cache
def spelling():
    """Return `digest_of`, which knows how a revision is spelt; it needs Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relations_site.settings")
    os.environ.setdefault("SECRET_KEY", "short")
    django.setup()
    return import_string("articles.models.revision.digest_of")


def look(folder, files, confirmed, known, thorough):
    """Return what is wrong with the database of the bytes `files`: "corrupt", "lost", "half"; `known` are digests seen well."""
    shutil.rmtree(folder / "disk", ignore_errors=True)
    (folder / "disk").mkdir()
    for name, content in files.items():
        (folder / "disk" / name).write_bytes(content)
    connection = sqlite3.connect(folder / "disk" / DATABASE)
    try:
        check = "integrity_check" if thorough else "quick_check"
        if connection.execute(f"PRAGMA {check}").fetchall() != [("ok",)]:
            return ["corrupt"]
        return [*(["lost"] if lost(connection, confirmed) else []), *(["half"] if halves(connection, known) else [])]
    except sqlite3.DatabaseError:
        return ["corrupt"]
    finally:
        connection.close()


def lost(connection, confirmed):
    """Return the confirmed saves that aren't there."""
    saved = {body.split(".", 1)[0].removeprefix("Save ") for body, in connection.execute(
        "SELECT json_extract(fields, '$.body') FROM articles_revision WHERE kind <> 'autosave'"
    )}  # fmt: skip
    kept = {pk: body.split(".", 1)[0].removeprefix("Save ") for pk, body in connection.execute(
        "SELECT article_id, json_extract(fields, '$.body') FROM articles_revision WHERE kind = 'autosave'"
    )}  # fmt: skip
    gone = [number for number, _pk, act in confirmed if act != "keep" and word(number) not in saved]
    last = {pk: number for number, pk, act in confirmed if act == "keep"}  # each takes the place of the one before
    later = {
        pk: {word(number + step) for step in range(0, 3 * len(ACTS) + 1, 3 * len(ACTS))} for pk, number in last.items()
    }
    return gone + [number for pk, number in last.items() if kept.get(pk) not in later[pk]]


def halves(connection, known):
    """Return what isn't whole: articles that are not their last publication, in search too, gaps, wrong digests, the log."""
    wrong, columns = (
        [],
        "id, article_id, number, kind, change, note, fields, saver, based_on_id, form, saved_at, digest",
    )
    uids = {pk: uuid.UUID(uid) for pk, uid in connection.execute("SELECT id, uid FROM articles_article")}
    by_article, digest_of = {pk: [] for pk in uids}, spelling()
    for row in connection.execute(f"SELECT {columns} FROM articles_revision ORDER BY id"):  # noqa: S608 - our own names
        if known.get(row[0]) != row:
            revision = SimpleNamespace(**dict(zip(columns.split(", "), row, strict=True)))
            revision.fields = json.loads(revision.fields)
            revision.saved_at = datetime.datetime.fromisoformat(revision.saved_at).replace(tzinfo=datetime.UTC)
            if revision.digest != digest_of(revision, uids[row[1]]):
                wrong.append(f"digest of {row[0]}")
            known[row[0]] = row
        by_article[row[1]].append(row)
    articles = "SELECT a.id, a.body, a.live_id, a.working_id, s.body FROM articles_article a LEFT JOIN articles_search s ON s.rowid = a.id"
    published = 0
    for pk, body, live, working, searched in connection.execute(articles):
        rows = {row[0]: row for row in by_article[pk] if row[2] is not None}
        public = [row for row in rows.values() if row[3] == "published"]
        published += len(public)
        text = json.loads(public[-1][6])["body"] if public else ""
        mark = text.split(".", 1)[0].lower().split()[-1:]
        if [row[2] for row in rows.values()] != list(range(1, len(rows) + 1)) or working != max(rows):
            wrong.append(f"history of {pk}")
        if body != text or live != public[-1][0] or mark[0] not in (searched or ""):
            wrong.append(f"article {pk}")
    told = connection.execute("SELECT count(*) FROM articles_auditentry WHERE act = 'published'").fetchone()
    return wrong + (["log"] if told != (published,) else [])


def run(work, saves, also="", seed=1, workers=2, most=None):
    """Record so many saves, cut the power at each of their writes (at most `most` of the calls) and count what was found.

    {"saves", "writes", "images", "corrupt", "lost", "half"}.
    """
    before, done = record(work, saves, also)
    end = min(len(done), most or len(done))
    edges = [end * part // workers for part in range(workers + 1)]
    jobs = [(before, done, first, last, seed) for first, last in zip(edges, edges[1:], strict=False)]
    if workers == 1:
        found = tried(jobs[0])
    else:
        with concurrent.futures.ProcessPoolExecutor(workers) as pool:
            found = sum(pool.map(tried, jobs), Counter())
    kinds = Counter(call[0] for call in done[:end])
    return {"saves": kinds["confirmed"], "writes": kinds["write"]} | {
        what: found[what] for what in ("images", "corrupt", "lost", "half")
    }


def power_cuts(work, few):
    """Cut the power under the settings of the site, and under those that are usually advised, to see that it matters."""
    full = run(work / "full", 6 if few else 100)
    normal = run(work / "normal", 6 if few else 30, also="PRAGMA synchronous=NORMAL;")
    enough = few or full["images"] >= 20_000
    return [
        Row(
            "F2", "power cut at every write of saves, publications and autosaves (SQLite, the site's settings)",
            "5,466 images: 0 lost, 0 corrupt", "≥ 20,000 images: 0 corrupt, 0 confirmed save lost, 0 half a transaction",
            told(full), enough and not (full["corrupt"] or full["lost"] or full["half"]),
        ),
        Row(
            "F2", "the same with synchronous=NORMAL: what the trial must find", "3,752 of 4,860 images lose saves",
            "images that lose confirmed saves are found", told(normal), normal["lost"] > 0,
        ),
    ]  # fmt: skip


def told(found):
    """Return what `run` found in words."""
    return (
        f"{found['saves']:,} saves, {found['writes']:,} writes, {found['images']:,} images: {found['corrupt']:,} corrupt, "
        f"{found['lost']:,} lose a confirmed save, {found['half']:,} hold half a transaction"
    )


TRIALS = {"F2": power_cuts}
