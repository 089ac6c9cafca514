"""What publishing owes to where a text came from: its date there, and the addresses that readers knew."""

import re
from urllib.parse import unquote

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.db import transaction
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..middleware import NUMBERED
from ..models import Article, Imported, addresses
from . import rights
from .checklist import SECTIONS

MOST = 100  # former addresses of a text
# What the table of redirects and its form take, and `middleware.OldAddresses` leads on; spaces are those of categories.
PATH = re.compile(rf"(?=.{{1,200}}\Z)/(?:[^\\\s\x00-\x1f\x7f?#]|(?<=[^/\s]) (?=\S))*(?:\?{NUMBERED})?")
TAKEN = gettext_lazy("Something else answers at its former address %s.")
LEADING = gettext_lazy("Its former address %(old)s leads to %(new)s already.")


def came_out(article, now=None):
    """Return when `article`, if it was brought in and readers never saw it here, was published elsewhere, or None.

    What was to come out there after `now` (an aware datetime; default: this instant) was not.
    """
    now = now or timezone.now()
    if article.published_at and article.published_at <= now:
        return None
    dates = Imported.objects.filter(article=article).values_list("published_at", flat=True)
    return next((date for date in dates if date and date <= now), None)


@transaction.atomic
def lead_here(row):
    """Let the addresses that the article or page `row` had where it came from lead to it, once readers see it.

    Where something else answers, or leads elsewhere, they don't.
    """
    is_article = isinstance(row, Article)
    if not (row.is_public() if is_article else row.sites.filter(pk=settings.SITE_ID).exists()):
        return  # nobody is to learn of it
    waiting = Imported.objects.filter(**{"article" if is_article else "page": row}).exclude(old_paths=[])
    for paths in waiting.values_list("old_paths", flat=True):
        for path, problem in former(paths, row.get_absolute_url()):
            if not problem:
                addresses.move(path, row.get_absolute_url())
        waiting.update(old_paths=[])


@transaction.atomic
def lead_to_theme(theme, paths, *, by):
    """Let `paths`, at which readers had the page of `theme` where it came from, lead to it; `by` is who brings it in.

    Where something else answers, or leads elsewhere, they don't. Raise PermissionDenied.
    """
    rights.refuse(by, "import")
    for path, problem in former(paths, theme.get_absolute_url()):
        if not problem:
            addresses.move(path, theme.get_absolute_url())


def lead_due():
    """Let those addresses lead on whose articles have come out since by themselves, or whose pages since by hand."""
    out = Q(article__in=Article.objects.public()) | Q(page__sites=settings.SITE_ID)
    for row in Imported.objects.exclude(old_paths=[]).filter(out).select_related("article", "page"):
        lead_here(row.article or row.page)


def former(paths, present):
    """Yield (path as it is looked up, what keeps it from leading to the path `present`, in words, or "") of `paths`.

    Those that lead there already, or are that, are left out.
    """
    for path in dict.fromkeys(unquote(path).partition("#")[0] for path in paths[:MOST]):
        if not PATH.fullmatch(path):
            words = _("This is no address that can lead on from here: %s")
            if "?" in path:
                words = _("An address that is told by its parameters can’t lead on from here: %s")
            yield path, words % path[:200]
        elif path == present:
            continue
        elif path[:2] != "/?" and answers(path.partition("?")[0]):
            yield path, TAKEN % path
        else:
            row = Redirect.objects.filter(site=settings.SITE_ID, old_path=path).first()
            if row is None:
                yield path, ""
            elif row.new_path != present:
                yield path, LEADING % {"old": path, "new": row.new_path}


def answers(path):
    """Whether something of the site is at `path`, or will be once it is out."""
    if path.startswith(settings.STATIC_URL):
        return True
    try:
        view = resolve(path)
    except Resolver404:
        return False
    if view.url_name == "plain-page":
        return FlatPage.objects.filter(url=path).exists()
    slug = view.kwargs.get("slug") or view.kwargs.get("slugs")
    model = SECTIONS.get(path.split("/")[1])
    return model is None or not slug or model.objects.filter(slug=slug).exists()
