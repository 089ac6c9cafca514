"""What is rendered is kept; which articles are alike is stored, not computed for each page."""

import itertools

import articles.models.edition
import django.db.models.deletion
from django.db import migrations, models


def begin(apps, schema_editor):
    """Give published articles empty renditions, and take over what they were found to be like.

    The scores are of the order of real ones; `rebuild` weighs everything anew.
    """
    Article, ReadNext, Likeness, Rendition = (
        apps.get_model("articles", name) for name in ("Article", "ReadNext", "Likeness", "Rendition")
    )
    keys = Article.objects.exclude(published_at=None).order_by("pk").values_list("pk", flat=True)
    rows = (Rendition(article_id=pk) for pk in keys.iterator())
    while some := list(itertools.islice(rows, 1000)):
        Rendition.objects.bulk_create(some)
    found = ReadNext.objects.filter(picked=False).values_list("article", "other", "place", "words").order_by("pk")
    rows = (
        Likeness(article_id=one, other_id=two, score=3 / (1 + place), words=words)
        for article, other, place, words in found.iterator()
        for one, two in ((article, other), (other, article))
    )
    while some := list(itertools.islice(rows, 1000)):
        Likeness.objects.bulk_create(some, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0019_search_terms_of_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rendition',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rendition', serialize=False, to='articles.article')),
                ('serial', models.PositiveBigIntegerField(default=0)),
                ('stamp', models.CharField(default='', max_length=200)),
                ('until', models.DateTimeField(null=True)),
                ('item', models.TextField(default='')),
                ('page', models.BinaryField(default=b'')),
                ('feed', models.BinaryField(default=b'')),
            ],
        ),
        migrations.AddField(
            model_name='edition',
            name='names',
            field=models.CharField(default=articles.models.edition.fresh, max_length=32),
        ),
        migrations.CreateModel(
            name='Likeness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.FloatField()),
                ('words', models.JSONField(default=list)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='likenesses', to='articles.article')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('article', 'other'), name='likeness_once_per_article')],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
