"""What scripts show in a page from elsewhere, as what is embedded: posts, charts and listings, told by attributes alone."""

import re
from html import escape, unescape

_TAG = re.compile(r"<(?:script|div|section)\b[^<>]{0,4000}>", re.IGNORECASE)
_SAID = re.compile(r"""([a-z][\w-]{0,40})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
# (attribute, what it says, the address of what is shown)
_SHOWN = (
    ("data-telegram-post", r"([\w-]{1,64}/\d{1,12})", "https://t.me/{}"),
    ("data-href", r"(https?://(?:www\.)?facebook\.com/.{1,500})", "{}"),
    ("id", r"vk_post_(-?\d{1,15}_\d{1,15})", "https://vk.com/wall{}"),
    ("src", r"(?:https?:)?//gist\.github\.com/([\w./-]{1,200}?)\.js.{0,200}", "https://gist.github.com/{}"),
    ("src", r"(?:https?:)?//datawrapper\.dwcdn\.net/(\w{1,20})/(?:\d{1,9}/)?embed\.js.{0,50}", "https://datawrapper.dwcdn.net/{}/"),
    ("data-src", r"((?:visualisation|story)/\d{1,15}).{0,200}", "https://public.flourish.studio/{}/"),
)  # fmt: skip
_BY_CLASS = {
    "infogram-embed": "https://infogram.com/{}",
    "speakerdeck-embed": "https://speakerdeck.com/player/{}",
}


def with_embeds(html):
    """Return `html` with an element `embed` before each element whose script shows something from elsewhere."""
    if not re.search("<script|data-|vk_post_", html, re.IGNORECASE):
        return html
    return _TAG.sub(_with_embed, html)


def _with_embed(found):
    said = {name.lower(): unescape("".join(values)) for name, *values in _SAID.findall(found[0])}
    address = _address(said)
    title = escape(said.get("data-title", ""))
    return f'<embed src="{escape(address)}" title="{title}">{found[0]}' if address else found[0]


def _address(said):
    """Return the address of what is shown by an element that says `said` ({attribute: value}), or ""."""
    for name, pattern, address in _SHOWN:
        if shown := re.fullmatch(pattern, said.get(name, "")):
            return address.format(shown[1])
    mark = said.get("data-id", "")
    address = next((_BY_CLASS[each] for each in said.get("class", "").split() if each in _BY_CLASS), "")
    return address.format(mark) if re.fullmatch(r"[\w-]{1,100}", mark) else ""
