"""Tell the hub what has changed."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from articles import hub
from articles.middleware import Publication
from articles.models import Article, Topic

SETTLED = 3  # seconds: pages stand in memory for one, in a cache in front for two


class Command(BaseCommand):
    """`manage.py push`."""

    help = "Tells the hub (HUB_URL) which feeds have changed since it was told last, and tries again what failed."

    looked_at = object()  # what the last look found to have changed last: nothing yet

    def add_arguments(self, parser):
        """Take the seconds between two rounds."""
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="go on for ever, with this pause (default: once)"
        )

    def handle(self, *args, every, **options):
        """Do one round, or go on."""
        if not settings.HUB_URL:
            raise CommandError("No hub is set: HUB_URL has its address.")
        if every is not None and every < 1:
            raise CommandError("--every takes the seconds between two rounds, at least one.")
        while True:
            try:
                self.one_round(quiet=every is not None)
            except DatabaseError as error:
                if every is None:
                    raise
                self.stderr.write(f"The database can't be used: {' '.join(str(error).split())}")
            if every is None:
                return
            close_old_connections()
            time.sleep(every)

    def one_round(self, quiet):
        """Tell what is due, and say what was told unless nothing was due and it is to be `quiet`."""
        changed = Article.objects.last_change()
        if changed != self.looked_at:
            # The hub fetches at once: by then every process shows what has changed.
            time.sleep(min(max(0, SETTLED - (timezone.now() - changed).total_seconds()), SETTLED) if changed else 0)
            hub.look()
            self.looked_at = changed
        now = timezone.now()
        due = Topic.objects.due(now).exists()
        told = hub.tell(settings.HUB_URL, Publication().base, now)
        waiting = Topic.objects.waiting()
        problems = ", ".join(sorted(set(waiting.exclude(problem="").values_list("problem", flat=True))))
        if due or not quiet:
            left = f"; {len(waiting)} wait{f' ({problems})' if problems else ''}" if waiting else ""
            self.stdout.write(f"{told} feeds told{left}.")
            self.stdout.flush()
