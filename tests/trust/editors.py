"""Editors against each other: every path on which something is saved, on both databases, with connections of their own."""

import json

from hypothesis import HealthCheck, given, settings

from .. import merges
from ..served import Shell, own_folder
from ..services import Postgres
from . import Row

BEGIN = """
import logging
from django.core.management import call_command
from django.test.utils import setup_test_environment
setup_test_environment()
logging.disable(logging.ERROR)
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
"""
PRESSED = (
    "save", "save apart", "hand in", "autosave promoted", "publish", "schedule", "update", "withdraw", "restore",
    "bulk tag", "theme merge", "theme", "source", "author", "series", "picture", "plain page", "settings", "user",
    "group", "redirect",
)  # fmt: skip
TAKEN = ("delete, save", "delete, publish", "withdraw, save", "withdraw, update", "rename, save")


def on_both(work, code):
    """Yield (database, run) of a process beside each database, in which `run(code)` returns what `code` prints as JSON."""
    postgres = Postgres()
    try:
        for name, url in {"SQLite": "", "PostgreSQL": postgres.url}.items():
            shell = Shell(own_folder(work / name, DATABASE_URL=url, DATABASE_POOL="0", DATABASE_WAIT="0"))
            shell.run(BEGIN + code)
            try:
                yield name, lambda code, shell=shell: json.loads(shell.run(code))
            finally:
                shell.end()
    finally:
        postgres.remove()


def at_once(work, few, *, paths, most, seconds):
    """Return ({database: {path: rounds}}, what was wrong): `most` rounds of each path, or as many as go into `seconds`.

    The first path has twelve times as long.
    """
    done, wrong = {}, []
    for database, run in on_both(work, ""):
        counts = done[database] = {}
        for place, path in enumerate(paths):
            limits = (2, 60) if few else (most, seconds if place else 12 * seconds)
            code = f"import json; from tests.rounds import run; print(json.dumps(run({path!r}, *{limits!r})))"
            counts[path], words = run(code)
            wrong += [f"{database}, {path}: {each}" for each in words]
    return done, wrong


def said(done, wrong):
    """Return the rounds and what was wrong, as a figure says it."""
    counts = "; ".join(
        f"{database} {sum(each.values()):,} rounds ({', '.join(f'{path} {count}' for path, count in each.items())})"
        for database, each in done.items()
    )
    return f"{len(wrong)} wrong in {counts}" + (f": {'; '.join(wrong[:3])}" if wrong else "")


def c1(work, few):
    """Two press at the same moment."""
    done, wrong = at_once(work, few, paths=PRESSED, most=1_000, seconds=7)
    what = f"two saves let go by a barrier, over {len(PRESSED)} paths"
    target = "one success and one refusal with its text kept (or both merged) in each of 1,000 rounds; 0 lost"
    return [Row("C1", what, "MediaWiki 5 cases, Wagtail none on ordinary saves", target, said(done, wrong), not wrong)]


def c7(work, few):
    """One takes away what the other saves."""
    done, wrong = at_once(work, few, paths=TAKEN, most=100, seconds=6)
    what = "one deletes, withdraws or renames while another saves, updates or publishes"
    return [Row("C7", what, "", "a choice, never a 500, never a resurrection", said(done, wrong), not wrong)]


def c2(work, few):
    """Many editors, one article."""
    seconds, editors, rows = (3, 5, []) if few else (60, 20, [])
    for database, run in on_both(work, "import json; from tests.crowds import crowd"):
        code = f"import json; from tests.crowds import crowd; print(json.dumps(crowd({editors}, {seconds})))"
        told = run(code)
        exact = 0 < told["successes"] == told["revisions"] == told["versions"] and not told["errors"]
        figure = (
            f"{database}, {editors} editors, {seconds} s: {told['successes']:,} successes, {told['revisions']:,} revisions, "
            f"last number {told['versions']:,}, {told['asked']:,} asked back, {told['errors']} errors"
        )
        target = "versions = successes = revisions"
        rows.append(Row("C2", "20 editors save one article", "8 editors exact", target, figure, exact))
    return rows


def c3(work, few):
    """One editor, two tabs."""
    count, found = (5 if few else 100), {}
    for database, run in on_both(work, ""):
        code = f"import json; from tests.crowds import tabs; print(json.dumps(tabs({count})))"
        found[database] = run(code)
    figure = ", ".join(f"{database}: {number} of {count}" for database, number in found.items())
    met = set(found.values()) == {count}
    return [Row("C3", "one editor, two tabs", "MediaWiki ignores it by time", "detected 100/100", figure, met)]


def c4(work, few):
    """One tab, with all that can come between."""
    count, rows = (10 if few else 500), []
    for database, run in on_both(work, ""):
        code = f"import json; from tests.crowds import lone; print(json.dumps(lone({count})))"
        told = run(code)
        figure = (
            f"{database}: {count} saves, {told['retried']} of them sent again, {told['kept']} texts kept between, "
            f"{told['settings']} saves of settings: {told['conflicts']} conflicts, {told['revisions']} revisions"
        )
        target = "0 false conflicts, one revision for each token"
        met = not told["conflicts"] and told["revisions"] == count
        what = "one tab saves; lost replies are retried, at once or later, and autosave goes on"
        rows.append(Row("C4", what, "Ghost #8969", target, figure, met))
    return rows


def c5(work, few):
    """Merges whose outcome can be foretold."""
    count, asked = (200 if few else 10_000), []

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(merges.texts())
    def one(drawn):
        asked.append(drawn)
        merges.check(drawn)

    wrong = []
    try:
        one()
    except AssertionError as error:
        wrong = [repr(error)]
    figure = f"{len(asked):,} merges, {len(wrong)} counter-examples {''.join(wrong)[:300]}"
    what = "merges: apart, in one place, CRLF, Cyrillic, no newline at the end"
    return [Row("C5", what, "MediaWiki 9 cases", "10,000 merges, 0 counter-examples", figure, not wrong)]


TRIALS = {"C1": c1, "C2": c2, "C3": c3, "C4": c4, "C5": c5, "C7": c7}
