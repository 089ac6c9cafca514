"""What is stored as codes, dates and numbers, in words of the language that is active."""

from django.conf.locale import LANG_INFO
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from ..text import dates
from ..text.figures import digits

FIRST_STRONG, END = "\u2068", "\u2069"  # what stands between them has a direction of its own (UAX 9)


def in_words(source):
    """Return what `source` is in one line of plain text: title, publisher, date."""
    title = f"{FIRST_STRONG}{titled(source)}{END}" if is_right_to_left(source.language) else titled(source)
    return " ".join(filter(None, (f"{title}.", published(source), source.note)))


def is_right_to_left(code):
    """Whether the language `code` is written from right to left, as far as Django knows."""
    return LANG_INFO.get(code, {}).get("bidi", False)


def published(source):
    """Return where and when `source` came out, and in which language if not in that of the page, as a sentence."""
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
    form = "j E Y" if day else "F Y" if month else "Y"
    return date_format(dates.first_day(year, month, day), form)


def language_in_words(code):
    """Return "in Turkish" for a language that is not the active one; its code when Django has no name for it."""
    if code == get_language():
        return ""
    try:
        return _("in %s") % get_language_info(code)["name_translated"]
    except KeyError:
        return _("language: %s") % code


def number_in_words(number):
    """Return a float with the groups and the decimal sign of the language: 1,234.5 or 1.234,5."""
    return number_format(digits(number), use_l10n=True, force_grouping=True).replace("-", "−")
