"""What two people made of one text, merged paragraph by paragraph."""

from dataclasses import dataclass

from merge3 import Merge3
from patiencediff import PatienceSequenceMatcher

LONGEST = 4_000  # lines; past that a comparison is not worth its time


@dataclass(frozen=True)
class Clash:
    """A place that both changed, each in their own way: the old text, mine and theirs."""

    base: str
    mine: str
    theirs: str


@dataclass(frozen=True)
class Merged:
    """Both people's changes in one text; `mine` and `theirs` differ only in the clashes, settled for one or the other."""

    mine: str
    theirs: str
    clashes: tuple


def merge(base, mine, theirs):
    """Return `Merged` of two texts that both began as `base`.

    Lines are the unit, which in Markdown as people type it are paragraphs. Nothing is added, not even a newline.
    """
    if mine in (base, theirs):
        return Merged(theirs, theirs, ())
    if theirs == base:
        return Merged(mine, mine, ())
    z, a, b = (text.split("\n") for text in (base, mine, theirs))
    if max(len(z), len(a), len(b)) > LONGEST:
        return Merged(mine, theirs, (Clash(base, mine, theirs),))
    sides, clashes = ([], []), []
    for kind, *ends in Merge3(z, a, b, sequence_matcher=PatienceSequenceMatcher).merge_regions():
        if kind == "conflict":
            places = [lines[start:end] for lines, start, end in zip((z, a, b), ends[0::2], ends[1::2], strict=True)]
            clashes.append(Clash(*("\n".join(lines).strip("\n") for lines in places)))
            for side, lines in zip(sides, places[1:], strict=True):
                side += lines
        else:
            lines = {"unchanged": z, "same": a, "a": a, "b": b}[kind][ends[0] : ends[1]]
            for side in sides:
                side += lines
    return Merged("\n".join(sides[0]), "\n".join(sides[1]), tuple(clashes))
