"""Themes kept in order at the desk: merging, undoing it, articles that name a theme, many articles at once."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import publishing
from ..models import Article, Theme, ThemeMerge
from .rows import RowsField


class Tending:
    """The page on which a theme is kept in order, for the admin of themes."""

    def get_urls(self):
        """Return the admin's addresses with that of the page."""
        wrap = self.admin_site.admin_view
        return [path("<int:pk>/tend/", wrap(self.tend_view), name="articles_theme_tend"), *super().get_urls()]

    def tend_view(self, request, pk):
        """Show what can be put in order; do what the button says."""
        theme = get_object_or_404(Theme, pk=pk)
        if not self.has_change_permission(request, theme):
            raise PermissionDenied
        target = Theme.objects.filter(pk=self._key(request, "target")).exclude(pk=pk).first()
        if request.method == "POST":
            try:
                return self._act(request, theme, target)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Keep in order"),
            "theme": theme,
            "others": Theme.objects.exclude(pk=pk),
            "target": target,
            "preview": publishing.merge_preview(theme, target) if target else None,
            "naming": publishing.naming_without(theme),
            "may_retag": request.user.has_perm("articles.publish_article"),
            "merges": ThemeMerge.objects.filter(target=theme, undone_at=None).order_by("-merged_at"),
        }
        return TemplateResponse(request, "admin/articles/theme/tend.html", context)

    def _act(self, request, theme, target):
        """Merge, undo or tag; return where to go on."""
        action, here = request.POST.get("action"), request.path
        if action == "merge" and target:
            publishing.merge_themes(theme, target, by=request.user)
            messages.success(request, gettext("Merged. Its names, articles and addresses lead here now."))
            here = reverse("admin:articles_theme_tend", args=[target.pk])
        elif action == "undo":
            merge = get_object_or_404(ThemeMerge, pk=self._key(request, "merge"), target=theme)
            back = publishing.undo_merge(merge, by=request.user)
            messages.success(request, gettext("“%s” is a theme of its own again.") % back)
        elif action == "carry":
            if not request.user.has_perm("articles.publish_article"):
                raise PermissionDenied
            keys = [int(key) for key in request.POST.getlist("article") if key.isdecimal() and len(key) < 19]
            done = sum(
                publishing.retag(row, add=[theme.pk], by=request.user) for row in Article.objects.filter(pk__in=keys)
            )
            messages.success(request, told(done))
        return HttpResponseRedirect(here)

    @staticmethod
    def _key(request, name):
        value = request.POST.get(name) or request.GET.get(name) or ""
        return int(value) if value.isdecimal() and len(value) < 19 else 0


class RetagForm(forms.Form):
    """Which themes come and which go."""

    add = RowsField(Theme.objects.all(), label=_("Put on"), required=False, widget=forms.CheckboxSelectMultiple)
    remove = RowsField(Theme.objects.all(), label=_("Take off"), required=False, widget=forms.CheckboxSelectMultiple)


@admin.action(description=_("Put themes on, or take them off"), permissions=["publish"])
def retag_chosen(modeladmin, request, queryset):
    """Ask which themes, then put them on the chosen articles or take them off."""
    form = RetagForm(request.POST if "retag" in request.POST else None)
    if form.is_bound and form.is_valid():
        add = [theme.pk for theme in form.cleaned_data["add"]]
        remove = [theme.pk for theme in form.cleaned_data["remove"]]
        done = 0
        for article in queryset:
            try:
                done += publishing.retag(article, add=add, remove=remove, by=request.user)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
        messages.success(request, told(done))
        return None
    context = {
        **modeladmin.admin_site.each_context(request),
        "opts": modeladmin.opts,
        "title": gettext("Themes of the chosen articles"),
        "chosen": queryset,
        "form": form,
    }
    return TemplateResponse(request, "admin/articles/article/retag.html", context)


def told(count):
    """Return in words how many articles were changed."""
    return ngettext("%s article changed.", "%s articles changed.", count) % count
