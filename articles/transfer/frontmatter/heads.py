"""A file of text taken apart: its encoding, the fields of its head (YAML, TOML, JSON or Pelican's lines) and its body.

Scalars of YAML stay as they are typed, so that a slug 007 keeps its noughts, a tag "no" is no boolean and a date is read
by `dates`, which refuses what it doesn't understand.
"""

import codecs
import json
import re
import tomllib
from copy import deepcopy
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import yaml
from django.utils.translation import gettext as _

LONGEST = 1 << 16  # characters of a head
DEEPEST, MOST = 20, 5_000  # lists in lists, and values, of a head
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_FENCE = re.compile(r"(---|\+\+\+|;;;)[ \t]*([a-z0-9]{0,10})[ \t]*(?:\n|\Z)")
_ENDS = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
    ";;;": re.compile(r"^;;;[ \t]*$", re.MULTILINE),
}
_LINE = re.compile(r" {0,3}([A-Za-z0-9_-]{1,60}):[ \t]*(.*)")
_KNOWN = {"title", "date", "modified", "category", "tags", "slug", "author", "authors", "summary", "lang", "status"}
_BARE = re.compile(r"((?:(?:[A-Za-z][\w-]{0,60}[ ]?:|[ \t]+\S|- )[^\n]*\n){1,500})---[ \t]*(?:\n|\Z)")
_NOTHING = {"", "~", "null", "Null", "NULL"}


class HeadError(ValueError):
    """A file that can't be taken apart: why, in `words`, and at which `line` of it."""

    def __init__(self, words, line=None):
        super().__init__(words)
        self.words, self.line = words, line


@dataclass(frozen=True)
class Head:
    """A file taken apart.

    `fields` are {name in small letters: str, int, float, bool, date, datetime, list, dict or None}; `kind` is "yaml",
    "toml", "json", "lines" or "" where there is no head. `typed` is the head as it stands in the file, from its line
    `first` on; `body` begins at the line `after`.
    """

    fields: dict
    body: str
    kind: str = ""
    typed: str = ""
    first: int = 1
    after: int = 1

    def line_of(self, name):
        """Return the line at which the field `name` stands, or None."""
        found = re.search(rf"""^[ \t]*["']?{re.escape(name)}["']?[ \t]*[:=]""", self.typed, re.M | re.I)
        return self.first + self.typed.count("\n", 0, found.start()) if found else None


def decoded(content):
    """Return (text, its control characters taken out: how many) of the bytes `content`; line ends are one newline.

    It is UTF-8, or what its byte order mark says. Raise HeadError for anything else, with the line: which of the many
    old encodings a file is in can only be guessed.
    """
    encoding = "utf-8"
    for bom, name in _BOMS:
        if content.startswith(bom):
            encoding, content = name, content[len(bom) :]
            break
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "replace")
        words = _("It is not in %(encoding)s: byte %(byte)s of the line can't be read. Save it as UTF-8.")
        place = len(before.rpartition("\n")[2].encode()) + 1
        raise HeadError(words % {"encoding": encoding.upper(), "byte": place}, before.count("\n") + 1) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if text.count("\0") * 10 > len(text):
        raise HeadError(_("It is no text: it is full of zeros."), 1)
    return _CONTROL.subn("", text)


def taken_apart(text, lines=False):
    """Return the `Head` of a whole file, decoded; raise HeadError. Only where `lines`, a head of bare lines is any.

    Elsewhere bare lines are a head when they begin with a field that Pelican knows. One that ends in a line --- is YAML, as
    Hexo has it; where `lines`, one between two such lines may be Pelican's lines instead, in which a colon says nothing.
    """
    above = re.match(r"[ \t]*\n\s*(?=(?:---|\+\+\+)[ \t]*\n)", text)  # which Hugo and Zola don't mind
    if above:
        return _lower(text, above.end(), lines)
    opening = _FENCE.match(text)
    if opening:
        try:
            return _fenced(text, opening)
        except HeadError:
            inner = lines and _BARE.match(text, opening.end())
            if not inner:
                raise
            head = _lined(inner[1])
            return Head(head.fields, text[inner.end() :], "lines", inner[1], 2, text.count("\n", 0, inner.end()) + 1)
    ending = None if lines else _BARE.match(text)
    if ending and _LINE.match(text):
        return Head(
            _mapping(yaml_fields(ending[1]), 1),
            text[ending.end() :],
            "yaml",
            ending[1],
            1,
            text.count("\n", 0, ending.end()) + 1,
        )
    if text.startswith("{"):
        return _braced(text)
    first = _LINE.match(text)
    if first and (first[1].lower() in _KNOWN or (lines and first[1][0].isupper())):
        return _lined(text)
    return Head({}, text)


