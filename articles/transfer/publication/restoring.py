"""From files to rows: a publication that was written down is brought into an empty site. Nothing in the files is trusted."""

import hashlib
import re
import uuid
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ...models import Article, Author, Imported, Picture, Revision, Series, Source, Theme, ThemeMerge, ThemeName
from ...models.picture import stored_digest
from ...publishing import restoring
from .exporting import FORMAT
from .folder import NAMES, ROOT
from .naming import MOST_KEY
from .spelling import read_plain, read_tables, read_text, wrong
from .values import Values

User = get_user_model()
BEGINNINGS = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF", "avif": b"\x00\x00\x00"}
MOST_PICTURE = 40_000_000  # bytes of one file of a picture
PART = 500
_LEADS = re.compile(r"/(?![/\\])|https?://")


def tables(shelf, name, *kinds):
    """Yield the `Values` of each table in the file `name`, all of which are of one of the `kinds`."""
    for kind, values, line in read_tables(name, shelf.lines(name)):
        if kind not in kinds:
            raise wrong(name, f"there is no [[{kind}]] here.", line)
        yield Values(name, values, line, kind)


def text(shelf, name):
    """Return (Values, body) of the text file `name`."""
    values, body = read_text(name, shelf.read(name))
    return Values(name, values), body


def registered(register, values, model, name, key):
    """Note that the row of `model` called `name` has the `key`; refuse what is there twice."""
    try:
        register.add(model, name, key)
    except ValueError as error:
        raise values.wrong(str(error)) from error


def used(register, values, model, key):
    """Note that a row of `model` without a name has the `key`; return that."""
    try:
        register.use(model, key)
    except ValueError as error:
        raise values.wrong(str(error)) from error
    return key


def found(register, values, model, name):
    """Return the key of the row of `model` called `name`, None for None; refuse a name that nothing has."""
    key = None if name is None else register.find(model, name)
    if name is not None and key is None:
        raise values.wrong(f"there is no {model._meta.model_name} {name[:60]!r} in this publication.")
    return key


def held(register, values, model, name):
    """Return the key that `name`, a name or the key of a row that is gone, stands for."""
    if isinstance(name, int):
        if not 0 < name <= MOST_KEY:
            raise values.wrong(f"{name} is no id.")
        register.mention(model, name)
        return name
    return found(register, values, model, name)


# The small files -----------------------------------------------------------------------------------------------------


def read_site(shelf):
    """Bring in the site's name and domain; return when what readers see changed last, or None."""
    values = Values(ROOT, read_plain(ROOT, shelf.read(ROOT)))
    if values.number("format", ...) != FORMAT:
        raise values.wrong(f"it is in another format than {FORMAT}: take the version of the site that wrote it.")
    name, domain = values.text("name", ...), values.text("domain", ...)
    changed_at = values.moment("changed_at", None)
    values.end()
    if len(name) > 50 or len(domain) > 100 or any(letter.isspace() for letter in domain):
        raise values.wrong("this can be no name and domain of a site.")
    restoring.restore_site(name=name, domain=domain)
    return changed_at


def read_people(shelf, register):
    """Bring in those who have a part in the history."""
    rows = []
    for values in tables(shelf, "people.toml", "person"):
        row = User(pk=values.key(), username=values.text("name", ...))
        values.checked(row, "password")
        registered(register, values, User, row.username, row.pk)
        rows.append(row)
    restoring.restore_people(rows)


def read_surroundings(shelf, register):
    """Bring in authors, series and sources."""
    _in_parts(_author(values, register) for values in tables(shelf, "authors.toml", "author"))
    _in_parts(_serial(values, register) for values in tables(shelf, "series.toml", "series"))
    _in_parts(_source(values, register) for values in tables(shelf, "sources.toml", "source"))


def _in_parts(rows):
    part = []
    for row in rows:
        part.append(row)
        if len(part) == PART:
            restoring.restore_rows(part)
            part = []
    restoring.restore_rows(part)


