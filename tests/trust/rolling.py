"""The site's own processes are started anew, one after the other, under readers and editors behind nginx."""

import signal
import time

from tests.benchmarks.kills import workers

from . import Row
from .people import in_words, milliseconds, percentile
from .rig import public, running


def one_after_the_other(rig, times):
    """End and start one instance after the other, `times` in all, each as soon as the one before answers again."""
    for turn in range(times):
        host = rig.instances[turn % len(rig.instances)]
        host.stop()
        host.start()


def told_to_reload(rig, times):
    """Have the first instance replace its workers, `times` one, which it does itself on a hangup."""
    host, done = rig.instances[0], 0
    while done < times:
        before = set(workers(host.process.pid))
        host.process.send_signal(signal.SIGHUP)
        while before & set(workers(host.process.pid)):
            time.sleep(0.05)
        done += len(before)


def rolling(work, few):
    """F7."""
    rows, ways = [], {"two instances ended and started in turn": (2, 1, one_after_the_other), "workers replaced on SIGHUP": (1, 2, told_to_reload)}  # fmt: skip
    for number, (name, (instances, each, restart)) in enumerate(ways.items()):
        times = 6 if few else 100 if number == 0 else 40
        place = work / str(number)
        place.mkdir()
        with running(place, nginx=True, instances=instances, workers=each, GRANIAN_RESPAWN_INTERVAL="2") as rig:
            rig.read(4, lambda number: public(number, made=4))
            rig.edit(every=0.5)
            time.sleep(2)
            begun = time.monotonic()
            restart(rig, times)
            took = time.monotonic() - begun
            time.sleep(1)
            rig.rest()
            confirmed, lost = rig.saved()
            status, _said = rig.manage("verify")
            log = list(rig.log)
        failed = [one for one in log if one.failed]
        cut = [one for one in failed if one.method == "POST"]
        rows.append(
            Row(
                "F7",
                f"{name} under 4 readers and 4 editors, behind nginx.conf (SQLite)",
                "–",
                "100 restarts: 0 failed requests, 0 cut saves",
                f"{times} restarts in {took:.0f} s, {len(log):,} requests: {len(failed)} failed ({in_words(failed)}), {len(cut)} "
                f"saves cut; {confirmed:,} saves confirmed, {lost} lost; p99 {milliseconds(percentile(log))}; "
                f"verify {'clean' if status == 0 else 'finds damage'}",
                not failed and not lost and status == 0,
            )
        )
    return rows


TRIALS = {"F7": rolling}
