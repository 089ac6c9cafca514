"""The body of a text as editors write it here: pictures found, links led, what only its system knows made plain."""

import re

from django.utils.translation import gettext as _

from ... import names
from . import elements, links
from .masks import NEW, Text
from .setups import Dialect
from .tags import Tags

_CONTENTS = re.compile(
    r"^(?:[*+-]|1\.)[ \t][^\n]{0,100}\n\{:\s?toc\b[^{}\n]*\}|^[ \t]*(?:\[\[?_?TOC_?\]\]?|\{\{TOC\}\})[ \t]*$",
    re.M | re.I,
)
_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,500}\}|^[ \t]*\{::[^{}\n]{0,500}/?\}[ \t]*$", re.MULTILINE)
_HEADING_ID = re.compile(r"^( {0,3}#{1,6}[ \t][^\n{]*)\{[#.][^{}\n]{0,300}\}[ \t]*$", re.MULTILINE)
_STRUCK = re.compile(r"(?<!~)~~(?=[^\s~])([^~\n]{1,1000})(?<=\S)~~(?!~)")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]([^\n]*)$|^(?! {4})(\S[^\n]*)\n(=+|-{3,})[ \t]*$", re.MULTILINE)
_BARE = re.compile(
    "(?<![\\w/(<\\[\"'=&;:\ue101])https?://[^\\s<>\\[\\]()\"'|`\ue100-\ue10f]*[^\\s<>\\[\\]()\"'|`.,;:!?*_~\ue100-\ue10f]"
)
_DEFINED = re.compile(r" {0,3}\[[^\[\]]{1,200}\]:[ \t]*$")
_ITEM = re.compile(r"( *)((?:[-*+]|\d{1,9}[.)])[ \t]+)(?=\S)")
_QUOTED = re.compile(r" {0,3}> ?")
DEEPEST = 8  # quotations within each other
_FENCED = re.compile("\ue100(\\d+)\ue101\ue102*")
_STARTS = re.compile(r"[ \t]{0,3}(?:[-*+]|1[.)])[ \t]+\S")
_NO_PARAGRAPH = re.compile(r"\s|[#>|<:=]|-{3,}|\*{3,}|_{3,}|\[\^|\ue100")
_DELIMITERS = re.compile(r"[ \t]{0,9}\|?[ \t]{0,9}:?-+:?[ \t]{0,9}(?:\|[ \t]{0,9}:?-+:?[ \t]{0,9})*\|?[ \t]*")


def taken(head, around, fields, find, title):
    """Return (body, title) of the Markdown in a `heads.Head`; what is left out is noted in `around` (`links.Around`).

    Without a `title` the first heading is it. A heading at the top that is the title is not said again.
    """
    text = Text(head.body, head.after)
    around.mask = text.mask
    dialect = around.setup.dialect
    Tags(text, around, fields, find).replaced()
    text.replace(_CONTENTS, lambda found, line: "")
    if dialect != Dialect.PELICAN:
        text.replace(_HEADING_ID, lambda found, line: _plain_heading(found, line, around))
        text.replace(_STRUCK, lambda found, line: f"<del>{found[1]}</del>")
    elements.replaced(text, around)
    around.headings = {
        names.slugify(text.unmasked(found[2] or found[3] or "")) for found in _HEADING.finditer(text.value)
    }
    links.images_and_links(text, around)
    if dialect in {Dialect.HUGO, Dialect.PLAIN}:  # whose Markdown makes links of bare addresses
        text.replace(_BARE, lambda found, line: _bare(found))
    if dialect in {Dialect.JEKYLL, Dialect.PLAIN}:
        text.replace(_ATTRIBUTES, lambda found, line: _attribute(found, line, around))
    title = _titled(text, title, around)
    if dialect != Dialect.PELICAN:
        text.value = as_blocks(text.value, text.kept)
    return names.clean(text.finished()).strip("\n").rstrip(), title


def taken_of_html(head, around, fields, find, title):
    """Return (body, title) of the HTML in a `heads.Head`, as `taken` does."""
    text = Text(head.body, head.after, is_html=True)
    around.mask = text.mask
    Tags(text, around, fields, find, is_html=True).replaced()
    text.value = elements.converted(text.as_html(), around, head.after)
    title = _titled(text, title, around)
    return names.clean(text.finished()).strip("\n").rstrip(), title


def _bare(found):
    """Return a bare address as a link, unless it stands in a link or where one is defined."""
    before = found.string[max(0, found.start() - 2_000) : found.start()].rpartition("\n")[2]
    in_link = before.rfind("[") > before.rfind("]") or before.rfind("](") > before.rfind(")")
    return None if in_link or _DEFINED.match(before) else f"<{found[0]}>"


def _plain_heading(found, line, around):
    """Return a heading without the anchor that it gives itself; links to that will lead to ours."""
    said = re.search(r"#([^\s{}]+)", found[0][len(found[1]) :])
    if said:
        around.anchors[said[1]] = names.slugify(found[1].strip(" \t#"))
    return found[1].rstrip()


def _attribute(found, line, around):
    around.note(_("Attributes of kramdown were left out: %s") % found[0].strip()[:200], line)
    return ""


