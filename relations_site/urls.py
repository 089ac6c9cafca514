"""The addresses of the site: the desk, then everything readers see."""

from django.contrib import admin
from django.urls import include, path

from . import health

urlpatterns = [
    path("health/", health.alive),
    path("health/ready/", health.ready),
    path("admin/", admin.site.urls),
    path("", include("articles.urls")),
]

handler400 = "articles.views.bad_request"
handler403 = "articles.views.forbidden"
handler404 = "articles.views.not_found"
handler500 = "articles.views.server_error"
