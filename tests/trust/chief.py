"""A site of two workers, and an administrator at its desk who speaks to it as a browser does."""

import http.client
import io
import json
import os
import re
import subprocess
import sys
import urllib.parse
import uuid
from html import unescape

from PIL import Image

from ..served import ROOT, Site
from ..services import Host

FORM, KEEP = "/admin/articles/article/{}/change/", "/admin/articles/article/{}/keep/"
PICTURE, QUICK_PICTURE = "/admin/articles/picture/add/", "/admin/articles/article/picture/"
LOGIN = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from articles.models import Article, Author, Theme
user, session = User.objects.get(username="chief"), SessionStore()
session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: user.get_session_auth_hash(), "seen": 0})
session.save()
print(session.session_key, Article.objects.get().pk, Theme.objects.get().pk, Author.objects.get().pk)
"""
BODIES = """
import json
from articles.models import Revision
print(json.dumps([body.split(".")[0] for body in Revision.objects.numbered().values_list("fields__body", flat=True)]))
"""


class Desk:
    """A site of two workers with its data in `folder`, and an administrator at its desk, over HTTP as a browser speaks."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        self.site, self.folder = Site(folder, SECRET_KEY="short"), folder
        self.session, self.article, theme, author = self.site.shell(LOGIN).split()
        self.chosen = {"themes": theme, "authors": author, "language": "en", "title": "Pipes", "slug": "pipes"}
        self.host, self.token = Host(self.site.env, workers=2), "t" * 32

    def close(self):
        """End everything."""
        self.host.stop()
        self.site.close()

    def ask(self, method, path, data=None, accept="text/html", files=()):
        """Return (status, headers, page) of a request over a connection of its own."""
        connection = http.client.HTTPConnection(self.host.base.removeprefix("http://"), timeout=60)
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={self.token}",
            "Accept": accept,
            "Origin": self.host.base,
        }
        body = None
        if data is not None:
            data = data | {"csrfmiddlewaretoken": self.token}
            kind, body = multipart(data, files) if files else ("application/x-www-form-urlencoded", encoded(data))
            headers["Content-Type"] = kind
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def read(self, path):
        """Return the status of a page as somebody who isn't logged in sees it."""
        connection = http.client.HTTPConnection(self.host.base.removeprefix("http://"), timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def form(self, words):
        """Return what the article's form sends with `words` typed at the beginning of its text."""
        page = self.ask("GET", FORM.format(self.article))[2]
        based_on = re.search(r'name="based_on"[^>]*value="(\d+)"', page)[1]
        body = f"{words}. " + "Words that fill a page of the log. " * 900
        return {
            **self.chosen,
            "summary": f"Summary of {words}",
            "body": body,
            "based_on": based_on,
            "form": str(uuid.uuid4()),
        }

    def save(self, data):
        """Send the form; return (status, headers, page)."""
        return self.ask("POST", FORM.format(self.article), data | {"action": "save"})

    def keep(self, data):
        """Ask for the form to be kept, as its script does; return (status, what was said)."""
        answer = self.ask("POST", KEEP.format(self.article), data | {"changed": "1"}, accept="application/json")
        return answer[0], json.loads(answer[2])

    def upload(self, path, caption):
        """Send a picture; return (status, headers, page)."""
        accept = "application/json" if path == QUICK_PICTURE else "text/html"
        return self.ask(
            "POST", path, {"alt": "A strait", "caption": caption}, accept, files=[("file", "x.png", picture())]
        )

    def pictures(self):
        """Return the names of all files in the folder of pictures."""
        folder = self.folder / "pictures"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def saved(self):
        """Return what the revisions begin with."""
        return set(json.loads(self.site.shell(BODIES)))

    def verified(self):
        """Return what `manage.py verify` finds wrong."""
        done = subprocess.run(
            [sys.executable, "manage.py", "verify"], cwd=ROOT, env=self.site.env, capture_output=True, text=True
        )
        return done.stdout + done.stderr if done.returncode else ""


def encoded(data):
    """Return `data` as a form sends it."""
    return urllib.parse.urlencode(data, doseq=True)


def multipart(data, files):
    """Return (content type, body) of a form with files (RFC 7578)."""
    mark, parts = uuid.uuid4().hex, []
    for name, value in data.items():
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, file, content in files:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()


def picture():
    """Return a PNG that doesn't compress and is another one each time."""
    out = io.BytesIO()
    Image.frombytes("RGB", (640, 400), os.urandom(640 * 400 * 3)).save(out, "PNG")
    return out.getvalue()


def handed_back(page):
    """Return what the form on an error's `page` would send again: {name: value}."""
    form = re.search(r'<form method="post" class="desk-again">.*?</form>', page, re.DOTALL)
    if not form:
        return {}
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0])
    pairs += re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', form[0], re.DOTALL)
    return {name: unescape(value) for name, value in pairs if name != "csrfmiddlewaretoken"}
