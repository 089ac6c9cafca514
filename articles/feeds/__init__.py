"""Feeds of any listing, in three formats from one description.

Ids are `urn:uuid:` of the article, the same in every feed and format, through every change of slug, title, date and
host. `updated` moves for updates and corrections only. Bodies depend on the stored text alone.
"""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.utils.feedgenerator import Stylesheet
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import listing as listings
from .. import names
from ..models import Article, Revision
from .formats import GENERATORS
from .items import ITEMS, items_of
from .polling import polled

MOST_BYTES = 900_000  # of texts in the feed itself: readers refuse a megabyte
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@require_safe
def feed(request, format, parse, **kwargs):
    """Answer with the feed in `format` of the listing that `parse` makes of the address, or an archive of it."""

    def build(changed):
        listing = parse(request, **kwargs)
        number = archive_number(request.GET)
        address = listing.feed(format, number)
        if not listings.is_canonical(request.path, request.GET, address, known=listings.FEED_PARAMETERS):
            return HttpResponsePermanentRedirect(address)
        return _listing_feed(request, listing, format, number, changed)

    return polled(request, build)


def archive_number(query):
    """Return the archive document that the parameters ask for, None for the feed itself; raise Http404 for nonsense."""
    asked = query.get("archive")
    if asked is None:
        return None
    if not asked.isdecimal() or len(asked) > 9 or not int(asked):
        raise Http404
    return int(asked)


def _listing_feed(request, listing, format, number, changed):
    """Return the response with the feed of `listing`, or with its archive document `number` (RFC 5005, section 4).

    Archives are counted from the oldest article, so that a full one stays as it is while new articles come.
    """
    base, name = request.publication.base, request.publication.name
    if number is None:
        items = _bounded(items_of(listing.newest(ITEMS), base))
        left = listing.articles().count() - len(items) if len(items) else 0
        older, newer = -(-max(0, left) // ITEMS), None
    else:
        items = items_of(listing.oldest(ITEMS, after=(number - 1) * ITEMS)[::-1], base)
        if not items:
            raise Http404
        older, newer = number - 1, number + 1 if listing.oldest(1, after=(number + 1) * ITEMS) else None
    return _response(
        request,
        format,
        changed,
        title=name if listing.front else f"{listing.title} · {name}",
        page=listing.address(),
        address=listing.feed(format, number),
        description=_describe(listing, name),
        items=items,
        archive=number is not None,
        current=base + listing.feed(format),
        older=base + listing.feed(format, older) if older else None,
        newer=base + listing.feed(format, newer) if newer else None,
    )


def _bounded(items):
    """Return the first of `items`, as many as a feed may carry, at least one."""
    carried, size = [], 0
    for item in items:
        size += len(item["content"].encode())
        if carried and size > MOST_BYTES:
            break
        carried.append(item)
    return carried


def _response(request, format, changed, *, title, page, address, description, items, **archives):
    """Return the response with a feed of `items`."""
    base = request.publication.base
    generator = GENERATORS[format](
        title=names.clean(title),
        link=base + page,
        feed_url=base + address,
        feed_guid=base + page,
        description=names.clean(description),
        subtitle=names.clean(description),
        language=get_language(),
        author_name=names.clean(request.publication.name),
        feed_copyright=f"© {names.clean(request.publication.name)}",
        icon=f"{base}{static('apple-touch-icon.png')}",
        logo=f"{base}{static('apple-touch-icon.png')}",
        stylesheets=[Stylesheet(static("feed.css"), media=None)] if format != "json" else None,
        **{"archive": False, "current": None, "older": None, "newer": None} | archives,
    )
    for each in items:
        generator.add_item(**each)
    response = HttpResponse(content_type=generator.content_type)
    # With no article a feed's date is that of the last change anywhere, never "now", which would move each second.
    latest = max((entry["updateddate"] for entry in items), default=changed or BEFORE_ALL)
    generator.latest_post_date = lambda: latest
    generator.write(response, "utf-8")
    return response


def _describe(listing, name):
    if listing.front:
        return _("New deep dives from %s") % name
    if len(listing.themes) == 1 and listing.themes[0].definition:
        return listing.themes[0].definition
    return _("Deep dives from %(name)s: %(title)s") % {"name": name, "title": listing.title}


# Feeds of changes -----------------------------------------------------------------------------------------------------


@require_safe
def article_changes(request, slug, format):
    """Answer with the updates and corrections of one article."""

    def build(changed):
        article = get_object_or_404(Article.objects.public(), slug=slug)
        page = f"{article.get_absolute_url()}history/"
        return _response(
            request,
            format,
            changed,
            title=_("What changed in “%s”") % article.title,
            page=page,
            address=f"{page}feed.{format}",
            description=_("Updates and corrections, each with its reason."),
            items=_told(article.revisions.told().select_related("article")[:ITEMS], request.publication.base),
        )

    return polled(request, build)


@require_safe
def corrections(request, format):
    """Answer with the corrections of the whole site."""
    name = request.publication.name

    def build(changed):
        return _response(
            request,
            format,
            changed,
            title=f"{_('Corrections')} · {name}",
            page="/corrections/",
            address=f"/corrections/feed.{format}",
            description=_("What was wrong in %s, and what was withdrawn.") % name,
            items=_told(Revision.objects.owned_up()[:ITEMS], request.publication.base),
        )

    return polled(request, build)


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
            "authors": [],
            "categories": [],
            "scheme": f"{base}/themes/",
            "image": None,
            "language": revision.article.language,
        }
        for revision in revisions
    ]
