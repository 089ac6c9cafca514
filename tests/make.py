"""Rows for tests, made through the site's own doors; every default is visible here."""

import datetime
import functools
import io
import itertools

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image

from articles import publishing
from articles.models import Article, Author, Picture, Series, Source, Theme, ThemeName
from articles.models.picture import PictureFile, read_picture

_numbers = itertools.count(1)


def ago(**kw):
    """Return the instant `timedelta(**kw)` before now."""
    return timezone.now() - datetime.timedelta(**kw)


def make_theme(
    name=None, *, aliases=(), definition="What it is, in a sentence.", introduction="Why it *matters*.", **kw
):
    """Return a stored theme with `aliases` (English)."""
    theme = Theme(name=name or f"Theme {next(_numbers)}", definition=definition, introduction=introduction, **kw)
    theme.full_clean(exclude=["slug"])
    publishing.save_theme(theme, by=None)
    for alias in aliases:
        ThemeName.objects.create(theme=theme, name=alias)
    if aliases:
        publishing.teach_names(theme, by=None)
    return theme


def make_author(name="The editors", **kw):
    """Return the author of that name."""
    return Author.objects.get_or_create(name=name, defaults=kw)[0]


def make_fields(
    title=None,
    *,
    themes=None,
    authors=None,
    series=None,
    summary="What the reader will understand.",
    body="Some *text*.[^1]\n\n## A part\n\nMore text.\n\n[^1]: A note.",
    **kw,
):
    """Return `publishing.Fields`; themes, authors and series are rows, or names of themes."""
    themes = [make_theme_called(theme) for theme in (themes if themes is not None else ["Energy diplomacy"])]
    authors = authors if authors is not None else [make_author()]
    return publishing.Fields(
        title=title or f"Article {next(_numbers)}",
        themes=[theme.pk for theme in themes],
        authors=[author.pk for author in authors],
        series=series.pk if series else None,
        summary=summary,
        body=body,
        **kw,
    )


def make_theme_called(theme):
    """Return `theme`, or the theme of that name, made when there is none."""
    return theme if isinstance(theme, Theme) else Theme.objects.called(theme) or make_theme(theme)


def make_article(title=None, *, published=True, at=None, by=None, withdrawn=None, **kw):
    """Return an article: published an hour ago (or at `at`, past or future), or a draft, or `withdrawn` with that note.

    It is created `by` that user, and published by them if they may.
    """
    fields = make_fields(title, **kw)
    article = publishing.create(fields, by=by)
    by = by if by and publishing.rights.may(by, "publish", article) else None
    if published or at or withdrawn:
        dated = at or ago(hours=1)
        future = dated > timezone.now()
        publishing.publish(
            article,
            fields,
            by=by,
            based_on=article.working_id,
            at=dated if future else None,
            dated=None if future else dated,
        )
    if withdrawn:
        publishing.withdraw(article, by=by, based_on=article.working_id, note=withdrawn)
    return Article.objects.get(pk=article.pk)


def change(article, *, by=None, note="", kind="typo", **fields):
    """Publish `article` with some of its fields changed; return it read anew."""
    from dataclasses import replace

    before = publishing.Fields.of(article.working)
    publishing.publish(article, replace(before, **fields), by=by, based_on=article.working_id, change=kind, note=note)
    return Article.objects.get(pk=article.pk)


def forge(rows, **columns):
    """Change stored revisions, the queryset `rows`, as nothing in the site can: without the database's guard."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'articles_revision_stands'")
            again = cursor.fetchone()[0]
            cursor.execute("DROP TRIGGER articles_revision_stands")
        else:
            again = "ALTER TABLE articles_revision ENABLE TRIGGER USER"
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end keeps the table from being altered
            cursor.execute("ALTER TABLE articles_revision DISABLE TRIGGER USER")
        QuerySet.update(rows, **columns)
        cursor.execute(again)


def make_series(title="A series", **kw):
    """Return a stored series."""
    return Series.objects.create(title=title, **kw)


def make_user(name, *groups, **kw):
    """Return a member of the desk in `groups` (names)."""
    user = User.objects.create_user(name, password=f"{name}-password", is_staff=True, **kw)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_source(key, title="A title", **kw):
    """Return a stored source."""
    source = Source(key=key, title=title, **kw)
    source.full_clean()
    publishing.save_row(source, by=None)
    return source


@functools.cache
def strait():
    """Return what is made of a picture of 2000 by 1000 pixels, which takes a process of its own."""
    out = io.BytesIO()
    Image.new("RGB", (2000, 1000)).save(out, "JPEG")
    return read_picture(SimpleUploadedFile("x.jpg", out.getvalue())).made


def make_picture():
    """Return a stored picture of 2000 by 1000 pixels."""
    return Picture.objects.create(file=PictureFile(strait()), alt='A "strait" & <sea>')
