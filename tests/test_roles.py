"""Who may do what at the desk: each right with its opposite, forged buttons included."""

from dataclasses import replace

import pytest
from django.urls import reverse

from articles import publishing
from articles.models import Article

from .make import make_article, make_author, make_theme
from .test_desk import ADD, LIST, form_of, posted

pytestmark = pytest.mark.django_db
ACTIONS = ["publish", "schedule", "update", "unschedule"]


def addresses(article):
    """Every desk address of one article, with the methods that change something."""
    pk = article.pk
    return [
        ("get", form_of(article)),
        ("post", form_of(article)),
        ("get", reverse("admin:articles_article_history", args=[pk])),
        ("get", reverse("admin:articles_article_revision", args=[pk, 1])),
        ("get", reverse("admin:articles_article_revision_preview", args=[pk, 1])),
        ("post", reverse("admin:articles_article_restore", args=[pk, 1])),
        ("post", reverse("admin:articles_article_preview", args=[pk])),
        ("get", reverse("admin:articles_article_withdraw", args=[pk])),
        ("post", reverse("admin:articles_article_withdraw", args=[pk])),
        ("get", reverse("admin:articles_article_delete", args=[pk])),
        ("post", reverse("admin:articles_article_delete", args=[pk])),
    ]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_writer_cannot_publish_by_any_button(client, writer, action):
    client.force_login(writer)
    article = make_article(published=False, by=writer)
    data = posted(article, action=action, at="2099-01-01T10:00", change="typo", note="x")
    assert client.post(form_of(article), data).status_code == 403
    assert client.post(ADD, posted(action=action)).status_code == 403
    assert Article.objects.get().published_at is None


def test_a_writer_saves_previews_and_restores_their_own(client, writer):
    client.force_login(writer)
    article = make_article(published=False, by=writer)
    assert client.post(form_of(article), posted(article, body="Mine.", action="save")).status_code == 302
    article.refresh_from_db()
    assert article.working.fields["body"] == "Mine."
    assert client.post(reverse("admin:articles_article_preview", args=[article.pk]), posted(article)).status_code == 200
    restore = reverse("admin:articles_article_restore", args=[article.pk, 1])
    assert client.post(restore, {"based_on": article.working_id}).status_code == 302


def test_what_a_writer_typed_where_it_is_theirs_no_more_comes_back_in_words(client, writer, editor):
    client.force_login(writer)
    article = make_article(published=False, by=writer, slug="mine")
    data = posted(article, slug="typed-meanwhile", body="Mine.", action="save")
    publishing.publish(article, publishing.Fields.of(article.working), by=editor, based_on=article.working_id)
    page = client.post(form_of(article), data, follow=True).content.decode()
    article.refresh_from_db()
    assert (article.working.fields["slug"], article.working.fields["body"]) == ("mine", "Mine.")
    assert "Slug (typed-meanwhile): Readers have this article" in page
    page = client.post(form_of(article), posted(article, action="save"), follow=True).content.decode()
    assert "Readers have this article" not in page


def test_what_was_typed_comes_back_from_who_has_lost_the_right(client, writer, other_writer):
    client.force_login(writer)
    article = make_article(published=False, by=other_writer)
    data = posted(article, body="Words & more.", action="save")
    answer = client.post(form_of(article), data, headers={"origin": "http://testserver"})
    assert answer.status_code in {403, 404}
    article = make_article(published=False, by=writer)
    data = posted(article, body="Words & more.", action="publish")
    answer = client.post(form_of(article), data, headers={"origin": "http://testserver"})
    assert answer.status_code == 403
    assert "Words &amp; more." in answer.content.decode()
    answer = client.post(form_of(article), data, headers={"origin": "http://elsewhere.example"})
    assert (answer.status_code, b"Words &amp; more." in answer.content) == (403, False)


def test_a_writer_restores_what_an_editor_gave_another_address_and_bylines(writer, editor):
    article = make_article(published=False, by=writer, slug="mine", authors=[], body="Mine.")
    fields, byline = publishing.Fields.of(article.working), make_author("Ann")
    fields = replace(fields, slug="theirs", authors=[byline.pk], body="Theirs.")
    publishing.publish(article, fields, by=editor, based_on=article.working_id)
    publishing.restore(article, article.revisions.get(number=1), by=writer, based_on=article.working_id)
    now = Article.objects.get().working.fields
    assert (now["body"], now["slug"], now["authors"]) == ("Mine.", "theirs", [byline.pk])


def test_a_byline_makes_an_article_ones_own(client, writer):
    client.force_login(writer)
    article = make_article(authors=[make_author("Alice", user=writer)])
    assert client.get(form_of(article)).status_code == 200


def test_a_writers_change_to_a_live_article_waits_for_an_editor(client, writer):
    client.force_login(writer)
    article = make_article("Live", authors=[make_author("Alice", user=writer)])
    client.post(form_of(article), posted(article, title="Changed", action="save"))
    article.refresh_from_db()
    assert (article.title, article.working.fields["title"]) == ("Live", "Changed")
    assert "An editor publishes" in client.get(form_of(article)).content.decode()


