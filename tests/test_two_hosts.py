"""Two machines, with nothing in common but PostgreSQL, Redis, a store of pictures and the key: one site.

Started processes throughout, as one would run them; an editor's every request goes to the other machine than the one
before, as behind a load balancer.
"""

import http.cookiejar
import itertools
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from .served import prepared
from .services import ROOT, Host, Postgres, Redis, Store
from .test_pictures import image, upload

SETUP = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
from tests.make import make_author, make_theme
User.objects.create_superuser("chief", password="chief-password")
make_theme("Syria"), make_author()
"""
pytestmark = pytest.mark.processes
LOGIN, ADD = "/admin/login/", "/admin/articles/article/add/"


class Site:
    """The services, and two hosts on them."""

    def __init__(self, folder):
        self.services = [Postgres(), Redis(), Store()]
        self.postgres, self.redis, self.store = self.services
        shared = {"DATABASE_URL": self.postgres.url, "CACHE_URL": self.redis.url, "PICTURES_URL": self.store.url}
        shared |= {"SECRET_KEY": "the same on every machine", "HTTPS": "", "HOSTS": "127.0.0.1"}
        self.envs = [os.environ | shared | {"DATA_DIR": str(folder / name)} for name in ("one", "two")]
        once = self.envs[0] | {"DJANGO_SETTINGS_MODULE": "relations_site.settings", "DATABASE_WAIT": "0"}
        subprocess.run([sys.executable, "-c", SETUP], cwd=ROOT, env=once, check=True)
        for env in self.envs:  # of one release they are the same
            shutil.copytree(prepared() / "static", Path(env["DATA_DIR"]) / "static")
        self.hosts = [Host(env) for env in self.envs]

    def close(self):
        """End everything."""
        for server in (*self.hosts, self.redis, self.store):
            server.stop()
        self.postgres.remove()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("hosts"))
    yield site
    site.close()


class Browser:
    """Somebody whose requests go to one machine after the other; cookies go with all of them."""

    def __init__(self, site):
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), Elsewhere(self))
        self.turns = itertools.cycle(site.hosts)

    def base(self):
        """Return the next machine's address."""
        return next(self.turns).base

    def cookie(self, name):
        """Return the value of a cookie."""
        return next((cookie.value for cookie in self.jar if cookie.name == name), "")

    def get(self, path):
        """Return the page at `path`."""
        with self.opener.open(self.base() + path, timeout=30) as answer:
            return answer.read().decode()

    def post(self, path, **fields):
        """Send a form, go where it leads, and return the page there."""
        data = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": self.cookie("csrftoken"), **fields})
        request = urllib.request.Request(self.base() + path, data, {"Content-Type": MULTIPART_CONTENT})  # noqa: S310
        with self.opener.open(request, timeout=30) as answer:
            return answer.read().decode()

    def log_in(self):
        """Become chief."""
        self.get(LOGIN)
        assert "Log out" in self.post(LOGIN, username="chief", password="chief-password", next="/admin/")


class Elsewhere(urllib.request.HTTPRedirectHandler):
    """A redirect is followed on the next machine."""

    def __init__(self, browser):
        self.browser = browser

    def redirect_request(self, request, fp, code, msg, headers, newurl):
        """Return the request for where it leads."""
        parts = urllib.parse.urlsplit(newurl)
        newurl = self.browser.base() + urllib.parse.urlunsplit(("", "", parts.path, parts.query, ""))
        return super().redirect_request(request, fp, code, msg, headers, newurl)


