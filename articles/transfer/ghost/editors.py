"""Texts of Ghost's editors, lexical and mobiledoc, as HTML, for posts of which the export has none.

Lexical is a tree of nodes with a `type` (https://lexical.dev/docs/concepts/nodes); mobiledoc has sections, markups, cards
and atoms (https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md).
"""

import json
import re
from html import escape

from django.utils.translation import gettext as _

from .cards import card, field, gated, is_gated
from .markdown import of_markdown

DEEPEST = 40
_GATED = re.compile(r"<!--\s{0,9}kg-gated-block:begin\b([^<>]{0,500}?)-->")
_GATED_END = re.compile(r"<!--\s{0,9}kg-gated-block:end\s{0,9}-->")
_FORMATS = {1: "strong", 2: "em", 4: "s", 8: "u", 16: "code", 32: "sub", 64: "sup"}  # of a text node, in bits
_TEXTS = {"text", "extended-text", "code-highlight", "at-link-search", "tk", "tab", "hashtag", "emoji"}
_BLOCKS = {
    "paragraph": "p",
    "quote": "blockquote",
    "extended-quote": "blockquote",
    "aside": "blockquote",
    "listitem": "li",
}
_MARKUPS = {"strong", "b", "em", "i", "u", "s", "code", "sub", "sup", "a", "del", "mark"}
_SECTIONS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "pull-quote"}


def html_of(post, notes):
    """Return HTML of a post of an export: its own, or of what its editor keeps; "" when it has neither."""
    editors = (("lexical", _lexical), ("mobiledoc", _mobiledoc))
    if field(post, "html"):
        for name, made in editors:  # mails hold more than pages
            if '"email' in field(post, name):
                _tried(made, post[name], notes, only={"email", "email-cta"})
        return _without_gated(post["html"], notes)
    for name, made in editors:
        if field(post, name):
            found = _tried(made, post[name], notes)
            if found is not None:
                return found
            notes.add(_("The text that its editor kept (%s) can't be read.") % name)
    return of_markdown(post["markdown"], notes) if field(post, "markdown") else ""


def _without_gated(source, notes):
    """Return HTML without what only members could see in a text that everybody could."""
    out, place = [], 0
    for found in _GATED.finditer(source):
        if found.start() < place or not re.search(r"nonMember\s{0,9}:\s{0,9}false", found[1]):
            continue
        end = _GATED_END.search(source, found.end())
        out.append(source[place : found.start()])
        place = end.end() if end else len(source)
        notes.add(gated(source[found.end() : end.start() if end else len(source)]))
    return "".join([*out, source[place:]])


def _tried(made, source, notes, only=None):
    """Return what `made` makes of the JSON `source`, None where it can't; of none but the cards of the kinds `only`."""

    def shown(kind, said):
        return card(kind, said, notes) if only is None or kind in only else ""

    try:
        return made(json.loads(source), shown, notes)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError, IndexError):
        return None


def _lexical(tree, shown, notes):
    return _nodes(tree["root"]["children"], shown, notes, 0)


def _nodes(nodes, shown, notes, depth):
    if not isinstance(nodes, list):
        return ""
    if depth > DEEPEST:
        notes.add(_("What is nested too deeply was left out."))
        return ""
    return "".join(_node(node, shown, notes, depth) for node in nodes if isinstance(node, dict))


def _node(node, shown, notes, depth):
    kind = str(node.get("type", ""))
    if kind in _TEXTS:
        marked = escape(node["text"]) if isinstance(node.get("text"), str) else ""
        bits = node.get("format") if isinstance(node.get("format"), int) else 0
        for bit, tag in _FORMATS.items():
            marked = f"<{tag}>{marked}</{tag}>" if bits & bit and marked.strip() else marked
        return marked
    if kind == "linebreak":
        return "<br>"
    if is_gated(node.get("visibility")):
        return shown(kind, node)
    inner = _nodes(node.get("children", []), shown, notes, depth + 1)
    if kind in {"link", "autolink", "at-link"}:
        return f'<a href="{escape(field(node, "url"))}">{inner}</a>'
    if kind in {"heading", "extended-heading"}:
        tag = node.get("tag") if node.get("tag") in _SECTIONS else "h2"
        return f"<{tag}>{inner}</{tag}>"
    if kind == "list":
        return _list(node, inner)
    if kind in _BLOCKS:
        return f"<{_BLOCKS[kind]}>{inner}</{_BLOCKS[kind]}>"
    return shown(kind, {name: value for name, value in node.items() if name != "children"}) + inner


def _list(node, inner):
    """Return a list; the editor keeps one within it in an item of its own, which belongs to the item before."""
    inner = inner.replace("</li><li><ul>", "<ul>").replace("</li><li><ol", "<ol")
    if node.get("listType") != "number" and node.get("tag") != "ol":
        return f"<ul>{inner}</ul>"
    first = node.get("start")
    start = f' start="{first}"' if isinstance(first, int) and 1 < first < 1_000_000 else ""
    return f"<ol{start}>{inner}</ol>"


def _mobiledoc(told, shown, notes):
    out = []
    for section in told["sections"]:
        kind = section[0]
        if kind == 1:
            tag = section[1] if section[1] in _SECTIONS else "p"
            tag = "blockquote" if tag in {"aside", "pull-quote"} else tag
            out.append(f"<{tag}>{_markers(section[2], told)}</{tag}>")
        elif kind == 2:
            out.append(f'<img src="{escape(str(section[1]))}">')
        elif kind == 3:
            items = "".join(f"<li>{_markers(markers, told)}</li>" for markers in section[2])
            out.append(f"<ol>{items}</ol>" if section[1] == "ol" else f"<ul>{items}</ul>")
        elif kind == 10:
            name, said = told["cards"][section[1]][:2]
            out.append(shown(str(name), said if isinstance(said, dict) else {}))
    return "".join(out)


def _markers(markers, told):
    """Return HTML of the words of a section: each marker opens marks, closes so many, and says a text or names an atom."""
    out, opened = [], []
    for kind, opening, closed, value in markers:
        for number in opening:
            name, *attributes = told["markups"][number]
            name = name if name in _MARKUPS else "span"
            pairs = attributes[0] if attributes else []
            href = next((pairs[n + 1] for n in range(0, len(pairs) - 1, 2) if pairs[n] == "href"), "")
            out.append(f'<a href="{escape(str(href))}">' if name == "a" else f"<{name}>")
            opened.append(name)
        if kind == 0:
            out.append(escape(str(value)))
        else:
            name, words = told["atoms"][value][:2]
            out.append("<br>" if name == "soft-return" else escape(str(words)))
        for _number in range(min(closed, len(opened))):
            out.append(f"</{opened.pop()}>")
    return "".join(out)
