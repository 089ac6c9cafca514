"""The only writer of what readers see.

An editor's save makes a `Revision`; `publish` turns a revision into the live row. Every function here is one
transaction, takes the user who acts (`by`, or None for the site itself) and the revision the editor started from
(`based_on`), and refuses with `Conflict` when somebody saved in between. Who has no right to do it is refused with
PermissionDenied (`rights`). Instants are aware datetimes.
"""

from dataclasses import asdict, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import names, search
from ..models import Article, AuditEntry, Edition, Revision, addresses
from . import rights
from .beside import keep_rendered
from .checklist import checks, leads_somewhere, linking_here, refuse_blocked
from .counting import recount, recounted
from .keeping import closed, forget_kept, keep, kept, offers, others, seen
from .merging import Merged, merge_fields
from .origins import LEADING, TAKEN, came_out, former, lead_due, lead_here, lead_to_theme
from .overview import coming, overview
from .pages import store_page
from .rebuilding import rebuild, rebuild_theme, reindex, relink
from .renditions import begin_rendition, forget, showing, store_rendition
from .repeats import repeated
from .rules import (
    Change,
    Fields,
    refuse_bad_change,
    refuse_bad_draft,
    refuse_long,
    refuse_unready,
    rendered_or_refuse,
    rendered_or_typed,
    with_slug,
)
from .sharing import is_over, open_links, revoke, share, shared
from .steps import (
    Conflict,
    advance,
    clear_row,
    date_links,
    set_dates,
    store,
    told_in_the_log,
    write_citations,
    write_events,
    write_kin,
    write_links,
    write_names,
    write_pictures,
    write_row,
)
from .surroundings import forget_row, record_check, save_row, save_theme, teach_names
from .talking import resolve, say, threads
from .themes import merge_preview, merge_themes, naming_without, retag, undo_merge

__all__ = [
    "LEADING",
    "TAKEN",
    "Change",
    "Conflict",
    "Fields",
    "Merged",
    "begin",
    "bring_back",
    "came_out",
    "checks",
    "closed",
    "coming",
    "create",
    "discard",
    "forget_kept",
    "forget_row",
    "former",
    "is_over",
    "keep",
    "keep_rendered",
    "kept",
    "lead_due",
    "lead_here",
    "lead_to_theme",
    "leads_somewhere",
    "linking_here",
    "merge_preview",
    "merge_themes",
    "naming_without",
    "open_links",
    "offers",
    "others",
    "overview",
    "publish",
    "rebuild",
    "rebuild_theme",
    "reindex",
    "record_check",
    "recount",
    "refuse_blocked",
    "relink",
    "rendered_or_refuse",
    "rendered_or_typed",
    "repeated",
    "resolve",
    "restore",
    "retag",
    "revoke",
    "rights",
    "save_draft",
    "save_row",
    "save_theme",
    "say",
    "seen",
    "share",
    "shared",
    "store_page",
    "store_rendition",
    "teach_names",
    "threads",
    "undo_merge",
    "withdraw",
]


MOST_ATTEMPTS = 20

# Saving -------------------------------------------------------------------------------------------------------------


def begin(fields, *, by, form):
    """Return the last revision that the form `form` (a UUID) of `by` saved; the first sets an article going.

    What has been saved stays as it is: `fields` are stored only in a new article's first draft.
    """
    rights.refuse(by, "begin")
    last = saved_last(form, by)
    if last:
        return last
    try:
        return _create(fields, by=by, form=form).working
    except (Conflict, ValidationError) as error:  # the form came twice at once: its slug may be its own twin's
        last = saved_last(form, by)
        if last is None and isinstance(error, ValidationError):
            raise
        return last or _create(fields, by=by, form=None).working  # somebody else's form has this UUID


def create(fields, *, by, form=None):
    """Store a new article with its first draft; return the article.

    `form` is the UUID of the form it was typed into: sent twice, it makes one article, saved twice.
    """
    first = begin(fields, by=by, form=form)
    if form and Fields.of(first) != with_slug(fields, first.article):
        save_draft(first.article, fields, by=by, based_on=first.pk, form=form)
    return first.article


def saved_last(form, by):
    """Return the last revision that the form `form` (a UUID) of `by` saved, or None: what its page may be based on."""
    rows = Revision.objects.numbered().filter(form=form, saved_by=by)
    return rows.select_related("article__working").order_by("-number").first() if form else None


@transaction.atomic
def _create(fields, *, by, form):
    fields = with_slug(fields, article=None)
    article = Article(title=fields.title, slug=fields.slug, language=fields.language, created_by=by)
    refuse_bad_draft(fields, article)
    store(article)
    advance(article, fields, kind=Revision.Kind.DRAFT, based_on=None, by=by, form=form)
    write_names("", fields.body, article=article)
    return article


