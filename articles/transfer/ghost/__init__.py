"""Posts and pages of a Ghost export (JSON): each a `Document`, in two readings of the file.

Tags, authors and what connects them to posts may stand behind the posts: the first reading keeps them
(https://ghost.org/docs/migration/custom/ tells the form).
"""

import contextlib
import datetime
import json
import re
import zoneinfo
from dataclasses import replace

from django.utils.translation import gettext as _

from ... import names
from .. import fields, html
from ..documents import KEEPS, Document, LeftOut, Refusal, Sort, State, ThemeTold
from ..exports import Export
from ..html.markup import TooLong
from ..html.notes import Notes
from . import editors
from .jsontables import rows

_SITE = re.compile(r"__GHOST_URL__(/?)")  # stands for the address of the site in all texts
LONGEST_SAID = 10_000  # characters of what is said of a tag
_FILES = ("/content/files/", "/content/media/", "/content/images/")
MOST_MISSED = 10_000  # pictures that aren't there, that are counted
_TABLES = """
CREATE TABLE tags (id TEXT PRIMARY KEY, name TEXT, is_internal INTEGER, slug TEXT, description TEXT);
CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT);
CREATE TABLE posts_tags (post TEXT, other TEXT, place INTEGER);
CREATE INDEX tags_by_post ON posts_tags (post);
CREATE TABLE posts_authors (post TEXT, other TEXT, place INTEGER);
CREATE INDEX authors_by_post ON posts_authors (post);
CREATE TABLE posts_meta (post TEXT PRIMARY KEY, said TEXT);
"""
_META = ("feature_image_alt", "feature_image_caption", "meta_description", "email_only")
_JOINS = {"posts_tags": "tag_id", "posts_authors": "author_id"}
_READ = {"posts", "tags", "users", "settings", "posts_meta", *_JOINS}


def documents(place, *names):
    """Yield the `Document`s and `Refusal`s of the exports `names` in `place`, in their order."""
    for name in names:
        yield from _Site(place, name).documents()


