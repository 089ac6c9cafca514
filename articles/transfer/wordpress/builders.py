"""What shortcodes say in their attributes, those above all of plugins that build pages of them.

WPBakery, Divi, Avada, Enfold and their like keep headings, words of buttons, pictures and addresses there, each under a name
of its own, with signs of their own for what no attribute may hold.
"""

import base64
import binascii
import re
from html import escape
from typing import NamedTuple
from urllib.parse import unquote

_PREFIX = r"(?:vc|et_pb|fusion(?:_builder)?|av|su|cs|x|mk|eltdf|qode|tatsu|kc|us|nectar|tdc?|porto|ux)_"
# What stands apart from what is around it, and what stands in a line for all that.
_APART = re.compile(rf"(?:{_PREFIX}|(?:one|two|three|four|five)_)", re.IGNORECASE)
_IN_LINE = re.compile("highlight|dropcap|tooltip|popover|label|icon|lightbox", re.IGNORECASE)
# What only lays a text out.
_LAYOUT = re.compile(
    rf"{_PREFIX}?(?:section|row|columns?|container|group|text|text_block|column_text|textblock|content|separator|"
    r"divider|empty_space|spacer?|gap|clear|clearfix|inner|list|checklist|accordion|tabs|toggles?|tour|"
    r"tta_(?:accordion|tabs|tour|pageable))(?:_inner)*"
    rf"|(?:{_PREFIX})?(?:one|two|three|four|five)_(?:full|half|thirds?|fourths?|fifths?|sixths?)(?:_last|_first)?"
    r"|clear|clearfix|divider|spacer",
    re.IGNORECASE,
)
# What stands for nothing that is read, and is typed without any more.
_DECORATION = {
    "clear", "clearfix", "divider", "spacer", "toc", "no_toc", "ez-toc", "lwptoc", "adsense", "ssba", "addtoany",
    "sharethis", "jetpack-related-posts", "subscribe2", "sitemap", "wp_sitemap_page",
}  # fmt: skip
_FORMS = re.compile(
    r"contact-?form(?:-7)?|contact-field|wpforms|gravityforms?|ninja_forms?(?:_display_form)?|mc4wp_form|formidable|"
    r"caldera_form|fluentform|forminator_form|si-contact-form|jetpack_subscription_form|newsletter_form|"
    r"(?:et_pb|fusion|av)_(?:contact|signup|form)\w*|search_?form",
    re.IGNORECASE,
)
# Around what only some saw.
_GATED = {
    "restrict", "restricted", "members_only", "memberonly", "members_logged_in", "members_access", "member", "membership",
    "private", "protected", "ihc-hide-content", "s2if", "um_loggedin", "wlm_private", "pmpro_membership", "mepr-active",
    "is_user_logged_in", "loggedin", "logged_in", "login-to-view", "access", "subscriber_only", "paywall",
}  # fmt: skip
_HEADS = ("title", "heading", "h2", "name")
_BEHIND = re.compile("author|cite|source|position|company|job|btn|button|link|more", re.IGNORECASE)  # what it encloses
_SPOKEN = re.compile(
    r"(?:.+_)?(?:title|heading|label|caption)|(?:sub|button_|btn_|link_|read_more_|more_|header_)?text|content|"
    r"sub_?(?:title|heading)|subhead|author|cite|source|quote|question|answer|desc(?:ription)?|h[24]|name|position|"
    r"company(?:_name)?",
    re.IGNORECASE,
)
_UNSPOKEN = re.compile(
    r"admin_label|title_text|(?:use|show|hide|el|css|data|aria|hover|custom)_.*|.*_el_.*", re.IGNORECASE
)
_OF_PEOPLE = re.compile("author|cite|source|name|position|company(?:_name)?|quote", re.IGNORECASE)
_PEOPLE = re.compile("quote|testimon|team|person|people|staff|profile|author|card|blurb", re.IGNORECASE)
_FLAGS = re.compile(
    "yes|no|on|off|true|false|none|default|left|right|center|top|bottom|inherit|h[1-6]|div|span|p|dark|light",
    re.IGNORECASE,
)
_LED = re.compile(
    r"(?:.+_)?(?:url|src|href|link|file|image|img|photo|mp[34]|m4[av]|web[mp]|og[gv]|wav|flv)", re.IGNORECASE
)
_PICTURED = re.compile(
    r"(?:.+_)?(?:image|images|img|photo|attachment|image_ids?|gallery_ids|ids|include)", re.IGNORECASE
)
_NUMBERS = re.compile(r"\d{1,12}(?:\|\w+)?(?:\s*,\s*\d{1,12})*")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s|,\"'<>]+|/[^\s|,\"'<>/][^\s|,\"'<>]*")
_IN_CODE = {"vc_raw_html", "vc_raw_js", "fusion_code"}
_SIGNS = {"et_pb_": {"%22": '"', "%91": "[", "%93": "]", "%92": "\\"}, "vc_": {"`{`": "[", "`}`": "]", "``": '"'}}


class Said(NamedTuple):
    """What the attributes of a shortcode say: words as [(name, words)], addresses, one of a picture, numbers of pictures."""

    words: list
    addresses: list
    picture: str
    ids: list


