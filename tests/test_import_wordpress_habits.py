"""What exports of WordPress hold out there: what plugins, old versions and other systems that write the form make of it."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.transfer import wordpress
from articles.transfer.documents import Document, LeftOut, Refusal, State
from articles.transfer.wordpress import wxr as reader

from .exports import BLOG, Held, attachment, category, item, wxr
from .thorough import times

UPLOADS = f"{BLOG}/wp-content/uploads/2024/01/"
FILES = {f"wp-content/uploads/2024/01/{name}": name.encode() for name in ("a.jpg", "b.jpg", "c.jpg", "c_thumb.jpg")}
LIBRARY = (attachment(5, "2024/01/a.jpg", alt="A"), attachment(6, "2024/01/b.jpg", alt="B"))


def read(content, **files):
    """Return what the reader yields of the export `content`, beside files {path: bytes}."""
    return list(wordpress.documents(Held({"export.xml": content, **files}), "export.xml"))


def one(content, *others, before="", **kw):
    """Return the only `Document` of a post with that `content`; `before` stands among the head's elements."""
    (found,) = [
        each
        for each in read(wxr(item(content=content, **kw), *others, before=before), **FILES)
        if isinstance(each, Document)
    ]
    return found


def said(document):
    """Return all that is told of a document."""
    return " ".join(note.words for note in document.notes)


# The file

PRETTY = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
 <link>
  {BLOG}
 </link>
 <wp:wxr_version>1.2</wp:wxr_version>
 <wp:wp_author><wp:author_login>
   <![CDATA[ayse]]>
  </wp:author_login><wp:author_display_name>
   <![CDATA[Ayşe Yılmaz]]>
  </wp:author_display_name></wp:wp_author>
 <wp:category><wp:category_nicename>
   energy
  </wp:category_nicename><wp:cat_name>Energy</wp:cat_name></wp:category>
 <wp:category><wp:category_nicename>gas</wp:category_nicename><wp:category_parent>
   energy
  </wp:category_parent><wp:cat_name>Gas</wp:cat_name></wp:category>
 <item>
  <title>
   Pipelines
  </title>
  <link>
   {BLOG}/pipelines/
  </link>
  <dc:creator xmlns:dc="x">
   <![CDATA[ayse]]>
  </dc:creator>
  <content:encoded xmlns:content="x">
   <![CDATA[Words [gallery ids="12"]]]>
  </content:encoded>
  <wp:post_id>
   9
  </wp:post_id>
  <wp:status>
   publish
  </wp:status>
  <category domain="category" nicename="gas">
   <![CDATA[Gas]]>
  </category>
  <wp:postmeta><wp:meta_key>
    _wp_old_slug
   </wp:meta_key><wp:meta_value>
    <![CDATA[pipes]]>
   </wp:meta_value></wp:postmeta>
 </item>
 <item>
  <wp:post_id>
   12
  </wp:post_id>
  <wp:post_type>
   attachment
  </wp:post_type>
  <wp:attachment_url>
   {UPLOADS}a.jpg
  </wp:attachment_url>
 </item>
