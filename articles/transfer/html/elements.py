"""The elements of HTML by what becomes of them, and the addresses that may stand in a text."""

import re
from urllib.parse import parse_qs, urlsplit

LISTS = {"ul", "ol", "dl", "blockquote"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
FLAT = HEADINGS | {"td", "th", "caption", "figcaption", "dt"}  # hold one paragraph of several lines
BLOCKS = FLAT | LISTS | {"p", "li", "dd", "table", "tr", "pre", "figure", "hr"}
GROUPS = {
    "address", "article", "aside", "body", "center", "details", "dialog", "div", "fieldset", "footer", "form", "header",
    "hgroup", "html", "legend", "main", "menu", "nav", "optgroup", "section", "summary", "search",
}  # fmt: skip
PARTS = {"thead", "tbody", "tfoot"}
SPOKEN = {"b": "strong", "i": "em", "strike": "del", "s": "del", "u": "ins", "tt": "code", "samp": "code", "kbd": "code", "var": "em",
           "dfn": "em", "acronym": "abbr"}  # fmt: skip
INLINE = {"a", "abbr", "bdi", "cite", "code", "del", "em", "ins", "q", "span", "strong", "sub", "sup"}
UNSEEN = {"script", "style", "title", "datalist", "textarea", "select"}
OTHERS = {"audio", "video", "source", "object", "embed", "param", "input", "output", "img", "br", "button"}
VOID = {"br", "hr", "img", "input", "embed", "source", "param"}
# Classes of what only works a card of Ghost's editor or a block of WordPress's, or decorates it.
CONTROLS = {
    "wp-block-file__button", "wp-block-file__embed", "wp-block-accordion-heading__toggle-icon",
    "kg-bookmark-thumbnail", "kg-video-overlay", "kg-video-player-container", "kg-audio-player", "kg-audio-thumbnail",
    "kg-file-card-icon", "kg-toggle-card-icon", "kg-bookmark-icon", "kg-signup-card-fields", "kg-signup-card-success",
    "kg-signup-card-error", "kg-nft-logo",
}  # fmt: skip
# Of what stands in lines of its own, or in one line, in a card that is one paragraph; and of a link around all of such a
# card, of which the first line is enough.
LINES = {
    "kg-bookmark-content", "kg-bookmark-title", "kg-bookmark-description", "kg-bookmark-metadata", "kg-bookmark-author",
    "kg-bookmark-publisher", "kg-file-card-contents", "kg-file-card-title", "kg-file-card-caption",
    "kg-file-card-metadata", "kg-file-card-filename", "kg-file-card-filesize", "wp-block-button__link",
}  # fmt: skip
GALLERIES = {"wp-block-gallery", "blocks-gallery-grid"}  # lists that are none: of pictures, each with its caption
IN_LINE = {"kg-callout-emoji", "kg-callout-text"}
APART = {"alignleft", "alignright", "aligncenter", "alignwide", "alignfull"}  # pictures beside or between paragraphs
AROUND = {"kg-bookmark-container", "kg-file-card-container"}
FOLDED = "kg-toggle-heading-text"  # a heading of what is folded away, which is none of the text
WITHIN = {
    "li": {"ul", "ol"},
    "dt": {"dl"},
    "dd": {"dl"},
    "tr": {"table"},
    "caption": {"table"},
    "td": {"tr"},
    "th": {"tr"},
}
# What a style shows words as, and what takes a mark back: of documents whose copy is `<b style="font-weight:normal">`.
_SHOWN = {
    "strong": re.compile(r"font-weight:\s{0,9}(?:bold|[6-9]00)", re.IGNORECASE),
    "em": re.compile(r"font-style:\s{0,9}(?:italic|oblique)", re.IGNORECASE),
    "del": re.compile(r"text-decoration(?:-line)?:[^;]{0,40}line-through", re.IGNORECASE),
    "ins": re.compile(r"text-decoration(?:-line)?:[^;]{0,40}underline", re.IGNORECASE),
}
_TAKEN_BACK = re.compile(r"font-(?:weight:\s{0,9}(?:normal|[1-5]00)|style:\s{0,9}normal)", re.IGNORECASE)
_TUBE = re.compile(r"(?:www\.)?youtube(?:-nocookie)?\.com")


def as_shown(name, style):
    """Return the names of the marks that a mark of that `name` with that `style` is shown as, "" first for one that is none."""
    if name == "span":
        return [name, *(each for each, shown in _SHOWN.items() if shown.search(style))]
    return ["" if name in {"strong", "em"} and _TAKEN_BACK.search(style) else name]


def address_of(address):
    """Return `address` as it may stand in a link, "" for one that may not: http, https, mailto, or without a scheme."""
    address = re.sub(r"[\x00-\x20\x7f]+", " ", address).strip()
    try:
        scheme = urlsplit(address.replace(" ", "")).scheme
    except ValueError:
        return ""
    if scheme not in {"", "http", "https", "mailto"}:
        return ""
    return f"https:{address}" if address.startswith("//") else address.replace("\\", "%5C")


def of_embed(address):
    """Return the address at which people see what is embedded from `address`."""
    address = address_of(address)
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if _TUBE.fullmatch(parts.netloc.lower()) and parts.path.startswith(("/embed/", "/v/")):
        return f"https://www.youtube.com/watch?v={parts.path.split('/')[2].partition('&')[0]}"
    if parts.netloc.lower() == "player.vimeo.com" and parts.path.startswith("/video/"):
        return f"https://vimeo.com/{parts.path.split('/')[2]}"
    if parts.path.endswith("/plugins/post.php"):
        return address_of(parse_qs(parts.query).get("href", [address])[0])
    return address
