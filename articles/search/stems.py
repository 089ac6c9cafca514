"""Stems of words in English, Turkish and Russian: those of Snowball, with what it leaves of Turkish words taken off."""

import Stemmer

# Without caches of their own: two threads may use one at a time.
_STEMMERS = {code: Stemmer.Stemmer(name, 0) for code, name in (("en", "english"), ("tr", "turkish"), ("ru", "russian"))}
_BACK, _FRONT = "aıou", "eiöü"
_TO_BACK, _TO_FRONT = str.maketrans(_FRONT, "aıou"), str.maketrans(_BACK, "eiöü")
SHORTEST = 3  # letters: what Snowball leaves of gemi (a ship), ge, would be that of many words


def stem(word, language):
    """Return the stem of `word` in `language` ("en", "tr", "ru"; any other: English), in lower case."""
    if language == "tr":
        return turkish(word.replace("İ", "i").replace("I", "ı").lower())
    return _STEMMERS.get(language, _STEMMERS["en"]).stemWord(word.replace("İ", "i").lower())


def turkish(word):
    """Return the stem of the Turkish `word`, in lower case.

    Vowels of endings that don't go with those before them, because the word is foreign (santraller) or was typed
    without dots (anlasmalari), are read as if they did. The s of a possessive goes: anlaşma-sı.
    """
    short = _STEMMERS["tr"].stemWord(word)
    if short == word:
        short = _cut(word, _STEMMERS["tr"].stemWord(_harmonious(word)))
    if len(short) + 1 == len(word) and short[-1:] == "s" and short[-2:-1] in _BACK + _FRONT:
        short = short[:-1]
    return short if len(short) >= SHORTEST else word


def turkish_twice(word):
    """Return the stem of the stem of the Turkish `word` where that is one: paranın is of para, and para itself of par."""
    short = turkish(word)
    return turkish(short) if short[-1:] in _BACK + _FRONT or len(word) - len(short) >= SHORTEST else short


def _cut(word, short):
    """Return `word` cut to what is left of it in `short`, a stem of it with other vowels."""
    return word[: len(short) - 1] + short[-1] if 1 < len(short) < len(word) else word


def _harmonious(word):
    """Return `word` with the vowels behind the first that breaks harmony of the kind of those before."""
    before = ""
    for place, letter in enumerate(word):
        kind = _BACK if letter in _BACK else _FRONT if letter in _FRONT else before
        if before and kind != before:
            return word[:place] + word[place:].translate(_TO_BACK if before == _BACK else _TO_FRONT)
        before = kind
    return word
