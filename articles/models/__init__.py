"""What is stored. Querysets stand beside their model."""

from .article import Article, ArticleAuthor, ArticleTheme
from .reference import Author, Picture, Series
from .revision import Revision
from .theme import Theme, ThemeName

__all__ = [
    "Article",
    "ArticleAuthor",
    "ArticleTheme",
    "Author",
    "Picture",
    "Revision",
    "Series",
    "Theme",
    "ThemeName",
]
