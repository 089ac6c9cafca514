"""What pollers are told of a feed beside its bytes: how long it is fresh, since when it stands, who may read it."""

from django.utils.http import http_date

from ..models.edition import second_is_over

# A poller asks again after a quarter of an hour, a cache in between each minute; but for the hub, which asks once, when
# it is told of news, and mustn't be given what was before.
FRESH, PUSHED = (
    f"public, max-age=900, s-maxage={seconds}, stale-while-revalidate={seconds // 3}, stale-if-error=86400"
    for seconds in (60, 0)
)


def polled(response, changed):
    """Return `response`, a feed, as pollers get it; `changed` is the instant (aware) of the last change, or None."""
    settled = changed is None or second_is_over(changed)
    # A date that more may yet come under is no validator; the second before it is, for all who come later. What is sent
    # until then isn't kept: its date would hide what came after.
    seconds = int(changed.timestamp()) - (not settled) if changed else 0
    response.for_everybody = settled
    response.headers["Last-Modified"] = http_date(seconds)
    response.headers["Cache-Control"] = PUSHED if response.has_header("Link") else FRESH
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
