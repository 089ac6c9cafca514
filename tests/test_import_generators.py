"""Folders as real sites have them: Octopress and Hexo, popular themes of Jekyll and Hugo, Zola, and their near relatives."""

import datetime
import re
import tempfile
import zoneinfo
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import text
from articles.transfer.documents import Document, LeftOut, Refusal, Sort, State
from articles.transfer.frontmatter import blocks

from .test_import_files import PNG, read, words
from .test_import_markdown import taken
from .thorough import times

HEAD = "---\ntitle: T\ndate: 2024-01-02\n---\n"
JPG = b"\xff\xd8\xff"


def one(folder, files, name):
    """Return the Document of the file `name` among `files`."""
    found = read(folder, files)[name]
    assert isinstance(found, Document), found
    return found


# Octopress ------------------------------------------------------------------------------------------------------------

OCTOPRESS = {
    "_config.yml": "url: blog.old.example\nroot: /notes/\npermalink: /blog/:year/:month/:title/\nsource: source\nmarkdown: rdiscount\n",
    "source/images/a.png": PNG,
    "source/downloads/code/x.js": "var a;\n",
    "source/blog/archives/index.html": "---\nlayout: page\n---\n{% for post in site.posts %}{% endfor %}",
}


def octopress(folder, body, head=""):
    name = "source/_posts/2013-04-25-a-page.markdown"
    return one(folder, OCTOPRESS | {name: f"---\ntitle: T\ndate: 2013-04-25 09:30\n{head}---\n{body}"}, name)


def test_a_site_without_a_scheme_has_its_addresses(tmp_path):
    found = octopress(
        tmp_path, "[a]({{ root_url }}/about/) ![b]({{ root_url }}/images/a.png)", "dsq_thread_id:\n  - 1\n"
    )
    assert found.origin == "jekyll:blog.old.example/notes:source/_posts/2013-04-25-a-page.markdown"
    assert found.old_paths == ("/notes/blog/2013/04/a-page/",)
    assert found.body == "[a](/notes/about/) ![b](import:0)"
    assert found.notes == ()


@pytest.mark.parametrize(
    ("tag", "body"),
    [
        ("{% img left /images/a.png Edit Page in Settings Menu %}", "![Edit Page in Settings Menu](import:0)"),
        ("{% img /images/a.png 250 250 Everything's cool%}", "![Everything's cool](import:0)"),
        ('{% img center big /images/a.png 250px "Its title" "Its alt" %}', '![Its alt](import:0 "Its title")'),
        ("{% img right /images/a.png 'flow' %}", "![flow](import:0)"),
        ("{% img right http://x.example/x.png 400 Yo %}", "[Yo](http://x.example/x.png)"),
        ('{% img "/images/a.png", "Words" %}', "![Words](import:0)"),
        ("{% gist 996818 a_file.rb %}", "<https://gist.github.com/996818>"),
        ("{% gist ann/7 %}", "<https://gist.github.com/ann/7>"),
        ("{% video http://x.example/v.mp4 640 320 http://x.example/p.png %}", "<http://x.example/v.mp4>"),
        ("{% jsfiddle ccWP7 %}", "<https://jsfiddle.net/ccWP7/>"),
        ("{% pullquote %}\nAll of {\" this one \"} and more.\n{% endpullquote %}", "All of this one and more."),
        (
            "{% blockquote Alan Kay http://x.example/def?x Its definition %}\nOnly *messages*.\n\n```\n{% x %}\n```\n{% endblockquote %}",
            "> Only *messages*.\n>\n>     {% x %}\n>\n>\n> — Alan Kay, [Its definition](http://x.example/def?x)",
        ),
        ("{% blockquote %}\nNobody.\n{% endblockquote %}", "> Nobody."),
    ],
)  # fmt: skip
def test_tags_of_octopress(tag, body, tmp_path):
    assert octopress(tmp_path, f"Before.\n\n{tag}\n\nAfter.").body == f"Before.\n\n{body}\n\nAfter."


def test_code_of_octopress_is_code(tmp_path):
    body = (
        "{% codeblock An action lang:scala https://x.example/App.scala App.scala %}\n# def * = x _ {{ y }} <b>\n"
        "{% endcodeblock %}\n\n{% codeblock %}\n*plain*\n{% endcodeblock %}\n\n{% include_code Its title lang:js x.js %}\n"
    )
    html = text.render(octopress(tmp_path, body).body).html
    assert html.count("<pre>") == 3
    assert "# def * = x _ {{ y }} &lt;b&gt;" in html and "*plain*" in html and "var a;" in html
    assert "<p>An action, " in html and "<p>Its title</p>" in html


# Hexo -----------------------------------------------------------------------------------------------------------------

HEXO = {
    "_config.yml": "title: N\nauthor: Иван\nlanguage: [ru, en]\ntimezone: Asia/Shanghai\nurl: http://old.example/child\nroot: /child/\n"
    "permalink: :year/:month/:day/:title/\nsource_dir: source\npublic_dir: public\nnew_post_name: :title.md\n",
    "source/_posts/a-text.md": "title: A text\ntags:\n  - AI\n  - 机器\ncategories: []\ndate: 2018-01-20 16:03:00\n---\n"
    "{% asset_img left a.png 100 Some words %}\n![b](a.png)\n{% post_link sub/deep 'the *other*' %} {% post_link deep %} "
    "{% post_link gone \"no more\" %}\n{% link the site https://x.example/ true %}\n\n{% note info The title %}\nA note.\n{% endnote %}\n\n"
    "{% codeblock lang:sh %}\n>*x*\n{% endcodeblock %}\n\n`{% raw %}`\n",
    "source/_posts/a-text/a.png": PNG,
    "source/_posts/sub/deep.md": "---\ntitle: Deep\ndate: 2019/3/5\nupdated: 2020-01-02 03:04:05\ncategories:\n- [Sports, Football]\n- Play\n"
    "thumbnail: /images/t.png\npassword: secret\n---\nx\n",
    "source/images/t.png": PNG,
    "source/_posts/2019-01-02-own.md": "---\ntitle: Own\ndate: 2019-01-02\npermalink: own/address.html\n---\nx\n",
    "source/_drafts/idea.md": "---\ntitle: Idea\n---\nx\n",
    "source/_data/x.md": "x",
    "source/about/index.md": "---\ntitle: About\ndate: 2018-01-01\n---\nx\n",
    "source/tags/index.md": "---\ntitle: Tags\ntype: tags\n---\n",
    "scaffolds/post.md": "---\ntitle: {{ title }}\n---\n",
    "themes/next/_config.yml": "a: b\n",
    "themes/next/docs/x.md": "x",
}  # fmt: skip


