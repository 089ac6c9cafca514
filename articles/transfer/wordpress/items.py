"""What an item of an export says of itself, without anything else of it."""

import json
import re
from html import escape, unescape
from urllib.parse import unquote

from django.utils.translation import gettext as _

from ... import names
from .. import fields, html
from ..documents import KEEPS, State
from ..html.notes import Notes
from . import blocks, builders, shortcodes
from .wxr import DESCRIPTIONS

DRAFTS = {"draft", "pending", "auto-draft", "future"}
LONGEST_SUMMARY = 600  # characters above "more" that are taken for a summary
LONGEST_ABOVE = 10_000  # characters of HTML above "more" that are looked at
# What stands beside the words: pictures with their captions, marks of notes.
_BESIDE = re.compile(
    r"<figure\b.*?</figure>|\[caption\b.*?\[/caption\]|<sup\b[^<>]*>\s*<a\b[^<>]*>[^<>]*</a>\s*</sup>"
    r"|\[(ref|footnote|efn_note)\].*?\[/\1\]",
    re.DOTALL | re.IGNORECASE,
)
# What is made by a template is none of the author's words.
_TEMPLATE = re.compile(r"%%?\w+%|#post_|\{\{")


def state(row, published, notes):
    """Return the `State`: published only what everybody could read, or will at its hour, the instant `published`."""
    status = status_of(row)
    is_out = status == "publish" or (status == "future" and published)
    if status == "private" or (is_out and row.get("wp:post_password", "").strip()):
        words = _("It was private.") if status == "private" else _("A password kept it.")
        notes.add(f"{words} {KEEPS}")
        return State.WITHHELD
    seen_by = row.meta.get("_jetpack_newsletter_access", "").strip()
    if seen_by not in {"", "everybody"}:
        words = _("Not everybody could read it (%s).") % seen_by[:40]
        notes.add(f"{words} {KEEPS}" if is_out else words)
        return State.WITHHELD if is_out else State.DRAFT
    if status not in DRAFTS and not is_out:
        notes.add(_("Its status “%s” is not known: it is a draft here.") % status[:40])
    return State.PUBLISHED if is_out else State.DRAFT


def status_of(row):
    """Return the status of an item."""
    return row.get("wp:status", "publish").strip()


def dates(row, notes):
    """Return when it was published and changed last; what is written in no zone is taken as UTC."""
    published = fields.instant(row.get("wp:post_date_gmt", "")) or fields.mailed(row.get("pubDate", ""))
    if published is None and status_of(row) not in {"draft", "pending", "auto-draft"}:
        published = fields.instant(row.get("wp:post_date", ""))
        if published:
            notes.add(_("Its date has no zone: it is taken as UTC."))
        else:
            notes.add(_("It has no date that can be read."))
    return published, fields.instant(row.get("wp:post_modified_gmt", ""))


def summary(row):
    """Return the excerpt; without one what search engines are told, or else what stands above "more", if it is short and
    no part of it was for some readers only."""
    said = html.plain(row.get("excerpt:encoded", ""))
    if said:
        return said
    told = next((words for key in DESCRIPTIONS if (words := html.plain(row.meta.get(key, "")))), "")
    if told and not _TEMPLATE.search(told):
        return told
    above = shortcodes.above_more(blocks.without_gated(row.get("content:encoded", ""), Notes()))[:LONGEST_ABOVE]
    if any(builders.is_gated(name.lower()) for name in re.findall(r"\[([a-zA-Z][\w-]*)", above)):
        return ""
    above = html.plain(re.sub(r"\[/?[a-z_-]+[^\[\]]{0,500}\]", " ", _BESIDE.sub("", above)))
    return above if len(above) <= LONGEST_SUMMARY else ""


def slug(row):
    """Return the last part of its address; other systems that write the form give a path, and the ending of a file."""
    said = names.clean_line(unquote(row.get("wp:post_name", ""))).rstrip("/").rpartition("/")[2]
    return re.sub(r"\.html?$", "", said)


def enclosed(row):
    """Return HTML of what is played with it, of which podcasts keep the address beside the text."""
    address = row.meta.get("enclosure", "").partition("\n")[0].strip()
    said = unescape(row.get("content:encoded", ""))
    if not re.match("https?://", address) or address in said:
        return ""
    return f'\n\n<embed src="{escape(address)}">'


def title(row, markdown, notes):
    """Return the title; of what has none, the first words of its text, which is `markdown`."""
    said = html.plain(row.get("title", ""))
    if said:
        return said
    notes.add(_("It has no title: its first words stand for one."))
    words = html.plain(re.sub(r"\]\([^()]*\)|[\[\]!#*>`|\\]", " ", markdown[:500])).split()
    return " ".join(words[:10])[:150] or _("Without a title, %s") % row.get("wp:post_id", "").strip()[:20]


def footnotes(row):
    """Return the notes of the block editor, which stand beside the text, as HTML."""
    try:
        said = json.loads(row.meta.get("footnotes", "") or "[]")
        found = [(note["id"], f"{note['id']}-link", note["content"]) for note in said]
        return shortcodes.notes_below(n for n in found if all(isinstance(each, str) for each in n))
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def table(content, options):
    """Return HTML of a table of the plugin TablePress, whose rows and options are JSON; "" for what is none."""
    try:
        rows, options = json.loads(content), json.loads(options or "{}")
        has_head = options.get("table_head", True)
        rows = [[str(cell).replace("\n", "<br>") for cell in row] for row in rows]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return ""
    made = []
    for number, row in enumerate(rows):
        tag = "th" if has_head and number == 0 and len(rows) > 1 else "td"
        made.append("".join(f"<{tag}>{cell}</{tag}>" for cell in row))
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in made)}</table>" if any(made) else ""
