import re
from itertools import zip_longest

from django.db import migrations

PART = 500
MENTIONED = re.compile(r"/pictures/(\w{1,100})(?:-\d{1,5})?\.")


def fill(apps, schema_editor):
    """Note which pictures the published versions of each article show."""
    articles = apps.get_model("articles", "Article").objects.exclude(live=None).exclude(published_at=None)
    revisions = apps.get_model("articles", "Revision").objects.filter(kind="published").order_by("number")
    files = dict(apps.get_model("articles", "Picture").objects.values_list("pk", "file"))
    shown = apps.get_model("articles", "ShownPicture")
    last = 0
    while part := list(articles.filter(pk__gt=last).order_by("pk").only("published_at")[:PART]):
        rows = []
        for article in part:
            names = set()
            versions = list(revisions.filter(article=article).only("fields", "saved_at"))
            for version, after in zip_longest(versions, versions[1:]):
                if after is None or after.saved_at > article.published_at:  # else nobody saw it
                    names.update(MENTIONED.findall(version.fields["body"]))
                    lead = files.get(version.fields.get("lead_picture"), "")
                    names.add(lead.rpartition(".")[0])
            rows += [shown(article=article, name=name) for name in sorted(names - {""})]
        shown.objects.bulk_create(rows, ignore_conflicts=True)
        last = part[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0032_shown_pictures'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
