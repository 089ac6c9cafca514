"""Five roles at every address of the desk, with their own and with others' rows, and what could be slipped into a form."""

import uuid
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.db import transaction
from django.test import Client
from django.urls import reverse

from articles import publishing
from articles.models import Article, Picture, Upload

from .make import make_article, make_author, make_fields, make_series, make_source, make_theme
from .rights import FORGED, RIGHTS, Fields, asked, desk_addresses, entry_of, is_refused, last_keys, stored
from .thorough import EVERY_CELL

pytestmark = pytest.mark.django_db
FORM = uuid.UUID(int=7)
GROUPS = {"w": "Writer", "e": "Editor", "k": "Theme keeper"}


@pytest.fixture(scope="class")
def cast(shared_rows):
    """One of each role, rows of every kind, and articles that are Alice's (the Writer's) and that are not."""
    people = {}
    for letter, name in {"w": "alice", "e": "bob", "k": "dora", "c": "chief", "o": "charlie", "f": "xqforger"}.items():
        people[letter] = User.objects.create(
            username=name, is_staff=True, is_superuser=letter == "c", password=make_password(None)
        )
        people[letter].groups.set(Group.objects.filter(name=GROUPS.get(letter, "Writer" if letter == "o" else "")))
    theme, author, alice = make_theme("Syria"), make_author(), make_author("Alice", user=people["w"])
    articles = {
        "own draft": make_article(published=False, by=people["w"], themes=[theme]),
        "own live": make_article(themes=[theme], authors=[alice]),
        "other draft": make_article("xqother", published=False, by=people["o"], themes=[theme], slug="xqother"),
        "other live": make_article(themes=[theme], by=people["o"]),
    }
    kept = {
        name: publishing.keep(
            row, make_fields("Typed", themes=[theme]), by=people["w" if "own" in name else "o"], based_on=row.working_id,
            form=FORM if "own" in name else uuid.uuid4(),
        ).pk
        for name, row in articles.items() if "draft" in name
    }  # fmt: skip
    picture = Picture.objects.create(
        file="a.jpg", width=10, height=10, sized="a.jpg", digests={"a.jpg": ""}, alt="A picture"
    )
    page = FlatPage.objects.create(url="/about/", title="About", content="Words.")
    page.sites.set([1])
    rows = {
        "articles_theme": theme, "articles_author": author, "articles_series": make_series(), "articles_picture": picture,
        "articles_source": make_source("tass-2025"), "flatpages_flatpage": page, "sites_site": Site.objects.get(),
        "auth_user": people["o"], "auth_group": Group.objects.get(name="Writer"),
        "redirects_redirect": Redirect.objects.create(site_id=1, old_path="/old/", new_path="/new/"),
        "articles_upload": Upload.objects.create(user=people["c"], name="x.xml", content=b"<rss/>", stage="seen"),
    }  # fmt: skip
    clients = {"n": Client()}
    for letter in "wekc":
        clients[letter] = Client()
        clients[letter].force_login(people[letter])
    return SimpleNamespace(people=people, articles=articles, kept=kept, rows=rows, clients=clients)


def places(cast, route, name):
    """Return [(address, whose, key), …]: the address, with each article where it is one of an article."""
    kwargs = {"app_label": "articles", "url": "no/such/page"}
    if name == "view_on_site":
        kind = ContentType.objects.get_for_model(Article).pk
        return [
            (f"/admin/r/{kind}/{row.pk}/", whose)
            for whose, row in cast.articles.items()
            if "draft" in whose  # everybody may see what is public
        ]
    model = "_".join(route.split("/")[1:3])
    if model != "articles_article" or "<" not in route:
        key = cast.rows[model].pk if model in cast.rows else ""
        for part in ("<path:object_id>", "<int:pk>", "<id>"):
            route = route.replace(part, str(key))
        return [("/" + route.replace("^(?P<app_label>articles|flatpages|sites|auth|redirects)/$", "articles/")
                 .replace("(?P<url>.*)$", kwargs["url"]), "")]  # fmt: skip
    found = []
    for whose, row in cast.articles.items():
        if "<int:revision>" in route and whose not in cast.kept:
            continue
        if name in {"articles_article_delete", "articles_article_withdraw"} and "live" in whose:
            continue  # never deleted, whoever asks; withdrawn like drafts
        address = route.replace("<path:object_id>", str(row.pk)).replace("<int:pk>", str(row.pk))
        address = address.replace("<int:number>", "1").replace("<int:revision>", str(cast.kept.get(whose, 0)))
        found.append((f"/{address}", whose))
    return found


def allowed(who, letter, whose):
    """Whether the roles `who` have one called `letter`, for an article that is `whose`."""
    return letter in who or (letter.upper() in who and whose.startswith("own"))


