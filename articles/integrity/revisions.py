"""Whether revisions say what was saved, and whether none is missing."""

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Max

from ..models import Article, Revision
from ..models.revision import digest_of
from .database import in_a_line

_OWN = ("number", "kind", "change", "note", "fields", "form", "saved_at", "saver", "digest")
_KEYS = ("article", "based_on", "saved_by")


def damaged_revisions(keys, using=DEFAULT_DB_ALIAS):
    """Return what is damaged of the revisions with `keys`, a line each."""
    rows = Revision.objects.using(using).select_related("article").only(*_OWN, *_KEYS, "article__uid", "article__slug")
    try:
        found = rows.in_bulk(keys)
    except Exception:  # noqa: BLE001 - one of them can't be read, in whatever way: each by itself then
        found = {}
    return [problem for pk in keys if (problem := _damage(pk, found.get(pk), rows))]


def _damage(pk, row, rows):
    """Return what is damaged of the revision `pk`, which is `row` where that has been read; nothing, mostly."""
    try:
        row = row or rows.filter(pk=pk).first()
        if row is None:
            there = rows.select_related(None).only("pk").filter(pk=pk).exists()
            return f"revision with the key {pk}: it belongs to no article" if there else None  # dropped meanwhile
        named = f"revision {row.number or 'being typed'} of {row.article.slug} (key {pk})"
        if row.digest != digest_of(row, row.article.uid):
            return f"{named}: it is not what was saved"
        if row.saved_by_id not in (None, row.saver):
            return f"{named}: somebody else saved it"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is damage
        return f"revision with the key {pk}: it can't be read: {in_a_line(error)}"
    return None


def broken_histories(using=DEFAULT_DB_ALIAS):
    """Yield the gaps in the numbers of revisions, and articles whose working or live copy is not one of theirs, a line each."""
    numbered = Revision.objects.using(using).numbered()
    rows = numbered.order_by().values_list("article").annotate(Count("pk"), Max("number"))
    known = {pk: (count, last) for pk, count, last in rows.iterator(chunk_size=10_000)}
    asked = ("pk", "slug", "working__number", "working__article", "live", "live__article", "live__kind")
    for pk, slug, number, own, live, shown, kind in (
        Article.objects.using(using).order_by("pk").values_list(*asked).iterator(chunk_size=10_000)
    ):
        count, last = known.pop(pk, (0, 0))
        if count != last:
            there = set(numbered.filter(article=pk).values_list("number", flat=True))
            yield from (f"revision {gap} of {slug}: it is missing" for gap in range(1, last) if gap not in there)
        if number != last or own != pk:
            yield f"article {slug} (key {pk}): its working copy is not its last revision"
        if live and (shown != pk or kind != Revision.Kind.PUBLISHED):
            yield f"article {slug} (key {pk}): what readers see is no published revision of it"
    yield from (f"revisions of an article with the key {pk}: it isn't there" for pk in known)