</channel>
</rss>"""


def test_space_around_values_is_none_of_theirs():
    found = read(PRETTY.encode(), **FILES)[0]
    assert (found.title, found.authors, found.themes) == ("Pipelines", ("Ayşe Yılmaz",), ("Gas", "Energy"))
    assert (found.state, found.old_paths) == (State.PUBLISHED, ("/pipelines/", "/?p=9", "/pipes/"))
    assert found.body == "Words\n\n![](import:0)"


@pytest.mark.parametrize(
    "above", [b"\n\n", b"\xef\xbb\xbf\n", b"<br />\n<b>Warning</b>: x in <b>/y.php</b> on line <b>3</b><br />\n"]
)
def test_lines_above_the_beginning_are_passed_over(above):
    content = wxr(item(1, terms=[("x", "y", "Z")]))
    found, plain = read(above + content)[0], read(content)[0]
    assert found.title == "A post"
    assert found.notes[0].line == plain.notes[0].line + above.count(b"\n")
    (refused,) = [each for each in read(above + content.replace(b"</rss>", b"<")) if isinstance(each, Refusal)]
    assert refused.line == content.count(b"\n") + above.count(b"\n")


def test_signs_that_xml_does_not_know_are_read_as_html_has_them():
    told = b"<title>Oil & gas &amp; grain&mdash;&laquo;\xd0\xb4\xd0\xb0&raquo; &nosuch; AT&T &#8211; &lt;b&gt;</title>"
    content = wxr(item(1, title=None, link=None), item(2)).replace(
        b"<dc:creator>", told + b"<link>/a?b=1&c=2</link><dc:creator>", 1
    )
    found = read(content)
    assert [each.title for each in found] == ["Oil & gas & grain—«да» &nosuch; AT&T –", "A post"]


@settings(max_examples=times(60, 400), deadline=None)
@given(
    st.lists(
        st.sampled_from(["&", "&amp;", "&mdash;", "&x", "<![CDATA[", "]]>", "a" * 37, "b", "&#64;", "]]", "<"]),
        max_size=9,
    ),
    st.integers(1, 60),
)
def test_mending_is_the_same_however_the_file_is_cut(parts, size):
    source = "".join(parts).encode()

    def mended(size):
        out, waiting, is_section = [], b"", False
        for place in range(0, len(source), size):
            part, waiting, is_section = reader._without_loose(waiting + source[place : place + size], is_section)
            out.append(part)
        return b"".join(out) + (waiting if is_section else reader._ENTITY.sub(reader._entity, waiting))

    assert mended(size) == mended(len(source) + 1)


SQUARESPACE = """<?xml version="1.0" encoding="UTF-8"?>
<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="d" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<link>https://studio.example</link><wp:wxr_version>1.2</wp:wxr_version>
<item><title>Post</title><link>/journal/2020/1/2/a-post.html</link>
<content:encoded><![CDATA[<figure><noscript><img src="https://cdn.example/x.jpg" alt="X" /></noscript>
<img data-src="https://cdn.example/x.jpg" alt="X" /><figcaption><p>Below</p></figcaption></figure>]]></content:encoded>
<wp:post_name>journal/2020/1/2/a-post.html</wp:post_name><wp:post_id>3</wp:post_id><wp:status>publish</wp:status>
<dc:creator>lale@studio.example</dc:creator></item></channel></rss>"""


def test_an_export_of_squarespace():
    found = read(SQUARESPACE.encode())[0]
    assert (found.slug, found.old_paths) == ("a-post", ("/journal/2020/1/2/a-post.html",))
    assert found.authors == ("lale",)
    assert found.body == "[X](https://cdn.example/x.jpg)\n\nBelow"


def test_html_that_stands_in_the_file_as_elements_is_html():
    inner = '<title>One <em>two</em> three</title><content:encoded><p lang="tr">Kısa <a href="/x?a=1&amp;b=2">söz</a> 1 &lt; 2<br/>son</p></content:encoded>'
    content = wxr(item(title=None, content=None)).replace(b"<link><![CDATA[", inner.encode() + b"<link><![CDATA[")
    (found,) = read(content)
    assert (found.title, found.body) == ("One two three", "Kısa [söz](/x?a=1&b=2) 1 &lt; 2  \nson")


def test_exports_that_other_programs_write():
    found = one(
        "x",
        link=None,
        guid=f"{BLOG}/?p=1",
        wp__post_date_gmt="2026-06-08T20:21:48",
        pubDate="2026-06-08",
        wp__post_modified_gmt="2026-06-09T00:00:00+03:00",
    )
    assert found.old_paths == ("/?p=1",)
    assert found.published_at.isoformat() == "2026-06-08T20:21:48+00:00"
    assert found.updated_at.isoformat() == "2026-06-09T00:00:00+03:00"
    assert one("x", link=None, guid="https://elsewhere.example/a/").old_paths == ()


# What stands beside the text


def test_what_only_subscribers_could_see_is_nobodys():
    found = one("<p>x</p>", meta={"_jetpack_newsletter_access": "paid_subscribers"})
    assert found.state is State.WITHHELD
    assert "paid_subscribers" in said(found)
    assert one("<p>x</p>", meta={"_jetpack_newsletter_access": "everybody"}).state is State.PUBLISHED
    begin, end = (f"<!-- {mark}wp:premium-content/subscriber-view -->" for mark in ("", "/"))
    content = (
        f"<p>All.</p>{begin}<p>Paid <b>words</b></p>{end}<p>End.</p><!--more-->"
        "<!-- wp:jetpack/paywall --><!-- /wp:jetpack/paywall --><p>Behind.</p>"
    )
    found = one(content)
    assert (found.body, found.summary) == ("All.\n\nEnd.", "All. End.")
    assert "not everybody could see was left out: Paid words" in said(found)
    assert "not everybody could see was left out: Behind." in said(found)
    found = one("Open [members_only level='2']<b>Kept</b> words[ref]Note[/ref][/members_only] end[ref]Own[/ref]")
    assert found.body == "Open end[^1]\n\n[^1]: Own"
    assert "Kept words" in said(found)


@pytest.mark.parametrize("gate", ["[members_only]Secret[/members_only]", "[Restrict role='x']Secret[/Restrict]"])
def test_nor_does_a_summary_tell_it(gate):
    for content in (f"Open {gate} words<!--more-->End", f"Open {gate.replace('et[', 'et<!--more-->[')} words"):
        assert (one(content).summary, "Secret" in one(content).body) == ("", False)


def test_nor_does_a_block_that_is_kept_for_several_posts():
    gate = "wp:premium-content/subscriber-view"
    kept = item(9, kind="wp_block", content=f"<p>All.</p><!-- {gate} --><p>Secret</p><!-- /{gate} --><p>End.</p>")
    found = one('<!-- wp:block {"ref":9} /-->', kept)
    assert found.body == "All.\n\nEnd."
    assert "not everybody could see was left out: Secret" in said(found)


def test_captions_and_marks_of_notes_are_no_part_of_a_summary():
    content = (
        'One<sup class="fn"><a href="#a">1</a></sup> two[ref]Note[/ref], m<sup>2</sup>.\n\n<figure><img src="x"><figcaption>Below</figcaption></figure>'
        "\n\n[caption width='3']<img src='x'> Under[/caption]<!--more-->End"
    )
    assert one(content).summary == "One two, m2."


def test_what_a_podcast_plays_is_a_link():
    told = {"enclosure": "https://cdn.example/one.mp3\n123\naudio/mpeg\na:0:{}"}
    assert one("<p>Words.</p>", meta=told).body == "Words.\n\n<https://cdn.example/one.mp3>"
    assert (
        one('<a href="https://cdn.example/one.mp3">Hear</a>', meta=told).body == "[Hear](https://cdn.example/one.mp3)"
    )


def test_what_the_library_says_of_a_file_beside_its_caption_is_told_of():
    described = attachment(7, "2024/01/a.jpg").replace(
        "<content:encoded><![CDATA[", "<content:encoded><![CDATA[From the archive"
    )
    assert any(
        "Descriptions of files" in each.words for each in read(wxr(item(), described)) if isinstance(each, LeftOut)
    )


def test_themes_come_with_what_is_said_of_them_and_where_they_were():
    gas = category("gas", "Gas", "energy").replace(
        "</wp:category>",
        "<wp:category_description><![CDATA[Of <b>pipes</b>.]]></wp:category_description></wp:category>",
    )
    tag = "<wp:tag><wp:tag_slug>%d0%b3%d0%b0%d0%b7</wp:tag_slug><wp:tag_name>Газ</wp:tag_name><wp:tag_description>О нём</wp:tag_description></wp:tag>"
    terms = [("category", "gas", "Gas"), ("post_tag", "%d0%b3%d0%b0%d0%b7", "Газ"), ("category", "lone", "Lone")]
    head = category("energy", "Energy") + gas + tag
    found = one("x", before=head, terms=terms)
    assert [tuple(each) for each in found.told_themes] == [
        ("Gas", "Of pipes.", ("/category/energy/gas/", "/category/gas/")),
        ("Energy", "", ("/category/energy/",)),
        ("Газ", "О нём", ("/tag/газ/",)),
        ("Lone", "", ("/category/lone/",)),
    ]
    assert found.themes == ("Gas", "Energy", "Газ", "Lone")
    assert not one("x", before=head, terms=terms, status="private").told_themes  # nobody is to learn where they were
    elsewhere = (
        wxr(item(terms=terms[2:]))
        .replace(f"<link>{BLOG}</link>".encode(), b"")
        .replace(BLOG.encode() + b"</wp:base", BLOG.encode() + b"/blog</wp:base")
    )
    assert read(elsewhere)[0].told_themes[0].old_paths == ("/blog/category/lone/",)


def test_older_exports_tell_the_category_above_by_its_name():
    found = one(
        "x",
        before=category("life", "Life &amp; Art") + category("film", "Film", "Life &amp; Art"),
        terms=[("category", "film", "Film")],
    )
    assert [(each.name, each.old_paths[0]) for each in found.told_themes] == [
        ("Film", "/category/life/film/"),
        ("Life & Art", "/category/life/"),
    ]


def test_what_is_the_same_of_many_texts_is_told_once():
    items = [
        item(n, content=f'<img src="{UPLOADS}{n}.jpg">', terms=[("category", "uncategorized", "Uncategorized")])
        for n in (1, 2, 3)
    ]
    found = read(wxr(*items))
    told = " ".join(each.words for each in found if isinstance(each, LeftOut))
    assert "“Uncategorized” says nothing: 3 texts are here without it." in told
    assert "None of the pictures that its texts show is in the source (3)" in told
    assert all(len(each.notes) == 1 for each in found if isinstance(each, Document))
    assert "None of the pictures" not in " ".join(
        each.words
        for each in read(wxr(item(content=f'<img src="{UPLOADS}a.jpg">')), **FILES)
        if isinstance(each, LeftOut)
    )


# Pictures


def test_a_link_to_the_page_of_a_picture_leads_to_the_picture():
    shown = f'<img src="{UPLOADS}a-150x150.jpg" alt="t">'
    library = attachment(5, "2024/01/a.jpg").replace("/2024/01/post-5/", "/2024/01/post-1/a/")
    for address in (f"{BLOG}/2024/01/post-1/a/", "/2024/01/post-1/a/", f"{BLOG}/?attachment_id=5"):
        assert one(f'<a rel="attachment wp-att-5" href="{address}">{shown}</a>', library).body == "![t](import:0)"
    found = one(f'<a href="{BLOG}/2024/01/post-1/b/">{shown}</a>', library)
    assert found.body == "[![t](import:0)](/2024/01/post-1/b/)"


def test_the_whole_picture_is_taken_that_a_smaller_one_leads_to():
    found = one(f'<a href="{UPLOADS}c.jpg"><img src="{UPLOADS}c_thumb.jpg" alt="t"></a>')
    assert [(each.place.rpartition("/")[2], each.alt) for each in found.pictures] == [("c.jpg", "t")]


def test_files_told_from_the_root_stay_at_their_blog():
    found = one(
        '<a href="/wp-content/uploads/2024/01/x.pdf">x</a> <a href="/about/">y</a> <img src="/wp-content/uploads/2024/01/z.jpg">'
    )
    assert found.body == f"[x]({UPLOADS}x.pdf) [y](/about/) [z.jpg]({UPLOADS}z.jpg)"
    assert "x.pdf" in said(found)


def test_pictures_of_one_blog_of_several_are_known_by_its_own_paths():
    library = attachment(5, "2024/01/a.jpg", alt="A", caption="Below")
    for folder in ("sites/8/2024/01/", "2024/01/"):
        content = wxr(item(content=f'<img src="{BLOG}/wp-content/uploads/sites/8/2024/01/a-300x200.jpg">'), library)
        found = read(content, **{f"wp-content/uploads/{folder}a.jpg": b"a"})[0]
        assert [(each.alt, each.caption, each.read()) for each in found.pictures] == [("A", "Below", b"a")]


# Shortcodes

CASES = [
    ("[slideshare id=1212832&amp;doc=x-phpapp01]", "<https://www.slideshare.net/slideshow/embed_code/1212832>"),
    ("[dailymotion id=x8abc]", "<https://www.dailymotion.com/video/x8abc>"),
    ('[vimeo video_id="51589652" width="4"]', "<https://vimeo.com/51589652>"),
    ("[tweet 1234567]", "<https://twitter.com/i/status/1234567>"),
    ("[gist]https://gist.github.com/a/1[/gist]", "<https://gist.github.com/a/1>"),
    ("[youtube https://youtu.be/abc&w=640]", "<https://youtu.be/abc>"),
    ('[su_youtube url="https://youtu.be/abc"]', "<https://youtu.be/abc>"),
    ("[audio https://x.example/a.mp3|titles=Song]", "<https://x.example/a.mp3>"),
    ("[polldaddy poll=1234567]", "<https://poll.fm/1234567>"),
    ("<p>https://x.example/talk</p>", "<https://x.example/talk>"),
    ('<object><param name="movie" value="http://www.youtube.com/v/abc&fs=1"><embed src="http://www.youtube.com/v/abc&fs=1"></object>',
     "<https://www.youtube.com/watch?v=abc>"),
    ("[cpp]#include <vector>[/cpp]", "```cpp\n#include <vector>\n```"),
    ('[cc lang="ruby"]puts "<b>"[/cc]', '```ruby\nputs "<b>"\n```'),
    ('<pre lang="php" line="1">if ($a < 3) { echo "<b>hi</b>"; }\n\n<<<EOT\n</pre>\n\nEnd', '```php\nif ($a < 3) { echo "<b>hi</b>"; }\n\n<<<EOT\n```\n\nEnd'),
    ('<pre lang="bash" escaped="true">a &gt;&gt; <b>b</b></pre>', "```bash\na >> b\n```"),
    ('<pre class="lang:php decode:true">&lt;?php</pre>', "```php\n<?php\n```"),
    ('<pre class="EnlighterJSRAW" data-enlighter-language="js">a</pre>', "```js\na\n```"),
    ("It does:\n<code>.a {\n  b: c;\n}</code>\nand more", "It does:\n\n```\n.a {\n  b: c;\n}\n```\n\nand more"),
    ('<pre class="prism lang-php" data-lang="PHP"><code>echo 1;</code></pre>', "```php\necho 1;\n```"),
    ('<pre lang="go"><code>a &lt; b</code></pre>', "```go\na < b\n```"),
    ('<!-- wp:kevinbatdorf/code-block-pro {"code":"let a","language":"js"} -->\n<div><span role="button" class="code-block-pro-copy-button">'
     '<pre class="code-block-pro-copy-button-pre" aria-hidden="true"><textarea>let a</textarea></pre></span><pre class="shiki nord" tabindex="0"><code>'
     '<span class="line"><span>let</span> a</span></code></pre></div>\n<!-- /wp:kevinbatdorf/code-block-pro -->', "```js\nlet a\n```"),
    ('<!-- wp:ub/panel {"panelTitle":"Why \\u003cem\\u003eso\\u003c/em\\u003e?","color":"two words"} -->\n<p>Since.</p>\n<!-- /wp:ub/panel -->', "**Why <em>so</em>?**\n\nSince."),
    ('<!-- wp:ub/tabs {"tabsTitle":["A \\u0026 b","C"]} -->\n<p>Words</p>\n<!-- /wp:ub/tabs -->', "**A & b**\n\n**C**\n\nWords"),
    ('<!-- wp:kadence/pane {"title":"One & two"} -->\n<div><b>One &amp;</b> two<p>Words</p></div>\n<!-- /wp:kadence/pane -->', "**One &** two\n\nWords"),
    ('<!-- wp:tab {"label":"First"} -->\n<section><p>Words</p></section>\n<!-- /wp:tab -->', "**First**\n\nWords"),
    ('<!-- wp:playlist --><figure><ol><!-- wp:playlist-track {"id":1,"src":"https://x.example/a.mp3","artist":"A. Singer","title":"A song","image":"https://x.example/a.png"} /--></ol>'
     "</figure><!-- /wp:playlist -->", "1. [A song](https://x.example/a.mp3)"),
    ('<!-- wp:x/card {"url":"https://x.example/","title":"Title","text":"Some more words","label":"Label"} /-->', "[Label](https://x.example/)\n\nTitle\n\nSome more words"),
    ('<!-- wp:x/card {"text":"This \\u0026amp; that"} /-->', "This & that"),
    ('<!-- wp:core/social-link {"url":"https://x.example/","service":"x"} /-->', "<https://x.example/>"),
    ('<!-- wp:acf/box {"name":"acf/box","data":{"lead":"Kept in it","_lead":"field_1"}} -->\n<p>Words</p>\n<!-- /wp:acf/box -->', "Kept in it\n\nWords"),
    ("Do\n\n<code>one <x>\ntwo</code>\n\nand <code>a\nb</code>", "Do\n\n```\none \ntwo\n```\n\nand `a b`"),
    ('See [contact-form-7 id="12" title="Contact form 1"] this', "See this"),
    ("[toc]Words[clear]", "Words"),
    ('[vc_row][vc_column width="1/2"][vc_custom_heading text="Big head"][vc_column_text]Some <b>text</b>\n\nMore[/vc_column_text]'
     '[vc_btn title="Press" link="url:https%3A%2F%2Fx.example%2Fa|title:Go|target:%20_blank|"][/vc_column][/vc_row]',
     "## Big head\n\nSome **text**\n\nMore\n\n[**Press**](https://x.example/a)"),
    ('[vc_gallery type="image_grid" images="5,6"]', "![A](import:0)\n\n![B](import:1)"),
    ('[vc_toggle title="Why ``so``?"]Since.[/vc_toggle]', '**Why "so"?**\n\nSince.'),
    (f"[vc_raw_html]{base64.b64encode(quote('<p>Raw <b>words</b></p>').encode()).decode()}[/vc_raw_html]", "Raw **words**"),
    ('[et_pb_section][et_pb_row][et_pb_text]One[/et_pb_text][et_pb_blurb title="Head" url="https://x.example/" image="{}b.jpg"]Two[/et_pb_blurb]'
     '[et_pb_button button_url="https://y.example/" button_text="Click"][/et_pb_button][/et_pb_row][/et_pb_section]'.replace("{}", UPLOADS),
     "One\n\n![Head](import:0)\n\n**Head**\n\n[Two](https://x.example/)\n\n[Click](https://y.example/)"),
    ('[et_pb_testimonial author="A. Person" job_title="Head"]Praise[/et_pb_testimonial]', "Praise\n\nA. Person\n\nHead"),
    (f'[fusion_imageframe image_id="5|full" alt="Alt" link="https://x.example/"]{UPLOADS}a.jpg[/fusion_imageframe]', "[![Alt](import:0)](https://x.example/)"),
    ('[fusion_button link="https://x.example/b" title="" target="_self"]Button words[/fusion_button]', "[Button words](https://x.example/b)"),
    (f"[av_image src='{UPLOADS}a.jpg' attachment='5' caption='yes']Below it[/av_image]", "![A](import:0)\n\nBelow it"),
    ("[av_button label='Press' link='manually,https://x.example/']", "[Press](https://x.example/)"),
    ('[su_quote cite="Somebody" url="https://x.example/"]Said[/su_quote] then', "Said\n\n[Somebody](https://x.example/)\n\nthen"),
    ("[dropcap]W[/dropcap]ord", "Word"),
    ('So [wpv-view name="list-posts"] [posts author="admin" source="db" heading="h3"] it [team name="Ayşe Yılmaz" position="Editor"] is', "So it Ayşe Yılmaz Editor is"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "wanted"), CASES)
def test_shortcodes_of_plugins_say_what_they_show(content, wanted):
    assert one(content, *LIBRARY).body == wanted


def test_words_that_a_text_puts_in_a_block_of_several_are_kept():
    block = item(9, kind="wp_block", content="<!-- wp:paragraph -->\n<p>Every day</p>\n<!-- /wp:paragraph -->")
    found = one('<!-- wp:core/block {"ref":9,"content":{"Line":{"content":"Only <em>here</em>"}}} /-->', block)
    assert found.body == "Every day\n\nOnly *here*"
    assert "A block of the editor is kept as its words" in str(found.notes)


def test_what_only_lays_texts_out_is_told_once():
    content = (
        "[vc_row][vc_column width='1/2']One[/vc_column][vc_column width='1/3']Two[/vc_column][/vc_row][vc_separator]"
    )
    *texts, told = read(wxr(item(1, content=content), item(2, content="[vc_row]Three[/vc_row]")))
    assert [each.body for each in texts] == ["One\n\nTwo", "Three"]
    assert not [note for each in texts for note in each.notes]
    assert "vc_row (2), vc_column (1), vc_separator (1)" in told.words


def test_tables_kept_for_several_posts_stand_in_them():
    def kept(number, key, rows, options="{}"):
        meta = {"_tablepress_export_table_id": key, "_tablepress_table_options": options}
        return item(number, kind="tablepress_table", content=rows, meta=meta, title=f"Table {key}")

    tables = (
        kept(20, "3", '[["Year","Trade | all"],["2020","<b>1</b>\\nmore"]]'),
        kept(21, "4", '[["a","b"]]', '{"table_head":false}'),
    )
    found = one("See:\n\n[table id=3 /]\n\n[table id=4 /] [table id=9 /]", *tables)
    assert found.body == (
        "See:\n\n| Year | Trade \\| all |\n| --- | --- |\n| 2020 | **1**<br>more |\n\n|  |  |\n| --- | --- |\n| a | b |"
    )
    assert "[table id=9 /]" in said(found)
    told = read(wxr(item(content="[table id=3]"), *tables))[1:]
    assert ["tablepress_table" in each.words for each in told] == [True]
    assert not [
        each for each in read(wxr(item(content="[table id=3][table id=4]"), *tables)) if isinstance(each, LeftOut)
    ]
    for foul in ("{", "[1]", '{"a":1}', "null", "[[[1]]]", "[" * 5000):
        assert one("x [table id=3 /]", kept(20, "3", foul), kept(21, "4", "[]", foul)).body.startswith("x")


def test_pictures_of_galleries_that_are_nowhere_are_told_of():
    found = one("[gallery ids='5,77'] [gallery]", LIBRARY[0])
    assert found.body == "![A](import:0)"
    assert "number 77" in said(found)
    assert "tells of none" in said(found)


@pytest.mark.parametrize("shown", ["[gallery]", f"[gallery ids='{','.join(map(str, range(100, 700)))}']"])
def test_galleries_of_many_pictures_are_taken_whole(shown):
    library = [attachment(number, f"2024/01/{number}.jpg", parent=1) for number in range(100, 700)]
    assert one(shown, *library).body.count("](") == 600


def test_of_a_gallery_of_too_many_pictures_is_told(monkeypatch):
    monkeypatch.setattr("articles.transfer.wordpress.shortcodes.MOST_PICTURES", 2)
    found = one("[gallery]", *(attachment(number, f"2024/01/{number}.jpg", parent=1) for number in (5, 6, 7)))
    assert found.body.count("](") == 2 and "more than 2 pictures" in said(found)


def test_space_in_a_caption_is_passed_over_at_once():
    found = one(f'[caption]{" " * 200_000}<img src="{UPLOADS}a.jpg">{" " * 200_000}Its words[/caption]', LIBRARY[0])
    assert (found.body, found.pictures[0].caption) == ("![A](import:0)", "Its words")


ATTRIBUTES = [
    "title='слово'",
    'text="слово"',
    "url='https://x.example/слово'",
    "link='слово'",
    "images='1,2'",
    "image='9'",
    "h2='a слово'",
    "cite='слово b'",
]
KINDS = [
    "vc_cta",
    "et_pb_blurb",
    "fusion_button",
    "av_heading",
    "su_quote",
    "button",
    "box",
    "vc_gallery",
    "fusion_imageframe",
]


@settings(max_examples=times(60, 400), deadline=None)
@given(st.sampled_from(KINDS), st.lists(st.sampled_from(ATTRIBUTES), max_size=4), st.sampled_from(["", "слово", "<p>слово</p>", f"{UPLOADS}a.jpg", "a\n\nслово"]))  # fmt: skip
def test_no_word_of_any_shortcode_is_lost(kind, attributes, inner):
    found = one(f"[{kind} {' '.join(attributes)}]{inner}[/{kind}]")
    words = {each.partition("=")[0] for each in attributes} & {
        "title",
        "text",
        "h2",
        *(["cite"] if "quote" in kind or "blurb" in kind else []),
    }
    assert found.body.count("слово") + found.body.count("%D1%81%D0%BB") >= len(words) + inner.count("слово")
    assert f"[{kind} " in said(found) or not attributes


def test_what_polylang_ties_together_is_a_translation():
    def post(number, code, group):
        terms = [("language", code, code), ("category", "gas", "Gas")]
        terms += [("post_translations", group, group)] if group else []
        return item(number, terms=terms)

    content = wxr(post(1, "en", "pll_1"), post(2, "tr", "pll_1"), post(3, "ru", "pll_2"), post(4, "en", ""))
    found = [each for each in read(content) if isinstance(each, Document)]
    assert [(each.language, each.translation_key) for each in found] == [
        ("en", f"wordpress:{BLOG}#pll_1"), ("tr", f"wordpress:{BLOG}#pll_1"), ("ru", f"wordpress:{BLOG}#pll_2"), ("en", ""),
    ]  # fmt: skip
    assert {each.themes for each in found} == {("Gas",)}
