"""Two editors' changes merged: nothing of either is lost, and what both changed is never settled in silence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.publishing import Fields
from articles.publishing.merging import merge_fields
from articles.text.merge import merge

from .merges import check
from .merges import texts as foretold
from .thorough import times

BASE = "One.\n\nTwo.\n\nThree."


def test_different_paragraphs_merge():
    merged = merge(BASE, BASE.replace("One", "Uno"), BASE.replace("Three", "Tre"))
    assert (merged.mine, merged.theirs, merged.clashes) == ("Uno.\n\nTwo.\n\nTre.", "Uno.\n\nTwo.\n\nTre.", ())


def test_neighbouring_paragraphs_merge():
    merged = merge(BASE, BASE.replace("One", "Uno"), BASE.replace("Two", "Due"))
    assert merged.mine == "Uno.\n\nDue.\n\nThree."
    assert merged.clashes == ()


def test_the_same_paragraph_clashes_and_the_rest_merges():
    merged = merge(BASE, BASE.replace("One", "Mine").replace("Three", "Tre"), BASE.replace("One", "Theirs"))
    assert merged.mine == "Mine.\n\nTwo.\n\nTre."
    assert merged.theirs == "Theirs.\n\nTwo.\n\nTre."
    (clash,) = merged.clashes
    assert (clash.base, clash.mine, clash.theirs) == ("One.", "Mine.", "Theirs.")


def test_a_paragraph_one_deletes_and_the_other_changes_clashes():
    (clash,) = merge(BASE, "One.\n\nThree.", BASE.replace("Two", "Due")).clashes
    assert "Due." in clash.theirs and "Two." not in clash.mine


def test_a_text_of_very_many_lines_is_one_clash_and_takes_no_time():
    base = "a\n" * 90_000
    assert len(merge(base, base + "b", "c" + base).clashes) == 1


texts = st.lists(st.sampled_from(["a", "b", "c", "", " ", "ж"]), max_size=9).map("\n".join)


@given(texts, texts)
def test_one_persons_change_is_taken_byte_for_byte(base, changed):
    for merged in (merge(base, changed, base), merge(base, base, changed), merge(base, changed, changed)):
        assert (merged.mine, merged.theirs, merged.clashes) == (changed, changed, ())


@given(texts, texts, texts)
def test_every_line_comes_from_somebody_and_sides_swap(base, mine, theirs):
    merged, swapped = merge(base, mine, theirs), merge(base, theirs, mine)
    assert (merged.mine, merged.theirs) == (swapped.theirs, swapped.mine)
    assert bool(merged.clashes) >= (merged.mine != merged.theirs)
    known = {*base.split("\n"), *mine.split("\n"), *theirs.split("\n")}
    assert set(merged.mine.split("\n")) | set(merged.theirs.split("\n")) <= known
    for line in set(mine.split("\n")) - set(base.split("\n")):
        assert line in merged.mine.split("\n")  # what I typed anew is there
    for line in set(theirs.split("\n")) - set(base.split("\n")):
        assert line in merged.theirs.split("\n")


@pytest.mark.parametrize(
    ("mine", "theirs", "result", "clashing"),
    [
        ({"title": "A"}, {"summary": "B"}, {"title": "A", "summary": "B"}, []),
        ({"title": "A"}, {"title": "A"}, {"title": "A"}, []),
        ({"title": "A"}, {"title": "B"}, {"title": "A"}, ["title"]),
        ({"themes": (1, 2)}, {"themes": (1, 3)}, {"themes": (1, 2, 3)}, []),
        ({"themes": ()}, {"themes": (1, 3)}, {"themes": (3,)}, []),
        ({"authors": (2, 1)}, {}, {"authors": (2, 1)}, []),
        ({"series": 5}, {"series": None, "language": "tr"}, {"series": 5, "language": "tr"}, []),
        ({"series": 5}, {"series": 6, "language": "tr"}, {"series": 5, "language": "tr"}, ["series"]),
    ],
)
def test_fields_merge_each_by_itself(mine, theirs, result, clashing):
    from dataclasses import replace

    base = Fields(title="T", slug="t", themes=(1,), authors=(1, 2), body=BASE)
    merged = merge_fields(base, replace(base, **mine), replace(base, **theirs))
    assert merged.mine == replace(base, **result)
    assert [name for name, _clash in merged.clashes] == clashing


@settings(max_examples=times(60, 300), deadline=None)
@given(foretold())
def test_what_is_apart_merges_whole_and_what_both_changed_is_asked(drawn):
    check(drawn)
