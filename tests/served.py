"""A site in a process of its own, that can be killed and started again."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Runs a line of JSON (code) and answers with a line of JSON.
BESIDE = """
import contextlib, io, json, os, sys, traceback
os.environ["DJANGO_SETTINGS_MODULE"] = "relations_site.settings"
import django
from django.db import connection
django.setup()
for line in sys.stdin:
    printed, error = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(printed):
            exec(json.loads(line), {})
    except Exception:
        error = traceback.format_exc()
    connection.close()
    print(json.dumps({"printed": printed.getvalue(), "error": error}), flush=True)
"""
SETUP = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from django.contrib.auth.models import User
from tests.make import make_article, make_source
User.objects.create_superuser("chief", password="chief-password")
make_article("Pipes", slug="pipes", body="First.\\n\\nSecond.", themes=["Syria"])
make_source("hurriyet-2022", "A hub", publisher="Hürriyet", date="2022")
"""


def prepared():
    """Return the folder of a site that is set up: made once in a run of tests, by the process that needs it first.

    It is in the folder SITE_PREPARED, which all workers are told (conftest).
    """
    place = Path(os.environ["SITE_PREPARED"])
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "data").exists():
            making = place / "making"
            shutil.rmtree(making, ignore_errors=True)  # of one that failed
            Shell(own_folder(making)).end(SETUP)
            making.rename(place / "data")
    return place / "data"


def own_folder(folder, **env):
    """Return the environment of a site whose data are in `folder`, with `env` in addition."""
    return os.environ | {"DATA_DIR": str(folder), "SECRET_KEY": "", "DATABASE_URL": "", **env}


class Shell:
    """A process beside a site, with its environment, that runs Python and stays."""

    def __init__(self, env):
        self.process = subprocess.Popen(
            [sys.executable, "-c", BESIDE], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def run(self, code):
        """Run `code`; return what it prints."""
        self.process.stdin.write(json.dumps(code).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert answer["error"] is None, answer["error"]
        return answer["printed"].strip()

    def end(self, code=""):
        """Run `code`, then end the process."""
        try:
            self.run(code)
        finally:
            self.process.stdin.close()
            self.process.wait(90)  # one with many people in it has much to put away
            self.process.stdout.close()


def free_port():
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A site on SQLite served by granian, with the article `pipes` and the superuser `chief`; `env` adds to its environment."""

    def __init__(self, folder, **env):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.env = own_folder(folder, **env)
        self.process = self.beside = self.logged_in = None
        if "SITE_PREPARED" in os.environ:
            shutil.copytree(prepared(), folder, dirs_exist_ok=True)
        else:  # in a benchmark
            self.shell(SETUP)

    def shell(self, code):
        """Run `code` beside the site, in a process that stays; return what it prints."""
        if self.beside is None:
            self.beside = Shell(self.env)
        return self.beside.run(code)

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

    def close(self):
        """End everything that was started."""
        self.stop()
        if self.beside:
            self.beside.end()
