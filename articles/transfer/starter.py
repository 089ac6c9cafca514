"""The starter publication: Markdown files with front matter, loaded through the same doors as an editor's text.

    starter/themes/*.md      name, definition, aliases by language, place; the text is the introduction
    starter/articles/*.md    title, summary, themes, authors, published, language, series; the text is the body
    starter/pages/*.md       title; the text of a plain page
    starter/series.md        summaries of the series
    starter/sources.toml     the works cited, by key

What exists already is left alone, under its present address or a former one: an edited article, a renamed theme, a
page someone rewrote.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import frontmatter
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.db import transaction

from .. import publishing
from ..models import Article, Author, Series, Source, Theme, ThemeName, addresses

FOLDER = Path(__file__).resolve().parents[1] / "starter"
NAME = "Between Ankara and Moscow"


@dataclass
class Loaded:
    """What a run brought in."""

    themes: int = 0
    articles: int = 0
    pages: int = 0
    sources: int = 0


def load(folder=FOLDER):
    """Bring in what is missing of the starter publication in `folder`; return a `Loaded`."""
    loaded = Loaded()
    with transaction.atomic():
        known = set(Source.objects.values_list("key", flat=True))
        for key, values in tomllib.loads((folder / "sources.toml").read_text()).items():
            if key not in known:
                loaded.sources += _load_source(key, values)
        for path in _files(folder / "themes"):
            loaded.themes += _load_theme(path)
        for path in _files(folder / "pages"):
            loaded.pages += _load_page(path)
        summaries = frontmatter.load(folder / "series.md").metadata
        # In the order of their dates, so that the keys of the rows follow it too.
        for path in sorted(_files(folder / "articles"), key=lambda path: frontmatter.load(path)["published"]):
            loaded.articles += _load_article(path, summaries)
        if loaded.themes or loaded.articles:  # a text may name one that was brought in after it
            articles = Article.objects.select_related("working")
            for row in [*Theme.objects.all(), *articles]:
                publishing.relink(row)
            for row in articles:  # which words are rare, the last article knows better than the first
                publishing.reindex(row)
    return loaded


def _files(folder):
    return sorted(folder.glob("*.md"))


def _load_source(key, values):
    source = Source(key=key, **values)
    source.full_clean()
    publishing.save_row(source, by=None)
    return True


def _load_theme(path):
    post = frontmatter.load(path)
    if addresses.holder(Theme, path.stem) or Theme.objects.called(post["name"]):
        return False
    theme = Theme(
        name=post["name"],
        slug=path.stem,
        definition=post["definition"],
        introduction=post.content,
        place=post.get("place"),
    )
    theme.full_clean()
    publishing.save_theme(theme, by=None)
    for language, aliases in post.get("aliases", {}).items():
        for alias in aliases:
            if not Theme.objects.called(alias):  # some theme made since may go by it
                name = ThemeName(theme=theme, name=alias, language=language)
                name.full_clean(exclude=["folded"])
                name.save()
    return True


def _load_article(path, summaries):
    post = frontmatter.load(path)
    if addresses.holder(Article, path.stem):
        return False
    themes = [addresses.holder(Theme, slug) for slug in post["themes"]]
    authors = [Author.objects.get_or_create(name=name, defaults={"is_group": True})[0] for name in post["authors"]]
    series = None
    if "series" in post:
        summary = summaries.get(post["series"], "")
        series, _ = Series.objects.get_or_create(title=post["series"], defaults={"summary": summary})
    fields = publishing.Fields(
        title=post["title"],
        slug=path.stem,
        summary=post["summary"],
        body=post.content,
        language=post["language"],
        themes=[theme.pk for theme in themes if theme],
        authors=[author.pk for author in authors],
        series=series.pk if series else None,
        series_order=post.get("series_order"),
    )
    article = publishing.create(fields, by=None)
    publishing.publish(article, fields, by=None, based_on=article.working_id, dated=post["published"])
    return True


def _load_page(path):
    post = frontmatter.load(path)
    url = f"/{path.stem}/"
    if FlatPage.objects.filter(url=url).exists() or Redirect.objects.filter(old_path=url).exists():
        return False
    page = FlatPage(url=url, title=post["title"], content=post.content)
    publishing.save_row(page, by=None)
    page.sites.set([Site.objects.get(pk=settings.SITE_ID)])
    return True
