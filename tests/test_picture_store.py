"""Pictures in a store of S3's kind: uploaded, sized, shown, drawn on cards, deleted; and what happens when it is away."""

import io
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from articles import cards
from articles.models import Picture
from articles.models.picture import read_picture
from articles.publishing.checklist import _is_stored
from relations_site.pictures import PictureStore
from relations_site.settings import picture_store

from .make import make_article
from .services import ROOT, Store, stopping
from .test_cards import card_named_on, read
from .test_pictures import ADD, image, upload

pytestmark = [pytest.mark.django_db, pytest.mark.large]


@pytest.fixture(scope="module")
def server():
    server = Store()
    with stopping(server):
        yield server


@pytest.fixture
def store(server, settings, tmp_path):
    """The site keeps its pictures in the store, which is up and empty, and nothing in a folder."""
    if server.process is None:
        server.start()
    PictureStore.away_until = 0
    for name in server.names():
        server.client().delete_object(Bucket="pictures", Key=name)
    settings.PICTURES_URL = server.url
    settings.STORAGES = settings.STORAGES | {"default": picture_store(server.url)}
    cards.card.cache_clear()
    yield server
    assert not (tmp_path / "pictures").exists()


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def test_a_picture_is_uploaded_sized_shown_and_deleted(desk, store):
    assert desk.post(ADD, {"file": upload(image(size=(700, 400))), "alt": "A strait"}).status_code == 302
    picture = Picture.objects.get()
    stem = picture.file.name.partition(".")[0]
    assert store.names() == sorted([f"{stem}.jpg", *(f"{stem}-{w}.{k}" for w in (480, 700) for k in ("avif", "webp"))])
    make_article("Seen", lead_picture=picture.pk, body=f"![A strait]({picture.file.url})")
    page = desk.get("/articles/seen/").content.decode()
    assert f'src="/pictures/{stem}.jpg"' in page
    assert str(store.port) not in page  # no other host is named
    for address, kind in ((picture.file.url, "jpeg"), (picture.address(480, "avif"), "avif")):
        answer = desk.get(address)
        content = answer.content
        assert answer["Content-Type"] == f"image/{kind}"
        assert answer["Content-Length"] == str(len(content))
        assert "immutable" in answer["Cache-Control"]
        assert "sandbox" in answer["Content-Security-Policy"]
        assert "Set-Cookie" not in answer
        with Image.open(io.BytesIO(content)) as shown:
            assert shown.width in {480, 700}
    assert desk.get("/pictures/none.jpg").status_code == 404
    assert desk.get("/pictures/..%2fsecret").status_code == 404
    picture.file.delete(save=False)
    assert f"{stem}.jpg" not in store.names()


def test_one_content_twice_is_two_files(store):
    first, second = (Picture.objects.create(file=read_picture(upload(image())), alt="A strait") for _ in range(2))
    assert first.file.name != second.file.name
    assert {first.file.name, second.file.name} <= set(store.names())


def test_a_share_card_is_drawn_with_it(client, store):
    picture = Picture.objects.create(file=read_picture(upload(image("PNG", (900, 600)))), alt="Blue")
    make_article("Seen", slug="seen", lead_picture=picture.pk)
    assert read(client.get(card_named_on(client, "/articles/seen/"))).getpixel((1150, 300))[2] > 90


def test_sizes_can_be_made_later(store):
    picture = Picture.objects.create(file=read_picture(upload(image())), alt="A strait")
    for name in store.names():
        if name != picture.file.name:
            default_storage.delete(name)
    Picture.objects.update(sized="")
    call_command("rebuild", stdout=io.StringIO())
    assert len(store.names()) == 3


# The store is away ----------------------------------------------------------------------------------------------------


def test_at_the_desk_it_is_told_and_what_was_typed_stays(desk, store):
    store.stop()
    answer = desk.post(ADD, {"file": upload(image()), "alt": "A strait", "caption": "Typed with care"})
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "Pictures can’t be stored at the moment" in page
    assert "Typed with care" in page
    assert not Picture.objects.exists()
    answer = desk.post("/admin/articles/article/picture/", {"file": upload(image()), "alt": "A strait"})
    assert answer.status_code == 503
    assert "Pictures can’t be stored" in answer.json()["problem"]
    store.start()
    PictureStore.away_until = 0
    assert desk.post(ADD, {"file": upload(image()), "alt": "A strait"}).status_code == 302


