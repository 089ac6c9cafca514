"""Themes with their names, authors, series, pictures, plain pages."""

import contextlib
import re

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.flatpages.admin import FlatPageAdmin
from django.contrib.flatpages.models import FlatPage
from django.contrib.sites.admin import SiteAdmin
from django.contrib.sites.models import Site
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.forms.models import BaseInlineFormSet
from django.urls import resolve
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import names, publishing, views
from ..models import Author, Picture, Series, Theme, ThemeName
from ..models.picture import PictureError, read_picture
from .rows import RowAdmin, RowForm, RowsField
from .tending import Tending

LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
HOST = re.compile(rf"(?:{LABEL}(?:\.{LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>\d{{1,5}}))?")


class AliasFormSet(BaseInlineFormSet):
    """The aliases of a theme; no two of them may fold to one name."""

    def add_fields(self, form, index):
        """Name the box that removes a name for screen readers: its column has a heading but no label."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = gettext("Remove this name")

    def clean(self):
        """Refuse two spellings of one name, and the name the theme itself is being given."""
        super().clean()
        seen = {names.fold(self.instance.name)} if self.instance.name else set()
        for form in self.forms:
            if not getattr(form, "cleaned_data", None) or form.cleaned_data.get("DELETE"):
                continue
            folded = names.fold(form.cleaned_data.get("name", ""))
            if folded and folded in seen:
                form.add_error("name", gettext("This name is here already, perhaps in another spelling."))
            seen.add(folded)

    def save(self, commit=True):
        """Store the names; two may change places, and one may take the spelling of another that goes."""
        changing = [form.instance.pk for form in self.initial_forms if form.has_changed()]
        ThemeName.objects.filter(pk__in=[form.instance.pk for form in self.deleted_forms]).delete()
        for pk in changing:
            ThemeName.objects.filter(pk=pk).update(folded=f"#{pk}")  # no folded name has such a sign
        return super().save(commit)


class AliasInline(admin.TabularInline):
    """Other names of a theme."""

    model = ThemeName
    formset = AliasFormSet
    fields = ("name", "language")
    extra = 2

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Name the fields for screen readers: a table of forms has headings but no labels."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.widget.attrs["aria-label"] = field.label
        return field

    def get_queryset(self, request):
        """Leave the theme's own name to the theme's form."""
        return super().get_queryset(request).filter(is_alias=True)

    def has_change_permission(self, request, obj=None):
        """A theme's names are changed by whoever changes themes; they have no rights of their own."""
        return request.user.has_perm("articles.change_theme")

    def has_view_permission(self, request, obj=None):
        """Whoever sees a theme sees its names."""
        return request.user.has_perm("articles.view_theme") or self.has_change_permission(request)

    def has_add_permission(self, request, obj):
        """As for changing."""
        return self.has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        """As for changing."""
        return self.has_change_permission(request)


class ThemeForm(RowForm):
    """A theme; its introduction must render before it is stored."""

    class Meta:
        model = Theme
        fields = ("name", "slug", "definition", "introduction", "place")
        widgets = {
            "definition": forms.Textarea(attrs={"rows": 2}),
            "introduction": forms.Textarea(attrs={"rows": 18, "class": "body", "spellcheck": "true"}),
        }

    def stored(self, row):
        """Return what the form edits, the aliases among it."""
        aliases = row.names.filter(is_alias=True).order_by("pk").values_list("pk", "name", "language")
        return super().stored(row) | {"aliases": list(aliases)}

    def clean_introduction(self):
        """Refuse a text that can't be rendered."""
        text = self.cleaned_data["introduction"]
        try:
            publishing.rendered_or_refuse(text, field="introduction")
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return text


@admin.register(Theme)
class ThemeAdmin(Tending, RowAdmin):
    """Themes, with their aliases and how many articles stand under them."""

    form = ThemeForm
    inlines = (AliasInline,)
    list_display = ("name", "other_names", "article_count", "place", "slug")
    search_fields = ("names__name", "names__folded", "definition")
    ordering = ("name",)
    view_on_site = True

    def get_queryset(self, request):
        """Return themes with their names and their number of articles."""
        return super().get_queryset(request).annotate(count=Count("article_themes")).prefetch_related("names")

    @admin.display(description=_("also known as"))
    def other_names(self, theme):
        """The aliases."""
        return ", ".join(name.name for name in theme.aliases()) or "–"

    @admin.display(description=_("articles"), ordering="count")
    def article_count(self, theme):
        """How many articles carry the theme, whatever their status."""
        return theme.count

    def save_model(self, request, obj, form, change):
        """Store the theme, rendered, with a redirect when its slug changed."""
        publishing.save_theme(obj, by=request.user)

    def save_related(self, request, form, formsets, change):
        """Store the aliases, then let search learn them."""
        super().save_related(request, form, formsets, change)
        publishing.teach_names(form.instance, by=request.user)


class AuthorForm(RowForm):
    """A byline."""

    class Meta:
        model = Author
        fields = ("name", "slug", "about", "is_group", "user")


@admin.register(Author)
class AuthorAdmin(RowAdmin):
    """Bylines."""

    form = AuthorForm
    list_display = ("name", "user", "slug")
    search_fields = ("name",)


class SeriesForm(RowForm):
    """A series."""

    class Meta:
        model = Series
        fields = ("title", "slug", "summary")


