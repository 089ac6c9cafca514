"""Dated events, gathered from the timelines of published articles."""

import datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from ..text import dates
from .article import Article, ArticleTheme
from .tally import EVERYTHING, Facet, Kind

FEW = 1_000  # articles


class EventQuerySet(models.QuerySet):
    """Events."""

    def public(self, at=None):
        """Return the events that readers see at `at`, the earliest first."""
        live = {"article__published_at__lte": at or timezone.now(), "article__withdrawn_at": None}
        return self.filter(**live).with_articles()

    def with_articles(self):
        """Return the events with their articles, without the texts of these."""
        texts = ("article__body", "article__html", "article__contents")
        return self.select_related("article").defer(*texts)

    def about(self, theme):
        """Return the events in articles under `theme`."""
        return self.filter(Exists(ArticleTheme.objects.filter(content_object=OuterRef("article"), tag=theme)))

    def newest_about(self, theme, counts):
        """Return the events in articles under `theme` that readers see at the instant of the `Counts`, the latest first.

        Those of a theme with few articles are looked for by these, those of another by date: either finds some soon.
        """
        order = ("-starts", "-ends", "-article_id", "-number")
        if counts.both(EVERYTHING, Facet(Kind.THEME.value, theme.pk)) > FEW:
            return self.public(counts.at).about(theme).order_by(*order)
        links = ArticleTheme.objects.public(counts.at).filter(tag=theme)
        return self.with_articles().filter(article__in=links.values("content_object")).order_by(*order)

    def between(self, first=None, last=None):
        """Return the events that touch the years from `first` to `last` (None: open)."""
        rows = self
        if first:
            rows = rows.filter(ends__gte=datetime.date(first, 1, 1))
        if last:
            rows = rows.filter(starts__lte=datetime.date(last, 12, 31))
        return rows


class Event(models.Model):
    """One event of an article's timeline; derived from the text when it is published, never edited.

    `date` and `until` ("" when it has one date) are as exact as they were written; `starts` and `ends` are the first
    and the last day that they cover.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="events")
    number = models.PositiveSmallIntegerField()
    date = models.CharField(max_length=10)
    until = models.CharField(max_length=10, blank=True)
    starts = models.DateField()
    ends = models.DateField()
    html = models.TextField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["starts", "ends", "article_id", "number"]
        indexes = [models.Index(fields=["starts", "ends"], name="event_by_date")]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="event_once_per_article")]

    def __str__(self):
        return f"{self.date}: {self.article_id}.{self.number}"

    @classmethod
    def of(cls, article, event):
        """Return the row, not stored, of a `text.timelines.Event` in `article`."""
        return cls(
            article=article,
            number=event.number,
            date=event.date,
            until=event.until,
            starts=dates.first_day(*dates.parse(event.date)),
            ends=dates.last_day(*dates.parse(event.until or event.date)),
            html=event.html,
        )

    def get_absolute_url(self):
        """Return where in its article it stands."""
        return f"{self.article.get_absolute_url()}#event-{self.number}"
