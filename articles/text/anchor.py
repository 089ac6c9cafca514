"""Where a passage that was quoted stands in a text that has changed since."""

import re
from collections import Counter

ALIKE = 0.6  # the share of the quoted words that a rewritten paragraph must have more than
MOST = 2_000  # paragraphs looked at, those nearest to the old place
_WORD = re.compile(r"\w+")


def find(quote, place, body):
    """Return (start, end) of what `quote`, which began at the character `place`, is in `body` now, or None.

    The passage itself nearest to its old place; else the paragraph that is most like it, if one is like it at all.
    """
    if not quote:
        return None
    places = {body.rfind(quote, 0, place + len(quote)), body.find(quote, place)} - {-1}
    if places:
        nearest = min(places, key=lambda start: abs(start - place))
        return nearest, nearest + len(quote)
    paragraphs, offset = [], 0
    for line in body.split("\n"):
        if line.strip():
            paragraphs.append((offset, line))
        offset += len(line) + 1
    paragraphs.sort(key=lambda paragraph: abs(paragraph[0] - place))
    words = Counter(_WORD.findall(quote.casefold()))
    best, found = ALIKE * words.total(), None
    for start, line in paragraphs[:MOST]:
        shared = (words & Counter(_WORD.findall(line.casefold()))).total()
        if shared > best:
            best, found = shared, (start, start + len(line))
    return found
