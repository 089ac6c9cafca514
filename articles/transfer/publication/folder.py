"""The folder that holds a publication: written so that it can live in git, and read as what a stranger may have made.

`files.txt` names every file that belongs to it, one a line, sorted. What isn't named there is never changed or removed,
and never read. Only what changed is written; a file is there whole or not at all.
"""

import fcntl
import hashlib
import os
import re
import sqlite3
import stat
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from .spelling import PublicationError, wrong

CONTENTS, ROOT = "files.txt", "publication.toml"
MOST_FILES = 10_000_000
LONGEST_NAME = 300
MOST_BYTES = 32_000_000  # of one file that is read
_PART, _LONG_PART = ".part", ".long-part"  # what is being written, before it has its name
_TABLES = "authors|former|merges|origins|people|pictures|redirects|series|sources"
_STEM = r"(?:[a-z0-9]+(?:-[a-z0-9]+)*|_[0-9]+)"
NAMES = re.compile(
    rf"publication\.toml|(?:{_TABLES})\.toml|(?:articles|themes|pages)/{_STEM}\.md|(?:kin|remarks)/{_STEM}\.toml"
    rf"|revisions/{_STEM}/[0-9]{{4,9}}\.md|pictures/\w{{1,100}}(?:-\d{{1,5}})?\.(?:jpg|png|webp|avif)",
    re.ASCII,
)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]")  # no file of Windows can be called so, whatever its ending


def stem(slug, key):
    """Return what the file of the row with that `slug` and `key` is called: by its slug where every system can hold it."""
    fits = len(slug) <= 120 and _SLUG.fullmatch(slug) and not _DEVICES.fullmatch(slug)
    return slug if fits else f"_{key}"


class Folder:
    """A folder that a publication is written to, from `opened` on; counts what was `written` and what was `removed`."""

    def __init__(self, path):
        self.path, self.written, self.removed = path, 0, 0
        # Names may be very many: SQLite puts them where there is room, and gives them back in order.
        self._names = sqlite3.connect("", isolation_level=None)
        self._names.execute("CREATE TABLE name (name TEXT PRIMARY KEY, is_new INTEGER) WITHOUT ROWID")
        self._names.execute("BEGIN")

    def begin(self):
        """Read what an earlier export wrote here; raise PublicationError for a folder that holds anything else."""
        there = [name for name in os.listdir(self.path) if not name.startswith(".")]
        if there and not {CONTENTS, ROOT} & set(there):
            raise PublicationError(f"{self.path} holds something else: name an empty folder, or one written before.")
        if CONTENTS in there:
            with (self.path / CONTENTS).open("rb") as file:
                rows = ([name] for name in named(file))
                self._names.executemany("INSERT OR IGNORE INTO name VALUES (?, 0)", rows)

    def put(self, name, content):
        """Let the file `name` hold `content`, unless it does."""
        path = self._claimed(name)
        if (
            path.is_symlink()
            or not path.is_file()
            or path.stat().st_size != len(content)
            or path.read_bytes() != content
        ):
            self._write(path, [content])

    def put_parts(self, name, parts):
        """Let the file `name` hold what the iterator `parts` of bytes gives, unless it does."""
        path, beside = self._claimed(name), self.path / _LONG_PART
        digest = hashlib.sha256()
        with beside.open("wb") as file:
            for part in parts:
                digest.update(part)
                file.write(part)
        if digest_of(path) == digest.hexdigest():
            beside.unlink()
        else:
            os.replace(beside, path)
            self.written += 1

    def put_stored(self, name, digest, read):
        """Let the file `name` hold what `read()` returns, unless its SHA-256 is `digest`; return the SHA-256 it has now."""
        path = self._claimed(name)
        if not digest or digest_of(path) != digest:
            content = read()
            digest = hashlib.sha256(content).hexdigest()
            if digest_of(path) != digest:
                self._write(path, [content])
        return digest

    def finish(self):
        """Remove what is gone since, and write down which files there are."""
        for (name,) in self._names.execute("SELECT name FROM name WHERE NOT is_new"):
            path = self.path / name
            if self._is_inside(path.parent) and (path.is_symlink() or path.is_file()):
                path.unlink()
                self.removed += 1
                while path.parent != self.path and not os.listdir(path.parent):
                    path = path.parent
                    path.rmdir()
        rows = self._names.execute("SELECT name FROM name WHERE is_new ORDER BY name")
        beside, path = self.path / _PART, self.path / CONTENTS
        with beside.open("wb") as file:
            file.writelines(f"{name}\n".encode() for (name,) in rows)
        if digest_of(beside) == digest_of(path):
            beside.unlink()
        else:
            os.replace(beside, path)
        (self.path / _LONG_PART).unlink(missing_ok=True)

    def _claimed(self, name):
        """Return the path of the file `name`, once `files.txt` names it: an export that is killed leaves nothing unnamed."""
        if not NAMES.fullmatch(name):
            raise PublicationError(f"There is no place for a file {name!r}.")
        known = self._names.execute("SELECT is_new FROM name WHERE name = ?", [name]).fetchone()
        if known is None:
            with (self.path / CONTENTS).open("a") as file:
                file.write(f"{name}\n")
        elif known[0]:
            raise PublicationError(f"Two things would be called {name}.")
        self._names.execute("INSERT OR REPLACE INTO name VALUES (?, 1)", [name])
        path = self.path / name
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        if not self._is_inside(path.parent):
            raise PublicationError(f"{path.parent} is a link: it leads elsewhere.")
        return path

    def _is_inside(self, folder):
        return folder == self.path or (
            folder.is_dir() and folder.resolve() == self.path.resolve() / folder.relative_to(self.path)
        )

    def _write(self, path, parts):
        beside = self.path / _PART
        with beside.open("wb") as file:
            file.writelines(parts)
        os.replace(beside, path)
        self.written += 1

    def close(self):
        """Forget the names."""
        self._names.close()


