"""Clocks: what is scheduled in any zone and comes out, by a clock that is set as well."""

import json
import os
import re
import subprocess
import sys
import threading
import time

from tests.services import ROOT

from . import Row
from .people import Line
from .rig import running

SCHEDULE = """
import datetime, json, time
import django
django.setup()
from django.utils import timezone
from tests.make import make_article
now, mark, dues = timezone.now() + datetime.timedelta(seconds=20), time.monotonic() + 20, {}
for number in range(COUNT):
    after = number * 1.37
    make_article(f"Due-{number}-", slug=f"due-{number}", themes=["Syria"], at=now + datetime.timedelta(seconds=after))
    dues[number] = mark + after
print(json.dumps(dues))
"""
PAGES = {"/articles/": 20, "/": 8, "/themes/syria/": 20, "/feed.atom": 25}  # and how many of the newest each has


def watched(rig, dues):
    """Let readers look for what falls due until all is out; return ({number: first seen}, {number: last missed}), of each page."""
    seen, missed, over = {}, {}, threading.Event()

    def look(path):
        line = Line(rig.host, "reader", rig.log)
        while not over.is_set():
            begun = time.monotonic()
            answer, content = line.ask("GET", path)
            ended, there = time.monotonic(), {int(number) for number in re.findall(rb"Due-(\d+)-", content)}
            if answer is not None and answer.status == 200:
                for number in dues:
                    if number in there:
                        seen.setdefault((path, number), ended)
                    elif number + PAGES[path] not in dues or begun < dues[number + PAGES[path]]:  # or it has moved on
                        missed[path, number] = begun
            time.sleep(0.02)

    threads = [threading.Thread(target=look, args=(path,), daemon=True) for path in PAGES]
    for thread in threads:
        thread.start()
    time.sleep(max(0, max(dues.values()) - time.monotonic()) + 6)
    over.set()
    for thread in threads:
        thread.join()
    return seen, missed


def clocks(work, few):
    """F8."""
    env = os.environ | {"THOROUGH": "" if few else "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/test_clocks.py"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    told = done.stdout.strip().splitlines()[-1]
    with running(work) as rig:
        dues = {
            int(number): due
            for number, due in json.loads(rig.shell(SCHEDULE.replace("COUNT", "5" if few else "30"))).items()
        }
        seen, missed = watched(rig, dues)
        failed = [one for one in rig.log if one.failed]
    early = [each for each, at in seen.items() if at < dues[each[1]] - 0.001]
    late = max(at - dues[number] for (_path, number), at in missed.items())
    unseen = len(dues) * len(PAGES) - len(seen)
    return [
        Row(
            "F8",
            "hours that come twice or not at all (Berlin, New York, Lord Howe), Istanbul, leap day, clocks set by −10 min and +1 h, what is "
            "kept in use; and by the real clock, four pages watched of 2 workers",
            "gutenberg#3271: one hour off",
            "never early; ≤ 5 s late; ambiguous or nonexistent time refused with an explanation; order and versions unaffected; no feed dated "
            "ahead",
            f"{told}, {150 if few else 3_000:,} local times in 7 zones among them: each is the one instant it names or refused; {len(dues)} "
            f"articles fell due before {len(rig.log):,} views: {len(early)} early, none missed later than {max(late, 0):.2f} s after its "
            f"instant, {unseen} never seen, {len(failed)} failed",
            done.returncode == 0 and not early and late <= 5 and not unseen and not failed,
        )
    ]


TRIALS = {"F8": clocks}
