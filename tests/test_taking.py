"""What becomes of documents that are brought in: articles and pages, once, and nothing edited here is lost."""

import datetime
import io
from collections import Counter
from dataclasses import replace

import pytest
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from articles import publishing
from articles.models import Article, Author, Imported, Picture, Revision, Theme
from articles.transfer.documents import Image, Refusal, Sort, State, ThemeTold
from articles.transfer.taking import take
from articles.transfer.taking.belongings import Belongings, put_in
from articles.transfer.taking.outcomes import Wishes

from .documents import FIRST, a_document, a_picture, a_source
from .make import make_article, make_author, make_theme, make_user
from .rights import Writes

pytestmark = pytest.mark.django_db
OUT = Wishes(publish=True)


def taken(*documents, wishes=None, **kw):
    """Take `documents`; return their outcomes."""
    return list(take(documents, wishes=wishes or Wishes(), **kw))


def results(outcomes):
    """Return how often each result came."""
    return dict(Counter(str(outcome.result) for outcome in outcomes))


def words(outcome):
    """Return the notes of an outcome as one text."""
    return " ".join(note.words for note in outcome.notes)


def only():
    """Return the one article there is."""
    return Article.objects.select_related("working", "live").get()


class TestArticles:
    """Documents become articles."""

    def test_a_document_lands_as_a_draft_that_readers_do_not_see(self, client):
        (outcome,) = taken(a_document(old_paths=("/2012/a-pipeline/",)))
        assert (outcome.result, outcome.standing, outcome.notes[0].words) == (
            "taken",
            "draft",
            "The theme “Syria” is new.",
        )
        article = only()
        assert article.working.fields["title"] == "A pipeline"
        assert client.get("/articles/text-1/").status_code == client.get("/2012/a-pipeline/").status_code == 404

    @pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHHELD])
    def test_an_editor_who_publishes_it_gives_it_its_old_date_and_its_old_addresses(self, client, state):
        wishes = OUT if state == State.WITHHELD else None
        paths = ("/2012/a-pipeline/", "/%D1%82%D1%80%D1%83%D0%B1%D0%B0/")
        (outcome,) = taken(a_document(old_paths=paths, state=state), wishes=wishes)
        assert outcome.standing == "draft"
        assert client.get("/2012/a-pipeline/").status_code == 404
        article = only()
        client.force_login(make_user("bob", "Editor"))
        form = client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
        assert "published elsewhere on 2 Jan 2012" in form
        client.logout()
        publishing.publish(article, publishing.Fields.of(article.working), by=None, based_on=article.working_id)
        assert only().published_at == FIRST
        assert client.get("/2012/a-pipeline/").headers["Location"] == "/articles/text-1/"
        assert client.get("/2012/a-pipeline").headers["Location"] == "/articles/text-1/"
        assert client.get("/труба/").headers["Location"] == "/articles/text-1/"

    def test_what_was_published_comes_out_under_its_date_and_what_is_scheduled_is_scheduled(self, client):
        coming = timezone.now() + datetime.timedelta(days=9)
        outcomes = taken(
            a_document(1), a_document(2, published_at=coming), a_document(3, state=State.DRAFT), wishes=OUT
        )
        assert [outcome.standing for outcome in outcomes] == ["published", "scheduled", "draft"]
        assert Article.objects.get(slug="text-1").published_at == FIRST
        assert Article.objects.get(slug="text-2").published_at == coming
        assert client.get("/articles/text-1/").status_code == 200
        assert client.get("/articles/text-2/").status_code == 404

    def test_what_was_out_at_an_hour_that_cant_be_read_waits_for_an_editor(self, client):
        old = a_document(state=State.UNCLEAR, published_at=None, old_paths=("/2012/a-pipeline/",))
        (outcome,) = taken(old, wishes=OUT)
        assert (outcome.result, outcome.standing, Redirect.objects.count()) == ("taken", "draft", 0)
        article = only()
        publishing.publish(
            article, publishing.Fields.of(article.working), by=None, based_on=article.working_id, change="new"
        )
        assert client.get("/2012/a-pipeline/").headers["Location"].endswith(article.get_absolute_url())

    def test_a_date_is_kept_where_it_is_its_end_that_cant_be_read(self):
        taken(a_document(state=State.UNCLEAR), wishes=OUT)
        assert Imported.objects.get().published_at == FIRST

    def test_a_later_run_publishes_what_landed_as_a_draft(self):
        taken(a_document(1), a_document(2, state=State.DRAFT))
        outcomes = taken(a_document(1), a_document(2, state=State.DRAFT), wishes=OUT)
        assert [(outcome.result, outcome.standing) for outcome in outcomes] == [
            ("updated", "published"),
            ("unchanged", "draft"),
        ]
        assert Article.objects.get(slug="text-1").published_at == FIRST

    def test_what_publishing_needs_and_the_source_lacks_is_told(self):
        bare = a_document(summary="", authors=(), themes=(), published_at=None)
        (outcome,) = taken(bare, wishes=OUT)
        assert outcome.standing == "draft"
        assert "could not be published: Choose at least one theme. Choose at least one author." in words(outcome)
        (outcome,) = taken(bare, wishes=Wishes(publish=True, author="The editors", theme="Trade"))
        assert outcome.standing == "published"
        assert "the first words of its text stand for one" in words(outcome)
        assert "published as of now" in words(outcome)
        assert only().summary == "First words."
        assert [theme.name for theme in only().theme_list] == ["Trade"]

    def test_a_document_that_lacks_everything_is_taken_all_the_same(self):
        (outcome,) = taken(
            a_document(7, title=" ", body="", slug="", summary="", authors=(), themes=("!!",), language="de")
        )
        assert (outcome.result, only().title) == ("taken", "7")
        for said in ("no title", "“de”", "“!!” was left out"):
            assert said in words(outcome)

    def test_what_is_too_long_is_cut_and_told_or_refused(self):
        cut, refused = taken(
            a_document(1, title="word " * 60, summary="word " * 300), a_document(2, body="x" * 200_001)
        )
        assert len(Article.objects.get().title) <= 200
        assert "title was cut" in words(cut) and "summary was cut" in words(cut)
        assert (refused.result, Imported.objects.count()) == ("refused", 1)
        assert "200,000 characters" in words(refused)

    def test_what_has_too_much_of_anything_has_the_first_of_it(self, monkeypatch):
        for name in ("MOST_THEMES", "MOST_AUTHORS", "MOST_PICTURES"):
            monkeypatch.setattr(f"articles.transfer.taking.belongings.{name}", 1)
        images = (a_picture(1), a_picture(2))
        (outcome,) = taken(
            a_document(themes=("A", "B"), authors=("A", "B"), body="![](import:1) ![](import:0)", pictures=images)
        )
        for what in ("themes", "authors", "pictures"):
            assert f"It has 2 {what}: only the first 1 were taken." in words(outcome)
        assert only().working.fields["body"].startswith(" ![](/pictures/")

    def test_what_can_not_be_rendered_is_a_draft(self, monkeypatch):
        monkeypatch.setattr("articles.text.SECONDS", 0.2)
        (outcome,) = taken(a_document(body="[" * 50_000), wishes=OUT)
        assert (outcome.result, outcome.standing) == ("taken", "draft")
        assert "could not be published" in words(outcome)

    def test_what_a_reader_refused_is_in_the_account(self):
        (outcome,) = taken(Refusal("posts/x.md", "It is no text.", 3))
        assert str(outcome) == "posts/x.md: refused\n    line 3: It is no text."

    def test_dates_that_make_no_sense_are_none(self):
        (outcome,) = taken(a_document(published_at=datetime.datetime(1, 1, 1, tzinfo=datetime.UTC)), wishes=OUT)
        assert "makes no sense" in words(outcome)
        assert only().published_at.year > 2000


