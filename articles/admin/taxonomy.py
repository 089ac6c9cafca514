"""Themes with their names, authors, series, pictures, plain pages."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.flatpages.admin import FlatPageAdmin
from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.forms.models import BaseInlineFormSet
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import names, publishing
from ..models import Author, Picture, Series, Theme, ThemeName
from ..models.reference import PictureError, read_picture


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


class ThemeForm(forms.ModelForm):
    """A theme; its introduction must render before it is stored."""

    class Meta:
        model = Theme
        fields = ("name", "slug", "definition", "introduction", "place")
        widgets = {
            "definition": forms.Textarea(attrs={"rows": 2}),
            "introduction": forms.Textarea(attrs={"rows": 18, "class": "body", "spellcheck": "true"}),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("Empty: made from the name. A changed slug leaves a redirect.")

    def clean_slug(self):
        """Accept what `names.slugify` would make, and nothing else."""
        slug = self.cleaned_data["slug"]
        if slug and names.slugify(slug) != slug:
            raise ValidationError(_("A slug has small letters a–z, digits and single hyphens, and not digits alone."))
        return slug

    def clean_introduction(self):
        """Refuse a text that can't be rendered."""
        text = names.clean(self.cleaned_data["introduction"])
        try:
            publishing.rendered_or_refuse(text, field="introduction")
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return text


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):
    """Themes, with their aliases and how many articles stand under them."""

    form = ThemeForm
    inlines = (AliasInline,)
    list_display = ("name", "other_names", "article_count", "place", "slug")
    search_fields = ("names__name", "names__folded", "definition")
    ordering = ("name",)
    view_on_site = True
    actions = None

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
        publishing.save_theme(obj)

    def save_related(self, request, form, formsets, change):
        """Store the aliases, then let search learn them."""
        super().save_related(request, form, formsets, change)
        publishing.reindex_theme(form.instance)


class NamedAdmin(admin.ModelAdmin):
    """Rows with a slug of their own: a changed one leaves a redirect."""

    actions = None

    def save_model(self, request, obj, form, change):
        """Store the row through publishing."""
        publishing.save_named(obj)


@admin.register(Author)
class AuthorAdmin(NamedAdmin):
    """Bylines."""

    list_display = ("name", "user", "slug")
    search_fields = ("name",)
    fields = ("name", "slug", "about", "user")


@admin.register(Series)
class SeriesAdmin(NamedAdmin):
    """Series."""

    list_display = ("title", "slug")
    search_fields = ("title",)
    fields = ("title", "slug", "summary")


class PictureForm(forms.ModelForm):
    """A picture; the upload is read, turned upright and re-encoded before anything is stored."""

    file = forms.FileField(label=_("File"), help_text=_("JPEG, PNG or WebP, at most 15 MB and 40 megapixels."))

    class Meta:
        model = Picture
        fields = ("file", "alt", "is_decorative", "caption", "credit")

    def clean_file(self):
        """Return the re-encoded picture, or the stored one when no other was chosen."""
        upload = self.cleaned_data["file"]
        if "file" not in self.changed_data:
            return upload
        try:
            return read_picture(upload)
        except PictureError as error:
            raise ValidationError(error.message) from error


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    """Pictures, seen small in the list."""

    form = PictureForm
    list_display = ("thumbnail", "__str__", "credit", "size", "added_at")
    list_display_links = ("thumbnail", "__str__")
    search_fields = ("alt", "caption", "credit")
    actions = None

    @admin.display(description=_("picture"))
    def thumbnail(self, picture):
        """The picture, small."""
        return format_html('<img class="thumbnail" src="{}" alt="{}" loading="lazy">', picture.file.url, picture.alt)

    @admin.display(description=_("size"))
    def size(self, picture):
        """Width and height in pixels."""
        return f"{picture.width} × {picture.height}"


class PageForm(forms.ModelForm):
    """A plain page; its text is Markdown like an article's."""

    class Meta:
        model = FlatPage
        fields = ("url", "title", "content", "sites")
        widgets = {"content": forms.Textarea(attrs={"rows": 24, "class": "body", "spellcheck": "true"})}
        help_texts = {
            "url": _("A path of one part, such as /about/."),
            "content": _("Markdown, as in articles."),
        }

    def clean_url(self):
        """Accept a path of one part, which is what the site's addresses leave free."""
        url = self.cleaned_data["url"]
        if url != f"/{names.slugify(url)}/":
            raise ValidationError(_("Write it as /about/: one part, small letters, digits and hyphens."))
        return url

    def clean_content(self):
        """Refuse a text that can't be rendered."""
        text = names.clean(self.cleaned_data["content"])
        try:
            publishing.rendered_or_refuse(text, field="content")
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return text


admin.site.unregister(FlatPage)


@admin.register(FlatPage)
class PageAdmin(FlatPageAdmin):
    """Plain pages."""

    form = PageForm
    fieldsets = None
    fields = ("title", "url", "content", "sites")
    list_filter = ()

    def get_changeform_initial_data(self, request):
        """A new page is one of this site's."""
        return {"sites": [settings.SITE_ID]}

    actions = None
