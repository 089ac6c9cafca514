"""Share cards: drawn for every article, theme and the front page; never of what readers don't see."""

import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from articles import cards, publishing
from articles.caching import FRESH
from articles.models import Picture, Theme
from articles.models.picture import read_picture

from .make import ago, change, make_article
from .thorough import times

pytestmark = pytest.mark.django_db


def card_named_on(client, page):
    found = re.search(r'<meta property="og:image" content="https?://[^/"]+([^"]+)">', client.get(page).content.decode())
    return found[1].replace("&amp;", "&")


def read(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (1200, 630)
        return image.convert("RGB")


@pytest.mark.parametrize("page", ["/articles/seen/", "/themes/syria/", "/", "/articles/", "/about-nothing/"])
def test_every_page_names_a_card_that_is_there(client, page):
    make_article("Seen", slug="seen", themes=["Syria"])
    address = card_named_on(client, page)
    answer = client.get(address)
    read(answer)
    assert len(answer.content) < 120_000
    assert "immutable" in answer["Cache-Control"]
    assert client.get(address.partition("?")[0])["Cache-Control"] == FRESH


def test_a_card_is_another_when_the_title_is(client):
    article = make_article("Seen", slug="seen")
    before = card_named_on(client, "/articles/seen/")
    change(article, title="Seen again")
    after = card_named_on(client, "/articles/seen/")
    assert before != after
    assert client.get(before).content == client.get(after).content  # the old address shows what is true now
    assert "immutable" not in client.get(before)["Cache-Control"]


def test_a_lead_picture_is_on_the_card(client):
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "#00ff00").save(out, "PNG")
    picture = Picture.objects.create(file=read_picture(SimpleUploadedFile("x.png", out.getvalue())), alt="Green")
    make_article("Seen", slug="seen", lead_picture=picture.pk)
    right = read(client.get(card_named_on(client, "/articles/seen/"))).getpixel((1150, 300))
    assert right[1] > 200
    assert right[0] < 60


def test_a_picture_whose_file_is_gone_leaves_the_card(client):
    picture = Picture.objects.create(file="gone.jpg", width=1, height=1, alt="Gone", sized="gone.jpg")
    make_article("Seen", slug="seen", lead_picture=picture.pk)
    read(client.get("/articles/seen/card.png"))


@pytest.mark.parametrize("state", [{"published": False}, {"at": ago(days=-1)}, {"withdrawn": "Why."}])
def test_what_is_hidden_has_no_card(client, state):
    make_article("Hidden", slug="hidden", **state)
    assert client.get("/articles/hidden/card.png").status_code == 404


def test_a_renamed_theme_takes_its_card_along(client):
    make_article("Seen", themes=["Syria"])
    syria = Theme.objects.get()
    syria.slug = "sham"
    publishing.save_theme(syria, by=None)
    read(client.get("/themes/syria/card.png?v=1", follow=True))
    assert client.get("/themes/nothing/card.png").status_code == 404


@settings(max_examples=times(10, 40), deadline=None)
@given(*[st.text(st.characters(exclude_categories=("Cs",)), max_size=120)] * 2, st.integers(0, 12))
def test_any_words_fit(above, title, times):
    drawn = cards.card(cards.Words("Name", above, " ".join([title] * times), above, "example.org"))
    with Image.open(io.BytesIO(drawn)) as image:
        rows = image.convert("L").crop((1200 - cards.EDGE + 4, 0, 1200, 630)).getextrema()
    assert rows[0] > 200  # nothing runs into the edge


def test_russian_and_turkish_letters_are_drawn():
    assert cards.card(cards.Words("", "", "Турция", "", "")) != cards.card(cards.Words("", "", "Россия", "", ""))
    assert cards.card(cards.Words("", "", "ğ", "", "")) != cards.card(cards.Words("", "", "ş", "", ""))


@pytest.mark.parametrize("letter", ["é", "ë", "ô", "ł", "č", "Ñ", "ə", "™", "‹", "₽", "№", "€", "→", "Ґ", "ї"])
def test_each_file_of_the_reading_face_is_used(letter):
    assert cards.card(cards.Words("", "", letter, "", "")) != cards.card(cards.Words("", "", "\u2060", "", ""))


def test_a_damaged_lead_picture_is_left_out_of_the_card(client):
    article = make_article("Seen", slug="seen")
    plain = client.get("/articles/seen/card.png").content
    name = default_storage.save("damaged.jpg", ContentFile(b"no picture"))
    picture = Picture.objects.create(file=name, width=9, height=9, sized=name, digests={name: ""}, alt="Green")
    change(article, lead_picture=picture.pk)
    assert client.get("/articles/seen/card.png").content == plain
