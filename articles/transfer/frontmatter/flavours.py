"""What the Markdown of other systems says and ours doesn't know, as ours says it.

CommonMark 0.31 (spec.commonmark.org), GitHub's tasks and alerts, kramdown's attributes and comments (kramdown.gettalong.org),
Obsidian's marks and comments (help.obsidian.md). What is left out is noted.
"""

import re

from django.utils.translation import gettext as _

from ... import names
from ...text.citations import CITATION
from .masks import fenced
from .setups import Dialect, setting

_ESCAPED = re.compile(r"(?<!\\)((?:\\\\){0,50})\\([~\"$%&',/:;<=?@^|])")  # CommonMark 2.4; the others ours knows too
_MEANT = {"<": "&lt;", "&": "&amp;", "|": "&#124;", "@": "&#64;", "^": "&#94;"}  # which bare would say something here
_TITLED = re.compile(
    r"(\]\([ \t]{0,9}(?:<[^<>\n]{0,2000}>|[^\s()<>]{1,2000}))[ \t]{1,9}\(([^()\n\"]{0,1000})\)[ \t]{0,9}\)"
)  # 6.3
_BREAK = re.compile(r"(?<![\\\n])((?:\\\\){0,50})\\\n(?=[ \t>]*[^\s>])")  # CommonMark 6.7
_BREAKS = re.compile(r"(?<![\\\n])\\\\\n(?=[ \t>]*[^\s>])")  # kramdown's, of two
_INSIDE = r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*"  # where a line of a list or a quotation begins
_HASH = re.compile(rf"({_INSIDE})(#{{1,99}})(?=[^\s#])", re.MULTILINE)  # no heading without a space: CommonMark 4.2
_TASK = re.compile(r"^([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)\[([ xX])\](?=[ \t]+\S)", re.MULTILINE)
_ROW = re.compile(r"^[^\n|]*\|[^\n]*$", re.MULTILINE)
_ASIDE = re.compile("\ue100(\\d+)\ue101")
_ALERT = re.compile(r"^([ \t]*(?:>[ \t]?){1,8})\[!([\w-]{1,30})\][-+]?[ \t]*([^\n]*)$", re.MULTILINE)
_STRUCK = re.compile(r"(?<!~)~~(?=[^\s~])([^~\n]{1,1000})(?<=\S)~~(?!~)")
_MARKED = re.compile(r"(?<![\w=])==(?=[^\s=])([^=\n]{1,1000})(?<=\S)==(?![\w=])")
_HIDDEN = re.compile(r"%%(?!%)([^%]{1,5000}(?:%[^%]+){0,50})%%")
_COMMENT = re.compile(r"\{::comment\}((?:[^{]|\{(?!::comment\}|:/)){0,50000})\{:/(?:comment)?\}")
_END = re.compile(r"^\^[ \t]*$", re.MULTILINE)  # of a block, which kramdown shows nothing of
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,500}\}|^[ \t]*\{::[^{}\n]{0,500}/?\}[ \t]*$", re.MULTILINE)
_OF_BLOCK = re.compile(r"^[ \t]*\{[ \t]?[.#][\w-][^{}\n]{0,300}\}[ \t]*$", re.MULTILINE)
_HEADING_ID = re.compile(r"^( {0,3}#{1,6}[ \t][^\n{]*)\{:?[ \t]?[#.][^{}\n]{0,300}\}[ \t]*$", re.MULTILINE)
_FORMULA = re.compile(r"(?<![\\$])\$\$(?=[^$\n]|\n[^\n])((?:[^$\n]|\n(?![ \t]*\n)){1,5000})\$\$(?!\$)")
_ANCHOR = re.compile(r"(?<=\S)[ \t]+\^[A-Za-z0-9-]{4,40}[ \t]*$", re.MULTILINE)  # of Obsidian's, seen by nobody
_ADMONITION = re.compile(
    r"^(?:!!!|\?\?\?\+?)[ \t]+([\w-]{1,40})[^\n\"]{0,100}(?:\"([^\"\n]{0,300})\")?[ \t]*\n((?:(?: {4}|\t|\ue100|[ \t]*$)[^\n]*(?:\n|\Z))+)",
    re.MULTILINE,
)
_TABBED = re.compile(
    r"(?:^|(?<=[\ue102\ue103]))===[!+]?[ \t]+\"([^\"\n]{0,300})\"[ \t]*\n((?:(?: {4}|\t|\ue100|[ \t]*$)[^\n]*(?:\n|\Z))+)",
    re.MULTILINE,
)  # of Material for MkDocs
_CONTAINER = re.compile(
    r"(?:^|(?<=[\ue102\ue103]))([ \t]*):{3,}[ \t]*(?:\{[^{}\n]{0,200}\}|([\w-]{1,40})?(?:\[([^\]\n]{0,300})\])?(?:\{[^{}\n]{0,200}\})?[ \t]*([^\n:{}]{0,300}))[ \t]*$",
    re.MULTILINE,
)  # of Docusaurus, VuePress and Pandoc
_LABELLED = {"note", "tip", "info", "warning", "danger", "caution", "important", "success"}
_HASHNODE = re.compile(r"%\[(https?://[^\s\[\]]{1,1000})\]")
_DISTILL = re.compile(r"<d-footnote>((?:[^<]|<(?!/?d-footnote)){1,2000})</d-footnote>")
_TABLE = re.compile(r"^ {0,3}\|[^\n]*(?:\n {0,3}\|[^\n]*)+", re.MULTILINE)
_RULE = re.compile(r"[ \t]*\|[ \t|:+=-]*[-=][ \t|:+=-]*")
_SPACELESS = {"rdiscount", "redcarpet", "redcarpet2", "maruku"}
_NOTE_WITHIN = re.compile(r"\^\[((?:[^\[\]\n]|\[[^\[\]\n]{0,300}\](?:\([^()\s]{0,500}\))?){1,2000})\]")
_CITED = re.compile(rf"(?<![\\\]]){CITATION}")


