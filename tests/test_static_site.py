"""The site as static files: what is in it, that nothing in it leads nowhere, and that a run writes what has changed."""

import contextlib
import datetime
import html.parser
import io
import os
import re
import shutil
import sqlite3
from unittest import mock
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.core.management import CommandError, call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings
from django.utils import timezone

from articles import publishing
from articles.models import Article, Author, Theme
from articles.transfer import static_site
from articles.transfer.static_site.copying import Copier, Surroundings
from articles.transfer.static_site.folder import Folder

from . import crawl
from .make import change, make_article, make_source
from .thorough import times

BASE = "http://testserver"


def fill():
    """Make something of everything, lists of several pages, former addresses and links of every kind."""
    Site.objects.filter(pk=1).update(domain="testserver", name="The Publication")
    crawl.library()
    FlatPage.objects.create(url="/corrections-policy/", title="Policy", content="Said.").sites.set([1])
    ann, syria = Author.objects.get(slug="ann"), Theme.objects.get(slug="syria")
    for number in range(5):
        make_article(f"Straits {number}", slug=f"straits-{number}", themes=[syria], authors=[ann])
    make_article(
        "Led", slug="led", themes=[syria, "Libya", "Iraq"],
        body="[Out](/themes/iraq+libya+syria/) and [by year](/articles/?year=2020), [dead](/nowhere/), [too](/hiç-yok/), [mine](/articles/pipelines/?utm=1).",
    )  # fmt: skip
    libya = Theme.objects.get(slug="libya")
    libya.slug = "libya-now"
    publishing.save_theme(libya, by=None)
    for old in ("/2019/05/old-post.html", "/../../etc/passwd", "/.export/manifest.sqlite3"):
        Redirect.objects.create(site_id=1, old_path=old, new_path="/articles/pipelines/")


@contextlib.contextmanager
def short():
    """Lists have short pages and feeds few items, and what is rendered is kept at once."""
    with contextlib.ExitStack() as stack:
        for name, value in {
            "listing.filters.PAGE_SIZE": 3, "feeds.ITEMS": 3, "feeds.items.ITEMS": 3, "feeds.ARCHIVED": 2, "sitemaps.PART": 10**9,
            "cards.card": lambda words, picture=None: b"\x89PNG" + repr((words, picture)).encode(),
            "publishing.keep_rendered": lambda store, *rendered: store(*rendered),
        }.items():  # fmt: skip
            stack.enter_context(mock.patch(f"articles.{name}", value))
        yield


@pytest.fixture(scope="class")
def first(shared_rows, tmp_path_factory):
    """A folder with the pictures of `fill` and the first copy of it, made once."""
    folder = tmp_path_factory.mktemp("static")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with (
        short(),
        override_settings(MEDIA_ROOT=folder / "pictures", STORAGES=settings.STORAGES | {"staticfiles": plain}),
    ):
        fill()
        export(folder / "copy")
    return folder


@pytest.fixture
def copy(first, db, tmp_path, settings):
    """The first copy, in a folder of this test."""
    for name in ("pictures", "copy"):
        shutil.copytree(first / name, tmp_path / name)
    conf = tmp_path / "copy" / ".export" / "nginx.conf"
    conf.write_text(conf.read_text().replace(str(first), str(tmp_path)))
    with short():
        yield tmp_path / "copy"


def export(folder, **options):
    """Export into `folder`; return the account."""
    with connected():
        return static_site.export(folder, now=timezone.now, **options)


def exported(folder, *options, **told):
    """Run the command for `folder`."""
    with connected():
        call_command("export_site", folder, *options, **told)


@contextlib.contextmanager
def connected():
    """The connection of the test outlasts a request, as in Django's test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def tree(folder):
    """Return {name: bytes} of the files that a server would send."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".export" not in path.parts]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def stamps(folder):
    """Return {name: (inode, when it was written)} of the files of a copy."""
    return {name: ((folder / name).stat().st_ino, (folder / name).stat().st_mtime_ns) for name in tree(folder)}


