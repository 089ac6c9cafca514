"""The three formats: RSS 2.0 after the RSS Advisory Board's profile, Atom (RFC 4287), JSON Feed 1.1.

Each is given the same description of a feed and of its items. Beyond what Django's generators know it holds

    icon, logo    absolute addresses of square pictures
    copyright     whose words these are
    hub           address of the hub that is told of changes (WebSub, section 4), or None
    current       address of the feed itself when this is an archive document of it (RFC 5005, section 4), or None
    older, newer  addresses of the archive documents before and after, or None
    item escaped  its content: HTML, escaped for XML, as bytes in UTF-8
    item parts    {"atom" and "rss": what is written before and behind the content}, if it is known already
    item image    {"url", "type", "width", "height", "alt"} or None
    item scheme   the address below which its categories are
"""

import io
import json
from xml.sax.saxutils import unescape

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

GENERATOR = "relations_site"
_PLACE = b"\0\0"  # no text has it
# One type for everybody, so that one copy serves all: feed readers take it, and browsers style it, where they would show
# application/atom+xml as raw text.
XML = "application/xml; charset=utf-8"
NAMESPACES = {
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:fh": "http://purl.org/syndication/history/1.0",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


def _links(feed):
    """Return [(relation, address)] of the hub and between the feed and its archive documents."""
    links = [("hub", feed["hub"]), ("prev-archive", feed["older"]), ("next-archive", feed["newer"])]
    links += [("current", feed["current"])]
    return [(relation, address) for relation, address in links if address]


def _image(handler, item):
    """Write the lead picture of an item (Media RSS 1.5.1)."""
    image = item["image"]
    if image:
        said = {name: str(image[name]) for name in ("url", "type", "width", "height")}
        handler.startElement("media:content", said | {"medium": "image"})
        handler.addQuickElement("media:description", image["alt"], {"type": "plain"})
        handler.endElement("media:content")


class _Pieces(io.TextIOBase):
    """What a generator writes, as bytes: most of a feed is texts that are bytes already."""

    def __init__(self):
        self.pieces = []

    def write(self, words):
        """Take a str, as generators write."""
        self.pieces.append(words.encode())


class Described:
    """A feed that is written at once."""

    def written(self):
        """Return the feed as bytes, in UTF-8."""
        self.out = _Pieces()
        self.write(self.out, "utf-8")
        return b"".join(self.out.pieces)

    def write_items(self, handler):
        """Write the items, from their `parts` where those are at hand."""
        if not all("parts" in item for item in self.items):
            super().write_items(handler)
            return
        for item in self.items:
            before, behind = item["parts"][self.format]
            self.out.pieces += (before.encode(), item["escaped"], behind.encode())

    def add_text(self, handler, name, escaped, attributes):
        """Write an element with `escaped`, bytes that are XML and begin with a tag."""
        handler.startElement(name, attributes)
        handler.ignorableWhitespace(escaped[:1].decode())  # SAX's way to write what is markup; it ends the start tag
        self.out.pieces.append(escaped[1:])
        handler.endElement(name)


class Rss(Described, Rss201rev2Feed):
    """Full text in content:encoded, bylines in dc:creator."""

    format = "rss"
    content_type = XML

    def rss_attributes(self):
        """Declare the namespaces used."""
        return super().rss_attributes() | NAMESPACES

    def add_root_elements(self, handler):
        """Write what the channel says of itself."""
        feed = self.feed
        super().add_root_elements(handler)
        handler.addQuickElement("generator", GENERATOR)
        handler.addQuickElement("docs", "https://www.rssboard.org/rss-specification")
        handler.startElement("image", {})
        for name, words in (("url", feed["icon"]), ("title", feed["title"]), ("link", feed["link"])):
            handler.addQuickElement(name, words)
        handler.endElement("image")
        if feed["current"]:
            handler.addQuickElement("fh:archive", "")
        for relation, address in _links(feed):
            handler.addQuickElement("atom:link", "", {"rel": relation, "href": address})

    def add_item_elements(self, handler, item):
        """Write one item; the profile wants an author's name in dc:creator, `author` being an e-mail address."""
        super().add_item_elements(handler, item | {"author_name": None, "categories": ()})
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", author["name"])
        for category in item["categories"]:
            handler.addQuickElement("category", category, {"domain": item["scheme"]})
        self.add_text(handler, "content:encoded", item["escaped"], {})
        _image(handler, item)
        if item["updateddate"] != item["pubdate"]:
            handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))


