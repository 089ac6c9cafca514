"""What is wished of a run over documents, and what came of each of them."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ...models import Article


class Result(StrEnum):
    """What came of a document."""

    TAKEN = "taken"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EDITED = "edited"
    GONE = "gone"
    LEFT_OUT = "left out"
    REFUSED = "refused"


RESULTS = {
    Result.TAKEN: gettext_lazy("taken"),
    Result.UPDATED: gettext_lazy("updated"),
    Result.UNCHANGED: gettext_lazy("unchanged"),
    Result.EDITED: gettext_lazy("changed at its source, but edited here since: left alone"),
    Result.GONE: gettext_lazy("deleted or withdrawn here: not brought back"),
    Result.LEFT_OUT: gettext_lazy("left out"),
    Result.REFUSED: gettext_lazy("refused"),
}
STANDINGS = dict(Article.Status.choices) | {
    "page": gettext_lazy("page"),
    "hidden page": gettext_lazy("page of no site"),
}


class Outcome(NamedTuple):
    """What came of one document: its `place` in the source, its title, and what people should know of it.

    `standing` is where it stands now: a status of articles, "page", "hidden page", or "" where there is nothing.
    """

    result: Result
    place: str
    title: str = ""
    notes: tuple = ()
    standing: str = ""

    def __str__(self):
        """Return it in words, with a line for each note."""
        standing = f" ({STANDINGS[self.standing]})" if self.result in {Result.TAKEN, Result.UPDATED} else ""
        title = f" “{self.title}”" if self.title else ""
        lines = [f"{self.place}{title}: {RESULTS[self.result]}{standing}"]
        for note in self.notes:
            lines.append(f"    {_('line %s: ') % note.line if note.line else ''}{note.words}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Wishes:
    """How documents are to be taken.

    `publish`: what readers had at the source they get here, and updates at once. `author` and `theme` are names for what has
    none and is to be published; `language` is that of what tells none (default: the site's).
    """

    publish: bool = False
    author: str = ""
    theme: str = ""
    language: str = ""


class Often:
    """How often what was noted, over many texts, so that one reads that before what was noted of each.

    Notes that differ in what they name are of one kind: in what stands between quotation marks or after a colon, in addresses.
    """

    LEAST, MOST, KINDS = 10, 12, 500  # texts with one that is told, kinds that are told, kinds that are counted

    def __init__(self):
        self._counts, self._first = Counter(), {}

    def add(self, notes):
        """Count the `notes` (in words) of one text, each kind once."""
        for kind, words in {self._kind(words): words for words in notes}.items():
            if kind in self._counts or len(self._counts) < self.KINDS:
                self._counts[kind] += 1
                first = self._first.setdefault(kind, words)
                self._first[kind] = words if first == words else kind

    @staticmethod
    def _kind(words):
        words = re.sub(r":\s.*", ": …", re.sub("“[^”]*”", "“…”", str(words)), flags=re.DOTALL)
        return re.sub(r"\b[a-z]{2,10}://\S+", "…", words)

    def lines(self):
        """Return in words, most often first, what was noted of `LEAST` texts or more."""
        often = [(kind, count) for kind, count in self._counts.most_common(self.MOST) if count >= self.LEAST]
        return [
            _("%(count)s texts: %(note)s") % {"count": f"{count:,}", "note": self._first[kind]} for kind, count in often
        ]


def row_of(outcome, longest):
    """Return an `Outcome` as plain data for a page: where, what came of it, the notes; none longer than `longest`."""
    notes = [[note.line, str(note.words)[:longest]] for note in outcome.notes[:20]]
    return [outcome.place[:longest], str(outcome.result), outcome.standing, outcome.title[:longest], notes]


def told(counts):
    """Return in words how often each `Result` (and "noted", texts with notes) came, {result: number}."""
    counts = Counter(counts)
    skipped = [
        (counts[Result.UNCHANGED], _("%s unchanged")),
        (counts[Result.EDITED], _("%s edited here since")),
        (counts[Result.GONE], _("%s deleted or withdrawn here")),
    ]
    why = ", ".join(words % f"{count:,}" for count, words in skipped if count)
    total = sum(count for count, _words in skipped)
    parts = [
        _("%s taken") % f"{counts[Result.TAKEN]:,}",
        _("%s updated") % f"{counts[Result.UPDATED]:,}",
        _("%s skipped") % f"{total:,}" + (f" ({why})" if why else ""),
        *([_("%s left out") % f"{counts[Result.LEFT_OUT]:,}"] if counts[Result.LEFT_OUT] else []),
        _("%s refused") % f"{counts[Result.REFUSED]:,}",
        ngettext("%s with a note", "%s with notes", counts["noted"]) % f"{counts['noted']:,}",
    ]
    return ", ".join(parts)
