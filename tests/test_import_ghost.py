"""Ghost's exports: what becomes of posts and pages, and of files that mean no good."""

import datetime
import json
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import text
from articles.transfer import ghost
from articles.transfer.documents import Document, Refusal, Sort, State

from .exports import Held
from .exports import ghost as export
from .thorough import times


def post(number=1, **said):
    """Return a post as Ghost exports it."""
    return {
        "id": f"p{number}",
        "uuid": f"uuid-{number}",
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "html": "<p>Words.</p>",
        "lexical": None,
        "mobiledoc": None,
        "status": "published",
        "visibility": "public",
        "type": "post",
        "published_at": "2024-01-31T09:30:00.000Z",
        "updated_at": "2024-02-01T00:00:00.000Z",
    } | said


def read(content, **files):
    """Return what the reader yields of the export `content`, beside files {path: bytes}."""
    return list(ghost.documents(Held({"ghost.json": content, **files}), "ghost.json"))


def one(*, files=None, **said):
    """Return the only `Document` of an export of one post."""
    (found,) = read(export([post(**said)]), **(files or {}))
    return found


def told(document):
    """Return all that is told of a document."""
    return " ".join(note.words for note in document.notes)


@pytest.mark.parametrize("older", [False, True])
def test_a_post_is_taken_with_what_stands_behind_it_in_the_file(older):
    (found,) = read(
        export(
            [
                post(
                    title="Boğaz &amp; “İşler”",
                    custom_excerpt="In short.",
                    feature_image="__GHOST_URL__/content/images/size/w1200/2024/01/lead.jpg",
                    canonical_url="https://first.example/x",
                    codeinjection_head="<script>1</script>",
                    html='<p>See <a href="__GHOST_URL__/other/#x">it</a>.</p><img src="__GHOST_URL__/content/images/2024/01/лес.png" alt="Wood">',
                )
            ],
            tags=[
                {"id": "t1", "name": "Энергия"},
                {"id": "t2", "name": "#hidden", "visibility": "internal"},
                {"id": "t3", "name": "Grain"},
            ],
            users=[{"id": "u1", "name": "Ayşe"}, {"id": "u2", "name": "Борис"}],
            posts_tags=[
                {"post_id": "p1", "tag_id": "t1", "sort_order": 2},
                {"post_id": "p1", "tag_id": "t3", "sort_order": 1},
                {"post_id": "p1", "tag_id": "t2", "sort_order": 0},
                {"post_id": "p9", "tag_id": "t1", "sort_order": 0},
            ],
            posts_authors=[
                {"post_id": "p1", "author_id": "u2", "sort_order": 0},
                {"post_id": "p1", "author_id": "u1", "sort_order": 1},
            ],
            posts_meta=[{"post_id": "p1", "feature_image_alt": "A lead", "feature_image_caption": "By <b>us</b>"}],
            settings=[{"key": "locale", "value": "tr"}],
            older=older,
        ),
        **{"x/content/images/2024/01/lead.jpg": b"lead", "x/content/images/2024/01/лес.png": b"wood"},
    )
    assert (found.title, found.slug, found.summary, found.language) == ("Boğaz & “İşler”", "post-1", "In short.", "tr")
    assert found.body == "See [it](/other/#x).\n\n![Wood](import:0)"
    assert (found.themes, found.authors) == (("Grain", "Энергия"), ("Борис", "Ayşe"))
    assert found.published_at == datetime.datetime(2024, 1, 31, 9, 30, tzinfo=datetime.UTC)
    assert (found.old_paths, found.origin, found.state) == (("/post-1/",), "ghost:uuid-1", State.PUBLISHED)
    assert (found.lead_picture.alt, found.lead_picture.caption, found.lead_picture.read()) == (
        "A lead",
        "By us",
        b"lead",
    )
    assert [(picture.alt, picture.read()) for picture in found.pictures] == [("Wood", b"wood")]
    for words in ("#hidden", "first.example", "Code put into its page"):
        assert words in told(found)


