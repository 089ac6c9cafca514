"""What templates need beyond Django's own tags."""

import json

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language

from .. import cards, publishing, search, text, weaving
from ..weaving import pictures

register = template.Library()
register.filter(weaving.titled)
register.filter(weaving.published)


@register.filter
def sanitised(html):
    """Mark `html`, which came through `articles.text`, as ready for the page."""
    return mark_safe(html)  # noqa: S308 - the one place; text/safe.py has been over it


@register.filter
def linked(data):
    """Return a list of things as JSON-LD for a `script` element, which nothing in it can end."""
    graph = json.dumps({"@context": "https://schema.org", "@graph": data}, ensure_ascii=False, separators=(",", ":"))
    return sanitised(graph.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}))


@register.filter
def lead(picture):
    """Return the figure with which an article begins."""
    return sanitised(pictures.lead(picture))


@register.filter
def title_with(article, query):
    """Return the title of `article` in pieces, [(whether `query` wants it, words), …]."""
    return search.marked(article.title, query, article.language)


@register.filter
def snippet_with(article, query):
    """Return the part of the text of `article` that has most of what `query` wants in pieces; else its summary.

    `article.titles` are those that its text prints for links (`Link.objects.titles`).
    """
    found = search.snippet(text.plain(article.html, article.titles), query, article.language)
    return found or search.marked(article.summary, query, article.language)


@register.filter
def day(moment, form="j E Y"):
    """Return the aware datetime `moment` as a `time` element that reads "9 December 2025" in the site's zone."""
    local = localtime(moment)
    words = date_format(local, form)
    if get_language() == "ru":  # where a month has no capital, short ones neither
        words = words.lower()
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), words)


@register.simple_tag(takes_context=True)
def card(context, row=None):
    """Return the absolute address of the share card of an article, a theme or (without `row`) the site."""
    return cards.address_of(context["request"].publication, row)


@register.simple_tag(takes_context=True)
def entry(context, article):
    """Return the entry of `article` in a list: the kept one when the view found it, or one that is kept from now on."""
    kept, ticket = getattr(article, "entry", (None, None))
    if kept is None:
        kept = render_to_string("articles/_entry.html", {"article": article, "request": context["request"]})
        if ticket:
            publishing.keep_rendered(publishing.store_rendition, ticket, "item", kept)
    return sanitised(kept)
