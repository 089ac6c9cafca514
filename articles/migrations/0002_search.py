from django.db import migrations

from articles import search


def create(apps, schema_editor):
    for statement in search.engine(schema_editor.connection.vendor).create:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {search.TABLE}")


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
