"""The first page of the desk says what needs a person."""

import datetime
import uuid

import pytest
from django.utils import timezone

from articles import publishing
from articles.models import Article, Revision, Source

from .make import ago, make_article, make_fields, make_source
from .test_desk import shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(writer, other_writer, editor):
    """One article in every state that the page knows, most of them by charlie."""
    draft = make_article("A draft", published=False, by=other_writer)
    for title, kind, note in (("Handed in", "submitted", "Please look."), ("Thin", "returned", "Section two is thin."),
                              ("Ready", "approved", "")):  # fmt: skip
        article = make_article(title, published=False, by=other_writer)
        fields = publishing.Fields.of(article.working)
        publishing.save_draft(article, fields, by=editor, based_on=article.working_id, kind=kind, note=note)
    make_article("Next week", at=timezone.now() + datetime.timedelta(days=6), by=other_writer)
    make_article("Next year", at=timezone.now() + datetime.timedelta(days=300), by=other_writer)
    make_article("Live", at=ago(days=40), by=other_writer)
    publishing.keep(draft, make_fields("Kept"), by=other_writer, based_on=draft.working_id, form=uuid.uuid4())
    publishing.discard(make_article("Deleted", published=False, by=other_writer), by=None)


def listed(user):
    now = publishing.overview(user)
    names = ("unsaved", "returned", "review", "approved", "coming", "open", "bare")
    return {name: [article.title for article in now[name]] for name in names if now[name]}


def test_everybody_sees_what_is_theirs_to_do(library, writer, other_writer, editor):
    everybodys = {"review": ["Handed in"], "approved": ["Ready"], "coming": ["Next week"], "bare": ["Live"]}
    assert listed(writer) == {}
    assert listed(other_writer) == everybodys | {"returned": ["Thin"], "open": ["A draft"], "unsaved": ["A draft"]}
    assert listed(editor) == everybodys | {"returned": ["Thin"]}


def test_the_page_shows_it_and_counts_what_readers_see(library, client, editor):
    client.force_login(editor)
    page = shown(client.get("/admin/"))
    assert "Please look." in page and "Handed in" in page and "Next week" in page
    assert "Next year" not in page and "Deleted" not in page
    now = publishing.overview(editor)
    assert sum(count for _month, count in now["months"]) == 1
    assert [count for _theme, count in now["themes"]] == [1]


def test_it_costs_the_same_with_more_articles(client, editor, kept, django_assert_max_num_queries):
    for number in range(15):
        article = make_article(f"Article {number}", published=number % 2 == 0, by=editor)
        fields = publishing.Fields.of(article.working)
        publishing.save_draft(article, fields, by=editor, based_on=article.working_id, kind="submitted")
    assert Article.objects.filter(working__kind=Revision.Kind.SUBMITTED).count() == 15
    client.force_login(editor)
    client.get("/admin/")  # what feeds say of the newest is kept from then on
    with django_assert_max_num_queries(21):
        client.get("/admin/")


def test_texts_that_cite_what_is_gone_are_shown(client, editor):
    client.force_login(editor)
    make_source("gone-2020")
    make_article("Citing", body="x[@gone-2020]")
    make_article("Draft about it", published=False, body="x[@gone-2020]")
    page = client.get("/admin/").content.decode()
    assert "Cites a source whose address is gone" not in page
    Source.objects.update(failures=Source.DEAD)
    listed = (
        client.get("/admin/")
        .content.decode()
        .partition("Cites a source whose address is gone")[2]
        .partition("</section>")[0]
    )
    assert "Citing" in listed and "Draft about it" not in listed
