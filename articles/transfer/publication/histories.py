"""Articles with their revisions, from files to rows: every revision must be what its digest says, and every article what
one of its revisions says.
"""

import uuid

from django.contrib.auth import get_user_model

from ...models import Article, Author, Comment, Keyword, Likeness, Link, Picture, ReadNext, Revision, Series, Theme
from ...models.revision import Unsealed
from ...publishing import restoring
from .folder import stem
from .naming import HELD, KEYS, MOST_KEY, SECTIONS
from .restoring import form_of, found, held, registered, tables, text, used
from .spelling import wrong

User = get_user_model()
MOST_TOGETHER = 100  # revisions in memory, unless one article has more
_LISTS, _NUMBERS = ("themes", "authors", "read_next"), ("series_order",)


def register_texts(shelf, register):
    """Note which themes and articles there are, for they refer to each other."""
    for folder, model in SECTIONS.items():
        for name in shelf.names(f"{folder}/"):
            values, _body = text(shelf, name)
            slug, key = values.text("slug", ...), values.key()
            if name != f"{folder}/{stem(slug, key)}.md":
                raise values.wrong(f"the file of {slug[:60]!r} is called otherwise.")
            registered(register, values, model, slug, key)


def links_of(register, values, **text):
    """Return the unsaved links of `text` (article=… or theme=…), which say where each name in it leads."""
    rows = []
    for name, path in values.table("links").items():
        section, _slash, slug = path.strip("/").partition("/")
        if section not in SECTIONS or len(name) > 200:
            raise values.wrong(f"links: {path[:60]!r} is no address of an article or a theme.")
        row = Link(name=name, **text)
        setattr(
            row,
            "to_article_id" if section == "articles" else "to_theme_id",
            found(register, values, SECTIONS[section], slug),
        )
        rows.append(row)
    return rows


def read_articles(shelf, register, progress):
    """Bring in all articles; return the names of the files of those whose text can't be rendered any more."""
    part, together, done, stuck = [], 0, 0, []

    def store():
        try:
            restoring.restore_articles([told for _name, told in part])
        except Unsealed as error:
            place = stem(error.row.article.slug, error.row.article_id)
            words = "it is not what was saved: its digest is that of something else."
            raise wrong(f"revisions/{place}/{error.row.number:04}.md", words) from error
        stuck.extend(name for name, told in part if told.is_stuck)

    for name in shelf.names("articles/"):
        told = _told(shelf, register, name)
        part.append((name, told))
        together += len(told.revisions)
        if together >= MOST_TOGETHER:
            store()
            done += len(part)
            part, together = [], 0
            progress(done)
    store()
    progress(done + len(part))
    return stuck


def _told(shelf, register, name):
    """Return the article in the file `name` with all that belongs to it."""
    values, body = text(shelf, name)
    row = Article(pk=values.key(), title=values.text("title", ...), slug=values.text("slug", ...))
    row.uid = _uid(values)
    place = stem(row.slug, row.pk)
    revisions = [_revision(shelf, register, each, row) for each in shelf.names(f"revisions/{place}/")]
    revisions.sort(key=lambda revision: revision.number)
    if not revisions or [each.number for each in revisions] != list(range(1, len(revisions) + 1)):
        raise values.wrong(f"revisions/{place}/ doesn't hold all its revisions from 0001 on.")
    _base(values, revisions)
    live = values.number("revision")
    if live is not None and not 0 < live <= len(revisions):
        raise values.wrong(f"there is no revision {live}.")
    row.working, row.live = revisions[-1], revisions[live - 1] if live else None
    if row.live and row.live.kind != Revision.Kind.PUBLISHED:
        raise values.wrong(f"revision {live} was never published.")
    told = restoring.Told(row, revisions=revisions)
    _read_row(values, body, told, register)
    told.beside = [*_kin(shelf, register, place, row), *_remarks(shelf, register, place, row)]
    return told


def _uid(values):
    try:
        return uuid.UUID(values.text("uid", ...))
    except ValueError as error:
        raise values.wrong("uid is no UUID.") from error


def _base(values, revisions):
    """Let each revision be based on the one whose number it names."""
    for revision in revisions:
        base = revision.base
        if base is not None and not 0 < base < revision.number:
            raise values.wrong(f"revision {revision.number} is based on {base}, which comes before none.")
        revision.based_on_id = base and revisions[base - 1].pk


