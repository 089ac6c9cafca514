"""What can't be stored comes back: a disk that is full or can't be written, a database that is locked or away."""

import os
import re
import sqlite3
import uuid
from html import unescape
from pathlib import Path

import django.db
import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import translation

from articles import publishing
from articles.models import Edition, Picture, Revision
from articles.views import trouble_of
from relations_site.files import WholeFiles

from .make import make_article
from .test_desk import ADD, form_of, posted, shown
from .test_pictures import ADD as ADD_PICTURE
from .test_pictures import image, upload
from .thorough import times

pytestmark = pytest.mark.django_db
HERE = {"origin": "http://testserver"}
TYPED = {
    "title": "Kept <title>",
    "body": 'Line one\n\n"Two" & <script>\n\n' + "words " * 50 + "end.",
    "summary": "Kept summary.",
}


def sqlite_error(name):
    error = sqlite3.OperationalError("told by SQLite")
    error.sqlite_errorname = name
    return error


TROUBLES = [
    (sqlite_error("SQLITE_FULL"), 507, "disk is full"),
    (psycopg.errors.DiskFull("told by PostgreSQL"), 507, "disk is full"),
    (OSError(28, "No space left on device"), 507, "disk is full"),
    (sqlite_error("SQLITE_BUSY"), 503, "busy with other work"),
    (psycopg.errors.LockNotAvailable("told by PostgreSQL"), 503, "busy with other work"),
    (psycopg.errors.QueryCanceled("told by PostgreSQL"), 503, "busy with other work"),
    (sqlite_error("SQLITE_READONLY"), 503, "can’t be written"),
    (psycopg.errors.ReadOnlySqlTransaction("told by PostgreSQL"), 503, "can’t be written"),
    (OSError(30, "Read-only file system"), 503, "can’t be written"),
    (psycopg.OperationalError("couldn't get a connection after 1.00 sec"), 503, "can’t be reached"),
    (ZeroDivisionError(), 500, "Something went wrong here"),
]


@pytest.fixture
def desk(editor):
    client = Client(raise_request_exception=False, headers=HERE)
    client.force_login(editor)
    return client


def raising(error):
    """Return a function that raises `error`, by way of Django if a database told it."""

    def fail(*args, **kwargs):
        if isinstance(error, sqlite3.Error | psycopg.Error):
            kind = next(each for each in type(error).__mro__ if each.__module__ in {"sqlite3", "psycopg"})
            raise getattr(django.db, kind.__name__)(*error.args) from error  # as Django does
        raise error

    return fail


def sent_again(page):
    """Return what the form on `page` sends, as a browser does: {name: [value, …]}."""
    form = re.search(r'<form method="post" class="desk-again">.*?</form>', page, re.DOTALL)[0]
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    pairs += re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    data = {}
    for name, value in pairs:
        data.setdefault(name, []).append(unescape(value))
    return data


@pytest.mark.parametrize(("error", "status", "words"), TROUBLES)
def test_what_a_database_or_a_disk_tells_is_known(error, status, words):
    try:
        raising(error)()
    except Exception as raised:  # noqa: BLE001
        trouble = trouble_of(raised)
    assert trouble is None if status == 500 else (trouble.status, words in trouble.words) == (status, True)


@pytest.mark.parametrize(("error", "status", "words"), times([TROUBLES[0], TROUBLES[-1]], TROUBLES))
def test_a_save_that_fails_comes_back_whole_and_can_be_sent_again(desk, monkeypatch, error, status, words):
    article = make_article()
    data = posted(article, **TYPED, form=str(uuid.uuid4()), action="save")
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "save_draft", raising(error))
        answer = desk.post(form_of(article), data)
    page = shown(answer)
    assert (answer.status_code, answer["Cache-Control"]) == (status, "private, no-store")
    assert words in page and "told by" not in page and "<script>" not in page
    assert ">Text</label>" in page and "<dt>Title</dt>" in page  # as the form calls them
    assert answer["Retry-After"]
    again = sent_again(page)
    assert {name: again[name] for name in TYPED} == {name: [value] for name, value in TYPED.items()}
    assert desk.post(form_of(article), again).status_code == 302
    article.refresh_from_db()
    assert {name: article.working.fields[name] for name in TYPED} == TYPED


