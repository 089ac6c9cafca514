"""Links by the name of a file, as Obsidian and gardens of notes have them: [[Name#Part|words]], ![[picture.png|300]].

One to a text of the place becomes a link to that; the words of others stay, for here such a link would lead to a theme.
"""

import re
from urllib.parse import quote

from django.utils.translation import gettext as _

from ... import names
from .setups import TEXTS, Dialect

_LINK = re.compile(
    r"(?<!\\)(!?)\[\[([^\[\]|#\\\n]{0,200})(?:#([^\[\]|\\\n]{0,200}))?(?:\\?\|([^\[\]\n]{0,300}))?\]\](?!\()"
)
_SIZE = re.compile(r"\d{1,5}(?:x\d{1,5})?")


def replaced(text, around, find):
    """Put Markdown in the place of each link by name in a `masks.Text`; `find(words, kind)` returns the file that is meant."""
    text.replace(_LINK, lambda found, line: _one(found, line, around, find))


def _one(found, line, around, find):
    is_shown, name, part, said = bool(found[1]), found[2].strip(), (found[3] or "").strip(), (found[4] or "").strip()
    file = find(name, "name") if name else None
    if is_shown and file and not file.lower().endswith(TEXTS):
        return _file(file, said, line, around)
    words = said or " > ".join(filter(None, (name.rpartition("/")[2].removesuffix(".md"), part.lstrip("^"))))
    anchor = f"#{names.slugify(part.rpartition('#')[2])}" if part and not part.startswith("^") else ""
    if not name:
        return f"[{words}]({anchor})" if anchor else words
    at = around.path_of(file) if file and file.lower().endswith(TEXTS) else ""
    if at:
        if is_shown:
            around.note(_("A text that was shown within this one became a link: %s") % name, line)
        return f"[{words}]({around.mask(at + anchor)})"
    if around.setup.dialect != Dialect.PLAIN and not file:
        return f"{found[1]}\\[\\[{found[0][len(found[1]) + 2 :]}"  # there it was no link
    around.note(_("A link by name leads to no text that is taken: %s") % name[:200], line)
    return words


def _file(file, said, line, around):
    """Return what shows the file; `said` are its words, or the size at which it was shown."""
    alt = "|".join(part for part in said.split("|") if not _SIZE.fullmatch(part.strip()))
    return around.shown("/" + quote(file.removeprefix(around.setup.root)), alt, "", line)
