"""A request that comes again is done once; a save that comes too late overwrites nothing, on whatever page it is made."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.redirects.models import Redirect
from django.utils import timezone

from articles import publishing
from articles.models import Article, Source

from .make import make_article, make_source, make_theme, make_user
from .test_desk import ADD, form_of, posted
from .test_keeping import save_as
from .test_taxonomy import form_of as row_form
from .test_taxonomy import opened, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, chief):
    client.force_login(chief)
    return client


@pytest.fixture
def bea(db):
    return make_user("bea", "Editor")


# One page's requests, sent again --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"action": "submit", "review_note": "Please read."},
        {"action": "publish"},
        {"action": "schedule"},
    ],
)
def test_a_lost_reply_retried_is_no_conflict_even_after_a_colleague_has_saved(desk, bea, typed):
    article = make_article(published=False, body="First.\n\nSecond.")
    at = f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    data = posted(article, body="Mine.\n\nSecond.", form=uuid.uuid4(), at=at, **typed)
    assert desk.post(form_of(article), data).status_code == 302
    save_as(bea, Article.objects.get(), body="Bea’s, over mine.\n\nSecond.")
    assert desk.post(form_of(article), data).status_code == 302
    article.refresh_from_db()
    assert article.revisions.count() == 3
    assert article.working.fields["body"].startswith("Bea’s")
    assert (article.published_at is None) == (typed.get("action") not in {"publish", "schedule"})


def test_what_was_merged_in_and_sent_again_is_one_revision(desk, bea):
    article = make_article(published=False, body="First.\n\nSecond.")
    data = posted(article, body="Mine.\n\nSecond.", form=uuid.uuid4())
    save_as(bea, article, body="First.\n\nBea’s.")
    for _time in range(3):
        assert desk.post(form_of(article), data).status_code == 302
    article.refresh_from_db()
    assert (article.working.fields["body"], article.revisions.count()) == ("Mine.\n\nBea’s.", 3)


def test_publishing_what_the_same_page_has_saved_and_was_not_told_of_is_no_conflict(desk, bea):
    article = make_article(published=False)
    data = posted(article, body="Mine.", form=uuid.uuid4())
    desk.post(form_of(article), data)
    assert desk.post(form_of(article), data | {"action": "publish"}).status_code == 302
    article.refresh_from_db()
    assert article.is_public() and article.body == "Mine."
    other = make_article(published=False)
    data = posted(other, body="Mine.", form=uuid.uuid4())
    desk.post(form_of(other), data)
    save_as(bea, Article.objects.get(pk=other.pk), summary="Bea’s.")
    assert desk.post(form_of(other), data | {"action": "publish"}).status_code == 409


def test_a_new_article_published_twice_is_no_conflict_after_a_colleague_has_saved(desk, bea):
    data = posted(title="New", form=uuid.uuid4(), action="publish")
    desk.post(ADD, data)
    save_as(bea, Article.objects.get(), summary="Bea’s.")
    assert desk.post(ADD, data).status_code == 302
    assert Article.objects.get().revisions.count() == 3


def test_taking_off_the_schedule_twice_is_done_once(desk):
    article = make_article(at=timezone.now() + timedelta(days=1))
    data = posted(article, action="unschedule", form=uuid.uuid4())
    for _time in range(2):
        assert desk.post(form_of(article), data).status_code == 302
    article.refresh_from_db()
    assert (article.published_at, article.revisions.count()) == (None, 3)


# Deleted, published, withdrawn meanwhile ------------------------------------------------------------------------------


def test_what_was_deleted_meanwhile_is_not_brought_back_by_who_read_it_before(chief):
    article = make_article(published=False)
    before = Article.objects.get()
    publishing.discard(article, by=None)
    fields = publishing.Fields.of(before.working)
    with pytest.raises(publishing.ValidationError, match="bring it back first"):
        publishing.publish(before, fields, by=chief, based_on=before.working_id)
    assert Article.objects.get().status() == Article.Status.DELETED
    stale = Article.objects.get()
    publishing.bring_back(article, by=None)
    publishing.save_draft(stale, publishing.replace(fields, body="Mine."), by=chief, based_on=stale.working_id)
    assert Article.objects.get().status() == Article.Status.DRAFT


def test_a_save_into_a_deleted_draft_is_kept_and_says_so(desk):
    article = make_article(published=False)
    data = posted(article, body="Mine.")
    publishing.discard(article, by=None)
    page = shown(desk.post(form_of(article), data, follow=True))
    assert "somebody has deleted this draft meanwhile" in page and "Mine." in page and "desk-back" in page
    assert Article.objects.get().status() == Article.Status.DELETED


def test_what_was_published_in_the_last_instant_is_not_deleted():
    article = make_article(published=False)
    before = Article.objects.get()
    publishing.publish(article, publishing.Fields.of(article.working), by=None, based_on=article.working_id)
    with pytest.raises(publishing.ValidationError):
        publishing.discard(before, by=None)
    assert Article.objects.get().is_public()


# Rows around articles -------------------------------------------------------------------------------------------------

ROWS = {
    "source": (lambda: make_source("key-1"), {"title": "Bea’s title"}, {"publisher": "Mine"}),
    "user": (lambda: make_user("ann"), {"is_staff": ""}, {"first_name": "Mine"}),
    "group": (lambda: Group.objects.create(name="Readers"), {"name": "Guests"}, {"name": "Mine"}),
    "redirect": (
        lambda: Redirect.objects.create(site_id=1, old_path="/old/", new_path="/new/"),
        {"new_path": "/newer/"},
        {"old_path": "/mine/"},
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_saved_too_late_is_refused_with_both_texts_and_saved_by_who_has_seen_them(desk, name):
    make, theirs, typed = ROWS[name]
    row = make()
    mine = opened(desk, row, **typed)
    assert desk.post(form_of_theirs := row_form(row), opened(desk, row, **theirs)).status_code == 302
    for _time in range(2):  # however often it is pressed before the answer is read
        refused = desk.post(form_of_theirs, mine)
        assert refused.status_code == 409
        assert "Somebody else saved this" in shown(refused) and next(iter(typed.values())) in shown(refused)
    row.refresh_from_db()
    assert all(str(getattr(row, field) or "") == value for field, value in theirs.items())
    again = mine | {"opened": refused.context["adminform"].form["opened"].value()}
    assert desk.post(form_of_theirs, again).status_code == 302
    row.refresh_from_db()
    assert all(getattr(row, field) == value for field, value in typed.items())


def test_rights_taken_meanwhile_are_not_given_back_and_a_login_is_no_change(desk, client):
    ann = make_user("ann", "Editor", is_superuser=True)
    mine = opened(desk, ann, first_name="Ann")
    User.objects.filter(pk=ann.pk).update(last_login=timezone.now(), password="!")
    assert desk.post(row_form(ann), mine).status_code == 302
    ann.refresh_from_db()
    assert (ann.first_name, ann.password) == ("Ann", "!") and ann.last_login
    mine = opened(desk, ann, first_name="Anna")
    ann.groups.clear()
    assert desk.post(row_form(ann), mine).status_code == 409
    assert not ann.groups.exists()


def test_a_theme_saved_too_late_shows_what_is_stored(desk):
    theme = make_theme("Syria")
    mine = opened(desk, theme, definition="Mine.")
    desk.post(row_form(theme), opened(desk, theme, definition="Bea’s."))
    page = shown(desk.post(row_form(theme), mine))
    assert "Mine." in page and "Stored now: Bea’s." in page


def test_what_the_link_check_found_survives_a_save(desk):
    source = make_source("key-1", url="https://example.org/")
    mine = opened(desk, source, title="Mine")
    Source.objects.update(failures=2)
    assert desk.post(row_form(source), mine).status_code == 302
    assert Source.objects.get().failures == 2
