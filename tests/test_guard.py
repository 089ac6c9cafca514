"""A text that can't be rendered: it is kept and told, and takes nothing and nobody with it."""

import errno
import io
import json
import re
import signal
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.management import CommandError, call_command
from django.urls import reverse

from articles import publishing, text
from articles.models import Article, Revision
from articles.publishing import rules
from articles.text import engine, safe

from .make import ago, change, forge, make_article, make_picture, make_series, make_theme
from .trust import sick

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sickly(monkeypatch):
    """The child can be made sick by a text."""
    monkeypatch.setattr(text, "_engine", text._Engine())
    monkeypatch.setattr(text, "CHILD", "tests.trust.sick")
    rules.rendered_or_typed.cache_clear()
    yield
    text._engine.stop()
    rules.rendered_or_typed.cache_clear()


def sent(client, article, body, action="save", **more):
    address = reverse("admin:articles_article_change", args=[article.pk])
    fields = article.working.fields
    return client.post(
        address,
        {
            **{name: fields[name] for name in ("title", "slug", "summary", "language", "themes", "authors")},
            "body": body,
            "based_on": article.working_id,
            "action": action,
            **more,
        },
        follow=True,
    )


@pytest.mark.large
@pytest.mark.parametrize("sickness", [sick.LOOP, sick.MEMORY, sick.SEGFAULT, sick.EXIT])
def test_a_draft_is_saved_and_its_editor_is_told(client, editor, sickness):
    client.force_login(editor)
    article = make_article(published=False)
    page = sent(client, article, f"Typed with care. {sickness}").content.decode()
    assert "Draft saved" in page
    assert re.search("takes too long to render|can&#x27;t be rendered", page)
    assert Article.objects.get().working.fields["body"] == f"Typed with care. {sickness}"
    assert text.render("The next one.").html == "<p>The next one.</p>"


def test_a_text_has_two_seconds():
    assert text.SECONDS == 2 * 2.0  # twice as many in tests (conftest)


def test_what_was_published_stays_and_the_words_are_still_in_the_form(client, editor):
    client.force_login(editor)
    article = make_article("Seen", slug="seen", body="Good words.")
    page = sent(client, article, f"Typed with care. {sick.SEGFAULT}", "update", change="typo").content.decode()
    assert "Typed with care." in page
    assert "rendered" in page
    assert "Good words." in client.get("/articles/seen/").content.decode()


def test_a_child_that_reads_nothing_is_given_up_too(monkeypatch):
    monkeypatch.setattr(text, "SECONDS", 0.5)
    text.render("Awake.")
    text._engine._process.send_signal(19)  # SIGSTOP
    with pytest.raises(text.TextError, match="slow"):
        text.render("x" * 199_000)  # more than a pipe holds
    monkeypatch.setattr(text, "SECONDS", 20)
    assert text.render("Next.").words == 1


