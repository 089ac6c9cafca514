"""Articles at the desk: the list, and a form that shows the working copy, never the live row.

Whatever a button does, `publishing` does it; this module asks who may, hands over what was typed and says what
happened. Nothing typed is lost: every refusal comes back as the same form with its words still in it.
"""

from dataclasses import asdict

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import publishing
from ..models import Article, ArticleAuthor
from .form import ArticleForm, based_on_of, moment
from .history import History, preview
from .keeping import Keeping, addresses, clash_in_words, hidden_fields
from .writing import Writing, words

Status = Article.Status


class StatusFilter(admin.SimpleListFilter):
    """Where an article stands."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        """Offer every status."""
        return Status.choices

    def queryset(self, request, queryset):
        """Keep the articles with the status that was chosen."""
        return queryset.standing(self.value()) if self.value() in Status.values else queryset


@admin.register(Article)
class ArticleAdmin(History, Keeping, Writing, admin.ModelAdmin):
    """The list of articles, and the views around one article (its history is in `history`)."""

    list_display = ("working_title", "standing", "themes_listed", "authors_listed", "published", "saved")
    list_filter = (StatusFilter, "article_themes__tag", "bylines__author", "language")
    search_fields = ("title", "summary", "body")
    ordering = ("-working__saved_at",)
    list_per_page = 50
    actions = None

    # Who may what -------------------------------------------------------------------------------------------------

    def get_queryset(self, request):
        """Return what the user may see: everything for those who publish, else their own and what is public."""
        rows = super().get_queryset(request).select_related("working__saved_by").with_names()
        if self.may_publish(request):
            return rows.annotate(own=Value(value=True))
        byline = ArticleAuthor.objects.filter(article=OuterRef("pk"), author__user=request.user)
        rows = rows.annotate(own=Case(When(Q(created_by=request.user) | Exists(byline), then=True), default=False))
        return rows.filter(Q(own=True) | Q(pk__in=Article.objects.public().values("pk")))

    def get_search_results(self, request, queryset, search_term):
        """Search what readers see, and working copies where they are the user's to see."""
        public, _may_repeat = super().get_search_results(request, queryset, search_term)
        if not search_term:
            return public, False
        working = queryset.filter(own=True)
        for word in search_term.split():
            working = working.filter(
                Q(working__fields__title__icontains=word) | Q(working__fields__body__icontains=word)
            )
        return queryset.filter(Q(pk__in=public.values("pk")) | Q(pk__in=working.values("pk"))), False

    def may_publish(self, request):
        """Whether the user publishes, updates and withdraws."""
        return request.user.has_perm("articles.publish_article")

    def has_change_permission(self, request, obj=None):
        """Whether the user may save `obj`: their own, or any for those who publish."""
        if not super().has_change_permission(request, obj) or obj is None or self.may_publish(request):
            return super().has_change_permission(request, obj)
        return obj.created_by_id == request.user.pk or obj.bylines.filter(author__user=request.user).exists()

    def has_delete_permission(self, request, obj=None):
        """Drafts that readers never saw can be deleted by those who publish; what was public is withdrawn instead."""
        return self.may_publish(request) and obj is not None and obj.published_at is None

    def get_deleted_objects(self, objs, request):
        """Return what goes with `objs`, without asking for rights on the article's own revisions."""
        listed, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return listed, counts, set(), protected

    def article_or_refuse(self, request, pk):
        """Return the article `pk` if the user may save it; 404 when they may not even see it, 403 otherwise."""
        article = self.get_object(request, str(pk))
        if article is None:
            raise Http404
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        return article

    # The list -----------------------------------------------------------------------------------------------------

    @admin.display(description=_("title"), ordering="title")
    def working_title(self, article):
        """The working copy's title; the public one for who may not see working copies of others."""
        return article.working.fields["title"] if article.own else article.title

    @admin.display(description=_("status"))
    def standing(self, article):
        """Where the article stands, and whether there is something readers don't see yet."""
        status = article.status()
        words = Status(status).label
        if status == Status.PUBLISHED and article.has_changes and article.own:
            words = gettext("Published, with changes readers don’t see yet")
        return format_html('<span class="status {}">{}</span>', status.value, words)

    @admin.display(description=_("themes"))
    def themes_listed(self, article):
        """The themes readers see it under."""
        return ", ".join(theme.name for theme in article.theme_list) or "–"

    @admin.display(description=_("authors"))
    def authors_listed(self, article):
        """The bylines readers see."""
        return ", ".join(byline.author.name for byline in article.bylines.all()) or "–"

    @admin.display(description=_("published"), ordering="published_at")
    def published(self, article):
        """When it was or will be published."""
        return moment(article.published_at)

    @admin.display(description=_("last saved"), ordering="working__saved_at")
    def saved(self, article):
        """When and by whom the working copy was saved."""
        if not article.own:
            return "–"
        who = article.working.saved_by
        return f"{moment(article.working.saved_at)}{f', {who}' if who else ''}"

    # One article --------------------------------------------------------------------------------------------------

    def get_urls(self):
        """Return the admin's addresses with previewing, withdrawing and the history's."""
        wrap = self.admin_site.admin_view
        own = [
            path("add/preview/", wrap(self.preview_view), {"pk": None}, name="articles_article_preview_new"),
            path("<int:pk>/preview/", wrap(self.preview_view), name="articles_article_preview"),
            path("<int:pk>/withdraw/", wrap(self.withdraw_view), name="articles_article_withdraw"),
        ]
        return own + self.history_urls(wrap) + self.keeping_urls(wrap) + self.writing_urls(wrap) + super().get_urls()

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
        if action != "save" and not self.may_publish(request):
            raise PermissionDenied
        conflict = None
        if form.is_valid():
            try:
                article = self.act(request, action, article, form)
                saved = form.cleaned_data["form"]
                if saved:
                    publishing.forget_kept(article, by=request.user, form=saved)
                address = reverse("admin:articles_article_change", args=[article.pk])
                return HttpResponseRedirect(address + (f"?saved={saved}" if saved else ""))
            except publishing.Conflict as error:
                conflict = error
            except ValidationError as error:
                form.refuse(error)
            if article:
                article.refresh_from_db()  # what was tried stays in the form; the page shows what is stored
        return self.form_page(request, article, form, conflict)

    def act(self, request, action, article, form):
        """Do what the button `action` says with what was typed; return the article, stored."""
        fields, data, by = form.typed(), form.cleaned_data, request.user
        publish = {
            "publish": {},
            "schedule": {"at": data["at"]},
            "update": {"change": data["change"], "note": data["note"]},
        }
        if action == "schedule" and not data["at"]:
            raise ValidationError({"at": gettext("Choose a date and a time.")})
        if action == "update" and not data["change"]:
            raise ValidationError({"change": gettext("Is this a typo, an update or a correction?")})
        based_on = data["based_on"]
        if article is None:
            article = publishing.create(fields, by=by, form=data["form"])
            form.article, based_on = article, article.working_id
            if action in publish:
                try:
                    publishing.publish(article, fields, by=by, based_on=based_on, **publish[action])
                except ValidationError as error:
                    # The draft is stored: the reader of this message goes on from its own form.
                    self.message(request, messages.WARNING, article, gettext("Saved as a draft, but not published:"))
                    for text in error.messages:
                        messages.warning(request, text)
                    return article
        elif action in publish:
            publishing.publish(article, fields, by=by, based_on=based_on, **publish[action])
        elif action == "unschedule":
            publishing.withdraw(article, by=by, based_on=based_on, note="")
        else:
            publishing.save_draft(article, fields, by=by, based_on=based_on)
        self.message(request, messages.SUCCESS, article, self.done(article, action))
        return article

    def done(self, article, action):
        """Return in words what happened and what readers see now."""
        article.refresh_from_db()
        status = article.status()
        if action == "save":
            if status == Status.PUBLISHED:
                return gettext("Draft saved. Readers go on seeing what was published.")
            if status == Status.SCHEDULED:
                return gettext("Draft saved. What was scheduled stays as it was.")
            return gettext("Draft saved. Readers see nothing of it.")
        if action == "unschedule":
            return gettext("Taken off the schedule. It is a draft again.")
        if status == Status.SCHEDULED:
            return gettext("Scheduled: readers will see it from %s.") % moment(article.published_at)
        if action == "update":
            return gettext("Updated. Readers see it now.")
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
                "clashes": clash_in_words(merged.clashes),
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
            "may_add_pictures": request.user.has_perm("articles.add_picture"),
            "status": status.value,
            "status_label": Status(status).label,
            "published": moment(article.published_at) if article else "",
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
            return preview(request, article, form.typed(), words)
        except ValidationError as error:
            form.refuse(error)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Preview"),
            "form": form,
        }
        return TemplateResponse(request, "admin/articles/article/preview_failed.html", context)

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
        }
        return TemplateResponse(request, "admin/articles/article/withdraw.html", context)
