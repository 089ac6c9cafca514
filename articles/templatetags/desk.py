"""What the first page of the desk needs."""

from django import template

from .. import publishing
from ..feeds.items import left_out

register = template.Library()


@register.simple_tag(takes_context=True)
def overview(context):
    """Return `publishing.overview` for the user who is looking."""
    return publishing.overview(context["request"].user)


@register.simple_tag
def share(number, pairs, width):
    """Return how wide a bar for `number` is, `width` being that of the largest in `pairs` ([(label, number), …])."""
    largest = max((count for _label, count in pairs), default=0)
    return round(number / largest * width) if largest else 0


@register.simple_tag
def left_out_of_feeds():
    """Return the newest articles that feeds leave out, for they can't be shown there."""
    return left_out()
