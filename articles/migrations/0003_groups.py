"""The desk's groups: writers draft, editors publish, theme keepers look after themes."""

from django.db import migrations

GROUPS = {
    "Writer": ["view_article", "add_article", "change_article", "view_picture", "add_picture", "view_theme", "view_author", "view_series"],
    "Editor": [
        "view_article", "add_article", "change_article", "publish_article",
        "view_picture", "add_picture", "change_picture",
        "view_author", "add_author", "change_author",
        "view_series", "add_series", "change_series",
        "view_theme",
    ],
    "Theme keeper": ["view_article", "view_theme", "add_theme", "change_theme"],
}


def create(apps, schema_editor):
    """Make the groups. Permissions are made after all migrations, so those needed are made here when missing."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for codename in codenames:
            action, _, model = codename.partition("_")
            content_type, _ = ContentType.objects.get_or_create(app_label="articles", model=model)
            label = "Can publish, update and withdraw articles" if action == "publish" else f"Can {action} {model}"
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": label}
            )
            group.permissions.add(permission)


def remove(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_search"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, remove)]
