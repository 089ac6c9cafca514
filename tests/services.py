"""Servers that several machines share, each test file's own: Redis, a store of pictures, PostgreSQL; and hosts on them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from .served import ROOT, free_port

BUCKET = "pictures"


def need(there, what):
    """Skip the test when `what` isn't `there`, unless nothing may be missing."""
    if not there:
        (pytest.fail if os.environ.get("REQUIRE_SERVICES") else pytest.skip)(f"{what} is not here")


def wait_for(port, seconds=20):
    """Return when somebody listens on `port`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nothing came up on port {port}")


class Server:
    """A process that listens on `port` and can be ended and started again; what it says of errors goes to `errors`."""

    errors = subprocess.DEVNULL

    def __init__(self, *command, port, env=None, user=None, ends=signal.SIGKILL):
        self.command, self.port, self.env, self.user, self.ends = command, port, env, user, ends
        self.process = None
        self.start()

    def start(self):
        """Start it; return when it listens."""
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.env, user=self.user, stdout=subprocess.DEVNULL, stderr=self.errors
        )
        wait_for(self.port)

    def stop(self):
        """End it."""
        if self.process is not None:
            self.process.send_signal(self.ends)
            self.process.wait(20)
            self.process = None


class Redis(Server):
    """A Redis that keeps nothing on disk."""

    def __init__(self):
        need(shutil.which("redis-server"), "redis-server")
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        super().__init__("redis-server", "--port", str(port), "--save", "", "--appendonly", "no", port=port)


class Store(Server):
    """A store of S3's kind in memory, with an empty bucket."""

    def __init__(self):
        port = free_port()
        self.url = f"s3://key:secret@127.0.0.1:{port}/{BUCKET}?tls=0"
        super().__init__(sys.executable, "-m", "moto.server", "-p", str(port), port=port)

    def start(self):
        """Start it; return when it has its bucket."""
        super().start()
        self.client().create_bucket(Bucket=BUCKET)

    def client(self):
        """Return a client of it."""
        return boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{self.port}", region_name="us-east-1",
            aws_access_key_id="key", aws_secret_access_key="secret", config=Config(s3={"addressing_style": "path"}),
        )  # fmt: skip

    def names(self):
        """Return the names of what it holds."""
        return sorted(row["Key"] for row in self.client().list_objects_v2(Bucket=BUCKET).get("Contents", ()))


class Postgres(Server):
    """A cluster in a folder of its own, with the database and the role `site`; it syncs nothing."""

    def __init__(self):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        need(found, "PostgreSQL")
        self.bin = found[-1].parent
        self.user = "postgres" if os.getuid() == 0 else None  # it refuses to be run by root
        self.folder = tempfile.mkdtemp(prefix="cluster-")
        if self.user:
            shutil.chown(self.folder, self.user)
        self.run("initdb", "--no-sync", "--auth=trust", "--username=site", "--encoding=UTF8", "--pgdata", self.folder)
        port = free_port()
        self.url = f"postgresql://site@127.0.0.1:{port}/site"
        options = f"-p {port} -h 127.0.0.1 -k {self.folder} -F"
        super().__init__(str(self.bin / "postgres"), "-D", self.folder, *options.split(), port=port, user=self.user)
        self.run("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "site", "site")

    def start(self):
        """Start it; return when it takes connections, which after a crash is later than it listens."""
        super().start()
        for _attempt in range(200):
            if not subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
                return
            time.sleep(0.05)
        pytest.fail("PostgreSQL takes no connections")

    def run(self, program, *args):
        """Run one of PostgreSQL's programs to its end."""
        subprocess.run(
            [self.bin / program, *args], user=self.user, cwd=self.folder, check=True, stdout=subprocess.DEVNULL
        )

    def stop(self, how=signal.SIGQUIT):
        """End it: at once, as a crash does (SIGQUIT), or cutting who is connected (SIGINT)."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def remove(self):
        """End it and take its folder away."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Host(Server):
    """One machine: granian with a folder of its own."""

    def __init__(self, env, workers=1):
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        super().__init__(
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", str(workers), "--blocking-threads", "1", "--respawn-failed-workers",
            "--workers-kill-timeout", "5",  # one that is just being started doesn't hear that it should end
            "relations_site.wsgi:application", port=port, env=env, ends=signal.SIGTERM,
        )  # fmt: skip

    def start(self):
        """Start it; return when it answers."""
        super().start()
        for _attempt in range(100):
            try:
                return urllib.request.urlopen(f"{self.base}/health/", timeout=5).close()  # noqa: S310 - our own
            except OSError:
                time.sleep(0.1)
        return pytest.fail("the site did not start")


@contextmanager
def stopping(*servers):
    """End `servers` afterwards."""
    try:
        yield
    finally:
        for server in servers:
            server.stop()