@admin.register(Series)
class SeriesAdmin(RowAdmin):
    """Series."""

    form = SeriesForm
    list_display = ("title", "slug")
    search_fields = ("title",)


NOT_STORED = _("Pictures can’t be stored at the moment. Nothing was saved: try again in a while.")


def not_stored(error):
    """Return (status, words) for an editor whose picture could not be stored because of `error`, an OSError."""
    trouble = views.trouble_of(error)
    return (trouble.status, f"{trouble.words} {NOT_STORED}") if trouble else (503, str(NOT_STORED))


class PictureForm(RowForm):
    """A picture; the upload is read, turned upright and re-encoded before anything is stored."""

    file = forms.FileField(label=_("File"), help_text=_("JPEG, PNG or WebP, at most 15 MB and 40 megapixels."))
    refused = ""  # why the store of pictures, which is full or away, could not take it

    class Meta:
        model = Picture
        fields = ("file", "alt", "is_decorative", "caption", "credit")

    def clean_file(self):
        """Return the re-encoded picture, or the stored one when no other was chosen."""
        upload = self.cleaned_data["file"]
        if self.refused:
            raise ValidationError(self.refused)
        if "file" not in self.changed_data:
            return upload
        try:
            return read_picture(upload)
        except PictureError as error:
            raise ValidationError(error.message) from error


@admin.register(Picture)
class PictureAdmin(RowAdmin):
    """Pictures, seen small in the list."""

    form = PictureForm
    list_display = ("thumbnail", "__str__", "credit", "size", "added_at")
    list_display_links = ("thumbnail", "__str__")
    search_fields = ("alt", "caption", "credit")

    def changeform_view(self, request, *args, **kwargs):
        """Show the form again, with what was typed, when the picture could not be stored."""
        if "file" in request.FILES and (self.has_add_permission(request) or self.has_change_permission(request)):
            with contextlib.suppress(PictureError):  # which the form tells
                read_picture(request.FILES["file"])  # before the turn: it may take seconds, in which others save
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Exception as error:
            storing = getattr(request, "storing", None)
            if storing:
                storing.take_back()
            if not isinstance(error, OSError):
                raise
            status, request.refused = not_stored(error)
            response = super().changeform_view(request, *args, **kwargs)
            response.status_code = status
            return response

    def save_model(self, request, obj, form, change):
        """Store the picture; `changeform_view` takes its files back if the row doesn't last."""
        request.storing = obj
        super().save_model(request, obj, form, change)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form, which knows why its picture was refused."""
        form = super().get_form(request, obj, change, **kwargs)
        form.refused = getattr(request, "refused", "")
        return form

    @admin.display(description=_("picture"))
    def thumbnail(self, picture):
        """The picture, small."""
        return format_html('<img class="thumbnail" src="{}" alt="{}" loading="lazy">', picture.file.url, picture.alt)

    @admin.display(description=_("size"))
    def size(self, picture):
        """Width and height in pixels."""
        return f"{picture.width} × {picture.height}"


class PageForm(RowForm):
    """A plain page; its text is Markdown like an article's."""

    class Meta:
        model = FlatPage
        fields = ("title", "url", "content", "sites")
        field_classes = {"sites": RowsField}
        widgets = {"content": forms.Textarea(attrs={"rows": 24, "class": "body", "spellcheck": "true"})}
        help_texts = {
            "url": _("A path of one part, such as /about/. A changed one leaves a redirect."),
            "content": _("Markdown, as in articles."),
        }

    def clean_url(self):
        """Accept a path of one part that nothing else answers at."""
        url = self.cleaned_data["url"]
        if url != f"/{names.slugify(url)}/":
            raise ValidationError(_("Write it as /about/: one part, small letters, digits and hyphens."))
        if resolve(url).url_name != "plain-page":
            raise ValidationError(_("The site has a page of its own at this address."))
        if FlatPage.objects.filter(url=url).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a plain page at this address already."))
        return url

    def clean_content(self):
        """Refuse a text that can't be rendered."""
        text = self.cleaned_data["content"]
        try:
            publishing.rendered_or_refuse(text, field="content")
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return text


admin.site.unregister(FlatPage)


@admin.register(FlatPage)
class PageAdmin(RowAdmin, FlatPageAdmin):
    """Plain pages."""

    form = PageForm
    fieldsets = None
    list_filter = ()

    def get_changeform_initial_data(self, request):
        """A new page is one of this site's."""
        return {"sites": [settings.SITE_ID]}


class SiteForm(RowForm):
    """The publication's name and address."""

    class Meta:
        model = Site
        fields = ("name", "domain")

    def clean_domain(self):
        """Accept a host name or an address, with at most a port."""
        typed = self.cleaned_data["domain"].lower()
        if not HOST.fullmatch(typed) or int(HOST.fullmatch(typed)["port"] or 0) > 65535:
            raise ValidationError(
                gettext("Write the host, and a port if it needs one, without https:// and without a path.")
            )
        return typed


admin.site.unregister(Site)


@admin.register(Site)
class PublicationAdmin(RowAdmin, SiteAdmin):
    """The publication itself; there is one."""

    form = SiteForm
    list_display = ("name", "domain")

    def has_add_permission(self, request):
        """There is one publication."""
        return False

    def has_delete_permission(self, request, obj=None):
        """And it stays."""
        return False
