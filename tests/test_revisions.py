"""What has been saved stands: nothing of a revision is changed or deleted, and a digest tells what was."""

import datetime
import uuid
from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.utils import Error

from articles import integrity, publishing
from articles.models import Article, Revision
from articles.models.revision import digest_of

from .make import change, forge, make_article, make_fields, make_theme, make_user

pytestmark = pytest.mark.django_db
FORM = uuid.UUID("0b5e6c6e-7a7e-4d0c-9a44-0d6f3f1c2a55")


def quick():
    """Return what is damaged of the database and its revisions."""
    return list(integrity.damages(quick=True))


def test_the_digest_is_the_same_for_ever_and_everywhere():
    """Were it another one day, all that is stored would look damaged."""
    row = Revision(
        number=3, kind="published", change="correction", note="Ğ – “so”", saver=7, based_on_id=12, form=FORM,
        fields={"title": "Türkiye и Россия", "themes": [3, 1], "series": None},
        saved_at=datetime.datetime(2026, 11, 27, 3, 4, 5, tzinfo=datetime.timezone(datetime.timedelta(hours=3))),
    )  # fmt: skip
    assert digest_of(row, FORM) == "2faa208a68ecc217bb8b3112b75270076e0f63209a5c4cc8d2f9c23c6cf1d53f"
    row.saved_at = row.saved_at.astimezone(datetime.UTC)
    row.fields = {"themes": (3, 1), "series": None, "title": "Türkiye и Россия"}
    row.form, row.based_on_id = FORM.hex, "12"
    assert digest_of(row, str(FORM)) == "2faa208a68ecc217bb8b3112b75270076e0f63209a5c4cc8d2f9c23c6cf1d53f"


def test_whatever_is_done_every_revision_has_its_digest(editor):
    syria, libya = make_theme("Syria"), make_theme("Libya")
    article = make_article(by=editor, themes=[syria])
    fields = publishing.Fields.of(article.working)
    publishing.keep(article, replace(fields, title="Typing"), by=editor, based_on=article.working_id, form=FORM)
    article = change(article, by=editor, kind="correction", note="It was wrong.", body="Right.")
    publishing.retag(article, add=[libya.pk], by=editor)
    article.refresh_from_db()
    publishing.restore(article, article.revisions.get(number=1), by=editor, based_on=article.working_id)
    publishing.withdraw(article, by=editor, based_on=article.working_id, note="Gone.")
    publishing.undo_merge(publishing.merge_themes(libya, syria, by=None), by=None)
    assert Revision.objects.count() == 7
    assert quick() == []


def test_nothing_changes_what_is_stored(editor):
    row = make_article(by=editor).working
    row.fields["title"] = "Another"
    for attempt in (
        row.save,
        row.delete,
        lambda: Revision.objects.update(note="x"),
        lambda: row.article.revisions.filter(number=1).update(fields={}),
        lambda: Revision.objects.bulk_update([row], ["fields"]),
        lambda: Revision.objects.update_or_create(pk=row.pk, defaults={"note": "x"}),
        lambda: Revision.objects.all().delete(),
        lambda: row.article.revisions.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(TypeError, match="never changed"), transaction.atomic():
            attempt()
    assert quick() == []


@pytest.mark.parametrize(
    "column", ["article_id", "number", "kind", "change", "note", "fields", "based_on_id", "form", "saved_at", "saver",
               "digest"],
)  # fmt: skip
def test_the_database_itself_refuses_to_change_a_word(column):
    row = make_article().working
    with pytest.raises(Error, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE articles_revision SET {column} = {column} WHERE id = %s", [row.pk])  # noqa: S608
    assert quick() == []


def test_what_is_kept_while_typing_is_replaced_and_dropped_as_before(editor):
    article = make_article(by=editor)
    for title in ("One", "Two"):
        typed = replace(publishing.Fields.of(article.working), title=title)
        publishing.keep(article, typed, by=editor, based_on=article.working_id, form=FORM)
        assert quick() == []
    (kept,) = Revision.objects.filter(kind="autosave")
    assert kept.fields["title"] == "Two"
    kept.delete()
    Revision.objects.drop()
    assert article.revisions.count() == 2


def test_an_account_goes_and_what_it_saved_is_still_whole():
    ann, ben = make_user("ann", "Writer"), make_user("ben")
    article = make_article(by=ann)
    ann.delete()
    assert list(article.revisions.values_list("saved_by", flat=True)) == [None, None]
    assert quick() == []
    forge(Revision.objects.filter(pk=article.working_id), saved_by=ben)
    assert quick() == [f"revision 2 of {article.slug} (key {article.working_id}): somebody else saved it"]


def test_rows_stored_together_are_sealed_too():
    article = make_article(published=False)
    rows = [
        Revision(article=article, number=number, kind="draft", fields={}, saved_at=article.working.saved_at)
        for number in (2, 3)
    ]
    Revision.objects.bulk_create(rows)
    assert [line for line in quick() if "revision" in line and "last" not in line] == []


def test_an_older_database_is_given_its_digests(editor, monkeypatch):
    migration = import_module("articles.migrations.0027_digests_filled")
    monkeypatch.setattr(migration, "PART", 2)
    make_article(by=editor), make_article("Ünlü", by=editor, published=False)
    forge(Revision.objects.all(), digest="", saver=None)
    assert len(quick()) == 3

    class Editor:
        """As much of a schema editor as the migration asks for."""

        connection = connection

        @staticmethod
        def execute(sql):
            with connection.cursor() as cursor:
                cursor.execute(sql)

    if connection.vendor == "postgresql":
        Editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migration.unguard(apps, Editor)
    assert "which keeps revisions from being changed, is missing" in quick()[0]
    migration.fill(apps, Editor)
    migration.guard(apps, Editor)
    assert quick() == []
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE articles_revision SET note = 'x'")


def test_a_draft_that_is_saved_costs_no_query_more(django_assert_num_queries, editor):
    article = make_article(by=editor, published=False)
    fields = make_fields("Other")
    with django_assert_num_queries(16):
        publishing.save_draft(article, fields, by=editor, based_on=article.working_id)
    assert Article.objects.get().working.fields["title"] == "Other"