class Atom(Described, Atom1Feed):
    """Summary and full text."""

    format = "atom"
    content_type = XML

    def write(self, outfile, encoding):
        """Write the feed, and before it its stylesheet, which Django's own leaves out."""
        handler = SimplerXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        for stylesheet in self.feed["stylesheets"] or ():
            handler.processingInstruction("xml-stylesheet", stylesheet)
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def root_attributes(self):
        """Declare the namespaces used."""
        return super().root_attributes() | {name: NAMESPACES[name] for name in ("xmlns:fh", "xmlns:media")}

    def add_root_elements(self, handler):
        """Write what the feed says of itself."""
        feed = self.feed
        super().add_root_elements(handler)
        handler.addQuickElement("generator", GENERATOR)
        handler.addQuickElement("icon", feed["icon"])
        handler.addQuickElement("logo", feed["logo"])
        if feed["current"]:
            handler.addQuickElement("fh:archive", "")
        for relation, address in _links(feed):
            handler.addQuickElement("link", "", {"rel": relation, "href": address})

    def add_item_elements(self, handler, item):
        """Write one entry: section 4.1.2, one author element each, the text as escaped HTML."""
        super().add_item_elements(handler, item | {"author_name": None, "categories": ()})
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author["name"])
            handler.addQuickElement("uri", author["url"])
            handler.endElement("author")
        for category in item["categories"]:
            handler.addQuickElement("category", "", {"term": category, "scheme": item["scheme"]})
        self.add_text(handler, "content", item["escaped"], {"type": "html", "xml:lang": item["language"]})
        _image(handler, item)


class JsonFeed(Described, SyndicationFeed):
    """JSON Feed 1.1; `external_url` stays out, for it breaks links within an item."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile, encoding):
        """Write the feed; `encoding` is UTF-8 (RFC 8259, section 8.1)."""
        said = self.feed
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": said["title"],
            "home_page_url": said["link"],
            "feed_url": said["feed_url"],
            "description": said["description"],
            "icon": said["logo"],
            "favicon": said["icon"],
            "language": said["language"],
            "authors": [{"name": said["author_name"], "url": said["link"]}],
            "next_url": said["older"],
            "hubs": [{"type": "WebSub", "url": said["hub"]}] if said["hub"] else None,
            "items": [self._item(item) for item in self.items],
        }
        told = {name: value for name, value in feed.items() if value is not None}
        outfile.write(json.dumps(told, ensure_ascii=False))

    def _item(self, item):
        told = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "summary": item["description"],
            "content_html": unescape(item["escaped"].decode()),
            "image": item["image"]["url"] if item["image"] else None,
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": item["authors"],
            "tags": list(item["categories"]),
            "language": item["language"],
        }
        return {name: value for name, value in told.items() if value is not None}


GENERATORS = {"rss": Rss, "atom": Atom, "json": JsonFeed}


def parts(item):
    """Return {"atom" and "rss": (str before, str behind)} of what stands around the content of `item` in feeds."""
    found = {}
    for kind in (Atom, Rss):
        feed = kind("", "", "")
        feed.add_item(**item | {"escaped": _PLACE})
        feed.out = _Pieces()
        feed.write_items(SimplerXMLGenerator(feed.out, "utf-8", short_empty_elements=True))
        before, _place, behind = b"".join(feed.out.pieces).partition(_PLACE)
        found[kind.format] = before.decode(), behind.decode()
    return found
