"""One contract for both engines: the suite runs on SQLite and on PostgreSQL."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles import publishing
from articles.models import Theme, ThemeName

from .make import change, make_article, make_author, make_theme

pytestmark = pytest.mark.django_db


def found(client, query):
    response = client.get("/search/", {"q": query}, follow=True)
    assert response.status_code == 200
    return [article.title for article in response.context["page"].articles]


@pytest.mark.parametrize("query", ["Erdoğan", "ERDOĞAN", "erdogan", "Эрдоган", "erdoğan’ın istanbul"])
def test_names_are_found_in_any_spelling(client, query):
    make_article("A letter", body="Erdoğan’ın mektubu, İSTANBUL.")
    make_article("Another", body="Nothing of the kind.")
    assert found(client, query) == (["A letter"])


def test_words_are_found_in_any_order_and_stemmed(client):
    make_article("Pipes", body="The pipelines were negotiated slowly.")
    assert found(client, "negotiate pipeline") == ["Pipes"]


def test_every_word_must_be_there(client):
    make_article("Pipes", body="gas")
    assert found(client, "gas oil") == []


def test_common_words_count_like_any_other(client):
    make_article("Pipes", body="The gas of the Black Sea.")
    make_article("Talks", body="Grain without articles.", summary="Short.", authors=[make_author("Ayşe")])
    assert found(client, "the") == found(client, "of the") == ["Pipes"]


def test_a_text_of_very_many_different_words_is_published_and_found(client):
    body = " ".join(f"{number:05}ж\u4e00\u4e8c" for number in range(22_000))
    make_article("Long", body=f"needle {body}")
    assert found(client, "needle") == ["Long"]


def test_titles_weigh_more_than_text(client):
    make_article("Libya", body="Nothing else.")
    make_article("Elsewhere", body="Libya is mentioned here among many other words.")
    assert found(client, "libya") == ["Libya", "Elsewhere"]


def test_theme_names_and_aliases_find_their_articles(client):
    theme = make_theme("Energy diplomacy", aliases=["pipeline politics", "энергетическая дипломатия"])
    make_article("Gas", themes=[theme])
    for query in ("energy diplomacy", "Pipeline Politics", "энергетическая", "energeticheskaya"):
        assert found(client, query) == ["Gas"], query
    assert client.get("/search/", {"q": "pipeline POLITICS"}).context["theme"] == theme


def test_a_new_alias_is_found_at_once(client):
    make_article("Gas", themes=["Energy diplomacy"])
    theme = Theme.objects.get()
    ThemeName.objects.create(theme=theme, name="hydrocarbon statecraft")
    publishing.teach_names(theme)
    assert found(client, "hydrocarbon") == ["Gas"]


def test_the_index_follows_what_readers_see(client):
    article = make_article("Gas", body="methane", published=False)
    assert found(client, "methane") == []
    article = make_article("Oil", body="kerosene")
    article = change(article, body="paraffin")
    assert found(client, "kerosene") == []
    assert found(client, "paraffin") == ["Oil"]
    publishing.save_draft(article, publishing.Fields.of(article.working), by=None, based_on=article.working_id)
    publishing.withdraw(article, by=None, based_on=article.working_id, note="Why.")
    assert found(client, "paraffin") == []


def test_an_empty_search_is_a_page(client):
    assert client.get("/search/").status_code == 200
    assert client.get("/search/?q=").status_code == 200
    assert found(client, "--- !!!") == []


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'",
        "a AND",
        "NEAR(a b",
        "a* ^b",
        "title:x",
        "(((",
        "-",
        "a OR OR b",
        "\0",
        "%",
        "a & | !",
        ":*",
        "\\",
        "٣",
        "x" * 5000,
        "w " * 3000,
    ],
)
def test_no_operator_gets_through(client, query):
    make_article()
    found(client, query)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=80))
def test_any_query_gets_an_answer(client, query):
    response = client.get("/search/", {"q": query}, follow=True)
    assert response.status_code == 200