class _Site(Export):
    """One export: what the first reading found, and the texts of the second."""

    TABLES, FOLDERS = _TABLES, ("content/images", "images")

    def __init__(self, place, name):
        super().__init__(place, name)
        self.language, self.permalinks, self.zone, self.count = "", "", datetime.UTC, 0
        self.is_private = False  # readers needed a password for all of it
        self.shown, self.missed = 0, set()  # pictures that are there, and paths of those that aren't

    def rows(self, stream, *, first):
        """Yield (table, row, line)."""
        return rows(stream, _READ - {"posts"} if first else {"posts"})

    def left(self, *, is_whole):
        """Yield a Refusal of what is none of Ghost's, and what is the same of all its texts."""
        if is_whole and not self.count:
            yield Refusal(self.name, _("It has no posts: it is no export of Ghost."))
        if self.missed and not self.shown:
            words = _(
                "None of the pictures that its texts show is in the source (%s): give the folder content/images with it, in one "
                "folder or archive, and they are taken."
            )
            yield LeftOut(self.name, words % f"{len(self.missed):,}")

    # The first reading

    def learn(self, row):
        """Keep a tag, an author, a setting, or what connects them to posts."""
        table, row, _line = row
        if row is None:
            return
        if table == "tags":
            name = names.clean_line(_text(row, "name"))
            is_internal = name.startswith("#") or row.get("visibility") == "internal"
            said = _text(row, "description")[:LONGEST_SAID]
            self.keep("tags", _id(row, "id"), name, is_internal, names.clean_line(_text(row, "slug")), said)
        elif table == "users":
            self.keep("users", _id(row, "id"), names.clean_line(_text(row, "name") or _text(row, "slug")))
        elif table == "posts_meta":
            self.keep("posts_meta", _id(row, "post_id"), json.dumps({key: row[key] for key in _META if row.get(key)}))
        elif table == "settings":
            self._learn_setting(row.get("key"), "true" if row.get("value") is True else _text(row, "value"))
        else:
            order = row.get("sort_order")
            self.keep(
                table,
                _id(row, "post_id"),
                _id(row, _JOINS[table]),
                order if isinstance(order, int) and abs(order) < 1 << 60 else 0,
            )

    def _learn_setting(self, key, value):
        if key in {"locale", "lang", "default_locale", "defaultLang"}:
            self.language = fields.language(value) or self.language
        elif key in {"is_private", "isPrivate"}:
            self.is_private = value == "true"
        elif key == "permalinks":  # of Ghost before 2.0
            self.permalinks = value
        elif key in {"activeTimezone", "active_timezone", "timezone"}:
            with contextlib.suppress(ValueError, OSError):
                self.zone = zoneinfo.ZoneInfo(value)

    def _joined(self, table, join, post):
        """Return the rows of `table` that `join` ties to a `post`, in their order."""
        question = (
            f"SELECT {table}.* FROM {join} JOIN {table} ON {table}.id = other WHERE post = ? ORDER BY place LIMIT 500"  # noqa: S608 - our own
        )
        return self.kept.execute(question, [post]).fetchall()

    # The second reading

    def _where(self, row):
        return f"{self.name}: {names.clean_line(_text(row, 'slug') or _id(row, 'id'))[:100]}"

    def taken(self, row):
        """Yield the text of a post."""
        _table, row, line = row
        self.count += 1
        if row is None:
            yield Refusal(f"{self.name}: {self.count}", _("It is too long to be read."), line)
            return
        try:
            yield self._document(row, line)
        except TooLong as error:
            yield Refusal(self._where(row), str(error), line)

    def _document(self, row, line):
        notes, key = Notes(), _id(row, "id")
        said = self.one("SELECT said FROM posts_meta WHERE post = ?", key)
        said = (json.loads(said[0]) if said else {}) | {name: value for name, value in row.items() if value}
        source = _SITE.sub("/", editors.html_of(row, notes))
        body = html.markdown(source, link=lambda address: self._link(address, notes), picture=self._picture, line=line)
        published = _instant(row.get("published_at"))
        state, themes = self._state(row, bool(said.get("email_only")), published, notes), self._themes(key, notes)
        slug = names.clean_line(_text(row, "slug"))
        title = html.plain(_text(row, "title"))
        if not title or title == "(Untitled)":
            title = _("Without a title, %s") % (slug or key)[:60]
            notes.add(_("It has no title."))
        self._tell(said, notes)
        return Document(
            origin=self._origin(row),
            place=self._where(row),
            title=title,
            body=body.markdown,
            slug=slug,
            summary=html.plain(_text(said, "custom_excerpt") or _text(said, "meta_description")),
            language=fields.language(_text(row, "locale") or _text(row, "language")) or self.language,
            sort=Sort.PAGE if _is_page(row) else Sort.ARTICLE,
            state=state,
            published_at=published,
            updated_at=_instant(row.get("updated_at")),
            authors=self._authors(row),
            themes=tuple(each.name for each in themes),
            told_themes=tuple(themes) if state is State.PUBLISHED else (),
            old_paths=self._old_paths(row, slug, published, notes) if state is not State.DRAFT else (),
            pictures=body.pictures,
            lead_picture=self._lead(said, notes),
            notes=notes.listed(line) + body.notes,
        )

    def _origin(self, row):
        """Return what tells the post from all others; copies are told apart by their keys."""
        key = _id(row, "id")
        return self.origin(f"ghost:{names.clean_line(_text(row, 'uuid') or key or _text(row, 'slug'))[:200]}", key)

    def _state(self, row, is_mailed, published, notes):
        """Return the `State`: published only what everybody could read, or will at its hour."""
        status, seen_by = row.get("status", "draft"), row.get("visibility", "public")
        if status not in ("published", "scheduled", "draft", "sent"):
            notes.add(_("Its status “%s” is not known: it is a draft here.") % str(status)[:40])
        elif status == "scheduled" and published is None:
            notes.add(_("It has no date that can be read."))
        elif status == "sent" or (is_mailed and status != "draft"):
            notes.add(f"{_('It was sent by mail alone.')} {KEEPS}")
            return State.WITHHELD
        elif seen_by not in ("public", None, ""):
            is_draft, words = status == "draft", _("Not everybody could read it (%s).") % str(seen_by)[:40]
            notes.add(words if is_draft else f"{words} {KEEPS}")
            return State.DRAFT if is_draft else State.WITHHELD
        elif status != "draft" and self.is_private:
            notes.add(_("Readers needed a password for it there.") + f" {KEEPS}")
            return State.WITHHELD
        elif status != "draft":
            return State.PUBLISHED
        return State.DRAFT

    def _old_paths(self, row, slug, published, notes):
        """Return where readers had the post; one that was sent by mail alone stands at an address of its own."""
        parts = ("email", _text(row, "uuid")) if row.get("status") == "sent" else (slug,)
        if not all(part and "/" not in part for part in parts):
            return ()
        if ":year" in self.permalinks and published and len(parts) == 1 and not _is_page(row):
            date = published.astimezone(self.zone)
            told = {"year": f"{date:%Y}", "month": f"{date:%m}", "day": f"{date:%d}", "slug": slug}
            path = re.sub(r":(year|month|day|slug)\b", lambda found: told[found[1]], self.permalinks)
            if ":" not in path:
                return (path,)
            notes.add(_("Its old address is not known, for it was made like this: %s") % self.permalinks[:200])
            return ()
        return (f"/{'/'.join(parts)}/",)

    @staticmethod
    def _tell(said, notes):
        """Tell what has no place here."""
        if _text(said, "canonical_url"):
            notes.add(_("It names another page as the original: %s") % _text(said, "canonical_url")[:200])
        if _text(said, "codeinjection_head").strip() or _text(said, "codeinjection_foot").strip():
            notes.add(_("Code put into its page was left out."))

    def _authors(self, row):
        several = [name for _id, name in self._joined("users", "posts_authors", _id(row, "id"))]
        if not several:
            known = self.one("SELECT name FROM users WHERE id = ?", _id(row, "author_id"))
            several = [known[0]] if known else []
        return tuple(dict.fromkeys(filter(None, several)))

    def _themes(self, key, notes):
        """Return the `ThemeTold`s of the tags of a post."""
        found = {}
        for _number, name, is_internal, slug, said in self._joined("tags", "posts_tags", key):
            if is_internal:
                notes.add(_("The internal tag “%s” was left out.") % name[:100])
            elif name:
                paths = (f"/tag/{slug}/",) if slug and "/" not in slug else ()
                found.setdefault(name, ThemeTold(name, html.plain(said), paths))
        return list(found.values())

    def _picture(self, address):
        address = _SITE.sub("/", address)
        image, path = self.picture(address), self.uploads.whole(address)
        self.shown += image is not None
        if image is None and path and len(self.missed) < MOST_MISSED:
            self.missed.add(path)
        return image

    def _link(self, address, notes):
        """Return the address a link gets, telling of one to a file; of pictures that aren't there more is told."""
        if address.startswith(_FILES) and self.uploads.whole(address) not in self.missed:
            notes.add(_("A link leads to a file that isn’t taken: %s") % address[:200])
        return address

    def _lead(self, said, notes):
        address = _text(said, "feature_image") or _text(said, "image")
        image = self._picture(address) if address else None
        if address and image is None:
            notes.add(_("Its lead picture isn’t in the source: %s") % address[:200])
        alt, caption = html.plain(_text(said, "feature_image_alt")), html.plain(_text(said, "feature_image_caption"))
        return image and replace(image, alt=alt, caption=caption)


def _text(row, name):
    return row[name] if isinstance(row.get(name), str) else ""


def _id(row, name):
    """Return a key as text: older exports have numbers."""
    value = row.get(name)
    return names.clean_line(str(value)[:60]) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _is_page(row):
    return row.get("type") == "page" or row.get("page") in (True, 1)


def _instant(said):
    """Return the aware instant of an ISO 8601 date, in UTC where it names no zone, or of milliseconds since 1970; or None."""
    try:
        if isinstance(said, int | float) and not isinstance(said, bool):
            found = datetime.datetime.fromtimestamp(said / 1000, datetime.UTC)
        else:
            found = datetime.datetime.fromisoformat(said.strip())
    except (ValueError, TypeError, AttributeError, OverflowError, OSError):
        return None
    if not fields.FIRST <= found.year <= fields.LAST:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
