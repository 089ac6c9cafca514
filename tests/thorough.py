"""How often tests repeat what chance decides: a few times by default, many times in CI (THOROUGH=1).

EVERY_CELL=1 has the matrices of rights and of leaks walked whole, which takes minutes (`python -m tests.trust AZ E`).
"""

import os

EVERY_CELL = bool(os.environ.get("EVERY_CELL"))


def times(few, many):
    """Return `many` where THOROUGH is set in the environment, else `few`."""
    return many if os.environ.get("THOROUGH") else few
