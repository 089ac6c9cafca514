"""Storing a publication that was written down in another site: its rows as they were, keys and dates included, and what is
derived from them made anew. For a site that holds nothing yet, within one transaction.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import names, search, text
from ..models import (
    Article,
    ArticleAuthor,
    ArticleTheme,
    Author,
    Citation,
    Edition,
    Event,
    EventTheme,
    Picture,
    Rendition,
    Revision,
    Series,
    Source,
    Tally,
    Theme,
    ThemeName,
)
from ..text import links, timelines
from .rules import rendered_or_refuse
from .steps import cited, write_pictures

ALL = (Article, Author, FlatPage, Picture, Redirect, Revision, Series, Source)
MOST_AT_ONCE = 200


@dataclass
class Told:
    """A text that was written down, and what can't be read off it: the sources it was tied to (their keys, those that texts
    cite them by), what its links led to (unsaved `Link`s), and other rows beside it.

    `row` is a theme or an article, `themes` and `authors` are the keys of those on an article that readers saw.
    """

    row: object
    sources: list = field(default_factory=list)
    links: list = field(default_factory=list)
    beside: list = field(default_factory=list)
    revisions: list = field(default_factory=list)
    themes: list = field(default_factory=list)
    authors: list = field(default_factory=list)
    is_stuck: bool = False


def begin_restoring():
    """Take the turn of the only writer; raise ValidationError unless the site holds nothing of a publication."""
    Edition.take_turn()
    if Theme.everything.exists() or any(model.objects.exists() for model in ALL):
        raise ValidationError(
            _("This site holds something already: a publication is brought into an empty one (manage.py migrate).")
        )


def restore_people(rows):
    """Store the users `rows`, which have a key and a name, as accounts with which nobody can log in.

    One that is here already by that key and name is left as it is. Raise ValidationError when one of both is another's.
    """
    users = get_user_model().objects
    for row in rows:
        there = users.filter(pk=row.pk).first() or users.filter(username=row.username).first()
        if there is None:
            row.is_active = False
            row.set_unusable_password()
            row.save(force_insert=True)
        elif (there.pk, there.username) != (row.pk, row.username):
            words = _(
                "The account “%(there)s” (id %(key)s) is in the way of “%(name)s” (id %(id)s), who is in the history: "
                "bring the publication in first, and make accounts then."
            )
            told = {"there": there.username, "key": there.pk, "name": row.username, "id": row.pk}
            raise ValidationError(words % told)


def restore_rows(rows):
    """Store rows, all of one model, that stand around articles, as they are."""
    rows = list(rows)
    for row in rows:
        if isinstance(row, Source):
            row.fold()
        elif isinstance(row, ThemeName):
            row.folded = names.fold(row.name)
    if rows:
        dates = [row.added_at for row in rows] if isinstance(rows[0], Picture) else []
        type(rows[0])._base_manager.bulk_create(rows)
        for row, added_at in zip(rows, dates, strict=False):  # which storing has set to now
            Picture.objects.filter(pk=row.pk).update(added_at=added_at)


def restore_site(*, name, domain):
    """Give the site the name and the domain it had."""
    site = Site.objects.get(pk=settings.SITE_ID)
    site.name, site.domain = name, domain
    site.save()


def restore_page(page, *, is_draft):
    """Store a plain page of this site, or of none while it `is_draft`."""
    page.save(force_insert=True)
    page.sites.set([] if is_draft else [settings.SITE_ID])


def restore_themes(told):
    """Store themes, each a `Told` with its names `beside` it. Raise ValidationError for a text that can't be rendered."""
    for each in told:
        each.row.introduction_html = rendered_or_refuse(each.row.introduction, "introduction", patient=True).html
    restore_rows(each.row for each in told)
    restore_rows(name for each in told for name in each.beside)
    _restore_ties([(each, each.row.introduction_html, {"theme": each.row}) for each in told])


