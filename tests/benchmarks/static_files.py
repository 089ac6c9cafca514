"""How long it takes, how much memory and how much room, to have a publication as static files.

    python -m tests.benchmarks.static_files [--sizes 1000 10000] [--workers 2] [--keep FOLDER] [--out FILE.md]

Each size is a publication of `corpus` on SQLite, exported as a whole, again when nothing has changed, with everything
asked for again, and after one article was published. Prints a table of seconds, seconds of CPU, files (without those that
are compressed beside others), files asked for and written, the most memory of a process (MB, RSS), and MB of the copy.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ..served import ROOT

HEAD = """| what | articles | seconds | CPU | files | asked for | written | MB of memory | MB of the copy |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""
PUBLISH = "from tests.make import make_article; make_article('Brand new', themes=['Theme 001'])"
TOLD = re.compile(r"([\d,]+) files, ([\d,]+) former addresses.*; ([\d,]+) asked for, ([\d,]+) written")


def run(env, *command):
    """Run Python with `command`; return (what it printed, seconds, seconds of CPU, MB at most), children included."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {printed}")
    return printed, time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def filled(folder, count):
    """Return the environment of a site with `count` articles in `folder`, filled unless it is there."""
    env = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": "", "CACHE_URL": "", "SECRET_KEY": "for a short life"}
    if not (folder / "site.sqlite3").exists():
        folder.mkdir(parents=True, exist_ok=True)
        run(env, "-m", "tests.benchmarks.corpus", str(count))
        run(env, "manage.py", "collectstatic", "--no-input", "-v", "0")
    return env


def size(folder):
    """Return how many MB the files below `folder` take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def row(what, count, folder, told):
    """Return a row of the table of what a run `told`."""
    printed, seconds, cpu, most = told
    found = TOLD.search(printed)
    files, asked, written = (found[1], found[3], found[4]) if found else ("", "0", "0")
    return f"| {what} | {count:,} | {seconds:.0f} | {cpu:.0f} | {files} | {asked} | {written} | {most:.0f} | {size(folder):.0f} |"


def exporting(folder, count, workers):
    """Yield the rows of a publication of `count` articles."""
    env, copy = filled(folder, count), folder / "copy"
    command = ("manage.py", "export_site", str(copy), "--workers", workers)
    yield row("export as static files", count, copy, run(env, *command))
    yield row("again, nothing new", count, copy, run(env, *command))
    yield row("again, everything asked for", count, copy, run(env, *command, "--anew"))
    run(env, "manage.py", "shell", "-v", "0", "-c", PUBLISH)
    yield row("after one publication", count, copy, run(env, *command))


def main():
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.static_files", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--workers", default="2")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the publications stay")
    parser.add_argument("--out", type=Path, metavar="FILE.md")
    given = parser.parse_args()
    lines = [HEAD]
    print(HEAD, flush=True)
    with tempfile.TemporaryDirectory(prefix="static-") as own:
        for count in given.sizes:
            for line in exporting((given.keep or Path(own)) / str(count), count, given.workers):
                lines.append(line)
                print(line, flush=True)
    if given.out:
        given.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
