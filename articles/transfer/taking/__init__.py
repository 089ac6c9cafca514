"""Documents become articles and plain pages: each in one transaction of its own, once, however often it comes.

What a document is, its `origin` tells, and the row `Imported` of that says what became of it. So a run that was killed goes
on where it was when it is started again, and one over a source that hasn't changed writes nothing.
"""

import contextlib
import hashlib

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ... import publishing
from ...models import Article, Edition, Imported
from ..documents import LeftOut, Note, Refusal, Sort, State
from .becoming import DRAFTS, Page, Text, standing_of
from .belongings import Belongings, Known
from .outcomes import Outcome, Result, Wishes

MOST_TRIES = 5


def take(documents, *, by=None, wishes=None, dry_run=False, known=None):
    """Yield an `Outcome` for each of `documents` (Documents and Refusals), in their order, and take it before that.

    `by` is the user who does it, None the site. `dry_run` tells the same and writes nothing. `known` is what a run that
    goes on has met already (`Known`). Raise PermissionDenied when `by` may not bring in texts.
    """
    publishing.rights.refuse(by, "import")
    taking = _Taking(by, wishes or Wishes(), dry_run, known or Known())
    for document in documents:
        yield taking.outcome(document)


class _Again(Exception):  # noqa: N818 - says what to do
    """Somebody took the same document, or saved what became of it, in the last instant: look again."""


class _Taking:
    """A run over documents."""

    def __init__(self, by, wishes, dry, known):
        self.by, self.wishes, self.dry, self.known = by, wishes, dry, known
        self.rows = Belongings(by, known, dry)

    def outcome(self, document):
        """Return what comes of one `Document` or `Refusal`."""
        if isinstance(document, Refusal):
            result = Result.LEFT_OUT if isinstance(document, LeftOut) else Result.REFUSED
            return Outcome(result, document.place, "", (Note(document.words, document.line),))
        origin = Imported.key_of(document.origin)
        mark = int(hashlib.sha256(origin.encode()).hexdigest()[:15], 16)
        if mark in self.known.origins:
            words = _("Another text of this source says that it is the same one; only the first is taken.")
            return Outcome(Result.REFUSED, document.place, document.title, (Note(words),))
        self.known.origins.add(mark)
        for attempt in range(MOST_TRIES):
            try:
                return self._taken(document, origin)
            except (_Again, IntegrityError, publishing.Conflict):
                self.rows.forget()
                if attempt == MOST_TRIES - 1:
                    raise
            except (ValidationError, PermissionDenied) as error:
                self.rows.forget()
                words = getattr(error, "messages", None) or [
                    str(error) or _("You have not been given the right to bring this in.")
                ]
                notes = (*document.notes, Note(" ".join(words)))
                return Outcome(Result.REFUSED, document.place, document.title, notes)
            except BaseException:
                self.rows.forget()
                raise
        return None

    def _taken(self, document, origin):
        """Take the document whose key is `origin`, if it is to be taken."""
        row = find(origin)
        skipped = self._skipped(row, document)
        if skipped:
            return Outcome(skipped, document.place, document.title, (), standing_of(row))
        notes = list(document.notes)
        files = self.rows.read([*document.pictures, *filter(None, [document.lead_picture])], notes)
        with self._turn(row, origin):
            is_page = row.page is not None if row else document.sort == Sort.PAGE
            result, standing = (Page if is_page else Text)(self, document, origin, row, files, notes).taken()
        self.rows.stored = []
        return Outcome(result, document.place, document.title, tuple(notes), standing)

    def _skipped(self, row, document):
        """Return why the document, of which `row` tells what became, is left alone, or None."""
        if row is None:
            return None
        if row.is_gone:
            return Result.GONE
        is_behind = row.article is not None and row.article.live_id not in {None, row.article.working_id}
        due = self.wishes.publish and document.state == State.PUBLISHED and (is_behind or standing_of(row) in DRAFTS)
        if row.digest == document.digest() and not due:
            return Result.UNCHANGED
        return Result.EDITED if row.is_edited else None

    @contextlib.contextmanager
    def _turn(self, row, origin):
        """Have the one transaction of a document; nobody else writes what readers see, or takes the same one, meanwhile."""
        if self.dry:
            yield
            return
        with transaction.atomic():
            Edition.take_turn(wide=False)
            if row and row.article_id:  # locked: nobody saves it between this look and what is done
                Article.objects.select_for_update(no_key=True).filter(pk=row.article_id).first()
            if state(find(origin)) != state(row):
                raise _Again
            yield


def find(origin):
    """Return the row of what was taken with the key `origin`, or None."""
    return Imported.objects.filter(origin=origin).select_related("article__working", "page").first()


def state(row):
    """Return what tells one state of the row, and of what became of its text, from the next."""
    return row and (row.digest, row.stored_id, row.article and row.article.working_id, row.page and row.page.content)
