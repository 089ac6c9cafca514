"""The text of Markdown files of other systems, as editors write it here."""

import re
import zoneinfo

import pytest

from articles import text
from articles.transfer import places, reading
from articles.transfer.frontmatter import blocks

ISTANBUL = zoneinfo.ZoneInfo("Europe/Istanbul")
PNG = b"\x89PNG\r\n\x1a\n"
CONFIG = {
    "Jekyll": {"_config.yml": "url: https://old.example\nbaseurl: /blog\npermalink: pretty\n"},
    "Hugo": {"hugo.toml": "baseURL = 'https://old.example/'\n"},
    "Pelican": {"pelicanconf.py": "SITEURL = 'https://old.example'\n"},
    "Eleventy": {"eleventy.config.js": ""},
    "Markdown": {},
}
PLACES = {
    "Jekyll": "_posts/2024-01-02-a.md",
    "Hugo": "content/posts/a/index.md",
    "Pelican": "content/x/a.md",
    "Eleventy": "posts/a.md",
    "Markdown": "x/a.md",
}
HEADS = {"Hugo": "+++\ntitle = 'T'\ndate = 2024-01-02\n+++\n", "Pelican": "Title: T\nDate: 2024-01-02\n\n"}
YAML = "---\ntitle: T\ndate: 2024-01-02\n---\n"


def taken(folder, body, dialect="Markdown", more=None):
    """Return the Document of a text in a place of that `dialect`, with the files `more` beside it."""
    files = CONFIG[dialect] | {PLACES[dialect]: HEADS.get(dialect, YAML) + body} | (more or {})
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return next(each for each in reading.documents(folder, ISTANBUL) if each.place == PLACES[dialect])


def words(document):
    return [note.words for note in document.notes]


PLAIN = """
A paragraph with *emphasis*, a [link](https://example.org/a_(b)), `code {{ x }} ![a](b)` and a note.[^1]

## A part

| Year | bcm |
|------|----:|
| 2015 | 27  |

```python
{{< youtube x >}} {% post_url y %} ![a](b.png) <iframe src="x"></iframe>
- a
```

~~~~
```
not the end {{ a }}
~~~~

    indented {% raw %} ![a](b)

- item

    continued

1. one
2. two

Term
:   Meaning, with `{{ y }}`

> A quotation

[ref]: https://example.org/ "Title"

A [reference][ref].

*[bcm]: billion cubic metres

[^1]: The note, of two paragraphs.

    The second.
""".strip()


@pytest.mark.parametrize("dialect", CONFIG)
def test_what_editors_write_stays_as_it_is(dialect, tmp_path):
    document = taken(tmp_path, PLAIN, dialect)
    assert document.body == PLAIN
    assert document.notes == ()


@pytest.mark.parametrize(
    ("dialect", "picture", "address"),
    [
        ("Jekyll", "assets/a b.png", "/blog/assets/a%20b.png"),
        ("Jekyll", "assets/a b.png", "{{ site.baseurl }}/assets/a%20b.png"),
        ("Jekyll", "assets/ab.png", '{{ "/assets/ab.png" | relative_url }}'),
        ("Jekyll", "assets/ab.png", "{% link assets/ab.png %}"),
        ("Jekyll", "assets/ab.png", "https://old.example/blog/assets/ab.png"),
        ("Jekyll", "_posts/ab.png", "ab.png"),
        ("Hugo", "content/posts/a/ab.png", "ab.png"),
        ("Hugo", "content/posts/a/ab.png", "./ab.png"),
        ("Hugo", "static/img/ab.png", "/img/ab.png"),
        ("Hugo", "assets/img/ab.png", "img/ab.png"),
        ("Pelican", "content/img/ab.png", "{static}/img/ab.png"),
        ("Pelican", "content/x/ab.png", "{attach}ab.png"),
        ("Pelican", "content/img/ab.png", "|filename|/img/ab.png"),
        ("Eleventy", "public/img/ab.png", "/img/ab.png"),
        ("Markdown", "x/img/ab.png", "img/ab.png"),
        ("Markdown", "img/ab.png", "../img/ab.png"),
        ("Markdown", "x/Kırım.png", "K%C4%B1r%C4%B1m.png"),
        ("Markdown", "x/a b.png", "<a b.png>"),
    ],
)
def test_pictures_are_found_where_they_lie(dialect, picture, address, tmp_path):
    document = taken(tmp_path, f"![A map]({address} \"From 'above'\")", dialect, {picture: PNG})
    assert document.body == "![A map](import:0 \"From 'above'\")"
    (image,) = document.pictures
    assert (image.place, image.alt, image.caption, image.read()) == (picture, "A map", "From 'above'", PNG)
    assert document.notes == ()


