"""Share cards."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from .. import cards
from ..caching import FOR_EVER, as_file, public_page
from ..models import Article, Theme


@public_page("v")
def article_card(request, slug):
    """The card of an article, with its lead picture."""
    row = get_object_or_404(Article.objects.public().select_related("lead_picture").with_names(), slug=slug)
    return _answer(request, row, row.lead_picture)


@public_page("v")
def theme_card(request, slug):
    """The card of a theme."""
    return _answer(request, get_object_or_404(Theme, slug=slug, merged_into=None))


@public_page("v")
def front_card(request):
    """The card of the front page."""
    return _answer(request)


def _answer(request, row=None, picture=None):
    words = cards.words_of(request.publication, row)
    lasting = cards.address_of(request.publication, row).endswith(f"?v={request.GET.get('v')}")
    is_whole = True
    try:
        drawn = cards.card(words, picture.file.name if picture else None)
    except ConnectionError:  # the picture is there, but can't be had now
        drawn, is_whole = cards.card(words), False
    except OSError:  # it is missing, or damaged
        drawn = cards.card(words)
    response = as_file(HttpResponse(drawn, content_type="image/png"))
    response.for_everybody = is_whole
    if not is_whole:
        response.headers["Cache-Control"] = "no-store"
    elif lasting:
        response.headers["Cache-Control"] = FOR_EVER
    return response
