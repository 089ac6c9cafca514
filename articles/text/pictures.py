"""Pictures in a text: each in the sizes and formats there are, and in a figure where it stands alone.

A rendered text has plain images; what is known of each now (size, caption, credit) is put in when it is shown.
"""

import html
import re
from dataclasses import dataclass

_IMAGE = re.compile(r"<img ([^>]*)>")
_ALONE = re.compile(r"<p>\s*<img ([^>]*)>\s*</p>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
# A column of text in CSS pixels, and a phone with its edges.
SIZES = "(min-width: 660px) 612px, calc(100vw - 40px)"


@dataclass(frozen=True)
class Known:
    """What is known of a picture: its size in pixels, {format: [(address, width), …]}, and what stands below it."""

    width: int
    height: int
    sources: dict
    caption: str = ""
    credit: str = ""


def mentioned(markup):
    """Return the addresses of the images in rendered `markup`."""
    found = (dict(_ATTRIBUTE.findall(image[1])).get("src", "") for image in _IMAGE.finditer(markup))
    return {html.unescape(address) for address in found}


def shown(markup, known, plain=False):
    """Return rendered `markup` with its images in full; `known` is {address: `Known`}, others stay as they are.

    `plain`, for feeds, each has the one address that every reader knows.
    """

    def alone(found):
        said = dict(_ATTRIBUTE.findall(found[1]))
        picture = known.get(html.unescape(said.get("src", "")))
        if picture is None:
            return found[0]
        caption = html.unescape(said["title"]) if "title" in said else None
        return figure(picture, found[1], plain=plain, caption=caption)

    def within(found):
        picture = known.get(html.unescape(dict(_ATTRIBUTE.findall(found[1])).get("src", "")))
        return image(picture, found[1], plain=plain) if picture else found[0]

    parts = _ALONE.split(markup)  # text, attributes, text, …
    for place, part in enumerate(parts):
        parts[place] = _ALONE.sub(alone, f"<p><img {part}></p>") if place % 2 else _IMAGE.sub(within, part)
    return "".join(parts)


def figure(picture, attributes, *, plain=False, lead=False, caption=None):
    """Return the figure of a `Known` picture, `attributes` being those of its img: src, alt; escaped.

    `caption` is that of the text, "" for none; without one (None) it is the picture's own.
    """
    below = html.escape(picture.caption if caption is None else caption, quote=False)
    credit = f'<span class="credit">{html.escape(picture.credit, quote=False)}</span>' if picture.credit else ""
    below = " · ".join(filter(None, (below, credit)))
    shown_below = f"<figcaption>{below}</figcaption>" if below else ""
    kind = "picture lead" if lead else "picture"
    return f'<figure class="{kind}">{image(picture, attributes, plain=plain, lead=lead)}{shown_below}</figure>'


def image(picture, attributes, *, plain=False, lead=False):
    """Return the image of a `Known` picture; all but the `lead` are fetched when they come near."""
    attributes = re.sub(r' ?title="[^"]*"', "", attributes)
    size = f'width="{picture.width}" height="{picture.height}"'
    if plain:
        return f"<img {attributes} {size}>"
    sources = "".join(
        f'<source type="image/{kind}" srcset="{", ".join(f"{address} {width}w" for address, width in files)}" '
        f'sizes="{SIZES}">'
        for kind, files in picture.sources.items()
        if files
    )
    when = 'fetchpriority="high"' if lead else 'loading="lazy" decoding="async"'
    return f"<picture>{sources}<img {attributes} {size} {when}></picture>"