class TestAgain:
    """The same source once more."""

    def test_a_run_over_the_same_source_writes_nothing(self):
        documents = list(a_source(12))
        taken(*documents, wishes=OUT)
        writes = Writes()
        writes.ALLOWED = set()
        with connection.execute_wrapper(writes):
            outcomes = taken(*documents, wishes=OUT)
        assert (results(outcomes), writes.tables) == ({"unchanged": 12}, set())

    def test_a_changed_source_updates_its_draft(self):
        taken(a_document())
        (outcome,) = taken(a_document(title="Two pipelines"))
        assert (outcome.result, only().working.fields["title"], only().slug) == ("updated", "Two pipelines", "text-1")
        assert results(taken(a_document(title="Two pipelines"))) == {"unchanged": 1}

    def test_a_changed_source_becomes_the_working_copy_of_what_readers_see(self):
        taken(a_document(), wishes=OUT)
        (outcome,) = taken(a_document(title="Two pipelines"))
        assert (outcome.result, only().title, only().working.fields["title"]) == (
            "updated",
            "A pipeline",
            "Two pipelines",
        )
        assert "Readers still see" in words(outcome)

    def test_or_with_publish_what_readers_see_as_a_mended_typo(self):
        taken(a_document(), wishes=OUT)
        taken(a_document(title="Two pipelines"), wishes=OUT)
        assert (only().title, only().live.change, only().updated_at) == ("Two pipelines", "typo", None)

    def test_what_was_edited_here_is_left_alone(self):
        taken(a_document())
        article = only()
        fields = replace(publishing.Fields.of(article.working), title="My own")
        publishing.save_draft(article, fields, by=None, based_on=article.working_id)
        (outcome,) = taken(a_document(title="Two pipelines"), wishes=OUT)
        assert (outcome.result, only().working.fields["title"]) == ("edited", "My own")

    def test_what_was_only_published_here_is_not_edited(self):
        taken(a_document())
        article = only()
        publishing.publish(article, publishing.Fields.of(article.working), by=None, based_on=article.working_id)
        (outcome,) = taken(a_document(title="Two pipelines"))
        assert (outcome.result, outcome.standing) == ("updated", "published")
        assert (only().title, only().working.fields["title"]) == ("A pipeline", "Two pipelines")

    def test_what_is_saved_here_meanwhile_is_left_alone(self, monkeypatch):
        taken(a_document())
        read = Belongings.read

        def slowly(rows, images, notes):
            article = only()
            fields = replace(publishing.Fields.of(article.working), summary="My own")
            publishing.save_draft(article, fields, by=None, based_on=article.working_id)
            return read(rows, images, notes)

        monkeypatch.setattr(Belongings, "read", slowly)
        (outcome,) = taken(a_document(title="Two pipelines"))
        assert outcome.result == "edited"
        assert (only().working.fields["title"], only().working.fields["summary"]) == ("A pipeline", "My own")

    def test_what_was_deleted_or_withdrawn_is_not_brought_back(self):
        taken(a_document(1), a_document(2), wishes=OUT)
        taken(a_document(3))
        gone = Article.objects.get(slug="text-1")
        publishing.withdraw(gone, by=None, based_on=gone.working_id, note="It was wrong.")
        publishing.discard(Article.objects.get(slug="text-3"), by=None)
        outcomes = taken(a_document(1, title="New"), a_document(2), a_document(3, title="New"), wishes=OUT)
        assert [str(outcome.result) for outcome in outcomes] == ["gone", "unchanged", "gone"]

    def test_two_texts_with_one_identity_are_one(self):
        outcomes = taken(a_document(1), a_document(1, title="Another"))
        assert [str(outcome.result) for outcome in outcomes] == ["taken", "refused"]

    def test_what_an_earlier_run_kept_as_a_draft_is_shown_when_that_is_wished(self):
        taken(a_document(), wishes=OUT)
        taken(changed := a_document(body="Other words."))
        assert only().body.startswith("First words.")
        assert results(taken(changed, wishes=OUT)) == {"updated": 1}
        assert only().body == "Other words."
        assert results(taken(changed, wishes=OUT)) == {"unchanged": 1}

    def test_a_page_that_was_taken_away_by_hand_stays_away(self):
        page = a_document(sort=Sort.PAGE, slug="team")
        taken(page, wishes=OUT)
        FlatPage.objects.get().sites.clear()
        taken(page, wishes=OUT)
        assert results(taken(replace(page, body="Other words."), wishes=OUT)) == {"edited": 1}
        assert not FlatPage.objects.get().sites.exists()

    def test_another_text_in_a_file_of_the_same_name_overwrites_nothing(self):
        taken(a_document("markdown::index.md"))
        (outcome,) = taken(a_document("markdown::index.md", title="Syria diary", body="Quite another."))
        assert outcome.result == "refused" and "A pipeline" in words(outcome)
        assert only().working.fields["title"] == "A pipeline"
        assert results(taken(a_document("markdown::index.md", title="A pipeline, later"))) == {"updated": 1}


