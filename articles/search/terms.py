"""What is looked for when a word is: its stem, in every spelling and under every name of the same place.

Both engines are given these and nothing else, so that they find the same. The stems are those of Snowball for English,
Turkish and Russian.
"""

import functools
import re

import Stemmer

from .. import names

WORD = re.compile(r"[^\W\d_]+|\d+")  # S-400 and S400 are one thing: a letter and a number
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_STEMMERS = {"en": Stemmer.Stemmer("english"), "tr": Stemmer.Stemmer("turkish"), "ru": Stemmer.Stemmer("russian")}


@functools.lru_cache(maxsize=200_000)
def term(word, language):
    """Return the term for `word`, letters or digits alone, in a text in `language`; Russian is known by its letters."""
    folded = "".join(names.words(word))
    if folded in names.SAME:
        return names.SAME[folded]
    stemmer = _STEMMERS.get("ru" if _CYRILLIC.search(word) else language, _STEMMERS["en"])
    stem = stemmer.stemWord(word.replace("İ", "i").lower())
    folded = "".join(names.words(stem)) or folded
    return names.SAME.get(folded, folded)


def terms(text, language):
    """Return the terms of `text`, in order."""
    return [term(word, language) for word in WORD.findall(text)]


def called(name, language):
    """Return the terms of a `name` of somebody or something: in its own language, and as it is spelt in Latin letters."""
    return [*terms(name, language), *terms(names.fold(name), "en")]


def either(word):
    """Return the terms that `word` may be, typed by somebody who says no language."""
    found = (term(word, "en"), term(word, "tr"), term("".join(names.words(word)), "en"))
    return tuple(dict.fromkeys(filter(None, found)))
