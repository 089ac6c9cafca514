"""Two editors' changes to one article, merged; what both changed is left to the editor."""

from dataclasses import dataclass, replace

from ..text.merge import Clash, merge
from .rules import Fields

SCALARS = ("title", "slug", "summary", "language", "series", "series_order", "lead_picture", "translation_of")
LISTS = ("themes", "authors", "read_next")


@dataclass(frozen=True)
class Merged:
    """Both editors' fields in one; `mine` and `theirs` differ only where both changed the same.

    `clashes` is a list of (name of the field, `text.merge.Clash`).
    """

    mine: Fields
    theirs: Fields
    clashes: tuple


def merge_fields(base, mine, theirs):
    """Return `Merged` of the `Fields` of two editors who both began with `base`."""
    ours, others, clashes = {}, {}, []
    for name in SCALARS:
        old, here, there = (getattr(fields, name) for fields in (base, mine, theirs))
        ours[name], others[name] = (there, there) if here in (old, there) else (here, there if there != old else here)
        if ours[name] != others[name]:
            clashes.append((name, Clash(old, here, there)))
    for name in LISTS:
        old, here, there = (getattr(fields, name) for fields in (base, mine, theirs))
        gone = (set(old) - set(here)) | (set(old) - set(there))
        ours[name] = others[name] = tuple(dict.fromkeys(key for key in (*here, *there) if key not in gone))
    body = merge(base.body, mine.body, theirs.body)
    ours["body"], others["body"] = body.mine, body.theirs
    clashes += [("body", clash) for clash in body.clashes]
    return Merged(replace(mine, **ours), replace(theirs, **others), tuple(clashes))
