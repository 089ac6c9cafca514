"""Restore a backup."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from articles.backup import BackupError, restore


class Command(BaseCommand):
    """`manage.py restore FILE`."""

    help = (
        "Puts the database and the pictures of a backup into this site, after it has been read and found whole; the database "
        "changes at once or not at all. Pictures that the backup doesn't have stay. Ends with what verify says of the result."
    )

    def add_arguments(self, parser):
        """Take the file, --replace, --damaged and --quick."""
        parser.add_argument("file", type=Path, metavar="FILE", help="what manage.py backup wrote")
        parser.add_argument("--replace", action="store_true", help="take the place of what this site holds")
        parser.add_argument("--damaged", action="store_true", help="restore it even when something is damaged")
        parser.add_argument("--quick", action="store_true", help="verify what was restored with --quick")

    def handle(self, *args, file, replace, damaged, quick, **options):
        """Restore it, and verify."""
        try:
            manifest = restore(file, replace=replace, damaged=damaged)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored as of {manifest['made_at']}. With another secret key than it was made with everybody has to log in again."
        )
        call_command("verify", quick=quick, stdout=self.stdout, stderr=self.stderr)
