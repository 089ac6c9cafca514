"""The picture of a whole text, which its head names, or which lies beside it."""

import re

from .links import TAKEN
from .setups import Dialect

_LEADS = ("image", "cover", "featured_image", "featuredimage", "featureimage", "feature_image", "thumbnail", "hero",
          "hero_image", "heroimage", "banner", "images", "header", "cover_image", "coverimage", "teaser", "img", "top_img", "cover_img",
          "og_image", "ogimage", "socialimage", "social_image", "thumb", "photo")  # fmt: skip
_WITHIN = ("image", "src", "path", "url", "feature", "overlay_image", "background", "filename", "teaser", "thumb", "og_image",
           "relative_path")  # fmt: skip
_ALTS = ("image_alt", "imagealt", "cover_alt", "featured_image_alt", "alt")
LEADS = frozenset(_LEADS + _ALTS)


def lead(around, fields):
    """Return the `Image` that the head names as the picture of the whole text, or None; of several the first that is there."""
    named = [each for key in _LEADS for each in _named(fields.get(key))]
    named += (
        [each for each in fields["resources"] if _is_lead(each)] if isinstance(fields.get("resources"), list) else []
    )
    asked = [found for found in map(_picture_of, named) if found[0]]
    for address, alt, caption in asked:
        if (name := around.file(address)) and name.lower().endswith(TAKEN):
            alt = alt or next((fields[name] for name in _ALTS if isinstance(fields.get(name), str)), "")
            return around.picture(address, alt, caption, None)
    if asked:
        return around.picture(asked[0][0], "", "", None)  # which tells why there is none
    said = next((found for found in map(_picture_of, named) if found[1] or found[2]), ("", "", ""))
    return _beside(around, *said[1:]) if around.setup.dialect == Dialect.HUGO else None


def _named(value):
    return [each for each in value if isinstance(each, str | dict)] if isinstance(value, list) else [value]


def _is_lead(resource):
    """Whether a resource of a bundle of Hugo's is called as themes call the picture of the text."""
    name = str(resource.get("name") or "") if isinstance(resource, dict) else ""
    return bool(re.match(r"(?:featured?|cover|hero|thumbnail|banner)(?![a-z])", name, re.IGNORECASE))


def _picture_of(value):
    """Return (address, alt, caption) of what a field of the head says of a picture."""
    if not isinstance(value, dict):
        return (value.strip() if isinstance(value, str) else ""), "", ""
    told = {str(key).lower(): each for key, each in value.items() if isinstance(each, str)}
    address = next((told[key].strip() for key in _WITHIN if told.get(key)), "")
    return address, told.get("alt", ""), told.get("caption", "")


def _beside(around, alt, caption):
    """Return the `Image` that lies beside a text of Hugo's under a name that themes of Hugo look for, or None."""
    for stem in ("featured", "feature", "cover", "thumbnail", "featured-image"):
        for ending in TAKEN:
            if f"{around.folder}/{stem}{ending}" in around.place and around.name.rpartition("/")[2].startswith(
                "index."
            ):
                return around.picture(f"{stem}{ending}", alt, caption, None)
    return None
