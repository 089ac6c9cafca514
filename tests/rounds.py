"""Rounds in which two people press at the same moment, over every path on which something is saved.

Each path is a function `(desk)` that returns a function `(number)`, a round, which returns what was wrong with it in words,
or nothing. They run in the process that has Django: pytest's, or one beside a trial (`trust.editors`).
"""

import html
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.contrib.auth.models import Group
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles import publishing
from articles.models import ThemeMerge

from .make import make_article, make_author, make_picture, make_series, make_source, make_theme, make_user
from .test_desk import LIST, form_of, posted
from .test_taxonomy import form_of as row_form
from .test_taxonomy import opened

PARAGRAPHS = "\n\n".join(f"Paragraph {number}." for number in range(6))


class Desk:
    """Ann and Ben, who each have a browser and a thread with a connection of its own."""

    def __init__(self):
        self.users = [make_user(f"{name}-{uuid.uuid4().hex[:8]}", is_superuser=True) for name in ("ann", "ben")]
        self.clients = [Client(raise_request_exception=False) for _user in self.users]
        for client, user in zip(self.clients, self.users, strict=True):
            client.force_login(user)
        self.pool, self.barrier = ThreadPoolExecutor(2), threading.Barrier(2)

    def together(self, *calls):
        """Return what the two `calls` return, let go by a barrier."""

        def call(do):
            self.barrier.wait()
            return do()

        return [job.result() for job in [self.pool.submit(call, do) for do in calls]]

    def post(self, *sent):
        """Return the responses of Ann's and Ben's posts, each (address, data), sent at the same moment."""
        pairs = zip(self.clients, sent, strict=True)
        return self.together(*(lambda client=client, post=post: client.post(*post) for client, post in pairs))

    def close(self):
        """Give the threads and their connections back."""
        self.together(connections.close_all, connections.close_all)
        self.pool.shutdown()


def statuses(answers):
    """Return the status codes of `answers`, lowest first."""
    return sorted(answer.status_code for answer in answers)


def refused_well(answers, typed):
    """Say what is wrong unless exactly one save was made and the other refused with its text still in the page."""
    if statuses(answers) != [302, 409]:
        return f"answers {statuses(answers)}"
    late = next(place for place in (0, 1) if answers[place].status_code == 409)
    if typed[late] not in html.unescape(answers[late].content.decode()):
        return "the text of the second is gone"
    return ""


def stored_is(stored, answers, typed):
    """Say what is wrong unless what is `stored` is what was typed by whoever was told so."""
    done = [words for words, answer in zip(typed, answers, strict=True) if answer.status_code == 302]
    return "" if all(words in stored for words in done) else "an acknowledged save is lost"


# Articles -------------------------------------------------------------------------------------------------------------


def saving(action="save", before=lambda article: None, after=lambda article: None, **typed):
    """Return the path on which both press the button `action` having changed the same paragraph."""

    def path(desk):
        article = make_article(body=PARAGRAPHS, published=False)

        def one(number):
            before(article)
            article.refresh_from_db()
            words = [f"Ann {number}.", f"Ben {number}."]
            rest = article.working.fields["body"].partition("\n\n")[2]
            forms = [
                posted(article, action=action, form=uuid.uuid4(), body=f"{each}\n\n{rest}", **typed) for each in words
            ]
            count = article.revisions.numbered().count()
            answers = desk.post(*((form_of(article), form) for form in forms))
            article.refresh_from_db()
            wrong = refused_well(answers, words) or stored_is(article.working.fields["body"], answers, words)
            if not wrong and article.revisions.numbered().count() != count + 1:
                wrong = "more than one revision"
            after(article)
            return wrong

        return one

    return path


def apart(desk):
    """Both save, having changed paragraphs that lie apart: both are in, nobody is asked."""
    article = make_article(body=PARAGRAPHS, published=False)

    def one(number):
        article.refresh_from_db()
        typed, bodies = [f"Ann {number}.", f"Ben {number}."], []
        for place, words in zip((0, 3), typed, strict=True):
            paragraphs = article.working.fields["body"].split("\n\n")
            paragraphs[place] = words
            bodies.append("\n\n".join(paragraphs))
        answers = desk.post(*((form_of(article), posted(article, body=body)) for body in bodies))
        article.refresh_from_db()
        if statuses(answers) != [302, 302]:
            return f"a false alarm: {statuses(answers)}"
        return stored_is(article.working.fields["body"], answers, typed)

    return one


