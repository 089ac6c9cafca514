"""Names found where readers meet them: whole words, with the endings of three languages."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import names, text
from articles.text.glossary import Glossary

from .thorough import times

THEMES = [
    ("Syria", "en", 1),
    ("Suriye", "tr", 1),
    ("Сирия", "ru", 1),
    ("Energy diplomacy", "en", 2),
    ("enerji diplomasisi", "tr", 2),
    ("энергетическая дипломатия", "ru", 2),
    ("Black Sea", "en", 3),
    ("Black Sea security", "en", 4),
    ("S-400 crisis", "en", 5),
    ("arms transfer", "en", 6),
    ("policy", "en", 7),
    ("торговля оружием", "ru", 8),
    ("Türkiye–Rusya ticareti", "tr", 9),
    ("kitap", "tr", 10),
]


def marked(html, themes=THEMES, **kw):
    return Glossary(themes).mark(html, lambda key, words: f"{{{key}:{words}}}", **kw)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Syria", 1),
        ("SYRIA", 1),
        ("Syria's", 1),
        ("Syria’s", 1),
        ("Suriye’nin", 1),
        ("Suriye'de", 1),
        ("Suriyeye", 1),
        ("SURİYE", 1),
        ("Сирия", 1),
        ("Сирии", 1),
        ("Сирию", 1),
        ("Сирией", 1),
        ("energy diplomacy", 2),
        ("Energy-diplomacy", 2),
        ("enerji diplomasisinin", 2),
        ("Enerji diplomasisine", 2),
        ("энергетической дипломатии", 2),
        ("энергетическую дипломатию", 2),
        ("Black Sea security", 4),
        ("S-400 crisis", 5),
        ("S‑400 crisis", 5),
        ("arms transfers", 6),
        ("policies", 7),
        ("торговлей оружием", 8),
        ("торговли оружием", 8),
        ("Türkiye-Rusya ticaretinden", 9),
        ("kitabı", 10),
    ],
)
def test_names_are_found_in_the_forms_of_their_language(written, key):
    assert marked(f"<p>x {written}, y</p>") == f"<p>x {{{key}:{written}}}, y</p>"


@pytest.mark.parametrize(
    "written",
    [
        "Assyria",
        "Syrian",
        "Syriac",
        "Black. Sea",
        "Black, Sea",
        "energy",
        "diplomacy",
        "энергетический дипломат",
        "сиреневый",
        "arms transferred",
        "Энергия",
    ],
)
def test_other_words_are_left_alone(written):
    assert marked(f"<p>x {written}, y</p>") == f"<p>x {written}, y</p>"


def test_the_longest_name_wins_and_each_section_tells_once():
    out = marked(
        "<p>Black Sea security, Black Sea, Syria, Syria</p><h2>A</h2><p>Syria and Black Sea</p><h3>B</h3><p>Syria</p>"
    )
    assert out == (
        "<p>{4:Black Sea security}, {3:Black Sea}, {1:Syria}, Syria</p><h2>A</h2>"
        "<p>{1:Syria} and {3:Black Sea}</p><h3>B</h3><p>Syria</p>"
    )
    assert marked("<p>Syria</p><h2>A</h2><p>Syria</p>", without=[1]) == "<p>Syria</p><h2>A</h2><p>Syria</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<h3>Syria</h3>",
        '<p><a href="/x/">about <em>Syria</em></a></p>',
        "<blockquote><p>Syria</p></blockquote>",
        "<p><code>Syria</code></p>",
        "<pre><code>Syria</code></pre>",
        '<p><span class="plain">Syria</span></p>',
        '<p>x<sup class="cites" id="cite-1" data-note="1. Syria">[1, Syria]</sup></p>',
        "<table><thead><tr><th>Syria</th></tr></thead></table>",
        '<p><img src="/x" alt="Syria"></p>',
        "<p><q>Syria</q></p>",
    ],
)
def test_not_where_it_would_disturb(html):
    assert marked(html) == html
    assert marked(f"{html}<p>Syria<br>x</p>") == f"{html}<p>{{1:Syria}}<br>x</p>"


@settings(max_examples=times(20, 60), deadline=None)
@given(
    st.text(max_size=80),
    st.lists(st.tuples(st.text(max_size=12), st.sampled_from(["en", "tr", "ru"]), st.integers()), max_size=5),
)
def test_whatever_the_names_are_only_marks_are_added(body, themes):
    html = text.render(body).html
    out = Glossary(themes).mark(html, lambda key, words: f"\0{words}\0")
    assert out.replace("\0", "") == html
    for words in re.findall("\0([^\0]*)\0", out):
        assert names.words(words)