class Addresses(html.parser.HTMLParser):
    """Gathers every address of a page, as another program than ours reads it."""

    def __init__(self, page):
        super().__init__()
        self.found, self.ids, self.forms = [], set(), 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        """Gather."""
        told = dict(attributes)
        self.forms += tag == "form"
        self.ids.add(told.get("id"))
        self.found += [told[name] for name in ("href", "src") if told.get(name)]
        if told.get("srcset"):
            self.found += [part.split()[0] for part in told["srcset"].split(", ")]
        if tag == "meta" and (told.get("content") or "").startswith(BASE):
            self.found.append(told["content"])


def led_to(name, content):
    """Return the addresses that the file `name` leads to, seen from where it is."""
    text = content.decode(errors="replace")
    if name.endswith(".html"):
        found = Addresses(text).found
    elif name.endswith(".css"):
        found = re.findall(r"url\(([^)]+)\)", text)
    elif name.endswith((".atom", ".rss", ".xml", ".opml", "feed.json")):
        found = re.findall(rf"{BASE}/[^\s\"'<>\\&]*", text) + re.findall(r'xml-stylesheet href="([^"]*)', text)
    else:
        return []
    place = f"{BASE}/{name.removesuffix('index.html')}"
    return [whole for address in found if (whole := urljoin(place, address)).startswith(f"{BASE}/")]


def broken(files):
    """Return [(name, address), …] of the links that no file of a static host answers."""
    wrong = []
    for name, content in files.items():
        if name.endswith((".gz", ".br")) or name == "404.html":
            continue
        for address in led_to(name, content):
            path = unquote(urlsplit(address).path)[1:]
            query = urlsplit(address).query
            file = f"{path}index.html" if path.endswith("/") or not path else path
            if file not in files or (query and not query.startswith(("v=", "utm="))):
                wrong.append((name, address))
    return wrong


def a_publication():
    make_article("Brand new", slug="brand-new", themes=["Syria"])


def a_correction():
    change(Article.objects.get(slug="pipelines"), kind="correction", note="Again.", body="Another text.")


def a_withdrawal():
    article = Article.objects.get(slug="straits-1")
    publishing.withdraw(article, by=None, based_on=article.working_id, note="It was wrong.")


def a_new_slug():
    change(Article.objects.get(slug="pipelines"), slug="pipelines-now")


def a_renamed_theme():
    theme = Theme.objects.get(slug="syria")
    theme.name, theme.slug = "Syria and its neighbours", "syria-now"
    publishing.save_theme(theme, by=None)


def a_changed_source():
    source = make_source("two-2021", "Another")
    make_article("Cites", slug="cites", body="Said.[@two-2021]", themes=["Iraq"])
    source.title = "Another title"
    publishing.save_row(source, by=None)


def an_end_of_a_dead_link():
    page = FlatPage(url="/nowhere/", title="Here", content="It is here.")
    publishing.save_row(page, by=None)
    page.sites.set([1])


HAPPENINGS = [
    a_publication,
    a_correction,
    a_changed_source,
    an_end_of_a_dead_link,
    a_new_slug,
    a_renamed_theme,
    a_withdrawal,
]


def differing(files, others):
    """Return the names of what is not the same in two trees."""
    return sorted(name for name in files.keys() | others.keys() if files.get(name) != others.get(name))


def test_what_leads_nowhere_is_known_whatever_its_letters(db, tmp_path):
    with connected():
        copier = Copier(Surroundings(tmp_path, frozenset()))
        assert [copier.is_dead(path) for path in ("/hiç-yok/", "/нет/", "/50%25/", "/articles/")] == [True] * 3 + [
            False
        ]


