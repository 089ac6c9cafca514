"""Events of all timelines, and of one theme's; as a page, for calendars and for spreadsheets."""

import csv
import datetime
from functools import partial
from importlib import import_module

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from .. import listing as listings
from .. import weaving
from ..caching import public_page
from ..models import EventTheme, Theme
from ..text.figures import harmless
from .paging import paged

EVENTS_ON_A_PAGE = 50
icalendar = SimpleLazyObject(partial(import_module, "icalendar"))  # slow to load, and seldom asked for


@public_page(*listings.EventFilter.PARAMETERS, kept=True)
def timeline(request):
    """Every event, the earliest first as it happened or the latest, filtered by theme and years."""
    chosen = listings.EventFilter.of(request.GET)
    bringing = Exists(EventTheme.objects.public().filter(theme=OuterRef("pk")))
    themes = Theme.objects.filter(bringing).order_by("name").values_list("slug", "name")
    return paged(
        request,
        "articles/timeline.html",
        "events",
        chosen.keys(),
        address=chosen.address,
        size=EVENTS_ON_A_PAGE,
        known=chosen.PARAMETERS,
        most=listings.MOST_EVENTS,
        shown=lambda keys: weaving.events(chosen.events(keys)),
        narrow=chosen.is_narrow,
        extra={"listing": chosen, "themes": themes, "carried": listings.MOST_EVENTS},
    )


@public_page("from", "theme", "to")
def timeline_csv(request):
    """The events for a spreadsheet."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="timeline.csv"'
    writer = csv.writer(response)
    writer.writerow(["date", "until", "event", "article", "address"])
    for event in weaving.events(listings.EventFilter.of(request.GET).carried()):
        address = request.publication.base + event.get_absolute_url()
        writer.writerow([event.date, event.until, *map(harmless, (_in_words(event), event.article.title)), address])
    return response


@public_page("from", "theme", "to")
def timeline_ics(request):
    """The events for a calendar (RFC 5545), each covering the days that its date covers."""
    chosen = listings.EventFilter.of(request.GET)
    base = request.publication.base
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{request.publication.name}//timeline//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{chosen.theme or _('Timeline')} · {request.publication.name}")
    for event in weaving.events(chosen.carried()):
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
