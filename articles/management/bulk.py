"""Going through very many rows: in as many processes as are given, telling how far it is, stopped and gone on with."""

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from django.core.management.base import CommandError

from articles import processes

PART = 25  # rows that a process is given at a time
PAUSE = 5  # seconds between two lines


def add_arguments(parser):
    """Take --workers and --after."""
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes to work in (default: 1)")
    parser.add_argument("--after", type=int, metavar="KEY", help="go on where a run that was stopped had come to")


def worked(work, keys, *, workers, after, say):
    """Yield what `work(some of the keys)` returns, part after part in the order of `keys`.

    With more than one of the `workers` it is a function that another process can import. What comes before and with
    the key `after` is left out. `say(line)` is told now and then how far it is, and how to go on from there. Raise
    CommandError for arguments that make no sense.
    """
    if workers < 1:
        raise CommandError("--workers takes the number of processes, at least one.")
    if after is not None and after not in keys:
        raise CommandError(f"--after {after}: there is no such key; take one that a run that was stopped has named.")
    keys = keys[keys.index(after) + 1 :] if after is not None else keys
    parts = [keys[start : start + PART] for start in range(0, len(keys), PART)]
    pool = None
    if workers > 1 and len(parts) > 1:
        # Started anew: what was forked would share this process's connections.
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=processes.begin)
    began = told = time.monotonic()
    done = 0
    try:
        for part, result in zip(parts, (pool.map if pool else map)(work, parts), strict=True):
            yield result
            done += len(part)
            now = time.monotonic()
            if now - told >= PAUSE and done < len(keys):
                told = now
                pace = done / (now - began)
                say(f"{done:,} of {len(keys):,}, {pace:.0f} a second; stopped, go on with --after {part[-1]}")
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)
