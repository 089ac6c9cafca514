"""Whether what is stored is what was saved."""

from django.core.management.base import BaseCommand, CommandError

from articles import integrity
from articles.management import bulk


class Command(BaseCommand):
    """`manage.py verify`."""

    help = (
        "Checks the database, the hash of every revision, that articles, HTML, events, citations, links, search and counts "
        "are those of the texts, and the file of every picture. Names what is damaged, one line each, and ends with 1 "
        "when anything is. It only reads, and people may go on writing."
    )

    def add_arguments(self, parser):
        """Take --quick and --workers."""
        parser.add_argument(
            "--quick", action="store_true", help="the database, and the hashes and numbers of revisions alone"
        )
        parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes to work in (default: 1)")

    def handle(self, *args, quick, workers, **options):
        """Look at everything, print what is damaged."""
        looked, damaged = [], 0

        def worked(what, look, keys):
            looked.append(f"{len(keys):,} {what}")
            say = lambda line: self.stderr.write(f"{what}: {line.partition(';')[0]}")  # noqa: E731
            return bulk.worked(look, keys, workers=workers, after=None, say=say)

        for damaged, line in enumerate(integrity.damages(quick, worked=worked), start=1):  # noqa: B007
            self.stdout.write(line)
            self.stdout.flush()
        if damaged:
            raise CommandError(f"{damaged:,} damages found in {', '.join(looked)}.")
        self.stdout.write(f"Nothing is damaged: {', '.join(looked)}.")
