"""Where a text has what was looked for: the words marked as they are spelt there."""

from .terms import WORD, term

AROUND, LONGEST = 12, 32  # words before the first hit, and in all


def marked(text, query, language):
    """Return `text` in pieces, [(whether it was looked for, words), …]."""
    return _pieces(text, _hits(text, query, language), 0, len(text))


def snippet(text, query, language):
    """Return the part of `text` that has most of what `query` wants, in pieces as of `marked`; none where it has nothing.

    The first such part is taken; "…" stands where something was left out.
    """
    words = list(WORD.finditer(text))
    hits = _found(words, query, language)
    if not hits:
        return []
    start = _densest(hits) - AROUND // 2
    first, last = max(0, start), min(len(words), max(0, start) + LONGEST) - 1
    begin = words[first].start() if first else 0
    end = words[last].end() if last + 1 < len(words) else len(text)
    pieces = _pieces(text, {words[place].span() for place in hits}, begin, end)
    return [*([(False, "… ")] if first else []), *pieces, *([(False, " …")] if last + 1 < len(words) else [])]


def _hits(text, query, language):
    words = list(WORD.finditer(text))
    return {words[place].span() for place in _found(words, query, language)}


def _found(words, query, language):
    """Return {place: term} of those of `words` (matches in a text) that the query wants."""
    whole = {reading: reading for wanted in query.wanted for word in wanted.words for reading in word}
    begun = tuple(reading for wanted in query.wanted if wanted.beginning for reading in wanted.words[-1])
    found = {}
    for place, word in enumerate(words):
        here = term(word[0], language)
        if here in whole or (begun and here.startswith(begun)):
            found[place] = here
    return found


def _densest(hits):
    """Return the place of the first hit from which a snippet's length shows the most different terms, then most hits."""
    places = sorted(hits)
    best, most = places[0], (0, 0)
    for number, place in enumerate(places[:2_000]):
        near = [hits[other] for other in places[number : number + LONGEST] if other < place + LONGEST - AROUND]
        shown = (len(set(near)), len(near))
        if shown > most:
            best, most = place, shown
    return best


def _pieces(text, spans, begin, end):
    pieces, at = [], begin
    for start, stop in sorted(spans):
        if begin <= start and stop <= end:
            pieces += [(False, text[at:start])] * (at < start) + [(True, text[start:stop])]
            at = stop
    return pieces + [(False, text[at:end])] * (at < end)
