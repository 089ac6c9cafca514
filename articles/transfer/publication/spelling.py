"""The one spelling of the files of a publication: the same values always give the same bytes, and those the same values.

    texts    front matter between two lines of ---, each line a key and its value; then the text and one newline
    tables   runs of `key = value` under [[what it is]], with an empty line between two

Values are JSON on one line, which is YAML as well (YAML 1.2, 1.3) and, without null and objects, TOML: so others read
these files with what they have, and ours with no parser that knows more than it must. What is read may come from strangers.
"""

import json
import re

MOST_LINE = 4_000_000  # characters of a line that is read
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_KEY = re.compile(r"[a-z_]{1,40}")
_HEADER = re.compile(r"\[\[([a-z_]{1,40})\]\]")
FENCE = "---"


class PublicationError(Exception):
    """A publication can't be written or read; says why, in words, with the file and the line."""


def wrong(name, words, line=None):
    """Return the PublicationError that says what is wrong with the file `name`, at that `line` of it."""
    return PublicationError(f"{name}{'' if line is None else f', line {line}'}: {words}")


def spelt(value):
    """Return `value` (JSON) as it stands in a file.

    What no line may hold, and what would turn round or hide what stands beside it, is escaped; all other text is as it is.
    """
    told = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", told)


def text_file(values, body):
    """Return the bytes of a text file: `values` {key: JSON} and the text `body`."""
    lines = [f"{key}: {spelt(value)}\n" for key, value in values.items()]
    return f"{FENCE}\n{''.join(lines)}{FENCE}\n{body}\n".encode()


def read_text(name, content):
    """Return ({key: value}, body) of the text file `name`; raise PublicationError when it isn't one that we wrote."""
    lines = _decoded(name, content).split("\n")
    if lines[0] != FENCE:
        raise wrong(name, "it doesn't begin with a line of ---.", 1)
    values = {}
    for number, line in enumerate(lines[1:], start=2):
        if line == FENCE:
            break
        _add(values, line, ": ", name, number)
    else:
        raise wrong(name, "its front matter has no end, a line of ---.")
    if lines[-1] != "" or len(lines) == number:
        raise wrong(name, "it doesn't end with a newline: a part of it is missing.")
    return values, "\n".join(lines[number:-1])


def said(values):
    """Return `values` without what is None or empty: what a file needn't say."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def table(kind, values):
    """Return the bytes of one table of the `kind`: `values` {key: JSON}, without what is None or empty."""
    lines = [f"{key} = {spelt(value)}\n" for key, value in said(values).items()]
    return f"[[{kind}]]\n{''.join(lines)}\n".encode()


def plain_table(values):
    """Return the bytes of a file with nothing but `values`, {key: JSON without null}."""
    return "".join(f"{key} = {spelt(value)}\n" for key, value in values.items()).encode()


def read_plain(name, content):
    """Return {key: value} of a file with nothing but values."""
    values = {}
    for number, line in enumerate(_decoded(name, content).split("\n"), start=1):
        if line:
            _add(values, line, " = ", name, number)
    return values


def read_tables(name, lines):
    """Yield (kind, {key: value}, number of its first line) of each table of the file `name`, given as `lines` of bytes."""
    kind, values, began = None, {}, 1
    for number, raw in enumerate(lines, start=1):
        line = _decoded(name, raw, number).removesuffix("\n")
        if found := _HEADER.fullmatch(line):
            if kind:
                yield kind, values, began
            kind, values, began = found[1], {}, number
        elif line and kind is None:
            raise wrong(name, "this stands under no [[heading]].", number)
        elif line:
            _add(values, line, " = ", name, number)
    if kind:
        yield kind, values, began


def _decoded(name, content, line=None):
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise wrong(name, "it isn't in UTF-8.", line or content.count(b"\n", 0, error.start) + 1) from error


def _add(values, line, mark, name, number):
    key, found, value = line.partition(mark)
    if not found or not _KEY.fullmatch(key) or len(line) > MOST_LINE:
        raise wrong(name, f"this is no key with a value: {line[:60]!r}", number)
    if key in values:
        raise wrong(name, f"{key} is there twice.", number)
    try:
        values[key] = json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise wrong(name, f"the value of {key} is not JSON.", number) from error


def _refuse(constant):
    raise ValueError(constant)
