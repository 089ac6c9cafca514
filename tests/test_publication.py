"""A publication written down as files and brought back: the same site, and the same bytes when it is written down again."""

import datetime
import hashlib
import io
import os
import random
import shutil
import threading
import tomllib
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import frontmatter
import pytest
from django.contrib.auth.models import User
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from articles import integrity, publishing, weaving
from articles.models import Article, Author, Picture, Revision, Series, Source, Theme, ThemeMerge
from articles.models.picture import read_picture
from articles.publishing import Fields
from articles.transfer import starter
from articles.transfer.documents import Sort, State
from articles.transfer.publication import export, exporting, restore
from articles.transfer.publication.restoring import BEGINNINGS
from articles.transfer.taking import take
from articles.transfer.taking.outcomes import Wishes

from . import leaks
from .documents import a_document
from .make import change, make_article, make_author, make_picture, make_theme, make_user
from .test_kept_and_anew import DEEDS, World
from .thorough import times

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept")]

WRITTEN = Path(__file__).parent / "data/publication"  # on SQLite, by the first version that wrote any
STEPS = times(10, 30)
MOST = times(40, 120)  # addresses that are compared


def files(folder):
    """Return {name: bytes} of all files under `folder`."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def addresses(most):
    """Return `most` of the public addresses there are to ask for, of what readers see and of what they don't."""
    articles = list(Article.objects.order_by("pk"))
    values = {
        "slug": [row.slug for row in articles],
        "id": ["1"],
        "theme": [theme.slug for theme in Theme.everything.order_by("pk")],
        "author": list(Author.objects.order_by("pk").values_list("slug", flat=True)),
        "series": list(Series.objects.order_by("pk").values_list("slug", flat=True)),
        "key": list(Source.objects.order_by("pk").values_list("key", flat=True)),
        "word": ["akkuyu", "gas", "article", "turkey"],
        "part": ["akk", "syr"],
        "token": ["no-such-token"],
        "picture": ["no-such.jpg"],
    }
    chance = random.Random(1)  # noqa: S311 - not a secret
    values = {name: chance.sample(held, min(20, len(held))) for name, held in values.items()}
    few = {name: held[:2] for name, held in values.items()}
    found = []
    for name in leaks.SURFACES:
        if name in {"front-card", "article-card", "theme-card"}:  # drawn of titles alone, and slowly
            continue
        held = values if name in {"article", "history", "version", "hub", "author", "series", "source"} else few
        found += leaks.asked_at(name, held)
    found += list(Redirect.objects.order_by("old_path").values_list("old_path", flat=True))
    found += list(FlatPage.objects.order_by("url").values_list("url", flat=True))
    found = [address for address in dict.fromkeys(found) if not address.startswith("/admin/")]
    return chance.sample(found, min(most, len(found)))


HEADERS = ("Content-Type", "ETag", "Last-Modified", "Location", "Cache-Control", "Link")


def shown(client, asked):
    """Return {address: what is answered there}."""
    cache.clear()
    weaving._terms.cache_clear()
    weaving._defined.cache_clear()
    told = {}
    for address in asked:
        response = leaks.get(client, address)
        body = response.told if response.streaming else response.content
        told[address] = (response.status_code, body, {name: response.headers.get(name) for name in HEADERS})
    return told


class Undone(Exception):
    """Ends a block whose rows are to be gone."""


@contextmanager
def elsewhere(settings, folder):
    """What is stored in the block is gone behind it: the site is empty again. Its pictures lie under `folder`."""
    settings.MEDIA_ROOT = folder
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass


@pytest.fixture
def stopped(monkeypatch):
    """A function that lets time stand still from now on."""

    def stop():
        instant = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)

    return stop


def moved(client, settings, tmp_path, make, stopped, most=MOST):
    """Have `make()` fill the site; write it down, bring it into an empty one and compare; leave it in the database."""
    one, two = tmp_path / "one", tmp_path / "two"
    with elsewhere(settings, tmp_path / "pictures-one"):
        make()
        stopped()
        assert list(integrity.damages()) == []
        export(one)
        asked = addresses(most)
        before = shown(client, asked)
    assert not Article.objects.exists()
    settings.MEDIA_ROOT = tmp_path / "pictures-two"
    restore(one)
    assert list(integrity.damages()) == []
    export(two)
    assert files(one) == files(two)
    after = shown(client, asked)
    different = [address for address in asked if before[address] != after[address]]
    for address in different[:1]:
        assert before[address] == after[address], f"{len(different)} of {len(asked)}: {different[:20]}"
    return before


def paint():
    """Give every picture, of which the walk has only rows, files of their kinds."""
    for row in Picture.objects.all():
        digests = {}
        for name in row.files:
            content = BEGINNINGS[name.rpartition(".")[2]] + name.encode()
            default_storage.delete(name)
            default_storage.save(name, ContentFile(content))
            digests[name] = hashlib.sha256(content).hexdigest()
        Picture.objects.filter(pk=row.pk).update(digests=digests)


