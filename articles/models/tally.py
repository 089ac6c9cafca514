"""How many articles carry two things together, kept so that no page has to count.

What an article carries are its facets: a theme, an author, its language, its series, the year and the month in which
it was published (in the site's zone), and that it is there at all. For each pair of facets one row says how many
articles carry both. Scheduled articles are in the tallies; whoever reads them takes off what is not due yet.
"""

from collections import Counter, defaultdict
from functools import cached_property
from itertools import islice, product
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from .edition import Edition

PART = 500  # articles counted, or rows written, in one go


class Kind(models.IntegerChoices):
    """What a facet is; beside each, what its value is."""

    ALL = 0  # 0
    THEME = 1  # the key
    AUTHOR = 2  # the key
    LANGUAGE = 3  # the code, read as a number in base 36
    SERIES = 4  # the key
    YEAR = 5  # 2024
    MONTH = 6  # 202407


class Facet(NamedTuple):
    """One thing that articles may carry."""

    kind: int
    value: int


EVERYTHING = Facet(Kind.ALL.value, 0)
_THEME, _AUTHOR, _LANGUAGE, _SERIES, _YEAR, _MONTH = (kind.value for kind in list(Kind)[1:])


def language_facet(code):
    """Return the facet of the language `code`, two letters."""
    return Facet(_LANGUAGE, int(code, 36))


def language_code(value):
    """Return the code of the language whose facet has `value`."""
    return "".join(chr(digit + 87) for digit in divmod(value, 36))


def counted(keys, known=apps):
    """Return what the articles with `keys` add to the tallies, {(facet, facet): number}; drafts and withdrawn ones nothing.

    `known` are the models; a migration gives those of its time.
    """
    model = {name: known.get_model("articles", name) for name in ("Article", "ArticleTheme", "ArticleAuthor")}
    rows = model["Article"].objects.filter(pk__in=keys, withdrawn_at=None).exclude(published_at=None)
    rows = list(rows.values_list("pk", "published_at", "language", "series"))
    found, carried = Counter(), defaultdict(list)
    if not rows:
        return found
    shown = [row[0] for row in rows]
    links = model["ArticleTheme"].objects.filter(content_object__in=shown).values_list("content_object", "tag")
    bylines = model["ArticleAuthor"].objects.filter(article__in=shown).values_list("article", "author").order_by()
    for kind, pairs in ((_THEME, links), (_AUTHOR, bylines)):
        for pk, value in pairs:
            carried[pk].append(Facet(kind, value))
    for pk, published_at, language, series in rows:
        facets = [EVERYTHING, *carried[pk], language_facet(language), *dated_facets(published_at)]
        if series:
            facets.append(Facet(_SERIES, series))
        found.update(product(facets, repeat=2))
    return Counter({pair: count for pair, count in found.items() if pair[0] != pair[1] or pair[0] == EVERYTHING})


