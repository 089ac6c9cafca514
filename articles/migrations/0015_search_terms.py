"""The search table anew, fed with stems of three languages; `manage.py rebuild --search` fills it."""

from django.db import migrations

from articles import search


def make_anew(apps, schema_editor):
    """Drop what the engine stemmed itself."""
    engine = search.engine(schema_editor.connection.vendor)
    for statement in (*engine.drop, *engine.create):
        schema_editor.execute(statement)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TEXT SEARCH CONFIGURATION IF EXISTS {search.TABLE}")
        schema_editor.execute("DROP TEXT SEARCH DICTIONARY IF EXISTS articles_stem")


class Migration(migrations.Migration):

    dependencies = [("articles", "0014_followers")]
    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
