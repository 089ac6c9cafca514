"""The files of a publication: one spelling, in which everything comes back; and the folder, of which nothing else is touched."""

import json
import os
import tomllib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.transfer.publication.folder import CONTENTS, ROOT, Shelf, opened, stem
from articles.transfer.publication.spelling import (
    PublicationError,
    plain_table,
    read_plain,
    read_tables,
    read_text,
    table,
    text_file,
)

from .thorough import times

LETTERS = st.characters(codec="utf-8")
ODD = st.sampled_from(
    ["---", "\n---\n", "\ufeff", "\r\n", "\r", " ", "\t", ": ", '"', "'", "#", "\x00", "\x1f", "\x7f", "\x85", "\u2028", "\u202e",
     "😀", "שלום", "İı", "[", "{", "&a", "*a", "!!python", "%", "`", "|", ">", "null", "yes", "1e3", "\\", "\\u0041"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(ODD, st.text(LETTERS, max_size=5)), max_size=8).map("".join)
KEYS = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
PLAIN = st.one_of(TEXTS, st.integers(0, 10**15), st.booleans(), st.floats(allow_nan=False, allow_infinity=False))
FLAT = st.one_of(PLAIN, st.lists(TEXTS, max_size=3), st.lists(st.integers(0, 99), max_size=3))
JSON = st.one_of(FLAT, st.none(), st.dictionaries(TEXTS, TEXTS, max_size=3))

FEW = settings(max_examples=times(40, 150), deadline=None)


@FEW
@given(st.dictionaries(KEYS, JSON, max_size=5), TEXTS)
def test_any_text_comes_back(values, body):
    assert read_text("a.md", text_file(values, body)) == (values, body)


@FEW
@given(st.lists(st.dictionaries(KEYS, FLAT, max_size=4), max_size=4))
def test_any_table_comes_back(rows):
    content = b"".join(table("row", values) for values in rows)
    read = [values for _kind, values, _line in read_tables("a.toml", content.splitlines(keepends=True))]
    assert read == [{key: value for key, value in values.items() if value not in ("", [])} for values in rows]


@FEW
@given(
    st.dictionaries(
        KEYS, st.one_of(TEXTS, st.lists(TEXTS, max_size=2), st.dictionaries(TEXTS, TEXTS, max_size=2)), max_size=4
    ),
    TEXTS,
)
def test_others_read_the_front_matter_as_yaml(values, body):
    head = text_file(values, body).decode().split("\n---\n")[0].removeprefix("---")
    assert (yaml.load(head, yaml.CSafeLoader) or {}) == values


@FEW
@given(
    st.lists(
        st.dictionaries(KEYS, st.one_of(TEXTS, st.integers(0, 10**15), st.lists(TEXTS, max_size=3)), max_size=4),
        max_size=3,
    )
)
def test_others_read_tables_as_toml(rows):
    content = b"".join(table("row", values) for values in rows).decode()
    said = [{key: value for key, value in values.items() if value not in ("", [])} for values in rows]
    assert tomllib.loads(content).get("row", []) == said


@FEW
@given(st.dictionaries(KEYS, TEXTS, max_size=4))
def test_a_plain_table_comes_back(values):
    assert read_plain("a.toml", plain_table(values)) == values


@FEW
@given(st.binary(max_size=200))
def test_whatever_is_read_is_read_or_refused(content):
    for read in (lambda: read_text("a.md", content), lambda: read_plain("a.toml", content)):
        try:
            read()
        except PublicationError as error:
            assert str(error).startswith("a.")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1: it doesn't begin"),
        ("---\ntitle: 1", "no end"),
        ("---\ntitle: a\n---\n\n", "line 2: the value of title is not JSON"),
        ("---\ntitle: &a [1]\n---\n\n", "line 2: the value"),
        ("---\ntitle: NaN\n---\n\n", "line 2: the value"),
        ("---\ntitle: " + "[" * 100_000 + "\n---\n\n", "line 2: the value"),
        ("---\na: 1\na: 2\n---\n\n", "line 3: a is there twice"),
        ("---\nTitle: 1\n---\n\n", "line 2: this is no key"),
        ("---\n---\ncut", "doesn't end with a newline"),
        ("---\na: 1\n---", "doesn't end with a newline"),
    ],
)
def test_what_is_no_file_of_ours_is_refused_with_its_line(content, said):
    with pytest.raises(PublicationError, match=said):
        read_text("a.md", content.encode())


def test_a_text_that_is_no_utf_8_is_refused_with_its_line():
    with pytest.raises(PublicationError, match="a.md, line 3: it isn't in UTF-8"):
        read_text("a.md", b"---\na: 1\nb: \xff\n---\n\n")