def replaced(text, around):
    """Put into a `masks.Text` what ours says for what is only said there; before its HTML and links are looked at."""
    dialect = around.setup.dialect
    if dialect in {Dialect.JEKYLL, Dialect.PLAIN}:
        text.replace(_COMMENT, lambda found, line: _left_out(found, line, text, around))
    if dialect == Dialect.PLAIN:
        text.replace(_HIDDEN, lambda found, line: _left_out(found, line, text, around))
        text.replace(_MARKED, lambda found, line: found[1])
        text.replace(_ANCHOR, lambda found, line: "")
        text.replace(_HASHNODE, lambda found, line: f"<{found[1]}>")
    if dialect in {Dialect.PELICAN, Dialect.PLAIN}:
        text.replace(_ADMONITION, lambda found, line: _admonition(found, text))
        text.replace(_TABBED, lambda found, line: _tabbed(found, text))
    if dialect != Dialect.PELICAN:
        text.replace(_CONTAINER, lambda found, line: _contained(found))
    text.replace(_FORMULA, lambda found, line: _formula(found, line, text, around))
    text.replace(_HEADING_ID, lambda found, line: _plain_heading(found, around))
    if dialect == Dialect.PELICAN:  # whose Markdown is ours
        return
    text.replace(_TITLED, lambda found, line: f'{found[1]} "{found[2]}")')
    text.replace(_BREAK, lambda found, line: f"{found[1]}  \n")
    if dialect == Dialect.JEKYLL:
        text.replace(_BREAKS, lambda found, line: "  \n")
        text.replace(_END, lambda found, line: "")
        text.replace(_TABLE, lambda found, line: _headed(found[0]))
    text.replace(_ROW, lambda found, line: _row(found, text))
    text.replace(_ESCAPED, lambda found, line: _unescaped(found, text))
    text.replace(_TASK, lambda found, line: found[1] + ("☐" if found[2] == " " else "☑"))
    text.replace(_ALERT, lambda found, line: _alert(found))
    text.replace(_STRUCK, lambda found, line: f"<del>{found[1]}</del>")
    if not _is_spaceless(around.setup):
        text.replace(_HASH, lambda found, line: f"{found[1]}\\{found[2]}")
    is_distill = bool(_DISTILL.search(text.value))
    text.replace(_DISTILL, lambda found, line: f"^[{' '.join(found[1].split())}]")
    if dialect in {Dialect.PLAIN, Dialect.ELEVENTY} or is_distill:
        _notes_within(text)


def _is_spaceless(setup):
    """Whether #words are a heading there, as they are here: for older libraries of Jekyll's, and kramdown left to itself."""
    if setup.dialect != Dialect.JEKYLL:
        return False
    library = str(setting(setup, "markdown") or "kramdown").lower()
    return library in _SPACELESS or (
        library == "kramdown" and str(setting(setup, "kramdown", "input")).lower() == "kramdown"
    )


def without_attributes(text, around):
    """Take the attributes of blocks and spans out of a `masks.Text`; after its links, whose own go with them."""
    dialect = around.setup.dialect
    if dialect in {Dialect.JEKYLL, Dialect.PLAIN, Dialect.PELICAN}:
        text.replace(_ATTRIBUTES, lambda found, line: _attribute(found, line, around))
    text.replace(_OF_BLOCK, lambda found, line: _attribute(found, line, around))


def without_citations(text, around):
    """Have brackets that here would cite a source show what stands in them."""

    def plain(found, line):
        around.note(_("What would cite a source here stays as words: %s") % found[0][:200], line)
        is_link = found.string.startswith("[", found.end())
        return found[0].replace("@", "&#64;") if is_link else f"\\{found[0]}"

    text.replace(_CITED, plain)


