"""Markdown files with heads of fields, as Jekyll, Hugo, Pelican, Eleventy, Hexo and Zola have them, or a folder of such files.

    documents(place, zone) -> Documents and Refusals, in the order of their names

`setups` finds out which system it is, `heads` takes a file apart, `fields` reads its head, `addresses` computes where its
readers had it, `bodies` makes its text ours. Nothing is held of a file when the next is read.
"""

import posixpath
import re
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from django.utils.translation import gettext as _

from ... import names
from ...models import tries
from ..documents import KEEPS, Document, LeftOut, Note, Refusal, Sort, State
from ..html.markup import TooLong
from ..places import Unreadable
from . import addresses, bodies, fields, finding, folders, heads, leads, links, setups
from .parts import Part, Parts, is_text
from .setups import Dialect

__all__ = ["Dialect", "documents", "is_text", "setups"]

LONGEST = 1 << 20  # bytes of a text; one that can be shown has 200,000 characters
REMEMBERED = 4_096  # addresses of other texts
_ABOUT = re.compile(r"(?:readme|licen[cs]e|changelog|contributing|code_of_conduct|security|todo)\b", re.IGNORECASE)
_DATED = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[-_. ]+|$)(.*)")
_LOOP = re.compile(r"\{%-?\s*(?:for|tablerow|paginate)\b")
_CODE = re.compile("[a-z]{2}")
_LANGUAGES = ("lang", "language", "locale")


class Info(NamedTuple):
    """A file read: its head, with what its folders say of it too, and what decides where readers had it.

    `is_unclear` when a date is given that can't be read, so that nobody knows whether its hour has come or gone.
    """

    head: heads.Head
    fields: dict
    notes: list
    text: addresses.Text
    part: Part
    controls: int
    is_unclear: bool


def documents(place, zone):
    """Yield a `Document` or a `Refusal` for each text of the `place`; `zone` is that of dates that say none."""
    setup = setups.found(place)
    yield from setup.refused
    reader = _Reader(place, setup, setup.zone or zone)
    for name in place.names():
        try:
            part = reader.part(name)
            if isinstance(part, Part):
                yield from filter(None, [reader.document(name, part)])
            elif part:
                yield part
        except heads.HeadError as error:
            yield Refusal(name, error.words, error.line)
        except TooLong as error:
            yield Refusal(name, str(error))
        except Unreadable as error:
            yield error.refusal
    yield from reader.folders.refused


def _of_file(stem):
    """Return the title that the name of a file is: as it stands where it is words or a date."""
    words = stem if " " in stem or _DATED.fullmatch(stem) else re.sub(r"[-_]+", " ", stem)
    words = names.clean_line(words)
    return words[:1].upper() + words[1:]


