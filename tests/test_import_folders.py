"""What configurations and the files of folders say of all texts below them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.transfer import reading
from articles.transfer.documents import LeftOut, State
from articles.transfer.frontmatter.folders import is_like

from .test_import_files import laid, read, words

TEXT = "---\ntitle: T\ndate: 2024-01-02\n---\nText.\n"


def states(found):
    return {place: str(each.state) for place, each in found.items() if hasattr(each, "state")}


def test_a_cascade_of_hugo(tmp_path):
    files = {
        "hugo.toml": "[[cascade]]\nauthor = 'Ann'\n[cascade.target]\npath = '/news/**'\n",
        "content/news/_index.md": "+++\ntitle = 'News'\n[[cascade]]\ntags = ['Sea']\n[cascade._target]\npath = '/news/old/**'\n"
        "[[cascade]]\ntags = ['News']\ncategories = ['All']\n[cascade.params]\nsubtitle = 'Of ours.'\n+++\n",
        "content/news/a.md": TEXT,
        "content/news/b.md": "---\ntitle: B\ntags: [own]\nauthor: Bob\nsubtitle: Mine.\ndate: 2024-01-02\n---\nText.\n",
        "content/news/old/c.md": TEXT,
        "content/news/deep/_index.md": "---\ncascade:\n  draft: true\n  tags: [Deep]\n---\n",
        "content/news/deep/bundle/index.md": TEXT,
        "content/news/deep/out.md": "---\ntitle: Out\ndraft: false\ndate: 2024-01-02\n---\nText.\n",
        "content/hidden/_index.md": "---\ncascade: {build: {render: never}, date: 2020-05-06}\n---\n",
        "content/hidden/d.md": "---\ntitle: D\n---\nText.\n",
        "content/gone/_index.md": "---\ncascade: {expiryDate: 2020-05-06}\n---\n",
        "content/gone/e.md": TEXT,
        "content/other/f.md": TEXT,
    }
    found = read(tmp_path, files)
    told = {place.removeprefix("content/"): (each.themes, each.authors, each.summary)
            for place, each in found.items() if hasattr(each, "themes")}  # fmt: skip
    assert told == {
        "news/a.md": (("All", "News"), ("Ann",), "Of ours."),
        "news/b.md": (("All", "own"), ("Bob",), "Mine."),
        "news/old/c.md": (("All", "Sea"), ("Ann",), "Of ours."),
        "news/deep/bundle/index.md": (("All", "Deep"), ("Ann",), "Of ours."),
        "news/deep/out.md": (("All", "Deep"), ("Ann",), "Of ours."),
        "hidden/d.md": ((), (), ""),
        "gone/e.md": ((), (), ""),
        "other/f.md": ((), (), ""),
    }
    drafts = {place.removeprefix("content/") for place, state in states(found).items() if state == State.DRAFT}
    assert drafts == {"news/deep/bundle/index.md", "hidden/d.md", "gone/e.md"}
    assert str(found["content/hidden/d.md"].published_at)[:10] == "2020-05-06"


def test_a_cascade_is_of_its_language(tmp_path):
    files = {
        "hugo.toml": "defaultContentLanguage = 'en'\n[languages.en]\n[languages.tr]\n",
        "content/a/_index.md": "---\ncascade: {tags: [English]}\n---\n",
        "content/a/_index.tr.md": "---\ncascade: {tags: [Türkçe]}\n---\n",
        "content/a/one.md": TEXT,
        "content/a/one.tr.md": TEXT,
    }
    found = read(tmp_path, files)
    assert found["content/a/one.md"].themes == ("English",)
    assert found["content/a/one.tr.md"].themes == ("Türkçe",)


def test_a_cascade_that_cant_be_read_is_refused(tmp_path):
    files = {"hugo.toml": "", "content/b/_index.md": "---\ncascade: {{bad\n---\n", "content/b/two.md": TEXT}
    found = list(reading.documents(laid(tmp_path, files)))
    assert [(type(each).__name__, each.place) for each in found] == [
        ("LeftOut", "content/b/_index.md"),
        ("Document", "content/b/two.md"),
        ("Refusal", "content/b/_index.md"),
    ]


def test_what_jekyll_says_of_all_texts_of_a_kind_and_a_path(tmp_path):
    files = {
        "_config.yml": "collections: {essays: {output: true}}\ndefaults:\n"
        "  - scope: {path: _posts/deep, type: posts}\n    values: {author: Deep}\n"
        "  - scope: {path: '', type: posts}\n    values: {author: Posts, published: true}\n"
        "  - scope: {path: '', type: essays}\n    values: {author: Essays, category: Essay}\n"
        "  - scope: {path: ''}\n    values: {author: Everybody}\n"
        "  - scope: {path: 'notes/*/x.md'}\n    values: {tags: [starred]}\n"
        "  - scope: {path: _pos}\n    values: {author: Nobody}\n"
        "  - {scope: 1, values: 2}\n  - none\n",
        "_posts/2024-01-02-a.md": TEXT,
        "_posts/deep/2024-01-02-b.md": TEXT,
        "_essays/c.md": TEXT,
        "notes/1/x.md": TEXT,
        "notes/own.md": "---\ntitle: T\nauthor: Own\n---\nText.\n",
    }
    found = read(tmp_path, files)
    assert {place: each.authors for place, each in found.items()} == {
        "_posts/2024-01-02-a.md": ("Posts",),
        "_posts/deep/2024-01-02-b.md": ("Deep",),
        "_essays/c.md": ("Essays",),
        "notes/1/x.md": ("Everybody",),
        "notes/own.md": ("Own",),
    }
    assert (found["_essays/c.md"].themes, found["notes/1/x.md"].themes) == (("Essay",), ("starred",))


def test_what_pelican_says_of_all_texts(tmp_path):
    files = {
        "pelicanconf.py": "DEFAULT_METADATA = {'status': 'draft', 'tags': 'all'}\nEXTRA_PATH_METADATA = {'x/b.md': {'author': 'Ann'}}\n",
        "content/x/a.md": "Title: A\nDate: 2024-01-02\nStatus: published\n\nText.\n",
        "content/x/b.md": "Title: B\nDate: 2024-01-02\n\nText.\n",
    }
    found = read(tmp_path, files)
    assert states(found) == {"content/x/a.md": "published", "content/x/b.md": "draft"}
    assert (found["content/x/b.md"].authors, found["content/x/a.md"].themes) == (("Ann",), ("x", "all"))


def test_data_files_of_eleventy(tmp_path):
    files = {
        "eleventy.config.js": "",
        "posts/posts.json": '{"tags": ["posts", "Gas"], "author": "Ann", "date": "2020-01-01"}',
        "posts/deep/deep.11tydata.json": '{"tags": "Deep", "author": "Deep"}',
        "posts/deep/deep.11tydata.js": "module.exports = { draft: true }",
        "posts/a.md": "---\ntitle: A\ntags: own\n---\nText.\n",
        "posts/deep/b.md": "---\ntitle: B\n---\nText.\n",
        "posts/deep/b.11tydata.json": '{"description": "Of this one."}',
    }
    found = read(tmp_path, files)
    assert (found["posts/a.md"].themes, found["posts/a.md"].authors) == (("Gas", "own"), ("Ann",))
    assert (found["posts/deep/b.md"].themes, found["posts/deep/b.md"].authors) == (("Gas", "Deep"), ("Deep",))
    assert found["posts/deep/b.md"].summary == "Of this one."
    program = found["posts/deep/deep.11tydata.js"]
    assert isinstance(program, LeftOut)
    assert program.words == "It is a program, and programs are not run: what it says of texts is not known."


@pytest.mark.parametrize(
    ("pattern", "path", "is_so"),
    [
        ("/posts/**", "/posts/a/b", True),
        ("/posts/*", "/posts/a/b", False),
        ("/Posts/*", "/posts/a", True),
        ("{/a/**,/b/**}", "/b/x", True),
        ("**", "/b/x", True),
        ("/posts/**/x", "/posts/x", True),
        ("/posts", "/posts/a", False),
        ("tr", "TR", True),
    ],
)
def test_patterns_of_paths(pattern, path, is_so):
    assert is_like(pattern, path) is is_so


@given(st.text("a*?[]{},/!-", max_size=60), st.text("a/", max_size=60))
def test_no_pattern_takes_long_or_fails(pattern, path):
    assert is_like(pattern, path) in {True, False}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.sampled_from(["target", "_target", "path", "params", "tags", "draft"]), inner, max_size=3), max_leaves=8))  # fmt: skip
def test_whatever_a_cascade_is_the_text_is_taken(tmp_path_factory, cascade):
    folder = tmp_path_factory.mktemp("cascade")
    files = {"hugo.json": json.dumps({"cascade": cascade}), "content/a/b.md": TEXT}
    assert words(read(folder, files)["content/a/b.md"]) is not None
