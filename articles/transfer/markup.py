"""HTML of any kind, hostile too, as a small regular part of it: what our Markdown has words for, never nested deeply.

    simple(html, notes) -> HTML

It is parsed as browsers do (WHATWG HTML, section 13.2: `nh3`, over html5ever) and then written anew, without recursion.
Every text stands in a paragraph, a heading, a cell, a term or a caption; what only groups blocks is gone; what can't be
shown leaves a link, or its text, and a note.
"""

import re

import nh3
from django.utils.translation import gettext as _

from .. import names
from .elements import BLOCKS, GROUPS, INLINE, OTHERS, PARTS, SPOKEN, UNSEEN
from .writer import Writer

# Of HTML: characters, which pictures within addresses take up, and tags. A text of the site has 200,000 characters.
LONGEST, MOST_TAGS = 5_000_000, 50_000
NESTED, NESTED_MARKS = 100, 20  # elements of one name within each other that are parsed: of blocks, of marks in a line

_ATTRIBUTES = {
    "*": {
        "abbr", "action", "align", "alt", "cite", "class", "colspan", "data", "data-lang", "data-language", "data-lazy-src",
        "data-src", "dir", "href", "id", "lang", "name", "rowspan", "src", "srcset", "start", "style", "title", "value",
    }
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=BLOCKS | GROUPS | PARTS | set(SPOKEN) | INLINE | UNSEEN | OTHERS,
    attributes=_ATTRIBUTES,
    clean_content_tags=set(),
    # Those with which nothing is done are told of, so they must be seen.
    url_schemes={"http", "https", "mailto", "ftp", "tel", "sms", "file", "data", "javascript", "vbscript", "blob"},
    link_rel=None,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>")
_CLOSING_THEMSELVES = {"p", "li", "td", "th", "tr", "dt", "dd", "option", "br", "img", "hr", "input", "wbr", "col",
                       "source", "embed", "param", "meta", "link", "base", "area", "track"}  # fmt: skip


# What they hold is text to parsers that could show it otherwise.
_AS_TEXT = re.compile(r"<(/?)(?:template|noscript|noembed|noframes|xmp|plaintext)\b", re.IGNORECASE)
_EMBEDDED = re.compile(r"<iframe\b", re.IGNORECASE)


class TooLong(ValueError):
    """HTML of more characters than are read."""


def simple(html, notes):
    """Return `html` as HTML of paragraphs, headings, lists, tables, figures and marks alone, telling `notes` what went.

    Raise TooLong when it has more than `LONGEST` characters or `MOST_TAGS` tags.
    """
    if len(html) > LONGEST:
        raise TooLong(_("The text has %s characters of HTML, more than are read.") % len(html))
    if html.count("<") > MOST_TAGS:
        raise TooLong(_("The text has %s tags of HTML, more than are read.") % html.count("<"))
    html = _shallow(_closed(names.clean(html)), notes).replace("\ue000", "")
    html = _CLEANER.clean(_EMBEDDED.sub("<embed", _AS_TEXT.sub(r"<\1div", html)))
    writer = Writer(notes, set(re.findall(r'href="#([^"]+)"', html)))
    writer.feed(html)
    writer.close()
    return writer.finished()


def _closed(html):
    """Return `html` whose last tag or comment, should it not end, is text: parsers drop all that follows."""
    if html.rfind("<!--") > html.rfind("-->"):
        start = html.rfind("<!--", 0)
        html = html[:start] + html[start + 4 :]
    end = html.rfind(">") + 1
    return html[:end] + html[end:].replace("<", "&lt;")


def _shallow(html, notes):
    """Return `html` without the tags that stand deeper than they may in others of their name."""
    depth = {}

    def kept(found):
        name = found[2].lower()
        if name in _CLOSING_THEMSELVES:
            return found[0]
        level = depth.get(name, 0)
        depth[name] = max(level - 1, 0) if found[1] else level + 1
        most = NESTED if name in BLOCKS | GROUPS else NESTED_MARKS
        return found[0] if max(level, depth[name]) <= most else "\n"

    kept_html = _TAG.sub(kept, html)
    if len(kept_html) < len(html):
        notes.add(_("Elements nested too deeply are kept as their text."))
    return kept_html
