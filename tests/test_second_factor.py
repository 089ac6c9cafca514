"""The second factor: set up, asked for, used up, lost, and demanded."""

import re

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from articles.accounts import factor

from .make import make_user

pytestmark = pytest.mark.django_db
LOGIN, CODE, OWN, COLLEAGUES, LIST = (
    "/admin/login/", "/admin/login/code/", "/admin/second-factor/", "/admin/second-factor/colleagues/", "/admin/articles/article/",
)  # fmt: skip
RECOVERY = re.compile(r"<code>([a-z2-7]{5}-[a-z2-7]{5})</code>")


class Device:
    """Somebody's telephone: knows a key and shows codes."""

    def __init__(self, key, clock):
        self.key, self.clock = key, clock

    def shows(self):
        """Return the code of the next half minute."""
        self.clock.goes_on(seconds=30)
        shown = TOTP(bytes.fromhex(self.key))
        shown.time = self.clock().timestamp()
        return f"{shown.token():06d}"


@pytest.fixture
def alice():
    return make_user("alice", "Editor")


def password(name="alice", to="", **kw):
    """Return a client and the answer to the right password of `name`."""
    client = Client(**kw)
    return client, client.post(LOGIN, {"username": name, "password": f"{name}-password", "next": to})


def inside(client):
    """Whether the desk lets `client` in."""
    return client.get(LIST).status_code == 200


@pytest.fixture
def set_up(clock):
    """Let a user set a second factor up; return (client, device, recovery codes)."""

    def make(user):
        client = Client()
        client.force_login(user)
        client.get(OWN)
        device = Device(client.session["second_factor_key"], clock)
        page = client.post(OWN, {"code": device.shows(), "password": f"{user.username}-password"})
        assert page.status_code == 200, page
        return client, device, RECOVERY.findall(page.content.decode())

    return make


def test_it_is_set_up_with_a_code_and_told_in_a_picture_of_our_own(alice, clock, client):
    client.force_login(alice)
    page = client.get(OWN)
    shown = page.content.decode()
    key = client.session["second_factor_key"]
    assert "<svg" in shown and factor.spelt(key) in shown and "http" not in re.search(r"<svg class.*?</svg>", shown)[0]
    assert (
        "img-src 'self' blob: data:" in page["Content-Security-Policy"] and page["Cache-Control"] == "private, no-store"
    )
    assert not re.search(r"<script(?! src)|<style| style=", shown)
    assert client.get(OWN).content.decode().count(factor.spelt(key)) == 1  # the same until it is set up
    wrong = client.post(OWN, {"code": "000000", "password": "alice-password"})
    assert "That code is not right" in wrong.content.decode() and not TOTPDevice.objects.exists()
    done = client.post(OWN, {"code": Device(key, clock).shows(), "password": "alice-password"})
    assert len(set(RECOVERY.findall(done.content.decode()))) == 10
    assert TOTPDevice.objects.get().user == alice
    assert "second_factor_key" not in client.session
    again = client.get(OWN).content.decode()
    assert not RECOVERY.findall(again) and "10 recovery codes are left" in again and key not in again


def test_the_picture_says_what_a_device_needs(alice, settings):
    said = factor.address("3132333435363738393031323334353637383930", alice, "Between: A & M")
    assert said == (
        "otpauth://totp/Between%20%20A%20%26%20M%3Aalice"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Between%20%20A%20%26%20M&digits=6&period=30"
    )
    side, path = factor.drawn(said)
    dark = {
        (int(x) + step, int(y))
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path)
        for step in range(int(length))
    }
    assert re.sub(r"M\d+ \d+h(\d+)v1h-\1z", "", path) == ""
    finder = {(x, y) for x in range(4, 11) for y in range(4, 11)} & dark  # the eye at the top left
    assert len(finder) == 33 and not {point for point in dark if min(point) < 4 or max(point) >= side - 4}


