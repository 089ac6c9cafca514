"""Who may do what with sources."""

from django.db import migrations

GROUPS = {
    "Writer": ["view_source", "add_source"],
    "Editor": ["view_source", "add_source", "change_source", "delete_source"],
    "Theme keeper": ["view_source", "add_source", "change_source"],
}


def grant(apps, schema_editor):
    """Give the groups their rights. Permissions are made after all migrations: those needed are made here."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _ = ContentType.objects.get_or_create(app_label="articles", model="source")
    for group in Group.objects.filter(name__in=GROUPS):
        for codename in GROUPS[group.name]:
            label = f"Can {codename.replace('_', ' ')}"
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": label}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_sources")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
