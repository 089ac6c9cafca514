"""What a reader may have meant, from the site's own words; never passed off as what was asked for."""

import difflib
import functools
import re
from collections import Counter

from ..models import Article, ThemeName
from .query import Query, parts
from .terms import WORD, bare

MOST_READ, MOST_WORDS = 300, 500_000  # of the newest articles: their words are most of those there are
SHORTEST = 5  # letters of a word that may be misspelt; a shorter one is like too many others
NEAR = 0.75  # how alike two words must be, from 0 to 1


def meant(text, finds):
    """Return `text` with the words that no article has replaced by like ones, or None.

    `finds(query)` says whether there is an article that a query finds; what is returned finds something.
    """
    known, pieces, at = None, [], 0
    for found in WORD.finditer(text):
        left_out = re.search(r"(?:^|\s)[-−–]$", text[: found.start()])
        folded = bare(found[0])
        if left_out or not folded or finds(Query.of(found[0])):
            continue
        known = known or _words(Article.objects.last_change())
        near = _nearest(folded, known) if len(folded) >= SHORTEST else None
        if near is None:
            return None
        pieces += [text[at : found.start()], near]
        at = found.end()
    other = "".join([*pieces, text[at:]])
    return other if pieces and finds(Query.of(other)) else None


def missing(text, finds):
    """Return (the words and phrases of `text` that no article has, `text` without them).

    `finds(query)` says whether there is an article that a query finds. Small words are never missed.
    """
    kept, missed = [], []
    for minus, phrase, word in parts(text):
        query = Query.of(f'"{phrase}"' if phrase else word)
        lost = not minus and query and not all(term.small for term in query.wanted) and not finds(query)
        (missed if lost else kept).append(f'{minus}"{phrase}"' if phrase else f"{minus}{word}")
    return missed, " ".join(kept)


def _nearest(folded, known):
    """Return the word most like `folded`, of the likest the most frequent, as it is spelt; None when none is near."""
    size = len(folded)
    likely = [
        word for word in known if abs(len(word) - size) <= 2 and (word[0] == folded[0] or word[-1:] == folded[-1:])
    ]
    near = difflib.get_close_matches(folded, likely, n=5, cutoff=NEAR)
    if not near:
        return None
    likeness = {word: round(difflib.SequenceMatcher(None, folded, word).ratio(), 1) for word in near}
    return known[max(near, key=lambda word: (likeness[word], known[word][1]))][0]


@functools.lru_cache(maxsize=1)
def _words(changed):
    """Return {folded word: (its commonest spelling, how often it occurs)} of what readers saw at the last change."""
    counts = Counter()
    rows = Article.objects.public().order_by("-published_at").values_list("title", "summary", "body")
    for row in rows[:MOST_READ].iterator():
        counts.update(word for part in row for word in WORD.findall(part) if len(word) > 2)
        if counts.total() > MOST_WORDS:
            break
    for name in ThemeName.objects.filter(theme__merged_into=None).values_list("name", flat=True):
        counts.update(word for word in WORD.findall(name) if len(word) > 2)
    known = {}
    for word, count in counts.most_common():
        folded = bare(word)
        if folded:
            spelt, before = known.get(folded, (word.lower() if word[1:].islower() and not word.istitle() else word, 0))
            known[folded] = (spelt, before + count)
    return known
