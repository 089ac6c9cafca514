#!/usr/bin/env python3
"""Django's command line for this site; `manage.py help` lists the commands."""

import os
import sys

OLDEST_PYTHON = (3, 11)


def main():
    """Run the command named on the command line."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        sys.exit("This site needs Python %s or later; this is Python %s." % (wanted, sys.version.split()[0]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relations_site.settings")
    os.environ.setdefault("DATABASE_POOL", "0")  # a command needs one connection, for as long as its work takes
    os.environ.setdefault("DATABASE_WAIT", "0")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: pip install --require-hashes -r requirements.txt")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
