"""Time and queries of the main pages with 14 and with 5,000 articles, as ratios in one run.

    python -m tests.benchmarks.pages [ARTICLES]

Works on a database of its own in a temporary folder (or on an empty one named by DATABASE_URL) and prints a table.
"""

import os
import random
import statistics
import sys
import tempfile
import time

FEW = 14
ROUNDS = 15
PAGES = ["/", "/themes/theme-0/", "/themes/theme-0+theme-1/", "/articles/", "/articles/article-1/", "/feed.atom",
         "/themes/theme-0/feed.rss", "/search/?q=pipeline", "/themes/", "/sitemap.xml", "/sitemap-articles-0.xml"]  # fmt: skip
WORDS = [
    "gas",
    "pipeline",
    "contract",
    "strait",
    "navy",
    "treaty",
    "summit",
    "sanction",
    "bank",
    "corridor",
    "export",
    "drone",
    "convoy",
    "tariff",
    "ledger",
    "price",
]


def prepare():
    """Point Django at a fresh database and migrate it."""
    folder = tempfile.mkdtemp()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "relations_site.settings",
        "DATA_DIR": folder,
        "DEBUG": "",
        "HOSTS": "testserver",
    }
    import django
    from django.conf import settings

    django.setup()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT.mkdir()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def body(number):
    """Return a text of about 1,200 words, the same for the same number."""
    chance = random.Random(number)  # noqa: S311 - not a secret
    parts = []
    for section in range(6):
        prose = " ".join(chance.choice(WORDS) for _ in range(200))
        parts.append(f"## Section {section}\n\n{prose}.[^{section}]")
    return "\n\n".join(parts) + "\n\n" + "\n".join(f"[^{n}]: Source {n}." for n in range(6))


def fill(numbers):
    """Publish articles under ten themes, two or three each, by the ordinary way."""
    from tests.make import ago, make_article, make_author

    for number in numbers:
        make_article(
            f"Article {number}",
            themes=[f"Theme {number % 10}", f"Theme {(number + 1) % 10}", f"Theme {number * 7 % 10}"][: 2 + number % 2],
            authors=[make_author(f"Author {number % 20}")],
            body=body(number),
            at=ago(hours=number + 1),
        )


def measure():
    """Return {page: (median seconds, queries)}."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    figures = {}
    for page in PAGES:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(page)
        count = len(queries)  # now: the next request empties the log
        if response.status_code != 200:
            sys.exit(f"{page} answered {response.status_code}")
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            client.get(page)
            times.append(time.perf_counter() - started)
        figures[page] = (statistics.median(times), count)
    return figures


def main():
    """Fill, measure, fill more, measure again, print."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    prepare()
    fill(range(FEW))
    before = measure()
    fill(range(FEW, many))
    after = measure()
    print(
        f"{'page':34}{f'ms, {FEW}':>10}{f'ms, {many}':>12}{'ratio':>8}{f'queries, {FEW}':>14}{f'queries, {many}':>16}"
    )  # noqa: T201
    for page in PAGES:
        (few_time, few_queries), (many_time, many_queries) = before[page], after[page]
        print(  # noqa: T201
            f"{page:34}{few_time * 1000:10.1f}{many_time * 1000:12.1f}{many_time / few_time:8.1f}"
            f"{few_queries:14}{many_queries:16}"
        )


if __name__ == "__main__":
    main()