def said(kind, named):
    """Return what a shortcode of that `kind` says in its attributes `named`."""
    words, addresses, picture, ids = [], [], "", []
    for name, value in named.items():
        value = _shown(kind, value.strip())
        if _PICTURED.fullmatch(name) and _NUMBERS.fullmatch(value):
            ids += [int(each) for each in re.findall(r"(?<![\w|])\d{1,12}", value)]
        elif _LED.fullmatch(name) and (found := _address(value)):
            if _PICTURE.search(found) and not picture:
                picture = found
            else:
                addresses.append(found)
        elif _is_spoken(kind, name) and _is_words(value):
            words.append((name, value))
    is_shown = "ids" not in named or re.search("gall|imag|photo|picture|carousel|slide", kind)
    return Said(words, addresses, picture, ids if is_shown and not picture else [])


def stands_apart(kind):
    """Whether a shortcode of that `kind` is a part of the page, not of a line."""
    return bool(_APART.match(kind)) and not _IN_LINE.search(kind)


def lays_out(kind):
    """Whether a shortcode of that `kind` only lays a text out."""
    return bool(_LAYOUT.fullmatch(kind))


def is_decoration(kind):
    """Whether a shortcode of that `kind` without any attributes stands for nothing that is read."""
    return kind in _DECORATION or (bool(re.match(_PREFIX, kind)) and lays_out(kind))


def is_form(kind):
    """Whether a shortcode of that `kind` is a form."""
    return bool(_FORMS.fullmatch(kind))


def is_gated(kind):
    """Whether only some saw what a shortcode of that `kind` encloses."""
    return kind in _GATED


def pictured(told, inner):
    """Return what is `told`, and what is enclosed: an address of a picture is a picture."""
    found = inner.strip()
    is_one = not told.picture and _PICTURE.search(found) and _ADDRESS.fullmatch(found)
    return (told._replace(picture=found, ids=[]), "") if is_one else (told, inner)


def decoded(kind, inner):
    """Return what a shortcode encloses; of what keeps HTML in other letters, that HTML."""
    if kind not in _IN_CODE or not re.fullmatch(r"\s*[A-Za-z0-9+/=\s]{4,}", inner):
        return inner
    try:
        return unquote(base64.b64decode("".join(inner.split()), validate=True).decode())
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return inner


def block(kind, told, inner, shown, alt):
    """Return HTML of a part of a page: its picture, of which `shown` is the HTML, its heading, its words, what it encloses."""
    address = next(iter(told.addresses), "")
    heads = [words for name, words in told.words if name.lower() in _HEADS]
    others = [words for name, words in told.words if name.lower() not in _HEADS and not _BEHIND.search(name)]
    behind = [words for name, words in told.words if _BEHIND.search(name)]
    if re.search("heading|_title$", kind):
        words = " ".join(escape(each) for _name, each in told.words)
        words, inner = (words, inner) if words else (inner, "")
        return f"\n\n{shown}<h3>{_led(words, address)}</h3>\n\n<div>\n{inner}\n</div>\n\n"
    if told.picture:
        is_alone = not (told.words or inner.strip())
        picture = f'<img src="{escape(told.picture)}" alt="{escape(alt or " ".join(heads[:1]))}">'
        shown, address = shown + (_led(picture, address) if is_alone else picture), "" if is_alone else address
    parts = [f"<strong>{escape(each)}</strong>" for each in heads] + [escape(each) for each in others]
    ends = [escape(each) for each in behind]
    if address and ends:
        ends[-1] = _led(ends[-1], address)
    elif address and inner.strip() and "<" not in inner and "\n" not in inner.strip():
        inner = _led(inner.strip(), address)
    elif address and parts:
        parts[0] = _led(parts[0], address)
    elif address:
        ends = [_led(escape(address), address)]
    before, after = ("".join(f"<p>{each}</p>" for each in some) for some in (parts, ends))
    return f"\n\n<div>{shown}{before}</div>\n\n<div>\n{inner}\n</div>\n\n<div>{after}</div>\n\n"


def in_line(kind, told, inner, alt):
    """Return HTML of what stands in a line."""
    words = escape(" ".join(words for _name, words in told.words))
    kept, address = words, next(iter(told.addresses), "")
    if told.picture:
        kept = f'<img src="{escape(told.picture)}" alt="{escape(alt) or words}">'
    if address and not kept and inner.strip() and "<" not in inner and re.search("button|btn|link|url", kind):
        return _led(inner, address)
    if address:
        kept = _led(kept or escape(address), address)
    return " ".join(filter(None, (kept, inner)))


def _led(shown, address):
    return f'<a href="{escape(address)}">{shown}</a>' if address else shown


def _shown(kind, value):
    """Return a `value` with the signs that it stands for."""
    for prefix, signs in _SIGNS.items():
        if kind.startswith(prefix):
            for sign, meant in signs.items():
                value = value.replace(sign, meant)
    return value


def _address(value):
    """Return the address in a `value`, "" where there is none."""
    found = re.match(r"(?:[^|]*\|)?url:([^|]*)", value)
    value = unquote(found[1]) if found else value.rpartition(",")[2] if re.match(r"[a-z]+,", value) else value
    return value if _ADDRESS.fullmatch(value) else ""


def _is_spoken(kind, name):
    """Whether an attribute of that `name` is for readers; many that could be are for the program but where people speak."""
    if _UNSPOKEN.fullmatch(name) or (_OF_PEOPLE.fullmatch(name) and not _PEOPLE.search(kind)):
        return False
    return bool(_SPOKEN.fullmatch(name))


def _is_words(value):
    """Whether a `value` is for readers: not a switch, an address or what is put in later."""
    if _FLAGS.fullmatch(value) or "://" in value or value.startswith(("{{", "@ET-DC@", "#")):
        return False
    return any(letter.isalpha() for letter in value)
