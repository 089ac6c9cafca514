"""What an article is about in its own words: those that it uses often and other articles rarely."""

import functools
import math
from collections import Counter, defaultdict

from django.conf import settings
from django.db import connection
from django.utils.dates import MONTHS, MONTHS_ALT, WEEKDAYS
from django.utils.translation import override

from .. import names, text
from ..models import Article
from ..text import links
from .engines import TABLE, engine
from .query import Term
from .terms import WORD, term

MOST_KEYWORDS, MOST_WEIGHED = 16, 80
SHORTEST = 4  # letters
MOST_COUNTED = 300  # articles: a word that more of them have tells little
TITLE, SUMMARY = 4, 2  # how often a word there counts
NAME = 2  # how much more a name tells than another word


def keywords(article):
    """Return [(term, the word as it is spelt most often), …] of an indexed `article`, the most telling first."""
    counts, spellings = Counter(), defaultdict(Counter)
    untitled = dict.fromkeys(links.untitled(article.html), "")  # the words of another article's title
    parts = ((article.title, TITLE), (article.summary, SUMMARY), (text.plain(article.html, untitled), 1))
    for part, weight in parts:
        for word in WORD.findall(part):
            if len(word) >= SHORTEST and not word.isdecimal() and names.fold(word) not in _dates():
                found = term(word, article.language)
                counts[found] += weight
                spellings[found][word] += 1
    likely = [found for found, _count in counts.most_common(MOST_WEIGHED)]
    having, indexed = _having(likely), Article.objects.exclude(live=None).count()
    spelt = {found: spellings[found].most_common(1)[0][0] for found in likely}
    weights = {
        found: (1 + math.log(counts[found]))
        * math.log((1 + indexed) / max(1, having[found]))
        * (NAME if spelt[found][0].isupper() else 1)
        for found in likely
        if having[found] < MOST_COUNTED
    }
    best = sorted(weights, key=lambda found: (-weights[found], found))[:MOST_KEYWORDS]
    return [(found, spelt[found]) for found in best if weights[found] > 0]


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
