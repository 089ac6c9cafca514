"""What to read next, and why."""

from dataclasses import replace

import pytest
from django.core.management import call_command

from articles import publishing
from articles.listing import related
from articles.models import Article, Keyword

from .make import ago, change, make_article, make_series, make_user

pytestmark = pytest.mark.django_db


def titles(article, **kw):
    article = Article.objects.get(pk=article.pk)
    return [suggestion.article.title for suggestion in related(article, themes=article.theme_list, **kw)]


def fill(count=8):
    """Make articles of which none shares more than the theme with any other."""
    return [
        make_article(f"Other {number}", themes=["Shared"], body=f"Quill{number} inkwell{number} vellum{number}.")
        for number in range(count)
    ]


def test_rare_words_bring_articles_together_that_share_no_theme(client):
    fill()
    body = "The Akkuyu plant: Rosatom builds Akkuyu, Rosatom owns Akkuyu, and Rosatom pays."
    one = make_article("Reactors", slug="reactors", themes=["Energy"], body=body)
    make_article("Uranium", themes=["Mining"], body=f"Otherwise told. {body}")
    call_command("rebuild", search=True)
    assert titles(one) == ["Uranium"]
    page = client.get("/articles/reactors/").content.decode()
    assert "both speak of Akkuyu, Rosatom" in page
    assert "both speak of Akkuyu" in client.get("/feed.json").json()["items"][0]["content_html"]


def reasons(article):
    """Return {title: words told as the reason} of what to read after `article`."""
    article = Article.objects.get(pk=article.pk)
    return {suggestion.article.title: suggestion.words for suggestion in related(article, themes=article.theme_list)}


def test_a_name_of_several_words_is_told_whole_and_a_capital_at_the_start_of_a_sentence_is_none():
    fill()
    body = "Ships of the Black Sea wait. They cross the Black Sea. Hesitation grows: Ponder it. Why hesitation? Ponder more.\n\n| A | B |\n|---|---|\n| Saw Quay | Quay lay |"
    one = make_article("One", themes=["Shared"], body=body)
    make_article("Two", themes=["Shared"], body=body)
    call_command("rebuild", search=True)
    words = reasons(one)["Two"]
    assert words[0] == "Black Sea"
    assert not {"Black", "Sea", "Hesitation", "Ponder", "Ships", "Quay Quay"} & set(words)


def test_words_of_a_shared_theme_are_no_further_reason():
    fill()
    one = make_article("One", themes=["Libya"], body="Libya and the Haftar of Libya. So Haftar, said Haftar.")
    make_article("Two", themes=["Libya"], body="In Libya there is Haftar, and Libya has Haftar.")
    make_article("Three", themes=["Mining"], body="In Libya there is Haftar, and Libya has Haftar.")
    call_command("rebuild", search=True)
    assert reasons(one) == {"Two": ["Haftar"], "Three": ["Haftar", "Libya"]}


@pytest.mark.large
def test_words_alone_never_come_before_a_shared_theme():
    fill(20)
    rare = " ".join(f"So did Quine{letter} and Quine{letter}." for letter in "abcdefghijklmn")
    one = make_article("One", themes=["Shared"], body=rare)
    make_article("Words", themes=["Mining"], body=rare)
    call_command("rebuild", search=True)
    assert "Words" not in titles(one)
    lone = make_article("Lone", themes=["Straits"], body=rare)
    make_article("Theme", themes=["Straits"], body="Otherwise.", at=ago(days=900))
    call_command("rebuild", search=True)
    assert titles(lone)[:2] == ["Theme", "Words"] or titles(lone)[:2] == ["Theme", "One"]


@pytest.mark.large
def test_ordinary_words_alone_are_no_reason_without_a_theme():
    fill()
    one = make_article("One", themes=["Energy"], body="A promise was guaranteed, a promise of caution and of ledgers.")
    make_article("Two", themes=["Mining"], body="A promise was guaranteed, a promise of caution and of ledgers.")
    call_command("rebuild", search=True)
    assert titles(one) == []


def test_a_rare_theme_tells_more_than_a_common_one():
    fill()
    make_article("Common", themes=["Shared"], body="Abacus.")
    make_article("Rare", themes=["Straits"], body="Bassoon.", at=ago(days=900))
    one = make_article("One", themes=["Shared", "Straits"], body="Cistern.")
    assert titles(one)[0] == "Rare"
    make_article("Both", themes=["Shared", "Straits"], body="Dulcimer.", at=ago(days=990))
    assert titles(one)[0] == "Both"


