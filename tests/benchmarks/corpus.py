"""A large publication, made in minutes: rows in bulk, without what a publication by an editor does besides.

    python -m tests.benchmarks.corpus ARTICLES [WORDS]

Fills the empty database that the environment names (DATA_DIR, or DATABASE_URL) with ARTICLES of WORDS words (default: 300).
The same number makes the same publication: 300 themes as unevenly used as they are in life (the largest is on a third of
the articles, most on a few in a thousand), 30 authors, 10 series, 50 sources, dates over 20 years, three languages.
"""

import os
import sys


def prepare():
    """Point Django at the database that the environment names and migrate it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relations_site.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(count, words=300, progress=lambda done: None):
    """Store `count` articles of `words` words in the empty database; `progress(done)` is told how many there are."""
    from .filling import fill  # its models need Django set up

    fill(count, words, progress)


def main():
    """Fill."""
    prepare()
    count, words = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300
    fill(count, words, lambda done: print(f"{done:,} of {count:,}", flush=True))


if __name__ == "__main__":
    main()
