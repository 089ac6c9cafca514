"""What is kept of the articles as they were rendered: forgotten when it changes, stored when somebody asked for it.

Whoever changes what readers see forgets, in the same transaction, the renditions that show it: of an article its own
and those of its surroundings before and after, for an article shows the titles and addresses of others. What may show
in any text (names of themes, words of pictures, the site's own name) moves `Edition.names` instead.
"""

import zlib

from django.utils import timezone

from ..models import Article, Likeness, Link, ReadNext, Rendition
from ..models.rendition import COLUMNS
from ..text import citations, links
from .pages import mark_changed

MOST_AT_ONCE = 500


def showing(*articles):
    """Return the keys of `articles`, of their translations, and of all whose pages show one of these, or will."""
    keys = {article.pk for article in articles}
    keys |= set(Article.objects.filter(translation_of__in=keys).values_list("pk", flat=True))
    suggested = [
        model.objects.order_by().filter(other__in=keys).values_list("article") for model in (ReadNext, Likeness)
    ]
    return keys | _keys(*_tied(keys), *suggested)


def linked_by(**text):
    """Return the keys of the articles to which `text` (article=… or theme=…) links, and whose pages therefore show it."""
    return set(Link.objects.filter(**text).exclude(to_article=None).values_list("to_article", flat=True))


def _keys(first, *others):
    return {pk for (pk,) in first.union(*others) if pk}


def _tied(keys):
    """Return querysets of the articles that show the articles `keys` as these show them: by a link, series, translation."""
    rows = Article.objects.filter(pk__in=keys)
    originals = rows.exclude(translation_of=None).values("translation_of")
    return [
        rows.values_list("translation_of"),
        Article.objects.filter(translation_of__in=keys).values_list("pk"),
        Article.objects.filter(translation_of__in=originals).values_list("pk"),
        Article.objects.filter(series__in=rows.exclude(series=None).values("series")).values_list("pk"),
        Link.objects.filter(to_article__in=keys).values_list("article"),
        Link.objects.filter(article__in=keys).values_list("to_article"),
    ]


def begin_rendition(article):
    """See that there is a rendition of `article`, of which is not said that its text can't be rendered; called in one's turn."""
    if not Rendition.objects.filter(article=article).update(is_stuck=False):
        Rendition.objects.create(article=article)


def forget(keys):
    """Forget what is kept of the articles `keys`, and the lists they are in; called in one's turn, in the transaction
    of the change.
    """
    keys = sorted(keys)
    for start in range(0, len(keys), MOST_AT_ONCE):
        part = keys[start : start + MOST_AT_ONCE]
        Rendition.objects.filter(pk__in=part).forget()
        mark_changed(part)


def store_rendition(ticket, column, rendered):
    """Keep what was `rendered` (bytes; a str for an item) as `column` ("item", "page", "feed") for the holder of `ticket`.

    Nothing is kept of what was forgotten meanwhile or begun before what is kept is, or of a text whose names have no rows that
    would tell of a change.
    """
    row = Rendition.objects.filter(pk=ticket.article, serial=ticket.serial).defer(*COLUMNS).first()
    if row is None or (column != "item" and not _is_tied(ticket.article)):
        return
    kept = {column: zlib.compress(rendered) if column == "page" else rendered}
    now = Rendition.objects.filter(pk=row.pk, serial=row.serial, stamp=row.stamp, since=row.since, until=row.until)
    if row.holds(ticket.stamp, timezone.now()):
        if ticket.at < row.since:
            return  # something may have fallen due in between
        kept |= {"since": ticket.at}
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
    suggested = [
        model.objects.order_by().filter(article=ticket.article).values_list("other") for model in (ReadNext, Likeness)
    ]
    shown = _keys(*_tied([ticket.article]), *suggested)
    return min((scheduled[pk] for pk in shown if pk in scheduled), default=None)


def _is_tied(key):
    """Whether all that the text of the article `key` cites and links by name is in rows of its own."""
    article = Article.objects.only("html").get(pk=key)
    cited = {mention.key for mention in citations.mentions(article.html)}
    named = {name for name in links.mentioned(article.html) if not name.startswith("/")}
    known = article.links.filter(name__in=named).count() if named else 0
    return known == len(named) and article.citations.count() == len(cited)
