"""What a rendered text may hold, written down apart from the site's own allow-list, and who finds what it may not.

The judge here reads what the sanitiser wrote, strictly: what is not plainly a tag or a word is a violation too. `IN_BROWSER`
asks Chromium's parser, which reads as browsers do.
"""

import json
import re
from html import unescape

ANYWHERE = {"lang", "dir"}
ALLOWED = {
    "a": {"href", "title", "class"},
    "abbr": {"title"},
    "caption": {"id"},
    "data": {"value"},
    "div": {"class"},
    "figure": {"id", "class", "data-kind", "data-unit", "data-from", "data-table"},
    "img": {"src", "alt", "title"},
    "li": {"id", "class"},
    "ol": {"start", "type", "class"},
    "p": {"class"},
    "span": {"class", "data-name"},
    "sup": {"id", "class", "data-note"},
    "td": {"class", "data-label"},
    "th": {"class"},
    "time": {"datetime"},
    **{name: {"id"} for name in ("h2", "h3", "h4")},
    **dict.fromkeys(
        [
            "b",
            "bdi",
            "blockquote",
            "br",
            "cite",
            "code",
            "dd",
            "del",
            "dl",
            "dt",
            "em",
            "figcaption",
            "hr",
            "i",
            "ins",
            "kbd",
            "pre",
            "q",
            "strong",
            "sub",
            "table",
            "tbody",
            "thead",
            "tr",
            "ul",
        ],
        set(),
    ),
}
CLASSES = {
    "footnote-ref",
    "footnote-backref",
    "cite",
    "footnote",
    "chart",
    "event",
    "timeline",
    "chart-title",
    "chart-subtitle",
    "named",
    "plain",
    "what",
    "chart-note",
    "chart-source",
    "cites",
    "num",
    "mid",
}
_TOKEN = re.compile(r'[^<>]+|</[a-z0-9]+>|<([a-z0-9]+)((?: [a-z][a-z0-9-]*="[^"<>]*")*)>|(?:&[lg]t;)+')
_ATTRIBUTE = re.compile(r' ([a-z0-9-]+)="([^"]*)"')
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)  # WHATWG URL: anything else before a colon is a path


def violations(html):
    """Return what `html`, as it was stored, holds that it may not, in words."""
    found, place = [], 0
    while place < len(html):
        token = _TOKEN.match(html, place)
        if token is None:
            return [*found, f"no plain tag: {html[place : place + 60]!r}"]
        place = token.end()
        if token[1]:
            attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(token[2])}
            found += of_element(token[1], attributes)
    return found


def of_element(name, attributes):
    """Return what is wrong with an element, its attributes being {name: value}, in words."""
    if name not in ALLOWED:
        return [f"<{name}>"]
    found = [f"<{name} {attribute}>" for attribute in attributes.keys() - ALLOWED[name] - ANYWHERE]
    if not set(attributes.get("class", "").split()) <= CLASSES:
        found.append(f"<{name} class={attributes['class']}>")
    href = re.sub(r"[\t\r\n]", "", attributes.get("href", "")).lstrip("".join(map(chr, range(33))))
    if (scheme := _SCHEME.match(href)) and scheme[1].lower() not in {"http", "https", "mailto"}:
        found.append(f"<{name} href={href}>")
    if not re.fullmatch(r"(?:/(?![/\\])[^\x00-\x20\x7f]*)?", attributes.get("src", "")):
        found.append(f"<{name} src={attributes['src']}>")
    return found


# Given [html, ...], returns for each the violations that Chromium's own parser finds, [[number, words], ...].
IN_BROWSER = (
    f"texts => {{ const allowed = {json.dumps({name: sorted(told) for name, told in ALLOWED.items()})}, "
    f"anywhere = {json.dumps(sorted(ANYWHERE))}, classes = new Set({json.dumps(sorted(CLASSES))}), found = []"
    """
  texts.forEach((text, number) => {
    const tree = new DOMParser().parseFromString("<!doctype html><body>" + text, "text/html")
    if (tree.head.childNodes.length) found.push([number, "head"])
    if (tree.body.attributes.length || tree.documentElement.attributes.length) found.push([number, "attributes of body"])
    for (const node of tree.body.querySelectorAll("*")) {
      const name = node.localName
      if (node.namespaceURI !== "http://www.w3.org/1999/xhtml" || !(name in allowed)) { found.push([number, name]); continue }
      for (const {name: told, value} of node.attributes) {
        if (!allowed[name].includes(told) && !anywhere.includes(told)) found.push([number, name + " " + told])
        if (told === "class" && !value.split(/\\s+/).every(one => !one || classes.has(one))) found.push([number, "class " + value])
      }
      if (name === "a" && node.hasAttribute("href") && !["http:", "https:", "mailto:"].includes(node.protocol) && node.protocol !== "about:" && node.protocol !== ":") found.push([number, node.href])
      if (name === "img" && node.hasAttribute("src") && !/^(?:\\/(?![/\\\\]).*)?$/.test(node.getAttribute("src"))) found.push([number, node.getAttribute("src")])
    }
    const walker = tree.createTreeWalker(tree, NodeFilter.SHOW_COMMENT | NodeFilter.SHOW_PROCESSING_INSTRUCTION)
    if (walker.nextNode()) found.push([number, "comment"])
  })
  return found
}"""
)
