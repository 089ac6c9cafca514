"""What a page, a feed or a stylesheet leads to, and the same with addresses that a static host can answer.

Only that is changed: links to what the copy has at another address, and to what it hasn't. On pages these become plain
text, in the texts of feeds too, choices of filters and forms go. Pages, archives and addresses of a feed that the copy hasn't aren't named.
Pages come from the site's own templates and sanitiser: attributes are quoted, and `<` begins a tag and nothing else.
"""

import functools
import json
import re
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote, urljoin, urlsplit

from .addresses import in_copy, path_of

_TAG = re.compile(r'<(/?)([a-zA-Z][\w-]*)((?:[^<>"]|"[^"]*")*)>\n?')
_ATTRIBUTE = re.compile(r'(\s(href|src|srcset|content)=")([^"]*)"')
_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
_NARROW = re.compile(r'<details class="narrow"><summary>[^<]*</summary>\s*(?:<p class="meta">[^<]*</p>)?\s*<dl>.*?</dl></details>', re.DOTALL)  # fmt: skip
_GROUP = re.compile(r"<dt>[^<]*</dt>\n(?:<dd>.*?</dd>\n?)*", re.DOTALL)
_CHOICE = re.compile(r"<dd>.*?</dd>\n?", re.DOTALL)
_LINKED_DATA = re.compile(r'(<script type="application/ld\+json">)(.*?)(</script>)', re.DOTALL)
_STYLESHEET = re.compile(r'(<\?xml-stylesheet href=")([^"]*)')
_STEP = re.compile(r"<(atom:)?link\b[^<>]*/>|<(atom:)?link\b[^<>]*></(?:atom:)?link>")
# In the content of an item, escaped as XML has it or as JSON does
_TOLD = re.compile(r'(?:&lt;|<)a\s(?:(?!&gt;|>).)*?href=\\?"([^"\\]*)\\?"(?:(?!&gt;|>).)*(?:&gt;|>)(.*?)(?:&lt;|<)/a(?:&gt;|>)', re.DOTALL)  # fmt: skip
_NEXT = re.compile(r'"next_url": "([^"]*)", ')
_URL = re.compile(r"""url\(\s*["']?([^)"']+)""")


@dataclass
class Links:
    """The links of what the site has at `page` (path and query), as the copy has them.

    `base` is the scheme and host of the site, `dead` holds addresses of the copy (without a mark) that answer with nothing.
    `found` gathers the addresses of the copy that are led to.
    """

    base: str
    page: str
    dead: frozenset = frozenset()
    found: set = field(default_factory=set)

    def lead(self, value):
        """Return `value`, an address on the page, as the copy has it; None for what it hasn't."""
        if value.startswith(("#", "data:", "https://")) and not value.startswith(self.base) or not value:
            return value  # as most are
        anywhere = value.startswith(("/", self.base))
        copied, led = _led(self.base, "" if anywhere else self.page, value)
        if copied and path_of(copied) in self.dead:
            return None
        if copied:
            self.found.add(copied)
        return led


@functools.lru_cache(maxsize=50_000)
def _led(base, page, value):
    """Return (the address of the copy that `value` leads to from the `page`, how the copy has it); (None, `value`) for what is
    not of the site, (None, None) for what is not in the copy. What says the whole path leads to the same from any page ("").
    """
    try:
        whole = urljoin(base + page, value)
        parts = urlsplit(whole)
    except ValueError:
        return None, value
    if not (whole == base or whole.startswith((f"{base}/", f"{base}?", f"{base}#"))):
        return None, value
    path = unquote(parts.path) or "/"
    copied = in_copy(path, parts.query)
    if copied is None:
        return None, None
    before, _question, query = page.partition("?")
    stays = not page or in_copy(unquote(before), query) == page
    if (in_copy(path) == copied or "v=" in parts.query) and stays:
        return copied, value
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return copied, f"{base if value.startswith(base) else ''}{copied}{fragment}"


