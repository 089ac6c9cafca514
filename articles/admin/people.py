"""Users, groups and redirects, whose changes are recorded, and the log of what was recorded."""

import json

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.contrib.redirects.admin import RedirectAdmin
from django.contrib.redirects.models import Redirect
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import connection, transaction
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from ..models import AuditEntry
from .rows import OnlyRead, Opened, OpenedAdmin

Act = AuditEntry.Act
SECRET = {"password", "last_login"}


def in_the_log(row):
    """Return what the log says of `row`: its columns but secret ones, and what it is tied to by name."""
    told = {field.name: field.value_to_string(row) for field in row._meta.concrete_fields if field.name not in SECRET}
    for field in row._meta.many_to_many:
        told[field.name] = sorted(str(each) for each in getattr(row, field.name).all())
    return told


class Recorded(OpenedAdmin):
    """Records what is added, changed and deleted, in the transaction that does it."""

    form = Opened

    def get_object(self, request, object_id, from_field=None):
        """Return the row; locked where it is about to be changed, so that nothing of it is written over unseen."""
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not connection.in_atomic_block:
            return row
        return self.model._default_manager.select_for_update(no_key=True).filter(pk=row.pk).first()

    def save_model(self, request, obj, form, change):
        """Remember what the row said before."""
        old = type(obj).objects.filter(pk=obj.pk).first() if change else None
        request.said_before = old and in_the_log(old)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Record the change once all of it is stored."""
        super().save_related(request, form, formsets, change)
        before, after = request.said_before, in_the_log(form.instance)
        if before != after:
            AuditEntry.objects.record(Act.CHANGED if change else Act.ADDED, form.instance, before=before, after=after)

    def delete_model(self, request, obj):
        """Record what is deleted."""
        AuditEntry.objects.record(Act.DELETED, obj, before=in_the_log(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        """Delete one after the other, all or none."""
        with transaction.atomic():
            for row in queryset:
                self.delete_model(request, row)


for model in (User, Group, Redirect):
    admin.site.unregister(model)


class AccountForm(Opened, UserChangeForm):
    """A user; the password, which is changed on its own page, is no part of it."""

    def stored(self, row):
        """Return the values of `row` that the form edits."""
        return {name: value for name, value in super().stored(row).items() if name not in SECRET}


@admin.register(User)
class AccountAdmin(Recorded, UserAdmin):
    """Users."""

    form = AccountForm
    fieldsets = ((None, {"fields": ("username", "password", "opened")}), *UserAdmin.fieldsets[1:])
    readonly_fields = ("last_login", "date_joined")

    def user_change_password(self, request, id, form_url=""):
        """Change a colleague's password."""
        if request.method != "POST":
            return super().user_change_password(request, id, form_url)
        with transaction.atomic():
            user = self.get_object(request, str(id))
            before = user and user.password
            response = super().user_change_password(request, id, form_url)
            user = user and User.objects.get(pk=user.pk)
            if user and user.password != before:
                AuditEntry.objects.record(Act.PASSWORD, user)
        return response


@admin.register(Group)
class RightsAdmin(Recorded, GroupAdmin):
    """Groups and their rights."""


class AddressForm(Opened):
    """A former address and where it leads: paths of this site, never another one's."""

    PATH = RegexValidator(r"\A/(?:[^/\\\s](?:[^\\\s]| (?=\S))*)?\Z", _("Write a path of this site, such as /about/."))
    old_path = forms.CharField(max_length=200, label=_("redirect from"), validators=[PATH])
    new_path = forms.CharField(max_length=200, label=_("redirect to"), validators=[PATH])


@admin.register(Redirect)
class RecordedRedirectAdmin(Recorded, RedirectAdmin):
    """Former addresses."""

    form = AddressForm


@admin.register(AuditEntry)
class AuditAdmin(OnlyRead, admin.ModelAdmin):
    """Who did what, for administrators to read."""

    list_display = ("shown_at", "shown_act", "shown_who", "shown_what", "differs", "address")
    list_display_links = None
    list_filter = ("act", "at")
    search_fields = ("who", "what", "kind", "address")
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_view_permission(self, request, obj=None):
        """Administrators read them."""
        return request.user.is_superuser

    def changelist_view(self, request, extra_context=None):
        """Show the list."""
        return super().changelist_view(request, {"title": _("Who did what"), **(extra_context or {})})

    @admin.display(description=_("when"), ordering="at")
    def shown_at(self, entry):
        """The instant, the same wherever it is read."""
        return f"{entry.at:%Y-%m-%d %H:%M:%S} UTC"

    @admin.display(description=_("what was done"), ordering="act")
    def shown_act(self, entry):
        """The act in words."""
        return entry.get_act_display()

    @admin.display(description=_("who"), ordering="who")
    def shown_who(self, entry):
        """The name of the user."""
        return entry.who or "–"

    @admin.display(description=_("to what"))
    def shown_what(self, entry):
        """What it was done to."""
        return f"{entry.what} ({entry.kind.partition('.')[2]})" if entry.kind else "–"

    @admin.display(description=_("before and after"))
    def differs(self, entry):
        """What differed, as JSON."""
        if entry.before is None and entry.after is None:
            return "–"
        return format_html(
            '<details class="desk-before"><summary>{}</summary><del>{}</del> <ins>{}</ins></details>',
            _("Show"),
            in_json(entry.before),
            in_json(entry.after),
        )


def in_json(told):
    """Return `told` as somebody can read it."""
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1) if told else ""
