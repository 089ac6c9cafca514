"""Links between texts, kept by what they mean, so that no rename breaks them."""

from django.db import models
from django.utils import timezone

from ..text import links
from . import addresses
from .article import Article
from .theme import Theme

SECTIONS = {"articles": Article, "themes": Theme}


class LinkQuerySet(models.QuerySet):
    """Links."""

    def shown(self, at=None):
        """Return the links in what readers see at `at`."""
        live = models.Q(article__published_at__lte=at or timezone.now(), article__withdrawn_at=None, is_live=True)
        return self.filter(live | models.Q(theme__isnull=False, theme__merged_into=None))

    def titles(self, articles, at=None):
        """Return, for each of `articles`, {name: title} of the articles to which its text links without words of its own.

        What readers never saw until `at` has no title yet. One query, none where there is no such link.
        """
        wanted = {article.pk: links.untitled(article.html) for article in articles}
        found = {pk: {} for pk in wanted}
        if any(wanted.values()):
            rows = self.filter(article__in=wanted, to_article__in=Article.objects.once_public(at).values("pk"))
            for pk, name, title in rows.values_list("article", "name", "to_article__title"):
                if name in wanted[pk]:
                    found[pk][name] = title
        return found


class Link(models.Model):
    """What one name or path in a text leads to, since it was first written there; derived from the text.

    `is_live` says whether readers see the link, or only the working copy has it.
    """

    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="links")
    theme = models.ForeignKey(Theme, models.CASCADE, null=True, related_name="links")
    name = models.CharField(max_length=200)
    to_article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="links_here")
    to_theme = models.ForeignKey(Theme, models.CASCADE, null=True, related_name="links_here")
    is_live = models.BooleanField(default=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "name"], name="link_once_per_article"),
            models.UniqueConstraint(fields=["theme", "name"], name="link_once_per_theme"),
            models.CheckConstraint(
                condition=models.Q(article__isnull=True, theme__isnull=False)
                | models.Q(article__isnull=False, theme__isnull=True),
                name="link_in_one_text",
            ),
            models.CheckConstraint(
                condition=models.Q(to_article__isnull=True, to_theme__isnull=False)
                | models.Q(to_article__isnull=False, to_theme__isnull=True),
                name="link_to_one_row",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def target(self):
        """The article or the theme it leads to; a merged theme's is what it was merged into."""
        target = self.to_article or self.to_theme
        while getattr(target, "merged_into", None):
            target = target.merged_into
        return target


def called(name):
    """Return the article or theme that `name` means now, or None.

    "article:SLUG" and the paths of articles and themes by present or former slug, anything else by a theme's name.
    """
    if name.startswith(links.ARTICLE):
        return addresses.holder(Article, name.removeprefix(links.ARTICLE).strip())
    if name.startswith("/"):
        section, slug = name.strip("/").split("/")
        return addresses.holder(SECTIONS[section], slug)
    return Theme.objects.called(name)
