"""Commands whose words somebody else reads: `manage.py … | head`."""

import os
import signal
import sys

from django.core.management.base import BaseCommand


class Piped(BaseCommand):
    """A command that ends without a word when its reader goes away, as others of Unix do, with their status, 141."""

    def run_from_argv(self, argv):
        """Run the command as typed."""
        try:
            super().run_from_argv(argv)
            sys.stdout.flush()
        except BrokenPipeError:
            # What is left to say is said to nobody, or Python would fail over it at its end.
            nobody = os.open(os.devnull, os.O_WRONLY)
            for stream in (sys.stdout, sys.stderr):
                os.dup2(nobody, stream.fileno())
            sys.exit(128 + signal.SIGPIPE)
