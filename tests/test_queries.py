"""What a page costs: the same number of queries with 3 articles and with 30."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .make import ago, make_article, make_author, make_series, make_source

pytestmark = pytest.mark.django_db

# page: the most queries it may cost; a page that needs fewer one day lowers its number here
BUDGET = {
    "/": 7,
    "/articles/": 8,
    "/articles/?author=the-editors&theme=syria": 11,
    "/themes/": 5,
    "/themes/syria/": 13,
    "/themes/libya+syria/": 10,
    "/authors/the-editors/": 8,
    "/series/shared/": 6,
    "/search/?q=text": 8,
    "/feeds/": 6,
    "/timeline/": 4,
    "/sources/": 3,
    "/corrections/": 2,
    "/updates/": 2,
    "/corrections/feed.rss": 4,
    "/timeline/feed.atom": 8,
    "/articles/first/": 18,
    "/feed.atom": 13,
    "/themes/syria/feed.rss": 14,
    "/search/feed.json?q=text": 12,
    "/sitemap.xml": 7,
    "/sitemap-articles-0.xml": 3,
}


def fill(count, series):
    for number in range(count):
        make_article(
            themes=["Syria", "Libya", f"Theme {number % 5}"],
            authors=[make_author(), make_author(f"Author {number % 5}")],
            series=series,
            at=ago(days=number + 1),
        )


def cost(client, address):
    client.get(address)  # the names of all themes are read once for each edition
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries), "\n".join(query["sql"][:300] for query in queries.captured_queries)


def test_pages_cost_the_same_however_many_articles_there_are(client):
    series = make_series("Shared")
    make_source("hub-2022")
    body = "Said.[@hub-2022] See [[Libya]] and [[article:second]].\n\n```timeline\n2019: It began.\n```\n"
    make_article("Second", slug="second", themes=["Syria", "Libya"], series=series)
    make_article("First", slug="first", themes=["Syria", "Libya"], series=series, body=body)
    fill(3, series)
    few = {address: cost(client, address)[0] for address in BUDGET}
    fill(12, series)
    for address, most in BUDGET.items():
        many, sql = cost(client, address)
        assert many <= few[address], f"{address}: {few[address]} queries, then {many}\n{sql}"
        assert many <= most, f"{address}: {many} queries, {most} allowed\n{sql}"
