"""The form of one article and its buttons.

Whatever a button does, `publishing` does it; this module asks who may, hands over what was typed and says what
happened. Nothing typed is lost: every refusal comes back as the same form with its words still in it.
"""

from dataclasses import asdict, replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from .. import publishing, views
from ..models import Article, Revision
from .form import ArticleForm, moment
from .keeping import addresses, clash_in_words, hidden_fields
from .reviewing import checklist
from .talking import talk
from .writing import words

Status, Kind = Article.Status, Revision.Kind
OPEN_TO_WRITERS = {"save", "submit"}
REVIEWED = {Kind.SUBMITTED, Kind.APPROVED, Kind.RETURNED}


class Editing:
    """The views around the form of an article, for the admin of articles."""

    def editing_urls(self, wrap):
        """Return the addresses of previews."""
        return [
            path("add/preview/", wrap(self.preview_view), {"pk": None}, name="articles_article_preview_new"),
            path("<int:pk>/preview/", wrap(self.preview_view), name="articles_article_preview"),
        ]

    def add_view(self, request, form_url="", extra_context=None):
        """A new article."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self.edit(request, None)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """An article's form; who may only look is shown what readers see."""
        article = self.get_object(request, object_id)
        if article is None:
            raise Http404
        if not self.has_change_permission(request, article):
            if request.method == "GET" and self.has_view_permission(request, article) and article.is_public():
                return HttpResponseRedirect(article.get_absolute_url())
            raise PermissionDenied
        return self.edit(request, article)

    def edit(self, request, article):
        """Show the form of `article` (None: a new one), and do what its button says."""
        if request.method != "POST":
            start = self.kept_start(request, article)
            return self.form_page(request, article, ArticleForm(article=article, user=request.user, start=start))
        form = ArticleForm(request.POST, article=article, user=request.user)
        action = request.POST.get("action", "save")
        if action not in OPEN_TO_WRITERS and not self.may_publish(request):
            raise PermissionDenied
        conflict = None
        if form.is_valid():
            try:
                article = self.act(request, action, article, form)
                saved = form.cleaned_data["form"]
                if saved:
                    publishing.forget_kept(by=request.user, form=saved)
                address = reverse("admin:articles_article_change", args=[article.pk])
                return HttpResponseRedirect(address + (f"?saved={saved}" if saved else ""))
            except publishing.Conflict as error:
                conflict, article = error, article or error.working.article
            except ValidationError as error:
                form.refuse(error)
            if article:
                article.refresh_from_db()  # what was tried stays in the form; the page shows what is stored
        return self.form_page(request, article, form, conflict)

    def act(self, request, action, article, form):
        """Do what the button `action` says with what was typed; return the article, stored."""
        fields, data, by, based_on = form.typed(), form.cleaned_data, request.user, form.cleaned_data["based_on"]
        sent = {"by": by, "form": data["form"]}
        publish = {
            "publish": {},
            "schedule": {"at": data["at"]},
            "update": {"change": data["change"], "note": data["note"]},
        }
        review = {"submit": Kind.SUBMITTED, "approve": Kind.APPROVED, "send_back": Kind.RETURNED}
        if action == "schedule" and not data["at"]:
            raise ValidationError({"at": gettext("Choose a date and a time.")})
        if action == "update" and not data["change"]:
            raise ValidationError({"change": gettext("Is this a typo, an update or a correction?")})
        is_new = article is None
        if is_new:
            article = publishing.create(fields, **sent)
            article.refresh_from_db()
            form.article, based_on = article, article.working_id
            typed, fields = fields, publishing.Fields.of(article.working)
            if action in publish and is_out(article, typed, **sent):
                return article  # sent twice
            if action in publish and replace(fields, slug=typed.slug) != typed:
                # The page was sent before, and a colleague has saved since: readers get nothing unread.
                raise publishing.Conflict(article.working, publishing.Merged(fields, fields, ()))
        if action in publish:
            try:
                publishing.refuse_blocked(fields, article)
                publishing.publish(article, fields, based_on=based_on, **sent, **publish[action])
            except ValidationError as error:
                if not is_new:
                    raise
                # The draft is stored: the reader of this message goes on from its own form.
                self.message(request, messages.WARNING, article, gettext("Saved as a draft, but not published:"))
                for text in error.messages:
                    messages.warning(request, text)
                return article
        elif action == "unschedule":
            publishing.withdraw(article, based_on=based_on, note="", fields=fields, **sent)
        elif action in review:
            kind, note = review[action], data["review_note"]
            publishing.save_draft(article, fields, based_on=based_on, kind=kind, note=note, **sent)
        elif not is_new:
            publishing.save_draft(article, fields, based_on=based_on, **sent)
        self.message(request, messages.SUCCESS, article, self.done(article, action))
        for label, typed in form.set_aside():
            messages.warning(request, f"{capfirst(label)} ({typed}): {publishing.rights.CLOSED}")
        if action == "save" or action in review:
            self.warn_of_text(request, fields)
        return article

    def warn_of_text(self, request, fields):
        """Say of a text that was stored when it can't be shown."""
        try:
            publishing.rendered_or_refuse(fields.body)
        except ValidationError as error:
            for text in error.messages:
                messages.warning(request, text)

    def done(self, article, action):
        """Return in words what happened and what readers see now."""
        article.refresh_from_db()
        status = article.status()
        if status == Status.DELETED:
            return gettext("Saved, but somebody has deleted this draft meanwhile: bring it back, or leave it deleted.")
        words = {
            "submit": gettext("Handed in for review. Readers see no change."),
            "approve": gettext("Approved. Readers see no change until it is published."),
            "send_back": gettext("Sent back with your note. Readers see no change."),
            "unschedule": gettext("Taken off the schedule. It is a draft again."),
            "update": gettext("Updated. Readers see it now."),
        }
        if action in words:
            return words[action]
        if action == "save":
            if status == Status.PUBLISHED:
                return gettext("Draft saved. Readers go on seeing what was published.")
            if status == Status.SCHEDULED:
                return gettext("Draft saved. What was scheduled stays as it was.")
            return gettext("Draft saved. Readers see nothing of it.")
        if status == Status.SCHEDULED:
            return gettext("Scheduled: readers will see it from %s.") % moment(article.published_at)
        return gettext("Published. Readers see it now.")

    def message(self, request, level, article, text):
        """Leave `text` for the next page, with a link to the public page when there is one."""
        if article.is_public():
            text = format_html('{} <a href="{}">{}</a>', text, article.get_absolute_url(), gettext("View on site"))
        messages.add_message(request, level, text)

    def form_page(self, request, article, form, conflict=None):
        """Return the page with the form; after a `Conflict` it holds what both editors made of the article."""
        settling = None
        if conflict:
            merged = conflict.merged
            again = {name: form.data[name] for name in ("at", "change", "note", "form") if name in form.data}
            again |= {"based_on": conflict.working.pk}
            form = ArticleForm(article=article, user=request.user, start=asdict(merged.mine) | again)
            sides = {"mine": merged.mine, "theirs": merged.theirs}
            settling = {
                "clashes": clash_in_words(merged.clashes, request.user),
                "action": request.POST.get("action", "save"),
                "sides": {name: [*hidden_fields(fields), *again.items()] for name, fields in sides.items()},
            }
        status = article.status() if article else Status.DRAFT
        problems = sum(len(errors) for errors in form.errors.values())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Edit article") if article else gettext("New article"),
            "subtitle": None,
            "article": article,
            "form": form,
            "conflict": conflict,
            "settling": settling,
            "kept": publishing.kept(article, request.user) if article and request.method == "GET" else [],
            "going_on": bool(article and request.GET.get("kept")),
            "others": publishing.others(article, request.user) if article else [],
            "addresses": addresses(article),
            "saved": request.GET.get("saved", ""),
            "words": words(),
            **(talk(article) if article else {}),
            "checks": checklist(form.typed_or_stored(), article),
            "review": article.working if article and article.working.kind in REVIEWED else None,
            "linking": self.linking(request, article) if article and article.published_at else [],
            "coming": publishing.coming().exclude(pk=article.pk if article else None)[:5]
            if self.may_publish(request)
            else [],
            "links": publishing.open_links(article) if article else [],
            "may_add_pictures": request.user.has_perm("articles.add_picture"),
            "status": status.value,
            "status_label": Status(status).label,
            "published": moment(article.published_at) if article else "",
            "came_out": publishing.came_out(article) if article and status == Status.DRAFT else None,
            "may_publish": self.may_publish(request),
            "may_delete": self.has_delete_permission(request, article),
            "problems": ngettext(
                "Nothing was saved: %s thing below needs your attention.",
                "Nothing was saved: %s things below need your attention.",
                problems,
            )
            % problems
            if problems
            else "",
        }
        response = TemplateResponse(request, "admin/articles/article/form.html", context)
        response.status_code = 409 if conflict else 200
        return response

    def preview_view(self, request, pk):
        """Show what was typed, saved or not, as readers would see it."""
        if request.method != "POST":
            raise Http404
        if pk is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            article = None
        else:
            article = self.article_or_refuse(request, pk)
        form = ArticleForm(request.POST, article=article, user=request.user)
        words = gettext("Preview: what the form holds, as readers would see it.")
        try:
            return views.draft_page(request, article, form.typed(), words)
        except ValidationError as error:
            form.refuse(error)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Preview"),
            "form": form,
        }
        return TemplateResponse(request, "admin/articles/article/preview_failed.html", context)


def is_out(article, typed, *, by, form):
    """Whether the form `form` (a UUID, or None) of `by` has published `typed` already: its answer was lost."""
    rows = article.revisions.filter(kind=Kind.PUBLISHED, form=form, saved_by=by) if form else ()
    return any(replace(publishing.Fields.of(row), slug=typed.slug) == typed for row in rows)
