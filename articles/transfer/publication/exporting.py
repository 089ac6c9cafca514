"""From rows to files: what each file of a publication says (`publication` has the list of them)."""

from collections import defaultdict
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.core.files.storage import default_storage
from django.db.models import Q

from ...models import (
    Article,
    ArticleAuthor,
    ArticleTheme,
    Author,
    Citation,
    Comment,
    Edition,
    Imported,
    Keyword,
    Likeness,
    Link,
    Picture,
    ReadNext,
    Revision,
    Series,
    Source,
    Theme,
    ThemeMerge,
    shown,
)
from .folder import ROOT, stem
from .naming import HELD, instant, named_fields, names_of
from .spelling import plain_table, said, table, text_file, wrong

FORMAT = 1
PART = 100  # rows that are in memory at a time


def in_parts(rows, most=PART):
    """Yield lists of at most `most` of the queryset `rows`, by their keys."""
    last = 0
    while part := list(rows.filter(pk__gt=last).order_by("pk")[:most]):
        yield part
        last = part[-1].pk


def _each(rows):
    for part in in_parts(rows):
        yield from part


# The small files -----------------------------------------------------------------------------------------------------


def write_site(folder):
    """Write what the site itself is called, and when what readers see changed last."""
    site, edition = Site.objects.get(pk=settings.SITE_ID), Edition.objects.filter(pk=1).first()
    values = {
        "format": FORMAT,
        "name": site.name,
        "domain": site.domain,
        "changed_at": edition and instant(edition.changed_at),
    }
    folder.put(ROOT, plain_table(said(values)))


def write_tables(folder):
    """Write the files with many rows each."""
    for name, rows in (
        ("people", _people()),
        ("authors", _authors()),
        ("series", _series()),
        ("sources", _sources()),
        ("pictures", _pictures(folder)),
        ("redirects", _redirects()),
        ("merges", _merges()),
    ):
        folder.put_parts(f"{name}.toml", rows)
    if Imported.objects.exists():
        folder.put_parts("origins.toml", _origins())


def _people():
    """Those who have a part in what is exported, by the names of their accounts alone."""
    parts = (
        Revision.objects.numbered().values("saved_by"),
        Article.objects.values("created_by"),
        Comment.objects.values("author"),
        Comment.objects.values("resolved_by"),
        ThemeMerge.objects.values("merged_by"),
        Author.objects.values("user"),
    )
    took_part = Q()
    for part in parts:
        took_part |= Q(pk__in=part.order_by())
    for user in _each(get_user_model().objects.filter(took_part)):
        yield table("person", {"name": user.get_username(), "id": user.pk})


def _authors():
    for row in _each(Author.objects.select_related("user")):
        values = {"slug": row.slug, "name": row.name, "about": row.about, "is_group": row.is_group or None}
        yield table("author", values | {"person": row.user and row.user.get_username(), "id": row.pk})


def _series():
    for row in _each(Series.objects):
        yield table("series", {"slug": row.slug, "title": row.title, "summary": row.summary, "id": row.pk})


def _sources():
    told = ("key", "kind", "title", "creators", "publisher", "date", "language", "url", "archived_url", "note")
    for row in _each(Source.objects):
        values = {name: getattr(row, name) for name in told}
        yield table("source", values | {"failures": row.failures or None, "id": row.pk})


def _pictures(folder):
    for row in _each(Picture.objects):
        digests = {name: _stored(folder, name, recorded) for name, recorded in row.files.items()}
        told = {name: getattr(row, name) for name in ("alt", "caption", "credit", "width", "height", "sized")}
        values = {"file": row.file.name, **told, "is_decorative": row.is_decorative or None}
        values |= {"added_at": instant(row.added_at), "files": sorted(map(list, digests.items()))}
        yield table("picture", values | {"id": row.pk})


def _stored(folder, name, recorded):
    """Put the file `name` of a picture into the folder; return its SHA-256."""

    def read():
        with default_storage.open(name) as file:
            return file.read()

    place = f"pictures/{name}"
    try:
        digest = folder.put_stored(place, recorded, read)
    except OSError as error:
        raise wrong(place, f"it can't be read where pictures are kept ({error}): see manage.py verify.") from error
    if recorded not in {"", digest}:
        raise wrong(place, "it is damaged where pictures are kept: see manage.py verify.")
    return digest


def write_former(folder, mentioned):
    """Write the files of pictures that texts mention by the beginnings `mentioned` of their names, and no row has any more:
    of pictures that got another file, or were deleted, earlier versions go on showing them.
    """
    of_rows = (shown.beginning(name) for name in Picture.objects.values_list("file", flat=True).iterator())
    former = mentioned.difference(of_rows)
    names = []
    if former:
        with suppress(FileNotFoundError):  # nothing was ever stored
            names = [name for name in default_storage.listdir("")[1] if shown.beginning(name) in former]
    rows = [table("file", {"name": name, "digest": _stored(folder, name, "")}) for name in sorted(names)]
    if rows:
        folder.put("former.toml", b"".join(rows))


