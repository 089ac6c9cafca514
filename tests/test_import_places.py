"""Folders and archives that texts are brought in from: read alike, and the hostile ones refused in words."""

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import struct
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.transfer import places
from articles.transfer.places import Unreadable, place, tars, zips

from .thorough import times

FILES = {
    "_config.yml": b"title: x\n",
    "_posts/2024-01-02-a.md": "İlk yazı\n".encode(),
    "assets/карта.png": b"\x89PNG" * 9,
}


def zipped(path, files, top="", **kw):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **kw) as archive:
        for name, content in files.items():
            archive.writestr(top + name, content)
    return path


def tarred(path, files, mode="w", top=""):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(top + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def foldered(path, files):
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def made(kind, tmp_path, files, top=""):
    """Return the path of `files` in a place of that kind."""
    if kind == "folder":
        return foldered(tmp_path / "site", files)
    if kind == "zip":
        return zipped(tmp_path / "site.zip", files, top)
    return tarred(tmp_path / f"site.{kind}", files, "w:" + kind.partition(".")[2] if "." in kind else "w", top)


KINDS = ["folder", "zip", "tar", "tar.gz", "tar.bz2", "tar.xz"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_place_reads_alike(kind, tmp_path):
    with places.opened(made(kind, tmp_path, FILES, top="site-main/")) as opened:
        assert list(opened.names()) == sorted(FILES)
        assert {name: opened.read(name, 100) for name in opened.names()} == FILES
        assert opened.size("_config.yml") == 9
        assert [opened.mark(name) for name in FILES] == [f"{len(c)}-{zlib.crc32(c):08x}" for c in FILES.values()]
        with opened.open("assets/карта.png") as file:
            assert (file.read(4), file.read()) == (b"\x89PNG", b"\x89PNG" * 8)
        assert opened.refused == []
        with pytest.raises(Unreadable, match="more than 8 bytes"):
            opened.read("_config.yml", 8)
        with pytest.raises(OSError, match="no such file"):
            opened.read("nothing.md", 8)


@pytest.mark.parametrize("kind", KINDS)
def test_two_files_are_read_at_once(kind, tmp_path):
    with places.opened(made(kind, tmp_path, {"a": b"a" * 99_999, "b": b"b" * 99_999})) as opened:
        with opened.open("a") as one, opened.open("b") as other:
            parts = [(one.read(1000), other.read(1000)) for _round in range(9)]
        assert set(parts) == {(b"a" * 1000, b"b" * 1000)}


def test_one_file_is_a_place_too(tmp_path):
    foldered(tmp_path, {"export.xml": b"<rss/>", "secret": b"no"})
    with places.opened(tmp_path / "export.xml") as opened:
        assert list(opened.names()) == ["export.xml"]


def test_accents_are_found_however_they_are_composed(tmp_path):
    with places.opened(foldered(tmp_path, {"g\u0306.png": b"x"})) as opened:
        assert opened.found("\u011f.png") == "g\u0306.png"
        assert opened.found("h.png") is None


def test_things_of_systems_are_left_out(tmp_path):
    names = [
        ".git/config",
        "node_modules/x/README.md",
        "__MACOSX/._a.md",
        "._a.md",
        ".DS_Store",
        "a.md",
        ".eleventy.js",
    ]
    with places.opened(zipped(tmp_path / "a.zip", dict.fromkeys(names, b""))) as opened:
        assert list(opened.names()) == [".eleventy.js", "a.md"]


LEADING_OUT = ["../out.md", "a/../../out.md", "/etc/passwd", "C:/x.md", "a\\..\\b.md", "a\x1bb.md", "/".join("d" * 60)]


@pytest.mark.parametrize("name", LEADING_OUT)
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_names_that_lead_out_are_refused_and_the_rest_is_read(kind, name, tmp_path):
    with places.opened(made(kind, tmp_path, {name: b"x", "good.md": b"y"})) as opened:
        assert list(opened.names()) == ["good.md"]
        (refused,) = opened.refused
        assert refused.words
        assert "\x1b" not in refused.place


def test_names_that_are_no_text_are_refused(tmp_path):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", encoding="latin-1", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("\xe7.md"), io.BytesIO())
    (tmp_path / "a.tar").write_bytes(data.getvalue())
    with places.opened(tmp_path / "a.tar") as opened:
        assert [refused.words for refused in opened.refused] == ["Its name is no text."]


def test_links_and_devices_in_archives_are_refused(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        kinds = {"sym": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "device": tarfile.CHRTYPE, "pipe": tarfile.FIFOTYPE}
        for name, kind in kinds.items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    with places.opened(tmp_path / "a.tar") as opened:
        assert len(opened) == 0
        assert [refused.place for refused in opened.refused] == ["sym", "hard", "device", "pipe"]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        info = zipfile.ZipInfo("sym")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with places.opened(tmp_path / "a.zip") as opened:
        assert [refused.place for refused in opened.refused] == ["sym"]


def test_links_out_of_a_folder_are_not_followed(tmp_path):
    foldered(tmp_path, {"secret.md": b"secret", "site/posts/real.md": b"real"})
    site = tmp_path / "site"
    (site / "out.md").symlink_to(tmp_path / "secret.md")
    (site / "in.md").symlink_to("posts/real.md")
    (site / "loop").symlink_to(site)
    (site / "dangling.md").symlink_to("nothing")
    os.mkfifo(site / "pipe.md")
    with places.opened(site) as opened:
        assert list(opened.names()) == ["in.md", "posts/real.md"]
        assert opened.read("in.md", 9) == b"real"
        assert sorted(refused.place for refused in opened.refused) == ["dangling.md", "loop", "out.md", "pipe.md"]
        (site / "posts/real.md").unlink()
        (site / "posts/real.md").symlink_to(tmp_path / "secret.md")  # since it was listed
        with pytest.raises(Unreadable):
            opened.read("posts/real.md", 9)


def test_encrypted_and_strangely_packed_files_are_refused(tmp_path):
    zipped(tmp_path / "a.zip", {"secret.md": b"x" * 50, "good.md": b"y"})
    data = bytearray((tmp_path / "a.zip").read_bytes())
    where = data.index(b"PK\x01\x02")
    data[where + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    with places.opened(tmp_path / "a.zip") as opened:
        assert [(r.place, r.words) for r in opened.refused] == [("secret.md", "It is encrypted.")]
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.md", b"x")
    with places.opened(tmp_path / "b.zip") as opened:
        assert "packed" in opened.refused[0].words


def test_of_two_files_of_one_name_the_second_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.md", b"one")
        archive.writestr("./a.md", b"two")
        archive.writestr("a.md", b"three")
    with places.opened(tmp_path / "a.zip") as opened:
        assert opened.read("a.md", 9) == b"one"
        assert len(opened.refused) == 2


def test_a_zip_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(zips, "FREE", 1000)
    zipped(tmp_path / "a.zip", {"zeros": bytes(1 << 20), "a.md": b"x"})
    with places.opened(tmp_path / "a.zip") as opened:
        assert [r.place for r in opened.refused] == ["zeros"]
    # Files that share their bytes: each within bounds, together not.
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", random.Random(1).randbytes(20_000))
        info = archive.infolist()[0]
        for number in range(2000):
            copy = zipfile.ZipInfo(f"{number}.md")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type"):
                setattr(copy, name, getattr(info, name))
            archive.filelist.append(copy)
    (tmp_path / "b.zip").write_bytes(data.getvalue())
    monkeypatch.setattr(zips, "RATIO", 200)
    with pytest.raises(Unreadable, match="200 times"):
        places.opened(tmp_path / "b.zip")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_tar_that_unpacks_without_end_is_refused_while_it_is_read(pack, tmp_path, monkeypatch):
    monkeypatch.setattr(tars, "FREE", 1 << 20)
    tarred(tmp_path / "plain", {"zeros": bytes(4 << 20)})
    (tmp_path / "a.tgz").write_bytes(pack((tmp_path / "plain").read_bytes()))
    with pytest.raises(Unreadable, match="250 times"):
        places.opened(tmp_path / "a.tgz")
    monkeypatch.setattr(tars, "FREE", 100 << 20)
    monkeypatch.setattr(tars, "UNPACKED", 2 << 20)
    with pytest.raises(Unreadable, match="unpack it, and give the folder"):
        places.opened(tmp_path / "a.tgz")


def test_a_file_that_is_longer_than_its_header_says_is_not_read_on(tmp_path):
    zipped(tmp_path / "a.zip", {"a.md": bytes(50_000)})
    data = bytearray((tmp_path / "a.zip").read_bytes())
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, 100)
    (tmp_path / "a.zip").write_bytes(data)
    with places.opened(tmp_path / "a.zip") as opened:
        assert opened.size("a.md") == 100
        with pytest.raises(Unreadable):
            opened.read("a.md", 1 << 20)


def test_too_many_files_and_bytes_are_refused(tmp_path, monkeypatch):
    files = {f"{number}.md": b"x" * 10 for number in range(30)}
    monkeypatch.setattr(place, "TOTAL", 200)
    for kind in KINDS:
        with pytest.raises(Unreadable, match="200 bytes"):
            places.opened(made(kind, tmp_path, files))
    monkeypatch.setattr(place, "MEMBERS", 20)
    monkeypatch.setattr(zips, "MEMBERS", 20)
    for kind in KINDS:
        with pytest.raises(Unreadable, match="20 files"):
            places.opened(made(kind, tmp_path, files))


def test_long_headers_are_not_read_into_memory(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w", pax_headers={"comment": "x" * 100_000}) as archive:
        archive.addfile(tarfile.TarInfo("a.md"), io.BytesIO())
    with pytest.raises(Unreadable, match="headers is too long"):
        places.opened(tmp_path / "a.tar")


def test_many_refusals_are_counted_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "SAID", 3)
    with places.opened(zipped(tmp_path / "a.zip", {f"../{n}": b"" for n in range(9)})) as opened:
        assert len(opened.refused) == 4
        assert opened.refused[-1].words == "6 more of its files are not taken."


def test_what_is_nowhere_or_no_file_is_told(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("nothing", "pipe"):
        with pytest.raises(Unreadable):
            places.opened(tmp_path / name)


BASES = {}


@settings(max_examples=times(60, 150), deadline=None)
@given(
    st.sampled_from(["zip", "tar", "tar.gz", "tar.xz", "tar.bz2"]),
    st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), max_size=6),
    st.integers(0, 1 << 16),
)
def test_damaged_archives_are_refused_in_words_or_read(tmp_path_factory, kind, changes, cut):
    if kind not in BASES:
        BASES[kind] = made(kind, tmp_path_factory.mktemp("base"), FILES).read_bytes()
    data = bytearray(BASES[kind])
    for where, byte in changes:
        data[where % len(data)] = byte
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(data[: cut % len(data)] if cut % 3 == 0 else data)
    try:
        with places.opened(path) as opened:
            for name in opened.names():
                opened.size(name)
                opened.mark(name)
                opened.read(name, 1000)
    except Unreadable as error:
        assert error.refusal.words