def test_after_the_password_a_code_is_asked_for(alice, set_up):
    _client, device, _codes = set_up(alice)
    client, answer = password(to=LIST)
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    assert not inside(client)
    before = client.session.session_key
    wrong = client.post(CODE, {"code": "123456"})
    assert wrong.status_code == 200 and "not right" in wrong.content.decode() and not inside(client)
    right = client.post(CODE, {"code": device.shows()})
    assert (right.status_code, right["Location"]) == (302, LIST)
    assert inside(client) and client.session.session_key != before


def test_a_code_is_good_once_and_not_much_later(alice, set_up, clock):
    _client, device, _codes = set_up(alice)
    code = device.shows()
    assert password()[0].post(CODE, {"code": code}).status_code == 302
    assert password()[0].post(CODE, {"code": code}).status_code == 200
    old = device.shows()
    clock.goes_on(minutes=2)
    assert password()[0].post(CODE, {"code": old}).status_code == 200
    assert password()[0].post(CODE, {"code": device.shows()}).status_code == 302


def test_each_recovery_code_is_good_once_however_it_is_typed(alice, set_up):
    _client, _device, codes = set_up(alice)
    for number, typed in enumerate([codes[0], codes[1].upper(), codes[2].replace("-", " ")], 1):
        client, _answer = password()
        told = client.post(CODE, {"code": typed}, follow=True).content.decode()
        assert f"{10 - number} are left" in told
    assert password()[0].post(CODE, {"code": codes[0]}).status_code == 200
    assert StaticToken.objects.count() == 7


def test_recovery_codes_are_of_no_use_to_who_reads_the_database(alice, set_up):
    _client, _device, codes = set_up(alice)
    stored = list(StaticToken.objects.values_list("token", flat=True))
    assert not {code.replace("-", "") for code in codes} & set(stored)
    for token in stored[:3]:
        assert password()[0].post(CODE, {"code": token}).status_code == 200


def test_the_code_alone_opens_nothing_and_the_first_step_does_not_last(alice, set_up, clock):
    _client, device, _codes = set_up(alice)
    assert Client().post(CODE, {"code": device.shows()})["Location"] == LOGIN
    client, _answer = password()
    clock.goes_on(minutes=11)
    assert client.post(CODE, {"code": device.shows()})["Location"] == LOGIN
    client, _answer = password()
    alice.set_password("another-password")
    alice.save()
    assert client.post(CODE, {"code": device.shows()})["Location"] == LOGIN
    assert not inside(client)


