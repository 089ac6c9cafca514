"""What goes over the wire: requests of the site's own, and whatever strangers send."""

import json

from ..outside import forms
from ..served import Shell, own_folder
from . import Row

ASKED = """
import json
from tests.outside import hits
from tests.test_outside import linkcheck, tell
print(json.dumps([hits(linkcheck.check), hits(tell)], default=repr))
"""


def x8(work, few):
    """What is inside, asked for in every form."""
    shell = Shell(own_folder(work / "site"))
    try:
        told = json.loads(shell.run(ASKED))
    finally:
        shell.end()
    asked, wrong = sum(each[0] for each in told), [hit for each in told for hit in each[1]]
    figure = (
        f"{len(forms())} forms, as many behind redirects, names that turn: {asked:,} requests of the link check and of "
        f"WebSub, {sum(each[2] for each in told):,} connections outside, {len(wrong)} inside"
    )
    what = "the site's own requests to what is inside, by name, number, redirect and rebinding"
    return [Row("X8", what, "open-webui bypassed twice", "120 forms; 0 canary hits", figure, not wrong)]


TRIALS = {"X8": x8}
