"""Markdown files of other systems: what their heads, names and configurations say."""

import datetime
import json
import zipfile
import zoneinfo

import pytest

from articles.transfer import reading
from articles.transfer.documents import Document, LeftOut, Refusal, Sort, State
from articles.transfer.frontmatter import dates

from . import exports

ISTANBUL = zoneinfo.ZoneInfo("Europe/Istanbul")
PNG = b"\x89PNG\r\n\x1a\n"


def laid(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder, files):
    """Return {place: Document or Refusal} of `files`, each once."""
    found = list(reading.documents(laid(folder, files), ISTANBUL))
    assert len({each.place for each in found}) == len(found)
    return {each.place: each for each in found}


def words(document):
    return [note.words for note in document.notes]


JEKYLL = {
    "_config.yml": "url: https://old.example\nbaseurl: /blog\ntimezone: Europe/Moscow\nlang: tr-TR\nauthor: Ayşe Kaya\n"
    "permalink: /:categories/:year/:month/:title/\ncollections: {essays: {output: true}}\nexclude: [drafts-of-others]\ninclude: [_pages]\n"
    "defaults:\n  - scope: {path: _posts, type: posts}\n    values: {category: Analysis}\n",
    "_data/authors.yml": "mk:\n  name: Мария Котова\n",
    "_posts/2024-01-02-first-post.md": "---\nlayout: post\ntitle: 'Gas: who needs whom'\ndate: 2024-01-02 10:00:00 +0300\n"
    "categories: [Energy, Pipelines]\ntags: Эрдоган ENERGY Erdoğan\nauthor: mk\nexcerpt: In one line.\n"
    "redirect_from:\n  - /old/gas.html\n  - https://old.example/blog/older/\nimage: /assets/a.png\nodd: 1\n---\nText.\n",
    "news/_posts/2023-12-31-second.markdown": "---\ntitle: Second\ntags: a, b c\npublished: false\n---\nText.\n",
    "_drafts/third.md": "---\ntitle: Third\n---\nText.\n",
    "_essays/fourth.md": "---\ntitle: Fourth\ndate: 2024-05-06\nslug: other-slug\n---\nText.\n",
    "_posts/2024-07-08-untitled.md": "---\n---\n",
    "about.md": "---\ntitle: About\npermalink: /about-us/\n---\nWe.\n",
    "README.md": "# Not a text\n",
    "notes.md": "No head.\n",
    "drafts-of-others/x.md": "---\ntitle: X\n---\n",
    "_pages/contact.md": "---\ntitle: Contact\npermalink: /contact/\n---\nHere.\n",
    "_other/x.md": "---\ntitle: X\n---\n",
    "_layouts/post.html": "<html>{{ content }}</html>",
    "assets/a.png": PNG,
}


