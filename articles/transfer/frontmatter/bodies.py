"""The body of a text as editors write it here: pictures found, links led, what only its system knows made plain."""

import re

from django.utils.translation import gettext as _

from ... import names
from . import elements, fields, flavours, links, wiki
from .blocks import as_blocks, flat_html, with_breaks
from .masks import Text
from .setups import Dialect, setting
from .tags import Tags

_CONTENTS = re.compile(
    r"^(?:[*+-]|1\.)[ \t][^\n]{0,100}\n\{:\s?toc\b[^{}\n]*\}|^[ \t]*(?:\[\[?_?TOC_?\]\]?|\{\{TOC\}\})[ \t]*$",
    re.M | re.I,
)
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]([^\n]*)$|^(?![>|]|[-*+][ \t])(\S[^\n]*)\n(=+|-{3,})[ \t]*$", re.MULTILINE)
_BARE = re.compile(
    "(?<![\\w/<\\[\"'=&;:.\ue101@-])(?<!\\]\\()(?:https?://|www\\.(?=[\\w-]+\\.))(?:[^\\s<>\\[\\]()\"'|`\ue100-\ue10f]|\\([^\\s<>\\[\\]()\"'|`\ue100-\ue10f]{0,200}\\))*(?:[^\\s<>\\[\\]()\"'|`.,;:!?*_~\ue100-\ue10f]|(?<=\\)))"
)
_MAIL = re.compile(r"(?<![\w.+/@<:\"'=-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[a-zA-Z]{2,24}(?![\w@-])")
_INFO = re.compile(r"^[ \t>]{0,20}(?:[-*+][ \t]+)?(?:`{3,}|~{3,})[ \t]*[\w#.+-]+[ \t]*([^`\n]{1,500})$", re.MULTILINE)
_CODE_TITLE = re.compile(
    r"\b(?:title|filename|file|name|caption|label)\s{0,3}[=:]\s{0,3}(?:\"([^\"]*)\"|'([^']*)'|([^\s}]+))", re.I
)
_CODE_SETTING = re.compile(
    r"\{[^{}]*\}|[\w-]+\s{0,3}[=:](?!//)\s{0,3}(?:\"[^\"]*\"|'[^']*'|\S+)|"
    r"(?<!\S)(?:linenos|line_?numbers|no_?line_?numbers?|nolineno|show_?line_?numbers|copy|wrap|nowrap|mark|diff|live|norun|eval)(?!\S)",
    re.IGNORECASE,
)
_DEFINED = re.compile(r" {0,3}\[[^\[\]]{1,200}\]:[ \t]*$")


def taken(head, around, said, find, title):
    """Return (body, title) of the Markdown in a `heads.Head`; what is left out is noted in `around` (`links.Around`).

    Without a `title` the heading at the top is it, or the first of the first level. One at the top that is the title is
    not said again.
    """
    dialect = around.setup.dialect
    text = Text(flat_html(head.body, dialect in {Dialect.JEKYLL, Dialect.PELICAN}), head.after)
    around.mask, around.unmasked = text.mask, text.unmasked
    _told_of_code(head, around)
    Tags(text, around, said, find).replaced()
    text.replace(_CONTENTS, lambda found, line: "")
    flavours.replaced(text, around)
    elements.replaced(text, around)
    around.headings = {
        names.slugify(text.unmasked(found[2] or found[3] or "")) for found in _HEADING.finditer(text.value)
    }
    if dialect == Dialect.JEKYLL:
        around.anchors = _of_kramdown(text) | around.anchors
    wiki.replaced(text, around, find)
    links.images_and_links(text, around)
    flavours.without_citations(text, around)
    if dialect in {Dialect.HUGO, Dialect.PLAIN}:  # whose Markdown makes links of bare addresses
        text.replace(_BARE, lambda found, line: _bare(found))
        text.replace(_MAIL, lambda found, line: _bare(found))
    flavours.without_attributes(text, around)
    title = _titled(text, title, around)
    text.settle()
    if dialect != Dialect.PELICAN:
        text.value = as_blocks(text.value, text.kept)
        if _breaks_lines(around.setup):
            text.value = with_breaks(text.value)
    return names.clean(text.finished()).strip("\n").rstrip(), title


