"""Twenty editors at one article, one editor in two tabs, one editor whose replies get lost."""

import random
import re
import threading
import time
import uuid
from collections import Counter

from django.contrib.sites.models import Site
from django.db import connections
from django.test import Client
from django.urls import reverse

from articles.models import Article

from .make import make_article, make_user
from .rounds import PARAGRAPHS, Desk, refused_well
from .test_desk import form_of, posted
from .test_taxonomy import form_of as row_form
from .test_taxonomy import opened


def crowd(editors, seconds):
    """Have as many `editors` save one article for `seconds`; return {"successes", "revisions", "versions", "asked", "errors"}.

    Whoever is asked back keeps theirs, once. `versions` is the last revision's number, less those before.
    """
    article = make_article(body=PARAGRAPHS, published=False)
    posted(article)  # what every form names is there
    clients = [Client(raise_request_exception=False) for _editor in range(editors)]
    for number, client in enumerate(clients):
        client.force_login(make_user(f"editor-{number}-{uuid.uuid4().hex[:8]}", is_superuser=True))
    first, until = article.revisions.count(), time.monotonic() + seconds
    told, lock = Counter(), threading.Lock()

    def edit(name, client):
        number = 0
        while time.monotonic() < until:
            form = posted(Article.objects.get(pk=article.pk), body=f"{name} {number}.", form=uuid.uuid4())
            number += 1
            for _time in range(2):
                answer = client.post(form_of(article), form)
                kind = {302: "successes", 409: "asked"}.get(answer.status_code, "errors")
                with lock:
                    told[kind] += 1
                if kind != "asked":
                    break
                form["based_on"] = re.search(r'name="based_on" value="(\d+)"', answer.content.decode())[1]
        connections.close_all()

    people = [threading.Thread(target=edit, args=(f"Editor {place}", each)) for place, each in enumerate(clients)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    numbers = sorted(article.revisions.numbered().values_list("number", flat=True))
    revisions, versions = len(numbers) - first, numbers[-1] - first
    return {"successes": 0, "asked": 0, "errors": 0, **told, "revisions": revisions, "versions": versions}


def tabs(count):
    """Have one editor save the same paragraph from two tabs, `count` times; return how often the second was asked."""
    article, found = make_article(body=PARAGRAPHS, published=False), 0
    client = Client(raise_request_exception=False)
    client.force_login(make_user(f"ann-{uuid.uuid4().hex[:8]}", is_superuser=True))
    for number in range(count):
        article.refresh_from_db()
        forms = [posted(article, body=f"Tab {tab}, {number}.", form=uuid.uuid4()) for tab in (1, 2)]
        answers = [client.post(form_of(article), form) for form in forms]
        found += not refused_well(answers, [form["body"] for form in forms])
    return found


def lone(count):
    """Have one editor save `count` times from one tab, autosaves and settings between, half of the saves sent again.

    Return {"conflicts", "revisions", "retried", "kept", "settings"}; `revisions` of the saves alone.
    """
    desk, article, chance = Desk(), make_article(body=PARAGRAPHS, published=False), random.Random(4)
    ann, told = desk.clients[0], Counter()
    desk.clients[1].force_login(desk.users[0])  # the same person's second request, while the first is not answered
    keep = reverse("admin:articles_article_keep", args=[article.pk])
    first, site = article.revisions.count(), Site.objects.get()
    for number in range(count):
        article.refresh_from_db()
        form = posted(article, body=f"Save {number}.\n\n{PARAGRAPHS}", form=uuid.uuid4())
        if chance.random() < 0.5:
            ann.post(keep, form | {"changed": 1, "body": f"Save {number}, half"})
            told["kept"] += 1
        if chance.random() < 0.2:
            ann.post(row_form(site), opened(ann, site, name=f"Name {number}"))
            told["settings"] += 1
        again = chance.choice(["", "", "at once", "later", "twice"])
        sent = (form_of(article), form)
        answers = desk.post(sent, sent) if again == "at once" else [ann.post(*sent)]
        answers += [ann.post(*sent) for _time in range({"later": 1, "twice": 2}.get(again, 0))]
        told["retried"] += bool(again)
        told["conflicts"] += any(answer.status_code != 302 for answer in answers)
    desk.close()
    return {"conflicts": 0, "retried": 0, "kept": 0, "settings": 0, **told} | {
        "revisions": article.revisions.numbered().count() - first
    }
