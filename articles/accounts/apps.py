"""Django's admin with a door of our own."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """The admin, whose site is `Desk`."""

    default_site = "articles.accounts.site.Desk"
