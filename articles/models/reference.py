"""What articles refer to: bylines and series."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .addresses import give_slug


class Author(models.Model):
    """A byline; tied to a user when its owner writes at the desk."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, blank=True)
    about = models.TextField(_("about"), blank=True, help_text=_("A sentence or two, plain text."))
    is_group = models.BooleanField(
        _("stands for several people"), default=False, help_text=_("Such as “The editors”; search engines are told so.")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="byline",
        verbose_name=_("user"),
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=models.Q(slug__length__gt=0), name="author_has_slug")]

    def __str__(self):
        return self.name

    def clean(self):
        """Give the byline a slug when it has none, before the form checks that it has one."""
        give_slug(self, self.name)

    def save(self, *args, **kwargs):
        """Store the byline, with a slug when it has none."""
        give_slug(self, self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Return the path of the author's page."""
        return f"/authors/{self.slug}/"


class Series(models.Model):
    """An ordered run of articles."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, blank=True)
    summary = models.TextField(_("summary"), blank=True, help_text=_("A sentence or two, plain text."))

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["title"]
        constraints = [models.CheckConstraint(condition=models.Q(slug__length__gt=0), name="series_has_slug")]

    def __str__(self):
        return self.title

    def clean(self):
        """Give the series a slug when it has none, before the form checks that it has one."""
        give_slug(self, self.title)

    def save(self, *args, **kwargs):
        """Store the series, with a slug when it has none."""
        give_slug(self, self.title)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Return the path of the series' page."""
        return f"/series/{self.slug}/"
