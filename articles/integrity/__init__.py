"""Whether what is stored is what was saved: every damage in a line of its own.

Everything here only reads. Lines are for whoever keeps the site; they name rows by their keys.
"""

from django.db import DEFAULT_DB_ALIAS

from ..models import Article, Picture, Revision, Theme
from .database import damaged_database, in_a_line
from .pictures import damaged_pictures, unlike
from .revisions import broken_histories, damaged_revisions
from .texts import damaged_articles, damaged_index, damaged_themes, wrong_counts

__all__ = ["damages", "in_a_line", "in_parts", "unlike"]
PART = 25  # rows looked at in one go


def in_parts(what, look, keys):
    """Yield what `look(keys)` returns, part after part; `what` the rows are is for those who tell how far it is."""
    for start in range(0, len(keys), PART):
        yield look(keys[start : start + PART])


def damages(quick=False, using=DEFAULT_DB_ALIAS, worked=in_parts):
    """Yield what is damaged, a line each: in the database `using` and its revisions, and unless it is to be `quick` everywhere.

    `worked` goes through the rows as `in_parts` does.
    """

    def each(look, model):
        what = str(model._meta.model_name)
        keys = []
        yield from _safely(what, lambda: keys.extend(_keys(model, using)) or ())
        for lines in worked(f"{what}s", look, keys):
            yield from lines

    yield from damaged_database(using)
    if using == DEFAULT_DB_ALIAS:
        yield from each(damaged_revisions, Revision)
    else:
        yield from each(lambda keys: damaged_revisions(keys, using), Revision)
    yield from _safely("revisions", lambda: broken_histories(using))
    if not quick:
        yield from each(damaged_articles, Article)
        yield from each(damaged_themes, Theme)
        yield from _safely("counts", wrong_counts)
        yield from damaged_index()
        yield from each(damaged_pictures, Picture)


def _keys(model, using):
    return model.objects.using(using).order_by("pk").values_list("pk", flat=True)


def _safely(what, look):
    """Yield the lines that `look()` gives, and one for what keeps it from looking: a damaged database fails in many ways."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001
        yield f"{what}: it can't be read: {in_a_line(error)}"