def test_jekyll(tmp_path):
    found = read(tmp_path, JEKYLL)
    first = found["_posts/2024-01-02-first-post.md"]
    assert first.origin == "jekyll:old.example/blog:_posts/2024-01-02-first-post.md"
    assert (first.title, first.slug, first.summary, first.language) == (
        "Gas: who needs whom",
        "first-post",
        "In one line.",
        "tr",
    )
    assert first.published_at == datetime.datetime(2024, 1, 2, 7, tzinfo=datetime.UTC)
    assert first.authors == ("Мария Котова",)
    assert first.themes == ("Energy", "Pipelines", "Analysis", "Эрдоган")
    assert first.old_paths == (
        "/blog/energy/pipelines/analysis/2024/01/first-post/",
        "/blog/old/gas.html",
        "/blog/older/",
    )
    assert (first.state, first.sort) == (State.PUBLISHED, Sort.ARTICLE)
    assert first.lead_picture.place == "assets/a.png"
    assert first.lead_picture.read() == PNG
    assert words(first) == ["Nothing is taken of these fields of its head: odd."]
    second = found["news/_posts/2023-12-31-second.markdown"]
    assert (second.state, second.old_paths, second.themes) == (State.DRAFT, (), ("news", "a", "b c"))
    assert second.published_at == datetime.datetime(2023, 12, 31, tzinfo=zoneinfo.ZoneInfo("Europe/Moscow"))
    assert found["_drafts/third.md"].state == State.DRAFT
    assert found["_drafts/third.md"].authors == ("Ayşe Kaya",)
    assert found["_essays/fourth.md"].slug == "other-slug"
    empty = found["_posts/2024-07-08-untitled.md"]
    assert (empty.title, empty.body) == ("Untitled", "")
    assert words(empty) == [
        "There is no text in it.",
        "It has no title: it is called by the name of its file, “Untitled”.",
    ]
    about = found["about.md"]
    assert (about.sort, about.old_paths) == (Sort.PAGE, ("/blog/about-us/",))
    assert (found["_pages/contact.md"].sort, found["_pages/contact.md"].old_paths) == (Sort.PAGE, ("/blog/contact/",))
    refused = {place for place, each in found.items() if isinstance(each, Refusal)}
    assert refused == {"README.md", "notes.md", "drafts-of-others/x.md", "_other/x.md"}


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("date", "/2024/03/04/a-b.html"),
        ("pretty", "/2024/03/04/a-b/"),
        ("ordinal", "/2024/064/a-b.html"),
        ("weekdate", "/2024/W10/Mon/a-b.html"),
        ("none", "/a-b.html"),
        ("/:short_year/:i_month/:i_day/:slug", "/24/3/4/a-b"),
        ("/:long_month/:title:output_ext", "/March/a-b.html"),
    ],
)
def test_permalinks_of_jekyll(pattern, path, tmp_path):
    files = {"_config.yml": f"permalink: {pattern}\n", "_posts/2024-03-04-a-b.md": "---\ntitle: T\n---\nx\n"}
    assert read(tmp_path, files)["_posts/2024-03-04-a-b.md"].old_paths == (path,)


def test_a_permalink_that_cant_be_computed_is_told(tmp_path):
    files = {"_config.yml": "permalink: /:moon/\n", "_posts/2024-03-04-a-b.md": "---\ntitle: T\n---\nx\n"}
    document = read(tmp_path, files)["_posts/2024-03-04-a-b.md"]
    assert (document.old_paths, words(document)) == (
        (),
        ["The address it had can't be computed: nothing is known of :moon."],
    )


@pytest.mark.parametrize(
    ("collection", "style", "path"),
    [
        ("{output: true, permalink: '/d/:path/'}", "pretty", "/d/deep/one/"),
        ("{output: true, permalink: '/d/:year/:name'}", "date", "/d/2020/one"),
        ("{output: true}", "pretty", "/dossiers/deep/one/"),
        ("{output: true}", "/:year/:title/", "/dossiers/deep/one/"),
        ("{output: true}", "date", "/dossiers/deep/one.html"),
        ("{output: true}", "/:year/:title", "/dossiers/deep/one"),
    ],
)
def test_permalinks_of_a_collection_of_jekyll(collection, style, path, tmp_path):
    files = {
        "_config.yml": f"permalink: {style}\ncollections:\n  dossiers: {collection}\n",
        "_dossiers/deep/one.md": "---\ntitle: One\ndate: 2020-01-08\n---\nx\n",
    }
    assert read(tmp_path, files)["_dossiers/deep/one.md"].old_paths == (path,)


def test_what_is_no_text_of_a_site_is_left_out(tmp_path):
    files = {
        "_config.yml": "",
        "404.md": "---\ntitle: Not found\n---\nNothing here.\n",
        "index.md": "---\nlayout: home\n---\n",
        "more/404.md": "---\ntitle: Of 404\n---\nText.\n",
    }
    found = read(tmp_path, files)
    assert {place for place, each in found.items() if isinstance(each, LeftOut)} == {"404.md", "index.md"}


def test_a_file_name_is_a_title_as_it_stands(tmp_path):
    files = {"Kerch Strait.md": "x", "the-black_sea.md": "x", "2023-05-06.md": "x", "İstanbul notes.md": "x"}
    found = read(tmp_path, files)
    assert sorted(each.title for each in found.values()) == [
        "2023-05-06",
        "Kerch Strait",
        "The black sea",
        "İstanbul notes",
    ]


