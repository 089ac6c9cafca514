"""Nothing leaks: every state a text can be in, at every public address, whoever asks.

Each field of what is hidden holds a word of its own (`leaks`); no page, feed, file, header or map may show any of them, and
nothing else may tell that it is there.
"""

import datetime
import itertools
import random
import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from articles import hub, publishing
from articles.models import Article, DraftLink, Topic

from . import leaks
from .make import ago, make_article, make_fields
from .thorough import EVERY_CELL

pytestmark = pytest.mark.django_db
DESK = [
    "/admin/", "/admin/articles/article/?q={word}", "/admin/articles/article/?status={status}", "/admin/articles/theme/",
    "/admin/articles/article/suggest/?q={word}", "/admin/articles/article/{id}/change/", "/admin/articles/article/{id}/history/",
    "/admin/articles/article/{id}/revisions/1/", "/admin/articles/article/{id}/revisions/2/preview/", "/admin/r/{kind}/{id}/",
    "/admin/articles/article/{id}/delete/", "/admin/articles/article/{id}/withdraw/",
]  # fmt: skip
# At the desk all who write see every source, author, series and picture, whatever uses them.
SHARED = {"source", "publisher", "key", "author", "about", "series", "of_series", "alt", "caption", "credit", "file"}
NEVER = "xqneverneverne"  # as long as a word
FILLED = {"format": "atom", "reference": "bib", "word": "seen", "theme": "syria"}
TELLING = [
    "article", "chart-figures", "timeline", "articles-feed", "author", "series", "source", "search", "suggestions", "sitemap",
    "updates", "updates-feed", "history", "article-sources", "hub", "themes", "front", "picture",
]  # fmt: skip


@pytest.fixture(scope="class")
def made(shared_rows):
    """What is live before anything is hidden."""
    return leaks.corpus()


def some(names, count):
    """Return `count` of `names` by chance; all of them where every cell is walked."""
    names = list(names)
    return names if EVERY_CELL else random.sample(names, min(count, len(names)))  # noqa: S311 - no secret


def crawl(client, names, values, words=(), extra=""):
    """Yield (name, address, response) of the surfaces `names`, asked with `values` in their places and for `words`."""
    for name in names:
        for address in leaks.asked_at(name, values, words, 1 if EVERY_CELL else 5):
            asked = address + (extra and ("&" if "?" in address else "?") + extra)
            yield name, asked, leaks.get(client, asked)  # the login's page holds the address that it was asked at


def visitors(reader):
    """Return {who: (client, what they add to addresses)}; whoever is logged in shares the page cache with the others."""
    writer, editor = (User.objects.create(username=name, is_staff=True) for name in ("walter", "edda"))
    writer.groups.set(Group.objects.filter(name="Writer"))
    editor.groups.set(Group.objects.filter(name="Editor"))
    clients = {}
    for user in (writer, editor):
        clients[user.username] = Client(headers={"host": "testserver"})
        clients[user.username].force_login(user)
        clients[user.username].handler = reader.handler
    reader.editor = clients["edda"]
    guest = Client(
        headers={"host": "testserver", "X-Preview": "1", "X-Ghost-Preview": "1", "Authorization": "Bearer x"}
    )
    guest.handler, guest.cookies["preview"] = reader.handler, "1"
    return {
        "nobody": (reader, ""),
        "an editor without rights": (clients["walter"], ""),
        "a wrong token": (guest, "token={}&preview=1"),
    }


def looked_for(hidden):
    """Return ({place: [value]}, words) by which `hidden` is asked for: all its words, or the telling ones."""
    told = {"title", "slug", "body", "author", "alt", "remark"}
    words = [word for word, what in hidden.words.items() if EVERY_CELL or what in told]
    return {name: [value] for name, value in hidden.values.items()} | {"theme": ["libya"]}, words


