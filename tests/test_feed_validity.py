"""Feeds hold whatever an editor can write: every construct of the text, in hundreds of articles, in every format.

FEED_ARTICLES says how many; the whole number, 500, is what CI asks for.
"""

import io
import os
import random
import shutil

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from articles.models import Article, Picture
from articles.models.picture import read_picture

from .feedcheck import Body, entries, examine, held_to_grammar
from .make import ago, change, make_article, make_author, make_series, make_source, make_theme

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not shutil.which("xmllint") and not os.environ.get("REQUIRE_BROWSER"), reason="xmllint is not installed"
    ),
]
COUNT = int(os.environ.get("FEED_ARTICLES", 25))

TABLE = "| Year | Gas & oil | “Share” |\n|---|---:|:-:|\n| 2018 | 47.5 | a<b |\n| 2019 | ≈34 | |\n| 2020 | | *x* |\n"
CONSTRUCTS = [
    "A paragraph with *emphasis*, **strong**, ~~gone~~, `code <b>&amp;` and a line  \nbreak.",
    "## A part & <parcel>\n\n### Deeper “quotes”\n\n#### And deeper",
    "- one\n- two\n    - nested\n    - more\n\n1. first\n2. second\n\n    with a paragraph",
    "> A quotation.\n>\n> > In a quotation, with `code`.\n>\n> - and a list",
    "A note.[^1] And it again.[^1] Another.[^long-name]\n\n[^1]: With *emphasis* and [a link](/themes/syria/).\n[^long-name]: Two\n\n    paragraphs.",
    "Said.[@hub-2022] And more.[@hub-2022, p. 12; @other-2020] Unknown.[@nobody-1999]",
    "[[Syria]], [[syria|the war]], [[article:pipes]], [[article:nowhere]], [[Nothing at all]], {{not:Syria}}.",
    TABLE,
    f"Table: Trade & more\n\n{TABLE}",
    "Term\n:   Its definition.\n:   Another one.\n\nOther\n:   `x`",
    "The NATO and the EU.\n\n*[NATO]: North Atlantic \"Treaty\" <Organization>\n*[EU]: European Union",
    "```python\nif a < b && c > d: print(\"]]>\")\n```\n\n    indented <code>\n\n~~~\nplain\n~~~",
    "![A strait](/pictures/PICTURE)\n\n![Inline](/pictures/PICTURE \"A caption & more\") in a line.\n\n![Gone](/pictures/gone.jpg)",
    "```timeline\n1936-07: The convention. See [[Syria]].\n2022-02-24 – 2022-03-29: *Closed* <b>.\n1900s: No date.\n```",
    *(
        f"```chart\ntype: {kind}\ntitle: Shares & <shares>\nunit: %\nsource: A survey.[@hub-2022]\nnote: “Note”\n\n{TABLE}```"
        for kind in ("line", "area", "bar", "stacked bar", "dot", "slope")
    ),
    "```chart\ntype: line\ntable: Nowhere\n```\n\n```chart\nnonsense\n```\n\n```chart\ntype: bar\n\nA,1\nB,2\n```",
    '<span lang="ar" dir="rtl">مضيق البوسفور</span> and <q lang="tr">söz</q> &nbsp; &shy; &rsquo; &bogus; &#0; &#xD800;',
    '<script>alert(1)</script><iframe src="https://x.example/"></iframe><img src="x.png" onerror="y"><p style="x">x',
    '<a href="javascript:alert(1)">x</a> <a href="relative/path">y</a> <a href="//other.example/x">z</a> <div><p>',
    '<form action="/x"><input name="a"><button>b</button></form><svg><path d="M0"/></svg><video src="/v.mp4"></video>',
    "Control \x0b\x1b\x7f\ufffe characters, a lone \ud800 surrogate, ]]> and <![CDATA[ and --> and <!-- a comment -->.",
    "[a](http://example.com/?a=1&b=2 'A \"title\"') <https://example.com/ü> mailto: <me@example.com> http://bare.example/",
    "[ref][r] and ![ref][r] and [broken][nothing]\n\n[r]: https://example.com/ref 'The <reference>'",
    "Emoji 🇹🇷🇷🇺👩‍👩‍👧, кириллица, İıŞşĞğ, \u202eright to left\u202c, zero\u200bwidth, " + "long" * 60,
    "---\n\n***\n\n\\*escaped\\* \\[x] \\`y\\`",
    "[a](#a-part) <a id=\"mine\">anchor</a> <h2 id=\"fn:1\">x</h2>\n\n## fn:1\n\n## A part & <parcel>",
]  # fmt: skip


