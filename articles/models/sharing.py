"""Showing a draft to others, and talking about it."""

import secrets

from django.conf import settings
from django.db import models


def new_token():
    """Return a token that nobody guesses: 192 bits."""
    return secrets.token_urlsafe(24)


class DraftLink(models.Model):
    """An address that shows an article's working copy to whoever has it, until it expires or is revoked."""

    token = models.CharField(max_length=40, unique=True, default=new_token)
    article = models.ForeignKey("Article", models.CASCADE, related_name="draft_links")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    may_comment = models.BooleanField(default=False)

    def __str__(self):
        return f"{self.article_id} until {self.expires_at:%Y-%m-%d}"

    def get_absolute_url(self):
        """Return the link's path."""
        return f"/drafts/{self.token}/"


class Comment(models.Model):
    """A remark on an article's working copy, or the answer to one (`parent`), by a user or by a guest's `name`.

    `quote` is the passage it is about and `place` the character it began at when the remark was made; where that is in
    today's text, `text.anchor` finds.
    """

    article = models.ForeignKey("Article", models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    quote = models.TextField(blank=True)
    place = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="comment_says_something")]

    def __str__(self):
        return self.text[:60]

    @property
    def who(self):
        """The name of whoever made the remark."""
        return str(self.author or self.name or "–")
