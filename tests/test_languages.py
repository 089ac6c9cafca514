"""Articles in three languages: which say the same, and in which language the page around a text speaks."""

import datetime
import re

import pytest
from django.core.exceptions import ValidationError

from articles import publishing
from articles.models import Article

from .make import change, make_article, make_fields, make_user

pytestmark = pytest.mark.django_db


def alternates(client, slug):
    page = client.get(f"/articles/{slug}/").content.decode()
    return dict(re.findall(r'<link rel="alternate" hreflang="(\w+)" href="http://[^/]+([^"]+)"', page))


@pytest.fixture
def three():
    english = make_article("The straits", slug="straits")
    turkish = make_article("Boğazlar", slug="bogazlar", language="tr", translation_of=english.pk)
    russian = make_article("Проливы", slug="prolivy", language="ru", translation_of=turkish.pk)  # of a translation
    return english, turkish, russian


def test_translations_know_each_other(client, three):
    every = {"en": "/articles/straits/", "tr": "/articles/bogazlar/", "ru": "/articles/prolivy/"}
    for article in three:
        assert alternates(client, article.slug) == every
    page = client.get("/articles/straits/").content.decode()
    assert '<a href="/articles/bogazlar/" hreflang="tr" lang="tr" rel="alternate">Bunu Türkçe okuyun</a>' in page
    assert '<a href="/articles/prolivy/" hreflang="ru" lang="ru" rel="alternate">Читать по-русски</a>' in page


def test_an_article_alone_names_no_other_language(client):
    make_article("Alone", slug="alone")
    assert alternates(client, "alone") == {}
    assert 'class="languages"' not in client.get("/articles/alone/").content.decode()


def test_what_readers_do_not_see_is_no_translation_for_them(client, three):
    english, turkish, russian = three
    publishing.withdraw(russian, by=None, based_on=russian.working_id, note="Wrong.")
    make_article("Черновик", slug="draft", language="ru", translation_of=english.pk, published=False)
    assert alternates(client, "straits") == {"en": "/articles/straits/", "tr": "/articles/bogazlar/"}


def test_an_original_that_turns_out_to_be_a_translation_takes_its_own_along(client, three):
    english, turkish, russian = three
    older = make_article("Older", slug="older", language="en")
    with pytest.raises(ValidationError, match="in the same language"):
        change(english, translation_of=older.pk)
    change(turkish, translation_of=older.pk)
    assert alternates(client, "bogazlar") == {"tr": "/articles/bogazlar/", "en": "/articles/older/"}
    assert alternates(client, "straits") == {"en": "/articles/straits/", "ru": "/articles/prolivy/"}
    greater = make_article("Больше", slug="greater", language="ru")
    change(older, translation_of=greater.pk)
    assert alternates(client, "bogazlar").keys() == {"en", "tr", "ru"}


def test_no_article_is_a_translation_of_itself(client, three):
    english = three[0]
    change(english, translation_of=three[1].pk)  # whose original it is
    assert Article.objects.get(pk=english.pk).translation_of is None
    assert alternates(client, "straits").keys() == {"en", "tr", "ru"}


def test_two_translations_in_one_language_are_refused(three):
    draft = publishing.create(make_fields("Boğazlar 2", language="tr", translation_of=three[0].pk), by=None)
    fields = publishing.Fields.of(draft.working)
    assert [check.field for check in publishing.checks(fields, draft) if check.blocks] == ["language"]
    with pytest.raises(ValidationError, match="Boğazlar"):
        publishing.publish(draft, fields, by=None, based_on=draft.working_id)


@pytest.mark.parametrize("typed", ["/articles/straits/", "http://testserver/articles/straits/", " straits "])
def test_the_desk_takes_the_address_of_what_was_translated(client, typed):
    original = make_article("The straits", slug="straits")
    client.force_login(make_user("ed", "Editor"))
    answer = client.post(
        "/admin/articles/article/add/",
        {"title": "Boğazlar", "language": "tr", "translation_of": typed, "action": "save"},
        follow=True,
    )
    stored = Article.objects.get(title="Boğazlar")
    assert stored.working.fields["translation_of"] == original.pk
    assert 'name="translation_of" value="straits"' in answer.content.decode()


def test_a_new_article_is_in_the_language_of_the_site(client, settings):
    settings.LANGUAGE_CODE = "ru"
    client.force_login(make_user("ed", "Editor"))
    page = client.get("/admin/articles/article/add/").content.decode()
    assert '<option value="ru" selected>' in page


def test_the_desk_says_when_there_is_no_such_article(client):
    client.force_login(make_user("ed", "Editor"))
    answer = client.post(
        "/admin/articles/article/add/", {"title": "T", "language": "tr", "translation_of": "/articles/none/"}
    )
    page = answer.content.decode()
    assert "No article has this address: /articles/none/." in page
    assert 'value="/articles/none/"' in page
    for hostile in ("9" * 400, "http://[", "../\x00", "9" * 18):
        answer = client.post(
            "/admin/articles/article/add/", {"title": "T", "language": "tr", "translation_of": hostile}
        )
        assert "No article has this address:" in answer.content.decode(), hostile


def test_the_words_around_a_text_are_in_its_language(client):
    make_article("Boğazlar", slug="bogazlar", language="tr")
    for address in ("/articles/bogazlar/", "/articles/bogazlar/history/", "/articles/?language=tr"):
        page = client.get(address).content.decode()
        assert page.startswith('<!doctype html>\n<html lang="tr">'), address
        assert ">Temalar</a>" in page, address
    assert client.get("/themes/").content.decode().startswith('<!doctype html>\n<html lang="en">')


def test_a_list_marks_what_is_in_another_language_than_the_page(client, three):
    for address in ("/articles/", "/search/?q=reader", "/themes/energy-diplomacy/"):
        page = client.get(address).content.decode()
        marked = re.findall(r'<span class="spoken" lang="(\w+)">(\w+)</span>', page)
        assert sorted(marked) == [("ru", "Русский"), ("tr", "Türkçe")], address
        assert '<a href="/articles/bogazlar/" hreflang="tr">' in page
        assert '<a href="/articles/straits/">' in page
    page = client.get("/articles/?language=tr").content.decode()
    assert "Boğazlar" in page
    assert 'class="spoken"' not in page


def test_short_months_in_russian_have_no_capital(client, settings):
    make_article("One", language="ru", at=datetime.datetime(2025, 11, 16, 12, tzinfo=datetime.UTC))
    assert ">16 ноя 2025<" in client.get("/articles/?language=ru").content.decode()


def test_a_feed_tells_each_article_in_its_language(client):
    make_article("Boğazlar", language="tr", body="Denildi.[^1]\n\n[^1]: Not.")
    whole = client.get("/feed.json").json()["items"][0]
    narrowed = client.get("/articles/feed.json?language=tr").json()["items"][0]
    assert whole == narrowed
