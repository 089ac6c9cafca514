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
_ITEM = re.compile(r"( *)((?:[-*+]|\d{1,9}[.)])[ \t]+)(?=\S)")
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
    links.images_and_links(text, around)
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


def _plain_heading(found, line, around):
    around.note(_("An anchor of a heading was left out: %s") % found[0].strip()[:200], line)
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


def as_blocks(value, kept=None):
    """Return Markdown of CommonMark's kind so that Python-Markdown sees the same lists and tables in it.

    A list or a table that follows its paragraph at once gets an empty line before it; a list within an item stands four
    spaces in for each level; `1)` is `1.`. Python-Markdown knows no fences within items, so code in one is indented:
    the blocks of a `masks.Text` that stand aside are changed in `kept`.
    """
    lines, out, stack, before = value.split("\n"), [], [], ""
    for number, line in enumerate(lines):
        if stack and (code := _FENCED.fullmatch(line)) and kept and _indent_code(kept, int(code[1]), stack):
            out += [] if not before else [""]
            out.append(line)
            before = "code"
            continue
        bare = line.strip()
        item = _ITEM.match(line)
        indent = len(line) - len(line.lstrip(" "))
        was_inside = bool(stack)
        if item and (stack or indent < 4):
            while stack and indent < stack[-1][1] and (indent < stack[-1][0] + 2 or len(stack) == 0):
                stack.pop()
            if not was_inside and _is_paragraph(before) and _STARTS.match(line):
                out.append("")
            stack.append((indent, indent + len(item[2])))
            mark = item[2].replace(")", ".") if item[2][0].isdigit() else item[2]
            line = "    " * (len(stack) - 1) + mark + line[item.end() :]
        elif bare and stack and indent == 0 and not before:
            stack = []
        elif bare and stack and indent:
            inside = [each for each in stack if indent >= min(each[1], each[0] + 4)]
            code = " " * (indent - inside[-1][1]) if inside and indent >= inside[-1][1] + 4 else ""
            line = "    " * len(inside) + code + bare if inside else line
        elif bare and stack and line[0] != "\t" and _NO_PARAGRAPH.match(line):
            stack = []
        if not stack and "|" in line and "|" not in before and _is_paragraph(before) and _begins_table(lines, number):
            out.append("")
        out.append(line)
        before = bare if bare else ""
    return "\n".join(out)


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


def _begins_table(lines, number):
    return number + 1 < len(lines) and "|" in lines[number + 1] and bool(_DELIMITERS.fullmatch(lines[number + 1]))


def _is_paragraph(line):
    return bool(line) and not _NO_PARAGRAPH.match(line) and not _ITEM.match(line) and NEW not in line[-1:]
