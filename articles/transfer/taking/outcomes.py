"""What is wished of a run over documents, and what came of each of them."""

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
