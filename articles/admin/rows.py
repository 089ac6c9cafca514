"""Forms of single rows: what was typed is cleaned, a colleague's save is never overwritten, former addresses stay."""

import hashlib

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import names, publishing
from ..models import Edition, addresses


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows by key; a key that no database could hold is a wrong choice, not an error of the server."""

    def clean(self, value):
        """Return the rows."""
        return super().clean([key if len(str(key)) < 19 else "0" for key in value or ()])


class RowForm(forms.ModelForm):
    """The form of one row. A hidden digest of what it was opened with tells whether somebody saved since."""

    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self._tidy()
        self.initial["opened"] = self.digest(self.instance) if self.instance.pk else ""
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Empty: made from the name. A changed slug leaves a redirect.")

    def _tidy(self):
        """Take control characters out of everything typed."""
        self.data = self.data.copy()
        for name, field in self.fields.items():
            key = self.add_prefix(name)
            if type(field) in {forms.CharField, forms.SlugField} and key in self.data:
                tidy = names.clean if isinstance(field.widget, forms.Textarea) else names.clean_line
                self.data[key] = tidy(self.data[key])

    def stored(self, row):
        """Return the values of `row` that the form edits, as plain data."""
        return model_to_dict(row, self._meta.fields)

    def digest(self, row):
        """Return a short digest of what the form edits of `row`."""
        values = sorted((name, str(value)) for name, value in self.stored(row).items())
        return hashlib.sha256(repr(values).encode()).hexdigest()[:16]

    def clean_slug(self):
        """Accept a well-formed slug that no other row holds or held."""
        slug = self.cleaned_data["slug"]
        if slug:
            addresses.refuse_slug(self.instance, slug)
        return slug

    def clean(self):
        """Refuse to write over what somebody else saved since the form was opened."""
        super().clean()
        if self.instance.pk:
            row = type(self.instance)._default_manager.filter(pk=self.instance.pk).first()
            if row is None:
                raise ValidationError(gettext("Somebody deleted this while you were writing. Nothing was saved."))
            if self.cleaned_data.get("opened") != self.digest(row):
                raise ValidationError(
                    gettext(
                        "Somebody else saved this while you were writing. Nothing was saved; what you typed is still "
                        "below. Open it in another tab, carry your changes over and save there."
                    )
                )


class OnlyRead:
    """For the admin of rows that come about by themselves: there is their list, for who may see it, and nothing else."""

    def has_add_permission(self, request):
        """Nobody adds a row."""
        return False

    def has_change_permission(self, request, obj=None):
        """And they stay as they are."""
        return False

    has_delete_permission = has_change_permission

    def has_module_permission(self, request):
        """Whoever sees the rows finds the way to them."""
        return self.has_view_permission(request)

    def get_urls(self):
        """There is the list, and no page of a single row."""
        return super().get_urls()[:1]


class RowAdmin(admin.ModelAdmin):
    """Rows that readers see: stored and deleted through publishing."""

    actions = None

    def changeform_view(self, request, *args, **kwargs):
        """Check and store what was posted in one's turn, so that no two at once both pass the checks."""
        return self._in_turn(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs):
        """Look for what refers to the row and delete it in one's turn."""
        return self._in_turn(request, super().delete_view, *args, **kwargs)

    @staticmethod
    def _in_turn(request, view, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            Edition.take_turn()
            return view(request, *args, **kwargs)

    def get_fields(self, request, obj=None):
        """The form's fields, without the digest for who may only look."""
        fields = super().get_fields(request, obj)
        return fields if self.has_change_permission(request, obj) else [name for name in fields if name != "opened"]

    def save_model(self, request, obj, form, change):
        """Store the row through publishing."""
        publishing.save_row(obj, by=request.user)

    def delete_model(self, request, obj):
        """Delete the row through publishing."""
        publishing.forget_row(obj, by=request.user)
