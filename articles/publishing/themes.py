"""Themes kept in order: merged and parted again, put on many articles at once, found where they are named."""

from django.contrib.redirects.models import Redirect
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import names, search
from ..models import (
    Article,
    ArticleTheme,
    AuditEntry,
    Edition,
    EventTheme,
    Revision,
    Theme,
    ThemeMerge,
    ThemeName,
    addresses,
)
from . import rights
from .counting import recounted
from .renditions import forget, showing
from .rules import Fields
from .steps import advance, write_likeness, write_links
from .surroundings import teach_names

MOST_NAMING = 50


def merge_preview(source, target):
    """Return what merging `source` into `target` would move: {"articles", "both", "names"}, a number, a number, a list."""
    carrying = set(ArticleTheme.objects.filter(tag=source).values_list("content_object", flat=True))
    both = ArticleTheme.objects.filter(tag=target, content_object__in=carrying).count()
    return {"articles": len(carrying), "both": both, "names": [name.name for name in source.names.all()]}


@transaction.atomic
def merge_themes(source, target, *, by):
    """Merge the theme `source` into `target`: articles, names and addresses go over; return the `ThemeMerge`.

    Revisions stay as they were written; `Fields.of` reads them with the merge in mind.
    """
    rights.refuse(by, "merge")
    Edition.take_turn()
    source, target = (Theme.objects.filter(pk=theme.pk).first() for theme in (source, target))
    if source is None or target is None or source == target:
        raise ValidationError(_("Choose another theme to merge this one into."))
    links = ArticleTheme.objects.filter(tag=source)
    both = ArticleTheme.objects.filter(tag=target, content_object__in=links.values("content_object"))
    path = source.get_absolute_url()
    record = {
        "name": source.name,
        "slug": source.slug,
        "place": source.place,
        "names": list(source.names.values_list("pk", flat=True)),
        "own": source.names.get(is_alias=False).pk,
        "redirects": list(Redirect.objects.filter(new_path=path).values_list("old_path", flat=True)),
    }
    with recounted(links.values_list("content_object", flat=True)):
        links.filter(content_object__in=list(both.values_list("content_object", flat=True))).delete()
        links.update(tag=target)
    places = EventTheme.objects.filter(theme=source)
    places.filter(event__in=EventTheme.objects.filter(theme=target).values("event")).delete()
    places.update(theme=target)
    source.names.update(theme=target, is_alias=True)
    addresses.move(path, target.get_absolute_url())
    # The row stays for its revisions and for the way back, under a name and a slug that nobody else would want.
    Theme.everything.filter(pk=source.pk).update(
        merged_into=target, place=None, name=f"{source.pk}: {source.name}"[:100], slug=f"merged-{source.pk}"
    )
    teach_names(target, by=None)  # whoever may merge may do what follows from it
    told = {"name": source.name, "slug": source.slug}, {"name": target.name, "slug": target.slug}
    AuditEntry.objects.record(AuditEntry.Act.MERGED, source, by=by, before=told[0], after=told[1])
    return ThemeMerge.objects.create(
        source=source, target=target, merged_by=by, merged_at=timezone.now(), record=record
    )


