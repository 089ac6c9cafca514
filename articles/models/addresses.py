"""Addresses answer for ever: which row holds a slug, and where a former address leads now."""

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .. import names


def holder(model, slug):
    """Return the row of `model` that answers at `slug`, be it its present or a former one; None when it is free."""
    row = model.objects.filter(slug=slug).first()
    if row:
        return row
    moved = Redirect.objects.filter(site=settings.SITE_ID, old_path=model(slug=slug).get_absolute_url()).first()
    return model.objects.filter(slug=moved.new_path.strip("/").rpartition("/")[2]).first() if moved else None


def give_slug(row, text):
    """Give `row` a slug made from `text` that no other row holds or held, unless it has one."""
    if not row.slug:
        row.slug = names.free_slug(text, lambda slug: holder(type(row), slug) not in (None, row))


def refuse_slug(row, slug):
    """Raise ValidationError unless `row` may have the `slug`: well formed, held by no other row now or before."""
    if names.slugify(slug) != slug:
        raise ValidationError(_("A slug has small letters a–z, digits and single hyphens, and not digits alone."))
    other = holder(type(row), slug)
    if other and other != row:
        raise ValidationError(_("This address is or was that of “%s”, and goes on leading there.") % other)


def claim(path):
    """Let `path` lead nowhere else: a new row answers there."""
    Redirect.objects.filter(site=settings.SITE_ID, old_path=path).delete()


def forget(path):
    """Drop what leads to `path`, where nothing answers any more."""
    Redirect.objects.filter(site=settings.SITE_ID, new_path=path).delete()


def move(old_path, new_path):
    """Let `old_path` and all that led to it lead to `new_path` in one step."""
    if old_path == new_path:
        return
    redirects = Redirect.objects.filter(site=settings.SITE_ID)
    claim(new_path)
    redirects.filter(new_path=old_path).update(new_path=new_path)
    redirects.update_or_create(site_id=settings.SITE_ID, old_path=old_path, defaults={"new_path": new_path})
