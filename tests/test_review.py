"""On the way to readers: the checklist, the review, drafts shown to people without an account."""

import datetime

import pytest
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles import publishing
from articles.models import Article, DraftLink, Picture
from articles.text.inspect import inspect

from .make import ago, change, make_article, make_fields, make_theme
from .test_desk import ADD, LIST, form_of, posted, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


# The checklist --------------------------------------------------------------------------------------------------------


def found(body, **kw):
    """Return [(whether it stops publication, the characters it is about, the message), …] of a text."""
    fields = make_fields(body=body, **kw)
    return [(c.blocks, body[c.start : c.end] if c.start is not None else c.field, c.message)
            for c in publishing.checks(fields, None)]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        "See [Syria](/themes/syria/), [both](/themes/libya+syria/#part) and [it](/articles/pipes/?x=1).",
        "An [author](/authors/the-editors/), [all](/articles/), [a year](/articles/2024/), [about](/about/).",
        "[Elsewhere](https://example.org/), [below](#part), [mail](mailto:a@example.org).",
        "`[code](/nowhere/)` and\n\n```\n![](x) [^9] [a](/nowhere/)\n```\n\nText.",
        "A note.[^a]\n\n[^a]: Said [here](/feeds/).",
        "![A map](/pictures/map.png)\n\n![](/pictures/line.png)",
        "## One\n\n### Two\n\n#### Three\n\n## Four",
        "About 21.34 bcm came.[^1]\n\n| bcm |\n|---|\n| 21.34 |\n\n[^1]: A source.",
    ],
)
def test_a_sound_text_passes(body, settings):
    for name in ("Syria", "Libya"):
        make_theme(name)
    make_article(slug="pipes")
    FlatPage.objects.create(url="/about/", title="About")
    for name, alt in (("map.png", "A map"), ("line.png", "")):
        Picture.objects.create(file=name, alt=alt, is_decorative=not alt, width=1, height=1)
        settings.MEDIA_ROOT.mkdir(exist_ok=True)
        (settings.MEDIA_ROOT / name).write_bytes(b"x")
    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "blocks", "about"),
    [
        ("See [it](/articles/nowhere/).", True, "/articles/nowhere/"),
        ("See [it](/themes/syria+nowhere/).", True, "/themes/syria+nowhere/"),
        ("See [it](/nowhere/at/all/).", True, "/nowhere/at/all/"),
        ("See [it](/no-such-page/).", True, "/no-such-page/"),
        ("A draft: [it](/articles/hidden/).", True, "/articles/hidden/"),
        ("Gone: [it](/articles/gone/).", True, "/articles/gone/"),
        ("![](/pictures/none.png)", True, "![](/pictures/none.png"),
        ("![A map](/pictures/none.png)", True, "![A map](/pictures/none.png"),
        ("![A map](https://elsewhere.example/map.png)", True, "![A map](https://elsewhere.example/map.png"),
        ("A note.[^x]", True, "[^x]"),
        ("Text.\n\n[^x]: Never mentioned.", False, "[^x]:"),
        ("## One\n\n#### Three", False, "####"),
        ("word " * 200, False, ("word " * 200)),
        ("It rose by 21.34 bcm, they say.", False, "21.34 bcm"),
    ],
)
def test_what_is_wrong_is_named_and_found(body, blocks, about):
    make_theme("Syria")
    make_article(slug="hidden", published=False)
    make_article(slug="gone", withdrawn="Why.")
    assert [(stops, place) for stops, place, _message in found(body)] == [(blocks, about)]


def test_what_is_missing_comes_first():
    fields = publishing.Fields(title="T" * 120, body="[a](/nowhere/)")
    listed = [(check.blocks, check.field) for check in publishing.checks(fields, None)]
    assert listed == [
        (True, "summary"), (True, "themes"), (True, "authors"), (True, "body"), (False, "title"),
    ]  # fmt: skip


