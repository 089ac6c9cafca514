"""The map of themes: which appear together, and how strongly."""

import functools
import math
from collections import Counter
from dataclasses import dataclass
from itertools import combinations, groupby

from ..models import Article, ArticleTheme, Theme
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

    `themes` are (theme, number of its articles); `of_themes` and `of_ties` say how many there are in all.
    """

    themes: list
    ties: list
    of_themes: int
    of_ties: int

    @property
    def height(self):
        """The height of the drawing in its units."""
        return len(self.themes) * ROW


def theme_map():
    """Return the `ThemeMap` of what readers see; it is made once for each change of that."""
    return _map(Article.objects.last_change())


@functools.lru_cache(maxsize=2)
def _map(changed):
    together, counts = Counter(), Counter()
    links = ArticleTheme.objects.public().order_by("content_object").values_list("content_object", "tag")
    for _article, group in groupby(links.iterator(chunk_size=10_000), key=lambda link: link[0]):
        tags = sorted(tag for _article, tag in group)
        counts.update(tags)
        together.update(combinations(tags, 2))
    weights = Counter()
    for pair, count in together.items():
        for tag in pair:
            weights[tag] += count
    drawn = {tag for tag, _weight in weights.most_common(MOST_THEMES)}
    ties = _chosen([(pair, count) for pair, count in together.most_common() if drawn.issuperset(pair)])
    order = _together(sorted({tag for pair, _count in ties for tag in pair}), dict(ties))
    themes = Theme.objects.defer("introduction", "introduction_html").in_bulk(order)
    places = {tag: place for place, tag in enumerate(order)}
    return ThemeMap(
        [(themes[tag], counts[tag]) for tag in order],
        [_tie(pair, _strength(count, ties), count, themes, places) for pair, count in ties],
        len(weights),
        len(together),
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


def _together(tags, ties):
    """Return `tags` in an order in which those with strong `ties` ({pair: strength}) stand near each other.

    Each in turn goes where the ties, drawn, are shortest, until nothing moves.
    """

    def length(chain):
        places = {tag: place for place, tag in enumerate(chain)}
        return sum(count * abs(places[one] - places[other]) for (one, other), count in ties.items())

    chain = list(tags)
    for _round in range(MOST_ROUNDS):
        before = list(chain)
        for tag in tags:
            rest = [other for other in chain if other != tag]
            chain = min(([*rest[:place], tag, *rest[place:]] for place in range(len(chain))), key=length)
        if chain == before:
            break
    return chain
