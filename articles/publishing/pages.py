"""Which lists and feeds a change of articles concerns, and keeping those that somebody asked for.

A list is of one facet: everything, or the articles of a theme, an author, a series, a language, a year or a month. Whoever
forgets the renditions of articles marks what they carry, so that every page of those lists is made anew; what may show
anywhere else moves `Edition.wide` or `Edition.names`.
"""

import json

from django.db import transaction
from django.db.models import Max, Subquery

from ..models import Article, ArticleAuthor, ArticleTheme, Edition, Facet, FacetMark, KeptPage, Link
from ..models.edition import fresh
from ..models.rendition import made_by
from ..models.tally import EVERYTHING, Kind, dated_facets, language_facet

MOST_KEPT = 10_000  # pages; the one that was first made goes first


def mark_changed(keys):
    """Note that lists which show the articles `keys` have changed; called in one's turn.

    They are those of what the articles carry, and of the themes that name them or are named by them.
    """
    themes = ArticleTheme.objects.filter(content_object__in=keys).values_list("tag")
    named = Link.objects.filter(article__in=keys, to_theme__isnull=False).values_list("to_theme")
    naming = Link.objects.filter(to_article__in=keys, theme__isnull=False).values_list("theme")
    authors = ArticleAuthor.objects.order_by().filter(article__in=keys).values_list("author")
    facets = {EVERYTHING, *(Facet(Kind.THEME.value, pk) for (pk,) in themes.union(named, naming))}
    facets |= {Facet(Kind.AUTHOR.value, pk) for (pk,) in authors.distinct()}
    for series, language, moment in Article.objects.filter(pk__in=keys).values_list(
        "series", "language", "published_at"
    ):
        facets |= {language_facet(language), *(dated_facets(moment) if moment else ())}
        facets |= {Facet(Kind.SERIES.value, series)} if series else set()
    mark = fresh()
    rows = [FacetMark(kind=kind, value=value, mark=mark) for kind, value in sorted(facets)]
    FacetMark.objects.bulk_create(rows, update_conflicts=True, unique_fields=["kind", "value"], update_fields=["mark"])


@transaction.atomic
def store_page(standing, facet, headers, body):
    """Keep `body` (compressed with zlib) with `headers` ({name: value}) as the page that shows articles with `facet`.

    `standing` is what was known before it was made; nothing is kept when a writer has taken a turn since.
    """
    kind, value = facet
    mark = FacetMark.objects.filter(kind=kind, value=value).values("mark")
    # One statement, so that the marks are those of the turn.
    known = Edition.objects.filter(pk=1, turn=standing.turn).values_list("wide", "names", Subquery(mark[:1])).first()
    if known is None:
        return
    wide, names, mark = known
    coming = Article.objects.filter(published_at__gt=standing.at, withdrawn_at=None).order_by("published_at")
    page = KeptPage(
        address=standing.address,
        kind=kind,
        value=value,
        stamp=f"{wide}{names}{made_by()}{standing.domain} {mark or ''}",
        since=standing.at,
        until=coming.values_list("published_at", flat=True).first(),
        headers=json.dumps(headers),
        body=body,
    )
    told = ("kind", "value", "stamp", "since", "until", "headers", "body")
    if KeptPage.objects.filter(address=page.address).update(**{name: getattr(page, name) for name in told}):
        return
    KeptPage.objects.bulk_create([page], ignore_conflicts=True)
    newest = KeptPage.objects.aggregate(newest=Max("pk"))["newest"]
    KeptPage.objects.filter(pk__lte=newest - MOST_KEPT).delete()
