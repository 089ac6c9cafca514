"""Before a text reaches its readers, and after: the checklist, drafts shown to others, withdrawing, deleting."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext

from .. import publishing
from .form import based_on_of


class Reviewing:
    """The views around a text's way to its readers, for the admin of articles."""

    def reviewing_urls(self, wrap):
        """Return their addresses."""
        return [
            path("<int:pk>/withdraw/", wrap(self.withdraw_view), name="articles_article_withdraw"),
            path("<int:pk>/share/", wrap(self.share_view), name="articles_article_share"),
            path("<int:pk>/bring-back/", wrap(self.bring_back_view), name="articles_article_bring_back"),
        ]

    def linking(self, request, article):
        """Return the texts that link to `article`, of those that the user may see."""
        seen = self.get_queryset(request)
        found = publishing.linking_here(article, within=seen.filter(own=True))
        shown = set(seen.filter(pk__in=[other.pk for other in found]).values_list("pk", flat=True))
        return [other for other in found if other.pk in shown]

    def share_view(self, request, pk):
        """Make a draft link good for `days` days, or end the link `revoke`."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        article = self.article_or_refuse(request, pk)
        if request.POST.get("revoke", "").isdecimal():
            publishing.revoke(article, int(request.POST["revoke"][:18]), by=request.user)
            messages.success(request, gettext("The link works no more."))
        else:
            days = request.POST.get("days", "")
            try:
                publishing.share(
                    article,
                    by=request.user,
                    days=int(days) if days.isdecimal() and len(days) < 9 else 0,
                    may_comment="may_comment" in request.POST,
                )
                messages.success(request, gettext("Whoever has the link below can read the draft until it expires."))
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]) + "#desk-links")

    def delete_view(self, request, object_id, extra_context=None):
        """Ask before a draft is deleted, showing what links to it; what a colleague has published meanwhile stays."""
        article = self.get_object(request, object_id)
        linking = self.linking(request, article) if article else []
        try:
            return super().delete_view(request, object_id, {"linking": linking} | (extra_context or {}))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))

    def bring_back_view(self, request, pk):
        """Put a deleted draft back."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        article = self.get_object(request, str(pk))
        if article is None or not self.may_publish(request):
            raise Http404
        publishing.bring_back(article, by=request.user)
        messages.success(request, gettext("The draft is back."))
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))

    def withdraw_view(self, request, pk):
        """Ask why, then take a live article from its readers."""
        article = self.article_or_refuse(request, pk)
        if not self.may_publish(request):
            raise PermissionDenied
        error, note = "", request.POST.get("note", "")
        if request.method == "POST":
            try:
                based_on = based_on_of(request)
                publishing.withdraw(article, by=request.user, based_on=based_on, note=note)
                messages.success(request, gettext("Withdrawn. Its address tells readers why."))
                return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
            except publishing.Conflict:
                error = gettext("Somebody saved the article in the meantime: look at it again first.")
            except ValidationError as refused:
                error = " ".join(refused.messages)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Withdraw"),
            "article": article,
            "error": error,
            "note": note,
            "linking": self.linking(request, article),
        }
        return TemplateResponse(request, "admin/articles/article/withdraw.html", context)


def checklist(fields, article):
    """Return the checks of what a form holds, for its page or its script."""
    return [
        {
            "blocks": check.blocks,
            "message": check.message,
            "field": check.field,
            "start": check.start,
            "end": check.end,
        }
        for check in publishing.checks(fields, article)
    ]
