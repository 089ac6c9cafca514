"""A browser, and a site in a process of its own that can be killed and started again."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
needs_browser = pytest.mark.skipif(
    not CHROMIUM and not os.environ.get("REQUIRE_BROWSER"), reason="Chromium is not installed on this machine"
)
SETUP = """
from django.contrib.auth.models import User
from tests.make import make_article, make_source
User.objects.create_superuser("chief", password="chief-password")
make_article("Pipes", slug="pipes", body="First.\\n\\nSecond.", themes=["Syria"])
make_source("hurriyet-2022", "A hub", publisher="Hürriyet", date="2022")
"""


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Site:
    """A site on SQLite served by granian, with the article `pipes` and the superuser `chief`."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.env = os.environ | {"DATA_DIR": str(folder), "SECRET_KEY": "", "DATABASE_URL": ""}
        self.process = None
        for args in (["migrate", "-v0"], ["collectstatic", "-v0"], ["shell", "-v0", "-c", SETUP]):
            subprocess.run([sys.executable, "manage.py", *args], cwd=ROOT, env=self.env, check=True, timeout=120)

    def shell(self, code):
        """Run `code` in the site's shell; return what it prints."""
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=self.env, check=True, timeout=60, capture_output=True, text=True)
        return done.stdout.strip()

    def start(self):
        """Serve, and return when the site answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
             "relations_site.wsgi:application"],
            cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for _attempt in range(100):
            try:
                urllib.request.urlopen(f"{self.base}/health/", timeout=5).close()  # noqa: S310 - our own server
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("the site did not start")

    def stop(self):
        """End the server, at once."""
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that is up."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.start()
    yield site
    site.stop()


@pytest.fixture
def context(chromium, site):
    """A browser's window into which chief has logged in."""
    if site.process is None:
        site.start()
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    log_in(context, site)
    yield context
    context.close()


def log_in(context, site):
    """Log in as chief, in a tab that is closed again."""
    page = context.new_page()
    page.goto(site.base + "/admin/login/")
    page.fill("input[name=username]", "chief")
    page.fill("input[name=password]", "chief-password")
    page.click("input[type=submit]")
    page.wait_for_url("**/admin/")
    page.close()
