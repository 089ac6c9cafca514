"""The site's own processes are started anew, one after the other, under readers and editors behind nginx."""

import time

from . import Row
from .people import in_words, milliseconds, percentile
from .rig import public, running


def rolling(work, few):
    """F7."""
    times = 6 if few else 100
    with running(work, nginx=True, instances=2, workers=1) as rig:
        rig.read(4, lambda number: public(number, made=4))
        rig.edit(every=0.5)
        time.sleep(2)
        begun = time.monotonic()
        for turn in range(times):
            host = rig.instances[turn % 2]
            host.stop()
            host.start()  # returns when it answers
        took = time.monotonic() - begun
        time.sleep(1)
        rig.rest()
        confirmed, lost = rig.saved()
        status, _said = rig.manage("verify")
        log = list(rig.log)
    failed = [one for one in log if one.failed]
    cut = [one for one in failed if one.method == "POST"]
    return [
        Row(
            "F7",
            "two processes ended (SIGTERM) and started in turn, each when the one before answers, under 4 readers and 4 editors "
            "behind nginx.conf (SQLite)",
            "–",
            "100 restarts: 0 failed requests, 0 cut saves",
            f"{times} restarts in {took:.0f} s, {len(log):,} requests: {len(failed)} failed ({in_words(failed)}), {len(cut)} "
            f"saves cut; {confirmed:,} saves confirmed, {lost} lost; p99 {milliseconds(percentile(log))}; "
            f"verify {'clean' if status == 0 else 'finds damage'}",
            not failed and not lost and status == 0,
        )
    ]


TRIALS = {"F7": rolling}
