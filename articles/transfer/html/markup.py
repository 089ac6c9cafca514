"""HTML of any kind, hostile too, as a small regular part of it: what our Markdown has words for, never nested deeply.

    simple(html, notes) -> HTML

It is parsed as browsers do (WHATWG HTML, section 13.2: `nh3`, over html5ever) and then written anew, without recursion.
Every text stands in a paragraph, a heading, a cell, a term or a caption; what only groups blocks is gone; what can't be
shown leaves a link, or its text, and a note.
"""

import re

import nh3
from django.utils.translation import gettext as _

from ... import names
from .elements import BLOCKS, GROUPS, INLINE, OTHERS, PARTS, SPOKEN, UNSEEN
from .embeds import with_embeds
from .writer import Writer

# Of HTML: characters, which pictures within addresses take up, and tags. A text of the site has 200,000 characters.
LONGEST, MOST_TAGS = 5_000_000, 50_000
NESTED, NESTED_MARKS = 100, 20  # elements of one name within each other that are parsed: of blocks, of marks in a line

_ATTRIBUTES = {
    "*": {
        "abbr", "action", "align", "alt", "cite", "class", "colspan", "data", "data-enlighter-language", "data-lang", "data-language", "data-lazy-src",
        "data-src", "dir", "height", "href", "id", "lang", "name", "rowspan", "src", "srcset", "start", "style", "title", "value", "width",
    }
}  # fmt: skip
_KNOWN = BLOCKS | GROUPS | PARTS | set(SPOKEN) | INLINE | UNSEEN | OTHERS
_CLEANER = nh3.Cleaner(
    tags=_KNOWN,
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


def simple(html, notes, language=""):
    """Return `html` as HTML of paragraphs, headings, lists, tables, figures and marks alone, telling `notes` what went.

    It is in the `language` (two letters), of which no part of it is told again. Raise TooLong when it has more than `LONGEST` characters or `MOST_TAGS` tags.
    """
    if len(html) > LONGEST:
        raise TooLong(_("The text has %s characters of HTML, more than are read.") % len(html))
    if html.count("<") > MOST_TAGS:
        raise TooLong(_("The text has %s tags of HTML, more than are read.") % html.count("<"))
    html = _EMBEDDED.sub("<embed", _AS_TEXT.sub(r"<\1div", with_embeds(_closed(names.clean(html)))))
    html = _CLEANER.clean(_shallow(html, notes).replace("\ue000", ""))
    writer = Writer(notes, language, set(re.findall(r'href="#([^"]+)"', html)))
    writer.feed(html)
    writer.close()
    return writer.finished()


def _closed(html):
    """Return `html` whose last tag and comments, should they not end, are text: parsers drop all that follows."""
    end = html.rfind("-->") + 3
    html = html[:end] + html[end:].replace("<!--", "") if end > 2 else html.replace("<!--", "")
    end = html.rfind(">") + 1
    return html[:end] + html[end:].replace("<", "&lt;")


def _shallow(html, notes):
    """Return `html` without the tags that stand deeper than they may in others of their name, and without those that mean nothing here.

    The cleaner would drop some with their words. What is left of a drawing or a formula is an `output` with its words.
    """
    depth, is_drawing, too_deep = {}, False, False

    def kept(found):
        nonlocal is_drawing, too_deep
        name = found[2].lower()
        if name in {"svg", "math"}:
            is_drawing = not found[1]
            return f"<{found[1]}output>"
        is_drawing = is_drawing and name not in BLOCKS | GROUPS | {"img"}  # which end it, as browsers see it
        if is_drawing and name not in UNSEEN:
            return " "
        if name not in _KNOWN:
            return ""
        if name in _CLOSING_THEMSELVES:
            return found[0]
        level = depth.get(name, 0)
        depth[name] = max(level - 1, 0) if found[1] else level + 1
        most = NESTED if name in BLOCKS | GROUPS else NESTED_MARKS
        if max(level, depth[name]) <= most:
            return found[0]
        too_deep = True
        return "\n"

    html = _TAG.sub(kept, html)
    if too_deep:
        notes.add(_("Elements nested too deeply are kept as their text."))
    return html
