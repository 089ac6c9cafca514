"""Texts from elsewhere, uploaded at the desk: the account first, then a few seconds at a time, whoever presses what when."""

import datetime
import io
import re
from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from articles.models import Article, Upload
from articles.transfer import receiving
from articles.transfer.documents import Refusal

from .documents import a_document, a_picture
from .make import make_user

pytestmark = pytest.mark.django_db
HERE = "/admin/articles/upload/"


@pytest.fixture
def source(monkeypatch):
    """The documents that the next upload holds: a list to put them into."""
    source = []
    monkeypatch.setattr("articles.transfer.reading.kind_of", lambda path: "An export")
    monkeypatch.setattr("articles.transfer.reading.is_publication", lambda path: False)
    monkeypatch.setattr("articles.transfer.reading.documents", lambda path: iter(source))
    return source


@pytest.fixture
def desk():
    """A client of somebody who may publish and keep themes."""
    client = Client()
    client.force_login(make_user("both", "Editor", "Theme keeper"))
    return client


def upload(desk, name="export.xml", content=b"<rss/>", **wishes):
    """Upload a file; return the response."""
    return desk.post(HERE, {"file": SimpleUploadedFile(name, content), "language": "en", **wishes})


def shown(desk, page):
    """Return the words of a page, on one line."""
    html = desk.get(page).content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", html.partition('id="content-main"')[2]).split())


def until_over(desk, page):
    """Press the button until there is none; return how often that was."""
    presses = 0
    while 'id="desk-step"' in desk.get(page).content.decode():
        assert desk.post(page, {"action": "step"}).status_code == 302
        presses += 1
    return presses


def test_the_account_comes_first_and_the_same_is_done_then(desk, source):
    source += [
        a_document(1),
        a_document(2, themes=("New",), body="![](import:0)", pictures=(a_picture(),)),
        Refusal("x.md", "It is no text.", 4),
    ]
    page = upload(desk, publish="on").headers["Location"]
    until_over(desk, page)
    account = shown(desk, page)
    for words in (
        "2 taken, 0 updated, 0 skipped, 1 refused",
        "The theme “New” is new.",
        "line 4: It is no text.",
        "Published",
    ):
        assert words in account
    assert Article.objects.count() == 0
    desk.post(page, {"action": "take"})
    until_over(desk, page)
    done = shown(desk, page)
    assert Article.objects.public().count() == 2
    rows = account.partition("Notes")[2].partition("Otherwise")[0].strip()
    assert rows
    assert rows in done
    assert bytes(Upload.objects.get().content) == b""


def test_what_was_noted_of_many_texts_is_told_before_what_was_noted_of_each(desk, source):
    source += [a_document(number, themes=(f"New {number}",), summary="") for number in range(12)]
    page = upload(desk, publish="on").headers["Location"]
    until_over(desk, page)
    account = shown(desk, page)
    told = "12 texts: It has no summary: the first words of its text stand for one."
    assert account.index(told) < account.index("Where What comes of it")
    assert "12 texts: The theme “…” is new." in account
    source[2:] = []
    page = upload(desk, publish="on").headers["Location"]
    until_over(desk, page)
    assert " texts: " not in shown(desk, page)


def test_it_is_done_in_steps_and_goes_on_in_any_process(desk, source, monkeypatch):
    monkeypatch.setattr(receiving, "SECONDS", 0)
    source += [a_document(number, slug="same") for number in range(3)]
    page = upload(desk).headers["Location"]
    assert until_over(desk, page) == 4  # the last finds nothing more
    assert "“same-3”" in shown(desk, page)
    desk.post(page, {"action": "take"})
    assert until_over(desk, page) == 4
    assert sorted(Article.objects.values_list("slug", flat=True)) == ["same", "same-2", "same-3"]


def test_pressing_twice_or_at_once_does_no_harm(desk, source):
    source += [a_document(1)]
    page = upload(desk).headers["Location"]
    Upload.objects.update(busy_until=timezone.now() + datetime.timedelta(minutes=1))  # another tab is at it
    assert desk.post(page, {"action": "step"}).headers["Location"].endswith("?busy=1")
    assert 'data-busy="1"' in desk.get(f"{page}?busy=1").content.decode()
    Upload.objects.update(busy_until=timezone.now() - datetime.timedelta(seconds=1))  # and was never heard of again
    desk.post(page, {"action": "take"})  # too early: nothing was seen yet
    assert Upload.objects.get().stage == "looking"
    until_over(desk, page)
    for _press in range(2):
        desk.post(page, {"action": "take"})
    until_over(desk, page)
    for action in ("take", "step", "look", "", "no"):
        desk.post(page, {"action": action, "language": "en"})
    assert (Upload.objects.get().stage, Article.objects.count()) == ("done", 1)


def test_a_step_that_was_cut_off_takes_nothing_twice(desk, source):
    source += [a_document(1), a_document(2)]
    page = upload(desk).headers["Location"]
    until_over(desk, page)
    desk.post(page, {"action": "take"})
    before = Upload.objects.values().get()
    desk.post(page, {"action": "step"})
    Upload.objects.update(
        **{name: value for name, value in before.items() if name != "id"}
    )  # as if it had not been heard
    until_over(desk, page)
    assert Article.objects.count() == 2
    assert "2 skipped (2 unchanged)" in shown(desk, page)


