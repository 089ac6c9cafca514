"""The desk over HTTP: the form shows the working copy, the buttons do what they say, nothing typed is lost."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from articles import publishing
from articles.models import Article, Theme

from .make import change, make_article, make_author, make_fields, make_series, make_theme

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
ADD = "/admin/articles/article/add/"


def form_of(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def posted(article=None, **kw):
    """Return what a browser sends: the form as it stands, with `kw` typed into it."""
    theme, author = make_theme_and_author()
    data = {"title": "Typed title", "summary": "Typed summary.", "body": "Typed text.", "language": "en", "slug": "",
            "themes": [theme.pk], "authors": [author.pk], "based_on": article.working_id if article else ""}  # fmt: skip
    if article:
        fields = article.working.fields
        data |= {key: fields[key] for key in ("title", "slug", "summary", "body", "language", "themes", "authors")}
    return data | kw


def make_theme_and_author():
    return Theme.objects.called("Syria") or make_theme("Syria"), make_author()


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def shown(response):
    return response.content.decode()


def test_a_new_article_is_saved_as_a_draft_that_readers_do_not_see(desk):
    response = desk.post(ADD, posted(action="save"), follow=True)
    article = Article.objects.get()
    assert article.status() == Article.Status.DRAFT
    assert "Draft saved. Readers see nothing of it." in shown(response)
    assert "Typed text." in shown(response)
    assert desk.get("/articles/typed-title/").status_code == 404


def test_publish_now_shows_it_and_links_to_it(desk):
    response = desk.post(ADD, posted(action="publish"), follow=True)
    assert "Published. Readers see it now." in shown(response)
    assert 'href="/articles/typed-title/"' in shown(response)
    assert desk.get("/articles/typed-title/").status_code == 200


def test_the_form_shows_the_working_copy_not_the_live_row(desk):
    article = make_article("Live title")
    desk.post(form_of(article), posted(article, title="Next title", action="save"))
    page = shown(desk.get(form_of(article)))
    assert 'value="Next title"' in page
    assert "Live title" in shown(desk.get("/articles/live-title/"))
    assert "changes that readers don’t see yet" in page


def test_scheduling_says_when_and_in_which_zone(desk, settings):
    settings.TIME_ZONE = "Europe/Istanbul"
    with timezone.override("Europe/Istanbul"):
        article = make_article("Soon", published=False)
        at = timezone.localtime() + datetime.timedelta(days=1)
        page = shown(desk.get(form_of(article)))
        assert "Europe/Istanbul (UTC+03:00)" in page
        response = desk.post(
            form_of(article), posted(article, action="schedule", at=f"{at:%Y-%m-%dT%H:%M}"), follow=True
        )
        assert f"{at:%H:%M} +03" in shown(response)
    article.refresh_from_db()
    assert article.published_at == at.replace(second=0, microsecond=0)
    response = desk.post(form_of(article), posted(Article.objects.get(), action="unschedule"), follow=True)
    assert "It is a draft again" in shown(response)


@pytest.mark.parametrize("at", ["", "yesterday", "2020-01-01T10:00", "2027-02-30T10:00"])
def test_a_bad_time_is_refused_with_the_text_still_there(desk, at):
    article = make_article(published=False)
    response = desk.post(form_of(article), posted(article, body="Precious words.", action="schedule", at=at))
    assert response.status_code == 200
    assert "Precious words." in shown(response)
    assert response.context["form"].errors["at"]
    assert Article.objects.get().published_at is None


def test_a_correction_needs_its_reason_and_shows_it(desk):
    article = make_article("Figures")
    response = desk.post(form_of(article), posted(article, body="New words.", action="update", change="correction"))
    assert response.context["form"].errors["note"]
    assert "New words." in shown(response)
    desk.post(
        form_of(article),
        posted(article, body="New words.", action="update", change="correction", note="Sum was wrong."),
    )
    page = shown(desk.get("/articles/figures/"))
    assert "Sum was wrong." in page
    assert "Corrected" in page


def test_a_stale_form_writes_nothing_and_keeps_every_word(desk, chief):
    article = make_article("One", published=False)
    form = posted(article, body="My precious words.", action="publish")
    change_elsewhere = posted(article, body="Their words.", action="save")
    desk.force_login(chief)
    desk.post(form_of(article), change_elsewhere)
    response = desk.post(form_of(article), form)
    assert response.status_code == 409
    assert "My precious words." in shown(response)
    assert "chief saved revision 2" in shown(response)
    article.refresh_from_db()
    assert article.working.fields["body"] == "Their words."
    assert article.published_at is None
    assert desk.post(form_of(article), form).status_code == 409


def test_missing_parts_are_named_at_their_fields(desk):
    response = desk.post(ADD, posted(action="publish", summary="", themes=[]), follow=True)
    assert "Saved as a draft, but not published" in shown(response)
    assert "Choose at least one theme." in shown(response)
    article = Article.objects.get()
    response = desk.post(form_of(article), posted(article, action="publish"))
    assert set(response.context["form"].errors) == {"summary", "themes"}


@pytest.mark.large
@pytest.mark.parametrize(
    "typed",
    [
        {"body": "x" * 3_000_000},
        {"body": "[" * 20_000},
        {"title": "T" * 5_000},
        {"title": "Bell\x07 and NUL\x00", "body": "\x0b\x1f"},
        {"body": "right \u202e to left \u2066", "title": "\u202eevil"},
        {"slug": "Ünsafe slug/../"},
        {"slug": "2024"},
        {"series_order": "many"},
        {"language": "xx"},
        {"based_on": "zzz"},
        {"themes": ["99999", "abc"]},
        {"title": "   "},
        {"action": "nonsense"},
    ],
)
@pytest.mark.parametrize("action", ["save", "publish"])
def test_bad_input_is_a_clear_error_or_a_save_never_a_loss(desk, impatient, typed, action):
    article = make_article("Here", published=False)
    response = desk.post(
        form_of(article), posted(article, **{"body": "Precious.", "action": action} | typed), follow=True
    )
    assert response.status_code in {200, 409}
    kept = typed.get("body", "Precious.").replace("\x0b", "").replace("\x1f", "")
    assert kept[:2000] in shown(response).replace("&quot;", '"')


def test_preview_is_the_real_page_with_what_was_typed_and_stores_nothing(desk):
    article = make_article("Live")
    response = desk.post(
        reverse("admin:articles_article_preview", args=[article.pk]),
        posted(article, title="Not yet", body="## Unsaved words"),
    )
    assert 'id="unsaved-words"' in shown(response)
    assert "Preview" in shown(response)
    assert response["Cache-Control"] == "private, no-store"
    assert article.revisions.count() == Article.objects.get().revisions.count()
    new = desk.post(reverse("admin:articles_article_preview_new"), posted(title="Brand new"))
    assert "Brand new" in shown(new)
    assert Article.objects.count() == 1


@pytest.mark.large
def test_a_preview_that_fails_says_why(desk, impatient):
    response = desk.post(reverse("admin:articles_article_preview_new"), posted(body="[" * 20_000))
    assert "takes too long" in shown(response)


def test_withdrawing_asks_why(desk):
    article = make_article("Gone")
    address = reverse("admin:articles_article_withdraw", args=[article.pk])
    assert "Say why" in shown(desk.post(address, {"based_on": article.working_id, "note": ""}))
    desk.post(address, {"based_on": article.working_id, "note": "It was wrong."})
    assert desk.get("/articles/gone/").status_code == 410


def test_the_history_is_readable_and_leads_back(desk):
    article = change(make_article("Gas", body="The old words stand."), body="The new words stand.", title="Oil")
    history = shown(desk.get(reverse("admin:articles_article_history", args=[article.pk])))
    assert "what readers see" in history
    revision = shown(desk.get(reverse("admin:articles_article_revision", args=[article.pk, 3])))
    assert "<del>old</del>" in revision
    assert "<ins>new</ins>" in revision
    assert "Oil" in revision
    old = shown(desk.get(reverse("admin:articles_article_revision_preview", args=[article.pk, 1])))
    assert "The old words stand." in old
    restore = reverse("admin:articles_article_restore", args=[article.pk, 1])
    assert desk.get(restore).status_code == 405
    page = desk.post(restore, {"based_on": article.working_id}, follow=True)
    assert "Revision 1 is the working copy again" in shown(page)
    assert "The old words stand." in shown(page)
    assert "The new words stand." in shown(desk.get("/articles/gas/"))
    assert "Nothing was restored" in shown(desk.post(restore, {"based_on": article.working_id}, follow=True))


def test_the_list_shows_where_everything_stands(desk):
    make_article("A draft", published=False)
    make_article("A live one")
    make_article("A later one", at=timezone.now() + datetime.timedelta(days=1))
    make_article("A gone one", withdrawn="Why.")
    publishing.discard(make_article("A deleted one", published=False), by=None)
    page = shown(desk.get(LIST))
    for title, status in [
        ("A draft", "Draft"),
        ("A live one", "Published"),
        ("A later one", "Scheduled"),
        ("A gone one", "Withdrawn"),
    ]:
        row = page[page.index(title) :]
        assert status in row[: row.index("</tr>")], title
    assert "A deleted one" not in page
    for status in Article.Status.values:
        assert len(desk.get(LIST, {"status": status}).context["cl"].result_list) == 1, status
    assert len(desk.get(LIST, {"q": "gone"}).context["cl"].result_list) == 1


def test_the_list_costs_the_same_with_more_articles(desk, django_assert_max_num_queries):
    for _ in range(12):
        make_article(published=False)
        make_article()
    desk.get(LIST)  # a session's first page notes when it was used
    with django_assert_max_num_queries(16):
        desk.get(LIST)


def test_authors_keep_their_order(desk):
    first, second = make_author("Zoe"), make_author("Ann")
    article = make_article(published=False, authors=[first, second])
    desk.post(form_of(article), posted(article, action="save"))
    article.refresh_from_db()
    assert article.working.fields["authors"] == [first.pk, second.pk]


def test_series_and_part_are_kept(desk):
    series = make_series()
    desk.post(ADD, posted(action="publish", series=series.pk, series_order=3))
    article = Article.objects.get()
    assert (article.series, article.series_order) == (series, 3)


def test_a_draft_can_be_deleted_and_what_was_public_can_not(desk):
    draft, live = make_article("A draft", published=False), make_article()
    assert desk.post(reverse("admin:articles_article_delete", args=[draft.pk]), {"post": "yes"}).status_code == 302
    assert desk.post(reverse("admin:articles_article_delete", args=[live.pk]), {"post": "yes"}).status_code == 403
    assert list(desk.get(LIST).context["cl"].result_list) == [live]
    form = desk.get(form_of(draft))
    assert "Bring it back" in shown(form)
    assert desk.post(reverse("admin:articles_article_bring_back", args=[draft.pk])).status_code == 302
    assert "A draft" in shown(desk.get(LIST))


def test_every_page_of_the_desk_opens_and_is_never_stored(desk, chief):
    article = make_article()
    desk.force_login(chief)
    for address in (
        "/admin/",
        LIST,
        ADD,
        form_of(article),
        "/admin/articles/theme/",
        "/admin/articles/theme/add/",
        "/admin/articles/author/add/",
        "/admin/articles/series/add/",
        "/admin/articles/picture/add/",
        "/admin/flatpages/flatpage/add/",
        "/admin/sites/site/",
        "/admin/redirects/redirect/",
        "/admin/auth/user/",
    ):
        response = desk.get(address)
        assert response.status_code == 200, address
        assert "no-store" in response["Cache-Control"]
        assert "style=" not in shown(response).partition("<body")[2].replace('style="display', ""), address


def test_a_draft_of_anything_survives_a_round_through_the_form(desk):
    body = "Tab\there, trailing  \n\n\n    code <b>&amp;</b> “quotes” İıŞş  end\n"
    desk.post(ADD, posted(action="save", body=body))
    assert Article.objects.get().working.fields["body"] == body


def test_fields_of_a_revision_are_what_was_saved(desk):
    fields = make_fields("T", series=make_series(), series_order=2)
    article = make_article("T", published=False)
    assert type(fields).of(article.working).themes == tuple(article.working.fields["themes"])


# Texts that Django would have dropped ---------------------------------------------------------------------------------


def hidden(page):
    """Return the fields that the page would send again."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def test_what_was_posted_after_the_session_ended_comes_back_to_be_sent_again(desk, editor):
    article = make_article(published=False)
    typed = "<b>One</b>\r\n\r\nTwo"
    data = posted(article, body=typed, action="save")
    desk.logout()
    lost = desk.post(form_of(article), data)
    page = shown(lost)
    assert lost.status_code == 403
    assert "You were logged out" in page
    assert "<textarea" in page and escape(typed) in page
    assert hidden(page)["action"] == "save"
    article.refresh_from_db()
    assert article.working.fields["body"] != typed
    desk.force_login(editor)
    again = hidden(page) | {"body": typed}
    assert (
        desk.post(form_of(article), again | {"themes": data["themes"], "authors": data["authors"]}).status_code == 302
    )
    article.refresh_from_db()
    assert article.working.fields["body"] == typed.replace("\r", "")


