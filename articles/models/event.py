"""Dated events, gathered from the timelines of published articles."""

import datetime

from django.db import models

from ..text import dates
from .article import Article, PublicQuerySet
from .theme import Theme

EARLIEST = ("starts", "ends", "article_id", "number")
LATEST = tuple(f"-{name}" for name in EARLIEST)


class DatedQuerySet(PublicQuerySet):
    """Events, or their places under themes, each with its days and with the dates of its article."""

    def between(self, first=None, last=None):
        """Return the events that touch the years from `first` to `last` (None: open)."""
        rows = self
        if first:
            rows = rows.filter(ends__gte=datetime.date(first, 1, 1))
        if last:
            rows = rows.filter(starts__lte=datetime.date(last, 12, 31))
        return rows


class EventQuerySet(DatedQuerySet):
    """Events."""

    def with_articles(self):
        """Return the events with what is printed of their articles."""
        names = ("slug", "title", "language", "uid", "published_at", "updated_at")
        own = ("number", "date", "until", "starts", "ends", "html")
        return self.select_related("article").only(*own, *(f"article__{name}" for name in names))

    def latest_about(self, theme, most, at=None):
        """Return the latest `most` events in articles under `theme` that readers see at `at`, the latest first."""
        places = EventTheme.objects.public(at).filter(theme=theme).order_by(*LATEST)
        return self.filter(pk__in=places.values("event")[:most]).with_articles().order_by(*LATEST)


class Dated(models.Model):
    """What lists of events are filtered and ordered by: the first and the last day of an event, its place in its article,
    and the article's dates, so that one index alone has to be read."""

    number = models.PositiveSmallIntegerField()
    starts = models.DateField()
    ends = models.DateField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Event(Dated):
    """One event of an article's timeline; derived from the text when it is published, never edited.

    `date` and `until` ("" when it has one date) are as exact as they were written; `starts` and `ends` are the first
    and the last day that they cover.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="events")
    date = models.CharField(max_length=10)
    until = models.CharField(max_length=10, blank=True)
    html = models.TextField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["starts", "ends", "article_id", "number"]
        indexes = [
            models.Index(
                fields=["starts", "ends", "article", "number", "published_at", "withdrawn_at"],
                name="event_public_by_date",
                condition=models.Q(withdrawn_at=None),
            ),
        ]
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
            published_at=article.published_at,
            withdrawn_at=article.withdrawn_at,
        )

    def get_absolute_url(self):
        """Return where in its article it stands."""
        return f"{self.article.get_absolute_url()}#event-{self.number}"


class EventTheme(Dated):
    """An event under a theme of its article; derived from both."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="+", db_index=False)
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="+", db_index=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "theme"], name="event_once_under_theme")]
        indexes = [
            models.Index(
                fields=["theme", "starts", "ends", "article", "number", "published_at", "event", "withdrawn_at"],
                name="event_public_under_theme",
                condition=models.Q(withdrawn_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.event_id}: {self.theme_id}"

    @classmethod
    def of(cls, event, theme):
        """Return the row, not stored, of `event` under the theme with the key `theme`."""
        copied = ("article_id", "number", "starts", "ends", "published_at", "withdrawn_at")
        return cls(event=event, theme_id=theme, **{name: getattr(event, name) for name in copied})
