"""The child process that renders: a JSON string a line in, a JSON object (or null, when it failed) a line out.

Before the first it writes an empty line, when it is ready.
Run by `articles.text`, never imported by it. Dangerous input ends this process, not the site's.
"""

import html
import json
import re
import signal
import sys

from markdown import Markdown
from markdown.extensions.abbr import AbbrExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension

from .. import names
from ..bounds import bound
from . import citations
from .extensions import MARK, Blocks, HouseStyle, References
from .safe import sanitise

MEMORY = 1 << 30  # bytes
ALONE = 30.0  # seconds of a processor for a text: for one whose site is gone, so that nobody stops it

_NOTE = re.compile(r'<li id="fn-([^"]*)">(.*?)</li>', re.DOTALL)
_BACK_LINK = re.compile(r'<a [^>]*class="footnote-backref"[^>]*>[^<]*</a>')
_MENTION = re.compile(r'<a class="footnote-ref" href="#fn-([^"]*)">')
_MENTION_NUMBER = re.compile(r'(<a class="footnote-ref" href="#fn-([^"]*)">)[^<]*</a>')
_BACK_TITLE = re.compile(r'(title="Back to the text of note )\w*')
_BARE_ADDRESS = re.compile(r"<a [^>]*>https?://[^<]*</a>")
_TAG = re.compile(r"<[^>]*>")
_NOTES = re.compile(r'<div class="footnote">.*\Z', re.DOTALL)
_NOTE_MARK = re.compile(r'<sup [^>]*id="fnref[^>]*>.*?</sup>', re.DOTALL)


def converter():
    """Return a Markdown converter with the site's extensions."""
    return Markdown(
        extensions=[
            AbbrExtension(),
            DefListExtension(),
            FencedCodeExtension(),
            # `numbered` puts them in order: theirs fails over a note without a word.
            FootnoteExtension(SEPARATOR="-", USE_DEFINITION_ORDER=True, BACKLINK_TITLE="Back to the text of note {}"),
            SaneListExtension(),
            TableExtension(),
            Blocks(),
            References(),
            TocExtension(slugify=lambda text, _separator: names.slugify(text), toc_depth="2-3"),
            HouseStyle(),
        ],
        output_format="html",
    )


def numbered(markup):
    """Return sanitised `markup` with its notes numbered and listed in the order in which the page mentions them.

    Python-Markdown numbers those in tables, lists and quotations after those in all paragraphs. Notes are lettered.
    """
    text, mark, notes = markup.partition('<div class="footnote">')
    if '<li id="fn-' not in notes or "</ol>" not in notes:
        return markup
    order = list(dict.fromkeys(_MENTION.findall(markup)))
    numbers = {label: letters(place) for place, label in enumerate(order, start=1)}
    head, *items = re.split(r'(?=<li id="fn-)', notes)
    items[-1], end, tail = items[-1].rpartition("</ol>")
    if not end:
        return markup
    listed = {re.match(r'<li id="fn-([^"]*)"', item)[1]: item for item in items}
    ordered = [
        _BACK_TITLE.sub(rf"\g<1>{numbers.get(label, '')}", listed[label])
        for label in sorted(listed, key=lambda label: order.index(label) if label in numbers else len(order))
    ]
    whole = text + mark + head + "".join(ordered) + end + tail
    return _MENTION_NUMBER.sub(lambda found: f"{found[1]}{numbers[found[2]]}</a>", whole).replace(
        '<div class="footnote">\n<hr>\n<ol>', '<div class="footnote">\n<hr>\n<ol type="a">', 1
    )


def letters(number):
    """Return the mark of a note, as lists of letters count: a, b, … z, aa, ab; sources have the figures."""
    mark = ""
    while number:
        number, last = divmod(number - 1, 26)
        mark = chr(ord("a") + last) + mark
    return mark


def with_side_notes(markup):
    """Return sanitised `markup` with the words of each note on its first mention, for wide margins.

    They stand in an attribute, which only styles show: nobody hears or copies a note twice. Links go.
    """
    for label, note in _NOTE.findall(markup):
        bare = citations.MARK.sub("", _BARE_ADDRESS.sub("", _BACK_LINK.sub("", note)))
        words = " ".join(_TAG.sub("", bare).replace("&nbsp;", " ").split()).replace('"', "&quot;")
        mention = re.search(rf'<sup id="fnref-{re.escape(label)}">.*?>([^<]*)</a></sup>', markup)
        if words and mention:
            place = mention.start() + len("<sup")
            markup = f'{markup[:place]} data-note="{mention[1]}. {words}"{markup[place:]}'
    return markup


def flatten(tokens):
    """Return the contents as a flat list of {"id", "title", "level"}."""
    flat = []
    for token in tokens:
        flat.append({"id": token["id"], "title": html.unescape(token["name"]), "level": token["level"]})
        flat += flatten(token["children"])
    return flat


def render(text):
    """Return {"html", "contents", "words"} of the Markdown `text`."""
    markdown = converter()
    markup = numbered(sanitise(markdown.convert(text.replace(MARK, ""))))
    # Nothing is done to the text behind the last sanitising: what is stored is what it left.
    markup = sanitise(names.clean(citations.numbered(with_side_notes(markup))))
    prose = _TAG.sub(" ", citations.MARK.sub("", _NOTE_MARK.sub("", _NOTES.sub("", markup))))
    return {
        "html": markup,
        "contents": [entry for entry in flatten(markdown.toc_tokens) if f'id="{entry["id"]}"' in markup],
        "words": len(prose.split()),
    }


def main():
    """Answer lines until the input ends."""
    bound(AS=MEMORY, CORE=0)
    sys.stdout.write("\n")
    sys.stdout.flush()
    for line in sys.stdin:
        signal.setitimer(signal.ITIMER_PROF, ALONE)  # which ends it
        try:
            answer = render(json.loads(line))
        except Exception:  # noqa: BLE001 - whatever goes wrong in the libraries, the editor gets a message
            answer = None
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
