"""Markdown of CommonMark's kind, so that Python-Markdown sees the same lists, tables and code in it."""

import re

from .masks import NEW

_ITEM = re.compile(r"( *)((?:[-*+]|\d{1,9}[.)])[ \t]+)(?=\S)")
_QUOTED = re.compile(r" {0,3}> ?")
_HTML = re.compile(
    r"<(div|section|article|center|aside|header|footer|main|nav|details|figure|p)\b[^<>]{0,1000}>", re.IGNORECASE
)
_AS_TYPED = re.compile(r"<pre\b|^[ \t]*(?:```|~~~)|\bmarkdown=", re.IGNORECASE)  # in which lines stand in for a reason
_FENCE_LINE = re.compile(r" {0,3}(`{3,}|~{3,})")
MOST_LINES, MOST_LOOKS = 500, 5  # of a block of HTML; lines looked at for each line of a text
DEEPEST = 8  # quotations within each other
_FENCED = re.compile("\ue100(\\d+)\ue101\ue102*")
_FENCE = re.compile(r"( *)((?:>[ >]*)?)(?:```|~~~)")
_LEADING, _ATX = re.compile(r"^ *\t[ \t]*"), re.compile(r"#{1,6}(?:\s|$)")
_OPENED = re.compile(r"( *)((?:[-*+]|\d{1,9}[.)])[ \t]+)(?:```|~~~)")  # an item that begins with code
_STARTS = re.compile(r"[ \t]{0,3}(?:[-*+]|1[.)])[ \t]+\S")
_NO_PARAGRAPH = re.compile(r"\s|[#>|<:=]|-{3,}|\*{3,}|_{3,}|\[\^|\ue100")
_DELIMITERS = re.compile(r"[ \t]{0,9}\|?[ \t]{0,9}:?-+:?[ \t]{0,9}(?:\|[ \t]{0,9}:?-+:?[ \t]{0,9})*\|?[ \t]*")


def as_blocks(value, kept=None, depth=0):
    """Return Markdown of CommonMark's kind so that Python-Markdown sees the same lists, tables and code in it.

    A list or a table that follows its paragraph at once gets an empty line before it; a list within an item stands four
    spaces in for each level; `1)` is `1.`. Python-Markdown knows no fences within items and quotations (`depth` says in how
    many the `value` stands), so code in one is indented: the blocks of a `masks.Text` that stand aside are changed in `kept`.
    """
    lines, out, place = value.split("\n"), [], 0
    blocks = _Blocks(kept, depth > 0)
    while place < len(lines):
        if _typed(lines[place], kept).startswith(">") and not blocks.before:
            blocks.stack = []
        end = place
        while depth < DEEPEST and not blocks.stack and end < len(lines) and _is_quoted(lines[end], kept):
            end += 1
        if end > place:
            out += _quotation(lines[place:end], kept, depth)
            blocks.before, place = ">", end
            continue
        out += blocks.line(lines[place], lines[place + 1] if place + 1 < len(lines) else "")
        place += 1
    return "\n".join(out)


def flat_html(value, whole):
    """Return Markdown in which what stands in blocks of HTML isn't indented: without their tags it would be code.

    A block reaches to an empty line (CommonMark 4.6); where `whole`, to its end, as kramdown and Python-Markdown see it, as
    long as not too many lines were looked at for that.
    """
    lines, out, place, fence, seen = value.split("\n"), [], 0, "", 0
    while place < len(lines):
        fenced, found = _FENCE_LINE.match(lines[place]), _HTML.match(lines[place])
        if fenced and (not fence or fenced[1].startswith(fence)):
            fence = "" if fence else fenced[1]
        end = typed = place
        if found and not fence:
            end, typed = _end_of_html(lines, place, found[1].lower(), whole and seen < MOST_LOOKS * len(lines))
            seen += typed - place
        out += [line.lstrip(" \t") for line in lines[place:end]] or lines[place : max(typed, place + 1)]
        place = max(end, typed if end == place else 0, place + 1)
    return "\n".join(out)


def _end_of_html(lines, first, name, whole):
    """Return (the line after a block of HTML that begins at the line `first` with the tag `name`, the one that was looked at
    last); `first` itself for one to be left as it is up to that.
    """
    depth, after, tags = 0, None, re.compile(rf"<(/?){name}\b", re.IGNORECASE)
    last = min(len(lines), first + MOST_LINES)
    for place in range(first, last):
        if not lines[place].strip():
            after = after or place
            if not whole:
                break
        if _AS_TYPED.search(lines[place]):
            return (first, place) if after is None or whole else (after, place)
        depth += sum(-1 if found[1] else 1 for found in tags.finditer(lines[place]))
        if depth <= 0:
            return place + 1, place
    return after or last, last


def _is_quoted(line, kept):
    """Whether the line, or the block of code that stands aside for it, is in a quotation."""
    return bool(_QUOTED.match(_typed(line, kept)))


def _typed(line, kept):
    """Return the line, or the block of code that stands aside for it."""
    code = _FENCED.fullmatch(line)
    return kept[int(code[1])] if code and kept else line


