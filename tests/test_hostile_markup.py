"""Some of the trial X1 and X2 (`tests/trust/xss.py`): what hostile texts render to, judged apart from the site's own allow-list."""

import pytest
from hypothesis import given, settings

from articles.text import engine, safe

from .thorough import times
from .trust import judge
from .trust.payloads import WRAPPERS, payloads
from .trust.xss import holds, mutated


@pytest.mark.parametrize("place", WRAPPERS)
def test_nothing_but_what_is_allowed_comes_of_any_payload(place):
    for payload in payloads()[:: times(24, 6)]:
        html = engine.render(WRAPPERS[place](payload))["html"]
        assert judge.violations(html) == [], payload
        assert safe.sanitise(html) == html, payload


@pytest.mark.large
@settings(max_examples=times(100, 300), deadline=None)
@given(mutated())
def test_nor_of_what_they_are_mutated_to(text):
    holds(text)


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>", '<p onclick="x">x</p>', '<a href="javascript:x">x</a>', '<a href="java\tscript:x">x</a>', '<a href="\x01data:x">x</a>',
        '<img src="//example.org/x.png">', '<p class="masthead">x</p>', "<svg></svg>", "<p>a < b</p>", "<!-- x -->", "<p x>", '<p style="x">',
    ],
)  # fmt: skip
def test_the_judge_finds_what_is_wrong(html):
    assert judge.violations(html)


@pytest.mark.parametrize("html", ['<p>a &lt; b</p><img src="/pictures/x.jpg" alt="x">', '<a href="mailto:a@b.c">x</a>'])
def test_the_judge_lets_pass_what_is_right(html):
    assert judge.violations(html) == []


@pytest.mark.parametrize("sign", ["\ufeff", "\xa0", "\u2028", "\u200b", "\u3000", "\x01", " "])
def test_an_address_begins_with_a_sign_that_is_seen(sign):
    """Browsers lead nowhere from there; what shows feeds may take the sign off and find a script."""
    assert "script" not in safe.sanitise(f'<p><a href="{sign}javascript:alert(1)">so</a></p>')
    kept = '<p><a href="/ünlü/">so</a> <a href="статья">so</a> <a href=" https://example.org/">so</a></p>'
    assert safe.sanitise(kept).count("href") == 3
