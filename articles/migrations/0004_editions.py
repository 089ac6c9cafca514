"""When what readers see changed last; withdrawals in the history."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0003_groups'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='revision',
            name='revision_published_says_change',
        ),
        migrations.RemoveConstraint(
            model_name='revision',
            name='revision_change_says_why',
        ),
        migrations.RemoveIndex(
            model_name='article',
            name='article_last_change',
        ),
        migrations.RemoveField(
            model_name='article',
            name='changed_at',
        ),
        migrations.RemoveField(
            model_name='theme',
            name='changed_at',
        ),
        migrations.AlterField(
            model_name='revision',
            name='kind',
            field=models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('withdrawn', 'withdrawn')], max_length=9),
        ),
        migrations.AlterField(
            model_name='themename',
            name='folded',
            field=models.CharField(editable=False, max_length=400, unique=True),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind', 'published'), _negated=True), ('change', '')), models.Q(('kind', 'published'), models.Q(('change', ''), _negated=True)), _connector='OR'), name='revision_published_says_change'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('change__in', ['update', 'correction']), ('kind', 'withdrawn'), _connector='OR', _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='revision_change_says_why'),
        ),
    ]