def of_page(text):
    """Return the `Head` of a page of HTML as Pelican reads it: its title, its <meta> by their names, and what is in <body>."""
    page = _Page()
    page.feed(text[:LONGEST])
    body = re.search(r"<body\b[^<>]*>(.*?)(?:</body\s*>|\Z)", text, re.DOTALL | re.IGNORECASE)
    if not body or not page.fields:
        return Head({}, text)
    after = text.count("\n", 0, body.start(1)) + 1
    return Head(page.fields, body[1], "lines", text[: body.start(1)], 1, after)


class _Page(HTMLParser):
    """What the head of a page says."""

    def __init__(self):
        super().__init__()
        self.fields, self._in_title = {}, False

    def handle_starttag(self, tag, attrs):
        """Take down a field."""
        told = {name: value or "" for name, value in attrs}
        self._in_title = tag == "title"
        if tag == "meta" and told.get("name") and len(self.fields) < MOST:
            name = told["name"].strip().lower()
            self.fields["tags" if name == "keywords" else name] = told.get("content") or told.get("contents") or ""

    def handle_data(self, data):
        """Take down the title."""
        if self._in_title:
            self.fields["title"] = (self.fields.get("title", "") + data).strip()
            self._in_title = not data.strip()

    def parse_marked_section(self, i, report=1):
        """Take "<![" for a comment, as browsers do: Python 3.11 fails over most of them."""
        return self.parse_bogus_comment(i, report)


def _lower(text, at, lines):
    """Return the `Head` of a file in which it begins at `at`, below empty lines."""
    skipped = text.count("\n", 0, at)
    try:
        head = taken_apart(text[at:], lines)
    except HeadError as error:
        raise HeadError(error.words, error.line and error.line + skipped) from error
    return replace(head, first=head.first + skipped, after=head.after + skipped) if head.kind else Head({}, text)


def _fenced(text, opening):
    fence, said = opening[1], opening[2]
    if fence != "---" and said:
        return Head({}, text)
    end = _ENDS[fence].search(text, opening.end(), opening.end() + LONGEST + 5)
    if end is None:
        if fence == "---" and not _LINE.match(text, opening.end()):
            return Head({}, text)  # a rule across the page
        if len(text) - opening.end() > LONGEST:
            raise HeadError(_("Its head has no end within %s characters.") % f"{LONGEST:,}", 1)
        raise HeadError(_("Its head has no end: the line %s is missing.") % fence, 1)
    typed = text[opening.end() : end.start()]
    after = text.count("\n", 0, end.end()) + 2
    if said not in {"", "yaml", "yml", "json", "toml"}:
        raise HeadError(_("Its head is a program (%s), and programs are not run.") % said, 1)
    kind = {"+++": "toml", ";;;": "json"}.get(fence) or {"json": "json", "toml": "toml"}.get(said, "yaml")
    fields = {"yaml": yaml_fields, "toml": _toml, "json": _json}[kind](typed, 2)
    return Head(_mapping(fields, 2), text[end.end() :].removeprefix("\n"), kind, typed, 2, after)


def _braced(text):
    if not re.match(r'\{\s*(?:"|\})', text):
        return Head({}, text)  # a shortcode, or anything else that begins with a brace
    try:
        fields, end = json.JSONDecoder().raw_decode(text[:LONGEST])
    except (ValueError, RecursionError) as error:
        raise _json_error(error, 1) from error
    _bounded(fields, 1)
    rest = text[end:]
    body = rest.lstrip(" \t").removeprefix("\n")
    after = text.count("\n", 0, len(text) - len(body)) + 1
    return Head(_mapping(fields, 1), body, "json", text[:end], 1, after)


def _lined(text):
    fields, name, length = {}, "", 0
    lines = text.split("\n")
    count = 0
    for count, line in enumerate(lines):  # noqa: B007 - read below
        found = _LINE.fullmatch(line)
        if found:
            name = found[1].lower()
            fields[name] = found[2].strip()
        elif line.startswith(("    ", "\t")) and name:
            fields[name] = f"{fields[name]} {line.strip()}".strip()
        else:
            break
        length += len(line) + 1
        if length > LONGEST:
            raise HeadError(_("Its head has no end within %s characters.") % f"{LONGEST:,}", 1)
    else:
        count = len(lines)
    typed = "\n".join(lines[:count])
    blank = count < len(lines) and not lines[count].strip()
    return Head(fields, "\n".join(lines[count + blank :]), "lines", typed, 1, count + blank + 1)