def test_hexo(tmp_path):
    found = read(tmp_path, HEXO)
    first = found["source/_posts/a-text.md"]
    assert (first.title, first.themes, first.authors, first.language) == ("A text", ("AI", "机器"), ("Иван",), "ru")
    assert first.published_at == datetime.datetime(2018, 1, 20, 16, 3, tzinfo=zoneinfo.ZoneInfo("Asia/Shanghai"))
    assert first.old_paths == ("/child/2018/01/20/a-text/",)
    assert first.body == (
        "![Some words](import:0)\n\n![b](import:1)\n[the *other*](/child/2019/03/05/sub/deep/) [deep](/child/2019/03/05/sub/deep/) "
        "no more\n[the site](https://x.example/)\n\n**The title**\n\nA note.\n\n```sh\n>*x*\n```\n\n`{% raw %}`"
    )
    assert [each.place for each in first.pictures] == ["source/_posts/a-text/a.png"] * 2
    assert [note.line for note in first.notes] == [10, 13]
    deep = found["source/_posts/sub/deep.md"]
    assert (deep.themes, deep.state) == (("Sports", "Football", "Play"), State.WITHHELD)
    assert deep.lead_picture.place == "source/images/t.png"
    assert found["source/_posts/2019-01-02-own.md"].old_paths == ("/child/own/address.html",)
    assert found["source/_drafts/idea.md"].state == State.DRAFT
    about = found["source/about/index.md"]
    assert (about.sort, about.old_paths) == (Sort.PAGE, ("/child/about/",))
    assert isinstance(found["source/tags/index.md"], LeftOut)
    assert not any(name.startswith(("themes", "scaffolds")) for name in found)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("posts/:abbrlink.html", "/posts/3f2a.html"),
        (":category/:name/", "/Big-Things/2019-01-02-own/"),
        (":post_title/", "/its-title/"),
        (":i_month/:i_day/:title.html", "/1/2/2019-01-02-own.html"),
    ],
)
def test_permalinks_of_hexo(pattern, path, tmp_path):
    name = "source/_posts/2019-01-02-own.md"
    head = "---\ntitle: Its title\ndate: 2019-01-02\nabbrlink: 3f2a\ncategories: [Big Things]\n---\nx"
    files = {"_config.yml": f"source_dir: source\npermalink: {pattern}\n", name: head}
    assert one(tmp_path, files, name).old_paths == (path,)


# Themes of Jekyll -----------------------------------------------------------------------------------------------------


def test_pictures_lie_where_chirpy_looks_for_them(tmp_path):
    name = "_posts/2023-01-02-a.md"
    files = {
        "_config.yml": "lang: tr\ncollections: {tabs: {output: true}}\n",
        "images/deep/1.png": PNG,
        "images/deep/logo.png": PNG,
        "_tabs/tags.md": "---\nlayout: tags\nicon: x\n---\n",
        name: "---\ntitle: T\ndate: 2023-01-02 13:00:00 +/-TTTT\nmedia_subpath: /images/deep/\npin: true\n"
        'image:\n  path: logo.png\n  alt: Logo\n---\n![](1.png){: width="1" }\n\n> Tip\n{: .prompt-tip }\n',
    }
    found = one(tmp_path, files, name)
    assert found.body == "![](import:0)\n\n> Tip"
    assert (found.lead_picture.place, found.lead_picture.alt) == ("images/deep/logo.png", "Logo")
    assert (found.state, found.published_at) == (
        State.PUBLISHED,
        datetime.datetime(2023, 1, 2, 13, tzinfo=zoneinfo.ZoneInfo("Europe/Istanbul")),
    )
    assert words(found) == ["Attributes were left out: {: .prompt-tip }"]
    assert isinstance(read(tmp_path, files)["_tabs/tags.md"], LeftOut)


def test_references_of_yaml_stand_for_what_they_name(tmp_path):
    name = "_posts/2024-01-02-a.md"
    files = {
        "_config.yml": "email: &email a@old.example\nbase: &base {lang: tr, author: B}\nurl: https://old.example\nauthor:\n  name: Ayşe\n"
        "  email: *email\ndefaults:\n  - scope: {path: '', type: posts}\n    values:\n      <<: *base\n      author: Ayşe Kaya\n",
        name: "---\ntitle: T\ntags: &t [Gaz, Petrol]\ncategories: *t\n---\nx",
    }
    found = one(tmp_path, files, name)
    assert (found.authors, found.language, found.themes) == (("Ayşe Kaya",), "tr", ("Gaz", "Petrol"))
    assert found.origin.startswith("jekyll:old.example:")


@pytest.mark.parametrize("head", ["a: &a [*a]", "a: *b", "a: &a {<<: *a}", "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(9)
)])  # fmt: skip
def test_references_of_yaml_without_end_are_refused(head, tmp_path):
    found = read(tmp_path, {"_posts/2024-01-02-a.md": f"---\n{head}\n---\nx"})
    assert "a YAML reference" in found["_posts/2024-01-02-a.md"].words


def test_tags_are_words_where_the_head_says_so(tmp_path):
    name = "_posts/2023-01-02-a.md"
    head = "---\ntitle: T\nrender_with_liquid: false\n---\n"
    assert one(tmp_path, {name: f"{head}Say {{{{ x }}}} {{% if y %}}."}, name).body == "Say {{ x }} {% if y %}."


def test_code_shows_what_is_kept_from_liquid(tmp_path):
    body = "`{% raw %}{{ a }}{% endraw %}`\n\n```\n{% raw %}\n{{ b }}\n{% endraw %}\n```\n\n```\n{% raw %}{{ c }}{% endraw %}\n```"
    assert taken(tmp_path, body, "Jekyll").body == "`{{ a }}`\n\n```\n{{ b }}\n```\n\n```\n{{ c }}\n```"


MISTAKES = """
{% include gallery caption="A gallery." %}

{% include gallery id="others" %}

{% include video id="abc" provider="vimeo" %}

{% include toc %}

{% include note.html content="Mind the *gap*." %}

{% capture notice-text %}
It is *kept*.
{% endcapture %}

<div class="notice--info">
  <h4>Its head:</h4>
  {{ notice-text | markdownify }}
</div>

<div class="row mt-3">
    <div class="col-sm">
        {% include figure.liquid loading="eager" path="assets/1.png" class="img-fluid" %}

    </div>
</div>
<div class="caption">
    Words below it.
</div>

{% details Its title %}
Folded.
{% enddetails %}

Note<d-footnote>Its words.</d-footnote>.
""".strip()