@given(st.text(alphabet="[]()^!#`~|/ab \n1%", max_size=200))
def test_any_text_is_inspected_and_every_place_lies_in_it(body):
    for place in inspect(body):
        assert 0 <= place.start <= place.end <= len(body)


@pytest.mark.parametrize(
    "body", ["[" * 100_000, "![" * 60_000, "[^" * 60_000, "a(" * 90_000, "```\n" * 40_000, "\n" * 150_000]
)
def test_no_text_makes_inspecting_hang(body):
    started = datetime.datetime.now()
    inspect(body)
    assert datetime.datetime.now() - started < datetime.timedelta(seconds=5)


def test_links_to_former_addresses_lead_somewhere_as_readers_follow_them():
    for old in ("/2023/01/рус/", "/2019/old"):
        Redirect.objects.create(site_id=1, old_path=old, new_path="/articles/new/")
    told = ("/2023/01/рус/", "/2023/01/%D1%80%D1%83%D1%81/#a", "/2023/01/рус", "/2019/old/", "/2019/old", "/2019/")
    assert [publishing.leads_somewhere(address) for address in told] == [True] * 5 + [False]


def test_a_broken_link_stops_publication_at_the_desk_and_keeps_the_draft(desk):
    article = make_article(published=False)
    data = posted(article, body="See [it](/articles/nowhere/).")
    refused = desk.post(form_of(article), data | {"action": "publish"})
    assert "This link leads nowhere: /articles/nowhere/" in shown(refused)
    assert 'data-start="9"' in shown(refused)
    assert Article.objects.get().published_at is None
    assert desk.post(form_of(article), data | {"action": "save"}).status_code == 302


def test_the_script_gets_the_checks_with_what_it_keeps(desk):
    article = make_article()
    data = posted(article, body="[a](/nowhere/)", form="11111111-1111-4111-8111-111111111111", changed=1)
    checks = desk.post(reverse("admin:articles_article_keep", args=[article.pk]), data).json()["checks"]
    assert [(check["blocks"], check["start"], check["end"]) for check in checks] == [(True, 4, 13)]


def test_texts_that_link_here_are_shown_before_it_goes(desk):
    article = make_article(slug="pipes")
    make_article("The other text", body="See [it](/articles/pipes/).")
    for address in (form_of(article), reverse("admin:articles_article_withdraw", args=[article.pk])):
        assert "The other text" in shown(desk.get(address))
    publishing.withdraw(article, by=None, based_on=article.working_id, note="Why.")
    assert "Links to a withdrawn text" in shown(desk.get("/admin/"))
    draft = make_article(published=False, slug="draft")
    make_article("The third text", body="See [it](/articles/draft/).")
    assert "The third text" in shown(desk.get(reverse("admin:articles_article_delete", args=[draft.pk])))


def test_what_is_coming_stands_beside_the_schedule(desk):
    make_article("Coming soon", at=ago(days=-3))
    assert "Coming soon" in shown(desk.get(ADD))


# Review ---------------------------------------------------------------------------------------------------------------


def test_a_text_is_handed_in_sent_back_handed_in_and_approved(client, writer, editor):
    article = make_article("Handed in", published=False, by=writer)
    steps = [(writer, "submit", "Please look."), (editor, "send_back", "Section two is thin."),
             (writer, "submit", "Thicker now."), (editor, "approve", "")]  # fmt: skip
    for user, action, note in steps:
        client.force_login(user)
        article.refresh_from_db()
        data = posted(article, action=action, review_note=note)
        assert client.post(form_of(article), data).status_code == 302
        assert note in shown(client.get(form_of(article)))
        if action == "submit":
            client.force_login(editor)
            assert "Handed in, in review" in shown(client.get(LIST)) or "in review" in shown(client.get(LIST))
            assert len(client.get(LIST, {"status": "review"}).context["cl"].result_list) == 1
    article.refresh_from_db()
    kinds = list(article.revisions.order_by("number").values_list("kind", flat=True))
    assert kinds == ["draft", "submitted", "returned", "submitted", "approved"]
    assert article.published_at is None
    history = shown(client.get(reverse("admin:articles_article_history", args=[article.pk])))
    assert "Section two is thin." in history


