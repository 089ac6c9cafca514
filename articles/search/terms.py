"""What is looked for when a word is: its stem, in every spelling and under every name of the same place.

Both engines are given these and nothing else, so that they find the same. A Russian word is known by its own letters, or
мост (a bridge) would be found by "most"; a name by Latin ones as well.
"""

import functools
import itertools
import re
import unicodedata

from .. import names
from .stems import SHORTEST, stem, turkish_twice

_LETTER, _APOSTROPHE = r"[^\W\d_]", "['’ʼ`´]"
# S-400 and S400 are one thing: a letter and a number. What follows an apostrophe is an ending: NATO'nun, 2015’te, Erdogan's.
WORD = re.compile(rf"(?<!{_LETTER})(?<!{_LETTER}{{2}}{_APOSTROPHE})(?<!\d{_APOSTROPHE}){_LETTER}+|\d+")
_ENDING = re.compile(rf"(?:(?<={_LETTER}{{2}})|(?<=\d)){_APOSTROPHE}{_LETTER}+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
# Between what doesn't belong together: no phrase reaches across it, for no word has that letter once it is folded.
GAP = "þ"
SHORTEST_NAME = 5  # letters of a Cyrillic word that is known by Latin ones too: shorter ones mean too much else
_SPELT = (("х", "h"), ("й", "i"), ("дж", "j"))  # what names have in Turkish and English beside kh, y and dzh


def without_endings(text):
    """Return `text` without what follows an apostrophe in its words."""
    return _ENDING.sub("", text)


@functools.lru_cache(maxsize=20_000)
def term(word, language):
    """Return the term for `word`, letters or digits alone, in a text in `language`; Russian is known by its letters."""
    key = _key(word, language)
    return _SAME.get(key, key)


def _key(word, language):
    """Return the term of a word before names of one place become one: those don't stem in Latin."""
    folded = bare(word)
    if folded and _CYRILLIC.search(word):  # a soft sign alone says nothing
        return _letters(stem(word, "ru")) or _letters(word.lower())
    return folded if folded in _SAME else bare(stem(word, language)) or folded


def _letters(word):
    """Return the lower-case Cyrillic `word` as both engines keep it, ё as е."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", word))).replace("ё", "е")


def bare(word):
    """Return the folded letters of `word`."""
    return "".join(names.words(word))


_SAME = {}  # {key of a name: term of the first name in its line}
_SAME |= {
    _key(name, "en") if _CYRILLIC.search(name) else bare(name): bare(line.split()[0])
    for line in names.PLACES.splitlines()
    for name in line.split()
}


@functools.lru_cache(maxsize=10_000)
def latin(word):
    """Return the spellings in Latin letters, folded, of the Cyrillic `word`, if that may be a name, whole and stemmed.

    Лукашенко is Lukashenko, Шойгу Shoygu and Shoigu, Маневского Manevsky.
    """
    if len(word) < SHORTEST_NAME or not _CYRILLIC.search(word) or _key(word, "ru") in _SAME:
        return ()
    word, short = word.lower(), stem(word, "ru")
    if short.endswith("ск"):
        word, short = f"{short}ий", f"{short}y"
    found = []
    for form in (word, short):
        spelt = [pair for pair in _SPELT if pair[0] in form]
        for chosen in itertools.product((False, True), repeat=len(spelt)):
            pairs = itertools.compress(spelt, chosen)
            found.append(bare(functools.reduce(lambda text, pair: text.replace(*pair), pairs, form)))
    return tuple(dict.fromkeys(spelling for spelling in found if len(spelling) >= SHORTEST_NAME - 1))


@functools.lru_cache(maxsize=20_000)
def known_by(word, language):
    """Return every term by which `word` in a text in `language` is found: its own, and of a Cyrillic name the Latin ones."""
    return (term(word, language), *(term(other, "en") for other in (latin(word) if word[0].isupper() else ())))


def terms(text, language):
    """Return the terms of `text`, in order, and behind a gap the other terms of its Cyrillic names, each once."""
    words = WORD.findall(text)
    others = set()
    if _CYRILLIC.search(text):
        others = {other for word in set(words) for other in known_by(word, language)[1:]}
    return [*(term(word, language) for word in words), *(part for other in sorted(others) for part in (GAP, other))]


def called(name, language):
    """Return the terms of a `name` of somebody or something: in its own language, and as it is spelt in Latin letters."""
    own, folded = terms(name, language), terms(names.fold(without_endings(name)), "en")
    return own if own == folded else [*own, GAP, *folded]


def apart(parts):
    """Return the terms of all `parts` (lists of terms) with a gap behind each."""
    return [term for part in parts for term in (*part, GAP)]


@functools.lru_cache(maxsize=10_000)
def either(word):
    """Return the terms that `word` may be, typed by somebody who says no language; at each place those of one language."""
    if not _CYRILLIC.search(word):
        return _either(word)
    found = term(word, "ru")
    if found in _SAME.values() or not found:
        return tuple(filter(None, [found]))
    # Snowball takes пролив, whole, for a form of a verb, and проливы for one of пролив.
    again = _letters(stem(found, "ru"))
    forms = (found, _letters(word.lower()), again if len(again) >= SHORTEST else found)
    return (*forms, *(other for spelt in latin(word) for other in _either(spelt)))


def _either(word):
    folded = bare(word)
    turkish = word.replace("İ", "i").replace("I", "ı").lower()
    found = (term(word, "en"), term(word, "tr"), term(folded, "en"), term(folded, "tr"), bare(turkish_twice(turkish)))
    return found if all(found) else tuple(filter(None, found))
