"""What is stored. Querysets stand beside their model."""

from . import addresses, audit, shown, tally, tries
from .article import Article, ArticleAuthor, ArticleTheme, Keyword, Likeness, ReadNext, standing
from .audit import AuditEntry
from .edition import Edition
from .event import Event, EventTheme
from .following import Following
from .imported import Imported
from .keptpage import FacetMark, KeptPage
from .link import Link, called
from .picture import Picture
from .reference import Author, Series
from .rendition import Rendition
from .revision import OpenForm, Revision
from .sharing import Comment, DraftLink
from .shown import ShownPicture
from .source import Citation, Source
from .tally import Counts, Facet, Tally
from .theme import Theme, ThemeMerge, ThemeName
from .topic import Topic
from .tries import Tries
from .upload import Upload

__all__ = [
    "Article",
    "ArticleAuthor",
    "ArticleTheme",
    "AuditEntry",
    "Author",
    "Citation",
    "Comment",
    "Counts",
    "DraftLink",
    "Edition",
    "Event",
    "EventTheme",
    "Facet",
    "FacetMark",
    "Following",
    "Imported",
    "KeptPage",
    "Keyword",
    "Likeness",
    "Link",
    "OpenForm",
    "Picture",
    "ReadNext",
    "Rendition",
    "Revision",
    "Series",
    "ShownPicture",
    "Source",
    "Tally",
    "Theme",
    "ThemeMerge",
    "ThemeName",
    "Topic",
    "Tries",
    "Upload",
    "addresses",
    "audit",
    "called",
    "shown",
    "standing",
    "tally",
    "tries",
]