def _author(values, register):
    person = found(register, values, User, values.text("person", None))
    told = {name: values.text(name) for name in ("slug", "name", "about")}
    row = Author(pk=values.key(), user_id=person, is_group=values.flag("is_group"), **told)
    registered(register, values, Author, row.slug, row.pk)
    return values.checked(row)


def _serial(values, register):
    row = Series(pk=values.key(), **{name: values.text(name) for name in ("slug", "title", "summary")})
    registered(register, values, Series, row.slug, row.pk)
    return values.checked(row)


def _source(values, register):
    told = ("key", "kind", "title", "creators", "publisher", "date", "language", "url", "archived_url", "note")
    row = Source(pk=values.key(), failures=values.number("failures", 0), **{name: values.text(name) for name in told})
    registered(register, values, Source, row.key, row.pk)
    return values.checked(row)


def read_redirects(shelf):
    """Bring in where former addresses lead."""

    def rows():
        for values in tables(shelf, "redirects.toml", "redirect"):
            row = Redirect(site_id=settings.SITE_ID, old_path=values.text("from", ...), new_path=values.text("to"))
            if not row.old_path.startswith("/") or (row.new_path and not _LEADS.match(row.new_path)):
                raise values.wrong("a redirect leads from a path of this site to another one, or to a page elsewhere.")
            yield values.checked(row)

    _in_parts(rows())


def read_pages(shelf, register):
    """Bring in the plain pages."""
    for name in shelf.names("pages/"):
        values, body = text(shelf, name)
        told = {key: values.text(key) for key in ("title", "url", "template_name")}
        flags = {key: values.flag(key) for key in ("enable_comments", "registration_required")}
        row = FlatPage(pk=used(register, values, FlatPage, values.key()), content=body, **told, **flags)
        is_draft = values.flag("draft")
        restoring.restore_page(values.checked(row), is_draft=is_draft)


# Pictures ------------------------------------------------------------------------------------------------------------


def read_pictures(shelf, register, written):
    """Bring in the pictures and their files; the list `written` is told the names of the files that weren't there."""

    def rows():
        for values in tables(shelf, "pictures.toml", "picture"):
            digests = values.pairs("files")
            for name, digest in digests.items():
                _store(shelf, values, name, digest, written)
            yield _picture(values, register, digests)

    _in_parts(rows())
    for values in tables(shelf, "former.toml", "file"):
        _store(shelf, values, values.text("name", ...), values.text("digest", ...), written)
        values.end()


def _picture(values, register, digests):
    told = {name: values.text(name) for name in ("file", "alt", "caption", "credit", "sized")}
    told |= {name: values.number(name, ...) for name in ("width", "height")}
    added_at, decorative = values.moment("added_at", ...), values.flag("is_decorative")
    if told["file"] not in digests or told["sized"] not in {"", *digests}:
        raise values.wrong("its own file is not among its files.")
    row = Picture(pk=values.key(), digests=digests, added_at=added_at, is_decorative=decorative, **told)
    registered(register, values, Picture, row.file.name, row.pk)
    return values.checked(row, "file")  # which would be opened, and is what its name says


def _store(shelf, values, name, digest, written):
    place = f"pictures/{name}"
    if not NAMES.fullmatch(place) or not shelf.has(place):
        raise values.wrong(f"{place[:80]!r} is no file of this publication.")
    content = shelf.read(place, MOST_PICTURE)
    if hashlib.sha256(content).hexdigest() != digest:
        raise wrong(place, "it is not the file that pictures.toml has the SHA-256 of.")
    if not content.startswith(BEGINNINGS[name.rpartition(".")[2]]):
        raise wrong(place, "it is no picture of its kind.")
    if default_storage.exists(name) and stored_digest(default_storage, name) == digest:
        return
    stored = default_storage.save(name, ContentFile(content))
    written.append(stored)
    if stored != name:
        raise wrong(place, "another picture of that name is here already.")