@pytest.mark.parametrize(
    ("said", "state", "words"),
    [
        ({}, State.PUBLISHED, ""),
        ({"status": "scheduled", "published_at": "2199-01-01T00:00:00.000Z"}, State.PUBLISHED, ""),
        ({"status": "scheduled", "published_at": None}, State.DRAFT, "no date"),
        ({"status": "draft"}, State.DRAFT, ""),
        ({"status": "sent"}, State.WITHHELD, "mail"),
        ({"visibility": "members"}, State.WITHHELD, "members). It is a draft here, and keeps its date and its address"),
        ({"visibility": "members", "status": "draft"}, State.DRAFT, "members"),
        ({"email_only": 1, "status": "scheduled"}, State.WITHHELD, "mail"),
        ({"email_only": 0}, State.PUBLISHED, ""),
        ({"visibility": "paid", "status": "scheduled"}, State.WITHHELD, "paid"),
        ({"visibility": ["public"]}, State.WITHHELD, "Not everybody"),
        ({"status": "Published"}, State.DRAFT, "not known"),
        ({"status": None}, State.DRAFT, "not known"),
        ({"status": {"a": 1}}, State.DRAFT, "not known"),
    ],
)
def test_only_what_everybody_could_read_is_published(said, state, words):
    found = one(**said)
    assert found.state is state
    assert words in told(found)
    assert bool(found.old_paths) is (state is not State.DRAFT)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("2024-01-31T09:30:00.000Z", "2024-01-31T09:30:00+00:00"),
        ("2024-01-31 09:30:00", "2024-01-31T09:30:00+00:00"),
        ("2024-01-31T12:30:00+03:00", "2024-01-31T12:30:00+03:00"),
        (1706693400000, "2024-01-31T09:30:00+00:00"),
        ("0000-00-00", None),
        ("9999-12-31T23:59:59-23:59", None),
        (True, None),
        ([], None),
        ("yesterday", None),
    ],
)
def test_dates_are_read_in_their_zone_or_not_at_all(said, wanted):
    found = one(published_at=said)
    assert (found.published_at and found.published_at.isoformat()) == wanted


def test_pages_and_older_posts_are_known():
    assert one(type="page").sort is Sort.PAGE
    old = {
        "page": 1,
        "type": None,
        "author_id": 3,
        "id": 12,
        "html": None,
        "markdown": "Some *old* text.\n\n- a",
        "status": "draft",
    }
    (found,) = read(export([post(**old)], users=[{"id": 3, "name": "Can"}], older=True))
    assert (found.sort, found.authors, found.body) == (Sort.PAGE, ("Can",), "Some *old* text.\n\n- a")
    content = json.dumps(
        {
            "images": [],
            "data": {
                "meta": {},
                "data": {"posts": [post(image="/images/a.jpg", language="en_US", published_at=1706693400000)]},
            },
        }
    )
    (found,) = read(content.encode(), **{"images/a.jpg": b"a"})
    assert (found.lead_picture.place, found.language, found.published_at.year) == ("images/a.jpg", "en", 2024)
    assert one(title="").title == "Without a title, post-1"


def test_the_lines_of_a_card_stay_apart():
    found = one(
        html='<div class="kg-card kg-file-card"><a class="kg-file-card-container" href="https://x.example/r.pdf" title="Download" download><div class="kg-file-card-contents">'
        '<div class="kg-file-card-title">Report</div><div class="kg-file-card-caption">All</div><div class="kg-file-card-metadata"><div class="kg-file-card-filename">r.pdf</div>'
        '<div class="kg-file-card-filesize">1 MB</div></div></div><div class="kg-file-card-icon"><svg><title>download-circle</title></svg></div></a></div>'
        '<div class="kg-card kg-audio-card"><img src="" alt="audio-thumbnail" class="kg-audio-thumbnail kg-audio-hide"><div class="kg-audio-player-container"><audio src="https://x.example/t.mp3"></audio>'
        '<div class="kg-audio-title">Talk</div><div class="kg-audio-player"><button>1×</button></div></div></div>'
        '<div class="kg-card kg-signup-card"><h2 class="kg-signup-card-heading">Join</h2><form class="kg-signup-card-form"><div class="kg-signup-card-fields"><input><button>Subscribe</button></div>'
        '<div class="kg-signup-card-success">Email sent!</div></form><p>No spam</p></div><p>Behind</p>'
    )
    assert found.body == (
        "[Report](https://x.example/r.pdf)  \nAll  \nr.pdf  \n1 MB\n\n<https://x.example/t.mp3>\n\nTalk\n\n## Join\n\nNo spam\n\nBehind"
    )
    assert "A form was left out" in told(found)


