"""Whatever stands in the files of other systems: it is read or refused in words, and no word outside markup is lost."""

import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from articles import names
from articles.transfer import reading
from articles.transfer.documents import Document, Refusal
from articles.transfer.frontmatter import heads

from .test_import_files import ISTANBUL, PNG, laid, read, words
from .test_import_markdown import CONFIG, HEADS, PLACES, YAML, taken
from .thorough import times

BOMB = "---\n" + "".join(f"a{n}: &a{n} [{', '.join(f'*a{n - 1}' for _ in range(9))}]\n" for n in range(1, 9)) + "---\n"


@pytest.mark.parametrize(
    ("content", "said", "line"),
    [
        (b"---\ntitle: \xe7\n---\n", "byte 8 of the line can't be read", 2),
        (b"---\ntitle: T\nText.\n", "Its head has no end", 1),
        (BOMB.encode(), "a YAML reference", 2),
        (b"---\nt: !!python/object/apply:os.system [x]\n---\n", "a YAML tag", 2),
        (b"---\nt: 1\na: b: c\n---\n", "no YAML: mapping values are not allowed", 3),
        (b"---\n" + b"[" * 5000 + b"\n---\n", "too deep", 2),
        (b"+++\na = 1\nb =\n+++\n", "no TOML", 3),
        (b'{"a": 1,\n "b": }\n', "no JSON", 2),
        (b"---\n- a\n---\n", "no list of fields", 2),
        (b"---\n" + b"a: b\n" * 20_000 + b"---\n", "has no end within", 1),
        (b"x\0\0\0\0", "full of zeros", 1),
        (b"x" * (2 << 20), "more than 1,048,576 bytes", None),
    ],
)
def test_hostile_and_broken_files_are_refused_with_their_line(content, said, line, tmp_path):
    found = read(tmp_path, {"bad.md": content, "good.md": "---\ntitle: Good\n---\nText.\n"})
    assert said in found["bad.md"].words
    assert found["bad.md"].line == line
    assert found["good.md"].title == "Good"


def test_control_characters_are_taken_out_and_told(tmp_path):
    document = read(tmp_path, {"a.md": "---\ntitle: a\x01b\n---\nx\x00y long enough\x1b[31m\n"})["a.md"]
    assert (document.title, document.body) == ("ab", "xy long enough[31m")
    assert "3 control characters were taken out." in words(document)


