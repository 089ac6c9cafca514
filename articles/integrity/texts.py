"""Whether what is derived from the texts is what they give: rows of articles, HTML, events, citations, links, search, counts."""

from django.db import Error, connection

from .. import search, text
from ..models import (
    Article,
    Author,
    Event,
    EventTheme,
    Link,
    Picture,
    Series,
    Source,
    Tally,
    Theme,
    shown,
)
from ..publishing import Fields
from ..text import citations, links, timelines
from ..text.inspect import named
from .database import in_a_line

_REBUILD = "manage.py rebuild makes it again"


def damaged_articles(keys):
    """Return what is damaged of the articles with `keys`, and of what is derived from them, a line each."""
    return [line for pk in keys for line in _twice(_article, Article.objects.select_related("live", "working"), pk)]


def damaged_themes(keys):
    """Return what is damaged of the themes with `keys`, a line each."""
    return [line for pk in keys for line in _twice(_theme, Theme.objects, pk)]


def _twice(look, rows, pk):
    """Return what `look(row)` finds amiss both times: somebody may be publishing that very row."""
    named = f"{rows.model._meta.model_name} with the key {pk}"
    try:
        row = rows.filter(pk=pk).first()
        if row is None or not (first := look(row)):
            return []
        row = rows.filter(pk=pk).first()
        again = look(row) if row else []
        return [f"{named} ({row.slug}): {line}" for line in first if line in again]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is damage
        return [f"{named}: it can't be read: {in_a_line(error)}"]


def _theme(theme):
    return [*_rendered(theme.introduction, theme.introduction_html), *_citations(theme.introduction_html, theme=theme)]


def _article(article):
    """Return what is amiss with `article`, in words."""
    if article.live is None:
        said = article.working.fields
        names = [name for name in ("title", "slug", "language") if getattr(article, name) != said[name]]
        found = [f"its {name} is not that of its working copy" for name in names]
        if article.body or article.html:
            found.append("readers have never seen it, and it has a text for them")
        return found
    fields = Fields.of(article.live)
    wrong = [name for name, (shown, said) in _shown(article, fields).items() if shown != said]
    return [
        *(f"its {name} is not that of its published revision" for name in wrong),
        *_rendered(article.body, article.html, article.contents, article.words),
        *_citations(article.html, article=article),
        *_links(article),
        *_pictures(article),
        *_dated(article),
        *_indexed(article),
    ]


def _shown(article, fields):
    """Return {name: (what the row and those beside it say, what `fields` do)}.

    What it translates is left out: that moves when another article becomes the original.
    """
    pairs = {
        name: (getattr(article, name), getattr(fields, name))
        for name in ("title", "slug", "summary", "body", "language", "series_order")
    }
    standing = Theme.objects.filter(pk__in=Theme.standing_for(fields.themes)).values_list("pk", flat=True)
    authors = Author.objects.in_bulk(fields.authors)
    for name, model in (("series", Series), ("lead_picture", Picture)):
        chosen = getattr(fields, name)
        there = chosen if chosen and model.objects.filter(pk=chosen).exists() else None
        pairs[name] = (getattr(article, f"{name}_id"), there)
    return pairs | {
        "themes": (set(article.article_themes.values_list("tag", flat=True)), set(standing)),
        "authors": (
            list(article.bylines.order_by("place").values_list("author", flat=True)),
            [pk for pk in fields.authors if pk in authors],
        ),
    }


def _rendered(body, html, contents=None, words=None):
    try:
        rendered = text.render(body, patient=True)
    except text.TextError:
        return ["its text can't be rendered any more"]
    same = rendered.html == html and contents in (None, rendered.contents) and words in (None, rendered.words)
    return [] if same else [f"its HTML is not that of its text; {_REBUILD}"]


def _citations(html, **where):
    (row,) = where.values()
    wanted = {}
    for mention in citations.mentions(html):
        wanted.setdefault(mention.key, mention.number)
    known = set(Source.objects.filter(key__in=wanted).values_list("key", flat=True))
    stored = dict(row.citations.values_list("source__key", "number"))
    same = stored == {key: number for key, number in wanted.items() if key in known}
    return [] if same else [f"its citations are not those of its text; {_REBUILD}"]


def _links(article):
    """What a name leads to stays as it was first written, or unknown; whether it stands in the text can be told."""
    shown = set(links.mentioned(article.html))
    typed = set(named(article.working.fields["body"]))
    rows = Link.objects.filter(article=article).values_list("name", "is_live")
    same = all((name in shown) == is_live and name in shown | typed for name, is_live in rows)
    return [] if same else [f"its links are not those of its text; {_REBUILD}"]


def _pictures(article):
    same = set(article.shown_pictures.values_list("name", flat=True)) == shown.shown_by(*article.versions())
    return [] if same else [f"the pictures that readers may have are not those of its versions; {_REBUILD}"]


def _dated(article):
    """The events, and the dates of the rows beside the article."""
    told = ("number", "date", "until", "starts", "ends", "html", "published_at", "withdrawn_at")
    wanted = [Event.of(article, event) for event in timelines.events(article.html)]
    stored = sorted(article.events.values_list(*told))
    found = []
    if stored != sorted(tuple(getattr(event, name) for name in told) for event in wanted):
        found.append(f"its events are not those of its text; {_REBUILD}")
    places = EventTheme.objects.filter(article=article).values_list("event", "theme", *told[:1], *told[3:5], *told[6:])
    themes = article.article_themes.values_list("tag", flat=True)
    events = article.events.values_list("pk", *told[:1], *told[3:5], *told[6:])
    if set(places) != {(event[0], theme, *event[1:]) for event in events for theme in themes}:
        found.append(f"its events are not under its themes; {_REBUILD}")
    dates = (article.published_at, article.withdrawn_at)
    rows = [*article.article_themes.all(), *article.bylines.all()]
    if any((row.published_at, row.withdrawn_at) != dates for row in rows):
        found.append(f"its themes or bylines have other dates than it has; {_REBUILD}")
    return found


def _indexed(article):
    current = search.is_current(article) if article.withdrawn_at is None else not search.knows(article)
    return [] if current else [f"search doesn't find it by its words; {_REBUILD}"]


def damaged_index():
    """Return whether the index of search is sound, as a list of lines; on SQLite it can tell by itself."""
    if connection.vendor != "sqlite":
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {search.TABLE} ({search.TABLE}) VALUES ('integrity-check')")  # noqa: S608
    except (Error, UnicodeError) as error:
        return [f"search: its index is damaged ({in_a_line(error)}); manage.py rebuild --search makes it again"]
    return []


def wrong_counts():
    """Return whether what lists count is wrong, as a list of lines."""
    wrong = Tally.wrong()
    wrong = {pair: counts for pair, counts in Tally.wrong().items() if wrong.get(pair) == counts} if wrong else {}
    return [f"counts: {len(wrong)} of what the lists count are wrong; manage.py rebuild --counts mends them"] * bool(
        wrong
    )
