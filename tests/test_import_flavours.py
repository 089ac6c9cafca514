"""What the Markdown of other systems says in words of its own, seen as readers here see it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import text
from articles.transfer import reading
from articles.transfer.frontmatter import blocks
from articles.transfer.frontmatter.masks import Text

from .test_import_markdown import ISTANBUL, PNG, taken, words
from .thorough import times


def shown(body, tmp_path, dialect="Markdown", more=None):
    """Return the HTML that readers see of a `body` that was taken."""
    return text.render(taken(tmp_path, body, dialect, more).body).html


@pytest.mark.parametrize("dialect", ["Jekyll", "Hugo", "Eleventy", "Markdown"])
@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("One\\\ntwo", "<p>One<br>\ntwo</p>"),
        ("> one  \n> two", "<p>one<br>\ntwo</p>"),
        ("- one  \n  two", "<li>one<br>"),
        ("- [ ] to do\n- [x] done", "<li>☐ to do</li>\n<li>☑ done</li>"),
        ("~~struck~~", "<del>struck</del>"),
        ("> [!NOTE]\n> Words.", "<p><strong>Note</strong></p>\n<p>Words.</p>"),
        ("> [!warning]- Beware\n> Words.", "<p><strong>Beware</strong></p>\n<p>Words.</p>"),
        ("#energy is no heading", "<p>#energy is no heading</p>"),
        ("[a] [b]\n\n[a]: https://a.example/\n[b]: https://b.example/", '>a</a> <a href="https://b.example/">b</a>'),
        ("[a] [b]\n\n[b]: https://b.example/", '[a] <a href="https://b.example/">b</a>'),
        ("##energy is none", "<p>##energy is none</p>"),
        ("> a\n- b", "</blockquote>\n<ul>\n<li>b</li>"),
        ("> a\n| x | y |\n|---|---|\n| 1 | 2 |", "</blockquote>\n"),
        ("It cost $$ once.\n\nAnd *now* $$ more.", "<p>It cost $$ once.</p>\n<p>And <em>now</em> $$ more.</p>"),
        ('<iframe title="a > b" src="https://x.example/v"></iframe>', '<p><a href="https://x.example/v">'),
        ("   ## A heading\n\nText", '<h2 id="a-heading">A heading</h2>'),
        (r"1\~2 \"so\" \$5 \<b> AT\&T \= \@ann", '<p>1~2 "so" $5 &lt;b&gt; AT&amp;T = @ann</p>'),
        (r"[a](https://x.example/ 'say \"so\"')", '<a href="https://x.example/" title="say "so"">'),
        ("- a\n\n\t- b\n\n\t\tmore", "<li>\n<p>b</p>\n<p>more</p>"),
        ("- a\n\n\t```\n\tcode\n\t```", "<pre><code>code\n</code></pre>"),
        ("[a](https://x.example/ (its title))", '<a href="https://x.example/" title="its title">a</a>'),
        ("1. a\n\n   > b\n\n2. c", "<li>\n<p>a</p>\n<blockquote>\n<p>b</p>\n</blockquote>\n</li>\n<li>\n<p>c</p>"),
        ("| a | b |\n|---|---|\n| `x\\|y` | z \\| w |", '<code>x|y</code></td>\n<td data-label="b">z | w</td>'),
        ("- a\n  > b", "<blockquote>\n<p>b</p>"),
        ("Sum:\n\n$$\n\\sum_{i} x_i * y_i\n$$", "<pre><code>\\sum_{i} x_i * y_i\n</code></pre>"),
        (
            "[@smith2004, p. 3] and [@ann](https://x.example/)",
            '<p>[@smith2004, p. 3] and <a href="https://x.example/">@ann',
        ),
    ],
)
def test_what_only_others_know_is_seen(dialect, written, seen, tmp_path):
    assert seen in shown(written, tmp_path, dialect).replace("&quot;", '"')


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        (
            "> ```python\n> {{< youtube x >}} [^1]\n>\n> # no heading\n> ```\n> after",
            "{{&lt; youtube x &gt;}} [^1]\n\n# no heading",
        ),
        ("> text\n> ~~~\n> {{< x >}}\n\n{{< youtube y >}}", "<pre><code>{{&lt; x &gt;}}"),
        ("> > ```\n> > {{< x >}}\n> > ```", "<blockquote>\n<blockquote>\n<pre><code>{{&lt; x &gt;}}"),
        ("> - item\n>\n>   ```\n>   {{< x >}}\n>   ```", "<li>item<pre><code>{{&lt; x &gt;}}"),
        ("> - item\n> ```\n> {{< x >}}\n> ```", "<pre><code>{{&lt; x &gt;}}"),
        ("- > quoted\n  > ```\n  > {{< x >}}\n  > ```", "<p>quoted</p>\n<pre><code>{{&lt; x &gt;}}"),
        ("- item\n\n      {{< x >}} code", "<pre><code>{{&lt; x &gt;}} code"),
        ("10. item\n\n        {{< x >}}", "<pre><code>{{&lt; x &gt;}}"),
        ("1. ```bash\n   {{< x >}}\n\n   more\n   ```\n2. two", "<pre><code>{{&lt; x &gt;}}\n\nmore\n</code></pre>"),
        ("Text\n- a\n  - ~~~\n    {{< x >}}\n    ~~~\n- c", "<ul>\n<li>\n<pre><code>{{&lt; x &gt;}}"),
        (">     {{< x >}} code", "<pre><code>{{&lt; x &gt;}} code"),
    ],
)
def test_code_is_code_wherever_it_stands(written, seen, tmp_path):
    html = shown(written, tmp_path, "Hugo")
    assert seen in html
    assert "`" not in html
    assert ("youtube.com" in html) == ("youtube y" in written)


def test_code_between_ticks_on_a_line_of_its_own_stays_in_its_item(tmp_path):
    assert "<code>only words</code>" in shown("- one\n\n  ```only words```", tmp_path)


def test_what_others_hide_is_left_out_and_told(tmp_path):
    jekyll = taken(tmp_path, "{::comment}\nsecret\n{:/comment}\n\nText.\n^\nMore.", "Jekyll")
    assert jekyll.body == "Text.\n\nMore."
    assert words(jekyll) == ["A comment was left out: secret"]
    plain = taken(
        tmp_path / "b", "Text %%secret\nwords%% and ==marked== words^[A *note*, [a](https://b.example).]. 5%%"
    )
    assert plain.body == ("Text  and marked words[^within-1]. 5%%\n\n[^within-1]: A *note*, [a](https://b.example).")
    assert words(plain) == ["A comment was left out: secret words"]


def test_attributes_of_blocks_are_told(tmp_path):
    hugo = taken(tmp_path, "Text.\n{.lead #x}\n\n## Head {#own .big}\n\n[to it](#own)", "Hugo")
    assert hugo.body == "Text.\n\n## Head\n\n[to it](#head)"
    assert words(hugo) == ["Attributes were left out: {.lead #x}"]
    pelican = taken(tmp_path / "b", "## Head {: #own}\n\nText.\n{: .lead }", "Pelican")
    assert pelican.body == "## Head\n\nText."


def test_links_by_name_lead_to_texts_or_are_words(tmp_path):
    more = {
        "Notes/Black Sea.md": "---\ntitle: The Black Sea\n---\nx",
        "files/Map.png": PNG,
        "x/b.md": "x",
    }
    body = (
        "[[black sea]], [[Notes/Black Sea|the sea]], [[Black Sea#The Straits]], [[#Here]], [[Nowhere|words]], `[[code]]`\n\n"
        "![[Map.png|The map|300]] ![[b]]\n\n## Here\n\n| a |\n|---|\n| [[b\\|cell]] |"
    )
    found = taken(tmp_path, body, more=more)
    assert found.body == (
        "[black sea](/articles/black-sea/), [the sea](/articles/black-sea/), "
        "[Black Sea > The Straits](/articles/black-sea/#the-straits), [Here](#here), words, `[[code]]`\n\n"
        "![The map](import:0) [b](/articles/b/)\n\n## Here\n\n| a |\n|---|\n| [cell](/articles/b/) |"
    )
    assert words(found) == [
        "A link by name leads to no text that is taken: Nowhere",
        "A text that was shown within this one became a link: b",
    ]
    assert shown("See [[Energy]].", tmp_path / "b", "Hugo") == "<p>See [[Energy]].</p>"


def test_links_to_files_of_one_name_lead_to_the_one_that_is_meant(tmp_path):
    more = {f"{folder}/note.md": f"---\ntitle: N\nslug: of-{folder[-1]}\n---\nx" for folder in ("n/a", "n/b", "y")}
    found = taken(tmp_path, "[[b/note]] [[note]]", more=more)
    assert found.body == "[note](/articles/of-b/) [note](/articles/of-a/)"
    assert words(found) == ["“note” fits 3 files: it is taken for n/a/note.md."]
    more = {f"{folder}/note.md": "x" for folder in "pq"}  # of which the second will have another address here
    found = taken(tmp_path / "b", "[[p/note]] [[q/note]] [there](../q/note.md)", more=more)
    assert found.body.startswith("[note](/articles/note/) note ")
    assert "A link by name leads to no text that is taken: q/note" in words(found)


def test_files_with_spaces_in_their_names_are_found(tmp_path):
    more = {"x/My trip.md": "---\ntitle: T\n---\nx", "x/my pic.png": PNG}
    found = taken(tmp_path, "[words](<My trip.md>) ![x](<my pic.png>)\n\n[r]\n\n[r]: <My trip.md>", more=more)
    assert found.body.startswith("[words](/articles/my-trip/) ![x](import:0)")
    assert "&lt;" not in found.body


def test_bare_addresses_within_brackets_or_with_brackets_are_whole(tmp_path):
    body = (
        "See https://example.org/a_(b), (https://example.org/c) and <span title=https://example.org/d>d</span>. "
        "[e](https://example.org/e)"
    )
    assert taken(tmp_path, body, "Hugo").body == body.replace(
        "https://example.org/a_(b)", "<https://example.org/a_(b)>"
    ).replace("(https://example.org/c)", "(<https://example.org/c>)")


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("Words.\n\n## A part\n\nMore.", "A"),
        ("- one\n- two\n---\n\nMore.", "A"),
        ("> said\n---\n\nMore.", "A"),
        ("Words.\n\n# Named\n\nMore.", "Named"),
        ("Words.\n\nNamed\n=====\n\nMore.", "Named"),
        ("## Named\n\nMore.", "Named"),
        ("**Named**\n---\n\nMore.", "Named"),
    ],
)
def test_a_text_is_called_by_a_heading_that_is_its_title(body, title, tmp_path):
    (tmp_path / "a.md").write_text(body)
    (found,) = reading.documents(tmp_path, ISTANBUL)
    assert found.title == title
    assert "More." in found.body


def test_bare_addresses_without_a_scheme_and_of_people_become_links(tmp_path):
    body = "See www.example.org/a_b, or write to ann@example.org. [www.a.example](https://a.example) x@y"
    assert taken(tmp_path, body, "Hugo").body == (
        "See [www.example.org/a_b](http://www.example.org/a_b), or write to <ann@example.org>. "
        "[www.a.example](https://a.example) x@y"
    )


@pytest.mark.parametrize("dialect", ["Pelican", "Markdown"])
def test_what_is_set_apart_is_a_quotation_with_its_title(dialect, tmp_path):
    body = 'Before.\n\n!!! note "The title"\n    Words.\n\n    More {{ x }}.\n\n        code\n\nAfter.\n\n!!! warning\n    Beware.'
    assert taken(tmp_path, body, dialect).body == (
        "Before.\n\n> **The title**\n>\n> Words.\n>\n> More {{ x }}.\n>\n>     code\n\nAfter.\n\n> **Warning**\n>\n> Beware."
    )


def test_the_language_of_code_and_the_anchors_of_obsidian_are_no_words(tmp_path):
    assert taken(tmp_path, "Text:\n\n    :::python\n    print(1)\n", "Pelican").body == "Text:\n\n    print(1)"
    note = taken(tmp_path / "c", "Text:\n\n    :::python\n    print(1)\n\n{% x %}{{< odd >}}", "Pelican").notes[0]
    assert note.line == 9
    assert taken(tmp_path / "b", "A block. ^abc123\n\n2 ^2").body == "A block.\n\n2 ^2"


def test_a_shortcode_leads_to_the_language_that_it_names(tmp_path):
    more = {
        "hugo.toml": "defaultContentLanguage = 'en'\n[languages.en]\n[languages.tr]\n",
        "content/posts/b.md": "+++\ntitle='B'\n+++\n",
        "content/posts/b.tr.md": "+++\ntitle='B'\n+++\n",
    }
    body = '[en]({{< ref "b" >}}) [tr]({{< ref path="b" lang="tr" >}})'
    assert taken(tmp_path, body, "Hugo", more).body == "[en](/posts/b/) [tr](/tr/posts/b/)"


@pytest.mark.parametrize(
    ("dialect", "config"),
    [
        ("Hugo", {"hugo.toml": "[markup.goldmark.renderer]\nhardWraps = true\n"}),
        ("Jekyll", {"_config.yml": "kramdown: {hard_wrap: true}\n"}),
    ],
)
def test_lines_end_where_they_ended_there(dialect, config, tmp_path):
    body = "One\ntwo\n- a\n  b\n- c\n\n> q\n> r\n\n# H\ntext\n\n| a |\n|---|\n| b |\n"
    assert taken(tmp_path, body, dialect, config).body == (
        "One  \ntwo\n\n- a  \n    b\n- c\n\n> q  \n> r\n\n# H\ntext\n\n| a |\n|---|\n| b |"
    )


MARKS = [
    "> ",
    ">",
    "- ",
    "1. ",
    "```\n",
    "~~~\n",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "word",
    "`",
    "[^1]",
    "\\",
    "|",
    "#",
    "$$",
    "[[",
    "]]",
    "%%",
    "^[",
]


@given(st.lists(st.sampled_from(MARKS), max_size=40).map("".join))
@settings(max_examples=times(100, 2_000), deadline=None)
def test_no_word_is_lost_between_lists_quotations_and_code(body):
    aside = Text(body, 1)
    value = blocks.as_blocks(aside.value, aside.kept)
    aside.value = value
    assert len(re.findall("word", aside.finished())) == body.count("word")
