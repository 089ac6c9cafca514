"""Who may do what is asked by publishing itself: no form, no view is needed to refuse, and none can forget to."""

import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from articles import publishing
from articles.models import Article, AuditEntry, Picture, Revision, Theme, audit
from articles.publishing import rights

from .make import make_article, make_author, make_fields, make_series, make_source, make_theme, make_user
from .test_desk import ADD, form_of, posted

pytestmark = pytest.mark.django_db
Kind = Revision.Kind


def acts(article, by):
    """Return {name: what does it} of everything that can be done with `article`, each done by `by`."""
    fields, based_on = publishing.Fields.of(article.working), article.working_id
    save = {"by": by, "based_on": based_on}
    comment = publishing.say(article, text="A remark.", by=None, name="Guest")
    link = publishing.share(article, by=None, days=1)
    form, theme = uuid.uuid4(), make_theme()
    picture = Picture(file="a.jpg", width=8, height=8, sized="a.jpg", digests={"x": ""}, alt="What it shows")
    return {
        "create": lambda: publishing.create(make_fields(), by=by),
        "begin": lambda: publishing.begin(make_fields(), by=by, form=form),
        "save": lambda: publishing.save_draft(article, replace(fields, summary="Else."), **save),
        "hand in": lambda: publishing.save_draft(article, fields, kind=Kind.SUBMITTED, **save),
        "send back": lambda: publishing.save_draft(article, fields, kind=Kind.RETURNED, **save),
        "approve": lambda: publishing.save_draft(article, fields, kind=Kind.APPROVED, **save),
        "restore": lambda: publishing.restore(article, article.revisions.get(number=1), **save),
        "keep": lambda: publishing.keep(article, fields, form=form, **save),
        "see": lambda: publishing.seen(article, by=by, form=form),
        "share": lambda: publishing.share(article, by=by, days=1),
        "revoke": lambda: publishing.revoke(article, link.pk, by=by),
        "say": lambda: publishing.say(article, text="A remark.", by=by),
        "resolve": lambda: publishing.resolve(comment, by=by),
        "publish": lambda: publishing.publish(article, fields, **save),
        "schedule": lambda: publishing.publish(article, fields, at=None, **save),
        "withdraw": lambda: publishing.withdraw(article, note="Wrong.", **save),
        "delete": lambda: publishing.discard(article, by=by),
        "bring back": lambda: publishing.bring_back(article, by=by),
        "tag": lambda: publishing.retag(article, add=[theme.pk], by=by),
        "merge": lambda: publishing.merge_themes(make_theme(), make_theme(), by=by),
        "save theme": lambda: publishing.save_theme(Theme(name="Gas"), by=by),
        "teach": lambda: publishing.teach_names(Theme.objects.first(), by=by),
        "save author": lambda: publishing.save_row(make_author("Ann"), by=by),
        "save series": lambda: publishing.save_row(make_series(), by=by),
        "save source": lambda: publishing.save_row(make_source("tass"), by=by),
        "save picture": lambda: publishing.save_row(picture, by=by),
        "forget source": lambda: publishing.forget_row(make_source("old"), by=by),
        "forget author": lambda: publishing.forget_row(make_author("Nobody"), by=by),
    }  # fmt: skip


# It was saved by one of the others before; or nobody has no form on a screen.
HAD_THE_RIGHT = (ValidationError, publishing.Conflict, IntegrityError)
NEW, WRITING = (
    {"create", "begin", "save picture"},
    {"save", "hand in", "restore", "keep", "see", "share", "revoke", "say", "resolve"},
)
PUBLISHING = {"send back", "approve", "publish", "schedule", "withdraw", "delete", "bring back", "tag"}
MAY = {
    "their own Writer": NEW | WRITING,
    "another Writer": NEW,
    "Editor": NEW | WRITING | PUBLISHING | {"save author", "save series", "save source", "forget source"},
    "Theme keeper": {"merge", "save theme", "teach", "save source"},
    "nobody's": set(),
}


@pytest.mark.parametrize("acting", [False, True], ids=["said", "acting"])
@pytest.mark.parametrize("role", MAY)
def test_publishing_refuses_whoever_has_no_right(role, acting):
    """Said to be done by them; or by nobody, while they are at work at the desk."""
    alice = make_user("alice", "Writer")
    user = {"their own Writer": alice}.get(role) or make_user("somebody", role.removeprefix("another "))
    article = make_article(published=False, by=alice)
    done = set()
    with audit.acting(None, ""):
        todo = acts(article, None if acting else user)
    for name, act in todo.items():
        try:
            with audit.acting(user if acting else None, ""), transaction.atomic():
                act()
        except PermissionDenied:
            continue
        except HAD_THE_RIGHT:
            pass
        done.add(name)
    assert done == MAY[role]


def test_the_site_itself_may_do_all_of_it():
    for name, act in acts(make_article(published=False), None).items():
        try:
            with transaction.atomic():
                act()
        except HAD_THE_RIGHT:
            assert name != "create"


