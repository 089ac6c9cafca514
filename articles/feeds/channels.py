"""What can be followed: any list of articles, what was changed in them, the timeline."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from .. import listing as listings
from ..models import Article, Revision
from . import items

EVERY_SHOWN_STATE = ("pk", "live_id")


@dataclass(frozen=True)
class Channel:
    """A list that can be followed, whatever the format.

    `page` is the path (with parameters) of the page it belongs to, `feeds` the `Feed`s of that page, `known` the
    parameters that an address of it may have. `rows` are the newest first, those of a `listing` no more than a feed
    holds; `told(rows, base)` returns what an item says of each. `marks` are the columns that tell one state of a row from
    the next. A `pushed` one has its changes told to the hub. `countable` are as many rows as `rows`, where they are cheaper to count.
    """

    title: str
    description: str
    page: str
    feeds: list
    rows: QuerySet
    told: Callable
    marks: tuple
    known: tuple = ()
    pushed: bool = field(default=False)
    listing: listings.Listing | None = None
    countable: QuerySet | None = None

    def address(self, format, archive=None):
        """Return the path (with parameters) of the feed in `format`, or of its archive document number `archive`."""
        address = next(feed.address for feed in self.feeds if feed.format == format)
        if archive is None:
            return address
        path, _mark, query = address.partition("?")
        return f"{path}?archive={archive}" + (f"&{query}" if query else "")

    def counted(self):
        """Return how many items there are, in the feed and its archives."""
        if self.listing:
            return self.listing.archived()
        return (self.rows if self.countable is None else self.countable).count()

    def oldest(self, first, most):
        """Return at most `most` rows from the one with the number `first` (0 is the oldest), the oldest first."""
        if self.listing:
            return self.listing.followed(most, first=first, oldest=True)
        return self.rows.reverse()[first : first + most]

    def state(self):
        """Return a digest of which articles the feed shows in which state: the same until one comes, goes or changes."""
        return hashlib.sha256(repr(list(self.rows.values_list(*self.marks)[: items.ITEMS])).encode()).hexdigest()


def of_listing(listing, name):
    """Return the channel of a `Listing` in the publication called `name`."""
    with override(listing.language or get_language()):
        title, description = listing.title, _describe(listing, name)
    return Channel(
        title=name if listing.front else f"{title} · {name}",
        description=description,
        page=listing.address(),
        feeds=listing.feeds,
        rows=listing.followed(items.ITEMS),
        told=items.items_of,
        marks=EVERY_SHOWN_STATE,
        known=listings.PARAMETERS,
        pushed=listing.is_plain,
        listing=listing,
    )


def _describe(listing, name):
    if listing.front:
        return _("New deep dives from %s") % name
    if len(listing.themes) == 1 and listing.themes[0].definition:
        return listing.themes[0].definition
    return _("Deep dives from %(name)s: %(title)s") % {"name": name, "title": listing.title}


def of_timeline(chosen, name):
    """Return the channel of the articles that bring the events of the `EventFilter` `chosen`."""
    return Channel(
        title=f"{chosen.title} · {name}",
        description=_("What happened when, gathered from the deep dives; each event leads to its place in one."),
        page=chosen.address(),
        feeds=chosen.feeds,
        rows=chosen.followed(),
        told=items.events_of,
        marks=EVERY_SHOWN_STATE,
        known=chosen.PARAMETERS,
        pushed=not chosen.query,
        countable=chosen.bringing(),
    )


def of_corrections(name):
    """Return the channel of the corrections and withdrawals of the whole site."""
    description = _("What was wrong in %s, and what was withdrawn.") % name
    return _of_changes("/corrections/", _("Corrections"), description, Revision.objects.owned_up(), name)


def of_updates(name):
    """Return the channel of everything that was changed after its publication, but typos."""
    description = _("What was updated, corrected and withdrawn in %s, each with its reason.") % name
    return _of_changes("/updates/", _("Updates and corrections"), description, Revision.objects.announced(), name)


def _of_changes(page, title, description, rows, name):
    return Channel(
        title=f"{title} · {name}",
        description=description,
        page=page,
        feeds=listings.feeds_of(page),
        rows=rows.with_articles(),
        countable=rows,
        told=items.changes_of,
        marks=("pk",),
        pushed=True,
    )


def of_article(slug):
    """Return the channel of the updates and corrections of one article; raise Http404 when readers don't see it."""
    article = Article.objects.public().filter(slug=slug).first()
    if article is None:
        raise Http404
    page = f"{article.get_absolute_url()}history/"
    return Channel(
        title=_("What changed in “%s”") % article.title,
        description=_("Updates and corrections, each with its reason."),
        page=page,
        feeds=listings.feeds_of(page),
        rows=article.revisions.told().with_articles(),
        told=items.changes_of,
        marks=("pk",),
    )


def pushed(name):
    """Return the channels whose changes the hub is told."""
    rows = listings.followable()
    plain = [listings.parse_front(), *(listing for kind in rows.values() for _row, listing in kind)]
    channels = [of_listing(listing, name) for listing in plain]
    return [*channels, of_timeline(listings.EventFilter(), name), of_updates(name), of_corrections(name)]
