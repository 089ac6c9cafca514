"""Sources: cited by key, listed with the text, on pages of their own."""

import re
import sys

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import integrity, publishing, text
from articles.models import Citation, Source
from articles.text import citations
from articles.text.safe import sanitise

from .make import ago, change, make_article, make_source, make_theme
from .test_desk import ADD, posted, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def hub():
    return make_source(
        "hurriyet-2022",
        "A hub",
        kind="article-newspaper",
        creators="Yılmaz, Ayşe",
        publisher="Hürriyet",
        date="2022-10-19",
        language="tr",
        url="https://example.org/hub",
        note="A state-linked outlet.",
    )


@pytest.fixture
def desk(client, chief):
    client.force_login(chief)
    return client


def html(body):
    return text.render(body).html


# In the text ----------------------------------------------------------------------------------------------------------


def test_sources_are_numbered_in_the_order_of_their_first_mention():
    out = html("One.[@b] Two.[@a, p. 12; @B, pp. 3–4]\n\n| x |\n|---|\n| three[@c] |\n\nFour.[@a]")
    found = citations.mentions(out)
    assert [(m.key, m.number, m.place, m.locator) for m in found] == [
        ("b", 1, 1, ""),
        ("a", 2, 2, "p. 12"),
        ("b", 1, 2, "pp. 3–4"),
        ("c", 3, 3, ""),
        ("a", 2, 4, ""),
    ]
    assert '[<a class="cite" href="#source-a">2, p. 12</a>; <a class="cite" href="#source-b">1, pp. 3–4</a>]' in out


def test_citations_stay_out_of_contents_code_links_and_counts():
    rendered = text.render(
        "## Prices[@a] rise\n\n`[@b]` \\[@c] [@d](/x/) and [word]\n\nEnd.[^1]\n\n[^1]: Note.[@e, p. 3]"
    )
    assert rendered.contents == [{"id": "prices-rise", "title": "Prices rise", "level": 2}]
    assert [m.key for m in citations.mentions(rendered.html)] == ["a", "e"]
    assert rendered.words == len(["Prices", "rise", "[@b]", "[@c]", "@d", "and", "[word]", "End."])
    assert '<sup data-note="a. Note." id="fnref-1">' in rendered.html


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="[]@;,abAB-. ^p1<>&\"'()\n|`*#", max_size=60))
def test_whatever_is_typed_is_clean_numbered_without_gaps_and_the_same_each_time(body):
    out = html(body)
    assert out == html(body)
    woven = citations.beside(out, {"a": "A <b> & co", "b": 'B "quoted"'})
    assert sanitise(woven) == woven
    numbers = [m.number for m in citations.mentions(out)]
    assert sorted(set(numbers)) == list(range(1, len(set(numbers)) + 1))
    assert [int(n) for n in re.findall(r'id="cite-(\d+)"', out)] == sorted(
        {m.place for m in citations.mentions(out)} | {int(n) for n in re.findall(r'id="cite-(\d+)"', out)}
    )


# On the page ----------------------------------------------------------------------------------------------------------


def test_an_article_lists_what_it_cites(client, hub):
    make_article("Gas", slug="gas", body="Said.[@hurriyet-2022] Again.[@hurriyet-2022, p. 4]")
    page = shown(client.get("/articles/gas/"))
    listed = page[page.index('<ol class="sources">') :]
    for words in ("Yılmaz, Ayşe", "“A hub”", "Hürriyet, 19 October 2022, in Turkish.", "A state-linked outlet."):
        assert words in listed
    assert 'href="https://example.org/hub"' in listed
    assert 'href="#cite-1"' in listed and re.search(r'href="#cite-2"[^>]*>p. 4 ↩', listed)
    assert page.count("data-note=") == 1