def test_nobody_acts_as_somebody_else(writer, editor):
    article = make_article(published=False, by=writer)
    fields, based_on = publishing.Fields.of(article.working), article.working_id
    with audit.acting(writer, ""), pytest.raises(PermissionDenied):
        publishing.publish(article, fields, by=editor, based_on=based_on)
    assert not AuditEntry.objects.exists() and Article.objects.get().published_at is None


@pytest.mark.parametrize("kind", [Kind.PUBLISHED, Kind.WITHDRAWN, Kind.AUTOSAVE])
def test_nothing_is_saved_as_what_it_is_not(kind, chief):
    article = make_article(published=False)
    with pytest.raises(KeyError):
        publishing.save_draft(
            article, publishing.Fields.of(article.working), by=chief, based_on=article.working_id, kind=kind
        )


@pytest.mark.parametrize("state", [{}, {"withdrawn": "Wrong."}])
@pytest.mark.parametrize("field", ["slug", "authors"])
def test_address_and_bylines_of_what_readers_have_are_for_who_publishes(field, state, writer, editor):
    article = make_article(authors=[make_author("Alice", user=writer)], **state)
    was = publishing.Fields.of(article.working)
    other = {"slug": "another", "authors": (*was.authors, make_author("Ann").pk)}[field]
    with pytest.raises(ValidationError) as refused:
        publishing.save_draft(article, replace(was, **{field: other}), by=writer, based_on=article.working_id)
    assert list(refused.value.message_dict) == [field]
    article.refresh_from_db()
    working = publishing.save_draft(article, replace(was, **{field: other}), by=editor, based_on=article.working_id)
    article.refresh_from_db()
    # What a colleague with the right has changed stays, whatever the form of the other one still says.
    merged = publishing.save_draft(article, replace(was, title="Better"), by=writer, based_on=working.based_on_id)
    assert merged.fields["title"] == "Better" and getattr(publishing.Fields.of(merged), field) == other


def test_and_of_a_draft_for_whose_it_is(writer):
    article = make_article(published=False, by=writer)
    fields = replace(publishing.Fields.of(article.working), slug="another", authors=(make_author("Ann").pk,))
    assert publishing.save_draft(article, fields, by=writer, based_on=article.working_id).fields["slug"] == "another"


def test_the_form_of_a_writer_leaves_them_as_they_are(client, writer):
    client.force_login(writer)
    article = make_article(authors=[make_author("Alice", user=writer)], slug="pipes")
    page = client.get(form_of(article)).context["form"]
    assert [name for name, field in page.fields.items() if field.disabled] == ["authors", "slug"]
    sent = posted(article, slug="forged", authors=[make_author("Ann").pk], summary="Typed.", action="save")
    assert client.post(form_of(article), sent).status_code == 302
    article.refresh_from_db()
    fields = article.working.fields
    assert (fields["summary"], fields["slug"]) == ("Typed.", "pipes")
    assert fields["authors"] == [make_author("Alice").pk]


def test_a_writer_learns_nothing_of_others_drafts_by_their_keys(client, writer, other_writer, editor):
    hidden = make_article("xqtitle", slug="xqslug", published=False, by=other_writer)
    client.force_login(writer)
    for name in ("read_next", "translation_of"):
        for typed in (str(hidden.pk), "xqslug", "/articles/xqslug/"):
            page = client.post(ADD, posted(**{name: typed})).content.decode()
            assert "No article has this address" in page and "xqtitle" not in page
            assert "xqslug" not in page.replace(typed, "")
    mine = make_article(published=False, by=writer)
    fields = replace(publishing.Fields.of(mine.working), read_next=(hidden.pk,), translation_of=hidden.pk)
    publishing.save_draft(mine, fields, by=editor, based_on=mine.working_id)
    mine.refresh_from_db()
    for address in (
        form_of(mine),
        form_of(mine).replace("change", "history"),
        form_of(mine).replace("change", "revisions/2"),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert not [word for word in ("xqtitle", "xqslug") if word in page.content.decode()]
    kept = posted(mine, read_next=str(hidden.pk), translation_of=str(hidden.pk), title="Mine", action="save")
    assert client.post(form_of(mine), kept).status_code == 302
    mine.refresh_from_db()
    assert (mine.working.fields["read_next"], mine.working.fields["translation_of"]) == ([hidden.pk], hidden.pk)


def test_what_is_seen_at_the_desk_is_of_one_rule(writer, other_writer, editor):
    rows = [make_article(published=False, by=writer), make_article(published=False, by=other_writer), make_article()]
    assert {row.pk for row in rights.seen_by(writer)} == {rows[0].pk, rows[2].pk}
    assert {row.pk for row in rights.seen_by(editor)} == {row.pk for row in rows}


def test_an_alias_of_no_theme_is_refused_in_words(client, keeper):
    client.force_login(keeper)
    sent = {"name": "", "names-TOTAL_FORMS": 1, "names-INITIAL_FORMS": 0, "names-0-name": "Gas", "names-0-theme": "x"}
    assert client.post("/admin/articles/theme/add/", sent).status_code == 200
