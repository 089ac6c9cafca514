"""What can be saved and what can be published: the fields of a revision, and every refusal in words for the editor."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from cachetools.func import ttl_cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .. import names, text
from ..models import Article, Revision, Theme, addresses

Change = Revision.Change
FURTHEST = timedelta(days=3653)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fields:
    """Everything an editor can edit about an article. Themes, authors, series, picture, what it translates and what is to be
    read next are primary keys."""

    title: str
    slug: str = ""
    summary: str = ""
    body: str = ""
    language: str = "en"
    themes: tuple = ()
    authors: tuple = ()
    series: int | None = None
    series_order: int | None = None
    lead_picture: int | None = None
    translation_of: int | None = None
    read_next: tuple = ()

    def __post_init__(self):
        """Bring the fields to the form they are stored in."""
        tidy = {
            "title": names.clean_line(self.title),
            "summary": names.clean_line(self.summary),
            "body": names.clean(self.body),
            "themes": tuple(self.themes),
            "authors": tuple(self.authors),
            "read_next": tuple(dict.fromkeys(self.read_next)),
        }
        for name, value in tidy.items():
            object.__setattr__(self, name, value)

    def with_themes(self, themes):
        """Return these fields with other themes."""
        return replace(self, themes=tuple(themes))

    @classmethod
    def of(cls, revision):
        """Return the fields that `revision` kept, with what its themes have been merged into since."""
        return cls(**revision.fields | {"themes": Theme.standing_for(revision.fields["themes"])})


def rendered_or_refuse(body, field="body", *, patient=False):
    """Return the rendered `body`; raise ValidationError on `field`, in words for the editor, when it can't be.

    `patient`: whether nobody waits for it (see `text.render`).
    """
    try:
        return text.render(body, patient=patient)
    except text.TextError as error:
        messages = {
            "long": _("The text has more than %(limit)s characters. Divide it into parts, perhaps as a series."),
            "slow": _(
                "The text takes too long to render: look for long runs of brackets, quotation marks or asterisks."
            ),
            "failed": _("The text can't be rendered: look for lists or quotations nested very deeply."),
        }
        raise ValidationError({field: messages[error.code] % {"limit": f"{text.LONGEST:,}"}}) from error


@ttl_cache(maxsize=64, ttl=600)
def rendered_or_typed(body):
    """Return the rendered `body` for a page that must come all the same: as it was typed where it can't be rendered.

    Each process remembers that for ten minutes, so that nobody makes it try again and again.
    """
    try:
        return text.render(body)
    except text.TextError as error:
        log.error("A text that readers see can't be rendered (%s): %.60r", error.code, body)
        return text.unrendered(body)


def with_slug(fields, article):
    """Return `fields` with a free slug when they have none."""
    if fields.slug:
        return replace(fields, slug=fields.slug.strip().lower())
    free = (None, article)
    return replace(fields, slug=names.free_slug(fields.title, lambda slug: addresses.holder(Article, slug) not in free))


def refuse_bad_draft(fields, article):
    """Raise ValidationError when `fields` can't be stored even as a draft."""
    errors = {}
    if not fields.title:
        errors["title"] = _("An article needs a title, even as a draft.")
    elif len(fields.title) > 200:
        errors["title"] = _("A title has at most 200 characters; this one has %s.") % len(fields.title)
    if len(fields.slug) > 100 or names.slugify(fields.slug) != fields.slug:
        errors["slug"] = _("A slug has small letters a–z, digits and single hyphens, and not digits alone.")
    elif (holder := addresses.holder(Article, fields.slug)) not in (None, article):
        # A draft's title is nobody's business but its writers'.
        named = holder.title if holder.is_public() else _("an article that readers don’t see")
        errors["slug"] = _("This address is or was that of “%s”, and goes on leading there.") % named
    if len(fields.summary) > 1000:
        errors["summary"] = _("A summary has at most 1,000 characters; this one has %s.") % len(fields.summary)
    if len(fields.body) > text.LONGEST:
        errors["body"] = _(
            "The text has more than %(limit)s characters. Divide it into parts, perhaps as a series."
        ) % {"limit": f"{text.LONGEST:,}"}
    if errors:
        raise ValidationError(errors)


def unready(fields, article):
    """Return {field: what is amiss, in words} of everything that keeps `fields` of `article` (or None) from readers."""
    needed = {
        "title": _("An article needs a title, even as a draft."),
        "summary": _("Readers, feeds and search results need a summary."),
        "body": _("There is no text yet."),
        "themes": _("Choose at least one theme."),
        "authors": _("Choose at least one author."),
    }
    missing = {name: message for name, message in needed.items() if not getattr(fields, name)}
    return missing | _spoken_twice(fields, article)


def _spoken_twice(fields, article):
    """Return what is amiss when another translation of the same article is in the language of `fields`."""
    original = Article.original(fields.translation_of) or article
    if original is None:
        return {}
    same = [original, *original.translations.all()]
    others = [other for other in same if other != article and other.language == fields.language and other.is_public()]
    if not others:
        return {}
    words = _(
        "This is the translation of an article that readers have in the same language: “%s”. Change the language."
    )
    return {"language": words % others[0].title}


def refuse_unready(fields, article):
    """Raise ValidationError naming everything that keeps `fields` of `article` from readers."""
    errors = unready(fields, article)
    if errors:
        raise ValidationError(errors)


def refuse_bad_change(article, change, note, at, now):
    """Raise ValidationError when the kind of change doesn't fit where the article stands."""
    if article.deleted_at:
        raise ValidationError(_("This draft is deleted: bring it back first."))
    was_live = article.is_public(now)
    if was_live and change == Change.NEW:
        raise ValidationError(
            {"change": _("Readers see this article already: is this a typo, an update or a correction?")}
        )
    if not was_live and change != Change.NEW:
        raise ValidationError({"change": _("Readers have not seen this article yet: publish it as new.")})
    if change in {Change.UPDATE, Change.CORRECTION} and not note:
        raise ValidationError({"note": _("Say in a line what changed and why: readers see it.")})
    refuse_long(note)
    if at is not None and (was_live or article.withdrawn_at):
        raise ValidationError(
            {"at": _("Only a first publication can be scheduled: an update or a return is shown at once.")}
        )
    if at is not None and at <= now:
        raise ValidationError({"at": _("That time has passed. Choose a later one, or publish now.")})
    if at is not None and at > now + FURTHEST:
        raise ValidationError({"at": _("That is more than ten years ahead.")})


def refuse_long(note):
    """Raise ValidationError when the `note` of a revision is longer than its column."""
    if len(note) > 500:
        raise ValidationError({"note": _("A note has at most 500 characters; this one has %s.") % len(note)})
