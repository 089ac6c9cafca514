"""Render and index everything again."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from articles import publishing
from articles.models import Article, Picture, Theme

PROGRESS = 10_000  # articles between two lines


class Command(BaseCommand):
    """`manage.py rebuild`."""

    help = (
        "Counts what the lists hold, renders every published text again and indexes it for search. Dates and revisions "
        "stay as they are; what is kept of pages, lists and feeds is forgotten, and made again for whoever asks first."
    )

    def add_arguments(self, parser):
        """Take --search or --counts."""
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--search", action="store_true", help="index again and do nothing else")
        only.add_argument("--counts", action="store_true", help="count again and do nothing else")

    def handle(self, *args, **options):
        """Go through themes and articles; end with an error when some could not be rendered."""
        if options["search"]:
            self.index()
            return
        self.count()
        if not options["counts"]:
            self.render()

    def count(self):
        """Count what the lists hold, in one pass; stopped, it leaves everything as it was."""

        def progress(done):
            if done % PROGRESS == 0:
                self.stdout.write(f"{done:,} articles counted.")
                self.stdout.flush()

        wrong = publishing.recount(progress)
        self.stdout.write(f"Counted anew: {wrong:,} of the kept counts were wrong.")

    def index(self):
        """Index one article after the other; search goes on meanwhile."""
        keys = list(Article.objects.exclude(live=None).order_by("-published_at").values_list("pk", flat=True))
        for pk in keys:
            publishing.reindex(Article(pk=pk))
        self.stdout.write(f"{len(keys)} articles indexed.")

    def render(self):
        """Render and index everything."""
        jobs = [
            (publishing.rebuild_theme, Theme.objects.order_by("pk")),
            (publishing.rebuild, Article.objects.exclude(live=None).select_related("live").order_by("pk")),
        ]
        failed = 0
        for rebuild, rows in jobs:
            keys = list(rows.values_list("pk", flat=True))
            changed = 0
            for pk in keys:
                row = rows.filter(pk=pk).first()  # read now, for the run may take an hour
                try:
                    changed += row is not None and rebuild(row)
                except ValidationError as error:
                    failed += 1
                    self.stderr.write(f"{row.slug}: {'; '.join(error.messages)}")
            self.stdout.write(
                f"{len(keys)} {rows.model._meta.verbose_name_plural} rendered, {changed} of them changed."
            )
        bare = Picture.objects.exclude(sized=F("file"))
        for picture in bare:
            publishing.save_row(picture)
        self.stdout.write(f"{len(bare)} pictures put into their sizes.")
        if failed:
            raise CommandError(f"{failed} texts could not be rendered; readers go on seeing what they saw.")
