"""Several people press at the same moment: nobody is overwritten, nobody is told that something broke."""

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from articles.models import Article

from .make import make_article, make_user
from .test_desk import ADD, form_of, posted
from .test_keeping import keep_of

pytestmark = pytest.mark.django_db(transaction=True)


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
    for round in range(12):
        data = posted(title=f"New {round}", form=uuid.uuid4(), action="publish")
        kept, published = at_once(
            lambda data=data: clients[0].post(keep_of(), data | {"body": "First words"}),
            lambda data=data: clients[1].post(ADD, data),
        )
        assert (kept.status_code, published.status_code) == (200, 302)
        assert Article.objects.count() == round + 1
        assert Article.objects.get(title=f"New {round}").is_public()


def test_two_who_publish_at_once_get_one_publication_and_one_conflict(clients):
    for round in range(12):
        article = make_article(f"Both {round}", published=False)
        forms = [posted(article, action="publish", body=f"{name} {round}.") for name in ("Ann", "Ben")]
        assert sorted(sent(clients, form_of(article), forms)) == [302, 409]


@pytest.mark.parametrize("same_place", [False, True])
def test_two_editors_saving_at_once_lose_nothing_and_raise_no_false_alarm(same_place, clients):
    """A hundred rounds: in different paragraphs both are always in, in one paragraph exactly one save is asked back."""
    article = make_article(body="\n\n".join(f"Paragraph {number}." for number in range(6)), published=False)
    lost = alarms = 0
    for round in range(100):
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
