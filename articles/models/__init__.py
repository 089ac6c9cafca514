"""What is stored. Querysets stand beside their model."""

from . import addresses
from .article import Article, ArticleAuthor, ArticleTheme
from .edition import Edition
from .reference import Author, Picture, Series
from .revision import Revision
from .theme import Theme, ThemeName

__all__ = [
    "Article",
    "ArticleAuthor",
    "ArticleTheme",
    "Author",
    "Edition",
    "Picture",
    "Revision",
    "Series",
    "Theme",
    "ThemeName",
    "addresses",
]
