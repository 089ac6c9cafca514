"""Any list of articles is a page, a feed and a link: address <-> filter <-> queryset <-> title.

A `Listing` is parsed from an address and knows its one canonical address; views redirect every other order of the
same filters there.
"""

from .counts import followable, themes_on_front, themes_with_counts, years
from .events import MOST_EVENTS, EventFilter
from .facets import facets, neighbours
from .filters import FORMATS, PAGE_SIZE, Listing, Page, Unknown, feeds_of
from .map import theme_map
from .parsing import (
    LONGEST_QUERY,
    PARAMETERS,
    is_canonical,
    page_number,
    parse_archive,
    parse_articles,
    parse_author,
    parse_front,
    parse_search,
    parse_series,
    parse_themes,
)
from .related import MOST_FETCHED, Said, alike, read_next, related, suggested

__all__ = [
    "EventFilter",
    "FORMATS",
    "LONGEST_QUERY",
    "MOST_EVENTS",
    "MOST_FETCHED",
    "PAGE_SIZE",
    "PARAMETERS",
    "Listing",
    "Page",
    "Said",
    "Unknown",
    "alike",
    "facets",
    "feeds_of",
    "followable",
    "is_canonical",
    "neighbours",
    "page_number",
    "parse_archive",
    "parse_articles",
    "parse_author",
    "parse_front",
    "parse_search",
    "parse_series",
    "parse_themes",
    "read_next",
    "related",
    "suggested",
    "theme_map",
    "themes_on_front",
    "themes_with_counts",
    "years",
]