def test_pictures_in_all_their_forms(tmp_path):
    body = (
        "![one](a.png)\n\n![two][ref] ![ref][]\n\n[![three](a.png 'cap')](https://example.org/)\n\n[![four](a.png)](a.png)\n\n"
        '<img src="a.png" alt="five" title="t">\n\n<figure>\n  <img src="a.png" alt="six">\n  <figcaption>A <b>caption</b></figcaption>\n'
        '</figure>\n\n<p align="center"><img src=a.png></p>\n\n[ref]: a.png "The title"\n'
    )
    document = taken(tmp_path, body, more={"x/a.png": PNG})
    shown = re.findall(r"!\[[^\]]*\]\(import:\d+[^)]*\)", document.body)
    assert len(shown) == 8
    told = {(image.alt, image.caption) for image in document.pictures}
    assert told == {
        ("one", ""), ("two", "The title"), ("ref", "The title"), ("three", "cap"), ("four", ""), ("five", "t"),
        ("six", "A caption"), ("", ""),
    }  # fmt: skip
    assert "<" not in document.body
    assert re.search(r"\[!\[three\]\(import:\d \"cap\"\)\]\(https://example.org/\)", document.body)


def test_pictures_that_cant_be_taken_become_links_and_are_told(tmp_path):
    body = (
        "![remote](https://cdn.example/a.png)\n![gone](gone.png)\n![drawn](d.svg)\n![](//cdn.example/b.gif)\n"
        "[![in a link](https://cdn.example/c.png)](https://example.org/)\n![data](data:image/png;base64,AAAA)\n"
        "![out](../../../etc/passwd.png)"
    )
    document = taken(tmp_path, body, more={"x/d.svg": "<svg/>"})
    assert document.pictures == ()
    assert document.body == (
        "[remote](https://cdn.example/a.png)\ngone\ndrawn\n[b.gif](//cdn.example/b.gif)\n"
        "[in a link](https://example.org/)\ndata\nout"
    )
    assert [note.line for note in document.notes] == [5, 6, 7, 8, 9, 10, 11]


def test_links_lead_to_where_readers_had_the_texts(tmp_path):
    other = {"_posts/2023-05-06-other.md": "---\ntitle: O\npermalink: /my/other/\n---\nx", "files/a.pdf": "x"}
    body = (
        "[a]({% post_url 2023-05-06-other %}#part) [b](2023-05-06-other.md) [c]({% link _posts/2023-05-06-other.md %})\n"
        "[d](https://old.example/blog/tags/?x=1#y) [e](/blog/files/a.pdf) [f](#here) [g](mailto:a@example.org) [h](../)\n"
        "[i]({% post_url 2001-01-01-no %}) <a href='2023-05-06-other.md'>j</a>"
    )
    document = taken(tmp_path, body, "Jekyll", other)
    assert document.body == (
        "[a](/blog/my/other/#part) [b](/blog/my/other/) [c](/blog/my/other/)\n"
        "[d](/blog/tags/?x=1#y) [e](https://old.example/blog/files/a.pdf) [f](#here) [g](mailto:a@example.org) [h](/blog/2024/01/02/)\n"
        "[i](#2001-01-01-no) <a href='/blog/my/other/'>j</a>"
    )
    assert [(note.line, note.words.partition(":")[0]) for note in document.notes] == [
        (6, "A link leads to a file, and only pictures are taken"),
        (7, "A link leads to a text that is not there"),
    ]


