from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0025_events_under_themes_filled'),
    ]

    operations = [
        migrations.AddField(
            model_name='revision',
            name='saver',
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='digest',
            field=models.CharField(default='', editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='picture',
            name='digests',
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