def answers(site, path):
    """Return what every machine answers at `path`: (status, content)."""
    found = []
    for host in site.hosts:
        try:
            with urllib.request.urlopen(host.base + path, timeout=30) as answer:  # noqa: S310 - our own
                found.append((answer.status, answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                found.append((error.code, error.read()))
    return found


def until(true):
    """Wait for what takes a moment: a page kept for a second, a pool that opens its connections again."""
    for _attempt in range(100):
        if true():
            return True
        time.sleep(0.1)
    return False


def same_everywhere(site, path, words):
    """Whether every machine answers with the same page, which has the `words`."""
    first, second = answers(site, path)
    return first == second and first[0] == 200 and words in first[1].decode(errors="replace")


def write(browser, **typed):
    """Publish a new article with what was `typed`; return the page of the desk that tells so."""
    form = browser.get(ADD)
    theme, author = (re.search(rf'name="{name}" value="(\d+)"', form)[1] for name in ("themes", "authors"))
    fields = {"summary": "In short.", "language": "en", "slug": "", "based_on": ""}
    return browser.post(ADD, **fields, themes=theme, authors=author, action="publish", **typed)


def test_what_is_written_on_one_is_read_on_both(site):
    browser = Browser(site)
    browser.log_in()
    browser.get(ADD)
    told = browser.post("/admin/articles/article/picture/", file=upload(image(size=(700, 400))), alt="A strait")
    address = re.search(r"/pictures/[\w.-]+", told)[0]
    page = write(browser, title="Pipes", body=f"![A strait]({address})\n\nWritten on two machines.")
    assert "Published. Readers see it now." in page
    for path in ("/", "/articles/pipes/", "/themes/syria/", "/feed.atom", "/feed.json"):
        assert until(lambda path=path: same_everywhere(site, path, "Pipes")), path
    article = answers(site, "/articles/pipes/")[0][1].decode()
    style = re.search(r'href="(/static/[^"]+\.css)"', article)[1]
    card = re.search(r'property="og:image" content="https?://[^/]+([^"]+)"', article)[1].replace("&amp;", "&")
    for path in (address, address.replace(".jpg", "-480.avif"), style, card):
        assert same_everywhere(site, path, ""), path
    assert not any((Path(env["DATA_DIR"]) / "pictures").exists() for env in site.envs)


def test_who_logs_out_on_one_is_out_on_both(site):
    browser = Browser(site)
    browser.log_in()
    for _host in site.hosts:
        assert "Log out" in browser.get("/admin/")
    browser.post("/admin/logout/")
    for _host in site.hosts:
        assert "Log out" not in browser.get("/admin/")


def test_health_is_told_by_both(site):
    assert until(lambda: all(b"wrong" not in content for _status, content in answers(site, "/health/ready/")))
    assert [content.splitlines()[0] for _status, content in answers(site, "/health/")] == [b"ok", b"ok"]


def test_without_redis_nobody_is_logged_out_and_nothing_fails(site):
    browser = Browser(site)
    browser.log_in()
    site.redis.stop()
    for _turn in range(4):
        assert "Log out" in browser.get("/admin/")
    assert "Published" in write(browser, title="Without", body="Redis is away.")
    ready = (200, True)
    assert until(lambda: [(s, b"wrong: cache" in told) for s, told in answers(site, "/health/ready/")] == [ready] * 2)
    site.redis.start()
    assert until(lambda: all(b"wrong" not in content for _status, content in answers(site, "/health/ready/")))
    assert "Log out" in browser.get("/admin/")
    assert same_everywhere(site, "/articles/without/", "Redis is away.")


def test_a_restart_of_postgresql_heals_by_itself(site):
    browser = Browser(site)
    browser.log_in()
    workers = [host.process.pid for host in site.hosts]
    site.postgres.stop()
    for status, content in answers(site, "/health/ready/"):
        assert (status, content.splitlines()[0]) == (503, b"not ready")
    assert {status for status, _content in answers(site, "/search/?q=anything")} == {503}
    assert [status for status, _content in answers(site, "/health/")] == [200, 200]
    site.postgres.start()
    assert until(lambda: all(status == 200 for status, _content in answers(site, "/health/ready/")))
    assert until(lambda: {status for status, _content in answers(site, "/search/?q=anything")} == {200})
    assert "Log out" in browser.get("/admin/")
    assert workers == [host.process.pid for host in site.hosts]


def test_one_machine_goes_and_the_other_goes_on(site):
    first, second = site.hosts
    first.stop()
    with urllib.request.urlopen(f"{second.base}/articles/", timeout=30) as answer:  # noqa: S310 - our own
        assert answer.status == 200
    first.start()
    assert [status for status, _content in answers(site, "/articles/")] == [200, 200]