def test_shortcodes_of_hugo(tmp_path):
    more = {"content/posts/b.md": "+++\ntitle='B'\n+++\n", "content/posts/a/p.png": PNG}
    body = (
        '{{< youtube dQw4 >}}\n{{< youtube id="abc" title="A talk" >}}\n{{< vimeo 12 >}}\n{{< tweet user="ann" id="34" >}}\n'
        '{{< gist ann 56 >}}\n\n{{< figure src="p.png" alt="A map" caption="The map" attr="Ann" >}}\n\n'
        '[B]({{< ref "b.md#x" >}}) [B]({{< relref "/posts/b" >}}) [C]({{< ref "no.md" >}})\n\n'
        "{{< highlight go >}}\nx := {{< y >}}\n{{< /highlight >}}\n\n{{% notice info %}}\nKept *words*.\n{{% /notice %}}\n\n"
        '{{< chart data="1,2" >}}\n\n`{{< youtube code >}}` {{</* shown */>}}\n\n{{< odd src="https://x.example/1" >}}'
    )
    document = taken(tmp_path, body, "Hugo", more)
    assert document.body == (
        "<https://www.youtube.com/watch?v=dQw4>\n[A talk](https://www.youtube.com/watch?v=abc)\n<https://vimeo.com/12>\n"
        '<https://twitter.com/ann/status/34>\n<https://gist.github.com/ann/56>\n\n![A map](import:0 "The map (Ann)")\n\n'
        "[B](/posts/b/#x) [B](/posts/b/) [C](#no.md)\n\n```go\nx := {{< y >}}\n```\n\nKept *words*.\n\n"
        "`{{< youtube code >}}` {{< shown >}}\n\n<https://x.example/1>"
    )
    told = {note.line: note.words for note in document.notes}
    assert set(told) == {5, 6, 7, 13, 19, 23}
    assert told[7] == "What it embeds became a link: {{< vimeo 12 >}} (and 3 more of the kind, lines 8, 9, 27)"
    assert told[23] == 'Left out, for this site doesn\'t know it: {{< chart data="1,2" >}}'


def test_a_figure_with_a_link_keeps_its_picture(tmp_path):
    body = '{{< figure src="a.png" alt="A map" link="/x/" >}}'
    found = taken(tmp_path, body, "Hugo", {"content/posts/a/a.png": PNG})
    assert "import:0" in found.body and "another host" not in " ".join(words(found))
    assert len(found.pictures) == 1


def test_all_that_a_figure_says_is_kept(tmp_path):
    more = {"content/posts/a/a.png": PNG, "content/posts/a/large.jpg": b"\xff\xd8\xff"}
    body = (
        '{{< figure src="a.png" title="The map" caption="By *hand*" attr="Ann" attrlink="https://ann.example/" >}}\n\n'
        '{{< figure src="a.png" alt="Two" caption="See <a href=\\"/x\\">x</a>" link="large.jpg" >}}\n\n'
        '{{< figure src="https://cdn.example/b.png" alt="B" caption="Cap" link="/there/" >}}\n\n'
        '{{< figure src="a.png" attr="Bob" link="https://bob.example/" >}}\n'
    )
    found = taken(tmp_path, body, "Hugo", more)
    assert found.body == (
        '![](import:0 "The map. By hand (Ann, https://ann.example/)")\n\n![Two](import:1 "See x")\n\n'
        '[B (Cap)](/there/)\n\n[![](import:2 "Bob")](https://bob.example/)'
    )
    assert words(found) == [
        'Of the caption of a picture the words stay: See <a href="/x">x</a>',
        "A picture of another host became a link: https://cdn.example/b.png.",
    ]