class TestThemesAndAuthors:
    """Names, in any spelling."""

    def test_spellings_and_aliases_are_one_theme(self):
        make_theme("İstanbul", aliases=["Constantinople"])
        taken(
            a_document(1, themes=("ISTANBUL", "constantinople", "Стамбул")),
            a_document(2, themes=("стамбул", "New One")),
        )
        assert sorted(Theme.objects.values_list("name", flat=True)) == ["New One", "İstanbul", "Стамбул"]

    def test_spellings_of_an_author_are_one(self):
        make_author("Ayşe Demir")
        taken(
            a_document(1, authors=("AYŞE DEMIR", "Ayse Demir")), a_document(2, authors=("Иван Петров", "Ivan Petrov"))
        )
        assert sorted(Author.objects.values_list("name", flat=True)) == ["Ayşe Demir", "Иван Петров"]


class TestAddresses:
    """Slugs and former addresses."""

    def test_a_slug_that_is_taken_is_another_and_told(self):
        make_article("Here", slug="text-1")
        (outcome,) = taken(a_document(1, old_paths=("/articles/text-1/",)), wishes=OUT)
        assert Article.objects.get(title="A pipeline").slug == "text-1-2"
        assert "“text-1” in its address" in words(outcome)
        assert "Something else answers at its former address /articles/text-1/." in words(outcome)

    def test_an_address_that_answers_is_never_taken_over(self, client):
        paths = (
            "/",
            "/search/",
            "/articles/",
            "/admin/",
            "/?cat=3",
            "/?p=3&x=1",
            "no",
            "/a  b/",
            "/ a/",
            "/a/\tb/",
            "/x" * 200,
            "/text-1",
            "/articles/text-1/",
        )
        (outcome,) = taken(a_document(1, old_paths=paths), a_document(2, old_paths=("/text-1",)), wishes=OUT)[:1]
        assert list(Redirect.objects.values_list("old_path", "new_path")) == [("/text-1", "/articles/text-1/")]
        assert client.get("/articles/text-1/").status_code == 200

    def test_one_with_a_space_as_names_of_categories_have_leads_here(self, client, chief):
        taken(a_document(1, old_paths=("/web dev/dış politika/a.html",)), wishes=OUT)
        led = client.get("/web%20dev/d%C4%B1%C5%9F%20politika/a.html")
        assert (led.status_code, led["Location"]) == (301, "/articles/text-1/")
        client.force_login(chief)
        data = {"site": 1, "old_path": "/web dev/b/", "new_path": "/articles/"}
        assert client.post("/admin/redirects/redirect/add/", data).status_code == 302
        assert client.get("/web%20dev/b/")["Location"] == "/articles/"

    def test_nor_does_a_row_that_somebody_typed(self, client, chief):
        client.force_login(chief)
        make_article("There", slug="there")
        for path in ("/admin/articles/article/?p=1", "/articles/there/?p=1", "/articles/?p=1"):
            Redirect.objects.create(site_id=1, old_path=path, new_path="/elsewhere/")
            assert client.get(path).status_code == 200
        Redirect.objects.create(site_id=1, old_path="/gone/", new_path="")
        assert client.get("/gone/").status_code == 404

    def test_no_number_leads_away_from_what_is_there(self, client, chief):
        make_article("There", slug="there")
        paths = ("/admin/articles/article/?p=1", "/articles/there/?p=1", "/articles/?page_id=1", "/static/site.css?p=1")
        (outcome,) = taken(a_document(1, old_paths=paths), wishes=OUT)
        assert not Redirect.objects.exists()
        assert words(outcome).count("Something else answers at its former address") == len(paths)
        client.force_login(chief)
        assert client.get(paths[0]).status_code == 200

    def test_an_address_told_by_a_number_leads_here_and_others_of_the_kind_to_the_front_page(self, client):
        taken(a_document(1, old_paths=("/?p=12", "/blog/?page_id=3")), wishes=OUT)
        for address in ("/?p=12", "/?utm=1&p=12", "/index.php?p=12", "/blog/?page_id=3", "/blog/index.php?page_id=3&x"):
            response = client.get(address)
            assert (response.status_code, response.headers["Location"]) == (301, "/articles/text-1/")
        for address, led in (("/?p=13", "/"), ("/?p=1&p=2&theme=syria&page_id=3", "/?theme=syria")):
            response = client.get(address)
            assert (response.status_code, response.headers["Location"]) == (302, led)
        assert [client.get(each).status_code for each in ("/", "/?p=x", "/?p=1x", "/blog/?p=12")] == [
            200,
            200,
            200,
            404,
        ]

    def test_none_tells_of_what_is_to_come(self, client):
        taken(a_document(1, old_paths=("/a/",)))
        article, later = only(), timezone.now() + datetime.timedelta(days=1)
        fields = publishing.Fields.of(article.working)
        publishing.publish(article, fields, by=None, based_on=article.working_id, at=later)
        call_command("housekeeping", stdout=io.StringIO())
        assert client.get("/a/").status_code == 404
        Article.objects.update(published_at=FIRST)  # its hour has come
        call_command("housekeeping", stdout=io.StringIO())
        assert client.get("/a/").headers["Location"] == "/articles/text-1/"

    def test_one_that_leads_elsewhere_goes_on_leading_there(self):
        first, second = taken(a_document(1, old_paths=("/a/",)), a_document(2, old_paths=("/a/",)), wishes=OUT)
        assert "leads to /articles/text-1/ already" in words(second)


