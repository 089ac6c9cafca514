"""Posts and pages of a WordPress export (WXR): each a `Document`, in two readings of the file.

What each part of the file means is told in WordPress's own wp-admin/includes/export.php and https://wordpress.org/documentation/article/post-status/.
"""

import re
from html import escape, unescape
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from ... import names
from .. import fields, html
from ..documents import Document, Refusal, Sort, State
from ..exports import Export
from ..html.markup import TooLong
from ..html.notes import Notes
from . import items, shortcodes, terms
from .account import Account
from .wxr import rows

SORTS = {"post": Sort.ARTICLE, "page": Sort.PAGE}
LONGEST_SAID = 10_000  # characters of what the media library says of a file, which any text may show any often
_HREF = re.compile(r"""(<a\b[^<>]{0,2000}?\bhref=["'])([^"'<>]{1,2000})(["'])""", re.IGNORECASE)
_TABLES = """
CREATE TABLE attachments (id INTEGER PRIMARY KEY, parent INTEGER, address TEXT, path TEXT, alt TEXT, caption TEXT, page TEXT, used INTEGER);
CREATE INDEX by_path ON attachments (path);
CREATE INDEX by_page ON attachments (page);
CREATE INDEX by_parent ON attachments (parent);
CREATE TABLE texts (id INTEGER PRIMARY KEY, path TEXT, block TEXT);
CREATE TABLE tables (id TEXT PRIMARY KEY, content TEXT, options TEXT, used INTEGER);
CREATE TABLE authors (login TEXT PRIMARY KEY, name TEXT);
"""


def documents(place, *names):
    """Yield the `Document`s and `Refusal`s of the exports `names` in `place`, in their order.

    Those of one blog are parts of one export, which refer to each other.
    """
    blogs = {}
    for name in names:
        blogs.setdefault(_blog_of(place, name), []).append(name)
    for parts in blogs.values():
        yield from _Blog(place, *parts).documents()


def _blog_of(place, name):
    """Return the address of the blog of which an export is, "" where none is told at its beginning."""
    try:
        with place.open(name) as stream:
            found = re.search(rb"<wp:base_blog_url>\s*([^<\s]{1,2000})", stream.read(1 << 16))
    except OSError:
        return ""
    return found[1].decode(errors="replace") if found else ""