def _headed(table):
    """Return a table of kramdown's with a head and the line below it, which it may lack there; rules between its rows go."""
    first, *rows = [line for line in table.split("\n") if line.strip()]
    if rows and _RULE.fullmatch(first):
        first, *rows = rows
    if _RULE.fullmatch(first):
        return table
    columns = max(1, len(re.findall(r"(?<!\\)\|", first.strip().strip("|"))) + 1)
    if rows and _RULE.fullmatch(rows[0]):
        head = [first, rows[0].replace("=", "-").replace("+", "|")]
        rows = rows[1:]
    else:
        head, rows = ["|   " * columns + "|", "|---" * columns + "|"], [first, *rows]
    return "\n".join([*head, *(row for row in rows if not _RULE.fullmatch(row))])


def _row(found, text):
    """Have code in a row of a table say | where it is escaped, as GitHub's tables want it (GFM 4.10)."""
    if "|" not in found[0].replace("\\|", ""):
        return
    for each in _ASIDE.finditer(found[0]):
        kept = text.kept[int(each[1])]
        if kept.startswith("`") and "\n" not in kept:
            text.kept[int(each[1])] = kept.replace("\\|", "|")


def _unescaped(found, text):
    """Return a character that is escaped; None where it stands in the address of a link, or parts cells of a table."""
    before = found.string[max(0, found.start() - 500) : found.start()].rpartition("\n")[2]
    if before.rfind("](") > before.rfind(")") or re.match(r" {0,3}\[[^\[\]]{1,200}\]:", before):
        return {'"': f"{found[1]}&quot;", "'": f"{found[1]}&#39;"}.get(found[2])
    mark, after = found[2], found.string[found.end() : found.end() + 500].partition("\n")[0]
    if mark == "|" and "|" in (before + after).replace("\\|", ""):
        return None  # in a table
    if mark in ":=~" and (not before.strip(" \t>") or mark in (before[-1:], after[:1])):
        return f"{found[1]}&#{ord(mark)};"
    return found[1] + text.mask(_MEANT.get(mark, mark))


def _left_out(found, line, text, around):
    around.note(_("A comment was left out: %s") % " ".join(text.unmasked(found[1]).split())[:200], line)
    return ""


def _plain_heading(found, around):
    """Return a heading without the anchor that it gives itself; links to that will lead to ours."""
    said = re.search(r"#([^\s{}]+)", found[0][len(found[1]) :])
    if said:
        around.anchors[said[1]] = names.slugify(found[1].strip(" \t#"))
    return found[1].rstrip()


def _attribute(found, line, around):
    around.note(_("Attributes were left out: %s") % found[0].strip()[:200], line, kind="attributes")
    return ""


def _alert(found):
    """Return the first line of an alert or a callout as one in bold, apart from what follows."""
    title = found[3].strip() or found[2].replace("-", " ").capitalize()
    return f"{found[1]}**{title}**\n{found[1].rstrip()}"


def _admonition(found, text):
    """Return a block of Python-Markdown's that is set apart (`!!! note "Title"`) as a quotation with its title in bold."""
    title = found[1].capitalize() if found[2] is None else found[2].strip()
    lines = [f"**{title}**", ""] if title else []
    lines += _outdented(found[3], text)
    return "\n".join(f"> {line}" if line.strip() else ">" for line in lines) + "\n\n"


def _tabbed(found, text):
    """Return a tab of Material for MkDocs: its title in bold and its text, which is no code."""
    return f"**{found[1].strip()}**\n\n" + "\n".join(_outdented(found[2], text)) + "\n\n"


def _outdented(block, text):
    """Return the lines of a block that stands four spaces in, without these; code in it stands aside."""
    lines = (re.sub(r"^(?: {4}|\t)", "", line) for line in text.unmasked(block).rstrip().split("\n"))
    return [text.mask(line) if line.startswith(("    ", "\t")) else line for line in lines]


def _contained(found):
    """Return what stands for the line at which a container begins or ends: its title, or what it is called there."""
    title = (found[3] or found[4] or "").strip()
    if not title and (found[2] or "").lower() in _LABELLED:
        title = found[2].capitalize()
    return f"\n{found[1]}**{title}**\n" if title else ""


def _formula(found, line, text, around):
    """Return a formula as code: its letters stay."""
    code = text.unmasked(found[1]).strip()
    around.note(_("A formula is shown as it was typed: %s") % " ".join(code.split())[:200], line, kind="formulas")
    before = found.string[max(0, found.start() - 500) : found.start()].rpartition("\n")[2]
    after = found.string[found.end() : found.end() + 500].partition("\n")[0]
    if before.strip() or after.strip() or "\n" in before:
        ticks = "`" * (1 + max((len(run) for run in re.findall("`+", code)), default=0))
        return text.mask(f"{ticks}{' '.join(code.split())}{ticks}")
    return text.mask(fenced(code))


def _notes_within(text):
    """Make notes of their own of those that stand within a line."""
    notes = []

    def one(found, _line):
        notes.append(found[1])
        return f"[^within-{len(notes)}]"

    text.replace(_NOTE_WITHIN, one)
    if notes:
        listed = "\n\n".join(f"[^within-{number}]: {words}" for number, words in enumerate(notes, 1))
        text.value = f"{text.value.rstrip()}\n\n{listed}\n"