class TestPictures:
    """Pictures go to the library."""

    def test_a_picture_is_stored_once_with_its_words(self, client):
        body = '![A map](import:0)\n\nText, ![again](import:1 "Where").'
        images = (
            a_picture(alt="A map", caption="The strait", credit="Me"),
            a_picture(place="other/name.png", alt="again"),
        )
        taken(a_document(1, body=body, pictures=images, lead_picture=a_picture(1)), wishes=OUT)
        first, lead = Picture.objects.order_by("pk")
        assert (first.alt, first.caption, first.credit, lead.is_decorative) == ("A map", "The strait", "Me", True)
        assert only().body == f'![A map]({first.file.url})\n\nText, ![again]({first.file.url} "Where").'
        assert only().lead_picture == lead
        assert client.get(first.file.url).status_code == 200

    def test_one_that_can_not_be_read_leaves_its_words_and_a_warning(self):
        def missing():
            raise FileNotFoundError

        broken = Image("a.png", "", lambda: b"\x89PNG\r\n\x1a\nno", alt="Broken")
        images = (broken, Image("https://example.org/b.png", "", missing), Image("c.svg", "", lambda: b"<svg/>"))
        (outcome,) = taken(
            a_document(body="![Broken](import:0) ![Far](import:1) ![](import:2) ![x](import:9)", pictures=images)
        )
        assert only().working.fields["body"] == "Broken [Far](https://example.org/b.png)  x"
        for place in ("a.png", "https://example.org/b.png", "c.svg"):
            assert f"The picture {place} was left out" in words(outcome)
        assert Picture.objects.count() == 0

    def test_a_refused_document_leaves_no_file(self, monkeypatch):
        def full(row, *args, **kw):
            raise OSError("disk full")

        monkeypatch.setattr(Imported, "save", full)
        with pytest.raises(OSError, match="disk full"):
            taken(a_document(body="![](import:0)", pictures=(a_picture(),)))
        assert default_storage.listdir("")[1] == []
        assert (Article.objects.count(), Picture.objects.count()) == (0, 0)

    def test_a_file_that_a_killed_run_left_is_taken_over(self):
        document = a_document(body="![](import:0)", pictures=(a_picture(),))
        taken(document)
        Picture.objects.all().delete()
        Imported.objects.all().delete()
        before = sorted(default_storage.listdir("")[1])
        taken(document)
        assert sorted(default_storage.listdir("")[1]) == before
        assert Picture.objects.get().width == 40

    def test_only_the_addresses_of_pictures_are_replaced(self):
        body = '`import:0` import:0 ![a\\]](<import:0>) <img src="import:0">'
        assert put_in(body, (), {0: "/p"}, {}) == '`import:0` import:0 ![a\\]](/p) <img src="/p">'

    def test_the_same_picture_has_the_caption_of_each_text(self):
        for number, caption in enumerate(("The bridge at dawn", "A “caption” here", ""), start=1):
            picture = a_picture(alt="A bridge", caption=caption)
            taken(a_document(number, body="![A bridge](import:0)", pictures=(picture,)))
        assert Picture.objects.get().caption == "The bridge at dawn"
        bodies = [row.working.fields["body"] for row in Article.objects.order_by("pk")]
        assert [' "' in body for body in bodies] == [False, True, True]
        assert 'A “caption” here"' in bodies[1]
        assert bodies[2].endswith(' "")')  # which says that it has none here


