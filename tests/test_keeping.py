"""Nothing typed is lost, nobody is overwritten: over HTTP, as the form and its script speak."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from articles import publishing
from articles.models import Article, OpenForm, Revision

from .make import make_article, make_fields, make_user
from .test_desk import ADD, desk, form_of, posted, shown  # noqa: F401 - desk is a fixture

BODY = "First.\n\nSecond.\n\nThird."


def keep_of(article=None):
    return reverse("admin:articles_article_keep", args=[article.pk]) if article else ADD + "keep/"


def save_as(user, article, **typed):
    """Somebody else saves `article`."""
    fields = replace(publishing.Fields.of(article.working), **typed)
    article = Article.objects.get(pk=article.pk)
    return publishing.save_draft(article, fields, by=user, based_on=article.working_id)


@pytest.fixture
def article(db, editor):
    return make_article(body=BODY, by=editor)


@pytest.fixture
def bea(db):
    return make_user("bea", "Editor")


# Kept while typing ----------------------------------------------------------------------------------------------------


def test_what_is_kept_touches_neither_working_copy_nor_page(desk, article):  # noqa: F811
    page = desk.get(article.get_absolute_url()).content
    typed = posted(article, body="Kept words.", form=uuid.uuid4(), changed=1)
    answer = desk.post(keep_of(article), typed).json()
    assert {"kept", "offer", "others"} <= set(answer)
    kept = Revision.objects.get(kind="autosave")
    assert (kept.fields["body"], kept.number, kept.based_on_id) == ("Kept words.", None, article.working_id)
    assert desk.get(article.get_absolute_url()).content == page
    article.refresh_from_db()
    assert article.working.fields["body"] == BODY
    assert "Kept words" not in shown(desk.get(reverse("admin:articles_article_history", args=[article.pk])))


def test_one_form_keeps_one_text_and_two_tabs_keep_two(desk, article):  # noqa: F811
    one, other = uuid.uuid4(), uuid.uuid4()
    for form, body in ((one, "a"), (one, "b"), (other, "c"), (one, "d")):
        assert desk.post(keep_of(article), posted(article, body=body, form=form, changed=1)).status_code == 200
    assert sorted(row.fields["body"] for row in Revision.objects.filter(kind="autosave")) == ["c", "d"]


def test_a_kept_text_is_offered_shown_gone_on_with_and_saved(desk, article):  # noqa: F811
    form = uuid.uuid4()
    offer = desk.post(keep_of(article), posted(article, body="Kept words.", form=form, changed=1)).json()["offer"]
    page = shown(desk.get(form_of(article)))
    assert offer in page
    assert "<ins>" in shown(desk.get(offer))
    kept = Revision.objects.get(kind="autosave")
    going_on = desk.get(form_of(article), {"kept": kept.pk})
    assert going_on.context["form"]["body"].value() == "Kept words."
    assert Article.objects.get().working.fields["body"] == BODY
    typed = posted(article, body="Kept words.", form=going_on.context["form"]["form"].value())
    assert desk.post(form_of(article), typed).status_code == 302
    assert not Revision.objects.filter(kind="autosave").exists()
    assert desk.get(form_of(article)).context["kept"] == []


def test_what_a_form_has_saved_is_not_offered_again_by_a_browser_that_was_killed_then(desk, article, bea):  # noqa: F811
    form = uuid.uuid4()
    typed = posted(article, body="Kept words.", form=form, changed=1)
    assert desk.post(form_of(article), typed).status_code == 302
    save_as(bea, article, body="Other words.")
    assert "offer" not in desk.post(keep_of(article), typed).json()
    assert desk.get(form_of(article)).context["kept"] == []
    assert "offer" in desk.post(keep_of(article), typed | {"body": "More words."}).json()
    assert len(desk.get(form_of(article)).context["kept"]) == 1


def test_a_kept_text_can_be_thrown_away(desk, article):  # noqa: F811
    offer = desk.post(keep_of(article), posted(article, body="x", form=uuid.uuid4(), changed=1)).json()["offer"]
    assert desk.post(offer).status_code == 302
    assert not Revision.objects.filter(kind="autosave").exists()


def test_what_was_kept_is_merged_with_what_was_saved_since(desk, article, bea):  # noqa: F811
    typed = posted(article, body=BODY.replace("First", "Kept"), form=uuid.uuid4(), changed=1)
    desk.post(keep_of(article), typed)
    save_as(bea, article, body=BODY.replace("Third", "Saved"))
    start = desk.get(form_of(article), {"kept": Revision.objects.get(kind="autosave").pk}).context["form"].initial
    again = posted(article, body=start["body"], based_on=start["based_on"], form=start["form"])
    assert desk.post(form_of(article), again).status_code == 302
    assert Article.objects.get().working.fields["body"] == "Kept.\n\nSecond.\n\nSaved."


def test_a_kept_text_is_its_editors_alone(desk, article, bea, client):  # noqa: F811
    offer = desk.post(keep_of(article), posted(article, body="Secret.", form=uuid.uuid4(), changed=1)).json()["offer"]
    client.force_login(bea)
    assert client.get(offer).status_code == 404
    assert client.get(form_of(article)).context["kept"] == []
    assert client.get(form_of(article), {"kept": Revision.objects.get(kind="autosave").pk}).status_code == 404


@pytest.mark.parametrize("typed", [{"title": ""}, {"summary": "x" * 5000}, {"slug": "Not A Slug"}, {"themes": [999]},
                                   {"series_order": "many"}, {"language": "xx"}, {"at": "never"}])  # fmt: skip
def test_what_could_not_be_saved_is_kept_all_the_same(desk, article, typed):  # noqa: F811
    data = posted(article, body="Kept.", form=uuid.uuid4(), changed=1) | typed
    assert desk.post(keep_of(article), data).status_code == 200
    assert Revision.objects.get(kind="autosave").fields["body"] == "Kept."
    assert desk.post(reverse("admin:articles_article_preview", args=[article.pk]), data).status_code == 200


def test_a_new_article_is_a_draft_from_its_first_words_and_only_one(desk):  # noqa: F811
    form = uuid.uuid4()
    assert "address" not in desk.post(keep_of(), {"form": form}).json()
    assert not Article.objects.exists()
    answer = desk.post(keep_of(), {"body": "First words", "form": form, "language": "en", "changed": 1}).json()
    desk.post(keep_of(), {"body": "First words, more", "form": form, "language": "en", "changed": 1})
    article = Article.objects.get()
    assert answer["address"] == form_of(article)
    assert answer["based_on"] == article.revisions.get(number=1).pk
    assert article.working.fields["body"] == "First words"
    assert Revision.objects.get(kind="autosave").fields["body"] == "First words, more"
    desk.post(ADD, {"title": "A title", "body": "First words, more", "form": form, "language": "en"})
    article = Article.objects.get()
    assert (article.title, article.working.fields["title"]) == ("A title", "A title")


def test_a_page_that_never_heard_of_its_draft_goes_on_keeping_and_saving(desk, bea):  # noqa: F811
    """The answer to its first words was lost on the way: the page still believes that the article is new."""
    data = {"title": "T", "form": uuid.uuid4(), "language": "en"}
    for number in range(4):
        assert desk.post(keep_of(), data | {"body": f"Words {number}"}).status_code == 200
    assert desk.post(ADD, data | {"body": "Words at last"}).status_code == 302
    article = Article.objects.get()
    assert article.working.fields["body"] == "Words at last"
    save_as(bea, article, body="Bea’s words")
    assert desk.post(keep_of(), data | {"body": "Words kept"}).status_code == 200
    assert Revision.objects.get(kind="autosave").fields["body"] == "Words kept"
    clash = desk.post(ADD, data | {"body": "Words after all"})
    assert clash.status_code == 409
    assert desk.post(form_of(article), settle(shown(clash), "Keep mine")).status_code == 302
    assert Article.objects.get().working.fields["body"] == "Words after all"


@pytest.mark.parametrize("typed", [{"slug": "taken"}, {"title": "x" * 999}, {"summary": "y" * 9999}])
def test_a_new_article_is_kept_whatever_is_wrong_with_it(desk, typed):  # noqa: F811
    make_article(slug="taken")
    data = {"body": "Kept.", "form": uuid.uuid4(), "language": "en"} | typed
    assert "address" in desk.post(keep_of(), data).json()
    assert Article.objects.order_by("pk").last().working.fields["body"] == "Kept."


def test_the_script_is_told_when_the_session_has_ended(desk, article):  # noqa: F811
    desk.logout()
    answer = desk.post(keep_of(article), posted(article, changed=1), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["login"]) == (403, "/admin/login/")


def test_forms_without_a_name_and_texts_past_all_measure_are_refused_in_words(desk, article):  # noqa: F811
    assert desk.post(keep_of(article), posted(article, form="no uuid")).status_code == 400
    long = posted(article, body="x" * 2_000_001, form=uuid.uuid4(), changed=1)
    assert desk.post(keep_of(article), long).status_code == 413
    assert not Revision.objects.filter(kind="autosave").exists()


def test_who_else_has_it_open_is_shown_until_they_close_it(desk, article, bea, client):  # noqa: F811
    other = Client()
    other.force_login(bea)
    form = uuid.uuid4()
    assert other.post(keep_of(article), posted(article, form=form)).json()["others"] == []
    assert desk.post(keep_of(article), posted(article, form=uuid.uuid4())).json()["others"] == ["bea"]
    assert "bea" in shown(desk.get(form_of(article)))
    other.post(keep_of(article), posted(article, form=form, closed=1))
    assert desk.post(keep_of(article), posted(article, form=uuid.uuid4())).json()["others"] == []
    assert set(OpenForm.objects.values_list("user__username", flat=True)) == {"bob"}


def test_a_writer_keeps_their_own_and_nobody_elses(client, writer, article):
    client.force_login(writer)
    assert client.post(keep_of(article), posted(article, form=uuid.uuid4(), changed=1)).status_code in {403, 404}
    own = make_article(published=False, by=writer)
    assert client.post(keep_of(own), posted(own, form=uuid.uuid4(), changed=1)).status_code == 200


def test_somebody_elses_form_gives_no_way_into_their_article(client, writer, other_writer):
    form = uuid.uuid4()
    theirs = publishing.create(make_fields("Theirs"), by=other_writer, form=form)
    client.force_login(writer)
    assert client.post(ADD, posted(title="Mine", form=form)).status_code == 302
    theirs.refresh_from_db()
    assert theirs.working.fields["title"] == "Theirs"
    assert Article.objects.exclude(pk=theirs.pk).get().created_by == writer


def test_a_deleted_draft_is_not_published_and_says_why(desk):  # noqa: F811
    article = make_article(published=False)
    publishing.discard(article, by=None)
    assert "bring it back first" in shown(desk.post(form_of(article), posted(article, action="publish")))
    assert Article.objects.get().published_at is None


def test_a_page_that_learns_late_of_its_draft_overwrites_no_colleague(desk, bea):  # noqa: F811
    data = {"title": "T", "form": uuid.uuid4(), "language": "en"}
    desk.post(keep_of(), data | {"body": "Words one"})  # the answer is lost on the way
    article = Article.objects.get()
    save_as(bea, article, body="Bea’s words", summary="Bea’s summary.")
    late = desk.post(keep_of(), data | {"body": "Words two", "summary": "x" * 1500})
    assert (late.status_code, late.json()["based_on"]) == (200, article.revisions.get(number=1).pk)
    assert "bea has saved" in late.json()["newer"]
    saved = desk.post(form_of(article), data | {"body": "Words three", "based_on": late.json()["based_on"]})
    assert saved.status_code == 409
    article.refresh_from_db()
    assert (article.working.fields["body"], article.working.fields["summary"]) == ("Bea’s words", "Bea’s summary.")


@pytest.mark.parametrize("action", ["publish", "submit"])
def test_the_add_page_sent_again_publishes_nothing_over_a_colleague(desk, bea, action):  # noqa: F811
    data = posted(title="New", form=uuid.uuid4())
    desk.post(ADD, data)
    article = Article.objects.get()
    save_as(bea, article, summary="Bea’s summary.")
    again = desk.post(ADD, data | {"action": action})
    article.refresh_from_db()
    assert article.working.fields["summary"] == "Bea’s summary."
    assert (again.status_code, article.published_at) == (409 if action == "publish" else 302, None)


def test_publishing_the_same_new_article_twice_is_no_warning(desk):  # noqa: F811
    data = posted(title="New", form=uuid.uuid4(), action="publish")
    for _time in range(2):
        assert "not published" not in shown(desk.post(ADD, data, follow=True))
    assert Article.objects.get().is_public()


def test_a_form_saved_by_its_own_page_is_no_conflict_when_the_add_page_comes_again(desk):  # noqa: F811
    data = posted(title="New", form=uuid.uuid4())
    desk.post(ADD, data)
    article = Article.objects.get()
    assert desk.post(form_of(article), data | {"body": "Second.", "based_on": article.working_id}).status_code == 302
    assert desk.post(ADD, data | {"body": "Third."}).status_code == 302
    assert Article.objects.get().working.fields["body"] == "Third."


def test_taking_off_the_schedule_keeps_what_was_typed(desk):  # noqa: F811
    article = make_article("Later", at=timezone.now() + timedelta(days=1))
    typed = posted(article, action="unschedule", body="Typed meanwhile.", slug="later-anew")
    assert desk.post(form_of(article), typed).status_code == 302
    article.refresh_from_db()
    assert (article.published_at, article.working.fields["body"], article.slug) == (
        None,
        "Typed meanwhile.",
        "later-anew",
    )


def test_taking_off_the_schedule_overwrites_nobody_and_no_address(desk, bea):  # noqa: F811
    article = make_article("Later", at=timezone.now() + timedelta(days=1))
    stale = posted(article, action="unschedule", body="Mine.")
    save_as(bea, article, body="Bea’s.")
    assert desk.post(form_of(article), stale).status_code == 409
    article.refresh_from_db()
    assert (article.working.fields["body"], article.status()) == ("Bea’s.", "scheduled")
    make_article(slug="taken", published=False)
    refused = desk.post(form_of(article), posted(article, action="unschedule", slug="taken"))
    assert "goes on leading there" in shown(refused)


def test_a_live_article_is_withdrawn_whatever_its_working_copy_holds(desk):  # noqa: F811
    article = make_article("Live")
    desk.post(form_of(article), posted(article, slug="wanted"))
    make_article("First", slug="wanted")
    article.refresh_from_db()
    address = reverse("admin:articles_article_withdraw", args=[article.pk])
    assert desk.post(address, {"based_on": article.working_id, "note": "An error."}).status_code == 302
    article.refresh_from_db()
    assert article.withdrawn_at


# Two at once ----------------------------------------------------------------------------------------------------------


def test_changes_in_different_places_merge_by_themselves(desk, article, bea):  # noqa: F811
    save_as(bea, article, body=BODY.replace("Third", "Bea’s"), summary="Bea’s summary.")
    data = posted(article, body=BODY.replace("First", "Mine"), title="My title")
    assert desk.post(form_of(article), data).status_code == 302
    working = Article.objects.get().working.fields
    assert working["body"] == "Mine.\n\nSecond.\n\nBea’s."
    assert (working["title"], working["summary"]) == ("My title", "Bea’s summary.")


def settle(page, side):
    """Return the fields of the form on the conflict page that keeps `side` ("Keep mine" or "Take theirs")."""
    form = next(form for form in re.findall(r'<form method="post">.*?</form>', page, re.DOTALL) if side in form)
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    pairs += re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', form, re.DOTALL)
    data = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    return data | {"action": re.search(r'name="action" value="(\w+)"', form)[1]}


@pytest.mark.parametrize(("side", "first"), [("Keep mine", "Mine."), ("Take theirs", "Bea’s.")])
def test_a_real_clash_asks_and_writes_nothing_until_told(desk, article, bea, side, first):  # noqa: F811
    theirs = save_as(bea, article, body=BODY.replace("First", "Bea’s"))
    data = posted(article, body=BODY.replace("First", "Mine").replace("Third", "Also mine"))
    response = desk.post(form_of(article), data)
    page = shown(response)
    assert response.status_code == 409
    assert Article.objects.get().working == theirs
    assert "bea saved revision" in page
    assert escape("Mine.") in page and escape("Bea’s.") in page
    assert response.context["form"]["body"].value() == "Mine.\n\nSecond.\n\nAlso mine."
    assert desk.post(form_of(article), settle(page, side)).status_code == 302
    assert Article.objects.get().working.fields["body"] == f"{first}\n\nSecond.\n\nAlso mine."


def test_settled_by_hand_the_form_writes_exactly_what_it_holds(desk, article, bea):  # noqa: F811
    save_as(bea, article, body=BODY.replace("First", "Bea’s"))
    form = desk.post(form_of(article), posted(article, body=BODY.replace("First", "Mine"))).context["form"]
    again = posted(article, body="Both of us.", based_on=form["based_on"].value(), form=form["form"].value())
    assert desk.post(form_of(article), again).status_code == 302
    assert Article.objects.get().working.fields["body"] == "Both of us."


def test_what_readers_will_see_is_never_merged_unseen(desk, article, bea):  # noqa: F811
    save_as(bea, article, body=BODY.replace("Third", "Bea’s"))
    data = posted(article, body=BODY.replace("First", "Mine"), action="update", change="correction", note="Why.")
    response = desk.post(form_of(article), data)
    assert response.status_code == 409
    assert "Read it, for readers will" in shown(response)
    assert Article.objects.get().body == BODY
    form = response.context["form"]
    assert (form["note"].value(), form["change"].value()) == ("Why.", "correction")
    assert form["body"].value() == "Mine.\n\nSecond.\n\nBea’s."
    again = data | {"body": form["body"].value(), "based_on": form["based_on"].value()}
    assert desk.post(form_of(article), again).status_code == 302
    assert Article.objects.get().body == "Mine.\n\nSecond.\n\nBea’s."


def test_a_form_sent_twice_makes_one_revision_and_one_article(desk, article):  # noqa: F811
    for typed in ({"body": "Once."}, {"body": "Twice.", "action": "update", "change": "update", "note": "New."}):
        data = posted(article, **typed)
        for _time in range(2):
            assert desk.post(form_of(article), data).status_code == 302
        article.refresh_from_db()
    assert article.revisions.count() == 4
    new = posted(title="New", form=uuid.uuid4(), action="publish")
    for _time in range(2):
        assert desk.post(ADD, new).status_code == 302
    made = Article.objects.exclude(pk=article.pk).get()
    assert [row.kind for row in made.revisions.order_by("number")] == ["draft", "published"]
