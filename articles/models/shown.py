"""Which pictures readers may have: those of what they see or saw, and no others."""

import re

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.db import models
from django.utils import timezone

from .article import Article
from .picture import Picture
from .theme import Theme

_MENTIONED = re.compile(r"/pictures/(\w{1,100})(?:-\d{1,5})?\.", re.ASCII)
_NAMED = re.compile(r"(\w{1,100})(?:-\d{1,5})?\.(?:jpg|png|webp|avif)", re.ASCII)


class ShownPictureQuerySet(models.QuerySet):
    """Pictures that published texts show."""

    def public(self, at=None):
        """Return those of articles that readers see at the instant `at` (aware; default: now)."""
        return self.filter(article__published_at__lte=at or timezone.now(), article__withdrawn_at=None)


class ShownPicture(models.Model):
    """A picture that some published version of an article shows: its present text or an earlier one; derived from those.

    `name` is what the names of its file and of all its sizes begin with (see `beginning`).
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="shown_pictures")
    name = models.CharField(max_length=100, db_index=True)

    objects = ShownPictureQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "name"], name="picture_once_per_article")]

    def __str__(self):
        return self.name


def beginning(name):
    """Return what the names of a picture's file and of all its sizes begin with, of one of these; "" for any other name."""
    found = _NAMED.fullmatch(name)
    return found[1] if found else ""


def mentioned(body):
    """Return the beginnings of the names of the pictures that the Markdown `body` mentions."""
    return set(_MENTIONED.findall(body))


def shown_by(*versions):
    """Return the beginnings of the names of the pictures that the `versions` (revisions of an article) show."""
    leads = {version.fields.get("lead_picture") for version in versions} - {None}
    files = Picture.objects.filter(pk__in=leads).values_list("file", flat=True) if leads else ()
    return {beginning(file) for file in files}.union(*(mentioned(version.fields["body"]) for version in versions)) - {
        ""
    }


def is_public(name):
    """Return whether readers may have the picture whose names begin with `name`.

    They may when an article they see shows it or showed it in an earlier version, or the introduction of a theme does, or
    a plain page.
    """
    if ShownPicture.objects.filter(name=name).public().exists():
        return True
    address = f"/pictures/{name}"
    themes = Theme.objects.filter(introduction__contains=address, merged_into=None)
    pages = FlatPage.objects.filter(content__contains=address, sites=settings.SITE_ID)
    texts = [*themes.values_list("introduction", flat=True), *pages.values_list("content", flat=True)]
    return any(name in mentioned(text) for text in texts)
