"""Time of searches with 1,000, 10,000 and 100,000 articles, and the size of the index.

    python -m tests.benchmarks.search [LARGEST]

Works on a database of its own in a temporary folder (or on an empty one named by DATABASE_URL). The articles have 300
words of a vocabulary of 20,000, as unevenly used as words are; each size adds to the one before.
"""

import random
import statistics
import sys
import time

from .pages import prepare

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 40
VOCABULARY = 20_000


def fill(first, last):
    """Store and index the articles with the numbers from `first` to `last`, without what a publication does besides."""
    from django.db import transaction

    from articles import search
    from articles.models import Article, Revision
    from tests.make import ago

    chance = random.Random(first)  # noqa: S311 - not a secret
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    words = [f"w{chance.randrange(10**6):06}".translate(str.maketrans("0123456789", "abcdefghij")) for _ in weights]
    words[:3] = ["gas", "pipeline", "contract"]
    for start in range(first, last, 1_000):
        with transaction.atomic():
            for number in range(start, min(start + 1_000, last)):
                body = " ".join(chance.choices(words, weights, k=300)) + (" needle" if number % 20_000 == 7 else "")
                article = Article.objects.create(title=f"Article {number}", slug=f"a-{number}", body=body, html=body)
                revision = Revision.objects.create(
                    article=article, number=1, kind="published", change="new", fields={}, saved_at=ago(hours=number)
                )
                Article.objects.filter(pk=article.pk).update(published_at=ago(hours=number), live=revision)
                search.index(article)


def index_size():
    """Return the bytes that the index takes."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_total_relation_size('articles_search')")
        else:
            cursor.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'articles_search%%'")
        return cursor.fetchone()[0]


def timed(query):
    """Return (median, 95th of a hundred) of the milliseconds that the first page of results for `query` takes."""
    from django.test import Client

    client, taken = Client(), []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        assert client.get("/search/", {"q": query}).status_code == 200  # noqa: S101
        taken.append((time.perf_counter() - started) * 1_000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def main(largest):
    """Print the table."""
    prepare()
    queries = {
        "rare": "needle",
        "common": "gas",
        "two common": "gas pipeline",
        "phrase": '"gas pipeline"',
        "none": "zzzz",
    }
    done = 0
    print("| articles | index | " + " | ".join(queries) + " |")
    for size in SIZES:
        if size > largest:
            break
        fill(done, size)
        done = size
        cells = ["{:.0f} / {:.0f} ms".format(*timed(query)) for query in queries.values()]
        print(f"| {size:,} | {index_size() / 1e6:.0f} MB | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1])
