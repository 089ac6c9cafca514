"""M: each defence is removed, one at a time, from a copy of the project, and its test must fail.

A test that passes without the defence it is there for would be no test. `DEFENCES` names the defence, where it stands, what
takes its place, and the tests that must notice.
"""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.services import ROOT

from . import Row

FAILED = 1  # pytest: tests ran, and some failed


class Defence(NamedTuple):
    """`old` stands once in the file `path`; with `new` in its place the pytest node ids `tests` must fail."""

    name: str
    path: str
    old: str
    new: str
    tests: tuple


DEFENCES = [
    Defence(
        "the one door to the public asks for the hour",
        "articles/models/article.py",
        "        return self.filter(**span, withdrawn_at=None)",
        "        return self.filter(withdrawn_at=None, published_at__isnull=False)",
        ("tests/test_visibility.py",),
    ),
    Defence(
        "the one door to the public asks for withdrawals",
        "articles/models/article.py",
        "        return self.filter(**span, withdrawn_at=None)",
        "        return self.filter(**span)",
        ("tests/test_visibility.py",),
    ),
    Defence(
        "a save is conditional on the revision it came from",
        "articles/publishing/steps.py",
        "filter(pk=article.pk, working=based_on).update(working=revision)",
        "filter(pk=article.pk).update(working=revision)",
        ("tests/test_at_once.py",),
    ),
    Defence(
        "what is rendered goes through the allow-list",
        "articles/text/safe.py",
        "        cleaned = _CLEANER.clean(html)",
        "        cleaned = html",
        ("tests/test_text.py",),
    ),
    Defence(
        "the result of the allow-list is stable",
        "articles/text/safe.py",
        "        if cleaned == html:",
        "        if True:",
        ("tests/test_text.py",),
    ),
    Defence(
        "a text that renders for too long is given up",
        "articles/text/__init__.py",
        "                if not selector.select(SECONDS):",
        "                if not selector.select(60):",
        ("tests/test_text.py::test_no_text_makes_rendering_hang",),
    ),
    Defence(
        "the password is tried only while the throttle allows it",
        "articles/accounts/throttle.py",
        "        if until and until > at:",
        "        if False:",
        ("tests/test_login.py",),
    ),
    Defence(
        "a try is counted before it is hashed",
        "articles/accounts/throttle.py",
        "    _count(counted, tries.clock())\n",
        "",
        ("tests/test_login.py::test_a_try_is_counted_before_it_is_hashed",),
    ),
    Defence(
        "what a visitor says of their address is not believed",
        "articles/network.py",
        "    if settings.TRUST_PROXY:",
        "    if True:",
        ("tests/test_login.py::test_what_a_visitor_says_of_their_address_is_not_believed",),
    ),
    Defence(
        "the desk is kept by no cache",
        "articles/middleware.py",
        '            response.headers["Cache-Control"] = "private, no-store"',
        "            pass",
        ("tests/test_desk.py::test_every_page_of_the_desk_opens_and_is_never_stored",),
    ),
    Defence(
        "every term of a query is quoted for the engine",
        "articles/search/engines.py",
        """f'"{" ".join(words)}"'""",
        """" ".join(words)""",
        ("tests/test_search.py",),
    ),
    Defence(
        "a changed revision is told by its digest",
        "articles/integrity/revisions.py",
        "        if row.digest != digest_of(row, row.article.uid):",
        "        if False:",
        ("tests/test_verify.py::test_every_letter_of_a_revision_that_flips_is_named",),
    ),
    Defence(
        "a changed picture is told by its digest",
        "articles/integrity/pictures.py",
        "            if problem := unlike(name, recorded, _read(name)):",
        "            if problem := None:",
        ("tests/test_verify.py::test_every_byte_of_a_picture_that_flips_is_named",),
    ),
    Defence(
        "a stored revision is never written again",
        "articles/models/revision.py",
        "        if not self._state.adding:",
        "        if False:",
        ("tests/test_revisions.py::test_nothing_changes_what_is_stored",),
    ),
    Defence(
        "only public addresses are connected to",
        "articles/linkcheck.py",
        "    if not found or not all(is_public(address) for address in found):",
        "    if not found:",
        ("tests/test_linkcheck.py::test_no_private_address_is_asked",),
    ),
    Defence(
        "the page cache keeps what is for everybody for longer than a moment alone",
        "relations_site/page_cache.py",
        "        kept = public and ",
        "        kept = ",
        ("tests/test_page_cache.py::test_what_is_for_this_moment_is_kept_by_nobody",),
    ),
    Defence(
        "SQLite's transactions begin as writers",
        "relations_site/settings.py",
        '                "transaction_mode": "IMMEDIATE",\n',
        "",
        ("tests/test_at_once.py",),
    ),
]


def defences(work, few):
    """Remove each defence and see its tests fail; `few` looks at every fifth."""
    chosen = DEFENCES[::5] if few else DEFENCES
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda pair: noticed(work / str(pair[0]), pair[1]), enumerate(chosen)))
    missed = [f"{defence.name}: {outcome}" for defence, outcome in zip(chosen, found, strict=True) if outcome]
    figure = f"{len(chosen)} removed, {len(chosen) - len(missed)} noticed{'; ' + '; '.join(missed) if missed else ''}"
    return [Row("M", "each defence removed, one at a time", "-", "its test fails", figure, not missed)]


def noticed(folder, defence):
    """Return nothing when the tests of `defence` fail without it in a copy of the project at `folder`, else what came."""
    copied(folder)
    path = folder / defence.path
    text = path.read_text()
    if text.count(defence.old) != 1:
        return f"stands {text.count(defence.old)} times"
    path.write_text(text.replace(defence.old, defence.new))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-n",
        "0",
        "-m",
        "",
        "-p",
        "no:cacheprovider",
        *defence.tests,
    ]
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DATA_DIR"}}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    shutil.rmtree(folder)
    if ran.returncode == FAILED and "FAILED" in ran.stdout:
        return ""
    return "not noticed" if ran.returncode == 0 else (ran.stdout + ran.stderr).strip().splitlines()[-1]


def copied(folder):
    """Copy what is under version control to `folder`."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


TRIALS = {"M": defences}
