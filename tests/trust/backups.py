"""Backups under readers and editors, each put back in a new place; and bytes that flip."""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.services import ROOT
from tests.test_backup import PAGES

from . import Row
from .people import in_words
from .rig import public, running

PICTURES = """
import django
django.setup()
from tests.make import make_article, make_picture
picture = make_picture()
make_article("Shown", slug="shown", body=f"![A strait]({picture.file.url}) Said.", lead_picture=picture.pk)
make_article("Gone", slug="gone", withdrawn="It was wrong.")
"""


class Copies:
    """The places in which the backups of `rig` are put back."""

    def __init__(self, rig):
        self.rig, self.count = rig, 0

    def restored(self, path):
        """Put the backup at `path` back into a new, empty place; return (its environment, status, what was said)."""
        self.count += 1
        name = f"copy{self.count}"
        env = self.rig.env | {"DATA_DIR": str(self.rig.work / name), "DATABASE_WAIT": "0", "DATABASE_POOL": "0"}
        shutil.copytree(self.rig.work / "data" / "static", self.rig.work / name / "static")
        cluster = self.rig.postgresql
        if cluster:
            cluster.run("createdb", "-h", "127.0.0.1", "-p", str(cluster.port), "-U", "site", name)
            env["DATABASE_URL"] = cluster.url.rpartition("/")[0] + f"/{name}"
        command = [sys.executable, "manage.py", "restore", str(path)]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        return env, done.returncode, done.stdout + done.stderr


def pages(env):
    """Return {path: [status, hash]} of the pages and pictures of the site of `env`."""
    env = env | {"DJANGO_SETTINGS_MODULE": "relations_site.settings", "DATABASE_WAIT": "0", "DATABASE_POOL": "0"}
    code = f"import django\ndjango.setup()\n{PAGES}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def differing(one, two):
    """Return how many pages of `one` and `two` are not the same."""
    return sum(one.get(path) != two.get(path) for path in one.keys() | two.keys())


def backups_under(rig, times):
    """Make `times` backups under readers and editors and one when these have gone; return ([path], [seconds of each])."""
    rig.shell(PICTURES)
    rig.read(3, lambda number: public(number, made=4), pause=0.1)
    rig.edit(every=0.7)
    time.sleep(2)
    paths, seconds = [rig.work / f"{number}.tar" for number in range(times + 1)], []
    for path in paths:
        if path is paths[-1]:
            rig.rest()
        begun = time.monotonic()
        status, said = rig.manage("backup", str(path))
        seconds.append(time.monotonic() - begun)
        assert status == 0, said
    return paths, seconds


def backups(work, few):
    """F11."""
    rows = []
    for kind, times in (("SQLite", 3 if few else 50), ("PostgreSQL", 2 if few else 8)):
        place = work / kind
        place.mkdir()
        with running(place, postgresql=kind == "PostgreSQL") as rig:
            paths, seconds = backups_under(rig, times)
            log = list(rig.log)
            confirmed, lost = rig.saved()
            copies = Copies(rig)
            with ThreadPoolExecutor(2) as two:
                came = list(two.map(copies.restored, paths))
            bad = [said for _env, status, said in came if status or "Nothing is damaged" not in said]
            own = differing(pages(rig.env), pages(came[-1][0]))
            again = copies.restored(paths[0])[0]
            twice = differing(pages(came[0][0]), pages(again))
            count = len(pages(came[-1][0]))
            size = paths[-1].stat().st_size
        failed = [one for one in log if one.failed]
        saves = [one for one in log if one.method == "POST"]
        rows.append(
            Row(
                "F11",
                f"backups under 3 readers and 4 editors, {kind}, each put back into a new place",
                "SQLite's own copy of 164 MB: 0.3 s",
                "all pass integrity, foreign keys, verify, media hashes; 0 failed saves meanwhile; diff of pages = 0",
                f"{times} backups, {times + 1} of {len(came)} restored and clean but for {len(bad)}; {len(saves):,} saves meanwhile, "
                f"{len(failed)} requests failed ({in_words(failed)}), {confirmed:,} confirmed, {lost} lost; the last, of the site at rest: "
                f"{own} of {count} pages and pictures differ; the first, made under load, restored twice: {twice} differ; "
                f"{min(seconds):.1f}–{max(seconds):.1f} s each ({size / 1e6:.1f} MB, start of the command included)",
                not (bad or failed or lost or own or twice),
            )
        )
    return rows


FLIPS = """
import json, os, random, sqlite3
from pathlib import Path
import django
django.setup()
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from articles import integrity
from articles.integrity.pictures import damaged_pictures
from articles.models import Picture, Revision
from tests.test_verify import flipped, library, words_in
call_command("migrate", verbosity=0)
library()
folder, wanted, chance = Path(os.environ["DATA_DIR"]), int(os.environ["FLIPS"]), random.Random(12)
sound, damaged = folder / "sound.sqlite3", folder / "damaged.sqlite3"
with connection.cursor() as cursor:
    cursor.execute("VACUUM INTO %s", [str(sound)])
content, words, live = sound.read_bytes(), words_in(sound), connection.settings_dict["NAME"]
came = {"flips": 0, "hit": 0, "missed": 0, "pictures": 0, "unseen": 0}
while came["hit"] < wanted and came["flips"] < 100 * wanted:
    damaged.write_bytes(flipped(content, chance))
    came["flips"] += 1
    if words_in(damaged) == words:
        continue
    connection.close()
    connection.settings_dict["NAME"] = str(damaged)
    came["hit"] += 1
    came["missed"] += next(integrity.damages(), None) is None
connection.close()
connection.settings_dict["NAME"] = live
keys, names = list(Picture.objects.values_list("pk", flat=True)), sorted(Picture.objects.get().files)
for _flip in range(wanted):
    path = Path(default_storage.path(chance.choice(names)))
    sound = path.read_bytes()
    path.write_bytes(flipped(sound, chance))
    came["pictures"] += 1
    came["unseen"] += not [line for line in damaged_pictures(keys) if f"{path.name} is damaged" in line]
    path.write_bytes(sound)
print(json.dumps(came))
"""


def flips(work, few):
    """F12."""
    wanted = 10 if few else 200
    env = os.environ | {
        "DATA_DIR": str(work), "DATABASE_URL": "", "CACHE_URL": "", "PICTURES_URL": "", "SECRET_KEY": "short",
        "DJANGO_SETTINGS_MODULE": "relations_site.settings", "FLIPS": str(wanted),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", FLIPS], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True)
    came = json.loads(done.stdout)
    return [
        Row(
            "F12",
            "one bit of one byte flipped at a random place of SQLite's file until 200 had hit a word of a revision, an article, a theme or "
            "the index; and of the files of a picture",
            "integrity_check alone misses what flips within a row",
            "verify names 100 % of damaged revisions and files",
            f"{came['flips']:,} bytes of the database flipped: {came['hit']} hit a word, {came['missed']} of these not named; "
            f"{came['pictures']} bytes of pictures flipped, {came['unseen']} not named",
            not (came["missed"] or came["unseen"]) and came["hit"] == came["pictures"] == wanted,
        )
    ]


TRIALS = {"F11": backups, "F12": flips}