class TestPages:
    """Documents become plain pages."""

    def test_a_page_is_hidden_until_it_is_published(self, client):
        page = a_document(title="About us", sort=Sort.PAGE, slug="about-us", old_paths=("/about.html",))
        assert taken(page)[0].standing == "hidden page"
        assert client.get("/about-us/").status_code == 404
        (outcome,) = taken(page, wishes=OUT)
        assert (outcome.result, outcome.standing) == ("updated", "page")
        assert client.get("/about-us/").status_code == 200
        assert client.get("/about.html").headers["Location"] == "/about-us/"
        assert results(taken(page, wishes=OUT)) == {"unchanged": 1}

    def test_a_page_of_an_hour_to_come_stays_hidden(self, client):
        later = timezone.now() + datetime.timedelta(days=9)
        page = a_document(title="About us", sort=Sort.PAGE, slug="about-us", published_at=later)
        for _run in range(2):
            (outcome,) = taken(page, wishes=OUT)
            assert (outcome.standing, client.get("/about-us/").status_code) == ("hidden page", 404)
        unclear = a_document(2, sort=Sort.PAGE, slug="else", state=State.UNCLEAR, published_at=None)
        assert taken(page, wishes=OUT, dry_run=True)[0].standing == "hidden page"
        assert taken(unclear, wishes=OUT)[0].standing == "hidden page"

    def test_a_page_whose_hour_was_put_off_stays_as_readers_see_it(self):
        page = a_document(title="About us", sort=Sort.PAGE, slug="about-us")
        taken(page, wishes=OUT)
        later = replace(page, title="Embargoed", published_at=timezone.now() + datetime.timedelta(days=9))
        (outcome,) = taken(later, wishes=OUT)
        assert (outcome.standing, FlatPage.objects.get().title) == ("page", "About us")

    def test_a_changed_source_changes_what_readers_see_only_with_publish(self):
        page = a_document(title="About us", sort=Sort.PAGE, slug="search")
        taken(page, wishes=OUT)
        (outcome,) = taken(replace(page, title="About"))
        assert (outcome.result, FlatPage.objects.get().title) == ("unchanged", "About us")
        assert "a page has no drafts" in words(outcome)
        assert taken(replace(page, title="About"), wishes=OUT)[0].result == "updated"
        assert (FlatPage.objects.get().title, FlatPage.objects.get().url) == ("About", "/search-2/")
        FlatPage.objects.update(content="Edited.")
        assert taken(replace(page, title="Us"), wishes=OUT)[0].result == "edited"
        FlatPage.objects.all().delete()
        assert taken(replace(page, title="Us"), wishes=OUT)[0].result == "gone"


