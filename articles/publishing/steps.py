"""The steps that saving and publishing are made of; each is called inside the caller's transaction."""

from collections import defaultdict
from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import listing as listings
from .. import search
from ..models import (
    Article,
    ArticleAuthor,
    ArticleTheme,
    Author,
    Citation,
    Event,
    EventTheme,
    Keyword,
    Likeness,
    Link,
    Picture,
    ReadNext,
    Revision,
    Series,
    ShownPicture,
    Source,
    Theme,
    called,
    shown,
)
from ..text import citations, links, timelines
from ..text.inspect import named
from .rules import Change


class Conflict(Exception):
    """Somebody else saved the article since the revision this save is based on; nothing was written.

    `working` is the revision they saved, `merged` (a `merging.Merged`) what would come of both.
    """

    def __init__(self, working=None, merged=None):
        super().__init__()
        self.working, self.merged = working, merged

    def is_with(self, user, form):
        """Whether it was saved by `user` themself, from the very form `form` (a UUID, or None: told by nothing)."""
        return form is not None and (self.working.form, self.working.saved_by) == (form, user)


def advance(article, fields, *, kind, based_on, by, change="", note="", at=None, form=None):
    """Store a revision and make it the working copy, if `based_on` still is; return it. Raise Conflict otherwise.

    The row is locked before anything is written, so that no two wait for each other; the conditional UPDATE decides. It
    asks for the deletion that the caller knows of, too: what a colleague has deleted meanwhile isn't brought back unseen.
    """
    number = 1
    if based_on is not None:
        Article.objects.select_for_update(no_key=True).filter(pk=article.pk).values_list("pk").first()
        number = (article.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    try:
        with transaction.atomic():
            revision = Revision.objects.create(
                article=article,
                number=number,
                kind=kind,
                change=change,
                note=note,
                fields=asdict(fields),
                based_on_id=based_on,
                form=form,
                saved_at=at or timezone.now(),
                saved_by=by,
            )
    except IntegrityError as error:
        raise Conflict from error
    seen = {"working": based_on, "deleted_at": article.deleted_at}
    if not Article.objects.filter(pk=article.pk, **seen).update(working=revision):
        raise Conflict
    article.working = revision
    return revision


def store(article, columns=None):
    """Store the row; raise ValidationError when somebody took its slug in the last instant."""
    try:
        with transaction.atomic():
            article.save(update_fields=columns)
    except IntegrityError as error:
        raise ValidationError({"slug": _("This slug has just been taken by another article.")}) from error


def told_in_the_log(article):
    """Return what the audit log says of `article`: the rest is in the revision it names."""
    live = article.live
    return {
        "title": article.title,
        "slug": article.slug,
        "revision": live.number if live else None,
        "published_at": article.published_at,
        "withdrawn_at": article.withdrawn_at,
    }


def write_row(article, fields, rendered, revision):
    """Put what readers see of `fields` on the row."""
    for name in ("title", "slug", "summary", "body", "language", "series_order"):
        setattr(article, name, getattr(fields, name))
    article.series = fields.series and Series.objects.filter(pk=fields.series).first()
    article.lead_picture = fields.lead_picture and Picture.objects.filter(pk=fields.lead_picture).first()
    original = Article.original(fields.translation_of)
    article.translation_of = original if original != article else None
    if article.translation_of:  # what was translated from it shares its original now
        article.translations.update(translation_of=original)
    article.html, article.contents, article.words = rendered.html, rendered.contents, rendered.words
    article.live = revision


def clear_row(article):
    """Bring the row of an article that readers never saw back to that of a draft."""
    article.published_at = article.live = None
    article.series = article.lead_picture = article.translation_of = None
    article.title, article.slug = article.working.fields["title"], article.working.fields["slug"]
    article.summary = article.body = article.html = ""
    article.contents, article.words = [], 0
    article.themes.clear()
    article.bylines.all().delete()
    article.events.all().delete()
    article.shown_pictures.all().delete()
    Likeness.objects.filter(Q(article=article) | Q(other=article)).delete()


def set_dates(article, *, was_live, change, at, now):
    """Set the dates that a publication moves; the first one of a public article stays for ever."""
    if not was_live and article.withdrawn_at is None:
        article.published_at = at or now
    if article.withdrawn_at is not None:
        article.withdrawn_at, article.withdrawn_note = None, ""
        article.updated_at = now
    if change in {Change.UPDATE, Change.CORRECTION}:
        article.updated_at = now


def write_links(article, fields):
    """Bring themes and bylines to those of `fields`."""
    themes = list(Theme.objects.filter(pk__in=Theme.standing_for(fields.themes)))
    authors = Author.objects.in_bulk(fields.authors)
    if not themes or not authors:
        raise ValidationError(_("A theme or an author chosen here has been deleted: choose again."))
    links = ArticleTheme.objects.filter(content_object=article)
    known = set(links.values_list("tag", flat=True))
    if not known <= {theme.pk for theme in themes}:
        links.exclude(tag__in=themes).delete()
    ArticleTheme.objects.bulk_create(
        ArticleTheme(content_object=article, tag=theme) for theme in themes if theme.pk not in known
    )
    article.bylines.all().delete()
    ArticleAuthor.objects.bulk_create(
        ArticleAuthor(article=article, author=authors[pk], place=place)
        for place, pk in enumerate(fields.authors)
        if pk in authors
    )
    date_links(article)
    place_events(article)


def cited(html):
    """Return {key of a source: its number} of all that the rendered `html` cites."""
    numbers = {}
    for mention in citations.mentions(html):
        numbers.setdefault(mention.key, mention.number)
    return numbers


def write_citations(html, **text):
    """Bring the citations of `text` (article=… or theme=…) to those of its rendered `html`."""
    numbers = cited(html)
    sources = Source.objects.filter(key__in=numbers)
    Citation.objects.filter(**text).delete()
    Citation.objects.bulk_create(Citation(source=source, number=numbers[source.key], **text) for source in sources)


def write_pictures(article):
    """Bring the pictures that the versions of `article` show to what they are: readers may have them while they see it."""
    names = shown.shown_by(*article.versions()) if article.published_at else set()
    article.shown_pictures.exclude(name__in=names).delete()
    ShownPicture.objects.bulk_create(
        (ShownPicture(article=article, name=name) for name in sorted(names)), ignore_conflicts=True
    )


def write_kin(article, fields):
    """Bring the article's keywords to those of its text, which search knows already, and what is to be read after it.

    What the editors chose comes first; the rest was published before, so that it stays when more is published.
    """
    article.keywords.all().delete()
    found = [(term, word) for term, word in search.keywords(article) if len(term) <= 100 and len(word) <= 100]
    Keyword.objects.bulk_create(Keyword(article=article, term=term, word=word) for term, word in found)
    known = set(Article.objects.filter(pk__in=fields.read_next).exclude(pk=article.pk).values_list("pk", flat=True))
    rows = {pk: ReadNext(article=article, other_id=pk, picked=True) for pk in fields.read_next if pk in known}
    themes = list(Theme.objects.filter(article_themes__content_object=article))
    said = listings.Said.by(article)
    for suggestion in listings.related(article, themes=themes, picks=(), before=article.published_at, said=said):
        row = ReadNext(article=article, other=suggestion.article, words=suggestion.words)
        rows.setdefault(suggestion.article.pk, row)
    for place, row in enumerate(rows.values()):
        row.place = place
    article.next_rows.all().delete()
    ReadNext.objects.bulk_create(rows.values())
    write_likeness(article, themes, said)


def write_likeness(article, themes, said=None):
    """Find anew what is like `article`, about `themes`, and put it among what is like those, on either side fifteen.

    `said` is what it says (`listing.Said`), where that is known.
    """
    found = listings.alike(article, themes=themes, said=said)
    Likeness.objects.filter(Q(article=article) | Q(other=article)).delete()
    pairs = [(article.pk, pk, score, own) for pk, (score, own, _theirs) in found.items()]
    pairs += [(pk, article.pk, score, theirs) for pk, (score, _own, theirs) in found.items()]
    Likeness.objects.bulk_create(
        Likeness(article_id=one, other_id=two, score=score, words=words) for one, two, score, words in pairs
    )
    ranked = defaultdict(list)
    for pk, one, *rank in Likeness.objects.filter(article__in=found).values_list("pk", "article", "score", "other"):
        ranked[one].append((rank, pk))
    least = [pk for rows in ranked.values() for _rank, pk in sorted(rows, reverse=True)[listings.MOST_FETCHED :]]
    Likeness.objects.filter(pk__in=least).delete()


def write_events(article):
    """Bring the article's events to those of its timelines."""
    Event.objects.filter(article=article).delete()
    Event.objects.bulk_create(Event.of(article, event) for event in timelines.events(article.html))
    place_events(article)


def place_events(article):
    """Put the article's events under its themes."""
    events = list(article.events.all())
    if not events:  # nor is anything under a theme then
        return
    EventTheme.objects.filter(article=article).delete()
    themes = ArticleTheme.objects.filter(content_object=article).values_list("tag", flat=True)
    EventTheme.objects.bulk_create(EventTheme.of(event, theme) for theme in themes for event in events)


def write_names(html, body="", *, is_draft=False, **text):
    """Remember what the links by name and path in `text` (article=… or theme=…) lead to.

    `html` is what readers see, `body` the Markdown of the working copy. What a name led to when it was first written
    here stays, whatever is called so later. The save of a draft adds nothing to what readers see.
    """
    shown = links.mentioned(html)
    wanted = list(dict.fromkeys([*shown, *named(body)]))
    rows = Link.objects.filter(**text)
    known = set(rows.values_list("name", flat=True))
    if not known <= set(wanted):
        rows.exclude(name__in=wanted).delete()
    fresh = [name for name in wanted if name not in known and len(name) <= 200]
    fresh = {name: called(name) for name in fresh if not (is_draft and name in shown)}
    Link.objects.bulk_create(
        (
            Link(name=name, **{"to_theme" if isinstance(row, Theme) else "to_article": row}, **text)
            for name, row in fresh.items()
            if row
        ),
        ignore_conflicts=True,  # two saves at the same moment
    )
    if known or fresh:
        rows.update(is_live=False)
        rows.filter(name__in=shown).update(is_live=True)


def date_links(article):
    """Give the article's themes, bylines and events its dates."""
    dates = {"published_at": article.published_at, "withdrawn_at": article.withdrawn_at}
    for rows in (ArticleTheme.objects.filter(content_object=article), article.bylines):
        rows.update(**dates)
    if article.events.update(**dates):
        EventTheme.objects.filter(article=article).update(**dates)
