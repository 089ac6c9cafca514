"""The only writer of what readers see.

An editor's save makes a `Revision`; `publish` turns a revision into the live row. Every function here is one
transaction, takes the user who acts (`by`, or None for the site itself) and the revision the editor started from
(`based_on`), and refuses with `Conflict` when somebody saved in between. Instants are aware datetimes.
"""

from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import names, search
from ..models import Article, ArticleAuthor, ArticleTheme, Author, Edition, Picture, Revision, Series, Theme, addresses
from .keeping import closed, forget_kept, keep, kept, others, seen
from .merging import merge_fields
from .rebuilding import rebuild, rebuild_theme
from .rules import (
    Change,
    Fields,
    refuse_bad_change,
    refuse_bad_draft,
    refuse_long,
    refuse_unready,
    rendered_or_refuse,
    with_slug,
)
from .surroundings import forget_row, save_page, save_row, save_theme, teach_names

__all__ = [
    "Change",
    "Conflict",
    "Fields",
    "closed",
    "create",
    "forget_kept",
    "forget_row",
    "keep",
    "kept",
    "others",
    "publish",
    "rebuild",
    "rebuild_theme",
    "rendered_or_refuse",
    "restore",
    "save_draft",
    "save_page",
    "save_row",
    "save_theme",
    "seen",
    "teach_names",
    "withdraw",
]


class Conflict(Exception):
    """Somebody else saved the article since the revision this save is based on; nothing was written.

    `working` is the revision they saved, `merged` (a `merging.Merged`) what would come of both.
    """

    def __init__(self, working=None, merged=None):
        super().__init__()
        self.working, self.merged = working, merged


MOST_ATTEMPTS = 20

# Saving -------------------------------------------------------------------------------------------------------------


def create(fields, *, by, form=None):
    """Store a new article with its first draft; return the article.

    `form` is the UUID of the form it was typed into: sent twice, it makes one article, saved twice.
    """
    first = _first_of(form)
    if first is None:
        try:
            return _create(fields, by=by, form=form)
        except Conflict:
            first = _first_of(form)
            if first is None:
                raise
    save_draft(first.article, fields, by=by, based_on=first.pk)
    return first.article


def _first_of(form):
    """Return the first revision of the article that the form `form` made, or None."""
    return Revision.objects.select_related("article").filter(form=form, number=1).first() if form else None


@transaction.atomic
def _create(fields, *, by, form):
    fields = with_slug(fields, article=None)
    article = Article(title=fields.title, slug=fields.slug, language=fields.language, created_by=by)
    refuse_bad_draft(fields, article)
    _store(article)
    _advance(article, fields, kind=Revision.Kind.DRAFT, based_on=None, by=by, form=form)
    return article


def save_draft(article, fields, *, by, based_on):
    """Make `fields` the working copy of `article`; readers see no change. Return the working copy, a revision.

    `based_on` is the primary key of the revision the editor opened. When somebody saved since, what they changed in
    other fields and paragraphs is merged in; when both changed the same, Conflict is raised and nothing written.
    Raise ValidationError when the fields can't be stored.
    """
    for _attempt in range(MOST_ATTEMPTS):
        try:
            return _save_draft(article, fields, by=by, based_on=based_on)
        except Conflict:
            conflict = conflict_of(article, fields, based_on)
        if conflict.merged.clashes:
            break
        fields, based_on = conflict.merged.mine, conflict.working.pk
        if fields == conflict.merged.theirs == Fields.of(conflict.working):
            return conflict.working  # all of it is there already: a form sent twice
    raise conflict


def conflict_of(article, fields, based_on):
    """Return the `Conflict` between `fields`, typed into a form that began with `based_on`, and the working copy now."""
    article.refresh_from_db()
    working = Revision.objects.select_related("saved_by").get(pk=article.working_id)
    base = article.revisions.numbered().filter(pk=based_on).first()
    began = Fields.of(base) if base else Fields(title="")
    return Conflict(working, merge_fields(began, with_slug(fields, article), Fields.of(working)))


@transaction.atomic
def _save_draft(article, fields, *, by, based_on):
    fields = with_slug(fields, article)
    refuse_bad_draft(fields, article)
    revision = _advance(article, fields, kind=Revision.Kind.DRAFT, based_on=based_on, by=by)
    if article.published_at is None:
        article.title, article.slug = fields.title, fields.slug
        article.language = fields.language
        _store(article, ["title", "slug", "language"])
    return revision


def restore(article, revision, *, by, based_on):
    """Make an earlier `revision` of `article` its working copy again, as a new revision; return that."""
    if revision.article_id != article.pk:
        raise ValidationError(_("That revision belongs to another article."))
    return _save_draft(article, Fields.of(revision), by=by, based_on=based_on)


# Publishing ---------------------------------------------------------------------------------------------------------