def page(html, links):
    """Return the page `html` with the `Links` of the copy."""
    html = _FORM.sub("", html)
    html = _NARROW.sub(lambda found: _narrowed(found[0], links), html)
    html = _LINKED_DATA.sub(lambda found: found[1] + _without_search(found[2]) + found[3], html)
    pieces, end, unlinked = [], 0, False
    for tag in _TAG.finditer(html):
        closing, name, attributes = tag.groups()
        if closing:
            if name == "a" and unlinked:
                pieces.append(html[end : tag.start()])
                end, unlinked = tag.start() + len("</a>"), False
            continue
        if 'href="' not in attributes and "src" not in attributes and 'content="' not in attributes:
            continue
        told = _attributes(attributes, links)
        if told == attributes:
            continue
        pieces.append(html[end : tag.start()])
        if told is None:
            unlinked = name == "a"
            end = tag.end() if name == "link" else tag.start() + len(tag[0].rstrip("\n"))
        else:
            pieces.append(f"<{name}{told}>")
            end = tag.start() + len(tag[0].rstrip("\n"))
    return "".join([*pieces, html[end:]])


def _attributes(attributes, links):
    """Return the `attributes` of a tag as the copy has them; None for those of a link to what it hasn't."""
    is_out = False

    def told(found):
        nonlocal is_out
        before, name, value = found.groups()
        if name == "srcset":
            for candidate in re.split(r",\s+", unescape(value)):
                links.lead(candidate.split(" ")[0])
            return found[0]
        if name == "content" and not value.startswith(f"{links.base}/"):
            return found[0]
        plain = unescape(value)
        led = links.lead(plain)
        is_out |= led is None and name == "href"
        return found[0] if led in (None, plain) else f'{before}{escape(led)}"'

    told_all = _ATTRIBUTE.sub(told, attributes)
    return None if is_out else told_all


def _narrowed(details, links):
    """Return the element `details` with the ways to narrow a list that the copy has; nothing where there are none."""

    def choice(found):
        address = re.search(r'href="([^"]*)"', found[0])
        return found[0] if address and Links.lead(aside, unescape(address[1])) is not None else ""

    def without(found):
        kept = re.sub(r' <a class="out".*?</a>', "", found[0], flags=re.DOTALL)
        head, dt, choices = kept.partition("</dt>\n")
        choices = _CHOICE.sub(choice, choices)
        return head + dt + choices if choices.strip() else ""

    aside = Links(links.base, links.page, links.dead)
    narrowed = _GROUP.sub(without, details)
    return narrowed if "<dd>" in narrowed else ""


def _without_search(data):
    """Return the JSON-LD `data` without the word how the site is searched."""
    if '"potentialAction"' not in data:
        return data
    told = json.loads(data)
    for thing in told["@graph"]:
        thing.pop("potentialAction", None)
    plain = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return plain.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def machine(text, links):
    """Return a feed, a sitemap or an OPML file `text` with the `Links` of the copy."""
    aside = Links(links.base, links.page, links.dead)

    def gone(value):
        return value.startswith(links.base) and aside.lead(re.sub(r"&(?:amp;)+", "&", value)) is None

    def step(found):
        address = re.search(r'href="([^"]*)"', found[0])
        return "" if address and "-archive" in found[0] and gone(address[1]) else found[0]

    def whole(found):
        value = re.sub(r"&(?:amp;)+", "&", found[0])
        led = links.lead(value)
        if led is None:  # the whole list in place of a part that the copy hasn't
            parts = urlsplit(value)
            led = links.lead(f"{links.base}{parts.path}" + (f"#{parts.fragment}" if parts.fragment else ""))
        return found[0] if led in (None, value) else led.replace("&", "&amp;")

    text = _TOLD.sub(lambda found: found[2] if gone(found[1]) else found[0], text)
    if "-archive" in text:
        text = _STEP.sub(step, text)
    text = _NEXT.sub(lambda found: "" if gone(found[1]) else found[0], text)
    for found in _STYLESHEET.finditer(text[:2_000]):
        links.lead(unescape(found[2]))
    address = re.escape(links.base) + r"""/(?:(?!&(?:amp;)*(?:lt|gt|quot|\#)\b)[^\s"'<>\\])*"""
    return re.sub(address, whole, text)


def stylesheet(text, links):
    """Return the stylesheet `text`; what it asks for is found by `links`."""
    for found in _URL.finditer(text):
        links.lead(found[1].strip())
    return text


def copied(content, kind, links):
    """Return the `content` (bytes) of the media type `kind` as the copy has it, with `Links`."""
    turn = {"text/html": page, "text/css": stylesheet}.get(kind)
    if turn is None and re.fullmatch(r"application/(?:[\w.-]+\+)?xml|application/feed\+json|text/x-opml", kind):
        turn = machine
    if turn is None:
        return content
    return turn(content.decode(), links).encode()
