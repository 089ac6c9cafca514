"""Links by name: `[[Energy diplomacy]]`, `[[energy diplomacy|the gas question]]`, `[[article:slug]]`.

The engine writes each as a `span` with the name; where the name leads is put in when the text is shown, so that no
rename breaks a link.
"""

import html
import re

NAMED = r"\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]"
PLAIN = r"\{\{not:([^{}\n]{1,200})\}\}"
ARTICLE = "article:"

_SPAN = re.compile(r'<span class="named" data-name="([^"]*)">([^<]*)</span>')
_PATH = re.compile(r'<a href="(/(?:articles|themes)/[^"/+]{1,100}/)[^"]*"')


def mentioned(markup):
    """Return the names and the paths of articles and themes to which rendered `markup` links, each once, in order."""
    found = [(m.start(), html.unescape(m[1])) for m in _SPAN.finditer(markup)]
    found += [(m.start(), html.unescape(m[1])) for m in _PATH.finditer(markup)]
    return list(dict.fromkeys(name for _start, name in sorted(found)))


def untitled(markup):
    """Return the names of the articles to which rendered `markup` links without words of its own."""
    return {html.unescape(m[1]) for m in _SPAN.finditer(markup) if m[2] == m[1] and m[1].startswith(ARTICLE)}


def with_titles(markup, titles):
    """Return rendered `markup` with those `titles` ({name: title}) for words where a link has none of its own."""

    def link(found):
        title = titles.get(html.unescape(found[1])) if found[2] == found[1] else None
        return found[0] if title is None else html.escape(title)

    return _SPAN.sub(link, markup) if titles else markup


def resolved(markup, lead):
    """Return rendered `markup` with its links by name made; `lead(name)` gives (address or None, title).

    Without an address the words stand alone, marked as missing when there is no title either. An article that is
    linked without words of its own gets its title.
    """

    def link(found):
        name, words = html.unescape(found[1]), found[2]
        address, title = lead(name)
        if title and words == found[1] and name.startswith(ARTICLE):
            words = html.escape(title)
        if address is None:
            return words if title else f'<span class="missing">{words}</span>'
        return f'<a href="{html.escape(address)}">{words}</a>'

    return _SPAN.sub(link, markup)
