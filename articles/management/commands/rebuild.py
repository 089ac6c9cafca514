"""Render and index everything again."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F, Q

from articles import publishing
from articles.management import bulk
from articles.models import Article, Picture, Theme
from articles.models.picture import PictureError

PROGRESS = 10_000  # articles between two lines


def rebuild(keys):
    """Render and index the articles with `keys` again; return (how many changed, [what can't be rendered, in words])."""
    return _rendered(publishing.rebuild, Article.objects.exclude(live=None).select_related("live"), keys)


def rebuild_themes(keys):
    """Render the introductions of the themes with `keys` again; return as `rebuild` does."""
    return _rendered(publishing.rebuild_theme, Theme.objects, keys)


def _rendered(work, rows, keys):
    changed, failures = 0, []
    for pk in keys:
        row = rows.filter(pk=pk).first()  # read now, for the run may take an hour
        try:
            changed += row is not None and work(row)
        except ValidationError as error:
            failures.append(f"{row.slug}: {'; '.join(error.messages)}")
    return changed, failures


def reindex(keys):
    """Let search find the articles with `keys` by what they hold now."""
    for pk in keys:
        publishing.reindex(Article(pk=pk))


class Command(BaseCommand):
    """`manage.py rebuild`."""

    help = (
        "Counts what the lists hold, renders every published text again and indexes it for search. Dates and revisions "
        "stay as they are; what is kept of pages, lists and feeds is forgotten, and made again for whoever asks first."
    )

    def add_arguments(self, parser):
        """Take --search or --counts, --workers and --after."""
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--search", action="store_true", help="index again and do nothing else")
        only.add_argument("--counts", action="store_true", help="count again and do nothing else")
        bulk.add_arguments(parser)

    def handle(self, *args, workers, after, **options):
        """Go through themes and articles; end with an error when some could not be rendered."""
        run = {"workers": workers, "after": after, "say": self.say}
        if options["search"]:
            self.index(run)
            return
        if after is None:
            self.count()
        if not options["counts"]:
            self.render(run)

    def say(self, line):
        """Print a line at once."""
        self.stdout.write(line)
        self.stdout.flush()

    def count(self):
        """Count what the lists hold, in one pass; stopped, it leaves everything as it was."""
        wrong = publishing.recount(lambda done: done % PROGRESS or self.say(f"{done:,} articles counted."))
        self.say(f"Counted anew: {wrong:,} of the kept counts were wrong.")

    def index(self, run):
        """Index the articles, the newest first; search goes on meanwhile."""
        keys = list(Article.objects.exclude(live=None).order_by("-published_at", "-pk").values_list("pk", flat=True))
        for _part in bulk.worked(reindex, keys, **run):
            pass
        self.say(f"{len(keys)} articles indexed.")

    def render(self, run):
        """Render and index everything."""
        themes = list(Theme.objects.order_by("pk").values_list("pk", flat=True))
        articles = list(Article.objects.exclude(live=None).order_by("pk").values_list("pk", flat=True))
        failed = self.rendered("themes", rebuild_themes, themes, run | {"after": None, "workers": 1})
        failed += self.rendered("articles", rebuild, articles, run)
        wrong = [f"{failed} texts could not be rendered"] if failed else []
        unsized = self.size()
        wrong += [f"{unsized} pictures could not be put into their sizes"] if unsized else []
        if wrong:
            raise CommandError(f"{' and '.join(wrong)}; readers go on seeing what they saw.")

    def size(self):
        """Put pictures into their sizes that are not there yet; return of how many that could not be done."""
        bare, failed = Picture.objects.filter(~Q(sized=F("file")) | Q(digests={})), 0
        for picture in bare:
            try:
                publishing.save_row(picture, by=None)
            except PictureError as error:
                failed += 1
                self.stderr.write(f"{picture.file.name}: {error}")
        self.say(f"{len(bare) - failed} pictures put into their sizes.")
        return failed

    def rendered(self, what, work, keys, run):
        """Do `work` for `keys`; return how many texts could not be rendered."""
        changed = failed = 0
        for count, failures in bulk.worked(work, keys, **run):
            changed += count
            failed += len(failures)
            for failure in failures:
                self.stderr.write(failure)
        self.say(f"{len(keys)} {what} rendered, {changed} of them changed.")
        return failed
