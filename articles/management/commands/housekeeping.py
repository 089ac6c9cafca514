"""What should be done now and then."""

import datetime

from django.conf import settings
from django.core.management.base import BaseCommand

from articles import linkcheck, publishing
from articles.models import Following, Source, Tries, tries
from articles.models.following import today
from articles.transfer import receiving

KEPT = datetime.timedelta(days=400)  # of who follows: a year can be compared with the one before


class Command(BaseCommand):
    """`manage.py housekeeping`."""

    help = (
        "Asks whether the addresses of sources that are due still answer (with CHECK_LINKS=1), forgets how many followed 400 days ago, what was "
        "tried at the login, and what was uploaded more than a day ago to be brought in; lets "
        "former addresses lead to what was brought in and has come out since. "
        "Meant for cron, once a day."
    )

    def add_arguments(self, parser):
        """Take the number of addresses to ask in one run."""
        parser.add_argument("--most", type=int, default=200, help="addresses to ask in one run (default: 200)")

    def handle(self, *args, most, **options):
        """Do what is due."""
        Following.objects.filter(day__lt=today() - KEPT).delete()
        Tries.objects.filter(expires_at__lte=tries.clock()).delete()
        publishing.lead_due()
        receiving.forget_old(tries.clock())
        if settings.CHECK_LINKS:
            self.check(most)
        else:
            self.stdout.write("No addresses of sources asked: CHECK_LINKS is not set.")

    def check(self, most):
        """Ask at most `most` of the addresses that are due, and say what was found."""
        due = Source.objects.due()[: max(0, most)]
        by_url = {}
        for source in due:
            by_url.setdefault(source.url, []).append(source)
        counts = dict.fromkeys((linkcheck.ALIVE, linkcheck.UNSURE, linkcheck.GONE), 0)
        for url, state, why in linkcheck.check_all(by_url):
            for source in by_url[url]:
                counts[state] += 1
                publishing.record_check(source, gone=state == linkcheck.GONE, alive=state == linkcheck.ALIVE, why=why)
                if state == linkcheck.GONE:
                    self.stdout.write(f"{source.key}: {why} ({url})")
        told = ", ".join(f"{count} {state}" for state, count in counts.items())
        self.stdout.write(f"{sum(counts.values())} addresses of sources asked: {told}.")
