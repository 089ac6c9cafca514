"""What changed: the history of an article, its versions, what is new since a date, the corrections of the whole site."""

from dataclasses import dataclass

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import is_naive, localtime, make_aware
from django.utils.translation import gettext as _

from .. import listing as listings
from .. import publishing
from ..caching import public_page
from ..models import Revision
from ..text import diff
from .paging import numbered, paged
from .texts import article_or_gone, revision_page

MOST_COMPARED = 10  # the rest is listed
MOST_KEPT = 500
CHANGES_ON_A_PAGE, MOST_COUNTED = 50, 1_000


@dataclass(frozen=True)
class Step:
    """From one version to the next: the later one, and what differs, as [(kind, pieces), …] of paragraphs."""

    version: Revision
    differences: list


@public_page()
def history(request, slug):
    """Every version of an article that readers saw, newest first, each with what it changed."""
    row, gone = article_or_gone(request, slug)
    if gone:
        return gone
    versions = row.versions()
    pairs = list(zip(versions, versions[1:], strict=False))[::-1]
    steps = [Step(late, differences(early, late)) for early, late in pairs[:MOST_COMPARED]]
    steps += [Step(late, None) for _early, late in pairs[MOST_COMPARED:]]
    context = {"article": row, "steps": steps, "first": versions[0], "count": len(versions)}
    context["feeds"] = listings.feeds_of(f"{row.get_absolute_url()}history/")
    return render(request, "articles/history.html", context)


@public_page("since")
def changes(request, slug):
    """What is new in an article since the date or instant `since`; on to its history when none is given."""
    row, gone = article_or_gone(request, slug)
    if gone:
        return gone
    text = request.GET.get("since", "")
    if not text:
        return HttpResponseRedirect(f"{row.get_absolute_url()}history/")
    since = instant(text)
    versions = row.versions()
    before = [version for version in versions if version.shown_at <= since]
    context = {
        "article": row,
        "since": since,
        "before": before[-1] if before else None,
        "differences": differences(before[-1], versions[-1]) if before else [],
        "told": [v for v in versions if v.shown_at > since and v.note],
    }
    return render(request, "articles/changes.html", context)


def instant(text):
    """Return the aware datetime that `text` ("2026-05-04" or ISO 8601) says; raise Unknown for anything else."""
    try:
        moment = parse_datetime(text)
        if moment is None and (day := parse_date(text)):
            moment = parse_datetime(f"{day.isoformat()}T00:00:00")
        moment = make_aware(moment) if is_naive(moment) else moment
        localtime(moment)  # the first and the last days of the calendar lie outside in some zones
    except (ValueError, AttributeError, OverflowError) as error:
        raise listings.Unknown(_("A date looks like 2026-05-04.")) from error
    return moment


def differences(early, late):
    """Return how two versions differ for readers: title, summary and text, without what is the same."""
    key = (early.pk, early.saved_at, late.pk, late.saved_at)  # a database brought back may give out keys again
    if key not in _compared:
        if len(_compared) >= MOST_KEPT:
            _compared.clear()
        _compared[key] = _differences(early, late)
    return _compared[key]


_compared = {}  # revisions never change, and comparing long texts takes a moment


def _differences(early, late):
    pairs = diff.paragraphs(in_plain_words(early), in_plain_words(late))
    return [(kind, pieces) for kind, pieces in pairs if kind != "same" and any(text.strip() for _kind, text in pieces)]


def in_plain_words(version):
    """Return what readers saw of `version` as lines of Markdown."""
    fields = version.fields
    return "\n".join((fields["title"], fields["summary"], fields["body"]))


@public_page()
def version(request, slug, number):
    """An article as it stood; marked, and in no index."""
    row, gone = article_or_gone(request, slug)
    if gone:
        return gone
    versions = row.versions()
    if not 1 <= number <= len(versions):
        raise listings.Unknown(_("This article has %s versions.") % len(versions))
    chosen = versions[number - 1]
    fields = publishing.Fields.of(chosen)
    words = _("Version %(number)s of %(count)s, as it stood on %(day)s.")
    day = date_format(localtime(chosen.shown_at), "j E Y")
    told = format_html(
        '{} <a href="{}">{}</a>',
        words % {"number": number, "count": len(versions), "day": day},
        row.get_absolute_url(),
        _("The present text"),
    )
    rendered = publishing.rendered_or_typed(fields.body)
    response = revision_page(request, row, fields, rendered, told)
    response.for_everybody = not rendered.is_typed  # in a while it may be rendered again
    return response


@public_page("page", kept=True)
def corrections(request):
    """Every correction and every withdrawal, newest first."""
    words = {
        "title": _("Corrections"),
        "what": _("What was wrong in this publication and has been put right, and what was withdrawn."),
        "other": "/updates/",
        "other_title": _("Updates too"),
    }
    return _log(request, "/corrections/", Revision.objects.owned_up(), words)


@public_page("page", kept=True)
def updates(request):
    """Every update, correction and withdrawal, newest first."""
    words = {
        "title": _("Updates and corrections"),
        "what": _(
            "What was added to deep dives after their publication, put right, or withdrawn, each with its reason."
        ),
        "other": "/corrections/",
        "other_title": _("Corrections alone"),
    }
    return _log(request, "/updates/", Revision.objects.announced(), words)


def _log(request, path, rows, words):
    extra = words | {"path": path, "feeds": listings.feeds_of(path)}
    template, size = "articles/log.html", CHANGES_ON_A_PAGE
    keys, shown = rows.values_list("pk", flat=True), Revision.objects.logged
    address = numbered(path)
    return paged(
        request, template, "log", keys, address=address, size=size, most=MOST_COUNTED, shown=shown, extra=extra
    )