def body_of(cast, name, whose):
    """Return what the forms behind the addresses that show none send."""
    row = cast.articles.get(whose)
    based_on = str(row.working_id) if row else ""
    texts = {"title": "Typed", "summary": "Sum.", "body": "Text.", "language": "en", "slug": "", "based_on": based_on}
    texts |= {"themes": cast.rows["articles_theme"].pk, "authors": cast.rows["articles_author"].pk}
    return {
        "articles_article_preview_new": texts,
        "articles_article_preview": texts,
        "articles_article_restore": {"based_on": based_on},
        "articles_article_keep_new": texts | {"form": str(uuid.uuid4()), "changed": "1"},
        "articles_article_keep": texts | {"form": str(uuid.uuid4()), "changed": "1"},
        "articles_article_share": {"days": "7"},
        "articles_article_talk": {"text": "A remark."},
        "second_factors": {"user": str(cast.people["o"].pk)},
    }.get(name, {})


class TestTheDesk:
    """On rows that are made once."""

    def test_every_address_has_an_entry(self):
        there = {entry_of(*address) for address in desk_addresses()}
        assert there - set(RIGHTS) == set(), "say in tests/rights.py who may do what there"
        assert set(RIGHTS) - there == set()

    @pytest.mark.large
    def test_nobody_gets_further_than_their_rights(self, cast, record_property):
        forged, cells, wrong = forgeries(cast), 0, []
        for name, reads, writes, address, whose, letter in walk(cast):
            for method in ("get", "post", *(("PUT", "DELETE", "PATCH") if EVERY_CELL else ())):
                who = {"get": reads, "post": reads if writes == "=" else writes}.get(method, "")
                if allowed(who, letter, whose) and (not EVERY_CELL or method == "post"):
                    continue  # what can be slipped in there is tried below
                if letter == "n" and method == "post" and not EVERY_CELL:
                    continue  # they get what they typed back: a page that takes its time
                response, changed = asked(cast.clients[letter], method, address, forged if method == "post" else {})
                refused = is_refused(name, response)
                if refused == allowed(who, letter, whose) or (refused and changed) or may_be_kept(address, response):
                    wrong.append((letter, method, address, whose, response.status_code, changed))
                cells += 1
        record_property("cells", cells)
        assert not wrong, "\n".join(map(str, wrong))

    def test_other_methods_are_refused_by_all(self, cast):
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW"):
            for name in ("index", "login", "articles_article_add", "auth_user_add", "password_change"):
                assert cast.clients["c"].generic(method, reverse(f"admin:{name}")).status_code == 405, (method, name)

    @pytest.mark.large
    def test_nothing_can_be_slipped_into_a_form(self, cast, record_property):
        forged, known, cells, wrong = forgeries(cast), last_keys(), 0, []
        for name, reads, writes, address, whose, letter in walk(cast):
            if (
                writes == "="
                or not allowed(writes, letter, whose)
                or name in {"login", "logout"}
                or (letter != "w" and not EVERY_CELL)
            ):
                continue
            client, body = cast.clients[letter], body_of(cast, name, whose)
            with transaction.atomic():
                if not body and allowed(reads, letter, whose):
                    body = Fields(client.get(address).content.decode()).sent
                transaction.set_rollback(True)
            own = {field.rpartition("-")[2] for field in body}
            came = []
            for extra in ({}, {field: value for field, value in forged.items() if field not in own}):
                with transaction.atomic():
                    came.append((client.post(address, body | extra).status_code, stored(known)))
                    transaction.set_rollback(True)
            if came[0] != came[1]:
                wrong.append((letter, address, whose, came[0][0], came[1][0], differing(came[0][1], came[1][1])))
            cells += 1
        record_property("cells", cells)
        assert not wrong, "\n".join(map(str, wrong))


def walk(cast):
    """Yield (name, who reads, who writes, address, whose article, letter of a role) of everything to be tried."""
    for route, name in desk_addresses():
        reads, writes = RIGHTS[entry_of(route, name)]
        for address, whose in places(cast, route, name):
            for letter in cast.clients:
                yield name, reads, writes, address, whose, letter


def may_be_kept(address, response):
    """Whether anybody may keep the answer at an `address` of the desk; its words alone are for all."""
    return response.get("Cache-Control") != "private, no-store" and not address.endswith("/jsi18n/")


def differing(one, other):
    """Return the rows that only one of two states of the database has."""
    return {table: set(one[table]) ^ set(other[table]) for table in one if one[table] != other[table]}


def forgeries(cast):
    """Return the forged fields, with the rows they name."""
    names = {"forger": cast.people["f"].pk, "group": Group.objects.get(name="Editor").pk}
    return {name.strip("_"): value.format(**names) for name, value in FORGED.items() if name != "action_"}
