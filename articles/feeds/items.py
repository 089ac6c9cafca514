"""One article as an item: its text in full, made for readers that know no scripts, styles or addresses of ours."""

import logging
import mimetypes

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _

from .. import names, text, weaving
from ..models import Article
from ..models.article import NEWEST
from ..weaving import pictures

ITEMS = 25  # of a feed, and of each archive document
log = logging.getLogger(__name__)


def items_of(articles, base):
    """Return what a feed says of `articles`, with addresses under `base` (scheme and host).

    One that can't be shown is left out and logged; the desk's first page names it (see `left_out`).
    """
    return [item for item in _attempted(articles, base) if item]


def left_out():
    """Return those of the newest public articles that no feed can show."""
    newest = list(Article.objects.public().order_by(*NEWEST).with_names().select_related("lead_picture")[:ITEMS])
    items = _attempted(newest, "http://localhost")
    return [article for article, item in zip(newest, items, strict=True) if item is None]


def _attempted(articles, base):
    """Return the items of `articles`, None for each that can't be shown: together, or one by one when that fails."""
    try:
        texts = weaving.weave(*(article.html for article in articles), owners=articles, plain=True)
        return [_item(article, woven, base) for article, woven in zip(articles, texts, strict=True)]
    except Exception:
        if len(articles) > 1:
            return [item for article in articles for item in _attempted([article], base)]
        log.exception("Article %s can't be shown in feeds.", articles[0].pk)
        return [None]


def _item(article, woven, base):
    """Return what a feed says of `article`, whose text is `woven`."""
    content = woven.text + woven.notes
    if woven.sources:
        content += f"<h2>{_('Sources')}</h2>\n{render_to_string('articles/_sources.html', {'sources': woven.sources})}"
    lead = article.lead_picture
    if lead:
        content = pictures.lead(lead, plain=True) + content
    content = text.for_feed(content, base=base, prefix=f"a{article.pk}-")
    authors = [byline.author for byline in article.bylines.all()]
    return {
        "unique_id": article.uid.urn,
        "unique_id_is_permalink": False,
        "title": names.clean(article.title),
        "link": base + article.get_absolute_url(),
        "description": names.clean(article.summary),
        "content": names.clean(f'<div lang="{escape(article.language)}">{content}</div>'),
        "pubdate": article.published_at,
        "updateddate": article.updated_at or article.published_at,
        "authors": [{"name": names.clean(author.name), "url": base + author.get_absolute_url()} for author in authors],
        "categories": [names.clean(theme.name) for theme in article.theme_list],
        "scheme": f"{base}/themes/",
        "image": _image(lead, base) if lead else None,
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
