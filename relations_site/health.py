"""What a load balancer asks: whether the process answers, and whether readers should be sent to it.

Anybody may ask, so that the answers name no address, no folder and no error.
"""

import functools
import os
import shutil
import threading
import time
import uuid

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.views.decorators.http import require_safe

PATIENCE = 1  # seconds, for everything together
LEAST_FREE = 0.05  # of the disk
_looks = {}


class Unwell(Exception):
    """Something is wrong; says what, in words for everybody."""


@require_safe
def alive(request):
    """Whether the process answers; nothing else is asked."""
    return _answer(200, "ok")


@require_safe
def ready(request):
    """What is well and what is wrong, a line each; 503 when no new page can be made here, otherwise 200.

    The site goes on without the cache or the store of pictures; were every machine taken away for their sake, readers
    would have nothing.
    """
    until = time.monotonic() + PATIENCE
    looks = [_look(part) for part in PARTS]
    problems = {look.part: look.problem_by(until) for look in looks}
    lost = any(problems[part] for part in NEEDED)
    lines = [f"wrong: {part}: {problem}" if problem else f"well: {part}" for part, problem in problems.items()]
    return _answer(503 if lost else 200, "not ready" if lost else "ready", *lines)


def _answer(status, *lines):
    content = "".join(f"{line}\n" for line in lines)
    return HttpResponse(content, content_type="text/plain", status=status, headers={"Cache-Control": "no-store"})


def _look(part):
    """Return the thread that looks at `part`: one that still waits, else a new one, so that they never pile up."""
    look = _looks.get(part)
    if look is None or not look.is_alive():
        look = _looks[part] = _Look(part)
        look.start()
    return look


class _Look(threading.Thread):
    """A look at one of PARTS, in a thread of its own: what is away may leave a question unanswered for long."""

    def __init__(self, part):
        super().__init__(daemon=True)
        self.part, self.problem = part, ""

    def run(self):
        """Look."""
        try:
            PARTS[self.part]()
        except Unwell as problem:
            self.problem = str(problem)
        except Exception:  # noqa: BLE001 - whatever it is, that is the answer
            self.problem = "can't be reached"
        finally:
            connections.close_all()

    def problem_by(self, until):
        """Return what is wrong, or nothing, known at the latest at `until` (monotonic seconds)."""
        self.join(max(0, until - time.monotonic()))
        return "doesn't answer in time" if self.is_alive() else self.problem


def _database():
    applied = MigrationRecorder(connection).applied_migrations()
    missing = len(_latest_migrations() - applied.keys())
    if missing:
        raise Unwell(f"migrations are missing in {missing} applications; run manage.py migrate")


@functools.cache
def _latest_migrations():
    return set(MigrationLoader(None).graph.leaf_nodes())


def _cache():
    mark = str(uuid.uuid4())
    cache.set(f"health-{mark}", mark, 10)
    if cache.get(f"health-{mark}") != mark:
        raise Unwell("can't be reached; the site goes on without it")


def _pictures():
    if settings.PICTURES_URL:
        default_storage.reach()
    elif settings.MEDIA_ROOT.exists() and not os.access(settings.MEDIA_ROOT, os.W_OK):
        raise Unwell("can't be written")


def _disk():
    disk = shutil.disk_usage(settings.DATA_DIR)
    if disk.free < disk.total * LEAST_FREE:
        raise Unwell(f"{100 * disk.free // disk.total} % of the disk are free")


PARTS = {"database": _database, "cache": _cache, "pictures": _pictures, "disk": _disk}
NEEDED = {"database"}
