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


def resets_wal_safely(version):
    """Return whether SQLite of that `version` (a tuple of three numbers) is mended of the race of a checkpoint's reset of the
    log with a write by another connection, which can damage a database (sqlite.org/wal.html, "The WAL-Reset Bug").
    """
    return version >= (3, 51, 3) or any(mended <= version < (*mended[:2], 99) for mended in ((3, 44, 6), (3, 50, 7)))


@register(Tags.database)
def check_sqlite_log(app_configs, databases=None, **kwargs):
    """W002: on a public site several processes write (workers, commands from cron), which takes an SQLite that can."""
    return [
        checks.Warning(
            f"SQLite {connections[alias].Database.sqlite_version} can damage a database that several processes write "
            "(mended in 3.51.3).",
            hint="Use a Python whose SQLite is 3.51.3, 3.50.7 or 3.44.6 or a later one of its line, or PostgreSQL; back up every "
            "night, and look with manage.py verify.",
            id="articles.W002",
        )
        for alias in databases or ()
        if connections[alias].vendor == "sqlite"
        and not settings.DEBUG
        and not resets_wal_safely(connections[alias].Database.sqlite_version_info)
    ]


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
