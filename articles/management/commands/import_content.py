"""Bring in texts from elsewhere."""

import tempfile
import time
from collections import Counter

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError

from articles.management.bulk import PAUSE
from articles.management.piped import Piped
from articles.transfer import publication, reading, taking
from articles.transfer.taking.outcomes import Often, Result, Wishes, told


class Command(Piped):
    """`manage.py import_content`."""

    help = (
        "Brings in texts from PATH: a folder or an archive (zip, tar) of Markdown files with front matter, as Jekyll, Hugo, "
        "Pelican, Eleventy, Hexo and Zola have them, an export of WordPress (XML) or of Ghost (JSON), or what export_content wrote. Run "
        "again, it takes what is new and what has changed there, and leaves alone what was edited here since. Texts land as "
        "drafts. Ends with 1 when something was refused."
    )

    def add_arguments(self, parser):
        """Take the path and how its texts are to be taken."""
        parser.add_argument("path", metavar="PATH", help="the folder, the archive or the file")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")
        parser.add_argument(
            "--publish", action="store_true", help="publish what was published there, under its date, and changes of it"
        )
        parser.add_argument("--author", default="", metavar="NAME", help="of what has none and is to be published")
        parser.add_argument("--theme", default="", metavar="NAME", help="of what has none and is to be published")
        parser.add_argument(
            "--language",
            default="",
            choices=list(dict(settings.LANGUAGES)),
            help="of what tells none (default: the site's)",
        )

    def handle(self, *args, path, dry_run, **options):
        """Take everything, and tell what came of each file."""
        try:
            if reading.is_publication(path):
                if dry_run:
                    raise CommandError(
                        "A publication is restored whole, into an empty site: there is no --dry-run of that."
                    )
                self.restore(path)
                return
            self.say(f"{reading.kind_of(path)}{', dry run: nothing is written' if dry_run else ''}.")
            documents = reading.documents(path)
        except (OSError, ValueError, publication.PublicationError) as error:
            raise CommandError(str(error)) from error
        wishes = Wishes(**{name: options[name] for name in ("publish", "author", "theme", "language")})
        counts, often = Counter(), Often()
        with tempfile.TemporaryFile("w+", encoding="utf-8") as report:
            try:
                self.take(taking.take(documents, wishes=wishes, dry_run=dry_run), counts, often, report)
            except BrokenPipeError:
                raise
            except (OSError, DatabaseError) as error:
                raise CommandError(f"{str(error).strip()} Run it again: it goes on where it was.") from error
            finally:  # whatever ends it, what was done is told
                report.seek(0)
                for line in report:
                    self.stdout.write(line, ending="")
                for line in often.lines():
                    self.say(line)
                self.say(told(counts) + ".")
        if counts[Result.REFUSED]:
            raise CommandError(f"{counts[Result.REFUSED]:,} could not be taken: see above.")

    def restore(self, path):
        """Bring in a whole publication."""
        restored = publication.restore(path, self.say)
        for name in restored.stuck:
            self.stderr.write(f"{name}: can't be rendered; readers see it as it was typed.")
        self.say(f"{restored.articles:,} articles brought in.")

    def take(self, outcomes, counts, often, report):
        """Go through `outcomes`: count them in `counts` and their notes in `often` (`Often`), write them to the file `report`,
        tell on the way how far it is."""
        last = began = time.monotonic()
        for number, outcome in enumerate(outcomes, 1):
            counts[outcome.result] += 1
            counts["noted"] += bool(outcome.notes)
            often.add(note.words for note in outcome.notes)
            if outcome.result != Result.UNCHANGED or outcome.notes:
                report.write(f"{outcome}\n")
            if time.monotonic() - last >= PAUSE:
                last = time.monotonic()
                self.say(f"{number:,} read, {number / (last - began):.0f} a second: {told(counts)}")

    def say(self, line):
        """Print a line at once."""
        self.stdout.write(line)
        self.stdout.flush()