def _quotation(lines, kept, depth):
    """Return the lines of one quotation, and the code in it, as they are to stand here."""
    inner, codes = [], set()
    for line in lines:
        if code := _FENCED.fullmatch(line):
            codes.add(code[1])
            kept[int(code[1])] = _unquoted(kept[int(code[1])])
        inner.append(line if code else _unquoted(line))
    out = []
    for line in as_blocks("\n".join(inner), kept, depth + 1).split("\n"):
        code = _FENCED.fullmatch(line)
        if code and code[1] in codes:
            kept[int(code[1])] = _quoted(kept[int(code[1])])
            out.append(line)
        else:
            out.append(_quoted(line))
    return out


def _unquoted(words):
    return "\n".join(_QUOTED.sub("", line, count=1) for line in words.split("\n"))


def _quoted(words):
    return "\n".join(f"> {line}" if line.strip() else ">" for line in words.split("\n"))


class _Blocks:
    """The lines of one text or quotation: `stack` has (indent, where its text begins) for each list that is open."""

    def __init__(self, kept, is_quoted):
        self.kept, self.is_quoted, self.stack, self.before, self.is_loose = kept, is_quoted, [], "", False

    def line(self, line, after):
        """Return the lines that stand for `line`; `after` is the one that follows it."""
        code = _FENCED.fullmatch(line)
        if code and self.kept and _indent_code(self.kept, int(code[1]), self.stack, self.is_quoted):
            made = ["", line] if self.before else [line]
            self.before = "code"
            return made
        if code and self.kept and (opened := _OPENED.match(self.kept[int(code[1])])) and (self.stack or not opened[1]):
            return self._opened(line, opened, int(code[1]))
        line = _LEADING.sub(lambda found: found[0].expandtabs(4), line)
        bare, indent = line.strip(), len(line) - len(line.lstrip(" "))
        if not self.stack and indent < 4 and _ATX.match(bare):
            line = line.lstrip()
        item, made = _ITEM.match(line), []
        if item and (self.stack or indent < 4):
            line, parted = self._item(line, item, indent)
            made = [""] if parted else []
        elif bare and self.stack:
            line = self._within(line, bare, indent)
            made = [""] if self.stack and bare[0] == ">" and self.before[:1] not in {"", ">"} else []
        ends = _is_paragraph(self.before) or self.before[:1] == ">"
        if not self.stack and "|" in line and "|" not in self.before and ends and "|" in after:
            made = [""] if _DELIMITERS.fullmatch(after) else made
        self.before = bare
        return [*made, line]

    def _opened(self, line, opened, number):
        """Return the lines of an item that begins with fenced code, which is indented."""
        item, parted = self._item("", opened, len(opened[1]))
        indent = len(opened[1] + opened[2])
        code = [re.sub(f"^ {{0,{indent}}}", "", each) for each in self.kept[number].split("\n")[1:-1]]
        self.kept[number] = "\n".join(("    " * (len(self.stack) + 1) + each).rstrip() for each in code) + "\n"
        self.before = "code"
        return [*([""] if parted else []), item.rstrip() + " ", "", line]

    def _item(self, line, item, indent):
        """Return an item as it stands here, and whether an empty line parts it from what precedes."""
        parted = self.is_loose and bool(self.before)
        if not self.stack:
            parted = (_is_paragraph(self.before) or self.before[:1] == ">") and bool(_STARTS.match(line))
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
        return "    " * len(inside) + code + line.lstrip()


def _indent_code(kept, number, stack, is_quoted):
    """Make of a fenced block within an item or a quotation an indented one; return whether it is one."""
    fence, *lines = kept[number].split("\n")
    if "\t" in fence[: len(fence) - len(fence.lstrip())]:
        fence, *lines = (_LEADING.sub(lambda found: found[0].expandtabs(4), line) for line in (fence, *lines))
    opening = _FENCE.match(fence)
    if not opening or not lines:
        return False
    indent = len(opening[1])
    depth = sum(indent >= min(each[1], each[0] + 4) for each in stack) or (is_quoted and bool(stack))
    quotations = opening[2].count(">")
    if (not depth and not is_quoted) or quotations > DEEPEST:
        return False
    own = max(0, len(opening[2]) - len(opening[2].rstrip(" ")) - 1)  # spaces before the fence in its quotation
    code = []
    for line in lines[:-1]:
        line = re.sub(f"^ {{0,{indent}}}", "", line)
        for _quotation_of in range(quotations):
            line = _QUOTED.sub("", line, count=1)
        code.append(re.sub(f"^ {{0,{own}}}", "", line))
    before = "    " * depth + "> " * quotations + "    "
    kept[number] = "\n".join((before + line).rstrip() for line in code) + "\n"
    return True


def with_breaks(value):
    """Return Markdown in which each line of a paragraph ends where it ends here, for systems that break them there."""
    lines = value.split("\n")
    for place, (line, after) in enumerate(zip(lines, lines[1:], strict=False)):
        bare, below = _ITEM.sub("", line.lstrip(" >"), count=1), after.lstrip(" >")
        if _is_paragraph(bare) and _is_paragraph(below) and "|" not in line + after and not line.endswith("  "):
            lines[place] = f"{line}  "
    return "\n".join(lines)


def _is_paragraph(line):
    return bool(line) and not _NO_PARAGRAPH.match(line) and not _ITEM.match(line) and NEW not in line[-1:]
