"""What is kept of the articles as they were rendered: forgotten when it changes, stored when somebody asked for it.

Whoever changes what readers see forgets, in the same transaction, the renditions that show it: of an article its own
and those of its surroundings before and after, for an article shows the titles and addresses of others. What may show
in any text (names of themes, words of pictures, the site's own name) moves `Edition.names` instead.
"""

import zlib
from typing import NamedTuple

from django.db.models import Value
from django.utils import timezone

from ..models import Article, Likeness, Link, ReadNext, Rendition
from ..models.rendition import COLUMNS
from .pages import mark_changed

MOST_AT_ONCE = 500


class Showing(NamedTuple):
    """The keys of articles that show others: `anywhere`, in lists and feeds too, or on their `pages` alone, for being alike."""

    anywhere: frozenset
    pages: frozenset

    def __or__(self, other):
        """Return what is in this one or the `other`."""
        return Showing(self.anywhere | other.anywhere, self.pages | other.pages)


def showing(*articles):
    """Return the `Showing` of `articles` and their translations: these, and all that show one of them, or will."""
    keys, originals, first, *others = _tied({article.pk for article in articles}, Value(0))
    alike = Likeness.objects.order_by().filter(other__in=keys).values_list("article", Value(1))
    found = (keys | originals, set())
    for pk, is_alike in first.union(*others, alike):
        found[is_alike].add(pk)
    return Showing(*(frozenset(each - {None}) for each in found))


def linked_by(**text):
    """Return the keys of the articles to which `text` (article=… or theme=…) links, and whose pages therefore show it."""
    return set(Link.objects.filter(**text).exclude(to_article=None).values_list("to_article", flat=True))


def _tied(keys, *told):
    """Tell which articles show the articles `keys` as these show them: by a link, series, translation, choice.

    Return the keys of these and their translations, those of what they are translated from, and querysets, each row of which is a
    key, or None, and what else is `told`.
    """
    columns = ("pk", "translation_of", "series")
    own, translated = (Article.objects.filter(**{f"{name}__in": keys}).values_list(*columns) for name in columns[:2])
    family = list(own.union(translated))
    keys, originals, series = ({row[place] for row in family} - {None} for place in range(3))
    rows = [
        Link.objects.filter(to_article__in=keys).values_list("article", *told),
        Link.objects.filter(article__in=keys).values_list("to_article", *told),
        ReadNext.objects.order_by().filter(other__in=keys).values_list("article", *told),
    ]
    if originals:
        rows.append(Article.objects.filter(translation_of__in=originals).values_list("pk", *told))
    if series:
        rows.append(Article.objects.filter(series__in=series).values_list("pk", *told))
    return keys, originals, *rows


def begin_rendition(article):
    """See that there is a rendition of `article`, of which is not said that its text can't be rendered; called in one's turn."""
    if not Rendition.objects.filter(article=article).update(is_stuck=False):
        Rendition.objects.create(article=article)


def forget(keys, pages=()):
    """Forget what is kept of the articles `keys`, and the lists they are in, and the page alone of those of `pages`; called
    in one's turn, in the transaction of the change.
    """
    keys, pages = sorted(keys), sorted({*pages} - {*keys})
    for start in range(0, len(keys), MOST_AT_ONCE):
        part = keys[start : start + MOST_AT_ONCE]
        Rendition.objects.filter(pk__in=part).forget()
        mark_changed(part)
    for start in range(0, len(pages), MOST_AT_ONCE):
        Rendition.objects.filter(pk__in=pages[start : start + MOST_AT_ONCE]).forget_page()


def store_rendition(ticket, column, rendered):
    """Keep what was `rendered` (bytes; a str for an item) as `column` ("item", "page", "feed") for the holder of `ticket`.

    Nothing is kept of what was forgotten meanwhile or begun before what is kept is. Of a text that is loose (`weaving.Woven`)
    nobody brings a page or an item.
    """
    row = Rendition.objects.filter(pk=ticket.article, serial=ticket.serial).defer(*COLUMNS).first()
    if row is None:
        return
    kept = {column: zlib.compress(rendered) if column == "page" else rendered}
    now = Rendition.objects.filter(pk=row.pk, serial=row.serial, stamp=row.stamp, since=row.since, until=row.until)
    if row.holds(ticket.stamp, timezone.now()):
        if ticket.at < row.since:
            return  # something may have fallen due in between
        kept |= {"since": ticket.at}
        if column == "page":  # which may lead on to others than when the rest was made
            kept |= {"until": _due(ticket)}
    else:
        others = {name: empty for name, empty in COLUMNS.items() if name != column}
        kept |= others | {"stamp": ticket.stamp, "since": ticket.at, "until": _due(ticket)}
    now.update(**kept)


def _due(ticket):
    """Return when what the article of `ticket` shows changes by itself, after the instant of that, or None for never."""
    coming = Article.objects.filter(published_at__gt=ticket.at, withdrawn_at=None)
    scheduled = dict(coming.values_list("pk", "published_at"))
    if not scheduled:
        return None
    keys, originals, first, *others = _tied({ticket.article})
    suggested = [
        model.objects.order_by().filter(article=ticket.article).values_list("other") for model in (ReadNext, Likeness)
    ]
    shown = keys | originals | {pk for (pk,) in first.union(*others, *suggested)}
    return min((scheduled[pk] for pk in shown if pk in scheduled), default=None)