def test_a_form_older_than_the_login_comes_back_and_a_foreign_one_does_not(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    own = client.post(ADD, posted(body="Long typed words. " * 9), headers={"origin": "http://testserver"})
    assert (own.status_code, "Long typed words" in shown(own)) == (403, True)
    foreign = client.post(ADD, posted(body="Foreign words. " * 9), headers={"origin": "https://elsewhere.example"})
    assert (foreign.status_code, "Foreign words" in shown(foreign)) == (403, False)
    login = client.post("/admin/login/", {"password": "a secret"}, headers={"origin": "http://testserver"})
    assert (login.status_code, "a secret" in shown(login)) == (403, False)


@pytest.mark.parametrize("based_on", ["1" + "0" * 30, "-1", "x", "", "\0"])
def test_an_absurd_base_is_an_error_and_not_a_crash(desk, based_on):
    article = make_article()
    for address in (
        form_of(article),
        reverse("admin:articles_article_withdraw", args=[article.pk]),
        reverse("admin:articles_article_restore", args=[article.pk, 1]),
    ):
        response = desk.post(address, posted(article) | {"based_on": based_on, "note": "Why"})
        assert response.status_code in {200, 302, 409}, address
    article.refresh_from_db()
    assert article.revisions.count() == 2


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
@pytest.mark.parametrize("at", ["9999-12-31T23:59", "0001-01-01T00:00", "2060-01-01T00:00"])
def test_times_nobody_means_are_refused_in_words(desk, settings, zone, at):
    settings.TIME_ZONE = zone
    response = desk.post(ADD, posted(action="schedule", at=at), follow=True)
    assert response.status_code == 200
    assert "not published" in shown(response)
    assert Article.objects.get().published_at is None
    assert desk.get(LIST).status_code == 200


def test_one_field_of_an_earlier_revision_is_restored_alone(desk):
    article = change(make_article("Gas", body="Old text."), body="New text.", title="Oil")
    revision = shown(desk.get(reverse("admin:articles_article_revision", args=[article.pk, 2])))
    assert "Restore its text alone" in revision
    restore = reverse("admin:articles_article_restore", args=[article.pk, 2])
    for field, expected in (("body", ("Oil", "Old text.")), ("title", ("Gas", "Old text."))):
        assert desk.post(restore, {"based_on": article.working_id, "field": field}).status_code == 302
        article.refresh_from_db()
        assert (article.working.fields["title"], article.working.fields["body"]) == expected
    assert desk.post(restore, {"based_on": article.working_id, "field": "nonsense"}).status_code == 302
    assert Article.objects.get().working_id == article.working_id


def test_the_history_keeps_why_an_article_was_withdrawn(desk):
    article = make_article(withdrawn="A figure was wrong.")
    desk.post(form_of(article), posted(article, action="publish"))
    assert "A figure was wrong." in shown(desk.get(reverse("admin:articles_article_history", args=[article.pk])))
    page = shown(desk.get(article.get_absolute_url()))
    assert "Was withdrawn" in page and "A figure was wrong." in page


def test_a_note_too_long_for_its_column_is_a_message(desk):
    article = make_article()
    address = reverse("admin:articles_article_withdraw", args=[article.pk])
    response = desk.post(address, {"based_on": article.working_id, "note": "x" * 501})
    assert "at most 500 characters" in shown(response)
