"""What is told of a text on its way in."""

from django.utils.translation import gettext as _

from ..documents import Note

MOST = 60  # notes on one text


class Notes:
    """What is told of one text, each thing once with how often it was so, and never more than `MOST` of them."""

    def __init__(self):
        self._found = {}

    def add(self, words):
        """Take down `words`."""
        if words in self._found or len(self._found) < MOST:
            self._found[words] = self._found.get(words, 0) + 1
        else:
            self._found[""] = self._found.get("", 0) + 1

    def listed(self, line=None):
        """Return a tuple of `Note`s, each at the `line` of the file that the text stands at."""
        more = self._found.get("", 0)
        found = [
            Note(words if count == 1 else _("%(what)s (%(count)s times)") % {"what": words, "count": count}, line)
            for words, count in self._found.items()
            if words
        ]
        return tuple(found + ([Note(_("And %s more of the kind.") % more, line)] if more else []))