def test_aliases_that_are_names_are_no_addresses(tmp_path):
    text = "---\ntitle: T\naliases: [Kerç Boğazı, /was/here/, 'https://old.example/x/']\n---\nx"
    assert read(tmp_path, {"a.md": text})["a.md"].old_paths == ("/was/here/", "/x/")


HUGO = {
    "hugo.toml": 'baseURL = "https://old.example/"\ndefaultContentLanguage = "en"\ntimeZone = "Europe/Istanbul"\n'
    '[permalinks]\nessays = "/e/:year/:slug/"\n[languages.en]\n[languages.tr]\n'
    '[taxonomies]\ntag = "tags"\ncategory = "categories"\nregion = "regions"\nseries = "series"\n',
    "content/posts/one.md": "+++\ntitle = 'One'\ndate = 2024-01-02T10:00:00+03:00\nlastmod = 2024-02-03\ndraft = false\n"
    "tags = ['Gas', 'gas', 'İstanbul', 'ISTANBUL']\nregions = ['Black Sea']\ndescription = 'Short.'\naliases = ['/was/', 'near']\n"
    "[params]\nauthor = 'Ali Veli'\n+++\nText.\n",
    "content/posts/one.tr.md": "---\ntitle: Bir\ndate: 2024-01-02\n---\nMetin.\n",
    "content/posts/bundle/index.md": '{"title": "Bundle", "publishDate": "2099-01-01", "date": "2020-01-01"}\n\n![A](in.png)\n',
    "content/posts/bundle/in.png": PNG,
    "content/posts/bundle/featured.jpg": b"\xff\xd8\xff",
    "content/posts/bundle/part.md": "---\ntitle: Part\n---\n",
    "content/posts/_index.md": "---\ntitle: Posts\n---\n",
    "content/essays/Deep One.md": "---\ntitle: Deep\nslug: very-deep\ndate: 2021-05-06\n---\nText.\n",
    "content/essays/own.md": "---\ntitle: Own\nurl: /my/own/\ndraft: true\n---\nText.\n",
    "content/about.md": "---\ntitle: About\nlanguage: Turkish\nimages: [{src: about.png}]\n---\nWe.\n",
    "content/about.png": PNG,
    "content/posts/page.adoc": "= No\n",
    "archetypes/default.md": "---\ntitle: x\n---\n",
}


@pytest.mark.parametrize("packed", [False, True])
def test_hugo(packed, tmp_path):
    if packed:
        with zipfile.ZipFile(tmp_path / "site.zip", "w") as archive:
            for name, content in HUGO.items():
                archive.writestr(f"site-main/{name}", content)
        found = {each.place: each for each in reading.documents(tmp_path / "site.zip", ISTANBUL)}
    else:
        found = read(tmp_path, HUGO)
    one = found["content/posts/one.md"]
    assert (one.origin, one.title, one.summary) == ("hugo:old.example:content/posts/one.md", "One", "Short.")
    assert one.updated_at == datetime.datetime(2024, 2, 3, tzinfo=ISTANBUL)
    assert one.themes == ("Gas", "İstanbul", "Black Sea")
    assert one.authors == ("Ali Veli",)
    assert one.old_paths == ("/posts/one/", "/was/", "/posts/near")
    turkish = found["content/posts/one.tr.md"]
    assert (turkish.language, turkish.old_paths, turkish.slug) == ("tr", ("/tr/posts/one/",), "one")
    bundle = found["content/posts/bundle/index.md"]
    assert (bundle.title, bundle.slug, bundle.old_paths) == ("Bundle", "bundle", ("/posts/bundle/",))
    assert bundle.published_at.year == 2099
    assert [image.place for image in bundle.pictures] == ["content/posts/bundle/in.png"]
    assert bundle.body == "![A](import:0)"
    assert bundle.lead_picture.place == "content/posts/bundle/featured.jpg"
    deep = found["content/essays/Deep One.md"]
    assert (deep.slug, deep.old_paths) == ("very-deep", ("/e/2021/very-deep/",))
    assert found["content/essays/own.md"].state == State.DRAFT
    assert (found["content/about.md"].sort, found["content/about.md"].language) == (Sort.PAGE, "")
    assert found["content/about.md"].lead_picture.place == "content/about.png"
    assert words(found["content/about.md"]) == ["Its language is no code of two letters: turkish."]
    refused = {place for place, each in found.items() if isinstance(each, Refusal)}
    assert refused == {"content/posts/bundle/part.md", "content/posts/_index.md", "content/posts/page.adoc"}
    by_rule = {place for place, each in found.items() if isinstance(each, LeftOut)}
    assert by_rule == refused - {"content/posts/page.adoc"}
    assert len(found) == 9


