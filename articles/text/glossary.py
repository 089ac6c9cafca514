"""Names found in a text where its readers meet them, so that each can be explained in place.

    Glossary([(name, language, key), …]).mark(html, wrap)

A word of the text is looked for in a tree of the names' words: the cost grows with the text, not with the names.
Endings are tolerated by the rules of the name's language, never by likeness.
"""

import functools
import re

from .. import names

# What a term may not stand in; notes beside the text, citations and names that were linked or kept plain among them.
_CLOSED = {
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "a",
    "abbr",
    "blockquote",
    "button",
    "code",
    "figure",
    "pre",
    "q",
    "sup",
    "th",
}
_CLOSED_SPANS = ("plain", "missing")
_VOID = {"br", "hr", "img", "wbr"}
_PIECE = re.compile(r"<(/?)([a-zA-Z0-9]+)([^>]*)>|([^<]+)")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ`´][^\W_]+)*")
_GAP = re.compile(r"[ \t\n\u00a0\u2009\u202f\-‐‑–—]{1,3}")
_APOSTROPHE = re.compile("['’ʼ`´]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")

SHORTEST = 3  # letters that stay when an ending goes
_ENGLISH = ("s", "es")
_TURKISH = names.words(
    "i u e a yi yu ye ya ni nu ne na in un nin nun de da te ta den dan ten tan nde nda nden ndan le la yle yla "
    "ler lar leri lari lere lara lerin larin lerde larda lerden lardan lerle larla si su sinin sunun sinde sunda"
)
_SOFTENED = {"g": "k", "b": "p", "d": "t"}
# After `names.fold`, longest first.
_RUSSIAN = sorted(
    names.words(
        "yami ami imi ymi ogo ego omu emu akh yakh ikh ykh aya yaya uyu yuyu oy ey iy yy oe ee ov ev om em am yam im ym "
        "ya yu a o e i u y"
    ),
    key=len,
    reverse=True,
)


@functools.lru_cache(maxsize=10_000)
def forms(word):
    """Return what a word of the text may stand for, as ((folded base, language or None for any), …)."""
    folded = names.fold(word)
    if not folded:
        return ()
    found = [(folded, None)]
    if _APOSTROPHE.search(word):  # Turkey’s, Suriye’nin
        found.append((names.fold(_APOSTROPHE.split(word)[0]), None))
    if _CYRILLIC.search(word):
        found.append((_russian(folded), "ru"))
        return tuple(found)
    found += [(folded[: -len(end)], "en") for end in _ENGLISH if folded.endswith(end)]
    if folded.endswith("ies"):
        found.append((f"{folded[:-3]}y", "en"))
    for end in _TURKISH:
        if folded.endswith(end):
            base = folded[: -len(end)]
            found.append((base, "tr"))
            if base and base[-1] in _SOFTENED and end[0] in "aeiu":
                found.append((base[:-1] + _SOFTENED[base[-1]], "tr"))
    return tuple((base, language) for base, language in found if language is None or len(base) >= SHORTEST)


def _russian(folded):
    """Return the folded Russian word without its ending, marked as a stem."""
    end = next((end for end in _RUSSIAN if folded.endswith(end) and len(folded) - len(end) >= SHORTEST), "")
    return f"{folded[: len(folded) - len(end)]}-"


class _Node(dict):
    """The words that may follow, and the key and language of the name that ends here."""

    __slots__ = ("key", "language")

    def __init__(self):
        super().__init__()
        self.key = self.language = None


class Glossary:
    """Names by their words. `entries` are (name, language "en", "tr" or "ru", key); the first of equal names counts."""

    def __init__(self, entries):
        self._root = _Node()
        for name, language, key in entries:
            node = self._root
            for word in names.words(name):
                stem = _russian(word) if language == "ru" and _CYRILLIC.search(name) else word
                node = node.setdefault(stem, _Node())
            if node is not self._root and node.key is None:
                node.key, node.language = key, language

    def mark(self, html, wrap, without=()):
        """Return sanitised `html` with the first mention of each key in each section replaced by `wrap(key, words)`.

        A section begins with a heading of the second level. `without` are keys to leave alone. Not in headings,
        links, quotations, code, table headings and citations.
        """
        out, closed, told = [], [], set(without)
        for piece in _PIECE.finditer(html):
            closing, tag, attributes, text = piece.groups()
            if text is None:
                if tag == "h2" and not closing:
                    told = set(without)
                self._enter(closed, closing, tag, attributes)
                out.append(piece[0])
            else:
                out.append(text if closed else self._marked(text, wrap, told))
        return "".join(out)

    @staticmethod
    def _enter(closed, closing, tag, attributes):
        """Keep the stack of elements since the first in which no term may stand."""
        if tag in _VOID:
            return
        if closing:
            if closed:
                closed.pop()
        elif closed or tag in _CLOSED or (tag == "span" and any(name in attributes for name in _CLOSED_SPANS)):
            closed.append(tag)

    def _marked(self, text, wrap, told):
        words = list(_WORD.finditer(text))
        out, end, place = [], 0, 0
        while place < len(words):
            key, last = self._longest(text, words, place)
            if key is None:
                place += 1
                continue
            start, stop = words[place].start(), words[last].end()
            if key not in told:
                told.add(key)
                out += [text[end:start], wrap(key, text[start:stop])]
                end = stop
            place = last + 1
        return "".join([*out, text[end:]])

    def _longest(self, text, words, first):
        """Return the key of the longest name that begins with the word number `first`, and the number of its last."""
        found, nodes = (None, first), [self._root]
        for place in range(first, len(words)):
            following = []
            for base, language in forms(words[place][0]):
                for node in nodes:
                    child = node.get(base)
                    if child is None:
                        continue
                    if child.key is not None and language in (None, child.language):
                        found = (child.key, place)
                    if language in (None, "ru"):
                        following.append(child)
            last = place + 1 == len(words)
            if not following or last or not _GAP.fullmatch(text, words[place].end(), words[place + 1].start()):
                break
            nodes = following
        return found