@transaction.atomic
def undo_merge(merge, *, by):
    """Part the two themes of `merge` again: what went over goes back, as far as nobody has changed it since."""
    rights.refuse(by, "merge")
    Edition.take_turn()
    merge = ThemeMerge.objects.select_for_update().select_related("source", "target").get(pk=merge.pk)
    source, target, record = merge.source, merge.target, merge.record
    if merge.undone_at or source.merged_into_id != target.pk:
        raise ValidationError(_("This merge has been undone already."))
    if target.merged_into_id:
        raise ValidationError(_("Undo the later merge of “%s” first.") % target)
    if Theme.objects.filter(slug=record["slug"]).exists() or (
        addresses.holder(Theme, record["slug"]) not in (None, target)
    ):
        raise ValidationError(_("Another theme has taken the address /themes/%s/.") % record["slug"])
    source.name, source.slug, source.place, source.merged_into = record["name"], record["slug"], record["place"], None
    target.names.filter(pk__in=record["names"]).update(theme=source)
    source.names.filter(pk=record["own"]).update(is_alias=False)
    taken = ThemeName.objects.filter(folded=names.fold(source.name)).exclude(theme=source).first()
    if taken:
        raise ValidationError(
            _("“%(name)s” is a name of the theme %(theme)s now: take it from there first.")
            % {"name": source.name, "theme": taken.theme}
        )
    Redirect.objects.filter(old_path=source.get_absolute_url()).delete()
    Redirect.objects.filter(old_path__in=record["redirects"]).update(new_path=source.get_absolute_url())
    source.save()
    # Revisions tell: those written before the merge name the one, those written since the other.
    carrying = Article.objects.filter(article_themes__tag=target).exclude(live=None)
    with recounted(carrying.values_list("pk", flat=True)):
        for article in carrying.select_related("live"):
            write_links(article, Fields.of(article.live))
    ThemeMerge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())
    teach_names(source, by=None)  # whoever may merge may do what follows from it
    teach_names(target, by=None)  # whoever may merge may do what follows from it
    before, after = {"merged_into": target.name}, {"slug": source.slug}
    AuditEntry.objects.record(AuditEntry.Act.PARTED, source, by=by, before=before, after=after)
    return source


@transaction.atomic
def retag(article, *, add=(), remove=(), by):
    """Put the themes `add` on `article` and take `remove` off (keys), for readers and in the working copy alike.

    What else the working copy holds stays unpublished. Return whether anything changed. Raise ValidationError when a
    published article would be left without a theme.
    """
    rights.refuse(by, "tag")
    Edition.take_turn()
    # Locked, so that nobody saves a draft of it meanwhile; its revisions are read after that.
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)

    def changed(fields):
        kept = [key for key in fields.themes if key not in set(remove)]
        return tuple(dict.fromkeys([*kept, *add]))

    steps = []
    working, was = Fields.of(article.working), article.working
    if article.live_id and changed(Fields.of(article.live)) != Fields.of(article.live).themes:
        steps.append((Fields.of(article.live), {"kind": Revision.Kind.PUBLISHED, "change": Revision.Change.TYPO}))
    if changed(working) != working.themes and (article.has_changes or not article.live_id):
        review = was.kind in {Revision.Kind.SUBMITTED, Revision.Kind.RETURNED, Revision.Kind.APPROVED}
        said = {"kind": was.kind, "note": was.note} if review else {"kind": Revision.Kind.DRAFT}
        steps.append((working, said))
    for fields, said in steps:
        fields = fields.with_themes(changed(fields))
        if "change" in said and not fields.themes:
            raise ValidationError(_("“%s” would be left without a theme.") % article.title)
        revision = advance(article, fields, based_on=article.working_id, by=by, **said)
        if "change" in said:
            _show_retagged(article, fields, revision)
    if steps:
        before, after = ({"themes": list(keys)} for keys in (working.themes, changed(working)))
        AuditEntry.objects.record(AuditEntry.Act.RETAGGED, article, by=by, before=before, after=after)
    return bool(steps)


def _show_retagged(article, fields, revision):
    """Have readers find `article` under the themes of `fields`, which are those of its new `revision`."""
    article.live = revision
    article.save(update_fields=["live"])
    with recounted([article.pk]):
        write_links(article, fields)
    if article.withdrawn_at is None:
        search.index(article)
    shown = showing(article)
    write_likeness(article, Theme.objects.filter(article_themes__content_object=article))
    forget(*(shown | showing(article)))
    if article.is_public():
        Edition.touch()


def naming_without(theme):
    """Return the public articles that name `theme`, by any of its names, and don't carry it; at most fifty."""
    found = []
    rows = Article.objects.public().about(without=[theme]).order_by("-published_at")
    for name in theme.names.all():
        for article in search.matching(rows, search.Query.phrase(name.name))[: MOST_NAMING * 2]:
            text = names.fold(f"{article.title} {article.summary} {article.body}")
            if article not in found and f" {name.folded} " in f" {text} ":
                found.append(article)
    return found[:MOST_NAMING]
