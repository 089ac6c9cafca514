"""A Markdown text in which code is out of reach of what is replaced, and the lines of the file are still known.

Code stands aside while a text is worked on, and a few characters of a private use area (U+E100 and after; what a text has
of them is taken out) stand for it, for lines that went and for lines that came.
"""

import re
from bisect import bisect_right
from collections import defaultdict

TOKEN, END, GONE, NEW, BRACE = "\ue100", "\ue101", "\ue102", "\ue103", "\ue104"
_OURS = re.compile("[\ue100-\ue10f]")
_TOKEN = re.compile(f"{TOKEN}(\\d+){END}{GONE}*")
_FENCE = re.compile(r"([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)(`{3,}|~{3,})([^\n]*)")
_MARKS = re.compile(r"[ \t>]*")
_IN_QUOTE = re.compile(r"([ >]*> ?)(?: {4}|\t)")  # code in a quotation that is indented
_NAMED = re.compile(r"(?: {4}|\t):::[\w+#.-]+[ \t]*")  # the language of the code that follows, as Pelican has it
_OPENING = re.compile(
    r"[ \t]*(?:\{%-?\s*highlight\s+([\w+#.-]+)[^%]*%\}|\{\{[<%]\s*highlight\s+\"?([\w+#.-]+)[^>%]*[>%]\}\})[ \t]*(.*)"
)
_CLOSING = re.compile(r"(.*?)(?:\{%-?\s*endhighlight\s*-?%\}|\{\{[<%]\s*/\s*highlight\s*[>%]\}\})[ \t]*")
_ITEM = re.compile(r"[ \t]{0,12}(?:[-*+]|\d{1,9}[.)]|:|\[\^[^\]\n]{1,100}\]:)[ \t]")
_TICKS = re.compile("`+")
_MORE = re.compile(
    r"<!--\s{0,9}(?:more|excerpt|readmore|read more|truncate|end|end_?excerpt|PELICAN_(?:BEGIN|END)_SUMMARY)\s{0,9}-->",
    re.IGNORECASE,
)  # where a summary ends
_LITERAL = re.compile(r"<(pre|code|script|style|textarea)\b[^<>]{0,2000}>|<!--", re.IGNORECASE)


