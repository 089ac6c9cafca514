"""Imports in processes of their own, killed at any instant and run again; and what there is then."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from .served import ROOT

# Each prints a line of JSON at its end; the first a line for each document, too.
TAKE = """
import json, sys
from collections import Counter
import django
django.setup()
from django.db import connection
from articles.transfer.taking.outcomes import Wishes
from articles.transfer.taking import take
from tests.documents import a_source
written, came = Counter(), Counter()
def count(execute, sql, params, many, context):
    word = sql.lstrip().split(" ", 1)[0]
    written[word] += word in {"INSERT", "UPDATE", "DELETE"}
    return execute(sql, params, many, context)
with connection.execute_wrapper(count):
    for outcome in take(a_source(COUNT), wishes=Wishes(publish=True)):
        came[outcome.result] += 1
        print(outcome.result, flush=True)
print(json.dumps({"came": came, "written": sum(written.values())}))
"""
TELL = """
import hashlib, json
import django
django.setup()
from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.core.files.storage import default_storage
from articles.models import Article, Author, Imported, Picture, Revision, Theme, ThemeName
themes, authors = (dict(model.objects.values_list("pk", "name")) for model in (Theme, Author))
pictures = dict(Picture.objects.values_list("pk", "file"))
def fields(row):
    said = dict(row.fields)
    said["themes"] = [themes[key] for key in said["themes"]]
    said["authors"] = [authors[key] for key in said["authors"]]
    said["lead_picture"] = pictures.get(said["lead_picture"])
    return [row.number, row.kind, row.change, said]
articles = sorted(
    [row.slug, row.title, row.html, str(row.published_at) if row.published_at else None, row.working.number,
     sorted(theme.name for theme in row.theme_list), [byline.author.name for byline in row.bylines.all()],
     [fields(each) for each in row.revisions.order_by("number")], row.imported.origin, row.imported.digest]
    for row in Article.objects.select_related("working", "imported").with_names().prefetch_related("revisions")
)
names = sorted(name for name in default_storage.listdir("")[1] if not name.startswith("."))
told = {
    "articles": articles,
    "redirects": sorted(Redirect.objects.values_list("old_path", "new_path")),
    "themes": sorted(ThemeName.objects.values_list("folded", "theme__name", "theme__slug")),
    "authors": sorted(Author.objects.values_list("name", "slug")),
    "pictures": sorted(Picture.objects.values_list("file", "alt", "caption", "width")),
    "files": [[name, hashlib.sha256(default_storage.open(name).read()).hexdigest()] for name in names],
    "imported": Imported.objects.count(),
}
counts = {name: len(value) if isinstance(value, list) else value for name, value in told.items()}
counts["revisions"] = Revision.objects.count()
print(json.dumps({"counts": counts, "hash": hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()}))
"""


class Importing:
    """An empty site in `folder` that takes the `count` documents of `documents.a_source`; on SQLite, or at `url`.

    `like` is another that is empty still, whose database is copied.
    """

    def __init__(self, folder, count, url="", like=None):
        (folder / "data" / "pictures").mkdir(parents=True)
        self.env = os.environ | {
            "DATA_DIR": str(folder / "data"), "DATABASE_URL": url, "CACHE_URL": "", "PICTURES_URL": "", "DATABASE_POOL": "0",
            "SECRET_KEY": "for a short life", "DJANGO_SETTINGS_MODULE": "relations_site.settings", "DATABASE_WAIT": "0",
        }  # fmt: skip
        self.count, self.database = count, folder / "data" / "site.sqlite3"
        if like:
            shutil.copy(like.database, self.database)
        else:
            self.manage("migrate", "-v", "0")

    def manage(self, *command):
        """Run a command of the site; return (status, what it said)."""
        given = [sys.executable, "manage.py", *command]
        done = subprocess.run(given, cwd=ROOT, env=self.env, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def start(self):
        """Start an import; return its process, which prints a line for each document."""
        code = TAKE.replace("COUNT", str(self.count))
        return subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=self.env, stdout=subprocess.PIPE, text=True, process_group=0
        )

    def whole(self):
        """Import without being killed; return {"came": {result: number}, "written": statements that write}."""
        return self.ended(self.start())

    @staticmethod
    def ended(process):
        """Return what the import `process` says at its end."""
        *_lines, last = process.communicate()[0].splitlines()
        if process.returncode:
            raise RuntimeError(f"an import ended with {process.returncode}")
        return json.loads(last)

    def killed(self, new, later):
        """Kill an import `later` seconds after it has taken `new` documents more; return whether it was still at work."""
        process, taken = self.start(), 0
        while taken < new and (line := process.stdout.readline()):
            taken += line.strip() == "taken"
        time.sleep(later)
        at_work = process.poll() is None
        if at_work:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return at_work

    def told(self, code=TELL):
        """Return what `code` prints of the site, read as JSON: {"counts": of rows, "hash": over all that there is}."""
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, check=True, text=True)
        return json.loads(done.stdout)


def interrupted(site, kills, seed=1):
    """Kill imports of `site` at `kills` instants that chance chooses, then let one end; return (how many were at work, its end)."""
    chance = random.Random(seed)
    share = max(1, site.count // (kills + 1))
    at_work = sum(site.killed(chance.randint(0, share), chance.uniform(0, 0.15)) for _kill in range(kills))
    return at_work, site.whole()
