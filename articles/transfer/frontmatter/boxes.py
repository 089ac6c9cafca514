"""Tags that stand around a text: code, quotations, and boxes with a title (notes, warnings, what is folded, tabs).

Of a box its text stays and its title, in bold, above it.
"""

import re

from .embeds import arguments
from .masks import fenced

CODE = ("codeblock", "code", "mermaid", "prism", "terminal", "console", "cmd")
NOTES = ("sidenote", "marginnote", "footnote", "fn")
QUOTES = ("blockquote", "quote", "cq", "centerquote")
_KINDS = {
    "note", "info", "information", "tip", "hint", "warning", "warn", "danger", "error", "success", "important", "caution",
    "attention", "question", "failure", "bug", "example", "quote", "abstract", "summary", "todo", "default", "primary",
    "secondary", "light", "dark", "true", "false", "open", "close", "closed", "simple", "modern", "flat", "disabled", "no-icon",
    "red", "blue", "green", "yellow", "orange", "purple", "pink", "cyan", "grey", "gray", "warnings", "tips", "notice",
}  # fmt: skip
_BOXES = {
    "admonition", "notice", "callout", "alert", "hint", "message", "panel", "box", "card", "note", "info", "tip", "warning", "danger",
    "important", "caution", "attention", "question", "success", "error", "example", "details", "detail", "expand", "collapse",
    "collapsible", "accordion", "spoiler", "fold", "folding", "hidetoggle", "tab", "tabpane", "step", "lead", "aside",
    "pullquote", "gallery", "tabs", "center", "style", "typeit", "rawhtml", "html", "raw_html", "div", "section", "columns",
}  # fmt: skip
_TITLED = ("title", "summary", "header", "heading", "name", "label")
# Whose first word is an icon, and whose words are no title.
_UNTITLED = {
    "alert",
    "tabs",
    "gallery",
    "lead",
    "center",
    "style",
    "typeit",
    "div",
    "section",
    "columns",
    "rawhtml",
    "html",
}
_ATTRIBUTED = re.compile(r"(?P<by>.*?)\s*(?:(?P<at>https?://\S+)\s*(?P<title>.*))?")
_SETTINGS = re.compile(r"(?:^|\s)(?:lang(?:uage)?|line_number|first_line|mark|wrap|highlight|start|linenos):\S*")
_FENCED = re.compile("\ue100(\\d+)\ue101\ue102*")


def is_box(name):
    """Whether a tag called `name` stands around a text."""
    return name in _BOXES


def title(name, rest, is_worded):
    """Return the title that readers saw of a box: its tag is called `name` and goes on with `rest`.

    `is_worded` where titles stand without quotation marks, as in tags of Hexo.
    """
    plain, named = arguments(rest)
    titled = (*_TITLED, "text") if name == "spoiler" else _TITLED
    said = next((named[each] for each in titled if named.get(each)), "")
    if said or name in _UNTITLED:
        return said.strip()
    if is_worded and not re.search("[\"',]", rest):
        kinds = rest.split()
        while kinds and kinds[0].lower() in _KINDS:
            kinds.pop(0)
        return " ".join(kinds)
    return next((each for each in plain if each.lower() not in _KINDS and not _is_icon(each)), "").strip()


def _is_icon(words):
    return bool(re.match(r"(?:fa[srbl]?|icon|ti|mdi)[ -]", words)) or not re.search(r"[^\W\d_]", words)


def codeblock(name, words, inner):
    """Return (what is said above it, Markdown) of code between two tags: `{% codeblock Title lang:x https://… the link %}`,
    `{{< code language="x" title="Title" >}}`.
    """
    plain, named = arguments(words.partition(name)[2])
    language = named.get("language") or named.get("lang")
    if name == "mermaid":
        return "", fenced(inner, name).strip("\n")
    if name != "codeblock" or named.get("language") or words.rstrip()[-1:] in {'"', "'"}:
        above = named.get("title") or (plain[0] if len(plain) > 1 else "")
        language = language or (plain[-1] if plain else "")
    else:
        said = _ATTRIBUTED.fullmatch(" ".join(_SETTINGS.sub(" ", words.partition(name)[2]).split()))
        above = _attribution(said["by"], said["at"], said["title"] or ("link" if said["at"] else "")) if said else ""
    return above, fenced(inner, re.sub(r"[^\w+#.-]", "", language or "")).strip("\n")


def quotation(text, name, words, inner):
    """Return Markdown of a quotation between two tags with whose it is below it; `text` is the `masks.Text` it stands in."""
    words = " ".join(words.partition(name)[2].split())
    plain, named = arguments(words)
    if named or words[:1] in {'"', "'"}:
        by = next((named[each] for each in ("author", "source", "by", "cite", "name") if named.get(each)), "")
        at = next((named[each] for each in ("link", "url", "href") if named.get(each)), "")
        made = _attribution(by or " ".join(plain[:1]), at, named.get("title", "") or " ".join(plain[1:]))
    else:
        said = _ATTRIBUTED.fullmatch(words)
        made = _attribution(said["by"].removeprefix("--").strip(), said["at"], said["title"]) if said else ""
    lines = inner.strip("\n").split("\n") + (["", f"— {made}"] if made else [])
    return "\n\n" + "\n".join(_quoted(line, text) for line in lines) + "\n\n"


def _attribution(by, at, words):
    """Return in one line who says something and where: words alone, or with a link."""
    if not at:
        return ", ".join(filter(None, (by, words)))
    return ", ".join(filter(None, (by, f"[{words}]({at})" if words else f"<{at}>")))


def _quoted(line, text):
    """Return a line in a quotation; of a block of code that stands aside for it, its lines are."""
    code = _FENCED.fullmatch(line.strip())
    if code and "\n" in text.kept[int(code[1])]:
        text.kept[int(code[1])] = "\n".join(f"> {each}".rstrip() for each in text.kept[int(code[1])].split("\n"))
        return line
    return f"> {line}".rstrip()