class Text:
    """A text being worked on: `value`, and the `line` of the file at which each match of `replace` stands."""

    def __init__(self, body, first, is_html=False):
        self.first, self.kept = first, []
        body = _OURS.sub("", body)
        self.value = self._without_literals(body) if is_html else self._without_code(body)
        self.literals = len(self.kept)

    def replace(self, pattern, put):
        """Put `put(match, line)` in the place of every match of `pattern`; None leaves it as it is."""
        at, line = 0, self.first

        def one(found):
            nonlocal at, line
            between = self.value[at : found.start()]
            line, at = line + between.count("\n") + between.count(GONE), found.start()
            made = put(found, line)
            if made is None or made == found[0]:
                return found[0]
            lines = found[0].count("\n") + found[0].count(GONE)
            return self.with_lines(made, lines)

        self.value = re.sub(pattern, one, self.value)

    @staticmethod
    def with_lines(made, lines):
        """Return `made` counting as so many lines."""
        has = made.count("\n") + made.count(GONE)
        if has > lines:  # those that are too many are new
            gone = made.count(GONE)
            return made.replace("\n", NEW).replace(GONE, "", max(0, gone - lines)) + GONE * (lines - gone)
        return made + GONE * (lines - has)

    def mask(self, words):
        """Return what stands for `words`, which nothing touches any more."""
        self.kept.append(words)
        return f"{TOKEN}{len(self.kept) - 1}{END}" + GONE * (words.count("\n") + words.count(GONE))

    def unmasked(self, words):
        """Return `words` with what stands aside put back."""
        for _depth in range(4):  # code in a comment, and the like
            if TOKEN not in words:
                break
            words = _TOKEN.sub(lambda found: self.kept[int(found[1])] if int(found[1]) < len(self.kept) else "", words)
        return words

    def as_html(self):
        """Return the HTML that is being worked on, the code back in it and Markdown still aside."""
        value = _TOKEN.sub(
            lambda found: self.kept[int(found[1])] if int(found[1]) < self.literals else found[0], self.value
        )
        return value.replace(GONE, "").replace(NEW, "\n").replace(BRACE, "{")

    def settle(self):
        """Have lines that went gone and lines that came there; those of the file are not known any more."""
        self.value = self.value.replace(GONE, "").replace(NEW, "\n")

    def finished(self):
        """Return the text."""
        self.settle()
        value = re.sub(r"\n(?:[ \t]*\n){2,}", "\n\n", self.value)
        return self.unmasked(value).replace(GONE, "").replace(NEW, "\n").replace(BRACE, "{")

    def _without_code(self, body):
        lines, out, place = body.split("\n"), [], 0
        before, in_item = "blank", 0  # at which column the text of the item begins
        last = max((n for n, line in enumerate(lines) if _CLOSING.fullmatch(line)), default=-1)
        while place < len(lines):
            line = lines[place]
            end, words = self._block(lines, place, last)
            if end is not None:
                out.append(self.mask(words if in_item else _outdented(words)))
                before, place = "text", end + 1
                continue
            if not line.strip():
                before = before if before == "code" else "blank"
            elif line.startswith(("    ", "\t")) and not in_item and before != "text":
                is_named = before == "blank" and _NAMED.fullmatch(line)
                line, before = "" if is_named else self.mask(line), "code"
            elif in_item and before != "text" and line.startswith(" " * (in_item + 4)):
                bare = line.lstrip(" ")
                line, before = line.removesuffix(bare) + self.mask(bare), "code"
            elif (code := _IN_QUOTE.match(line)) and before != "text":
                line, before = code[1] + self.mask(line[code.end(1) :]), "code"
            elif not line.strip(" \t>"):
                before = "blank"
            else:
                if not line[0].isspace() or _ITEM.match(line):
                    in_item = len(item[0].expandtabs(4)) if (item := _ITEM.match(line)) else 0
                before = "text"
            out.append(line)
            place += 1
        return self._without_literals(self._without_spans("\n".join(out)))

    @staticmethod
    def _block(lines, place, last):
        """Return (last line, words) of the block of code that begins at the line `place`; (None, "") when none does.

        `last` is the last line at which a highlighted one ends.
        """
        line = lines[place]
        fence = _FENCE.match(line)
        if fence and not (fence[2][0] == "`" and "`" in fence[3]):
            ending = re.compile(rf"[ \t>]*{re.escape(fence[2][0])}{{{len(fence[2])},}}[ \t]*")
            quoted, after = fence[1].count(">"), len(lines)
            for end in range(place + 1, len(lines)):
                if ending.fullmatch(lines[end]):
                    closing = (_MARKS.match(lines[end])[0] if fence[1].strip() else fence[1]) + fence[2]
                    return end, "\n".join([_opening(fence), *lines[place + 1 : end], closing])
                if _MARKS.match(lines[end])[0].count(">") < quoted:  # it ends with its quotation
                    after = end
                    break
            closing = re.sub(r"[^\s>]", " ", fence[1]) + fence[2]
            return after - 1, "\n".join([_opening(fence), *lines[place + 1 : after], closing])
        opening = _OPENING.fullmatch(line)
        if opening and place <= last:
            code, rest = [], opening[3]
            for end in range(place, last + 1):
                rest = rest if end == place else lines[end]
                if closing := _CLOSING.fullmatch(rest):
                    return end, fenced("\n".join([*code, closing[1]]), opening[1] or opening[2]).strip("\n")
                code.append(rest)
        return None, ""

    def _without_literals(self, value):
        """Set <pre>, <code>, <script>, <style> and comments apart, each to its own end; one that never ends is text."""
        out, at, endless = [], 0, set()
        for found in _LITERAL.finditer(value):
            ending = f"</{found[1].lower()}>" if found[1] else "-->"
            if found.start() < at or ending in endless:
                continue
            end = re.compile(re.escape(ending), re.IGNORECASE).search(value, found.end())
            if end is None:
                endless.add(ending)
                continue
            if (found[1] or "").lower() in {"script", "style"}:
                continue  # `elements` tells of them
            whole = value[found.start() : end.end()]
            out += [value[at : found.start()], GONE * whole.count("\n") if _MORE.fullmatch(whole) else self.mask(whole)]
            at = end.end()
        return "".join([*out, value[at:]])

    def _without_spans(self, value):
        """Set spans of code apart; none reaches over an empty line."""
        parts = re.split(r"(\n[ \t]*\n)", value)
        for number in range(0, len(parts), 2):
            if "`" in parts[number]:
                parts[number] = self._spans(parts[number])
        return "".join(parts)

    def _spans(self, block):
        runs, by_length = list(_TICKS.finditer(block)), defaultdict(list)
        for place, run in enumerate(runs):
            by_length[len(run[0])].append(place)
        out, at, place = [], 0, 0
        while place < len(runs):
            same = by_length[len(runs[place][0])]
            after = bisect_right(same, place)
            escaped = runs[place].start() and block[runs[place].start() - 1] == "\\"
            if after == len(same) or escaped:
                place += 1
                continue
            end = runs[same[after]].end()
            out += [block[at : runs[place].start()], self.mask(block[runs[place].start() : end])]
            at, place = end, same[after] + 1
        return "".join([*out, block[at:]])


def _outdented(words):
    """Return a fenced block that begins up to three spaces in, as CommonMark lets it, at the beginning of its lines."""
    indent = len(re.match(r" {0,3}(?=[`~]{3})|", words)[0])
    return re.sub(rf"^ {{1,{indent}}}", "", words, flags=re.MULTILINE) if indent else words


def _opening(fence):
    """Return the first line of a fenced block with its language alone: with more, Python-Markdown doesn't see a block."""
    language = re.match(r"[ \t]*(?:\{[ \t]*\.|\.)?([\w#.+-]*)", fence[3])[1]
    return fence[1] + fence[2] + language


def fenced(code, language=""):
    """Return `code` as a fenced block, the fence longer than any in it."""
    ticks = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(code)), default=0))
    code = code.strip("\n")
    return f"\n{ticks}{language}\n{code}\n{ticks}\n"
