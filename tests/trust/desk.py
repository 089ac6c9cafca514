"""An editor at the desk of a site in a process of its own, by HTTP: forms and uploads, with how long each took."""

import http.client
import json
import re
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path
from typing import NamedTuple

from tests.served import ROOT, Site

SESSION = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.get(username="chief"))
print(client.cookies["sessionid"].value)
"""
TOKEN = "c" * 32


class Answer(NamedTuple):
    """What came back: status (0: nothing), seconds, content, and where it leads."""

    status: int
    seconds: float
    content: bytes
    location: str


class Desk:
    """A site in the folder `work`, served by one worker with the application `target` (arguments of granian), and a superuser at its desk."""

    def __init__(self, work, *target):
        self.site = Site(work / "data")
        self.site.env |= {"PAGE_CACHE_MB": "0", "IDLE_HOURS": "100"}
        session = self.site.shell(SESSION)
        self.cookies = {"sessionid": session, "csrftoken": TOKEN}
        self.server = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.site.port),
             "--workers", "1", "--blocking-threads", "1", *(target or ["relations_site.wsgi:application"])],
            cwd=ROOT, env=self.site.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _attempt in range(300):
            if self.get("/health/").status == 200:
                break
            time.sleep(0.1)
        self.worker = self._worker()

    def _worker(self):
        """Return the process id of the worker."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        named = [pid for pid in children if "resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_text()]
        return int(named[-1])

    def is_alive(self):
        """Whether the worker is the one that began."""
        return Path(f"/proc/{self.worker}").exists() and self._worker() == self.worker

    def memory(self):
        """Return what the worker has of memory, in megabytes."""
        told = Path(f"/proc/{self.worker}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", told)[1]) / 1024

    def get(self, path):
        """Return the `Answer` to a GET."""
        return self._ask("GET", path, None, {})

    def post(self, path, fields):
        """Return the `Answer` to a form with `fields`, {name: value or list}."""
        body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": TOKEN}, doseq=True)
        return self._ask("POST", path, body.encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def upload(self, path, name, content, fields):
        """Return the `Answer` to a form with `fields` and the file `content` as `file`, called `name`."""
        mark = b"----------mark-of-parts"
        lines = []
        for key, value in (fields | {"csrfmiddlewaretoken": TOKEN}).items():
            lines += [b"--" + mark, f'Content-Disposition: form-data; name="{key}"'.encode(), b"", value.encode()]
        told = name.encode("utf-8", "surrogatepass").replace(b'"', b"%22")
        told = told.replace(b"\r", b"%0D").replace(b"\n", b"%0A").replace(b"\0", b"%00")
        lines += [b"--" + mark, b'Content-Disposition: form-data; name="file"; filename="' + told + b'"',
                  b"Content-Type: image/png", b"", content, b"--" + mark + b"--", b""]  # fmt: skip
        return self._ask(
            "POST", path, b"\r\n".join(lines), {"Content-Type": f"multipart/form-data; boundary={mark.decode()}"}
        )

    def _ask(self, method, path, body, headers):
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, headers | ({"Cookie": cookies} if cookies else {}))
            answer = connection.getresponse()
            for told in answer.headers.get_all("Set-Cookie", ()):
                name, _sign, value = told.partition(";")[0].partition("=")
                self.cookies[name] = value
            content = answer.read()
        except OSError:
            return Answer(0, time.monotonic() - begun, b"", "")
        finally:
            connection.close()
        return Answer(answer.status, time.monotonic() - begun, content, answer.headers.get("Location", ""))

    def draft(self, key, body, action="save", **more):
        """Return the `Answer` to the form of the article `key` with the text `body`, sent from what is saved last."""
        saved = json.loads(
            self.site.shell(
                f"import json; from articles.models import Article; w = Article.objects.get(pk={key}).working;"
                "print(json.dumps([w.pk, {**w.fields, 'body': ''}]))"
            )
        )
        fields = {name: saved[1][name] for name in ("title", "slug", "summary", "language", "themes", "authors")}
        typed = {"body": body, "based_on": saved[0], "action": action, **more}
        return self.post(f"/admin/articles/article/{key}/change/", fields | typed)

    def close(self):
        """End everything."""
        self.server.terminate()
        self.server.wait(20)
        self.site.close()
