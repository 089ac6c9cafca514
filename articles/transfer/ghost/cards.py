"""Texts of Ghost's editors, lexical and mobiledoc, as HTML, for posts of which the export has none.

Lexical is a tree of nodes with a `type` (https://lexical.dev/docs/concepts/nodes); mobiledoc has sections, markups, cards
and atoms (https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md). The cards of both carry the same fields.
"""

import json
import re
from html import escape

from django.utils.translation import gettext as _

from ... import text

DEEPEST = 40
_FORMATS = {1: "strong", 2: "em", 4: "s", 8: "u", 16: "code", 32: "sub", 64: "sup"}  # of a text node, in bits
_BLOCKS = {
    "paragraph": "p",
    "quote": "blockquote",
    "extended-quote": "blockquote",
    "aside": "blockquote",
    "listitem": "li",
}
_MARKUPS = {"strong", "b", "em", "i", "u", "s", "code", "sub", "sup", "a", "del", "mark"}
_SECTIONS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "pull-quote"}
_QUIET = {"horizontalrule", "hr", "paywall", "email", "email-cta"}
_IMAGE = re.compile(r"!\[([^\[\]]{0,1000})\]\(\s{0,9}<?([^)\s>]{1,2000})[^)]{0,300}\)")
_SHOWN = re.compile(r'<a href="https://picture\.invalid/(\d+)">([^<]*)</a>')


def html_of(post, notes):
    """Return HTML of a post of an export: its own, or of what its editor keeps; "" when it has neither."""
    if isinstance(post.get("html"), str) and post["html"].strip():
        return post["html"]
    for name, made in (("lexical", _lexical), ("mobiledoc", _mobiledoc)):
        if isinstance(post.get(name), str) and post[name].strip():
            try:
                return made(json.loads(post[name]), notes)
            except (ValueError, RecursionError, TypeError, KeyError, AttributeError, IndexError):
                notes.add(_("The text that its editor kept (%s) can't be read.") % name)
    return of_markdown(post["markdown"]) if isinstance(post.get("markdown"), str) else ""


def of_markdown(source):
    """Return HTML of Markdown, whose pictures stay where they are; the text itself where it can't be rendered."""
    shown = []

    def linked(found):
        shown.append(found[2])
        return f"[{found[1] or '-'}](https://picture.invalid/{len(shown) - 1})"

    def picture(found):
        alt = "" if found[2] == "-" else found[2]
        return f'<img src="{escape(shown[int(found[1])])}" alt="{alt}">'

    try:
        return _SHOWN.sub(picture, text.render(_IMAGE.sub(linked, source)).html)
    except text.TextError:
        return "".join(f"<p>{escape(part)}</p>" for part in source.split("\n\n"))


def _said(card, *keys):
    """Return the first of the fields `keys` that is a text with anything in it, or ""."""
    return next((card[key] for key in keys if isinstance(card.get(key), str) and card[key].strip()), "")


def _lexical(tree, notes):
    return _nodes(tree["root"]["children"], notes, 0)


def _nodes(nodes, notes, depth):
    if not isinstance(nodes, list):
        return ""
    if depth > DEEPEST:
        notes.add(_("What is nested too deeply was left out."))
        return ""
    return "".join(_node(node, notes, depth) for node in nodes if isinstance(node, dict))


def _node(node, notes, depth):
    kind = str(node.get("type", ""))
    if kind in {"text", "extended-text", "code-highlight", "at-link-search"}:
        marked = escape(_said(node, "text") or (node.get("text") == " " and " ") or "")
        bits = node.get("format") if isinstance(node.get("format"), int) else 0
        for bit, tag in _FORMATS.items():
            marked = f"<{tag}>{marked}</{tag}>" if bits & bit else marked
        return marked
    if kind == "linebreak":
        return "<br>"
    inner = _nodes(node.get("children", []), notes, depth + 1)
    if kind in {"link", "autolink", "at-link"}:
        return f'<a href="{escape(_said(node, "url"))}">{inner}</a>'
    if kind in {"heading", "extended-heading"}:
        tag = node.get("tag") if node.get("tag") in _SECTIONS else "h2"
        return f"<{tag}>{inner}</{tag}>"
    if kind == "list":
        tag = "ol" if node.get("listType") == "number" or node.get("tag") == "ol" else "ul"
        return f"<{tag}>{inner}</{tag}>"
    if kind in _BLOCKS:
        return f"<{_BLOCKS[kind]}>{inner}</{_BLOCKS[kind]}>"
    return card(kind, node, notes) + inner


