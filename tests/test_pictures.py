"""Pictures: told by their bytes, re-encoded, served under a name of our own."""

import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from articles import pictures
from articles.models import Picture
from articles.models.picture import PictureError, read_picture
from articles.pictures import decode

from .make import make_article
from .thorough import times
from .trust import uploads

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/picture/add/"


def image(kind="JPEG", size=(60, 40), **kw):
    out = io.BytesIO()
    Image.new("RGB", size, "#0b4a70").save(out, kind, **kw)
    return out.getvalue()


def upload(content, name="photo.jpg"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_taken_and_served(desk, kind):
    assert desk.post(ADD, {"file": upload(image(kind), "../../Evil name.svg"), "alt": "A strait"}).status_code == 302
    picture = Picture.objects.get()
    assert (picture.width, picture.height) == (60, 40)
    assert "Evil" not in picture.file.name
    response = desk.get(picture.file.url)
    assert response.status_code == 200
    assert response["Content-Type"] == f"image/{kind.lower()}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_it_is_turned_upright_and_loses_its_metadata():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "canary words"
    read = read_picture(upload(image(exif=exif))).read()
    assert b"canary" not in read
    with Image.open(io.BytesIO(read)) as upright:
        assert upright.size == (40, 60)
        assert not upright.getexif()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script>",
        b"GIF89a" + b"\0" * 50,
        b"%PDF-1.4",
        b"\xff\xd8\xff\xe0 no jpeg at all",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 200,
        b"RIFF\0\0\0\0WAVEfmt ",
        image("TIFF"),
        image()[:200],
    ],
)
def test_anything_else_is_refused_in_words(desk, content):
    response = desk.post(ADD, {"file": upload(content), "alt": "A strait"})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["file"]
    assert not Picture.objects.exists()


@pytest.mark.large
def test_a_bomb_is_refused_from_its_header():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(PictureError, match="40 megapixels"):
        read_picture(upload(out.getvalue()))


def test_it_is_described_or_decorative(desk):
    for fields in ({}, {"alt": "Words", "is_decorative": "on"}):
        response = desk.post(ADD, {"file": upload(image()), **fields})
        assert "one of the two" in response.content.decode()
    assert desk.post(ADD, {"file": upload(image()), "is_decorative": "on"}).status_code == 302


def test_a_lead_picture_is_on_the_page(desk, client):
    picture = Picture.objects.create(file=read_picture(upload(image())), alt="A strait", credit="Somebody")
    make_article("Seen", lead_picture=picture.pk)
    page = client.get("/articles/seen/").content.decode()
    assert f'src="{picture.file.url}"' in page
    assert 'alt="A strait"' in page


# Sizes ----------------------------------------------------------------------------------------------------------------


def stored(size=(1200, 800), kind="JPEG", **kw):
    return Picture.objects.create(file=read_picture(upload(image(kind, size))), **{"alt": "A strait", **kw})


