"""Posts and pages of a WordPress export (WXR): each a `Document`, in two readings of the file.

The first keeps what texts refer to (authors, categories, pictures, addresses) in a table on the disk, so that memory
stays flat; the second makes the texts. What each part of the file means is told in WordPress's own
wp-admin/includes/export.php and https://wordpress.org/documentation/article/post-status/.
"""

import contextlib
import json
import re
import sqlite3
from collections import Counter
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from ... import names
from .. import fields, html
from ..documents import KEEPS, Document, LeftOut, Refusal, Sort, State
from ..html.markup import TooLong
from ..html.notes import Notes
from ..uploads import Uploads
from . import shortcodes
from .wxr import Broken, rows

SORTS = {"post": Sort.ARTICLE, "page": Sort.PAGE}
_DRAFTS = {"draft", "pending", "auto-draft", "future", "private"}
_THEMES = {"category", "post_tag", "tag"}
_UNSAID = {"post_format", "language", "author", "nav_menu", "post_translations", "term_translations", "link_category"}
_UNSORTED = {"uncategorized", "genel", "kategorilenmemis", "bez-rubriki", "bez-kategorii"}
LONGEST_SUMMARY = 600  # characters above "more" that are taken for a summary
MOST_KINDS = 40  # of what is left out, that are told one by one
_TABLES = """
CREATE TABLE attachments (id INTEGER PRIMARY KEY, parent INTEGER, address TEXT, path TEXT, alt TEXT, caption TEXT, used INTEGER);
CREATE INDEX by_path ON attachments (path);
CREATE INDEX by_parent ON attachments (parent);
CREATE TABLE texts (id INTEGER PRIMARY KEY, path TEXT, block TEXT);
CREATE TABLE authors (login TEXT PRIMARY KEY, name TEXT);
CREATE TABLE categories (slug TEXT PRIMARY KEY, name TEXT, parent TEXT);
CREATE TABLE origins (origin TEXT PRIMARY KEY, id TEXT);
"""


def documents(place, name):
    """Yield the `Document`s and `Refusal`s of the export `name` in `place`, in its order."""
    with contextlib.closing(_Blog(place, name)) as blog:
        yield from blog.documents()


