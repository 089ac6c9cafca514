"""A site of its own for a trial: what it needs beside it, its processes, and nginx in front where that is asked for."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import kills
from tests.services import ROOT, Host, Postgres, Redis, Server, free_port
from tests.test_nginx import NGINX, configured

from .people import Editor, Reader


class Rig:
    """A site in the folder `work`, with `editors` articles that somebody may write, and 12 more to read.

    `corpus` is how many others there are besides. `instances` processes of granian with `workers` each; `env` adds to their
    environment. `host` is what people talk to; what the processes say of errors is in the file `errors`.
    """

    def __init__(
        self, work, *, postgresql=False, redis=False, nginx=False, instances=1, workers=2, editors=4, corpus=0, **env
    ):
        self.servers = []
        self.postgresql = Postgres() if postgresql else None
        self.redis = Redis() if redis else None
        (work / "data").mkdir()
        self.work, self.over, self.log, self.people = work, threading.Event(), [], []
        self.env = os.environ | {
            "DATA_DIR": str(work / "data"), "DATABASE_URL": self.postgresql.url if postgresql else "",
            "CACHE_URL": self.redis.url if redis else "", "PICTURES_URL": "", "SECRET_KEY": "for a short life", "HTTPS": "",
            "HOSTS": "127.0.0.1,testserver", "DEBUG": "", "TRUST_PROXY": "", "MALLOC_ARENA_MAX": "1", **env,
        }  # fmt: skip
        self.errors = work / "errors.log"
        try:
            if corpus:
                fill(self.env, corpus)
            self.session, self.keys, self.chosen = json.loads(self.shell(kills.SETUP.replace("EDITORS", str(editors))))
            self.shell(MORE)
            self.instances = [Telling(self.env, self.errors, workers) for _number in range(instances)]
            self.host = self.instances[0].base.removeprefix("http://")
            if nginx:
                self._front(work)
        except BaseException:
            self.close()
            raise

    def _front(self, work):
        """Put nginx in front, with the configuration that comes with the site."""
        port = free_port()
        first, *others = (host.port for host in self.instances)
        path = configured(work, port, first, work / "data" / "static", others)
        command = (NGINX, "-c", str(path), "-e", str(work / "error.log"))
        self.servers.append(Server(*command, port=port, ends=signal.SIGTERM))
        self.host = f"127.0.0.1:{port}"

    def shell(self, code):
        """Run `code` beside the site, in a process without a pool or an end to queries; return what it prints."""
        beside = self.env | {"DJANGO_SETTINGS_MODULE": "relations_site.settings", "DATABASE_WAIT": "0"}
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, cwd=ROOT, env=beside | {"DATABASE_POOL": "0"}, stdout=subprocess.PIPE, check=True
        )
        return done.stdout.decode()

    def manage(self, *command):
        """Run a command of the site; return (status, what it said)."""
        beside = self.env | {"DATABASE_WAIT": "0", "DATABASE_POOL": "0"}
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=beside, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    def read(self, count, paths, **kw):
        """Let `count` readers ask for what `paths(number)` yields."""
        for number in range(count):
            self._begin(Reader(self.host, paths(number), self.over, self.log, **kw))

    def edit(self, **kw):
        """Let somebody write each of the articles that are there for that."""
        for key in self.keys:
            self._begin(Editor(self.host, self.session, key, self.chosen, self.over, self.log, **kw))

    def _begin(self, person):
        self.people.append(person)
        person.start()

    def rest(self):
        """Let everybody finish and leave."""
        self.over.set()
        for person in self.people:
            person.join()

    def saved(self):
        """Return (how many saves were confirmed, how many of them are not there or there twice or in another order)."""
        there = {int(key): numbers for key, numbers in json.loads(self.shell(kills.SAVED)).items()}
        editors = [person for person in self.people if isinstance(person, Editor)]
        lost = sum(number not in there[each.key] for each in editors for number in each.confirmed)
        lost += sum(numbers != sorted(set(numbers)) for numbers in there.values())
        return sum(len(each.confirmed) for each in editors), lost

    def close(self):
        """End and remove everything."""
        self.rest()
        for server in (*self.servers, *getattr(self, "instances", ()), *filter(None, [self.redis])):
            server.stop()
        if self.postgresql:
            self.postgresql.remove()


class Telling(Host):
    """A host that writes what it says of errors into the file at `path`."""

    def __init__(self, env, path, workers):
        self.path = path
        super().__init__(env, workers)

    def start(self):
        """Start it; return when it answers."""
        with self.path.open("ab") as self.errors:
            super().start()


def fill(env, count):
    """Make a publication of `count` articles (`benchmarks.corpus`) in the empty site of `env`.

    PUBLICATIONS may name a folder in which there is one already, as `benchmarks.serving --keep` leaves it.
    """
    kept = Path(os.environ.get("PUBLICATIONS") or os.devnull) / f"{count}.sqlite3"
    if kept.is_file() and not env["DATABASE_URL"]:
        shutil.copy(kept, Path(env["DATA_DIR"]) / "site.sqlite3")
    else:
        command = [sys.executable, "-m", "tests.benchmarks.corpus", str(count)]
        subprocess.run(
            command,
            cwd=ROOT,
            env=env | {"DATABASE_WAIT": "0", "DATABASE_POOL": "0"},
            check=True,
            stdout=subprocess.DEVNULL,
        )


MORE = """
import django
django.setup()
from tests.make import make_article
for number in range(12):
    make_article(f"Text {number}", slug=f"text-{number}", themes=["Syria", "Libya"] if number % 2 else ["Libya"])
"""
PUBLIC = ["/", "/articles/", "/articles/text-1/", "/themes/libya/", "/feed.atom", "/articles/text-2/", "/themes/syria/"]


def public(number, made=0):
    """Yield public addresses for ever, beginning with another for each `number`; each `made`th is one never asked before."""
    turn = 0
    while True:
        turn += 1
        if made and turn % made == 0:
            yield f"/search/?q=text+{number}x{turn}"
        else:
            yield PUBLIC[(number + turn) % len(PUBLIC)]


@contextmanager
def running(work, **kw):
    """A `Rig` until the block ends."""
    rig = Rig(work, **kw)
    try:
        yield rig
    finally:
        rig.close()
