"""What pollers are answered: most have the newest already, and learn so without anything being rendered.

A feed's ETag is made from its bytes. Each process remembers it with the moment at which anything that readers see
changed last; while that stands, a poller who has those bytes gets 304 for two queries (RFC 9110, section 13).
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from django.utils.http import http_date

from ..models import Article
from ..models.edition import second_is_over
from . import following

# A poller asks again after a quarter of an hour, a cache in between each minute; but for the hub, which asks once, when
# it is told of news, and mustn't be given what was before.
FRESH, PUSHED = (f"public, max-age=900, s-maxage={seconds}" for seconds in (60, 0))
MOST_REMEMBERED, LONGEST_REMEMBERED = 5_000, 500


@dataclass(frozen=True)
class _Answer:
    """What was answered at an address: when what it is made of changed last, for which site, its validator and links."""

    changed: object
    site: tuple
    etag: str
    links: str | None


_answers = OrderedDict()
_lock = threading.Lock()


def _as_page(request, response):
    """Call the feed XML for browsers, which style that, and show a feed by its own name as raw text."""
    patch_vary_headers(response, ["Accept"])
    if "text/html" in request.headers.get("Accept", "") and "+xml" in response.get("Content-Type", ""):
        response.headers["Content-Type"] = "text/xml; charset=utf-8"


def polled(request, build):
    """Return `build(changed)`, a response, with validators; or 304 for a poller who has it.

    `changed` is the instant (aware) of the last change of anything that readers see, or None.
    """
    site = (request.publication.name, request.publication.base)
    changed = Article.objects.last_change()
    settled = changed is None or second_is_over(changed)
    # A date that more may yet come under is no validator; the second before it is, for all who come later.
    seconds = int(changed.timestamp()) - (not settled) if changed else 0
    address = request.get_full_path()
    known = _answers.get(address)
    response = None
    if known and (known.changed, known.site) == (changed, site):
        response = get_conditional_response(request, known.etag, seconds if settled else None)
        if response:
            response.headers["ETag"] = known.etag
            if known.links:
                response.headers["Link"] = known.links
    if response is None:
        response = build(changed)
        if response.status_code == 200:
            set_response_etag(response)
        if response.status_code == 200 and len(address) <= LONGEST_REMEMBERED:
            with _lock:
                _answers[address] = _Answer(changed, site, response["ETag"], response.get("Link"))
                _answers.move_to_end(address)
                while len(_answers) > MOST_REMEMBERED:
                    _answers.popitem(last=False)
    if response.status_code in {200, 304}:
        following.note(request)
        _as_page(request, response)
        response.headers["Last-Modified"] = http_date(seconds)
        response.headers["Cache-Control"] = PUSHED if response.has_header("Link") else FRESH
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
