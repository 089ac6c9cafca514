"""An export of another system, one file or several that belong together, of any size: read twice.

The first reading keeps what texts refer to, wherever in the file that stands, in tables on the disk, so that memory stays
flat; the second makes the texts, one at a time.
"""

import abc
import contextlib
import sqlite3

from django.utils.translation import gettext as _

from .documents import Refusal
from .uploads import Uploads


class Broken(ValueError):
    """An export that can't be read on; `line` is where, about."""

    def __init__(self, words, line):
        super().__init__(words)
        self.line = line


class Export(abc.ABC):
    """The export in the files `names` of `place`; what is of one system alone is in the classes made of it.

    `name` is the file that is being read.

    TABLES   SQL of the tables that the first reading fills
    FOLDERS  of its pictures (`Uploads`)
    """

    TABLES, FOLDERS = "", ()

    def __init__(self, place, *names):
        self.place, self.names, self.name = place, names, names[0]
        self.uploads = Uploads(place, *self.FOLDERS)
        self.kept = sqlite3.connect("", isolation_level=None)  # a file of its own, gone when it is closed
        self.kept.executescript(self.TABLES + "CREATE TABLE origins (origin TEXT PRIMARY KEY, id TEXT);")
        self.kept.execute("BEGIN")

    @abc.abstractmethod
    def rows(self, stream, *, first):
        """Yield what the binary `stream` holds that the `first` reading, or the second, is for; raise Broken."""

    @abc.abstractmethod
    def learn(self, row):
        """Keep what texts refer to of a row of the first reading."""

    @abc.abstractmethod
    def taken(self, row):
        """Yield the `Document`s and `Refusal`s of a row of the second reading."""

    @abc.abstractmethod
    def left(self, *, is_whole):
        """Yield what there is to tell at the end, `is_whole` whether it could be read to there."""

    def documents(self):
        """Yield the `Document`s and `Refusal`s of the export, in its order."""
        with contextlib.closing(self.kept):
            for name in self.names:
                self.name = name
                with contextlib.suppress(Broken, OSError), self.place.open(name) as stream:
                    for row in self.rows(stream, first=True):
                        self.learn(row)
            is_whole = True
            for name in self.names:
                self.name = name
                try:
                    with self.place.open(name) as stream:
                        for row in self.rows(stream, first=False):
                            yield from self.taken(row)
                except Broken as error:
                    is_whole = False
                    yield Refusal(name, _("%s What follows could not be read.") % error, error.line)
                except OSError as error:
                    is_whole = False
                    yield getattr(error, "refusal", None) or Refusal(name, _("It can't be read: %s.") % error)
            self.name = self.names[0]
            yield from self.left(is_whole=is_whole)

    def keep(self, table, *values):
        """Keep a row of `values`, unless there is one with its key."""
        marks = ", ".join("?" * len(values))
        self.kept.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # noqa: S608 - names of our own

    def one(self, question, *values):
        """Return the first row that answers a `question` in SQL, or None."""
        return self.kept.execute(question, values).fetchone()

    def origin(self, origin, key):
        """Return what tells a text from all others: its `origin`, with its `key` for copies, which keep that."""
        self.keep("origins", origin, key)
        (first,) = self.one("SELECT id FROM origins WHERE origin = ?", origin)
        return origin if first == key else f"{origin}#{key}"

    def picture(self, address, **said):
        """Return the `Image` at `address`, if the place has it; `said` are its alt, caption and credit."""
        name = self.uploads.found(address)
        try:
            return self.uploads.image(name, **said) if name is not None else None
        except OSError:
            return None
