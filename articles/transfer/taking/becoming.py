"""What a document becomes: an article or a plain page, made or brought up to date. Called in one's turn."""

import functools
import hashlib
from dataclasses import replace

from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ... import names, publishing
from ...models import Article, Imported, addresses, tries
from ...publishing.rules import refuse_bad_change, refuse_bad_draft, unready
from ..documents import Note, State
from . import fitting
from .belongings import put_in
from .outcomes import Result

Status = Article.Status
MOST_TRANSLATIONS = 100  # of a text that are looked at
DRAFTS = {Status.DRAFT, "hidden page"}  # standings of what a later run may still publish


def standing_of(row):
    """Return the `standing` of an `Outcome` for the row of what was taken."""
    if row.article:
        return str(row.article.status())
    if row.page:
        return "page" if row.page.sites.exists() else "hidden page"
    return ""


class _Work:
    """One document that is being taken: `row` tells what became of it before, `files` are those of its pictures."""

    def __init__(self, taking, document, origin, row, files, notes):
        self.taking, self.rows, self.by, self.dry = taking, taking.rows, taking.by, taking.dry
        self.wishes, self.known = taking.wishes, taking.known
        self.document, self.origin, self.row, self.files, self.notes = document, origin, row, files, notes
        self.is_new = row is None
        self.wants_out = self.wishes.publish and document.state == State.PUBLISHED

    def note(self, words):
        """Tell people `words`."""
        self.notes.append(Note(words))

    @functools.cached_property
    def translation_key(self):
        """The translation key of the document as it is stored."""
        key = self.document.translation_key
        return hashlib.sha256(key.encode()).hexdigest() if key else ""

    def body(self):
        """Return the text with the addresses of its pictures."""
        images, found, captions = self.document.pictures, {}, {}
        for number, image in enumerate(images):
            if image.place in self.files:
                row = self.rows.picture(image, self.files[image.place], self.notes)
                found[number] = row.file.url
                caption = names.clean_line(image.caption)[:300]
                if caption != row.caption:  # the picture was here before, with other words
                    captions[number] = caption
        return names.clean(put_in(self.document.body, images, found, captions))

    def free_slug(self, title):
        """Return a free slug for the document, and tell when it is not the one it had."""

        def is_taken(slug):
            path = self.path(slug)
            return path in self.known.places or path in self.known.paths or self.is_taken(slug)

        slug = names.free_slug(fitting.wanted_slug(self.document, title), is_taken)
        if self.dry:
            self.known.places.add(self.path(slug))
        if self.document.slug and slug != self.document.slug.strip("/"):
            self.note(_("It was called “%(old)s” in its address; here that is “%(new)s”.") % {
                "old": self.document.slug, "new": slug,
            })  # fmt: skip
        return slug

    def tell_former(self, present):
        """Tell which of the former addresses can't lead to the path `present`."""
        for path, problem in publishing.former(self.document.old_paths, present):
            if not problem and path in self.known.places:
                problem = publishing.TAKEN % path
            elif not problem and self.known.paths.get(path, present) != present:
                problem = publishing.LEADING % {"old": path, "new": self.known.paths[path]}
            if problem:
                self.note(problem)
            elif self.dry:
                self.known.paths[path] = present

    def remember(self, **kept):
        """Store what became of the document."""
        if self.dry:
            return
        document = self.document
        is_dated = document.state != State.DRAFT
        date = fitting.date_of(document, []) if is_dated else None
        was_out = document.state != State.DRAFT and not (date and date > tries.clock())
        row = self.row or Imported(origin=self.origin)
        kept |= {
            "digest": document.digest(),
            "translation_key": self.translation_key,
            "published_at": date,
            "updated_at": document.updated_at,
            "old_paths": list(document.old_paths) if was_out else [],
        }
        for name, value in kept.items():
            setattr(row, name, value)
        row.save()
        self.row = row