MARKUP = st.sampled_from([
    "![a](", "[b](", ")", "](", "<x.png>", ' "t"', "{{<", ">}}", "{{%", "%}}", "{%", "%}", "{{", "}}", "highlight", "/highlight",
    "raw", "endraw", "comment", "endcomment", "include x.html", "ref \"a\"", "<img src=a.png>", "<div>", "</div>", "<iframe src=",
    "<figure>", "</figure>", "<script>", "</script>", "<!--", "-->", "<pre>", "</pre>", "`", "```", "~~~", "\n", "\n\n", "    ",
    "- ", "1. ", "> ", "# ", "| a |", "|---|", "[^1]", "[^1]: ", "[r]: x", "{: .c}", "~~", "***", "\\", "&amp;", "import:0", "---\n",
    "title: ", "{static}/a.png", "word", "слово ", " ", '"', "=", "<", ">", "{", "}", "[", "]", "(", "!", "%", "/", "\ud800", "\x00", "漢", "👩", "\ue100", "0\ue101", "\ue102", "İ", "\u202e",
])  # fmt: skip
ANYTHING = st.lists(MARKUP, max_size=25).map("".join)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Return {dialect: a folder of that kind with one text, to be written over}."""
    made = {dialect: tmp_path_factory.mktemp(dialect) for dialect in CONFIG}
    for dialect, folder in made.items():
        taken(folder, "", dialect)
    return made


@settings(max_examples=times(120, 400), deadline=None)
@given(st.sampled_from(sorted(CONFIG)), ANYTHING)
@example("Eleventy", "<script><script></script><![a](</script>")
def test_no_text_breaks_the_reader(folders, dialect, body):
    content = (HEADS.get(dialect, YAML) + body).encode("utf-8", "surrogatepass")
    (folders[dialect] / PLACES[dialect]).write_bytes(content)
    (found,) = reading.documents(folders[dialect], ISTANBUL)
    assert isinstance(found, Document | Refusal)
    if isinstance(found, Document):
        assert not re.search("[\ue100-\ue104]", found.body)
        numbers = [int(number) for number in re.findall(r"!\[[^\[\]]*\]\(import:(\d+)", found.body)]
        assert all(number < len(found.pictures) or f"import:{number}" in body for number in numbers)


@settings(max_examples=times(60, 200), deadline=None)
@given(ANYTHING | st.binary(max_size=200))
def test_no_file_breaks_the_reader(folders, content):
    content = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    for start in (b"", b"---\n", b"+++\n", b"{", b"Title: "):
        try:
            decoded, _controls = heads.decoded(start + content)
            head = heads.taken_apart(decoded, lines=True)
            assert head.body.strip() in decoded
        except heads.HeadError as error:
            assert error.words


PIECES = [
    "gaz", "[boru hattı](https://example.org/)", "*нефть*", "**sea** of", "`code`", "<b>bold</b>", "note[^1]", "![map](https://cdn.example/x.png)",
    "{% raw %}kept{% endraw %}", "~~gone~~", "<div>inside</div>", "(see)", "[plain]", "a_b", "2 < 3",
]  # fmt: skip
STARTS = ["", "", "- ", "  - ", "    - ", "1) ", "2. ", "> ", "## ", "    ", "| ", "[^1]: ", "text:\n- "]
LINES = st.lists(
    st.tuples(st.sampled_from(STARTS), st.lists(st.sampled_from(PIECES), min_size=1, max_size=4)), max_size=8
)
TEXT = st.tuples(LINES, st.sampled_from(["\n", "\n\n"])).map(
    lambda made: made[1].join(start + " ".join(pieces) for start, pieces in made[0])
)


@settings(max_examples=times(100, 300), deadline=None)
@given(st.sampled_from(["Jekyll", "Eleventy", "Markdown"]), TEXT)
def test_no_word_outside_markup_is_lost(folders, dialect, body):
    (folders[dialect] / PLACES[dialect]).write_text(YAML + body, newline="")
    (found,) = reading.documents(folders[dialect], ISTANBUL)

    def words_of(markdown):
        return re.findall(
            r"[a-zа-яçğıöşü]{2,}",
            re.sub(r"https?://\S*?(?=[)\s>])|</?(?:b|div|del)>|\{% \w+ %\}|x\.png", " ", markdown),
        )

    assert words_of(found.body) == words_of(names.clean(body))


@pytest.mark.parametrize(
    "repeated",
    ["![", "![a](", "[", "](", "{{<", "{{< x ", "{%", "{% highlight a %}", "{% comment %}", "<a ", "<img ", "<!--", "<pre>", "`", "` ``",
     "```\n", "- a\n", "  ", "~~", "[a]: b\n", "<figure>", "<div ", '<a b="', "{{", "> ", "# a\n", "| a |\n|---|\n", "\n\n", "{:", "[^1]:", "https://a.example/ ", "<h2>x</h2>", "{% figure x %}", "# " + " " * 59_000, "| a |\n" + " " * 59_000, "# a" + " #" * 29_000, "a" * 59_000 + " {#", "<figure><!", "- " * 29_000],
)  # fmt: skip
def test_repeated_markup_takes_no_longer_than_words(repeated, folders):
    """What grew with the square of the text would not end."""
    path = folders["Jekyll"] / PLACES["Jekyll"]
    path.write_text(YAML + repeated * (60_000 // len(repeated)) + "x")
    assert len(list(reading.documents(folders["Jekyll"], ISTANBUL))) == 1


KEYS = ["title", "date", "lastmod", "draft", "published", "status", "tags", "categories", "category", "author", "authors", "slug", "url",
        "permalink", "aliases", "redirect_from", "image", "cover", "images", "description", "lang", "type", "layout", "params",
        "permalinks", "languages", "taxonomies", "baseURL", "baseurl", "timezone", "timeZone", "collections", "defaults", "include",
        "exclude", "contentDir", "source", "defaultContentLanguage", "uglyURLs", "name", "en", "tr", "posts", "page", "scope", "values",
        "path", "src", "alt", "\u0130", ""]  # fmt: skip
PLAIN = st.sampled_from([None, True, False, 0, -1, 1.5, 10**30, "", "x", "a, b; c", "2024-01-02", "/x/:year/:slug/", "/{{ title | slug }}/",
                         "https://e.example/a", "//[", "../..", "/", "a.png", "tr-TR", "Europe/Moscow", "\u0130\u202e", "content", ":x"])  # fmt: skip
VALUE = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=8,
)
FIELDS = st.dictionaries(st.sampled_from(KEYS), VALUE, max_size=8)
CONFIGURED = {
    "_config.yml": "_posts/2024-01-02-a.md",
    "hugo.json": "content/posts/a.tr.md",
    "_data/site.json": "posts/a.md",
    "nothing": "x/a.md",
}


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """Return {file of configuration: the folder of a site}."""
    made = {name: tmp_path_factory.mktemp("site") for name in CONFIGURED}
    for name, folder in made.items():
        laid(folder, {name: "{}", CONFIGURED[name]: "", "a.png": PNG})
    (made["_data/site.json"] / ".eleventy.js").write_text("")
    return made


@settings(max_examples=times(100, 400), deadline=None)
@given(st.sampled_from(sorted(CONFIGURED)), FIELDS, FIELDS)
def test_no_value_of_a_head_or_a_configuration_breaks_the_reader(sites, config, configured, fields):
    (sites[config] / config).write_text(json.dumps(configured))
    (sites[config] / CONFIGURED[config]).write_text(json.dumps(fields) + "\n\nText [a](b.md) ![c](/a.png).\n")
    for each in reading.documents(sites[config], ISTANBUL):
        assert isinstance(each, Document | Refusal)
        if isinstance(each, Document):
            assert each.title
            assert each.slug
            assert all(path.startswith("/") for path in each.old_paths)
            assert each.published_at is None or each.published_at.tzinfo
            assert all(isinstance(name, str) and name for name in (*each.authors, *each.themes))