class TestNothingLeaks:
    """On a publication that is made once."""

    def test_every_address_has_an_entry(self):
        there = set(leaks.public_addresses())
        assert there - set(leaks.SURFACES) == set(), "say in tests/leaks.py how to ask it for what is hidden"
        assert set(leaks.SURFACES) - there == {None}

    @pytest.mark.large
    def test_what_is_hidden_changes_nothing_and_is_nowhere(self, made, reader, settled, record_property):
        """What readers have is the same to the byte, headers too, whatever is written, planned or thrown away beside it."""
        names = some(leaks.SURFACES, 20)
        before = {address: response for _name, address, response in crawl(reader, names, made.values)}
        hidden, cells, wrong = leaks.hide_all(made), 0, []
        for name, address, now in crawl(reader, names, made.values):
            was = before[address]
            same = (was.status_code, was.content, dict(was.headers)) == (
                now.status_code,
                now.content,
                dict(now.headers),
            )
            if not same and address != "/admin/login/":  # where a token differs
                wrong.append((address, was.status_code, now.status_code))
            wrong += told(hidden, now, address, name)
            cells += len(hidden)
        record_property("cells", cells)
        assert not wrong, "\n".join(map(str, wrong))

    def test_nobody_finds_what_is_hidden(self, made, reader, record_property):
        hidden, cells, wrong = leaks.hide_all(made), 0, []
        leaks.store_pictures(*hidden)
        DraftLink.objects.update(expires_at=ago(minutes=1))
        for number, (who, (client, extra)) in enumerate(visitors(reader).items()):
            for place, one in enumerate(hidden):
                if not EVERY_CELL and place % 3 != number:
                    continue
                values, words = looked_for(one)
                tokens = [word for word, what in one.words.items() if what == "token"] or ["wrong-token"]
                names = some(leaks.SURFACES, 10)
                for name, address, response in crawl(
                    client, names, values | {"token": tokens}, words, extra.format(tokens[0])
                ):
                    if who == "an editor without rights" and name == "picture":
                        continue  # the desk has all pictures
                    wrong += [(who, *each) for each in told(hidden, response, address, name)]
                    cells += 1
        record_property("cells", cells)
        assert not wrong, "\n".join(map(str, wrong))

    @pytest.mark.large
    def test_nor_does_what_an_editor_has_looked_at_stay_behind(self, made, reader, record_property):
        hidden, cells, wrong = leaks.hide_all(made), 0, []
        visitors(reader)
        leaks.store_pictures(*hidden)
        for one in hidden:
            values, words = looked_for(one)
            for name in some(leaks.SURFACES, 3):
                for address in leaks.asked_at(name, made.values | values, words, 1 if EVERY_CELL else 5):
                    leaks.get(reader.editor, address)
                    wrong += told(hidden, leaks.get(reader, address), address, name)
                    cells += 1
        record_property("cells", cells)
        assert not wrong, "\n".join(map(str, wrong))

    def test_a_writer_finds_nothing_of_others_at_the_desk(self, made, reader, record_property):
        hidden, cells, wrong = leaks.hide_all(made), 0, []
        client = visitors(reader)["an editor without rights"][0]
        kind = ContentType.objects.get_for_model(Article).pk
        for one in some(hidden, 3):
            for template in some(DESK, 5):
                words = some(one.words, 2) if "{word}" in template else [""]
                states = some([*Article.Status.values, "review"], 2) if "{status}" in template else [""]
                for word, status in itertools.product(words, states):
                    address = template.format(word=word, status=status, kind=kind, id=one.values["id"])
                    found = told(hidden, leaks.get(client, address), address, "desk")
                    wrong += [each for each in found if set(each[2]) - SHARED]
                    cells += 1
        record_property("cells", cells)
        assert not wrong, "\n".join(map(str, wrong))

    def test_what_is_withdrawn_is_gone_everywhere_at_once(self, made, reader, record_property):
        """The words are found before: so does the walk see what there is to see."""
        hidden = made.gone[1]
        leaks.store_pictures(hidden)
        values, words = looked_for(hidden)
        values, names = made.values | values, leaks.SURFACES if EVERY_CELL else TELLING
        found = set()
        for name, address, response in crawl(reader, names, values, words[:2]):
            found |= set(leaks.seen(response, address, hidden, name))
        assert found >= set(hidden.words.values()) - {"file"}
        hidden, cells, wrong = leaks.withdraw(made), 0, []
        for name, address, response in crawl(reader, names, values, words[:2]):
            wrong += told([hidden], response, address, name)
            cells += 1
        record_property("cells", cells)
        assert not wrong, "\n".join(map(str, wrong))
        assert reader.get(f"/articles/{hidden.values['slug']}/").status_code == 410

    def test_a_hidden_address_answers_like_one_that_never_was(self, made, reader, record_property):
        cells, wrong = 0, []
        for one in leaks.hide_all(made):
            for template, place in some(below_it(), 6):
                if place not in one.values:
                    continue
                value, cells = one.values[place], cells + 1
                was, never = (
                    reader.get(template.format(**FILLED | {place: each})) for each in (value, never_of(value))
                )
                if told_of(was, value) != told_of(never, never_of(value)):
                    wrong.append((one.state, template, was.status_code, never.status_code))
        record_property("cells", cells)
        assert not wrong, "\n".join(map(str, wrong))

    def test_a_hub_is_told_of_nothing_that_is_hidden(self, made, monkeypatch):
        told = []
        monkeypatch.setattr("articles.hub.ping", lambda hub, url: told.append(url))
        hub.look()
        before = set(Topic.objects.values_list("address", "state"))
        leaks.hide_all(made)
        hub.look()
        assert set(Topic.objects.values_list("address", "state")) == before
        assert hub.tell("http://hub", "http://here", timezone.now()) == 0 and told == []
        leaks.withdraw(made)
        hub.look()
        assert hub.tell("http://hub", "http://here", timezone.now()) > 0
        assert not [url for url in told if any(word in url for word in made.gone[1].words)]


