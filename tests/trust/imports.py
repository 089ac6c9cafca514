"""Imports are killed at any instant and run again: what there is then is what one that nobody disturbed made."""

from ..imports import Importing, interrupted
from ..services import Postgres
from . import Row


def imports(work, few):
    """Kill imports on SQLite and on PostgreSQL."""
    posts, kills = (60, 5) if few else (2_000, 50)
    whole = Importing(work / "whole", posts)
    whole.whole()
    wanted, rows = whole.told(), []
    for kind in ("SQLite", "PostgreSQL"):
        cluster = Postgres() if kind == "PostgreSQL" else None
        try:
            rows.append(_row(kind, Importing(work / kind, posts, cluster.url if cluster else ""), kills, wanted))
        finally:
            if cluster:
                cluster.remove()
    return rows


def _row(kind, site, kills, wanted):
    at_work, last = interrupted(site, kills)
    came = site.told()
    third = site.whole()
    status, said = site.manage("verify")
    what = f"an import of {site.count:,} texts with pictures killed (SIGKILL) at random instants and run again, {kind}"
    counts = ", ".join(f"{number:,} {name}" for name, number in came["counts"].items())
    same = "the same" if came == wanted else f"NOT the same ({wanted['counts']})"
    figure = f"{at_work} kills, {last['came'].get('taken', 0):,} taken by the last run; content {same} as undisturbed: {counts}; "
    figure += f"third run: {third['written']} writes; verify: {'clean' if not status else said}"
    good = at_work >= kills * 0.9 and came == wanted and third["written"] == 0 and not status
    target = "50 kills; content equals the uninterrupted run; 0 duplicates; third run writes 0 rows"
    return Row("F10", what, "–", target, figure, good)


TRIALS = {"F10": imports}