class Text(_Work):
    """A document that becomes an article."""

    def taken(self):
        """Make or update the article; return (result, standing)."""
        return self._updated() if self.row else self._made()

    def _fields(self, before=None):
        """Return the `Fields` of the document; what it doesn't say stays as it was `before`."""
        document, notes = self.document, self.notes
        wished = self.wishes.language or settings.LANGUAGE_CODE
        lead = document.lead_picture and self.files.get(document.lead_picture.place)
        given = {
            "title": fitting.title_of(document, notes),
            "summary": fitting.summary_of(document, notes),
            "body": self.body(),
            "language": fitting.language_of(
                document, before.language if before else wished, notes, self.known.languages
            ),
            "themes": self.rows.themes(document.themes, notes, document.told_themes),
            "authors": self.rows.authors(document.authors, notes),
            "lead_picture": self.rows.picture(document.lead_picture, lead, notes).pk if lead else None,
        }
        given["translation_of"] = self._original(given["language"])
        if before:
            tied = {"translation_of"} if self.translation_key or self.row.translation_key else set()
            return replace(before, **{name: value for name, value in given.items() if value or name in tied})
        return publishing.Fields(**given)

    def _original(self, language):
        """Return the key of the article that says the same in another language and was taken first, None where there is none."""
        key = self.translation_key
        if not key:
            return None
        told = Imported.translations(key, before=self.row)
        told = list(told.values_list("article", "article__working__fields__language")[:MOST_TRANSLATIONS])
        spoken = {spoken for _pk, spoken in told} | set(self.known.translations.get(key, "").split())
        if self.dry:
            self.known.translations[key] = " ".join(sorted({*spoken, language}))
        if not told or language in spoken:
            return None
        original = Article.original(told[0][0])
        made = original.translations.filter(language=language).exclude(pk=self.row and self.row.article_id)
        return told[0][0] if original.language != language and not made.exists() else None  # it may have been made here

    def _made(self):
        fields = self._fields()
        fields = replace(fields, slug=self.free_slug(fields.title))
        refuse_bad_draft(fields, None)
        if self.dry:
            return Result.TAKEN, self._out(None, fields) if self.wants_out else Status.DRAFT
        article = publishing.create(fields, by=self.by)
        self.remember(article=article, stored=article.working)
        standing = self._out(article, fields) if self.wants_out else Status.DRAFT
        return Result.TAKEN, standing

    @staticmethod
    def path(slug):
        """Return the path of an article with that `slug`."""
        return Article(slug=slug).get_absolute_url()

    @staticmethod
    def is_taken(slug):
        """Whether another article has or had the `slug`."""
        return addresses.holder(Article, slug) is not None

    def _updated(self):
        article = self.row.article
        before = publishing.Fields.of(article.working)
        fields, status = self._fields(before), article.status()
        changed = fields != before
        if "::" in self.origin and fields.title != before.title and fields.body != before.body:  # of no known site
            words = _("“%s” was taken from a file of this name, and this is another text: give the file another name.")
            raise ValidationError(words % before.title)
        if status != Status.DRAFT and self.document.state != State.PUBLISHED:
            self.note(_("It is a draft at its source now; here it stays as it is."))
        if self.wants_out:
            changed = changed or article.live_id not in {None, article.working_id}  # a run before kept it as a draft
            standing = self._out(article, fields, changed)
        elif changed:
            standing = self._drafted(article, fields)
        else:
            standing = status
            self.remember()
        return Result.UPDATED if changed or standing != status else Result.UNCHANGED, standing

    def _drafted(self, article, fields):
        """Store the working copy; return where the article stands."""
        refuse_bad_draft(fields, article)
        status = article.status()
        if status == Status.PUBLISHED:
            self.note(_("Readers still see what was there before; publish the new text at the desk."))
        if not self.dry:
            revision = publishing.save_draft(article, fields, by=self.by, based_on=article.working_id)
            self.remember(stored=revision)
        return status

    # Publishing -------------------------------------------------------------------------------------------------------

    def _out(self, article, fields, changed=True):
        """Show readers `fields` of the `article` (None: nothing is written), as far as can be; return where it stands."""
        fields = self._completed(fields)
        status = article.status() if article else Status.DRAFT
        change = publishing.Change.NEW if status != Status.PUBLISHED else publishing.Change.TYPO
        dates = {} if change == publishing.Change.TYPO else self._dates()
        try:
            if self.dry:
                self._refuse_what_publishing_would(article, fields, change, dates)
            elif changed or change == publishing.Change.NEW:
                with transaction.atomic():
                    publishing.publish(article, fields, by=self.by, based_on=article.working_id, change=change, **dates)
        except ValidationError as error:
            self.note(_("It could not be published: %s") % " ".join(error.messages))
            if article is not None:
                article.refresh_from_db()
                return (
                    self._drafted(article, fields) if changed and self.row.digest != self.document.digest() else status
                )
            return status
        if not dates.get("at"):
            self.tell_former(self.path(fields.slug))
        if self.dry:
            return Status.SCHEDULED if dates.get("at") else Status.PUBLISHED
        if self.is_new:  # the addresses it had lead here by now
            self.row.stored = article.working
            self.row.save(update_fields=["stored"])
        else:
            self.remember(stored=article.working)
            publishing.lead_here(article)
        return article.status()

    def _completed(self, fields):
        """Return `fields` with what publishing needs and the document lacks: said in the wishes, or taken from its text."""
        if not fields.summary and (words := fitting.first_words(fields.body)):
            fields = replace(fields, summary=words)
            self.note(_("It has no summary: the first words of its text stand for one."))
        if not fields.authors and self.wishes.author:
            fields = replace(fields, authors=self.rows.authors([self.wishes.author], self.notes))
            self.note(_("It has no author: here it is by “%s”.") % self.wishes.author)
        if not fields.themes and self.wishes.theme:
            fields = replace(fields, themes=self.rows.themes([self.wishes.theme], self.notes))
            self.note(_("It has no theme: here it is under “%s”.") % self.wishes.theme)
        return fields

    def _dates(self):
        """Return when it was or will be published, as `publishing.publish` takes it."""
        date = fitting.date_of(self.document, self.notes)
        if date is None:
            self.note(_("It has no date: it is published as of now."))
            return {}
        return {"at": date} if date > tries.clock() else {"dated": date}

    def _refuse_what_publishing_would(self, article, fields, change, dates):
        """Raise what `publishing.publish` would."""
        errors = unready(fields, article)
        if errors:
            raise ValidationError(errors)
        publishing.rendered_or_refuse(fields.body)
        refuse_bad_change(article or Article(), change, "", dates.get("at"), tries.clock())


