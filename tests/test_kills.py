"""A worker that is killed loses no save that was confirmed, and leaves none by half."""

import os

import pytest

from .benchmarks.kills import run
from .services import Postgres

KILLS = int(os.environ.get("KILLS", "8"))


@pytest.mark.processes
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_workers_killed_under_saving_editors_lose_nothing(kind, tmp_path):
    cluster = Postgres() if kind == "postgresql" else None
    try:
        came = run(tmp_path, KILLS, url=cluster.url if cluster else "")
    finally:
        if cluster:
            cluster.remove()
    assert came["verify"][0] == 0, came
    assert (came["kills"], came["lost"]) == (KILLS, 0)
    assert came["confirmed"] >= KILLS  # each kill waits for a save