def test_cards_become_what_readers_saw_of_them():
    found = one(
        html='<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://x.example/"><div class="kg-bookmark-content">'
        '<div class="kg-bookmark-title">The page</div><div class="kg-bookmark-metadata"><img class="kg-bookmark-icon" src="https://x.example/i.png"><span class="kg-bookmark-author">X</span><span class="kg-bookmark-publisher">Y</span></div></div>'
        '<div class="kg-bookmark-thumbnail"><img src="https://x.example/t.png"></div></a></figure>'
        '<div class="kg-card kg-callout-card"><div class="kg-callout-emoji">💡</div><div class="kg-callout-text">Mind <b>this</b>.</div></div>'
        '<div class="kg-card kg-toggle-card"><div class="kg-toggle-heading"><h4 class="kg-toggle-heading-text">Why?</h4>'
        '<button class="kg-toggle-card-icon"><svg><path d="x"/></svg></button></div><div class="kg-toggle-content"><p>So.</p></div></div>'
        '<div class="kg-card kg-button-card"><a href="https://x.example/b" class="kg-btn">Press</a></div>'
        '<figure class="kg-card kg-video-card"><div class="kg-video-container"><video src="https://x.example/v.mp4"></video>'
        '<div class="kg-video-overlay"><button>Play</button></div></div><figcaption>A film</figcaption></figure>'
        '<figure class="kg-card kg-embed-card"><iframe src="https://www.youtube.com/embed/abc?feature=oembed"></iframe></figure>'
    )
    assert found.body == (
        "[The page](https://x.example/)  \nX  \nY\n\n> 💡 Mind **this**.\n\n**Why?**\n\nSo.\n\n[Press](https://x.example/b)\n\n"
        "<https://x.example/v.mp4>\n\nA film\n\n<https://www.youtube.com/watch?v=abc>"
    )


def test_the_address_of_the_site_is_left_out_of_its_own_links():
    found = one(
        html='<p><a href="__GHOST_URL__">a</a> <a href="__GHOST_URL__/x/">b</a></p><video src="__GHOST_URL__/content/media/v.mp4"></video>'
    )
    assert found.body == "[a](/) [b](/x/)\n\n[/content/media/v.mp4](/content/media/v.mp4)"
    assert "isn’t taken" in told(found)


def test_a_post_without_html_is_read_from_what_its_editor_keeps():
    def words(value, form=0):
        return {"type": "extended-text", "text": value, "format": form}

    tree = [
        {
            "type": "paragraph",
            "children": [
                words("Plain "),
                words("both", 3),
                {"type": "linebreak"},
                {"type": "link", "url": "/x", "children": [words("link")]},
            ],
        },
        {"type": "heading", "tag": "h3", "children": [words("Head")]},
        {"type": "list", "listType": "number", "children": [{"type": "listitem", "children": [words("one")]}]},
        {"type": "image", "src": "__GHOST_URL__/content/images/a.jpg", "alt": "A", "caption": "<i>Below</i>"},
        {"type": "codeblock", "language": "py", "code": "a < b"},
        {"type": "markdown", "markdown": "*From* Markdown ![p](__GHOST_URL__/content/images/a.jpg)"},
        {"type": "html", "html": "<p>Raw</p><script>x</script>"},
        {"type": "bookmark", "url": "https://x.example/", "metadata": {"title": "T"}},
        {"type": "callout", "calloutText": "Mind", "calloutEmoji": "!"},
        {"type": "horizontalrule"},
        {"type": "weather", "version": 1, "text": "Rain at noon"},
    ]
    found = one(html="", lexical=json.dumps({"root": {"children": tree}}), files={"content/images/a.jpg": b"a"})
    assert found.body == (
        "Plain ***both***  \n[link](/x)\n\n## Head\n\n1. one\n\n![A](import:0)\n\n```py\na < b\n```\n\n*From* Markdown ![A](import:0)\n\n"
        "Raw\n\n[T](https://x.example/)\n\n> ! Mind\n\n---\n\nRain at noon"
    ).replace("Markdown ![A]", "Markdown ![p]")
    assert found.pictures[0].caption == "Below"
    for said in ("weather", "script"):
        assert said in told(found)

    doc = {
        "version": "0.3.1",
        "atoms": [["soft-return", "", {}]],
        "cards": [
            ["image", {"src": "https://x.example/i.png", "alt": "far"}],
            ["hr", {}],
            ["card-markdown", {"markdown": "## Own"}],
        ],
        "markups": [["strong"], ["a", ["href", "https://x.example/"]]],
        "sections": [
            [1, "p", [[0, [0], 1, "Bold"], [0, [], 0, " and "], [1, [], 0, 0], [0, [1], 1, "link"]]],
            [10, 0],
            [10, 1],
            [3, "ul", [[[0, [], 0, "item"]]]],
            [10, 2],
        ],
    }
    found = one(html=None, mobiledoc=json.dumps(doc))
    assert (
        found.body
        == "**Bold** and  \n[link](https://x.example/)\n\n[far](https://x.example/i.png)\n\n---\n\n- item\n\n## Own"
    )