def promoting(desk):
    """Both go on with a text that was kept while they typed, and save it."""
    article = make_article(body=PARAGRAPHS, published=False)

    def one(number):
        article.refresh_from_db()
        words = [f"Ann {number}.", f"Ben {number}."]
        keep = reverse("admin:articles_article_keep", args=[article.pk])
        forms = [posted(article, form=uuid.uuid4(), body=each) for each in words]
        for client, form in zip(desk.clients, forms, strict=True):
            client.post(keep, form | {"changed": 1})
        answers = desk.post(*((form_of(article), form) for form in forms))
        article.refresh_from_db()
        wrong = refused_well(answers, words) or stored_is(article.working.fields["body"], answers, words)
        kept = article.revisions.filter(kind="autosave").count()
        article.revisions.filter(kind="autosave").drop()
        return wrong or ("" if kept == 1 else f"{kept} kept texts instead of that of the second")

    return one


def restoring(desk):
    """Both restore another revision."""
    article = make_article(body="First.", published=False)
    for text in ("Second.", "Third."):
        fields = publishing.replace(publishing.Fields.of(article.working), body=text)
        publishing.save_draft(article, fields, by=None, based_on=article.working_id)

    def one(_number):
        article.refresh_from_db()
        address = [reverse("admin:articles_article_restore", args=[article.pk, number]) for number in (1, 2)]
        count = article.revisions.count()
        answers = desk.post(*((each, {"based_on": article.working_id}) for each in address))
        leads = sorted("history" in answer.headers.get("Location", "") for answer in answers)
        return "" if leads == [False, True] and article.revisions.count() == count + 1 else f"both or none: {leads}"

    return one


def tagging(desk):
    """One puts a theme on the article, the other another one, in the list: both are on."""
    article, themes = make_article(), [make_theme(f"Put on {uuid.uuid4().hex[:6]}") for _each in range(2)]

    def one(number):
        how = "remove" if number % 2 else "add"
        data = {"action": "retag_chosen", "_selected_action": [article.pk], "retag": 1}
        answers = desk.post(*((LIST, data | {how: [theme.pk]}) for theme in themes))
        article.refresh_from_db()
        stored = {theme.pk for theme in themes} & set(article.working.fields["themes"])
        shown = {theme.pk for theme in themes} & set(article.themes.values_list("pk", flat=True))
        wanted = set() if number % 2 else {theme.pk for theme in themes}
        return "" if statuses(answers) == [302, 302] and stored == shown == wanted else f"{stored} of {wanted}"

    return one


def withdrawing(desk):
    """Both withdraw it, each with another reason."""
    article = make_article()

    def one(number):
        article.refresh_from_db()
        address = reverse("admin:articles_article_withdraw", args=[article.pk])
        notes = [f"Ann’s reason {number}.", f"Ben’s reason {number}."]
        answers = desk.post(*((address, {"note": note, "based_on": article.working_id}) for note in notes))
        article.refresh_from_db()
        wrong = "" if statuses(answers) == [200, 302] else f"answers {statuses(answers)}"
        for note, answer in zip(notes, answers, strict=True):
            if answer.status_code == 200 and note not in html.unescape(answer.content.decode()):
                wrong = wrong or "the reason of the second is gone"
            if answer.status_code == 302 and article.withdrawn_note != note:
                wrong = wrong or "an acknowledged reason is lost"
        fields = publishing.Fields.of(article.working)
        publishing.publish(article, fields, by=None, based_on=article.working_id)
        return wrong

    return one


# What stands around articles ------------------------------------------------------------------------------------------


def row_of(make, field, words="{} {}."):
    """Return the path on which both save the form of one row, having changed its `field`."""

    def path(desk):
        row = make()

        def one(number):
            typed = [words.format(name, number) for name in ("Ann", "Ben")]
            start = {key: value for key, value in opened(desk.clients[0], row).items() if key != "file"}  # it is kept
            answers = desk.post(*((row_form(row), start | {field: each}) for each in typed))
            row.refresh_from_db()
            return refused_well(answers, typed) or stored_is(getattr(row, field), answers, typed)

        return one

    return path


def a_page():
    """Return a plain page."""
    page = FlatPage.objects.create(url="/at-once/", title="About", content="Who we are.")
    page.sites.set([1])
    return page


def a_redirect():
    """Return a former address."""
    return Redirect.objects.create(site_id=1, old_path="/at-once-old/", new_path="/at-once-new/")


def merging(desk):
    """Each merges the theme into another one: it is merged once."""

    def one(number):
        mark = f"{number}-{uuid.uuid4().hex[:6]}"
        theme, *others = (make_theme(f"{name} {mark}") for name in ("Merged", "Left", "Right"))
        tend = reverse("admin:articles_theme_tend", args=[theme.pk])
        answers = desk.post(*((tend, {"action": "merge", "target": other.pk}) for other in others))
        merges = ThemeMerge.objects.filter(source=theme)
        if max(statuses(answers)) >= 500 or merges.count() != 1:
            return f"answers {statuses(answers)}, {merges.count()} merges"
        name = theme.names.model.objects.get(name=theme.name)
        return "" if name.theme_id == merges.get().target_id else "its name is elsewhere"

    return one


