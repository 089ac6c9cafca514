"""A stored text as it is shown now.

The rendered text says what it cites by key; what that is called and where it is found today is put in here, so that
a change shows everywhere at the next view.
"""

import functools
import logging
from dataclasses import dataclass, field
from html import escape

from django.db import Error
from django.db.models import Q
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from .. import text
from ..models import Article, Citation, Edition, Link, Source, Theme, ThemeName, called
from ..text import citations, links, timelines
from ..text import pictures as images
from ..text.glossary import Glossary
from . import charts, pictures
from .words import day_in_words, in_words, published, titled

__all__ = [
    "Cited",
    "Woven",
    "day_in_words",
    "events",
    "in_words",
    "linked_from",
    "published",
    "titled",
    "weave",
    "woven",
]
MOST_LINKED = 50
log = logging.getLogger(__name__)


@dataclass
class Cited:
    """A source in the list of a text: its number there, and where the text mentions it."""

    number: int
    source: Source
    mentions: list = field(default_factory=list)


@dataclass(frozen=True)
class Woven:
    """A text ready for its page.

    `text` and `notes` are sanitised HTML, `sources` a list of `Cited`, `terms` the `Theme`s that the text explains.
    `is_loose` says that it names something of which no row would tell that it has changed.
    """

    text: str
    notes: str
    sources: list
    terms: list
    is_loose: bool = False


def weave(*texts, owners=(), plain=False):
    """Return the `Woven` of each of the rendered `texts`, with one query for each kind of thing they name.

    `owners` are the articles or themes whose texts they are, in the same order. A `plain` text, for feeds, has links
    where a page has definitions that open.
    """
    owners = list(owners) or [None] * len(texts)
    mentions = [citations.mentions(html) for html in texts]
    sources, tied = _cited({mention.key for found in mentions for mention in found}, owners)
    leads = _leads(texts, owners)
    for found, known, owner in zip(mentions, leads, owners, strict=True):
        known.is_loose |= any((_own(owner), mention.key) not in tied for mention in found)
    edition = Edition.objects.values_list("names", flat=True).first()
    terms = _terms(edition) if edition else _terms.__wrapped__(edition)
    known = pictures.known(*texts)
    return [
        _woven(images.shown(html, known, plain), found, sources, led, terms, owner, plain)
        for html, found, led, owner in zip(texts, mentions, leads, owners, strict=True)
    ]


def woven(html, owner=None, plain=False):
    """Return the `Woven` of one text, as `weave` does, for a page that must come whatever is wrong with it.

    What can't be woven is logged, and is what was rendered; an article that can't be is named on the desk's first page.
    """
    try:
        return weave(html, owners=[owner], plain=plain)[0]
    except Error:
        raise  # the database is away: no page is better than a poor one that is kept
    except Exception:
        log.exception("The text of %s %s can't be woven.", type(owner).__name__, getattr(owner, "pk", None))
        return Woven(*text.notes_apart(html), [], [], is_loose=True)


def _woven(html, mentions, sources, leads, terms, owner, plain):
    listed = {}
    for mention in mentions:
        if mention.key in sources:
            entry = listed.setdefault(mention.key, Cited(mention.number, sources[mention.key]))
            entry.mentions.append(mention)
    with override(getattr(owner, "language", None) or get_language()):  # of the text, not of the page around it
        html = charts.shown(html if plain else text.captioned(html), owner, plain)
        html = timelines.dated(html, day_in_words)
        html = text.way_back(html, _("Back to the text of note %s"))
        html = links.resolved(html, lambda name: leads.get(name, (None, None)))
        html = citations.beside(html, {key: in_words(entry.source) for key, entry in listed.items()})
    words, notes = text.notes_apart(html)
    words, defined = _defined(words, terms, (owner.pk,) if isinstance(owner, Theme) else (), plain)
    return Woven(words, notes, list(listed.values()), defined, leads.is_loose)


def _own(owner):
    return type(owner), getattr(owner, "pk", None)


def _among(owners):
    """Return the condition that a row is of one of `owners`."""
    articles, themes = ([owner.pk for owner in owners if isinstance(owner, model)] for model in (Article, Theme))
    return Q(article__in=articles) | Q(theme__in=themes)


def _of(row):
    """Return of whom a row is, as `_own` gives it."""
    return (Article, row.article_id) if row.article_id else (Theme, row.theme_id)


