"""Two people press at the same moment, on every path on which something is saved; the full counts are in `tests.trust`."""

import pytest

from .crowds import crowd, lone, tabs
from .rounds import AT_ONCE, MEANWHILE, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.large
@pytest.mark.parametrize("path", [*AT_ONCE, *MEANWHILE])
def test_exactly_one_is_saved_and_the_other_keeps_the_text(path):
    assert run(path, 1) == (1, [])


@pytest.mark.large
def test_of_many_editors_each_success_is_one_revision():
    told = crowd(4, 1)
    assert 0 < told["successes"] == told["revisions"] == told["versions"]
    assert not told["errors"]


def test_two_tabs_of_one_editor_are_two_and_a_reply_that_got_lost_is_none():
    assert tabs(2) == 2
    told = lone(6)
    assert (told["conflicts"], told["revisions"]) == (0, 6)
