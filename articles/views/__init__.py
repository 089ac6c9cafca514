"""Pages for readers. Nothing here knows who is asking: a page depends on its address alone."""

from .cards import article_card, front_card, theme_card
from .changes import changes, corrections, history, updates, version
from .charts import drawing, figures
from .errors import bad_request, csrf_failed, forbidden, not_found, server_error, trouble_of
from .follow import feeds_page, opml
from .lists import archive, articles, author, front, hub, opensearch, search_page, series, suggestions, themes
from .pictures import picture, shared_picture
from .rest import plain_page, robots
from .sources import article_sources, cite, source, sources, theme_sources
from .texts import article, draft_page, shared_draft
from .timeline import timeline, timeline_csv, timeline_ics

__all__ = [
    "archive",
    "article",
    "article_card",
    "article_sources",
    "articles",
    "author",
    "bad_request",
    "changes",
    "cite",
    "corrections",
    "csrf_failed",
    "draft_page",
    "drawing",
    "feeds_page",
    "figures",
    "forbidden",
    "front",
    "front_card",
    "history",
    "hub",
    "not_found",
    "opensearch",
    "opml",
    "picture",
    "plain_page",
    "robots",
    "search_page",
    "series",
    "server_error",
    "shared_draft",
    "shared_picture",
    "source",
    "sources",
    "suggestions",
    "theme_card",
    "theme_sources",
    "themes",
    "timeline",
    "timeline_csv",
    "timeline_ics",
    "trouble_of",
    "updates",
    "version",
]
