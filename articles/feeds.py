"""Feeds of any listing, in three formats from one description.

Ids are `urn:uuid:` of the article, the same in every feed and format, through every change of slug, title, date and
host. `updated` moves for updates and corrections only. Bodies depend on the stored text alone.
"""

import json
from datetime import UTC, datetime

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.utils.cache import set_response_etag
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import listing as listings
from . import names, text, weaving
from .models import Article

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
    """Return the response with the feed of `listing`; conditional requests are answered further out."""
    base = request.publication.base
    articles = listing.newest(ITEMS)
    name = request.publication.name
    generator = GENERATORS[format](
        title=names.clean(name if listing.front else f"{listing.title} · {name}"),
        link=base + listing.address(),
        feed_url=base + listing.feed(format),
        feed_guid=base + listing.address(),
        description=names.clean(_describe(listing, name)),
        language=get_language(),
    )
    texts = weaving.weave(*(article.html for article in articles), owners=articles, plain=True)
    for article, woven in zip(articles, texts, strict=True):
        generator.add_item(**item(article, woven, base))
    response = HttpResponse(content_type=generator.content_type)
    # With no article a feed's date is that of the last change anywhere, never "now", which would move each second.
    changed = Article.objects.last_change() or BEFORE_ALL
    generator.latest_post_date = lambda: max((entry["updateddate"] for entry in generator.items), default=changed)
    response.headers["Last-Modified"] = http_date(changed.timestamp())
    generator.write(response, "utf-8")
    response.headers["Cache-Control"] = FRESH
    response.headers["Access-Control-Allow-Origin"] = "*"
    return set_response_etag(response)  # here, for Django's middleware gives HEAD none


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
