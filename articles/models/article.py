"""Articles as readers see them, and who may see what when."""

import uuid
from itertools import zip_longest

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase

from .edition import Edition
from .parts import PART
from .picture import Picture
from .reference import Author, Series
from .revision import Revision
from .theme import Theme


class PublicQuerySet(models.QuerySet):
    """Rows with `published_at` and `withdrawn_at`: of them readers see those that are due and not withdrawn."""

    def public(self, at=None, since=None, before=None):
        """Return the rows that readers see at the instant `at` (aware; default: now), of those published from `since` on
        and `before` an instant.
        """
        at, span = at or timezone.now(), {"published_at__gte": since} if since else {}
        # One end alone: of two SQLite may walk the index from the wrong one.
        span |= {"published_at__lt": before} if before and before <= at else {"published_at__lte": at}
        return self.filter(**span, withdrawn_at=None)


class ArticleQuerySet(PublicQuerySet):
    """The one door to the public: pages, feeds, sitemaps and search show `public()` and nothing else."""

    def once_public(self, at=None):
        """Return the articles that readers see at `at` or saw before, the withdrawn among them."""
        return self.filter(published_at__lte=at or timezone.now())

    def about(self, themes=(), without=()):
        """Return the articles under all of `themes` and none of `without`."""
        rows = self
        for theme in themes:
            rows = rows.filter(Exists(ArticleTheme.objects.filter(content_object=OuterRef("pk"), tag=theme)))
        for theme in without:
            rows = rows.exclude(Exists(ArticleTheme.objects.filter(content_object=OuterRef("pk"), tag=theme)))
        return rows

    def standing(self, status, at=None):
        """Return the articles whose status at `at` is `status`: the twin of `Article.status`."""
        at = at or timezone.now()
        status = Article.Status(status)
        if status == Article.Status.WITHDRAWN:
            return self.exclude(withdrawn_at=None)
        if status == Article.Status.DRAFT:
            return self.filter(published_at=None, deleted_at=None)
        if status == Article.Status.DELETED:
            return self.exclude(deleted_at=None)
        if status == Article.Status.SCHEDULED:
            return self.filter(published_at__gt=at, withdrawn_at=None)
        return self.public(at)

    def with_themes(self):
        """Return the articles with their themes (see `theme_list`) fetched in one query."""
        return self.prefetch_related(themes_by_name())

    def with_names(self):
        """Return the articles with their themes and bylines fetched in three queries."""
        return self.with_themes().prefetch_related("bylines__author")

    def listed(self):
        """Return the articles with what a list of them prints, without their texts; names are for the caller to fetch."""
        return self.with_rendition("item")

    def with_rendition(self, column):
        """Return the articles with what lists and feeds print of them, and with `column` of their `rendition`."""
        own = ("uid", "title", "slug", "summary", "words", "language", "published_at", "updated_at")
        kept = (f"rendition__{name}" for name in ("serial", "stamp", "since", "until", column))
        return self.select_related("rendition").only(*own, *kept)

    def last_change(self, at=None):
        """Return the last instant at or before `at` when what readers see changed, or None before the first.

        It is `at` itself while a clock that was set back hasn't come to that instant again.
        """
        at = at or timezone.now()
        # One row off the end of an index: an aggregate would read them all.
        due = self.once_public(at).order_by("-published_at").values("published_at")[:1]
        told = Edition.objects.values_list("changed_at", models.Subquery(due)).first()
        return max((min(instant, at) for instant in told or () if instant), default=None)


def themes_by_name():
    """Return what fetches the themes of articles in one query, by name."""
    links = ArticleTheme.objects.select_related("tag").defer("tag__introduction", "tag__introduction_html")
    return Prefetch("article_themes", links.order_by("tag__name"))