def test_the_child_knows_no_secrets_and_its_memory_is_bounded(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    text.render("Awake.")
    with open(f"/proc/{text._engine._process.pid}/environ") as told:
        assert "canary" not in told.read()
    with open(f"/proc/{text._engine._process.pid}/limits") as told:
        limits = re.search(r"Max address space +(\d+) +(\d+)", told.read())
    assert limits.groups() == (str(engine.MEMORY),) * 2


def test_where_no_child_can_be_started_the_text_is_given_up(monkeypatch):
    """No memory, no process to be had: an article's editor is told, and a page comes all the same."""

    def none(*told, **kw):
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    with monkeypatch.context() as poor:
        poor.setattr("subprocess.Popen", none)
        with pytest.raises(text.TextError, match="failed"):
            text.render("Words.")
    assert text.render("Words.").words == 1


def test_one_whose_site_is_gone_ends_by_itself():
    """Nobody is left to stop it when the site's process was killed over a text."""
    alone = "from articles.text import engine; from tests.trust import sick; engine.ALONE = 0.2; engine.render = sick.rendered; engine.main()"
    questions = "".join(f"{json.dumps(body)}\n" for body in ("Well.", sick.LOOP))
    done = subprocess.run([sys.executable, "-c", alone], input=questions, text=True, capture_output=True, timeout=20)
    assert done.returncode == -signal.SIGPROF
    assert "Well." in done.stdout


def test_nothing_is_done_to_a_text_behind_its_sanitising():
    """Control characters that are taken out of an address afterwards would make another one of it."""
    for sign in ("&#1;", "&#x7f;", "&#x85;", "&#xfffe;"):
        html = engine.render(f'<a href="java{sign}script:alert(1)">x</a> <a title="{sign}">y</a>')["html"]
        assert safe.sanitise(html) == html
        assert "javascript" not in html


# Readers ------------------------------------------------------------------------------------------------------------


def unrenderable(article):
    """Make the live text of `article` one that can't be rendered any more, as an upgrade might."""
    fields = article.live.fields | {"body": f"Broken. {sick.EXIT}"}
    forge(Revision.objects.filter(pk=article.live_id), fields=fields)


@pytest.fixture
def three(monkeypatch):
    """An article that can't be woven, one with control characters, one without its picture, and a good one."""
    picture = make_picture()
    told = {"themes": ["Syria", "Libya"], "series": make_series("Straits", slug="straits")}
    timeline = "\n\n```timeline\n2019-07-12: {}\n```\n"
    make_article("Bad", slug="bad", body="Breaks here." + timeline.format("Breaks too."), **told)
    make_article(
        "Con\x00tr\x1bol\ufffe",
        slug="control",
        summary="a\x08b",
        body="x\x0b\x1f\ud800y" + timeline.format("x\x02y"),
        **told,
    )
    make_article("Bare", slug="bare", lead_picture=picture.pk, body=f"![A strait]({picture.file.url})", **told)
    make_article("Good", slug="good", body="Good words.", **told)
    for name in picture.files:
        picture.file.storage.delete(name)

    def breaks(html, *rest, **kw):
        if "Breaks" in html:
            raise RuntimeError
        return html

    monkeypatch.setattr("articles.text.links.resolved", breaks)


PLACES = [
    "/", "/articles/", "/articles/{year}/", "/articles/{year}/{month:02}/", "/themes/", "/themes/syria/",
    "/themes/libya+syria/", "/authors/the-editors/", "/series/straits/", "/search/?q=words", "/search/?q=breaks",
    "/timeline/", "/updates/", "/corrections/", "/sources/", "/feeds/",
    *(f"/articles/{slug}/{page}" for slug in ("bad", "control", "bare", "good") for page in ("", "history/", "versions/1/")),
    "/sitemap.xml", "/sitemap-articles-0.xml", "/sitemap-pages.xml", "/feeds.opml", "/timeline/timeline.ics",
    "/articles/bare/card.png", "/articles/bad/cite.bib",
]  # fmt: skip
FED = ["/", "/articles/", "/themes/syria/", "/themes/libya+syria/", "/authors/the-editors/", "/series/straits/", "/timeline/",
       "/updates/", "/search/"]  # fmt: skip


@pytest.mark.large
def test_one_broken_article_takes_no_page_with_it(client, three):
    now = ago(hours=1)
    for place in PLACES:
        answer = client.get(place.format(year=now.year, month=now.month))
        assert answer.status_code == 200, place
        if answer["Content-Type"].endswith("xml"):
            ET.fromstring(answer.content)  # noqa: S314 - our own output
    assert "Breaks here." in client.get("/articles/bad/").content.decode()  # as it was rendered, with nothing woven in


@pytest.mark.parametrize("format", ["atom", "rss", "json"])
def test_one_broken_article_takes_no_feed_with_it(client, three, format):
    for place in FED:
        answer = client.get(f"{place}feed.{format}{'?q=words' if place == '/search/' else ''}")
        assert answer.status_code == 200, place
        if format != "json":
            ET.fromstring(answer.content)  # noqa: S314 - our own output
        if place in {"/", "/themes/syria/"}:
            assert "Good words." in answer.content.decode()
            assert "/articles/bare/" in answer.content.decode()


def test_editors_are_told_which_it_is(client, editor, three):
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    told = page[page.index("Left out of the feeds") :]
    assert ">Bad<" in told[: told.index("</ul>")]


def test_a_text_that_is_rendered_no_more_stays_as_it_was_and_is_named_at_the_desk(client, editor):
    article = make_article("Seen", slug="seen", body="Good words.")
    unrenderable(article)
    with pytest.raises(CommandError, match="1 texts could not be rendered"):
        call_command("rebuild", stdout=io.StringIO(), stderr=io.StringIO())
    assert "Good words." in client.get("/articles/seen/").content.decode()
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    assert "Can’t be rendered any more" in page
    article = Article.objects.get()
    change(article, body="Better words.")
    assert "Can’t be rendered any more" not in client.get("/admin/").content.decode()


def test_pages_rendered_when_they_are_seen_come_as_they_were_typed(client, editor):
    article = make_article("Seen", slug="seen", body="Good words.")
    change(article, kind="update", note="Why.", body="Better words.")
    old = Revision.objects.filter(article=article, kind=Revision.Kind.PUBLISHED).earliest("number")
    forge(Revision.objects.filter(pk=old.pk), fields=old.fields | {"body": f"<b>Broken</b> & bare.\n\n{sick.EXIT}"})
    page = client.get("/articles/seen/versions/1/").content.decode()
    assert "<p>&lt;b&gt;Broken&lt;/b&gt; &amp; bare.</p>" in page
    about = FlatPage.objects.create(url="/about/", title="About", content=f"Broken.\n\n{sick.EXIT}")
    about.sites.add(settings.SITE_ID)
    assert "<p>Broken.</p>" in client.get("/about/").content.decode()
    draft = make_article(published=False, body=f"Broken draft.\n\n{sick.EXIT}")
    link = publishing.share(draft, by=editor, days=1)
    assert "<p>Broken draft.</p>" in client.get(link.get_absolute_url()).content.decode()


def test_a_page_as_it_was_typed_is_kept_for_nobody(reader, monkeypatch):
    about = FlatPage.objects.create(url="/about/", title="About", content=f"**Broken.**\n\n{sick.EXIT}")
    about.sites.add(settings.SITE_ID)
    article = make_article("Seen", slug="seen", body="Good words.")
    change(article, kind="update", note="Why.", body="Better words.")
    old = Revision.objects.filter(article=article, kind=Revision.Kind.PUBLISHED).earliest("number")
    forge(Revision.objects.filter(pk=old.pk), fields=old.fields | {"body": about.content})
    places = ("/about/", "/articles/seen/versions/1/")
    for place in places:
        assert "**Broken.**" in reader.get(place).content.decode()
    monkeypatch.setattr(text, "CHILD", "articles.text.engine")  # it was a moment's trouble
    text._engine.stop()
    rules.rendered_or_typed.cache_clear()
    for place in places:
        assert "<strong>Broken.</strong>" in reader.get(place).content.decode()


def test_an_introduction_that_can_not_be_woven_is_there_all_the_same(client, monkeypatch):
    theme = make_theme("Syria", introduction="Breaks here.", place=1)
    make_article("Good", themes=[theme])
    monkeypatch.setattr("articles.text.links.resolved", lambda *told: 1 / 0)
    for place in ("/", "/themes/syria/"):
        assert "Breaks here." in client.get(place).content.decode()
