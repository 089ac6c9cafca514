"""Events of all timelines, and of one theme's; as a page, for calendars and for spreadsheets."""

import csv
import datetime
import re

import icalendar
from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from .. import listing as listings
from .. import weaving
from ..models import Event, Theme, addresses
from ..text.figures import harmless
from .caching import public_page

MOST_EVENTS = 2_000


class Chosen:
    """Which events an address asks for: those of a theme, from a year, to a year. Raise Unknown for nonsense."""

    def __init__(self, query):
        slug = query.get("theme", "")
        self.theme = addresses.holder(Theme, slug) if re.fullmatch(r"[a-z0-9-]{1,100}", slug) else None
        if slug and self.theme is None:
            raise listings.Unknown(_("There is no theme at “%s”.") % slug[:40])
        self.first, self.last = (self._year(query.get(name, "")) for name in ("from", "to"))

    @staticmethod
    def _year(text):
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}", text) or int(text) == 0:
            raise listings.Unknown(_("“%s” is not a year.") % text[:40])
        return int(text)

    @property
    def query(self):
        """The query string of the canonical address, with its question mark."""
        pairs = [("from", self.first), ("theme", self.theme and self.theme.slug), ("to", self.last)]
        pairs = [(name, value) for name, value in pairs if value]
        return f"?{urlencode(pairs)}" if pairs else ""

    def events(self):
        """Return the events."""
        rows = Event.objects.public().between(self.first, self.last)
        return (rows.about(self.theme) if self.theme else rows)[:MOST_EVENTS]


@public_page
def timeline(request):
    """Every event, the earliest first, filtered by theme and years."""
    chosen = Chosen(request.GET)
    address = f"/timeline/{chosen.query}"
    if not listings.is_canonical(request.path, request.GET, address, known={"from", "theme", "to"}):
        return HttpResponsePermanentRedirect(address)
    themes = Theme.objects.filter(article_themes__content_object__events__isnull=False).distinct().order_by("name")
    context = {"chosen": chosen, "address": address, "events": weaving.events(chosen.events()), "themes": themes}
    return render(request, "articles/timeline.html", context)


@public_page
def timeline_csv(request):
    """The events for a spreadsheet."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="timeline.csv"'
    writer = csv.writer(response)
    writer.writerow(["date", "until", "event", "article", "address"])
    for event in weaving.events(Chosen(request.GET).events()):
        address = request.publication.base + event.get_absolute_url()
        writer.writerow([event.date, event.until, *map(harmless, (_in_words(event), event.article.title)), address])
    return response


@public_page
def timeline_ics(request):
    """The events for a calendar (RFC 5545), each covering the days that its date covers."""
    chosen = Chosen(request.GET)
    base = request.publication.base
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{request.publication.name}//timeline//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{chosen.theme or _('Timeline')} · {request.publication.name}")
    for event in weaving.events(chosen.events()):
        entry = icalendar.Event()
        words = _in_words(event)
        entry.add("uid", f"{event.article.uid}-event-{event.number}@{request.publication.domain}")
        entry.add("dtstamp", event.article.updated_at or event.article.published_at)
        entry.add("dtstart", event.starts)
        if event.ends < datetime.date.max:
            entry.add("dtend", event.ends + datetime.timedelta(days=1))
        entry.add("summary", words if len(words) <= 120 else f"{words[:119]}…")
        entry.add("description", f"{words}\n{event.article.title}")
        entry.add("url", base + event.get_absolute_url())
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="timeline.ics"'
    return response


def _in_words(event):
    return " ".join(strip_tags(event.html).replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").split())
