"""Saving is not publishing; publishing is the only way to readers."""

import datetime

import pytest
from django.contrib.redirects.models import Redirect
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles import publishing
from articles.models import Article, ArticleTheme, Picture, Revision, Theme, ThemeName

from .make import ago, change, forge, make_article, make_fields, make_theme

pytestmark = pytest.mark.django_db


def test_a_draft_shows_readers_nothing(client):
    article = make_article("Hidden", published=False)
    assert article.html == ""
    assert client.get(article.get_absolute_url()).status_code == 404


def test_saving_a_live_article_changes_nothing_for_readers(client):
    article = make_article("Before")
    publishing.save_draft(article, make_fields("After", slug=article.slug), by=None, based_on=article.working_id)
    article.refresh_from_db()
    assert article.title == "Before"
    assert article.has_changes
    assert "After" not in client.get(article.get_absolute_url()).content.decode()


def test_a_stale_save_is_refused_and_writes_nothing():
    article = make_article("First", published=False)
    opened = article.working_id
    publishing.save_draft(article, make_fields("Second"), by=None, based_on=opened)
    mine = Article.objects.get(pk=article.pk)
    with pytest.raises(publishing.Conflict):
        publishing.save_draft(mine, make_fields("Third"), by=None, based_on=opened)
    with pytest.raises(publishing.Conflict):
        publishing.publish(mine, make_fields("Third"), by=None, based_on=opened)
    article.refresh_from_db()
    assert article.working.fields["title"] == "Second"
    assert article.revisions.count() == 2
    assert article.published_at is None


@pytest.mark.parametrize("missing", ["summary", "body", "themes", "authors"])
def test_publishing_names_what_is_missing(missing):
    fields = make_fields(**{missing: [] if missing in {"themes", "authors"} else ""})
    article = publishing.create(fields, by=None)
    with pytest.raises(ValidationError) as refused:
        publishing.publish(article, fields, by=None, based_on=article.working_id)
    assert missing in refused.value.message_dict


@pytest.mark.large
def test_a_text_that_cannot_be_rendered_is_kept_as_a_draft(impatient):
    fields = make_fields(body="[" * 20_000)
    article = publishing.create(fields, by=None)
    with pytest.raises(ValidationError) as refused:
        publishing.publish(article, fields, by=None, based_on=article.working_id)
    assert "body" in refused.value.message_dict
    article.refresh_from_db()
    assert article.working.fields["body"] == "[" * 20_000


def test_a_scheduled_article_appears_when_its_time_comes(client):
    soon = timezone.now() + datetime.timedelta(minutes=2)
    article = make_article("Soon", at=soon, body="Words of the future.")
    assert article.status() == Article.Status.SCHEDULED
    assert not Article.objects.public().exists()
    assert Article.objects.public(soon).get() == article
    assert Article.objects.public(soon - datetime.timedelta(microseconds=1)).first() is None


def test_the_query_and_its_twin_agree_in_every_state():
    now = timezone.now()
    for article in (
        make_article(published=False),
        make_article(at=now + datetime.timedelta(hours=1)),
        make_article(),
        make_article(withdrawn="Why."),
    ):
        for at in (now - datetime.timedelta(days=1), now, now + datetime.timedelta(days=1)):
            assert Article.objects.public(at).filter(pk=article.pk).exists() == article.is_public(at)
            assert ArticleTheme.objects.public(at).filter(content_object=article).exists() == article.is_public(at)


def test_a_typo_moves_no_date():
    article = make_article(at=ago(days=3))
    assert change(article, title="Fixed").updated_at is None


@pytest.mark.parametrize("kind", ["update", "correction"])
def test_an_update_needs_a_reason_and_moves_updated_only(kind):
    article = make_article(at=ago(days=3))
    with pytest.raises(ValidationError) as refused:
        change(article, kind=kind, title="New")
    assert "note" in refused.value.message_dict
    changed = change(Article.objects.get(pk=article.pk), kind=kind, title="New", note="A figure was wrong.")
    assert changed.published_at == article.published_at
    assert changed.updated_at > article.published_at
    assert changed.uid == article.uid


def test_a_live_article_is_not_published_as_new_nor_scheduled():
    article = make_article()
    with pytest.raises(ValidationError):
        change(article, kind="new")
    with pytest.raises(ValidationError):
        publishing.publish(
            article,
            publishing.Fields.of(article.working),
            by=None,
            based_on=article.working_id,
            change="typo",
            at=timezone.now() + datetime.timedelta(days=1),
        )