class Article(models.Model):
    """What readers see now. `publishing` alone writes it; what editors work on are its revisions.

    Until the first publication the title and the slug follow the working copy, and the text stays empty.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    summary = models.TextField(_("summary"), blank=True)
    words = models.PositiveIntegerField(default=0, editable=False)
    language = models.CharField(_("language"), max_length=2, default="en")
    published_at = models.DateTimeField(_("published"), null=True)
    updated_at = models.DateTimeField(_("updated"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_note = models.CharField(max_length=500, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True)
    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="articles")
    series_order = models.PositiveSmallIntegerField(null=True)
    lead_picture = models.ForeignKey(Picture, models.PROTECT, null=True, related_name="+")
    translation_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="translations")
    authors = models.ManyToManyField(Author, through="ArticleAuthor", related_name="articles")
    working = models.ForeignKey(Revision, models.RESTRICT, null=True, related_name="+")
    live = models.ForeignKey(Revision, models.RESTRICT, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Long texts last: SQLite walks through them to reach a column behind.
    contents = models.JSONField(default=list, editable=False)
    body = models.TextField(_("text"), blank=True)
    html = models.TextField(blank=True, editable=False)

    themes = TaggableManager(through="ArticleTheme", related_name="articles", verbose_name=_("themes"))
    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [("publish_article", _("Can publish, update and withdraw articles"))]
        indexes = [
            models.Index(
                "withdrawn_at",
                F("published_at").desc(),
                F("id").desc(),
                "updated_at",
                name="article_newest_first_dated",
            ),
            # Those of lists: partial, for PostgreSQL reads no order off an index behind a column that IS NULL.
            models.Index(
                "language",
                F("published_at").desc(),
                F("id").desc(),
                "withdrawn_at",
                name="article_public_in_language",
                condition=models.Q(withdrawn_at=None),
            ),
            models.Index(fields=["published_at"], name="article_last_due"),
            # Beside that of the key, which SQLite, once analysed, takes for useless: nearly all articles have none.
            models.Index(
                fields=["translation_of"],
                name="article_translations",
                condition=models.Q(translation_of__isnull=False),
            ),
            models.Index(
                fields=["series", "series_order", "published_at", "id", "withdrawn_at"],
                name="article_public_in_series",
                condition=models.Q(withdrawn_at=None),
            ),
            models.Index(
                F("id") / PART,
                Coalesce("updated_at", "published_at").desc(),
                "published_at",
                name="article_last_change_of_part",
                condition=models.Q(withdrawn_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(title__length__gt=0), name="article_has_title"),
            models.CheckConstraint(condition=models.Q(slug__length__gt=0), name="article_has_slug"),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(live__isnull=False),
                name="article_published_has_revision",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(published_at__isnull=False),
                name="article_withdrawn_was_published",
            ),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None) | models.Q(published_at=None), name="article_deleted_was_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(updated_at=None) | models.Q(updated_at__gte=F("published_at")),
                name="article_updated_after_published",
            ),
        ]

    class Status(models.TextChoices):
        """Where an article stands; computed from its dates, stored nowhere."""

        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        DELETED = "deleted", _("Deleted")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the article's path."""
        return f"/articles/{self.slug}/"

    def status(self, at=None):
        """Return where the article stands at the instant `at` (aware; default: now)."""
        if self.deleted_at:
            return self.Status.DELETED
        if self.withdrawn_at:
            return self.Status.WITHDRAWN
        if self.published_at is None:
            return self.Status.DRAFT
        return self.Status.PUBLISHED if self.published_at <= (at or timezone.now()) else self.Status.SCHEDULED

    def is_public(self, at=None):
        """Return whether readers see the article at `at`: the twin of `ArticleQuerySet.public`."""
        return self.status(at) == self.Status.PUBLISHED

    def versions(self):
        """Return what readers saw of a public article, oldest first: revisions with `version` (from 1) and `shown_at`."""
        rows = list(self.revisions.filter(kind=Revision.Kind.PUBLISHED).order_by("number"))
        # What was scheduled and changed before its hour nobody saw.
        seen = [
            row for row, after in zip_longest(rows, rows[1:]) if after is None or after.saved_at > self.published_at
        ]
        for number, row in enumerate(seen, start=1):
            row.version, row.shown_at = number, self.published_at if number == 1 else row.saved_at
        return seen

    @classmethod
    def original(cls, key):
        """Return the article with the primary key `key`, or what that is a translation of; None when there is none."""
        row = cls.objects.select_related("translation_of").filter(pk=key).first() if key else None
        return row and (row.translation_of or row)

    @property
    def original_id(self):
        """The key of what this is a translation of, or its own: the same for one text in any language."""
        return self.translation_of_id or self.pk

    def in_other_languages(self, at=None):
        """Return the articles, public at `at`, that say the same in other languages, with what names and dates them."""
        if self.original_id is None:
            return []
        same = models.Q(pk=self.original_id) | models.Q(translation_of=self.original_id)
        rows = Article.objects.filter(same).exclude(pk=self.pk).order_by("language", "pk")
        # Whether readers see one its row says: asked for, SQLite would look through all that they see.
        told = ("title", "slug", "language", "published_at", "withdrawn_at", "deleted_at")
        return [row for row in rows.only(*told) if row.is_public(at)]

    @property
    def theme_list(self):
        """The themes, by name when `with_names` fetched them."""
        return [link.tag for link in self.article_themes.all()]

    @property
    def has_changes(self):
        """Whether the working copy differs from what was published last."""
        return self.working_id != self.live_id

    @property
    def minutes(self):
        """Reading time in minutes at 230 words a minute, at least one."""
        return max(1, round(self.words / 230))