@pytest.mark.parametrize(("error", "status", "words"), times([TROUBLES[3]], TROUBLES))
def test_the_script_that_keeps_is_told_in_a_sentence(desk, monkeypatch, error, status, words):
    article = make_article()
    data = posted(article, **TYPED, form=uuid.uuid4(), changed=1)
    keep = f"{form_of(article).removesuffix('change/')}keep/"
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "keep", raising(error))
        answer = desk.post(keep, data, headers={"accept": "application/json"})
    assert (answer.status_code, list(answer.json())) == (status, ["problem"])
    assert words in answer.json()["problem"]
    assert desk.post(keep, data, headers={"accept": "application/json"}).status_code == 200
    assert Revision.objects.get(kind="autosave").fields["body"] == TYPED["body"]


def test_the_page_asks_nothing_of_a_database(desk):
    """Not even who is asking: the very first query fails."""
    data = posted(**TYPED)
    broken = raising(sqlite_error("SQLITE_CANTOPEN"))
    with connection.execute_wrapper(broken):
        answer = desk.post(ADD, data)
        assert (answer.status_code, sent_again(shown(answer))["title"]) == (503, [TYPED["title"]])
        assert desk.get("/").status_code == 503


def test_it_speaks_the_desks_language(desk, monkeypatch):
    monkeypatch.setattr(publishing, "create", raising(OSError(28, "No space left on device")))
    for language, words in (("tr", "Sunucunun diski dolu"), ("ru", "Диск сервера заполнен")):
        with translation.override(language):
            assert words in shown(desk.post(ADD, posted(**TYPED)))


def test_what_another_site_posts_is_not_handed_back(desk, monkeypatch):
    monkeypatch.setattr(publishing, "create", raising(OSError(28, "No space left on device")))
    answer = desk.post(ADD, posted(**TYPED), headers={"origin": "https://evil.example"})
    assert answer.status_code == 503
    assert "Kept summary" not in shown(answer)


def test_passwords_are_never_handed_back(desk, monkeypatch):
    with connection.execute_wrapper(raising(sqlite_error("SQLITE_FULL"))):
        for address in ("/admin/login/", "/admin/password_change/", "/admin/second-factor/"):
            answer = desk.post(
                address, {"username": "bob", "old_password": "hunter2", "password": "hunter2", "code": "1"}
            )
            assert answer.status_code in {503, 507}
            assert "hunter2" not in shown(answer)


def test_a_page_is_worth_more_than_the_note_that_somebody_is_at_work(desk, monkeypatch):
    article = make_article()
    session = desk.session
    session["seen"] = 0
    session.save()
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", raising(sqlite_error("SQLITE_FULL")))
    assert desk.get(form_of(article)).status_code == 200
    assert desk.post(form_of(article), posted(article, body="Saved.")).status_code == 302


@pytest.mark.parametrize(("error", "status"), [(sqlite_error("SQLITE_FULL"), 507), (sqlite_error("SQLITE_BUSY"), 503)])
def test_a_guests_remark_comes_back_too(editor, monkeypatch, error, status):
    link = publishing.share(make_article(published=False), by=editor, days=3, may_comment=True)
    guest = Client(raise_request_exception=False, headers=HERE)
    said = {"name": "Dora", "quote": "", "text": "Typed with care. " * 5}
    with monkeypatch.context() as broken:
        broken.setattr(publishing, "say", raising(error))
        answer = guest.post(link.get_absolute_url(), said)
    assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store")
    again = sent_again(shown(answer))
    assert {name: again[name] for name in said} == {name: [value] for name, value in said.items()}


def test_a_guests_remark_comes_back_from_a_page_that_has_grown_old(editor):
    link = publishing.share(make_article(published=False), by=editor, days=3, may_comment=True)
    guest = Client(enforce_csrf_checks=True, headers=HERE)
    said = {"name": "Dora", "quote": "", "text": "Typed with care. " * 5}
    answer = guest.post(link.get_absolute_url(), said | {"csrfmiddlewaretoken": "0" * 64})
    assert answer.status_code == 403
    again = sent_again(shown(answer))
    assert {name: again[name] for name in said} == {name: [value] for name, value in said.items()}
    assert guest.post(link.get_absolute_url(), again).status_code == 302
    assert link.article.comments.get().text == said["text"].strip()
    elsewhere = guest.post(link.get_absolute_url(), said, headers={"origin": "http://elsewhere.example"})
    assert elsewhere.status_code == 403 and said["text"] not in shown(elsewhere)