def test_names_are_such_as_every_system_holds():
    assert stem("syria", 1) == "syria"
    assert [stem(slug, 7) for slug in ("con", "com1", "nul", "A", "a b", "../x", "a_b", "x" * 130, "")] == ["_7"] * 9


# The folder ----------------------------------------------------------------------------------------------------------


def fill(path, **files):
    """Write `files` {name without ending: content} as articles; return (written, removed)."""
    with opened(path) as folder:
        folder.put(ROOT, b"format = 1\n")
        for name, content in files.items():
            folder.put(f"articles/{name}.md", content)
        folder.finish()
        return folder.written, folder.removed


def test_only_what_changed_is_written(tmp_path):
    assert fill(tmp_path, a=b"1", b=b"2") == (3, 0)
    os.utime(tmp_path / "articles/a.md", (1, 1))
    os.utime(tmp_path / CONTENTS, (1, 1))
    assert fill(tmp_path, a=b"1", b=b"3") == (1, 0)
    assert (tmp_path / "articles/a.md").stat().st_mtime == (tmp_path / CONTENTS).stat().st_mtime == 1
    assert (tmp_path / "articles/b.md").read_bytes() == b"3"


def test_what_is_gone_is_removed_and_nothing_else(tmp_path):
    fill(tmp_path, a=b"1", b=b"2")
    for name in (".git/config", "README.md", "articles/notes.txt", "articles/mine.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("theirs")
    assert fill(tmp_path, a=b"1") == (0, 1)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
        ".git/config", "README.md", "articles/a.md", "articles/mine.md", "articles/notes.txt", "files.txt", "publication.toml",
    ]  # fmt: skip


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(PublicationError, match="holds something else"):
        fill(tmp_path, a=b"1")
    assert os.listdir(tmp_path) == ["thesis.doc"]


def test_an_empty_repository_is_no_other_thing(tmp_path):
    (tmp_path / ".git").mkdir()
    assert fill(tmp_path, a=b"1") == (2, 0)


def test_what_a_killed_run_left_is_known_to_the_next(tmp_path):
    with pytest.raises(KeyboardInterrupt), opened(tmp_path) as folder:
        folder.put("articles/a.md", b"1")
        raise KeyboardInterrupt
    assert fill(tmp_path, b=b"2") == (2, 1)
    assert sorted(path.name for path in (tmp_path / "articles").iterdir()) == ["b.md"]


def test_nothing_is_written_or_removed_through_links(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    (outside / "a.md").write_text("theirs")
    fill(inside, a=b"1")
    (inside / "articles/a.md").unlink()
    (inside / "articles").rmdir()
    (inside / "articles").symlink_to(outside)
    with pytest.raises(PublicationError, match="leads elsewhere"):
        fill(inside, a=b"1")
    fill(inside)
    assert (outside / "a.md").read_text() == "theirs"


def test_a_list_of_files_names_nothing_outside(tmp_path):
    for name in ("../x", "/etc/passwd", "articles/../../x.md", "articles/A.md", ".git/config", ""):
        (tmp_path / CONTENTS).write_text(f"{ROOT}\n{name}\n")
        for read in (lambda: fill(tmp_path), lambda: Shelf(tmp_path)):
            with pytest.raises(PublicationError, match="line 2: .* is no file of a publication"):
                read()


def test_two_exports_don_t_write_to_one_folder_at_once(tmp_path):
    with opened(tmp_path), pytest.raises(PublicationError, match="Another export"):
        fill(tmp_path)


def test_two_things_have_no_one_file(tmp_path):
    with pytest.raises(PublicationError, match="Two things"), opened(tmp_path) as folder:
        folder.put("articles/a.md", b"1")
        folder.put("articles/a.md", b"2")


def test_a_link_and_a_pipe_are_not_read(tmp_path):
    fill(tmp_path, a=b"1", b=b"2")
    (tmp_path / "articles/a.md").unlink()
    (tmp_path / "articles/a.md").symlink_to("/etc/passwd")
    (tmp_path / "articles/b.md").unlink()
    os.mkfifo(tmp_path / "articles/b.md")
    shelf = Shelf(tmp_path)
    for name in ("articles/a.md", "articles/b.md"):
        with pytest.raises(PublicationError, match=name):
            shelf.read(name)


def test_a_file_that_is_too_large_is_refused(tmp_path):
    fill(tmp_path, a=b"123")
    with pytest.raises(PublicationError, match="more than 2 bytes"):
        Shelf(tmp_path).read("articles/a.md", 2)


def test_values_are_json_for_everybody():
    line = text_file({"title": "A “name”: İ 😀"}, "").decode().split("\n")[1]
    assert json.loads(line.partition(": ")[2]) == "A “name”: İ 😀"
    assert line == 'title: "A “name”: İ 😀"'
