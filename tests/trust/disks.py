"""A disk that is full or can't be written, a database that somebody else locks: readers go on, editors keep their words.

The site is granian with two workers. A small disk is a tmpfs of its own, for which one must be root.
"""

import contextlib
import http.client
import os
import subprocess
import sys
import threading
import time
from collections import Counter

from . import Row
from .chief import FORM, PICTURE, QUICK_PICTURE, Desk, handed_back

PAGES = ["/", "/articles/", "/articles/pipes/", "/themes/syria/", "/search/?q=pipes", "/feed.atom", "/timeline/"]
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""
TOO_LONG = 12  # seconds for an answer: SQLite waits ten


class CantMount(Exception):
    """Only root may mount, and not everywhere."""


@contextlib.contextmanager
def mounted(folder, *how):
    """Mount at `folder` what the words `how` say, until the block ends; raise CantMount where that isn't allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *how, folder], capture_output=True, text=True)
    if done.returncode:
        raise CantMount(done.stderr)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def small_disk(folder):
    """Mount a disk of 64 MB at `folder`."""
    return mounted(folder, "-t", "tmpfs", "-o", "size=64m", "tmpfs")


class Readers:
    """Threads that read pages one after the other until the block ends: how many, what went wrong, the slowest."""

    def __init__(self, desk, count=2):
        self.desk, self.over, self.wrong, self.times = desk, threading.Event(), Counter(), []
        self.threads = [threading.Thread(target=self.read, args=(turn,)) for turn in range(count)]

    def read(self, turn):
        """Read."""
        pages = PAGES[turn:] + PAGES[:turn]
        while not self.over.is_set():
            for path in pages:
                began = time.monotonic()
                try:
                    status = self.desk.read(path)
                except (OSError, http.client.HTTPException) as error:
                    status = type(error).__name__
                self.times.append(time.monotonic() - began)
                if status != 200:
                    self.wrong[f"{path} {status}"] += 1
                self.over.wait(0.05)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.over.set()
        for thread in self.threads:
            thread.join()


class Filling:
    """A file that takes all the room there is on the disk of `folder`, and whatever becomes free, until the block ends."""

    def __init__(self, folder):
        self.path, self.over = folder / "filling", threading.Event()
        self.thread = threading.Thread(target=self.eat)

    def eat(self):
        """Write until there is no room, and then whenever there is."""
        with self.path.open("wb", buffering=0) as file:
            size = 1 << 20
            while not self.over.is_set():
                try:
                    file.write(bytes(size))
                except OSError:
                    size = max(size >> 1, 512)
                    if size == 512:
                        self.over.wait(0.002)

    def __enter__(self):
        self.thread.start()
        while os.statvfs(self.path.parent).f_bavail:
            time.sleep(0.05)
        return self

    def __exit__(self, *_error):
        self.over.set()
        self.thread.join()
        self.path.unlink()


def refused(desk, data, status, found, most=200):
    """Save until there is no room for it; count what was wrong with the answer, and return the form that it handed back."""
    for turn in range(most):
        data = data | {"body": data["body"].replace(".", f"-{turn}.", 1)}
        came, headers, page = desk.save(data)
        if came == 302:  # the log still had room
            found["saved"].append(data["body"].split(".")[0])
            data = desk.form(data["body"].split("-")[0])
            continue
        again = handed_back(page)
        wrong = came != status or {name: again.get(name) for name in data} != {name: str(data[name]) for name in data}
        found["wrong"] += [f"save {came}"] * (wrong or (status == 503 and not headers["Retry-After"]))
        return again or data
    found["wrong"].append("never refused")
    return data


def full_disk(folder, rounds):
    """Fill the small disk at `folder`, `rounds` times, under readers and an editor; return what came of it.

    {"reads", "read wrong", "saved": what begins the texts of confirmed saves, "wrong": what wasn't as it should be}.
    """
    found = {"reads": 0, "read wrong": Counter(), "saved": [], "wrong": []}
    with small_disk(folder):
        desk = Desk(folder / "data")
        try:
            for number in range(rounds):
                full_once(desk, folder, number, found)
            found["wrong"] += [f"lost {text}" for text in set(found["saved"]) - desk.saved()]
            found["wrong"] += [found_wrong] if (found_wrong := desk.verified()) else []
        finally:
            desk.close()
    return found


def full_once(desk, folder, number, found):
    """Fill the disk once."""
    data, before = desk.form(f"Full {number}"), desk.pictures()
    with Filling(folder), Readers(desk) as readers:
        again = refused(desk, data, 507, found)
        status, said = desk.keep(again)
        found["wrong"] += [f"keep {status}"] * (status != 507 or "disk is full" not in said["problem"])
        for path in (PICTURE, QUICK_PICTURE):
            status, _headers, page = desk.upload(path, "Typed with care")
            kept = path == QUICK_PICTURE or "Typed with care" in page
            found["wrong"] += [f"{path} {status}"] * (status != 507 or not kept)
        status = desk.ask("GET", FORM.format(desk.article))[0]
        found["wrong"] += [f"form {status}"] * (status != 200)
        found["wrong"] += [f"debris {desk.pictures()}"] * (desk.pictures() != before)
    found["reads"] += len(readers.times)
    found["read wrong"] += readers.wrong
    status = desk.save(again)[0]
    found["saved"].append(again["body"].split(".")[0])
    found["wrong"] += [f"save afterwards {status}"] * (status != 302)
    status = desk.upload(PICTURE, "Typed with care")[0]
    found["wrong"] += [f"upload afterwards {status}"] * (status != 302)


def locked(folder, rounds, seconds):
    """Have another process lock the database until a save was answered, at least `seconds`, `rounds` times; return what came of it.

    As `full_disk` does, and "slowest" of a read and "longest" of a save, in seconds.
    """
    found = {"reads": 0, "read wrong": Counter(), "saved": [], "wrong": [], "slowest": 0, "longest": 0}
    desk = Desk(folder / "data")
    try:
        for number in range(rounds):
            data, command = desk.form(f"Locked {number}"), [sys.executable, "-c", HOLD, desk.folder / "site.sqlite3"]
            holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            holder.stdout.readline()
            until = time.monotonic() + seconds
            with Readers(desk) as readers:
                locked_once(desk, data, found)
                time.sleep(max(0, until - time.monotonic()))
                holder.communicate(b"over\n")
            found["reads"] += len(readers.times)
            found["read wrong"] += readers.wrong
            found["slowest"] = max(found["slowest"], *readers.times)
            status = desk.save(data)[0]
            found["saved"].append(data["body"].split(".")[0])
            found["wrong"] += [f"save afterwards {status}"] * (status != 302)
        found["wrong"] += [f"lost {text}" for text in set(found["saved"]) - desk.saved()]
        found["wrong"] += [found_wrong] if (found_wrong := desk.verified()) else []
    finally:
        desk.close()
    return found


def locked_once(desk, data, found):
    """Save, and keep beside it, while the database is locked."""
    kept = []
    keeping = threading.Timer(0.5, lambda: kept.append(desk.keep(data)))  # it may wait behind the save
    keeping.start()
    began = time.monotonic()
    refused(desk, data, 503, found, most=1)
    found["longest"] = max(found["longest"], time.monotonic() - began)
    keeping.join()
    status, said = kept[0]
    found["wrong"] += [f"keep {status}"] * (status != 503 or "busy" not in said["problem"])


def unwritable(folder):
    """Let the folder of pictures, then all of the site's data, be on a medium that can't be written; return what came of it."""
    found = {"reads": 0, "read wrong": Counter(), "saved": [], "wrong": []}
    desk = Desk(folder / "data")
    try:
        desk.upload(PICTURE, "The first")
        data, before = desk.form("Unwritable"), desk.pictures()
        with read_only(desk.folder / "pictures"), reading(desk, found):
            for path in (PICTURE, QUICK_PICTURE):
                status, _headers, page = desk.upload(path, "Typed with care")
                words = "can’t be written" in page or "can\\u2019t be written" in page
                kept = path == QUICK_PICTURE or "Typed with care" in page
                found["wrong"] += [f"{path} {status}"] * (status != 503 or not words or not kept)
            found["wrong"] += ["debris"] * (desk.pictures() != before)
        desk.host.stop()
        with read_only(desk.folder):
            desk.host.start()
            with reading(desk, found):
                again = refused(desk, data, 503, found, most=1)
        found["late"] = 0
        for what, ask in (("save", lambda: desk.save(again)[0]), ("upload", lambda: desk.upload(PICTURE, "x")[0])):
            statuses = [ask()]
            while statuses[-1] == 503 and len(statuses) < 5:  # each worker notices by the first that it refuses
                statuses.append(ask())
            found["late"] += len(statuses) - 1
            found["wrong"] += [f"{what} afterwards {statuses}"] * (statuses[-1] != 302)
        found["saved"].append(again["body"].split(".")[0])
        found["wrong"] += [f"lost {text}" for text in set(found["saved"]) - desk.saved()]
        found["wrong"] += [found_wrong] if (found_wrong := desk.verified()) else []
    finally:
        desk.close()
    return found


@contextlib.contextmanager
def read_only(folder):
    """Let `folder` be on a medium that can't be written."""
    with mounted(folder, "--bind", folder):
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield


@contextlib.contextmanager
def reading(desk, found):
    """Have `Readers` read meanwhile, a second at least, and note in `found` what they saw."""
    with Readers(desk) as readers:
        yield
        time.sleep(1)
    found["reads"] += len(readers.times)
    found["read wrong"] += readers.wrong


def told(found):
    """Return what came of it in words."""
    wrong = "; ".join([*(f"{what} ×{count}" for what, count in found["read wrong"].items()), *found["wrong"]])
    figure = f"{found['reads']:,} reads, {sum(found['read wrong'].values())} not 200; {len(found['saved'])} confirmed saves, all there"
    if "slowest" in found:
        figure += f"; slowest read {found['slowest']:.1f} s; a save waited {found['longest']:.1f} s"
    if "late" in found:
        figure += f"; {found['late']} refused once more before its worker noticed that it can write again"
    return f"{figure}; wrong: {wrong or 'nothing'}"


def full(work, few):
    """Fill the disk."""
    rounds = 2 if few else 20
    found = full_disk(work / "disk", rounds)
    beside = unwritable(work)
    return [
        Row(
            "F3", f"the 64 MB disk of the data filled {rounds} times, and all that gets free", "SQLite: clear error, reads go on",
            "reads 100 % 200; a save 507 with the text in the page, autosave and uploads 507, no debris; all well after freeing, no restart",
            told(found), not (found["wrong"] or found["read wrong"]),
        ),
        Row(
            "F3", "pictures, then all data on a medium that can't be written", "Django: 500",
            "reads 100 % 200; upload and save 503 in words with what was typed; all well afterwards, after at most a refusal a worker",
            told(beside), not (beside["wrong"] or beside["read wrong"]),
        ),
    ]  # fmt: skip


def locks(work, few):
    """Lock the database."""
    rounds, seconds = (1, 0) if few else (20, 15)
    found = locked(work, rounds, seconds)
    good = not (found["wrong"] or found["read wrong"]) and found["longest"] <= TOO_LONG
    return [
        Row(
            "F4", f"another process holds BEGIN IMMEDIATE {seconds} s or longer, ×{rounds}", "DEFERRED fails at once",
            "readers 0 errors; saves wait ≤ 10 s, then 503 + Retry-After + text kept; autosave 503 in words; 0 lost", told(found), good,
        )
    ]  # fmt: skip


TRIALS = {"F3": full, "F4": locks}