class _Blog:
    """One export: what the first reading found, and the texts of the second."""

    def __init__(self, place, name):
        self.place, self.name = place, name
        self.uploads = Uploads(place, "wp-content/uploads", "uploads")
        self.kept = sqlite3.connect("", isolation_level=None)  # a file of its own, gone when it is closed
        self.kept.executescript(_TABLES)
        self.kept.execute("BEGIN")
        self.hosts, self.language, self.site, self.left_out = set(), "", "", Counter()
        self.post = 0

    def close(self):
        """Let go of the table."""
        self.kept.close()

    def documents(self):
        """Yield what there is to take and to tell."""
        with contextlib.suppress(Broken, OSError), self.place.open(self.name) as stream:
            for row in rows(stream):
                self._learn(row)
        try:
            with self.place.open(self.name) as stream:
                for row in rows(stream):
                    if row.kind == "item":
                        yield from self._item(row)
        except Broken as error:
            yield Refusal(self.name, _("%s What follows could not be read.") % error, error.line)
        except OSError as error:
            yield getattr(error, "refusal", None) or Refusal(self.name, _("It can't be read: %s.") % error)
        yield from self._leavings()

    # The first reading

    def _learn(self, row):
        if row.kind == "wp:author":
            shown = row.get("wp:author_display_name") or row.get("wp:author_login", "")
            self._keep("authors", row.get("wp:author_login", ""), html.plain(shown))
        elif row.kind in {"wp:category", "wp:term"}:
            slug = row.get("wp:category_nicename") or row.get("wp:term_slug", "")
            parent = row.get("wp:category_parent") or row.get("wp:term_parent", "")
            if row.kind == "wp:category" or row.get("wp:term_taxonomy") == "category":
                self._keep("categories", slug, row.get("wp:cat_name") or row.get("wp:term_name", ""), parent)
        elif row.kind in {"link", "wp:base_blog_url"}:  # not wp:base_site_url, which may be that of many blogs
            self.site = row[""].strip() or self.site
            self.hosts.add(fields.host(row[""]))
        elif row.kind == "language":
            self.language = fields.language(row[""])
        elif row.kind == "item":
            self._learn_item(row)

    def _learn_item(self, row):
        number, kind = fields.number(row.get("wp:post_id")), row.get("wp:post_type", "post").strip()
        if kind == "attachment":
            address = row.get("wp:attachment_url") or row.get("guid", "")
            path = row.meta.get("_wp_attached_file") or self.uploads.path(address)
            alt, caption = row.meta.get("_wp_attachment_image_alt", ""), html.plain(row.get("excerpt:encoded", ""))
            parent = fields.number(row.get("wp:post_parent"))
            self._keep("attachments", number, parent, address, path.lstrip("/"), html.plain(alt), caption, 0)
        elif kind == "wp_block":
            self._keep("texts", number, "", row.get("content:encoded", ""))
        elif kind in SORTS:
            self._keep("texts", number, fields.path(row.get("link", "")), "")

    def _keep(self, table, *values):
        marks = ", ".join("?" * len(values))
        self.kept.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # noqa: S608 - names of our own

    def _one(self, question, *values):
        return self.kept.execute(question, values).fetchone()

    # The second reading

    def _item(self, row):
        kind, status = row.get("wp:post_type", "post").strip(), row.get("wp:status", "publish").strip()
        self.left_out["comment"] += row.comments
        if row.is_cut:
            yield Refusal(self._where(row), _("It is too long to be read."), row.line)
        elif kind == "attachment":
            return
        elif kind not in SORTS:
            self._leave(("kind", kind[:40]))
        elif status in {"trash", "auto-draft"} and (status == "trash" or not row.get("content:encoded", "").strip()):
            self._leave(("status", status))
        else:
            try:
                yield self._document(row, SORTS[kind], status)
            except TooLong as error:
                yield Refusal(self._where(row), str(error), row.line)

    def _leave(self, what):
        self.left_out[what if what in self.left_out or len(self.left_out) < MOST_KINDS else ("kind", "…")] += 1

    def _where(self, row):
        return f"{self.name}: {names.clean_line(row.get('wp:post_id', ''))[:20]}"

    def _document(self, row, sort, status):
        notes, line, self.post = Notes(), row.line, fields.number(row.get("wp:post_id"))
        content = row.get("content:encoded", "")
        source = shortcodes.expanded(content, self, notes) + self._footnotes(row)
        body = html.markdown(source, link=lambda address: self._link(address, notes), picture=self._picture, line=line)
        published, updated = self._dates(row, status, notes)
        title = html.plain(row.get("title", ""))
        if not title:
            title = self._untitled(body.markdown, row)
            notes.add(_("It has no title: its first words stand for one."))
        summary = html.plain(row.get("excerpt:encoded", ""))
        if not summary:
            above = html.plain(_brackets(shortcodes.above_more(content)))
            summary = above if len(above) <= LONGEST_SUMMARY else ""
        state = self._state(row, status, published, notes)
        if row.get("wp:is_sticky", "").strip() == "1":
            notes.add(_("It stood above all others there; here it doesn’t."))
        return Document(
            origin=self._origin(row),
            place=self._where(row),
            title=title,
            body=body.markdown,
            slug=names.clean_line(unquote(row.get("wp:post_name", ""))),
            summary=summary,
            language=self._spoken(row),
            sort=sort,
            state=state,
            published_at=published,
            updated_at=updated,
            authors=self._authors(row),
            themes=self._themes(row, notes),
            old_paths=self._old_paths(row, state, notes),
            pictures=body.pictures,
            lead_picture=self._lead(row, notes),
            notes=notes.listed(line) + body.notes,
        )

    @staticmethod
    def _untitled(markdown, row):
        words = html.plain(re.sub(r"\]\([^()]*\)|[\[\]!#*>`|\\]", " ", markdown[:500])).split()
        return " ".join(words[:10])[:150] or _("Without a title, %s") % row.get("wp:post_id", "").strip()[:20]

    def _origin(self, row):
        """Return what tells the post from all others; copies of posts keep the guid, and are told apart by their numbers."""
        number = row.get("wp:post_id", "").strip()[:20]
        origin = f"wordpress:{(names.clean_line(row.get('guid', '')) or f'{self.site}#{number}')[:300]}"
        self._keep("origins", origin, number)
        first = self._one("SELECT id FROM origins WHERE origin = ?", origin)[0]
        return origin if first == number else f"{origin}#{number}"

    # What an item says of itself

    def _state(self, row, status, published, notes):
        """Return the `State`: published only what everybody could read, or will at its hour."""
        is_out = status in {"publish", "future"}
        if status == "private" or (is_out and row.get("wp:post_password", "").strip()):
            words = _("It was private.") if status == "private" else _("A password kept it.")
            notes.add(f"{words} {KEEPS}")
            return State.WITHHELD
        if status == "publish" or (status == "future" and published):
            return State.PUBLISHED
        elif status not in _DRAFTS:
            notes.add(_("Its status “%s” is not known: it is a draft here.") % status[:40])
        return State.DRAFT

    @staticmethod
    def _dates(row, status, notes):
        """Return when it was published and changed last; what is written in no zone is taken as UTC."""
        published = fields.instant(row.get("wp:post_date_gmt", "")) or fields.mailed(row.get("pubDate", ""))
        if published is None and status not in {"draft", "pending", "auto-draft"}:
            published = fields.instant(row.get("wp:post_date", ""))
            if published:
                notes.add(_("Its date has no zone: it is taken as UTC."))
            else:
                notes.add(_("It has no date that can be read."))
        return published, fields.instant(row.get("wp:post_modified_gmt", ""))

    def _spoken(self, row):
        said = next((slug for taxonomy, slug, _name in row.terms if taxonomy == "language"), "")
        return fields.language(said) or self.language

    def _authors(self, row):
        several = [html.plain(name) for taxonomy, _slug, name in row.terms if taxonomy == "author"]
        logins = several or [row.get("dc:creator", "").strip()]
        found = []
        for login in filter(None, logins):
            known = self._one("SELECT name FROM authors WHERE login = ?", login)
            found.append((known and known[0]) or html.plain(login))
        return tuple(dict.fromkeys(filter(None, found)))

    def _themes(self, row, notes):
        """Return the names of categories, those above them, and tags."""
        found = []
        for taxonomy, slug, name in row.terms:
            name = html.plain(unescape(name))
            if taxonomy not in _THEMES:
                if taxonomy not in _UNSAID:
                    said = {"taxonomy": taxonomy[:60], "name": name[:100]}
                    notes.add(
                        _("“%(name)s” of “%(taxonomy)s” was left out: themes are made of categories and tags.") % said
                    )
            elif not name or (taxonomy == "category" and names.slugify(unquote(slug) or name) in _UNSORTED):
                notes.add(_("The category “%s” says nothing: it was left out.") % name[:100])
            else:
                found.append(name)
                if taxonomy == "category":
                    found += self._above(slug)
        return tuple(dict.fromkeys(found))

    def _above(self, slug):
        """Return the names of the categories above that with this `slug`: what is in it is listed by them too."""
        found, seen = [], {slug}
        known = self._one("SELECT name, parent FROM categories WHERE slug = ?", slug)
        while known and known[1] and known[1] not in seen and len(seen) < 10:
            seen.add(known[1])
            known = self._one("SELECT name, parent FROM categories WHERE slug = ?", known[1])
            if known and html.plain(unescape(known[0])):
                found.append(html.plain(unescape(known[0])))
        return found

    @staticmethod
    def _old_paths(row, state, notes):
        link = row.get("link", "").strip()
        path = fields.path(link)
        if state is not State.DRAFT and not path and link:
            notes.add(_("Its old address can't lead here, for it is not told by a path: %s") % link[:200])
        return (path,) if path and state is not State.DRAFT else ()

    @staticmethod
    def _footnotes(row):
        """Return the notes of the block editor, which stand beside the text, as HTML."""
        try:
            said = json.loads(row.meta.get("footnotes", "") or "[]")
            found = [(note["id"], f"{note['id']}-link", note["content"]) for note in said]
            return shortcodes.notes_below(n for n in found if all(isinstance(each, str) for each in n))
        except (ValueError, TypeError, KeyError, RecursionError):
            return ""

    # Pictures and links

    def _picture(self, address):
        """Return the `Image` at `address`, if the place has it, with what the media library says of it."""
        name = self.uploads.found(address)
        if name is None:
            return None
        path = self.uploads.path(f"/uploads/{name}") or name
        row = (
            self._attachment("path = ?", path)
            or self._attachment("path = ?", self.uploads.path(address))
            or (None, "", "")
        )
        self.kept.execute("UPDATE attachments SET used = 1 WHERE id = ?", [row[0]])
        try:
            return self.uploads.image(name, alt=row[1], caption=row[2])
        except OSError:
            return None

    def _attachment(self, where, *values):
        return self._one(f"SELECT id, alt, caption FROM attachments WHERE {where}", *values)  # noqa: S608 - our own

    def _lead(self, row, notes):
        number = fields.number(row.meta.get("_thumbnail_id"))
        if not number:
            return None
        known = self._one("SELECT address, path FROM attachments WHERE id = ?", number)
        image = known and (self._picture(known[0]) or self._picture(f"/uploads/{known[1]}"))
        if image is None:
            notes.add(_("Its lead picture isn’t in the source: %s") % (known[0][:200] if known else number))
        return image or None

    def gallery(self, ids):
        """Return HTML of the pictures with these numbers, of all of the post for none."""
        if not ids:
            found = self.kept.execute(
                "SELECT id FROM attachments WHERE parent = ? AND ? LIMIT 200", [self.post, self.post]
            )
            ids = [number for (number,) in found.fetchall()]
        shown = []
        for number in ids:
            known = self._one("SELECT address, alt, caption FROM attachments WHERE id = ?", number)
            address, alt, caption = known or (f"?attachment_id={number}", "", "")
            below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
            shown.append(f'<figure><img src="{escape(address)}" alt="{escape(alt)}">{below}</figure>')
        return "".join(shown)

    def block(self, number):
        """Return the content of the block kept for several posts with this number, or nothing."""
        known = self._one("SELECT block FROM texts WHERE id = ?", number)
        return known[0] if known else ""

    def _link(self, address, notes):
        """Return the address a link gets: within the blog from the root, but for files, which stay where they are."""
        if fields.host(address) not in self.hosts or not re.match("https?:", address):
            return address
        parts = urlsplit(address)
        if self.uploads.path(address):
            notes.add(_("A link leads to a file that isn’t taken: %s") % address[:200])
            return address
        post = re.fullmatch(r"(?:p|page_id)=(\d{1,12})", parts.query) if parts.path in {"", "/"} else None
        known = post and self._one("SELECT path FROM texts WHERE id = ?", int(post[1]))
        path = known[0] if known and known[0] else parts.path or "/"
        query = f"?{parts.query}" if parts.query and not (known and known[0]) else ""
        return f"/{path.lstrip('/')}{query}" + (f"#{parts.fragment}" if parts.fragment else "")

    # At the end

    def _leavings(self):
        """Yield what was left out, by kind, with how often."""
        for what, count in self.left_out.items():
            if what == "comment":
                words = _("Comments that were left out: %s.") % count if count else ""
            elif what[0] == "status":
                words = _("Texts with the status “%(what)s” that were left out: %(count)s.") % {
                    "what": what[1],
                    "count": count,
                }
            else:
                words = _("Items of the type “%(what)s” that were left out: %(count)s.") % {
                    "what": what[1],
                    "count": count,
                }
            if words:
                yield LeftOut(self.name, words)
        unused = self._one("SELECT count(*) FROM attachments WHERE NOT used")[0]
        if unused:
            yield LeftOut(
                self.name,
                _("Files of the media library that no text shows, or that aren’t there: %s.") % unused,
            )


def _brackets(content):
    return re.sub(r"\[/?[a-z_-]+[^\[\]]{0,500}\]", " ", content)
