"""Where a text has what was looked for: the words marked as they are spelt there."""

from .terms import WORD, known_by

AROUND, LONGEST = 12, 32  # words before the first hit, and in all


def marked(text, query, language):
    """Return `text` in pieces, [(whether it was looked for, words), …]."""
    words = list(WORD.finditer(text))
    hits = {words[place].span() for place in _found(words, query, language)}
    return _pieces(text, hits, 0, len(text))


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


def _found(words, query, language):
    """Return {place: which term of the query} of those of `words` (matches in a text) that the query wants.

    Of a phrase only the words that stand side by side as it has them.
    """
    here = [known_by(word[0], language) for word in words]
    whole, found = {}, {}
    for number, wanted in enumerate(query.wanted):
        if len(wanted.words) > 1 or wanted.beginning:
            found.update(dict.fromkeys(_together(here, wanted), number))
        else:
            whole |= dict.fromkeys(wanted.words[0], number)
    for place, known in enumerate(here):
        for each in known:
            if each in whole:
                found[place] = whole[each]
    return found


def _together(here, wanted):
    """Yield the places in `here` (what each word of a text is known by) where the phrase or the beginning `wanted` is."""
    first, *rest = map(frozenset, wanted.words)
    begun = tuple(first) if wanted.beginning else ()
    for place, known in enumerate(here):
        if first.isdisjoint(known) and not (begun and any(each.startswith(begun) for each in known)):
            continue
        following = here[place + 1 : place + 1 + len(rest)]
        if len(following) == len(rest) and not any(map(frozenset.isdisjoint, rest, following)):
            yield from range(place, place + 1 + len(rest))


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