def test_what_minimal_mistakes_and_al_folio_show(tmp_path):
    name = "_posts/2023-01-02-a.md"
    head = (
        "---\ntitle: 'Gas &mdash; <em>who</em> &lt;needs&gt; whom'\nheader:\n  teaser: /assets/no.png\n  overlay_image: /assets/2.png\n"
        "  caption: 'By [Ada](https://x.example)'\nexcerpt: 'A *short* <b>one</b> with [a link](https://x.example) &amp; more'\n"
        "description: Another\ngallery:\n  - image_path: /assets/1.png\n    url: /assets/2.png\n    alt: One\n    title: Its title\n"
        "others:\n  - url: /assets/2.png\n---\n"
    )
    files = {"assets/1.png": PNG, "assets/2.png": JPG, name: head + MISTAKES}
    found = one(tmp_path, files, name)
    assert (found.title, found.summary) == ("Gas — who <needs> whom", "Another")
    assert (found.lead_picture.place, found.lead_picture.caption) == ("assets/2.png", "By Ada")
    assert found.body == (
        '![One](import:0 "Its title")\n\nA gallery.\n\n![](import:1)\n\n<https://vimeo.com/abc>\n\nMind the *gap*.\n\n'
        "## Its head:\n\nIt is *kept*.\n\n![](import:2)\n\nWords below it.\n\n**Its title**\n\nFolded.\n\nNote[^within-1].\n\n"
        "[^within-1]: Its words."
    )
    html = text.render(found.body.replace("import:", "/pictures/")).html
    assert "<pre>" not in html and html.count("<img") == 3


def test_a_summary_is_words(tmp_path):
    name = "_posts/2023-01-02-a.md"
    head = "---\ntitle: T\nexcerpt: 'A *short* <b>one</b> with [a link](https://x.example) &amp; 1 < 2'\n---\nx"
    assert one(tmp_path, {name: head}, name).summary == "A short one with a link & 1 < 2"


def test_what_importers_of_jekyll_wrote(tmp_path):
    name = "_posts/2010-09-24-a.md"
    head = (
        "---\nlayout: post\nstatus: publish\ntitle: T\nauthor:\n  display_name: Toby\n  login: admin\n  email: t@old.example\nauthor_login: admin\n"
        "author_email: t@old.example\nwordpress_id: 319\ndate: '2010-09-24 10:05:39 +0100'\ndate_gmt: '2010-09-24 09:05:39 +0100'\n"
        "modified_time: '2016-05-02T19:39:16.320+07:00'\nblogger_orig_url: http://other.example/2010/09/own.html\n"
        "tags:\n- Tips &amp; Tricks\ncomments: []\n---\nx"
    )
    found = one(tmp_path, {"_config.yml": "permalink: none\n", name: head}, name)
    assert (found.authors, found.themes, found.notes) == (("Toby",), ("Tips & Tricks",), ())
    assert (found.updated_at.year, found.old_paths) == (2016, ("/a.html", "/2010/09/own.html"))


def test_authors_of_jekyll_have_names_in_many_places(tmp_path):
    files = {
        "_config.yml": "authors:\n  ak: {name: Ayşe Kaya}\ncollections: {authors: {output: true}}\n",
        "_data/people.yml": "mk:\n  name: Мария Котова\n",
        "_authors/jane.md": "---\nshort_name: jd\nname: Jane Doe\n---\nx",
        "_posts/2024-01-02-a.md": "---\ntitle: T\nauthors: [ak, mk, jd]\n---\n{% include base_path %}[x]({{ base_path }}/y)",
    }
    found = one(tmp_path, files, "_posts/2024-01-02-a.md")
    assert found.authors == ("Ayşe Kaya", "Мария Котова", "Jane Doe")
    assert (found.body, found.notes) == ("[x](/y)", ())


@pytest.mark.parametrize(
    ("said", "heads"),
    [
        ("markdown: redcarpet", 1),
        ("markdown: kramdown\nkramdown: {input: kramdown}", 1),
        ("markdown: kramdown", 0),
        ("a: b", 0),
    ],
)
def test_a_heading_without_a_space_is_one_where_it_was(said, heads, tmp_path):
    name = "_posts/2024-01-02-a.md"
    found = one(tmp_path, {"_config.yml": f"{said}\n", name: f"{HEAD}Text\n\n##A heading\n\nText"}, name)
    assert text.render(found.body).html.count("<h2") == heads


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("| a | b |\n| c | d |", ("<th></th>", '<td data-label="">a</td>')),
        ("|---|---|\n| A | B |\n|:--|--:|\n| c | d |\n|===|===|\n| e | f |", ("<th>A</th>", "<td data-label=\"A\">e</td>")),
        ("| A | B |\n|---+---|\n| c | d |", ("<th>A</th>", "<td data-label=\"B\">d</td>")),
    ],
)  # fmt: skip
def test_tables_of_kramdown(written, seen, tmp_path):
    html = text.render(taken(tmp_path, f"Text\n\n{written}\n\nText", "Jekyll").body).html
    assert all(each in html for each in seen), html
    assert "===" not in html and html.count("<table") == 1


def test_links_within_a_page_of_old_kramdown_lead_to_its_headings(tmp_path):
    body = "[a](#zgr-yazlm-nedir) [b](#section) [c](#section-1) [d](#part-two)\n\n## Özgür yazılım nedir?\n\n## Газ\n\n## Нефть\n\n## 2. Part two\n"
    found = taken(tmp_path, body, "Jekyll")
    assert found.body.startswith("[a](#ozgur-yazilim-nedir) [b](#gaz) [c](#neft) [d](#2-part-two)\n")


def test_posts_and_pages_of_html_alone(tmp_path):
    files = {
        "_posts/2010-09-24-a.html": "---\ntitle: T\n---\n<p>Some <em>words</em></p>",
        "about.html": "---\nlayout: page\ntitle: About\n---\n<p>We {{ page.title }}</p>",
        "archive.html": "---\ntitle: Archive\n---\n{% for post in site.posts %}<p>x</p>{% endfor %}",
        "index.html": "---\nlayout: home\n---\n<p>x</p>",
        "demo/x.html": "<html></html>",
    }
    found = read(tmp_path, files)
    assert found["_posts/2010-09-24-a.html"].body == "Some *words*"
    about = found["about.html"]
    assert (about.sort, about.body, about.old_paths) == (Sort.PAGE, "We About", ("/about.html",))
    assert isinstance(found["archive.html"], LeftOut)
    assert len(found) == 3


def test_the_folder_of_posts_alone(tmp_path):
    files = {
        "2024-01-02-a.md": f"{HEAD}[b]({{% post_url 2024-01-03-b %}})",
        "deep/2024-01-03-b.html": f"{HEAD}<p>x</p>",
    }
    found = read(tmp_path / "_posts", files)
    assert [each.sort for each in found.values()] == [Sort.ARTICLE] * 2
    assert found["2024-01-02-a.md"].old_paths == ("/2024/01/02/a.html",)
    assert found["2024-01-02-a.md"].body == "[b](/2024/01/02/b.html)"


