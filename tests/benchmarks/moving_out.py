"""How long it takes, and how much memory, to write a publication down and to bring it back: 1,000 and 10,000 articles.

    python -m tests.benchmarks.moving_out [--sizes 1000 10000] [--words N] [--out FILE.md]

Each size is the publication of `corpus`, on SQLite, or on PostgreSQL where DATABASE_URL names an empty database, which is
brought back into another on SQLite. It is written down, written down again unchanged, brought into an empty site and
written down from there; ends with an error when those files differ. Prints a table of seconds, articles a second and the
most memory (MB, RSS, of the command; without the child that renders).
"""

import argparse
import filecmp
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ..served import ROOT

HEAD = "| what | articles | seconds | of CPU | a second | MB |\n| --- | ---: | ---: | ---: | ---: | ---: |"
RESTORE = (
    "import sys, django; django.setup(); from articles.transfer.publication import restore; restore(sys.argv[1], print)"
)


def measured(env, *command):
    """Run Python with `command`; return (seconds, seconds of CPU, MB at most)."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def site(folder, url=""):
    """Return the environment of an empty site in `folder`, on the database at `url` (default: one of its own on SQLite)."""
    (folder / "pictures").mkdir(parents=True)
    env = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": url, "CACHE_URL": "", "SECRET_KEY": "for a short life"}
    env |= {"DJANGO_SETTINGS_MODULE": "relations_site.settings"}
    measured(env, "manage.py", "migrate", "-v", "0")
    return env


def differing(one, two):
    """Return the names of the files under the folders `one` and `two` that are not the same."""
    names = {str(path.relative_to(folder)) for folder in (one, two) for path in folder.rglob("*") if path.is_file()}
    _same, different, missing = filecmp.cmpfiles(one, two, names, shallow=False)
    return sorted(different + missing)


def exporting(folder, count, words):
    """Yield (what, seconds, seconds of CPU, MB) of writing down `count` articles of `words` words, and of bringing them back."""
    here, there = site(folder / "here", os.environ.get("DATABASE_URL", "")), site(folder / "there")
    measured(here, "-m", "tests.benchmarks.corpus", str(count), str(words))
    one, two = folder / "one", folder / "two"
    yield "export", *measured(here, "manage.py", "export_content", str(one))
    yield "export again, nothing new", *measured(here, "manage.py", "export_content", str(one))
    yield "import into an empty site", *measured(there, "-c", RESTORE, str(one))
    yield "export from there", *measured(there, "manage.py", "export_content", str(two))
    if wrong := differing(one, two):
        raise RuntimeError(f"{len(wrong)} files differ: {', '.join(wrong[:5])}")


def main():
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.moving_out", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--words", type=int, default=300, help="of an article")
    parser.add_argument("--out", type=Path, metavar="FILE.md")
    given = parser.parse_args()
    lines = [HEAD]
    print(HEAD, flush=True)
    for count in given.sizes:
        with tempfile.TemporaryDirectory(prefix="moving-out-") as folder:
            for what, seconds, busy, most in exporting(Path(folder), count, given.words):
                lines.append(
                    f"| {what} | {count:,} | {seconds:.1f} | {busy:.1f} | {count / seconds:.0f} | {most:.0f} |"
                )
                print(lines[-1], flush=True)
    if given.out:
        given.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