# One takes away what the other saves ----------------------------------------------------------------------------------


def meanwhile(other, state, published=True, **typed):
    """Return the path on which Ann does `other(article)`, an (address, data), while Ben saves: nothing comes back."""

    def path(desk):
        def one(number):
            article = make_article(f"Meanwhile {uuid.uuid4().hex[:8]}", published=published, body=PARAGRAPHS)
            words = f"Ben {number}."
            form = posted(article, form=uuid.uuid4(), body=f"{words}\n\n{PARAGRAPHS}", **typed)
            answers = desk.post(other(article), (form_of(article), form))
            article.refresh_from_db()
            if max(statuses(answers)) >= 500:
                return f"answers {statuses(answers)}"
            if answers[0].status_code == 302 and "history" not in answers[0]["Location"]:
                wrong = state(article)
                if wrong:
                    return wrong
            kept = any(words in row.fields["body"] for row in article.revisions.all())
            told = words in html.unescape(answers[1].content.decode())
            return "" if kept or told else "what was typed is gone"

        return one

    return path


def deleting(article):
    """Delete the draft."""
    return reverse("admin:articles_article_delete", args=[article.pk]), {"post": "yes"}


def taking_back(article):
    """Withdraw the article."""
    address = reverse("admin:articles_article_withdraw", args=[article.pk])
    return address, {"note": "It was wrong.", "based_on": article.working_id}


def renaming(article):
    """Give the article another slug, for readers too."""
    form = posted(article, action="update", change="typo", slug=f"{article.slug}-anew", form=uuid.uuid4())
    return form_of(article), form


def is_deleted(article):
    """Say so when it isn't, though nobody published it first."""
    return "" if article.deleted_at or article.is_public() else "a deleted draft came back"


def is_withdrawn(article):
    """Say so when readers see it."""
    return "a withdrawn article came back" if article.is_public() else ""


def is_renamed(article):
    """Say so when readers find it at its former address."""
    return "" if article.slug.endswith("-anew") else "a former slug came back"


def tomorrow():
    """Return a time that a form takes."""
    return f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"


def make_live(article):
    """Have readers see the article."""
    article.refresh_from_db()
    if not article.is_public():
        fields = publishing.Fields.of(article.working)
        publishing.publish(article, fields, by=None, based_on=article.working_id)


def take_off(article):
    """Take the article from readers or off the schedule."""
    publishing.withdraw(article, by=None, based_on=article.working_id, note="For the next round.")


AT_ONCE = {
    "save": saving(),
    "save apart": apart,
    "hand in": saving("submit", review_note="Please."),
    "autosave promoted": promoting,
    "publish": saving("publish", after=take_off),
    "schedule": saving("schedule", after=take_off, at=tomorrow()),
    "update": saving("update", before=make_live, change="typo"),
    "withdraw": withdrawing,
    "restore": restoring,
    "bulk tag": tagging,
    "theme merge": merging,
    "theme": row_of(lambda: make_theme("At once"), "definition"),
    "source": row_of(lambda: make_source("at-once"), "title"),
    "author": row_of(lambda: make_author("At Once"), "about"),
    "series": row_of(lambda: make_series("At once"), "summary"),
    "picture": row_of(make_picture, "caption"),
    "plain page": row_of(a_page, "content"),
    "settings": row_of(lambda: Site.objects.get(), "name"),
    "user": row_of(lambda: make_user("at-once"), "first_name"),
    "group": row_of(lambda: Group.objects.create(name="At once"), "name"),
    "redirect": row_of(a_redirect, "new_path", "/{}-{}/"),
}
MEANWHILE = {
    "delete, save": meanwhile(deleting, is_deleted, published=False, action="save"),
    "delete, publish": meanwhile(deleting, is_deleted, published=False, action="publish"),
    "withdraw, save": meanwhile(taking_back, is_withdrawn, action="save"),
    "withdraw, update": meanwhile(taking_back, is_withdrawn, action="update", change="typo"),
    "rename, save": meanwhile(renaming, is_renamed, action="save"),
}


def run(path, count, seconds=float("inf")):
    """Run `count` rounds of `path`, a name, or as many as go into `seconds`.

    Return (how many, what was wrong with them, in words, one entry each that failed).
    """
    desk, until, wrong, done = Desk(), time.monotonic() + seconds, [], 0
    try:
        one = (AT_ONCE | MEANWHILE)[path](desk)
        while done < count and time.monotonic() < until:
            wrong += filter(None, [one(done)])
            done += 1
    finally:
        desk.close()
    return done, wrong
