"""References for reference managers, read by programs that are not ours."""

import json

import pytest
import rispy
from hypothesis import example, given
from hypothesis import strategies as st
from pybtex.database import parse_string

from articles import bibliography
from articles.models import Source

from .make import make_article, make_author, make_source, make_theme

TEXT = st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=60)


@given(TEXT, TEXT, TEXT, st.sampled_from(Source.Kind.values))
@example(" ", " ", " ", "report")
def test_whatever_a_source_is_called_its_references_can_be_read(title, name, publisher, kind):
    source = Source(
        key="k-1", kind=kind, title=title, creators=name, publisher=publisher, date="2020-02", language="en"
    )
    items = [bibliography.of_source(source)]
    assert list(parse_string(bibliography.bibtex(items), "bibtex").entries) == ["k-1"]
    (record,) = rispy.loads(bibliography.ris(items))
    assert (record["id"], record["year"]) == ("k-1", "2020")
    assert json.loads(bibliography.csl_json(items)) == items


def test_bibtex_keeps_what_tex_would_take_for_its_own():
    source = Source(
        key="k", kind="report", title="50% of {Gas} & $5_#^~\\", url="https://a.example/x_y?z=1&b=%20{}", language="en"
    )
    written = bibliography.bibtex([bibliography.of_source(source)])
    assert (
        r"title = {{50\% of \textbraceleft{}Gas\textbraceright{} \& \$5\_\#\textasciicircum{}\textasciitilde{}\textbackslash{}}}"
        in written
    )
    assert "url = {https://a.example/x_y?z=1&b=%20%7B%7D}" in written


@pytest.mark.django_db
def test_articles_and_themes_are_cited_and_give_their_sources(client):
    theme = make_theme("Gas", introduction="x[@zulu-2020]")
    make_source("zulu-2020", kind="book", creators="Yılmaz, Ayşe\nSIPRI", publisher="Press", date="2020-02-03")
    make_source("alpha-2021", title="[Described]", kind="article-newspaper", publisher="TASS", language="ru")
    make_article(
        "Pipes", slug="pipes", themes=[theme], authors=[make_author("Ann B")], body="x[@zulu-2020; @alpha-2021]"
    )
    make_article("Draft", slug="draft", published=False, body="x[@zulu-2020]")

    own = parse_string(client.get("/articles/pipes/cite.bib").content.decode(), "bibtex").entries["pipes"]
    assert own.fields["url"] == "http://example.com/articles/pipes/"
    assert own.persons["author"][0].last_names == ["{Ann B}"]
    answer = client.get("/articles/pipes/sources.json")
    assert answer["Content-Disposition"] == 'attachment; filename="pipes-sources.json"'
    assert [item["id"] for item in answer.json()] == ["zulu-2020", "alpha-2021"]
    assert answer.json()[0]["author"] == [{"family": "Yılmaz", "given": "Ayşe"}, {"literal": "SIPRI"}]
    records = rispy.loads(client.get("/themes/gas/sources.ris").content.decode())
    assert [record["id"] for record in records] == ["alpha-2021", "zulu-2020"]
    assert records[0]["title"] == "Described" and records[1]["date"] == "2020/02/03"
    for hidden in ("/articles/draft/cite.bib", "/articles/draft/sources.ris", "/articles/pipes/cite.xml"):
        assert client.get(hidden).status_code == 404
    page = client.get("/articles/pipes/").content.decode()
    assert '<meta name="citation_author" content="Ann B">' in page and 'href="cite.ris"' in page
