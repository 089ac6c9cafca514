"""How many articles carry two things together, kept so that no page has to count.

What an article carries are its facets: a theme, an author, its language, its series, the year and the month in which
it was published (in the site's zone), and that it is there at all. For each pair of facets one row says how many
articles carry both. Scheduled articles are in the tallies; whoever reads them takes off what is not due yet.
"""

from collections import Counter, defaultdict
from itertools import islice, product
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from .edition import Edition

PART = 500  # articles counted, or rows written, in one go
_TABLE = "articles_tally"
_COLUMNS = "kind, value, with_kind, with_value, count"


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
        values = ", ".join(["(%s, %s, %s, %s, %s)"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES {values} "  # noqa: S608
                "ON CONFLICT (kind, value, with_kind, with_value) "
                f"DO UPDATE SET count = {_TABLE}.count + excluded.count",
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
    def standing(cls):
        """Return how many articles are public or scheduled."""
        both = {"kind": EVERYTHING.kind, "value": EVERYTHING.value}
        row = cls.objects.filter(**both, with_kind=EVERYTHING.kind, with_value=EVERYTHING.value).first()
        return row.count if row else 0

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
    """What the tallies say of the articles that readers see at the instant `at` (aware; default: now); read once each."""

    def __init__(self, at=None):
        self.at = at or timezone.now()
        self._pairs, self._partners, self._coming = {}, {}, None

    def load(self, pairs):
        """Read what both will be asked of the `pairs`, in one query."""
        pairs = [pair for pair in dict.fromkeys(pairs) if pair not in self._pairs]
        if not pairs:
            return
        one = f"SELECT {_COLUMNS} FROM {_TABLE} WHERE kind = %s AND value = %s AND with_kind = %s AND with_value = %s"  # noqa: S608
        rows = self._read([one] * len(pairs), [part for pair in pairs for facet in pair for part in facet])
        kept = {(Facet(*row[:2]), Facet(*row[2:4])): row[4] for row in rows}
        self._pairs |= {pair: kept.get(pair, 0) - self._coming[pair] for pair in pairs}

    def both(self, one, other=EVERYTHING):
        """Return how many articles carry the facet `one` and the facet `other` too."""
        self.load([(one, other)])
        return self._pairs[one, other]

    def among(self, facets):
        """Return {(one, other): how many articles carry both, …} of `facets` of one kind, each pair both ways round."""
        if not facets:
            return {}
        kind, values = facets[0].kind, [facet.value for facet in facets]
        some = ", ".join(["%s"] * len(values))
        rows = self._read(
            [
                f"SELECT {_COLUMNS} FROM {_TABLE} WHERE kind = %s AND value IN ({some}) "  # noqa: S608
                f"AND with_kind = %s AND with_value IN ({some})"
            ],
            [kind, *values, kind, *values],
        )
        kept = {(Facet(*row[:2]), Facet(*row[2:4])): row[4] for row in rows}
        left = {pair: count - self._coming[pair] for pair, count in kept.items()}
        return {pair: count for pair, count in left.items() if count}

    def partners(self, facet, **most):
        """Return {kind: [(value, number of articles), …]} of what stands beside `facet`, most first, by value where as many.

        `most` names the kinds wanted, and how many of each at most (None: all), such as `theme=12`.
        """
        kinds = {Kind[name.upper()]: number for name, number in most.items()}
        wanted = {kind: number for kind, number in kinds.items() if (facet, kind, number) not in self._partners}
        if wanted:
            self._read_partners(facet, wanted)
        return {kind: self._partners[facet, kind, number] for kind, number in kinds.items()}

    def _read_partners(self, facet, kinds):
        unknown = self._coming is None
        rows = self._beside(facet, kinds)
        if unknown and self._coming:  # more are needed, for what is not due yet is taken off
            rows = self._beside(facet, kinds)
        found = {kind: [] for kind in kinds}
        for _kind, _value, kind, value, count in rows:
            left = count - self._coming[facet, Facet(kind, value)]
            if left:
                found[kind].append((value, left))
        for kind, rows in found.items():
            rows.sort(key=lambda row: (-row[1], row[0]))
            self._partners[facet, kind, kinds[kind]] = rows[: kinds[kind]]

    def _beside(self, facet, kinds):
        """Return the rows of `facet`: of each of `kinds` as many as are wanted, and as may have to be left out."""
        hidden = Counter(other.kind for one, other in self._coming or () if one == facet)
        parts, parameters = [], []
        for place, (kind, most) in enumerate(kinds.items()):
            limit = "" if most is None else f"LIMIT {most + hidden[kind]}"
            parts.append(
                f"SELECT * FROM (SELECT {_COLUMNS} FROM {_TABLE} WHERE kind = %s AND value = %s AND with_kind = %s "  # noqa: S608
                f"AND count > 0 ORDER BY count DESC, with_value {limit}) AS part{place}"
            )
            parameters += [*facet, kind.value]
        return self._read(parts, parameters)

    def _read(self, parts, parameters):
        """Return the rows that the SELECTs `parts` find; the first time it is asked as well whether anything is scheduled."""
        if self._coming is not None:
            return _fetched(parts, parameters)
        model = apps.get_model("articles", "Article")
        parts = [
            *parts,
            f"SELECT -1, 0, 0, 0, count(*) FROM (SELECT 1 FROM {model._meta.db_table} "  # noqa: S608
            "WHERE withdrawn_at IS NULL AND published_at > %s LIMIT 1) AS coming",
        ]
        *rows, told = _fetched(parts, [*parameters, connection.ops.adapt_datetimefield_value(self.at)])
        self._coming = Counter()
        if told[4]:
            coming = model.objects.filter(withdrawn_at=None, published_at__gt=self.at).values_list("pk", flat=True)
            coming = list(coming)
            for start in range(0, len(coming), PART):
                self._coming.update(counted(coming[start : start + PART]))
        return rows


def _fetched(parts, parameters):
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return cursor.fetchall()
