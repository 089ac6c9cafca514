"""A real site on a disk that is full or can't be written, and with its database locked by somebody else."""

import pytest

from .trust import disks


def all_well(found):
    """Whether readers saw nothing, editors kept their words and nothing was lost."""
    return (found["read wrong"], found["wrong"], found["reads"] > 0) == ({}, [], True)


@pytest.mark.processes
@pytest.mark.parametrize(
    "trial", [lambda work: disks.full_disk(work / "disk", 1), disks.unwritable], ids=["full", "read-only"]
)
def test_readers_go_on_and_editors_keep_their_words_on_a_disk_that_takes_nothing(trial, tmp_path):
    try:
        found = trial(tmp_path)
    except disks.CantMount as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    assert all_well(found), found


@pytest.mark.processes
def test_a_save_waits_for_a_locked_database_and_comes_back_whole(tmp_path):
    found = disks.locked(tmp_path, 1, 0)
    assert all_well(found), found
