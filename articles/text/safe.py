"""The one allow-list: what `engine` generates and nothing else."""

import re

import nh3

_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "caption": {"id"},
    "code": set(),
    "data": {"value"},
    "figcaption": set(),
    "figure": {"id", "data-kind", "data-unit", "data-from", "data-table"},
    "img": {"src", "alt", "title"},
    "li": {"id"},
    "ol": {"start", "type"},
    "sup": {"id", "data-note"},
    "td": {"data-label"},
    "time": {"datetime"},
    **{heading: {"id"} for heading in ("h2", "h3", "h4")},
    "*": {"lang", "dir"},  # words in another language or script, wherever they stand
}
_CLASSES = {
    "a": {"footnote-ref", "footnote-backref", "cite"},
    "div": {"footnote"},
    "figure": {"chart"},
    "li": {"event"},
    "ol": {"timeline"},
    "p": {"chart-title", "chart-subtitle"},
    "span": {"named", "plain", "what", "chart-note", "chart-source"},
    "sup": {"cites"},
    "td": {"num", "mid"},
    "th": {"num", "mid"},
}
_TAGS = (
    (set(_ATTRIBUTES) - {"*"})
    | set(_CLASSES)
    | {"br", "hr", "em", "strong", "b", "i", "sub", "del", "ins", "q", "cite", "kbd", "bdi", "blockquote", "pre"}
    | {"ul", "dl", "dt", "dd", "table", "thead", "tbody", "tr"}
)
_TAKEN_OFF = "".join(map(chr, range(0x21)))  # URL Standard, 4.4
_UNSEEN = re.compile(r"[\s\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")


def _attribute(tag, name, value):
    """Keep local and ordinary addresses; anything that names another scheme or host loosely goes."""
    if name == "src":  # a page asks nothing of any other host
        # Browsers drop tabs and newlines before they look for the host.
        return value if re.fullmatch(r"/(?![/\\])[^\x00-\x20\x7f]*", value) else None
    if name == "href":  # behind what browsers take off, no such sign: others may take that off, too, before the scheme
        return None if _UNSEEN.match(value.lstrip(_TAKEN_OFF)) else value
    if name == "lang":
        return value if re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value) else None
    if name == "dir":
        return value if value in {"ltr", "rtl", "auto"} else None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES | {"span": {"data-name"}},
    allowed_classes=_CLASSES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
    strip_comments=True,
)


def sanitise(html):
    """Return `html` with only the tags, attributes and schemes of the allow-list; a second pass changes nothing.

    Raise ValueError when four passes don't settle, which no text has been seen to need.
    """
    for _attempt in range(4):
        cleaned = _CLEANER.clean(html)
        if cleaned == html:
            return html
        html = cleaned
    raise ValueError("The sanitised text does not settle.")
