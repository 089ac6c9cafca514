"""Pictures of what readers don't see: nobody has them who may not see that, whatever they know."""

import re

import pytest
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db import OperationalError

from articles import publishing
from articles.models import Article, Picture, ShownPicture, Theme
from articles.models.picture import read_picture
from articles.publishing import Fields

from .make import ago, change, make_article, make_theme, make_user
from .test_pictures import image, stored, upload

pytestmark = pytest.mark.django_db


def seen(client, picture):
    """Return the statuses of the picture and of one of its sizes."""
    return {client.get(address).status_code for address in (picture.file.url, picture.address(60, "avif"))}


def two_hours_on(monkeypatch):
    then = ago(hours=-2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: then)


def picture(**kw):
    return stored((60, 40), **kw)


def shown_in(row, name="body"):
    return {name: f"Words.\n\n![A strait]({row.file.url})"}


@pytest.mark.parametrize("place", ["lead", "body"])
@pytest.mark.parametrize("state", ["alone", "draft", "scheduled", "withdrawn", "working copy"])
def test_nobody_has_the_picture_of_what_is_not_public(client, editor, place, state):
    row = picture()
    fields = {"lead_picture": row.pk} if place == "lead" else shown_in(row)
    if state == "draft":
        make_article(published=False, **fields)
    elif state == "scheduled":
        make_article(at=ago(hours=-1), **fields)
    elif state == "withdrawn":
        make_article(withdrawn="Wrong.", **fields)
    elif state == "working copy":
        article = make_article()
        publishing.save_draft(
            article, Fields(**vars(Fields.of(article.working)) | fields), by=None, based_on=article.working_id
        )
    assert seen(client, row) == {404}
    answer, none = client.get(row.file.url), client.get(f"/pictures/{'0' * 24}.jpg")
    assert answer.content == none.content
    assert dict(answer.items()) == dict(none.items())
    client.force_login(editor)
    assert seen(client, row) == {200}
    answer = client.get(row.file.url)
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    client.force_login(make_user("nobody"))
    assert seen(client, row) == {404}


def test_when_its_hour_has_come_a_picture_is_there_and_goes_with_its_article(client, monkeypatch):
    row = picture()
    article = make_article(at=ago(hours=-1), lead_picture=row.pk)
    assert seen(client, row) == {404}
    two_hours_on(monkeypatch)
    assert seen(client, row) == {200}
    publishing.withdraw(Article.objects.get(pk=article.pk), by=None, based_on=article.working_id, note="Wrong.")
    assert seen(client, row) == {404}


def test_a_cache_in_front_forgets_the_picture_of_what_is_withdrawn(client, editor):
    """It would show the copy it has while the site is away: what takes its place has to be kept too, for a second."""
    row = picture()
    make_article(lead_picture=row.pk, withdrawn="Wrong.")
    answer, head = client.get(row.file.url), client.head(row.file.url)
    for each in (answer, head):
        assert (each.status_code, each["X-Accel-Expires"], each["Cache-Control"]) == (404, "1", "public, no-cache")
        assert "Vary" not in each
    client.force_login(make_user("nobody"))
    assert not client.get(row.file.url).has_header("X-Accel-Expires")


def test_what_was_scheduled_and_changed_before_its_hour_stays_hidden(client, monkeypatch):
    row, other = picture(), stored((70, 50))
    article = make_article(at=ago(hours=-1), **shown_in(row))
    article = change(article, kind="new", body=f"Words.\n\n![A strait]({other.file.url})")
    two_hours_on(monkeypatch)
    assert client.get(row.file.url).status_code == 404
    assert client.get(other.file.url).status_code == 200


def test_an_earlier_version_keeps_its_picture(client):
    row = picture()
    article = make_article("Seen", slug="seen", **shown_in(row))
    change(article, kind="update", note="Another picture.", body="No picture.")
    assert row.file.url in client.get("/articles/seen/versions/1/").content.decode()
    assert seen(client, row) == {200}


def test_a_picture_of_an_introduction_or_a_plain_page_is_there_while_it_stands_there(client):
    row, other = picture(), stored((60, 50))
    theme = make_theme("Straits", **shown_in(row, "introduction"))
    assert seen(client, row) == {200}
    Theme.objects.filter(pk=theme.pk).update(introduction="None.")
    assert seen(client, row) == {404}
    page = FlatPage.objects.create(url="/about/", title="About", **shown_in(other, "content"))
    assert seen(client, other) == {404}  # of no site
    page.sites.add(settings.SITE_ID)
    assert seen(client, other) == {200}


def test_a_new_file_takes_the_place_of_the_former_one(client):
    row = picture()
    make_article(lead_picture=row.pk)
    row = Picture.objects.get()
    row.file = read_picture(upload(image(size=(60, 50))))
    publishing.save_row(row, by=None)
    assert seen(client, Picture.objects.get()) == {200}


def test_whoever_has_a_draft_link_has_its_pictures_and_no_others(client, editor):
    row, lead, other = picture(), stored((60, 50)), stored((60, 55))
    article = make_article(published=False, lead_picture=lead.pk, **shown_in(row))
    link = publishing.share(article, by=editor, days=3)
    page = client.get(link.get_absolute_url()).content.decode()
    addresses = set(re.findall(r'[" ](/[^" ]*pictures/[^" ]+)', page))
    assert len(addresses) == 2 * 3
    for address in addresses:
        assert address.startswith(link.get_absolute_url())
        answer = client.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    opened = f"{link.get_absolute_url()}pictures/"
    assert client.get(opened + other.file.name).status_code == 404
    assert client.get(opened + "x").status_code == 404
    publishing.revoke(article, link.pk, by=editor)
    assert client.get(opened + row.file.name).status_code == 404


def test_a_draft_link_that_is_over_opens_no_later_draft(client, editor):
    article = make_article("Seen", slug="seen", published=False)
    link = publishing.share(article, by=editor, days=3)
    article = change(article, kind="new")
    later = picture()
    fields = Fields(**vars(Fields.of(article.working)) | shown_in(later))
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    assert client.get(link.get_absolute_url()).status_code == 302
    assert client.get(f"{link.get_absolute_url()}pictures/{later.file.name}").status_code == 404


def test_pictures_carry_strict_headers_and_any_feed_reader_shows_them(client):
    row = picture()
    make_article(lead_picture=row.pk)
    answer = client.get(row.file.url)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "immutable" in answer["Cache-Control"]
    assert "Vary" not in answer
    assert answer["Content-Type"] == "image/jpeg"


def test_a_slow_reader_holds_no_worker_and_a_cache_need_not_have_it_twice(client):
    """What an application hands over whole the server sends by itself."""
    row = picture()
    make_article(lead_picture=row.pk)
    answer = client.get(row.file.url)
    assert not answer.streaming
    again = client.get(row.file.url, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(row.file.url)["Content-Length"] == str(len(answer.content))


def test_while_the_database_is_away_what_was_out_is_still_shown(client, monkeypatch):
    row, other = picture(), stored((70, 50))
    make_article(lead_picture=row.pk)
    assert (seen(client, row), seen(client, other)) == ({200}, {404})

    def away(name):
        raise OperationalError

    client.raise_request_exception = False
    monkeypatch.setattr("articles.models.shown.is_public", away)
    assert seen(client, row) == {200}
    assert client.get(other.file.url).status_code == 503


def test_rebuilding_finds_what_versions_show(client):
    row = picture()
    article = make_article(lead_picture=row.pk)
    ShownPicture.objects.all().delete()
    assert seen(client, row) == {404}
    publishing.rebuild(Article.objects.get(pk=article.pk))
    assert seen(client, row) == {200}
