"""Writing what stands around articles: themes, authors, series, pictures, plain pages, the site's own name."""

from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from .. import names, search
from ..models import Article, Edition, Theme, addresses
from .rules import rendered_or_refuse


@transaction.atomic
def save_row(row):
    """Store an author, a series, a picture or the site; a changed address leaves a redirect."""
    Edition.take_turn()
    before = type(row).objects.filter(pk=row.pk).first() if row.pk else None
    row.save()
    if before and hasattr(row, "slug"):
        addresses.move(before.get_absolute_url(), row.get_absolute_url())
    Edition.touch()


@transaction.atomic
def forget_row(row):
    """Delete a row that no article refers to."""
    Edition.take_turn()
    row.delete()
    Edition.touch()


def save_theme(theme):
    """Store `theme` with its introduction rendered; a changed slug leaves a redirect.

    Its aliases are stored by whoever edits them, followed by `teach_names`.
    """
    theme.introduction = names.clean(theme.introduction)
    theme.definition = names.clean_line(theme.definition)
    theme.introduction_html = rendered_or_refuse(theme.introduction, field="introduction").html
    with transaction.atomic():
        Edition.take_turn()
        if theme.pk and not Theme.objects.filter(pk=theme.pk).exists():
            raise ValidationError(_("This theme has been merged into another one, or deleted, in the meantime."))
        save_row(theme)


@transaction.atomic
def teach_names(theme):
    """Teach search the names that `theme` goes by now."""
    Edition.take_turn()
    for article in Article.objects.filter(article_themes__tag=theme, withdrawn_at=None).exclude(live=None):
        search.index(article)
    Edition.touch()


@transaction.atomic
def save_page(page):
    """Store a plain page; a changed address leaves a redirect."""
    Edition.take_turn()
    before = FlatPage.objects.filter(pk=page.pk).first() if page.pk else None
    page.save()
    if before:
        addresses.move(before.url, page.url)
    Edition.touch()
