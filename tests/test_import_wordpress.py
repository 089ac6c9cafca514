"""WordPress's exports: what becomes of posts, pages, pictures, and of files that mean no good."""

import datetime
import io
import itertools
import re
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import text
from articles.transfer import wordpress
from articles.transfer.documents import Document, LeftOut, Refusal, Sort, State
from articles.transfer.html.notes import Notes
from articles.transfer.wordpress import shortcodes
from articles.transfer.wordpress.account import Account

from .exports import BLOG, Held, attachment, author, category, item, wxr
from .thorough import times


def read(content, **files):
    """Return what the reader yields of the export `content`, beside files {path: bytes}."""
    return list(wordpress.documents(Held({"export.xml": content, **files}), "export.xml"))


def one(*items, **kw):
    """Return the only `Document` of the items."""
    files = kw.pop("files", {})
    (found,) = [each for each in read(wxr(*items, **kw), **files) if isinstance(each, Document)]
    return found


def body(content, **kw):
    """Return the Markdown of a post."""
    return one(item(content=content, **kw)).body


def said(document):
    """Return all that is told of a document."""
    return " ".join(note.words for note in document.notes)


def test_a_post_is_taken_with_all_that_it_says():
    found = one(
        item(
            7,
            title="Gas &amp; <em>grain</em>",
            content="<p>Boğaziçi’nde <strong>ısı</strong>, Россия.</p>",
            excerpt__encoded="<p>What it is\nabout.</p>",
            wp__post_name="%d0%b3%d0%b0%d0%b7-%c4%b1s%c4%b1",
            terms=[
                ("category", "pipelines", "Pipelines"),
                ("post_tag", "ab", "A &amp; B"),
                ("category", "uncategorized", "Uncategorized"),
            ],
        ),
        before=author()
        + category("energy", "Energy")
        + category("gas", "Gas", "energy")
        + category("pipelines", "Pipelines", "gas"),
        language="tr-TR",
    )
    assert found.title == "Gas & grain"
    assert found.body == "Boğaziçi’nde **ısı**, Россия."
    assert (found.summary, found.slug, found.language) == ("What it is about.", "газ-ısı", "tr")
    assert (found.sort, found.state) == (Sort.ARTICLE, State.PUBLISHED)
    assert found.published_at == datetime.datetime(2024, 1, 31, 9, 30, tzinfo=datetime.UTC)
    assert found.updated_at == datetime.datetime(2024, 2, 1, tzinfo=datetime.UTC)
    assert found.authors == ("Ayşe Yılmaz",)
    assert found.themes == ("Pipelines", "Gas", "Energy", "A & B")
    assert found.old_paths == ("/2024/01/post-7/", "/?p=7")
    assert found.origin == f"wordpress:{BLOG}/?p=7"
    assert not [note for note in found.notes if "Uncategorized" in note.words]  # told once, at the end
    assert all(note.line for note in found.notes)


@pytest.mark.parametrize(
    ("status", "more", "state", "told"),
    [
        ("publish", {}, State.PUBLISHED, ""),
        ("future", {"wp__post_date_gmt": "2199-01-01 00:00:00"}, State.PUBLISHED, ""),
        ("draft", {}, State.DRAFT, ""),
        ("pending", {}, State.DRAFT, ""),
        ("private", {}, State.WITHHELD, "private. It is a draft here, and keeps its date and its address"),
        ("publish", {"wp__post_password": "secret"}, State.WITHHELD, "password"),
        ("draft", {"wp__post_password": "secret"}, State.DRAFT, ""),
        ("PUBLISH", {}, State.DRAFT, "not known"),
        ("<script>", {}, State.DRAFT, "not known"),
        ("", {}, State.DRAFT, "not known"),
        ("future", {"wp__post_date_gmt": "x", "wp__post_date": "x", "pubDate": "x"}, State.DRAFT, "no date"),
    ],
)
def test_only_what_everybody_could_read_is_published(status, more, state, told):
    found = one(item(status=status, **more))
    assert found.state is state
    assert told in said(found)
    assert bool(found.old_paths) is (state is not State.DRAFT)


