"""Writing what stands around articles: themes, authors, series, pictures, plain pages, the site's own name."""

from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.models import Site
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import names, search
from ..models import Article, AuditEntry, Author, Edition, Picture, Series, Source, Theme, addresses, shown
from . import rights
from .renditions import forget, linked_by
from .rules import rendered_or_refuse
from .steps import write_citations, write_names, write_pictures


@transaction.atomic
def save_row(row, *, by):
    """Store an author, a series, a plain page, a picture or the site; an address that readers know leads on."""
    rights.refuse_row(by, row, "change" if row.pk else "add")
    Edition.take_turn()
    before = type(row).objects.filter(pk=row.pk).first() if row.pk else None
    row.save()
    if isinstance(row, Picture) and before:
        _shown_anew(before, row)
    _lead_on(before, row)
    if isinstance(row, Source) and before is None:
        _cite(row)
    if isinstance(row, (Author, Source)):
        _teach(_naming(row))
    if isinstance(row, (Author, Series, Source)):
        forget(_naming(row).values_list("pk", flat=True))
    elif _may_show_anywhere(row, before):
        Edition.rename()
    if isinstance(row, (Site, FlatPage)):
        act = AuditEntry.Act.CHANGED if before else AuditEntry.Act.ADDED
        AuditEntry.objects.record(act, row, by=by, before=before and _in_the_log(before), after=_in_the_log(row))
    Edition.touch()


def _shown_anew(before, picture):
    """Let readers have the new file of `picture`, which was `before`, wherever they have the former one."""
    former, present = shown.beginning(before.file.name), shown.beginning(picture.file.name)
    if former != present:
        for article in Article.objects.filter(shown_pictures__name=former):
            write_pictures(article)


def _cite(source):
    """Tie the new `source` to the texts that cited it before it was there."""
    mark = f"@{source.key}"
    for article in Article.objects.filter(body__contains=mark).exclude(live=None):
        write_citations(article.html, article=article)
    for theme in Theme.everything.filter(introduction__contains=mark):
        write_citations(theme.introduction_html, theme=theme)


def _in_the_log(row):
    """Return the columns of `row` as plain data, for the audit log."""
    return {field.name: field.value_to_string(row) for field in row._meta.concrete_fields}


def _naming(row):
    """Return the articles that name the author, the source or the series `row`."""
    path = {Author: "authors", Series: "series", Source: "citations__source"}[type(row)]
    return Article.objects.filter(**{path: row})


def _may_show_anywhere(row, before):
    """Whether texts may show what has become of `row`, which was `before` (None: it is new), without a row that says so."""
    if isinstance(row, Theme):
        told = ("name", "slug", "definition")
        return before is None or any(getattr(row, name) != getattr(before, name) for name in told)
    return isinstance(row, Site) or (isinstance(row, Picture) and before is not None)


def _teach(articles):
    """Teach search anew what those of `articles` that readers see, or will see, are found by."""
    for article in articles.filter(withdrawn_at=None).exclude(live=None):
        search.index(article)


def _lead_on(before, row):
    """Bring redirects in line with the row as it is now and was `before` (None: it is new)."""
    if not hasattr(row, "get_absolute_url"):
        return
    path = row.get_absolute_url()
    # The address of a byline or a series is nobody's business before its first article is out.
    hidden = hasattr(row, "articles") and not row.articles.once_public().exists()
    if before and not hidden:
        addresses.move(before.get_absolute_url(), path)
    else:
        addresses.claim(path)


@transaction.atomic
def record_check(source, *, gone, alive, why):
    """Note how the address of `source` answered: a failure counts once a day, an answer clears it, a doubt neither."""
    Edition.take_turn(wide=False)
    now = Source.objects.filter(pk=source.pk, url=source.url).first()
    if now is None:  # somebody gave it another address meanwhile
        return
    was_dead = now.is_dead
    if alive:
        now.failures = 0
    elif gone:
        now.failures = min(now.failures + 1, 99)
    now.checked_at, now.outcome = timezone.now(), why[:60]
    now.save(update_fields=["failures", "checked_at", "outcome"])
    if now.is_dead != was_dead:
        Edition.take_turn()
        forget(_naming(now).values_list("pk", flat=True))
        Edition.touch()


@transaction.atomic
def forget_row(row, *, by):
    """Delete a row that no article refers to."""
    rights.refuse_row(by, row, "delete")
    Edition.take_turn()
    if hasattr(row, "get_absolute_url"):
        addresses.forget(row.get_absolute_url())
    AuditEntry.objects.record(AuditEntry.Act.DELETED, row, by=by, before=_in_the_log(row))
    row.delete()
    if isinstance(row, (Picture, Theme)):
        Edition.rename()
    Edition.touch()


def save_theme(theme, *, by):
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
        linked = linked_by(theme=theme) if theme.pk else set()
        save_row(theme, by=by)
        write_citations(theme.introduction_html, theme=theme)
        write_names(theme.introduction_html, theme=theme)
        forget(linked | linked_by(theme=theme))


@transaction.atomic
def teach_names(theme, *, by):
    """Teach search the names that `theme` goes by now."""
    rights.refuse_row(by, theme, "add", "change")
    Edition.take_turn()
    _teach(Article.objects.filter(article_themes__tag=theme))
    Edition.rename()
    Edition.touch()
