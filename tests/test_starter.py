"""The starter publication: complete, sourced, and loaded through the real pipeline."""

import re
import tomllib

import frontmatter
import pytest

from articles import publishing
from articles.models import Article, Source, Theme
from articles.text import charts, citations, render
from articles.transfer import starter

from .feedcheck import examine

pytestmark = pytest.mark.django_db
CITED = re.compile(citations.CITATION)

SOURCES = tomllib.loads((starter.FOLDER / "sources.toml").read_text())


def words(body):
    return len(CITED.sub("", body).split())


def cited_in(post):
    return {key for found in CITED.finditer(post.content) for key, _locator in citations.cited(found[1])}


def files(kind):
    return {path.stem: frontmatter.load(path) for path in sorted((starter.FOLDER / kind).glob("*.md"))}


def test_its_charts_are_all_drawn_and_of_every_kind():
    blocks, drawn = 0, []
    for post in files("articles").values():
        blocks += post.content.count("```chart\n")
        drawn += charts.charts(render(post.content).html).values()
    assert len(drawn) == blocks >= 8
    assert {chart.kind for chart in drawn} == set(charts.KINDS)


@pytest.mark.large
class TestLoaded:
    """What readers and editors are given."""

    def test_it_loads_whole_and_a_second_time_adds_nothing(self, client, publication):
        assert publication.articles == Article.objects.public().count() == len(files("articles"))
        assert publication.themes == Theme.objects.count() == len(files("themes"))
        again = starter.load()
        assert (again.themes, again.articles, again.pages, again.sources) == (0, 0, 0, 0)
        links, seen = (
            set(),
            [
                "/",
                "/about/",
                "/corrections-policy/",
                "/sources/",
                *(
                    row.get_absolute_url()
                    for row in [*Article.objects.all(), *Theme.objects.all(), *Source.objects.all()]
                ),
            ],
        )
        for address in seen:
            response = client.get(address)
            assert response.status_code == 200, address
            links |= set(re.findall(r'href="(/[^"#]*)"', response.content.decode()))
        broken = [
            link
            for link in sorted(links - set(seen))
            if not link.startswith("/static/") and client.get(link).status_code != 200
        ]
        assert broken == []

    def test_its_feeds_are_valid_in_every_format(self, client, publication):
        assert examine(client, "/").keys() == {article.uid.urn for article in Article.objects.public()}
        for place in ("/themes/syria/", "/timeline/"):
            examine(client, place)

    def test_nothing_in_it_would_be_stopped(self, publication):
        assert Article.objects.exists()
        for article in Article.objects.select_related("live"):
            stops = [c.message for c in publishing.checks(publishing.Fields.of(article.live), article) if c.blocks]
            assert stops == [], article.slug


def test_its_size_is_what_was_promised(capsys):
    articles, themes = files("articles"), files("themes")
    assert len(articles) >= 14
    assert len(themes) >= 10
    cited = set()
    total = 0
    for name, post in articles.items():
        assert 1_200 <= words(post.content) <= 2_500, name
        assert 2 <= len(post["themes"]) <= 5, name
        assert set(post["themes"]) <= set(themes), name
        total += words(post.content)
    for name, post in themes.items():
        assert words(post.content) >= 250, name
        assert {"en", "tr", "ru"} <= set(post["aliases"]), name
        total += words(post.content)
    for post in [*articles.values(), *themes.values()]:
        cited |= cited_in(post)
    with capsys.disabled():
        print(
            f"\nStarter publication: {len(themes)} themes, {len(articles)} articles, {total} words, {len(cited)} cited sources"
        )


def test_every_source_is_recorded_used_and_has_an_address():
    cited = set().union(*(cited_in(post) for kind in ("articles", "themes") for post in files(kind).values()))
    assert cited == set(SOURCES)
    for key, values in SOURCES.items():
        assert re.fullmatch(r"https?://\S+", values["url"]), key


def test_paragraphs_with_a_year_or_a_share_name_their_source():
    """A figure or a date in a paragraph, and no note in it: the reader can't check it."""
    bare = []
    for kind in ("articles", "themes"):
        for name, post in files(kind).items():
            for paragraph in post.content.split("\n\n"):
                text = re.sub(r"\]\([^)]*\)", "", paragraph)
                if paragraph.startswith(("#", "|", "*[")) or CITED.search(paragraph):
                    continue
                if re.search(r"\b(19|20)\d\d\b|\bper cent\b|US\$|€|£", text):
                    bare.append(f"{name}: {paragraph[:80]}")
    assert bare == []
