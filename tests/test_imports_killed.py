"""An import that is killed and run again, or runs twice at once, doubles nothing and leaves nothing out."""

import pytest

from .imports import Importing, interrupted
from .services import Postgres

pytestmark = pytest.mark.processes
POSTS, KILLS = 16, 2


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A site that nothing has been brought into."""
    return Importing(tmp_path_factory.mktemp("empty"), POSTS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, empty):
    """What there is after an import that nobody disturbed."""
    site = Importing(tmp_path_factory.mktemp("whole"), POSTS, like=empty)
    site.whole()
    return site.told()


@pytest.fixture(scope="module")
def cluster():
    """PostgreSQL, with an empty database."""
    cluster = Postgres()
    yield cluster
    cluster.remove()


def test_an_import_that_is_killed_comes_to_the_same(whole, empty, tmp_path):
    site = Importing(tmp_path / "site", POSTS, like=empty)
    at_work, last = interrupted(site, KILLS)
    assert at_work == KILLS
    assert last["came"].get("unchanged", 0) > 0
    assert site.told() == whole
    assert site.whole() == {"came": {"unchanged": POSTS}, "written": 0}


def test_two_at_once_of_which_one_is_killed_come_to_the_same(whole, cluster, tmp_path):
    site = Importing(tmp_path / "site", POSTS, cluster.url)
    other = site.start()
    site.killed(3, 0)
    site.ended(other)
    assert site.told() == whole