def test_a_full_disk_is_told_in_the_same_words(desk, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    page = desk.post(ADD, {"file": upload(image()), "alt": "A strait"}).content.decode()
    assert "Pictures can’t be stored at the moment" in page


def test_articles_are_read_and_published_all_the_same(client, reader, store):
    picture = Picture.objects.create(file=read_picture(upload(image("PNG", (900, 600)))), alt="A strait")
    body = f"![A strait]({picture.file.url})"
    make_article("Seen", slug="seen", lead_picture=picture.pk, body=body)
    card = card_named_on(client, "/articles/seen/")
    PictureStore.away_until = float("inf")
    make_article("Later", slug="later", lead_picture=picture.pk, body=body)
    for address in ("/", "/articles/seen/", "/articles/later/", "/feed.atom"):
        assert client.get(address).status_code == 200
    answer = client.get(picture.file.url)
    assert (answer.status_code, answer["Cache-Control"], answer["Retry-After"]) == (503, "no-store", "5")
    drawn = reader.get(card)
    assert read(drawn).getpixel((1150, 300))[0] > 200  # paper
    assert drawn["Cache-Control"] == "no-store"
    PictureStore.away_until = 0
    assert read(reader.get(card)).getpixel((1150, 300))[0] < 60  # nobody kept the one without its picture


def test_a_text_with_a_picture_is_not_held_back_by_it(desk, store):
    store.stop()
    assert _is_stored("/pictures/x.jpg")
    store.start()
    PictureStore.away_until = 0
    assert not _is_stored("/pictures/x.jpg")


def test_one_that_does_not_answer_is_left_alone_for_a_while(client, store):
    make_article(body="![A strait](/pictures/x.jpg)")
    asks = []
    store.stop()
    default_storage.connection.meta.client.meta.events.register("before-send", lambda **kw: asks.append(1))
    for _ask in range(5):
        assert client.get("/pictures/x.jpg").status_code == 503
    assert len(asks) <= 2  # once, and once more, for a connection may be cut by a restart
    PictureStore.away_until = 0
    store.start()
    assert client.get("/pictures/x.jpg").status_code == 404


def test_a_bucket_that_is_not_there_is_away_too(store, settings):
    settings.STORAGES = settings.STORAGES | {"default": picture_store(store.url.replace("/pictures?", "/nothing?"))}
    for use in (default_storage.reach, lambda: default_storage.open("x.jpg")):
        with pytest.raises(ConnectionError):
            use()


# The setting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["s3://h/bucket", "s3://k:s@/bucket", "s3://k:s@h/", "s3://k:s@h:99999/bucket", "http://k:s@h/bucket",
     "s3://k:s@h/bucket?tls=maybe", "s3://k:s@h/bucket?acl=public", "s3://k:s@h/UPPER"],
)  # fmt: skip
def test_nonsense_is_refused_with_the_cure(url):
    with pytest.raises(ImproperlyConfigured, match="PICTURES_URL: write s3://"):
        picture_store(url)


def test_every_part_of_the_address_is_used():
    options = picture_store("s3://k%2Fey:s%40cret@s3.example.org:9000/pictures?region=eu-west-1&tls=0")["OPTIONS"]
    assert options == {
        "endpoint_url": "http://s3.example.org:9000",
        "access_key": "k/ey",
        "secret_key": "s@cret",
        "bucket_name": "pictures",
        "region_name": "eu-west-1",
    }
    assert picture_store("s3://k:s@s3.example.org/pictures")["OPTIONS"]["endpoint_url"] == "https://s3.example.org"


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="pip install --require-hashes -r relations_site/deploy"):
        picture_store("s3://k:s@h/pictures")


def test_several_machines_need_one_key():
    run = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env={"PICTURES_URL": "s3://k:s@h/pictures"}, capture_output=True, text=True,
    )  # fmt: skip
    assert run.stderr.startswith("SECRET_KEY: set it, the same on every machine")