@pytest.fixture
def cast():
    """Themes, sources, a picture, a series and the article that texts lead to."""
    out = io.BytesIO()
    Image.new("RGB", (700, 400), "navy").save(out, "JPEG")
    picture = Picture.objects.create(
        file=read_picture(SimpleUploadedFile("x.jpg", out.getvalue())), alt='A "strait" & <sea>', credit="Us & them"
    )
    make_theme("Syria", aliases=["the war"], definition='A "definition" & <more>.')
    make_source("hub-2022", "A “hub” & <more>", creators="Ayşe Yılmaz", url="https://example.com/?a=1&b=2", date="2022")
    make_source("other-2020", "Другое", language="ru")
    make_article("Pipes", slug="pipes", at=ago(days=4_000))
    return {"picture": picture, "series": make_series("A series & more")}


def fill(cast, count):
    """Publish `count` articles of constructs drawn by lot, some changed afterwards, some withdrawn; the lot is fixed."""
    lot = random.Random(20_261_124)
    queue = []
    for number in range(count):
        if not queue:
            queue = lot.sample(CONSTRUCTS, len(CONSTRUCTS))
        chosen, queue = queue[: lot.randint(2, 7)], queue[lot.randint(2, 7) :]
        body = "\n\n".join(chosen).replace("PICTURE", cast["picture"].file.name.rpartition("/")[2])
        article = make_article(
            f"{number} {lot.choice(['A & <b>', '“Quoted”', ']]>', 'Türkiye', 'Россия', '&amp;', 'x' * 180])}",
            slug=f"a-{number}",
            body=body,
            summary=lot.choice(["Why & <how>.", "“Q”", "]]>"]),
            language=lot.choice(["en", "tr", "ru"]),
            themes=lot.sample(["Syria", "Libya", "NATO tensions & <more>"], lot.randint(1, 3)),
            authors=[
                make_author(name) for name in lot.sample(["The editors", "Ayşe & <co>", "Олег"], lot.randint(1, 3))
            ],
            lead_picture=cast["picture"].pk if lot.random() < 0.3 else None,
            series=cast["series"] if lot.random() < 0.3 else None,
            at=ago(days=count - number, minutes=5),
            withdrawn="Wrong & <wrong>." if lot.random() < 0.05 else None,
        )
        if lot.random() < 0.2 and not article.withdrawn_at:
            change(
                article, kind=lot.choice(["update", "correction"]), note="“Why” & <how> ]]>", body=body + "\n\nMore."
            )


@pytest.mark.large
def test_any_construct_in_any_article_is_valid_in_every_format(client, cast, settings):
    settings.HUB_URL = "https://hub.example/?a=1&b=2"
    fill(cast, COUNT)
    public = {article.uid.urn for article in Article.objects.public()}
    assert examine(client, "/").keys() == public
    for place in ("/themes/syria/", "/series/a-series-more/", "/timeline/", "/updates/", "/corrections/"):
        assert examine(client, place), place


@pytest.mark.parametrize(
    ("format", "before", "after"),
    [
        ("atom", b"<id>urn:uuid:", b"<id>my article "),
        ("atom", b"<updated>", b"<updated>yesterday"),
        ("atom", b"<published>", b"<publ></publ><published>"),
        ("atom", b"<name>The editors</name>", b"<name></name>"),
        ("rss", b'isPermaLink="false"', b'isPermaLink="true"'),
        ("rss", b"<pubDate>", b"<pubDate>on "),
        ("rss", b"<item>", b"<item><author>A name</author>"),
        ("rss", b" +0000</pubDate>", b" EST</pubDate>"),
    ],
)
def test_the_grammars_find_faults(client, format, before, after):
    make_article("One")
    document = client.get(f"/feed.{format}").content
    assert held_to_grammar({"x.xml": document}, f"{format}.rng") == []
    assert before in document
    assert held_to_grammar({"x.xml": document.replace(before, after, 1)}, f"{format}.rng") != []


def test_the_rules_find_faults(client):
    for html in ("<p>", "</p>", "<script></script>", '<a href="/x">y</a>', '<a href="#x">y</a>', '<p style="x"></p>'):
        assert Body(html).faults, html
    with pytest.raises(Exception, match="'id' is a required property"):
        entries(
            b'{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{"content_html": "x"}]}', "json"
        )
