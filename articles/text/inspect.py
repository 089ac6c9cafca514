"""Where in a Markdown text the things stand that an editor should look at, as plain values."""

import re
from dataclasses import dataclass
from itertools import accumulate

from . import chartblocks, citations, links, timelines

LONG_PARAGRAPH = 180  # words
_CODE = re.compile(r"^(```|~~~).*?^\1[^\n]*$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
# Every repetition is bounded, so that no text takes more than a moment.
_IMAGE = re.compile(r"!\[([^\[\]]{0,1000})\]\(\s{0,9}<?([^)\s>]{1,2000})")
_LINK = re.compile(r"\]\(\s{0,9}<?(/[^)\s>]{0,2000})")
_MENTION = re.compile(r"\[\^([^\[\]\s]{1,100})\](?!:)")
_DEFINITION = re.compile(r"^ {0,3}\[\^([^\[\]\s]{1,100})\]:", re.MULTILINE)
_NAMED = re.compile(links.NAMED)
_PATH = re.compile(r"/(?:articles|themes)/[^/+#?]{1,100}/")
_CITATION = re.compile(citations.CITATION)
_TIMELINE = re.compile(r"(?:```+|~~~+) *timeline *\n")
_CHART = re.compile(r"(?:```+|~~~+) *chart *\n")
_SAID_BELOW = re.compile(r"\s*(?:source|note)\s*:", re.IGNORECASE)  # the settings of a chart that are Markdown
_HEADING = re.compile(r"^(#{1,6})\s", re.MULTILINE)
_BLOCK = re.compile(r"(?:^[^\n]*\S[^\n]*(?:\n|\Z))+", re.MULTILINE)
_FIGURE = re.compile(
    r"[$€£]\s?\d|(?<!\d)\d[\d.,]{0,20}\s?(?:%|per cent|bn\b|billion|million|bcm|tonnes?|MW|GW|TWh)", re.IGNORECASE
)


@dataclass(frozen=True)
class Place:
    """Something in a text: what it is, from which character to which, and what it names."""

    what: str  # "link", "name", "picture", "bare picture", "citation", "unknown note", "unused note", "skipped level", "long", "unsourced", "undated"; "chart: …" with the code of `chartblocks.Block.problems`, which names "LINE\\0WORDS"
    start: int
    end: int
    names: str = ""


def inspect(body):
    """Return the `Place`s in the Markdown `body`, in order. Fenced and inline code is passed over."""
    text = _without_code(body)
    places, shown = [], set()
    for found in _IMAGE.finditer(text):
        shown.add(found.end())
        places.append(Place("picture" if found[1].strip() else "bare picture", *found.span(), found[2]))
    led = (found for found in _LINK.finditer(text) if found.end() not in shown)
    places += [Place("link", *found.span(1), found[1]) for found in led]
    places += [Place("name", *found.span(), " ".join(found[1].split())) for found in _NAMED.finditer(text)]
    defined = {found[1]: found for found in _DEFINITION.finditer(text)}
    definitions = {found.start() for found in defined.values()}
    mentioned = [found for found in _MENTION.finditer(text) if found.start() not in definitions]
    places += [Place("unknown note", *found.span(), found[1]) for found in mentioned if found[1] not in defined]
    known = {found[1] for found in mentioned}
    places += [Place("unused note", *found.span(), label) for label, found in defined.items() if label not in known]
    for found in _CITATION.finditer(text):
        places += [Place("citation", *found.span(), key) for key, _locator in citations.cited(found[1])]
    places += _undated(body)
    places += _undrawn(body)
    level = 2
    for found in _HEADING.finditer(text):
        deeper = max(2, len(found[1]))
        if deeper > level + 1 or (deeper > level and level == 2 and not _before(text, found.start())):
            places.append(Place("skipped level", *found.span(1), found[1]))
        level = deeper
    for found in _BLOCK.finditer(text):
        block = found[0]
        if _DEFINITION.match(block) or _TIMELINE.match(block) or block.lstrip().startswith(("#", "|", "*[")):
            continue
        if len(block.split()) > LONG_PARAGRAPH:
            places.append(Place("long", *found.span()))
        if _FIGURE.search(block) and not _MENTION.search(block) and not _CITATION.search(block):
            figure = _FIGURE.search(text, found.start(), found.end())
            places.append(Place("unsourced", *figure.span(), figure[0]))
    return sorted(places, key=lambda place: (place.start, place.end))


def _undated(body):
    """Return the `Place`s of the lines of timelines that say no date."""
    places = []
    for block in timelines.fenced(body):
        start = block.inner
        for line in block.lines.splitlines(keepends=True) if block.what == "timeline" else ():
            if line.strip() and timelines.parse(line) is None:
                places.append(Place("undated", start, start + len(line.rstrip("\n")), line.strip()[:80]))
            start += len(line)
    return places


def _undrawn(body):
    """Return the `Place`s of what keeps charts from being drawn, and of those without a source."""
    places, named = [], chartblocks.tables(body)
    for found in timelines.fenced(body):
        if found.what == "chart":
            lines = found.lines.splitlines(keepends=True) or [""]
            block = chartblocks.parse(found.lines, named)
            if "source" not in block.settings:
                places.append(Place("unsourced", found.start, found.inner, block.settings.get("title", "")))
            starts = list(accumulate(map(len, lines), initial=found.inner))
            first = body.count("\n", 0, found.inner) + 1
            for number, code, about in block.problems:
                start, line = starts[number], first + number
                places.append(
                    Place(f"chart: {code}", start, start + len(lines[number].rstrip("\n")), f"{line}\0{about}")
                )
    return places


def named(body):
    """Return the names and the paths of articles and themes to which the Markdown `body` links, each once, in order."""
    text = _without_code(body)
    found = [(m.start(), " ".join(m[1].split())) for m in _NAMED.finditer(text)]
    found += [(m.start(), path[0]) for m in _LINK.finditer(text) if (path := _PATH.match(m[1]))]
    return list(dict.fromkeys(name for _start, name in sorted(found)))


def _without_code(body):
    def blank(found):
        if _TIMELINE.match(found[0]):
            return found[0]
        said = _CHART.match(found[0])
        lines = found[0].splitlines(keepends=True)
        return "".join(line if said and _SAID_BELOW.match(line) else re.sub(r"[^\n]", " ", line) for line in lines)

    return _CODE.sub(blank, body)


def _before(text, end):
    """Whether a heading stands before the character `end`."""
    return _HEADING.search(text, 0, end) is not None