def test_codes_cannot_be_tried_without_end(alice, set_up, clock):
    _client, device, codes = set_up(alice)
    client, _answer = password()
    assert [client.post(CODE, {"code": "000000"}).status_code for _number in range(5)] == [200] * 5
    refused = client.post(CODE, {"code": codes[0]})
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert StaticToken.objects.count() == 10
    elsewhere, _answer = password(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post(CODE, {"code": device.shows()}).status_code == 302


def test_nor_from_many_addresses(alice, set_up, clock):
    """Who comes so far has the password."""
    _client, device, _codes = set_up(alice)
    for number in range(20):
        client, _answer = password(REMOTE_ADDR=f"198.51.100.{number}")
        assert client.post(CODE, {"code": "000000"}).status_code == 200
    client, _answer = password(REMOTE_ADDR="203.0.113.5")
    assert client.post(CODE, {"code": device.shows()}).status_code == 429
    clock.goes_on(hours=1)
    client, _answer = password(REMOTE_ADDR="203.0.113.5")
    assert client.post(CODE, {"code": device.shows()}).status_code == 302


def test_removing_it_and_new_recovery_codes_need_it_once_more(alice, set_up, clock):
    client, device, codes = set_up(alice)
    for wish in ("remove", "codes"):
        answer = client.post(OWN, {"wish": wish, "code": "000000", "password": "alice-password"})
        assert answer.status_code == 200 and not RECOVERY.findall(answer.content.decode())
    assert TOTPDevice.objects.exists()
    fresh = RECOVERY.findall(
        client.post(OWN, {"wish": "codes", "code": device.shows(), "password": "alice-password"}).content.decode()
    )
    assert len(fresh) == 10 and not set(fresh) & set(codes)
    assert password()[0].post(CODE, {"code": codes[0]}).status_code == 200
    assert client.post(OWN, {"wish": "remove", "code": device.shows(), "password": "alice-password"}).status_code == 302
    assert not TOTPDevice.objects.exists() and not StaticToken.objects.exists()
    assert inside(client) and inside(password()[0])


def test_a_session_left_open_is_not_enough_to_set_it_up_or_to_change_it(alice, set_up, clock, client):
    client.force_login(alice)
    client.get(OWN)
    key = client.session["second_factor_key"]
    for typed in ("", "bob-password"):
        page = client.post(OWN, {"code": Device(key, clock).shows(), "password": typed}).content.decode()
        assert "not your password" in page and not TOTPDevice.objects.exists()
    client, device, _codes = set_up(alice)
    for wish in ("codes", "remove"):
        page = client.post(OWN, {"wish": wish, "code": device.shows()}).content.decode()
        assert "not your password" in page and not RECOVERY.findall(page) and TOTPDevice.objects.exists()
    for _number in range(5):
        client.post(OWN, {"wish": "remove", "code": device.shows(), "password": "guess"})
    right = {"wish": "remove", "code": device.shows(), "password": "alice-password"}
    assert client.post(OWN, right).status_code == 429 and TOTPDevice.objects.exists()


@pytest.mark.large
def test_who_has_the_password_keeps_nobody_out_where_they_were_before(alice, set_up, clock):
    _client, device, _codes = set_up(alice)
    home = {"REMOTE_ADDR": "203.0.113.5"}
    assert password(**home)[0].post(CODE, {"code": device.shows()}).status_code == 302
    for number in range(25):
        client, _answer = password(REMOTE_ADDR=f"198.51.100.{number}")
        assert client.post(CODE, {"code": "000000"}).status_code == (200 if number < 20 else 429)
    assert password(**home)[0].post(CODE, {"code": device.shows()}).status_code == 302
    assert password(REMOTE_ADDR="203.0.113.6")[0].post(CODE, {"code": device.shows()}).status_code == 429
    guesses = password(**home)[0]
    assert [guesses.post(CODE, {"code": "000000"}).status_code for _number in range(6)] == [200] * 5 + [429]
    clock.goes_on(days=91)
    for number in range(20):
        password(REMOTE_ADDR=f"198.51.100.{number}")[0].post(CODE, {"code": "000000"})
    assert password(**home)[0].post(CODE, {"code": device.shows()}).status_code == 429


def test_trying_to_remove_it_counts_too(alice, set_up):
    client, device, _codes = set_up(alice)
    for _number in range(5):
        client.post(OWN, {"wish": "remove", "code": "000000", "password": "alice-password"})
    assert client.post(OWN, {"wish": "remove", "code": device.shows(), "password": "alice-password"}).status_code == 429
    assert TOTPDevice.objects.exists()


def test_setting_it_up_and_removing_it_end_all_other_sessions(alice, set_up):
    other, mallory = password()[0], make_user("mallory", "Editor")
    stranger = Client()
    stranger.force_login(mallory)
    assert inside(other)
    client, device, _codes = set_up(alice)
    assert inside(client) and not inside(other) and inside(stranger)
    other, _answer = password()
    other.post(CODE, {"code": device.shows()})
    assert inside(other)
    client.post(OWN, {"wish": "remove", "code": device.shows(), "password": "alice-password"})
    assert inside(client) and not inside(other) and inside(stranger)


def test_an_administrator_resets_a_colleagues(alice, chief, set_up):
    other, _device, _codes = set_up(alice)
    desk = Client()
    desk.force_login(chief)
    page = desk.get(COLLEAGUES).content.decode()
    assert "alice" in page and page.count('name="user"') == 1
    wrong = desk.post(COLLEAGUES, {"user": alice.pk, "password": "alice-password"})
    assert "not your password" in wrong.content.decode() and TOTPDevice.objects.exists()
    assert desk.post(COLLEAGUES, {"user": alice.pk, "password": "chief-password"}).status_code == 302
    assert not TOTPDevice.objects.exists() and not StaticToken.objects.exists()
    assert not inside(other)
    assert inside(password()[0])


def test_enter_behind_the_password_resets_nobodys(alice, chief, set_up):
    """A browser would press the first button: the one of whoever stands first in the list."""
    set_up(alice)
    desk = Client()
    desk.force_login(chief)
    page = desk.get(COLLEAGUES).content.decode()
    form = page[page.rindex("<form", 0, page.index('type="password"')) :]
    assert re.search(r"<button[^>]*>", form)[0] == "<button disabled hidden>"


def test_nobody_else_does_nor_an_administrator_their_own(alice, chief, set_up, clock):
    set_up(alice)
    desk, _device, _codes = set_up(chief)
    assert desk.post(COLLEAGUES, {"user": chief.pk}).status_code == 404
    for wrong in ("", "x", "9" * 30, "-1"):
        assert desk.post(COLLEAGUES, {"user": wrong}).status_code == 404
    client = Client()
    client.force_login(make_user("bob", "Editor"))
    assert client.get(COLLEAGUES).status_code == 403
    assert client.post(COLLEAGUES, {"user": alice.pk}).status_code == 403
    assert TOTPDevice.objects.count() == 2


def test_the_list_of_colleagues_costs_the_same_with_more(chief, set_up, client, django_assert_num_queries):
    client.force_login(chief)
    client.get(COLLEAGUES)
    for name in ("alice", "bob", "carol"):
        make_user(name, "Editor")
    with django_assert_num_queries(5):  # session, user, site, users, groups
        client.get(COLLEAGUES)


@pytest.mark.parametrize(
    "address", ["/admin/", LIST, "/admin/articles/article/add/", "/admin/password_change/", COLLEAGUES]
)
def test_who_must_have_one_reaches_only_the_page_that_sets_it_up(alice, set_up, settings, address):
    settings.SECOND_FACTOR_GROUPS = ["Editor"]
    client, _answer = password()
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, OWN)
    assert "needs a second factor" in client.get(OWN).content.decode()
    assert client.post("/admin/logout/").status_code == 200