def test_links_to_pictures_show_them_below(tmp_path):
    body = (
        "See [the map](a.png) and [the *other*](b.jpg 'T') here.\n\n[Alone](a.png)\n\n- [one](a.png)\n- [two](gone.png)\n\n"
        "Then [drawn](d.svg), [paper](p.pdf), [a](https://x.example/a.png), [b](/x/gone.html) <img src='no.png' alt='Words'>"
    )
    found = taken(tmp_path, body, more={"x/a.png": PNG, "x/b.jpg": PNG, "x/d.svg": "", "x/p.pdf": ""})
    assert found.body == (
        "See the map and the *other* here.\n\n![the map](import:0)\n\n![the *other*](import:1)\n\n"
        '![Alone](import:2 "Alone")\n\n- one\n- two\n\n![one](import:3)\n\n'
        "Then drawn, paper, [a](https://x.example/a.png), [b](/x/gone.html) Words"
    )
    below = "A link to a picture became its words, and the picture is shown below: x/a.png"
    assert words(found)[0] == f"{below} (and 2 more of the kind, lines 7, 9)"
    assert len(words(found)) == 6
    html = text.render(found.body).html
    assert html.count("<img") == 4 and "<a href" in html


@pytest.mark.parametrize(
    "fence", ["```go {linenos=true}", "``` go {hl_lines=1}", '```go title="x.go"', "```{.go}", "  ```go", "```go"]
)
def test_code_with_attributes_stays_code(fence, tmp_path):
    indent = fence[: len(fence) - len(fence.lstrip())]
    found = taken(tmp_path, f"Before.\n\n{fence}\n{indent}# no heading [x](/y)\n{indent}````\n\nAfter.", "Hugo")
    html = text.render(found.body).html
    assert "<h" not in html and "<a" not in html
    assert "# no heading [x](/y)" in html and "<p>After.</p>" in html


def test_tags_of_liquid(tmp_path):
    body = (
        "{% include youtube.html id='x1' %} {% gist ann/7 %} {{ page.title }} {{ site.time }}\n"
        "{% raw %}{{ kept }} {% kept %}{% endraw %}\n{% comment %}\nno ![a](b)\n{% endcomment %}\n"
        "{% if x %}yes{% else %}no{% endif %}\n\n{% highlight ruby linenos %}\nputs '{% x %}'\n{% endhighlight %}\n\n"
        '{% include figure.html src="/assets/p.png" alt="Alt" caption="Cap" %}\n\n* TOC\n{:toc}\n\n'
        "## Heading {#id}\n\nA paragraph.\n{: .class #id}\n\n~~struck~~\n"
    )
    document = taken(tmp_path, body, "Jekyll", {"assets/p.png": PNG})
    assert document.body == (
        "<https://www.youtube.com/watch?v=x1> <https://gist.github.com/ann/7> T \n{{ kept }} {% kept %}\n\nyesno\n\n"
        "```ruby\nputs '{% x %}'\n```\n\n![Alt](import:0 \"Cap\")\n\n## Heading\n\nA paragraph.\n\n<del>struck</del>"
    )
    assert [note.line for note in document.notes] == [5, 5, 5, 7, 10, 24]


def test_tables_and_lists_of_html_become_markdown(tmp_path):
    body = (
        "Before\n\n<table>\n<tr><th>Year</th><th>Map</th></tr>\n<tr><td>2015</td><td><img src='a.png' alt='A'></td></tr>\n</table>\n\n"
        "<ul><li>one <b>two</b><ul><li>deep</li></ul></li></ul>\n\n<h2>Head</h2>\n\n![B](b.png) after"
    )
    document = taken(tmp_path, body, more={"x/a.png": PNG, "x/b.png": PNG})
    assert "| 2015 | ![A](import:0) |" in document.body
    assert "- one **two**\n    - deep" in document.body
    assert "\n## Head\n" in document.body
    assert document.body.endswith("![B](import:1) after")
    assert [image.place for image in document.pictures] == ["x/a.png", "x/b.png"]


