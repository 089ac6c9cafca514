"""Instants, in the forms in which the heads of files say them.

A date without a zone is in a zone that is given; one without an hour is that day's first moment there. What can be read in
two ways (02/03/2024) is not read.
"""

import datetime
import email.utils
import re

_ISO = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"
    r"(?:(?:[Tt]|[ \t]{1,3})(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?"
    r"[ \t]{0,3}(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?|[+-]\d)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[Tt]?(\d{2})(\d{2})(\d{2})?)?(Z)?")
_TIME = r"(?:,?[ \t]{1,3}(?:at[ \t])?(\d{1,2}):(\d{2})(?::(\d{2}))?[ \t]?([AaPp][Mm])?)?"
_ZONE = r"[ \t]{0,3}(Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
_WEEKDAY = r"(?:[^\W\d_]{2,9}\.?,?[ \t]{1,3})?"
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|\.)?[ \t-]{{1,3}}([^\W\d_]{{3,9}})\.?,?[ \t-]{{1,3}}(\d{{4}}){_TIME}{_ZONE}"
)
_MONTH_FIRST = re.compile(
    rf"{_WEEKDAY}([^\W\d_]{{3,9}})\.?[ \t]{{1,3}}(\d{{1,2}})(?:st|nd|rd|th)?,?[ \t]{{1,3}}(\d{{4}}){_TIME}{_ZONE}"
)
_NAMES = """
january jan ocak января январь янв
february feb şubat февраля февраль фев
march mar mart марта март мар
april apr nisan апреля апрель апр
may mayıs мая май
june jun haziran июня июнь июн
july jul temmuz июля июль июл
august aug ağustos августа август авг
september sep sept eylül сентября сентябрь сен
october oct ekim октября октябрь окт
november nov kasım ноября ноябрь ноя
december dec aralık декабря декабрь дек
"""
_MONTHS = {name: number for number, line in enumerate(_NAMES.split("\n")) for name in line.split()}
_EARLIEST, _LATEST = 1000, 9998  # years in which every zone can be told


def instant(value, zone):
    """Return the aware datetime that `value` (text, a date or a datetime) says, without one of its own in `zone`.

    Raise ValueError for what it doesn't understand.
    """
    if isinstance(value, datetime.datetime):
        made = value
    elif isinstance(value, datetime.date):
        made = datetime.datetime.combine(value, datetime.time())
    elif isinstance(value, str):
        made = _read(" ".join(value.strip().strip("\"'").split()))
    else:
        raise ValueError(value)
    if not _EARLIEST <= made.year <= _LATEST:
        raise ValueError(value)
    return made if made.tzinfo else made.replace(tzinfo=zone)


def _read(text):
    if found := _ISO.fullmatch(text):
        year, _sign, month, day, hour, minute, second, offset = found.groups()
        return _made(year, month, day, hour, minute, second, offset)
    if found := _COMPACT.fullmatch(text):
        return _made(*found.groups())
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year, hour, minute, second, half, offset = found.groups()
        return _made(year, _month(month), day, _of_24(hour, half), minute, second, offset)
    if found := _MONTH_FIRST.fullmatch(text):
        month, day, year, hour, minute, second, half, offset = found.groups()
        return _made(year, _month(month), day, _of_24(hour, half), minute, second, offset)
    if re.match(r"[A-Za-z]{3}, ", text):  # RFC 5322, 3.3, with its obsolete zones
        return email.utils.parsedate_to_datetime(text)
    raise ValueError(text)


def _made(year, month, day, hour, minute, second, offset):
    zone = _zone(offset) if offset else None
    numbers = (int(part or 0) for part in (year, month, day, hour, minute, second))
    return datetime.datetime(*numbers, tzinfo=zone)


def _zone(offset):
    if offset.upper() in {"Z", "UTC", "GMT"}:
        return datetime.UTC
    digits = re.sub(r"\D", "", offset)
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4] or 0), int(digits[4:6] or 0)
    if minutes > 59 or seconds > 59:
        raise ValueError(offset)
    shift = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return datetime.timezone(-shift if offset[0] == "-" else shift)


def _month(name):
    number = _MONTHS.get(name.replace("İ", "i").lower())
    if number is None:
        raise ValueError(name)
    return number


def _of_24(hour, half):
    """Return an hour of twelve as one of 24; raise ValueError for one that no such clock shows."""
    if not half:
        return hour
    if not 1 <= int(hour) <= 12:
        raise ValueError(hour)
    return int(hour) % 12 + (12 if half.lower() == "pm" else 0)