class TestDryRun:
    """The same account, and nothing written."""

    @pytest.mark.parametrize("wishes", [Wishes(), OUT], ids=["drafts", "published"])
    def test_it_tells_what_a_run_does(self, wishes):
        make_article("Here", slug="text-4")
        documents = list(a_source(14))
        documents += [
            a_document(70, slug="text-3", old_paths=("/articles/text-5/", "/2012/text-1/", "/p/")),
            a_document(71, slug="p", sort=Sort.PAGE, old_paths=("/x/",)),
            a_document(72, slug="p", sort=Sort.PAGE, old_paths=("/x/", "/p/")),
            a_document(1), a_document(75, published_at=timezone.now() + datetime.timedelta(days=5), old_paths=("/y/",)), a_document(76, old_paths=("/y/",)), Refusal("x", "No."), a_document(73, title="", authors=(), themes=("grain", "GRAIN", "Гранит")),
            a_document(74, body="![a](import:0)", pictures=(Image("a", "", lambda: b""),)),
        ]  # fmt: skip
        writes = Writes()
        writes.ALLOWED = set()
        with connection.execute_wrapper(writes):
            said = [str(outcome) for outcome in taken(*documents, wishes=wishes, dry_run=True)]
        assert writes.tables == set()
        assert not default_storage.exists("") or default_storage.listdir("")[1] == []
        assert said == [str(outcome) for outcome in taken(*documents, wishes=wishes)]
        assert Redirect.objects.exists() == wishes.publish
        changed = [replace(each, title=f"{each.title}!") for each in documents[:10]]
        said = [str(outcome) for outcome in taken(*changed, wishes=wishes, dry_run=True)]
        assert said == [str(outcome) for outcome in taken(*changed, wishes=wishes)]
        assert Revision.objects.count() > 20


