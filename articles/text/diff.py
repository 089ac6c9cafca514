"""What differs between two texts, as plain values."""

import difflib
import re

from patiencediff import PatienceSequenceMatcher

LONGEST = 4_000  # paragraphs or words; past that a comparison is not worth its time
MOST_PAIRS = 2_500  # of two passages that are compared closely, which takes up to the cube of their length


def paragraphs(old, new):
    """Return the differences between two texts as [(kind, pieces), …].

    `kind` is "same", "gone", "new" or "changed"; `pieces` is a list of (kind, text), with more than one piece in a
    changed paragraph only. Texts with thousands of paragraphs count as replaced whole.
    """
    before, after = old.splitlines(), new.splitlines()
    if max(len(before), len(after)) > LONGEST:
        return [("gone", [("gone", old)]), ("new", [("new", new)])] if old != new else [("same", [("same", old)])]
    result = []
    for tag, a, b, c, d in _steps(before, after):
        if tag == "equal":
            result += [("same", [("same", line)]) for line in before[a:b]]
        elif tag == "replace" and b - a == d - c:
            pairs = zip(before[a:b], after[c:d], strict=True)
            result += [("same" if one == other else "changed", words(one, other)) for one, other in pairs]
        else:
            result += [("gone", [("gone", line)]) for line in before[a:b]]
            result += [("new", [("new", line)]) for line in after[c:d]]
    return result


def words(old, new):
    """Return the differences between two lines as [("same" | "gone" | "new", text), …]; joined, they give both."""
    before, after = re.findall(r"\S+|\s+", old), re.findall(r"\S+|\s+", new)
    if max(len(before), len(after)) > LONGEST:
        return [("gone", old), ("new", new)]
    pieces, gone, came = [], "", ""
    steps = list(_steps(before, after))
    for place, (tag, a, b, c, d) in enumerate(steps):
        was, now = "".join(before[a:b]), "".join(after[c:d])
        if tag == "equal" and not (
            was.isspace() and 0 < place < len(steps) - 1
        ):  # a rewritten phrase stays in one piece
            pieces += [(kind, text) for kind, text in (("gone", gone), ("new", came), ("same", was)) if text]
            gone = came = ""
        else:
            gone, came = gone + was, came + now
    return pieces + [(kind, text) for kind, text in (("gone", gone), ("new", came)) if text]


def _steps(before, after):
    """Yield the steps from one list to the other as `SequenceMatcher.get_opcodes` has them.

    What stands once in both leads; between that, short passages are compared closely.
    """
    for tag, a, b, c, d in PatienceSequenceMatcher(None, before, after).get_opcodes():
        if tag == "replace" and (b - a) * (d - c) <= MOST_PAIRS:
            closely = difflib.SequenceMatcher(None, before[a:b], after[c:d], autojunk=False)
            yield from ((kind, a + i, a + j, c + k, c + m) for kind, i, j, k, m in closely.get_opcodes())
        else:
            yield tag, a, b, c, d
