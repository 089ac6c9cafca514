"""What editors are typing, kept aside: it touches neither the working copy nor what readers see."""

from dataclasses import asdict
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..models import OpenForm, Revision
from . import rights
from .rules import Fields

GONE = timedelta(seconds=50)  # a form on a screen says so three times in that


def keep(article, fields, *, by, based_on, form):
    """Keep `fields` as what `by` has in the form `form` (a UUID) just now, in place of what was kept of it before.

    `based_on` is the key of the revision the form was opened with. Return the revision, which has no number.
    """
    rights.refuse(by, "write", article)
    values = {
        "article": article,
        "kind": Revision.Kind.AUTOSAVE,
        "fields": asdict(fields),
        "form": form,
        "based_on_id": based_on if article.revisions.filter(pk=based_on).exists() else None,
        "saved_at": timezone.now(),
        "saved_by": by,
    }
    try:
        with transaction.atomic():
            forget_kept(by=by, form=form)
            return Revision.objects.create(**values)
    except IntegrityError:  # the same form, kept at the same moment by another request of its page
        return Revision.objects.kept_for(by).get(form=form)


def forget_kept(*, by, form):
    """Drop what was kept of one form, which its editor has saved or thrown away."""
    Revision.objects.kept_for(by).filter(form=form).drop()


def kept(article, by):
    """Return what `by` has typed into forms of `article` and not saved, newest first, as revisions that offer something."""
    rows = article.revisions.kept_for(by).select_related("article__working", "based_on").order_by("-saved_at")
    return [revision for revision in rows if offers(revision)]


def offers(revision):
    """Whether what was kept as `revision` is neither the working copy, nor what it was based on, nor what its form saved.

    A browser that is killed behind a save may remember the form as it was before.
    """
    saved = revision.article.revisions.numbered().filter(form=revision.form, saved_by=revision.saved_by)
    known = filter(None, (revision.article.working, revision.based_on, *saved))
    return Fields.of(revision) not in map(Fields.of, known)


def seen(article, *, by, form):
    """Note that `by` has the form `form` (a UUID) of `article` on the screen; return the others who have one, as users."""
    rights.refuse(by, "write", article)
    now = timezone.now()
    OpenForm.objects.filter(seen_at__lt=now - GONE).delete()
    OpenForm.objects.update_or_create(form=form, defaults={"article": article, "user": by, "seen_at": now})
    return others(article, by)


def others(article, by):
    """Return the users but `by` who have a form of `article` on the screen, by name."""
    forms = article.open_forms.filter(seen_at__gte=timezone.now() - GONE).exclude(user=by).select_related("user")
    return sorted({form.user for form in forms}, key=str)


def closed(*, by, form):
    """Note that `by` has the form on the screen no more."""
    OpenForm.objects.filter(form=form, user=by).delete()
