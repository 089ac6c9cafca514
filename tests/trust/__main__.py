"""Run the full set of trials, or those named, and print a table.

    python -m tests.trust [F1 F2 ...] [--few] [--table FILE]

Starts its own servers on 127.0.0.1 in temporary folders; PostgreSQL, Redis, nginx and Chromium must be installed. `--few` is
a short run of each. `--table` replaces in FILE (Markdown) the rows of the trials that ran and leaves the others. Ends with 1
when a target was missed.
"""

import argparse
import importlib
import pkgutil
import sys
import tempfile
import time
from pathlib import Path

from . import Row, __path__

HEAD = "| test | what | anchor | target | figure | met |"


def main():
    """Run what the command line asks for."""
    known = trials()
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__.partition("\n")[0])
    parser.add_argument("tests", nargs="*", metavar="TEST", help=", ".join(known))
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--table", type=Path, metavar="FILE")
    given = parser.parse_args()
    if unknown := [name for name in given.tests if name not in known]:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(known)}")
    rows = []
    for name in given.tests or known:
        rows += run(name, known[name], given.few)
        if given.table:
            given.table.write_text(merged(given.table.read_text() if given.table.exists() else "", rows))
    return 0 if all(row.met for row in rows) else 1


def trials():
    """Return {name: function} of all trials."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name != "__main__":
            found |= getattr(importlib.import_module(f"{__package__}.{module.name}"), "TRIALS", {})
    return dict(sorted(found.items(), key=lambda pair: order(pair[0])))


def order(name):
    """Return what sorts F2 before F10."""
    letters = name.rstrip("0123456789")
    return letters, int(name[len(letters) :] or 0)


def run(name, trial, few):
    """Return the rows of one trial, and print them; one that fails is a row too."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"{name.lower()}-") as folder:
        try:
            rows = trial(Path(folder), few)
        except Exception as error:
            rows = [Row(name, "", "", "", f"{type(error).__name__}: {error}", False)]
    for row in rows:
        print(f"{line(row)} {time.monotonic() - begun:.0f} s", flush=True)
    return rows


def line(row):
    """Return a row as one of a Markdown table."""
    cells = [str(cell).replace("|", "\\|").replace("\n", " ") for cell in row[:-1]]
    return f"| {' | '.join(cells)} | {'yes' if row.met else '**no**'} |"


def merged(text, rows):
    """Return the Markdown `text` with `rows` in its table in place of those of the same tests."""
    before, head, table = text.partition(HEAD)
    ran = {row.test for row in rows}
    kept = [old for old in table.splitlines()[2:] if old.startswith("|") and old.split("|")[1].strip() not in ran]
    lines = sorted([*kept, *map(line, rows)], key=lambda each: order(each.split("|")[1].strip()))
    return "\n".join([before.rstrip(), "", HEAD, "|" + " --- |" * 6, *lines]).lstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
