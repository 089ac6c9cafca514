"""Which addresses a copy of static files has, and where: a closed rule that looks at the address alone.

A static host knows paths, no queries. What a copy has of them gets a path of its own, in which `_` stands for what no
slug can be:

    /themes/syria/?page=2              /themes/syria/_/page-2/
    /themes/syria/feed.atom?archive=3  /themes/syria/_/archive-3/feed.atom
    /timeline/?page=2&theme=syria      /timeline/_/theme-syria/page-2/

In are the pages of lists of everything, of a year, a month, a language, an author, a series, a theme and two themes, the
archives of the feeds that most people follow, and the timeline of a theme. Other orders, filters, three themes and
searches are endless, and out; so are WordPress's addresses, which tell a text by its number in a query. The parameter `v`, a mark of the content, means nothing to a static host and stays.
"""

import functools
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode

from ...listing import PARAMETERS, EventFilter
from ...middleware import PLAIN

_SLUG, _FEED = r"[-\w]+", r"feed\.(?:atom|rss|json)"
_OUT = re.compile(r"/(?:admin|drafts|health)(?:/.*)?|/search/.+|/opensearch\.xml|/themes/[^/]*(?:\+[^/]*){2,}/.*")
_IN = {
    frozenset(names): re.compile(pattern.replace("SLUG", _SLUG).replace("FEED", _FEED), re.ASCII)
    for names, pattern in {
        ("page",): r"/articles/(?:\d{4}/(?:\d\d/)?)?|/(?:authors|series)/SLUG/|/themes/SLUG(?:\+SLUG)?/"
        r"|/(?:sources|updates|corrections|timeline)/",
        (
            "archive",
        ): r"/(?:(?:authors|series|themes)/SLUG/|updates/|corrections/|timeline/|articles/SLUG/history/)?FEED",
        ("language",): r"/articles/(?:FEED)?",
        ("language", "page"): r"/articles/",
        ("archive", "language"): r"/articles/FEED",
        ("theme",): r"/timeline/(?:FEED|timeline\.(?:ics|csv))?",
        ("page", "theme"): r"/timeline/",
    }.items()
}
_VALUES = {"page": r"[1-9]\d{0,8}", "archive": r"[1-9]\d{0,8}", "language": r"[a-z]{2}", "theme": _SLUG}
_READ = {*PARAMETERS, *EventFilter.PARAMETERS, "archive", "since", "v"}  # by any page; the site looks at no other
_MARK = "/_/"
_SAFE = "/+:@!$&'()*,;=~"
LONGEST = 255  # bytes of a name, on most file systems


@functools.lru_cache(maxsize=20_000)
def in_copy(path, query=""):
    """Return the address in the copy of what the site has at `path` (percent-decoded) and `query`, None for what is out."""
    if _OUT.fullmatch(path) or file_at(path) is None or (path == "/" and PLAIN.search(query)):
        return None
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] in _READ]
    asked = dict(pairs)
    if asked.keys() == {"v"}:
        return f"{quote(path, _SAFE)}?{urlencode(pairs)}"
    if not asked:
        return quote(path, _SAFE)
    known = _IN.get(frozenset(asked))
    if len(asked) < len(pairs) or not known or not known.fullmatch(path):
        return None
    if not all(re.fullmatch(_VALUES[name], value, re.ASCII) for name, value in pairs):
        return None
    before, _slash, name = path.rpartition("/")
    steps = sorted(pairs, key=lambda pair: pair[0] in {"page", "archive"})  # the list first, then its part
    return quote("/".join([before, "_", *(f"{key}-{value}" for key, value in steps), name]), _SAFE)


def original(address):
    """Return the address (percent-encoded path and query) on the site of what has the `address` in a copy."""
    path, _question, query = address.partition("?")
    before, mark, behind = unquote(path).partition(_MARK)
    if not mark:
        return address
    *steps, name = behind.split("/")
    pairs = [tuple(step.split("-", 1)) for step in steps]
    if not all(len(pair) == 2 for pair in pairs):
        return address
    return f"{quote(f'{before}/{name}', _SAFE)}?{urlencode(sorted(pairs))}"


def file_at(path):
    """Return the name below the copy's folder of the file for `path` (percent-decoded), None where there can be none."""
    if not path.startswith("/"):
        return None
    *folders, name = path[1:].split("/")
    parts = [*folders, *([name, "index.html"] if name and "." not in name else [name or "index.html"])]
    if any(not part or part.startswith(".") or len(part.encode(errors="replace")) > LONGEST - 20 for part in parts):
        return None
    if re.search(r"[\x00-\x1f\x7f\\\ud800-\udfff]", path):
        return None
    return "/".join(parts)


def file_of(address):
    """Return the name of the file for an `address` that `in_copy` gave."""
    return file_at(unquote(address.partition("?")[0]))


@functools.lru_cache(maxsize=20_000)
def path_of(address):
    """Return the path (percent-decoded) at which a host has the file for an `address` that `in_copy` gave: /x is /x/ there."""
    return f"/{file_of(address).removesuffix('index.html')}"