def test_exports_in_html_are_told(tmp_path):
    (refused,) = read(
        tmp_path, {"posts.csv": "a,b\n", "posts/1.a.html": "<p>x</p>", "posts/2.b.html": "<p>x</p>"}
    ).values()
    assert "Of HTML it has 2 pages" in refused.words


# Hugo -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "body"),
    [
        ('{{< admonition type="tip" title="In short" open=false >}}\nText.\n{{< /admonition >}}', "**In short**\n\nText."),
        ('{{< admonition note "Neden böyle" >}}\nText.\n{{< /admonition >}}', "**Neden böyle**\n\nText."),
        ("{{% notice warning %}}\nText.\n{{% /notice %}}", "Text."),
        ('{{< alert "circle-info" >}}\nText.\n{{< /alert >}}', "Text."),
        ('{{< details summary="Open" >}}\nText.\n{{< /details >}}', "**Open**\n\nText."),
        ('{{% expand "Open me" %}}Text.{{% /expand %}}', "**Open me**\n\nText."),
        ('{{< tabs >}}\n{{< tab "macOS" >}}\nText.\n{{< /tab >}}\n{{< /tabs >}}', "**macOS**\n\nText."),
        ('{{< quote source="Ada" url="https://x.example" >}}Text{{< /quote >}}', "> Text\n>\n> — Ada, <https://x.example>"),
        ('{{< link "https://x.example" "Words" >}} {{< button href="https://y.example" >}}Press{{< /button >}}',
         "[Words](https://x.example) [Press](https://y.example)"),
        ("{{< mermaid >}}\ngraph LR; A-->B\n{{< /mermaid >}}", "```mermaid\ngraph LR; A-->B\n```"),
        ('{{< gallery match="img/*.png" >}}', "![](import:0)\n\n![](import:1)"),
        (
            '{{< code language="css" title="A snippet" >}}\npre { a: *b*; }\n{{< /code >}}',
            "A snippet\n\n```css\npre { a: *b*; }\n```",
        ),
        ('{{< wide-image src="img/1.png" title="Its title" >}}', '![](import:0 "Its title")'),
        ("{{< param title >}} {{< bilibili BV1 >}}", "T <https://www.bilibili.com/video/BV1>"),
    ],
)  # fmt: skip
def test_boxes_and_quotations_of_hugo(written, body, tmp_path):
    more = {"content/posts/a/img/1.png": PNG, "content/posts/a/img/2.png": PNG, "content/posts/a/other.png": PNG}
    assert taken(tmp_path, f"Before.\n\n{written}\n\nAfter.", "Hugo", more).body == f"Before.\n\n{body}\n\nAfter."


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        ("Hugo", 'One {{< sidenote "right" "words" >}}\nSaid *aside*.\n{{</ sidenote >}} two.'),
        ("Hugo", 'One words{{< sidenote "Said *aside*." >}} two.'),
        ("Jekyll", "One words{% marginnote 'an-id' 'Said *aside*.' %} two."),
        ("Jekyll", "{% newthought 'One words' %}{% sidenote 'an-id' \"Said *aside*.\" %} two."),
    ],
)
def test_what_stood_in_the_margin_is_a_note(dialect, written, tmp_path):
    found = taken(tmp_path, written, dialect)
    assert (found.body, found.notes) == ("One words[^aside-1] two.\n\n[^aside-1]: Said *aside*.", ())


def test_words_that_an_include_is_given_stay(tmp_path):
    body = (
        "{% capture notes %}\nMind *this*.\n{% endcapture %}\n{% include callout.html content=notes type='x' %}\n\n"
        '{% include aside.html text="\nAnd this." %}\n\n{% include odd.html message="That too." %}\n\n{{ site.motto }}\n\n'
        "{%\n  include image.html\n  img='/assets/a b.png' description='Its words' %}"
    )
    more = {"_config.yml": "motto: Ours is this\n", "assets/a b.png": PNG}
    assert taken(tmp_path, body, "Jekyll", more).body == (
        'Mind *this*.\n\nAnd this.\n\nThat too.\n\nOurs is this\n\n![](import:0 "Its words")'
    )


def test_what_a_capture_says_by_expressions_stays(tmp_path):
    body = "{% capture at %}{{ '/a.png' | relative_url }}{{ page.sum | times: 2 }}{% endcapture %}\n![A]({{ at }})"
    found = taken(tmp_path, body, "Jekyll", {"a.png": PNG})
    assert found.body == "![A](import:0)"
    assert words(found) == ["Left out, for this site doesn't know it: {{ page.sum | times: 2 }}"]


@pytest.mark.parametrize(
    "body",
    [
        "{% capture a %}twice {% endcapture %}\n" + "{% capture a %}{{ a }}{{ a }}{% endcapture %}\n" * 40 + "{{ a }}",
        "{% capture a %}" + "often " * 10_000 + "{% endcapture %}\n" + "{{ a }}\n" * 10_000,
        "{% capture a %}" + "often " * 10_000 + "{% endcapture %}\n" + "{% include x.html text=a %}\n" * 10_000,
        "{{ page.big }}\n" * 10_000,
        '{% include gallery id="shown" %}\n' * 10_000,
        "{% include_code Its title a.txt %}\n" * 10_000,
    ],
)
def test_what_is_put_in_again_and_again_is_more_than_is_read(body, tmp_path):
    shown = "".join(f"  - {{url: /{number}.png, title: {'x' * 500}}}\n" for number in range(90))
    head = f"---\ntitle: T\nbig: {'x' * 10_000}\nshown:\n{shown}---\n"
    files = OCTOPRESS | {"source/downloads/code/a.txt": "x\n" * 20_000, "source/_posts/2013-04-25-a.md": head + body}
    found = read(tmp_path, files)["source/_posts/2013-04-25-a.md"]
    assert isinstance(found, Refusal) and "more characters than are read" in found.words


def test_addresses_of_hugo_go_by_the_date_of_a_text_not_the_day_it_came_out(tmp_path):
    head = '+++\ntitle = "T"\nslug = "t"\ndate = 2022-02-03\npublishDate = 2023-05-06\n+++\nx\n'
    conf = 'baseURL = "https://old.example/"\n[permalinks]\nposts = "/:year/:month/:day/:slug/"\n'
    found = one(tmp_path, {"hugo.toml": conf, "content/posts/a.md": head}, "content/posts/a.md")
    assert (found.old_paths, found.published_at.year) == (("/2022/02/03/t/",), 2023)


