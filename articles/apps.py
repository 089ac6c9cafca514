"""The application and its system checks."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
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


@register(Tags.database)
def check_zone_of_tallies(app_configs, databases=None, **kwargs):
    """W001: the years and months of what is kept counted begin in the site's zone."""
    warnings = []
    edition, kept = apps.get_model("articles", "Edition"), apps.get_model("articles", "Tally")
    for alias in databases or ():
        if kept._meta.db_table not in connections[alias].introspection.table_names():
            continue  # before the migration that makes them
        known = edition.objects.using(alias).values_list("zone", flat=True).first()
        if known not in (None, settings.TIME_ZONE):
            warnings.append(
                checks.Warning(
                    f"Archives were counted with TIME_ZONE={known}, and it is {settings.TIME_ZONE} now.",
                    hint="Run manage.py rebuild --counts.",
                    id="articles.W001",
                )
            )
    return warnings