def _mapping(fields, line):
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise HeadError(_("Its head is no list of fields."), line)
    return {str(name).strip().lower(): value for name, value in fields.items()}


def _json(typed, first):
    try:
        fields = json.loads(typed)
    except (ValueError, RecursionError) as error:
        raise _json_error(error, first) from error
    _bounded(fields, first)
    return fields


def _json_error(error, first):
    line = first + getattr(error, "lineno", 1) - 1
    return HeadError(_("Its head is no JSON: %s.") % getattr(error, "msg", _("it is too deep")), line)


def _toml(typed, first):
    try:
        fields = tomllib.loads(typed)
    except (ValueError, RecursionError) as error:
        said = re.search(r"at line (\d+)", str(error))
        words = _("it is too deep") if isinstance(error, RecursionError) else str(error).partition(" (at ")[0]
        raise HeadError(_("Its head is no TOML: %s.") % words, first + int(said[1]) - 1 if said else first) from error
    _bounded(fields, first)
    return fields


def _bounded(value, line):
    """Raise HeadError when lists stand too deep in lists, or there are too many values."""
    waiting, count = [(value, 0)], 0
    while waiting:
        each, depth = waiting.pop()
        count += 1
        if depth > DEEPEST or count > MOST:
            raise HeadError(_("Its head is too deep or has too many values."), line)
        if isinstance(each, dict | list):
            waiting += [(one, depth + 1) for one in (each.values() if isinstance(each, dict) else each)]


def yaml_fields(typed, first=1):
    """Return what the YAML `typed` says, its scalars as typed, or None where plain and empty; raise HeadError.

    References (`*name`) count as what they stand for, so that they can't grow without end; every tag but those of the
    standard is refused.
    """
    try:
        return _built(yaml.parse(typed, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), first)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        words = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise HeadError(_("Its head is no YAML: %s.") % words, first + mark.line if mark else first) from error
    except RecursionError as error:
        raise HeadError(_("Its head is too deep or has too many values."), first) from error


def _built(events, first):
    """Return what the events of a YAML parser build, without recursion."""
    root, open_ones, count = [], [], 0  # of each that is open: [what it is, the key that waits for its value, …]
    anchors = {}  # {name: (what it stands for, how many values that is)}
    for event in events:
        line = first + event.start_mark.line
        if isinstance(event, yaml.AliasEvent):
            value, size = anchors.get(event.anchor, (None, MOST))  # of one that isn't complete there is no end
            count += size
            if count > MOST or len(open_ones) > DEEPEST:
                raise HeadError(_("Its head has a YAML reference (*%s), which is not taken.") % event.anchor, line)
            _put(deepcopy(value), open_ones, root, line)
            continue
        if isinstance(event, yaml.DocumentStartEvent) and root:
            raise HeadError(_("Its head holds several YAML documents."), line)
        if isinstance(event, yaml.CollectionEndEvent):
            value, _key, anchor, before = open_ones.pop()
            anchors |= {anchor: (value, count - before)} if anchor else {}
        elif isinstance(event, yaml.NodeEvent):
            count += 1
            tag = event.tag or ""
            if tag and tag != "!" and not re.fullmatch(r"tag:yaml\.org,2002:[a-z]+", tag):
                raise HeadError(_("Its head has a YAML tag (%s), which is not taken.") % tag[:60], line)
            if count > MOST or len(open_ones) > DEEPEST:
                raise HeadError(_("Its head is too deep or has too many values."), line)
            if isinstance(event, yaml.CollectionStartEvent):
                open_ones.append([{} if isinstance(event, yaml.MappingStartEvent) else [], None, event.anchor, count])
                continue
            value = None if event.implicit[0] and event.value in _NOTHING else event.value
            anchors |= {event.anchor: (value, 1)} if event.anchor else {}
        else:
            continue
        _put(value, open_ones, root, line)
    return root[0] if root else None


def _put(value, open_ones, root, line):
    """Put a value that is complete where it belongs; raise HeadError where it can't be a name."""
    if not open_ones:
        root.append(value)
        return
    into = open_ones[-1]
    if isinstance(into[0], list):
        into[0].append(value)
    elif into[1] is None:
        if isinstance(value, dict | list):
            raise HeadError(_("Its head has a list for a name."), line)
        into[1] = str(value or "")
    elif into[1] == "<<" and isinstance(value, dict):  # yaml.org/type/merge.html
        into[0], into[1] = value | into[0], None
    else:
        into[0][into[1]], into[1] = value, None
