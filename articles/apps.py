"""The application and its system checks."""

from django.apps import AppConfig
from django.core.checks import Error, Tags, register
from django.db import connections


class ArticlesConfig(AppConfig):
    """Articles under themes."""

    name = "articles"
    verbose_name = "Publication"


@register(Tags.database)
def check_sqlite_full_text(app_configs, databases=None, **kwargs):
    """E001: the SQLite library of this Python must know FTS5, which search is built on."""
    errors = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pragma_compile_options WHERE compile_options = 'ENABLE_FTS5'")
                if cursor.fetchone() is None:
                    errors.append(
                        Error(
                            "SQLite was built without FTS5, which search needs.",
                            hint="Use a Python with a full SQLite library, or PostgreSQL.",
                            id="articles.E001",
                        )
                    )
    return errors