def test_who_may_not_publish_and_keep_themes_takes_nothing():
    for groups in (["Writer"], ["Editor"], ["Theme keeper"]):
        with pytest.raises(PermissionDenied):
            taken(a_document(), by=make_user(groups[0], *groups))
    both = make_user("both", "Editor", "Theme keeper")
    article, page = taken(a_document(), a_document(2, sort=Sort.PAGE), by=both)
    assert (article.result, page.result) == ("taken", "refused")
    assert only().created_by == both


def test_former_addresses_of_themes_lead_to_them_and_descriptions_define_new_ones(client):
    make_theme("Grain", definition="What was said here.", introduction="Here.")
    make_theme("Straits")
    told = (
        ThemeTold("GRAIN", "Said there.", ("/category/food/grain/", "/tag/grain/", "/articles/")),
        ThemeTold("Syria", "The war and <what> came of it.", ("/tag/syria/",)),
        ThemeTold("Gas", "*Long* " * 60, ()),
        ThemeTold("Straits", "", ("/tag/syria/",)),
    )
    document = replace(a_document(1), themes=tuple(each.name for each in told), told_themes=told)
    (outcome,) = taken(document, wishes=OUT, dry_run=True)
    assert not Redirect.objects.exists()
    assert outcome == taken(document, wishes=OUT)[0]
    led = dict(Redirect.objects.filter(new_path__startswith="/themes/").values_list("old_path", "new_path"))
    assert led == {
        "/category/food/grain/": "/themes/grain/",
        "/tag/grain/": "/themes/grain/",
        "/tag/syria/": "/themes/syria/",
    }
    assert client.get("/tag/syria/")["Location"] == "/themes/syria/"
    rows = {row.name: (row.definition, row.introduction) for row in Theme.objects.all()}
    assert rows["Grain"] == ("What was said here.", "Here.")
    assert rows["Syria"] == ("The war and <what> came of it.", "")
    assert rows["Gas"] == ("", ("\\*Long\\* " * 60).strip())
    assert document.digest() == replace(document, told_themes=()).digest()


def test_a_language_that_the_site_does_not_know_is_told_once():
    outcomes = taken(*(a_document(n, language=code) for n, code in enumerate(["de", "de-AT", "de", "fa", "fa"], 1)))
    assert [("which the site doesn’t know" in words(each)) for each in outcomes] == [True, True, False, True, False]