PELICAN = {
    "pelicanconf.py": "import os\nODD = '\\d'\nAUTHOR = 'Site Author'\nTIMEZONE = 'Europe/Moscow'\nDEFAULT_LANG = 'ru'\nPATH = 'content'\n"
    "SITEURL = 'https://old.example'\nARTICLE_URL = 'posts/{date:%Y}/{slug}.html'\nos.system('touch /tmp/never')\nX = open('/etc/passwd')\n",
    "content/energy/gas.md": "Title: Газ и нефть\nDate: 2024-01-02 10:00\nModified: 2024-02-03\nTags: газ, нефть,\n    трубы\n"
    "Slug: gas\nAuthors: Котова, Мария; Иванов, Пётр\nSummary: Коротко.\nLang: ru\nStatus: published\n\n"
    "Текст ![Карта]({static}/images/map.png) и [ссылка]({filename}/energy/latin.md#часть).\n",
    "content/energy/latin.md": "Title: A Latin Title, here\nDate: 2024-03-04\nCategory: Oil\nStatus: draft\n\nText.\n",
    "content/pages/about.md": "Title: About\n\nWe.\n",
    "content/images/map.png": PNG,
    "content/old.rst": "Title\n=====\n",
}


def test_pelican(tmp_path):
    found = read(tmp_path, PELICAN)
    gas = found["content/energy/gas.md"]
    assert (gas.title, gas.language, gas.summary, gas.slug) == ("Газ и нефть", "ru", "Коротко.", "gas")
    assert gas.published_at == datetime.datetime(2024, 1, 2, 10, tzinfo=zoneinfo.ZoneInfo("Europe/Moscow"))
    assert gas.authors == ("Котова, Мария", "Иванов, Пётр")
    assert gas.themes == ("energy", "газ", "нефть", "трубы")
    assert gas.old_paths == ("/posts/2024/gas.html",)
    assert gas.body == "Текст ![Карта](import:0) и [ссылка](/posts/2024/a-latin-title-here.html#часть)."
    latin = found["content/energy/latin.md"]
    assert (latin.state, latin.authors, latin.themes) == (State.DRAFT, ("Site Author",), ("Oil",))
    about = found["content/pages/about.md"]
    assert (about.sort, about.old_paths) == (Sort.PAGE, ("/pages/about.html",))
    assert isinstance(found["content/old.rst"], Refusal)


ELEVENTY = {
    ".eleventy.js": 'module.exports = (c) => { return { dir: { input: "src", output: "_site" } } };',
    "src/_data/site.json": json.dumps({"url": "https://old.example", "lang": "en", "author": {"name": "Ann"}}),
    "src/posts/posts.json": json.dumps({"tags": "posts", "permalink": "/blog/{{ page.fileSlug }}/"}),
    "src/posts/2024-01-02-one.md": "---\ntitle: One\ndate: 2024-01-02\ntags: [posts, Gas]\n---\nText.\n",
    "src/posts/two.md": '---json\n{"title": "Two", "permalink": "/{{ title | slugify }}/", "date": "2024-02-03"}\n---\nText.\n',
    "src/posts/three.md": "---js\n{ title: 'x' }\n---\nText.\n",
    "src/posts/four.md": "---\ntitle: Four\npermalink: false\n---\nText.\n",
    "src/about.md": "---\ntitle: About\neleventyExcludeFromCollections: true\n---\nWe.\n",
    "src/_includes/x.md": "---\ntitle: x\n---\n",
}


