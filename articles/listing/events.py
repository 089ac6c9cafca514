"""Events of the timelines: address <-> filter <-> queryset."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ..models import Article, Event, EventTheme, Theme, addresses
from ..models.article import NEWEST
from ..models.event import EARLIEST, LATEST
from .filters import Unknown, feeds_of

MOST_EVENTS = 2_000  # in a calendar or a spreadsheet


@dataclass(frozen=True)
class EventFilter:
    """Which events an address asks for: those of a `theme`, `first` and `last` their years (None: open), and whether the
    `latest` come first."""

    theme: Theme | None = None
    first: int | None = None
    last: int | None = None
    latest: bool = False

    PARAMETERS = ("from", "order", "page", "theme", "to")

    @classmethod
    def of(cls, query):
        """Return what the parameters `query` ask for; raise Unknown for nonsense."""
        slug = query.get("theme", "")
        theme = addresses.holder(Theme, slug) if re.fullmatch(r"[a-z0-9-]{1,100}", slug) else None
        if slug and theme is None:
            raise Unknown(_("There is no theme at “%s”.") % slug[:40])
        first, last = (cls._year(query.get(name, "")) for name in ("from", "to"))
        return cls(theme, first, last, query.get("order") == "latest")

    @staticmethod
    def _year(text):
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}", text) or int(text) == 0:
            raise Unknown(_("“%s” is not a year.") % text[:40])
        return int(text)

    @property
    def is_narrow(self):
        """Whether it asks for some years alone: there are more such lists than events."""
        return bool(self.first or self.last)

    @property
    def query(self):
        """The query string of the canonical address of the same events in any order, without the question mark."""
        return self._query()

    def _query(self, **others):
        pairs = {"from": self.first, "theme": self.theme and self.theme.slug, "to": self.last} | others
        return urlencode([(name, value) for name, value in sorted(pairs.items()) if value])

    def address(self, page=1, latest=None):
        """Return the canonical address of page `page`, in the order of this one or the one that `latest` says."""
        order = "latest" if (self.latest if latest is None else latest) else ""
        query = self._query(order=order, page=page if page > 1 else "")
        return "/timeline/" + (f"?{query}" if query else "")

    @property
    def latest_first(self):
        """The address of the same events, the latest first."""
        return self.address(latest=True)

    @property
    def earliest_first(self):
        """The address of the same events, the earliest first."""
        return self.address(latest=False)

    @property
    def feeds(self):
        """The `Feed`s of the articles that bring such events."""
        return feeds_of("/timeline/", self.query)

    @property
    def title(self):
        """What the list is, in words."""
        parts = [str(part) for part in (self.theme, self.years) if part]
        return f"{_('Timeline')}: {', '.join(parts)}" if parts else _("Timeline")

    @property
    def years(self):
        """The years in words."""
        return f"{self.first or ''}–{self.last or ''}" if self.first or self.last else ""

    def _places(self, at):
        """Return the rows, in no order, that say which events readers see at `at`: those of an index alone."""
        rows = EventTheme.objects.filter(theme=self.theme) if self.theme else Event.objects.order_by()
        return rows.public(at).between(self.first, self.last)

    def keys(self, at=None, latest=None):
        """Return the queryset of the keys of the events that readers see at `at`, in order."""
        latest = self.latest if latest is None else latest
        rows = self._places(at).order_by(*(LATEST if latest else EARLIEST))
        return rows.values_list("event" if self.theme else "pk", flat=True)

    def events(self, keys):
        """Return the events with `keys` (a queryset, or a slice of one) in order, with what is printed of them."""
        return Event.objects.filter(pk__in=keys).with_articles().order_by(*(LATEST if self.latest else EARLIEST))

    def carried(self, at=None):
        """Return what a calendar or a spreadsheet carries at `at`: the latest 2,000 events, the earliest first."""
        rows = Event.objects.filter(pk__in=self.keys(at, latest=True)[:MOST_EVENTS])
        return rows.with_articles().order_by(*EARLIEST)

    def followed(self, at=None):
        """Return the queryset of the articles that bring such events at `at`, newest first, without their texts."""
        return (
            Article.objects.public(at)
            .filter(Exists(self._places(at).filter(article=OuterRef("pk"))))
            .order_by(*NEWEST)
            .listed()
            .with_names()
            .prefetch_related("events")
        )

    def bringing(self, at=None):
        """Return the queryset of the keys of those articles, in no order: what is cheaper to count."""
        return self._places(at).values_list("article", flat=True).distinct()