def dated_facets(moment):
    """Return the facets of the year and the month of the aware datetime `moment` in the site's zone."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return Facet(_YEAR, local.year), Facet(_MONTH, local.year * 100 + local.month)


def counted_anew(known=apps, progress=lambda done: None):
    """Return what the tallies should be, {(facet, facet): number}; `progress(done)` is told how many articles are counted."""
    articles = known.get_model("articles", "Article").objects
    keys = articles.filter(withdrawn_at=None).exclude(published_at=None).order_by("pk").values_list("pk", flat=True)
    keys, found, done = keys.iterator(chunk_size=10_000), Counter(), 0
    while part := list(islice(keys, PART)):
        found.update(counted(part, known))
        done += len(part)
        progress(done)
    return found


def put(difference):
    """Add `difference`, {(facet, facet): number}, to the tallies; called in one's turn."""
    rows = sorted((*one, *other, count) for (one, other), count in difference.items() if count)
    for start in range(0, len(rows), PART):
        part = rows[start : start + PART]
        table = connection.ops.quote_name(Tally._meta.db_table)
        values = ", ".join(["(%s, %s, %s, %s, %s)"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (kind, value, with_kind, with_value, count) VALUES {values} "  # noqa: S608
                "ON CONFLICT (kind, value, with_kind, with_value) "
                f"DO UPDATE SET count = {table}.count + excluded.count",
                [each for row in part for each in row],
            )


class Tally(models.Model):
    """How many articles, public or scheduled, carry the facet (`kind`, `value`) and the other one too.

    Each pair stands here both ways round; a facet with `EVERYTHING` is how many carry it at all. Rows that have come
    down to 0 stay.
    """

    pk = models.CompositePrimaryKey("kind", "value", "with_kind", "with_value")
    kind = models.SmallIntegerField()
    value = models.BigIntegerField()
    with_kind = models.SmallIntegerField()
    with_value = models.BigIntegerField()
    count = models.IntegerField()

    class Meta:
        indexes = [
            models.Index("kind", "value", "with_kind", models.F("count").desc(), "with_value", name="tally_most_first")
        ]

    def __str__(self):
        return f"{Kind(self.kind).name} {self.value}, {Kind(self.with_kind).name} {self.with_value}: {self.count}"

    @classmethod
    def kept(cls):
        """Return all that is kept, {(facet, facet): number}."""
        rows = cls.objects.exclude(count=0).values_list("kind", "value", "with_kind", "with_value", "count")
        return Counter({(Facet(*row[:2]), Facet(*row[2:4])): row[4] for row in rows.iterator(chunk_size=10_000)})

    @classmethod
    def wrong(cls):
        """Return where the tallies differ from what counting gives, {(facet, facet): (kept, counted)}; nothing, mostly."""
        kept, right = cls.kept(), counted_anew()
        return {pair: (kept[pair], right[pair]) for pair in kept.keys() | right.keys() if kept[pair] != right[pair]}

    @classmethod
    def correct(cls, progress=lambda done: None):
        """Make the tallies what counting gives, in one's turn; return how many were wrong."""
        difference = counted_anew(progress=progress)
        difference.subtract(cls.kept())
        put(difference)
        Edition.objects.filter(pk=1).update(zone=settings.TIME_ZONE)
        return sum(map(bool, difference.values()))


class Counts:
    """What the tallies say of the articles that readers see at the instant `at` (aware; default: now)."""

    def __init__(self, at=None):
        self.at = at or timezone.now()

    @cached_property
    def _coming(self):
        """What is in the tallies and not due yet, {(facet, facet): number}."""
        articles = apps.get_model("articles", "Article").objects
        keys = list(articles.filter(withdrawn_at=None, published_at__gt=self.at).values_list("pk", flat=True))
        found = Counter()
        for start in range(0, len(keys), PART):
            found.update(counted(keys[start : start + PART]))
        return found

    def both(self, one, other=EVERYTHING):
        """Return how many articles carry the facet `one` and the facet `other` too."""
        rows = Tally.objects.filter(kind=one.kind, value=one.value, with_kind=other.kind, with_value=other.value)
        return (rows.values_list("count", flat=True).first() or 0) - self._coming[one, other]

    def each(self, facets):
        """Return [how many articles carry it, …] of `facets`."""
        wanted = models.Q()
        for facet in facets:
            wanted |= models.Q(with_kind=facet.kind, with_value=facet.value)
        rows = Tally.objects.filter(wanted, kind=EVERYTHING.kind, value=EVERYTHING.value)
        kept = {Facet(*row[:2]): row[2] for row in rows.values_list("with_kind", "with_value", "count")}
        return [kept.get(facet, 0) - self._coming[EVERYTHING, facet] for facet in facets]

    def among(self, facets):
        """Return {(one, other): how many articles carry both, …} of `facets` of one kind, each pair both ways round."""
        values = [facet.value for facet in facets]
        kind = facets[0].kind if facets else None
        rows = Tally.objects.filter(kind=kind, value__in=values, with_kind=kind, with_value__in=values, count__gt=0)
        rows = rows.values_list("value", "with_value", "count")
        kept = {(Facet(kind, one), Facet(kind, other)): count for one, other, count in rows}
        left = {pair: count - self._coming[pair] for pair, count in kept.items()}
        return {pair: count for pair, count in left.items() if count}

    def partners(self, facet, **most):
        """Return {kind: [(value, number of articles), …]} of what stands beside `facet`, most first, by value where as many.

        `most` names the kinds wanted, and how many of each at most (None: all), such as `theme=12`.
        """
        kinds = {Kind[name.upper()]: number for name, number in most.items()}
        hidden = defaultdict(dict)
        for (one, other), count in self._coming.items():
            if one == facet:
                hidden[other.kind][other.value] = count
        found = {kind: [] for kind in kinds}
        for kind, value, count in self._kept(facet, kinds, hidden):
            left = count - hidden[kind].get(value, 0)
            if left:
                found[kind].append((value, left))
        for kind, rows in found.items():
            rows.sort(key=lambda row: (-row[1], row[0]))
            found[kind] = rows[: kinds[kind]]
        return found

    @staticmethod
    def _kept(facet, kinds, hidden):
        """Return the rows (kind, value, count) of `facet`: of each kind so many that enough are left without the `hidden`."""
        table = connection.ops.quote_name(Tally._meta.db_table)
        parts, parameters = [], []
        for place, (kind, most) in enumerate(kinds.items()):
            limit = f"LIMIT {most + len(hidden[kind])}" if most is not None else ""
            parts.append(
                f"SELECT * FROM (SELECT with_kind, with_value, count FROM {table} "  # noqa: S608 - our own names
                f"WHERE kind = %s AND value = %s AND with_kind = %s AND count > 0 "
                f"ORDER BY count DESC, with_value {limit}) AS part{place}"
            )
            parameters += [facet.kind, facet.value, kind.value]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), parameters)
            return cursor.fetchall()