def test_heads_of_themes_of_hugo(tmp_path):
    files = {
        "hugo.yaml": "baseURL: https://old.example\ntaxonomies: {tag: etiketler, author: yazarlar}\n",
        "content/authors/admin/_index.md": "---\ntitle: Ayşe Kaya\n---\n",
        "data/authors/blow.json": '{"name": "Мария Котова"}',
        "content/posts/a/index.md": "---\ntitle: T\ndate: 2024-01-02\netiketler: [Gaz]\nyazarlar: [admin, blow, Ada]\nkeywords: [seo]\n"
        "subtitle: Its second title\ndescription: Its description\nhiddenFromSearch: false\nlightgallery: true\n"
        "resources:\n- name: featured-image\n  src: big.png\n---\nx",
        "content/posts/a/big.png": PNG,
        "content/posts/b.md": "---\ntitle: T\ndate: 2024-01-02\nkeywords: [seo]\n---\nx",
        "content/search.md": "---\ntitle: Search\nlayout: search\n---\n",
    }  # fmt: skip
    found = read(tmp_path, files)
    first = found["content/posts/a/index.md"]
    assert (first.themes, first.authors) == (("Gaz",), ("Ayşe Kaya", "Мария Котова", "Ada"))
    assert first.lead_picture.place == "content/posts/a/big.png"
    assert words(first) == ["Nothing is taken of these fields of its head: keywords, subtitle."]
    assert found["content/posts/b.md"].themes == ("seo",)
    assert isinstance(found["content/search.md"], LeftOut)


@pytest.mark.parametrize(
    ("files", "author"),
    [
        ({"_config.yml": "social: {name: Ayşe, links: [x]}"}, "Ayşe"),
        ({"_config.yml": "owner: {name: Ayşe}"}, "Ayşe"),
        ({"_config.yml": "first_name: Ayşe\nmiddle_name: ''\nlast_name: Kaya"}, "Ayşe Kaya"),
        ({"_config.yml": "author: Ayşe\nsocial: {name: B}"}, "Ayşe"),
        ({"hugo.toml": "[params.author]\nname = 'Ayşe'"}, "Ayşe"),
        ({"config/_default/hugo.toml": "defaultContentLanguage = 'tr'", "config/_default/languages.tr.toml": "[params.author]\nname = 'Ayşe'"}, "Ayşe"),
        ({"static/admin/config.yml": "backend: {name: x}"}, None),
    ],
)  # fmt: skip
def test_whose_the_whole_site_is(files, author, tmp_path):
    name = "content/a/b.md" if "_config.yml" not in files else "_posts/2024-01-02-a.md"
    found = read(tmp_path, files | {name: f"{HEAD}x"})
    assert found[name].authors == ((author,) if author else ())
    assert len(found) == 1


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("defaultContentLanguageInSubdir: true\nlanguages: {tr: {}, ru: {}}", "/tr/posts/deep/start/"),
        ("disablePathToLower: true", "/posts/Deep/Start/"),
        ("permalinks: {posts: '/:sections[1:]/:slugorfilename/'}", "/deep/start/"),
        ("permalinks: {posts: '/:sections[last]/:title/'}", "/deep/its-title/"),
        ("permalinks: {posts: '/:sections[:1]/:slug/'}", "/posts/its-title/"),
        ("permalinks: {posts: '/:sections[x]/:slug/'}", None),
    ],
)
def test_addresses_of_hugo(said, path, tmp_path):
    name = "content/posts/Deep/Start.md"
    files = {
        "hugo.yaml": f"defaultContentLanguage: tr\n{said}\n",
        name: "---\ntitle: Its title\ndate: 2024-01-02\n---\nx",
    }
    assert one(tmp_path, files, name).old_paths == ((path,) if path else ())


# Zola, Pelican, Eleventy ----------------------------------------------------------------------------------------------


