"""HTML from elsewhere as our Markdown: judged by what the text's own engine makes of it."""

import html
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from articles import text
from articles.transfer import html as bodies
from articles.transfer.documents import Image

from .thorough import times

MARKS = ["*", "_", "[", "]", "<", ">", "#", "+", "-", "1.", "`", "```", "~~~", "|", "\\", "!", "{{not:x}}", "[@key]", "[[x]]",
         "[^1]", "[^1]: x", "[a](b)", "![a](b)", "*[A]: b", "[x]: /y", ": d", "---", "===", "***", "&amp;", "&copy;", "&", "$",
         "# x", "    x", "<b>", "<!--", "-->", "</p>", "http://x.org", "Table: x", "a|b", "|---|", "(", ")", "snake_case", "__init__",
         "2 * 3", "~", "^", "\"", "'", "@", "0)", "8.", "«»", "import:0", "\u00a0", "\u200b", "C#", "\\*", "\\\\"]  # fmt: skip
WORDS = ["Boğaziçi", "ısı", "İstanbul", "Россия", "ёлка", "word", "и", "🙂", "A"]
words = st.lists(st.sampled_from(MARKS + WORDS), min_size=1, max_size=8).map(" ".join)
glued = st.lists(st.sampled_from(MARKS + WORDS), min_size=1, max_size=6).map("".join)
said = words | glued | st.text(max_size=30)


def shown(source, **kw):
    """Return the words that readers get of HTML `source`."""
    return text.plain(text.render(bodies.markdown(source, **kw).markdown).html)


def bare(string):
    """Return `string` without what the engine takes out of any text, and without space."""
    return "".join(text.names.clean(string).replace("\ue000", "").split())


def of_places(address):
    """Return a picture for each address within the place."""
    return None if ":" in address else Image(address, "1", bytes)


@settings(max_examples=times(40, 3000), deadline=None)
@given(st.lists(said, min_size=1, max_size=4))
def test_words_of_paragraphs_stay_as_they_are(parts):
    source = "".join(f"<p>{html.escape(part)}</p>" for part in parts)
    assert bare(shown(source)) == bare("".join(parts))


BLOCKS = ["<h2>{}</h2>", "<ul><li>{}</li><li>x</li></ul>", "<ol><li>{}<ul><li>y</li></ul></li></ol>", "<blockquote>{}</blockquote>",
          "<table><tr><th>h</th></tr><tr><td>{}</td></tr></table>", "<pre>{}</pre>", "<p>a<br>{}</p>", "<dl><dt>t</dt><dd>{}</dd></dl>",
          "<dl><dt>{}</dt><dd>z</dd></dl>", "<p><b>{}</b></p>", "<p>a<i>{}</i>b</p>", "<div>{}<p>c</p></div>", "<p><code>{}</code></p>",
          "<table><caption>{}</caption><tr><td>1</td><td>2</td></tr></table>", "<p><a href='/x'>{}</a></p>", "<li>{}</li>",
          "<figure><pre>a</pre><figcaption>{}</figcaption></figure>", "<p><sub>{}</sub>x<q>y</q></p>", "<center><font>{}</font></center>",
          "<p>x <b>y <i>{}</i></b></p>", "<ul><li><p>{}</p><p>w</p></li></ul>", "<details><summary>{}</summary>u</details>"]  # fmt: skip


@settings(max_examples=times(60, 4000), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(BLOCKS), said), min_size=1, max_size=3))
def test_no_word_is_lost_in_any_block(parts):
    source = "".join(block.format(html.escape(words)) for block, words in parts)
    wanted = "".join(re.sub(r"<[^<>]*>", "", block).format(words) for block, words in parts)
    assert bare(shown(source)).replace(".", "") == bare(wanted).replace(".", "")
