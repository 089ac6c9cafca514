"""The history of an article: its revisions, what each changed, and the way back to one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import publishing, views
from ..models import Article, Author, Picture, Series, Theme
from ..text import diff
from .form import based_on_of

LABELS = {
    "title": _("title"),
    "slug": _("slug"),
    "summary": _("summary"),
    "language": _("language"),
    "themes": _("themes"),
    "authors": _("authors"),
    "series": _("series"),
    "series_order": _("part of the series"),
    "lead_picture": _("lead picture"),
    "translation_of": _("translation of"),
    "read_next": _("read next"),
}
ROWS = {
    "themes": Theme,
    "authors": Author,
    "series": Series,
    "lead_picture": Picture,
    "translation_of": Article,
    "read_next": Article,
}


class History:
    """The views of an article's history, for the admin of articles."""

    def history_urls(self, wrap):
        """Return the addresses of the revisions."""
        return [
            path("<int:pk>/revisions/<int:number>/", wrap(self.revision_view), name="articles_article_revision"),
            path(
                "<int:pk>/revisions/<int:number>/preview/",
                wrap(self.revision_preview),
                name="articles_article_revision_preview",
            ),
            path("<int:pk>/revisions/<int:number>/restore/", wrap(self.restore_view), name="articles_article_restore"),
        ]

    def history_view(self, request, object_id, extra_context=None):
        """List the revisions, newest first."""
        article = self.article_or_refuse(request, object_id)
        revisions = article.revisions.numbered().select_related("saved_by").defer("fields")
        return self._page(request, "history", article, gettext("History"), revisions=revisions)

    def revision_view(self, request, pk, number):
        """Show one revision and what it changed since the one before (or since `?since=N`)."""
        article, revision = self._revision(request, pk, number)
        earlier = article.revisions.numbered().filter(number__lt=number)
        since = request.GET.get("since", "")
        if since.isascii() and since.isdigit() and len(since) < 9:
            earlier = earlier.filter(number=int(since))
        before = earlier.first()
        old = before.fields if before else {}
        return self._page(
            request,
            "revision",
            article,
            gettext("Revision %s") % number,
            revision=revision,
            before=before,
            changed=changed_fields(old, revision.fields, request.user),
            paragraphs=diff.paragraphs(old.get("body", ""), revision.fields["body"]),
        )

    def revision_preview(self, request, pk, number):
        """Show a revision as readers would have seen it."""
        article, revision = self._revision(request, pk, number)
        words = gettext("Revision %s, as readers would see it. This is not what is published now.") % number
        try:
            return views.draft_page(request, article, publishing.Fields.of(revision), words)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:articles_article_revision", args=[pk, number]))

    def restore_view(self, request, pk, number):
        """Make a revision the working copy again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        article, revision = self._revision(request, pk, number)
        try:
            based_on, field = based_on_of(request), request.POST.get("field")
            publishing.restore(article, revision, by=request.user, based_on=based_on, field=field)
        except publishing.Conflict:
            messages.error(request, gettext("Somebody saved the article in the meantime. Nothing was restored."))
            return HttpResponseRedirect(reverse("admin:articles_article_history", args=[pk]))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:articles_article_history", args=[pk]))
        messages.success(
            request,
            gettext("Revision %s is the working copy again. Readers see no change until you publish it.") % number,
        )
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]))

    def _revision(self, request, pk, number):
        article = self.article_or_refuse(request, pk)
        revision = get_object_or_404(article.revisions.select_related("saved_by"), number=number)
        return article, revision

    def _page(self, request, name, article, title, **context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "article": article, "title": title}
        return TemplateResponse(request, f"admin/articles/article/{name}.html", context)


def changed_fields(old, new, user):
    """Return [(name, label, words before, words after), …] of the fields but the text that differ between two revisions.

    The words are for `user`.
    """
    rows = []
    for name, label in LABELS.items():
        before, after = old.get(name), new.get(name)
        if before != after:
            rows.append((name, label, in_words(name, before, user), in_words(name, after, user)))
    return rows


def in_words(name, value, user):
    """Return a field's stored value as `user` knows it: names for keys, but of articles that they may not see."""
    if value in (None, "", []):
        return "–"
    if name in ROWS:
        keys = value if isinstance(value, list) else [value]
        rows = ROWS[name]._base_manager.in_bulk(keys)
        if ROWS[name] is Article:
            seen = set(publishing.rights.seen_by(user).filter(pk__in=rows).values_list("pk", flat=True))
            rows = {
                key: row if key in seen else gettext("an article that readers don’t see") for key, row in rows.items()
            }
        return ", ".join(str(rows.get(key, gettext("deleted"))) for key in keys)
    return str(value)
