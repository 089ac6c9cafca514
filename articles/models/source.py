"""Cited works, and where they are cited."""

import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import names
from ..text import dates
from .article import Article
from .theme import Theme


class SourceQuerySet(models.QuerySet):
    """Sources; readers see those that something readers see cites."""

    def cited(self, at=None):
        """Return the sources cited by public articles and by introductions of themes."""
        citations = Citation.objects.public(at).filter(source=OuterRef("pk"))
        return self.filter(Exists(citations))

    def due(self, at=None):
        """Return the sources whose addresses should be asked at `at`: weekly, and daily once one has failed."""
        at = at or timezone.now()
        weekly = Q(failures=0, checked_at__lt=at - datetime.timedelta(days=7))
        daily = Q(failures__gt=0, checked_at__lt=at - datetime.timedelta(hours=20))
        rows = self.exclude(url="").filter(Q(checked_at=None) | weekly | daily)
        return rows.order_by(models.F("checked_at").asc(nulls_first=True), "pk")

    def named(self, query):
        """Return the sources that have the words of `query`, each at the beginning of one of theirs."""
        rows = self
        for word in names.words(query):
            rows = rows.filter(folded__contains=f" {word}")
        return rows

    def cited_under(self, theme):
        """Return the sources cited by the introduction of `theme` and by the public articles under it."""
        articles = Article.objects.public().about([theme]).values("pk")
        citations = Citation.objects.filter(Q(theme=theme) | Q(article__in=articles))
        return self.filter(Exists(citations.filter(source=OuterRef("pk"))))


class Source(models.Model):
    """One cited work. Texts cite it by its key, which therefore never changes."""

    class Kind(models.TextChoices):
        """What it is; the values are types of CSL 1.0.2."""

        NEWS = "article-newspaper", _("News report or press article")
        REPORT = "report", _("Report or paper")
        JOURNAL = "article-journal", _("Journal article")
        BOOK = "book", _("Book")
        LAW = "legislation", _("Law")
        TREATY = "treaty", _("Treaty or agreement")
        DATA = "dataset", _("Data")
        SPEECH = "speech", _("Speech or statement")
        WEB = "webpage", _("Web page")

    DEAD = 3  # failures in a row, each on another day

    key = models.CharField(
        _("key"),
        max_length=100,
        unique=True,
        help_text=_("What a text cites it by: [@key]. Small letters, digits and hyphens; it can’t be changed later."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.WEB)
    title = models.CharField(_("title"), max_length=500)
    creators = models.TextField(
        _("authors"), blank=True, help_text=_("One a line: “Family, Given”, or the name of an organisation.")
    )
    publisher = models.CharField(_("publisher"), max_length=200, blank=True, help_text=_("Or newspaper, or journal."))
    date = models.CharField(
        _("date"), max_length=10, blank=True, help_text=_("As exact as it is known: 2019, 2019-07 or 2019-07-12.")
    )
    language = models.CharField(
        _("language"), max_length=8, default="en", help_text=_("Its code, such as en, tr, ru, de.")
    )
    url = models.URLField(_("address"), max_length=1000, blank=True)
    archived_url = models.URLField(
        _("archived copy"), max_length=1000, blank=True, help_text=_("Readers are led there when the address is dead.")
    )
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("What readers should know of it."))
    folded = models.TextField(editable=False, default="")
    checked_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    outcome = models.CharField(max_length=60, blank=True, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["title", "key"]
        constraints = [
            models.CheckConstraint(condition=models.Q(key__length__gt=0), name="source_has_key"),
            models.CheckConstraint(condition=models.Q(title__length__gt=0), name="source_has_title"),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        """Refuse a key that no text could name, a date in no calendar and a language without a code."""
        errors = {}
        self.key = self.key.strip().lower()
        if names.slugify(self.key) != self.key:
            errors["key"] = _("A key has small letters a–z, digits and single hyphens, and not digits alone.")
        if self.date:
            try:
                dates.parse(self.date)
            except ValueError:
                errors["date"] = _("Write 2019, 2019-07 or 2019-07-12.")
        self.language = self.language.strip().lower()
        if not (self.language.replace("-", "").isascii() and self.language.replace("-", "").isalnum()):
            errors["language"] = _("Write the code of a language, such as en, tr or ru.")
        if errors:
            raise ValidationError(errors)

    def fold(self):
        """Fold the words that the source is found by."""
        words = (self.key, self.title, self.creators, self.publisher, self.date[:4])
        self.folded = f" {' '.join(names.words(' '.join(words)))}"

    def save(self, *args, **kwargs):
        """Store the source with the folded words it is found by."""
        self.fold()
        if self.pk and not kwargs.get("update_fields") and not Source.objects.filter(pk=self.pk, url=self.url).exists():
            self.failures, self.checked_at, self.outcome = 0, None, ""  # what was found of another address
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Return the path of the source's page."""
        return f"/sources/{self.key}/"

    @property
    def is_dead(self):
        """Whether its address has failed for days."""
        return self.failures >= self.DEAD

    @property
    def creator_list(self):
        """The names of its authors, "Family, Given" or an organisation."""
        return [line.strip() for line in self.creators.splitlines() if line.strip()]


class CitationQuerySet(models.QuerySet):
    """Citations."""

    def public(self, at=None):
        """Return the citations that readers see at `at`."""
        at = at or timezone.now()
        live = Q(article__published_at__lte=at, article__withdrawn_at=None)
        return self.filter(live | Q(theme__isnull=False, theme__merged_into=None))


class Citation(models.Model):
    """One source in the list of a published article or of a theme's introduction; derived from the text."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="citations")
    theme = models.ForeignKey(Theme, models.CASCADE, null=True, related_name="citations")
    number = models.PositiveSmallIntegerField()

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "source"], name="source_once_per_article"),
            models.UniqueConstraint(fields=["theme", "source"], name="source_once_per_theme"),
            models.CheckConstraint(
                condition=models.Q(article__isnull=True, theme__isnull=False)
                | models.Q(article__isnull=False, theme__isnull=True),
                name="citation_in_one_text",
            ),
        ]

    def __str__(self):
        return f"{self.number}: {self.source_id}"
