"""How often tests repeat what chance decides: a few times by default, many times in CI (THOROUGH=1)."""

import os


def times(few, many):
    """Return `many` where THOROUGH is set in the environment, else `few`."""
    return many if os.environ.get("THOROUGH") else few
