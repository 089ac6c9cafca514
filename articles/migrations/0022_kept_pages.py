import articles.models.edition
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0021_turns'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=300, unique=True)),
                ('kind', models.PositiveSmallIntegerField()),
                ('value', models.BigIntegerField()),
                ('stamp', models.CharField(max_length=400)),
                ('until', models.DateTimeField(null=True)),
                ('headers', models.TextField()),
                ('body', models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name='edition',
            name='wide',
            field=models.CharField(default=articles.models.edition.fresh, max_length=32),
        ),
        migrations.CreateModel(
            name='FacetMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.PositiveSmallIntegerField()),
                ('value', models.BigIntegerField()),
                ('mark', models.CharField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'value'), name='facet_marked_once')],
            },
        ),
    ]
