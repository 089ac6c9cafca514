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
# Without caches of their own: two threads may use one at a time.
_STEMMERS = {code: Stemmer.Stemmer(name, 0) for code, name in (("en", "english"), ("tr", "turkish"), ("ru", "russian"))}


@functools.lru_cache(maxsize=200_000)
def term(word, language):
    """Return the term for `word`, letters or digits alone, in a text in `language`; Russian is known by its letters."""
    key = _key(word, language)
    return _SAME.get(key, key[0])


def _key(word, language):
    """Return (term, whether it is Russian) of a word before names of one place become one: those don't stem in Latin."""
    if _CYRILLIC.search(word):
        return bare(_STEMMERS["ru"].stemWord(word.lower())) or bare(word), True
    folded = bare(word)
    if (folded, False) in _SAME:
        return folded, False
    stemmer = _STEMMERS.get(language, _STEMMERS["en"])
    return bare(stemmer.stemWord(word.replace("İ", "i").lower())) or folded, False


def bare(word):
    """Return the folded letters of `word`."""
    return "".join(names.words(word))


# {key of a name: term of the first name in its line}
_SAME = {}
_SAME |= {
    _key(name, "en") if _CYRILLIC.search(name) else (bare(name), False): bare(line.split()[0])
    for line in names.PLACES.splitlines()
    for name in line.split()
}


def terms(text, language):
    """Return the terms of `text`, in order."""
    return [term(word, language) for word in WORD.findall(text)]


def called(name, language):
    """Return the terms of a `name` of somebody or something: in its own language, and as it is spelt in Latin letters."""
    return [*terms(name, language), *terms(names.fold(name), "en")]


def either(word):
    """Return the terms that `word` may be, typed by somebody who says no language."""
    found = (term(word, "en"), term(word, "tr"), term(bare(word), "en"))
    return tuple(dict.fromkeys(filter(None, found)))
