"""The login: what is tried too often is refused before anything is hashed, and nobody is locked out for good."""

import datetime
import threading

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from articles.accounts import throttle
from articles.models import Tries
from articles.network import network

from .make import make_user

pytestmark = pytest.mark.django_db
LOGIN, CHANGE = "/admin/login/", "/admin/password_change/"
HOME, ELSEWHERE = "203.0.113.5", "198.51.100.7"
MINUTE = 60


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that were hashed, in the order they were tried."""
    hashed = []
    check, make = User.check_password, User.set_password
    monkeypatch.setattr(User, "check_password", lambda user, raw: (hashed.append(raw), check(user, raw))[1])
    monkeypatch.setattr(User, "set_password", lambda user, raw: (hashed.append(raw), make(user, raw))[1])
    return hashed


@pytest.fixture
def alice():
    return make_user("alice", "Editor")


def tried(name="alice", password="wrong", at=HOME, client=None, **kw):  # noqa: S107
    """Return the answer to a try at a password."""
    client = client or Client()
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"}, REMOTE_ADDR=at, **kw)


def waits(answer):
    """Return after how many minutes a refused try may be made again."""
    assert answer.status_code == 429
    return int(answer["Retry-After"]) / MINUTE


def test_five_tries_then_pauses_that_double_up_to_a_quarter_of_an_hour(alice, clock):
    assert [tried().status_code for _number in range(5)] == [200] * 5
    pauses = []
    for _number in range(6):
        pauses.append(waits(tried()))
        clock.goes_on(minutes=pauses[-1])
        assert tried().status_code == 200
    assert pauses == [1, 2, 4, 8, 15, 15]


def test_what_is_refused_is_neither_hashed_nor_counted(alice, clock, hashed):
    for _number in range(5):
        tried()
    before = list(Tries.objects.order_by("key").values("key", "count", "last_at"))
    hashed.clear()
    assert tried(password="alice-password").status_code == 429
    assert hashed == []
    assert list(Tries.objects.order_by("key").values("key", "count", "last_at")) == before


def test_a_try_is_counted_before_it_is_hashed(alice, clock, monkeypatch):
    counted = []

    def check(user, raw):
        counted.append(sum(row.count for row in Tries.objects.all()))
        return False

    monkeypatch.setattr(User, "check_password", check)
    tried()
    assert counted == [2]


def test_the_right_password_from_another_address_works_all_the_while(alice, clock):
    for _number in range(5):
        tried()
    assert tried(password="alice-password").status_code == 429
    assert tried(password="alice-password", at=ELSEWHERE).status_code == 302


def test_a_login_that_goes_well_makes_up_for_what_went_wrong_before(alice, clock):
    for _round in range(12):
        for _number in range(2):
            assert tried().status_code == 200
        assert tried(password="alice-password").status_code == 302
        clock.goes_on(minutes=2)


def test_an_address_has_thirty_tries_in_ten_minutes_whatever_it_tries(alice, clock):
    assert {tried(f"somebody-{number}").status_code for number in range(30)} == {200}
    clock.goes_on(minutes=4)
    assert waits(tried(password="alice-password")) == 6
    assert tried(password="alice-password", at=ELSEWHERE).status_code == 302
    clock.goes_on(minutes=6)
    assert tried(password="alice-password").status_code == 302


def test_logins_that_go_well_use_an_address_up_for_nobody(alice, clock):
    assert {tried(password="alice-password").status_code for _number in range(40)} == {302}


def test_an_address_that_is_refused_leaves_no_more_rows(alice, clock):
    for number in range(30):
        tried(f"somebody-{number}")
    rows = Tries.objects.count()
    for number in range(20):
        assert tried(f"nobody-{number}").status_code == 429
    assert Tries.objects.count() == rows


def test_accounts_that_are_not_there_are_answered_alike(alice, clock, hashed):
    make_user("reader").__class__.objects.filter(username="reader").update(is_staff=False)
    make_user("gone", is_active=False)
    answers = {}
    for name, password in {"alice": "x", "nobody": "x", "reader": "reader-password", "gone": "gone-password"}.items():
        hashed.clear()
        pages = [tried(name, password) for _number in range(5)]
        assert len(hashed) == 5, name
        refused = tried(name, password)
        told = [page.content.decode().replace(f'value="{name}"', "").split('id="login-form"')[0] for page in pages]
        answers[name] = (told, refused.status_code, refused["Retry-After"])
        Tries.objects.all().delete()
    assert len({str(answer[1:]) for answer in answers.values()}) == 1
    words = {answer.partition("errornote")[2] for told, *_rest in answers.values() for answer in told}
    assert len(words) == 1 and "correct" in words.pop()


def test_a_name_is_one_however_it_is_spelt(alice, clock):
    for name in ("alice", "Alice", "ALICE", "\uff21lice", "aLiCe"):  # the fourth: a full-width letter
        assert tried(name).status_code == 200
    assert tried().status_code == 429


def test_addresses_of_one_network_count_as_one_and_no_address_is_stored(alice, clock):
    for number in range(5):
        assert tried(at=f"2001:db8:1:2::{number}").status_code == 200
    assert tried(at="2001:db8:1:2:ffff::1").status_code == 429
    assert tried(at="2001:db8:1:3::1").status_code == 200
    stored = str(list(Tries.objects.values()))
    assert "2001:" not in stored and "alice" not in stored


def test_what_a_visitor_says_of_their_address_is_not_believed(alice, clock, settings):
    for number in range(5):
        assert tried(headers={"x-forwarded-for": f"192.0.2.{number}"}).status_code == 200
    assert tried(headers={"x-forwarded-for": "192.0.2.99"}).status_code == 429
    settings.TRUST_PROXY = True
    Tries.objects.all().delete()
    for number in range(5):
        assert tried(headers={"x-forwarded-for": f"192.0.2.{number}, {ELSEWHERE}"}).status_code == 200
    assert tried(headers={"x-forwarded-for": f"192.0.2.99, {ELSEWHERE}"}).status_code == 429
    assert tried(headers={"x-forwarded-for": f"{ELSEWHERE}, {HOME}"}).status_code == 200


def test_an_ipv4_address_is_itself_in_ipv6_too():
    assert network({"REMOTE_ADDR": "::ffff:203.0.113.5"}) == network({"REMOTE_ADDR": "203.0.113.5"}) == "203.0.113.5"
    assert network({"REMOTE_ADDR": "2001:db8::5"}) == "2001:db8::/64"
    assert network({"REMOTE_ADDR": "unix:"}) == network({}) == ""


def test_the_page_says_when_and_that_nothing_is_lost(alice, clock):
    for _number in range(5):
        tried()
    answer = tried(password="a secret")
    page = answer.content.decode()
    when = timezone.localtime(clock.now + datetime.timedelta(minutes=1)).strftime("%H:%M:%S")
    assert when in page and "Nothing is lost" in page and "No account is locked" in page
    assert "a secret" not in page
    assert answer["Cache-Control"] == "private, no-store"
    assert "script-src 'self'" in answer["Content-Security-Policy"] and "style=" not in page


def test_words_of_somebody_logged_out_outlive_a_throttle(alice, clock):
    """Their form comes back; while the login refuses them in another tab the page stays, and sends it all afterwards."""
    client = Client()
    typed = {"title": "What I wrote", "body": "Words. " * 30}
    kept = client.post("/admin/articles/article/add/", typed)
    assert (
        kept.status_code == 403 and "What I wrote" in kept.content.decode() and "Words. Words." in kept.content.decode()
    )
    for _number in range(5):
        tried()
    assert tried(password="alice-password", client=client).status_code == 429
    clock.goes_on(minutes=1)
    assert tried(password="alice-password", client=client).status_code == 302
    again = client.post("/admin/articles/article/add/", typed)
    assert again.status_code != 403 and "What I wrote" in again.content.decode()


def test_at_most_two_passwords_are_hashed_at_once(alice, clock, monkeypatch, hashed):
    monkeypatch.setattr(throttle, "_hashing", threading.BoundedSemaphore(throttle.AT_ONCE))
    monkeypatch.setattr(throttle, "PATIENCE", 0.01)
    with throttle.hashing(), throttle.hashing():
        answer = tried(password="alice-password")
        assert (answer.status_code, answer["Retry-After"], hashed) == (429, "5", [])
        assert not Tries.objects.exists()  # it was nobody's fault
    assert tried(password="alice-password").status_code == 302


def test_the_old_password_cannot_be_tried_without_end_by_who_found_a_session(alice, clock):
    client = Client(REMOTE_ADDR=HOME)
    client.force_login(alice)
    typed = {"old_password": "wrong", "new_password1": "long and new 1", "new_password2": "long and new 1"}
    assert [client.post(CHANGE, typed).status_code for _number in range(5)] == [200] * 5
    answer = client.post(CHANGE, typed | {"old_password": "alice-password"})
    assert answer.status_code == 429 and "long and new" not in answer.content.decode()
    clock.goes_on(minutes=1)
    assert client.post(CHANGE, typed | {"old_password": "alice-password"}).status_code == 302


def test_what_a_try_costs(alice, clock, django_assert_num_queries):
    client = Client(REMOTE_ADDR=HOME)
    tried()
    with django_assert_num_queries(12):  # a savepoint and its end, three for each of two rows; account, log, site
        tried(client=client)
    for _number in range(4):
        tried()
    with django_assert_num_queries(
        10
    ):  # refused: a savepoint, rolled back and ended; three, then two; told before; site
        assert tried(client=client).status_code == 429


def test_housekeeping_forgets_what_was_tried(alice, clock):
    tried()
    clock.goes_on(minutes=9)
    call_command("housekeeping", most=0)
    assert Tries.objects.count() == 2
    clock.goes_on(minutes=2)
    call_command("housekeeping", most=0)
    assert Tries.objects.count() == 1
    clock.goes_on(hours=2)
    call_command("housekeeping", most=0)
    assert not Tries.objects.exists()


def test_a_pause_is_over_when_nothing_was_tried_for_long(alice, clock):
    for _number in range(5):
        tried()
    clock.goes_on(hours=2)
    assert [tried().status_code for _number in range(5)] == [200] * 5
