"""Timelines in a text: a fenced block of lines, each a date and what happened.

    ```timeline
    1936: The convention is signed.
    2019-07: The first parts arrive.[@key]
    2022-02-24 – 2022-03-29: From the invasion to the talks.
    ```

A date has the precision it has (see `dates`); what happened is Markdown in one line.
"""

import html
import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass

from . import dates

_DAY = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_FENCE = re.compile(r"^(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
LINE = re.compile(rf"({_DAY})(?:\s?[–—]\s?|\s-\s)?((?<=[–—\s]){_DAY})?\s{{0,3}}:\s(.+)")

_EVENT = re.compile(r'<li class="event" id="event-(\d+)">(.*?)</li>', re.DOTALL)
_TIME = re.compile(r'<time datetime="(\d{4}[\d-]*)">[^<]*</time>')
_WHAT = re.compile(r'<span class="what">(.*)</span>\s*\Z', re.DOTALL)
_MARK = re.compile(r'<sup [^>]*(?:id="fnref|class="cites")[^>]*>.*?</sup>', re.DOTALL)


@dataclass(frozen=True)
class Fenced:
    """A fenced block: from which character to which, what it says it is, its lines, and at which character these begin."""

    start: int
    end: int
    what: str
    lines: str
    inner: int


def fenced(body):
    """Yield the `Fenced` blocks of the Markdown `body` in order: any, so that one shown as code inside another stays code.

    A block ends at the next line that is its own fence again; the time this takes grows with the text, whatever it holds.
    """
    fences = list(_FENCE.finditer(body))
    closing = defaultdict(list)  # {fence: places among `fences` of those that may end a block}
    for place, fence in enumerate(fences):
        if not fence[2].strip(" "):
            closing[fence[1]].append(place)
    place = 0
    while place < len(fences):
        opening = fences[place]
        ends = closing[opening[1]]
        after = bisect_right(ends, place)
        place += 1
        if after < len(ends):
            end, inner = fences[ends[after]], opening.end() + 1
            yield Fenced(opening.start(), end.end(), opening[2].strip(" "), body[inner : end.start()], inner)
            place = ends[after] + 1


@dataclass(frozen=True)
class Event:
    """One event of a rendered text: its number there, its first and last date ("" when it has one), HTML in words."""

    number: int
    date: str
    until: str
    html: str


def parse(line):
    """Return (date, until or "", words) of one line of a timeline, or None when it is not one."""
    found = LINE.fullmatch(line.strip())
    if not found:
        return None
    date, until = found[1], found[2] or ""
    try:
        begin, end = dates.first_day(*dates.parse(date)), dates.first_day(*dates.parse(until or date))
    except ValueError:
        return None
    return (date, until, found[3].strip()) if end >= begin else None


def events(markup):
    """Return the `Event`s in rendered `markup`, without marks of notes and sources."""
    found = []
    for item in _EVENT.finditer(markup):
        days, what = _TIME.findall(item[2]), _WHAT.search(item[2])
        if days and what and all(map(dates.is_date, days)):
            found.append(Event(int(item[1]), days[0], days[1] if len(days) > 1 else "", _MARK.sub("", what[1])))
    return found


def dated(markup, in_words):
    """Return rendered `markup` with its dates told by `in_words(date)`; what is no date stays as it was typed."""

    def told(found):
        if not dates.is_date(found[1]):
            return found[0]
        return f'<time datetime="{found[1]}">{html.escape(in_words(found[1]))}</time>'

    return _TIME.sub(told, markup)
