"""Requests that come again: the answer was lost, a button was pressed twice. They have been done, and are done once."""

from .merging import merge_fields
from .rules import Fields, with_slug


def repeated(article, fields, *, by, based_on, form=None, **said):
    """Return the revision that this very request stored when it came before, or None.

    It is the same user's, says the same (`said`: kind, change and note, as columns) and holds `fields`, whatever a
    colleague has saved since, or had before, merged into it. Told by its `form` (a UUID), or without one by the revision
    it was `based_on` (a key).
    """
    base = article.revisions.numbered().filter(pk=based_on).first()
    if base is None:
        return None
    rows = article.revisions.numbered().filter(saved_by=by, number__gt=base.number, **said).order_by("-number")
    rows = rows.filter(form=form) if form else rows.filter(form=None, based_on=base)
    fields = with_slug(fields, article)
    return next((row for row in rows[:5] if _holds(row, Fields.of(base), fields)), None)


def _holds(row, began, fields):
    """Whether the revision `row` holds what was changed from `began` to `fields`."""
    stored = Fields.of(row)
    merged = merge_fields(began, fields, stored)
    return fields == stored or (fields != began and not merged.clashes and merged.mine == stored)