class Page(_Work):
    """A document that becomes a plain page: one that is a draft is on no site, until somebody says so at the desk."""

    def taken(self):
        """Make or update the page; return (result, standing)."""
        page = FlatPage() if self.is_new else self.row.page
        was_out = not self.is_new and page.sites.exists()
        date = fitting.date_of(self.document, [])
        if self.wants_out and date and date > tries.clock():
            self.wants_out = False
            if not was_out:
                words = _(
                    "It was to come out later, and a page has no hour here: it stays hidden until somebody shows it."
                )
                self.note(words)
        if was_out and not self.wants_out:
            words = _("Readers see this page, and a page has no drafts: with --publish it is replaced.")
            if self.wishes.publish:
                words = _("It is a draft at its source now; here it stays as it is.")
            self.note(words)
            return Result.UNCHANGED, "page"
        before = (page.title, page.content, was_out)
        page.title, page.content = fitting.title_of(self.document, self.notes), self.body()
        publishing.rendered_or_refuse(page.content)
        if self.is_new:
            page.url = self.path(self.free_slug(page.title))
        publishing.rights.refuse_row(self.by, page, "change" if page.pk else "add")
        if self.wants_out:
            self.tell_former(page.url)
        changed = before != (page.title, page.content, self.wants_out)
        if not self.dry:
            self._store(page, changed)
        standing = "page" if self.wants_out else "hidden page"
        if self.is_new:
            return Result.TAKEN, standing
        return Result.UPDATED if changed else Result.UNCHANGED, standing

    def _store(self, page, changed):
        if changed:
            publishing.save_row(page, by=self.by)
            if self.wants_out:
                page.sites.set([settings.SITE_ID])
        self.remember(page=page, page_digest=Imported.digest_of(page, is_out=page.sites.exists()))
        if self.wants_out:
            publishing.lead_here(page)

    @staticmethod
    def path(slug):
        """Return the path of a page with that `slug`."""
        return f"/{slug}/"

    @classmethod
    def is_taken(cls, slug):
        """Whether something else is or was at the page's address."""
        return publishing.leads_somewhere(cls.path(slug))
