"""What is known of the pictures of a text."""

from html import escape

from ..models import Picture
from ..text import pictures


def known(*texts):
    """Return {address: `Known`} of the pictures in the rendered `texts`, with one query or none."""
    addresses = set().union(*map(pictures.mentioned, texts))
    names = {address.rpartition("/")[2] for address in addresses if address.startswith("/pictures/")}
    rows = Picture.objects.filter(file__in=names).order_by("-pk") if names else ()
    return {row.file.url: of(row) for row in rows}


def of(picture):
    """Return the `Known` of a `Picture`."""
    sources = {kind: [(picture.address(width, kind), width) for width in picture.sizes] for kind in ("avif", "webp")}
    return pictures.Known(picture.width, picture.height, sources, picture.caption, picture.credit)


def lead(picture, plain=False):
    """Return the figure with which an article begins; `plain` for feeds."""
    attributes = f'src="{escape(picture.file.url)}" alt="{escape(picture.alt)}"'
    return pictures.figure(of(picture), attributes, lead=True, plain=plain)