def test_posts_of_html_are_converted(tmp_path):
    html = (
        "---\ntitle: H\n---\n<p>Some <em>text</em>, <a href='{% post_url 2023-05-06-other %}'>other</a>.</p>\n<pre>{{ x }}</pre>\n"
        "{% include youtube.html id='x1' %}\n<p><img src='/assets/a.png' alt='A'></p>\n<script>evil()</script>"
    )
    files = CONFIG["Jekyll"] | {"_posts/2024-01-02-h.html": html, "_posts/2023-05-06-other.md": "---\ntitle: O\n---\nx"}
    taken(tmp_path, "x", "Jekyll", files | {"assets/a.png": PNG, "index.html": "---\n---\n{{ content }}"})
    found = {each.place: each for each in reading.documents(tmp_path)}
    assert "index.html" not in found
    body = found["_posts/2024-01-02-h.html"].body
    assert body.startswith("Some *text*, [other](/blog/2023/05/06/other/).\n\n```\n{{ x }}\n```")
    assert "<https://www.youtube.com/watch?v=x1>" in body
    assert body.endswith("![A](import:0)")
    assert any("evil" in note.words or "script" in note.words for note in found["_posts/2024-01-02-h.html"].notes)


def test_tags_of_nunjucks(tmp_path):
    body = "{% image './p.png', 'Alt words' %}\n\n{% set base = '/img' %}{% youtube 'x1' %} ![b]({{ base }}/q.png) {{ '/about/' | url }}"
    document = taken(tmp_path, body, "Eleventy", {"posts/p.png": PNG, "public/img/q.png": PNG})
    assert document.body == ("![Alt words](import:0)\n\n<https://www.youtube.com/watch?v=x1> ![b](import:1) /about/")


def test_html_that_the_site_drops_is_told(tmp_path):
    body = (
        '<iframe width="1" src="https://player.example/1"></iframe>\n\n<script src="https://x.example/a.js"></script>\n\n'
        '<style>p { color: red }</style>\n\n<video controls><source src="https://x.example/v.mp4">No video</video>\n\n'
        "<div class='note'>\n\nKept *words* and H<sub>2</sub>O.<br>\n\n</div>\n\n<details><summary>More</summary>\n\nHidden.\n\n</details>\n\n"
        "<marquee>Moving</marquee> <!-- a comment -->\n\n`<script>` and 1 < 2 > 0, Promise<string>\n"
    )
    document = taken(tmp_path, body)
    assert document.body == (
        "<https://player.example/1>\n\n[No video](https://x.example/v.mp4)\n\nKept *words* and H<sub>2</sub>O.<br>\n\n"
        "**More**\n\nHidden.\n\nMoving <!-- a comment -->\n\n`<script>` and 1 < 2 > 0, Promise&lt;string>"
    )
    assert [note.line for note in document.notes] == [5, 7, 9, 11, 13, 19, 25]