def test_a_changed_source_shows_everywhere_at_the_next_view(client, desk, hub):
    theme = make_theme("Gas", introduction="A theme.[@hurriyet-2022]")
    make_article("Pipes", slug="pipes", themes=[theme], body="Said.[@hurriyet-2022]")
    address = reverse("admin:articles_source_change", args=[hub.pk])
    form = {"kind": "report", "title": "Anew", "language": "tr", "url": "https://example.org/anew"}
    form["opened"] = desk.get(address).context["adminform"].form["opened"].value()
    assert desk.post(address, form).status_code == 302
    for place in ("/articles/pipes/", "/themes/gas/", "/feed.atom", "/sources/", "/sources/hurriyet-2022/"):
        assert "https://example.org/anew" in shown(client.get(place)), place


def test_feeds_carry_the_list_with_ids_of_their_own(client, hub):
    article = make_article("Gas", slug="gas", body="Said.[@hurriyet-2022]")
    item = client.get("/feed.json").json()["items"][0]["content_html"]
    assert f'<li id="a{article.pk}-source-hurriyet-2022" value="1">' in item
    assert f'href="#a{article.pk}-cite-1"' in item and f'id="a{article.pk}-cite-1"' in item
    assert "data-note" not in item


def test_a_dead_source_leads_to_its_archived_copy(client, hub):
    make_article("Gas", slug="gas", body="Said.[@hurriyet-2022]")
    Source.objects.update(archived_url="https://archive.example/hub")
    assert "Archived copy" in shown(client.get("/articles/gas/"))
    Source.objects.update(failures=3)
    page = shown(client.get("/articles/gas/"))
    assert 'href="https://archive.example/hub"' in page and 'href="https://example.org/hub"' not in page
    Source.objects.update(archived_url="")
    assert 'href="https://example.org/hub"' not in shown(client.get("/articles/gas/"))


# Pages of sources -----------------------------------------------------------------------------------------------------


def test_readers_see_only_what_something_they_see_cites(client, hub):
    make_source("draft-2020", "Secret draft source")
    make_article("Draft", published=False, body="x[@draft-2020]")
    make_article("Soon", at=ago(days=-2), body="x[@draft-2020]")
    gone = make_article("Gone", withdrawn="An error.", body="x[@draft-2020]")
    make_article("Seen", slug="seen", body="x[@hurriyet-2022]")
    assert "Secret draft" not in shown(client.get("/sources/")) + shown(client.get("/sitemap-sources-0.xml"))
    assert client.get("/sources/draft-2020/").status_code == 404
    page = shown(client.get("/sources/hurriyet-2022/"))
    assert "/articles/seen/#source-hurriyet-2022" in page and gone.title not in page
    make_theme("Gas", introduction="x[@draft-2020]")
    assert "Gas" in shown(client.get("/sources/draft-2020/"))


def test_citations_follow_what_is_published(hub):
    other = make_source("other-2020")
    article = make_article("Gas", body="x[@hurriyet-2022]")
    assert [c.source for c in Citation.objects.all()] == [hub]
    change(article, body="y[@other-2020]")
    assert [c.source for c in Citation.objects.all()] == [other]
    Citation.objects.all().delete()
    publishing.rebuild(article.__class__.objects.get())
    assert [c.source for c in Citation.objects.all()] == [other]


def test_a_source_that_comes_after_the_texts_that_cite_it_is_theirs(client):
    article = make_article("Early", slug="early", themes=["Syria"], body="Said.[@late] And more.[@later]")
    theme = make_theme("Libya", introduction="Told.[@late]")
    assert "A late report" not in shown(client.get("/articles/early/"))
    make_source("late", title="A late report")
    assert "A late report" in shown(client.get("/articles/early/"))
    assert {(row.article, row.theme) for row in Citation.objects.all()} == {(article, None), (None, theme)}
    assert list(integrity.damages()) == []


def test_pages_of_sources_are_counted(client, monkeypatch):
    monkeypatch.setattr(sys.modules["articles.views.sources"], "SOURCES_ON_A_PAGE", 2)
    for number in range(5):
        make_source(f"s{number}-2020", f"Title {number}")
    make_article(body=" ".join(f"x[@s{number}-2020]" for number in range(5)))
    assert "5 sources" in shown(client.get("/sources/"))
    assert "Title 4" in shown(client.get("/sources/?page=3"))
    assert client.get("/sources/?page=1")["Location"] == "/sources/"
    assert client.get("/sources/?page=4").status_code == 404
    assert client.get("/sources/?page=x").status_code == 404


