"""A power cut loses no save that was confirmed, and leaves none by half."""

import shutil
import subprocess

import pytest

from .services import need
from .trust.powercuts import run


@pytest.fixture(autouse=True)
def strace():
    """Skip where nobody may look on."""
    need(shutil.which("strace"), "strace")
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode:
        pytest.skip("strace may not look on here")


@pytest.mark.processes
def test_the_power_is_cut_at_writes_of_saves_and_nothing_is_lost(tmp_path):
    came = run(tmp_path / "site", saves=5, workers=1, most=100)
    assert came["images"] > 300
    assert (came["corrupt"], came["lost"], came["half"]) == (0, 0, 0)


@pytest.mark.processes
def test_the_trial_finds_what_is_lost_without_full_syncs(tmp_path):
    came = run(tmp_path / "site", saves=4, also="PRAGMA synchronous=NORMAL;", workers=1, most=100)
    assert came["lost"] > 0
