"""Write the publication down as Markdown and plain files."""

from pathlib import Path

from django.core.management.base import CommandError

from articles.management.piped import Piped
from articles.transfer.publication import PublicationError, export


class Command(Piped):
    """`manage.py export_content DIR`."""

    help = (
        "Writes everything that editors made to the folder DIR, while people go on writing: articles with their revisions, themes, "
        "sources, pictures, pages and redirects, as Markdown with front matter and plain files. Run again, it writes what "
        "changed, so that DIR can live in git. It holds drafts and remarks: it is not for everybody. manage.py "
        "import_content DIR brings it into an empty site."
    )

    def add_arguments(self, parser):
        """Take the folder."""
        parser.add_argument("dir", type=Path, metavar="DIR", help="a new or empty folder, or one written to before")

    def handle(self, *args, dir, **options):
        """Write it, and say what was done."""
        try:
            done = export(dir, self.say)
        except PublicationError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{done.articles:,} articles with {done.revisions:,} revisions are in {dir}: "
            f"{done.written:,} files written, {done.removed:,} removed."
        )

    def say(self, line):
        """Print a line at once."""
        self.stdout.write(line)
        self.stdout.flush()
