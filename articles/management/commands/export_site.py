"""The public site as static files."""

from django.core.management.base import CommandError
from django.utils import timezone

from articles.management.piped import Piped
from articles.transfer import static_site

MOST_TOLD = 20


class Command(Piped):
    """`manage.py export_site`."""

    help = (
        "Writes the whole public site into a folder as static files: pages, feeds, pictures, each compressed beside itself, "
        "former addresses as pages and for nginx. Run again, it asks for what may have changed, writes what differs and "
        "removes what is gone; stopped at any moment, the next run brings it in order."
    )

    def add_arguments(self, parser):
        """Take the folder, --workers and --anew."""
        parser.add_argument("folder", help="an empty folder, one to be made, or that of an earlier run")
        parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes to work in (default: 1)")
        parser.add_argument("--anew", action="store_true", help="look at every file, whatever is known of it")

    def handle(self, *args, folder, workers, anew, **options):
        """Bring the folder in line; end with an error when something could not be had."""
        if workers < 1:
            raise CommandError("--workers takes the number of processes, at least one.")
        try:
            account = static_site.export(folder, now=timezone.now, workers=workers, anew=anew, say=self.say)
        except static_site.Refused as error:
            raise CommandError(str(error)) from error
        if account.nothing:
            self.say("Nothing has changed since the last run.")
            return
        kinds = account.kinds
        self.say(
            f"{kinds['file']:,} files, {kinds['moved']:,} former addresses and {kinds['gone']:,} withdrawn; "
            f"{account.asked:,} asked for, {account.written:,} written, {account.removed:,} removed."
        )
        self.told("links lead to nothing and stand as plain text", account.dead)
        self.told("former addresses can’t be told to a server", account.left)
        if not account.settled:
            self.say("Something was published meanwhile: run it again.")
        if account.failed:
            self.told("files could not be copied; nothing was removed", account.failed)
            raise CommandError("The copy is not whole.")

    def told(self, what, lines):
        """Print the first of `lines` below how many of `what` there are."""
        if lines:
            self.say(f"{len(lines):,} {what}:")
            for line in lines[:MOST_TOLD]:
                self.say(f"  {line}")
            if len(lines) > MOST_TOLD:
                self.say("  …")

    def say(self, line):
        """Print a line at once."""
        self.stdout.write(line)
        self.stdout.flush()
