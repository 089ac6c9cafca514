"""Events of the timelines: address <-> filter <-> queryset."""

import re
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ..models import Article, Event, Theme, addresses
from ..models.article import NEWEST
from .filters import Unknown, feeds_of

MOST_EVENTS = 2_000


class EventFilter:
    """Which events an address asks for: those of a theme, from a year, to a year. Raise Unknown for nonsense."""

    PARAMETERS = ("from", "theme", "to")

    def __init__(self, query):
        slug = query.get("theme", "")
        self.theme = addresses.holder(Theme, slug) if re.fullmatch(r"[a-z0-9-]{1,100}", slug) else None
        if slug and self.theme is None:
            raise Unknown(_("There is no theme at “%s”.") % slug[:40])
        self.first, self.last = (self._year(query.get(name, "")) for name in ("from", "to"))

    @staticmethod
    def _year(text):
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}", text) or int(text) == 0:
            raise Unknown(_("“%s” is not a year.") % text[:40])
        return int(text)

    @property
    def query(self):
        """The query string of the canonical address, without the question mark."""
        pairs = [("from", self.first), ("theme", self.theme and self.theme.slug), ("to", self.last)]
        return urlencode([(name, value) for name, value in pairs if value])

    def address(self):
        """Return the canonical address of the page."""
        return "/timeline/" + (f"?{self.query}" if self.query else "")

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

    def _events(self, at):
        rows = Event.objects.public(at).between(self.first, self.last)
        return rows.about(self.theme) if self.theme else rows

    def events(self, at=None):
        """Return the events that readers see at `at`, the earliest first."""
        return self._events(at)[:MOST_EVENTS]

    def followed(self, at=None):
        """Return the queryset of the articles that bring such events at `at`, newest first, without their texts."""
        bringing = Exists(self._events(at).order_by().filter(article=OuterRef("pk")))
        return (
            Article.objects.public(at)
            .filter(bringing)
            .order_by(*NEWEST)
            .listed()
            .with_names()
            .prefetch_related("events")
        )