def never_of(value):
    """Return what was never there, as long as the hidden `value`."""
    return NEVER + value[len(NEVER) :]


def told(hidden, response, address, name):
    """Return [(state, address, fields), …] of the `hidden` whose words the response at `address` has."""
    found = ((one.state, address, leaks.seen(response, address, one, name)) for one in hidden)
    return [each for each in found if each[2]]


def below_it():
    """Return [(template, place), …] of the addresses that begin with what names something hidden."""
    own = {
        "/articles/{slug}": "slug", "/{slug}": "slug", "/authors/{author}": "author", "/series/{series}": "series",
        "/sources/{key}": "key", "/pictures/{picture}": "picture",
    }  # fmt: skip
    every = [template for templates in leaks.SURFACES.values() for template in templates]
    return [(template, place) for template in every for begun, place in own.items() if template.startswith(begun)]


def told_of(response, word):
    """Return everything that `response` says, without the `word`, and without the mark of its content."""
    headers = {name: value.replace(word, "") for name, value in response.headers.items() if name != "ETag"}
    return response.status_code, response.content.replace(word.encode(), b""), headers


# What befell others in 2026 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {"X-Ghost-Preview": "1", "X-Preview": "xqpoison", "X-WP-Preview": "1"},  # Ghost, CVE-2026-53943
        {"Cookie": "theme_ids=xqpoison; color_scheme_id=xqpoison; preview=1"},  # Discourse, CVE-2026-55674
        {"Authorization": "Basic xqpoison"},  # Django, CVE-2026-35193
        {"X-Original-URL": "/xqpoison/", "X-Rewrite-URL": "/xqpoison/", "X-Forwarded-Host": "xqpoison"},
    ],
)
def test_no_header_or_cookie_poisons_what_others_get(reader, told):
    make_article("Shown", slug="shown", themes=["Syria"])
    for address in ("/", "/articles/shown/", "/themes/syria/", "/feed.atom", "/search/?q=shown"):
        first = Client(headers={"host": "testserver"} | told)
        first.handler = reader.handler
        poisoned, clean = first.get(address), reader.get(address)
        assert poisoned.content == clean.content and b"xqpoison" not in clean.content + str(clean.headers).encode()
        reader.handler.cache.forget()
        assert reader.get(address).content == clean.content


def test_a_validator_that_is_known_by_other_means_opens_nothing(client):
    """Wagtail, GHSA-92hv-j533-69wc: a file was told by its hash in a conditional request."""
    article = make_article("xqtitle", slug="xqslug", published=False)
    name = default_storage.save("0123456789abcdef.jpg", ContentFile(b"x"))
    for tag in ("*", '"0123456789abcdef"', f'"{article.working.digest}"', f'W/"{article.uid}"'):
        for address in ("/articles/xqslug/", "/articles/xqslug/card.png", "/drafts/x/", "/pictures/no-such.jpg"):
            for header in ("If-None-Match", "If-Match", "If-Range"):
                assert client.get(address, headers={header: tag, "Range": "bytes=0-0"}).status_code == 404, (
                    address,
                    tag,
                )
    assert name


def test_a_key_tells_no_address(client, writer, keeper):
    """Discourse, CVE-2026-23743: permalinks told the slugs of what was private."""
    hidden = make_article("xqtitle", slug="xqslug", published=False)
    kind = ContentType.objects.get_for_model(Article).pk
    for user in (None, writer, keeper):
        if user:
            client.force_login(user)
        for address in (
            f"/articles/{hidden.pk}/",
            f"/admin/r/{kind}/{hidden.pk}/",
            f"/admin/r/ {kind}/{hidden.pk}/",
            f"/admin/r/0{kind}/{hidden.pk}/",
        ):
            answer = client.get(address)
            assert "xqslug" not in answer.get("Location", "") and answer.status_code in {302, 404}, (user, address)


