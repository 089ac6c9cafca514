"""Dates at the precision they have: a year, a month, a day."""

import calendar
import datetime
import re

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def parse(text):
    """Return (year, month, day) of "1936", "2019-07" or "2019-07-12", None for what it doesn't say.

    Raise ValueError for anything else, and for days that are in no calendar. (ISO 8601, reduced precision.)
    """
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in found.groups())
    datetime.date(year, month or 1, day or 1)
    return year, month, day


def is_date(text):
    """Whether `parse` takes `text`."""
    try:
        return bool(parse(text))
    except ValueError:
        return False


def first_day(year, month=None, day=None):
    """Return the first day of what a partial date covers."""
    return datetime.date(year, month or 1, day or 1)


def last_day(year, month=None, day=None):
    """Return the last day of what a partial date covers."""
    if day:
        return datetime.date(year, month, day)
    month = month or 12
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
