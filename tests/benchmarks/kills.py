"""Workers are killed at any instant while editors save and publish: every confirmed save must be there, and whole.

    python -m tests.benchmarks.kills [--kills 1000] [--editors 6] [--seed 1]

Runs granian with two workers on SQLite in a temporary folder, or on the empty PostgreSQL database that DATABASE_URL names.
Each editor has an article and writes the number of the save into its text; every third save is a publication. A save is
confirmed when the form's answer leads on (302). Ends with 1 when one was lost, an article is not its last revision, or
`manage.py verify` finds anything else that was written by half.
"""

import argparse
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path

from tests.services import ROOT, Host

SETUP = """
import json
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from django.contrib.auth.models import User
from django.test import Client
from tests.make import make_article
chief = User.objects.create_superuser("chief", password="chief-password")
client = Client()
client.force_login(chief)
keys = [make_article(f"Article {number}", slug=f"written-{number}", themes=["Syria"], by=chief).pk for number in range(EDITORS)]
from articles.models import Author, Theme
print(json.dumps([client.cookies["sessionid"].value, keys, {"themes": Theme.objects.get(slug="syria").pk,
                  "authors": Author.objects.get(name="The editors").pk}]))
"""
SAVED = """
import json, re
import django
django.setup()
from articles.models import Article, Revision
found = {pk: [int(re.match(r"Save (\\d+)\\.", body)[1]) for body in
              Revision.objects.numbered().filter(article=pk, fields__body__startswith="Save ").order_by("number").values_list("fields__body", flat=True)]
         for pk in Article.objects.values_list("pk", flat=True)}
print(json.dumps(found))
"""
FIELD = re.compile(r'name="(title|slug|summary|language|based_on)"[^>]*?value="([^"]*)"')
PAUSE = 0.3  # seconds, at most, from when the editors are saving again to the next kill


class Editor(threading.Thread):
    """Somebody who saves the article `key` again and again; `confirmed` are the numbers of the saves that were.

    `chosen` are the keys of its theme and its author.
    """

    def __init__(self, host, session, key, chosen, over):
        super().__init__()
        self.host, self.session, self.key, self.chosen, self.over = host, session, key, chosen, over
        self.confirmed, self.refused, self.cut = [], Counter(), 0

    def run(self):
        """Open the form, type, save."""
        path, number = f"/admin/articles/article/{self.key}/change/", 0
        while not self.over.is_set():
            try:
                status, page, token = self.ask("GET", path)
                if status != 200 or "</html>" not in page:  # a worker that dies in the middle of a page ends it
                    raise OSError(status)
                number += 1
                status = self.ask("POST", path, self.form(page, number, token), token)[0]
            except (OSError, http.client.HTTPException):
                self.cut += 1
                time.sleep(0.1)
                continue
            if status == 302:
                self.confirmed.append(number)
            else:
                self.refused[status] += 1

    def form(self, page, number, token):
        """Return what the browser would send of the form on `page`, with the text of save `number`."""
        said = dict(FIELD.findall(page))
        publish = {"action": "update", "change": "typo"} if number % 3 == 0 else {"action": "save"}
        return {
            "title": f"Article {self.key}", "slug": said.get("slug", ""), "summary": "Told.", "language": "en", "based_on": said["based_on"],
            "body": f"Save {number}. " + "Words. " * 200, "csrfmiddlewaretoken": token, **self.chosen, **publish,
        }  # fmt: skip

    def ask(self, method, path, data=None, token=""):
        """Return (status, page, token against forgery) of a request over a connection of its own."""
        connection = http.client.HTTPConnection(self.host, timeout=10)
        body, headers = self.packed(data, token)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        found = re.search(r"csrftoken=(\w+)", answer.getheader("Set-Cookie") or "")
        return answer.status, page, found[1] if found else token

    def packed(self, data, token):
        """Return (body, headers) of a request that sends the form `data`, or nothing, with the `token` against forgery."""
        headers = {"Cookie": f"sessionid={self.session}" + (f"; csrftoken={token}" if token else "")}
        if data:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return urllib.parse.urlencode(data, doseq=True) if data else None, headers


def workers(pid):
    """Return the processes that work for the server `pid`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            words = path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"resource_tracker" not in words:
            found.append(int(path.parent.name))
    return found


def wait_for_a_save(editors, host):
    """Return when one more save was confirmed; start the server if it has given up meanwhile.

    Raises TimeoutError after a minute without a save.
    """
    wanted, until = sum(len(editor.confirmed) for editor in editors) + 1, time.monotonic() + 60
    while sum(len(editor.confirmed) for editor in editors) < wanted:
        if time.monotonic() > until:
            raise TimeoutError("No editor could save for a minute.")
        if host.process.poll() is not None:  # one whose workers die again and again gives up; systemd starts it anew
            host.start()
        time.sleep(0.01)


def run(folder, kills, editors=6, seed=1, url="", serve=lambda env: Host(env, workers=2)):
    """Kill so many workers under so many editors, of a site in `folder` or on the database at `url`; return what came of it.

    `serve(env)` starts the site, whose workers are the children of its process.

    {"kills", "confirmed", "cut" (without an answer), "refused" (by status), "lost", "verify" (its status, what it says)}.
    """
    env = os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": url,
        "HOSTS": "127.0.0.1,testserver",
        "SECRET_KEY": "short",
    }
    env |= {"CACHE_URL": "", "PICTURES_URL": "", "HTTPS": "", "DEBUG": "", "GRANIAN_RESPAWN_INTERVAL": "0.1"}
    beside = env | {"DJANGO_SETTINGS_MODULE": "relations_site.settings", "DATABASE_WAIT": "0", "DATABASE_POOL": "0"}

    def shell(code):
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=beside, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    session, keys, chosen = shell(SETUP.replace("EDITORS", str(editors)))
    host, over, chance, killed = serve(env), threading.Event(), random.Random(seed), 0
    threads = [Editor(host.base.removeprefix("http://"), session, key, chosen, over) for key in keys]
    try:
        for thread in threads:
            thread.start()
        while killed < kills:
            wait_for_a_save(threads, host)
            time.sleep(chance.uniform(0, PAUSE))
            alive = workers(host.process.pid)
            if alive:
                os.kill(chance.choice(alive), signal.SIGKILL)
                killed += 1
    finally:
        over.set()
        for thread in threads:
            thread.join()
        host.stop()
    there = {int(key): numbers for key, numbers in shell(SAVED).items()}
    lost = sum(number not in there[thread.key] for thread in threads for number in thread.confirmed)
    lost += sum(numbers != sorted(set(numbers)) for numbers in there.values())  # in order, and each once
    done = subprocess.run(
        [sys.executable, "manage.py", "verify"], cwd=ROOT, env=beside, capture_output=True, text=True
    )  # fmt: skip
    return {
        "kills": killed,
        "confirmed": sum(len(thread.confirmed) for thread in threads),
        "cut": sum(thread.cut for thread in threads),
        "refused": sum((thread.refused for thread in threads), Counter()),
        "lost": lost,
        "verify": (done.returncode, done.stdout + done.stderr),
    }


def main():
    """Kill, count, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--editors", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        came = run(folder, asked.kills, asked.editors, asked.seed, os.environ.get("DATABASE_URL", ""))
    status, said = came.pop("verify")
    refused = dict(came.pop("refused"))
    print(
        ", ".join(f"{count:,} {what}" for what, count in came.items()),
        f"refused {refused}, in {time.monotonic() - began:.0f} s.",
    )  # noqa: T201
    print(said)  # noqa: T201
    sys.exit(bool(status or came["lost"]))


if __name__ == "__main__":
    main()
