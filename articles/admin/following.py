"""Who follows, at the desk."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from ..feeds import following
from ..models import Following, Topic
from ..models.following import today
from .rows import OnlyRead


@admin.register(Following)
class FollowingAdmin(OnlyRead, admin.ModelAdmin):
    """One page with everything that is known of followers; there is nothing to edit."""

    def has_view_permission(self, request, obj=None):
        """Whoever writes may see who reads."""
        return request.user.has_perm("articles.change_article")

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
