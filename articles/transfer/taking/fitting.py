"""What a document says, cut to what is stored here; every change of it is told in a note."""

import re
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ... import names, publishing, text
from ..documents import Note

LONGEST_TITLE, LONGEST_SUMMARY, FIRST_WORDS = 200, 1000, 300
FIRST_YEAR = 1000  # what is earlier is nobody's date: Hugo writes year 1 where there is none


def title_of(document, notes):
    """Return the title of `document`, at most 200 characters; of one that has none, the name it goes by there."""
    title = names.clean_line(document.title)
    if not title:
        name = unquote(document.slug) or re.sub(r"\.\w+$", "", document.place.rstrip("/").rpartition("/")[2])
        title = names.clean_line(re.sub(r"[-_]+", " ", name)).capitalize() or _("Untitled")
        notes.append(Note(_("It has no title; here it is called “%s”.") % title[:LONGEST_TITLE]))
    if len(title) > LONGEST_TITLE:
        notes.append(Note(_("Its title was cut: it had %s characters.") % len(title)))
        title = cut(title, LONGEST_TITLE)
    return title


def summary_of(document, notes):
    """Return the summary of `document`, at most 1,000 characters."""
    summary = names.clean_line(document.summary)
    if len(summary) > LONGEST_SUMMARY:
        notes.append(Note(_("Its summary was cut: it had %s characters.") % f"{len(summary):,}"))
    return cut(summary, LONGEST_SUMMARY)


def language_of(document, wished, notes, told):
    """Return a language of the site: that of `document`, or the one `wished` for what has none or another.

    `told` are the languages that are none of the site's and have been told of; what is the same of many is told once.
    """
    given = document.language.strip().lower()
    code = given.replace("_", "-").partition("-")[0]
    if code in dict(settings.LANGUAGES):
        return code
    if given and given[:20] not in told:
        told.add(given[:20])
        words = _(
            "Its language is “%(code)s”, which the site doesn’t know; here it and all others in that one are “%(here)s”."
        )
        notes.append(Note(words % {"code": given[:20], "here": wished}))
    return wished


def date_of(document, notes):
    """Return when `document` was or will be published at its source, or None."""
    date = document.published_at
    if date and date.year < FIRST_YEAR:
        notes.append(Note(_("Its date, in the year %s, makes no sense and was left out.") % date.year))
        return None
    return date


def first_words(body):
    """Return the words with which the Markdown `body` begins, cut at the end of one, as a summary; may be empty."""
    try:
        html = publishing.rendered_or_refuse(body).html
    except ValidationError:
        return ""
    words = text.plain(text.opening(html)) or text.plain(text.notes_apart(html)[0])
    return cut(names.clean_line(words), FIRST_WORDS)


def cut(words, most):
    """Return `words`, or as many of them as there is room for in `most` characters, with an ellipsis."""
    if len(words) <= most:
        return words
    kept = words[:most]
    return (kept.rpartition(" ")[0] or kept[:-1]).rstrip(" ,;:–—-") + "…"


def wanted_slug(document, title):
    """Return the slug that `document` asks for, well formed; from its `title` where it asks for none."""
    return names.slugify(unquote(document.slug).strip("/").rpartition("/")[2] or title)