def lexical(*nodes):
    """Return the `Document` of a post of which the export has no HTML, and of its text these nodes."""
    files = {f"content/images/{name}.jpg": name.encode() for name in "pq"}
    return one(html="", lexical=json.dumps({"root": {"children": nodes}}), files=files)


PICTURE, OTHER = "__GHOST_URL__/content/images/p.jpg", "__GHOST_URL__/content/images/q.jpg"
CARDS = [
    ({"type": "product", "productTitle": "Gadget", "productDescription": "<p>Good <b>one</b></p>", "productButton": "Buy", "productUrl": "https://x.example/", "productImageSrc": PICTURE, "productStarRating": 4},
     "![](import:0)\n\n## Gadget\n\nGood **one**\n\n[Buy](https://x.example/)"),
    ({"type": "header", "header": "<span>Head</span>", "subheader": "<span>Below</span>", "buttonText": "Go", "buttonUrl": "/x/", "buttonEnabled": True}, "## Head\n\n### Below\n\n[Go](/x/)"),
    ({"type": "header", "header": "Head", "buttonText": "Go", "buttonUrl": "/x/", "buttonEnabled": False}, "## Head"),
    ({"type": "signup", "header": "Join", "subheader": "Weekly", "disclaimer": "No spam", "buttonText": "Subscribe", "successMessage": "Sent!"}, "## Join\n\n### Weekly\n\nNo spam"),
    ({"type": "call-to-action", "textValue": "<p>Read on</p>", "buttonText": "More", "buttonUrl": "/m/", "hasSponsorLabel": True, "sponsorLabel": "<p>SPONSORED</p>", "imageUrl": PICTURE},
     "SPONSORED\n\n![](import:0)\n\nRead on\n\n[More](/m/)"),
    ({"type": "bookmark", "url": "https://x.example/", "metadata": {"title": "T", "description": "D", "author": "A", "publisher": "P"}, "caption": "C"},
     "[T](https://x.example/)  \nD  \nA  \nP\n\nC"),
    ({"type": "gallery", "images": [{"src": PICTURE, "alt": "One"}, {"src": OTHER}], "caption": "Both"}, "![One](import:0)\n\n![](import:1)\n\nBoth"),
    ({"type": "before-after", "beforeImage": {"src": PICTURE}, "afterImage": {"src": OTHER}}, "![](import:0)\n\n![](import:1)"),
    ({"type": "file", "src": "__GHOST_URL__/content/files/r.pdf", "fileTitle": "Report", "fileCaption": "All", "fileName": "r.pdf"}, "[Report](/content/files/r.pdf)  \nAll  \nr.pdf"),
    ({"type": "audio", "src": "https://x.example/t.mp3", "title": "Talk"}, "Talk\n\n<https://x.example/t.mp3>"),
    ({"type": "video", "src": "https://x.example/f.mp4", "caption": "<p>Film</p>"}, "<https://x.example/f.mp4>\n\nFilm"),
    ({"type": "toggle", "heading": "<span>Why?</span>", "content": "<p>So.</p>"}, "**Why?**\n\nSo."),
    ({"type": "callout", "calloutText": "<p>Mind <b>it</b></p>", "calloutEmoji": "💡"}, "> 💡 Mind **it**"),
    ({"type": "embed", "url": "https://x.example/1", "html": '<blockquote class="twitter-tweet"><p>Said</p></blockquote>'}, "> Said"),
    ({"type": "nft", "url": "https://x.example/", "metadata": {"title": "N", "creator_name": "C"}}, "[N](https://x.example/)  \nC"),
    ({"type": "paywall"}, ""),
    ({"type": "poll", "question": "Yes?", "style": "wide", "options": [{"text": "Of course"}, {"text": "No"}]}, "Yes?\n\nOf course\n\nNo"),
    ({"type": "paragraph", "children": [{"type": "text", "text": t, "format": n} for t, n in (("One", 0), ("\xa0", 0), ("two", 1), ("  ", 0), ("three", 2))]}, "One\xa0**two** *three*"),
    ({"type": "list", "listType": "number", "start": 3, "children": [{"type": "listitem", "children": [{"type": "text", "text": "A"}]}, {"type": "listitem", "children": [{"type": "list", "children": [{"type": "listitem", "children": [{"type": "text", "text": "B"}]}]}]}]},
     "3. A\n    - B"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "wanted"), CARDS, ids=lambda value: value["type"] if isinstance(value, dict) else "")
