"""Any list is a page, a feed and a link, with one address."""

import re

import pytest

from articles import publishing
from articles.models import Author, Theme

from .make import ago, make_article, make_author, make_series, make_theme

pytestmark = pytest.mark.django_db


def moment(text):
    from datetime import datetime

    return datetime.fromisoformat(text)


@pytest.fixture
def library():
    ann = make_author("Ann")
    make_article("Gas", themes=["Energy", "NATO"], at=moment("2023-03-01T12:00:00+00:00"))
    make_article("Oil", themes=["Energy", "Sanctions"], at=moment("2024-02-29T12:00:00+00:00"), authors=[ann])
    make_article("Jets", themes=["NATO"], at=moment("2024-07-01T12:00:00+00:00"), series=make_series("Ledger"))


def titles(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return [article.title for article in response.context["page"].articles]


FILTERS = [
    ("/articles/", ["Jets", "Oil", "Gas"]),
    ("/articles/?order=oldest", ["Gas", "Oil", "Jets"]),
    ("/articles/2024/", ["Jets", "Oil"]),
    ("/articles/2024/02/", ["Oil"]),
    ("/articles/2025/", []),
    ("/themes/energy/", ["Oil", "Gas"]),
    ("/themes/energy+nato/", ["Gas"]),
    ("/themes/energy/?not=nato", ["Oil"]),
    ("/articles/?author=ann&theme=energy", ["Oil"]),
    ("/articles/?theme=energy&year=2023", ["Gas"]),
    ("/articles/?author=ann&year=2024", ["Oil"]),
    ("/authors/ann/", ["Oil"]),
    ("/search/?q=jets", ["Jets"]),
    ("/search/?q=text&theme=nato", ["Jets", "Gas"]),
    ("/articles/?month=02&theme=energy&year=2024", ["Oil"]),
]


def test_a_filter_finds_what_it_says(client, library):
    for address, expected in FILTERS:
        assert titles(client, address) == expected, address


SPELLINGS = [
    ("/themes/nato+energy/", "/themes/energy+nato/"),
    ("/themes/energy+energy/", "/themes/energy/"),
    ("/articles/?theme=nato", "/themes/nato/"),
    ("/articles/?theme=nato&theme=energy", "/themes/energy+nato/"),
    ("/articles/?year=2024", "/articles/2024/"),
    ("/articles/?author=ann", "/authors/ann/"),
    ("/articles/?theme=energy&author=ann", "/articles/?author=ann&theme=energy"),
    ("/themes/energy/?page=1", "/themes/energy/"),
    ("/themes/energy/?order=newest", "/themes/energy/"),
    ("/themes/nato+energy/?not=sanctions&not=sanctions", "/themes/energy+nato/?not=sanctions"),
    ("/articles/2024/?theme=energy", "/articles/?theme=energy&year=2024"),
    ("/articles/2024/02/?theme=energy", "/articles/?month=02&theme=energy&year=2024"),
    ("/articles/?year=2024&month=2", "/articles/2024/02/"),
    ("/authors/ann/?theme=energy", "/articles/?author=ann&theme=energy"),
    ("/series/ledger/?theme=energy", "/articles/?series=ledger&theme=energy"),
    ("/themes/energy/?theme=nato", "/themes/energy+nato/"),
    ("/?theme=nato", "/themes/nato/"),
    ("/feed.atom?theme=nato", "/themes/nato/feed.atom"),
    ("/articles/2024/feed.rss?theme=energy", "/articles/feed.rss?theme=energy&year=2024"),
    ("/themes/nato+energy/feed.json?order=oldest", "/themes/energy+nato/feed.json"),
    ("/search/?theme=energy&q=oil", "/search/?q=oil&theme=energy"),
]


def test_every_other_spelling_leads_to_one_address(client, library):
    for address, canonical in SPELLINGS:
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (301, canonical), address
        assert client.get(canonical).status_code == 200, canonical


def test_foreign_parameters_change_nothing(client, library):
    assert titles(client, "/themes/energy/?utm_source=mail&fbclid=1") == ["Oil", "Gas"]
    assert 'href="http://example.com/themes/energy/"' in client.get("/themes/energy/?utm_source=x").content.decode()


MISSING = [
    ("/themes/energy+nowhere/", "nowhere"),
    ("/themes/energy/?not=nowhere", "nowhere"),
    ("/themes/nowhere/", "nowhere"),
    ("/articles/?author=nobody", "nobody"),
    ("/articles/?year=20x4", "20x4"),
    ("/articles/2024/13/", "13"),
    ("/articles/0000/", "0000"),
    ("/themes/energy/?page=9", "9"),
    ("/themes/energy/?page=0", "0"),
    ("/themes/energy/?page=-1", "-1"),
    ("/themes/energy/?page=٣", "٣"),
    ("/themes/energy/?page=NaN", "NaN"),
    ("/themes/energy/?page=99999999999999999999", "9999"),
    ("/themes/energy+nato+sanctions/?not=fourth", "fourth"),
    ("/themes/energy/?not=energy", "Energy"),
    ("/authors/ann/?theme=nowhere", "nowhere"),
    ("/articles/2024/?year=2023", "exclude each other"),
    ("/articles/?month=02", "needs a year"),
    ("/search/?q=oil&theme=nowhere", "nowhere"),
    ("/?not=nowhere", "nowhere"),
    ("/themes/+/", "no theme"),
    ("/themes/+/feed.atom", "no theme"),
]


def test_what_is_not_there_is_named(client, library):
    for address, named in MISSING:
        response = client.get(address)
        assert response.status_code == 404, address
        assert named in response.content.decode(), address


def test_at_most_three_themes_are_combined(client, library):
    make_theme("Fourth")
    assert client.get("/themes/energy+nato+sanctions/").status_code == 200
    assert client.get("/themes/energy+fourth+nato+sanctions/").status_code == 404


def test_what_a_hostile_address_says_is_escaped(client):
    for address in ("/themes/<script>/", "/search/?q=<script>", "/articles/?year=<script>", "/authors/<b>/"):
        assert b"<script>" not in client.get(address).content.replace(b"<script src=", b"")


def test_every_article_is_reached_by_paging(client, monkeypatch):
    monkeypatch.setattr("articles.listing.filters.PAGE_SIZE", 4)
    for number in range(10):
        make_article(f"Article {number}", at=ago(days=number + 1))
    seen = []
    address = "/themes/energy-diplomacy/"
    while address:
        response = client.get(address)
        seen += [article.title for article in response.context["page"].articles]
        address = response.context["page"].next
    assert seen == [f"Article {number}" for number in range(10)]


def test_a_series_reads_from_its_first_part(client):
    series = make_series("Ledger")
    make_article("Second", series=series, series_order=2, at=ago(days=9))
    make_article("First", series=series, series_order=1, at=ago(days=1))
    assert titles(client, "/series/ledger/") == ["First", "Second"]
    page = client.get("/articles/first/").content.decode()
    assert "/articles/second/" in page


def test_neighbours_are_counted_over_public_articles(client):
    make_article(themes=["Energy", "NATO"])
    make_article(themes=["Energy", "NATO"])
    make_article(themes=["Energy", "Syria"])
    make_article(themes=["Energy", "Syria"], published=False)
    neighbours = client.get("/themes/energy/").context["neighbours"]
    assert [(theme.name, count) for theme, count in neighbours] == [("NATO", 2), ("Syria", 1)]


@pytest.mark.parametrize("path", ["/themes/wide/", "/themes/broad+wide/"])
def test_of_very_many_neighbours_the_first_are_shown_and_the_others_folded_away(client, path):
    make_article(themes=["Wide", "Broad", "Near", *(f"Neighbour {number:02}" for number in range(40))])
    make_article(themes=["Wide", "Broad", "Near"])
    page = client.get(path).content.decode()
    shown, folded = page.split("<details", 1)[0], "".join(re.findall(r"<details.*?</details>", page, re.DOTALL))
    assert page.count("<meter") == 12
    assert page.count("<li>") < 120
    assert ">Near</a>" in page
    for number in range(40):
        assert f"Neighbour {number:02}" in page
    assert "Neighbour 39" not in shown
    assert "Neighbour 39" in folded
    assert client.get(re.search(r'<li><a href="([^"]+)">[+ ]*Neighbour 39', folded)[1]).status_code == 200


def test_renamed_slugs_in_a_query_lead_on(client, library):
    energy, ann = Theme.objects.get(slug="energy"), Author.objects.get(slug="ann")
    energy.slug, ann.slug = "power", "ann-b"
    publishing.save_theme(energy, by=None)
    publishing.save_row(ann, by=None)
    for former, present in [
        ("/articles/?author=ann&theme=energy", "/articles/?author=ann-b&theme=power"),
        ("/themes/nato/?not=energy", "/themes/nato/?not=power"),
        ("/themes/energy+nato/feed.atom?not=sanctions", "/themes/nato+power/feed.atom?not=sanctions"),
        ("/search/?q=a%2Fb&theme=energy", "/search/?q=a%2Fb&theme=power"),
    ]:
        response = client.get(former)
        assert (response.status_code, response["Location"]) == (301, present)
        assert client.get(present).status_code == 200
    assert client.get("/articles/?theme=energy&theme=never").status_code == 301
    assert client.get("/articles/?theme=power&theme=never").status_code == 404


# Narrowing ------------------------------------------------------------------------------------------------------------


def choices(client, address):
    """Return {what: {label: (count, address, address without)}} that the page at `address` offers."""
    facets = client.get(address).context["facets"]()
    return {what: {way.label: (way.count, way.address, way.without) for way in ways} for what, ways in facets}


def test_lists_are_narrowed_by_theme_author_year_and_language_with_counts(client, library):
    make_article("Boru", themes=["Energy"], language="tr", at=moment("2024-05-01T12:00:00+00:00"))
    offered = choices(client, "/articles/")
    assert offered["Themes"]["Energy"] == (3, "/themes/energy/", "/articles/?not=energy")
    assert offered["Authors"]["Ann"] == (1, "/authors/ann/", None)
    assert offered["Years"] == {"2024": (3, "/articles/2024/", None), "2023": (1, "/articles/2023/", None)}
    assert offered["Languages"]["Turkish"] == (1, "/articles/?language=tr", None)
    offered = choices(client, "/themes/energy/")
    assert offered["Themes"]["NATO"] == (1, "/themes/energy+nato/", "/themes/energy/?not=nato")
    assert "Energy" not in offered["Themes"]
    assert offered["Languages"]["English"] == (2, "/articles/?language=en&theme=energy", None)
    offered = choices(client, "/search/?q=text")
    assert offered["Themes"]["NATO"] == (2, "/search/?q=text&theme=nato", "/search/?not=nato&q=text")
    assert offered["Years"]["2023"] == (1, "/search/?q=text&year=2023", None)


@pytest.mark.parametrize(
    "place", ["/articles/", "/themes/energy/", "/search/?q=text", "/articles/2024/", "/authors/the-editors/"]
)
def test_every_choice_leads_to_as_many_as_it_says(client, library, place):
    make_article("Boru", themes=["Energy"], language="tr", at=moment("2024-05-01T12:00:00+00:00"))
    total = client.get(place).context["page"].total
    offered = choices(client, place)
    assert offered
    for ways in offered.values():
        for count, address, without in ways.values():
            answer = client.get(address)
            assert (answer.status_code, answer.context["page"].total) == (200, count), address
            if without:
                assert client.get(without).context["page"].total == total - count, without


def test_past_the_limit_of_themes_no_more_are_offered(client, library):
    for other in ("Gas", "Oil"):
        make_article(themes=["Energy", "NATO", "Sanctions", other])
    assert "Themes" not in choices(client, "/themes/energy+nato+sanctions/")
    assert 'rel="nofollow"' in client.get("/themes/energy/").content.decode()


def test_languages_are_lists_and_feeds_too(client, library):
    make_article("Boru", language="tr")
    assert titles(client, "/articles/?language=tr") == ["Boru"]
    assert "dil: Türkçe" in client.get("/articles/?language=tr").content.decode()
    assert "Boru" in client.get("/articles/feed.atom?language=tr").content.decode()
    assert "Jets" not in client.get("/articles/feed.atom?language=tr").content.decode()
    assert client.get("/articles/?language=xx").status_code == 404


def test_choices_follow_every_change(client, library):
    assert choices(client, "/articles/")["Themes"]["Energy"][0] == 2
    theme = Theme.objects.get(slug="energy")
    theme.name = "Power"
    publishing.save_theme(theme, by=None)
    make_article("More", themes=[theme])
    assert choices(client, "/articles/")["Themes"]["Power"][0] == 3


INDEXED = [
    ("/themes/energy/", True),
    ("/themes/energy+nato/", True),
    ("/themes/energy/?not=nato", True),
    ("/articles/?author=the-editors&theme=energy", True),
    ("/themes/energy+nato+sanctions/", False),
    ("/articles/?author=the-editors&theme=energy&year=2025", False),
    ("/articles/?order=oldest", False),
    ("/search/?q=gas", False),
]


def test_past_two_conditions_nothing_is_indexed(client, library):
    make_article(themes=["Energy", "NATO", "Sanctions"], at=ago(days=400))
    make_article(themes=["Energy"], at=moment("2025-03-01T00:00:00+00:00"))
    for address, indexed in INDEXED:
        page = client.get(address)
        assert page.status_code == 200, address
        assert ('content="noindex"' in page.content.decode()) is not indexed, address


def test_a_combination_without_articles_is_not_indexed(client, library):
    make_theme("Empty")
    assert 'content="noindex"' in client.get("/articles/?author=the-editors&theme=empty").content.decode()


@pytest.mark.parametrize(
    "address", ["/themes/empty+energy/", "/articles/?language=tr", "/articles/2025/", "/articles/2024/12/"]
)
def test_no_list_without_articles_is_indexed(client, library, address):
    make_theme("Empty")
    assert 'content="noindex"' in client.get(address).content.decode()
    assert 'content="noindex"' not in client.get("/themes/empty/").content.decode()
    assert 'content="noindex"' not in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["/articles/1000/01/", "/articles/2022/"])
def test_before_the_first_article_there_is_no_year(client, library, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "The first deep dive is from 2023." in answer.content.decode()


def test_languages_can_be_followed_where_there_are_several(client, library):
    assert "language=" not in client.get("/feeds/").content.decode()
    make_article("Boru", language="tr")
    page = client.get("/feeds/").content.decode()
    assert '<a href="/articles/?language=tr">Türkçe</a>' in page
    assert 'href="/articles/feed.atom?language=tr"' in page
    assert client.get("/articles/feed.json?language=tr").json()["items"][0]["title"] == "Boru"