def take_back(written):
    """Delete the files `written`, of pictures whose rows could not be stored."""
    for name in written:
        with suppress(OSError):
            default_storage.delete(name)


# Themes --------------------------------------------------------------------------------------------------------------


def read_themes(shelf, register, links):
    """Bring in the themes; `links(register, values, theme=row)` returns the unsaved links of one."""
    told, into, named = [], {}, {}
    for name in shelf.names("themes/"):
        values, body = text(shelf, name)
        row = Theme(pk=values.key(), introduction=body, place=values.number("place"))
        row.name, row.slug, row.definition = (values.text(key) for key in ("name", "slug", "definition"))
        row.merged_into_id = found(register, values, Theme, values.text("merged_into", None))
        names = [_name(Values(name, each), row, register) for each in values.items("names", dict)]
        each = restoring.Told(row, values.items("sources", str), links(register, values, theme=row), names)
        values.checked(row)
        told.append(each)
        into[row.pk] = row.merged_into_id
        named[row.pk] = values
    for key, values in named.items():
        _refuse_circle(key, into, values)
    restoring.restore_themes(told)


def _refuse_circle(key, into, values):
    """Refuse the theme with `key` when it was merged into itself, by way of others or not; `into` says what each went into."""
    passed = set()
    while key is not None:
        if key in passed:
            raise values.wrong("it is merged into itself.")
        passed.add(key)
        key = into[key]


def _name(values, theme, register):
    told = {key: values.text(key, ...) for key in ("name", "language")}
    row = ThemeName(
        pk=used(register, values, ThemeName, values.key()), theme=theme, is_alias=values.flag("is_alias"), **told
    )
    return values.checked(row, "folded")


def read_merges(shelf, register):
    """Bring in which themes were merged, and what it takes to part them."""

    def rows():
        for values in tables(shelf, "merges.toml", "merge"):
            source, target = (found(register, values, Theme, values.text(key, ...)) for key in ("source", "target"))
            record = {key: values.text(key, ...) for key in ("name", "slug")}
            record |= {"place": values.number("place"), "names": values.items("names", int)}
            record |= {"own": values.number("own", ...), "redirects": values.items("redirects", str)}
            row = ThemeMerge(pk=used(register, values, ThemeMerge, values.key()), source_id=source, target_id=target)
            row.merged_by_id = found(register, values, User, values.text("merged_by", None))
            row.merged_at, row.undone_at = values.moment("merged_at", ...), values.moment("undone_at", None)
            row.record = record
            for key in [*record["names"], record["own"]]:
                register.mention(ThemeName, key)
            yield values.checked(row, "record")

    _in_parts(rows())


def read_origins(shelf, register):
    """Bring in where texts came from that had been brought in from elsewhere, once the texts are there."""

    def rows():
        for values in tables(shelf, "origins.toml", "text"):
            article = found(register, values, Article, values.text("article", None))
            number, page = values.number("stored"), values.number("page")
            revisions = Revision.objects.filter(article=article, number=number).values_list("pk", flat=True)
            row = Imported(pk=used(register, values, Imported, values.key()), article_id=article, page_id=page)
            row.stored_id = revisions.first() if article and number else None
            if page and not FlatPage.objects.filter(pk=page).exists():
                raise values.wrong(f"there is no page with the id {page} in this publication.")
            row.origin, row.digest = values.text("origin", ...), values.text("digest", ...)
            row.translation_key = values.text("translation_key")
            row.page_digest, row.old_paths = values.text("page_digest"), values.items("old_paths", str)
            row.published_at, row.updated_at = values.moment("published_at"), values.moment("updated_at")
            yield values.checked(row, "old_paths")

    _in_parts(rows())


def form_of(values):
    """Return the UUID of the form that a revision was saved from, or None."""
    told = values.text("form", None)
    try:
        return told and uuid.UUID(told)
    except ValueError as error:
        raise values.wrong("form is no UUID.") from error