def card(kind, said, notes):
    """Return HTML of a card of an editor with the fields `said`; what is not known is told with the words it has."""
    if kind in {"horizontalrule", "hr"}:
        return "<hr>"
    if kind in _QUIET:
        return ""
    made = _CARDS.get(kind)
    if made:
        below = _said(said, "caption")
        shown = made(said)
        return f"<figure>{shown}<figcaption>{below}</figcaption></figure>" if below else shown
    notes.add(_("A card “%s” of the editor is kept as its words.") % kind[:60])
    words = [value for value in said.values() if isinstance(value, str) and len(value) > 3 and value != kind]
    return "".join(
        f"<p>{value if '<' in value else escape(value)}</p>" for value in words if " " in value or "://" in value
    )


def _image(said):
    shown = f'<img src="{escape(_said(said, "src"))}" alt="{escape(_said(said, "alt", "title"))}">'
    return f'<a href="{escape(_said(said, "href"))}">{shown}</a>' if _said(said, "href") else shown


def _gallery(said):
    images = said.get("images") if isinstance(said.get("images"), list) else []
    return "".join(f"<figure>{_image(image)}</figure>" for image in images if isinstance(image, dict))


def _code(said):
    return f'<pre><code class="language-{escape(_said(said, "language"))}">{escape(_said(said, "code"))}</code></pre>'


def _bookmark(said):
    about = said.get("metadata") if isinstance(said.get("metadata"), dict) else {}
    address = _said(said, "url") or _said(about, "url")
    below = f"<p>{escape(_said(about, 'description'))}</p>" if _said(about, "description") else ""
    return f'<p><a href="{escape(address)}">{escape(_said(about, "title") or address)}</a></p>{below}'


def _embed(said):
    return f'<iframe src="{escape(_said(said, "url"))}"></iframe>' if _said(said, "url") else _said(said, "html")


def _link(said):
    address = _said(said, "buttonUrl", "src", "url")
    words = _said(said, "buttonText", "fileTitle", "title", "fileName") or address
    return f'<p><a href="{escape(address)}">{escape(words)}</a></p>' + _words(said, "fileCaption")


def _words(said, *keys):
    return "".join(f"<p>{said[key]}</p>" for key in keys if _said(said, key))


def _callout(said):
    return f"<blockquote><p>{escape(_said(said, 'calloutEmoji'))} {_said(said, 'calloutText')}</p></blockquote>"


def _toggle(said):
    return f"<p><strong>{_said(said, 'heading')}</strong></p>{_said(said, 'content')}"


_CARDS = {
    "image": _image, "gallery": _gallery, "code": _code, "codeblock": _code, "bookmark": _bookmark, "embed": _embed,
    "button": _link, "file": _link, "callout": _callout, "toggle": _toggle,
    "audio": lambda said: f'<p>{escape(_said(said, "title"))}</p><audio src="{escape(_said(said, "src"))}"></audio>',
    "video": lambda said: f'<video src="{escape(_said(said, "src"))}"></video>',
    "html": lambda said: _said(said, "html"),
    "markdown": lambda said: of_markdown(_said(said, "markdown")),
    "card-markdown": lambda said: of_markdown(_said(said, "markdown")),
}  # fmt: skip


def _mobiledoc(told, notes):
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
            out.append(card(str(name), said if isinstance(said, dict) else {}, notes))
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
