"""Markdown in, safe HTML out."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import text
from articles.text import diff
from articles.text.inspect import inspect
from articles.text.merge import merge
from articles.text.safe import sanitise

from .thorough import times


def html(body):
    return text.render(body).html


def test_headings_get_anchors_and_contents():
    rendered = text.render("# Kırım\n\n## Two & three\n\n### Two & three\n\n#### Deep\n\n##### Deeper")
    assert '<h2 id="kirim">Kırım</h2>' in rendered.html
    assert [entry["title"] for entry in rendered.contents] == ["Kırım", "Two & three", "Two & three"]
    assert len({entry["id"] for entry in rendered.contents}) == 3
    assert "<h1" not in rendered.html
    assert "<h5" not in rendered.html


def test_tables_footnotes_definitions_and_abbreviations_are_kept():
    out = html(
        "bcm here[^b]\n\n| Year | bcm |\n|---|---:|\n| 2015 | 27 |\n\nTerm\n:   Meaning\n\n*[bcm]: billion\n\n[^b]: Note"
    )
    assert '<td class="num" data-label="bcm">27</td>' in out
    assert "<dd>Meaning</dd>" in out
    assert '<abbr title="billion">bcm</abbr>' in out
    assert '<li id="fn-b">' in out


def test_html_in_the_heading_of_a_table_leaves_its_rows_whole():
    out = html("| <b>A</b>&nbsp;&amp; b | `c` |\n|---|---|\n| 1 | 2 |")
    assert '<td data-label="A&nbsp;&amp; b">1</td>' in out
    assert out.count("<td") == 2
    assert out.count("<b>") == 1


def test_notes_are_numbered_in_the_order_of_their_mention():
    out = html("one[^z] two[^a]\n\n[^a]: second\n[^z]: first")
    assert out.index('id="fn-z"') < out.index('id="fn-a"')
    assert ">a</a></sup>" in out[out.index('id="fnref-z"') : out.index('id="fnref-a"')]


@pytest.mark.parametrize("nothing", ["", " \n", "[x]: http://example.org", "*[HT]: x"])
def test_a_note_without_a_word_keeps_no_text_from_readers(nothing):
    out = html(f"One[^b] and two[^a].\n\n[^a]: {nothing}\n\n[^b]: Words.")
    assert re.findall(r'<li id="fn-(\w)"', out) == ["b", "a"]
    assert "Words." in out


def test_notes_in_tables_and_lists_are_numbered_where_they_stand():
    out = html(
        "one[^a]\n\n| x |\n|---|\n| two[^b] |\n\n- three[^c]\n\nfour[^d] and[^a]\n\n[^d]: D\n[^c]: C\n\n    - list\n\n[^b]: B\n[^a]: A"
    )
    assert re.findall(r'href="#fn-(\w)">(\w+)</a>', out) == [("a", "a"), ("b", "b"), ("c", "c"), ("d", "d"), ("a", "a")]
    assert re.findall(r'<li id="fn-(\w)">', out) == ["a", "b", "c", "d"]
    assert re.findall(r'fnref-(\w)" title="Back to the text of note (\w)"', out) == [
        ("a", "a"),
        ("b", "b"),
        ("c", "c"),
        ("d", "d"),
    ]
    assert out.count('<ol type="a">') == out.count("</ol>") == 1


def test_a_note_stands_beside_the_text_once_without_links():
    out = html("one[^a] and again[^a]\n\n[^a]: see [this](/x/) <https://example.org/>")
    beside = re.findall(r'data-note="([^"]*)"', out)
    assert beside == ["a. see this"]


def test_words_are_counted_without_notes():
    assert text.render("one two three[^a]\n\n[^a]: four five six").words == pytest.approx(3, abs=1)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "<a href=' javascript:alert(1)'>x</a>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<svg><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "<style>*{display:none}</style>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<form action=/admin/><input name=x></form>",
        "![x](https://tracker.example/pixel.png)",
        "![x](//tracker.example/pixel.png)",
        '<img src="/&#9;/tracker.example/pixel.png">',
        '<img src="/&#10;/tracker.example/pixel.png">',
        "<p style='position:fixed'>x</p>",
        "<div class='masthead'>x</div>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "x{: onclick=alert(1)}",
        "<a href='x' target='_blank' ping='/p'>x</a>",
    ],
)
def test_nothing_hostile_survives(hostile):
    out = html(hostile)
    lowered = re.sub(r"&[a-z#0-9]+;", "", out.lower())
    for word in (
        "<script",
        '<img src="x',
        "onerror=",
        'href="javascript',
        'href=" javascript',
        'href="data',
        "<svg",
        "<math",
        "<style",
        "<iframe",
        "<form",
        "<input",
        "tracker",
        "style=",
        "masthead",
        "target=",
        "ping=",
    ):
        assert word not in re.sub(r">[^<]*<", "><", f">{lowered}<"), out
    assert sanitise(out) == out


@pytest.mark.large
@pytest.mark.parametrize(
    "body",
    [
        "[" * 20_000,
        "<![" * 7_000,
        ">" * 20_000,
        "- " * 20_000,
        "*a" * 30_000,
        "**a *" * 8_000,
        '<div class="footnote">x</div> <li id="fn-a">y\n\nz[^a]\n\n[^a]: n',
        '<div class="footnote"><ol><li id="fn-q">y</ol></div>\n\nz[^a]\n\n[^a]: n',
        "`" * 20_000 + "a",
        "# a\n\n" * 5_000,
        "\n".join(" " * i + "- a" for i in range(600)),
        "[^a]: " * 5_000,
        "|" * 20_000 + "\n" + "|-" * 10_000,
        "<div>" * 10_000,
    ],
)
def test_no_text_makes_rendering_hang(body):
    started = time.monotonic()
    try:
        text.render(body)
    except text.TextError as error:
        assert error.code in {"slow", "failed"}
    assert time.monotonic() - started < text.SECONDS * 4  # a generous bound against a hang, not a measurement
    assert "fine" in html("This is fine.")


@pytest.mark.parametrize(
    "body",
    [
        "`" * 100_000,
        "~~~a\n" * 20_000,
        "``` " + " " * 100_000 + "x",
        "a[^1] " * 15_000 + "\n\n" + "".join(f"[^{n}]: b\n\n" for n in range(9_000)),
        "```chart\ntype: line\ntitle: a\n\n|a|b|\n|-|-|\n" + "|x|y|z|\n" * 12_000 + "```\n",
    ],
)
def test_nor_looking_for_what_an_editor_should_see(body):
    started = time.monotonic()
    inspect(body)
    assert time.monotonic() - started < 8  # a generous bound against a hang, which would be of minutes


def test_a_text_past_the_limit_is_refused_before_any_work():
    with pytest.raises(text.TextError, match="long"):
        text.render("x" * (text.LONGEST + 1))


@settings(max_examples=times(40, 150), deadline=None)
@given(st.text(alphabet=st.characters(), max_size=400))
def test_any_text_renders_to_something_safe(body):
    out = html(body)
    assert sanitise(out) == out
    out.encode("utf-8")


@settings(max_examples=times(40, 150), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "[^a]",
                "\n\n",
                "[^a]: n",
                "| a |",
                "|---|",
                "## h",
                "<b>",
                "*",
                "`",
                "<a href='/x'>",
                "- ",
                "    ",
                "1. ",
                '"',
                "&lt;",
                "[x](/y)",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_mix_of_markup_renders_to_something_stable(body):
    out = html(body)
    assert sanitise(out) == out
    assert html(body) == out


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ('<span lang="ar" dir="rtl">مضيق</span>', '<span lang="ar" dir="rtl">مضيق</span>'),
        ('<q lang="zh-Hant-TW">x</q>', '<q lang="zh-Hant-TW">x</q>'),
        ('<bdi dir="auto">x</bdi>', '<bdi dir="auto">x</bdi>'),
        ('<em lang="a b" dir="up">x</em>', "<em>x</em>"),
    ],
)
def test_words_in_another_language_or_direction_say_so_on_the_page_and_in_feeds(typed, kept):
    assert kept in html(f"A {typed}.")
    assert kept in text.for_feed(html(f"A {typed}."), page="https://h/", prefix="a1-")


def test_a_feed_gets_absolute_addresses_and_ids_of_its_own():
    out = text.for_feed(
        html(
            "[in](/themes/syria/) [out](https://example.org/?) [near](part/?a=1&b=%22 'A > b') [loose](//l.org/x) "
            "[up](../other/) [odd](//[) [me](mailto:me@example.org) x[^1]\n\n[^1]: n"
        ),
        page="https://h/articles/gas/",
        prefix="a7-",
    )
    assert 'href="https://h/themes/syria/"' in out
    assert 'href="https://example.org/?"' in out
    assert 'href="https://h/articles/gas/part/?a=1&amp;b=%22"' in out
    assert 'href="https://l.org/x"' in out
    assert 'href="https://h/articles/other/"' in out
    assert 'href="mailto:me@example.org"' in out
    assert 'href="#a7-fn-1"' in out
    assert 'id="a7-fn-1"' in out
    assert "data-note" not in out


@pytest.mark.parametrize(
    ("above", "is_caption"),
    [
        ("*Trade, in billions.*", True),
        ("*Trade of **both**, in billions.*[@one-2020; @two-2021, p. 3][^1]", True),
        ("It would be wrong to say so.", False),
        ("*It* would be wrong.", False),
        ("*Wrong* or *not*", False),
        ("So it was. *Trade.*", False),
    ],
)
@pytest.mark.parametrize("below", ["| a | b |\n| - | - |\n| 1 | 2 |", "```timeline\n2019: It began.\n```"])
def test_only_a_line_of_emphasis_above_a_table_or_a_timeline_is_its_caption(above, is_caption, below):
    html = text.captioned(text.render(f"{above}\n\n{below}\n\n*Not this.*\n\n[^1]: Note.\n").html)
    assert ('<p class="caption"><em>' in html, html.count("caption")) == (is_caption, is_caption)


def test_the_opening_is_the_first_paragraph_without_notes():
    assert text.opening(html("One *two*.[^1]\n\nThree.\n\n[^1]: Note")) == "<p>One <em>two</em>.</p>"
    assert text.opening(html("## Only a heading")) == ""


@given(*[st.text(alphabet="ab \n", max_size=30)] * 2)
def test_the_pieces_of_a_comparison_give_both_texts(old, new):
    pieces = diff.words(old, new)
    assert "".join(text for kind, text in pieces if kind != "new") == old
    assert "".join(text for kind, text in pieces if kind != "gone") == new


def test_paragraphs_that_were_edited_are_compared_with_what_they_were_beside_new_ones():
    old = "One is here.\n\nTwo is there.\n\nThree."
    new = "One was here.\n\nA new one.\n\nTwo was there.\n\nThree."
    told = diff.paragraphs(old, new)
    assert [kind for kind, _pieces in told][:2] == ["changed", "same"]
    assert told[0][1] == [("same", "One "), ("gone", "is"), ("new", "was"), ("same", " here.")]
    assert all(kind == "same" for kind, _pieces in diff.paragraphs("a\n\nb\n\nc", "a\n\nb\n\nc"))


def test_texts_of_thousands_of_equal_lines_are_compared_at_once():
    old = "".join(f"## a {number}\n\n" for number in range(2_000))
    new = "".join(f"*[ab{number}]: c\n\nab{number} " for number in range(1_900))
    told = [piece for _kind, pieces in diff.paragraphs(old, new) for piece in pieces]
    assert [words for kind, words in told if kind != "new"] == old.splitlines()
    assert [words for kind, words in told if kind != "gone"] == new.splitlines()
    merged = merge("\n".join(old.splitlines()[::2]), old, new)
    assert len(merged.clashes) < 10


def test_a_comparison_marks_what_changed_and_keeps_a_rewritten_phrase_in_one_piece():
    assert diff.words("Second.", "Second. More.") == [("same", "Second."), ("new", " More.")]
    assert diff.words("see the old gas deal now", "see a new oil deal now") == [
        ("same", "see "), ("gone", "the old gas"), ("new", "a new oil"), ("same", " deal now"),
    ]  # fmt: skip
