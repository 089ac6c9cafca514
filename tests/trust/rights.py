"""Who may do and see what: the matrices of rights (AZ) and of leaks (E), every cell of them, on both databases.

The cells are walked by the suite's own tests, which know them; what they count comes back in the report they write.
"""

import http.client
import os
import statistics
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from urllib.parse import urlsplit

from ..served import ROOT, Site
from ..services import Postgres
from . import Row

REQUESTS = 200
HIDDEN = "xqhiddenhidden"
NEVER = "xqneverneverne"


def walked(work, few, *tests):
    """Return [(database, what the tests counted, those that failed), …] of the matrices in the files `tests`."""
    found, database = [], Postgres()
    try:
        for name, url in (("SQLite", ""), ("PostgreSQL", database.url)):
            report = work / f"{name}.xml"
            env = os.environ | {"DATABASE_URL": url, "DATA_DIR": str(work / "data"), "EVERY_CELL": "" if few else "1"}
            options = ["-q", "-n", "0", "-p", "no:logging", "-o", "junit_family=xunit1", "--create-db"]
            command = [sys.executable, "-m", "pytest", *options, f"--junitxml={report}", *tests]
            subprocess.run(command, cwd=ROOT, env=env, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
            counted, failed = Counter(), []
            for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - written a moment ago
                if case.find("failure") is not None or case.find("error") is not None:
                    failed.append(case.get("name"))
                for told in case.iter("property"):
                    counted[case.get("name")] += int(told.get("value"))
                counted["cases"] += 1
            found.append((name, counted, failed))
    finally:
        database.remove()
    return found


def rights(work, few):
    """AZ: five roles × every address of the desk × methods × own and others' rows; forged fields in every form."""
    told, failures = [], []
    for name, counted, failed in walked(work, few, "tests/test_every_right.py", "tests/test_rights.py"):
        cells, forms = (
            counted[f"test_{case}"]
            for case in ("nobody_gets_further_than_their_rights", "nothing_can_be_slipped_into_a_form")
        )
        told.append(
            f"{name}: {cells:,} cells, {forms:,} forms with forged fields, {len(failed)} of {counted['cases']} cases failed"
        )
        failures += failed
    what = "nobody, Writer, Editor, Theme keeper, administrator × every address of the desk × GET, POST, PUT, DELETE, PATCH × own and others’"
    target = "0 unexpected 200s; 0 forged fields stored; a new address without an entry fails"
    return [Row("AZ", what, "13 CVEs of Wagtail in 2026, almost all a right not asked for at a second address", target,
                "; ".join(told) + (f": {', '.join(failures)}" if failures else ""), not failures)]  # fmt: skip


def leaks(work, few):
    """E: what is hidden × every public address × visitors; and how long an address takes that is hidden, or never was."""
    told, failures = [], []
    for name, counted, failed in walked(work, few, "tests/test_visibility.py"):
        cells = sum(number for case, number in counted.items() if case.startswith("test_"))
        told.append(f"{name}: {cells:,} cells, {len(failed)} of {counted['cases']} cases failed")
        failures += failed
    what = "nine states × every public address × nobody, after an editor, without rights, wrong token; every field its own word; peers’ CVEs of 2026"
    rows = [Row("E", what, "1,296 cells; six leaks of peers by side doors in 2026", "0 words in bodies and headers; gone at once",
                "; ".join(told) + (f": {', '.join(failures)}" if failures else "; 0 words seen"), not failures)]  # fmt: skip
    return [*rows, timed(work / "timed", few)]


SETUP = f"""
from tests.make import make_article
for state in ("draft", "scheduled"):
    import datetime
    from django.utils import timezone
    at = timezone.now() + datetime.timedelta(days=40) if state == "scheduled" else None
    make_article("Hidden", slug="{HIDDEN}"[:-1] + state[0], published=False, at=at, body="Some words. " * 5000)
"""


def timed(work, few):
    """Return the row of how much longer an address takes that is hidden than one that never was."""
    site = Site(work)
    try:
        site.shell(SETUP)
        site.start()
        told, worst = [], 0.0
        for name, slug in (("draft", HIDDEN[:-1] + "d"), ("scheduled", HIDDEN[:-1] + "s")):
            took = {slug: [], NEVER: []}
            for _number in range(REQUESTS // 10 if few else REQUESTS):
                for asked, times in took.items():
                    times.append(asked_for(f"{site.base}/articles/{asked}/"))
            apart = (statistics.median(took[slug]) - statistics.median(took[NEVER])) * 1000
            worst = max(worst, abs(apart))
            told.append(f"{name} {apart:+.2f} ms")
    finally:
        site.close()
    what = f"median of {REQUESTS // 10 if few else REQUESTS} requests for a hidden address against one that never was, by turns"
    return Row("E", what, "±2 ms", "±2 ms", ", ".join(told), worst <= 2)


def asked_for(address):
    """Return the seconds that the 404 at `address` took."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    begun = time.perf_counter()
    connection.request("GET", urlsplit(address).path)
    response = connection.getresponse()
    response.read()
    took = time.perf_counter() - begun
    connection.close()
    if response.status != 404:
        raise AssertionError(f"{response.status} at {address}")
    return took


TRIALS = {"AZ": rights, "E": leaks}
