"""Several people press at the same moment: nobody is overwritten, nobody is told that something broke."""

import contextlib
import threading
import uuid

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.flatpages.models import FlatPage
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from articles import publishing
from articles.accounts import factor, throttle
from articles.models import Article, Author, Theme, Tries

from .make import make_article, make_author, make_fields, make_theme, make_user
from .test_desk import ADD, LIST, form_of, posted
from .test_keeping import keep_of
from .test_second_factor import Device
from .test_taxonomy import add, opened
from .test_taxonomy import form_of as row_form
from .thorough import times

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "3132333435363738393031323334353637383930"
NO_ALIASES = {"names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0}


def at_once(*requests):
    """Return the answers of several calls made at the same moment, each in its own thread."""
    answers = [None] * len(requests)

    def call(place, request):
        answers[place] = request()
        connection.close()

    threads = [threading.Thread(target=call, args=pair) for pair in enumerate(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def sent(clients, address, forms):
    """Return the status of each of `forms`, all posted to `address` at the same moment, each by its client."""
    pairs = zip(clients, forms, strict=True)
    return at_once(*(lambda client=client, form=form: client.post(address, form).status_code for client, form in pairs))


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def clients():
    """Two editors at the desk; superusers, since groups go with each test of transactions."""
    return [logged_in(make_user(name, is_superuser=True)) for name in ("ann", "ben")]


def test_publishing_while_the_first_words_are_being_kept_makes_one_article():
    ann = make_user("ann", is_superuser=True)
    clients = [logged_in(ann), logged_in(ann)]
    for round in range(times(4, 12)):
        data = posted(title=f"New {round}", form=uuid.uuid4(), action="publish")
        kept, published = at_once(
            lambda data=data: clients[0].post(keep_of(), data | {"body": "First words"}),
            lambda data=data: clients[1].post(ADD, data),
        )
        assert (kept.status_code, published.status_code) == (200, 302)
        assert Article.objects.count() == round + 1
        assert Article.objects.get(title=f"New {round}").is_public()


def test_two_who_publish_at_once_get_one_publication_and_one_conflict(clients):
    for round in range(times(4, 12)):
        article = make_article(f"Both {round}", published=False)
        forms = [posted(article, action="publish", body=f"{name} {round}.") for name in ("Ann", "Ben")]
        assert sorted(sent(clients, form_of(article), forms)) == [302, 409]


@pytest.mark.large
@pytest.mark.parametrize("same_place", [False, True])
def test_two_editors_saving_at_once_lose_nothing_and_raise_no_false_alarm(same_place, clients):
    """In different paragraphs both are always in, in one paragraph exactly one save is asked back; in CI a hundred rounds."""
    article = make_article(body="\n\n".join(f"Paragraph {number}." for number in range(6)), published=False)
    lost = alarms = 0
    for round in range(times(25, 100)):
        article.refresh_from_db()
        paragraphs = article.working.fields["body"].split("\n\n")
        typed = [f"Ann {round}.", f"Ben {round}."]
        bodies = [list(paragraphs), list(paragraphs)]
        for place in (0, 1):
            bodies[place][0 if same_place else place * 3] = typed[place]
        forms = [posted(article, body="\n\n".join(body)) for body in bodies]
        answers = sent(clients, form_of(article), forms)
        article.refresh_from_db()
        body = article.working.fields["body"]
        if same_place:
            alarms += sorted(answers) != [302, 409]
            lost += typed[answers.index(302)] not in body
        else:
            alarms += answers != [302, 302]
            lost += any(words not in body for words in typed)
    assert (lost, alarms) == (0, 0)


def test_themes_bylines_and_pages_made_at_once_are_made_once(clients):
    rounds = times(2, 6)
    for round in range(rounds):
        author = {"name": f"Ann {round}", "slug": f"ann-{round}"}
        assert sorted(sent(clients, add(Author), [author, author])) == [200, 302]
        page = {"url": f"/page-{round}/", "title": "T", "content": "C", "sites": [1]}
        assert sorted(sent(clients, add(FlatPage), [page, page])) == [200, 302]
        theme = {"name": f"Theme {round}", **NO_ALIASES}
        other = {"name": f"Other {round}", **NO_ALIASES, "names-TOTAL_FORMS": 1, "names-0-name": f"THEME {round}"}
        assert sorted(sent(clients, add(Theme), [theme, other | {"names-0-language": "en"}])) == [200, 302]
    assert (Author.objects.count(), FlatPage.objects.count(), Theme.objects.count()) == (rounds,) * 3


def test_one_row_saved_merged_and_deleted_at_once_leaves_no_wreck(clients):
    ann, ben = clients
    for round in range(times(2, 6)):
        theme, other = make_theme(f"Theme {round}"), make_theme(f"Other {round}")
        saved = opened(ann, theme, definition="Anew.")
        tend = reverse("admin:articles_theme_tend", args=[theme.pk])
        answers = at_once(
            lambda theme=theme, saved=saved: ann.post(row_form(theme), saved).status_code,
            lambda tend=tend, other=other: ben.post(tend, {"action": "merge", "target": other.pk}).status_code,
        )
        assert answers[1] == 302 and answers[0] in {200, 302, 404}
        author = make_author(f"Byline {round}")
        article = make_article(published=False, authors=[author])
        delete = reverse("admin:articles_author_delete", args=[author.pk])
        publish = posted(article, action="publish", authors=[author.pk])
        answers = at_once(
            lambda delete=delete: ann.post(delete, {"post": "yes"}).status_code,
            lambda article=article, publish=publish: ben.post(form_of(article), publish).status_code,
        )
        assert set(answers) <= {200, 302, 403}
        article.refresh_from_db()
        assert article.is_public() == Author.objects.filter(pk=author.pk).exists()


def test_articles_are_tagged_while_a_colleague_saves_them(clients):
    ann, ben = clients
    article, theme = make_article("Tagged"), make_theme("Syria")
    for round in range(times(4, 12)):
        article.refresh_from_db()
        data = {"action": "retag_chosen", "_selected_action": [article.pk], "retag": 1}
        data |= {("remove" if round % 2 else "add"): [theme.pk]}
        typed = posted(article, body=f"Body {round}.")
        tagged, saved = at_once(
            lambda data=data: ann.post(LIST, data).status_code,
            lambda typed=typed: ben.post(form_of(article), typed).status_code,
        )
        article.refresh_from_db()
        assert (tagged, saved, article.working.fields["body"]) == (302, 302, f"Body {round}.")
        assert (theme.pk in article.working.fields["themes"]) == (not round % 2)
        assert article.themes.filter(pk=theme.pk).exists() == (not round % 2)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for everything")
def test_who_saves_waits_for_nobody_who_changes_their_account():
    """Deleted meanwhile, each would wait for the other: who saves has the article, which is to forget who began it."""
    ann = make_user("ann", is_superuser=True)
    article = make_article(published=False, by=ann)
    request = RequestFactory().post("/")
    request.user = ann

    def save():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        return publishing.save_draft(article, make_fields("Anew"), by=ann, based_on=article.working_id).number

    with transaction.atomic():
        assert admin.site.get_model_admin(User).get_object(request, str(ann.pk)) == ann
        assert at_once(save) == [2]


def meeting(monkeypatch, owner, name):
    """Have two threads that come to `owner.name` at once go on together, as far as they are let come there together."""
    barrier, method = threading.Barrier(2), getattr(owner, name)

    def met(*args):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(0.5)
        return method(*args)

    monkeypatch.setattr(owner, name, met)


def test_tries_at_a_password_at_once_are_counted_all_the_same(monkeypatch):
    make_user("ann")
    typed = {"username": "ann", "password": "wrong"}
    Client().post(reverse("admin:login"), typed)
    meeting(monkeypatch, throttle.Most, "until")
    assert sent([Client(), Client()], reverse("admin:login"), [typed] * 2) == [200, 200]
    assert set(Tries.objects.values_list("count", flat=True)) == {3}


@pytest.mark.parametrize(("kind", "number"), [(TOTPDevice, 0), (StaticDevice, 1)])
def test_a_code_sent_twice_at_once_lets_in_once(clock, monkeypatch, kind, number):
    ann = make_user("ann", is_superuser=True)
    _device, codes = factor.set_up(ann, KEY, Device(KEY, clock).shows())
    code = [Device(KEY, clock).shows(), codes[0]][number]
    halfway = [Client(), Client()]
    for client in halfway:
        client.post(reverse("admin:login"), {"username": "ann", "password": "ann-password"})
    meeting(monkeypatch, kind, "verify_token")
    assert sorted(sent(halfway, reverse("admin:second_step"), [{"code": code}] * 2)) == [200, 302]
