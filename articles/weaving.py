"""A stored text as it is shown now.

The rendered text says what it cites by key; what that is called and where it is found today is put in here, so that
a change shows everywhere at the next view.
"""

from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from . import text
from .models import Source
from .text import citations, dates


@dataclass
class Cited:
    """A source in the list of a text: its number there, and where the text mentions it."""

    number: int
    source: Source
    mentions: list = field(default_factory=list)


@dataclass(frozen=True)
class Woven:
    """A text ready for its page: `text` and `notes` are sanitised HTML, `sources` a list of `Cited`."""

    text: str
    notes: str
    sources: list


def weave(*texts):
    """Return the `Woven` of each of the rendered `texts`, with one query for all their sources."""
    found = [citations.mentions(html) for html in texts]
    keys = {mention.key for mentions in found for mention in mentions}
    sources = {source.key: source for source in Source.objects.filter(key__in=keys)} if keys else {}
    return [_woven(html, mentions, sources) for html, mentions in zip(texts, found, strict=True)]


def _woven(html, mentions, sources):
    listed = {}
    for mention in mentions:
        if mention.key in sources:
            entry = listed.setdefault(mention.key, Cited(mention.number, sources[mention.key]))
            entry.mentions.append(mention)
    html = citations.beside(html, {key: in_words(entry.source) for key, entry in listed.items()})
    return Woven(*text.notes_apart(html), list(listed.values()))


def in_words(source):
    """Return what `source` is in one line of plain text: title, publisher, date."""
    return " ".join(filter(None, (f"{titled(source)}.", published(source), source.note)))


def published(source):
    """Return where and when `source` came out, and in which language if not in English, as a sentence."""
    told = ", ".join(filter(None, (day_in_words(source.date), language_in_words(source.language))))
    words = ", ".join(filter(None, (source.publisher, told if source.publisher else f"{told[:1].upper()}{told[1:]}")))
    return f"{words}." if words else ""


def titled(source):
    """Return the title as lists print it: a given one in quotation marks, a supplied one ([…]) as it is."""
    return source.title if source.title.startswith("[") else f"“{source.title}”"


def day_in_words(date):
    """Return the partial `date` ("2019", "2019-07", "2019-07-12") in words; nothing for nothing."""
    if not date:
        return ""
    year, month, day = dates.parse(date)
    form = "j F Y" if day else "F Y" if month else "Y"
    return date_format(dates.first_day(year, month, day), form)


def language_in_words(code):
    """Return "in Turkish" for a language that is not English; its code when Django has no name for it."""
    if code == "en":
        return ""
    try:
        return _("in %s") % get_language_info(code)["name_translated"]
    except KeyError:
        return _("language: %s") % code
