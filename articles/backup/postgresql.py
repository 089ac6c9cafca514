"""A PostgreSQL database, dumped and put back by PostgreSQL's own programs while others use it."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, transaction

from .. import search
from ..integrity.database import GUARDS
from .archive import BackupError

MEMBER = "database.pgdump"
_PATIENCE = 60  # seconds in which somebody else's transaction should be over


def _program(name):
    """Return the path of one of PostgreSQL's programs; raise BackupError with the cure when it isn't there."""
    path = shutil.which(name)
    if path is None:
        raise BackupError(
            f"{name} is not here: install PostgreSQL's client (apt install postgresql-client), not older than the server."
        )
    return path


def _environment():
    """Return the environment in which PostgreSQL's programs find the database in use."""
    said = connection.settings_dict
    pairs = {
        f"PG{name if name != 'NAME' else 'DATABASE'}": str(said[name] or "")
        for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    }
    return os.environ | {name: value for name, value in pairs.items() if value} | {"PGCONNECT_TIMEOUT": "10"}


def _run(*command, **options):
    """Run one of PostgreSQL's programs to its end; raise BackupError with what it says when it fails."""
    done = subprocess.run(command, env=_environment(), stderr=subprocess.PIPE, text=True, **options)  # noqa: S603 - found above
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name} failed: {' '.join(done.stderr.split())}")


@contextmanager
def snapshot(path):
    """Dump the database in use to `path` as it is at one instant; give the alias under which that instant can be read."""
    dump = _program("pg_dump")
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_export_snapshot()")
            (instant,) = cursor.fetchone()
        _run(dump, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={instant}", f"--file={path}")
        refuse_unreadable(path)
        yield DEFAULT_DB_ALIAS


@contextmanager
def beside():
    """Give a path for a dump, and remove afterwards what was put there."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restored-") as folder:
        yield Path(folder) / MEMBER


def refuse_unreadable(path):
    """Raise BackupError when the dump at `path` can't be read to its end."""
    _run(_program("pg_restore"), f"--file={os.devnull}", str(path))


def swap(path, prepare):
    """Put what the dump at `path` holds in the place of the database in use, in one transaction; then `prepare()` it.

    The COMMIT is sent when everything before has gone well, so that whatever ends meanwhile leaves what was there.
    """
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    there = set(connection.introspection.table_names())
    tables = sorted({*tables, *({"django_migrations", search.TABLE} & there)})
    quoted = ", ".join(map(connection.ops.quote_name, tables))
    first = f"BEGIN;\nSET lock_timeout = '{_PATIENCE}s';\n" + (f"DROP TABLE {quoted} CASCADE;\n" if tables else "")
    first += "".join(f"DROP FUNCTION IF EXISTS {name}() CASCADE;\n" for name in GUARDS)
    connection.close()
    psql, reading = _program("psql"), (_program("pg_restore"), "--no-owner", "--no-privileges", "--no-comments")
    with tempfile.TemporaryFile("w+") as said:
        target = subprocess.Popen(  # noqa: S603 - found above
            [psql, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"],
            env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said,
        )  # fmt: skip
        try:
            target.stdin.write(first.encode())
            target.stdin.flush()
            _run(*reading, "--file=-", str(path), stdout=target.stdin)
            target.stdin.write(b"\nCOMMIT;\n")
            target.stdin.close()
        except (BrokenPipeError, BackupError):  # psql has ended, and says why
            target.kill()
        target.wait()
        said.seek(0)
        if target.returncode:
            raise BackupError(
                f"The database was left as it was; psql says: {' '.join(said.read().split()) or 'nothing'}"
            )
    prepare()
