"""What a request costs: each kind of page, cached and not, with 1,000, 10,000 and 100,000 articles, beside nginx.

    python -m tests.benchmarks.serving [--articles 1000 10000 100000] [--out FILE.md] [--plot FILE.svg] [--seconds 3]
        [--keep FOLDER]

Makes each publication (`corpus`) in a temporary folder, or in a database of its own beside the one that DATABASE_URL names
(PostgreSQL), serves it as in production, by one granian worker with one blocking thread on one core, and asks with wrk from
another over connections that are kept. CPU is what /proc says that all processes of the server had, per
request; PostgreSQL's own are not counted.

- *Not cached*: PAGE_CACHE_MB=0, nothing compressed; what the database keeps as it was rendered is used; many addresses
  of the kind in turn; one connection; three times, and the middle.
- *Made anew*: the same addresses, each asked for once after a change that concerns every list; articles at their first view.
- *Cached*: one address of the kind, brotli, eight connections; then nginx, on the same core, sending the same bytes with the
  same headers from a file, and the same granian with an application that knows one answer (`constant`), which is what the
  server costs that the page cache stands in; three times in turn, and the middle of each.
- *Behind nginx*: the configuration that comes with the site (relations_site/deploy/nginx.conf) in front of the site,
  both on that core, against nginx with the file.

Needs wrk, nginx, taskset and two cores.
"""

import argparse
import base64
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from . import report
from .processes import LOAD_CORE, NGINX, ROOT, ask, cpu, free_port, granian, load, memory, nginx

TURNS = 3
CONNECTIONS = 8
CACHED = ("article", "hub", "hub, deep", "combination", "front page", "feed", "search, common word", "sitemap part")
NOT_SENT = {
    "connection",
    "content-length",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "server",
    "x-accel-expires",
}
OTHER = {"Accept-Encoding": "identity"}
READER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@dataclass
class Size:
    """What was found at one size."""

    articles: int
    plain: dict = field(default_factory=dict)  # {kind: Load}, not cached
    anew: dict = field(default_factory=dict)  # {kind: milliseconds of CPU}, made anew
    cached: dict = field(default_factory=dict)  # {kind: (bytes, Load, Load of nginx, Load of the server alone)}
    front: tuple = ()  # (Load of the site behind nginx, Load of nginx with the file)
    memory: tuple = ()  # megabytes: RSS, PSS of the worker
    publish: dict = field(default_factory=dict)


def arguments():
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--out", type=Path, help="file of the tables, Markdown")
    parser.add_argument("--plot", type=Path, help="file of the picture, SVG")
    parser.add_argument("--seconds", type=int, default=3, help="of load for each figure (default: 3)")
    parser.add_argument(
        "--keep", type=Path, help="folder that keeps the SQLite files of the publications for another run"
    )
    parser.add_argument("--nginx", type=Path, default=ROOT / "relations_site" / "deploy" / "nginx.conf")
    return parser.parse_args()


@contextlib.contextmanager
def database(articles):
    """Give the DATABASE_URL of an empty database that is dropped again: '' for the SQLite file of DATA_DIR."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield ""
        return
    name = f"serving_{os.getpid()}_{articles}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(env, *command):
    """Run a command of the project to its end; return what it printed."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def measure(articles, folder, url, asked):
    """Make a publication of that many articles in `folder` and measure it; return the `Size`."""
    size = Size(articles)
    env = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": url, "DEBUG": "", "HTTPS": "", "HOSTS": "127.0.0.1"}
    env.pop("PAGE_CACHE_MB", None)
    say(f"{articles:,} articles: making them")
    fill(articles, env, folder, None if url else asked.keep)
    run(env, "manage.py", "collectstatic", "--no-input", "-v", "0")
    addresses = json.loads(run(env, "-m", "tests.benchmarks.samples", "addresses"))
    plain(size, env | {"PAGE_CACHE_MB": "0"}, addresses, folder, asked.seconds)
    with granian(env) as (port, pid):
        cached(size, port, pid, addresses, folder, asked.seconds)
        behind_nginx(size, port, pid, addresses["article"][0], folder, asked)
        for several in addresses.values():
            for address in several:
                ask(port, address, READER)
        size.memory = memory(pid)
    say(f"{articles:,} articles: publishing")
    size.publish = json.loads(run(env, "-m", "tests.benchmarks.samples", "publish"))
    return size


