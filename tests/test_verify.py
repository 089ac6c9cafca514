"""`manage.py verify` names what is damaged, and nothing else."""

import io
import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from articles import integrity, search
from articles.models import (
    Article,
    ArticleAuthor,
    ArticleTheme,
    Citation,
    Event,
    EventTheme,
    Link,
    Picture,
    Revision,
    Tally,
    Theme,
)

from .make import ago, change, forge, make_article, make_author, make_picture, make_series, make_source, make_theme
from .thorough import times

SQLITE = "sqlite" in os.environ.get("DATABASE_URL", "sqlite")
BODY = "Said.[@hub-2022] See [[Libya]] and [[article:second|it]].\n\n```timeline\n2019: It began.\n2020-03: It went on.\n```\n"


def said(**options):
    """Return (what the command prints, the error it ends with or nothing)."""
    out = io.StringIO()
    try:
        call_command("verify", stdout=out, stderr=out, **options)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def library():
    """Return an article with everything that is derived from a text; beside it one of each other state."""
    make_theme("Syria"), make_theme("Libya"), make_source("hub-2022")
    series, authors = make_series(), [make_author("Zeynep"), make_author("Anna")]
    make_article("Second", slug="second", themes=["Libya"])
    more = {"series": series, "series_order": 2, "authors": authors, "lead_picture": make_picture().pk}
    article = make_article("First", slug="first", themes=["Syria", "Libya"], body=BODY, **more)
    article = change(article, kind="correction", note="It was wrong.", summary="Ünlü «özet».")
    make_article("Draft", slug="draft", published=False)
    make_article("Coming", slug="coming", at=ago(days=-2))
    make_article("Gone", slug="gone", withdrawn="It was wrong.")
    return article


@pytest.fixture(scope="class")
def stored(shared_rows, tmp_path_factory):
    """The article of a `library` that is made once, and the folder with its pictures."""
    folder = tmp_path_factory.mktemp("pictures")
    with override_settings(MEDIA_ROOT=folder):
        return library(), folder


@pytest.fixture
def article(stored, db, settings):
    """The article; what a test damages is its own."""
    row, folder = stored
    shutil.copytree(folder, settings.MEDIA_ROOT)
    return Article.objects.get(pk=row.pk)


def test_an_empty_site_is_sound(db):
    assert said() == ("Nothing is damaged: 0 revisions, 0 articles, 0 themes, 0 pictures.\n", "")


OTHER = {"article": 1, "number": 70, "kind": "draft", "change": "typo", "note": "Quite wrong.", "fields": {"title": "x"},
         "form": "0b5e6c6e-7a7e-4d0c-9a44-0d6f3f1c2a55", "saved_at": ago(days=3), "saver": 9, "digest": "0" * 64}  # fmt: skip


ROW = {"title": "Other", "slug": "other", "summary": "Other.", "body": "Other.", "language": "tr", "series_order": 9,
       "series": None, "lead_picture": None}  # fmt: skip


def wrong_article(article, **columns):
    Article.objects.filter(pk=article.pk).update(**columns)


DERIVED = {
    "its HTML is not that of its text": [
        lambda article: wrong_article(article, html=article.html + "<p>x</p>"),
        lambda article: wrong_article(article, contents=[]) or wrong_article(article, words=1),
    ],
    "its themes is not": [lambda article: ArticleTheme.objects.filter(content_object=article).first().delete()],
    "its authors is not": [
        lambda article: ArticleAuthor.objects.filter(article=article).first().delete(),
        lambda article: ArticleAuthor.objects.filter(article=article, place=0).update(place=7),
    ],
    "its events are not those of its text": [
        lambda article: Event.objects.filter(number=1).delete(),
        lambda article: Event.objects.filter(number=1).update(html="x"),
        lambda article: Event.objects.filter(number=1).update(published_at=ago(days=9)),
    ],
    "its events are not under its themes": [
        lambda article: EventTheme.objects.filter(number=1).first().delete(),
        lambda article: EventTheme.objects.filter(number=1).update(withdrawn_at=ago(days=9)),
    ],
    "its citations are not those of its text": [
        lambda article: Citation.objects.filter(article=article).delete(),
        lambda article: Citation.objects.filter(article=article).update(number=4),
    ],
    "its links are not those of its text": [
        lambda article: Link.objects.filter(article=article).update(is_live=False),
        lambda article: Link.objects.filter(article=article, to_theme=None).update(name="Nowhere"),
    ],
    "its themes or bylines have other dates": [
        lambda article: ArticleTheme.objects.filter(content_object=article).update(published_at=ago(days=9)),
        lambda article: ArticleAuthor.objects.filter(article=article).update(withdrawn_at=ago(days=9)),
    ],
    "of what the lists count are wrong": [lambda article: Tally.objects.filter(count=1).update(count=4)],
    "search doesn't find it by its words": [lambda article: forgotten(article), lambda article: misindexed(article)],
}