def test_eleventy(tmp_path):
    found = read(tmp_path, ELEVENTY)
    one = found["src/posts/2024-01-02-one.md"]
    assert (one.title, one.slug, one.themes, one.authors) == ("One", "one", ("Gas",), ("Ann",))
    assert one.old_paths == ("/blog/one/",)
    assert found["src/posts/two.md"].old_paths == ("/two/",)
    assert found["src/posts/three.md"] == Refusal(
        "src/posts/three.md", "Its head is a program (js), and programs are not run.", 1
    )
    assert found["src/posts/four.md"].state == State.DRAFT
    assert (found["src/about.md"].sort, found["src/about.md"].old_paths) == (Sort.PAGE, ("/about/",))
    assert len(found) == 5


def test_a_folder_of_files_alone(tmp_path):
    found = read(
        tmp_path,
        {
            "a/one.md": "# The first heading\n\nText, see [two](../two.tr.md).\n",
            "two.tr.md": "\ufeff---\r\ntitle: İki\r\ndate: 2 Ocak 2024\r\n---\r\nMetin.\r\n",
            "three.md": "Title: Three\nDate: January 2, 2024\n\nText.\n",
            "four.md": "---\n\nA rule, and then text.\n",
            "five.md": "",
            "six.md": 'utf-16 ---\ntitle: "Altı"\n---\n'.removeprefix("utf-16 ").encode("utf-16"),
        },
    )
    one = found["a/one.md"]
    assert (one.title, one.body, one.origin) == (
        "The first heading",
        "Text, see [two](/articles/two/).",
        "markdown::a/one.md",
    )
    assert one.notes[0] == ("It has no title in its head: the first heading is taken, “The first heading”.", 1)
    two = found["two.tr.md"]
    assert (two.title, two.body, two.language, two.slug) == ("İki", "Metin.", "tr", "two")
    assert two.published_at == datetime.datetime(2024, 1, 2, tzinfo=ISTANBUL)
    assert (found["three.md"].title, found["three.md"].body) == ("Three", "Text.")
    assert found["four.md"].body == "---\n\nA rule, and then text."
    assert (found["five.md"].title, found["five.md"].body) == ("Five", "")
    assert found["six.md"].title == "Altı"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2024-01-02", "2024-01-02T00:00:00+03:00"),
        ("2024-1-2", "2024-01-02T00:00:00+03:00"),
        ("2024/01/02 10:20", "2024-01-02T10:20:00+03:00"),
        ("2024-01-02 10:20:30", "2024-01-02T10:20:30+03:00"),
        ("2024-01-02T10:20:30Z", "2024-01-02T10:20:30+00:00"),
        ("2024-01-02T10:20:30.123456-05:00", "2024-01-02T10:20:30-05:00"),
        ("2024-01-02 10:20:30 +0300", "2024-01-02T10:20:30+03:00"),
        ("2024-01-02 10:20:30 +05:30", "2024-01-02T10:20:30+05:30"),
        ("20240102", "2024-01-02T00:00:00+03:00"),
        ("20240102T102030Z", "2024-01-02T10:20:30+00:00"),
        ("Tue, 02 Jan 2024 10:20:30 +0300", "2024-01-02T10:20:30+03:00"),
        ("2 January 2024", "2024-01-02T00:00:00+03:00"),
        ("02-Jan-2024 10:20", "2024-01-02T10:20:00+03:00"),
        ("January 2nd, 2024 at 10:20 PM", "2024-01-02T22:20:00+03:00"),
        ("2 Ocak 2024", "2024-01-02T00:00:00+03:00"),
        ("2 января 2024, 10:20", "2024-01-02T10:20:00+03:00"),
        ("2.1.2024 23:30", "2024-01-02T23:30:00+03:00"),
        ("31/12/2019 10:20", "2019-12-31T10:20:00+03:00"),
        ("12/31/2019", "2019-12-31T00:00:00+03:00"),
        ("04-04-2020", "2020-04-04T00:00:00+03:00"),
        ("5 мая 2020 г., 10:00", "2020-05-05T10:00:00+03:00"),
        ("вторник, 5 мая 2020 года в 14.30", "2020-05-05T14:30:00+03:00"),
        ("5 Mayıs 2020, Salı 14:30", "2020-05-05T14:30:00+03:00"),
        ("17 AĞU 2020", "2020-08-17T00:00:00+03:00"),
        ("2020 May 5", "2020-05-05T00:00:00+03:00"),
        ("Sept. 5th, 2020", "2020-09-05T00:00:00+03:00"),
        ("Tue May  5 12:00:00 2020", "2020-05-05T12:00:00+03:00"),
        ("Tue May 5 12:00:00 UTC 2020", "2020-05-05T12:00:00+00:00"),
        ("Tue May 05 2020 12:00:00 GMT+0100 (British Summer Time)", "2020-05-05T12:00:00+01:00"),
        ("2012-05-05 12:00 MSK", "2012-05-05T12:00:00+04:00"),
        ("2020-05-05 12:00:00 Europe/Moscow", "2020-05-05T12:00:00+03:00"),
        ("2020-05-05T12:00+03:00[Europe/Istanbul]", "2020-05-05T12:00:00+03:00"),
        ("2020-05-05 12:00 PM EST", "2020-05-05T12:00:00-05:00"),
        ("1588680000", "2020-05-05T12:00:00+00:00"),
        (1588680000000, "2020-05-05T12:00:00+00:00"),
        (1588680000.5, "2020-05-05T12:00:00+00:00"),
        (datetime.date(2024, 1, 2), "2024-01-02T00:00:00+03:00"),
        (datetime.datetime(2024, 1, 2, 10), "2024-01-02T10:00:00+03:00"),
    ],
)
def test_dates_in_all_their_forms(typed, told):
    assert dates.instant(typed, ISTANBUL).isoformat() == told