def fill(articles, env, folder, keep):
    """Make the publication, or take a copy of what `keep` has of an earlier run."""
    made, kept = folder / "site.sqlite3", keep and keep / f"{articles}.sqlite3"
    if kept and kept.exists():
        shutil.copyfile(kept, made)
        run(env, "manage.py", "migrate", "-v", "0")
        return
    run(env, "-m", "tests.benchmarks.corpus", str(articles))
    if kept:
        keep.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(made)) as source:
            source.execute("VACUUM INTO ?", [str(kept)])


def plain(size, env, addresses, folder, seconds):
    """Measure each kind of page as Django makes it, and a feed's answer that there is nothing new."""
    with granian(env) as (port, pid):
        for kind, several in addresses.items():
            say(f"{size.articles:,} articles, not cached: {kind}")
            pairs = [(address, OTHER) for address in several]
            check(port, pairs[0], 200)
            first = once(port, pid, pairs)  # what is kept as it was rendered is made by whoever asks first
            run(env, "-m", "tests.benchmarks.samples", "turn")
            again = once(port, pid, pairs)
            size.anew[kind] = first if kind == "article" else again
            size.plain[kind] = repeated(port, pairs, pid, folder, seconds)
        known = [(address, OTHER | validator(port, address, OTHER)) for address in addresses["feed"]]
        check(port, known[0], 304)
        size.plain["feed, nothing new"] = repeated(port, known, pid, folder, seconds)


def once(port, pid, pairs):
    """Return the milliseconds of CPU that each of `pairs` took, asked for once, with what is stored of it behind."""
    before = cpu(pid)
    for pair in pairs:
        ask(port, *pair)
    time.sleep(2)
    return (cpu(pid) - before) * 1000 / len(pairs)


def repeated(port, pairs, pid, folder, seconds):
    """Return the middle Load of several, after a second that doesn't count."""
    load(port, pairs, [pid], folder=folder, seconds=1, connections=1)
    return middle([load(port, pairs, [pid], folder=folder, seconds=seconds, connections=1) for _turn in range(TURNS)])


def validator(port, address, headers):
    """Return the header by which a client says that it has what is at `address`."""
    return {"If-None-Match": {name.lower(): value for name, value in ask(port, address, headers)[1].items()}["etag"]}


def check(port, pair, status):
    """End everything when the answer to `pair` isn't what is to be measured."""
    answered = ask(port, *pair)[0]
    if answered != status:
        sys.exit(f"{pair[0]} answered {answered}, not {status}")


def cached(size, port, pid, addresses, folder, seconds):
    """Measure the page cache, and nginx sending the same bytes."""
    for kind in CACHED:
        say(f"{size.articles:,} articles, cached: {kind}")
        address = addresses[kind][0]
        with static(port, address, folder) as nginx_at, constant(port, address, READER, folder) as alone:
            *nginx_at, content = nginx_at
            size.cached[kind] = (len(content), *beside([(port, pid), nginx_at, alone], address, {}, folder, seconds))
        if kind == "feed":
            known = READER | validator(port, address, READER)
            with static(port, address, folder) as nginx_at, constant(port, address, known, folder) as alone:
                servers = [(port, pid), nginx_at[:2], alone]
                size.cached["feed, nothing new"] = (0, *beside(servers, address, None, folder, seconds))


def beside(servers, address, known, folder, seconds):
    """Return the Loads of some servers, asked in turn; `known` is None for clients that have the answer already."""
    found = []
    for port, pid in servers:
        headers = READER | (validator(port, address, READER) if known is None else {})
        check(port, (address, headers), 304 if known is None else 200)
        found.append((port, pid, headers, []))
    for _turn in range(TURNS):
        for port, pid, headers, loads in found:
            options = {"folder": folder, "seconds": seconds, "connections": CONNECTIONS}
            loads.append(load(port, [(address, headers)], [pid], **options))
    return tuple(middle(loads) for *_server, loads in found)


