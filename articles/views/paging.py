"""Long lists of what are not articles, page by page."""

from django.core.paginator import Paginator
from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from .. import listing as listings
from ..caching import depending
from ..models.tally import EVERYTHING


class _Bounded(Paginator):
    """Pages of rows of which `most` are counted, or as many as it takes to know whether page `number` is the last."""

    def __init__(self, rows, size, most, number):
        super().__init__(rows, size)
        self.most = max(most, number * size)

    @cached_property
    def count(self):
        """How many rows there are, as far as they are counted."""
        return self.object_list[: self.most + 1].count()


def paged(
    request, template, name, rows, *, address, size, known=("page",), most=None, shown=list, narrow=False, extra=None
):
    """Return `template` with the page of `rows` that the request asks for as `name` beside `extra`, or a redirect to its address.

    `address(number)` is the canonical address of a page, `known` the parameters that it may have; `shown(part)` makes
    what is printed of a page's part of the rows. Of a list that may be very long the first `most` rows are counted, and as
    many as lie before a page behind them: its `page` then says that there are `more` than its `total`. `narrow` is as of
    `depending`.
    """
    number = listings.page_number(request.GET)
    pages = _Bounded(rows, size, most, number) if most else Paginator(rows, size)
    if number > pages.num_pages:
        raise listings.Unknown(_("This list has only %s pages.") % pages.num_pages)
    if not listings.is_canonical(request.path, request.GET, address(number), known=known):
        return HttpResponsePermanentRedirect(address(number))
    more = bool(most) and pages.count > pages.most
    page = {
        "number": number,
        "pages": pages.num_pages,
        "total": pages.most if more else pages.count,
        "more": more,
        "address": address(number),
        "previous": address(number - 1) if number > 1 else None,
        "next": address(number + 1) if number < pages.num_pages else None,
    }
    rows = shown(pages.page(number).object_list)
    response = render(request, template, {name: rows, "page": page, **(extra or {})})
    loose = any(getattr(row, "is_loose", False) for row in rows)
    return depending(response, None if loose else EVERYTHING, narrow=narrow)


def numbered(path):
    """Return what gives the addresses of the pages of a list at `path` that has no parameters but `page`."""
    return lambda number: path + (f"?page={number}" if number > 1 else "")