def test_what_another_database_wrote_down_long_ago_comes_back_too(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "pictures"
    restore(WRITTEN)
    assert list(integrity.damages()) == []
    export(tmp_path / "one")
    assert files(tmp_path / "one") == files(WRITTEN)


def test_an_archive_of_it_is_as_good(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "pictures"
    shutil.make_archive(str(tmp_path / "one"), "zip", WRITTEN)
    assert restore(tmp_path / "one.zip").articles == 6


def test_others_read_it_with_what_they_have():
    for path in WRITTEN.rglob("*.md"):
        assert frontmatter.load(path).metadata
    for path in WRITTEN.rglob("*.toml"):
        tomllib.loads(path.read_text())
    post = frontmatter.load(WRITTEN / "articles/who-may-pass.md")
    assert (post["title"], post["draft"], post["themes"]) == ("Who may pass", False, ["straits"])
    assert datetime.datetime.fromisoformat(post["date"]) == datetime.datetime(2024, 3, 1, 6, tzinfo=datetime.UTC)


@pytest.mark.skipif(not times(0, 1), reason="it is large: THOROUGH=1 moves it too")
def test_the_starter_publication_comes_back(client, settings, tmp_path, stopped):
    told = moved(client, settings, tmp_path, starter.load, stopped, most=30)
    assert sum(status == 200 for status, _body, _headers in told.values()) > 10


@pytest.mark.large
@pytest.mark.parametrize("seed", range(int(os.environ.get("MOVES", "1"))))
def test_whatever_editors_did_comes_back(client, settings, tmp_path, stopped, seed):
    def make():
        world = World(random.Random(seed), lambda by: None)  # noqa: S311 - not a secret
        for _step in range(STEPS):
            try:
                getattr(world, world.chance.choice(DEEDS))()
            except ValidationError:
                continue

    moved(client, settings, tmp_path, make, stopped)


@pytest.mark.large
def test_every_state_of_an_article_comes_back(client, settings, tmp_path, stopped):
    def make():
        made = leaks.corpus()
        leaks.store_pictures(*leaks.hide_all(made), made.gone[1])
        leaks.withdraw(made)
        paint()

    moved(client, settings, tmp_path, make, stopped)


def test_what_came_from_elsewhere_is_known_again(settings, tmp_path):
    texts = [a_document(1), a_document(2, state=State.DRAFT), a_document(3, sort=Sort.PAGE, slug="page")]
    texts += [a_document(4, slug="gas", translation_key="gas"), a_document(5, language="tr", translation_key="gas")]
    one = written_down(settings, tmp_path, lambda: list(take(texts, wishes=Wishes(publish=True))))
    restore(one)
    assert {str(outcome.result) for outcome in take(texts, wishes=Wishes(publish=True))} == {"unchanged"}
    export(tmp_path / "two")
    assert files(one) == files(tmp_path / "two")
    list(take([a_document(6, slug="gaz", language="ru", translation_key="gas")], wishes=Wishes(publish=True)))
    assert Article.objects.get(slug="gaz").translation_of == Article.objects.get(slug="gas")


# What belongs to people ----------------------------------------------------------------------------------------------


def written_down(settings, tmp_path, make):
    """Have `make()` fill the site, write it down and empty it; return the folder."""
    with elsewhere(settings, tmp_path / "pictures-one"):
        make()
        export(tmp_path / "one")
    settings.MEDIA_ROOT = tmp_path / "pictures-two"
    return tmp_path / "one"


def history(folder, slug):
    return [path.read_text() for path in sorted((folder / "revisions" / slug).iterdir())]


def test_history_names_who_saved_and_nobody_of_them_gets_in(settings, tmp_path):
    def make():
        chief, gone = make_user("chief", "Editor", email="chief@example.org"), make_user("gone", "Editor")
        article = make_article("One", slug="one", by=chief, authors=[make_author("Ann", user=chief)])
        publishing.save_draft(article, Fields.of(article.working), by=gone, based_on=article.working_id)
        publishing.say(article, text="Is it so?", by=chief)
        gone.delete()

    one = written_down(settings, tmp_path, make)
    told = "".join(content.decode() for name, content in files(one).items() if not name.startswith("pictures/"))
    assert 'saved_by: "chief"' in told
    assert "example.org" not in told
    assert "pbkdf2" not in told
    assert "md5" not in told
    restore(one)
    (user,) = User.objects.all()
    assert (user.username, user.is_active, user.is_staff, user.email) == ("chief", False, False, "")
    assert not user.has_usable_password()
    assert [row.saved_by for row in Revision.objects.order_by("number")] == [user, user, None]
    assert Author.objects.get(user=user).name == "Ann"
    export(tmp_path / "two")
    assert files(one) == files(tmp_path / "two")


def test_an_account_that_is_here_already_is_that_of_its_name_and_key(settings, tmp_path):
    one = written_down(settings, tmp_path, lambda: make_article("One", by=make_user("chief", "Editor", pk=7001)))
    mine = User.objects.create_superuser("chief", password="mine", pk=7001)
    restore(one)
    assert User.objects.get().is_superuser
    assert Revision.objects.first().saved_by == mine


# Keys, states, pictures ----------------------------------------------------------------------------------------------


def test_what_old_revisions_mention_is_never_another_theme(settings, tmp_path):
    def make():
        article = make_article("One", slug="one", themes=["Kept"], published=False)
        gone = Theme.objects.create(pk=9_000, name="Gone")
        fields = replace(Fields.of(article.working), themes=(gone.pk,))
        revision = publishing.save_draft(article, fields, by=None, based_on=article.working_id)
        publishing.save_draft(Article.objects.get(), replace(fields, themes=()), by=None, based_on=revision.pk)
        publishing.forget_row(gone, by=None)

    one = written_down(settings, tmp_path, make)
    assert "themes: [9000]" in history(one, "one")[1]
    restore(one)
    assert Revision.objects.get(number=2).fields["themes"] == [9_000]
    assert make_theme("New").pk > 9_000
    assert make_article("Two").pk > Article.objects.get(slug="one").pk


def test_editors_go_on_where_they_were(settings, tmp_path):
    """What is done to a publication that was brought in works as it did where it comes from."""

    def make():
        for number in range(3):
            make_article(
                f"A{number}", slug=f"a{number}", themes=["Syria", "Libya"], body=f"See [[article:a{number - 1}]]."
            )
        publishing.merge_themes(Theme.objects.called("Libya"), Theme.objects.called("Syria"), by=None)

    restore(written_down(settings, tmp_path, make))
    publishing.undo_merge(ThemeMerge.objects.get(), by=None)
    change(Article.objects.get(slug="a0"), slug="moved", title="Moved", kind="correction", note="So it is.")
    publishing.withdraw(article := Article.objects.get(slug="a1"), by=None, based_on=article.working_id, note="Wrong.")
    publishing.retag(Article.objects.get(slug="a2"), add=[make_theme("New").pk], by=None)
    assert list(integrity.damages()) == []


def test_pages_come_whatever_their_addresses_are(settings, tmp_path):
    def make():
        for url in ("/about/", "/about/", "/about", "/a/b/", "/Über/", "/con/", "/"):
            page = FlatPage(url=url, title=url, content=" \r\n---\r\n \n\n", registration_required=url == "/")
            publishing.save_row(page, by=None)
            page.sites.set([settings.SITE_ID])
        other = Site.objects.create(domain="other.example", name="Other")
        FlatPage.objects.create(url="/elsewhere/", title="Of another site").sites.set([other])
        FlatPage.objects.create(url="/draft/", title="Of no site yet", content=" \r\n---\r\n \n\n")

    one = written_down(settings, tmp_path, make)
    assert sum(path.name == "about.md" for path in (one / "pages").iterdir()) == 1
    restore(one)
    assert FlatPage.objects.count() == 8
    assert FlatPage.objects.get(sites=None).url == "/draft/"
    assert set(FlatPage.objects.values_list("content", flat=True)) == {" \r\n---\r\n \n\n"}
    export(tmp_path / "two")
    assert files(one) == files(tmp_path / "two")


def test_pictures_come_with_every_size_and_former_files_with_them(settings, tmp_path):
    def make():
        picture = make_picture()
        former = picture.file.name
        make_article("One", lead_picture=picture.pk, body=f"See ![it](/pictures/{former}).")
        out = io.BytesIO()
        Image.new("RGB", (300, 200)).save(out, "PNG")
        picture.file = read_picture(SimpleUploadedFile("x.png", out.getvalue()))
        publishing.save_row(picture, by=None)
        assert picture.file.name != former

    one = written_down(settings, tmp_path, make)
    restore(one)
    assert files(tmp_path / "pictures-two") == files(tmp_path / "pictures-one")
    assert (one / "former.toml").exists()
    export(tmp_path / "two")
    assert files(one) == files(tmp_path / "two")


@pytest.mark.django_db(transaction=True)
def test_what_is_written_down_is_one_instant(settings, tmp_path, monkeypatch):
    make_article("One", slug="one")
    real = exporting.write_themes

    def meanwhile(*args):
        def write():
            make_article("Two", slug="two", themes=["A theme of its own"])
            connection.close()

        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        real(*args)

    monkeypatch.setattr(exporting, "write_themes", meanwhile)
    assert export(tmp_path / "one").articles == 1
    assert sorted(path.name for path in (tmp_path / "one/articles").iterdir()) == ["one.md"]
    assert len(list((tmp_path / "one/themes").iterdir())) == 1
    assert Article.objects.count() == 2
    monkeypatch.undo()
    assert export(tmp_path / "one").articles == 2
