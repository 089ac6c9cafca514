"""Keeping the tallies in line with what readers see, in the transaction that changes it."""

from collections import Counter
from contextlib import contextmanager

from django.db import transaction

from ..models import Edition, Tally, tally


@contextmanager
def recounted(keys):
    """Bring the tallies in line with what the block changes of the articles with `keys`; called in one's turn."""
    keys = list(keys)
    before = _counted(keys)
    yield
    difference = _counted(keys)
    difference.subtract(before)
    tally.put(difference)


def _counted(keys):
    found = Counter()
    for start in range(0, len(keys), tally.PART):
        found.update(tally.counted(keys[start : start + tally.PART]))
    return found


@transaction.atomic
def recount(progress=lambda done: None):
    """Count everything anew; return how many tallies were wrong. `progress(done)` is told how many articles are counted."""
    Edition.take_turn()
    return Tally.correct(progress)
