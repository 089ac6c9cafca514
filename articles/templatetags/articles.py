"""What templates need beyond Django's own tags."""

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from .. import weaving

register = template.Library()
register.filter(weaving.titled)
register.filter(weaving.published)


@register.filter
def sanitised(html):
    """Mark `html`, which came through `articles.text`, as ready for the page."""
    return mark_safe(html)  # noqa: S308 - the one place; text/safe.py has been over it


@register.filter
def day(moment, form="j F Y"):
    """Return the aware datetime `moment` as a `time` element that reads "9 December 2025" in the site's zone."""
    local = localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), date_format(local, form))
