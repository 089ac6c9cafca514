"""Citations in a text: `[@key]`, `[@key, p. 12]`, `[@one; @other, pp. 3–4]`.

The engine writes each as a numbered link to the list of sources; what the sources are is put in when the text is shown.
"""

import html
import itertools
import re
from dataclasses import dataclass

KEY = r"[A-Za-z0-9][A-Za-z0-9-]{0,99}"
_ONE = rf"@({KEY})(?:,\s{{0,9}}([^\[\];@]{{1,100}}))?"
# Every repetition is bounded, so that no text takes more than a moment.
CITATION = rf"\[({_ONE}(?:;\s{{0,9}}{_ONE}){{0,19}})\](?!\()"
_EACH = re.compile(_ONE)

MARK = re.compile(r'<sup class="cites"[^>]*>(.*?)</sup>', re.DOTALL)
_LINK = re.compile(r'<a class="cite" href="#source-([a-z0-9-]+)">([^<,]*)(?:, ([^<]*))?</a>')
_SHOWN = re.compile(r'<sup class="cites" id="cite-(\d+)">(.*?)</sup>', re.DOTALL)


@dataclass(frozen=True)
class Mention:
    """One place where a text cites a source: the number of the place, the number of the source, "p. 12" or nothing."""

    key: str
    number: int
    place: int
    locator: str


def cited(text):
    """Return [(key, locator), …] of the inside of one citation's brackets; keys in small letters."""
    return [(found[1].lower(), (found[2] or "").strip()) for found in _EACH.finditer(text)]


def numbered(markup):
    """Return sanitised `markup` with places and sources numbered in the order in which the page mentions them."""
    numbers, places = {}, itertools.count(1)

    def link(found):
        number = str(numbers.setdefault(found[1], len(numbers) + 1))
        return f'<a class="cite" href="#source-{found[1]}">{", ".join(filter(None, (number, found[3])))}</a>'

    # A word joiner keeps the bracket on the line of what it proves.
    return MARK.sub(
        lambda m: f'<sup class="cites" id="cite-{next(places)}">\u2060[{_LINK.sub(link, m[1])}]</sup>', markup
    )


def mentions(markup):
    """Return the `Mention`s in rendered `markup`, in order."""
    return [
        Mention(link[1], int(link[2]), int(mark[1]), html.unescape(link[3] or ""))
        for mark in _SHOWN.finditer(markup)
        for link in _LINK.finditer(mark[2])
    ]


def beside(markup, words):
    """Return rendered `markup` with what its sources are beside their first mentions, for wide margins.

    `words` are {key: plain text}; a key without words is marked as missing. They stand in an attribute, which only
    styles show: nobody hears or copies a source twice.
    """
    told = set()

    def mark(found):
        fresh = {link[1]: link[2] for link in _LINK.finditer(found[2]) if link[1] in words and link[1] not in told}
        told.update(fresh)
        notes = "\n".join(f"{number}. {html.escape(words[key])}" for key, number in fresh.items())
        links = _LINK.sub(lambda link: link[0] if link[1] in words else missing(link[1]), found[2])
        told_here = f' data-note="{notes}"' if notes else ""
        return f'<sup class="cites" id="cite-{found[1]}"{told_here}>{links}</sup>'

    return _SHOWN.sub(mark, markup)


def missing(name):
    """Return the mark of something that a text names and nobody knows."""
    return f'<span class="missing">{html.escape(name)}?</span>'
