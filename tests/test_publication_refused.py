"""What a publication is not brought in from, or written to: each refused as a whole, with the file and the line."""

import io
import random
import shutil
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from articles.models import Article, Author, Source
from articles.transfer.publication import PublicationError, export, restore

from .make import change, make_article, make_picture, make_source, make_user
from .test_publication import WRITTEN, Undone, files, written_down
from .thorough import times

pytestmark = pytest.mark.django_db


def test_an_account_that_would_be_taken_for_another_is_in_the_way(settings, tmp_path):
    one = written_down(settings, tmp_path, lambda: make_article("One", by=make_user("chief", "Editor", pk=7001)))
    User.objects.create_superuser("somebody", password="mine", pk=7001)
    with pytest.raises(PublicationError, match="“somebody” .* is in the way of “chief”"):
        restore(one)
    assert not Article.objects.exists()


def test_a_damaged_picture_is_not_written_down(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "pictures"
    name = make_picture().file.name
    (tmp_path / "pictures" / name).write_bytes(b"damaged")
    with pytest.raises(PublicationError, match=f"pictures/{name}: it is damaged"):
        export(tmp_path / "one")


def test_a_site_that_holds_something_is_left_alone(settings, tmp_path):
    one = written_down(settings, tmp_path, lambda: make_article("One"))
    make_article("Mine")
    with pytest.raises(PublicationError, match="holds something already"):
        restore(one)
    assert Article.objects.get().title == "Mine"


def test_the_command_says_what_it_did(settings, tmp_path):
    make_article("One", slug="one")
    out = io.StringIO()
    call_command("export_content", tmp_path / "one", stdout=out)
    assert "1 articles with 2 revisions are in" in out.getvalue()
    call_command("export_content", tmp_path / "one", stdout=out)
    assert "0 files written, 0 removed." in out.getvalue()
    with pytest.raises(CommandError, match="holds something else"):
        call_command("export_content", Path(__file__).parent)


# What strangers may have done to it ----------------------------------------------------------------------------------


def edited(name, old, new):
    """Return what changes `old` to `new` in the file `name`."""

    def edit(folder):
        path = folder / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return edit


def without(name):
    return lambda folder: (folder / name).unlink()


def unlisted(name):
    return edited("files.txt", f"{name}\n", "")


HOSTILE = {
    "revisions/one/0001.md: it is not what was saved": edited("revisions/one/0001.md", "Some *text*", "Another text"),
    "revisions/one/0002.md: it is not what was saved": edited(
        "revisions/one/0002.md", 'change: "new"', 'change: "typo"'
    ),
    "articles/one.md: its text is not that of its revision 0002": edited("articles/one.md", "Some *text*", "Another"),
    "articles/one.md: its summary is not that": edited("articles/one.md", 'summary: "', 'summary: "X'),
    "articles/one.md: there is no theme 'nowhere'": edited("articles/one.md", '["syria"]', '["nowhere"]'),
    "articles/one.md: revisions/one/ doesn't hold": unlisted("revisions/one/0001.md"),
    "revisions/one/0001.md: it can't be read": without("revisions/one/0001.md"),
    "articles/one.md: uid is no UUID": edited("articles/one.md", 'uid: "', 'uid: "x'),
    "articles/one.md: date has no zone": edited("articles/one.md", 'Z"\ndraft', '"\ndraft'),
    "articles/one.md: nothing is known of evil": edited("articles/one.md", "draft: false", "draft: false\nevil: 1"),
    "articles/one.md: id is out of range": edited("articles/one.md", "\nid: ", "\nid: 9999999999999999"),
    "articles/one.md: the file of 'two' is called otherwise": edited("articles/one.md", 'slug: "one"', 'slug: "two"'),
    "articles/one.md: links: '/admin/' is no address": edited(
        "articles/one.md", "\nid:", '\nlinks: {"a": "/admin/"}\nid:'
    ),
    "articles/one.md: there is no revision 9": edited("articles/one.md", "revision: 2", "revision: 9"),
    "sources.toml, line 1: url": edited("sources.toml", "https:", "javascript:"),
    "themes/syria.md: the file of '../syria' is called": edited("themes/syria.md", 'slug: "syria"', 'slug: "../syria"'),
    "publication.toml: it is in another format": edited("publication.toml", "format = 1", "format = 2"),
    "publication.toml: this can be no name": edited("publication.toml", 'domain = "', 'domain = "a b'),
    "pictures.toml, line 1: 'pictures/../x.jpg' is no file": edited(
        "pictures.toml", 'files = [["', 'files = [["../x.jpg", ""], ["'
    ),
    "redirects.toml, line 1: a redirect leads from a path": edited("redirects.toml", 'to = "/', 'to = "//example.org/'),
    "themes/syria.md: it is merged into itself": edited("themes/syria.md", "\nid: ", '\nmerged_into: "syria"\nid: '),
    "kin/_9.toml: it belongs to nothing": edited("files.txt", "kin/", "kin/_9.toml\nkin/"),
    "articles/one.md: revision 1 was never published": edited("articles/one.md", "revision: 2", "revision: 1"),
    "articles/one.md: date and revision": edited("articles/one.md", "revision: 2\n", ""),
    "people.toml, line 1: there is no": edited("people.toml", "[[person]]", "[[admin]]"),
}


@pytest.fixture(scope="module")
def hostile_base(tmp_path_factory, django_db_setup, django_db_blocker):
    """A small publication, written down once."""
    folder = tmp_path_factory.mktemp("publication")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "pictures"):
        try:
            with transaction.atomic():
                make_source("one", url="https://example.org/")
                make_article("One", slug="one", themes=["Syria"], by=make_user("chief", "Editor"))
                change(make_article("Two", slug="two", themes=["Syria"]), slug="moved")
                make_picture()
                export(folder / "one")
                raise Undone
        except Undone:
            pass
    return folder / "one"


