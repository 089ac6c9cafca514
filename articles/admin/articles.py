"""Articles at the desk: the list, and a form that shows the working copy, never the live row.

Whatever a button does, `publishing` does it; this module asks who may, hands over what was typed and says what
happened. Nothing typed is lost: every refusal comes back as the same form with its words still in it.
"""

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, Value, When
from django.http import Http404
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import publishing
from ..models import Article, Revision
from .editing import Editing
from .form import moment
from .history import History
from .keeping import Keeping
from .reviewing import Reviewing
from .talking import Talking
from .tending import retag_chosen
from .writing import Writing

Status = Article.Status


class StatusFilter(admin.SimpleListFilter):
    """Where an article stands."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request, model_admin):
        """Offer every status, and what waits for an editor."""
        return [*Status.choices, ("review", _("In review"))]

    def queryset(self, request, queryset):
        """Keep the articles with the status that was chosen; deleted drafts are shown to who asks for them."""
        if self.value() == "review":
            return queryset.filter(working__kind=Revision.Kind.SUBMITTED, own=True, deleted_at=None)
        return queryset.standing(self.value()) if self.value() in Status.values else queryset.filter(deleted_at=None)


@admin.register(Article)
class ArticleAdmin(Editing, History, Keeping, Reviewing, Talking, Writing, admin.ModelAdmin):
    """The list of articles, and the views around one article (its history is in `history`)."""

    list_display = ("working_title", "standing", "themes_listed", "authors_listed", "published", "saved")
    list_filter = (StatusFilter, "article_themes__tag", "bylines__author", "language")
    search_fields = ("title", "summary", "body")
    ordering = ("-working__saved_at",)
    list_per_page = 50
    actions = (retag_chosen,)

    # Who may what -------------------------------------------------------------------------------------------------

    def response_action(self, request, queryset):
        """Carry out the action; a key that no database could hold ticks nothing."""
        request.POST = request.POST.copy()
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST.setlist(ACTION_CHECKBOX_NAME, [key for key in ticked if len(key) < 19])
        return super().response_action(request, queryset)

    def get_queryset(self, request):
        """Return what the user may see: everything for those who publish, else their own and what is public."""
        rows = super().get_queryset(request).select_related("working__saved_by").with_names()
        if self.may_publish(request):
            return rows.annotate(own=Value(value=True))
        rows = rows.annotate(own=Case(When(publishing.rights.own(request.user), then=True), default=False))
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
        return request.user.has_perm(publishing.rights.PUBLISH)

    has_publish_permission = may_publish  # what Django asks before it offers an action

    def get_actions(self, request):
        """Offer our actions; deleting is done one by one."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_change_permission(self, request, obj=None):
        """Whether the user may save `obj`: their own, or any for those who publish."""
        return publishing.rights.may(request.user, "write", obj)

    def has_delete_permission(self, request, obj=None):
        """Drafts that readers never saw can be deleted by those who publish; what was public is withdrawn instead."""
        return obj is not None and obj.status() == Status.DRAFT and publishing.rights.may(request.user, "delete")

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
        if article.own and article.working.kind == Revision.Kind.SUBMITTED:
            words = gettext("%s, in review") % words
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

    # Addresses ----------------------------------------------------------------------------------------------------

    def get_urls(self):
        """Return the admin's addresses with our own before them."""
        wrap = self.admin_site.admin_view
        own = (
            self.editing_urls,
            self.history_urls,
            self.keeping_urls,
            self.reviewing_urls,
            self.talking_urls,
            self.writing_urls,
        )
        return [address for urls in own for address in urls(wrap)] + super().get_urls()

    def delete_model(self, request, obj):
        """Delete a draft so that it can be brought back."""
        publishing.discard(obj, by=request.user)
