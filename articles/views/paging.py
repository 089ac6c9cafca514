"""Long lists of what are not articles, page by page."""

from django.core.paginator import Paginator
from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from .. import listing as listings


def paged(request, template, name, rows, *, path, size, extra=None):
    """Return `template` with the page of `rows` that the request asks for as `name` beside `extra`, or a redirect to its address."""
    pages = Paginator(rows, size)
    number = listings.page_number(request.GET)
    if number > pages.num_pages:
        raise listings.Unknown(_("This list has only %s pages.") % pages.num_pages)

    def address(number):
        return path + (f"?page={number}" if number > 1 else "")

    if not listings.is_canonical(request.path, request.GET, address(number)):
        return HttpResponsePermanentRedirect(address(number))
    page = {
        "number": number,
        "pages": pages.num_pages,
        "total": pages.count,
        "previous": address(number - 1) if number > 1 else None,
        "next": address(number + 1) if number < pages.num_pages else None,
    }
    return render(request, template, {name: pages.page(number).object_list, "page": page, **(extra or {})})
