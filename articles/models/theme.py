"""Themes and their names."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _
from taggit.models import TagBase

from .. import names
from . import addresses

models.CharField.register_lookup(Length)
models.TextField.register_lookup(Length)

LONGEST_FOLDED = 400  # one letter may become four: щ is shch


class ThemeQuerySet(models.QuerySet):
    """Themes, found by whatever name they go by."""

    def called(self, text):
        """Return the theme that goes by the name `text` in any spelling, or None."""
        return self.filter(names__folded=names.fold(text)).first()


class ThemeManager(models.Manager.from_queryset(ThemeQuerySet)):
    """The themes there are, without those that were merged into others."""

    def get_queryset(self):
        """Return them."""
        return super().get_queryset().filter(merged_into=None)


class Theme(TagBase):
    """A theme: a tag with a definition, other names and an introduction.

    taggit's own tag stays uninstalled; `save()` keeps the theme's name among its `names`, so that one unique
    index covers names and aliases of all themes alike.
    """

    definition = models.CharField(
        _("definition"), max_length=300, blank=True, help_text=_("One sentence that says what the theme is.")
    )
    introduction = models.TextField(_("introduction"), blank=True, help_text=_("Markdown; shown on the theme's page."))
    introduction_html = models.TextField(editable=False, blank=True)
    place = models.PositiveSmallIntegerField(
        _("place on the front page"),
        null=True,
        blank=True,
        help_text=_("1 comes first; empty keeps it off the front page."),
    )

    merged_into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="merged")

    objects = ThemeManager()
    everything = models.Manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(name__length__gt=0), name="theme_has_name"),
            models.CheckConstraint(condition=models.Q(slug__length__gt=0), name="theme_has_slug"),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse a name that folds to nothing or is another theme's name or alias; give a slug when there is none."""
        self.name = names.clean_line(self.name)
        ThemeName.refuse_taken(self.name, theme=self, field="name")
        addresses.give_slug(self, self.name)

    def save(self, *args, **kwargs):
        """Store the theme, with a slug when it has none, and its name among its names."""
        addresses.give_slug(self, self.name)
        with transaction.atomic():
            models.Model.save(self, *args, **kwargs)  # past TagBase, whose slugs lose ı and Cyrillic
            ThemeName.objects.filter(theme=self, folded=names.fold(self.name), is_alias=True).delete()
            ThemeName.objects.update_or_create(theme=self, is_alias=False, defaults={"name": self.name})

    @classmethod
    def standing_for(cls, keys):
        """Return `keys` of themes with each merged one replaced by what it was merged into, each once, in order."""
        into = dict(cls.everything.exclude(merged_into=None).values_list("pk", "merged_into"))
        present = []
        for key in keys:
            while key in into:
                key = into[key]
            present.append(key)
        return tuple(dict.fromkeys(present))

    def get_absolute_url(self):
        """Return the path of the theme's hub."""
        return f"/themes/{self.slug}/"

    def aliases(self):
        """Return the theme's other names, from what was prefetched when it was."""
        return [name for name in self.names.all() if name.is_alias]


class ThemeName(models.Model):
    """One name of a theme: its own, or an alias with the language it is used in."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=100)
    folded = models.CharField(max_length=LONGEST_FOLDED, unique=True, editable=False)
    language = models.CharField(
        _("language"),
        max_length=2,
        default="en",
        choices=[("en", "English"), ("tr", "Türkçe"), ("ru", "Русский")],
    )
    is_alias = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        ordering = ["language", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["theme"], condition=models.Q(is_alias=False), name="theme_has_one_own_name"
            ),
            models.CheckConstraint(condition=models.Q(folded__length__gt=0), name="theme_name_not_empty"),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def refuse_taken(cls, text, *, theme, field):
        """Raise ValidationError on `field` unless `text` is a name that no theme but `theme` goes by."""
        folded = names.fold(text)
        if not folded:
            raise ValidationError({field: _("A name needs at least one letter or digit.")})
        if len(folded) > LONGEST_FOLDED:
            raise ValidationError({field: _("This name is too long.")})
        taken = cls.objects.filter(folded=folded).exclude(theme=theme.pk).select_related("theme").first()
        if taken:
            raise ValidationError(
                {
                    field: _("“%(text)s” is already a name of the theme %(theme)s.")
                    % {"text": text, "theme": taken.theme}
                }
            )

    def clean(self):
        """Refuse an alias that folds to nothing or that any theme has already."""
        self.name = names.clean_line(self.name)
        if getattr(self, "theme", None) is None:  # a form that names none is refused for that
            return
        self.refuse_taken(self.name, theme=self.theme, field="name")
        if self.theme.pk and self.is_alias and names.fold(self.name) == names.fold(self.theme.name):
            raise ValidationError({"name": _("This is the theme's own name.")})

    def save(self, *args, **kwargs):
        """Store the name with its folded form."""
        self.folded = names.fold(self.name)
        if "update_fields" in kwargs and kwargs["update_fields"] is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "folded"}
        super().save(*args, **kwargs)


class ThemeMerge(models.Model):
    """One theme merged into another, with what it takes to undo that."""

    source = models.ForeignKey(Theme, models.CASCADE, related_name="+")
    target = models.ForeignKey(Theme, models.CASCADE, related_name="merges")
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    record = models.JSONField()

    def __str__(self):
        return self.record["name"]
