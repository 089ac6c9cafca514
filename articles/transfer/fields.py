"""Single values as exports write them: numbers, instants, addresses, languages. What makes no sense gives nothing."""

import datetime
import re
from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

from .. import names
from ..middleware import NUMBERED

FIRST, LAST = 1900, 2999  # years that can be meant


_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d", re.ASCII)
# Keys of an editor's data whose single words are for readers, too.
SPOKEN = {
    "title", "heading", "header", "subheader", "text", "caption", "label", "content", "name", "question", "answer",
}  # fmt: skip
DEEPEST = 10  # lists and objects within each other


def words(said, key="", depth=0):
    """Return the texts for readers in data of an editor's that isn't known: of several words, addresses, names of things.

    `said` is anything that JSON tells, `key` that under which it stood.
    """
    if isinstance(said, str):
        return [said] if " " in said.strip() or "://" in said or (key in SPOKEN and said.strip()) else []
    if not isinstance(said, dict | list) or depth > DEEPEST:
        return []
    each = said.items() if isinstance(said, dict) else ((key, value) for value in said)
    kept = ((name, value) for name, value in each if name != "type" and not str(name).startswith("_"))
    return [found for name, value in kept for found in words(value, name, depth + 1)]


def number(said):
    """Return the whole number `said`, 0 for anything else."""
    said = (said or "").strip()
    return int(said) if said.isdecimal() and len(said) <= 15 else 0


def host(address):
    """Return the host of an address without "www.", "" when it has none, "?" for what is no address."""
    try:
        return (urlsplit(address.strip()).hostname or "").removeprefix("www.")
    except ValueError:
        return "?"


def path(link):
    """Return the path of an address, decoded; nothing for one that tells its text by a query, or for the front page."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ""
    path = names.clean_line(unquote(parts.path))
    return path if path.startswith("/") and path != "/" and not parts.query and "//" not in path else ""


def numbered(link):
    """Return the path and the query of an address of WordPress that tells its text by a number ("/?p=12"), or nothing."""
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return ""
    path = names.clean_line(unquote(parts.path)).removesuffix("index.php") or "/"
    is_one = path.startswith("/") and "//" not in path and re.fullmatch(NUMBERED, parts.query)
    return f"{path}?{parts.query}" if is_one else ""


def language(said):
    """Return the two letters with which a code of a language begins ("tr-TR"), or nothing."""
    found = re.match(r"([a-z]{2})(?![a-z])", said.strip().lower())
    return found[1] if found else ""


def instant(said):
    """Return the aware instant of "2024-01-31 12:00:00", also with a "T", in UTC where it names no zone, or None."""
    try:
        found = datetime.datetime.fromisoformat(said.strip()) if _INSTANT.match(said.strip()) else None
    except ValueError:
        return None
    if found is None or not FIRST <= found.year <= LAST:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def mailed(said):
    """Return the aware instant of a date as mails have it (RFC 5322), or None."""
    if not re.match(r"\s*(?:[A-Za-z]{3}, +)?\d{1,2} +[A-Za-z]{3} +\d{4} ", said):  # "30 Nov -0001" would be one of 2000
        return None
    try:
        found = parsedate_to_datetime(said.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not FIRST <= found.year <= LAST:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