@pytest.mark.parametrize("said", HOSTILE)
def test_what_was_tampered_with_is_refused_whole(hostile_base, settings, tmp_path, said):
    folder = tmp_path / "one"
    shutil.copytree(hostile_base, folder)
    HOSTILE[said](folder)
    settings.MEDIA_ROOT = tmp_path / "pictures"
    with pytest.raises(PublicationError) as refused:
        restore(folder)
    assert said in str(refused.value)
    assert not any(model.objects.exists() for model in (Article, Author, Source, User))
    assert files(tmp_path / "pictures") == {}


PIECES = [
    "", "null", "-1", "0", "1", "99999999999999999999", "1e400", '""', '"\\ud800"', '"\\u0000"', "[]", "[[]]", "{}", "[null]",
    '["x"]', "true", '"9999-12-31T23:59:59+00:00"', '"0001-01-01T00:00:00+14:00"', '"2024-01-01"', "\x00", "---", "[[x]]",
]  # fmt: skip


def mutated(text, chance):
    """Return `text` with one of its lines changed as chance has it."""
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    key, mark, _value = lines[place].partition(chance.choice([": ", " = "]))
    lines[place : place + 1] = chance.choice(
        [[], [lines[place]] * 2, [chance.choice(PIECES)], [f"{key}{mark}{chance.choice(PIECES)}"]]
    )
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(times(10, 60)))
def test_whatever_was_done_to_it_is_told_in_words(settings, tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311 - not a secret
    folder, settings.MEDIA_ROOT = tmp_path / "one", tmp_path / "pictures"
    shutil.copytree(WRITTEN, folder)
    path = chance.choice([path for path in sorted(folder.rglob("*")) if path.is_file()])
    path.write_bytes(mutated(path.read_bytes().decode(), chance).encode())
    try:
        restore(folder)
    except PublicationError as error:
        assert str(error)
        assert not Article.objects.exists()
    else:
        assert Article.objects.count() <= 6
