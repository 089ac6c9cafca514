"""Merges that can be foretold: two editors change a text of known paragraphs, and what must come of it follows."""

from hypothesis import strategies as st

from articles import names
from articles.text.merge import merge

KINDS = ("change", "delete", "insert")


@st.composite
def texts(draw):
    """Draw (base paragraphs, {place: kind} of mine and of theirs, separator, end of the text)."""
    words = draw(st.lists(st.text("abжщİ .*_é", min_size=1, max_size=6), min_size=2, max_size=14))
    base = [f"{number} {word}" for number, word in enumerate(words)]
    places = st.dictionaries(st.integers(0, len(base) - 1), st.sampled_from(KINDS), max_size=4)
    return (
        base,
        draw(places),
        draw(places),
        draw(st.sampled_from(["\n\n", "\n", "\r\n\r\n", "\r\n"])),
        draw(st.sampled_from(["", "\n", "\r\n"])),
    )


def edited(base, *edits):
    """Return the paragraphs `base` with all `edits`, each (name, {place: kind}), made."""
    made = []
    for place, paragraph in enumerate(base):
        kinds = {edit[place]: name for name, edit in edits if place in edit}
        if "change" in kinds:
            made.append(f"{kinds['change']} changed {place} щё")
        elif "delete" not in kinds:
            made.append(paragraph)
        if "insert" in kinds:
            made.append(f"{kinds['insert']} inserted {place}")
    return made


def check(drawn):
    """Assert that what is apart is merged whole, and that what both changed is asked, with no line gone in silence."""
    base, mine, theirs, apart, end = drawn

    def written(paragraphs):
        return names.clean(apart.join(paragraphs) + end)  # as a form's text comes to be merged

    ours, others = edited(base, ("mine", mine)), edited(base, ("theirs", theirs))
    merged = merge(written(base), written(ours), written(others))
    swapped = merge(written(base), written(others), written(ours))
    assert (merged.mine, merged.theirs) == (swapped.theirs, swapped.mine)
    if all(abs(one - other) > 1 for one in mine for other in theirs):
        assert merged.mine == merged.theirs == written(edited(base, ("mine", mine), ("theirs", theirs)))
        assert not merged.clashes
    if any(mine.get(place) == theirs.get(place) == "change" for place in mine):
        assert merged.clashes
    for side, own in ((merged.mine, ours), (merged.theirs, others)):
        lines = set(side.split("\n"))
        kept = [each for place, each in enumerate(base) if place not in mine and place not in theirs]
        assert all(each in lines for each in kept), f"a paragraph that nobody touched is gone: {drawn!r}"
        assert all(each in lines for each in own if each not in base), (
            f"what was typed is gone from its own side: {drawn!r}"
        )
