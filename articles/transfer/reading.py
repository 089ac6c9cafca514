"""What a path holds, and its texts: a WordPress or Ghost export, or Markdown files, in a folder, an archive or alone.

    for each in reading.documents(path): …      # Documents and Refusals; pictures are read while theirs is the turn

A file is known by how it begins, never by its name alone.
"""

import re
from enum import StrEnum
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from . import frontmatter, ghost, places, wordpress
from .documents import Refusal
from .places import Unreadable

PUBLICATION = "publication.toml"  # at the root of an export of this system
FIRST = 1 << 16  # bytes of a file by which it is known
_WXR = re.compile(rb"<rss\b[^>]{0,4000}wordpress\.org/export/|<wp:wxr_version>", re.DOTALL)
_GHOST = re.compile(rb'\s*\{\s*"(?:db|data|meta)"\s*:')


class Kind(StrEnum):
    """What a path holds."""

    PUBLICATION = "publication"
    WORDPRESS = "wordpress"
    GHOST = "ghost"
    MARKDOWN = "markdown"


def documents(path, zone=None):
    """Yield a `Document` or a `Refusal` for each text at `path`; `zone` (default: the site's) is that of dates without one.

    The place is open for as long as the generator is; a picture's `read` works until then. Nothing is raised for what a
    source holds: what can't be read at all is one Refusal.
    """
    try:
        place = places.opened(path)
    except Unreadable as error:
        yield error.refusal
        return
    with place:
        yield from place.refused
        try:
            kind, exports = _known(place)
        except Unreadable as error:
            yield error.refusal
            return
        if kind == Kind.PUBLICATION:
            yield Refusal(place.title, _("It is an export of this system, which is restored as a whole."))
        elif kind == Kind.MARKDOWN:
            for name in exports:
                yield Refusal(name, _("It is an export of its own among the files of another system: give it alone."))
            yield from _of_markdown(place, zone or timezone.get_default_timezone())
        else:
            yield from READERS[kind](place, *exports)


def _of_markdown(place, zone):
    if not any(frontmatter.is_text(name) for name in place.names()) and _is_plain(place):
        pages = sum(name.lower().endswith((".html", ".htm")) for name in place.names())
        words = _("It holds no text that can be taken: no WordPress or Ghost export, no Markdown.")
        if pages:
            more = (
                _("Of HTML it has %s pages, which are taken in folders of Jekyll, Hugo and Pelican only.")
                % f"{pages:,}"
            )
            words = f"{words} {more}"
        yield Refusal(place.title, words)
        return
    yield from frontmatter.documents(place, zone)


def kind_of(path):
    """Return in words what `path` holds, for an account; raise Unreadable when it can't be opened."""
    with places.opened(path) as place:
        kind, _exports = _known(place)
        if kind == Kind.MARKDOWN:
            dialect = frontmatter.setups.found(place).dialect
            plain = dialect == frontmatter.Dialect.PLAIN
            return _("Markdown files") if plain else _("Markdown files of %s") % dialect
    return {
        Kind.PUBLICATION: _("An export of this system"),
        Kind.WORDPRESS: _("A WordPress export"),
        Kind.GHOST: _("A Ghost export"),
    }[kind]


def is_publication(path):
    """Whether the folder or archive at `path` is an export of this system; raise Unreadable when it can't be opened."""
    if Path(path).is_dir():  # without a list of all its files, of which a large publication has more than is read
        return (Path(path) / PUBLICATION).is_file()
    with places.opened(path) as place:
        return PUBLICATION in place


def _known(place):
    """Return (kind, names of the exports in it); one that lies in a folder of Jekyll, Hugo … is not what that is."""
    if PUBLICATION in place:
        return Kind.PUBLICATION, []
    found = {Kind.WORDPRESS: [], Kind.GHOST: []}
    for name in place.names():
        if name.lower().endswith((".xml", ".json", ".wxr")) and name.count("/") <= 2:
            kind = _export(_first(place, name))
            if kind:
                found[kind].append(name)
    exports = found[Kind.WORDPRESS] + found[Kind.GHOST]
    if exports and not _is_plain(place):
        return Kind.MARKDOWN, exports
    return next(((kind, names) for kind, names in found.items() if names), (Kind.MARKDOWN, []))


def _is_plain(place):
    """Whether the place is of none of the systems that are known."""
    return frontmatter.setups.found(place).dialect == frontmatter.Dialect.PLAIN


def _first(place, name):
    """Return the first bytes of a file; of one that can't be read, none."""
    try:
        with place.open(name) as file:
            return file.read(FIRST)
    except Unreadable:
        return b""


def _export(first):
    """Return the kind of export that begins with the bytes `first`, or None."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if first.startswith(mark):
            first = first[2:].decode(encoding, "replace").encode()
    first = first.removeprefix(b"\xef\xbb\xbf")
    if _WXR.search(first):
        return Kind.WORDPRESS
    if _GHOST.match(first) and b'"data"' in first and b'"version"' in first:
        return Kind.GHOST
    return None


READERS = {Kind.WORDPRESS: wordpress.documents, Kind.GHOST: ghost.documents}
