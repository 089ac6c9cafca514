"""Remarks on a text: tied to a passage, staying with it, answered, settled; by guests where a link allows it."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from articles import publishing
from articles.models import Comment
from articles.text import anchor

from .make import make_article
from .test_desk import form_of, shown

BODY = "The first paragraph speaks of gas.\n\nThe second says that prices rose in 2022.\n\nThe third ends it."


# Where a passage went -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (BODY, "prices rose"),
        ("A new opening.\n\n" + BODY, "prices rose"),
        (BODY.replace("The first paragraph speaks of gas.\n\n", ""), "prices rose"),
        (BODY.replace("prices rose", "the prices fell"), "The second says that the prices fell in 2022."),
        ("Nothing of it is left.", None),
        ("", None),
    ],
)
def test_a_passage_is_found_where_it_went(body, expected):
    quote = "prices rose" if expected in ("prices rose", None) else "The second says that prices rose in 2022."
    span = anchor.find(quote, BODY.index(quote), body)
    assert (body[slice(*span)] if span else None) == expected


def test_of_two_equal_passages_the_nearer_is_meant():
    body = "same\n\n" + "x" * 500 + "\n\nsame"
    assert anchor.find("same", 480, body) == (len(body) - 4, len(body))


@given(st.text(max_size=60), st.integers(0, 99), st.text(max_size=200))
def test_any_passage_in_any_text_gives_a_place_in_it_or_none(quote, place, body):
    span = anchor.find(quote, place, body)
    assert span is None or 0 <= span[0] <= span[1] <= len(body)


@pytest.mark.parametrize("body", ["ab " * 60_000, "a\n" * 90_000, "x" * 200_000, ("word " * 390 + "\n") * 100])
def test_no_text_makes_the_search_hang(body):
    import time

    started = time.monotonic()
    anchor.find("word wrd " * 100, 90_000, body)
    anchor.find("a", 90_000, body)
    assert time.monotonic() - started < 5


# At the desk ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def article(db, writer):
    return make_article("Talked about", body=BODY, published=False, by=writer)


def talk(article):
    return reverse("admin:articles_article_talk", args=[article.pk])


def test_a_remark_is_made_answered_settled_and_opened_again(desk, article, client, writer):
    place = BODY.index("prices rose")
    said = {"text": "By how much?", "quote": "prices rose", "place": place}
    assert desk.post(talk(article), said)["Location"].endswith("#desk-talk")
    remark = Comment.objects.get()
    page = shown(desk.get(form_of(article)))
    assert "By how much?" in page and f'data-start="{place}"' in page
    client.force_login(writer)
    assert "Talked about" in shown(client.get("/admin/"))
    client.post(talk(article), {"text": "By a third.", "parent": remark.pk})
    assert Comment.objects.get(parent=remark).who == "alice"
    client.post(talk(article), {"resolve": remark.pk})
    assert publishing.threads(article, BODY) == []
    assert publishing.threads(article, BODY, settled=True) == [remark]
    client.post(talk(article), {"resolve": remark.pk})
    assert publishing.threads(article, BODY) == [remark]


def test_a_remark_stays_with_its_passage_and_says_when_that_is_gone(desk, article, writer):
    desk.post(talk(article), {"text": "Which?", "quote": "prices rose", "place": BODY.index("prices rose")})
    desk.post(talk(article), {"text": "Good.", "quote": "The third ends it.", "place": BODY.index("The third")})
    body = "A new paragraph.\n\n" + BODY.replace("\n\nThe third ends it.", "")
    found, gone = publishing.threads(article, body)
    assert body[slice(*found.span)] == "prices rose"
    assert (gone.text, gone.span) == ("Good.", None)


@pytest.mark.parametrize("said", [{"text": "  "}, {"text": "x" * 4001}, {"text": "\x07"}])
def test_a_bad_remark_comes_back_with_its_reason(desk, article, said):
    page = desk.post(talk(article), said)
    assert "errornote" in shown(page)
    assert not Comment.objects.exists()


def test_a_remark_on_another_article_is_not_answered_here(desk, article):
    other = publishing.say(make_article(), text="Elsewhere.", name="Guest", by=None)
    assert desk.post(talk(article), {"text": "x", "parent": other.pk}).status_code == 404
    assert desk.post(talk(article), {"resolve": other.pk}).status_code == 404
    assert desk.post(talk(article), {"resolve": "nonsense"}).status_code == 404


def test_who_may_not_change_a_text_makes_no_remark_on_it(client, other_writer, article):
    client.force_login(other_writer)
    assert client.post(talk(article), {"text": "x"}).status_code in {403, 404}


def test_readers_see_nothing_of_it(client, article, editor):
    publishing.say(article, text="xqremark", by=editor)
    fields = publishing.Fields.of(article.working)
    publishing.publish(article, fields, by=None, based_on=article.working_id)
    for address in (article.get_absolute_url(), "/", "/feed.atom"):
        assert "xqremark" not in shown(client.get(address))
    found = shown(client.get("/search/?q=xqremark"))
    assert "<mark>" not in found
    assert article.get_absolute_url() not in found


# Guests ---------------------------------------------------------------------------------------------------------------


def test_a_guest_makes_a_remark_where_the_link_allows_it(desk, article):
    share = reverse("admin:articles_article_share", args=[article.pk])
    desk.post(share, {"days": 3, "may_comment": "on"})
    link = article.draft_links.get()
    guest = Client(enforce_csrf_checks=True)
    page = shown(guest.get(link.get_absolute_url()))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    said = {"name": "Prof. Guest", "quote": "prices rose", "text": "<b>Source?</b>", "csrfmiddlewaretoken": token}
    assert guest.post(link.get_absolute_url(), said).status_code == 302
    assert "Thank you" in shown(guest.get(link.get_absolute_url(), {"thanks": 1}))
    remark = Comment.objects.get()
    assert (remark.who, remark.place) == ("Prof. Guest", BODY.index("prices rose"))
    assert "&lt;b&gt;Source?" in shown(desk.get(form_of(article)))
    assert "Source?" not in shown(guest.get(link.get_absolute_url()))
    nameless = guest.post(link.get_absolute_url(), said | {"name": ""})
    assert nameless.status_code == 400
    assert "Say who you are" in shown(nameless) and "&lt;b&gt;Source?" in shown(nameless)
    assert guest.post(link.get_absolute_url(), said | {"csrfmiddlewaretoken": ""}).status_code == 403


def test_a_link_without_that_leave_takes_no_remark_and_sets_no_cookie(client, article):
    link = publishing.share(article, by=None, days=3)
    page = client.get(link.get_absolute_url())
    assert '<form method="post"' not in shown(page) and not page.cookies
    assert client.post(link.get_absolute_url(), {"name": "G", "text": "x"}).status_code == 404
    assert not Comment.objects.exists()


def test_a_shared_link_cannot_fill_the_desk(article, monkeypatch):
    monkeypatch.setattr("articles.publishing.talking.MOST_OPEN", 3)
    for _time in range(3):
        publishing.say(article, name="G", text="x", by=None)
    with pytest.raises(ValidationError, match="too many"):
        publishing.say(article, name="G", text="x", by=None)