def _redirects():
    rows = Redirect.objects.filter(site=settings.SITE_ID).order_by("old_path")
    for old, new in sorted(rows.values_list("old_path", "new_path")):
        yield table("redirect", {"from": old, "to": new})


def _merges():
    for row in _each(ThemeMerge.objects.select_related("merged_by")):
        called = names_of(Theme, [row.source_id, row.target_id])
        values = {"source": called[row.source_id], "target": called[row.target_id]}
        values |= {"merged_by": _username(row.merged_by), "merged_at": instant(row.merged_at)}
        record = {name: row.record[name] for name in ("name", "slug", "place", "names", "own", "redirects")}
        yield table("merge", values | {"undone_at": instant(row.undone_at), **record, "id": row.pk})


def _origins():
    """Where texts came from that were brought in from elsewhere: so that bringing them in again doubles nothing."""
    for row in _each(Imported.objects.select_related("article", "stored").defer("article__body", "article__html")):
        values = {"origin": row.origin, "digest": row.digest, "translation_key": row.translation_key or None}
        values |= {"article": row.article and row.article.slug}
        values |= {"stored": row.stored and row.stored.number, "page": row.page_id, "page_digest": row.page_digest}
        values |= {"published_at": instant(row.published_at), "updated_at": instant(row.updated_at)}
        yield table("text", values | {"old_paths": row.old_paths, "id": row.pk})


def _username(user):
    return user and user.get_username()


# Texts ---------------------------------------------------------------------------------------------------------------


def write_pages(folder, mentioned):
    """Write the plain pages of the site; the set `mentioned` is told which pictures they show."""
    taken = set()
    for row in _each(FlatPage.objects.filter(Q(sites=settings.SITE_ID) | Q(sites=None))):
        values = {"title": row.title, "url": row.url, "id": row.pk, "template_name": row.template_name}
        flags = {name: getattr(row, name) or None for name in ("enable_comments", "registration_required")}
        flags["draft"] = not row.sites.exists() or None
        mentioned |= shown.mentioned(row.content)
        called = stem(row.url[1:-1] if row.url == f"/{row.url[1:-1]}/" and row.url not in taken else "", row.pk)
        taken.add(row.url)
        folder.put(f"pages/{called}.md", text_file(said(values | flags), row.content))


def write_themes(folder, mentioned):
    """Write the themes, those that were merged into others too; `mentioned` is told which pictures they show."""
    for part in in_parts(Theme.everything.prefetch_related("names")):
        keys = [row.pk for row in part]
        into, cited, led = (
            names_of(Theme, [row.merged_into_id for row in part]),
            _cited("theme", keys),
            _led("theme", keys),
        )
        for row in part:
            told = ("id", "name", "language", "is_alias")
            mentioned |= shown.mentioned(row.introduction)
            rows = sorted(row.names.all(), key=lambda name: (name.is_alias, name.pk))
            values = {"name": row.name, "slug": row.slug, "definition": row.definition, "place": row.place}
            values |= {"names": [{key: getattr(name, key) for key in told} for name in rows]}
            values |= {"merged_into": into.get(row.merged_into_id), "id": row.pk}
            values |= {"sources": cited.get(row.pk), "links": led.get(row.pk)}
            folder.put(f"themes/{stem(row.slug, row.pk)}.md", text_file(said(values), row.introduction))


def _by_text(rows):
    """Return {key of a text: [values, …]} of `rows`, each of which begins with that key."""
    found = defaultdict(list)
    for key, *values in rows:
        found[key].append(values)
    return found


def _cited(text, keys):
    """Return {key: [key of a source, …]} of what texts ("article" or "theme") with `keys` cite, in their order."""
    rows = Citation.objects.filter(**{f"{text}__in": keys}).order_by("number")
    return {
        key: [cited for (cited,) in found] for key, found in _by_text(rows.values_list(text, "source__key")).items()
    }


def _led(text, keys):
    """Return {key: {name: path of what it leads to}} of the links in texts ("article" or "theme") with `keys`."""
    rows = Link.objects.filter(**{f"{text}__in": keys}).values_list(text, "name", "to_article__slug", "to_theme__slug")
    return {
        key: {
            name: f"/articles/{article}/" if article else f"/themes/{theme}/" for name, article, theme in sorted(found)
        }
        for key, found in _by_text(rows).items()
    }