@pytest.mark.parametrize("action", ["approve", "send_back"])
def test_a_writer_does_not_approve_their_own(client, writer, action):
    client.force_login(writer)
    article = make_article(published=False, by=writer)
    assert client.post(form_of(article), posted(article, action=action)).status_code == 403


def test_a_change_to_a_live_article_is_reviewed_unseen_by_readers(client, writer, editor):
    article = make_article(body="Seen.", by=writer)
    client.force_login(writer)
    client.post(form_of(article), posted(article, body="Unseen.", action="submit"))
    assert "Unseen." not in shown(client.get(article.get_absolute_url()))
    assert not DraftLink.objects.exists()


# Drafts shown to others -----------------------------------------------------------------------------------------------


@pytest.fixture
def link(desk):
    article = make_article("Not yet", body="Draft words.", published=False)
    assert desk.post(reverse("admin:articles_article_share", args=[article.pk]), {"days": 14}).status_code == 302
    return DraftLink.objects.get()


def test_whoever_has_the_link_reads_the_draft_and_no_cache_keeps_it(desk, link):
    assert link.get_absolute_url() in shown(desk.get(form_of(link.article)))
    desk.logout()
    page = desk.get(link.get_absolute_url())
    assert "Draft words." in shown(page) and "A draft, shown to you" in shown(page)
    assert page["Cache-Control"] == "private, no-store"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert not page.cookies
    assert "Disallow: /drafts/" in shown(desk.get("/robots.txt"))


def test_a_guessed_an_expired_a_revoked_and_a_deleted_drafts_link_are_not_there(desk, link):
    assert desk.get("/drafts/guess/").status_code == 404
    assert desk.get(f"/drafts/{link.token[:-1]}/").status_code == 404
    DraftLink.objects.update(expires_at=ago(seconds=1))
    assert desk.get(link.get_absolute_url()).status_code == 404
    DraftLink.objects.update(expires_at=timezone.now() + datetime.timedelta(days=1))
    publishing.discard(link.article, by=None)
    assert desk.get(link.get_absolute_url()).status_code == 404
    publishing.bring_back(link.article, by=None)
    assert desk.get(link.get_absolute_url()).status_code == 200
    share = reverse("admin:articles_article_share", args=[link.article_id])
    assert desk.post(share, {"revoke": link.pk}).status_code == 302
    assert desk.get(link.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("days", ["0", "91", "-1", "x", "", "9" * 40])
def test_a_link_lasts_a_sensible_time(desk, link, days):
    desk.post(reverse("admin:articles_article_share", args=[link.article_id]), {"days": days})
    assert DraftLink.objects.count() == 1


def test_once_it_is_live_the_link_leads_to_the_article(desk, link):
    fields = publishing.Fields.of(link.article.working)
    publishing.publish(link.article, fields, by=None, based_on=link.article.working_id)
    response = desk.get(link.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, link.article.get_absolute_url())
    assert response["Cache-Control"] == "private, no-store"


def test_a_link_to_the_changes_of_a_live_article_shows_them_until_they_are_live(desk):
    article = make_article(body="Live words.")
    fields = make_fields(article.title, body="Changed words.", slug=article.slug)
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    link = publishing.share(article, by=None, days=3)
    assert "Changed words." in shown(desk.get(link.get_absolute_url()))
    change(Article.objects.get(pk=article.pk), body="Changed words.")
    assert desk.get(link.get_absolute_url()).status_code == 302


def test_writers_share_their_own_drafts_only(client, writer, other_writer):
    client.force_login(writer)
    own, other = make_article(published=False, by=writer), make_article(published=False, by=other_writer)
    for article, status in ((own, 302), (other, 404)):
        address = reverse("admin:articles_article_share", args=[article.pk])
        assert client.post(address, {"days": 3}).status_code == status
