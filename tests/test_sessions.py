"""Sessions of the desk: new at each login, gone when they should be, in cookies that go nowhere else."""

import datetime
import re
import runpy
import uuid

import pytest
from django.conf import settings as site_settings
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from articles.models import Article, KeptPage

from .conftest import ThroughTheCache
from .make import ago, make_article, make_user
from .test_desk import posted

ROOT = site_settings.BASE_DIR
LOGIN, LIST, ADD = "/admin/login/", "/admin/articles/article/", "/admin/articles/article/add/"
KEEP = "/admin/articles/article/add/keep/"


def log_in(client, name="alice", password="alice-password"):  # noqa: S107
    assert client.post(LOGIN, {"username": name, "password": password, "next": LIST}).status_code == 302
    return client


def inside(client):
    return client.get(LIST).status_code == 200


@pytest.fixture
def described(monkeypatch):
    """Return what the settings are with some variables of the environment."""

    def read(**variables):
        monkeypatch.setenv("SECRET_KEY", "x" * 60)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "relations_site" / "settings.py"))

    return read


@pytest.mark.django_db
def test_a_login_begins_a_session_of_its_own(writer):
    client = Client()
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    log_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["own", "administrator"])
def test_a_changed_password_ends_all_others(writer, chief, by):
    here, there = log_in(Client()), log_in(Client())
    if by == "own":
        typed = {"old_password": "alice-password", "new_password1": "long and new 1", "new_password2": "long and new 1"}
        assert here.post("/admin/password_change/", typed).status_code == 302
    else:
        desk = Client()
        desk.force_login(chief)
        typed = {"password1": "long and new 1", "password2": "long and new 1", "usable_password": "true"}
        assert desk.post(f"/admin/auth/user/{writer.pk}/password/", typed).status_code == 302
    assert inside(here) == (by == "own")
    assert not inside(there)


def ends(client):
    """Return when the session of `client` ends."""
    return Session.objects.get(pk=client.session.session_key).expire_date


@pytest.mark.django_db
def test_it_ends_after_twelve_hours_without_use(writer, clock):
    client = log_in(Client())
    client.get(LIST)
    assert client.cookies["sessionid"]["max-age"] == 12 * 3600
    assert abs(ends(client) - timezone.now() - datetime.timedelta(hours=12)) < datetime.timedelta(minutes=5)
    Session.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
    assert not inside(client)


@pytest.mark.django_db
def test_use_makes_it_last_longer_and_writes_it_seldom(writer, clock, django_assert_num_queries):
    client = log_in(Client())
    client.get(LIST)
    soon = timezone.now() + datetime.timedelta(hours=1)
    Session.objects.update(expire_date=soon)
    clock.goes_on(minutes=9)
    client.get(LIST)
    assert ends(client) == soon
    clock.goes_on(minutes=2)
    client.get(LIST)
    assert ends(client) > soon


@pytest.mark.django_db
def test_a_form_left_open_keeps_nobody_logged_in_but_typing_does(writer, clock):
    client = log_in(Client())
    client.get(LIST)
    soon = timezone.now() + datetime.timedelta(hours=1)
    Session.objects.update(expire_date=soon)
    clock.goes_on(hours=1)
    form = posted(title="A title", body="Words.", form=uuid.uuid4())
    assert client.post(KEEP, form).status_code == 200
    assert ends(client) == soon
    article = Article.objects.get()
    assert (
        client.post(
            f"/admin/articles/article/{article.pk}/keep/", posted(article, body="More.", form=uuid.uuid4(), changed=1)
        ).status_code
        == 200
    )
    assert ends(client) > soon


@pytest.mark.django_db
def test_logging_out_leaves_no_session_behind(writer, clock):
    client = log_in(Client())
    client.get(LIST)
    clock.goes_on(hours=1)
    client.post("/admin/logout/")
    assert not Session.objects.exists()


def test_cookies_are_for_this_host_and_its_pages_alone(described):
    over_https, plain = described(HTTPS="1"), described(HTTPS="0")
    assert (over_https["SESSION_COOKIE_NAME"], plain["SESSION_COOKIE_NAME"]) == ("__Host-sessionid", "sessionid")
    assert (over_https["CSRF_COOKIE_NAME"], plain["CSRF_COOKIE_NAME"]) == ("__Host-csrftoken", "csrftoken")
    for name in ("SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        assert over_https[name] is True
    assert over_https["SESSION_COOKIE_SAMESITE"] == over_https["CSRF_COOKIE_SAMESITE"] == "Lax"
    for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH"):
        assert name not in over_https  # a __Host- cookie has no domain, and the path /


def test_the_environment_says_how_long_and_for_whom(described):
    assert described()["SESSION_COOKIE_AGE"] == 12 * 3600
    assert described()["SECOND_FACTOR_GROUPS"] == []
    told = described(IDLE_HOURS="3", SECOND_FACTOR_GROUPS="Editor, Theme keeper,")
    assert (told["SESSION_COOKIE_AGE"], told["SECOND_FACTOR_GROUPS"]) == (3 * 3600, ["Editor", "Theme keeper"])
    with pytest.raises(ImproperlyConfigured, match="IDLE_HOURS"):
        described(IDLE_HOURS="0")


@pytest.mark.parametrize("https", ["0", "1"])
def test_nginx_knows_the_cookie_of_who_is_logged_in(described, https):
    said = (ROOT / "relations_site" / "deploy" / "nginx.conf").read_text()
    pattern = re.search(r'"~\*(\S*sessionid=)"\s+1;', said)[1]
    name = described(HTTPS=https)["SESSION_COOKIE_NAME"]
    for cookie in (f"{name}=x", f"a=b; {name}=x", f"a=b;{name}=x; c=d"):
        assert re.search(pattern, cookie, re.IGNORECASE)
    for cookie in ("theme=dark", f"my{name}=x"):
        assert not re.search(pattern, cookie, re.IGNORECASE)


@pytest.fixture(params=["sessionid", "__Host-sessionid"])
def named(request, settings):
    """The cookie has that name."""
    settings.SESSION_COOKIE_NAME = request.param


@pytest.mark.django_db
def test_the_page_cache_knows_it_too(named, chief):
    make_article("Pipes", slug="pipes")
    client = Client(headers={"host": "testserver"})
    client.handler = ThroughTheCache()
    client.get("/articles/pipes/")
    Article.objects.filter(slug="pipes").update(title="Changed behind the cache")
    assert "Changed behind the cache" not in client.get("/articles/pipes/").content.decode()
    client.force_login(chief)
    assert "Changed behind the cache" in client.get("/articles/pipes/").content.decode()


@pytest.mark.django_db
def test_and_so_do_pages_kept_in_the_database(named, chief, kept, settled):
    make_article("Pipes", slug="pipes", themes=["Syria"], at=ago(days=3))
    client = Client()
    client.force_login(chief)
    client.get("/themes/syria/")
    assert not KeptPage.objects.exists()
    client.logout()
    client.get("/themes/syria/")
    assert KeptPage.objects.exists()


def test_the_forms_script_knows_the_name_of_the_token():
    said = (ROOT / "static" / "desk" / "keep.js").read_text()
    assert "`__Host-${name}`" in said


@pytest.mark.django_db
def test_readers_get_no_cookie(client):
    make_user("alice")
    make_article("Pipes", slug="pipes")
    assert not client.get("/articles/pipes/").cookies