def test_a_past_time_cannot_be_scheduled():
    fields = make_fields()
    article = publishing.create(fields, by=None)
    with pytest.raises(ValidationError) as refused:
        publishing.publish(article, fields, by=None, based_on=article.working_id, at=ago(minutes=1))
    assert "at" in refused.value.message_dict


def test_a_scheduled_article_taken_back_is_a_draft_without_a_trace():
    article = make_article("Soon", at=timezone.now() + datetime.timedelta(days=1), body="Secret words")
    publishing.withdraw(article, by=None, based_on=article.working_id, note="")
    article.refresh_from_db()
    assert article.status() == Article.Status.DRAFT
    assert (article.body, article.html, article.live) == ("", "", None)
    assert not article.themes.exists()
    assert article.working.fields["body"] == "Secret words"


def test_a_withdrawn_article_says_what_happened_and_can_return(client):
    article = make_article("Gone", withdrawn="It was not ours to publish.")
    response = client.get(article.get_absolute_url())
    assert response.status_code == 410
    assert "It was not ours to publish." in response.content.decode()
    publishing.publish(article, publishing.Fields.of(article.working), by=None, based_on=article.working_id)
    back = Article.objects.get(pk=article.pk)
    assert back.is_public()
    assert back.published_at == article.published_at
    assert client.get(back.get_absolute_url()).status_code == 200


def test_a_public_withdrawal_says_why():
    article = make_article()
    with pytest.raises(ValidationError):
        publishing.withdraw(article, by=None, based_on=article.working_id, note=" ")


def test_restoring_makes_a_new_revision_and_publishes_nothing():
    article = make_article("One", body="First words.")
    first = article.revisions.get(number=1)
    article = change(article, body="Second words.")
    publishing.restore(article, first, by=None, based_on=article.working_id)
    article.refresh_from_db()
    assert article.body == "Second words."
    assert article.working.fields["body"] == "First words."
    assert article.revisions.count() == 4


def test_a_revision_is_never_written_again():
    revision = make_article().live
    revision.note = "changed"
    with pytest.raises(TypeError):
        revision.save()


def test_a_changed_slug_leads_on_in_one_step(client):
    article = make_article("One")
    for slug in ("two", "three"):
        article = change(article, slug=slug)
    for old in ("one", "two"):
        response = client.get(f"/articles/{old}/?utm_source=x")
        assert (response.status_code, response["Location"]) == (301, "/articles/three/?utm_source=x")
    article = change(article, slug="one")
    assert client.get("/articles/one/").status_code == 200
    assert client.get("/articles/three/")["Location"] == "/articles/one/"
    assert not Redirect.objects.filter(old_path="/articles/one/").exists()


def test_a_draft_that_changes_its_slug_leaves_no_address_behind():
    article = make_article("One", published=False)
    publishing.save_draft(article, make_fields("One", slug="two"), by=None, based_on=article.working_id)
    assert not Redirect.objects.exists()


def test_a_former_address_is_not_given_to_another_article():
    change(make_article("One"), slug="uno")
    with pytest.raises(ValidationError) as refused:
        publishing.create(make_fields("Another", slug="one"), by=None)
    assert "slug" in refused.value.message_dict
    assert publishing.create(make_fields("One"), by=None).slug == "one-2"


def test_a_slug_taken_in_the_last_instant_is_a_message(monkeypatch):
    """Two saves pass the check at the same time; the database lets one of them through."""
    make_article("One", published=False)
    monkeypatch.setattr("articles.models.addresses.holder", lambda model, slug: None)
    with pytest.raises(ValidationError) as refused:
        publishing.create(make_fields("One", slug="one"), by=None)
    assert "slug" in refused.value.message_dict
    other = make_article("Two")
    before = other.working_id
    with pytest.raises(ValidationError):
        change(other, slug="one")
    other.refresh_from_db()
    assert (other.working_id, other.slug) == (before, "two")


def test_a_renamed_theme_leads_on_everywhere(client):
    make_article(themes=["Syria", "Libya"])
    theme = Theme.objects.get(slug="syria")
    theme.name, theme.slug = "The Levant", "the-levant"
    publishing.save_theme(theme, by=None)
    for old, new in [
        ("/themes/syria/", "/themes/the-levant/"),
        ("/themes/syria/feed.atom", "/themes/the-levant/feed.atom"),
        ("/themes/libya+syria/feed.rss", "/themes/libya+the-levant/feed.rss"),
        ("/themes/libya+syria/?page=1", "/themes/libya+the-levant/?page=1"),
    ]:
        response = client.get(old)
        assert (response.status_code, response["Location"]) == (301, new)


