"""How long it takes, and how much memory, to move a publication in, to write it down and bring it back, and to copy it.

    python -m tests.benchmarks.moving [in] [rebuild] [text] [copy] [--sizes 1000 10000 100000] [--workers 2] [--out FILE.md]

`in`: so many Markdown files with front matter as Jekyll has them, of 300 words each, are looked at (`--dry-run`), taken as
drafts, taken again unchanged, and taken and published. `rebuild`: all that is derived is made anew of a publication of `corpus`.
`text`: such a publication is written down, written down again, brought into an empty site and written down from there; ends with an
error when those files differ. `copy`: the same as static files, as a whole, again when nothing has changed, with everything asked
for again, and after one article was published.

All on SQLite; `text` begins on PostgreSQL where DATABASE_URL names an empty database. Prints a table of seconds, seconds of
CPU, articles a second and the most memory of a process (MB, RSS; the child that renders counts in none of these).
"""

import argparse
import filecmp
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ..served import ROOT

WORDS = 300
SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
HEAD = "| what | articles | seconds | of CPU | a second | MB | told |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |"
PUBLISH = "from tests.make import make_article; make_article('Brand new', themes=['Theme 001'])"


def measured(env, *command):
    """Run Python with `command`; return (seconds, seconds of CPU, MB at most, the last line it printed)."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {printed[-2000:]}")
    told = printed.strip().rpartition("\n")[2]
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, told


def site(folder, url=""):
    """Return the environment of an empty site in `folder`, on the database at `url` (default: one of its own on SQLite)."""
    (folder / "pictures").mkdir(parents=True)
    env = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": url, "CACHE_URL": "", "SECRET_KEY": "for a short life"}
    measured(env, "manage.py", "migrate", "-v", "0")
    return env


def filled(folder, count, url=""):
    """Return the environment of a site in `folder` with `count` articles."""
    env = site(folder, url)
    measured(env, "-m", "tests.benchmarks.corpus", str(count), str(WORDS))
    return env


def posts(folder, count):
    """Write `count` posts into `folder`, the same ones each time; return its path as text."""
    chance = random.Random(1)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _word in range(5_000)]
    (folder / "_posts").mkdir(parents=True)
    (folder / "_config.yml").write_text("permalink: /:year/:title/\n")
    for number in range(count):
        parts = [" ".join(chance.choices(words, k=WORDS // 5)) for _part in range(5)]
        tags = ", ".join(f"Theme {int(chance.triangular(0, 300, 0))}" for _theme in range(3))
        year, month, day = 2000 + number % 20, number % 12 + 1, number % 28 + 1
        head = (
            f"---\ntitle: Text {number} on {parts[0].split()[0]}\nauthor: Author {number % 30}\ntags: [{tags}]\n---\n"
        )
        body = "\n\n".join(f"## {part.split()[1]}\n\n{part}." for part in parts)
        (folder / "_posts" / f"{year}-{month:02}-{day:02}-text-{number}.md").write_text(f"{head}{body}\n")
    return str(folder)


def differing(one, two):
    """Return the names of the files under the folders `one` and `two` that are not the same."""
    names = {str(path.relative_to(folder)) for folder in (one, two) for path in folder.rglob("*") if path.is_file()}
    _same, different, missing = filecmp.cmpfiles(one, two, names, shallow=False)
    return sorted(different + missing)


def moving_in(folder, count, workers):
    """Yield (what, *measured) of bringing in `count` posts."""
    source, env = posts(folder / "posts", count), site(folder / "drafts")
    taking = ("manage.py", "import_content", source)
    yield "import, dry run", *measured(env, *taking, "--dry-run")
    yield "import as drafts", *measured(env, *taking)
    yield "import again, nothing new", *measured(env, *taking)
    yield "import and publish", *measured(site(folder / "published"), *taking, "--publish")


def rebuilt(folder, count, workers):
    """Yield (what, *measured) of making anew all that is derived from `count` articles."""
    yield "rebuild", *measured(filled(folder / "site", count), "manage.py", "rebuild")


def as_text(folder, count, workers):
    """Yield (what, *measured) of writing down `count` articles, and of bringing them back."""
    here, there = filled(folder / "here", count, os.environ.get("DATABASE_URL", "")), site(folder / "there")
    one, two = folder / "one", folder / "two"
    yield "export", *measured(here, "manage.py", "export_content", str(one))
    yield "export again, nothing new", *measured(here, "manage.py", "export_content", str(one))
    yield "import into an empty site", *measured(there, "manage.py", "import_content", str(one))
    yield "export from there", *measured(there, "manage.py", "export_content", str(two))
    if wrong := differing(one, two):
        raise RuntimeError(f"{len(wrong)} files differ: {', '.join(wrong[:5])}")


def copied(folder, count, workers):
    """Yield (what, *measured) of copying `count` articles as static files."""
    env = filled(folder / "site", count)
    measured(env, "manage.py", "collectstatic", "--no-input", "-v", "0")
    copying = ("manage.py", "export_site", str(folder / "copy"), "--workers", workers)
    yield "static files", *measured(env, *copying)
    yield "static files, nothing new", *measured(env, *copying)
    yield "static files, everything asked for", *measured(env, *copying, "--anew")
    measured(env, "manage.py", "shell", "-v", "0", "-c", PUBLISH)
    yield "static files, one article published", *measured(env, *copying)


WAYS = {"in": moving_in, "rebuild": rebuilt, "text": as_text, "copy": copied}


def main():
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.moving", description=__doc__.partition("\n")[0])
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--workers", default="2", help="of export_site")
    parser.add_argument("--out", type=Path, metavar="FILE.md")
    given = parser.parse_args()
    if unknown := set(given.ways) - set(WAYS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    lines = [HEAD]
    print(HEAD, flush=True)
    for count in given.sizes:
        for way in given.ways or WAYS:
            with tempfile.TemporaryDirectory(prefix="moving-") as folder:
                for what, seconds, busy, most, told in WAYS[way](Path(folder), count, given.workers):
                    pace = f"{seconds:.1f} | {busy:.1f} | {count / seconds:.0f} | {most:.0f}"
                    lines.append(f"| {what} | {count:,} | {pace} | {told} |")
                    print(lines[-1], flush=True)
    if given.out:
        given.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