def test_static_files_that_were_not_collected_are_told(settings, tmp_path):
    kept = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": kept}
    settings.STATIC_ROOT = tmp_path / "static"
    with pytest.raises(CommandError, match="run manage.py collectstatic first"):
        call_command("export_site", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.large
class TestCopies:
    """The copy of a small publication."""

    def test_everything_is_there_and_leads_somewhere(self, copy, client):
        files = tree(copy)
        assert broken(files) == []
        for name in (
            "index.html", "404.html", "robots.txt", "sitemap.xml", "feed.atom", "feed.rss", "feed.json", "feeds.opml", "_redirects",
            "articles/pipelines/index.html", "articles/pipelines/cite.bib", "articles/pipelines/card.png", "articles/index.html",
            "articles/pipelines/charts/1.svg", "articles/pipelines/charts/1.csv", "articles/pipelines/history/index.html",
            "articles/pipelines/versions/1/index.html", "articles/pipelines/changes/index.html", "articles/_/page-2/index.html",
            "themes/syria/_/page-3/index.html", "themes/syria/_/archive-1/feed.atom", "themes/libya-now+syria/index.html",
            "articles/_/language-ru/index.html", "timeline/_/theme-syria/timeline.ics", "timeline/timeline.csv", "search/index.html",
            "sources/one-2020/index.html", "authors/ann/feed.json", "series/straits/index.html", "about/index.html",
            "articles/gone/index.html", "2019/05/old-post.html", "themes/libya/index.html", "themes/libya/feed.atom",
        ):  # fmt: skip
            assert name in files, name
        assert any(name.startswith("pictures/") and name.endswith(".avif") for name in files)
        assert not [name for name in files if re.match(r"admin|drafts|health|search/(?!index)|opensearch", name)]
        assert not [name for name in files if name.count("+") > 1 and name.startswith("themes/")]
        assert not (copy.parent / "etc").exists()

    def test_files_are_what_readers_get(self, copy, client):
        """What differs from the live page is what a static host can't do, line by line."""
        files = tree(copy)
        for name in (
            "robots.txt", "articles/pipelines/cite.bib", "articles/pipelines/card.png", "articles/pipelines/charts/1.svg", "sitemap.xml",
            "timeline/timeline.csv", "timeline/timeline.ics", "authors/ann/feed.atom", "feeds.opml", "sources/one-2020/index.html",
            "articles/pipelines/index.html", "themes/syria/index.html", "themes/syria/feed.rss", "index.html", "updates/index.html",
        ):  # fmt: skip
            live = client.get("/" + name.removesuffix("index.html")).content
            if name.endswith(("html", "atom", "rss")):
                mine, theirs = files[name].decode().splitlines(), live.decode().splitlines()
                for line in set(mine) - set(theirs):
                    assert "/_/" in line or any(tool in "\n".join(theirs) for tool in ("?", "<form"))
                for line in set(theirs) - set(mine):
                    assert re.search(r"\?|opensearch|<form|SearchAction|page_q|<dt>|narrow|<option", line), (name, line)
            else:
                assert files[name] == live, name

    def test_what_a_static_host_cannot_do_is_gone(self, copy):
        files = {name: content.decode() for name, content in tree(copy).items() if name.endswith(".html")}
        for name, page in files.items():
            assert Addresses(page).forms == 0, name
            assert "opensearch.xml" not in page
            assert "SearchAction" not in page
        hub = files["themes/syria/index.html"]
        assert '<link rel="next" href="/themes/syria/_/page-2/">' in hub
        assert "oldest first" in hub
        assert "order=oldest" not in hub
        second = files["themes/syria/_/page-2/index.html"]
        assert f'<link rel="canonical" href="{BASE}/themes/syria/_/page-2/">' in second
        assert f'<meta property="og:url" content="{BASE}/themes/syria/_/page-2/">' in second
        assert '<a href="/themes/syria/" rel="prev">' in second
        led = files["articles/led/index.html"]
        assert 'Out and by year, dead, too, <a href="/articles/pipelines/?utm=1">mine</a>.' in led
        narrowed = re.search(r'<details class="narrow">.*?</details>', files["articles/index.html"], re.DOTALL)[0]
        assert '<a href="/themes/iraq/"' in narrowed
        assert 'class="out"' not in narrowed
        assert "copy" in files["search/index.html"]
        feed = tree(copy)["themes/syria/feed.atom"].decode()
        assert re.search(
            rf'rel="prev-archive" href="{BASE}/themes/syria/_/archive-\d/feed.atom"|href="{BASE}/themes/syria/_/archive-\d/feed.atom" rel="prev-archive"',
            feed,
        )
        assert "archive=" not in feed
        combined = tree(copy)["themes/libya-now+syria/feed.json"].decode()
        assert "next_url" not in combined
        assert 'content="0; url=/articles/pipelines/"' in files["2019/05/old-post.html"]

    def test_what_is_compressed_beside_is_the_same(self, copy):
        folder, files = Folder(copy), tree(copy)
        packed = [name for name in files if name.endswith((".gz", ".br"))]
        assert len(packed) > 100
        for name in packed:
            assert folder._read(name, name[-3:]) == files[name[:-3]]
        assert files["index.html.gz"][4:8] == b"\0\0\0\0"  # no time in it
        assert "index.html.br" in files
        assert "card.png.gz" not in files

    def test_a_second_run_has_nothing_to_do(self, copy):
        before = stamps(copy)
        assert export(copy).nothing
        assert stamps(copy) == before

    def test_damage_is_mended_when_asked(self, copy):
        whole, before = tree(copy), stamps(copy)
        (copy / "index.html").write_bytes(b"something else")
        (copy / "feed.atom.gz").write_bytes(b"no gzip")
        (copy / "about" / "index.html").unlink()
        account = export(copy, anew=True)
        assert (account.written, account.removed, account.dead) == (3, 0, ["/hiç-yok/", "/nowhere/"])
        assert tree(copy) == whole
        assert differing(before, stamps(copy)) == ["about/index.html", "feed.atom.gz", "index.html"]

    @pytest.mark.parametrize(
        "happened",
        times([HAPPENINGS[:1], HAPPENINGS[1:]], [HAPPENINGS[:1], *(HAPPENINGS[place::4] for place in range(1, 5))]),
    )
    def test_a_run_writes_what_differs_and_nothing_else(self, copy, happened):
        """Behind each change the copy is what it would be if everything were asked for; what was so stays untouched."""
        before, written = tree(copy), stamps(copy)
        for happens in happened:
            happens()
        account = export(copy)
        assert account.asked < sum(account.kinds.values()) or happened != [a_publication]
        now, touched = tree(copy), stamps(copy)
        assert {name for name in now if touched[name] != written.get(name)} == {
            name for name in now if now[name] != before.get(name)
        }
        assert broken(now) == []
        account = export(copy, anew=True)
        assert (account.written, account.removed) == (0, 0), differing(now, tree(copy))

    def test_a_copy_made_before_links_were_remembered_is_gone_on_with(self, copy):
        with contextlib.closing(sqlite3.connect(copy / ".export" / "manifest.sqlite3")) as manifest:
            manifest.execute("ALTER TABLE file DROP COLUMN links")
        whole = tree(copy)
        a_publication()
        account = export(copy)
        assert account.asked == sum(account.kinds.values())
        assert whole.keys() < tree(copy).keys()
        assert broken(tree(copy)) == []

    def test_what_is_scheduled_appears_in_its_hour(self, copy, tmp_path, monkeypatch):
        soon = timezone.now() + datetime.timedelta(hours=1)
        make_article("To come", slug="to-come", themes=["Syria"], at=soon)
        with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):  # a run that is stopped at its end
            patch.setattr("articles.transfer.static_site.hosting.write", mock.Mock(side_effect=KeyboardInterrupt))
            export(copy)
        assert not any(b"To come" in content for name, content in tree(copy).items() if name[-3:] not in {".gz", ".br"})
        later = soon + datetime.timedelta(minutes=1)
        monkeypatch.setattr("django.utils.timezone.now", lambda: later)
        account = export(copy)
        assert not account.nothing
        assert (copy / "articles" / "to-come" / "index.html").exists()
        assert b"To come" in (copy / "themes" / "syria" / "index.html").read_bytes()

    def test_what_readers_asked_for_since_then_is_copied_too(self, copy, tmp_path, monkeypatch):
        """A page that leads on to what has fallen due is another one, though nobody published anything."""
        soon = timezone.now() + datetime.timedelta(hours=1)
        make_article("To come", slug="to-come", themes=["Syria"], at=soon)
        change(Article.objects.get(slug="straits-1"), read_next=(Article.objects.get(slug="to-come").pk,))
        export(copy)
        assert export(copy, anew=True).written == 0  # by now all is kept
        monkeypatch.setattr("django.utils.timezone.now", lambda: soon + datetime.timedelta(minutes=1))
        export(tmp_path / "another")  # which asks for everything, as readers do
        monkeypatch.setattr("django.utils.timezone.now", lambda: soon + datetime.timedelta(minutes=2))
        export(copy)
        assert b"/articles/to-come/" in (copy / "articles" / "straits-1" / "index.html").read_bytes()
        assert differing(tree(copy), tree(tmp_path / "another")) == []

    def test_a_former_address_of_what_is_hidden_says_nothing_of_it(self, copy):
        page = FlatPage(url="/coming-soon/", title="Coming", content="[As before](/before/).")
        publishing.save_row(page, by=None)
        page.sites.set([1])
        Redirect.objects.create(site_id=1, old_path="/before/", new_path="/coming-soon/")
        Redirect.objects.create(site_id=1, old_path="/before-that/", new_path="/before/")
        Redirect.objects.create(site_id=1, old_path="/before-the-desk/", new_path="/admin/coming-soon/")
        export(copy)
        assert b"/coming-soon/" in (copy / "before" / "index.html").read_bytes()
        assert "/before/ /coming-soon/ 301" in (copy / "_redirects").read_text()
        assert '"/before/" "/coming-soon/";' in (copy / ".export" / "redirects.nginx.map").read_text()
        page.sites.clear()
        publishing.save_row(page, by=None)
        export(copy)
        said = {**tree(copy), "map": (copy / ".export" / "redirects.nginx.map").read_bytes()}
        assert [name for name, content in said.items() if b"coming-soon" in content or name.startswith("before")] == []
        make_article("Led", slug="led-before", themes=["Syria"], body="[As before](/before/) and [so](/articles/led).")
        assert export(copy).dead == [
            "/before-that/",
            "/before-the-desk/",
            "/before/",
            "/coming-soon/",
            "/hiç-yok/",
            "/nowhere/",
        ]
        led = (copy / "articles" / "led-before" / "index.html").read_text()
        assert 'As before and <a href="/articles/led">so</a>.' in led

    def test_a_link_that_a_stopped_run_took_away_is_there_again_with_what_it_leads_to(self, copy, monkeypatch):
        make_article("Led", slug="led-away", themes=["Syria"], body="[There](/not-yet/).")
        work, calls = static_site._Run._work, []

        def stopped(run, pool):
            work(run, pool)
            calls.append(run)
            if len(calls) == 3:  # links to what isn't there have gone
                raise KeyboardInterrupt

        with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
            patch.setattr(static_site._Run, "_work", stopped)
            export(copy)
        assert len(calls) == 3
        page = FlatPage(url="/not-yet/", title="There", content="It is.")
        publishing.save_row(page, by=None)
        page.sites.set([1])
        export(copy)
        assert b'<a href="/not-yet/">There</a>' in (copy / "articles" / "led-away" / "index.html").read_bytes()

    @pytest.mark.parametrize("calls", times([], [7, 40]))
    def test_a_run_that_is_stopped_is_made_up_for(self, copy, tmp_path, monkeypatch, calls):
        make_article("Brand new", slug="brand-new", themes=["Syria"])
        left, replace = [calls], os.replace

        def stopping(*args):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return replace(*args)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", stopping)
            with contextlib.suppress(KeyboardInterrupt):
                export(copy)
        export(copy)
        assert (copy / "articles" / "brand-new" / "index.html").exists()
        account = export(copy, anew=True)
        assert (account.written, account.removed) == (0, 0)

    def test_what_failed_is_told_and_nothing_is_removed(self, copy, tmp_path, monkeypatch):
        a_withdrawal()
        monkeypatch.setattr("articles.bibliography.of_article", lambda *args, **kw: 1 / 0)
        told = io.StringIO()
        with pytest.raises(CommandError, match="not whole"):
            exported(str(copy), "--anew", stdout=told)
        assert "500" in told.getvalue()
        assert (copy / "articles" / "straits-1" / "cite.bib").exists()