def test_a_picture_is_kept_in_sizes_for_every_screen(client):
    picture = stored()
    make_article(lead_picture=picture.pk)
    assert picture.sizes == [480, 960, 1200]
    for width in picture.sizes:
        for kind in ("avif", "webp"):
            answer = client.get(picture.address(width, kind))
            assert answer["Content-Type"] == f"image/{kind}"
            content = answer.content
            with Image.open(io.BytesIO(content)) as small:
                assert small.size == (width, width * 2 // 3)
                assert not small.getexif()
                assert "exif" not in small.info


@pytest.mark.parametrize(("width", "sizes"), [(60, [60]), (480, [480]), (500, [480, 500]), (2000, [480, 960, 1600])])
def test_sizes_go_up_to_its_own_and_not_beyond(width, sizes):
    assert stored((width, 30)).sizes == sizes


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel_has_sizes(mode):
    out = io.BytesIO()
    Image.new(mode, (50, 20)).save(out, "PNG")
    picture = Picture.objects.create(file=read_picture(upload(out.getvalue())), alt="A strait")
    assert picture.sizes == [50]
    assert picture.file.storage.exists(picture.address(50, "avif").rpartition("/")[2])


def test_where_the_location_was_nothing_is():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "canary maker"
    out = io.BytesIO()
    Image.new("RGB", (600, 400)).save(out, "JPEG", exif=exif, comment=b"canary comment")
    picture = Picture.objects.create(file=read_picture(upload(out.getvalue())), alt="A strait")
    for name in picture.file.storage.listdir("")[1]:
        if name.startswith(picture.file.name.partition(".")[0]):
            with picture.file.storage.open(name) as file:
                assert b"canary" not in file.read()


def test_another_file_gets_its_own_sizes(desk):
    picture = stored()
    address = f"/admin/articles/picture/{picture.pk}/change/"
    opened = desk.get(address).context["adminform"].form.initial["opened"]
    desk.post(address, {"file": upload(image(size=(700, 70))), "alt": "New", "opened": opened})
    picture = Picture.objects.get()
    assert (picture.alt, picture.sizes) == ("New", [480, 700])
    assert picture.file.storage.exists(picture.address(700, "webp").rpartition("/")[2])


def test_a_picture_from_before_there_were_sizes_is_shown_whole_until_rebuilt(client):
    picture = stored(caption="Seen from the east.")
    Picture.objects.update(sized="")
    make_article("Seen", body=f"![A strait]({picture.file.url})")
    assert "srcset" not in client.get("/articles/seen/").content.decode()
    call_command("rebuild", stdout=io.StringIO())
    assert "srcset" in client.get("/articles/seen/").content.decode()


def test_a_picture_that_can_not_be_read_keeps_no_other_from_its_sizes(capsys):
    damaged, whole = stored(size=(50, 40)), stored(size=(60, 40))
    Picture.objects.update(sized="")
    Path(damaged.file.path).write_bytes(b"\x89PNG")
    with pytest.raises(CommandError, match="1 pictures could not be put into their sizes"):
        call_command("rebuild")
    assert f"{damaged.file.name}: This is not a JPEG, PNG or WebP picture." in capsys.readouterr().err
    whole.refresh_from_db()
    assert whole.sized == whole.file.name


def test_a_picture_alone_becomes_a_figure_with_what_is_known_of_it(client):
    picture = stored(caption="Seen from the <east>.", credit="Somebody")
    make_article("Seen", body=f"Before.\n\n![A strait]({picture.file.url})\n\nWith ![it]({picture.file.url}) within.")
    page = client.get("/articles/seen/").content.decode()
    figure = page[page.index('<figure class="picture">') : page.index("</figure>")]
    assert figure.index("image/avif") < figure.index("image/webp") < figure.index("<img")
    assert f"{picture.address(480, 'avif')} 480w" in figure
    assert 'width="1200" height="800" loading="lazy" decoding="async"' in figure
    assert "Seen from the &lt;east&gt;." in figure
    assert "Somebody" in figure
    assert page.count("<figure") == 1
    assert page.count("<picture>") == 2
    picture.caption = "Another caption."
    picture.save()
    assert "Another caption." in client.get("/articles/seen/").content.decode()


def test_a_caption_typed_in_the_text_comes_first(client):
    picture = stored(caption="Its own.")
    make_article("Seen", body=f'![A strait]({picture.file.url} "For \\"this\\" text.")')
    page = client.get("/articles/seen/").content.decode()
    assert "For " in page[page.index("<figcaption>") :]
    assert "Its own." not in page
    assert "title=" not in page[page.index("<figure") : page.index("</figure>")]


def test_a_text_may_say_that_a_picture_has_no_caption_in_it(client):
    picture = stored(caption="Its own.")
    make_article("Seen", slug="seen", body=f'![The sea]({picture.file.url} "")')
    page = client.get("/articles/seen/").content.decode()
    assert '<figure class="picture">' in page
    assert "Its own." not in page


def test_feeds_have_one_address_and_the_caption(client):
    picture = stored(caption="Seen from the east.")
    make_article("Seen", body=f"![A strait]({picture.file.url})")
    content = client.get("/feed.json").json()["items"][0]["content_html"]
    assert "<picture" not in content
    assert "loading" not in content
    assert 'src="http://' in content
    assert 'width="1200" height="800"' in content
    assert "<figcaption>Seen from the east.</figcaption>" in content


def test_a_picture_that_is_no_longer_known_stays_an_image(client):
    picture = stored()
    make_article("Seen", body=f"![A strait]({picture.file.url})")
    Picture.objects.all().delete()
    assert f'<img alt="A strait" src="{picture.file.url}">' in client.get("/articles/seen/").content.decode()


def test_a_lead_picture_deleted_meanwhile_is_told_in_words(desk):
    article = make_article(published=False)
    address = reverse("admin:articles_article_change", args=[article.pk])
    answer = desk.post(address, {"title": "T", "language": "en", "lead_picture": 99, "themes": [99]})
    page = answer.content.decode()
    assert "The picture chosen here has been deleted" in page
    assert "A theme chosen here has been deleted" in page


@pytest.mark.parametrize("name", ["..%2f..%2fsite.sqlite3", "nothing.jpg", ".", "%00", "a%2fb"])
def test_no_other_file_is_served(client, name):
    assert client.get(f"/pictures/{name}").status_code == 404


@pytest.mark.large
@settings(max_examples=times(20, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_pictures_are_refused_or_read_but_never_crash(data):
    content = bytearray(image(data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))))
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(12, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(content[: data.draw(st.integers(13, len(content)))])
    try:
        read_picture(upload(content))
    except PictureError as error:
        assert str(error.message)


# The process that decodes ---------------------------------------------------------------------------------------------


@pytest.mark.large
def test_what_a_picture_carries_beside_its_pixels_is_gone(tmp_path):
    for content in list(uploads.told().values())[:: times(2, 1)]:
        for _name, made in [("", (whole := pictures.read(content)).content), *whole.sizes.items()]:
            assert uploads.CANARY not in made
            assert b"EICAR" not in made
            assert b"<script" not in made


@pytest.mark.parametrize("what", ["169 megapixels", "just past the pixels", "one byte", "a byte more", "SVG", "EICAR"])
def test_what_is_too_much_or_no_picture_is_refused(what):
    with pytest.raises(pictures.Refused):
        pictures.read(uploads.hostile()[what]())


@pytest.mark.parametrize(
    "what", ["one byte", "a byte more", "SVG", "HTML", "sound that begins like WebP", "EICAR", "ZIP"]
)
def test_no_decoder_sees_what_does_not_begin_like_a_picture(monkeypatch, what):
    monkeypatch.setattr("articles.pictures.subprocess.run", lambda *told, **kw: pytest.fail("a decoder was started"))
    with pytest.raises(pictures.Refused, match="other|big"):
        pictures.read(uploads.hostile()[what]())


def test_it_has_an_end_a_bound_and_no_secrets(monkeypatch):
    asked = {}
    real = subprocess.run
    monkeypatch.setattr("articles.pictures.subprocess.run", lambda *told, **kw: asked.update(kw) or real(*told, **kw))
    pictures.read(image())
    assert asked["env"] == {}
    monkeypatch.setattr(pictures, "SECONDS", 0.01)
    with pytest.raises(pictures.Refused, match="heavy"):
        pictures.read(image())
    command = [sys.executable, "-m", "articles.pictures.decode", "PNG", "whole"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}) as child:
        child.stdin.write(uploads.png_bomb(100, 100)[:-20])  # it waits for the rest
        for _attempt in range(200):
            with open(f"/proc/{child.pid}/limits") as told:
                bound = re.search(r"Max address space +(\d+)", told.read())
            if bound:
                break
            time.sleep(0.05)
        child.communicate()
    assert int(bound[1]) == decode.MEMORY


@pytest.mark.parametrize("ended", ["exit", "garbage"])
def test_one_that_dies_over_a_picture_refuses_it(monkeypatch, ended):
    answer = subprocess.CompletedProcess([], 0 if ended == "garbage" else -11, stdout=b"", stderr=b"")
    monkeypatch.setattr("articles.pictures.subprocess.run", lambda *told, **kw: answer)
    with pytest.raises(PictureError, match="too much time or memory"):
        read_picture(upload(image()))


def test_nobody_waits_for_their_turn_while_a_picture_is_decoded(desk, monkeypatch):
    depths = []
    real = pictures.read
    monkeypatch.setattr(
        "articles.pictures.read", lambda content: depths.append(len(connection.savepoint_ids)) or real(content)
    )
    assert desk.post(ADD, {"file": upload(image()), "alt": "A strait"}).status_code == 302
    assert depths == [0]


MANY_CORES = (
    "from PIL import AvifImagePlugin; AvifImagePlugin._get_default_max_threads = lambda: 64;"
    "from articles.pictures import decode; decode.main()"
)


@pytest.mark.large
def test_a_machine_with_many_cores_makes_sizes_within_the_same_memory():
    """Each thread that encodes takes a part of the addresses a process may have."""
    out = io.BytesIO()
    Image.effect_noise((1700, 1300), 80).convert("RGB").save(out, "JPEG")
    answer = subprocess.run(
        [sys.executable, "-c", MANY_CORES, "JPEG", "sizes"],
        input=out.getvalue(),
        capture_output=True,
        check=True,
        env={},
    )
    assert "refused" not in json.loads(answer.stdout.partition(b"\n")[0])


def test_where_the_site_itself_is_bounded_pictures_are_taken():
    less = "import resource; resource.setrlimit(resource.RLIMIT_AS, (800 << 20,) * 2); from articles.pictures import decode; decode.main()"
    answer = subprocess.run(
        [sys.executable, "-c", less, "JPEG", "sizes"], input=image(), capture_output=True, check=False, env={}
    )
    assert (answer.returncode, b"refused" in answer.stdout) == (0, False)


def test_one_whose_site_is_gone_ends_by_itself():
    """Nobody is left to stop it: it has so many seconds of a processor."""
    asks = (
        "import resource; from articles.pictures import decode;"
        "decode.made = lambda *told: print(*resource.getrlimit(resource.RLIMIT_CPU)) or (b'', {}); decode.main()"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asks, "PNG", "whole"], input=b"", capture_output=True, env={}, check=True
    )
    assert answer.stdout.splitlines()[-1].split() == [b"%d" % decode.PROCESSOR] * 2
