"""The audit log: who did what, when and from where, with before and after, in the transaction of the thing itself."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import publishing
from articles.models import Article, AuditEntry, Theme, audit

from .make import change, make_article, make_theme, make_user
from .test_desk import ADD, form_of, posted
from .test_second_factor import CODE, COLLEAGUES, OWN, password, set_up  # noqa: F401 - set_up is a fixture
from .test_taxonomy import opened

pytestmark = pytest.mark.django_db
LOGIN, LOG = "/admin/login/", "/admin/articles/auditentry/"
Act = AuditEntry.Act


@pytest.fixture
def desk(chief, clock):
    client = Client(REMOTE_ADDR="203.0.113.5")
    client.force_login(chief)
    return client


def told(*acts):
    """Return what the log holds, oldest first, as (act, who, what); of `acts` alone, if any are given."""
    entries = AuditEntry.objects.order_by("pk").filter(**({"act__in": acts} if acts else {}))
    return list(entries.values_list("act", "who", "what"))


def last(act):
    """Return the newest entry of `act`."""
    return AuditEntry.objects.filter(act=act).first()


def test_logins_good_bad_and_throttled_are_told(clock):
    make_user("alice", "Editor")
    client = Client(REMOTE_ADDR="203.0.113.5")
    for name, typed in [("alice", "wrong"), ("nobody", "a secret"), ("alice", "alice-password")]:
        client.post(LOGIN, {"username": name, "password": typed})
    assert told() == [(Act.BAD_LOGIN, "alice", ""), (Act.BAD_LOGIN, "", ""), (Act.LOGIN, "alice", "")]
    addresses = set(AuditEntry.objects.values_list("address", flat=True))
    assert len(addresses) == 1 and len(addresses.pop()) == 16
    stored = str(list(AuditEntry.objects.values()))
    assert "203.0" not in stored and "secret" not in stored
    assert last(Act.LOGIN).at == clock.now


def test_a_pause_is_told_once_however_often_something_is_tried_in_it(clock):
    make_user("alice")
    client = Client()
    for _number in range(12):
        client.post(LOGIN, {"username": "alice", "password": "wrong"})
    assert told(Act.THROTTLED) == [(Act.THROTTLED, "alice", "")]
    clock.goes_on(minutes=1)
    for _number in range(3):
        client.post(LOGIN, {"username": "alice", "password": "wrong"})
    assert len(told(Act.THROTTLED)) == 2
    assert len(told(Act.BAD_LOGIN)) == 6


def test_the_hash_of_an_address_is_another_one_next_month(clock):
    make_user("alice")
    for _month in range(2):
        Client().post(LOGIN, {"username": "alice", "password": "alice-password"})
        clock.goes_on(days=32)
    assert len(set(AuditEntry.objects.values_list("address", flat=True))) == 2


def test_second_factors_are_told(clock, chief, set_up):  # noqa: F811
    alice = make_user("alice", "Editor")
    client, device, _codes = set_up(alice)
    pending, _answer = password()
    pending.post(CODE, {"code": "000000"})
    pending.post(CODE, {"code": device.shows()})
    pending.post(OWN, {"wish": "codes", "code": device.shows(), "password": "alice-password"})
    pending.post(OWN, {"wish": "remove", "code": device.shows(), "password": "alice-password"})
    set_up(alice)
    desk = Client()
    desk.force_login(chief)
    desk.post(COLLEAGUES, {"user": alice.pk, "password": "chief-password"})
    assert told() == [
        (Act.FACTOR_SET, "alice", "alice"), (Act.BAD_CODE, "alice", ""), (Act.LOGIN, "alice", ""), (Act.CODES, "alice", "alice"),
        (Act.FACTOR_REMOVED, "alice", "alice"), (Act.FACTOR_SET, "alice", "alice"), (Act.FACTOR_RESET, "chief", "alice"),
    ]  # fmt: skip


def test_codes_that_are_tried_too_often_are_told(set_up):  # noqa: F811
    set_up(make_user("alice", "Editor"))
    client, _answer = password()
    for _number in range(8):
        client.post(CODE, {"code": "000000"})
    assert told(Act.THROTTLED) == [(Act.THROTTLED, "alice", "")]


def test_passwords_are_told_and_not_what_they_are(desk, writer):
    new = {"password1": "long and new 1", "password2": "long and new 1", "usable_password": "true"}
    assert desk.post(f"/admin/auth/user/{writer.pk}/password/", new | {"password2": "x"}).status_code == 200
    assert desk.post(f"/admin/auth/user/{writer.pk}/password/", new).status_code == 302
    own = {"old_password": "chief-password", "new_password1": "long and new 2", "new_password2": "long and new 2"}
    assert desk.post("/admin/password_change/", own).status_code == 302
    assert told(Act.PASSWORD) == [(Act.PASSWORD, "chief", "alice"), (Act.PASSWORD, "chief", "chief")]
    stored = str(list(AuditEntry.objects.values()))
    assert "md5" not in stored and "long and new" not in stored


def test_users_groups_and_rights_are_told_with_before_and_after(desk, writer):
    editors = Group.objects.get(name="Editor")
    typed = opened(desk, writer, groups=[editors.pk], is_superuser="on")
    assert desk.post(f"/admin/auth/user/{writer.pk}/change/", typed).status_code == 302
    entry = last(Act.CHANGED)
    assert (entry.who, entry.what, entry.kind, entry.row_key) == ("chief", "alice", "auth.user", writer.pk)
    assert (entry.before["groups"], entry.after["groups"]) == (["Writer"], ["Editor"])
    assert (entry.before["is_superuser"], entry.after["is_superuser"]) == ("False", "True")
    assert "username" not in entry.after and "password" not in entry.before
    right = editors.permissions.first()
    typed = opened(desk, editors, permissions=[right.pk])
    assert desk.post(f"/admin/auth/group/{editors.pk}/change/", typed).status_code == 302
    entry = last(Act.CHANGED)
    assert (
        entry.kind == "auth.group"
        and len(entry.before["permissions"]) > 1
        and entry.after == {"permissions": [str(right)]}
    )
    assert desk.post("/admin/auth/group/add/", {"name": "Guests"}).status_code == 302
    assert last(Act.ADDED).what == "Guests"
    assert desk.post(f"/admin/auth/user/{writer.pk}/delete/", {"post": "yes"}).status_code == 302
    assert (last(Act.DELETED).what, last(Act.DELETED).before["username"]) == ("alice", "alice")
    assert not {"password", "last_login"} & set(last(Act.DELETED).before)
    action = {"action": "delete_selected", "_selected_action": [editors.pk], "post": "yes"}
    assert desk.post("/admin/auth/group/", action).status_code == 302
    assert last(Act.DELETED).what == "Editor"


def test_the_form_of_a_group_asks_no_more_the_more_rights_it_has(desk, writer):
    asked = []
    for few in (Permission.objects.order_by("pk")[:2], Permission.objects.all()):
        group = Group.objects.create(name=f"Group {len(few)}")
        group.permissions.set(few)
        writer.user_permissions.set(few)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(f"/admin/auth/group/{group.pk}/change/").status_code == 200
            assert desk.get(f"/admin/auth/user/{writer.pk}/change/").status_code == 200
        asked.append(len(queries))
    assert asked[1] <= asked[0]


def test_a_form_saved_unchanged_tells_nothing(desk, writer):
    data = opened(desk, writer)
    assert desk.post(f"/admin/auth/user/{writer.pk}/change/", data).status_code == 302
    assert told() == []


def test_publications_are_told(desk, chief):
    assert desk.post(ADD, posted(title="Pipes", action="publish")).status_code == 302
    article = Article.objects.get()
    entry = last(Act.PUBLISHED)
    assert (entry.who, entry.what, entry.kind, entry.row_key) == ("chief", "Pipes", "articles.article", article.pk)
    assert entry.address and entry.before["revision"] is None and entry.after["revision"] == article.live.number
    correction = posted(article, title="Pipelines", action="update", change="correction", note="A wrong word.")
    assert desk.post(form_of(article), correction).status_code == 302
    entry = last(Act.PUBLISHED)
    assert (entry.before["title"], entry.after["title"]) == ("Pipes", "Pipelines")
    assert (entry.after["change"], entry.after["note"]) == ("correction", "A wrong word.")
    article.refresh_from_db()
    away = f"/admin/articles/article/{article.pk}/withdraw/"
    assert desk.post(away, {"based_on": article.working_id, "note": "Wrong."}).status_code == 302
    entry = last(Act.WITHDRAWN)
    assert entry.who == "chief" and entry.before["withdrawn_at"] is None and entry.after["note"] == "Wrong."


def test_what_is_refused_is_not_told(desk):
    assert desk.post(ADD, posted(title="", action="publish")).status_code == 200
    assert told() == []


def test_deleted_drafts_are_told_and_their_coming_back(desk):
    article = make_article("A draft", published=False)
    assert desk.post(f"/admin/articles/article/{article.pk}/delete/", {"post": "yes"}).status_code == 302
    assert desk.post(f"/admin/articles/article/{article.pk}/bring-back/").status_code == 302
    assert told() == [(Act.DELETED, "chief", "A draft"), (Act.BROUGHT_BACK, "chief", "A draft")]


def test_merged_and_parted_themes_are_told(desk, chief):
    source, target = make_theme("Gas"), make_theme("Energy")
    merge = publishing.merge_themes(source, target, by=chief)
    entry = last(Act.MERGED)
    assert (entry.who, entry.before["name"], entry.after["name"]) == ("chief", "Gas", "Energy")
    desk.post(f"/admin/articles/theme/{target.pk}/tend/", {"action": "undo", "merge": merge.pk})
    assert told(Act.PARTED) == [(Act.PARTED, "chief", "Gas")]


def test_changed_themes_of_articles_are_told(chief):
    article, other = make_article("Pipes", themes=["Gas"]), make_theme("Energy")
    publishing.retag(article, add=[other.pk], by=chief)
    gas = Theme.objects.get(name="Gas")
    entry = last(Act.RETAGGED)
    assert (entry.who, entry.what) == ("chief", "Pipes")
    assert (entry.before, entry.after) == ({"themes": [gas.pk]}, {"themes": [gas.pk, other.pk]})


def test_settings_rows_are_told(desk):
    site = Site.objects.get()
    data = opened(desk, site, name="Another name")
    assert desk.post(f"/admin/sites/site/{site.pk}/change/", data).status_code == 302
    entry = last(Act.CHANGED)
    assert (entry.who, entry.kind) == ("chief", "sites.site")
    assert (entry.before, entry.after) == ({"name": site.name}, {"name": "Another name"})
    page = {"title": "About us", "url": "/about-us/", "content": "Words.", "sites": [site.pk]}
    assert desk.post("/admin/flatpages/flatpage/add/", page).status_code == 302
    assert last(Act.ADDED).after["content"] == "Words."
    row = FlatPage.objects.get(url="/about-us/")
    assert desk.post(f"/admin/flatpages/flatpage/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert last(Act.DELETED).before["title"] == "About us"
    moved = {"site": site.pk, "old_path": "/old/", "new_path": "/new/"}
    assert desk.post("/admin/redirects/redirect/add/", moved).status_code == 302
    assert last(Act.ADDED).after["new_path"] == "/new/"
    row = Redirect.objects.get(old_path="/old/")
    typed = opened(desk, row, new_path="/newer/")
    assert desk.post(f"/admin/redirects/redirect/{row.pk}/change/", typed).status_code == 302
    assert (last(Act.CHANGED).before, last(Act.CHANGED).after) == ({"new_path": "/new/"}, {"new_path": "/newer/"})


def test_an_entry_goes_with_the_thing_it_tells_of():
    article = make_article("Pipes")
    count = AuditEntry.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        change(article, title="Pipelines")
        raise RuntimeError
    assert AuditEntry.objects.count() == count
    article.refresh_from_db()
    assert article.title == "Pipes"


def test_without_an_entry_nothing_is_published(monkeypatch):
    article = make_article("Pipes")

    def full(*args, **kw):
        raise OSError("No space left on device")

    monkeypatch.setattr(type(AuditEntry.objects.all()), "record", full)
    monkeypatch.setattr(type(AuditEntry.objects), "record", full)
    with pytest.raises(OSError, match="No space"):
        change(article, title="Pipelines")
    article.refresh_from_db()
    assert article.title == "Pipes"


def test_entries_are_neither_changed_nor_deleted(desk, chief):
    make_article("Pipes")
    entry = AuditEntry.objects.get()
    for attempt in (
        lambda: entry.save(),
        lambda: entry.delete(),
        lambda: AuditEntry.objects.update(who="somebody"),
        lambda: AuditEntry.objects.all().delete(),
    ):
        with pytest.raises(audit.Unchangeable):
            attempt()
    for address in ("add/", f"{entry.pk}/change/", f"{entry.pk}/delete/", f"{entry.pk}/history/"):
        assert desk.get(LOG + address).status_code == 404
        assert desk.post(LOG + address, {"post": "yes"}).status_code == 404
    desk.post(LOG, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
    assert AuditEntry.objects.get().who == ""


@pytest.mark.parametrize(
    "statement", ["UPDATE articles_auditentry SET who = 'somebody'", "DELETE FROM articles_auditentry"]
)
def test_the_database_itself_keeps_entries_as_they_are(statement):
    make_article("Pipes")
    for sql in (statement, *(["TRUNCATE articles_auditentry"] if connection.vendor == "postgresql" else [])):
        refused = pytest.raises(IntegrityError, match="never changed or deleted")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert told() == [(Act.PUBLISHED, "", "Pipes")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", range(2))
def test_tests_can_empty_the_database_all_the_same(_time):
    assert told() == []
    make_article("Pipes")
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM articles_auditentry")


def test_it_outlives_whoever_it_tells_of(chief):
    make_article("Pipes", by=chief)
    User.objects.filter(pk=chief.pk).delete()
    assert told(Act.PUBLISHED) == [(Act.PUBLISHED, "chief", "Pipes")]


def test_administrators_read_it_with_filters_and_nobody_else(desk, chief, editor):
    article = make_article("Pipes", by=chief)
    change(article, by=editor, title="Pipe<b>lines")
    page = desk.get(LOG)
    shown = page.content.decode()
    assert page.status_code == 200 and "Pipe&lt;b&gt;lines" in shown and "Pipe<b>" not in shown
    assert f"{AuditEntry.objects.first().at:%Y-%m-%d %H:%M:%S} UTC" in shown and "Who did what" in shown
    assert len(desk.get(LOG, {"q": "bob"}).context["cl"].result_list) == 1
    assert len(desk.get(LOG, {"act__exact": "published"}).context["cl"].result_list) == 2
    assert len(desk.get(LOG, {"act__exact": "merged"}).context["cl"].result_list) == 0
    assert len(desk.get(LOG, {"q": "articles.article"}).context["cl"].result_list) == 2
    client = Client()
    client.force_login(editor)
    assert client.get(LOG).status_code == 403
    assert LOG not in client.get("/admin/").content.decode() and LOG in desk.get("/admin/").content.decode()


@pytest.mark.large
def test_the_page_costs_the_same_with_more_entries(desk, django_assert_max_num_queries):
    make_article("Pipes")
    desk.get(LOG)
    for number in range(20):
        make_article(f"Article {number}")
    with django_assert_max_num_queries(7):
        desk.get(LOG)