@contextmanager
def opened(path):
    """Give the `Folder` at `path`, which nobody else writes meanwhile; raise PublicationError for what can't be one."""
    path = Path(path)
    try:
        path.mkdir(mode=0o700, exist_ok=True)  # drafts are nobody else's business
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise PublicationError(f"{path} can't be written: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PublicationError(f"Another export is writing to {path}.") from error
        with closing(Folder(path)) as folder:
            folder.begin()
            yield folder
    except OSError as error:
        raise PublicationError(f"{path} can't be written: {error}") from error
    finally:
        os.close(handle)


def digest_of(path):
    """Return the SHA-256, hexadecimal, of the file at `path`; None where there is none."""
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def named(file):
    """Yield the names that `file`, a `files.txt`, holds; raise PublicationError for one that no export has written."""
    for number, raw in enumerate(iter(lambda: file.readline(LONGEST_NAME), b""), start=1):
        name = raw.decode("utf-8", "replace").removesuffix("\n").removesuffix("\r")
        if not NAMES.fullmatch(name) or number > MOST_FILES:
            raise wrong(CONTENTS, f"{name[:60]!r} is no file of a publication.", number)
        yield name


class Shelf:
    """What a publication is read from: the folder at a path, or whatever else has `open(name)`; none is trusted."""

    def __init__(self, source):
        self._open = source.open if not isinstance(source, (str, Path)) else partial(_opened, Path(source))
        self._names = sqlite3.connect("", isolation_level=None)
        self._names.execute("CREATE TABLE name (name TEXT PRIMARY KEY, is_read INTEGER) WITHOUT ROWID")
        self._names.execute("BEGIN")
        with self._opened(CONTENTS) as file:
            self._names.executemany("INSERT OR IGNORE INTO name VALUES (?, 0)", ([name] for name in named(file)))

    def names(self, beginning):
        """Yield the names of the files that begin with `beginning`, sorted."""
        asked = "SELECT name FROM name WHERE name >= ? AND name < ? ORDER BY name"
        yield from (name for (name,) in self._names.execute(asked, [beginning, beginning + "\U0010ffff"]))

    def has(self, name):
        """Whether the publication has a file `name`."""
        return self._names.execute("SELECT 1 FROM name WHERE name = ?", [name]).fetchone() is not None

    def read(self, name, most=MOST_BYTES):
        """Return the bytes of the file `name`, at most so many."""
        with self._opened(name) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise wrong(name, f"it has more than {most:,} bytes.")
        return content

    def lines(self, name):
        """Yield the lines of the file `name` as bytes, none for one that the publication doesn't have."""
        if self.has(name):
            with self._opened(name) as file:
                while line := file.readline(MOST_BYTES):
                    yield line

    def unread(self):
        """Return the name of a file that nothing has asked for, or None."""
        found = self._names.execute("SELECT name FROM name WHERE NOT is_read LIMIT 1").fetchone()
        return found and found[0]

    def _opened(self, name):
        self._names.execute("UPDATE name SET is_read = 1 WHERE name = ?", [name])
        try:
            return self._open(name)
        except (OSError, RuntimeError) as error:
            raise wrong(name, f"it can't be read: {error}.") from error

    def close(self):
        """Forget the names."""
        self._names.close()


def _opened(folder, name):
    """Return the file `name` below `folder`, open; raise OSError for a link that leads elsewhere, and what is no file."""
    path = folder / name
    if path.resolve(strict=True) != folder.resolve() / name:
        raise OSError("it is a link that leads elsewhere")
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError("it is no file")
    return file