def restore_articles(told):
    """Store articles, each a `Told` with its revisions; what they say is rendered anew.

    `beside` are its keywords, what is like it, what to read next and remarks. Raise revision.Unsealed for a revision that
    isn't what was saved. Sets `is_stuck` where a text can't be rendered: readers get it as it was typed.
    """
    for each in told:
        if each.row.live_id:
            _render(each)
    Article.objects.bulk_create(each.row for each in told)
    Revision.objects.bring_in([revision for each in told for revision in each.revisions])
    _restore_ties([(each, each.row.html, {"article": each.row}) for each in told])
    beside = defaultdict(list)
    for each in told:
        for row in each.beside:
            beside[type(row)].append(row)
    for rows in beside.values():
        restore_rows(rows)
    shown = [each for each in told if each.row.live_id]
    Rendition.objects.bulk_create(Rendition(article=each.row, is_stuck=each.is_stuck) for each in shown)
    _restore_places(shown)
    for each in shown:
        write_pictures(each.row)


def _render(told):
    row = told.row
    try:
        rendered = rendered_or_refuse(row.body, patient=True)
    except ValidationError:
        rendered, told.is_stuck = text.unrendered(row.body), True
    row.html, row.contents, row.words = rendered.html, rendered.contents, rendered.words


def _restore_ties(texts):
    """Store what ties `texts`, [(Told, html, {"article" or "theme": row}), …], to sources and to what they name."""
    keys = {key for told, _html, _where in texts for key in told.sources}
    known = dict(Source.objects.filter(key__in=keys).values_list("key", "pk"))
    ties, rows = [], []
    for told, html, where in texts:
        numbers, shown = cited(html), set(links.mentioned(html))
        there = [key for key in told.sources if key in known and key in numbers]
        ties += [Citation(source_id=known[key], number=numbers[key], **where) for key in there]
        for link in told.links:
            link.is_live = link.name in shown
            rows.append(link)
    Citation.objects.bulk_create(ties)
    restore_rows(rows)


def _restore_places(told):
    """Put articles under their themes, with bylines and events, all with the dates of the articles."""
    themes, bylines, events = [], [], []
    for each in told:
        article = each.row
        dates = {"published_at": article.published_at, "withdrawn_at": article.withdrawn_at}
        themes += [ArticleTheme(content_object=article, tag_id=key, **dates) for key in each.themes]
        bylines += [
            ArticleAuthor(article=article, author_id=key, place=place, **dates)
            for place, key in enumerate(each.authors)
        ]
        events += [(Event.of(article, event), each.themes) for event in timelines.events(article.html)]
    ArticleTheme.objects.bulk_create(themes)
    ArticleAuthor.objects.bulk_create(bylines)
    Event.objects.bulk_create(event for event, _keys in events)
    EventTheme.objects.bulk_create(EventTheme.of(event, key) for event, keys in events for key in keys)


@transaction.atomic
def finish_restoring(*, changed_at, highest, progress=lambda done: None):
    """Let search find everything, count it, and have new rows get other keys than any that the old ones had or mention.

    `changed_at` is when what readers see changed last (None: now), `highest` {model: key}. `progress(done)` is told how
    many articles are indexed.
    """
    indexed = Article.objects.exclude(live=None).filter(withdrawn_at=None).defer("body", "contents")
    done = last = 0
    while rows := list(indexed.filter(pk__gt=last).order_by("pk")[:MOST_AT_ONCE]):
        for row in rows:
            search.index(row)
        last, done = rows[-1].pk, done + len(rows)
        progress(done)
    Tally.correct()
    for model, key in highest.items():
        _go_on_behind(model, key)
    Edition.begin_anew()
    Edition.objects.filter(pk=1).update(changed_at=changed_at or timezone.now())


def _go_on_behind(model, key):
    """Have no row of `model` get a key up to `key`."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            quoted = connection.ops.quote_name(table)
            behind = f"GREATEST(%s, (SELECT max(id) FROM {quoted}))"  # noqa: S608 - our own names
            cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, 'id'), {behind})", [quoted, key])  # noqa: S608
        else:
            cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [key, table])
            if not cursor.rowcount:
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, key])