def _titled(text, title, around):
    """Return the title, of the first heading where there is none; take a heading off the top that says just that."""
    found = _HEADING.search(text.value)
    if found is None:
        return title
    words = names.clean_line(text.unmasked((found[2] or found[3] or "").rstrip().rstrip("#")).replace("`", ""))
    words = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)|[*_]{1,3}(?=\S)([^*_\n]+)[*_]{1,3}", lambda m: m[1] or m[2], words)
    is_first = not text.value[: found.start()].strip("\n\ue102\ue103 \t")
    line = text.first + text.value.count("\n", 0, found.start()) + text.value.count("\ue102", 0, found.start())
    if not title and words:
        around.note(_("It has no title in its head: the first heading is taken, “%s”.") % words[:200], line)
    elif not (is_first and names.fold(words) == names.fold(title)):
        return title
    if is_first and words:
        text.value = text.value[: found.start()] + "\ue102" * found[0].count("\n") + text.value[found.end() :]
    return title or words


def as_blocks(value, kept=None, depth=0):
    """Return Markdown of CommonMark's kind so that Python-Markdown sees the same lists and tables in it.

    A list or a table that follows its paragraph at once gets an empty line before it; a list within an item stands four
    spaces in for each level; `1)` is `1.`. Python-Markdown knows no fences within items, so code in one is indented:
    the blocks of a `masks.Text` that stand aside are changed in `kept`.
    """
    lines, out, place = value.split("\n"), [], 0
    blocks = _Blocks(kept)
    while place < len(lines):
        if lines[place].startswith(">") and not blocks.before:
            blocks.stack = []
        end = place
        while depth < DEEPEST and not blocks.stack and end < len(lines) and _QUOTED.match(lines[end]):
            end += 1
        if end > place:
            inner = "\n".join(_QUOTED.sub("", line, count=1) for line in lines[place:end])
            out += [f"> {line}".rstrip() if line else ">" for line in as_blocks(inner, kept, depth + 1).split("\n")]
            blocks.before, place = ">", end
            continue
        out += blocks.line(lines[place], lines[place + 1] if place + 1 < len(lines) else "")
        place += 1
    return "\n".join(out)


class _Blocks:
    """The lines of one text or quotation: `stack` has (indent, where its text begins) for each list that is open."""

    def __init__(self, kept):
        self.kept, self.stack, self.before, self.is_loose = kept, [], "", False

    def line(self, line, after):
        """Return the lines that stand for `line`; `after` is the one that follows it."""
        code = _FENCED.fullmatch(line)
        if self.stack and code and self.kept and _indent_code(self.kept, int(code[1]), self.stack):
            made = ["", line] if self.before else [line]
            self.before = "code"
            return made
        bare, indent = line.strip(), len(line) - len(line.lstrip(" "))
        item, made = _ITEM.match(line), []
        if item and (self.stack or indent < 4):
            line, parted = self._item(line, item, indent)
            made = [""] if parted else []
        elif bare and self.stack:
            line = self._within(line, bare, indent)
        if not self.stack and "|" in line and "|" not in self.before and _is_paragraph(self.before) and "|" in after:
            made = [""] if _DELIMITERS.fullmatch(after) else made
        self.before = bare
        return [*made, line]

    def _item(self, line, item, indent):
        """Return an item as it stands here, and whether an empty line parts it from what precedes."""
        parted = self.is_loose and bool(self.before)
        if not self.stack:
            parted = _is_paragraph(self.before) and bool(_STARTS.match(line))
        while self.stack and indent < self.stack[-1][1] and indent < self.stack[-1][0] + 2:
            self.stack.pop()
        self.stack.append((indent, indent + len(item[2])))
        self.is_loose = False
        mark = item[2].replace(")", ".") if item[2][0].isdigit() else item[2]
        return "    " * (len(self.stack) - 1) + mark + line[item.end() :], parted

    def _within(self, line, bare, indent):
        """Return a line after an item, which goes on with it, or ends its list."""
        if indent == 0:
            if not self.before or (line[0] != "\t" and _NO_PARAGRAPH.match(line)):
                self.stack = []
            return line
        inside = [each for each in self.stack if indent >= min(each[1], each[0] + 4)]
        if not inside:
            return line
        self.is_loose = self.is_loose or not self.before
        code = " " * (indent - inside[-1][1]) if indent >= inside[-1][1] + 4 else ""
        return "    " * len(inside) + code + bare


def _indent_code(kept, number, stack):
    """Make of a fenced block within an item an indented one; return whether it is one."""
    fence, *lines = kept[number].split("\n")
    indent = len(fence) - len(fence.lstrip(" "))
    depth = sum(indent >= min(each[1], each[0] + 4) for each in stack)
    if not depth or not fence.lstrip().startswith(("```", "~~~")):
        return False
    lines = [re.sub(f"^ {{0,{indent}}}", "", line) for line in lines[:-1]]
    kept[number] = "\n".join(("    " * (depth + 1) + line).rstrip() for line in lines) + "\n"
    return True


def _is_paragraph(line):
    return bool(line) and not _NO_PARAGRAPH.match(line) and not _ITEM.match(line) and NEW not in line[-1:]
