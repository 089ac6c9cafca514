"""The editors' desk: Django's admin, in order for a publication."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import articles, following, people, sources, taxonomy, uploads

__all__ = ["articles", "following", "people", "sources", "taxonomy", "uploads"]

admin.site.site_header = _("The desk")
admin.site.site_title = _("The desk")
admin.site.index_title = _("What would you like to work on?")
admin.site.enable_nav_sidebar = False
admin.site.unregister([StaticDevice, TOTPDevice])  # nobody reads keys at the desk; `accounts.pages` has what is needed