# At the desk ----------------------------------------------------------------------------------------------------------


def test_an_unknown_source_stops_publication_and_is_marked_in_previews(desk, hub):
    refused = desk.post(ADD, posted(title="Gas", body="x[@nobody-1999]", action="publish"), follow=True)
    assert "There is no source with the key nobody-1999." in shown(refused)
    preview = desk.post(ADD + "preview/", posted(title="Gas", body="x[@nobody-1999] y[@hurriyet-2022]"))
    assert '<span class="missing">nobody-1999?</span>' in shown(preview)


def test_sources_are_found_by_any_word_in_any_spelling(desk, hub):
    cite = reverse("admin:articles_article_cite")
    for words in ("HURRIYET hub", "yilm", "2022 hür"):
        assert [key for _words, key in desk.get(cite, {"q": words}).json()["found"]] == ["hurriyet-2022"], words
    assert desk.get(cite, {"q": ""}).json()["found"] == desk.get(cite, {"q": "nowhere"}).json()["found"] == []
    assert "hurriyet-2022" in shown(desk.get(reverse("admin:articles_source_changelist"), {"q": "HUB"}))


def test_a_key_stays_and_a_cited_source_too(desk, hub):
    address = reverse("admin:articles_source_change", args=[hub.pk])
    opened = desk.get(address).context["adminform"].form["opened"].value()
    desk.post(address, {"key": "other", "kind": "report", "title": "T", "language": "en", "opened": opened})
    assert Source.objects.get().key == "hurriyet-2022"
    delete = reverse("admin:articles_source_delete", args=[hub.pk])
    draft = make_article("Draft", published=False, body="x[@hurriyet-2022, p. 2]")
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    publishing.save_draft(draft, publishing.Fields(title="Draft"), by=None, based_on=draft.working_id)
    assert desk.post(delete, {"post": "yes"}).status_code == 302
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "Not a key"},
        {"key": "2022"},
        {"date": "2022-13"},
        {"date": "yesterday"},
        {"date": "2022-02-30"},
        {"language": "in Turkish"},
        {"url": "javascript:alert(1)"},
    ],
)
def test_bad_fields_are_refused(wrong):
    with pytest.raises(ValidationError):
        make_source(**{"key": "good-2022"} | wrong)


def test_writers_add_sources_and_change_none(client, writer, hub):
    client.force_login(writer)
    form = {"key": "new-2020", "kind": "report", "title": "New", "language": "en"}
    assert client.post(reverse("admin:articles_source_add"), form).status_code == 302
    assert client.post(reverse("admin:articles_source_change", args=[hub.pk]), form).status_code == 403


def test_a_title_from_right_to_left_keeps_its_direction(client):
    make_source("jazeera", "تركيا وروسيا (2023)", language="ar", publisher="الجزيرة")
    make_article("One", slug="one", body="Said.[@jazeera]")
    page = client.get("/articles/one/").content.decode()
    assert '<bdi lang="ar">“تركيا وروسيا (2023)”</bdi>' in page
    assert "\u2068“تركيا وروسيا (2023)”\u2069." in page  # beside the text, where there are no elements
    assert '<h1 lang="ar" dir="auto">' in client.get("/sources/jazeera/").content.decode()


def test_the_language_of_a_source_is_told_where_it_is_another(client):
    make_source("en-1", "A title", language="en")
    make_source("tr-1", "Bir başlık", language="tr")
    make_article("Bir", slug="bir", language="tr", body="Denildi.[@en-1] Yine.[@tr-1]")
    page = client.get("/articles/bir/").content.decode()
    assert page.count("İngilizce") == 2
    assert "dil: Türkçe" not in page