def test_zola(tmp_path):
    files = {
        "config.toml": "base_url = 'https://old.example'\ndefault_language = 'tr'\ntaxonomies = [{name = 'tags'}]\n"
        "[languages.ru]\n[extra]\nauthor = 'Deniz'\n",
        "content/blog/_index.md": "+++\ntitle = 'Blog'\n+++\n",
        "content/blog/2020-01-02-first.md": "+++\ntitle = 'First'\nupdated = 2020-03-04\n[taxonomies]\ntags = ['git', 'Linux']\n"
        "authors = ['Ada']\n[extra]\ntoc = true\nimage = 'a.png'\n+++\nSee [other](@/blog/other/index.md#part).\n\n"
        '{{ youtube(id="abc", autoplay=true) }}\n\n{% quote(author="Vincent") %}\nA quote\n{% end %}\n\n`{{ x() }}`',
        "content/blog/a.png": PNG,
        "content/blog/other/index.md": "+++\ntitle = 'Other'\ndate = 2020-05-06\nslug = 'own'\naliases = ['old/way.html']\n+++\nx",
        "content/blog/third.ru.md": "+++\ntitle = 'Третья'\ndate = 2020-01-02\npath = 'own/path'\n+++\nx",
    }  # fmt: skip
    found = read(tmp_path, files)
    first = found["content/blog/2020-01-02-first.md"]
    assert (first.themes, first.authors, first.old_paths) == (("git", "Linux"), ("Ada",), ("/blog/first/",))
    assert first.published_at == datetime.datetime(2020, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Istanbul"))
    assert first.lead_picture.place == "content/blog/a.png"
    assert first.body == (
        "See [other](/blog/own/#part).\n\n<https://www.youtube.com/watch?v=abc>\n\n> A quote\n>\n> — Vincent\n\n`{{ x() }}`"
    )
    other = found["content/blog/other/index.md"]
    assert (other.origin, other.authors) == ("zola:old.example:content/blog/other/index.md", ("Deniz",))
    assert other.old_paths == ("/blog/own/", "/old/way.html")
    third = found["content/blog/third.ru.md"]
    assert (third.language, third.old_paths) == ("ru", ("/ru/own/path/",))


def test_pelican_as_it_is_set_up(tmp_path):
    files = {
        "pelicanconf.py": "SITEURL = ''\nAUTHOR = 'Ayşe'\nDEFAULT_CATEGORY = 'Genel'\nARTICLE_URL = '{category}/{slug}.html'\n"
        "FILENAME_METADATA = r'(?P<date>\\d{4}-\\d{2}-\\d{2})_(?P<slug>.*)'\n",
        "publishconf.py": "from pelicanconf import *\nSITEURL = 'https://old.example/blog'\nAUTHOR = ''\n",
        "content/2017-04-05_first.md": "Title: Its title: a long one\n\n{% img left /images/a.png 100 Some words %}\n{% odd tag %}",
        "content/images/a.png": PNG,
        "content/second.md": "---\nTitle: Other: the second\nDate: 2018-01-02 03:04\nTags: x, y\n---\n\nText",
    }
    found = read(tmp_path, files)
    first = found["content/2017-04-05_first.md"]
    assert (first.slug, first.old_paths, first.authors) == ("first", ("/blog/genel/first.html",), ("Ayşe",))
    assert first.origin.startswith("pelican:old.example/blog:")
    assert first.body == "![Some words](import:0)\n\n{% odd tag %}"
    second = found["content/second.md"]
    assert (second.title, second.themes, second.slug) == ("Other: the second", ("x", "y"), "other-the-second")
    assert second.old_paths == ("/blog/genel/other-the-second.html",)
    assert second.body == "Text"


@pytest.mark.parametrize(
    ("program", "path"),
    [
        (
            'export default { tags: ["x"], "permalink": "/notes/{{ id }}/{{ title | slugify }}/" };',
            "/notes/7/its-title/",
        ),
        ("module.exports = { permalink: (data) => data.title };", None),
        ("module.exports = { layout: 'x' };", "/blog/a/"),
    ],
)
def test_addresses_that_a_program_of_eleventy_says(program, path, tmp_path):
    head = "---\ntitle: Its title\nid: 7\ndate: 2024-01-02\n---\nx"
    files = {"eleventy.config.js": "", "blog/blog.11tydata.js": program, "blog/a.md": head}
    assert one(tmp_path, files, "blog/a.md").old_paths == ((path,) if path else ())


def test_pictures_of_those_who_write_with_typora(tmp_path):
    files = {
        "_config.yml": "source_dir: source\n",
        "source/_posts/a.md": f"{HEAD[:-4]}typora-root-url: ..\\pics\n---\n![x](/1.png) ![y](..\\pics\\1.png)",
        "source/pics/1.png": PNG,
    }
    found = one(tmp_path, files, "source/_posts/a.md")
    assert (found.body, found.notes) == ("![x](import:0) ![y](import:1)", ())


def test_pages_of_html_of_pelican(tmp_path):
    page = (
        "<html><head><title>A page</title><meta name='date' content='2012-07-09 22:28'><meta name='keywords' content='x, y'>"
        "<meta name='category' content='Gaz'><meta name='summary' content='Short'></head>\n<body>\n<p>Some <b>words</b></p></body></html>"
    )
    files = {
        "pelicanconf.py": "ARTICLE_PATHS = ['blog']\nTIMEZONE = 'Europe/Moscow'\n",
        "content/blog/a.html": page,
        "content/blog/form.html": "<title>No text</title><body>x</body>",
        "content/other/b.md": "Title: T\n\nx",
    }
    found = read(tmp_path, files)
    first = found["content/blog/a.html"]
    assert (first.title, first.summary, first.themes, first.body) == (
        "A page",
        "Short",
        ("Gaz", "x", "y"),
        "Some **words**",
    )
    assert first.published_at == datetime.datetime(2012, 7, 9, 22, 28, tzinfo=zoneinfo.ZoneInfo("Europe/Moscow"))
    assert isinstance(found["content/other/b.md"], LeftOut) and isinstance(found["content/blog/form.html"], LeftOut)
    found = read(tmp_path, files | {"pelicanconf.py": "READERS = {'html': None}\n"})
    assert "content/blog/a.html" not in found


def test_eleventy_as_it_is_set_up(tmp_path):
    files = {
        "eleventy.config.js": 'export const config = { dir: { input: "content", data: "../_data" } };',
        "_data/metadata.js": 'export default {\n\ttitle: "My Blog",\n\tauthor: {\n\t\tname: "Ada",\n\t\turl: "https://ada.example/"\n\t},\n'
        '\turl: "https://old.example/",\n\tlanguage: "tr",\n}\n',
        "content/blog/b.njk": "---\ntitle: B\n---\n<p>x</p>",
        "content/404.md": "---\npermalink: 404.html\n---\n# Nothing here\n",
        "content/blog/a.md": "---\ntitle: T\ndate: git Last Modified\n---\n{% callout 'info', 'Its title' %}\nText\n{% endcallout %}\n",
    }  # fmt: skip
    found = read(tmp_path, files)
    first = found["content/blog/a.md"]
    assert (first.origin, first.authors, first.language) == ("eleventy:old.example:content/blog/a.md", ("Ada",), "tr")
    assert (first.state, first.published_at, first.body) == (State.PUBLISHED, None, "**Its title**\n\nText")
    assert "Its date was that of its file there, which is not known here." in words(first)
    assert isinstance(found["content/404.md"], LeftOut) and isinstance(found["content/blog/b.njk"], LeftOut)


# Folders of other systems ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("pubDatetime: 2022-09-23T15:22:00Z\nmodDatetime: 2023-01-02T00:00:00Z", ("2022-09-23T15:22:00+00:00", 2023)),
        ("pubDate: 'Jul 08 2022'\nupdatedDate: 'Jul 09 2023'", ("2022-07-08T00:00:00+03:00", 2023)),
        ("date:\n  created: 2022-12-31\n  updated: 2023-01-02", ("2022-12-31T00:00:00+03:00", 2023)),
        ("published_date: 2022-04-05 06:07", ("2022-04-05T06:07:00+03:00", None)),
    ],
)
def test_dates_under_other_names(head, said, tmp_path):
    found = one(tmp_path, {"a/b.md": f"---\ntitle: T\n{head}\n---\nx"}, "a/b.md")
    assert (found.published_at.isoformat(), found.updated_at and found.updated_at.year) == said
    assert (found.state, found.notes) == (State.PUBLISHED, ())


@pytest.mark.parametrize("fence", ["---", "+++"])
def test_a_head_may_begin_below_empty_lines(fence, tmp_path):
    said = "title: T" if fence == "---" else "title = 'T'"
    files = {"hugo.toml": "", "content/a/b.md": f" \n\n{fence}\n{said}\nodd{said[5]} 1\n{fence}\n![a](b.png)\n"}
    found = one(tmp_path, files, "content/a/b.md") if fence == "---" else read(tmp_path, files)["content/a/b.md"]
    if fence == "---":
        assert (found.title, [note.line for note in found.notes]) == ("T", [5, 7, None])
    else:
        assert isinstance(found, Refusal) and found.line == 5


def test_a_slug_may_be_an_address(tmp_path):
    files = {"a/b.md": "---\ntitle: T\nslug: /2016/03/own-name.html\n---\nx"}
    found = one(tmp_path, files, "a/b.md")
    assert (found.slug, found.old_paths) == ("own-name", ("/2016/03/own-name.html",))


@pytest.mark.parametrize("head", ["publish: false", "private: true", "unlisted: true", "isDraft: true"])
def test_what_readers_did_not_see_is_a_draft(head, tmp_path):
    assert one(tmp_path, {"a/b.md": f"---\ntitle: T\n{head}\n---\nx"}, "a/b.md").state == State.DRAFT