@pytest.mark.parametrize(
    "typed",
    ["02/01/2024", "2024-13-01", "2024-02-30", "now", "", "0001-01-01", "2024-01-02 25:00", 20240102.5, "May 2024", "2024",
     "2024-05", "05.05.24", "before 5 May 2024", "5 May 2024 or so", "2024-01-02 10:20 XYZ", True, 7, "5 Nisam 2024",
     "2024-01-02 10:20 ../x", "13 PM 2024", "2024-01-02 13:00 PM", "٢٠٢٤-٠١-٣٢"],
)  # fmt: skip
def test_dates_that_cant_be_read_in_one_way_are_not_read(typed):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        dates.instant(typed, ISTANBUL)


def test_what_isnt_understood_is_told_with_its_line(tmp_path):
    text = "---\ntitle: T\ndate: 02/03/2024\ndraft: perhaps\nstatus: odd\n---\nText.\n"
    document = read(tmp_path, {"a.md": text})["a.md"]
    assert document.published_at is None
    assert document.state == State.DRAFT
    assert document.notes == (
        ("This date is not understood: 02/03/2024.", 3),
        ("It is unclear whether it is a draft (perhaps); it counts as one.", 4),
        ("Its status is not known (odd); it counts as a draft.", 5),
    )


def test_what_was_out_at_an_hour_that_cant_be_read_stays_a_draft(tmp_path):
    files = {
        "a.md": "---\ntitle: A\ndate: 02/03/2024\n---\nx",
        "b.md": "---\ntitle: B\npublishDate: soon\ndate: 2024-01-02\n---\nx",
        "2024-01-02-c.md": "---\ntitle: C\ndate: 02/03/2024\n---\nx",
        "d.md": "---\ntitle: D\ndate: 0001-01-01T00:00:00Z\n---\nx",
        "e.md": "---\ntitle: E\ndate: 2024-01-02\nexpiryDate: some day\n---\nx",
        "f.md": "---\ntitle: F\nlayout: page\ndate: never\n---\nx",
    }
    found = read(tmp_path, files)
    assert {place: str(each.state) for place, each in found.items()} == {
        "a.md": "unclear", "b.md": "unclear", "2024-01-02-c.md": "unclear", "d.md": "published", "e.md": "unclear",
        "f.md": "unclear",
    }  # fmt: skip
    assert words(found["a.md"]) == [
        "This date is not understood: 02/03/2024.",
        "It stays a draft until its date is one that can be read.",
    ]
    assert words(found["d.md"]) == ["It has no date."]
    assert found["2024-01-02-c.md"].published_at == datetime.datetime(2024, 1, 2, tzinfo=ISTANBUL)