@pytest.mark.parametrize(
    ("written", "here"),
    [
        ("Text:\n- a\n- b", "Text:\n\n- a\n- b"),
        ("- a\n  - b\n    - c\n- d", "- a\n    - b\n        - c\n- d"),
        ("1) a\n2) b", "1. a\n2. b"),
        ("1. a\n   - b\n\n     more\n2. c", "1. a\n    - b\n\n        more\n\n2. c"),
        ("- a\n\n  more\n\nafter", "- a\n\n    more\n\nafter"),
        ("Text\n| a | b |\n|---|---|\n| 1 | 2 |", "Text\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        ("1. a\n\n   more\n2. b", "1. a\n\n    more\n\n2. b"),
        (
            "- x\n\n> Text:\n> - a\n>   - b\n>\n> > deep\n\nafter",
            "- x\n\n> Text:\n>\n> - a\n>     - b\n>\n> > deep\n\nafter",
        ),
        ("A year\n1984. was", "A year\n1984. was"),
        ("- a\nlazy\n- b", "- a\nlazy\n- b"),
        ("* a\n    * b\n        * c", "* a\n    * b\n        * c"),
        ("-5 degrees\n*emphasis*", "-5 degrees\n*emphasis*"),
    ],
)
def test_lists_and_tables_of_commonmark_are_seen_here_too(written, here):
    assert blocks.as_blocks(written) == here


def test_code_within_a_list_stays_code_there(tmp_path):
    body = "1. One:\n   ```sh\n   a {{ b }}\n\n     c\n   ```\n2. Two\n\n```sh\nout\n```"
    document = taken(tmp_path, body, "Jekyll")
    assert document.body == "1. One:\n\n        a {{ b }}\n\n          c\n\n2. Two\n\n```sh\nout\n```"
    html = text.render(document.body).html
    assert "<code>a {{ b }}\n\n  c\n</code>" in html
    assert html.count("<ol>") == 1


def test_links_within_the_page_lead_to_its_headings(tmp_path):
    body = "[a](#own) [b](#%C3%B6nemli-nokta) [c](#Two-Words) [d](#elsewhere)\n\n## Başlık {#own}\n\n## Önemli nokta\n\nTwo words\n---"
    document = taken(tmp_path, body, "Hugo")
    assert document.body.startswith("[a](#baslik) [b](#onemli-nokta) [c](#two-words) [d](#elsewhere)\n\n## Başlık\n")
    assert document.notes == ()


def test_bare_addresses_become_links_where_they_were(tmp_path):
    body = (
        'See https://example.org/a, `https://example.org/b`, [x](https://example.org/c "at https://example.org/d") and\n'
        "[https://example.org/e](https://example.org/f) <https://example.org/g>.\n\n[r]: https://example.org/h\n"
    )
    document = taken(tmp_path, body, "Hugo")
    assert document.body == body.strip().replace("https://example.org/a,", "<https://example.org/a>,")
    assert taken(tmp_path / "other", body, "Jekyll").body == body.strip()


def test_links_to_files_are_told(tmp_path):
    body = "[a](a.pdf) [b](/files/b.pdf) [c](https://old.example/c.zip) [d](https://example.org/d.pdf)"
    document = taken(tmp_path, body, "Hugo", {"static/files/b.pdf": "x"})
    there = "https://old.example"
    assert document.body == (
        f"[a]({there}/posts/a/a.pdf) [b]({there}/files/b.pdf) [c]({there}/c.zip) [d](https://example.org/d.pdf)"
    )
    assert len(document.notes) == 3


def test_a_heading_that_repeats_the_title_is_not_said_twice(tmp_path):
    assert taken(tmp_path, "# T\n\nText\n\n# T\n").body == "Text\n\n# T"


def test_where_a_summary_ends_is_no_text(tmp_path):
    assert taken(tmp_path, "One\n\n<!--more-->\n\nTwo `<!--more-->`").body == "One\n\nTwo `<!--more-->`"


def test_what_was_taken_renders(tmp_path):
    body = "Text:\n- a\n  - b\n\n<div>\n\n![x](a.png)\n\n</div>\n\n| a |\n|---|\n| ![y](a.png) |\n\n[^1]\n\n[^1]: Note"
    document = taken(tmp_path, body, more={"x/a.png": PNG})
    html = text.render(document.body.replace("import:0", "/pictures/a.png").replace("import:1", "/pictures/b.png")).html
    assert html.count("<img") == 2
    assert html.count("<ul>") == 2
    assert '<li id="fn-1">' in html


def test_a_place_of_many_files_is_read_one_by_one(tmp_path):
    """A document is yielded before the next file is read."""
    for number in range(5):
        (tmp_path / f"{number}.md").write_text("# T\n")
    found = reading.documents(tmp_path)
    next(found)
    (tmp_path / "4.md").unlink()
    assert [type(each).__name__ for each in found] == ["Document"] * 3 + ["Refusal"]


def test_a_picture_that_went_raises_oserror(tmp_path):
    with places.opened(tmp_path):
        document = taken(tmp_path, "![a](a.png)", more={"x/a.png": PNG})
    (tmp_path / "x/a.png").unlink()
    with pytest.raises(OSError, match="can't be read"):
        document.pictures[0].read()
