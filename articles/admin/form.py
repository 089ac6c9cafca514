"""The form of an article: everything an editor types, with the revision it is based on."""

import dataclasses
import uuid

from django import forms
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import names, publishing
from ..models import Article, Author, Picture, Revision, Series, Theme, addresses
from ..publishing import rights
from .rows import RowsField


def moment(instant):
    """Return the aware datetime `instant` in words, in the desk's zone, with the zone's name."""
    return f"{timezone.localtime(instant):%-d %b %Y, %H:%M %Z}" if instant else "–"


def clock():
    """Return the time now in words, in the desk's zone."""
    return f"{timezone.localtime():%H:%M:%S %Z}"


def here():
    """Return the desk's zone in words, with its distance from UTC now."""
    zone = timezone.get_current_timezone_name()
    return zone if zone == "UTC" else f"{zone} (UTC{timezone.localtime().isoformat()[-6:]})"


PASTE = "vendor/paste-markdown-1.5.3/bundle.js"
LAST_KEY = 2**63 - 1


def based_on_of(request):
    """Return the key of the revision that a posted form says it is based on; 0, which no revision has, for nonsense."""
    text = request.POST.get("based_on", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


class TextField(forms.CharField):
    """Text without control characters, which neither database nor feed would take; the rest as it was typed."""

    def __init__(self, **kwargs):
        super().__init__(strip=False, **kwargs)

    def to_python(self, value):
        """Return the cleaned text."""
        return names.clean(super().to_python(value))


class ThemesField(RowsField):
    """Ticked themes; one that was merged into another since the form was opened counts as that."""

    def clean(self, value):
        """Return the themes."""
        keys = [int(key) for key in value or () if str(key).isdecimal() and len(str(key)) < 19]
        return super().clean(Theme.standing_for(keys))


def chosen(rows, gone, **kwargs):
    """Return a field that takes one of `rows`; `gone` says that what was chosen has been deleted."""
    return forms.ModelChoiceField(rows, required=False, error_messages={"invalid_choice": gone}, **kwargs)


class AddressesInput(forms.Textarea):
    """A box with one address on each line; sent back hidden, each comes by itself."""

    def value_from_datadict(self, data, files, name):
        """Return the lines."""
        return "\n".join(data.getlist(name)) if hasattr(data, "getlist") else data.get(name, "")


class AddressesField(TextField):
    """Articles by their addresses, slugs or (as numbers, which no slug is) keys, one a line; cleaned, their keys.

    They are of those that are `seen` (a queryset), and those `kept` (keys) that a colleague chose who sees more.
    """

    widget = AddressesInput
    seen, kept = Article.objects.none(), ()

    def prepare_value(self, value):
        """Return what the box shows: slugs for keys, and the keys of what is not seen."""
        if isinstance(value, str):
            return value
        slugs = dict(self.seen.filter(pk__in=value or ()).values_list("pk", "slug"))
        there = Article.objects.filter(pk__in=value or ()).values_list("pk", flat=True) if value else ()
        return "\n".join(str(slugs.get(key, key)) for key in value or () if key in there)

    def clean(self, value):
        """Return the keys of the articles, each once, in order."""
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        found = {line: self._called(line) for line in lines}
        unknown = [line for line, article in found.items() if article is None]
        if unknown:
            raise forms.ValidationError(_("No article has this address: %s.") % ", ".join(unknown)[:300])
        return tuple(dict.fromkeys(article.pk for article in found.values()))

    def _called(self, line):
        slug = line.rpartition("/articles/")[2].partition("/")[0]
        if slug.isdecimal():
            row = Article.objects.filter(pk=int(slug)).first() if len(slug) < 19 else None
        else:
            row = addresses.holder(Article, slug)
        return row if row and (row.pk in self.kept or self.seen.filter(pk=row.pk).exists()) else None


class AddressField(AddressesField):
    """One article like that, or None."""

    widget = forms.TextInput

    def prepare_value(self, value):
        """Return what the box shows: a slug for a key."""
        return super().prepare_value([value] if isinstance(value, int) else value)

    def clean(self, value):
        """Return the key of the article."""
        return next(iter(super().clean(value)), None)


class ArticleForm(forms.Form):
    """Everything about an article that an editor types, with the revision it is based on."""

    title = TextField(label=_("Title"))
    summary = TextField(
        label=_("Summary"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences for lists, feeds and search engines. Needed to publish."),
    )
    body = TextField(
        label=_("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "true", "class": "body"}),
        help_text=_("Markdown. [[ links a theme or an article, @ cites a source."),
    )
    themes = ThemesField(
        Theme.objects.all(),
        label=_("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("A theme chosen here has been deleted: choose again.")},
    )
    by_name = TextField(
        label=_("Themes by name"),
        required=False,
        help_text=_("Any name or alias in any spelling, with commas between. It never makes a new theme."),
    )
    authors = RowsField(
        Author.objects.all(),
        label=_("Authors"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("An author chosen here has been deleted: choose again.")},
    )
    slug = TextField(
        label=_("Slug"), required=False, help_text=_("The end of the address. Empty: made from the title.")
    )
    language = forms.ChoiceField(
        label=_("Language of the text"), choices=[("en", "English"), ("tr", "Türkçe"), ("ru", "Русский")]
    )
    translation_of = AddressField(
        label=_("Translation of"),
        required=False,
        help_text=_("The address of the article in its first language. Readers can switch between the two."),
    )
    series = chosen(
        Series.objects.all(), _("The series chosen here has been deleted: choose again."), label=_("Series")
    )
    series_order = forms.IntegerField(label=_("Part"), required=False, min_value=1, max_value=999)
    lead_picture = chosen(
        Picture.objects.all(), _("The picture chosen here has been deleted: choose again."), label=_("Lead picture")
    )
    read_next = AddressesField(
        label=_("Read next"),
        required=False,
        widget=AddressesInput(attrs={"rows": 3}),
        help_text=_("Addresses of articles, one a line. After them come those that share themes and rare words."),
    )
    at = forms.DateTimeField(
        label=_("Publish at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    change = forms.ChoiceField(
        label=_("What kind of change?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (Revision.Change.TYPO, _("Typo: no date moves, nothing is announced")),
            (Revision.Change.UPDATE, _("Update: something new was added")),
            (Revision.Change.CORRECTION, _("Correction: something was wrong")),
        ],
    )
    note = TextField(label=_("What changed and why, in a line"), required=False)
    review_note = TextField(
        label=_("A line for your colleagues"), required=False, help_text=_("Kept in the history; readers never see it.")
    )
    based_on = forms.IntegerField(required=False, max_value=LAST_KEY, widget=forms.HiddenInput)
    form = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, article=None, user=None, start=None):
        """Bind `data`, or show the working copy of `article` (None: a new one), with what `start` gives instead."""
        self.article = article
        super().__init__(data, initial=self._start(article, user) | {"form": uuid.uuid4()} | (start or {}))
        for name in ("translation_of", "read_next"):
            chosen = self.initial.get(name)
            self.fields[name].kept = chosen if isinstance(chosen, tuple | list) else (chosen,)
            self.fields[name].seen = rights.seen_by(user) if user else Article.objects.all()
        for name in rights.reserved(user, article) if user else ():
            self.fields[name].disabled = True
        language = self["language"].value()
        for name in ("title", "summary", "body"):
            self.fields[name].widget.attrs["lang"] = language
        # The script that turns pasted tables and links into Markdown, and where names to link to are asked for.
        self.fields["body"].widget.attrs |= {
            "data-paste": static(PASTE),
            "data-suggest": reverse("admin:articles_article_suggest"),
            "data-cite": reverse("admin:articles_article_cite"),
        }
        self.fields["at"].help_text = _("Time zone: %s.") % here()

    @staticmethod
    def _start(article, user):
        """Return the working copy of `article`, or for a new one the byline of `user`."""
        if article is None:
            byline = Author.objects.filter(user=user).first() if user else None
            return {"language": settings.LANGUAGE_CODE, "authors": [byline.pk] if byline else []}
        return dataclasses.asdict(publishing.Fields.of(article.working)) | {
            "based_on": article.working_id,
            "change": Revision.Change.TYPO,
        }

    def clean_by_name(self):
        """Return the themes that go by the names typed; refuse a name that none goes by."""
        typed = [name.strip() for name in self.cleaned_data["by_name"].split(",") if name.strip()]
        found = {name: Theme.objects.called(name) for name in typed}
        unknown = [name for name, theme in found.items() if theme is None]
        if unknown:
            words = _("No theme goes by the name %s. A new theme is made on its own page.")
            raise forms.ValidationError(words % ", ".join(f"“{name}”" for name in unknown))
        return list(found.values())

    def _themes(self):
        """Return the keys of the themes ticked and named."""
        chosen = [*self.cleaned_data.get("themes", []), *self.cleaned_data.get("by_name", [])]
        return tuple(dict.fromkeys(theme.pk for theme in chosen))

    def _authors(self):
        """Return the keys of the authors chosen, in the order they had; those chosen anew come last."""
        before = list(self.initial.get("authors", []))
        chosen = [author.pk for author in self.cleaned_data.get("authors", [])]
        return sorted(chosen, key=lambda pk: before.index(pk) if pk in before else len(before))

    def typed(self):
        """Return what was typed as `publishing.Fields`, whatever is missing or wrong; authors in the order they had."""
        self.is_valid()
        start, data = self._start(self.article, None), self.cleaned_data
        typed = {"slug": self.initial.get("slug", "")} if self.fields["slug"].disabled else {}
        typed = {name: self.data.get(name, "") for name in ("title", "slug", "summary", "body")} | typed
        text = {name: names.clean(value) for name, value in typed.items()}
        series, picture = data.get("series"), data.get("lead_picture")
        return publishing.Fields(
            **text,
            language=data.get("language") or start["language"],
            themes=self._themes(),
            authors=self._authors(),
            series=series.pk if series else None,
            series_order=data.get("series_order"),
            lead_picture=picture.pk if picture else None,
            translation_of=data.get("translation_of"),
            read_next=data.get("read_next", ()),
        )

    def set_aside(self):
        """Return [(label, what was typed), …] of what was changed in fields that are the user's no more."""
        closed = [name for name, field in self.fields.items() if field.disabled and name in self.data]
        began = closed and self.article.revisions.filter(pk=self.cleaned_data.get("based_on")).first()
        if not began:
            return []
        before, rows = publishing.Fields.of(began), []
        if "slug" in closed and names.clean(self.data["slug"]) not in {"", before.slug}:
            rows.append((self.fields["slug"].label, names.clean(self.data["slug"])))
        if "authors" in closed:
            keys = [int(key) for key in self.data.getlist("authors") if key.isdecimal() and len(key) < 19]
            if set(keys) != set(before.authors):
                rows.append((self.fields["authors"].label, ", ".join(map(str, Author.objects.filter(pk__in=keys)))))
        return rows

    def typed_or_stored(self):
        """Return what the form shows as `publishing.Fields`, typed or not."""
        if self.is_bound:
            return self.typed()
        fields = {name.name for name in dataclasses.fields(publishing.Fields)}
        return publishing.Fields(**{"title": ""} | {name: self.initial[name] for name in fields & set(self.initial)})

    def refuse(self, error):
        """Show the ValidationError `error` at the fields it names."""
        for name, found in (error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}).items():
            self.add_error(name if name in self.fields else None, found)
