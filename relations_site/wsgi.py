"""The WSGI application that granian serves: ready bytes in front of Django."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from .page_cache import PageCache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relations_site.settings")

application = PageCache(
    get_wsgi_application(), read=import_string("articles.models.standing"), megabytes=settings.PAGE_CACHE_MB
)
