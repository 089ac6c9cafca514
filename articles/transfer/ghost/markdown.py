"""Markdown of Ghost's cards as HTML: that of markdown-it, with HTML in it, notes, and every line end a break.

It is rendered as texts of the site are, in a process that is stopped when it takes too long; what the site's Markdown
has no word for stands aside meanwhile (https://github.com/TryGhost/SDK, kg-markdown-html-renderer).
"""

import re
from html import escape

from django.utils.translation import gettext as _

from ... import text

_ASIDE = "https://aside.invalid/"  # of no host: a link to it stands for what is put in afterwards
_SHOWN = re.compile(rf'<a href="{re.escape(_ASIDE)}(\d+)">[^<]*</a>|\[[^\[\]]*\]\({re.escape(_ASIDE)}(\d+)\)')
_FENCE = re.compile(r"(`{3,}(?=[^`]*$)|~{3,})[ \t]*([\w#.+-]{0,40})")
# HTML of its own, down to the next empty line (CommonMark, 4.6); what stands in a line is Markdown's.
_RAW = re.compile(
    r"(?mi)^</?(?:address|article|aside|audio|blockquote|center|details|dialog|div|dl|embed|fieldset|figure|footer|form|"
    r"h[1-6]|header|hr|iframe|main|nav|noscript|object|ol|p|pre|script|section|style|table|template|ul|video)\b"
    r"[^\n]*(?:\n[^\n]*\S[^\n]*)*"
)
# What is left as it is (code, addresses of links, tags, references), and what the site's Markdown doesn't know.
_WORDS = re.compile(
    r"(?P<kept>(?P<tick>`{1,9})(?!`)[^\n]{1,2000}?(?<!`)(?P=tick)(?!`)|\]\([^()\s]{0,2000}|<[^<>]{1,2000}>|(?m:^[ ]{0,3}\[[^\[\]\n]{1,200}\]:[^\n]{0,2000}))"
    r"|(?P<picture>!\[(?P<alt>[^\[\]\n]{0,1000})\]\(\s{0,9}<?(?P<source>[^)\s>]{1,2000})[^)\n]{0,300}\))"
    r"|(?P<address>https?://[^\s<>()\[\]\"'*`]{2,2000}[^\s<>()\[\]\"'*`.,;:!?])"
    r"|~~(?P<gone>[^~\n]{1,1000})~~|==(?P<marked>[^=\n]{1,1000})=="
    r"|(?<!~)~(?P<sub>[^~\s]{1,100})~(?!~)|\^(?P<sup>[^\^\s\[\]]{1,100})\^"
)
_ALIGNED = {' class="num"': ' align="right"', ' class="mid"': ' align="center"'}  # cells, as the site has them


def of_markdown(source, notes):
    """Return HTML of Markdown; its words, told to `notes`, where it can't be rendered."""
    shown = []

    def aside(html, words="-"):
        shown.append(html)
        return f"[{words or '-'}]({_ASIDE}{len(shown) - 1})"

    def known(found):
        if found["picture"]:
            return aside(f'<img src="{escape(found["source"])}" alt="{escape(found["alt"])}">')
        return _known(found)

    def put_back(typed, number, *, is_code):
        if int(number) >= len(shown):
            return typed
        return escape(shown[int(number)]) if is_code else shown[int(number)]

    told = _without_listings(source[: text.LONGEST + 1].replace("\r\n", "\n"), aside)
    told = _RAW.sub(lambda found: f"\n\n{aside(found[0])}\n\n", told)
    told = _WORDS.sub(known, told)
    told = re.sub(r"(?m)(?<=\S)[ \t]*$", "  ", told)
    try:
        html = text.render(told).html
    except text.TextError:
        notes.add(_("Markdown that can’t be rendered is kept as its words."))
        return "".join(f"<p>{escape(part)}</p>" for part in source.split("\n\n"))
    for ours, theirs in _ALIGNED.items():
        html = html.replace(ours, theirs)
    return _SHOWN.sub(lambda found: put_back(found[0], found[1] or found[2], is_code=not found[1]), html)


def _without_listings(source, aside):
    """Return `source` with its fenced code put `aside`; one without an end goes to that of the text."""
    out, fence, language, code = [], "", "", []
    for line in [*source.split("\n"), None]:
        begun = None if fence or line is None else _FENCE.match(line)
        if begun:
            (fence, language), code = begun.groups(), []
        elif fence and (line is None or (line.strip().startswith(fence) and not line.strip().strip(fence[0]))):
            said = escape("\n".join(code))
            out += ["", aside(f'<pre><code class="language-{escape(language)}">{said}</code></pre>'), ""]
            fence = ""
        elif line is not None:
            (code if fence else out).append(line)
    return "\n".join(out)


def _known(found):
    """Return in words of the site's Markdown what it has others for."""
    kind, words = found.lastgroup, found[found.lastgroup]
    if kind == "kept":
        return words
    if kind == "address":
        return f"<{words}>"
    tag = {"gone": "del", "sub": "sub", "sup": "sup"}.get(kind)
    return f"<{tag}>{words}</{tag}>" if tag else words
