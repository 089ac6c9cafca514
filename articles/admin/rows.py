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


class Opened(forms.ModelForm):
    """A form that knows what it was opened with, by a hidden digest: what somebody saved since is never overwritten.

    A save that comes too late is refused with what was typed still in the form, and what is stored beside it. Sent once
    more, it is kept: whoever sends it has seen both.
    """

    opened = forms.CharField(required=False, widget=forms.HiddenInput)
    is_late = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["opened"] = self.digest(self.instance) if self.instance.pk else ""

    def stored(self, row):
        """Return the values of `row` that the form edits, as plain data."""
        return model_to_dict(row, self._meta.fields, self._meta.exclude)

    def digest(self, row):
        """Return a short digest of what the form edits of `row`; of rows it is tied to, by their keys."""
        values = sorted((name, in_words(by_keys(value))) for name, value in self.stored(row).items())
        return hashlib.sha256(repr(values).encode()).hexdigest()[:16]

    def clean(self):
        """Refuse to write over what somebody else saved since the form was opened."""
        super().clean()
        if not self.instance.pk:
            return
        # Locked, so that of two at once the second sees what the first has saved.
        row = type(self.instance)._default_manager.select_for_update(no_key=True).filter(pk=self.instance.pk).first()
        if row is None:
            raise ValidationError(gettext("Somebody deleted this while you were writing. Nothing was saved."))
        if self.cleaned_data.get("opened") == self.digest(row):
            return
        self.is_late = True
        stored = self.stored(row)
        for name in [name for name in self.changed_data if name in stored and name in self.fields]:
            self.add_error(name, gettext("Stored now: %s") % (in_words(stored[name]) or "–"))
        if stored.keys() <= self.fields.keys():
            self.data = self.data.copy()
            self.data[self.add_prefix("opened")] = self.digest(row)
            words = gettext(
                "Somebody else saved this while you were writing. Nothing was saved: what you typed is still below, "
                "and beside it what is stored now where that differs. Save again to keep yours."
            )
        else:  # rows of a table below, which can't be sent again as they are
            words = gettext(
                "Somebody else saved this while you were writing. Nothing was saved; what you typed is still "
                "below. Open it in another tab, carry your changes over and save there."
            )
        self.add_error(None, words)


def by_keys(value):
    """Return a stored value with keys for rows: what they are called may take a query each."""
    return [getattr(each, "pk", each) for each in value] if isinstance(value, (list, tuple)) else value


def in_words(value):
    """Return a stored value as text, the same in whatever order the database gave its rows."""
    return ", ".join(sorted(map(str, value))) if isinstance(value, (list, tuple)) else str(value)


class RowForm(Opened):
    """The form of one row."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self._tidy()
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

    def clean_slug(self):
        """Accept a well-formed slug that no other row holds or held."""
        slug = self.cleaned_data["slug"]
        if slug:
            addresses.refuse_slug(self.instance, slug)
        return slug


class OpenedAdmin(admin.ModelAdmin):
    """Rows whose form is `Opened`: a save that comes too late is answered with 409."""

    def get_fields(self, request, obj=None):
        """The form's fields, without the digest for who may only look."""
        fields = super().get_fields(request, obj)
        return fields if self.has_change_permission(request, obj) else [name for name in fields if name != "opened"]

    def render_change_form(self, request, context, *args, **kwargs):
        """Return the page with the form."""
        response = super().render_change_form(request, context, *args, **kwargs)
        if getattr(context["adminform"].form, "is_late", False):
            response.status_code = 409
        return response


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


class RowAdmin(OpenedAdmin):
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

    def save_model(self, request, obj, form, change):
        """Store the row through publishing."""
        publishing.save_row(obj, by=request.user)

    def delete_model(self, request, obj):
        """Delete the row through publishing."""
        publishing.forget_row(obj, by=request.user)
