"""The folder that a copy is in: files put in place whole, compressed beside themselves, and known by name.

    .export/manifest.sqlite3   every file of the copy, with the address whose answer it holds (`manifest`)
    .export/writing/           files that are being written
    .export/nginx.conf, …      what a server needs to know (`hosting`)

Nothing is written outside, through a link neither, and nothing is removed that the copy didn't bring.
"""

import contextlib
import fcntl
import gzip
import os
import re
import sqlite3
import stat
from pathlib import Path

import brotli
from django.utils.translation import gettext as _

from .manifest import APPLICATION, Manifest

OWN = ".export"
_SHRINKS = re.compile(r".*\.(?:html|atom|rss|json|xml|css|js|svg|csv|ics|bib|ris|opml|txt)")
SHORTEST = 500  # bytes; what is shorter fits a packet anyway


class Refused(Exception):
    """The folder can't hold a copy; the message says why, in words."""


class Folder:
    """A folder in which files are written; each process has one of its own."""

    def __init__(self, path):
        self.path = Path(path).resolve()
        self.own = self.path / OWN
        self._safe = set()

    def put(self, name, content):
        """Have the file `name` hold `content` (bytes), with what is compressed beside it; return whether anything was written.

        Files that say the same already are left alone. Raise OSError where one can't be there.
        """
        forms = {"": content}
        if _SHRINKS.fullmatch(name) and len(content) >= SHORTEST:
            forms = {".br": content, ".gz": content, "": content}  # the plain one last: it says that all are there
        written = False
        for ending, plain in forms.items():
            if self._read(name + ending, ending) != plain:
                self._place(name + ending, _packed(plain, ending))
                written = True
        if len(forms) == 1:
            for ending in (".br", ".gz"):
                written |= self.remove(name + ending)
        return written

    def has(self, name):
        """Return whether the file `name` is there with what belongs beside it."""
        size = self._size(name)
        if size is None:
            return False
        if _SHRINKS.fullmatch(name) and size >= SHORTEST:
            return self._size(f"{name}.gz") is not None and self._size(f"{name}.br") is not None
        return True

    def remove(self, name):
        """Remove the file `name`, and folders that are empty then; return whether it was there."""
        path = self.path / name
        try:
            self._checked(path.parent)
            path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return False
        for folder in path.parents:
            if folder == self.path:
                break
            try:
                folder.rmdir()
            except OSError:
                break
            self._safe.discard(folder)
        return True

    def clear(self, name):
        """Remove the file `name` and what is compressed beside it; return whether anything was there."""
        return sum(self.remove(name + ending) for ending in ("", ".gz", ".br")) > 0

    def _size(self, name):
        try:
            found = os.lstat(self.path / name)
        except OSError:
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def _read(self, name, ending):
        """Return what the file `name`, packed as its `ending` says, holds; None for one that isn't there or is damaged."""
        if self._size(name) is None:
            return None
        try:
            packed = (self.path / name).read_bytes()
            return {"": bytes, ".gz": gzip.decompress, ".br": brotli.decompress}[ending](packed)
        except (OSError, EOFError, brotli.error, ValueError):
            return None

    def _place(self, name, content):
        """Write `content` beside its place and move it there: nobody ever sees a part of it."""
        path = self.path / name
        self._checked(path.parent, make=True)
        beside = self.own / "writing" / f"{os.getpid()}"
        with beside.open("wb") as file:
            file.write(content)
        os.replace(beside, path)

    def _checked(self, folder, make=False):
        """Raise OSError unless `folder` lies in the copy and no part of the way there is a link; `make` what is missing."""
        if folder in self._safe or folder == self.path:
            return
        self._checked(folder.parent, make)
        if make:
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            raise NotADirectoryError(20, _("is no folder, or a link to one"), str(folder))
        self._safe.add(folder)


def _packed(content, ending):
    """Return `content` as a file with the `ending` holds it, as the site sends it: the same bytes for the same content."""
    if ending == ".gz":
        return gzip.compress(content, 6, mtime=0)
    return brotli.compress(content, quality=5) if ending == ".br" else content


@contextlib.contextmanager
def opened(path):
    """Return (`Folder`, its manifest) at `path`, made where there is none; raise Refused for one that isn't a copy."""
    folder = Folder(path)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        present = {each.name for each in folder.path.iterdir()}
        if present and not _is_ours(folder):
            raise Refused(
                _("The folder %s holds something that is no copy of a site; name an empty one.") % folder.path
            )
        folder.own.mkdir(exist_ok=True)
        lock = os.open(folder.own / "lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise Refused(_("The folder %(path)s can’t be used: %(error)s") % {"path": path, "error": error}) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused(_("Another run is writing to %s.") % folder.path) from error
        writing = folder.own / "writing"
        writing.mkdir(exist_ok=True)
        for left in writing.iterdir():  # of a run that was killed
            left.unlink()
        with contextlib.closing(Manifest(folder.own / "manifest.sqlite3")) as manifest:
            yield folder, manifest
    finally:
        os.close(lock)


def _is_ours(folder):
    """Return whether `folder` was begun by a run of ours: it has our manifest, or nothing beside our lock yet."""
    if not folder.own.is_dir() or folder.own.is_symlink():
        return False
    manifest = folder.own / "manifest.sqlite3"
    if not manifest.exists():
        return {each.name for each in folder.path.iterdir()} == {OWN}
    try:
        with contextlib.closing(sqlite3.connect(f"{manifest.as_uri()}?mode=ro", uri=True)) as database:
            return database.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    except sqlite3.Error:
        return False