def forgotten(article):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {search.TABLE} WHERE {search.engine().key} = %s", [article.pk])  # noqa: S608


def misindexed(article):
    with connection.cursor() as cursor:
        if SQLITE:
            cursor.execute("UPDATE articles_search SET body = 'other' WHERE rowid = %s", [article.pk])
        else:
            cursor.execute("UPDATE articles_search SET document = 'other' WHERE article_id = %s", [article.pk])


def flipped(content, chance):
    """Return `content` with one bit of one byte another."""
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


WORDS = {
    "articles_revision": "id, article_id, number, kind, change, note, fields, based_on_id, saved_at, saver",
    "articles_article": "id, title, slug, summary, body, html, live_id, working_id",
    "articles_theme": "id, introduction, introduction_html",
    "articles_search": "rowid, title, names, summary, body",
}


def words_in(path):
    """Return all that is written in the database at `path`, or why it can't be read."""
    try:
        with closing(sqlite3.connect(path)) as copy:
            return [copy.execute(f"SELECT {names} FROM {table}").fetchall() for table, names in WORDS.items()]  # noqa: S608
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return str(error)


class TestDamage:
    """What is damaged in a small library."""

    def test_a_sound_site_is_said_to_be_sound(self, article):
        out, error = said()
        assert error == ""
        assert out == "Nothing is damaged: 11 revisions, 5 articles, 3 themes, 1 pictures.\n"
        assert said(quick=True) == ("Nothing is damaged: 11 revisions.\n", "")

    @pytest.mark.parametrize(
        "column", ["fields", "change", "note", "form", "saved_at", "saver", "digest", "based_on", "number"]
    )
    def test_any_word_of_a_revision_that_was_changed_is_named(self, article, column):
        value = OTHER.get(column) or Revision.objects.exclude(article=article).first()
        told = {"is_told": False} if column == "change" else {}
        forge(Revision.objects.filter(pk=article.live_id), **{column: value}, **told)
        out, error = said(quick=True)
        number = value if column == "number" else 3
        assert f"revision {number} of first (key {article.live_id}): it is not what was saved\n" in out
        assert "found in 11 revisions" in error

    def test_a_revision_given_to_another_article_or_to_none_is_named(self, article):
        forge(Revision.objects.filter(pk=article.live_id), article=Article.objects.get(slug="second"), number=70)
        out, _error = said(quick=True)
        assert f"(key {article.live_id}): it is not what was saved" in out
        assert "article first" in out

    def test_missing_revisions_are_named(self, article):
        forge(Revision.objects.filter(article=article, number=3), based_on=None)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM articles_revision WHERE article_id = %s AND number IN (1, 2)", [article.pk])
        out, _error = said(quick=True)
        assert "revision 1 of first: it is missing\nrevision 2 of first: it is missing\n" in out

    @pytest.mark.parametrize("column", ROW)
    def test_a_row_that_is_not_its_published_revision_is_named(self, article, column):
        Article.objects.filter(pk=article.pk).update(**{column: ROW[column]})
        out, _error = said()
        assert f"its {column} is not that of its published revision" in out
        assert f"article with the key {article.pk} (" in out

    @pytest.mark.parametrize(("words", "damage"), [(words, each) for words, some in DERIVED.items() for each in some])
    def test_what_is_not_derived_from_the_text_is_named(self, article, words, damage):
        damage(article)
        out, error = said()
        assert words in out
        assert error
        assert said(quick=True)[1] == ""

    def test_an_index_of_search_that_is_damaged_is_named(self, article):
        if not SQLITE:
            pytest.skip("SQLite's")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM articles_search_content WHERE id = %s", [article.pk])
        assert "search: its index is damaged" in said()[0]

    def test_a_theme_whose_introduction_was_changed_is_named(self, article):
        Theme.objects.filter(slug="syria").update(introduction="Other.")
        assert "(syria): its HTML is not that of its text" in said()[0]

    def test_a_reference_that_leads_nowhere_and_a_missing_guard_are_named(self, article):
        if not SQLITE:
            pytest.skip("PostgreSQL lets nobody do so")
        libya = Theme.objects.get(slug="libya").pk
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
            cursor.execute("UPDATE articles_link SET to_theme_id = 999 WHERE to_theme_id IS NOT NULL")
            for guard in ("revision_stands", "auditentry_stands", "auditentry_stands_there"):
                cursor.execute(f"DROP TRIGGER articles_{guard}")
            out, _error = said(quick=True)
            cursor.execute("UPDATE articles_link SET to_theme_id = %s WHERE to_theme_id = 999", [libya])
        assert "of articles_link refers to a row of articles_theme that isn't there" in out
        for kept in (
            "revisions from being changed",
            "the audit log from being changed",
            "the audit log from being emptied",
        ):
            assert f"which keeps {kept}, is missing" in out

    def test_missing_and_exchanged_files_are_named(self, article, settings):
        names = sorted(Picture.objects.get().files)
        assert len(names) == 7
        (settings.MEDIA_ROOT / names[2]).unlink()
        (settings.MEDIA_ROOT / names[3]).write_bytes(b"")
        out, _error = said()
        assert f"{names[2]} is missing\n" in out
        assert f"{names[3]} is damaged\n" in out
        assert out.count("\n") == 2

    def test_a_picture_of_an_older_version_is_told_by_its_name_until_it_is_given_its_hashes(self, article, settings):
        Picture.objects.update(digests={})
        assert said()[1] == ""
        picture = Picture.objects.get()
        content = (settings.MEDIA_ROOT / picture.file.name).read_bytes()
        (settings.MEDIA_ROOT / picture.file.name).write_bytes(content + b"x")
        assert f"{picture.file.name} is damaged" in said()[0]
        (settings.MEDIA_ROOT / picture.file.name).write_bytes(content)
        call_command("rebuild", stdout=io.StringIO())
        assert Picture.objects.get().digests.keys() == picture.files.keys()
        assert said()[1] == ""

    def test_every_letter_of_a_revision_that_flips_is_named(self, article):
        chance = random.Random(3)
        rows = list(Revision.objects.all())
        for _flip in range(times(10, 200)):
            row = chance.choice(rows)
            name = chance.choice(["title", "slug", "summary", "body"])
            words = row.fields[name]
            place = chance.randrange(len(words))
            other = words[:place] + chr(ord(words[place]) ^ 1) + words[place + 1 :]
            forge(Revision.objects.filter(pk=row.pk), fields=row.fields | {name: other})
            assert [
                line for line in integrity.damages(quick=True) if f"(key {row.pk}): it is not what was saved" in line
            ]
            forge(Revision.objects.filter(pk=row.pk), fields=row.fields)
        assert said()[1] == ""

    def test_every_byte_of_a_picture_that_flips_is_named(self, article):
        chance = random.Random(4)
        names = sorted(Picture.objects.get().files)
        for _flip in range(times(10, 200)):
            path = Path(default_storage.path(chance.choice(names)))
            content = path.read_bytes()
            path.write_bytes(flipped(content, chance))
            assert [line for line in integrity.damages() if f"{path.name} is damaged" in line]
            path.write_bytes(content)
        assert said()[1] == ""


@pytest.mark.large
@pytest.mark.skipif(not SQLITE, reason="SQLite's file")
@pytest.mark.django_db(transaction=True)
def test_every_byte_of_the_database_that_flips_in_a_word_is_named(tmp_path):
    """At any place of the file: most bytes are in no word, and of those that are none may go unnoticed."""
    library()
    User.objects.create_user("ann")
    sound, damaged = tmp_path / "sound.sqlite3", tmp_path / "damaged.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(sound)])
    content, words, chance = sound.read_bytes(), words_in(sound), random.Random(5)
    live, hit = connection.settings_dict["NAME"], 0
    try:
        for flip in range(200):
            if hit and flip >= times(20, 200):
                break
            damaged.write_bytes(flipped(content, chance))
            now = words_in(damaged)
            connection.close()
            connection.settings_dict["NAME"] = str(damaged)
            found = list(integrity.damages())
            hit += now != words
            assert found or now == words
    finally:
        connection.close()
        connection.settings_dict["NAME"] = live
    assert hit