@pytest.mark.parametrize(
    ("gmt", "local", "mailed", "wanted"),
    [
        ("2024-01-31 09:30:00", "2024-01-31 12:30:00", "", "2024-01-31T09:30:00+00:00"),
        ("0000-00-00 00:00:00", "2024-01-31 12:30:00", "Wed, 31 Jan 2024 12:30:00 +0300", "2024-01-31T12:30:00+03:00"),
        ("0000-00-00 00:00:00", "2024-01-31 12:30:00", "Mon, 30 Nov -0001 00:00:00 +0000", "2024-01-31T12:30:00+00:00"),
        ("9999-99-99 99:99:99", "", "Wed, 31 Jan 2024 12:30:00", "2024-01-31T12:30:00+00:00"),
        ("9999-12-31 23:59:59", "0001-01-01 00:00:00", "Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("x" * 9999, "\u0661", "Wed, 31 Jan 99999999999999999999 12:30:00 +99999999", None),
    ],
)  # fmt: skip
def test_dates_are_read_in_their_zone_or_not_at_all(gmt, local, mailed, wanted):
    found = one(item(wp__post_date_gmt=gmt, wp__post_date=local, pubDate=mailed))
    assert (found.published_at and found.published_at.isoformat()) == wanted


def test_older_exports_name_tags_otherwise_and_categories_twice():
    terms = "<category>Energy</category><category domain='category' nicename='energy'>Energy</category><category domain='tag' nicename='ab'>AB</category>"
    assert one(item(inside=terms + "<category>Uncategorized</category><category>Без рубрики</category>")).themes == (
        "Energy",
        "AB",
    )


def test_what_is_left_out_is_told_with_how_often():
    found = read(
        wxr(
            item(1, status="trash"),
            item(2, kind="product"),
            item(3, kind="product"),
            item(4, inside="<wp:comment><wp:comment_content>no</wp:comment_content></wp:comment>" * 3),
            item(5, kind="revision", status="inherit"),
            attachment(6, "2024/01/never.jpg"),
        )
    )
    assert [each.title for each in found if isinstance(each, Document)] == ["A post"]
    told = " ".join(each.words for each in found if isinstance(each, LeftOut))
    for words in (
        "“trash” that were left out: 1",
        "“product” that were left out: 2",
        "revision",
        "Comments that were left out: 3",
        "no text shows, or that aren’t there: 1",
    ):
        assert words in told


def test_texts_are_told_apart_by_guid_and_copies_of_it_by_number():
    found = read(wxr(item(1, guid="g"), item(2, guid="g"), item(1, guid="g"), item(3, guid=""), item(4, guid=None)))
    assert [each.origin for each in found] == [
        "wordpress:g",
        "wordpress:g#2",
        "wordpress:g",
        f"wordpress:{BLOG}#3",
        f"wordpress:{BLOG}#4",
    ]


def test_a_page_is_a_page_and_a_text_without_a_title_gets_one():
    found = one(item(kind="page", title="", content="<p>The first words of it stand here.</p>"))
    assert (found.sort, found.title) == (Sort.PAGE, "The first words of it stand here.")
    assert "no title" in said(found)
    assert one(item(9, title="", content="")).title == "Without a title, 9"


def test_pictures_come_from_the_uploads_with_what_the_library_says():
    files = {
        f"blog/wp-content/uploads/2024/01/{name}": name.encode() for name in ("map.jpg", "лес.png", "lead-scaled.jpg")
    }
    content = (
        '[caption id="attachment_11" align="alignnone" width="300"]'
        f'<a href="{BLOG}/wp-content/uploads/2024/01/map.jpg"><img src="{BLOG}/wp-content/uploads/2024/01/map-300x200.jpg"></a> Below <em>it</em>[/caption]'
        '\n\nText <img src="https://i0.wp.com/notebook.example/wp-content/uploads/2024/01/%D0%BB%D0%B5%D1%81.png?w=300" alt="Own alt">'
        '\n\n<img src="https://elsewhere.example/far.jpg" alt="Far">\n\n[gallery ids="12,11,99"]'
    )
    found = one(
        item(content=content, meta={"_thumbnail_id": "13"}),
        attachment(11, "2024/01/map.jpg", alt="A map", caption="Of the library"),
        attachment(12, "2024/01/лес.png", alt="A wood", caption="Wood"),
        attachment(13, "2024/01/lead-scaled.jpg", alt="Lead"),
        files=files,
    )
    assert [(p.place.rpartition("/")[2], p.alt, p.caption) for p in found.pictures] == [
        ("map.jpg", "A map", "Below it"),
        ("лес.png", "Own alt", "Wood"),
    ]
    assert found.pictures[0].read() == b"map.jpg"
    assert (found.lead_picture.alt, found.lead_picture.read()) == ("Lead", b"lead-scaled.jpg")
    assert found.body.startswith(
        "![A map](import:0)\n\nText ![Own alt](import:1)\n\n[Far](https://elsewhere.example/far.jpg)"
    )
    assert found.body.count("import:0") == found.body.count("import:1") == 2
    assert "far.jpg" in said(found)
    assert "number 99" in said(found)


def test_pictures_of_blogs_that_are_hosted_are_found_by_month_and_name():
    content = '<img src="https://i0.wp.com/notebook.files.wordpress.com/2013/03/a-150x150.jpg"> <img src="https://notebook.files.wordpress.com/2013/03/b.png?w=300">'
    content += ' <img src="https://far.example/uploads/2013/03/a.jpg" alt="Far">'
    files = {"2013/03/a-150x150.jpg": b"a", "2013/03/b.png": b"b"}
    found = one(item(content=content), attachment(5, "2013/03/b.png", alt="B"), files=files)
    assert [(each.place, each.alt) for each in found.pictures] == [
        ("2013/03/a-150x150.jpg", ""),
        ("2013/03/b.png", "B"),
    ]
    assert found.body.endswith("[Far](https://far.example/uploads/2013/03/a.jpg)")


def test_old_posts_have_paragraphs_where_they_had_empty_lines():
    assert body("One\nand two\n\n<b>Three</b>\n\n<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\nEnd\n<pre>x\n\ny</pre>") == (
        "One  \nand two\n\n**Three**\n\n- a\n- b\n\nEnd\n\n```\nx\n\ny\n```"
    )


def test_blocks_leave_no_trace_and_those_made_on_the_fly_are_told_of():
    found = one(
        item(
            content='<!-- wp:paragraph {"a":">"} -->\n<p>One\n\ntwo</p>\n<!-- /wp:paragraph -->\n<!-- wp:latest-posts {"n":3} /-->'
            '<!-- wp:block {"ref":5} /--><!-- wp:embed {"url":"x"} --><figure class="wp-block-embed"><div>\n'
            "https://www.youtube.com/watch?v=abcdefg\n</div><figcaption>A talk</figcaption></figure><!-- /wp:embed -->"
            "<!-- wp:table --><figure><table><tbody><tr><td>1</td><td>2</td></tr></tbody></table><figcaption>Trade</figcaption></figure>"
            '<!-- wp:code --><pre class="wp-block-code"><code lang="py" class="language-python">a = 1</code></pre>'
            "<!--nextpage--><p>Last</p>"
        ),
        item(5, kind="wp_block", content="<!-- wp:paragraph --><p>Kept for many.</p>"),
    )
    assert found.body == (
        "One two\n\nKept for many.\n\n<https://www.youtube.com/watch?v=abcdefg>\n\nA talk\n\nTable: Trade\n|  |  |\n| --- | --- |\n"
        "| 1 | 2 |\n\n```python\na = 1\n```\n\n---\n\nLast"
    )
    assert "latest-posts" in said(found)
    assert "youtube.com" in said(found)


def test_notes_of_the_block_editor_and_of_shortcodes_are_ours():
    mark = '<sup data-fn="ab-1" class="fn"><a href="#ab-1" id="ab-1-link">1</a></sup>'
    note = '[{"id":"ab-1","content":"See <em>there</em>."}]'
    found = one(item(content=f"<!-- wp:paragraph --><p>So{mark}.</p><!-- wp:footnotes /-->", meta={"footnotes": note}))
    assert found.body == "So[^1].\n\n[^1]: See *there*."
    assert not found.notes
    assert (
        body("A[footnote]One[/footnote] b[efn_note]Two\nlines[/efn_note].")
        == "A[^1] b[^2].\n\n[^1]: One\n\n[^2]: Two  \n    lines"
    )


def test_shortcodes_become_what_they_stand_for():
    assert body("[youtube=https://youtu.be/abc]") == "<https://youtu.be/abc>"
    assert body("[embed]https://x.example/v[/embed]") == "<https://x.example/v>"
    assert body('[audio mp3="https://x.example/a.mp3"][/audio]') == "<https://x.example/a.mp3>"
    assert body("https://x.example/v") == "<https://x.example/v>"
    assert body('[code lang="php"]$a = 1 < 2;\n\n$b;[/code]') == "```php\n$a = 1 < 2;\n\n$b;\n```"
    assert (
        body("He said [sic] and [the leader] [1] [[gallery]] here")
        == "He said \\[sic\\] and \\[the leader\\] \\[1\\] \\[gallery\\] here"
    )
    assert body('[box color="red"]Kept <b>words</b>[/box]') == "Kept **words**"
    found = one(item(content='[button url="https://x.example/" text="Press"] [form id="3"] [recent_posts]'))
    assert found.body == "[Press](https://x.example/) \\[recent_posts\\]"
    for told in ("[button", '[form id="3"]', "[recent_posts]"):
        assert told in said(found)


def test_the_text_above_more_is_the_summary_when_there_is_none():
    found = one(item(content="<p>Above <b>it</b>.</p>\n<!--more-->\n<p>Below.</p>"))
    assert (found.summary, found.body) == ("Above it.", "Above **it**.\n\nBelow.")
    assert one(item(content="<p>Above.</p><!--more--><p>B", excerpt__encoded="Own")).summary == "Own"


def test_links_within_the_blog_stay_within_the_site():
    content = (
        f'<p><a href="{BLOG}/2020/02/old/?x=1#y">a</a> <a href="http://www.notebook.example/?p=8">b</a> '
        f'<a href="{BLOG}/wp-content/uploads/2020/a.pdf">c</a> <a href="https://other.example/">d</a></p>'
    )
    found = read(wxr(item(content=content), item(8)))[0]
    assert found.body == (
        f"[a](/2020/02/old/?x=1#y) [b](/2024/01/post-8/) [c]({BLOG}/wp-content/uploads/2020/a.pdf) [d](https://other.example/)"
    )
    assert "a.pdf" in said(found)


def test_a_link_by_number_tells_no_address_that_only_some_knew():
    content = "".join(f'<a href="{BLOG}/?p={number}">x</a>' for number in (8, 9, 10, 11))
    others = (item(8, status="private"), item(9, wp__post_password="x"), item(10, status="future"), item(11))
    found = read(wxr(item(content=content), *others))[0]
    assert found.body == "[x](/?p=8)[x](/?p=9)[x](/?p=10)[x](/2024/01/post-11/)"


# Files that mean no good

LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BEGIN, END = b"<rss><channel>", b"</channel></rss>"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>"
HOSTILE = {
    "empty": b"",
    "no xml": b"\x00\xff\xfe\x01" * 50,
    "another kind": b"<feed><entry/></feed>",
    "a doctype": b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd">' + wxr(item()),
    "an outer entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>',
    "an outer parameter": b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p">%p;]><rss/>',
    "laughs": LAUGHS.encode() + b"<rss><channel><item><title>&b;</title></item></channel></rss>",
    "a late doctype": wxr(item()).replace(b"</channel>", b"<!DOCTYPE x></channel>"),
    "unknown entity": BEGIN + b"<item><title>&nbsp;</title></item>" + END,
    "unknown encoding": b'<?xml version="1.0" encoding="x-nothing"?>' + BEGIN + END,
    "wrong encoding": b'<?xml version="1.0" encoding="utf-8"?>' + BEGIN + "<item><title>Привет</title></item>".encode("cp1251") + END,
    "encoding of many bytes": b'<?xml version="1.0" encoding="shift_jis"?>' + BEGIN + END,
    "half a utf-16": b"\xff\xfe<\x00r\x00s\x00",
    "deep": BEGIN + b"<item>" + b"<a>" * 20_000,
    "a tag without end": BEGIN + b'<item a="' + b"x" * (9 << 20),
    "a name without end": BEGIN + b"<" + b"x" * (9 << 20),
    "a comment without end": BEGIN + b"<!--" + b"x" * (9 << 20),
    "an instruction": BEGIN + b'<?xml-stylesheet href="http://127.0.0.1:1/"?><item></item>' + END,
    "many attributes": BEGIN + b"<item " + b" ".join(b"a%d='1'" % n for n in range(20_000)) + b"></item>" + END,
    "an item of nothing": BEGIN + b"<item/>" * 50 + END,
    "items in items": BEGIN + b"<item><item><item></item></item></item>" + END,
    "two roots": wxr(item()) + wxr(item()),
    "forged numbers": wxr(item("9" * 400, wp__post_parent="-1"), item("\u0661"), item("1e9"), item("")),
    "foul blocks": wxr(item(content="".join(f'<!-- wp:block {{"ref":{ref}}} /-->' for ref in ("1e999", "9" * 5000, "-1", '"x"', "[[]]", "{" * 5000, "10000000000000000000000")))),
    "a block within itself": wxr(item(content='<!-- wp:block {"ref":5} /-->'), item(5, kind="wp_block", content='<!-- wp:block {"ref":5} /-->x')),
    "the same thrice": wxr(item(), item(), item()),
    "terms in a circle": wxr(item(terms=[("category", "a", "A")]), before=category("a", "A", "b") + category("b", "B", "a") + category("b", "B", "b")),
    "many terms": wxr(item(terms=[("post_tag", f"t{n}", f"T{n}") for n in range(5_000)])),
    "many kinds": wxr(*(item(n, kind=f"kind{n}") for n in range(300))),
    "foul notes": wxr(*(item(n, meta={"footnotes": bad}) for n, bad in enumerate(["{", "[1]", '[{"id":1}]', "[" * 9000, '{"a":1}', "null"]))),
    "script in every field": wxr(
        item(1, title=SCRIPT, content=SCRIPT, excerpt__encoded=SCRIPT, wp__post_name=SCRIPT, link=SCRIPT, guid=SCRIPT, dc__creator=SCRIPT,
             pubDate=SCRIPT, wp__post_date_gmt=SCRIPT, wp__status=SCRIPT, terms=[("category", "x", SCRIPT), ("post_tag", "y", SCRIPT)]),
        attachment(2, SCRIPT, alt=SCRIPT, caption=SCRIPT), before=author("x", SCRIPT), language=SCRIPT.replace("<", "").replace("&", "")),
    "ways out": wxr(item(content=f'<img src="{BLOG}/wp-content/uploads/../../../../etc/passwd"><img src="{BLOG}/wp-content/uploads/%2e%2e/x.jpg">'
                         '<img src="file:///etc/passwd"><img src="http://[::1/a.jpg">')),
    "strange addresses": wxr(item(link="http://[", content='<a href="http://[x">a</a><iframe src="//["></iframe><a href="\t java\nscript:x">b</a>')),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_cleaned_and_opens_no_connection(name, monkeypatch):
    monkeypatch.setattr("socket.socket", None)
    found = read(HOSTILE[name], **{"etc/passwd": b"root", "x.jpg": b"x"})
    for each in found:
        if isinstance(each, Refusal):
            assert each.place.startswith("export.xml")
            assert each.words
            continue
        shown = " ".join([each.title, each.summary, *each.authors, *each.themes, *(note.words for note in each.notes)])
        assert "<script" not in shown.replace("status “<script", "").replace("here: <script", "").replace(
            "“<script", ""
        )
        html = text.render(each.body).html
        assert "script" not in html
        assert "onerror" not in html
        assert not each.pictures
        assert each.digest()
    if name in {
        "a doctype",
        "an outer entity",
        "laughs",
        "a late doctype",
        "wrong encoding",
        "deep",
        "a tag without end",
        "two roots",
    }:
        assert any(isinstance(each, Refusal) and each.line for each in found)


def test_what_few_words_put_in_again_and_again_has_an_end():
    pictures = [attachment(n, f"{n}.jpg", caption="x" * 3_000, parent=1) for n in range(100, 300)]
    found = read(wxr(item(content="[gallery]\n\n" * 30), *pictures))
    assert "characters of HTML, more than are read" in found[0].words
    pictures = [attachment(n, f"{n}.jpg", parent=1) for n in range(100, 300)]
    found = read(wxr(item(content="[gallery]\n\n" * 12), *pictures))[0]
    assert "Its galleries show more than 2000 pictures" in said(found)
    assert found.body.count("](") == 2_000
    block = item(2, kind="wp_block", content="<p>" + "x" * 200_000 + "</p>")
    found = read(wxr(item(content='<!-- wp:block {"ref":2} /-->' * 40), block))
    assert "characters of HTML, more than are read" in found[0].words


def test_endless_parts_take_little_memory():
    for name in ("a tag without end", "a comment without end", "deep"):
        tracemalloc.start()
        read(HOSTILE[name])
        assert tracemalloc.get_traced_memory()[1] < 30 << 20
        tracemalloc.stop()


def test_what_was_read_before_a_fault_stays():
    whole = wxr(item(1, title="First"), item(2, title="Second"))
    for cut in (len(whole) - 60, len(whole) - 200):
        found = read(whole[:cut])
        assert found[0].title == "First"
        assert found[-1].line
        assert isinstance(found[-1], Refusal)
    found = read(wxr(item(1), item(2, title="İ"), item(3)).replace("İ".encode(), b"\xdd"))
    assert [type(each) for each in found] == [Document, Refusal]
    assert found[1].line == wxr(item(1), item(2, title="İ")).split("İ".encode())[0].count(b"\n") + 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-9", "windows-1251", "koi8-r"])
def test_encodings_that_are_named_are_read(encoding):
    title = "İstanbul" if encoding in {"iso-8859-9", "utf-8-sig"} else "Стамбул"
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    content = wxr(item(title=title, dc__creator="a")).decode().replace("UTF-8", name).encode(encoding)
    assert [each.title for each in read(content)] == [title]


def test_control_characters_that_no_xml_has_are_left_out():
    assert one(item(title="A\x08b\x1f")).title == "Ab"


def test_an_item_of_endless_text_is_refused_and_the_next_one_taken(monkeypatch):
    monkeypatch.setattr("articles.transfer.wordpress.wxr.LONGEST_ITEM", 100_000)
    found = read(wxr(item(1, content="x" * 200_000), item(2)))
    assert [type(each) for each in found] == [Refusal, Document]
    monkeypatch.setattr("articles.transfer.html.markup.LONGEST", 1000)
    assert [type(each) for each in read(wxr(item(1, content="x" * 2000), item(2)))] == [Refusal, Document]


class Endless(io.RawIOBase):
    """An export of so many posts, made while it is read."""

    def __init__(self, count):
        head, tail = wxr().split(b"</channel>")
        self.parts = itertools.chain(
            [head],
            (item(n, inside="<wp:x>" + "x" * 30_000 + "</wp:x>").encode() for n in range(count)),
            [b"</channel>" + tail],
        )
        self.left = b""

    def readable(self):
        return True

    def readinto(self, into):
        self.left = self.left or next(self.parts, b"")
        part, self.left = self.left[: len(into)], self.left[len(into) :]
        into[: len(part)] = part
        return len(part)


def test_memory_is_flat_however_many_posts_there_are():
    def peak(count):
        place = Held({"e.xml": b""})
        place.open = lambda name: io.BufferedReader(Endless(count))
        tracemalloc.start()
        number = sum(1 for each in wordpress.documents(place, "e.xml") if isinstance(each, Document))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert number == count
        return most

    few = peak(20)
    assert peak(times(120, 1_000)) < few + (1 << 20)


@settings(max_examples=times(100, 400), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "[",
                "]",
                "[/",
                "caption",
                "gallery",
                "x",
                " ",
                '"',
                "=",
                "ids",
                "'",
                "/",
                "footnote",
                "<p>",
                "<pre>",
                "</pre>",
                "<!--",
                "-->",
                "wp:",
                "block",
                "{",
                "}",
                "\n",
                "https://x.example/",
                "embed",
                "code",
                "youtube",
                "слово",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_shortcodes_take_any_text(content):
    class Blog:
        account = Account()

        def gallery(self, ids, notes):
            return "<img>"

        def block(self, number):
            return ""

        table = block

    shortcodes.expanded(content, Blog(), Notes())


AROUND = ["[x]{}[/x]", "[x]{}", "{}[/x]", "[caption]<img src=a>{}[/caption]", "[caption id='3']{}", "[footnote]{}[/footnote]", "[ref]{}", "{}[/ref]",
          "[sic] {}", '[x a="b"] {}', "[gallery] {}", "[code]{}[/code]", "<pre>[x]{}</pre>", "[embed]{}", "[/embed]{}", "[[x]] {}", "[y]<b>{}</b>[/y]",
          "[y][x]{}[/y][/x]", "[youtube] {}", "<li>{}", "[x /]{}", "[", "]{}", '[a="{}', "<!-- wp:x /-->{}", "<!--more-->{}"]  # fmt: skip


@settings(max_examples=times(60, 300), deadline=None)
@given(st.lists(st.sampled_from(AROUND), max_size=8))
def test_no_word_around_or_within_shortcodes_is_lost(parts):
    content = "\n\n".join(parts).replace("{}", "слово")
    made = body(content)
    assert made.count("слово") == content.count("слово")


def test_a_text_of_brackets_takes_no_longer_than_its_length():
    for piece in (
        "[",
        "[a",
        "[a ",
        "[a]",
        "[/a]",
        "[a][/a",
        "<!--",
        "<!-- wp:x",
        "<pre>",
        "<a ",
        "[caption]",
        '[a b="',
        "https://",
        "((",
        "<",
        "<b>\n\n",
    ):
        body(piece * times(2_000, 10_000))


UPLOADS = f"{BLOG}/wp-content/uploads/2024/01"
BLOCKS = [
    ('<!-- wp:file {"id":12} -->\n<div class="wp-block-file"><a id="x" href="https://x.example/r.pdf">Report</a><a href="https://x.example/r.pdf" class="wp-block-file__button wp-element-button" download>Download</a></div>\n<!-- /wp:file -->',
     "[Report](https://x.example/r.pdf)"),
    ('<div class="wp-block-buttons"><a class="wp-block-button__link" href="/1">One</a><a class="wp-block-button__link" href="/2">Two</a></div>', "[One](/1)  \n[Two](/2)"),
    (f'<!-- wp:cover -->\n<div class="wp-block-cover has-parallax" style="background-image:url({UPLOADS}/p.jpg)"><div><!-- wp:paragraph -->\n<p>On it</p>\n<!-- /wp:paragraph --></div></div>\n<!-- /wp:cover -->',
     "![](import:0)\n\nOn it"),
    ('<!-- wp:verse -->\n<pre class="wp-block-verse">Roses are <em>red</em>\n  violets\n\nblue</pre>\n<!-- /wp:verse --><p>Behind\nit</p>', "Roses are *red*  \nviolets\n\nblue\n\nBehind it"),
    ('<!-- wp:social-links -->\n<ul><!-- wp:social-link {"url":"https://x.example/me","service":"x","label":"Me there"} /--></ul>\n<!-- /wp:social-links -->', "- [Me there](https://x.example/me)"),
    ('<!-- wp:acf/words {"id":"block_1","data":{"quote":"Kept in the comment","_quote":"field_1","title":"Word"},"align":"wide"} /-->', "Kept in the comment\n\nWord"),
    ("<!-- wp:paragraph -->\n<p>Block\nline.</p>\n<!-- /wp:paragraph -->\n\nFree\nlines\n\nParagraph\n\n<!-- wp:latest-posts /-->\n\nEnd\nline", "Block line.\n\nFree  \nlines\n\nParagraph\n\nEnd  \nline"),
    ("One<br />\ntwo\nthree<br /><br />\nfour", "One  \ntwo  \nthree\n\nfour"),
    (f'<img class="alignleft" src="{UPLOADS}/p.jpg" alt="P" />Beside it', "![P](import:0)\n\nBeside it"),
    (f'A <img class="wp-image-1" src="{UPLOADS}/p.jpg" alt="P" /> in line', "A ![P](import:0) in line"),
    (f'[et_pb_image src="{UPLOADS}/p.jpg" alt="P" url="/x"]', "[![P](import:0)](/x)"),
    ('[vc_single_image image="5"]', "![](import:0)"),
    (f'<ul class="wp-block-gallery"><li><figure><img src="{UPLOADS}/p.jpg" alt="P"/></figure></li></ul>', "![P](import:0)"),
    (f'<figure><a href="https://x.example/"><img src="{UPLOADS}/p.jpg" alt="P"/></a><figcaption>Below</figcaption></figure>', "[![P](import:0)](https://x.example/)\n\nBelow"),
    ('[playlist ids="5"]', f"<{UPLOADS}/p.jpg>"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "wanted"), BLOCKS)
def test_blocks_and_shortcodes_keep_their_words_apart(content, wanted):
    files = {"wp-content/uploads/2024/01/p.jpg": b"p"}
    assert one(item(content=content), attachment(5, "2024/01/p.jpg"), files=files).body == wanted


def test_a_link_in_what_is_kept_as_it_is_typed_is_told():
    found = one(item(content='<pre>As <a href="https://x.example/">typed</a></pre>'))
    assert found.body == "```\nAs typed\n```"
    assert "https://x.example/" in said(found)


@pytest.mark.parametrize(
    ("given", "summary"),
    [
        ({"_yoast_wpseo_metadesc": "What it is &amp; why."}, "What it is & why."),
        ({"rank_math_description": "Why."}, "Why."),
        ({"_yoast_wpseo_metadesc": "%%excerpt%% of it"}, "Above"),
        ({"rank_math_description": "%excerpt%"}, "Above"),
        ({}, "Above"),
    ],
)
def test_without_an_excerpt_a_summary_is_what_search_engines_are_told(given, summary):
    found = one(item(content="Above<!--more-->Below", meta=given))
    assert found.summary == summary
    assert one(item(excerpt__encoded="By hand", meta=given)).summary == "By hand"


def test_guests_who_wrote_together_are_called_by_their_names():
    guest = item(9, kind="guest-author", title="Мария Иванова", content="", meta={"cap-user_login": "maria", "cap-display_name": "Мария Иванова"})  # fmt: skip
    terms = [("author", "cap-ayse", "ayse"), ("author", "cap-maria", "maria"), ("author", "cap-nobody", "Nobody Known")]
    found = read(wxr(item(1, terms=terms), guest, before=author()))
    assert [each.authors for each in found] == [("Ayşe Yılmaz", "Мария Иванова", "Nobody Known")]


def test_what_is_left_out_is_told_by_name():
    found = read(wxr(*(item(n, kind="book", title=f"Book {n}") for n in range(1, 8)), item(9, status="trash")))
    assert [each.words for each in found] == [
        "Items of the type “book” that were left out: 7. “Book 1”, “Book 2”, “Book 3”, “Book 4”, “Book 5”",
        "Texts with the status “trash” that were left out: 1. “A post”",
    ]


def test_slugs_that_a_post_had_before_lead_here_too():
    old = "".join(f"<wp:postmeta><wp:meta_key>_wp_old_slug</wp:meta_key><wp:meta_value>{slug}</wp:meta_value></wp:postmeta>" for slug in ("first", "%d0%b3%d0%b0%d0%b7", "../x"))  # fmt: skip
    found = one(item(7, inside=old))
    assert found.old_paths == ("/2024/01/post-7/", "/?p=7", "/2024/01/first/", "/2024/01/газ/")
    assert one(item(7, inside=old, status="draft")).old_paths == ()


def test_parts_of_one_export_refer_to_each_other():
    post = item(1, content='<!-- wp:block {"ref":9} /-->', meta={"_thumbnail_id": "5"}, dc__creator="maria")
    held = Held({
        "a.xml": wxr(post), "b.xml": wxr(attachment(5, "p.jpg", alt="Alt"), item(9, kind="wp_block", content="<p>Kept.</p>")),
        "c.xml": wxr(before=author("maria", "Мария")), "uploads/p.jpg": b"p",
        "other.xml": wxr(attachment(5, "q.jpg")).replace(BLOG.encode(), b"https://other.example"), "uploads/q.jpg": b"q",
    })  # fmt: skip
    (found,) = [
        each for each in wordpress.documents(held, "other.xml", "a.xml", "b.xml", "c.xml") if isinstance(each, Document)
    ]
    assert (found.body, found.lead_picture.alt, found.lead_picture.place, found.authors) == (
        "Kept.",
        "Alt",
        "uploads/p.jpg",
        ("Мария",),
    )
    assert found.place.startswith("a.xml")


def test_a_block_that_a_text_shows_is_not_told_as_left_out():
    block, post = item(9, kind="wp_block", content="<p>Kept.</p>"), item(1, content='<!-- wp:block {"ref":9} /-->')
    assert [each for each in read(wxr(block, post)) if isinstance(each, LeftOut)] == []
    assert "wp_block" in read(wxr(block))[0].words


@pytest.mark.parametrize(
    ("link", "paths", "told"),
    [
        ("https://notebook.example/?p=7", ("/?p=7",), False),
        ("https://notebook.example/blog/index.php?page_id=7", ("/blog/?page_id=7", "/?p=7"), False),
        ("https://notebook.example/?p=7&preview=true", ("/?p=7",), True),
        ("https://notebook.example/about/team/?lang=tr", ("/?p=7",), True),
        ("https://notebook.example/?attachment_id=7", ("/?p=7",), True),
    ],
)
def test_an_address_told_by_a_number_is_a_former_one(link, paths, told):
    found = one(item(7, link=link))
    assert found.old_paths == paths
    assert ("can't lead here" in said(found)) is told


def test_the_short_address_of_a_blog_in_a_folder_stands_there():
    held = wxr(item(7)).replace(b"<wp:base_blog_url>" + BLOG.encode(), f"<wp:base_blog_url>{BLOG}/blog".encode())
    assert read(held)[0].old_paths == ("/2024/01/post-7/", "/blog/?p=7")
    assert one(item(7, kind="page")).old_paths == ("/2024/01/post-7/", "/?p=7", "/?page_id=7")


WITHIN = ["слово", "\n", "\n\n", "<!-- wp:paragraph -->", "<!-- /wp:paragraph -->", "<!-- wp:x /-->", "<p>слово</p>", "<br>", "<pre>", "</pre>", "-->", "<!--"]  # fmt: skip


@settings(max_examples=times(80, 400), deadline=None)
@given(st.lists(st.sampled_from(WITHIN), max_size=12))
def test_no_word_between_blocks_is_lost(parts):
    content = " ".join(parts)
    outside = re.sub(r"<!--.*?-->", "", content, flags=re.DOTALL)
    assert body(content).count("слово") >= outside.count("слово")


def test_a_picture_is_known_whichever_of_its_sizes_is_shown():
    shown = f'<img src="{BLOG}/wp-content/uploads/2024/01/p-1024x768.jpg">'
    found = one(
        item(content=shown),
        attachment(5, "2024/01/p-scaled.jpg", alt="Alt"),
        files={"wp-content/uploads/2024/01/p.jpg": b"p"},
    )
    assert found.pictures[0].alt == "Alt"
