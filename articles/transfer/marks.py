"""What Markdown reads as marks, and how words that look like them stay words."""

import re

# What Markdown reads as marks wherever it stands; `<` and `&` are told from tags and entities.
_MARKS = re.compile(r"[\\`*\[\]]|(?<![^\W_])_|_(?![^\W_])|\{(?=\{)|<|&(?=#?\w+;)")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
# What Markdown reads as a mark at the beginning of a line: a heading, a quotation, an item, a term, a fence, a rule.
_AT_START = re.compile(r"#|>|[+-](?=\s|$)|\d+\.(?=\s|$)|:(?=\s)|~~~|[-=:|+](?=[-=:|+ ]*$)")
_UNSAFE = re.compile(r"[\s<>\"`\\\[\]{}|^()]")


def escaped(words, *, in_table=False):
    """Return `words` of which Markdown reads none as a mark, but for what only stands at the beginning of a line."""
    words = _MARKS.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), words)
    return words.replace("|", "\\|") if in_table else words


def at_start(text):
    """Return Markdown whose lines begin with nothing that Markdown would take for a mark."""
    return "\n".join(
        _AT_START.sub(_unmarked, line, count=1) if _AT_START.match(line) else line for line in text.split("\n")
    )


def _unmarked(found):
    if found[0][0] in ":=~":  # which a backslash doesn't escape
        return f"&#{ord(found[0][0])};{found[0][1:]}"
    return found[0][:-1] + "\\" + found[0][-1:]


def target(address):
    """Return `address` as it may stand between the brackets of a link."""
    return _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address)


def bracketed(words):
    """Return Markdown as it may stand between brackets, without the look of a note's mark or of an address for later."""
    words = f"&#94;{words[1:]}" if words.startswith("^") else words
    return words.replace("\\]:", "&#93;:")


def indented(text, first):
    """Return the lines of a block behind the mark `first`, all others four spaces in, as Python-Markdown wants them."""
    return first + re.sub(r"\n(?=[^\n])", "\n    ", text)
