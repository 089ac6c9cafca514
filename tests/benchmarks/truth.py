"""Whether the page cache tells the truth: writers and readers over two processes, and every stale read counted.

    python -m tests.benchmarks.truth [SECONDS]

Two servers on one database (SQLite in a temporary folder, or the empty one that DATABASE_URL names). A writer changes
an article's title to the next number, schedules articles a few seconds ahead, withdraws and brings back one, renames a
theme; four readers ask both servers for pages and feeds that show it. A read is stale when it began more than a second
after the change was committed and shows what was before.
"""

import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

LIMIT = 1.0  # seconds
READERS = 4
PAGES = ["/articles/counter/", "/articles/", "/themes/counted/", "/feed.atom", "/feed.json", "/"]
WRITER = """
import json, os, random, sys, time, datetime
os.environ["DJANGO_SETTINGS_MODULE"] = "relations_site.settings"
import django
django.setup()
from django.utils import timezone
from articles import publishing
from articles.models import Article, Theme
from tests.make import change, make_article, ago
theme = Theme.objects.get(slug="counted")
def tell(what, value):
    print(json.dumps([what, value, time.monotonic()]), flush=True)
end, number = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < end:
    number += 1
    counter = Article.objects.get(slug="counter")
    change(counter, title=f"Count-{number}-")
    tell("count", number)
    if number % 7 == 0:
        at = timezone.now() + datetime.timedelta(seconds=2)
        due = make_article(f"Due-{number}-", slug=f"due-{number}", themes=[theme], at=at)
        print(json.dumps(["due", number, time.monotonic() + (at - timezone.now()).total_seconds()]), flush=True)
    if number % 10 == 0:
        other = Article.objects.get(slug="other")
        if other.is_public():
            publishing.withdraw(other, by=None, based_on=other.working_id, note="Wrong.")
            tell("gone", number)
        else:
            publishing.publish(other, publishing.Fields.of(other.working), by=None, based_on=other.working_id)
            tell("back", number)
    if number % 5 == 0:
        theme.name = f"Counted {number}"
        publishing.save_theme(theme, by=None)
        tell("theme", number)
    time.sleep(random.choice([0.05, 0.3, 1.2, 2.5]))
"""


def main():
    """Serve, write, read, count, print."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    folder = Path(tempfile.mkdtemp())
    os.environ |= {"DATA_DIR": str(folder), "SECRET_KEY": "", "HOSTS": "127.0.0.1"}
    from tests.served import Site

    site = Site(folder)
    site.shell(
        "from tests.make import *; theme = make_theme('Counted', slug='counted');"
        "make_article('Count-0-', slug='counter', themes=[theme], at=ago(days=1));"
        "make_article('Other', slug='other', themes=[theme], at=ago(days=2))"
    )
    servers = []
    for _number in range(2):
        site.port = site.port + 1
        site.base = f"http://127.0.0.1:{site.port}"
        site.start()
        servers.append((site.port, site.process))
    try:
        said = read_and_write(site.env, [port for port, _process in servers], seconds)
    finally:
        for _port, process in servers:
            process.terminate()
            process.wait(20)
        site.process = None
        site.close()
    report(*said, seconds)


def read_and_write(env, ports, seconds):
    """Return ([(what, value, instant)] as the writer told them, [(begun, ended, path, status, number, due)] as readers saw them)."""
    told, seen, over = [], [], threading.Event()
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(seconds)], env=env, stdout=subprocess.PIPE, text=True)

    def read():
        connections = {port: http.client.HTTPConnection("127.0.0.1", port, timeout=20) for port in ports}
        while not over.is_set():
            port, path = random.choice(ports), random.choice([*PAGES, "/articles/other/"])
            began = time.monotonic()
            try:
                connections[port].request("GET", path)
                answer = connections[port].getresponse()
                text = answer.read().decode()
            except (OSError, http.client.HTTPException) as error:
                seen.append((began, time.monotonic(), path, str(error), None, set()))
                connections[port].close()
                continue
            ended = time.monotonic()
            counts = [int(number) for number in re.findall(r"Count-(\d+)-", text)]
            seen.append(
                (
                    began,
                    ended,
                    path,
                    answer.status,
                    max(counts, default=None),
                    set(map(int, re.findall(r"Due-(\d+)-", text))),
                )
            )
            time.sleep(0.002)

    readers = [threading.Thread(target=read) for _number in range(READERS)]
    for reader in readers:
        reader.start()
    for line in writer.stdout:
        told.append(tuple(json.loads(line)))
    time.sleep(LIMIT * 2)
    over.set()
    for reader in readers:
        reader.join()
    if writer.wait():
        sys.exit("the writer failed")
    return told, seen


def report(told, seen, seconds):
    """Print how many reads there were, and how many of them were stale."""
    counts = [(value, at) for what, value, at in told if what == "count"]
    dues = [(value, at) for what, value, at in told if what == "due"]
    other = [(what, at) for what, _value, at in told if what in {"gone", "back"}]
    stale, worst, early, late, failed = 0, 0.0, 0, 0, 0
    for began, ended, path, status, number, due in seen:
        if path == "/articles/other/":
            before = [what for what, at in other if at < began - LIMIT][-1:]
            after = {what for what, at in other if began - LIMIT <= at}
            expected = {410 if what == "gone" else 200 for what in before or ["back"]} | {
                410 if what == "gone" else 200 for what in after
            }
            stale += status not in expected
            failed += status not in {200, 410}
            continue
        if status != 200:
            failed += 1
            continue
        newer = [at for value, at in counts if number is not None and value > number and at < began]
        behind = began - min(newer) if newer else 0.0
        worst = max(worst, behind)
        stale += behind > LIMIT
        if path in {"/articles/", "/themes/counted/"}:
            early += any(value in due and ended < at - 0.01 for value, at in dues)
            newest = [value for value, at in dues if at + LIMIT < began][-3:]
            late += any(value not in due for value in newest)
    print(  # noqa: T201
        f"{seconds} s, {len(counts)} changes, {len(dues)} scheduled, {len(other)} withdrawals and returns; {len(seen)} reads, "
        f"{failed} failed; stale for more than {LIMIT} s: {stale}; shown too early: {early}, more than {LIMIT} s late: {late}; "
        f"the oldest thing shown was {worst:.2f} s old"
    )
    if stale or early or late or failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
