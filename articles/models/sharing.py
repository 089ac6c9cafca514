"""Links that show a draft to people without an account."""

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

    def __str__(self):
        return f"{self.article_id} until {self.expires_at:%Y-%m-%d}"

    def get_absolute_url(self):
        """Return the link's path."""
        return f"/drafts/{self.token}/"
