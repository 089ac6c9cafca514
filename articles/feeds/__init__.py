"""Feeds of anything that can be followed, in three formats from one description.

Ids are `urn:uuid:` of the article, the same in every feed and format, through every change of slug, title, date and
host. `updated` moves for updates and corrections only. Bodies depend on the stored text alone.
"""

from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.utils.feedgenerator import Stylesheet
from django.utils.translation import get_language

from .. import listing as listings
from .. import names
from ..caching import depending
from ..models import Article
from . import channels, following
from .formats import GENERATORS
from .items import ITEMS, sound
from .polling import polled

__all__ = ["channels", "feed", "following"]

MOST_BYTES = 900_000  # of texts in the feed itself: readers refuse a megabyte
ARCHIVED = 10  # items of an archive document, which can't be cut short and should stay small too
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def feed(request, format, channel, **kwargs):
    """Answer with the feed in `format` of what `channel(request, …)` makes of the address, or with an archive of it."""

    followed = channel(request, **kwargs)
    number = archive_number(request.GET)
    address = followed.address(format, number)
    if not listings.is_canonical(request.path, request.GET, address, known=("archive", *followed.known)):
        return HttpResponsePermanentRedirect(address)
    changed = Article.objects.last_change()
    return polled(_response(request, followed, format, number, changed), changed)


def archive_number(query):
    """Return the archive document that the parameters ask for, None for the feed itself; raise Http404 for nonsense."""
    asked = query.get("archive")
    if asked is None:
        return None
    if not asked.isdecimal() or len(asked) > 9 or not int(asked):
        raise Http404
    return int(asked)


def _newest(channel, base):
    """Return (items, number of the newest archive document, 0 for none) of the feed itself."""
    rows = list(channel.rows[:ITEMS])
    found = sound(channel.told, rows, base)
    items = _bounded(found)
    left = channel.counted() - len(rows) + len(found) - len(items)
    return items, -(-left // ARCHIVED)


def _archived(channel, number, base):
    """Return (items, number of the older document, of the newer one) of archive document `number`; 0 for none.

    They are counted from the oldest row, so that a full one stays as it is while new rows come (RFC 5005, section 4).
    """
    first = (number - 1) * ARCHIVED
    rows = list(channel.oldest(first, ARCHIVED + 1))
    if not rows:
        raise Http404
    return sound(channel.told, rows[:ARCHIVED][::-1], base), number - 1, number + 1 if len(rows) > ARCHIVED else 0


def _bounded(items):
    """Return the first of `items`, as many as a feed may carry, at least one."""
    carried, size = [], 0
    for item in items:
        size += len(item["escaped"])
        if carried and size > MOST_BYTES:
            break
        carried.append(item)
    return carried


def _dated(item, changed):
    """Return `item` dated no later than the last change, at `changed`: the clock may have been set back since then."""
    late = {name: changed for name in ("pubdate", "updateddate") if changed and item[name] > changed}
    if late:
        item = {name: value for name, value in item.items() if name != "parts"} | late  # in which the dates are written
    return item


def _response(request, channel, format, number, changed):
    """Return the response with the feed of `channel`, or with its archive document `number`."""
    base = request.publication.base
    if number is None:
        (items, older), newer = _newest(channel, base), 0
    else:
        items, older, newer = _archived(channel, number, base)
    hub = settings.HUB_URL if channel.pushed and number is None else None
    address = base + channel.address(format, number)
    icon = f"{base}{static('apple-touch-icon.png')}"
    generator = GENERATORS[format](
        title=names.clean(channel.title),
        link=base + channel.page,
        feed_url=address,
        feed_guid=base + channel.page,
        description=names.clean(channel.description),
        subtitle=names.clean(channel.description),
        language=get_language(),
        author_name=names.clean(request.publication.name),
        feed_copyright=f"© {names.clean(request.publication.name)}",
        icon=icon,
        logo=icon,
        stylesheets=[Stylesheet(static("feed.css"), media=None)] if format != "json" else None,
        hub=hub,
        current=base + channel.address(format) if number else None,
        older=base + channel.address(format, older) if older else None,
        newer=base + channel.address(format, newer) if newer else None,
    )
    for each in items:
        generator.add_item(**_dated(each, changed))
    # With no article a feed's date is that of the last change anywhere, never "now", which would move each second.
    latest = max((entry["updateddate"] for entry in generator.items), default=changed or BEFORE_ALL)
    generator.latest_post_date = lambda: latest
    response = HttpResponse(generator.written(), content_type=generator.content_type)
    if channel.listing and items and all(each["kept"] for each in items):
        depending(response, channel.listing.followed_facet, narrow=channel.listing.is_narrow)
    if hub:
        response.headers["Link"] = f'<{hub}>; rel="hub", <{address}>; rel="self"'  # WebSub, section 4
    return response
