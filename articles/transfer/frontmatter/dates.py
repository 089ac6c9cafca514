"""Instants, in the forms in which the heads of files say them, in English, Turkish and Russian.

A date without a zone is in a zone that is given; one without an hour is that day's first moment there. What can be read in
two ways (02/03/2024) or lacks its day (May 2024) is not read. Libraries for this (dateutil, dateparser) guess both.
"""

import datetime
import re
import zoneinfo

_NAMES = """
january jan ocak oca января январь янв
february feb şubat subat şub февраля февраль фев февр
march mar mart марта март мар
april apr nisan nis апреля апрель апр
may mayıs mayis мая май
june jun haziran haz июня июнь июн
july jul temmuz tem июля июль июл
august aug ağustos agustos ağu августа август авг
september sep sept eylül eylul eyl сентября сентябрь сен сент
october oct ekim eki октября октябрь окт
november nov kasım kasim kas ноября ноябрь ноя нояб
december dec aralık aralik ara декабря декабрь дек
"""
_MONTHS = {name: number for number, line in enumerate(_NAMES.split("\n")) for name in line.split()}
_DAYS = """monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun
pazartesi pzt salı sali sal çarşamba çar perşembe per cumartesi cmt cuma cum pazar paz
понедельник пн вторник вт среда ср четверг чт пятница пт суббота сб воскресенье вс"""
_DAY = f"(?:{'|'.join(sorted(_DAYS.split(), key=len, reverse=True))})\\b[.]?"
_OFFSETS = {"utc": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
            "cet": 1, "cest": 2, "eet": 2, "eest": 3}  # fmt: skip
_PLACES = {"msk": "Europe/Moscow", "мск": "Europe/Moscow", "trt": "Europe/Istanbul"}  # not always of one offset
_BEFORE = re.compile(rf"(?:{_DAY}[,]?[ ])?(?:the[ ])?", re.I)
_MONTH = r"(?P<name>[^\W\d_]{3,9})\.?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_FORMS = [
    re.compile(form)
    for form in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
        rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second>\d{{1,2}})(?P=mark){_YEAR}",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[ -]{{1,3}}(?:of[ ])?{_MONTH},?[ -]{{1,3}}{_YEAR}",
        rf"{_MONTH}[ ]{{1,3}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[ ]{{1,3}}{_YEAR}",
        rf"(?P<year>\d{{4}}),?[ -]{_MONTH}[ -](?P<day>\d{{1,2}})(?!\d)",
    )
]
_SMALL = re.compile(r"(\d{4})(\d{2})(\d{2})[Tt]?(\d{2})(\d{2})(\d{2})?(Z?)")  # 20240131T1020
_OFFSET = r"[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?|[+-]\d"
_REST = re.compile(
    rf"(?:[ ]?(?:г\.?|года?|yılı)(?![^\W\d_]))?(?:,?[ ]{_DAY})?"
    r"(?:(?:,|[ ]-|[ ]–)?(?:[Tt]|[ ](?:(?:at|в|saat)[ ])?)"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?(?:[ ]?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
    rf"[ ]{{0,3}}(?P<zone>(?:UTC|GMT)?(?:{_OFFSET})|[^\W\d_]{{1,4}}|[A-Z][A-Za-z]{{2,15}}/[\w/+-]{{2,30}})?(?:[ ]?[\[(][^\[\]()]{{1,60}}[\])])?",
    re.I,
)
_UNIX_LAST = re.compile(
    r"([^\W\d_]{3} \d{1,2}) (\d{2}:\d{2}:\d{2})((?: [A-Z]{3,4})?) (\d{4})"
)  # as date and ctime print it
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d{1,9})?|(\d{13})")  # seconds, milliseconds
_EARLIEST, _LATEST = 1000, 9998  # years in which every zone can be told


def instant(value, zone):
    """Return the aware datetime that `value` (text, a number, a date or a datetime) says, without one of its own in `zone`.

    Numbers are seconds or milliseconds of Unix. Raise ValueError for what it doesn't understand.
    """
    if isinstance(value, datetime.datetime):
        made = value
    elif isinstance(value, datetime.date):
        made = datetime.datetime.combine(value, datetime.time())
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        made = _read(" ".join(str(value).replace("+/-TTTT", "").strip().strip("\"'").split()))
    else:
        raise ValueError(value)
    if not _EARLIEST <= made.year <= _LATEST:
        raise ValueError(value)
    return made if made.tzinfo else made.replace(tzinfo=zone)


def _read(words):
    if found := _EPOCH.fullmatch(words):
        return datetime.datetime.fromtimestamp(int(found[1] or found[2][:-3]), datetime.UTC)
    if found := _SMALL.fullmatch(words):
        return _made(*found.groups())
    words = words[_BEFORE.match(words).end() :]
    words = _UNIX_LAST.sub(r"\1 \4 \2\3", words, count=1)
    for form in _FORMS:
        if (found := form.match(words)) and (rest := _REST.fullmatch(words, found.end())):
            told = found.groupdict()
            month, day = _month_and_day(told)
            hour = _of_24(rest["hour"], rest["half"])
            return _made(told["year"], month, day, hour, rest["minute"], rest["second"], rest["zone"])
    raise ValueError(words)


def _month_and_day(told):
    """Return both of what a form says; raise ValueError where it isn't sure which is which."""
    if told.get("name"):
        return _month(told["name"]), told["day"]
    if "first" not in told:
        return told["month"], told["day"]
    first, second = int(told["first"]), int(told["second"])
    if told["mark"] == "." or first > 12 or first == second:  # nobody writes the month first with full stops
        return second, first
    if second <= 12:
        raise ValueError(told)
    return first, second


def _made(year, month, day, hour, minute, second, zone):
    numbers = (int(part or 0) for part in (year, month, day, hour, minute, second))
    return datetime.datetime(*numbers, tzinfo=_zone(zone) if zone else None)


def _zone(said):
    """Return the zone of a name or an offset; raise ValueError for one that isn't known."""
    if said.lower() in _OFFSETS:
        return datetime.timezone(datetime.timedelta(hours=_OFFSETS[said.lower()]))
    offset = re.search(f"(?:{_OFFSET})$", said)
    if not offset or "/" in said:
        try:
            return zoneinfo.ZoneInfo(_PLACES.get(said.lower(), said))
        except (OSError, zoneinfo.ZoneInfoNotFoundError) as error:
            raise ValueError(said) from error
    digits = re.sub(r"\D", "", offset[0])
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4] or 0), int(digits[4:6] or 0)
    if minutes > 59 or seconds > 59:
        raise ValueError(said)
    shift = datetime.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return datetime.timezone(-shift if offset[0][0] == "-" else shift)


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
    return int(hour) % 12 + (12 if half.lower() == "p" else 0)