def test_and_the_desk_once_it_is_set_up(alice, set_up, settings):
    settings.SECOND_FACTOR_GROUPS = ["Editor"]
    client, device, _codes = set_up(alice)
    assert inside(client)
    client, _answer = password()
    client.post(CODE, {"code": device.shows()})
    assert inside(client)
    client.post(OWN, {"wish": "remove", "code": device.shows(), "password": "alice-password"})
    assert not inside(client)


def test_what_they_were_typing_comes_back(alice, settings, clock, client):
    client.force_login(alice)
    settings.SECOND_FACTOR_GROUPS = ["Editor"]
    answer = client.post("/admin/articles/article/add/", {"title": "What I wrote", "code": "a secret"})
    page = answer.content.decode()
    assert answer.status_code == 403 and "What I wrote" in page and f'href="{OWN}"' in page and "a secret" not in page


def test_others_need_none_but_administrators_do(settings, chief, writer):
    settings.SECOND_FACTOR_GROUPS = ["Editor"]
    for user, wanted in ((writer, True), (chief, False)):
        client = Client()
        client.force_login(user)
        assert inside(client) == wanted


def test_the_rule_costs_a_query_and_nothing_who_has_it(editor, writer, set_up, settings, django_assert_num_queries):
    client = Client()
    client.force_login(writer)
    client.get("/admin/password_change/")
    for groups in ([], ["Editor"]):
        settings.SECOND_FACTOR_GROUPS = groups
        with django_assert_num_queries(5 + len(groups)):  # session, user, their rights and those of their groups, site
            client.get("/admin/password_change/")
    client, _device, _codes = set_up(editor)
    client.get("/admin/password_change/")
    with django_assert_num_queries(5):
        client.get("/admin/password_change/")


def test_keys_are_nowhere_at_the_desk(chief, alice, set_up, client):
    set_up(alice)
    client.force_login(chief)
    for address in ("/admin/otp_totp/totpdevice/", "/admin/otp_static/staticdevice/"):
        assert client.get(address).status_code == 404
