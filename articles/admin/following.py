"""Who follows, at the desk."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from ..feeds import following
from ..models import Following, Topic
from ..models.following import today


@admin.register(Following)
class FollowingAdmin(admin.ModelAdmin):
    """One page with everything that is known of followers; there is nothing to edit."""

    def has_add_permission(self, request):
        """Followers are counted."""
        return False

    def has_change_permission(self, request, obj=None):
        """And stay as they were counted."""
        return False

    has_delete_permission = has_change_permission

    def has_view_permission(self, request, obj=None):
        """Whoever writes may see who reads."""
        return request.user.has_perm("articles.change_article")

    def has_module_permission(self, request):
        """As to see it."""
        return self.has_view_permission(request)

    def get_urls(self):
        """There is one page, and none of a single row."""
        return super().get_urls()[:1]

    def changelist_view(self, request, extra_context=None):
        """Show subscribers and pollers of every feed that was asked for this week, and what the hub knows."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        feeds, days = following.overview(today())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who follows"),
            "opts": self.opts,
            "feeds": feeds,
            "days": days,
            "hub": settings.HUB_URL,
            "told": Topic.objects.exclude(told_at=None).order_by("-told_at").first(),
            "waiting": Topic.objects.waiting().order_by("-attempts"),
        }
        return TemplateResponse(request, "admin/articles/following/change_list.html", context)