# Pictures -------------------------------------------------------------------------------------------------------------


def stored():
    """Return the names of all files in the folder of pictures, hidden ones too."""
    return sorted(path.name for path in Path(default_storage.path("")).iterdir())


@pytest.mark.parametrize(
    ("error", "written"), [(OSError(28, "No space left on device"), 0), (OSError(30, "Read-only file system"), 2)]
)
def test_an_upload_that_fails_leaves_nothing_and_keeps_what_was_typed(desk, monkeypatch, error, written):
    """Whichever of its files is the one that finds no room."""
    status, words = (507, "disk is full") if error.errno == 28 else (503, "can’t be written")
    left = [written]

    def fsync(handle, sync=os.fsync):
        left[0] -= 1
        if left[0] < 0:
            raise error
        sync(handle)

    typed = {"alt": "A strait", "caption": "Typed with care"}
    with monkeypatch.context() as broken:
        broken.setattr("relations_site.files.sync", lambda folder: None)
        broken.setattr("relations_site.files.os.fsync", fsync)
        answer = desk.post(ADD_PICTURE, {"file": upload(image(size=(300, 200))), **typed})
        assert (answer.status_code, words in shown(answer)) == (status, True)
        assert "Typed with care" in shown(answer)
        assert stored() == []
        left[0] = written
        answer = desk.post("/admin/articles/article/picture/", {"file": upload(image(size=(300, 200))), **typed})
        assert (answer.status_code, words in answer.json()["problem"]) == (status, True)
        assert stored() == []
    assert not Picture.objects.exists()
    assert desk.post(ADD_PICTURE, {"file": upload(image(size=(300, 200))), **typed}).status_code == 302
    assert sorted(Picture.objects.get().files) == stored()


@pytest.mark.parametrize("address", [ADD_PICTURE, "/admin/articles/article/picture/"])
def test_files_of_a_row_that_could_not_be_stored_go_with_it(desk, monkeypatch, address):
    data = {"file": upload(image(size=(300, 200))), "alt": "A strait", "caption": "Typed with care"}
    with monkeypatch.context() as broken:
        broken.setattr(Edition, "touch", raising(sqlite_error("SQLITE_FULL")))
        answer = desk.post(address, data)
    assert answer.status_code == 507
    assert sent_again(shown(answer))["caption"] == ["Typed with care"]
    assert "choose it again" in shown(answer)
    assert stored() == []


def test_a_changed_description_that_fails_keeps_the_files(desk, monkeypatch):
    picture = Picture.objects.create(file=ContentFile(image(), name="x.jpg"), alt="A strait")
    before = stored()
    page = desk.get(f"/admin/articles/picture/{picture.pk}/change/").context["adminform"].form
    with monkeypatch.context() as broken:
        broken.setattr(Edition, "touch", raising(sqlite_error("SQLITE_FULL")))
        data = {"alt": "Another", "opened": page.initial["opened"]}
        assert desk.post(f"/admin/articles/picture/{picture.pk}/change/", data).status_code == 507
    assert stored() == before != []


def test_a_folder_that_is_none_is_told(desk, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file"
    answer = desk.post(ADD_PICTURE, {"file": upload(image()), "alt": "A strait", "caption": "Typed with care"})
    assert (answer.status_code, "can’t be written" in shown(answer)) == (503, True)
    assert "Typed with care" in shown(answer)
    assert desk.get("/").status_code == 200


def test_an_upload_is_read_without_room_for_itself(desk, monkeypatch):
    """A file of 3 MB, which Django would put aside on a disk that may be full."""
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", raising(OSError(28, "No space left")))
    picture = image("PNG") + bytes(3_000_000)
    assert desk.post(ADD_PICTURE, {"file": upload(picture, "x.png"), "alt": "A strait"}).status_code == 302


def test_a_file_is_moved_to_its_name_when_it_is_whole(tmp_path, monkeypatch):
    storage, seen = WholeFiles(tmp_path), []

    class Slow(ContentFile):
        def chunks(self, chunk_size=None):
            for part in (b"one", b"two"):
                yield part
                seen.append((tmp_path / "x").exists())

    assert storage.save("x", Slow(b"onetwo")) == "x"
    assert (seen, (tmp_path / "x").read_bytes()) == ([False, False], b"onetwo")
    assert storage.save("x", ContentFile(b"other")) != "x"
    assert (tmp_path / "x").read_bytes() == b"onetwo"
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o644
