"""Render and index everything again."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from articles import publishing
from articles.models import Article, Theme


class Command(BaseCommand):
    """`manage.py rebuild`."""

    help = "Renders every published text again and indexes it for search. Dates and revisions stay as they are."

    def handle(self, *args, **options):
        """Go through themes and articles; end with an error when some could not be rendered."""
        changed = failed = count = 0
        for theme in Theme.objects.all():
            publishing.save_theme(theme)
        for article in Article.objects.exclude(live=None).select_related("live").iterator(chunk_size=200):
            count += 1
            try:
                changed += publishing.rebuild(article)
            except ValidationError as error:
                failed += 1
                self.stderr.write(f"{article.slug}: {'; '.join(error.messages)}")
        self.stdout.write(f"{count} articles rendered and indexed, {changed} of them changed.")
        if failed:
            raise CommandError(f"{failed} articles could not be rendered; readers go on seeing what they saw.")
