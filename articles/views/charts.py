"""The charts of an article: drawings, and their figures."""

import base64
import hashlib

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import override

from ..caching import FOR_EVER, as_file, public_page
from ..models import Article
from ..text.drawing.pen import STYLE
from ..weaving import charts

# The one stylesheet that a drawing has, told by its hash (CSP level 3, 6.7.3.3).
DRAWING_POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; frame-ancestors 'none'; sandbox"
)


@public_page("v")
def drawing(request, slug, number, narrow=False):
    """One chart as SVG; its address ends in a mark of its content on pages, and is then kept for ever."""
    article, chart = _found(slug, number)
    with override(article.language):
        drawn = charts.drawn(chart, narrow=narrow)
    response = as_file(HttpResponse(drawn.svg, content_type="image/svg+xml; charset=utf-8"))
    response.headers["Content-Security-Policy"] = DRAWING_POLICY
    if request.GET.get("v") == drawn.digest:
        response.headers["Cache-Control"] = FOR_EVER
    return response


@public_page()
def figures(request, slug, number):
    """The figures of one chart for a spreadsheet."""
    article, chart = _found(slug, number)
    response = HttpResponse(charts.table(chart), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{article.slug}-{number}.csv"'
    return response


def _found(slug, number):
    article = get_object_or_404(Article.objects.public(), slug=slug)
    chart = charts.of(article, number)
    if chart is None:
        raise Http404
    return article, chart
