"""The map of themes: which appear together, and how strongly."""

import functools
import math
from collections import Counter
from dataclasses import dataclass

from ..models import Counts, Facet, Theme
from ..models.tally import EVERYTHING, Kind
from .filters import Listing

MOST_THEMES, MOST_TIES = 30, 45  # drawn: a map of everything would show nothing
MOST_ROUNDS = 4
WIDEST = 7  # classes of strength
WEAKEST = 0.46  # of the strongest tie: how strong the weakest looks at most
ROW = 10  # height of a theme's row in the units of the drawing, whose width is 100


@dataclass(frozen=True)
class Tie:
    """Two themes that share `count` articles, and how that is drawn.

    The bow goes from the height `top` to `bottom` and out to `reach`; `strength` is from 1 to `WIDEST`, and `rows`
    are the places of the themes, counted from 1.
    """

    themes: tuple
    count: int
    address: str
    top: int
    bottom: int
    reach: int
    strength: int
    rows: tuple


@dataclass(frozen=True)
class ThemeMap:
    """Themes in an order that keeps together what belongs together, with their ties, the strongest first.

    `themes` are (theme, number of its articles); `of_themes` says how many have any.
    """

    themes: list
    ties: list
    of_themes: int

    @property
    def height(self):
        """The height of the drawing in its units."""
        return len(self.themes) * ROW


def theme_map(counts=None, themes=None):
    """Return the `ThemeMap` of the themes with the most articles, by the `Counts` (default: now).

    `themes` are all of them, where they are at hand.
    """
    counts = counts or Counts()
    known = dict(counts.partners(EVERYTHING, theme=None)[Kind.THEME])
    largest = [Facet(Kind.THEME.value, pk) for pk in list(known)[:MOST_THEMES]]
    together = counts.among(largest)
    ties = sorted(
        ((one.value, other.value), count) for (one, other), count in together.items() if one.value < other.value
    )
    ties = _chosen(sorted(ties, key=lambda tie: -tie[1]))
    order = _together(tuple(ties))
    if themes is None:
        themes = Theme.objects.defer("introduction", "introduction_html").filter(pk__in=order)
    themes = {theme.pk: theme for theme in themes}
    places = {tag: place for place, tag in enumerate(order)}
    return ThemeMap(
        [(themes[tag], known[tag]) for tag in order],
        [_tie(pair, _strength(count, ties), count, themes, places) for pair, count in ties],
        len(known),
    )


def _chosen(ties):
    """Return which of the `ties` [(pair, count), …], strongest first, are drawn: one of each theme, then two, and so on."""
    had, chosen, least = Counter(), [], 0
    while len(chosen) < min(MOST_TIES, len(ties)):
        least += 1
        for tie in ties:
            if len(chosen) < MOST_TIES and tie not in chosen and min(had[tag] for tag in tie[0]) < least:
                chosen.append(tie)
                had.update(tie[0])
    return sorted(chosen, key=lambda tie: -tie[1])


def _strength(count, ties):
    """Return the class of strength of a tie of `count` articles among the `ties` drawn, which tell apart the weakest."""
    weakest, strongest = ties[-1][1] / ties[0][1], count / ties[0][1]
    bend = max(0.7, math.log(WEAKEST) / math.log(weakest)) if weakest < 1 else 1
    return 1 + round((WIDEST - 1) * strongest**bend)


def _tie(pair, strength, count, themes, places):
    upper, lower = sorted(pair, key=places.get)
    span = places[lower] - places[upper]
    reach = 18 + 115 * span // max(2, len(places))  # the bow itself goes out three quarters of that
    first, last = themes[upper], themes[lower]
    address = Listing(themes=tuple(sorted((first, last), key=lambda theme: theme.slug))).address()
    top, bottom = (places[tag] * ROW + ROW // 2 for tag in (upper, lower))
    return Tie((first, last), count, address, top, bottom, reach, strength, (places[upper] + 1, places[lower] + 1))


@functools.lru_cache(maxsize=4)
def _together(ties):
    """Return what the `ties`, ((pair, strength), …), tie, in an order in which those with strong ties stand near each other.

    Each in turn goes where the ties, drawn, are shortest, until nothing moves.
    """
    tags = sorted({tag for pair, _count in ties for tag in pair})

    def length(chain):
        places = {tag: place for place, tag in enumerate(chain)}
        return sum(count * abs(places[one] - places[other]) for (one, other), count in ties)

    chain = list(tags)
    for _round in range(MOST_ROUNDS):
        before = list(chain)
        for tag in tags:
            rest = [other for other in chain if other != tag]
            chain = min(([*rest[:place], tag, *rest[place:]] for place in range(len(chain))), key=length)
        if chain == before:
            break
    return chain