class TestTranslations:
    """Texts that say the same in different languages."""

    @staticmethod
    def in_languages(*codes, **kw):
        """Return a document in each language of `codes`, which say the same."""
        return [
            a_document(f"{number}-{code}", language=code, translation_key="straits", **kw)
            for number, code in enumerate(codes)
        ]

    def test_readers_can_switch_between_them(self, client):
        documents = self.in_languages("en", "tr", "ru")
        said = [str(outcome) for outcome in taken(*documents, wishes=OUT, dry_run=True)]
        assert said == [str(outcome) for outcome in taken(*documents, wishes=OUT)]
        english, turkish, russian = Article.objects.order_by("pk")
        assert [turkish.translation_of, russian.translation_of, english.translation_of] == [english, english, None]
        for row in (english, turkish, russian):
            page = client.get(row.get_absolute_url()).content.decode()
            assert {f'hreflang="{other.language}" href' in page for other in (english, turkish, russian)} == {True}
        assert results(taken(*documents, wishes=OUT)) == {"unchanged": 3}

    def test_as_drafts_too_and_published_in_any_order(self):
        taken(*self.in_languages("ru", "tr", state=State.WITHHELD), wishes=OUT)
        russian, turkish = Article.objects.select_related("working").order_by("pk")
        assert turkish.working.fields["translation_of"] == russian.pk
        for row in (turkish, russian):
            publishing.publish(row, publishing.Fields.of(row.working), by=None, based_on=row.working_id, change="new")
        assert Article.objects.get(pk=turkish.pk).in_other_languages() == [russian]

    def test_what_the_source_ties_otherwise_now_is_tied_so(self):
        documents = self.in_languages("en", "tr", "ru")
        taken(*documents, wishes=OUT)
        english, turkish, russian = documents
        changed = [english, replace(turkish, translation_key="grain"), replace(russian, language="en")]
        assert results(taken(*changed, wishes=OUT)) == {"unchanged": 1, "updated": 2}
        assert [row.translation_of for row in Article.objects.all()] == [None] * 3
        assert results(taken(*changed, wishes=OUT)) == {"unchanged": 3}

    def test_what_has_a_translation_made_here_is_not_given_another_in_its_language(self):
        english, turkish = self.in_languages("en", "tr")
        taken(english, wishes=OUT)
        original = Article.objects.get()
        mine = make_article("Burada", language="tr", translation_of=original.pk)
        said = [str(outcome) for outcome in taken(turkish, wishes=OUT, dry_run=True)]
        (outcome,) = taken(turkish, wishes=OUT)
        assert said == [str(outcome)]
        assert outcome.standing == Article.Status.PUBLISHED, words(outcome)
        row = Article.objects.exclude(pk__in=[original.pk, mine.pk]).get()
        assert row.translation_of is None
        assert original.in_other_languages() == [mine]

    def test_of_two_in_one_language_the_second_is_a_text_of_its_own(self):
        documents = self.in_languages("en", "en", "tr", "tr")
        said = [str(outcome) for outcome in taken(*documents, wishes=OUT, dry_run=True)]
        assert said == [str(outcome) for outcome in taken(*documents, wishes=OUT)]
        first, second, third, fourth = Article.objects.order_by("pk")
        assert [row.translation_of for row in (first, second, third, fourth)] == [None, None, first, None]
        assert all(row.is_public() for row in (first, second, third, fourth))

    def test_what_is_told_later_is_an_update_and_what_editors_say_stays(self):
        alone = [replace(each, translation_key="") for each in self.in_languages("en", "tr")]
        taken(*alone, wishes=OUT)
        assert results(taken(*self.in_languages("en", "tr"), wishes=OUT)) == {"unchanged": 1, "updated": 1}
        english, turkish = Article.objects.order_by("pk")
        assert turkish.translation_of == english
        fields = replace(publishing.Fields.of(turkish.working), translation_of=None)
        publishing.save_draft(turkish, fields, by=None, based_on=turkish.working_id)
        changed = [replace(each, body="Other words.") for each in self.in_languages("en", "tr")]
        assert results(taken(*changed, wishes=OUT)) == {"updated": 1, "edited": 1}
        turkish.refresh_from_db()
        assert turkish.working.fields["translation_of"] is None