def _cited(keys, owners):
    """Return {key: source} of those of `keys` that there are, and {(owner, key), …} of those that a row says an owner cites."""
    if not keys:
        return {}, set()
    rows = list(Citation.objects.filter(_among(owners)).select_related("source"))
    sources = {row.source.key: row.source for row in rows}
    if missing := keys - sources.keys():
        sources |= {source.key: source for source in Source.objects.filter(key__in=missing)}
    return sources, {(_of(row), row.source.key) for row in rows}


# Links by name --------------------------------------------------------------------------------------------------------


class _Leads(dict):
    """{name: (address or None, title or None)} of the links by name in a text; `is_loose` where one has no `Link`."""

    is_loose = False


def _leads(texts, owners):
    """Return the `_Leads` of each of `texts`."""
    wanted = [[name for name in links.mentioned(html) if not name.startswith("/")] for html in texts]
    known = {}
    if any(wanted):
        for link in Link.objects.filter(_among(owners)).select_related("to_article", "to_theme__merged_into"):
            known[_of(link), link.name] = link.target
    found = []
    for row, owner in zip(wanted, owners, strict=True):
        own = _own(owner)
        leads = _Leads((name, _lead(name, known.get((own, name)) or called(name))) for name in row)
        leads.is_loose = any((own, name) not in known for name in row)
        found.append(leads)
    return found


def _lead(name, target):
    """Return (address, title) of what `name` leads to; no address while readers would find nothing there."""
    if target is None:
        return None, None
    if isinstance(target, Article) and target.status() not in {Article.Status.PUBLISHED, Article.Status.WITHDRAWN}:
        return None, name.removeprefix(links.ARTICLE)  # its title is nobody's business yet
    return target.get_absolute_url(), str(target)


# Definitions in place -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Terms:
    """The names of all themes with a definition, and those themes by key."""

    glossary: Glossary
    themes: dict


@functools.lru_cache(maxsize=2)
def _terms(names):
    """Return the `_Terms` of the edition whose `names` they are."""
    rows = ThemeName.objects.filter(theme__merged_into=None).exclude(theme__definition="").order_by("is_alias", "pk")
    rows = list(rows.select_related("theme").defer("theme__introduction", "theme__introduction_html"))
    glossary = Glossary((row.name, row.language, row.theme_id) for row in rows)
    return _Terms(glossary, {row.theme_id: row.theme for row in rows})


@functools.lru_cache(maxsize=64)
def _defined(html, terms, without, plain):
    """Return `html` with the themes it mentions, but `without` those keys, defined in place, and those themes by name."""
    found = {}

    def wrap(key, words):
        theme = found.setdefault(key, terms.themes[key])
        if plain:
            return f'<a href="{theme.get_absolute_url()}" title="{escape(theme.definition)}">{words}</a>'
        return f'<button type="button" class="term" popovertarget="term-{theme.slug}">{words}</button>'

    html = terms.glossary.mark(html, wrap, without)
    return html, sorted(found.values(), key=lambda theme: theme.name)


# Timelines ------------------------------------------------------------------------------------------------------------


def events(rows):
    """Return the `Event`s of `rows` with their links made, each with `when`, its date in words, and `is_loose` (see `Woven`)."""
    rows = list(rows)
    leads = _leads([row.html for row in rows], [row.article for row in rows])
    for row, known in zip(rows, leads, strict=True):
        try:
            row.html = links.resolved(row.html, lambda name, known=known: known.get(name, (None, None)))
        except Exception:  # it stands among those of others
            log.exception("The event %s can't be woven.", row.pk)
        row.is_loose = known.is_loose
        row.when = " – ".join(day_in_words(date) for date in (row.date, row.until) if date)
    return rows


# What links here ------------------------------------------------------------------------------------------------------


def linked_from(row):
    """Return the public articles and the themes whose texts link to `row` (an article or a theme), at most fifty."""
    links = Link.objects.shown().filter(**{"to_theme" if isinstance(row, Theme) else "to_article": row})
    links = links.select_related("article", "theme").only(
        *(f"article__{name}" for name in ("title", "slug", "language")), "theme__name", "theme__slug"
    )
    found = {link.article or link.theme for link in links[:MOST_LINKED]} - {row}
    return sorted(found, key=str)