def test_values_stay_as_they_are_typed(tmp_path):
    text = "---\ntitle: 1984\nslug: 007\ntags: [no, 2024-01-02, 1_000, 'on', ~]\ncategory: {name: Named}\ndate: 2024-01-02\n---\nx\n"
    document = read(tmp_path, {"a.md": text})["a.md"]
    assert (document.title, document.slug) == ("1984", "n-007")
    assert document.themes == ("Named", "no", "2024-01-02", "1_000", "on")


def test_nested_and_doubled_categories_are_one_list(tmp_path):
    text = "---\ntitle: T\ncategories:\n  - [Türkiye, [Ankara]]\n  - TÜRKİYE\n  - Energy: [Gas, Oil]\ntags: [gas, ГАЗ, газ, '#Oil']\n---\nx\n"
    document = read(tmp_path, {"a.md": text})["a.md"]
    assert document.themes == ("Türkiye", "Ankara", "Energy", "Gas", "Oil", "ГАЗ")


def test_names_that_are_links_lose_their_brackets(tmp_path):
    text = "---\ntitle: T\ntags: ['[[Energy]]', '[[Themes/Gas]]', '[[x|Oil]]']\ncategories: '[[One]], [[Two]]'\nauthor: '[[People/Ayşe Kaya|Ayşe Kaya]]'\n---\nx\n"
    document = read(tmp_path, {"a.md": text})["a.md"]
    assert document.themes == ("One", "Two", "Energy", "Gas", "Oil")
    assert document.authors == ("Ayşe Kaya",)


def test_two_texts_of_one_slug_stay_two(tmp_path):
    files = {"a/x.md": "---\ntitle: T\nslug: same\n---\n1\n", "b/x.md": "---\ntitle: T\nslug: same\n---\n2\n"}
    found = read(tmp_path, files)
    assert {each.slug for each in found.values()} == {"same"}
    assert len({each.origin for each in found.values()}) == 2


def test_faults_of_a_configuration_are_told_and_the_texts_taken(tmp_path):
    for number, (name, content) in enumerate(
        [
            ("_config.yml", "a: b: c\n"),
            ("_config.yml", "timezone: Moon/Base\n"),
            ("hugo.toml", "x\n"),
            ("pelicanconf.py", "def (:\n"),
            ("_config.yml", b"\xff\xff\xff"),
            (".eleventy.js", b"\xff\xff\xff"),
        ]
    ):
        text = {"hugo.toml": "content/a.md", "pelicanconf.py": "content/a.md"}.get(name, "_posts/2024-01-02-a.md")
        (tmp_path / str(number)).mkdir()
        found = read(tmp_path / str(number), {name: content, text: "---\ntitle: T\n---\nx\n"})
        assert isinstance(found[name], Refusal)
        assert isinstance(found[text], Document)


def test_a_configuration_that_speaks_of_no_texts_hides_none(tmp_path):
    found = read(tmp_path, {"config.toml": "x = 1\n", "notes/a.md": "---\ntitle: A\n---\nx\n"})
    assert found["notes/a.md"].title == "A"
    assert "every file is read as it is" in found["config.toml"].words


