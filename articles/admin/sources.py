"""Sources at the desk."""

from functools import partial

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from .. import publishing, weaving
from ..models import Article, Source, Theme
from .rows import RowAdmin, RowForm


class SourceForm(RowForm):
    """A source; its key stays, since texts cite by it."""

    class Meta:
        model = Source
        fields = ("key", "kind", "title", "creators", "publisher", "date", "language", "url", "archived_url", "note")
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "creators": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "publisher": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "note": forms.TextInput(attrs={"class": "vLargeTextField"}),
        }
        field_classes = dict.fromkeys(("url", "archived_url"), partial(forms.URLField, assume_scheme="https"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "key" in self.fields:
            self.fields["key"].disabled = True


class LinkFilter(admin.SimpleListFilter):
    """How the address answered."""

    title = _("address")
    parameter_name = "address"

    def lookups(self, request, model_admin):
        """Offer what an editor would act on."""
        return [("dead", _("Dead")), ("failing", _("Failing")), ("unarchived", _("Without an archived copy"))]

    def queryset(self, request, queryset):
        """Keep those chosen."""
        chosen = {
            "dead": {"failures__gte": Source.DEAD},
            "failing": {"failures__gt": 0, "failures__lt": Source.DEAD},
            "unarchived": {"archived_url": ""},
        }
        return queryset.filter(**chosen.get(self.value(), {}))


@admin.register(Source)
class SourceAdmin(RowAdmin):
    """Sources, found by any word of theirs in any spelling."""

    form = SourceForm
    list_display = ("key", "title", "publisher", "published", "cited_in", "answered")
    list_filter = (LinkFilter, "kind", "language")
    search_fields = ("folded",)
    ordering = ("key",)
    view_on_site = False

    def get_search_results(self, request, queryset, search_term):
        """Search by folded words."""
        return queryset.named(search_term), False

    @admin.display(description=_("date"), ordering="date")
    def published(self, source):
        """The date in words."""
        return weaving.day_in_words(source.date) or "–"

    @admin.display(description=_("cited in"))
    def cited_in(self, source):
        """How many published texts and themes cite it."""
        return len(source.citations.all())

    @admin.display(description=_("address"), ordering="failures")
    def answered(self, source):
        """How its address answered when it was asked last."""
        if source.checked_at is None:
            return "–"
        words = _("dead: %s") if source.is_dead else _("failing: %s") if source.failures else "%s"
        return words % source.outcome

    def get_queryset(self, request):
        """Return the sources with their citations."""
        return super().get_queryset(request).prefetch_related("citations")

    def delete_model(self, request, obj):
        """Delete a source that no text cites, drafts included."""
        publishing.forget_row(obj, by=request.user)

    def has_delete_permission(self, request, obj=None):
        """A source can go while no text, published or not, cites it."""
        return super().has_delete_permission(request, obj) and (obj is None or not in_use(obj))


def in_use(source):
    """Whether a published text, a working copy or a theme cites `source`."""
    return (
        source.citations.exists()
        or Article.objects.filter(working__fields__body__iregex=rf"\[[^\]]*@{source.key}[\],;]").exists()
        or Theme.objects.filter(introduction__iregex=rf"\[[^\]]*@{source.key}[\],;]").exists()
    )