def test_others_drafts_do_not_exist_for_a_writer(client, writer, other_writer):
    client.force_login(writer)
    article = make_article("Not Alice’s", published=False, by=other_writer)
    assert "Not Alice’s" not in client.get(LIST).content.decode()
    for method, address in addresses(article):
        assert getattr(client, method)(address, posted(article, note="x")).status_code in {403, 404}, (method, address)
    assert Article.objects.get().revisions.count() == 1


def test_others_live_articles_are_shown_as_readers_see_them(client, writer):
    client.force_login(writer)
    article = make_article("Public")
    assert "Public" in client.get(LIST).content.decode()
    assert client.get(form_of(article))["Location"] == article.get_absolute_url()
    for method, address in addresses(article)[1:]:
        assert getattr(client, method)(address, posted(article, note="x")).status_code in {403, 404}, (method, address)
    assert Article.objects.get().revisions.count() == 2


def test_unpublished_words_of_others_are_neither_listed_nor_searched(client, writer, other_writer):
    client.force_login(writer)
    live = make_article("Public title", by=other_writer)
    mine = make_article("My own", published=False, by=writer)
    for article in (live, mine):
        fields = replace(publishing.Fields.of(article.working), title=f"Working {article.pk}", body="xqsecret")
        publishing.save_draft(article, fields, by=article.created_by, based_on=article.working_id)
    page = client.get(LIST).content.decode()
    assert "Public title" in page and f"Working {live.pk}" not in page and f"Working {mine.pk}" in page
    assert "changes readers" not in page
    found = client.get(LIST, {"q": "xqsecret"}).context["cl"].result_list
    assert [article.pk for article in found] == [mine.pk]
    assert len(client.get(LIST, {"q": "public"}).context["cl"].result_list) == 1


def test_texts_that_link_here_tell_a_writer_nothing_of_others_drafts(client, writer, other_writer):
    client.force_login(writer)
    article = make_article("Linked to", slug="linked", by=writer)
    make_article("Hidden draft", published=False, by=other_writer, body="See [it](/articles/linked/).")
    make_article("Public text", by=other_writer, body="See [it](/articles/linked/).")
    page = client.get(form_of(article)).content.decode()
    assert "Public text" in page and "Hidden draft" not in page


def test_the_title_of_a_hidden_draft_is_not_told(client, writer, other_writer):
    make_article("Hidden title", published=False, by=other_writer, slug="taken")
    make_article("Seen title", slug="seen")
    client.force_login(writer)
    hidden = client.post(ADD, posted(slug="taken")).content.decode()
    assert "goes on leading there" in hidden and "Hidden title" not in hidden
    assert "Seen title" in client.post(ADD, posted(slug="seen")).content.decode()


def test_a_theme_keeper_changes_themes_and_no_article(client, keeper):
    client.force_login(keeper)
    article, theme = make_article(), make_theme()
    assert client.get(reverse("admin:articles_theme_change", args=[theme.pk])).status_code == 200
    assert client.get(ADD).status_code == 403
    for method, address in addresses(article)[1:]:
        assert getattr(client, method)(address, posted(article, note="x")).status_code in {403, 404}, (method, address)


@pytest.mark.parametrize("who", ["writer", "editor"])
def test_themes_are_changed_by_their_keepers_only(client, request, who):
    client.force_login(request.getfixturevalue(who))
    address = reverse("admin:articles_theme_change", args=[make_theme("Syria").pk])
    assert client.post(address, {"name": "Changed"}).status_code == 403
    assert client.get("/admin/articles/theme/add/").status_code == 403


def test_strangers_are_asked_to_log_in(client):
    article = make_article()
    for method, address in [*addresses(article), ("get", LIST), ("get", ADD), ("get", "/admin/")]:
        response = getattr(client, method)(address)
        if method == "get":
            assert response.status_code == 302, address
            assert "/admin/login/" in response["Location"]
        else:  # what was posted comes back, with a link to the login
            assert response.status_code == 403, address
            assert 'href="/admin/login/"' in response.content.decode()
    article.refresh_from_db()
    assert article.revisions.count() == 2


def test_an_editor_may_do_all_of_it_but_delete_what_was_public(client, editor, other_writer):
    client.force_login(editor)
    article = make_article(published=False, by=other_writer)
    for method, address in addresses(article):
        if method == "get" and "withdraw" not in address:
            assert client.get(address).status_code == 200, address


def test_forms_want_their_token(editor, client):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    article = make_article()
    for method, address in addresses(article):
        if method == "post":
            assert strict.post(address, posted(article)).status_code == 403, address


def test_links_in_the_unpublished_words_of_others_are_not_told(client, writer, other_writer):
    article = make_article("Linked to", slug="linked", by=writer)
    theirs = make_article("Their public text", by=other_writer)
    fields = publishing.Fields.of(theirs.working)
    words = replace(fields, body="See [it](/articles/linked/).")
    publishing.save_draft(theirs, words, by=other_writer, based_on=theirs.working_id)
    gone = make_article("Deleted draft", published=False, by=writer, body="See [it](/articles/linked/).")
    publishing.discard(gone, by=None)
    client.force_login(writer)
    page = client.get(form_of(article)).content.decode()
    assert "Their public text" not in page and "Deleted draft" not in page
