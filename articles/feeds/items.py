"""What feeds say of an article, of a change, of a timeline: in full, for readers without our scripts, styles and host."""

import json
import logging
import mimetypes
from urllib.parse import urlsplit
from xml.sax import saxutils

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from .. import listing as listings
from .. import names, publishing, text, weaving
from ..models import Article
from ..models.article import NEWEST
from ..models.rendition import kept
from ..weaving import pictures
from .formats import parts

ITEMS = 25  # of a feed, and of each archive document
log = logging.getLogger(__name__)


def sound(told, rows, base):
    """Return `told(rows, base)`, what a feed says of `rows` with addresses under `base` (scheme and host).

    One that can't be shown is left out and logged; the desk's first page names such articles (see `left_out`).
    """
    try:
        return told(rows, base)
    except Exception:
        if len(rows) > 1:
            return [item for row in rows for item in sound(told, [row], base)]
        log.exception("%s %s can't be shown in feeds.", type(rows[0]).__name__, rows[0].pk)
        return []


def left_out():
    """Return those of the newest public articles that no feed can show."""
    newest = list(Article.objects.public().order_by(*NEWEST).with_rendition("feed")[:ITEMS])
    if len(sound(items_of, newest, "http://localhost")) == len(newest):
        return []
    return [article for article in newest if not sound(items_of, [article], "http://localhost")]


def items_of(articles, base):
    """Return what a feed says of `articles`: what is kept of them, or made now and kept from then on, if it can be."""
    told = kept(articles, "feed", urlsplit(base).netloc)
    missing = [article for article in articles if told[article.pk][0] is None]
    loose = set()
    for key, rendered, is_loose in _rendered(missing, base) if missing else ():
        ticket = told[key][1]
        told[key] = rendered, ticket
        if is_loose or not ticket:
            loose.add(key)
        else:
            publishing.keep_rendered(publishing.store_rendition, ticket, "feed", rendered)
    return [_item(article, told[article.pk][0], base) | {"kept": article.pk not in loose} for article in articles]


def _rendered(articles, base):
    """Return, for each of `articles`, its key, what is kept for feeds, and whether its text is loose (`weaving.Woven`).

    That is a line of JSON with what it names, then its content, escaped for XML; all as bytes in UTF-8.
    """
    if any(article.get_deferred_fields() for article in articles):
        whole = Article.objects.with_names().select_related("lead_picture").in_bulk([row.pk for row in articles])
        articles = [whole[article.pk] for article in articles]
    texts = weaving.weave(*(article.html for article in articles), owners=articles, plain=True)
    following = listings.suggested(articles)
    return [
        (article.pk, _in(article, _told, woven, suggestions, base), woven.is_loose)
        for article, woven, suggestions in zip(articles, texts, following, strict=True)
    ]


def _in(article, told, *rest):
    """Return `told(article, *rest)` in the article's language, so that every feed says the same of it."""
    with override(article.language):
        return told(article, *rest)


def _told(article, woven, suggestions, base):
    """Return what is kept of `article`, whose text is `woven`, with the `suggestions` of what to read next."""
    content = woven.text + woven.notes
    if woven.sources:
        content += f"<h2>{_('Sources')}</h2>\n{render_to_string('articles/_sources.html', {'sources': woven.sources})}"
    if suggestions:
        said = {"suggestions": suggestions, "article": article}
        content += render_to_string("articles/_feed_next.html", said)
    lead = article.lead_picture
    if lead:
        content = pictures.lead(lead, plain=True) + content
    content = text.for_feed(content, page=base + article.get_absolute_url(), prefix=f"a{article.pk}-")
    authors = [byline.author for byline in article.bylines.all()]
    named = {
        "authors": [{"name": names.clean(author.name), "url": base + author.get_absolute_url()} for author in authors],
        "categories": [names.clean(theme.name) for theme in article.theme_list],
        "image": _image(lead, base) if lead else None,
    }
    named["parts"] = parts(_described(article, base) | named)
    return json.dumps(named).encode() + b"\n" + _escaped(f'<div lang="{escape(article.language)}">{content}</div>')


def _item(article, rendered, base):
    """Return what a feed says of `article`, of which `rendered` is kept."""
    named, _line, escaped = rendered.partition(b"\n")
    return _described(article, base) | json.loads(named) | {"escaped": escaped}


def _described(article, base):
    """Return what stands on the row of `article` of what a feed says of it."""
    return {
        **_known(article, base),
        "unique_id": article.uid.urn,
        "title": names.clean(article.title),
        "description": names.clean(article.summary),
    }


def _escaped(content):
    """Return the HTML `content` as items carry it."""
    return saxutils.escape(names.clean(content)).encode()


def _known(article, base):
    """Return what any item about `article` says of it, unless it says otherwise."""
    return {
        "unique_id_is_permalink": False,
        "link": base + article.get_absolute_url(),
        "pubdate": article.published_at,
        "updateddate": article.updated_at or article.published_at,
        "authors": [],
        "categories": [],
        "scheme": f"{base}/themes/",
        "image": None,
        "language": article.language,
    }


def _image(picture, base):
    return {
        "url": base + picture.file.url,
        "type": mimetypes.guess_type(picture.file.name)[0] or "application/octet-stream",
        "width": picture.width,
        "height": picture.height,
        "alt": names.clean(picture.alt),
    }


def changes_of(revisions, base):
    """Return what a feed says of changes; their ids are those of their articles with the number of the revision."""
    return [_in(revision.article, _change, revision, base) for revision in revisions]


def _change(article, revision, base):
    content = render_to_string("articles/_feed_change.html", {"revision": revision}).strip()
    return {
        **_known(article, base),
        "unique_id": f"{article.uid.urn}#revision-{revision.number}",
        "title": names.clean(f"{capfirst(revision.told_as)}: {article.title}"),
        "description": names.clean(revision.note),
        "escaped": _escaped(text.for_feed(content, page=f"{base}/updates/", prefix="")),
        "pubdate": revision.saved_at,
        "updateddate": revision.saved_at,
    }


def events_of(articles, base):
    """Return what a feed says of the timelines of `articles` (with `events` at hand): one item an article.

    Events have no lasting names of their own, so that the article's has to do.
    """
    found = iter(weaving.events(event for article in articles for event in article.events.all()))
    return [_in(article, _events, [next(found) for _each in article.events.all()], base) for article in articles]


def _events(article, events, base):
    content = render_to_string("articles/_feed_events.html", {"events": events, "article": article}).strip()
    told = ngettext("%(title)s: %(count)s event", "%(title)s: %(count)s events", len(events))
    return {
        **_known(article, base),
        "unique_id": f"{article.uid.urn}#timeline",
        "title": names.clean(told % {"title": article.title, "count": len(events)}),
        "description": names.clean(article.summary),
        "escaped": _escaped(text.for_feed(content, page=f"{base}/timeline/", prefix=f"a{article.pk}-")),
        "categories": [names.clean(theme.name) for theme in article.theme_list],
    }
