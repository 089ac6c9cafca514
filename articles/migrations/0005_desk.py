"""The desk: what is kept while somebody types, open forms, reviews, draft links, deleted drafts."""

import articles.models.sharing
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0004_editions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DraftLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=articles.models.sharing.new_token, max_length=40, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OpenForm',
            fields=[
                ('form', models.UUIDField(primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='article',
            name='deleted_at',
            field=models.DateTimeField(null=True, verbose_name='deleted'),
        ),
        migrations.AddField(
            model_name='revision',
            name='form',
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name='revision',
            name='kind',
            field=models.CharField(choices=[('autosave', 'kept while typing'), ('draft', 'draft'), ('submitted', 'handed in for review'), ('returned', 'sent back'), ('approved', 'approved'), ('published', 'published'), ('withdrawn', 'withdrawn')], max_length=9),
        ),
        migrations.AlterField(
            model_name='revision',
            name='number',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('deleted_at', None), ('published_at', None), _connector='OR'), name='article_deleted_was_draft'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'autosave')), fields=('saved_by', 'form'), name='revision_kept_once_per_form'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(condition=models.Q(('number', 1)), fields=('form',), name='article_made_once_per_form'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('form__isnull', False), ('kind', 'autosave'), ('number__isnull', True)), models.Q(models.Q(('kind', 'autosave'), _negated=True), ('number__isnull', False)), _connector='OR'), name='revision_numbered_unless_kept'),
        ),
        migrations.AddField(
            model_name='draftlink',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='draft_links', to='articles.article'),
        ),
        migrations.AddField(
            model_name='draftlink',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='openform',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_forms', to='articles.article'),
        ),
        migrations.AddField(
            model_name='openform',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]