def write_articles(folder, progress):
    """Write the articles as readers see them, or as drafts, with their kin and remarks; `progress(done)` is told how many."""
    rows = Article.objects.defer("html", "contents", "body").select_related("created_by", "live", "working")
    done = 0
    for part in in_parts(rows):
        keys = [row.pk for row in part]
        cited, led, kin, remarks = _cited("article", keys), _led("article", keys), _kin(keys), _remarks(keys)
        for row, fields in zip(part, named_fields(_shown(part)), strict=True):
            name = stem(row.slug, row.pk)
            ties = {"sources": cited.get(row.pk) if row.live else None, "links": led.get(row.pk)}
            folder.put(f"articles/{name}.md", _article(row, fields, ties))
            for kind, tables in (("kin", kin), ("remarks", remarks)):
                if row.pk in tables:
                    folder.put(f"{kind}/{name}.toml", b"".join(tables[row.pk]))
        done += len(part)
        progress(done)


def _shown(part):
    """Return what readers see of each of the articles `part`, of what they never saw the working copy, as fields with keys."""
    keys = [row.pk for row in part]
    themes = ArticleTheme.objects.filter(content_object__in=keys)
    bylines = ArticleAuthor.objects.filter(article__in=keys).order_by("place")
    themes, authors = (
        _by_text(themes.values_list("content_object", "tag")),
        _by_text(bylines.values_list("article", "author")),
    )
    return [
        row.live.fields
        | {
            "themes": [key for (key,) in themes[row.pk]],
            "authors": [key for (key,) in authors[row.pk]],
            "series": row.series_id,
            "lead_picture": row.lead_picture_id,
            "translation_of": row.translation_of_id,
        }
        if row.live
        else row.working.fields
        for row in part
    ]


def _article(row, fields, ties):
    dates = {
        "date": row.published_at,
        "updated": row.updated_at,
        "withdrawn": row.withdrawn_at,
        "deleted": row.deleted_at,
    }
    values = {"title": row.title, "slug": row.slug, **{name: instant(moment) for name, moment in dates.items()}}
    values |= {"withdrawn_note": row.withdrawn_note, "draft": row.published_at is None or row.withdrawn_at is not None}
    told = ("language", "summary", "themes", "authors", "series", "series_order", "lead_picture", "translation_of")
    values |= {name: fields.get(name) for name in told} | ties
    if row.live:  # by their names: no two databases would order them alike
        values["themes"] = sorted(values["themes"])
    values |= {"id": row.pk, "uid": str(row.uid), "revision": row.live and row.live.number}
    return text_file(said(values | {"created_by": _username(row.created_by)}), fields["body"])


def _kin(keys):
    """Return {key: tables} of what was found of articles when they or others were published: it isn't found so again."""
    found = defaultdict(list)
    words = Keyword.objects.filter(article__in=keys).values_list("article", "term", "word")
    for key, term, word in sorted(words):
        found[key].append(table("keyword", {"term": term, "word": word}))
    told = ("article", "other__slug", "picked", "words")
    following = ReadNext.objects.filter(article__in=keys).order_by("article", "place", "pk").values_list(*told)
    for key, slug, picked, words in following:
        found[key].append(table("next", {"article": slug, "picked": picked or None, "words": words}))
    alike = Likeness.objects.filter(article__in=keys).values_list("article", "other__slug", "score", "words")
    for key, slug, score, words in sorted(alike):
        found[key].append(table("alike", {"article": slug, "score": score, "words": words}))
    return found


def _remarks(keys):
    """Return {key: tables} of what was said about articles."""
    found = defaultdict(list)
    rows = Comment.objects.filter(article__in=keys).order_by("pk").select_related("author", "resolved_by")
    for row in rows:
        values = {"author": _username(row.author), "name": row.name, "made_at": instant(row.made_at)}
        values |= {"answers": row.parent_id, "quote": row.quote, "place": row.place or None, "text": row.text}
        values |= {"resolved_at": instant(row.resolved_at), "resolved_by": _username(row.resolved_by), "id": row.pk}
        found[row.article_id].append(table("remark", values))
    return found


def write_revisions(folder, mentioned, progress):
    """Write every numbered revision; `mentioned` is told which pictures they show, `progress(done)` how many there are."""
    rows = Revision.objects.numbered().select_related("article", "based_on", "saved_by")
    rows = rows.defer("article__html", "article__contents", "article__body", "based_on__fields")
    done = 0
    for part in in_parts(rows):
        for row, fields in zip(part, named_fields([row.fields for row in part]), strict=True):
            name = f"revisions/{stem(row.article.slug, row.article_id)}/{row.number:04}.md"
            mentioned |= shown.mentioned(row.fields["body"])
            folder.put(name, _revision(row, fields))
        done += len(part)
        progress(done)


def _revision(row, fields):
    values = {"number": row.number, "kind": row.kind, "change": row.change, "note": row.note}
    values |= {"saved_at": instant(row.saved_at), "saved_by": _username(row.saved_by), "saver": row.saver}
    values |= {"based_on": row.based_on and row.based_on.number, "form": row.form and str(row.form), "id": row.pk}
    held = {name: fields[name] for name in HELD if name in fields}
    return text_file(said(values) | {"digest": row.digest} | held, fields["body"])
