"""What an article is about in its own words: those that it uses often and other articles rarely."""

import functools
import math
import re
from collections import Counter, defaultdict

from django.conf import settings
from django.db import connection
from django.utils.dates import MONTHS, MONTHS_ALT, WEEKDAYS
from django.utils.translation import override

from .. import names, text
from ..models import Tally
from ..text import links
from .engines import TABLE, engine
from .query import Term
from .small import is_dull
from .terms import WORD, either, term

MOST_KEYWORDS, MOST_WEIGHED = 16, 80
SURE = 1_000  # spellings at the beginning of a sentence that one within it outweighs
SHORTEST = 4  # letters
MOST_COUNTED = 300  # articles: a word that more of them have tells little
TITLE, SUMMARY = 4, 2  # how often a word there counts
NAME = 2  # how much more a name tells than another word
MOST_JOINED = 3  # words of one name
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")  # whose parts are no words
_ENDS = frozenset('.!?…:;\n"“”„«»()[]•·–—')  # behind one of these a capital says nothing


def keywords(article):
    """Return [(term, the word or the name as it is spelt most often), …] of an indexed `article`, the most telling first."""
    counts, spellings = Counter(), defaultdict(Counter)
    untitled = dict.fromkeys(links.untitled(article.html), "")  # the words of another article's title
    said = [(_ADDRESS.sub(" ", paragraph), 1) for paragraph in text.paragraphs(article.html, untitled)]
    parts = ((article.title, TITLE), (article.summary, SUMMARY), *said)
    for part, weight in parts:
        for word, spelt, sure in _spelt(part):
            if _may_tell(word):
                found = term(word, article.language)
                counts[found] += weight
                spellings[found][spelt] += SURE if sure else 1
    likely = [found for found, _count in counts.most_common(MOST_WEIGHED)]
    having, indexed = _having(likely), Tally.standing()
    spelt = {found: max(spellings[found].items(), key=lambda pair: (pair[1], pair[0]))[0] for found in likely}
    weights = {
        found: (1 + math.log(counts[found]))
        * math.log((1 + indexed) / max(1, having[found]))
        * (NAME if spelt[found][0].isupper() else 1)
        for found in _one_of_each(likely, spelt, having)
        if having[found] < MOST_COUNTED
    }
    best = sorted(weights, key=lambda found: (-weights[found], found))[:MOST_KEYWORDS]
    return [(found, spelt[found]) for found in best if weights[found] > 0]


def terms_of(name):
    """Return the set of the terms under which the words of `name` may be found."""
    return {reading for word in WORD.findall(name) for reading in either(word)}


def _spelt(part):
    """Return [(word, how it is spelt, whether that is sure), …] of a text: a name of several words whole.

    A capital at the beginning of a sentence says nothing, and is told small.
    """
    words = list(WORD.finditer(part))
    runs, ends = [], [-1, *(word.end() for word in words)]
    for place, word in enumerate(words):
        between = part[max(0, ends[place]) : word.start()]
        begins = place == 0 or not _ENDS.isdisjoint(between)
        capital = word[0][0].isupper() and (not begins or word[0][1:].isupper() and len(word[0]) > 1)
        joined = capital and runs and runs[-1][0] and between == " " and len(runs[-1][1]) < MOST_JOINED
        if joined:
            runs[-1][1].append(word[0])
        else:
            runs.append((capital, [word[0]], capital or not begins))
    return [(word, " ".join(run) if capital else word.lower(), sure) for capital, run, sure in runs for word in run]


def _one_of_each(likely, spelt, having):
    """Return the terms `likely`, of those that belong to one name the rarest."""
    rarest = {}
    for found in likely:
        name = spelt[found]
        if name not in rarest or (having[found], found) < (having[rarest[name]], rarest[name]):
            rarest[name] = found
    return list(rarest.values())


@functools.lru_cache(maxsize=20_000)
def _may_tell(word):
    """Whether the `word` may tell what a text is about: it is no number, date or word that every text has."""
    return len(word) >= SHORTEST and not word.isdecimal() and not is_dull(word) and names.fold(word) not in _dates()


@functools.cache
def _dates():
    """Return the folded names of months and days of the week, which say nothing, in the three languages."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.update(names.fold(name) for row in (MONTHS, MONTHS_ALT, WEEKDAYS) for name in row.values())
    return found


def _having(terms):
    """Return {term: how many articles have it, counted up to `MOST_COUNTED`}."""
    if not terms:
        return {}
    found = engine()
    count = (
        f"SELECT CAST(%s AS text), (SELECT count(*) FROM (SELECT 1 FROM {TABLE} WHERE {found.matches} "  # noqa: S608
        f"LIMIT {MOST_COUNTED}) AS counted)"
    )
    parameters = [part for each in terms for part in (each, found.expression([Term(((each,),))]))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([count] * len(terms)), parameters)
        return dict(cursor.fetchall())