def _told_of_code(head, around):
    """Note the titles of pieces of code that stand in the first lines of these, where ours knows none."""
    for found in _INFO.finditer(head.body):
        named = _CODE_TITLE.search(found[1])
        words = next(filter(None, named.groups()), "") if named else _CODE_SETTING.sub("", found[1])
        if re.search(r"[^\W\d_]" if named else r"[^\W\d_]{3}", words):
            line = head.after + head.body.count("\n", 0, found.start())
            around.note(_("The title of a piece of code was left out: %s") % words.strip()[:200], line, kind="code")


def _of_kramdown(text):
    """Return {anchor that kramdown gives a heading, which knows letters of English only: ours}."""
    found, others = {}, 0
    for heading in _HEADING.finditer(text.value):
        words = text.unmasked(heading[2] or heading[3] or "")
        plain = re.sub(r"[^a-z0-9 -]", "", re.sub(r"^[^a-zA-Z]+", "", words).lower()).replace(" ", "-")
        if not plain:
            plain, others = f"section-{others}" if others else "section", others + 1
        found.setdefault(plain, names.slugify(words))
    return found


def taken_of_html(head, around, said, find, title):
    """Return (body, title) of the HTML in a `heads.Head`, as `taken` does."""
    text = Text(head.body, head.after, is_html=True)
    around.mask, around.unmasked = text.mask, text.unmasked
    Tags(text, around, said, find, is_html=True).replaced()
    text.value = elements.converted(text.as_html(), around, head.after)
    title = _titled(text, title, around)
    return names.clean(text.finished()).strip("\n").rstrip(), title


def _breaks_lines(setup):
    """Whether the configuration says that a line of a paragraph ends where it is typed to end."""
    if setup.dialect == Dialect.HUGO:
        return fields.flag(setting(setup, "markup", "goldmark", "renderer", "hardwraps")) is True
    return setup.dialect == Dialect.JEKYLL and fields.flag(setting(setup, "kramdown", "hard_wrap")) is True


def _bare(found):
    """Return a bare address as a link, unless it stands in a link or where one is defined."""
    before = found.string[max(0, found.start() - 2_000) : found.start()].rpartition("\n")[2]
    opened = before.rfind("<")
    if opened > before.rfind(">") and before[opened + 1 : opened + 2].isalpha():
        return None  # within a tag
    in_link = before.rfind("[") > before.rfind("]") or before.rfind("](") > before.rfind(")")
    if in_link or _DEFINED.match(before):
        return None
    return f"[{found[0]}](http://{found[0]})" if found[0].startswith("www.") else f"<{found[0]}>"


def _titled(text, title, around):
    """Return the title, of the first heading where there is none; take a heading off the top that says just that."""
    headings = list(_HEADING.finditer(text.value))
    found = headings[0] if headings else None
    is_first = found and not text.value[: found.start()].strip("\n\ue102\ue103 \t")
    if not title and not is_first:
        found = next((each for each in headings if each[1] == "#" or (each[4] or "").startswith("=")), None)
    if found is None:
        return title
    words = names.clean_line(text.unmasked((found[2] or found[3] or "").rstrip().rstrip("#")).replace("`", ""))
    words = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)|[*_]{1,3}(?=\S)([^*_\n]+)[*_]{1,3}", lambda m: m[1] or m[2], words)
    line = text.first + text.value.count("\n", 0, found.start()) + text.value.count("\ue102", 0, found.start())
    if not title and words:
        around.note(_("It has no title in its head: the first heading is taken, “%s”.") % words[:200], line)
    elif not (is_first and names.fold(words) == names.fold(title)):
        return title
    if is_first and words:
        text.value = text.value[: found.start()] + "\ue102" * found[0].count("\n") + text.value[found.end() :]
    return title or words
