"""What a reader typed, read: words, "phrases", -words to leave out, beginnings*."""

import re
from dataclasses import dataclass, field

from .. import names
from .small import is_small
from .terms import WORD, either, without_endings

MOST_TERMS = 12
_QUOTES = str.maketrans("“”„«»＂", '""""""')
_PHRASE = re.compile(r'((?:(?<=\s)|^)[-−–])?"([^"]*)"')
_PART = re.compile(r'(?:(?<=\s)|^)([-−–]?)(?:"([^"]+)"|([^\s"]+))')


@dataclass(frozen=True)
class Term:
    """Words that stand side by side, each as the terms it may be; or the beginning of one. `small`: one that says little."""

    words: tuple
    beginning: bool = False
    small: bool = field(default=False, compare=False)

    def cut(self, most):
        """Return the term with its first `most` words."""
        return self if len(self.words) <= most else Term(self.words[:most])


@dataclass(frozen=True)
class Query:
    """The terms that a text must have, and those that it must not."""

    wanted: tuple = ()
    unwanted: tuple = ()

    @classmethod
    def of(cls, text):
        """Return the query that `text` says, its first twelve words; nothing in it is an operator of an engine.

        Small words ("the", ve, на) are wanted only where there is nothing else.
        """
        wanted, unwanted, left = [], [], MOST_TERMS
        for minus, phrase, word in parts(text):
            for found in _terms(phrase, word):
                if left > 0:
                    (unwanted if minus else wanted).append(found.cut(left))
                left -= len(found.words)
        return cls(tuple(term for term in wanted if not term.small) or tuple(wanted), tuple(unwanted))

    @classmethod
    def phrase(cls, text):
        """Return the query for the words of `text` side by side, whatever else stands in it."""
        found = _terms(without_endings(text), "")
        return cls(tuple(term.cut(MOST_TERMS) for term in found))

    def __bool__(self):
        return bool(self.wanted or self.unwanted)


def parts(text):
    """Return [(minus, phrase, word), …] of what was typed, a phrase or a word in each; endings are gone."""
    text = without_endings(names.clean_line(text.translate(_QUOTES)))
    if text.count('"') % 2:  # the last one closes nothing
        text = " ".join(text.rsplit('"', 1))
    return _PART.findall(_PHRASE.sub(r' \1"\2" ', text))


def _terms(phrase, word):
    """Return the `Term`s of a phrase, or of a word as typed, which a hyphen may divide."""
    parts = [(either(part), is_small(part)) for part in WORD.findall(phrase or word)]
    parts = [(part, small) for part, small in parts if part]
    if phrase or _is_model(word):
        return [Term(tuple(part for part, _small in parts))] if parts else []
    found = [Term((part,), small=small) for part, small in parts]
    if found and word.endswith("*"):
        found[-1] = Term(found[-1].words, beginning=True)
    return found


def _is_model(word):
    """Whether `word` names a thing by letters and a number: S-400, F35, TB2."""
    return re.fullmatch(r"[^\W\d_]{1,4}[-‑–]?\d{1,4}", word) is not None
