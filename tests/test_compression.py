"""Pages and feeds travel compressed; what is for one person alone doesn't."""

import gzip

import brotli
import pytest

from .make import make_article

pytestmark = pytest.mark.django_db
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}
PUBLIC = [
    "/",
    "/articles/long/",
    "/feed.atom",
    "/feed.rss",
    "/feed.json",
    "/articles/long/charts/1.svg",
]


@pytest.fixture
def client(reader):
    """All requests go through the page cache."""
    return reader


@pytest.fixture
def article():
    chart = "\n\n```chart\ntype: bar\ntitle: T\n\nYear,A\n2015,1\n```\n"
    return make_article("Long", slug="long", body="Words and more words. " * 100 + chart)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("address", PUBLIC)
def test_the_same_bytes_come_out(client, article, address, encoding):
    plain = client.get(address)
    packed = client.get(address, headers={"accept-encoding": encoding})
    assert packed["Content-Encoding"] == encoding
    assert len(packed.content) < len(plain.content)
    assert packed["Content-Length"] == str(len(packed.content))
    assert UNPACK[encoding](packed.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed["Vary"]
    assert client.get(address, headers={"accept-encoding": encoding}).content == packed.content


@pytest.mark.parametrize("address", ["/articles/long/", "/feed.atom"])
def test_each_form_has_a_strong_validator_of_its_own(client, article, address):
    tags = {}
    for encoding in ("identity", "gzip", "br"):
        asked = {"accept-encoding": encoding}
        answer = client.get(address, headers=asked)
        tags[encoding] = answer["ETag"]
        assert not answer["ETag"].startswith("W/")
        again = client.get(address, headers={**asked, "if-none-match": answer["ETag"]})
        assert again.status_code == 304
        assert again["ETag"] == answer["ETag"]
        assert "Accept-Encoding" in again["Vary"]
    assert len(set(tags.values())) == 3


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None), ("identity", None), ("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0, gzip", "gzip"),
        ("*", "br"), ("*;q=0", None), ("GZIP;q=0.5", "gzip"), ("br;q=0.000,*;q=0.1", "gzip"), (";;,=q", None),
    ],
)  # fmt: skip
def test_what_is_accepted_is_sent(client, article, accepted, encoding):
    assert client.get("/articles/long/", headers={"accept-encoding": accepted}).get("Content-Encoding") == encoding


def test_what_is_for_one_person_alone_is_not_compressed(client, chief, article):
    client.force_login(chief)
    for address in ("/admin/", "/admin/login/"):
        assert not client.get(address, headers={"accept-encoding": "br, gzip"}).has_header("Content-Encoding")


def test_short_answers_and_pictures_stay_as_they_are(client, article):
    for address in ("/robots.txt", "/health/", "/articles/long/card.png"):
        assert not client.get(address, headers={"accept-encoding": "br"}).has_header("Content-Encoding")