class _Reader:
    """Reads the texts of one place."""

    def __init__(self, place, setup, zone):
        self.place, self.setup, self.zone = place, setup, zone
        self.path_of = lru_cache(REMEMBERED)(self._path_of)
        self.mark = lru_cache(REMEMBERED)(place.mark)
        self.folders, self.finder = folders.Folders(place, setup), finding.Finder(place, setup)
        self.part = Parts(place, setup).part

    # What they say

    def info(self, name, part):
        """Return the `Info` of a file; raise HeadError or Unreadable."""
        text, controls = heads.decoded(self.place.read(name, LONGEST))
        is_pelican = self.setup.dialect == Dialect.PELICAN
        of_page = is_pelican and not is_text(name)
        head = heads.of_page(text) if of_page else heads.taken_apart(text, lines=is_pelican)
        said, notes = fields.with_parts(self.folders.said(name, part, head.fields)), []
        is_post = part.sort == Sort.ARTICLE
        stem = posixpath.basename(part.below)
        dated = _DATED.fullmatch(stem)
        date = fields.published(said, head, self.zone, notes)
        is_unclear = bool(notes)
        if date is None and dated:
            date = fields.published({"date": dated[1]}, head, self.zone, notes)
        before = len(notes)
        fields.published(said, head, self.zone, notes, ("expirydate",))
        is_unclear = is_unclear or len(notes) > before
        language = fields.line(fields.first(said, _LANGUAGES)[1] or part.code or self.setup.language)
        slug = fields.line(said.get("slug"))
        title = fields.spoken(said.get("title"))
        made = addresses.Text(
            part.below, (dated[2] or stem) if dated else stem, said, title, slug, date,
            self._categories(said, name), re.split("[-_]", language.lower())[0], is_post,
        )  # fmt: skip
        return Info(head, said, notes, made, part, controls, is_unclear)

    def _categories(self, said, name):
        found = fields.categories(said, self.setup.dialect)
        inside = name.removeprefix(self.setup.content).split("/")[:-1]
        if self.setup.dialect == Dialect.JEKYLL and "_posts" in inside:
            return fields.unique([*inside[: inside.index("_posts")], *found])
        by_folder = fields.flag(self.setup.settings.get("use_folder_as_category", True), True)
        if self.setup.dialect == Dialect.PELICAN and not found and inside and by_folder:
            return (inside[-1],)
        return found

    def _path_of(self, name):
        """Return the path that links to the text `name` of the place get, or "" for one that isn't taken, or whose address isn't known."""
        try:
            part = self.part(name)
            if not isinstance(part, Part):
                return ""
            info = self.info(name, part)
        except (heads.HeadError, Unreadable):
            return ""
        former = self._former(info, [])
        if not former and not info.text.slug and not self.finder.is_first(name):
            return ""  # another has the address that it would get
        return quote(former or f"/articles/{names.slugify(self._slug(info))}/")

    def _former(self, info, notes):
        text = info.text
        if self.setup.dialect == Dialect.HUGO:  # its patterns go by `date`, whatever the day of publication
            date = info.text.date and fields.published(info.fields, info.head, self.zone, [], ("date",))
            text = replace(text, date=date or text.date)
        try:
            return addresses.former(self.setup, text)
        except addresses.Unknown as error:
            notes.append(Note(str(error)))
            return ""

    def _slug(self, info):
        if info.text.slug:
            return re.sub(r"\.html?$", "", info.text.slug.strip("/").rpartition("/")[2])
        of_title = self.setup.dialect == Dialect.PELICAN and not addresses.slug_is_of_file(self.setup, info.text)
        if of_title and info.text.title:
            return info.text.title
        last = posixpath.basename(info.text.below)
        above = posixpath.basename(posixpath.dirname(info.text.below))
        return info.text.stem if last != "index" else above or info.text.title

    # What they become

    def _origin(self, name):
        """Return what tells a text: its system, the address of its site, if that is known, and its path in that."""
        site = self.setup.host.rpartition("/")[2] + self.setup.base
        return f"{self.setup.dialect.lower()}:{site}:{name.removeprefix(self.setup.root)}"

    def _translation_key(self, info):
        """Return what a text has in common with those that say the same in other languages: what its head says, or its place.

        https://gohugo.io/content-management/multilingual/, https://docs.getpelican.com/en/latest/content.html#translations,
        https://www.getzola.org/documentation/content/multilingual/; `ref` is what Jekyll's sites have come to use.
        """
        said = fields.translation(info.fields, self.setup)[1]
        if not said and self.setup.dialect == Dialect.PELICAN:
            said = info.text.slug
        elif not said and self.setup.dialect in {Dialect.HUGO, Dialect.ZOLA, Dialect.PLAIN}:
            said = f"/{info.part.below}"
        return self._origin(self.setup.root + said) if said else ""

    def _no_text(self, name, info):
        """Return why a file is no text of the site, or nothing."""
        head = info.head
        if not head.kind and _ABOUT.match(posixpath.basename(name)):
            return _("It is about the folder, not a text of it.")
        if not head.kind and self.setup.dialect == Dialect.JEKYLL:
            return _("It has no head, so Jekyll makes no page of it.")
        is_system, is_page = self.setup.dialect != Dialect.PLAIN, info.part.sort == Sort.PAGE
        if head.kind and is_system and posixpath.splitext(name)[0] == f"{self.setup.content}404":
            return _("It is what the former site said where there was nothing.")
        of_collection = self.setup.dialect == Dialect.JEKYLL and name.removeprefix(self.setup.content).startswith("_")
        is_page = is_page or (of_collection and not {"_posts", "_drafts"} & set(name.split("/")))
        if head.kind and not head.body.strip() and not info.text.title and is_page:
            return _("It has neither a title nor a text.")
        return ""

    def _is_template(self, info):
        """Whether a page of HTML is no text of its own."""
        if self.setup.dialect == Dialect.PELICAN:
            return not info.head.kind or (
                info.part.sort == Sort.ARTICLE and not {"date", "category"} & set(info.fields)
            )
        is_page = self.setup.dialect == Dialect.JEKYLL and info.part.sort == Sort.PAGE
        return is_page and (not info.text.title or bool(_LOOP.search(info.head.body)))

    def _is_draft(self, info, notes):
        is_draft = fields.is_draft(info.fields, info.head, notes) or info.part.is_draft
        if self.setup.dialect == Dialect.ELEVENTY and fields.flag(info.fields.get("permalink", "?")) is False:
            notes.append(Note(_("It had no page of its own there (permalink: false); it counts as a draft.")))
            return True
        if self.setup.dialect == Dialect.HUGO and (key := self._unseen(info)):
            notes.append(
                Note(_("Readers had no page of it there (%s): it counts as a draft.") % key, info.head.line_of(key))
            )
            return True
        return is_draft

    def _unseen(self, info):
        """Return the key of the head for which Hugo makes no page of a text, or "" (gohugo.io: build options, expiry)."""
        said = info.fields
        for key in ("build", "_build"):
            built = said.get(key)
            if isinstance(built, dict) and str(built.get("render", "always")).lower() in {"never", "link", "false"}:
                return key
        if fields.flag(said.get("headless")) is True:
            return "headless"
        ends = fields.published(said, info.head, self.zone, [], ("expirydate",))
        return "expirydate" if ends and ends <= tries.clock() else ""

    @staticmethod
    def _told(info, body, is_draft):
        """Yield what else is told of a text."""
        if info.controls:
            yield Note(_("%s control characters were taken out.") % info.controls)
        if info.text.language and not _CODE.fullmatch(info.text.language):
            yield Note(
                _("Its language is no code of two letters: %s.") % info.text.language[:60], info.head.line_of("lang")
            )
        if not body:
            yield Note(_("There is no text in it."), info.head.after)
        if info.fields.get("expirydate"):
            yield Note(_("It had a date of expiry there; here nothing expires."), info.head.line_of("expirydate"))
        if any(fields.is_of_file(info.fields.get(key)) for key in fields.DATES):
            yield Note(_("Its date was that of its file there, which is not known here."), info.head.line_of("date"))
        if not is_draft and fields.line(info.fields.get("password")):
            yield Note(_("Readers needed a password for it there.") + f" {KEEPS}", info.head.line_of("password"))
        if not is_draft and info.is_unclear:
            yield Note(_("It stays a draft until its date is one that can be read."))
        elif info.part.sort == Sort.ARTICLE and not is_draft and info.text.date is None:
            yield Note(_("It has no date."))

    def document(self, name, part):
        """Return the `Document` of a file, a `LeftOut`, or None where nothing need be said; raise HeadError or Unreadable."""
        info = self.info(name, part)
        if not is_text(name) and self._is_template(info):
            is_titled = info.head.kind and info.text.title
            return LeftOut(name, _("It is a template, and shows what stands elsewhere.")) if is_titled else None
        if words := self._no_text(name, info):
            return LeftOut(name, words)
        head, said, notes = info.head, info.fields, list(info.notes)
        is_draft = self._is_draft(info, notes)
        former = "" if is_draft else self._former(info, notes)
        around = links.Around(self.place, self.setup, name, former, self.path_of, self.mark, said)
        take = bodies.taken if is_text(name) else bodies.taken_of_html
        body, title = take(head, around, said, self.finder.of(name, around.note), info.text.title)
        body = self._with_address(said, body, notes)
        if not body and part.sort == Sort.PAGE and head.kind:
            return LeftOut(name, _("It is a page without a text, as those are that show a list or a form."))
        title = self._title(info, title, notes)
        lead, sort = leads.lead(around, said), self._sort(info)
        updated_at = fields.published(said, head, self.zone, notes, fields.UPDATES)
        notes += [*around.told(), *fields.untaken(said, head, self.setup), *self._told(info, body, is_draft)]
        return Document(
            origin=self._origin(name),
            place=name,
            title=title,
            body=body,
            slug=names.slugify(self._slug(info)),
            summary=links.plain(fields.spoken(fields.first(said, fields.SUMMARIES)[1])),
            language=info.text.language if _CODE.fullmatch(info.text.language) else "",
            translation_key=self._translation_key(info),
            sort=sort,
            state=self._state(info, is_draft),
            published_at=info.text.date,
            updated_at=updated_at,
            authors=fields.authors(said, self.setup),
            themes=fields.themes(said, self.setup, info.text.categories),
            old_paths=self._old_paths(info, former),
            pictures=tuple(around.pictures),
            lead_picture=lead,
            notes=tuple(sorted(notes, key=lambda note: note.line or LONGEST)),
        )

    @staticmethod
    def _with_address(said, body, notes):
        """Return a body that ends with the address to which its head says that it leads as a whole."""
        at = fields.led(said)
        if not at or at in body:
            return body
        notes.append(Note(_("The address to which it leads as a whole stands at its end: %s") % at))
        return f"{body}\n\n<{at}>".strip()

    @staticmethod
    def _title(info, title, notes):
        """Return the title of a text, of one that has none the name of its file."""
        if not title:
            title = _of_file(info.text.stem) or _("Untitled")
            notes.append(Note(_("It has no title: it is called by the name of its file, “%s”.") % title))
        return title

    @staticmethod
    def _state(info, is_draft):
        if is_draft:
            return State.DRAFT
        if fields.line(info.fields.get("password")):
            return State.WITHHELD
        return State.UNCLEAR if info.is_unclear else State.PUBLISHED

    @staticmethod
    def _sort(info):
        kind = {fields.line(info.fields.get(key)).lower() for key in ("type", "layout")}
        if "page" in kind and not info.text.date:
            return Sort.PAGE
        if info.part.sort == Sort.PAGE and ({"post", "posts", "article"} & kind):
            return Sort.ARTICLE
        return info.part.sort

    def _old_paths(self, info, path):
        at = posixpath.dirname(path.rstrip("/")) + "/" if path and self.setup.dialect != Dialect.ZOLA else "/"
        found = [path] if path else []
        former = fields.former(info.fields)
        if self.setup.dialect == Dialect.PLAIN:  # elsewhere they are other names of a text
            former = [each for each in former if each.startswith(("/", "https://", "http://"))]
        found += [addresses.local(each, self.setup, at=at) for each in former]
        return tuple(dict.fromkeys(each for each in found if each))