NEWEST = (F("published_at").desc(), F("id").desc())


def standing():
    """Return (state, seconds): what tells one state of all that readers see from the next, and when time alone changes it.

    The state is the last turn that a writer took, the instant of the last change and that of the last article that fell
    due; the seconds are those until the next one does, None when nothing is scheduled.
    """
    at = timezone.now()
    due = Article.objects.order_by("published_at").values("published_at")
    rows = Edition.objects.values_list(
        "turn",
        "changed_at",
        models.Subquery(due.filter(published_at__lte=at).reverse()[:1]),
        models.Subquery(due.filter(published_at__gt=at)[:1]),
    )
    turn, changed, last, coming = rows.first() or (None, None, None, None)
    return (turn, changed, last), (coming - at).total_seconds() if coming else None


class ArticleAuthor(models.Model):
    """A byline on an article, in its place, with the article's dates, so that lists read this table alone."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, models.PROTECT, related_name="bylines", verbose_name=_("author"))
    place = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="author_once_per_article")]
        indexes = [
            models.Index(
                fields=["author", "published_at", "article", "withdrawn_at"],
                name="author_list_covered",
                condition=models.Q(withdrawn_at=None),
            )
        ]

    def __str__(self):
        return str(self.author)


class ReadNext(models.Model):
    """An article to be read after another, in its place: `picked` by the editors, or found when that was published.

    `words` are those that both are about.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="next_rows")
    other = models.ForeignKey(Article, models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()
    picked = models.BooleanField(default=False)
    words = models.JSONField(default=list)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["article", "other"], name="read_next_once_per_article")]

    def __str__(self):
        return f"{self.article_id}: {self.other_id}"


class Likeness(models.Model):
    """An article that is like another, how much, and the `words` that both are about; found when either was published.

    From these the page of an article takes what to read next. Derived from the texts, never edited.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="likenesses")
    other = models.ForeignKey(Article, models.CASCADE, related_name="+")
    score = models.FloatField()
    words = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "other"], name="likeness_once_per_article")]

    def __str__(self):
        return f"{self.article_id}: {self.other_id}"


class Keyword(models.Model):
    """A word that tells one article from most others: the term that search knows it by, and how it is spelt there.

    Derived from the text, never edited.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="keywords")
    term = models.CharField(max_length=100)
    word = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["term", "article"], name="keyword_once_per_article")]

    def __str__(self):
        return self.word


class ArticleTheme(ItemBase):
    """A theme on an article, with the article's dates, so that counts and lists read this table alone."""

    tag = models.ForeignKey(Theme, models.PROTECT, related_name="article_themes", verbose_name=_("theme"))
    content_object = models.ForeignKey(Article, models.CASCADE, related_name="article_themes")
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="theme_once_per_article")]
        indexes = [
            models.Index(
                fields=["tag", "published_at", "content_object", "withdrawn_at"],
                name="theme_list_covered",
                condition=models.Q(withdrawn_at=None),
            )
        ]

    def __str__(self):
        return f"{self.content_object_id}: {self.tag_id}"
