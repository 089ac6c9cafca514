"""What a copy has, where it came from and what it leads to, in a SQLite file beside it."""

import contextlib
import sqlite3
import zlib
from typing import NamedTuple

APPLICATION = 0x7E1A7105  # in the head of the file: it is one of ours
_TABLES = f"""
PRAGMA application_id = {APPLICATION};
CREATE TABLE IF NOT EXISTS file (
    name TEXT PRIMARY KEY, address TEXT NOT NULL, run INTEGER NOT NULL, waiting INTEGER NOT NULL,
    kind TEXT NOT NULL DEFAULT '', target TEXT NOT NULL DEFAULT '', mark TEXT NOT NULL DEFAULT '', links BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting ON file (name) WHERE waiting = 1;
CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class File(NamedTuple):
    """A file of the copy: its name, the address on the site whose answer it holds, the mark by which that is known not to have
    changed ("" where it isn't), and what it leads to (`packed`; None where nobody has looked)."""

    name: str
    address: str
    mark: str
    links: bytes | None


def packed(addresses):
    """Return the `addresses` (str, no line breaks) of the copy as the manifest holds them."""
    return zlib.compress("\n".join(sorted(addresses)).encode(), 1)


def unpacked(links):
    """Return {address, …} of what `packed` gave."""
    text = zlib.decompress(links).decode()
    return set(text.split("\n")) if text else set()


class Manifest:
    """What the copy has, and what of it the present run has still to fetch."""

    def __init__(self, path):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = OFF")  # what a power cut takes, the next run looks for again
        self.database.executescript(_TABLES)
        if "links" not in {row[1] for row in self.database.execute("PRAGMA table_info(file)")}:  # of a copy made before
            self.database.execute("ALTER TABLE file ADD COLUMN links BLOB")

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
        """Return [`File`, …] of at most `most` that wait, in order, which are being fetched from now on."""
        rows = "SELECT name, address, mark, links FROM file WHERE waiting = 1 ORDER BY name LIMIT ?"
        found = [File(*row) for row in self.database.execute(rows, (most,))]
        with self.at_once():
            self.database.executemany("UPDATE file SET waiting = 2 WHERE name = ?", [(file.name,) for file in found])
        return found

    def done(self, name, kind, target, mark, links):
        """Note what became of the file `name`, and what it leads to (`packed`)."""
        row = "UPDATE file SET waiting = 0, kind = ?, target = ?, mark = ?, links = ? WHERE name = ?"
        self.database.execute(row, (kind, target, mark, links, name))

    def again(self, name):
        """Have the file `name` fetched once more."""
        self.database.execute("UPDATE file SET waiting = 1, mark = '' WHERE name = ?", (name,))

    def waiting(self):
        """Return how many files wait to be fetched."""
        return self.database.execute("SELECT count(*) FROM file WHERE waiting = 1").fetchone()[0]

    def of(self, run, *kinds):
        """Yield (name, address, target, links) of the files of the `run` of one of the `kinds`, at most three."""
        rows = (
            "SELECT name, address, target, links FROM file WHERE run = ? AND kind IN (?, ?, ?) AND name > ? "
            "ORDER BY name LIMIT 1000"
        )
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
