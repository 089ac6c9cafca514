from django.db import migrations

from articles.models.revision import STANDS, digest_of

PART = 1_000
GUARDED = "article_id, number, kind, change, note, fields, based_on_id, form, saved_at, saver, digest"
SQLITE = f"""
CREATE TRIGGER articles_revision_stands BEFORE UPDATE OF {GUARDED} ON articles_revision
BEGIN SELECT RAISE(ABORT, '{STANDS}'); END
"""
# Not deleted either, but for what goes with an article, as the rows of an emptied database do; `verify` finds what is missing.
POSTGRESQL = f"""
CREATE FUNCTION articles_revision_stands() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{STANDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER articles_revision_stands BEFORE UPDATE OF {GUARDED} ON articles_revision
FOR EACH ROW EXECUTE FUNCTION articles_revision_stands()
"""


def fill(apps, schema_editor):
    """Take the digests of the revisions that are there."""
    rows = apps.get_model("articles", "Revision").objects.select_related("article").order_by("pk")
    rows = rows.only(
        "article", "number", "kind", "change", "note", "fields", "based_on", "form", "saved_at", "saved_by", "article__uid"
    )
    last = 0
    while part := list(rows.filter(pk__gt=last)[:PART]):
        for row in part:
            row.saver = row.saved_by_id
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE articles_revision SET saver = %s, digest = %s WHERE id = %s",
                [(row.saver, digest_of(row, row.article.uid), row.pk) for row in part],
            )
        last = part[-1].pk


def guard(apps, schema_editor):
    """Let the database itself refuse to change a revision."""
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL)


def unguard(apps, schema_editor):
    """Take the guard away again."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER articles_revision_stands")
    else:
        schema_editor.execute("DROP FUNCTION articles_revision_stands CASCADE")


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0026_digests'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(guard, unguard),
    ]