def publish(article, fields, *, by, based_on, at=None, change=Change.NEW, note="", dated=None):
    """Show readers `fields` from the instant `at` (default: now); return the published revision.

    A first publication (or one after a withdrawal) is `new` and may lie in the future. A live article is changed at
    once, as a typo, an update or a correction; the last two need a `note` that says why and move `updated_at`.
    `dated` is the past date of something first published elsewhere, for imports.
    Raise ValidationError for what is missing or contradicts this, Conflict when somebody saved since `based_on`: what
    readers will see is never merged unseen.
    """
    note = names.clean_line(note)
    if based_on != article.working_id:
        conflict = conflict_of(article, fields, based_on)
        if _is_repeat(conflict, by, change, note):
            return conflict.working
        raise conflict
    fields = with_slug(fields, article)
    refuse_bad_draft(fields, article)
    refuse_unready(fields)
    rendered = rendered_or_refuse(fields.body)  # before the transaction: it may take seconds,
    now = timezone.now()  # in which a scheduled article may have come out
    was_live = article.is_public(now)
    refuse_bad_change(article, change, note, at, now)

    with transaction.atomic():
        Edition.take_turn()
        revision = _advance(
            article,
            fields,
            kind=Revision.Kind.PUBLISHED,
            based_on=based_on,
            by=by,
            change=change,
            note=note,
            at=now,
        )
        old_path = article.get_absolute_url() if article.published_at and article.published_at <= now else None
        _write_row(article, fields, rendered, revision)
        _set_dates(article, was_live=was_live, change=change, at=at or dated, now=now)
        _store(article)
        _write_links(article, fields)
        if old_path:
            addresses.move(old_path, article.get_absolute_url())
        search.index(article)
        if article.is_public(now):
            Edition.touch()
    return revision


def _is_repeat(conflict, by, change, note):
    """Whether what is being published is published already, by the same form sent a moment before."""
    working, merged = conflict.working, conflict.merged
    told = (working.kind, working.change, working.note, working.saved_by)
    same = merged.mine == merged.theirs == Fields.of(working)
    return same and told == (Revision.Kind.PUBLISHED, change, note, by)


def withdraw(article, *, by, based_on, note):
    """Take `article` from readers, who find `note` in its place; a scheduled one becomes a draft again."""
    now = timezone.now()
    note = names.clean_line(note)
    if article.status(now) not in {Article.Status.PUBLISHED, Article.Status.SCHEDULED}:
        raise ValidationError(_("Only a published or scheduled article can be withdrawn."))
    was_live = article.is_public(now)
    if was_live and not note:
        raise ValidationError({"note": _("Say why: readers who follow a link to the article will see it.")})
    refuse_long(note)
    with transaction.atomic():
        Edition.take_turn()
        kind = Revision.Kind.WITHDRAWN if was_live else Revision.Kind.DRAFT
        _advance(article, Fields.of(article.working), kind=kind, based_on=based_on, by=by, note=note, at=now)
        if was_live:
            article.withdrawn_at, article.withdrawn_note = now, note
            Edition.touch()
        else:
            _clear_row(article)
        article.save()
        _date_links(article)
        search.forget(article)


# The steps ----------------------------------------------------------------------------------------------------------


def _advance(article, fields, *, kind, based_on, by, change="", note="", at=None, form=None):
    """Store a revision and make it the working copy, if `based_on` still is; return it.

    The conditional UPDATE is the lock, on SQLite and PostgreSQL alike.
    """
    number = (article.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            revision = Revision.objects.create(
                article=article,
                number=number,
                kind=kind,
                change=change,
                note=note,
                fields=asdict(fields),
                based_on_id=based_on,
                form=form,
                saved_at=at or timezone.now(),
                saved_by=by,
            )
    except IntegrityError as error:
        raise Conflict from error
    if not Article.objects.filter(pk=article.pk, working=based_on).update(working=revision):
        raise Conflict
    article.working = revision
    return revision


def _store(article, columns=None):
    """Store the row; raise ValidationError when somebody took its slug in the last instant."""
    try:
        with transaction.atomic():
            article.save(update_fields=columns)
    except IntegrityError as error:
        raise ValidationError({"slug": _("This slug has just been taken by another article.")}) from error


def _write_row(article, fields, rendered, revision):
    """Put what readers see of `fields` on the row."""
    for name in ("title", "slug", "summary", "body", "language", "series_order"):
        setattr(article, name, getattr(fields, name))
    article.series = Series.objects.filter(pk=fields.series).first()
    article.lead_picture = Picture.objects.filter(pk=fields.lead_picture).first()
    article.html, article.contents, article.words = rendered.html, rendered.contents, rendered.words
    article.live = revision


def _clear_row(article):
    """Bring the row of an article that readers never saw back to that of a draft."""
    article.published_at = article.live = article.series = article.lead_picture = None
    article.title, article.slug = article.working.fields["title"], article.working.fields["slug"]
    article.summary = article.body = article.html = ""
    article.contents, article.words = [], 0
    article.themes.clear()
    article.bylines.all().delete()


def _set_dates(article, *, was_live, change, at, now):
    """Set the dates that a publication moves; the first one of a public article stays for ever."""
    if not was_live and article.withdrawn_at is None:
        article.published_at = at or now
    if article.withdrawn_at is not None:
        article.withdrawn_at, article.withdrawn_note = None, ""
        article.updated_at = now
    if change in {Change.UPDATE, Change.CORRECTION}:
        article.updated_at = now


def _write_links(article, fields):
    """Bring themes and bylines to those of `fields`."""
    themes = list(Theme.objects.filter(pk__in=fields.themes))
    authors = Author.objects.in_bulk(fields.authors)
    if not themes or not authors:
        raise ValidationError(_("A theme or an author chosen here has been deleted: choose again."))
    article.themes.set(themes)
    _date_links(article)
    article.bylines.all().delete()
    ArticleAuthor.objects.bulk_create(
        ArticleAuthor(article=article, author=authors[pk], place=place)
        for place, pk in enumerate(fields.authors)
        if pk in authors
    )


def _date_links(article):
    """Give the article's themes its dates."""
    ArticleTheme.objects.filter(content_object=article).update(
        published_at=article.published_at, withdrawn_at=article.withdrawn_at
    )
