"""PostgreSQL, then Redis, then the application are killed under readers; what they saw, and when all was well again.

    python -m tests.benchmarks.faults [--seconds 5] [--readers 4] [--nginx]

Runs everything itself, in temporary folders and on free ports: a cluster, a Redis, granian with two workers, and with
--nginx the configuration of relations_site/deploy in front of them. Readers ask for public pages of a few articles,
each page in turn, at a steady rate; one of them is logged in and asks for the desk.

To do the same to a site that runs elsewhere, give what readers talk to and what is to be done:

    … --base http://127.0.0.1:8080 --postgresql "STOP;START" --redis "STOP;START" --application "STOP;START"

Prints a table and ends with 1 when something was not well again at the end of its step, when anybody noticed that Redis
was away, or when readers behind nginx noticed anything.
"""

import argparse
import collections
import http.client
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from tests.services import ROOT, Host, Postgres, Redis, Server, free_port
from tests.test_nginx import NGINX, configured

PAGES = ["/", "/articles/", "/articles/article-1/", "/themes/syria/", "/feed.atom", "/articles/article-2/"]
DESK = "/admin/"
PAUSE = 0.05  # seconds between two requests of a reader
PATIENCE = 10  # seconds until a reader goes away
SETUP = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from django.contrib.auth.models import User
from django.test import Client
from tests.make import make_article
chief = User.objects.create_superuser("chief", password="chief-password")
for number in range(12):
    make_article(f"Article {number}", themes=["Syria"])
client = Client()
client.force_login(chief)
print(client.cookies["sessionid"].value)
"""
Seen = collections.namedtuple("Seen", "at desk what seconds")


class Readers:
    """Threads that read; what they saw is in `seen`."""

    def __init__(self, base, count, cookie):
        self.host = urllib.parse.urlsplit(base).netloc
        self.seen, self.over = [], threading.Event()
        ways = [(itertools.cycle(PAGES[turn:] + PAGES[:turn]), None) for turn in range(count)]
        ways += [(itertools.cycle([DESK]), cookie)] if cookie else []
        self.threads = [threading.Thread(target=self.read, args=way) for way in ways]
        for thread in self.threads:
            thread.start()

    def read(self, paths, cookie):
        """Ask for one page after the other until it is over, over one connection as long as that lasts."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        headers = {"Cookie": f"sessionid={cookie}"} if cookie else {}
        for path in paths:
            if self.over.wait(PAUSE):
                break
            start = time.monotonic()
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                what = str(answer.status)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                what = type(error).__name__
            end = time.monotonic()
            self.seen.append(Seen(end, bool(cookie), what, end - start))
        connection.close()

    def stop(self):
        """End them."""
        self.over.set()
        for thread in self.threads:
            thread.join()


class Own:
    """Everything the script runs itself."""

    def __init__(self, nginx):
        self.folder = Path(tempfile.mkdtemp(prefix="faults-"))
        self.postgresql, self.redis = Postgres(), Redis()
        self.servers = [self.redis]
        env = os.environ | {
            "DATA_DIR": str(self.folder), "DATABASE_URL": self.postgresql.url, "CACHE_URL": self.redis.url,
            "PICTURES_URL": "", "SECRET_KEY": "for a short life", "HTTPS": "", "HOSTS": "127.0.0.1", "DEBUG": "",
        }  # fmt: skip
        setup = env | {"DJANGO_SETTINGS_MODULE": "relations_site.settings", "HOSTS": "testserver", "DATABASE_WAIT": "0"}
        done = subprocess.run([sys.executable, "-c", SETUP], cwd=ROOT, env=setup, stdout=subprocess.PIPE, check=True)
        self.cookie = done.stdout.decode().strip()
        self.application = Host(env, workers=2)
        self.servers.insert(0, self.application)
        self.base = self.application.base
        if nginx:
            port = free_port()
            path = configured(self.folder, port, self.application.port, self.folder / "static")
            command = (NGINX, "-c", str(path), "-e", str(self.folder / "error.log"))
            self.servers.insert(0, Server(*command, port=port, ends=signal.SIGTERM))
            self.base = f"http://127.0.0.1:{port}"

    def kill_worker(self):
        """Kill one of granian's workers, at once; granian starts another."""
        main = self.application.process.pid
        workers = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        os.kill(int(workers[-1]), signal.SIGKILL)

    def steps(self):
        """Return [(what is done, how it is ended, how it is begun again; None: it begins again by itself)]."""
        database, redis, application = self.postgresql, self.redis, self.application
        return [
            ("nothing", None, None),
            ("PostgreSQL crashes and starts", lambda: (database.stop(), database.start()), None),
            ("PostgreSQL is stopped", lambda: database.stop(signal.SIGINT), database.start),
            ("Redis is killed", redis.stop, redis.start),
            ("a worker is killed", self.kill_worker, None),
            ("the application is stopped", application.stop, application.start),
        ]

    def close(self):
        """End and remove everything."""
        for server in self.servers:
            server.stop()
        self.postgresql.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


