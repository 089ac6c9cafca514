"""Feeds of any listing, in three formats from one description.

Ids are `urn:uuid:` of the article, the same in every feed and format, through every change of slug, title, date and
host. `updated` moves for updates and corrections only. Bodies depend on the stored text alone.
"""

import json
from datetime import UTC, datetime

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.cache import set_response_etag
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.html import escape
from django.utils.http import http_date
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import listing as listings
from . import names, text, weaving
from .models import Article, Revision

ITEMS = 25
# A poller asks again after a quarter of an hour; until then its answer may come from any cache.
FRESH = "public, max-age=900"
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


class Rss(Rss201rev2Feed):
    """RSS 2.0 after the RSS Advisory Board's profile: full text in content:encoded, byline in dc:creator."""

    content_type = "application/rss+xml; charset=utf-8"

    def rss_attributes(self):
        """Declare the namespaces used."""
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_item_elements(self, handler, item):
        """Write one item; the profile wants an author's name in dc:creator, `author` being an e-mail address."""
        super().add_item_elements(handler, item | {"author_name": None})
        if item["author_name"]:
            handler.addQuickElement("dc:creator", item["author_name"])
        handler.addQuickElement("content:encoded", item["content"])
        if item["updateddate"] != item["pubdate"]:
            handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))


class Atom(Atom1Feed):
    """Atom (RFC 4287) with summary and full text."""

    content_type = "application/atom+xml; charset=utf-8"

    def add_item_elements(self, handler, item):
        """Write one entry: section 4.1.2, one author element each, the text as escaped HTML."""
        super().add_item_elements(handler, item | {"author_name": None})
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author["name"])
            handler.addQuickElement("uri", author["url"])
            handler.endElement("author")
        handler.addQuickElement("content", item["content"], {"type": "html", "xml:lang": item["language"]})


class JsonFeed(SyndicationFeed):
    """JSON Feed 1.1."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile, encoding):
        """Write the feed; `encoding` is UTF-8 (RFC 8259, section 8.1)."""
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "items": [self._item(item) for item in self.items],
        }
        json.dump(feed, outfile, ensure_ascii=False, indent=1)

    def _item(self, item):
        return {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "summary": item["description"],
            "content_html": item["content"],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": item["authors"],
            "tags": list(item["categories"]),
            "language": item["language"],
        }


GENERATORS = {"rss": Rss, "atom": Atom, "json": JsonFeed}


@require_safe
def feed(request, format, parse, **kwargs):
    """Answer with the feed in `format` of the listing that `parse` makes of the address."""
    listing = parse(request, **kwargs)
    address = listing.feed(format)
    if not listings.is_canonical(request.path, request.GET, address):
        return HttpResponsePermanentRedirect(address)
    return respond(request, listing, format)


def respond(request, listing, format):
    """Return the response with the feed of `listing`."""
    base = request.publication.base
    articles = listing.newest(ITEMS)
    name = request.publication.name
    texts = weaving.weave(*(article.html for article in articles), owners=articles, plain=True)
    return _response(
        request,
        format,
        title=name if listing.front else f"{listing.title} · {name}",
        page=listing.address(),
        address=listing.feed(format),
        description=_describe(listing, name),
        items=[item(article, woven, base) for article, woven in zip(articles, texts, strict=True)],
    )


def _response(request, format, *, title, page, address, description, items):
    """Return the response with a feed of `items`; conditional requests are answered further out."""
    base = request.publication.base
    generator = GENERATORS[format](
        title=names.clean(title),
        link=base + page,
        feed_url=base + address,
        feed_guid=base + page,
        description=names.clean(description),
        language=get_language(),
    )
    for each in items:
        generator.add_item(**each)
    response = HttpResponse(content_type=generator.content_type)
    # With no article a feed's date is that of the last change anywhere, never "now", which would move each second.
    changed = Article.objects.last_change() or BEFORE_ALL
    generator.latest_post_date = lambda: max((entry["updateddate"] for entry in generator.items), default=changed)
    response.headers["Last-Modified"] = http_date(changed.timestamp())
    generator.write(response, "utf-8")
    response.headers["Cache-Control"] = FRESH
    response.headers["Access-Control-Allow-Origin"] = "*"
    return set_response_etag(response)  # here, for Django's middleware gives HEAD none


# Feeds of changes -----------------------------------------------------------------------------------------------------


@require_safe
def article_changes(request, slug, format):
    """Answer with the updates and corrections of one article."""
    article = get_object_or_404(Article.objects.public(), slug=slug)
    page = f"{article.get_absolute_url()}history/"
    return _response(
        request,
        format,
        title=_("What changed in “%s”") % article.title,
        page=page,
        address=f"{page}feed.{format}",
        description=_("Updates and corrections, each with its reason."),
        items=_told(article.revisions.told().select_related("article")[:ITEMS], request.publication.base),
    )


@require_safe
def corrections(request, format):
    """Answer with the corrections of the whole site."""
    name = request.publication.name
    return _response(
        request,
        format,
        title=f"{_('Corrections')} · {name}",
        page="/corrections/",
        address=f"/corrections/feed.{format}",
        description=_("What was wrong in %s, and what was withdrawn.") % name,
        items=_told(Revision.objects.owned_up()[:ITEMS], request.publication.base),
    )


def _told(revisions, base):
    """Return what a feed says of changes; their ids are those of their articles with the number of the revision."""
    return [
        {
            "unique_id": f"{revision.article.uid.urn}#revision-{revision.number}",
            "unique_id_is_permalink": False,
            "title": names.clean(f"{capfirst(revision.told_as)}: {revision.article.title}"),
            "link": f"{base}{revision.article.get_absolute_url()}",
            "description": names.clean(revision.note),
            "content": f"<p>{escape(names.clean(revision.note))}</p>",
            "pubdate": revision.saved_at,
            "updateddate": revision.saved_at,
            "author_name": "",
            "authors": [],
            "categories": [],
            "language": revision.article.language,
        }
        for revision in revisions
    ]


# One article ----------------------------------------------------------------------------------------------------------


def item(article, woven, base):
    """Return what a feed says of `article`, whose text is `woven`, with addresses under `base`."""
    content = woven.text + woven.notes
    if woven.sources:
        content += f"<h2>{_('Sources')}</h2>\n{render_to_string('articles/_sources.html', {'sources': woven.sources})}"
    authors = [byline.author for byline in article.bylines.all()]
    return {
        "unique_id": article.uid.urn,
        "unique_id_is_permalink": False,
        "title": names.clean(article.title),
        "link": base + article.get_absolute_url(),
        "description": names.clean(article.summary),
        "content": names.clean(text.for_feed(content, base=base, prefix=f"a{article.pk}-")),
        "pubdate": article.published_at,
        "updateddate": article.updated_at or article.published_at,
        "author_name": ", ".join(author.name for author in authors),
        "authors": [{"name": author.name, "url": base + author.get_absolute_url()} for author in authors],
        "categories": [theme.name for theme in article.theme_list],
        "language": article.language,
    }


def _describe(listing, name):
    if listing.front:
        return _("New deep dives from %s") % name
    if len(listing.themes) == 1 and listing.themes[0].definition:
        return listing.themes[0].definition
    return _("Deep dives from %(name)s: %(title)s") % {"name": name, "title": listing.title}
