"""Time of searches with 1,000, 10,000 and 100,000 articles, and the size of the index.

    python -m tests.benchmarks.search [LARGEST]

Works on a database of its own in a temporary folder (or on an empty one named by DATABASE_URL). The articles have 300
words of a vocabulary of 20,000, as unevenly used as words are, three of 40 themes and one of 12 authors; each size adds
to the one before. For each query: what finding takes, what the page of results takes, each as median / 95th of a hundred,
and the first view of that page after a change, which counts the ways to narrow it.
"""

import os
import random
import statistics
import sys
import tempfile
import time

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 40
VOCABULARY = 20_000
QUERIES = {
    "rare": "needle",
    "common": "gas",
    "two common": "gas pipeline",
    "phrase": '"gas pipeline"',
    "none": "zzzz",
}


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


def fill(first, last):
    """Store and index the articles with the numbers from `first` to `last`, without what a publication does besides."""
    from django.db import transaction

    from articles import search
    from articles.models import Article, ArticleAuthor, ArticleTheme, Author, Revision, Theme
    from tests.make import ago

    themes = [Theme.objects.get_or_create(name=f"Theme {number}")[0] for number in range(40)]
    authors = [Author.objects.get_or_create(name=f"Author {number}")[0] for number in range(12)]

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
                dated = ago(hours=number)
                Article.objects.filter(pk=article.pk).update(published_at=dated, live=revision)
                ArticleTheme.objects.bulk_create(
                    ArticleTheme(content_object=article, tag=theme, published_at=dated)
                    for theme in chance.sample(themes, 3)
                )
                ArticleAuthor.objects.create(article=article, author=chance.choice(authors), place=0)
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


def timed(work):
    """Return "median / 95th of a hundred" of the milliseconds that `work` takes."""
    taken = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1_000)
    return f"{statistics.median(taken):.0f} / {statistics.quantiles(taken, n=20)[-1]:.0f}"


def measured(words):
    """Return what the search for `words` takes: finding, its page, and that page the first time."""
    from django.test import Client

    from articles import search
    from articles.models import Article

    client, query = Client(), search.Query.of(words)
    started = time.perf_counter()
    assert client.get("/search/", {"q": words}).status_code == 200  # noqa: S101
    first = (time.perf_counter() - started) * 1_000
    found = timed(lambda: search.best(Article.objects.public(), query))
    return f"{found}; {timed(lambda: client.get('/search/', {'q': words}))}; {first:.0f} ms"


def main(largest):
    """Print the table."""
    prepare()
    from django.db import connection

    done = 0
    print("| articles | index | " + " | ".join(QUERIES) + " |")
    for size in SIZES:
        if size > largest:
            break
        fill(done, size)
        done = size
        if connection.vendor == "postgresql":  # its autovacuum would, a minute later
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        cells = [measured(words) for words in QUERIES.values()]
        print(f"| {size:,} | {index_size() / 1e6:.0f} MB | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else SIZES[-1])
