"""The search table anew: endings behind apostrophes are gone, Russian keeps its letters, names stand apart.

`manage.py rebuild --search` fills it, the newest articles first.
"""

from django.db import migrations

from articles import search


def make_anew(apps, schema_editor):
    """Drop what was indexed by other terms than are asked for now."""
    engine = search.engine(schema_editor.connection.vendor)
    for statement in (*engine.drop, *engine.create):
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("articles", "0016_translations_and_what_to_read_next")]
    operations = [migrations.RunPython(make_anew, migrations.RunPython.noop)]
