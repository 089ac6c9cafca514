"""The database by itself: what it says of its own files, and references that lead nowhere."""

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.models import Exists, OuterRef

GUARDS = {  # triggers, on either database, and what they keep
    "articles_revision_stands": "revisions from being changed",
    "articles_auditentry_stands": "the audit log from being changed",
    "articles_auditentry_stands_there": "the audit log from being emptied",
}


def damaged_database(using=DEFAULT_DB_ALIAS):
    """Yield what is damaged in the database `using`, a line each."""
    vendor = {"sqlite": _sqlite, "postgresql": _postgresql}[connections[using].vendor]
    try:
        with connections[using].cursor() as cursor:
            for problem in vendor(cursor, using):
                yield f"database: {problem}"
    except (Error, UnicodeError) as error:  # the latter of a name or a remark that is damaged itself
        yield f"database: it can't be read: {in_a_line(error)}"


def in_a_line(error):
    """Return what `error` says on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _sqlite(cursor, using):
    cursor.execute("PRAGMA integrity_check")
    yield from (line for (line,) in cursor.fetchall() if line != "ok")
    cursor.execute("PRAGMA foreign_key_check")
    for table, row, parent, _number in cursor.fetchall():
        yield f"row {row} of {table} refers to a row of {parent} that isn't there"
    yield from _unguarded(cursor, "SELECT name FROM sqlite_master WHERE type = 'trigger'")


def _postgresql(cursor, using):
    cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated")
    yield from (f"{table} was never checked against {name}" for table, name in cursor.fetchall())
    cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
    yield from (f"the index {name} is not valid" for (name,) in cursor.fetchall())
    for table in sorted(connections[using].introspection.table_names(cursor)):
        quoted = connections[using].ops.quote_name(table)
        yield from _tried(cursor, f"SELECT sum(length(t::text)) FROM {quoted} t", table)  # noqa: S608 - all its pages
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")
    if cursor.fetchone():
        cursor.execute(
            "SELECT c.oid, c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE a.amname = 'btree' AND c.relkind = 'i' AND n.nspname = current_schema()"
        )
        for oid, name in cursor.fetchall():
            yield from _tried(cursor, f"SELECT bt_index_check({oid}::regclass)", f"the index {name}")
    yield from _led_nowhere(using)
    yield from _unguarded(cursor, "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")


def _tried(cursor, sql, what):
    try:
        cursor.execute(sql)
    except Error as error:
        yield f"{what}: {in_a_line(error)}"


def _led_nowhere(using):
    """Yield the references of our rows that lead nowhere: what SQLite's foreign_key_check says."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.remote_field and field.db_constraint:
                targets = field.related_model._base_manager.using(using)
                there = targets.filter(**{field.target_field.attname: OuterRef(field.attname)})
                rows = model._base_manager.using(using).exclude(**{field.attname: None}).exclude(Exists(there))
                for pk in rows.order_by().values_list("pk", flat=True):
                    table, parent = model._meta.db_table, field.related_model._meta.db_table
                    yield f"row {pk} of {table} refers to a row of {parent} that isn't there"


def _unguarded(cursor, triggers):
    cursor.execute(triggers)
    there = {name for (name,) in cursor.fetchall()}
    for name, kept in GUARDS.items():
        if name not in there:
            yield f"the trigger {name}, which keeps {kept}, is missing"
