"""Rendering stored texts again, while others go on publishing."""

from django.core.exceptions import ValidationError
from django.db import transaction

from .. import search
from ..models import Article, Edition, Rendition, Theme
from .renditions import begin_rendition, forget, linked_by, showing
from .rules import Fields, rendered_or_refuse
from .steps import date_links, write_citations, write_events, write_kin, write_names, write_pictures


def rebuild(article):
    """Render the published text of `article` again and index it; dates and revisions stay. Return whether it changed.

    An article published anew meanwhile is left as it is: that publication rendered it. Raise ValidationError when
    the text can't be rendered any more: what it was stays then, and the desk is told.
    """
    try:
        rendered = rendered_or_refuse(article.live.fields["body"], patient=True)
    except ValidationError:
        Rendition.objects.filter(article=article, article__live=article.live_id).update(is_stuck=True)
        raise
    with transaction.atomic():
        Edition.take_turn()
        now = Article.objects.get(pk=article.pk)
        if now.live_id != article.live_id:
            return False
        shown = showing(now)
        before = (now.html, now.contents, now.words)
        now.html, now.contents, now.words = rendered.html, rendered.contents, rendered.words
        changed = before != (now.html, now.contents, now.words)
        if changed:
            now.save(update_fields=["html", "contents", "words"])
            Edition.touch()
        begin_rendition(now)
        date_links(now)
        write_citations(now.html, article=now)
        write_pictures(now)
        write_events(now)
        write_names(now.html, now.working.fields["body"], article=now)
        if now.withdrawn_at is None:
            search.index(now)
            write_kin(now, Fields.of(now.live))
        forget(*(shown | showing(now)))
    return changed


@transaction.atomic
def reindex(article):
    """Let search find `article` by what it holds now."""
    Edition.take_turn()
    now = Article.objects.get(pk=article.pk)
    if now.live_id and now.withdrawn_at is None:
        search.index(now)
        shown = showing(now)
        write_kin(now, Fields.of(now.live))
        forget(*(shown | showing(now)))
    else:
        search.forget(now)


@transaction.atomic
def relink(row):
    """Look again for what the names in the text of `row` (an article or a theme) lead to, where nothing was found."""
    Edition.take_turn()
    if isinstance(row, Theme):
        write_names(row.introduction_html, theme=row)
        forget(linked_by(theme=row))
    else:
        write_names(row.html, row.working.fields["body"], article=row)
        forget({row.pk} | linked_by(article=row))


def rebuild_theme(theme):
    """Render the introduction of `theme` again; return whether it changed. One rewritten meanwhile is left alone."""
    html = rendered_or_refuse(theme.introduction, field="introduction", patient=True).html
    with transaction.atomic():
        Edition.take_turn()
        stored = Theme.objects.filter(pk=theme.pk, introduction=theme.introduction).update(introduction_html=html)
        if stored:
            linked = linked_by(theme=theme)
            write_citations(html, theme=theme)
            write_names(html, theme=theme)
            forget(linked | linked_by(theme=theme))
            Edition.touch()
    return bool(stored) and html != theme.introduction_html