def test_every_card_of_the_editors_keeps_its_words_apart(node, wanted):
    assert lexical(node).body == wanted
    if "children" not in node:
        doc = {"sections": [[10, 0]], "cards": [[node["type"], node]], "markups": [], "atoms": []}
        files = {f"content/images/{name}.jpg": name.encode() for name in "pq"}
        assert one(html="", mobiledoc=json.dumps(doc), files=files).body == wanted


def test_nodes_of_an_unknown_kind_say_their_words_once():
    words = {"type": "paragraph", "children": [{"type": "text", "text": "Some words here"}]}
    assert lexical({"type": "layout", "children": [{"type": "column", "children": [words]}]}).body == "Some words here"
    found = lexical({"type": "layout", "visibility": {"web": {"nonMember": False}}, "children": [words]})
    assert found.body == ""
    assert "Some words here" in told(found)


def test_lines_that_begin_with_code_are_no_fences():
    source = "```one``` and more\n\nWords.\n\n```\ncode\n`````\n\nEnd."
    assert (
        lexical({"type": "markdown", "markdown": source}).body == "`one` and more\n\nWords.\n\n```\ncode\n```\n\nEnd."
    )


@pytest.mark.parametrize("html", ["", "<p>Seen by all.</p>"])
def test_what_stood_in_mails_alone_is_told(html):
    cards = [
        {"type": "email", "html": "<p>Dear reader</p>"},
        {"type": "email-cta", "html": "<p>Pay</p>", "buttonText": "Now"},
    ]
    found = one(html=html, lexical=json.dumps({"root": {"children": cards}}))
    assert "Dear reader" in told(found)
    assert "Now" in told(found)
    assert "Dear" not in found.body


PIECES = ["слово", "\n", "\n\n", "```\n", "~~~js\n", "`", "``", "<div>", "</div>", "~", "^", "==", "~~", "![a](/x.png)", "[a](/x)", "https://x.example/a", "[^1]", "| a | b |\n|--|-:|\n", "> ", "- "]  # fmt: skip


