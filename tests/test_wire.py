"""Whatever strangers send over the wire: an answer, safe for browsers, the same for everybody. Full counts: `tests.trust`."""

import pytest
from django.contrib.redirects.models import Redirect
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.test.utils import override_settings

from relations_site.settings import hosts, hub

from . import visits, wire
from .crawl import desk, library, pages
from .thorough import times

pytestmark = pytest.mark.django_db


@pytest.fixture
def values():
    return library()


def test_every_page_is_there_safe_and_without_a_cookie(reader, values):
    assert wire.unsafe(reader, pages(values)) == []


@pytest.mark.large
def test_absurd_addresses_parameters_and_methods_get_an_answer(client, values):
    asked, wrong = wire.absurd(client, values, most=times(250, 400))
    assert asked >= 250 and wrong == []


@pytest.mark.large
def test_no_redirect_leads_elsewhere(client, values, editor):
    asked, wrong = wire.led_elsewhere(client, values, editor, most=times(12, 16))
    assert asked >= 150 and wrong == []


@pytest.mark.large
def test_no_header_reaches_a_page(reader, values, settled):
    asked, wrong = wire.reflected(reader, pages(values), most=times(6, 12))
    assert asked >= 500 and wrong == []


@pytest.mark.large
def test_everybody_is_shown_the_same(reader, values, chief, settled):
    asked, wrong = visits.differing(reader, pages(values), wire.session_of(chief), orders=1)
    assert asked >= 400 and wrong == []


@pytest.mark.large
def test_the_desk_is_stored_nowhere_and_posts_need_a_token(chief, values):
    client = Client(enforce_csrf_checks=True)
    client.force_login(chief)
    assert len(desk()) > 90
    assert wire.loose(client, desk()) == []


def test_no_cache_of_djangos_own_is_in_the_way(settings):
    assert not [name for name in settings.MIDDLEWARE if "Cache" in name]


def test_a_browser_gets_another_session_when_somebody_logs_in(editor):
    client = Client()
    client.get("/admin/login/")
    client.session["seen"] = 1
    session = client.session
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    client.post("/admin/login/", {"username": "bob", "password": "bob-password"})
    assert client.cookies["sessionid"].value != before
    assert Client(headers={"cookie": f"sessionid={before}"}).get("/admin/").status_code == 302


@override_settings(HTTPS=True, SECURE_SSL_REDIRECT=True)
def test_https_is_asked_for_at_our_own_host_alone(client):
    answer = client.get("/articles/?q=1", headers={"x-forwarded-host": "elsewhere.example"})
    assert answer["Location"] == "https://testserver/articles/?q=1"
    assert client.get("/", headers={"host": "elsewhere.example"}).status_code == 400


@pytest.mark.parametrize(
    "path", ["//elsewhere.example/", "/\\elsewhere.example/", "https://elsewhere.example/", "\\\\elsewhere.example"]
)
def test_no_former_address_leads_elsewhere_whatever_is_in_the_table(client, chief, path):
    client.force_login(chief)
    typed = {"site": 1, "old_path": "/old/", "new_path": path}
    assert client.post("/admin/redirects/redirect/add/", typed).status_code == 200
    Redirect.objects.create(site_id=1, old_path="/old/", new_path=path)
    answer = client.get("/old/")
    assert answer.status_code == 404 or not wire.leads_off(answer["Location"])


def test_a_hub_is_where_the_site_may_go():
    for url in ("", "https://hub.example.org/", "http://hub.example.org:80/x"):
        assert hub(url) == url
    for url in (
        "hub.example.org",
        "https://hub.example.org:8443/",
        "https://hub.example.org:x/",
        "ftp://hub.example.org/",
    ):
        with pytest.raises(ImproperlyConfigured, match="HUB_URL"):
            hub(url)


def test_hosts_are_named_in_full():
    assert hosts("example.org, [::1],") == ["example.org", "[::1]"]
    for text in ("*", "example.org,.example.org", "*.example.org"):
        with pytest.raises(ImproperlyConfigured, match="HOSTS"):
            hosts(text)
