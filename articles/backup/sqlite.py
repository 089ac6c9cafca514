"""An SQLite database, copied and put back while others use it."""

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import connection, connections

from .archive import BackupError

MEMBER = "database.sqlite3"
_ALIAS = "backup"
_PATIENCE = 60  # seconds in which somebody else's transaction should be over


@contextmanager
def snapshot(path):
    """Copy the database in use to `path` as it is at one instant; give the alias under which the copy can be read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    # Not as the site opens its own: that would leave a log beside it.
    connections.databases[_ALIAS] = connections.databases["default"] | {"NAME": str(path), "OPTIONS": {}}
    try:
        yield _ALIAS
    finally:
        connections[_ALIAS].close()
        del connections[_ALIAS]
        del connections.databases[_ALIAS]


def _in_use():
    """Return the path of the database in use."""
    return Path(connection.settings_dict["NAME"])


@contextmanager
def beside():
    """Give a path in the folder of the database, and remove afterwards what was put there."""
    path = _in_use().with_name(f".{_in_use().name}.restored")
    path.parent.mkdir(parents=True, exist_ok=True)
    remove(path)
    path.touch(mode=0o600)
    try:
        yield path
    finally:
        remove(path)


def remove(path):
    """Remove the database at `path`, with what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def refuse_unreadable(path):
    """Raise BackupError when the file at `path` is no database."""
    try:
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The backup's database can't be read: {error}") from error


def swap(path, prepare):
    """Put the database at `path` in the place of the one in use, once `prepare()` has worked on it.

    All its pages go in as one transaction, so that others see the one or the other, and whatever happens meanwhile leaves
    the one that was there. One that can't be read any more is moved aside.
    """
    live = _in_use()
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        prepare()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(live)
    try:
        with closing(sqlite3.connect(path)) as copy:
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with closing(sqlite3.connect(live, timeout=_PATIENCE)) as target:
                target.execute("PRAGMA journal_mode=WAL")
                target.execute("PRAGMA synchronous=FULL")
                copy.backup(target)
    except sqlite3.OperationalError as error:  # busy, full: what was there is there
        raise BackupError(f"The database can't be replaced: {error}") from error
    except sqlite3.DatabaseError:
        _replace(path, live)


def _replace(path, live):
    """Give the file at `path` the name of the database `live`, which can't be read any more and is kept beside it."""
    with closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
    for ending in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            os.replace(live.with_name(live.name + ending), live.with_name(f"{live.name}.damaged{ending}"))
    os.replace(path, live)