def save_draft(article, fields, *, by, based_on, kind=Revision.Kind.DRAFT, note="", form=None):
    """Make `fields` the working copy of `article`; readers see no change. Return the working copy, a revision.

    `based_on` is the primary key of the revision the editor opened. When somebody saved since, what they changed in
    other fields and paragraphs is merged in; when both changed the same, Conflict is raised and nothing written.
    `kind` and `note` say what a save means for the review: handed in, sent back, approved.
    Raise ValidationError when the fields can't be stored.
    """
    rights.refuse(by, rights.SAVES[kind], article)
    note = names.clean_line(note)
    refuse_long(note)
    for _attempt in range(MOST_ATTEMPTS):
        try:
            return _save_draft(article, fields, by=by, based_on=based_on, kind=kind, note=note, form=form)
        except Conflict:
            conflict = conflict_of(article, fields, based_on)
        done = repeated(article, fields, by=by, based_on=based_on, form=form, kind=kind, note=note)
        if done:
            return done
        if conflict.merged.clashes:
            break
        fields, based_on = conflict.merged.mine, conflict.working.pk
        same = fields == conflict.merged.theirs == Fields.of(conflict.working)
        if same and (kind == Revision.Kind.DRAFT or (kind, note) == (conflict.working.kind, conflict.working.note)):
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
def _save_draft(article, fields, *, by, based_on, kind=Revision.Kind.DRAFT, note="", form=None):
    fields = with_slug(fields, article)
    refuse_bad_draft(fields, article)
    rights.refuse_fields(by, article, based_on, fields)
    revision = advance(article, fields, kind=kind, note=note, based_on=based_on, by=by, form=form)
    write_names(article.html, fields.body, is_draft=True, article=article)
    if article.published_at is None:
        article.title, article.slug = fields.title, fields.slug
        article.language = fields.language
        store(article, ["title", "slug", "language"])
    return revision


def restore(article, revision, *, by, based_on, field=None):
    """Make an earlier `revision` of `article` its working copy again, as a new revision; return that.

    With `field`, only that one goes back to what it was; fields that aren't theirs to change stay as they are.
    """
    rights.refuse(by, "write", article)
    if revision.article_id != article.pk:
        raise ValidationError(_("That revision belongs to another article."))
    fields, now = Fields.of(revision), Fields.of(article.working)
    if field is None:
        fields = replace(fields, **{name: getattr(now, name) for name in rights.held(by, article)})
    elif field not in asdict(fields):
        raise ValidationError(_("There is no such field."))
    else:
        fields = replace(now, **{field: getattr(fields, field)})
    return _save_draft(article, fields, by=by, based_on=based_on)


@transaction.atomic
def discard(article, *, by):
    """Put a draft that readers never saw out of everybody's way; `bring_back` undoes it."""
    rights.refuse(by, "delete")
    drafts = Article.objects.filter(pk=article.pk, published_at=None)
    if drafts.filter(deleted_at=None).update(deleted_at=timezone.now()):
        AuditEntry.objects.record(AuditEntry.Act.DELETED, article, by=by)
    elif not drafts.exists():  # published in the last instant, perhaps
        raise ValidationError(_("What readers saw is withdrawn, not deleted."))


@transaction.atomic
def bring_back(article, *, by):
    """Put a deleted draft back among the others."""
    rights.refuse(by, "delete")
    if Article.objects.filter(pk=article.pk).exclude(deleted_at=None).update(deleted_at=None):
        AuditEntry.objects.record(AuditEntry.Act.BROUGHT_BACK, article, by=by)


# Publishing ---------------------------------------------------------------------------------------------------------