def test_the_editors_choose_first_and_readers_learn_so(client):
    others = fill()
    hidden = make_article("Hidden", published=False)
    one = make_article("One", slug="one", themes=["Shared"], read_next=[others[2].pk, hidden.pk, others[0].pk])
    assert titles(one)[:2] == ["Other 2", "Other 0"]
    assert len(titles(one)) == 3
    page = client.get("/articles/one/").content.decode()
    assert page.count("chosen by the editors") == 2
    assert "Hidden" not in page
    change(one, read_next=())
    assert "chosen by the editors" not in client.get("/articles/one/").content.decode()


def test_neither_itself_nor_its_series_nor_its_translation_nor_one_text_twice():
    series = make_series()
    one = make_article("One", themes=["Straits"], series=series, series_order=1)
    make_article("Two", themes=["Straits"], series=series, series_order=2)
    make_article("Bir", themes=["Straits"], language="tr", translation_of=one.pk)
    other = make_article("Other", themes=["Straits"])
    turkish = make_article("Başka", themes=["Straits"], language="tr", translation_of=other.pk)
    assert titles(one) == ["Other"]
    assert titles(Article.objects.get(title="Bir"))[0] == "Başka"
    assert titles(turkish)[0] == "Bir"


def test_what_is_not_public_is_not_suggested():
    one = make_article("One", themes=["Straits"])
    later = make_article("Later", themes=["Straits"], at=ago(days=-1))
    gone = make_article("Gone", themes=["Straits"], withdrawn="Wrong.")
    assert titles(one) == []
    assert titles(one, at=ago(days=-2)) == ["Later"]
    assert {later.pk, gone.pk} <= set(Keyword.objects.values_list("article", flat=True))


def test_what_a_feed_suggests_stays_when_more_is_published(client):
    for number in range(3):
        make_article(f"Old {number}", themes=["Straits"], at=ago(days=10 + number))
    make_article("One", slug="one", themes=["Straits"], at=ago(days=5))

    def told():
        return next(item for item in client.get("/feed.json").json()["items"] if item["title"] == "One")["content_html"]

    before = told()
    assert "Old 0" in before
    make_article("New", themes=["Straits"])
    assert told() == before
    assert "New" in client.get("/articles/one/").content.decode()


def test_the_desk_takes_addresses_and_shows_readers_page_with_them(client):
    others = fill(3)
    client.force_login(make_user("ed", "Editor"))
    typed = {"title": "T", "language": "en", "read_next": f"/articles/{others[1].slug}/\n\n{others[0].slug} \n"}
    answer = client.post("/admin/articles/article/add/", typed | {"action": "save"}, follow=True)
    draft = Article.objects.get(title="T")
    assert draft.working.fields["read_next"] == [others[1].pk, others[0].pk]
    assert f"{others[1].slug}\n{others[0].slug}</textarea>" in answer.content.decode()
    preview = client.post(f"/admin/articles/article/{draft.pk}/preview/", typed)
    assert preview.content.decode().index("Other 1") < preview.content.decode().index("Other 0")
    wrong = client.post(f"/admin/articles/article/{draft.pk}/change/", typed | {"read_next": "nowhere\nother-1"})
    assert "No article has this address: nowhere." in wrong.content.decode()


def test_two_editors_picks_are_merged():
    others = fill(3)
    one = make_article("One", read_next=[others[0].pk])
    base = one.working_id
    fields = publishing.Fields.of(one.working)
    publishing.save_draft(one, replace(fields, read_next=(others[0].pk, others[1].pk)), by=None, based_on=base)
    publishing.save_draft(one, replace(fields, read_next=(others[2].pk,)), by=None, based_on=base)
    one.refresh_from_db()
    assert sorted(one.working.fields["read_next"]) == sorted([others[1].pk, others[2].pk])


def test_parts_of_addresses_are_no_keywords():
    fill()
    body = "Seen <https://video.example/watch?v=dQw4w9WgXcQ>, www.Wxyzzy.example and https://Wxyzzy.example/Abcdef: vellumish."
    made = make_article("Films", themes=["Cinema"], body=body)
    assert {row.word for row in made.keywords.all()} == {"films", "seen", "vellumish"}


def test_common_words_are_no_keywords():
    for number in range(12):
        rare = "quill" + "abcdefghijkl"[number]
        make_article(f"Article {number}", body=f"Turkey negotiates with Russia again, {rare} and {rare}.")
    call_command("rebuild", search=True)
    last = Article.objects.get(title="Article 11")
    assert last.keywords.order_by("pk")[0].word == "quilll"
    assert titles(last)
    assert not related(last, themes=last.theme_list)[0].words
