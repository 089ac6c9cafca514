"""What is no whole backup is refused in words, and a restore that ends half-way leaves what was there."""

import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import tarfile
import time

import pytest

from .served import ROOT
from .test_backup import FILL, cluster, made, pages, run, title_of  # noqa: F401 - two are fixtures
from .thorough import times

pytestmark = pytest.mark.processes


def remade(path, target, change):
    """Write to `target` the archive at `path` with its members, {name: bytes}, changed by `change`."""
    with tarfile.open(path) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}
    members = change(members) or members
    with tarfile.open(target, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return target


def lying(**told):
    """Return a change of the manifest."""

    def change(members):
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | told).encode()

    return change


def relabelled(members):
    """A picture exchanged, and the manifest of one who hopes that nobody looks."""
    name = next(name for name in members if name.startswith("pictures/"))
    members[name] = b"other"


def without_a_picture(members):
    return {name: content for name, content in members.items() if not name.endswith(".jpg")}


def out_of_bounds(members):
    manifest = json.loads(members["manifest.json"])
    manifest["members"]["../../evil"] = hashlib.sha256(b"evil").hexdigest()
    return {"../../evil": b"evil", **members, "manifest.json": json.dumps(manifest).encode()}


def unmanifested(members):
    return {"extra": b"x", **members}


LIES = {
    "is not what was backed up": [relabelled, without_a_picture, unmanifested],
    "no backup that this version": [lying(format=2), lying(members=[])],
    "made by a later version": [lying(migrations=[["articles", "9999_later"]])],
    "backup is of a": [lying(database="oracle")],
    "backup of a damaged site": [lying(damaged=["revision 3 of pipes: it is not what was saved"])],
    "no whole backup: its end": [lambda members: members.pop("manifest.json") and None],
    "manifest can't be read": [lambda members: members.update({"manifest.json": b"{"})],
    "has no place in one": [out_of_bounds],
}


def test_what_is_not_a_whole_backup_is_refused_in_words(made, tmp_path):  # noqa: F811
    site = made.site(tmp_path / "one")
    site.shell(FILL)
    whole = tmp_path / "whole.tar"
    assert run(site, "backup", whole)[0] == 0
    before, content, chance = pages(site), whole.read_bytes(), random.Random(6)
    bad = tmp_path / "bad.tar"
    refused = f"""
import io
from pathlib import Path
from articles.backup import BackupError, restore
try:
    restore(Path({str(bad)!r}), replace=True)
except BackupError as error:
    print(error)
"""
    for words, changes in LIES.items():
        for change in changes:
            remade(whole, bad, change)
            assert words in site.shell(refused)
    for wrong in (b"", b"no tar at all" * 99, content[:700]):
        bad.write_bytes(wrong)
        assert "no whole backup" in site.shell(refused)
    for _cut in range(times(8, 50)):
        bad.write_bytes(
            content[: chance.randrange(512, len(content) - 11_000)]
        )  # in front of the manifest and the padding
        assert "backup" in site.shell(refused)
        place = chance.randrange(len(content) - 11_000)
        flipped = bytes([content[place] ^ 1 << chance.randrange(8)])
        bad.write_bytes(content[:place] + flipped + content[place + 1 :])
        remark = site.shell(refused)
        assert "damaged" in remark or "no whole backup" in remark or "no place" in remark, remark
    bad.unlink()
    assert "There is no file" in site.shell(refused)
    assert pages(site) == before
    assert run(site, "verify")[0] == 0
    assert not [file for file in (tmp_path / "one").iterdir() if "restored" in file.name]


def test_a_restore_that_is_killed_leaves_what_was_there(made, tmp_path):  # noqa: F811
    site = made.site(tmp_path / "one")
    site.shell(FILL)
    path = tmp_path / "a.tar"
    assert run(site, "backup", path)[0] == 0
    again = "from tests.make import *; from articles.models import *; change(Article.objects.get(slug='shown'), title='Rewritten')"
    site.shell(again)
    changed = pages(site)
    began = time.monotonic()
    assert run(site, "restore", path, "--replace", "--quick")[0] == 0
    took, restored = time.monotonic() - began, pages(site)
    outcomes, chance, kills = [], random.Random(7), times(6, 40)
    for kill in range(kills):
        if title_of(site) != "Rewritten":
            site.shell(again)
            changed = pages(site)
        command = [sys.executable, "manage.py", "restore", str(path), "--replace", "--quick"]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=site.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep((kill + chance.random()) / kills * took)  # a busy machine may have taken long before
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        status, said = run(site, "verify", "--quick")
        assert status == 0, said
        now = pages(site)
        assert now in (changed, restored)
        outcomes.append(now == changed)
    assert any(outcomes)
    # Killed at its last step before the database changes.
    if title_of(site) != "Rewritten":
        site.shell(again)
        changed = pages(site)
    code = f"""
import os, django
django.setup()
from pathlib import Path
from articles.backup import {made.kind} as engine, restore
def kill(*args, **options):
    os.kill(os.getpid(), 9)
{KILLED[made.kind]}
restore(Path({str(path)!r}), replace=True)
"""
    env = site.env | {"DJANGO_SETTINGS_MODULE": "relations_site.settings"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    time.sleep(0.5)
    assert pages(site) == changed
    assert run(site, "verify")[0] == 0


# Where it is killed: before the pages of the copy go in; when the dump has been read, before the COMMIT.
KILLED = {
    "sqlite": "from articles.models import Edition\nEdition.begin_anew = kill",
    "postgresql": "plain = engine._run\n"
    "engine._run = lambda *c, **o: kill() if plain(*c, **o) is None and 'stdout' in o else None",
}
