"""How to follow: a page for people, and all feeds in one file for feed readers."""

from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from .. import listing as listings
from .. import names
from ..caching import public_page


@public_page()
def feeds_page(request):
    """What can be followed, and how."""
    rows = listings.followable()
    spoken = [
        (get_language_info(code)["name_local"], listing.address(), listing.feeds) for code, listing in rows["languages"]
    ]
    labels = {"themes": _("Themes"), "authors": _("Authors"), "series": _("Series")}
    sections = [(_("Languages"), spoken)]
    sections += [
        (label, [(row, row.get_absolute_url(), listing.feeds) for row, listing in rows[kind]])
        for kind, label in labels.items()
    ]
    others = {
        "/updates/": _("Updates and corrections"),
        "/corrections/": _("Corrections alone"),
        "/timeline/": _("Timeline"),
    }
    others = [(title, place, listings.feeds_of(place)) for place, title in others.items()]
    sections.append((_("What happens to deep dives, and in them"), others))
    context = {"listing": listings.parse_front(), "sections": sections, "themes": rows["themes"]}
    return render(request, "articles/feeds.html", context)


@public_page("theme")
def opml(request):
    """The feeds of the themes that the parameters name (all: none named), for a feed reader to take in at once (OPML 2.0)."""
    asked = set(request.GET.getlist("theme"))
    rows = listings.followable()["themes"]
    missing = asked - {theme.slug for theme, _listing in rows}
    if missing:
        raise listings.Unknown(_("There is no theme at this address: %s.") % ", ".join(sorted(missing))[:200])
    chosen = [(theme, listing) for theme, listing in rows if theme.slug in asked] or [
        ("", listings.parse_front()),
        *rows,
    ]
    base, name = request.publication.base, names.clean_line(request.publication.name)
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = name
    body = SubElement(root, "body")
    for theme, listing in chosen:
        title = f"{names.clean_line(str(theme))} · {name}" if theme else name
        said = {
            "text": title,
            "title": title,
            "xmlUrl": base + listing.feeds[0].address,
            "htmlUrl": base + listing.address(),
        }
        SubElement(body, "outline", type="rss", **said)
    response = HttpResponse(
        tostring(root, encoding="utf-8", xml_declaration=True), content_type="text/x-opml; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="feeds.opml"'
    return response
