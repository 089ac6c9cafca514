"""How long it takes, and how much memory, to move publications in: 1,000, 10,000 and 100,000 articles.

    python -m tests.benchmarks.moving [--sizes 1000 10000 100000] [--published 1000 10000] [--out FILE.md]

Each size is a folder of Markdown files with front matter as Jekyll has them, of 300 words each, brought into an empty site
on SQLite: looked at (`--dry-run`), taken as drafts, taken again unchanged, and, at the sizes of `--published`, taken and
published. Prints a table of seconds, texts a second and the most memory (MB, RSS, of the command; without the child that
renders).
"""

import argparse
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
HEAD = "| what | articles | seconds | a second | MB |\n| --- | ---: | ---: | ---: | ---: |"


def write(folder, count):
    """Write `count` posts into `folder`, the same ones each time."""
    chance = random.Random(1)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _word in range(5_000)]
    posts = folder / "_posts"
    posts.mkdir(parents=True)
    (folder / "_config.yml").write_text("permalink: /:year/:title/\n")
    for number in range(count):
        parts = [" ".join(chance.choices(words, k=WORDS // 5)) for _part in range(5)]
        tags = ", ".join(f"Theme {int(chance.triangular(0, 300, 0))}" for _theme in range(3))
        year, month, day = 2000 + number % 20, number % 12 + 1, number % 28 + 1
        head = (
            f"---\ntitle: Text {number} on {parts[0].split()[0]}\nauthor: Author {number % 30}\ntags: [{tags}]\n---\n"
        )
        body = "\n\n".join(f"## {part.split()[1]}\n\n{part}." for part in parts)
        (posts / f"{year}-{month:02}-{day:02}-text-{number}.md").write_text(f"{head}{body}\n")


def measured(env, *command):
    """Run a command of the site; return (seconds, MB at most)."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return time.monotonic() - began, used.ru_maxrss / 1024


def site(folder):
    """Return the environment of an empty site in `folder`."""
    (folder / "pictures").mkdir(parents=True)
    env = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": "", "CACHE_URL": "", "SECRET_KEY": "for a short life"}
    measured(env, "migrate", "-v", "0")
    return env


def importing(folder, count, published):
    """Yield (what, seconds, MB) of bringing in `count` posts."""
    write(folder / "posts", count)
    posts, env = str(folder / "posts"), site(folder / "drafts")
    yield "import, dry run", *measured(env, "import_content", posts, "--dry-run")
    yield "import as drafts", *measured(env, "import_content", posts)
    yield "import again, nothing new", *measured(env, "import_content", posts)
    if published:
        yield "import and publish", *measured(site(folder / "published"), "import_content", posts, "--publish")


def main():
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.moving", description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument(
        "--published", type=int, nargs="*", default=[1_000, 10_000], help="sizes that are published, too"
    )
    parser.add_argument("--out", type=Path, metavar="FILE.md")
    given = parser.parse_args()
    lines = [HEAD]
    print(HEAD, flush=True)
    for count in given.sizes:
        with tempfile.TemporaryDirectory(prefix="moving-") as folder:
            for what, seconds, most in importing(Path(folder), count, count in given.published):
                lines.append(f"| {what} | {count:,} | {seconds:.1f} | {count / seconds:.0f} | {most:.0f} |")
                print(lines[-1], flush=True)
    if given.out:
        given.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