def test_what_a_path_holds_is_told(tmp_path):
    def kind(name, files):
        (tmp_path / name).mkdir()
        return reading.kind_of(laid(tmp_path / name, files))

    assert kind("a", JEKYLL) == "Markdown files of Jekyll"
    assert kind("b", {"x.md": "x"}) == "Markdown files"
    wxr = (
        '\ufeff<?xml version="1.0"?>\n<!-- x --><rss version="2.0"\n xmlns:wp="http://wordpress.org/export/1.2/"></rss>'
    )
    assert kind("c", {"export/x.xml": wxr}) == "A WordPress export"
    ghost = '{"db": [{"meta": {"exported_on": 1, "version": "5.0"}, "data": {"posts": []}}]}'
    assert kind("d", {"my.ghost.json": ghost, "content/images/a.png": PNG}) == "A Ghost export"
    assert kind("e", {"publication.toml": "", "articles/a.md": ""}) == "An export of this system"
    assert kind("f", JEKYLL | {"old/wordpress.xml": wxr}) == "Markdown files of Jekyll"
    told = {each.place: each for each in reading.documents(tmp_path / "f")}
    assert "give it alone" in told["old/wordpress.xml"].words
    assert reading.is_publication(tmp_path / "e")
    assert not reading.is_publication(tmp_path / "d")
    assert reading.kind_of(tmp_path / "c/export/x.xml") == "A WordPress export"


def test_exports_of_wordpress_and_ghost_are_read_from_archives(tmp_path):
    post = {"id": 1, "uuid": "u", "title": "A Ghost post", "slug": "a", "html": "<p>Words.</p>", "status": "published"}
    held = {
        "WordPress": {"blog/export.xml": exports.wxr(exports.item(title="A WordPress post"))},
        "Ghost": {"blog.ghost.json": exports.ghost([post])},
    }
    for name, files in held.items():
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            for file, content in files.items():
                archive.writestr(file, content)
        titles = [each.title for each in reading.documents(tmp_path / f"{name}.zip") if isinstance(each, Document)]
        assert titles == [f"A {name} post"]


def test_a_place_with_nothing_in_it_is_refused_in_words(tmp_path):
    (found,) = reading.documents(laid(tmp_path, {"a.txt": "x"}))
    assert "no text that can be taken" in found.words
    (found,) = reading.documents(tmp_path / "nowhere")
    assert "can't be opened" in found.words


@pytest.mark.parametrize("site", [HUGO, JEKYLL, PELICAN, {"posts/a.md": "x", "posts/b/c.md": "# y"}])
def test_the_same_source_gives_the_same_wherever_it_lies(site, tmp_path):
    """A folder, the folder above it, an archive of it: nothing would be taken twice."""
    laid(tmp_path / "a" / "blog", site)
    with zipfile.ZipFile(tmp_path / "content.zip", "w") as archive:
        for name, content in reversed(site.items()):
            archive.writestr(f"blog/{name}", content)

    def run(path):
        return sorted((d.origin, d.digest()) for d in reading.documents(path) if isinstance(d, Document))

    first = run(tmp_path / "a" / "blog")
    assert first == run(tmp_path / "a" / "blog") == run(tmp_path / "content.zip")
    if len(site) > 2:  # a configuration says where the site begins
        assert [origin for origin, _digest in first] == [origin for origin, _digest in run(tmp_path / "a")]


@pytest.mark.parametrize(
    "said", ["build: {render: never}", "_build: {render: false}", "headless: true", "expiryDate: 2021-01-01"]
)
def test_what_hugo_made_no_page_of_is_a_draft(said, tmp_path):
    files = {
        "hugo.toml": "baseURL = 'https://old.example/'\n",
        "content/p/a.md": f"---\ntitle: A\ndate: 2020-01-02\n{said}\n---\nText.\n",
        "content/p/b.md": "---\ntitle: B\ndate: 2020-01-02\nexpiryDate: 2999-01-01\n---\nText.\n",
    }
    found = read(tmp_path, files)
    assert found["content/p/a.md"].state == State.DRAFT
    assert any("no page of it" in note for note in words(found["content/p/a.md"]))
    assert found["content/p/b.md"].state == State.PUBLISHED


@pytest.mark.parametrize(("told", "state"), [("{essays: {output: true}}", State.PUBLISHED), ("[essays]", State.DRAFT)])
def test_a_collection_of_jekyll_without_pages_is_of_drafts(told, state, tmp_path):
    files = {"_config.yml": f"collections: {told}\n", "_essays/2020-01-02-a.md": "---\ntitle: A\n---\nText.\n"}
    assert read(tmp_path, files)["_essays/2020-01-02-a.md"].state == state