def test_a_blog_of_docusaurus(tmp_path):
    files = {
        "blog/authors.yml": "slorber:\n  name: Sébastien\n",
        "blog/2021-08-26-welcome/index.md": "---\ntitle: T\nauthors: [slorber, {name: Joel}]\n---\nOne\n\n<!-- truncate -->\n\n"
        ":::tip My tip\n\nTwo\n\n:::\n\n:::note\nThree\n:::\n\n:::danger[Take care]{.x}\nFour\n:::\n\n```\n:::tip\n```\n",
        "blog/x.mdx": "---\ntitle: X\n---\n",
        "quarto.qmd": "---\ntitle: Q\n---\n",
    }
    found = read(tmp_path, files)
    first = found["blog/2021-08-26-welcome/index.md"]
    assert (first.authors, first.slug, first.published_at.date()) == (
        ("Sébastien", "Joel"), "welcome", datetime.date(2021, 8, 26),
    )  # fmt: skip
    assert first.body == ("One\n\n**My tip**\n\nTwo\n\n**Note**\n\nThree\n\n**Take care**\n\nFour\n\n```\n:::tip\n```")
    assert isinstance(found["blog/x.mdx"], Refusal) and isinstance(found["quarto.qmd"], Refusal)


@pytest.mark.parametrize(
    ("info", "title"),
    [
        ('js title="src/index.js" {1,3}', "src/index.js"),
        ("ruby Title of it https://x.example link", "Title of it https://x.example link"),
        ('go {linenos=true,hl_lines=[1],filename="a b.go"}', "a b.go"),
        ("python:title=app.py", "app.py"),
        ("js {1,3}", None),
        ("go {linenos=true}", None),
        ("bash hl_lines='1 2' copy showLineNumbers", None),
        ("js/2/4", None),
    ],
)
def test_titles_of_code_are_told(info, title, tmp_path):
    found = taken(tmp_path, f"Text\n\n```{info}\nx\n```\n", "Hugo")
    assert words(found) == ([f"The title of a piece of code was left out: {title}"] if title else [])
    assert not title or found.notes[0].line == 7


def test_gitbook(tmp_path):
    files = {
        "a/b.md": '---\ntitle: T\nauthors: [sq]\n---\n{% hint style="info" %}\n**Note** this.\n{% endhint %}\n\n{% tabs %}\n{% tab title="One" %}\n'
        "Words\n{% endtab %}\n{% endtabs %}\n\n![x](<../.gitbook/assets/a b.png>)",
        ".gitbook/assets/a b.png": PNG,
        ".authors.yml": "authors:\n  sq:\n    name: Martin\n",
    }
    found = one(tmp_path, files, "a/b.md")
    assert found.body == "**Note** this.\n\n**One**\n\nWords\n\n![x](import:0)"
    assert found.authors == ("Martin",)


@pytest.mark.parametrize("head", ["external-url", "link", "redirect_to", "externalUrl"])
def test_a_text_that_leads_elsewhere_says_where(head, tmp_path):
    found = one(tmp_path, {"a/b.md": f"---\ntitle: T\n{head}: https://x.example/a\n---\nWords"}, "a/b.md")
    assert found.body == "Words\n\n<https://x.example/a>"
    assert "The address to which it leads as a whole stands at its end: https://x.example/a" in words(found)
    found = one(tmp_path, {"a/b.md": f"---\ntitle: T\n{head}: own\n---\n"}, "a/b.md")
    assert (found.body, words(found)[0]) == ("", f"Nothing is taken of these fields of its head: {head.lower()}.")


def test_many_links_to_a_name_that_many_files_have_are_led_at_once(tmp_path):
    files = {f"{number:03}/x.md": "# X\n\ny" for number in range(200)} | {"a.md": "# A\n\n" + "[[x]] " * 20_000}
    found = one(tmp_path, files, "a.md")
    assert found.body.count("](/articles/x/)") == 20_000
    assert "“x” fits 200 files: it is taken for 000/x.md." in words(found)


def test_tabs_of_mkdocs(tmp_path):
    body = '??? question\n    Folded\n\n=== "Tab A"\n\n    Words *of* A\n\n    - a\n\n=== "Tab B"\n\n    Words of B\n\nAfter'
    assert taken(tmp_path, body).body == (
        "> **Question**\n>\n> Folded\n\n**Tab A**\n\nWords *of* A\n\n- a\n\n**Tab B**\n\nWords of B\n\nAfter"
    )


def test_embeds_of_platforms_for_writers(tmp_path):
    found = taken(tmp_path, "{% embed https://x.example/1 %} {% link https://x.example/2 %}\n\n%[https://x.example/3]")
    assert found.body == "<https://x.example/1> <https://x.example/2>\n\n<https://x.example/3>"


def test_what_only_others_capture_stays(tmp_path):
    body = "{% capture a %}Words{% endcapture %}{{ a }}"
    assert taken(tmp_path, body).body == body
    assert taken(tmp_path / "b", body, "Jekyll").body == "Words"


@pytest.mark.parametrize("dialect", ["Jekyll", "Hugo", "Markdown", "Eleventy"])
def test_what_stands_in_in_html_is_no_code(dialect, tmp_path):
    found = taken(tmp_path, "<div>\n    <div>\n        Some *words*.\n    </div>\n</div>\n\n    code\n", dialect)
    html = text.render(found.body).html
    assert html.count("<pre>") == 1 and "words" in html.partition("<pre>")[0]


def test_of_many_notes_of_a_kind_a_few_are_told_with_the_lines_of_the_others(tmp_path):
    body = "\n\n".join(f"$$x_{number}$$ and {{: .c{number} }}" for number in range(30))
    told = words(taken(tmp_path, body, "Jekyll"))
    assert len(told) == 6
    assert told[4].startswith("A formula is shown as it was typed: x_2 (and 27 more of the kind, lines 11, 13,")
    assert told[4].endswith(", 49, …)")


PIECES = [
    "word ", "\n", "\n\n", "    ", "\t", "> ", "- ", "1. ", "```\n", "`", "## ", "| word | word |\n", "|---|---|\n", "<div>\n", "</div>\n", "<div markdown='1'>",
    "<pre>", "</pre>", "{% codeblock word lang:js %}\n", "{% endcodeblock %}\n", "{% blockquote word http://x.example word %}\n",
    "{% endblockquote %}\n", "{% note info word %}\n", "{% endnote %}\n", "{% raw %}", "{% endraw %}", "{% img left /a.png 1 word %}",
    "{% capture word %}", "{% endcapture %}", "{{ word | markdownify }}", '{{< admonition tip "word" >}}', "{{< /admonition >}}",
    '{{< sidenote "word" >}}', "{{< /sidenote >}}", "{{< code >}}", "{{< /code >}}", "{{ note(title='word') }}", "{% note(a='word') %}",
    "{% end %}", ":::tip word\n", ":::\n", '=== "word"\n\n', "^[word]", "$$word$$", "{: .word }", "[[word]]", "![word](a.png)", "%[https://x.example/]",
]  # fmt: skip
SYSTEMS = {
    "Jekyll": ({"_config.yml": "a: b\n"}, "_posts/2024-01-02-a.md"),
    "Hexo": ({"_config.yml": "source_dir: source\n"}, "source/_posts/a.md"),
    "Hugo": ({"hugo.toml": ""}, "content/a/b.md"),
    "Zola": ({"config.toml": "base_url = 'https://old.example'\n"}, "content/a/b.md"),
    "Pelican": ({"pelicanconf.py": "A = 1\n"}, "content/a/b.md"),
    "Markdown": ({}, "a/b.md"),
}