def middle(loads):
    """Return the Load of the middle cost."""
    return sorted(loads, key=lambda found: found.cpu)[len(loads) // 2]


@contextlib.contextmanager
def constant(port, address, headers, folder):
    """Let granian alone send what the site answers to `address`; give (port, process id)."""
    status, told, content = ask(port, address, headers)
    kept = [[name, value] for name, value in told.items() if name.lower() not in {"connection", "date", "server"}]
    answer = folder / "constant.json"
    answer.write_text(json.dumps([f"{status} Answer", kept, base64.b64encode(content).decode()]))
    with granian(os.environ | {"CONSTANT": str(answer)}, application="tests.benchmarks.constant:application") as alone:
        yield alone


@contextlib.contextmanager
def static(port, address, folder):
    """Let nginx send what the site sends for `address`, from a file; give (port, process id, body)."""
    status, headers, content = ask(port, address, READER)
    if status != 200:
        sys.exit(f"{address} answered {status}")
    root = folder / "static-root"
    root.mkdir(exist_ok=True)
    (root / "body").write_bytes(content)
    kind = next(value for name, value in headers.items() if name.lower() == "content-type")
    added = "".join(
        f"add_header {name} {json.dumps(value)};" for name, value in headers.items() if name.lower() not in NOT_SENT
    )
    own = free_port()
    # Any address: wrk asks for the one that the site knows.
    rest = f"""server {{ listen 127.0.0.1:{own}; root {root}; charset off; types {{}} default_type {json.dumps(kind)};
        {added} location / {{ rewrite ^ /body break; }} }}"""
    with nginx(folder / "nginx-static", rest, own) as pid:
        yield own, pid, content


def behind_nginx(size, port, pid, address, folder, asked):
    """Measure the site behind nginx as it comes configured, and nginx with the file."""
    say(f"{size.articles:,} articles: behind nginx")
    own = free_port()
    said = asked.nginx.read_text()
    for before, after in {
        "listen 80;": f"listen 127.0.0.1:{own};",
        "server_name example.org;": "server_name 127.0.0.1;",
        "server 127.0.0.1:8000 max_fails=0;": f"server 127.0.0.1:{port};",
        "/var/cache/nginx-publication": f"{folder}/nginx-cache",
        "/srv/publication/static/": f"{folder}/static/",
    }.items():
        if before not in said:
            sys.exit(f"{asked.nginx} has no {before!r}")
        said = said.replace(before, after)
    with (
        static(port, address, folder) as (static_port, static_pid, _content),
        nginx(folder / "nginx-front", said, own) as front,
    ):
        loads = []
        for _turn in range(TURNS):
            options = {"folder": folder, "seconds": asked.seconds, "connections": CONNECTIONS}
            pairs = [(address, READER)]
            loads.append((load(own, pairs, [front, pid], **options), load(static_port, pairs, [static_pid], **options)))
    size.front = tuple(middle(side) for side in zip(*loads, strict=True))


def say(words):
    """Tell on the terminal what is being done."""
    print(words, file=sys.stderr, flush=True)


def main():
    """Measure each size, write the tables and the picture."""
    asked = arguments()
    missing = [name for name in ("wrk", "taskset") if not shutil.which(name)] + ([] if NGINX else ["nginx"])
    if missing or (os.cpu_count() or 1) <= int(LOAD_CORE):
        sys.exit(f"This needs two cores, wrk, nginx and taskset; missing: {', '.join(missing) or 'a core'}.")
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(143))  # what was started is ended on the way out
    sizes = []
    for articles in sorted(asked.articles):
        with tempfile.TemporaryDirectory() as folder, database(articles) as url:
            sizes.append(measure(articles, Path(folder), url, asked))
        tables = report.tables(sizes, "PostgreSQL" if url else "SQLite")
        if asked.out:
            asked.out.write_text(tables)
        if asked.plot:
            asked.plot.write_text(report.plot(sizes))
    print(tables)


if __name__ == "__main__":
    main()
