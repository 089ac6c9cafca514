"""Nothing lost, nobody in where they don't belong: the full set of trials, each with its target and the figure it came to.

A trial is a function `(work, few)` that returns a list of `Row`: `work` is an empty folder of its own (`pathlib.Path`), `few`
is true where a short run is asked for. Each module of this package names its trials in `TRIALS = {"F1": function}`.
"""

from typing import NamedTuple


class Row(NamedTuple):
    """What a trial came to: its name, what was done, what others reach or reached, what we want, what was seen, and whether
    that is what we want.
    """

    test: str
    what: str
    anchor: str
    target: str
    figure: str
    met: bool
