"""What a page costs: the same number of queries with 3 articles and with 30."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .make import ago, make_article, make_author, make_series

pytestmark = pytest.mark.django_db

# page: the most queries it may cost; a page that needs fewer one day lowers its number here
BUDGET = {
    "/": 11,
    "/articles/": 8,
    "/articles/?author=the-editors&theme=syria": 10,
    "/themes/": 4,
    "/themes/syria/": 10,
    "/themes/libya+syria/": 9,
    "/authors/the-editors/": 7,
    "/series/shared/": 7,
    "/search/?q=text": 9,
    "/feeds/": 6,
    "/articles/first/": 12,
    "/feed.atom": 7,
    "/themes/syria/feed.rss": 8,
    "/search/feed.json?q=text": 7,
    "/sitemap-articles.xml": 3,
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
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries), "\n".join(query["sql"][:300] for query in queries.captured_queries)


def test_pages_cost_the_same_however_many_articles_there_are(client):
    series = make_series("Shared")
    make_article("First", slug="first", themes=["Syria", "Libya"], series=series)
    fill(3, series)
    few = {address: cost(client, address)[0] for address in BUDGET}
    fill(27, series)
    for address, most in BUDGET.items():
        many, sql = cost(client, address)
        assert many <= few[address], f"{address}: {few[address]} queries, then {many}\n{sql}"
        assert many <= most, f"{address}: {many} queries, {most} allowed\n{sql}"
