"""The database itself refuses to change or delete what the audit log holds."""

from django.db import migrations

from articles.models.audit import STANDS

SQLITE = [
    f"""
    CREATE TRIGGER articles_auditentry_stands{name} BEFORE {act} ON articles_auditentry
    BEGIN SELECT RAISE(ABORT, '{STANDS}'); END
    """
    for name, act in {"": "UPDATE", "_there": "DELETE"}.items()
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION articles_auditentry_stands() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{STANDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
    CREATE TRIGGER articles_auditentry_stands BEFORE UPDATE OR DELETE ON articles_auditentry
    FOR EACH ROW EXECUTE FUNCTION articles_auditentry_stands();
    CREATE TRIGGER articles_auditentry_stands_there BEFORE TRUNCATE ON articles_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION articles_auditentry_stands()
    """
]


def guard(apps, schema_editor):
    """Let the database refuse."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    """Take the guards away again."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER articles_auditentry_stands")
        schema_editor.execute("DROP TRIGGER articles_auditentry_stands_there")
    else:
        schema_editor.execute("DROP FUNCTION articles_auditentry_stands CASCADE")


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0029_audit'),
    ]

    operations = [migrations.RunPython(guard, unguard)]