class _Blog(Export):
    """One export: what the first reading found, and the texts of the second."""

    TABLES, FOLDERS = _TABLES + terms.TABLE, ("wp-content/uploads", "uploads")

    def __init__(self, place, *names):
        super().__init__(place, *names)
        self.hosts, self.language, self.site = set(), "", ""
        self.account, self.post = Account(), 0

    def rows(self, stream, *, first):
        """Yield what stands in the channel; for the second reading its items alone."""
        return (row for row in rows(stream) if first or row.kind == "item")

    # The first reading

    def learn(self, row):
        """Keep an author, a category, what is told of the blog, or what texts refer to of an item."""
        if row.kind in {"wp:author", "wp:wp_author"}:
            shown = row.get("wp:author_display_name") or row.get("wp:author_login", "")
            self.keep("authors", row.get("wp:author_login", ""), html.plain(shown))
        elif row.kind in {"wp:category", "wp:tag", "wp:term"}:
            terms.learn(self, row)
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
            page = fields.path(row.get("link", "")) if fields.host(row.get("link", "")) in self.hosts else ""
            said = (each[:LONGEST_SAID] for each in (address, path.lstrip("/"), html.plain(alt), caption, page))
            self.keep("attachments", number, parent, *said, 0)
            self.account.descriptions += bool(html.plain(row.get("content:encoded", "")))
        elif kind == "wp_block":
            self.keep("texts", number, "", row.get("content:encoded", ""))
        elif kind == "tablepress_table":
            key = row.meta.get("_tablepress_export_table_id", "")
            self.keep("tables", key, row.get("content:encoded", ""), row.meta.get("_tablepress_table_options", ""), 0)
        elif kind == "guest-author":  # of the plugin Co-Authors Plus
            login = row.meta.get("cap-user_login") or row.get("wp:post_name", "").removeprefix("cap-")
            self.keep("authors", login, html.plain(row.meta.get("cap-display_name") or row.get("title", "")))
        elif kind in SORTS:  # the address of what only some could read is told to nobody
            is_open = items.status_of(row) == "publish" and not row.get("wp:post_password", "").strip()
            self.keep("texts", number, fields.path(row.get("link", "")) if is_open else "", "")

    # The second reading

    def taken(self, row):
        """Yield the text of an item, if it is to be taken."""
        kind, status = row.get("wp:post_type", "post").strip(), items.status_of(row)
        self.account.comments += row.comments
        if row.is_cut:
            yield Refusal(self._where(row), _("It is too long to be read."), row.line)
        elif kind in {"attachment", "guest-author"}:
            return
        elif kind not in SORTS:
            self.account.leave(("kind", kind[:40]), html.plain(row.get("title", "")))
        elif status in {"trash", "auto-draft"} and (status == "trash" or not row.get("content:encoded", "").strip()):
            self.account.leave(("status", status), html.plain(row.get("title", "")))
        else:
            try:
                yield self._document(row, SORTS[kind])
            except TooLong as error:
                yield Refusal(self._where(row), str(error), row.line)

    def _where(self, row):
        return f"{self.name}: {names.clean_line(row.get('wp:post_id', ''))[:20]}"

    def _document(self, row, sort):
        notes, line, self.post = Notes(), row.line, fields.number(row.get("wp:post_id"))
        content = row.get("content:encoded", "")
        source = self._to_files(shortcodes.expanded(content, self, notes)) + items.enclosed(row) + items.footnotes(row)
        spoken = self._spoken(row)
        body = html.markdown(
            source,
            link=lambda address: self._link(address, notes),
            picture=self._picture,
            line=line,
            language=spoken,
        )
        published, updated = items.dates(row, notes)
        state, themes = items.state(row, published, notes), terms.of(self, row, notes)
        if row.get("wp:is_sticky", "").strip() == "1":
            notes.add(_("It stood above all others there; here it doesn’t."))
        return Document(
            origin=self._origin(row),
            place=self._where(row),
            title=items.title(row, body.markdown, notes),
            body=body.markdown,
            slug=items.slug(row),
            summary=items.summary(row),
            language=spoken,
            translation_key=self._translation_key(row),
            sort=sort,
            state=state,
            published_at=published,
            updated_at=updated,
            authors=self._authors(row),
            themes=tuple(each.name for each in themes),
            told_themes=tuple(themes) if state is State.PUBLISHED else (),
            old_paths=self._old_paths(row, state, notes),
            pictures=body.pictures,
            lead_picture=self._lead(row, notes),
            notes=notes.listed(line) + body.notes,
        )

    def _origin(self, row):
        """Return what tells the post from all others; copies of posts keep the guid, and are told apart by their numbers."""
        number = row.get("wp:post_id", "").strip()[:20]
        origin = f"wordpress:{(names.clean_line(row.get('guid', '')) or f'{self.site}#{number}')[:300]}"
        return self.origin(origin, number)

    # What an item says of itself

    def _spoken(self, row):
        said = next((slug for taxonomy, slug, _name in row.terms if taxonomy == "language"), "")
        return fields.language(said) or self.language

    def _translation_key(self, row):
        """Return what the translations of a post have in common, as the plugin Polylang has it: a term of each group."""
        said = next((slug for taxonomy, slug, _name in row.terms if taxonomy == "post_translations"), "")
        return f"wordpress:{self.site}#{said}" if said else ""

    def _authors(self, row):
        several = [(html.plain(name), slug) for taxonomy, slug, name in row.terms if taxonomy == "author"]
        found = []
        for login, slug in several or [(row.get("dc:creator", "").strip(), "")]:
            logins = (login, unquote(slug).removeprefix("cap-"))
            known = self.one(
                "SELECT name FROM authors WHERE login IN (?, ?) AND name <> '' ORDER BY login <> ?", *logins, login
            )
            found.append((known and known[0]) or html.plain(login).partition("@")[0])  # nobody's address is shown
        return tuple(dict.fromkeys(filter(None, found)))

    def _old_paths(self, row, state, notes):
        guid = row.get("guid", "")
        link = row.get("link") or (guid if fields.host(guid) in self.hosts else "")
        path = fields.path(link) or fields.numbered(link)
        if state is State.DRAFT:
            return ()
        if not path and link:
            notes.add(_("Its old address can't lead here, for it is not told by a path: %s") % link[:200])
        found = [path]
        if self.post and fields.host(link):  # WordPress leads from these, whatever the pattern of its addresses
            keys = ("p", "page_id") if row.get("wp:post_type", "").strip() == "page" else ("p",)
            found += [fields.numbered(f"{self.site.rstrip('/')}/?{key}={self.post}") for key in keys]
        if slug := path.strip("/").rpartition("/")[2] if "?" not in path else "":
            before, _slug, behind = path.rpartition(slug)
            others = map(unquote, row.old_slugs)
            found += [f"{before}{other}{behind}" for other in others if other and "/" not in other]
        return tuple(dict.fromkeys(filter(None, found)))

    # Pictures and links

    def _picture(self, address):
        """Return the `Image` at `address`, if the place has it, with what the media library says of it."""
        name = self.uploads.found(address)
        if name is None:
            self.account.miss(self.uploads.whole(address))
            return None
        self.account.shown += 1
        path = self.uploads.path(f"/uploads/{name}") or name
        before, dot, ending = path.rpartition(".")
        paths = (
            path,
            self.uploads.path(address),
            f"{before}-scaled{dot}{ending}",
        )  # by any of which the library knows it
        paths += tuple(self.uploads.alone(each) for each in paths)
        row = next(filter(None, (self._attachment("path = ?", each) for each in paths)), (None, "", ""))
        self.kept.execute("UPDATE attachments SET used = 1 WHERE id = ?", [row[0]])
        return self.picture(address, alt=row[1], caption=row[2])

    def _attachment(self, where, *values):
        return self.one(f"SELECT id, alt, caption FROM attachments WHERE {where}", *values)  # noqa: S608 - our own

    def _to_files(self, source):
        """Return HTML whose links to pages of the media library lead to the file that such a page shows."""

        def led(found):
            address = unescape(found[2])
            if fields.host(address) not in self.hosts | {""}:
                return found[0]
            number = re.search(r"[?&]attachment_id=(\d{1,12})(?:$|[&#])", address)
            where, value = ("id = ?", int(number[1])) if number else ("page = ?", fields.path(address))
            known = value and self.one(f"SELECT address FROM attachments WHERE {where}", value)  # noqa: S608 - our own
            return f"{found[1]}{escape(known[0])}{found[3]}" if known and known[0] else found[0]

        return _HREF.sub(led, source)

    def _lead(self, row, notes):
        number = fields.number(row.meta.get("_thumbnail_id"))
        if not number:
            return None
        known = self.one("SELECT address, path FROM attachments WHERE id = ?", number)
        image = known and (self._picture(known[0]) or self._picture(f"/uploads/{known[1]}"))
        if image is None:
            notes.add(_("Its lead picture isn’t in the source: %s") % (known[0][:200] if known else number))
        return image or None

    def gallery(self, ids, notes):
        """Return HTML of the pictures with these numbers, of all of the post for none; those that there aren't are told."""
        if not ids:
            most = shortcodes.MOST_PICTURES
            found = self.kept.execute(
                "SELECT id FROM attachments WHERE parent = ? AND ? LIMIT ?", [self.post, self.post, most + 1]
            )
            ids = [number for (number,) in found.fetchall()]
            if not ids:
                notes.add(_("A gallery of all its pictures was left out: the source tells of none."))
            if len(ids) > most:
                notes.add(_("Its galleries show more than %s pictures: the others were left out.") % most)
                del ids[most:]
        shown = []
        for number in ids:
            known = self.one("SELECT address, alt, caption FROM attachments WHERE id = ?", number)
            if not known:
                notes.add(
                    _("A picture of a gallery was left out, for the source doesn’t tell of it: number %s.") % number
                )
                continue
            address, alt, caption = known
            below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
            shown.append(f'<figure><img src="{escape(address)}" alt="{escape(alt)}">{below}</figure>')
        return "".join(shown)

    def addresses(self, ids):
        """Return the addresses of the files of the media library with these numbers."""
        rows = (self.one("SELECT address FROM attachments WHERE id = ?", number) for number in ids)
        return [row[0] for row in rows if row]

    def block(self, number):
        """Return the content of the block kept for several posts with this number, or nothing."""
        known = self.one("SELECT block FROM texts WHERE id = ?", number)
        if not (known and known[0]):
            return ""
        self.kept.execute("UPDATE texts SET path = 'shown' WHERE id = ?", [number])
        return known[0]

    def table(self, key):
        """Return HTML of a table that the plugin TablePress keeps for several posts under this key, or nothing."""
        known = self.one("SELECT content, options FROM tables WHERE id = ?", key)
        shown = known and items.table(*known)
        self.kept.execute("UPDATE tables SET used = 1 WHERE id = ? AND ?", [key, bool(shown)])
        return shown or ""

    def _link(self, address, notes):
        """Return the address a link gets: within the blog from the root, but for files, which stay where they are."""
        is_within = re.match("/(?!/)", address) and self.uploads.path(address)
        if is_within:
            address = urljoin(self.site, address)
        if not is_within and (fields.host(address) not in self.hosts or not re.match("https?:", address)):
            return address
        parts = urlsplit(address)
        if self.uploads.path(address):
            if self.uploads.whole(address) not in self.account.missed:  # of which more is told
                notes.add(_("A link leads to a file that isn’t taken: %s") % address[:200])
            return address
        post = re.fullmatch(r"(?:p|page_id)=(\d{1,12})", parts.query) if parts.path in {"", "/"} else None
        known = post and self.one("SELECT path FROM texts WHERE id = ?", int(post[1]))
        path = known[0] if known and known[0] else parts.path or "/"
        query = f"?{parts.query}" if parts.query and not (known and known[0]) else ""
        return f"/{path.lstrip('/')}{query}" + (f"#{parts.fragment}" if parts.fragment else "")

    # At the end

    def left(self, *, is_whole):
        """Yield what was left out, by kind, with how often."""
        within = {  # texts
            "wp_block": self.one("SELECT count(*) FROM texts WHERE path = 'shown'")[0],
            "tablepress_table": self.one("SELECT count(*) FROM tables WHERE used")[0],
        }
        unused = self.one("SELECT count(*) FROM attachments WHERE NOT used")[0]
        yield from self.account.told(self.name, within, unused)