def test_names_of_themes_are_one_pool_in_the_database():
    syria = make_theme("Syria", aliases=["Suriye"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Theme(name="SURIYE").save()
    with pytest.raises(IntegrityError), transaction.atomic():
        ThemeName.objects.create(theme=syria, name="sûriye")
    with pytest.raises(ValidationError):
        Theme(name="suriye").full_clean(exclude=["slug"])
    with pytest.raises(ValidationError):
        Theme(name="–").full_clean(exclude=["slug"])
    assert Theme.objects.called("SÛRİYE") == syria


def test_a_theme_may_take_its_own_alias_as_its_name():
    theme = make_theme("Syria", aliases=["Suriye"])
    theme.name = "Suriye"
    theme.full_clean()
    publishing.save_theme(theme, by=None)
    assert [name.name for name in theme.names.all()] == ["Suriye"]


@pytest.mark.parametrize(
    "broken",
    [
        {"published_at": timezone.now()},
        {"withdrawn_at": timezone.now()},
        {"title": ""},
        {"slug": ""},
    ],
)
def test_the_database_itself_refuses_impossible_articles(broken):
    article = make_article(published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**broken)


def test_the_database_refuses_a_correction_without_a_reason():
    article = make_article()
    told = {"number": 9, "kind": "published", "change": "correction", "fields": {}, "saved_at": ago()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(article=article, note="", **told)
    Revision.objects.create(article=article, note="It was wrong.", **told)


def test_the_database_refuses_a_picture_neither_described_nor_decorative():
    with pytest.raises(IntegrityError), transaction.atomic():
        Picture.objects.create(file="x.png", width=1, height=1)


def test_rebuilding_mends_what_is_derived_and_nothing_else():
    article = make_article()
    Article.objects.filter(pk=article.pk).update(html="<p>old</p>")
    broken = Article.objects.get(pk=article.pk)
    assert publishing.rebuild(broken)
    assert Article.objects.get(pk=article.pk).html == article.html
    assert not publishing.rebuild(broken)
    assert broken.revisions.count() == article.revisions.count()


def test_rebuilding_never_takes_back_what_was_published_meanwhile():
    article = make_article(body="First.")
    loaded = Article.objects.select_related("live").get(pk=article.pk)
    change(article, body="Second.")
    Article.objects.update(html="<p>old</p>")
    assert not publishing.rebuild(loaded)
    assert Article.objects.get().html == "<p>old</p>"
    theme = Theme.objects.get()
    Theme.objects.update(name="Renamed", introduction="Rewritten.", introduction_html="<p>Rewritten.</p>")
    assert not publishing.rebuild_theme(theme)
    stored = Theme.objects.get()
    assert (stored.name, stored.introduction_html) == ("Renamed", "<p>Rewritten.</p>")


def test_the_command_rebuilds_all_it_can_and_names_what_it_cannot(capsys, impatient):
    good, bad = make_article(slug="good"), make_article(slug="bad")
    theme = Theme.objects.get()
    Article.objects.update(html="<p>old</p>")
    Theme.objects.update(introduction_html="<p>old</p>")
    forge(Revision.objects.filter(pk=bad.live_id), fields=bad.live.fields | {"body": "[" * 20_000})
    with pytest.raises(CommandError, match="1 texts"):
        call_command("rebuild")
    assert "bad: " in capsys.readouterr().err
    html = dict(Article.objects.values_list("slug", "html"))
    assert html == {"good": good.html, "bad": "<p>old</p>"}
    assert Theme.objects.get().introduction_html == theme.introduction_html


def test_an_article_that_came_out_while_its_form_was_rendered_is_not_hidden_again(monkeypatch):
    article = make_article(at=ago(hours=-1))
    fields = publishing.Fields.of(article.working)
    real = publishing.rendered_or_refuse

    def slowly(body):
        monkeypatch.setattr("django.utils.timezone.now", lambda: article.published_at + datetime.timedelta(seconds=1))
        return real(body)

    monkeypatch.setattr("articles.publishing.rendered_or_refuse", slowly)
    with pytest.raises(ValidationError):
        publishing.publish(article, fields, by=None, based_on=article.working_id, at=ago(hours=-9))
    assert Article.objects.get().is_public()


@pytest.mark.large
def test_control_characters_never_reach_a_row():
    article = make_article("Ti\x0btle\x00", summary="Sum\x1fmary", body="Bo\x0bdy \ud800 text\r\nline")
    assert (article.title, article.summary) == ("Title", "Summary")
    assert article.body == "Body  text\nline"
