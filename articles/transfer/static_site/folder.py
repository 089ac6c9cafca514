"""The folder that a copy is in: files put in place whole, compressed beside themselves, and known by name.

    .export/manifest.sqlite3   every file of the copy, with the address whose answer it holds
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

OWN = ".export"
APPLICATION = 0x7E1A7105  # in the head of the manifest: it is one of ours
_SHRINKS = re.compile(r".*\.(?:html|atom|rss|json|xml|css|js|svg|csv|ics|bib|ris|opml|txt)")
SHORTEST = 500  # bytes; what is shorter fits a packet anyway
_TABLES = f"""
PRAGMA application_id = {APPLICATION};
CREATE TABLE IF NOT EXISTS file (
    name TEXT PRIMARY KEY, address TEXT NOT NULL, run INTEGER NOT NULL, waiting INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT '', target TEXT NOT NULL DEFAULT '', mark TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting ON file (name) WHERE waiting = 1;
CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


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

    def read(self, name):
        """Return what the file `name` holds (bytes), None where there is none."""
        return self._read(name, "")

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


class Manifest:
    """What the copy has, and what of it the present run has still to fetch."""

    def __init__(self, path):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = OFF")  # what a power cut takes, the next run looks for again
        self.database.executescript(_TABLES)

    def close(self):
        """Let the file go."""
        self.database.close()

    @contextlib.contextmanager
    def at_once(self):
        """Write what is told meanwhile in one transaction."""
        self.database.execute("BEGIN")
        try:
            yield
        finally:
            self.database.execute("COMMIT")

    def told(self, name, default=""):
        """Return what was told as `name`."""
        row = self.database.execute("SELECT value FROM told WHERE name = ?", (name,)).fetchone()
        return row[0] if row else default

    def tell(self, **values):
        """Remember the `values` (str)."""
        self.database.executemany("INSERT OR REPLACE INTO told VALUES (?, ?)", values.items())

    def begin(self):
        """Return the number of a new run; what an earlier one left waiting doesn't any more."""
        run = int(self.told("run", "0")) + 1
        with self.at_once():
            self.database.execute("UPDATE file SET waiting = 0 WHERE waiting")
            self.tell(run=str(run), standing="")
        return run

    def want(self, name, address, run):
        """Have the file `name` fetched from `address` in the `run`, unless that is known; return whether it is new to it."""
        found = self.database.execute(
            "INSERT INTO file (name, address, run, waiting) VALUES (?, ?, ?, 1) ON CONFLICT (name) DO UPDATE "
            "SET address = excluded.address, run = excluded.run, waiting = 1 WHERE run <> excluded.run",
            (name, address, run),
        )
        return found.rowcount > 0

    def take(self, most):
        """Return [(name, address, mark), …] of at most `most` files that wait, in order, which are being fetched from now on."""
        rows = "SELECT name, address, mark FROM file WHERE waiting = 1 ORDER BY name LIMIT ?"
        found = self.database.execute(rows, (most,)).fetchall()
        with self.at_once():
            self.database.executemany("UPDATE file SET waiting = 2 WHERE name = ?", [(row[0],) for row in found])
        return found

    def done(self, name, kind, target, mark):
        """Note what became of the file `name`."""
        row = "UPDATE file SET waiting = 0, kind = ?, target = ?, mark = ? WHERE name = ?"
        self.database.execute(row, (kind, target, mark, name))

    def again(self, name):
        """Have the file `name` fetched once more."""
        self.database.execute("UPDATE file SET waiting = 1, mark = '' WHERE name = ?", (name,))

    def waiting(self):
        """Return how many files wait to be fetched."""
        return self.database.execute("SELECT count(*) FROM file WHERE waiting = 1").fetchone()[0]

    def of(self, run, *kinds):
        """Yield (name, address, target) of the files of the `run` of one of the `kinds`, at most three."""
        rows = "SELECT name, address, target FROM file WHERE run = ? AND kind IN (?, ?, ?) AND name > ? ORDER BY name LIMIT 1000"
        asked, last = (run, *(kinds * 3)[:3]), ""
        while found := self.database.execute(rows, (*asked, last)).fetchall():
            yield from found
            last = found[-1][0]

    def left_over(self, run):
        """Return the names of the files that the `run` didn't come to."""
        return [name for (name,) in self.database.execute("SELECT name FROM file WHERE run <> ?", (run,))]

    def forget(self, name):
        """Know the file `name` no more."""
        self.database.execute("DELETE FROM file WHERE name = ?", (name,))
