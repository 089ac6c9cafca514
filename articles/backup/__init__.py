"""Backups: the database and the pictures in one file, made while people write and checked before it is called done; and back.

The secret key is not in it, and neither are collected static files.
"""

import os
from contextlib import suppress

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from .. import integrity
from ..models import Article, Edition, Picture, Theme
from ..models.picture import stored_digest
from . import archive, postgresql, sqlite
from .archive import BackupError

__all__ = ["BackupError", "back_up", "restore"]

PICTURES = "pictures/"


def _engine():
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.vendor]


def back_up(path, *, at, damaged=False):
    """Write a backup to `path`, made at the instant `at`; return its manifest.

    It is written beside `path`, synced, read back and compared before it gets its name. Raise BackupError, with a line
    for each damage found in the database or the pictures, when there is any, unless it is to be made of a `damaged` site.
    """
    if path.exists():
        raise BackupError(f"{path} is there already: give the backup another name.")
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}.")
    part, dump = (path.with_name(f".{path.name}.{ending}") for ending in ("part", "database"))
    try:
        with _engine().snapshot(dump) as using:
            found = list(integrity.damages(quick=True, using=using))
            files = {}
            for picture in Picture.objects.using(using).order_by("pk").iterator():
                files |= picture.files
            applied = sorted(MigrationRecorder(_connection(using)).applied_migrations())
        told = {"made_at": at.isoformat(), "database": connection.vendor, "migrations": applied}
        with archive.Writer(part, at) as written:
            written.add_file(_engine().MEMBER, dump)
            for name, recorded in files.items():
                found += _add_picture(written, name, recorded)
            written.finish(told | {"damaged": found})
        if found and not damaged:
            raise BackupError("\n".join(["No backup was made, for something is damaged:", *found]))
        manifest = archive.checked(part)
        os.replace(part, path)
        _sync(path.parent)
    except OSError as error:
        raise BackupError(f"The backup can't be written: {integrity.in_a_line(error)}") from error
    finally:
        for file in (part, dump):
            with suppress(OSError):
                file.unlink(missing_ok=True)
    return manifest


def _connection(using):
    return sqlite.connections[using]


def _add_picture(written, name, recorded):
    """Add the file `name` of a picture; return what is wrong with it, as a list of lines."""
    try:
        with default_storage.open(name) as file:
            digest = written.add(PICTURES + name, file.read())
    except FileNotFoundError:
        digest = None
    except OSError as error:
        digest = error
    problem = integrity.unlike(name, recorded, digest)
    return [f"pictures: {name} {problem}"] if problem else []


def _sync(folder):
    """Have the disk know the names in `folder`."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def restore(path, *, replace=False, damaged=False):
    """Put what the backup at `path` holds in the place of the database and beside the pictures; return its manifest.

    Everything is checked before anything is changed, and the database changes at once or not at all. Raise BackupError in
    words: for an archive that is not whole or not for this site, for a site that holds something unless it is to `replace`
    that, and for revisions that aren't what was saved unless they are to be had `damaged`.
    """
    manifest = archive.checked(path)
    engine = _engine()
    if manifest["database"] != connection.vendor:
        raise BackupError(
            f"The backup is of a {manifest['database']} database, and this site is on {connection.vendor}: "
            "set DATABASE_URL to one of that kind."
        )
    executor = MigrationExecutor(None)
    unknown = {tuple(name) for name in manifest["migrations"]} - executor.loader.disk_migrations.keys()
    if unknown:
        raise BackupError("The backup was made by a later version of the site: restore it with that one.")
    if not replace and _holds_something():
        raise BackupError("This site holds something already: --replace puts the backup in its place.")
    if manifest["damaged"] and not damaged:
        raise BackupError("\n".join(["It is a backup of a damaged site (--damaged):", *manifest["damaged"]]))
    try:
        with engine.beside() as dump:
            archive.extract(path, manifest, engine.MEMBER, dump)
            engine.refuse_unreadable(dump)
            for name, content in archive.contents(path, manifest, PICTURES):
                _put(name, content, manifest["members"][PICTURES + name])
            engine.swap(dump, lambda: _prepare(damaged))
    except OSError as error:
        raise BackupError(f"The backup can't be restored: {integrity.in_a_line(error)}") from error
    cache.clear()
    return manifest


def _holds_something():
    """Whether anybody has done anything in the database in use; one that can't be read may hold something."""
    try:
        if "articles_article" not in connection.introspection.table_names():
            return False
        return any(model.objects.exists() for model in (Article, Theme, get_user_model()))
    except DatabaseError:
        return True


def _put(name, content, digest):
    """Store a picture's file under its `name`, unless it is there."""
    if default_storage.exists(name):
        if stored_digest(default_storage, name) == digest:
            return
        default_storage.delete(name)
    stored = default_storage.save(name, ContentFile(content))
    if stored != name:
        raise BackupError(f"The picture {name} could be stored as {stored} only.")


def _prepare(damaged):
    """Bring the restored database, which is the one in use, to the present; raise BackupError when it is not what was saved."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    found = list(integrity.damages(quick=True))
    if found and not damaged:
        raise BackupError("\n".join(["What was restored is damaged:", *found]))
    Edition.begin_anew()