@settings(max_examples=times(40, 300), deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_no_word_of_a_markdown_card_is_lost(parts):
    source = " ".join(parts)
    found = lexical({"type": "markdown", "markdown": source})
    assert found.body.count("слово") == source.count("слово")
    assert "aside.invalid" not in found.body


def test_what_members_alone_could_see_in_a_text_is_told_and_left_out():
    page = (
        '<p>All.</p><!--kg-gated-block:begin nonMember:false memberSegment:"status:-free" --><p>Paid <b>words</b></p><!--kg-gated-block:end-->'
        '<!--kg-gated-block:begin nonMember:true memberSegment:"" --><p>Open.</p><!--kg-gated-block:end--><p>End.</p>'
    )
    cards = [
        {
            "type": "html",
            "html": "<p>Paid words</p>",
            "visibility": {"web": {"nonMember": False, "memberSegment": "x"}},
        },
        {"type": "html", "html": "<p>Open.</p>", "visibility": {"web": {"nonMember": True}}},
    ]
    for found, body in ((one(html=page), "All.\n\nOpen.\n\nEnd."), (lexical(*cards), "Open.")):
        assert found.body == body
        assert "not everybody could see was left out: Paid words" in told(found)


def test_old_sites_had_dates_in_their_addresses():
    given = [
        {"key": "permalinks", "value": "/:year/:month/:day/:slug/"},
        {"key": "activeTimezone", "value": "Europe/Istanbul"},
    ]
    late = "2024-01-31T22:30:00.000Z"  # which is February there
    found = read(export([post(1, published_at=late), post(2, page=1), post(3, status="draft")], settings=given))
    assert [each.old_paths for each in found] == [("/2024/02/01/post-1/",), ("/post-2/",), ()]
    strange = [
        {"key": "permalinks", "value": "/:year/:author/../:slug/"},
        {"key": "timezone", "value": "../etc/passwd"},
    ]
    (found,) = read(export([post(1)], settings=strange))
    assert found.old_paths == ()
    assert "/:year/:author/../:slug/" in told(found)


def test_a_markdown_card_is_read_as_ghost_reads_it():
    source = (
        "#Close\nLine\nline\n\n| A | B | C |\n|---|--:|:-:|\n| 1 | 2 | 3 |\n\nH~2~O x^2^ ==m== ~~gone~~ https://x.example/y `a~b~c`[^1]\n\n"
        '<div class="x">Raw <em>html</em></div>\n\n<iframe src="https://x.example/f"></iframe>\n\n```js\nlet a = "<b>"\n```\n\n[^1]: Note.\n'
    )
    found = lexical({"type": "markdown", "markdown": source})
    assert found.body == (
        "## Close\n\nLine  \nline\n\n| A | B | C |\n| --- | ---: | :---: |\n| 1 | 2 | 3 |\n\n"
        "H<sub>2</sub>O x<sup>2</sup> m <del>gone</del> <https://x.example/y> `a~b~c`[^1]\n\nRaw *html*\n\n<https://x.example/f>\n\n"
        '```js\nlet a = "<b>"\n```\n\n[^1]: Note.'
    )
    assert lexical({"type": "markdown", "markdown": "```\nno end"}).body == "```\nno end\n```"
    assert lexical({"type": "markdown", "markdown": "<b>Bold</b> and *leaning*"}).body == "**Bold** and *leaning*"
    assert "[0](" not in lexical({"type": "markdown", "markdown": "[x](https://aside.invalid/7)"}).body


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>"
HOSTILE = {
    "empty": b"",
    "no json": b"\x00\xff" * 100,
    "another kind": b'{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    "a list": b"[1,2,3]",
    "cut": export([post(1), post(2)])[:-400],
    "wrong encoding": export([post(title="Привет")]).decode().encode("cp1251"),
    "utf-16": export([post()]).decode().encode("utf-16"),
    "deep": b'{"db":' + b"[" * 100_000,
    "deep objects": b'{"data":{"posts":[' + b'{"a":' * 100_000,
    "an endless text": b'{"data":{"posts":[{"title":"' + b"x" * (40 << 20),
    "endless numbers": b'{"data":{"posts":[{"id":' + b"9" * 10_000 + b"}]}}",
    "infinite": b'{"data":{"posts":[{"id":1e999999}]}}',
    "not a number": b'{"data":{"posts":[{"id":NaN}]}}',
    "twice": export([post()]) * 2,
    "posts of other kinds": b'{"data":{"posts":[1,"x",null,[],{},[{"title":"no"}],{"posts":[{"title":"x"}]}]}}',
    "a post of other kinds": export([{name: {"a": [1]} for name in post()}]),
    "a post of lists": export([{name: [[]] for name in post()}]),
    "a post of numbers": export([dict.fromkeys(post(), -10 ** 18)]),
    "joins of other kinds": export([post()], posts_tags=[{"post_id": [], "tag_id": {}, "sort_order": -(10**18)}, 3], tags=[{"id": 10**18, "name": 5}], users=[None], settings=[{"key": "locale", "value": 5}], posts_meta=[{"post_id": "p1", "feature_image_alt": [1]}]),
    "surrogates": b'{"data":{"posts":[{"id":"\\ud800","title":"a\\udfff","html":"<p>\\ud800</p>","status":"published"}]}}',
    "script in every field": export([dict.fromkeys([*post(), "custom_excerpt", "canonical_url", "feature_image", "codeinjection_head"], SCRIPT)]),
    "ways out": export([post(slug="../../x", html='<img src="__GHOST_URL__/content/images/../../etc/passwd"><img src="/content/images/%2e%2e/x.jpg">', feature_image="file:///etc/passwd")]),
    "foul editors": export([post(n, html="", lexical=bad, mobiledoc=bad) for n, bad in enumerate(["{", "[]", "{}", '{"root":1}', '{"root":{"children":[1,{"type":5,"children":7}]}}', "[" * 5000, '{"sections":[[1]]}', '{"sections":[[10,99]],"cards":[]}', '{"sections":[[1,"script",[[0,[],9,"x"]]]]}', '{"root":{"children":' + '[{"type":"quote","children":' * 900 + "[]" + "}]" * 900 + "}}"])]),
    "foul markdown": export([post(html="", markdown="![" * 300), post(2, html="", markdown=5)]),
    "the same thrice": export([post(), post(), post()]),
    "strange addresses": export([post(html='<a href="http://[x">a</a><iframe src="//["></iframe><img src="__GHOST_URL__//[">', canonical_url="http://[")]),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_cleaned_and_opens_no_connection(name, monkeypatch):
    monkeypatch.setattr("socket.socket", None)
    found = read(HOSTILE[name], **{"etc/passwd": b"root", "x.jpg": b"x"})
    assert found
    for each in found:
        if isinstance(each, Refusal):
            assert each.place.startswith("ghost.json")
            assert each.words
            continue
        html = text.render(each.body).html if name != "foul markdown" else ""  # which takes too long, and says so
        assert "script" not in html
        assert "onerror" not in html
        assert "<script" not in " ".join([each.title, each.summary, *each.authors, *each.themes])
        assert not each.pictures
        assert each.digest()
    if name in {
        "empty",
        "no json",
        "cut",
        "wrong encoding",
        "utf-16",
        "deep",
        "deep objects",
        "an endless text",
        "twice",
    }:
        assert any(isinstance(each, Refusal) and each.line for each in found)


def test_an_endless_text_takes_little_memory():
    tracemalloc.start()
    read(HOSTILE["an endless text"])
    assert tracemalloc.get_traced_memory()[1] < 150 << 20
    tracemalloc.stop()


def test_what_was_read_before_a_fault_stays():
    content = export([post(n) for n in range(200)]).replace(b'"uuid"', b'\n"uuid"')
    found = read(content[: len(content) // 2])
    assert isinstance(found[-1], Refusal)
    assert 80 < len(found) < 110
    assert found[-1].line > 1


def test_memory_is_flat_however_many_posts_there_are():
    def peak(count):
        content = export([post(n, plaintext="x" * 20_000) for n in range(count)])
        tracemalloc.start()
        assert sum(1 for each in read_lazily(content) if isinstance(each, Document)) == count
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    def read_lazily(content):
        return ghost.documents(Held({"ghost.json": content}), "ghost.json")

    few = peak(20)
    assert peak(times(120, 600)) < few + (1 << 20)


def test_tags_come_with_what_is_said_of_them_and_where_they_were():
    tags = [
        {"id": "t1", "name": "News", "slug": "news", "description": "What is new"},
        {"id": "t2", "name": "#x", "slug": "hash-x"},
    ]
    joins = [{"post_id": f"p{n}", "tag_id": f"t{t}", "sort_order": t} for n in (1, 2) for t in (1, 2)]
    found = read(export([post(1), post(2, status="draft")], tags=tags, posts_tags=joins))
    assert [[tuple(told) for told in each.told_themes] for each in found] == [
        [("News", "What is new", ("/tag/news/",))],
        [],
    ]
    assert found[0].themes == found[1].themes == ("News",)


def test_pictures_that_are_nowhere_are_told_of_once_more_at_the_end():
    source = (
        '<img src="__GHOST_URL__/content/images/2024/p.jpg"><a href="__GHOST_URL__/content/images/2024/q.jpg">big</a>'
    )
    found, told = read(export([post(html=source)]))
    assert [note.words.split(":")[0] for note in found.notes] == [
        "A link leads to a file that isn’t taken",
        "A picture that isn’t in the source became a link",
    ]
    assert "None of the pictures that its texts show is in the source (1)" in told.words
    assert len(read(export([post(html=source)]), **{"content/images/2024/p.jpg": b"p"})) == 1


@pytest.mark.parametrize("value", ["true", True])
def test_a_site_that_asked_for_a_password_is_not_shown_to_all(value):
    given = [{"key": "is_private", "value": value}]
    posts = [post(1), post(2, status="draft"), post(3, status="scheduled")]
    found = read(export(posts, settings=given))
    assert [each.state for each in found] == [State.WITHHELD, State.DRAFT, State.WITHHELD]
    assert "password" in str(told(found[0]))
    assert "password" not in str(told(found[1]))
    (found,) = read(export([post(1)], settings=[{"key": "is_private", "value": "false"}]))
    assert found.state == State.PUBLISHED