def meanwhile(monkeypatch, *steps):
    """Let the next upload hold a text before and after each of the functions `steps`, which run when it is their turn."""

    def documents(path):
        yield a_document(0)
        for number, step in enumerate(steps, start=1):
            step()
            yield a_document(number)

    monkeypatch.setattr("articles.transfer.reading.documents", documents)


def taking(desk):
    """Return the page of an upload whose account has been seen and that is to be taken."""
    page = upload(desk).headers["Location"]
    until_over(desk, page)
    desk.post(page, {"action": "take"})
    return page


def test_what_is_forgotten_meanwhile_goes_no_further(desk, source, monkeypatch):
    source += [a_document(0), a_document(1)]
    page = taking(desk)
    meanwhile(monkeypatch, lambda: Upload.objects.all().delete())
    assert desk.post(page, {"action": "step"}).headers["Location"] == HERE
    assert list(Article.objects.values_list("slug", flat=True)) == ["text-0"]


@pytest.mark.parametrize("done", [0, 3])
def test_a_step_that_takes_long_is_nobody_elses_even_while_it_passes_over_what_was_done(
    desk, source, monkeypatch, done
):
    source += [a_document(0), a_document(1), a_document(2)]
    page, at, tried = taking(desk), [timezone.now()], []
    monkeypatch.setattr(receiving.tries, "clock", lambda: at[0])

    def later():
        at[0] += datetime.timedelta(seconds=80)
        tried.append(desk.post(page, {"action": "step"}).headers["Location"].endswith("?busy=1"))

    meanwhile(monkeypatch, later, later)
    Upload.objects.update(position=done)
    desk.post(page, {"action": "step"})
    assert tried == [True, True]
    assert (Upload.objects.get().stage, Upload.objects.get().position) == ("done", 3)
    assert Article.objects.count() == 3 - done


def test_a_step_that_was_taken_over_stores_nothing(desk, source, monkeypatch):
    source += [a_document(0), a_document(1)]
    page = taking(desk)
    other = timezone.now() + datetime.timedelta(minutes=1)
    meanwhile(monkeypatch, lambda: Upload.objects.update(busy_until=other))
    desk.post(page, {"action": "step"})
    row = Upload.objects.get()
    assert (row.position, row.busy_until, Article.objects.count()) == (0, other, 1)


def test_nothing_is_offered_where_nothing_is_to_be_done(desk, source):
    source += [Refusal("x.md", "It is no text.")]
    page = upload(desk).headers["Location"]
    until_over(desk, page)
    assert "Nothing of it is to be done here." in shown(desk, page)
    assert 'value="take"' not in desk.get(page).content.decode()


def test_which_right_is_missing_is_said(source):
    user, client = make_user("some"), Client()
    needed = ["add_article", "change_article", "publish_article", "change_theme", "add_author"]
    user.user_permissions.set(Permission.objects.filter(codename__in=needed))
    client.force_login(user)
    source += [a_document(1, themes=("New",))]
    page = upload(client).headers["Location"]
    until_over(client, page)
    assert "You have not been given the right to add this: theme." in shown(client, page)


def test_it_can_be_looked_at_otherwise_and_forgotten(desk, source):
    source += [replace(a_document(1), language="", authors=())]
    page = upload(desk).headers["Location"]
    until_over(desk, page)
    assert "Draft" in shown(desk, page)
    desk.post(page, {"action": "look", "publish": "on", "author": "The editors", "language": "tr"})
    until_over(desk, page)
    assert "here it is by “The editors”" in shown(desk, page)
    assert desk.post(page, {"action": "look", "language": "xx"}).status_code == 200
    desk.post(page, {"action": "forget"})
    assert Upload.objects.count() == 0
    assert desk.get(page).status_code == 404


def test_what_can_not_be_read_is_said(desk, source, monkeypatch):
    def wrong(path):
        raise ValueError("This is no export.")

    assert "larger than 20 MB" in upload(desk, content=b"x" * (receiving.MOST_BYTES + 1)).content.decode()
    assert "submitted file is empty" in upload(desk, content=b"").content.decode()
    monkeypatch.setattr("articles.transfer.reading.documents", wrong)
    page = upload(desk, name="../../.ssh/x y.zip").headers["Location"]
    desk.post(page, {"action": "step"})
    assert "This is no export." in shown(desk, page)
    assert 'id="desk-step"' not in desk.get(page).content.decode()
    monkeypatch.setattr("articles.transfer.reading.kind_of", wrong)
    assert "This is no export." in upload(desk).content.decode()


def test_an_upload_is_its_users_own_and_gone_after_a_day(desk, source):
    page = upload(desk).headers["Location"]
    other, writer = Client(), Client()
    other.force_login(make_user("other", "Editor", "Theme keeper"))
    writer.force_login(make_user("writer", "Editor"))
    assert other.get(page).status_code == other.post(page, {"action": "forget"}).status_code == 404
    assert "export.xml" not in other.get(HERE).content.decode()
    assert [client.get(HERE).status_code for client in (desk, other, writer)] == [200, 200, 403]
    assert writer.get(page).status_code == 403
    for number in range(receiving.MOST_WAITING):
        upload(desk, name=f"{number}.xml")
    assert "export.xml" not in desk.get(HERE).content.decode()
    Upload.objects.filter(name="0.xml").update(made_at=timezone.now() - datetime.timedelta(hours=25))
    call_command("housekeeping", stdout=io.StringIO())
    assert sorted(Upload.objects.values_list("name", flat=True)) == ["1.xml", "2.xml"]
