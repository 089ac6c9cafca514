"""What the block editor of WordPress keeps in comments, taken out of a text.

The form is told in https://developer.wordpress.org/block-editor/explanations/architecture/key-concepts/.
"""

import json
import re
from html import escape, unescape

from django.utils.translation import gettext as _

from .. import fields, html
from ..html.markup import LONGEST, TooLong

MOST_WORDS = 200  # texts of a block that isn't known
LONGEST_PANEL = 5_000  # characters of what stands in a block, among which its title is looked for
_QUIET = {"more", "footnotes", "spacer", "nextpage", "separator", "page-break"}
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_BOUNDARY = re.compile(r"<!--\s{1,9}(/?)wp:[a-z].*?-->", re.DOTALL)
# Above what only those saw who had subscribed, and below it: the end of the text where the latter is None.
_GATED = {"premium-content/subscriber-view": "<!-- /wp:premium-content/subscriber-view -->", "jetpack/paywall": None}
_GATE = re.compile(r"<!--\s{1,9}wp:(premium-content/subscriber-view|jetpack/paywall)\b")
# What calls the blocks within a block; those of plugins that are made anew for each reader keep it in their comment alone.
_TITLES = ("title", "heading", "header", "subheader", "question", "panelTitle", "tabsTitle", "label")
# The language of a listing, and what copies it: https://code-block-pro.com keeps them beside the code.
_LISTING = re.compile(r"(<!--\s{1,9}wp:kevinbatdorf/code-block-pro\s([^<>]*)-->(?:(?!<!--|<pre class=\"shiki).)*<pre class=\")(?=shiki)", re.DOTALL)  # fmt: skip
_COPIED = re.compile(r"<pre class=\"code-block-pro-copy-button-pre\"[^<>]*><textarea[^<>]*>[^<>]*</textarea></pre>")


def are_in(content):
    """Whether the `content` was written in blocks."""
    return "<!-- wp:" in content


def without_gated(content, notes):
    """Return `content` without what only subscribers could see, telling `notes` of it."""

    out, place = [], 0
    for found in _GATE.finditer(content):
        if found.start() < place:
            continue
        end = content.find(_GATED[found[1]] or "\0", found.end())
        out.append(content[place : found.start()])
        place = end if end >= 0 else len(content)
        words = html.plain(content[found.start() : place])
        if words:
            notes.add(_("A part that not everybody could see was left out: %s") % words[:1000])
    return "".join([*out, content[place:]])


def with_listings(content):
    """Return `content` with the languages of listings where those of other editors are, and each of them once."""

    def told(found):
        language = _attributes_of(found[2]).get("language", "")
        return f"{found[1]}language-{escape(language)} " if isinstance(language, str) and language else found[0]

    return _LISTING.sub(told, _COPIED.sub("", content)) if "code-block-pro" in content else content


def without_comments(content, blog, notes, within=False):
    """Return `content` without comments; those that stand for something leave it, or a note."""

    put_in = 0

    def told(found):
        nonlocal put_in
        said = found[1].strip()
        if said.startswith("nextpage"):
            notes.add(_("A page break became a rule."))
            return "\n\n<hr>\n\n"
        block = re.match(r"wp:(?:core/)?([a-z][a-z0-9/-]{0,80})", said)
        name, alone, kept = block[1] if block else "", said.endswith("/"), ""
        if alone and name == "block" and not within:
            kept = without_gated(blog.block(_number(said, "ref")), notes)
            put_in = counted(put_in, kept)
            kept = without_comments(kept, blog, notes, within=True)
            if kept and not _overrides(said):
                return kept
        if alone and name not in {"", *_QUIET}:
            kept += _words_of(name, said)
            words = _("A block of the editor was left out: %s")
            if kept:
                words = _("A block of the editor is kept as its words: %s")
            notes.add(words % said[:200].rstrip("/ "))
            return kept
        if said.endswith("}") and ("/" in name or name == "tab"):
            inner = content[found.end() : found.end() + LONGEST_PANEL]
            return _titles_of(said, inner.partition(f"<!-- /wp:{name} ")[0])
        return ""

    end = content.rfind("-->") + 3
    return _COMMENT.sub(told, content[:end]) + content[end:] if end > 2 else content


def counted(before, put_in):
    """Return how many characters were put in with `put_in`, behind so many `before`; raise TooLong for more than are read."""
    if before + len(put_in) > LONGEST:
        raise TooLong(_("The text has %s characters of HTML, more than are read.") % (before + len(put_in)))
    return before + len(put_in)


def with_freeform(content, freeform):
    """Return `content` with `freeform(part)` for each part that stands between blocks, as its classic block shows it."""
    out, depth, place = [], 0, 0
    for found in _BOUNDARY.finditer(content[: content.rfind("-->") + 3]):
        if depth == 0:
            out.append(freeform(content[place : found.start()]))
            place = found.start()
        if not found[0].endswith("/-->"):
            depth = max(depth - 1, 0) if found[1] else depth + 1
        if depth == 0:
            out.append(content[place : found.end()])
            place = found.end()
    rest = content[place:]
    return "".join([*out, rest if depth else freeform(rest)])


def _words_of(name, said):
    """Return HTML of what the comment of a block says that is made of it: where it leads, the words that it alone keeps."""
    told = _attributes_of(said)
    address = next((told[key] for key in ("url", "href", "src") if isinstance(told.get(key), str) and told[key]), "")
    label = next((told[key] for key in ("label", "title") if isinstance(told.get(key), str) and told[key]), "")
    found = fields.words(told.get("data", told)) if "/" in name else []  # those of plugins
    if name == "block":
        found = fields.words(_overrides(said))
    link = ""
    if re.match("https?://|/", address):
        link = f'<p><a href="{escape(address)}">{_html_of(label or address)}</a></p>'
        found = [words for words in found if words not in (address, label)]
    return link + "".join(f"<p>{_html_of(words)}</p>" for words in found[:MOST_WORDS])


def _overrides(said):
    """Return what a text says in place of what a block of several says, as {its part: {what of it: words}}."""
    return _attributes_of(said).get("content") or {}


def _titles_of(said, inner):
    """Return HTML of what the comment of a block with others in it says that stands nowhere in the block's `inner` HTML."""
    told = _attributes_of(said)
    titles = [title for key in _TITLES for title in _each(told.get(key))]
    found = [(f"<strong>{_html_of(title)}</strong>", title) for title in titles]
    found += [(_html_of(words), words) for words in fields.words(told.get("data", ""))]
    missing = [shown for shown, words in found[:MOST_WORDS] if words not in inner]
    shown = _bare(inner) if missing else ""
    return "".join(f"<p>{each}</p>" for each in missing if _bare(each) not in shown)


def _bare(content):
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", content)).split())


def _each(said):
    return [each for each in (said if isinstance(said, list) else [said]) if isinstance(each, str) and each.strip()]


def _html_of(words):
    return words if "<" in words else escape(unescape(words))


def _attributes_of(said):
    """Return what the comment of a block says, as {name: value}."""
    try:
        found = json.loads(said[said.index("{") : said.rindex("}") + 1])
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _number(said, name):
    return fields.number(str(_attributes_of(said).get(name, "")))
