"""M: each defence is removed, one at a time, from a copy of the project, and its test must fail.

A test that passes without the defence it is there for would be no test. defences.toml names each defence, where it stands,
what takes its place, and the tests that must notice.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
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
    tests: list


DEFENCES = [Defence(**told) for told in tomllib.loads(Path(__file__).with_suffix(".toml").read_text())["defence"]]


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