@pytest.mark.parametrize("system", SYSTEMS)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(max_examples=times(20, 400), deadline=None)
def test_whatever_stands_in_a_text_is_taken(system, pieces):
    files, name = SYSTEMS[system]
    with tempfile.TemporaryDirectory() as folder:
        found = one(Path(folder), files | {name: HEAD + pieces}, name)
    assert not re.search("[\ue100-\ue10f]", found.body + "".join(words(found)))
    assert all(note.line is None or 1 <= note.line <= pieces.count("\n") + 5 for note in found.notes)


@given(
    st.lists(
        st.sampled_from(["<div>", "</div>", "<pre>", "```", "", "    word", "  <p>word</p>", "word"]), max_size=30
    ),
    st.booleans(),
)
@settings(max_examples=times(200, 4_000), deadline=None)
def test_of_html_only_the_space_before_lines_goes(lines, whole):
    flat = blocks.flat_html("\n".join(lines), whole).split("\n")
    assert [line.strip() for line in flat] == [line.strip() for line in lines] or lines == []


# Translations ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "one", "other"),
    [
        ({"hugo.toml": "[languages.en]\n[languages.tr]\n", "content/posts/a.md": HEAD, "content/posts/a.tr.md": HEAD},
         "content/posts/a.md", "content/posts/a.tr.md"),
        ({"hugo.toml": "[languages.en]\ncontentDir='content/en'\n[languages.tr]\ncontentDir='content/tr'\n",
          "content/en/posts/a.md": HEAD, "content/tr/posts/a.md": HEAD},
         "content/en/posts/a.md", "content/tr/posts/a.md"),
        ({"hugo.toml": "[languages.en]\ncontentDir='content/english'\n[languages.tr]\ncontentDir='content/turkish/'\n",
          "content/english/posts/a.md": HEAD, "content/turkish/posts/a.md": HEAD},
         "content/english/posts/a.md", "content/turkish/posts/a.md"),
        ({"hugo.toml": "[languages.en]\n[languages.tr]\n", "content/posts/a.md": "---\ntitle: A\ndate: 2024-01-02\ntranslationKey: gas\n---\nx\n",
          "content/posts/b.tr.md": "---\ntitle: B\ndate: 2024-01-02\ntranslationKey: gas\n---\nx\n"},
         "content/posts/a.md", "content/posts/b.tr.md"),
        ({"_config.yml": "permalink: /:title/\n", "_posts/2024-01-02-a.md": "---\ntitle: A\nlang: en\nref: gas\n---\nx\n",
          "_posts/2024-01-02-b.md": "---\ntitle: B\nlang: tr\nref: gas\n---\nx\n"},
         "_posts/2024-01-02-a.md", "_posts/2024-01-02-b.md"),
        ({"_config.yml": "permalink: /:title/\n", "_posts/2024-01-02-a.md": "---\ntitle: A\nlang: en\npage_id: gas\n---\nx\n",
          "_posts/2024-01-02-b.md": "---\ntitle: B\nlang: tr\npage_id: gas\n---\nx\n"},
         "_posts/2024-01-02-a.md", "_posts/2024-01-02-b.md"),
        ({"pelicanconf.py": "DEFAULT_LANG = 'en'\nPATH = 'content'\n", "content/a.md": "Title: A\nSlug: gas\nDate: 2024-01-02\n\nx\n",
          "content/b.md": "Title: B\nSlug: gas\nLang: tr\nDate: 2024-01-02\n\nx\n"},
         "content/a.md", "content/b.md"),
    ],
)  # fmt: skip
def test_texts_that_say_the_same_in_other_languages_know_of_each_other(tmp_path, files, one, other):
    bodies = {name: content + ("x\n" if content is HEAD else "") for name, content in files.items()}
    found = read(tmp_path, bodies)
    assert found[one].translation_key == found[other].translation_key != ""
    assert found[other].language == "tr"
    assert found[one].language in {"en", ""}
    assert words(found[one]) + words(found[other]) == []


def test_pages_of_a_language_are_pages_whatever_its_folder_is_called(tmp_path):
    told = "[languages.en]\ncontentDir='content/en'\n[languages.tr]\ncontentDir='content/turkish'\n"
    names = [f"content/{folder}/{name}.md" for folder in ("en", "turkish") for name in ("page/about", "us", "posts/a")]
    found = read(tmp_path, {"hugo.toml": told, **dict.fromkeys(names, HEAD + "x\n")})
    sorts = [found[name].sort for name in names]
    assert sorts == [Sort.PAGE, Sort.PAGE, Sort.ARTICLE] * 2


@pytest.mark.parametrize(
    "files",
    [
        {"hugo.toml": "[languages.en]\n[languages.tr]\n", "content/posts/a.md": "---\ntitle: A\nref: Smith 2020\n---\nx\n",
         "content/posts/a.tr.md": "---\ntitle: A\nref: Aksoy 2021\n---\nx\n"},
        {"a.md": "---\ntitle: A\nref: Smith 2020\n---\nx\n", "a.tr.md": "---\ntitle: A\nref: https://example.org/\n---\nx\n"},
    ],
)  # fmt: skip
def test_a_reference_is_no_name_of_a_translation_but_on_sites_of_jekyll(tmp_path, files):
    one, other = read(tmp_path, files).values()
    assert one.translation_key == other.translation_key
    assert [("ref" in " ".join(words(each))) for each in (one, other)] == [True, True]


def test_texts_on_one_thing_elsewhere_are_no_translations(tmp_path):
    head = "---\ntitle: {0}\nlang: {1}\nref: https://example.org/news/1\n---\nx\n"
    files = {f"_posts/2024-01-0{number}-a.md": head.format(number, code) for number, code in enumerate(["en", "tr"], 1)}
    found = read(tmp_path, {"_config.yml": "permalink: /:title/\n", **files}).values()
    assert {each.translation_key for each in found} == {""}
    assert all("ref" in " ".join(words(each)) for each in found)


def test_what_stands_elsewhere_is_no_translation(tmp_path):
    found = read(tmp_path, {"a/x.md": HEAD + "x\n", "b/x.md": HEAD + "x\n", "a/y.md": HEAD + "x\n"})
    assert len({each.translation_key for each in found.values()}) == 3