def test_whoever_may_see_it_is_led_to_it(client, editor, writer):
    kind = ContentType.objects.get_for_model(Article).pk
    article, own = make_article(slug="pipes"), make_article(slug="mine", published=False, by=writer)
    client.force_login(writer)
    assert client.get(f"/admin/r/{kind}/{article.pk}/")["Location"] == "/articles/pipes/"
    assert client.get(f"/admin/r/{kind}/{own.pk}/")["Location"] == "/articles/mine/"
    for wrong in (
        f"{kind}/0",
        f"{kind}/x",
        f"{10**30}/1",
        f"0/{article.pk}",
        f"{ContentType.objects.get_for_model(User).pk}/{writer.pk}",
    ):
        assert client.get(f"/admin/r/{wrong}/").status_code == 404, wrong


def test_no_filter_reads_what_is_not_public(client):
    """Ghost, CVE-2026-26980 and CVE-2023-31133: private fields by what a filter finds."""
    make_article("Shown", slug="shown", themes=["Syria"], by=User.objects.create_superuser("xqname"))
    shown = client.get("/articles/")
    for query in ("created_by__username=xqname", "working__fields__title=Shown", "order=working__saved_at", "theme=Syria'--",
                  "author__user__password__startswith=p", "filter=created_by:xqname", "fields=created_by", "include=revisions"):  # fmt: skip
        answer = client.get(f"/articles/?{query}")
        assert answer.status_code in {301, 404} or answer.content == shown.content, query
        assert "xqname" not in answer.content.decode().replace("created_by:xqname", "").replace("username=xqname", "")


def test_no_list_of_the_desk_is_edited_in_place():
    """Django, CVE-2026-4292: a list that can be edited lets rows be made."""
    assert [desk for desk in admin.site._registry.values() if desk.list_editable] == []


# When it is time ------------------------------------------------------------------------------------------------------


def test_when_its_time_comes_a_scheduled_article_is_everywhere(client, monkeypatch):
    at = timezone.now() + datetime.timedelta(hours=1)
    article = make_article("Coming", slug="xqslug", body="xqbody", themes=["Syria", "Libya"], series=leaks.make_series("Shared series"), at=at)  # fmt: skip
    assert client.get("/articles/xqslug/").status_code == 404
    later = timezone.now() + datetime.timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get("/articles/xqslug/").status_code == 200
    for address in (
        "/", "/articles/", "/themes/syria/", "/themes/libya+syria/", "/feed.rss", "/themes/syria/feed.atom",
        "/authors/the-editors/feed.json", "/search/?q=xqbody", "/sitemap-articles-0.xml", "/series/shared-series/",
    ):  # fmt: skip
        assert "xqslug" in client.get(address).content.decode(), address
    assert {theme.count for theme in client.get("/themes/").context["themes"]} == {1}
    assert article.revisions.count() == 2


def test_public_pages_set_no_cookie_and_do_not_vary_by_it(client, editor):
    make_article("Shown", slug="shown", themes=["Syria", "Libya"])
    values = {"slug": ["shown"], "theme": ["syria"], "author": ["the-editors"], "word": ["shown"], "part": ["sho"]}
    names = some([name for name in leaks.SURFACES if name], 15)
    anonymous = {address: response for _name, address, response in crawl(client, names, values)}
    client.force_login(editor)
    for address, response in anonymous.items():
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        again = client.get(address)
        assert again.streaming or again.content == response.content, address


def test_a_preview_is_for_nobody_else_and_kept_by_nobody(client, writer, other_writer):
    article = make_article("xqtitle", published=False, by=writer)
    link = publishing.share(article, by=writer, days=1)
    fields = make_fields("xqtyped")
    kept = publishing.keep(article, fields, by=writer, based_on=article.working_id, form="0" * 32)
    base = f"/admin/articles/article/{article.pk}/"
    asked = [
        ("get", f"/drafts/{link.token}/"), ("post", f"{base}preview/"), ("get", f"{base}revisions/1/"),
        ("get", f"{base}revisions/1/preview/"), ("get", f"{base}history/"), ("get", f"{base}kept/{kept.pk}/"),
        ("post", f"{base}keep/"), ("get", f"{base}change/"), ("get", "/admin/articles/article/suggest/?q=xq"),
        ("get", "/admin/articles/article/cite/?q=xq"),
    ]  # fmt: skip
    for user in (writer, other_writer):
        client.force_login(user)
        for method, address in asked:
            answer = getattr(client, method)(
                address, {"title": "xqtyped", "body": "x", "form": "1" * 32} if method == "post" else {}
            )
            assert answer["Cache-Control"] == "private, no-store", address
            if user == other_writer and not address.startswith("/drafts/"):
                assert not re.search("xqt", answer.content.decode()), address