def steps_of(options):
    """Return the steps that the command line names, as `Own.steps` does."""
    found = [("nothing", None, None)]
    for name in ("postgresql", "redis", "application"):
        if getattr(options, name):
            stop, start = getattr(options, name).split(";")
            found.append((name, *(lambda c=c: subprocess.run(c, shell=True, check=True) for c in (stop, start))))  # noqa: S602
    return found


def wrong(seen):
    """Whether what was `seen` isn't the page; at the desk the way to the login isn't one."""
    return seen.what != "200"


def measured(step, readers, seconds, spared):
    """Do one step under `readers`, away for that many `seconds`; return (lines of the table, whether all is well).

    Readers who are `spared` may see no error at all.
    """
    name, end, begin = step
    start = time.monotonic()
    if end:
        end()
    if begin:
        time.sleep(max(0, start + seconds - time.monotonic()))
        begin()
    back = time.monotonic()
    time.sleep(max(seconds, 3))
    over = time.monotonic()
    lines, well = [], True
    for who in (False, True):
        seen = [one for one in readers.seen if one.desk is who and start <= one.at < over]
        bad = [one for one in seen if wrong(one)]
        if not seen and who:
            continue
        kinds = ", ".join(f"{count} × {what}" for what, count in collections.Counter(b.what for b in bad).most_common())
        healed = max([0.0, *(one.at - back for one in bad)])
        longest = max([one.seconds for one in seen], default=0)
        well &= bool(seen) and not wrong(seen[-1])
        well &= not (bad and (name.startswith("Redis") or (spared and not who)))
        lines.append(
            f"| {name} | {'desk' if who else 'readers'} | {len(seen)} | {len(bad)} | {kinds} "
            f"| {healed:.1f} | {longest:.1f} |"
        )
    return lines, well


def main():
    """Run all steps and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5, help="how long each is away (default: 5)")
    parser.add_argument("--readers", type=int, default=4, help="how many read at once (default: 4)")
    parser.add_argument("--nginx", action="store_true", help="put nginx in front")
    parser.add_argument("--base", help="address of a site that runs already")
    for name in ("postgresql", "redis", "application"):
        parser.add_argument(f"--{name}", metavar="STOP;START", help=f"commands for {name} of that site")
    options = parser.parse_args()
    own = None if options.base else Own(options.nginx)
    all_well = True
    try:
        readers = Readers(options.base or own.base, options.readers, own and own.cookie)
        try:
            while len(readers.seen) < 20 * (options.readers + 1):  # every page has been seen
                time.sleep(0.1)
            print("| what happens | who | requests | errors | of which | well again after, s | longest answer, s |")
            print("| --- | --- | ---: | ---: | --- | ---: | ---: |")
            for step in own.steps() if own else steps_of(options):
                lines, well = measured(step, readers, options.seconds, spared=options.nginx)
                print("\n".join(lines), flush=True)
                all_well &= well
        finally:
            readers.stop()
    finally:
        if own:
            own.close()
    sys.exit(0 if all_well else 1)


if __name__ == "__main__":
    main()