def publish(article, fields, *, by, based_on, at=None, change=Change.NEW, note="", dated=None, form=None):
    """Show readers `fields` from the instant `at` (default: now); return the published revision.

    A first publication (or one after a withdrawal) is `new` and may lie in the future. A live article is changed at
    once, as a typo, an update or a correction; the last two need a `note` that says why and move `updated_at`.
    `dated` is the past date of something first published elsewhere, which what was brought in knows itself; `form` the UUID
    of the form it was sent from. Sent twice, it is published once.
    Raise ValidationError for what is missing or contradicts this, Conflict when somebody saved since `based_on`: what
    readers will see is never merged unseen.
    """
    rights.refuse(by, "publish", article)
    note = names.clean_line(note)
    said = {"change": change, "note": note}
    if based_on != article.working_id:
        conflict = conflict_of(article, fields, based_on)
        kind = Revision.Kind.PUBLISHED
        done = repeated(article, fields, by=by, based_on=based_on, form=form, kind=kind, **said)
        if done:
            return done
        if not (conflict.is_with(by, form) and conflict.merged.mine == Fields.of(conflict.working)):
            raise conflict
        based_on = conflict.working.pk  # their own page has saved just this, and was never answered
    fields = with_slug(fields, article)
    refuse_bad_draft(fields, article)
    refuse_unready(fields, article)
    rendered = rendered_or_refuse(fields.body)  # before the transaction: it may take seconds,
    now = timezone.now()  # in which a scheduled article may have come out
    refuse_bad_change(article, change, note, at, now)
    try:
        return _publish(article, fields, rendered, by, based_on, at, change, note, dated, now, form)
    except Conflict:  # saved or deleted by somebody in the last instant
        article.refresh_from_db()
        return publish(article, fields, by=by, based_on=based_on, at=at, dated=dated, form=form, **said)


@transaction.atomic
def _publish(article, fields, rendered, by, based_on, at, change, note, dated, now, form):
    """Write the publication; everything has been checked."""
    was_live = article.is_public(now)
    Edition.take_turn(wide=False)
    revision = advance(
        article,
        fields,
        kind=Revision.Kind.PUBLISHED,
        based_on=based_on,
        by=by,
        change=change,
        note=note,
        at=now,
        form=form,
    )
    before = told_in_the_log(article)
    old_path = article.get_absolute_url() if article.published_at and article.published_at <= now else None
    begin_rendition(article)
    if article.published_at is not None:  # what readers never saw is shown nowhere yet
        forget(*showing(article))
    write_row(article, fields, rendered, revision)
    set_dates(article, was_live=was_live, change=change, at=at or dated or came_out(article, now), now=now)
    with recounted([article.pk]):
        store(article)
        write_links(article, fields)
    write_citations(article.html, article=article)
    write_names(article.html, article=article)
    write_pictures(article)
    write_events(article)
    if old_path:
        addresses.move(old_path, article.get_absolute_url())
    if change == Change.NEW:
        lead_here(article)
    search.index(article)
    write_kin(article, fields)
    forget(*showing(article))
    if article.is_public():  # by now: its hour may have come while this waited for its turn
        Edition.touch()
    told = {**told_in_the_log(article), "change": change, "note": note}
    AuditEntry.objects.record(AuditEntry.Act.PUBLISHED, article, by=by, before=before, after=told)
    return revision


def withdraw(article, *, by, based_on, note, fields=None, form=None):
    """Take `article` from readers, who find `note` in its place; a scheduled one becomes a draft again.

    `fields` becomes the working copy (default: it stays). Raise Conflict when somebody saved since `based_on`.
    """
    rights.refuse(by, "publish", article)
    now = timezone.now()
    note = names.clean_line(note)
    is_out = article.status(now) in {Article.Status.PUBLISHED, Article.Status.SCHEDULED}
    typed = with_slug(fields or Fields.of(article.working), article)
    if based_on != article.working_id:
        if not is_out and repeated(article, typed, by=by, based_on=based_on, form=form, note=note):
            return
        raise conflict_of(article, typed, based_on)
    if not is_out:
        raise ValidationError(_("Only a published or scheduled article can be withdrawn."))
    was_live = article.is_public(now)
    if was_live and not note:
        raise ValidationError({"note": _("Say why: readers who follow a link to the article will see it.")})
    refuse_long(note)
    if not was_live:  # the row becomes that of a draft
        refuse_bad_draft(typed, article)
    try:
        _withdraw(article, typed, by, based_on, note, now, was_live, form)
    except Conflict:
        article.refresh_from_db()
        withdraw(article, by=by, based_on=based_on, note=note, fields=fields, form=form)


@transaction.atomic
def _withdraw(article, fields, by, based_on, note, now, was_live, form):
    """Write the withdrawal; everything has been checked."""
    Edition.take_turn(wide=False)
    before = told_in_the_log(article)
    kind = Revision.Kind.WITHDRAWN if was_live else Revision.Kind.DRAFT
    advance(article, fields, kind=kind, based_on=based_on, by=by, note=note, at=now, form=form)
    forget(*showing(article))
    with recounted([article.pk]):
        if article.is_public():  # one whose hour came while this waited is a draft again all the same
            Edition.touch()
        if was_live:
            article.withdrawn_at, article.withdrawn_note = now, note
        else:
            clear_row(article)
        store(article)
        date_links(article)
    search.forget(article)
    after = {**told_in_the_log(article), "note": note}
    AuditEntry.objects.record(AuditEntry.Act.WITHDRAWN, article, by=by, before=before, after=after)
