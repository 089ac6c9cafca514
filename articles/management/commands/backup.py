"""Make a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.backup import BackupError, back_up


class Command(BaseCommand):
    """`manage.py backup FILE`."""

    help = (
        "Writes the database and the pictures into one new file, while people go on writing; it gets its name when it has "
        "been read back and found whole. The secret key is not in it."
    )

    def add_arguments(self, parser):
        """Take the file, and --damaged."""
        parser.add_argument("file", type=Path, metavar="FILE", help="the file to write; it must not be there yet")
        parser.add_argument("--damaged", action="store_true", help="make it even when something is damaged")

    def handle(self, *args, file, damaged, **options):
        """Make it, and say what is in it."""
        try:
            manifest = back_up(file, at=timezone.now(), damaged=damaged)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for line in manifest["damaged"]:
            self.stderr.write(line)
        pictures = len(manifest["members"]) - 1
        self.stdout.write(
            f"{file}: the database and {pictures:,} files of pictures, {file.stat().st_size:,} bytes, read back and whole. "
            "The secret key (SECRET_KEY, or secret_key in DATA_DIR) is not in it: keep it elsewhere."
        )