def _read_row(values, body, told, register):
    """Put what the file says of an article on its row, which must be what its revision says."""
    row = told.row
    says = {name: values.text(name) for name in ("summary", "language")}
    says |= {"title": row.title, "slug": row.slug, "series_order": values.number("series_order"), "body": body}
    fields = (row.live or row.working).fields
    for name, value in says.items():
        if fields.get(name) != value and (fields.get(name) or value):
            number = (row.live or row.working).number
            raise values.wrong(f"its {name if name != 'body' else 'text'} is not that of its revision {number:04}.")
    row.language = says["language"]
    row.published_at, row.updated_at = values.moment("date"), values.moment("updated")
    row.withdrawn_at, row.deleted_at = values.moment("withdrawn"), values.moment("deleted")
    row.withdrawn_note = values.text("withdrawn_note")
    if bool(row.live) != bool(row.published_at):
        raise values.wrong("date and revision say together what readers see, and since when.")
    row.created_by_id = found(register, values, User, values.text("created_by", None))
    values.flag("draft")
    of = {name: values.items(name, str, int) for name in ("themes", "authors")}
    of |= {name: values.one(name, str, int) for name in ("series", "lead_picture", "translation_of")}
    told.sources, told.links = values.items("sources", str), links_of(register, values, article=row)
    if row.live:
        row.body, row.summary, row.series_order = body, says["summary"], says["series_order"]
        for name, model in (("series", Series), ("lead_picture", Picture), ("translation_of", Article)):
            setattr(row, f"{name}_id", None if of[name] is None else held(register, values, model, of[name]))
        told.themes = [found(register, values, Theme, slug) for slug in of["themes"]]
        told.authors = [found(register, values, Author, slug) for slug in of["authors"]]
    values.checked(row, "contents")


def _revision(shelf, register, name, article):
    values, body = text(shelf, name)
    row = Revision(
        pk=used(register, values, Revision, values.key()), article=article, number=values.number("number", ...)
    )
    if not name.endswith(f"/{row.number:04}.md"):
        raise values.wrong("its number is another than that of its file.")
    row.kind, row.change, row.note = values.text("kind", ...), values.text("change"), values.text("note")
    row.saved_at, row.form, row.base = values.moment("saved_at", ...), form_of(values), values.number("based_on")
    row.saver, row.digest = values.number("saver"), values.text("digest", ...)
    row.saved_by_id = found(register, values, User, values.text("saved_by", None))
    if row.saver is not None:
        register.mention(User, row.saver)
    if row.saved_by_id not in (None, row.saver) or row.kind == Revision.Kind.AUTOSAVE:
        raise values.wrong("somebody else saved it than it says.")
    row.fields = _fields(values, body, register)
    return values.checked(row, "fields")


def _fields(values, body, register):
    """Return what a revision holds, with keys for names."""
    fields = {"body": body}
    for name, value in values.rest().items():
        if name not in HELD:
            raise values.wrong(f"nothing is known of {name}.")
        kinds = (list,) if name in _LISTS else (int,) if name in _NUMBERS else (str, int) if name in KEYS else (str,)
        if type(value) not in kinds and not (value is None and (name in KEYS or name in _NUMBERS)):
            raise values.wrong(f"{name} is of another kind.")
        if isinstance(value, int) and abs(value) > MOST_KEY:
            raise values.wrong(f"{name} is out of range.")
        if isinstance(value, list) and any(type(each) not in (str, int) for each in value):
            raise values.wrong(f"{name} holds something of another kind.")
        if name in KEYS and value is not None:
            model = KEYS[name]
            several = isinstance(value, list)
            value = (
                [held(register, values, model, each) for each in value]
                if several
                else held(register, values, model, value)
            )
        fields[name] = value
    missing = {"title", "slug", "themes", "authors"} - fields.keys()
    if missing:
        raise values.wrong(f"{', '.join(sorted(missing))} is missing.")
    return fields


def _kin(shelf, register, place, article):
    rows = []
    name = f"kin/{place}.toml"
    for values in tables(shelf, name, "keyword", "next", "alike"):
        if values.kind == "keyword":
            row = Keyword(article=article, term=values.text("term", ...), word=values.text("word", ...))
        else:
            other = found(register, values, Article, values.text("article", ...))
            told = {"article": article, "other_id": other, "words": values.items("words", str)}
            if values.kind == "alike":
                row = Likeness(score=values.real("score"), **told)
            else:
                place = sum(isinstance(each, ReadNext) for each in rows)
                row = ReadNext(picked=values.flag("picked"), place=place, **told)
        rows.append(values.checked(row, "words"))
    return rows


def _remarks(shelf, register, place, article):
    rows, known = [], set()
    for values in tables(shelf, f"remarks/{place}.toml", "remark"):
        row = Comment(pk=used(register, values, Comment, values.key()), article=article)
        row.name, row.quote, row.text = values.text("name"), values.text("quote"), values.text("text", ...)
        row.place, row.parent_id = values.number("place", 0), values.number("answers")
        row.made_at, row.resolved_at = values.moment("made_at", ...), values.moment("resolved_at")
        for name in ("author", "resolved_by"):
            setattr(row, f"{name}_id", found(register, values, User, values.text(name, None)))
        if row.parent_id not in {None, *known}:
            raise values.wrong("it answers nothing that stands before it.")
        known.add(row.pk)
        rows.append(values.checked(row))
    return rows
