"""Bringing in texts from elsewhere at the desk: upload a file, see the account, have it done."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import names, publishing
from ..models import Author, Theme, Upload
from ..transfer import receiving
from ..transfer.taking.outcomes import RESULTS, STANDINGS, Often, Result, Wishes, told
from .rows import OnlyRead

Stage = Upload.Stage


class WishesForm(forms.Form):
    """How the texts of an upload are to be taken."""

    publish = forms.BooleanField(
        label=_("Publish what was published there"),
        required=False,
        help_text=_(
            "Under its date there. Otherwise everything lands as a draft, and keeps that date for its publication."
        ),
    )
    author = forms.CharField(
        label=_("Author of what has none"), required=False, max_length=120, widget=forms.TextInput({"list": "authors"})
    )
    theme = forms.CharField(
        label=_("Theme of what has none"), required=False, max_length=100, widget=forms.TextInput({"list": "themes"})
    )
    language = forms.ChoiceField(label=_("Language of what tells none"), choices=settings.LANGUAGES)

    def wishes(self):
        """Return the `Wishes` that were typed."""
        said = self.cleaned_data
        tidy = {name: names.clean_line(said[name]) for name in ("author", "theme")}
        return Wishes(publish=said["publish"], language=said["language"], **tidy)


class UploadForm(WishesForm):
    """A file, and how its texts are to be taken."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "An export of WordPress (XML) or Ghost (JSON), one Markdown file, or an archive (zip, tar) of them with their "
            "pictures; at most 20 MB. Larger ones are brought in on the server."
        ),
        widget=forms.FileInput({"accept": ".xml,.json,.md,.markdown,.zip,.tar,.gz,.tgz,.bz2,.xz"}),
    )
    field_order = ("file", "publish", "author", "theme", "language")


@admin.register(Upload)
class UploadAdmin(OnlyRead, admin.ModelAdmin):
    """Uploads: each user's own, for who may publish and keep themes."""

    def has_view_permission(self, request, obj=None):
        """Whoever may bring in texts."""
        return publishing.rights.may(request.user, "import")

    def get_urls(self):
        """There are the list with the form, and the page of each upload."""
        page = self.admin_site.admin_view(self.upload_view)
        return [*super().get_urls(), path("<int:pk>/", page, name="articles_upload_go_on")]

    def changelist_view(self, request, extra_context=None):
        """Show the form and what is waiting; take a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None, initial={"language": settings.LANGUAGE_CODE})
        if request.method == "POST" and form.is_valid():
            try:
                upload = receiving.receive(form.cleaned_data["file"], form.wishes(), by=request.user)
            except ValidationError as error:
                form.add_error("file", error)
            else:
                return HttpResponseRedirect(reverse("admin:articles_upload_go_on", args=[upload.pk]))
        own = Upload.objects.filter(user=request.user).only("name", "stage", "made_at", "kind")
        return self._page(request, "change_list", gettext("Texts from elsewhere"), form=form, own=own)

    def upload_view(self, request, pk):
        """Show how far an upload is and what came of it; go on with it, or do what the button says."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        upload = get_object_or_404(Upload.objects.defer("content", "known"), pk=pk, user=request.user)
        form = WishesForm(request.POST if request.POST.get("action") == "look" else None, initial=upload.wishes)
        if request.method == "POST" and not (form.is_bound and not form.is_valid()):
            return HttpResponseRedirect(self._act(request, upload, form))
        seen = upload.stage in {Stage.SEEN, Stage.DONE}
        context = {
            "upload": upload,
            "form": form,
            "seen": seen,
            "at_work": not (seen or upload.problem),
            "rows": [in_words(row) for row in upload.lines] if seen else (),
            "often": often_in(upload.lines) if seen else (),
            "left_out": bool(seen and len(upload.lines) >= receiving.MOST_LINES),
            "told": told(upload.counts),
            "has_work": any(upload.counts.get(each) for each in (Result.TAKEN, Result.UPDATED)),
            "is_busy": "busy" in request.GET,
        }
        return self._page(request, "go_on", upload.name, **context)

    def _act(self, request, upload, form):
        """Do what the button says; return the address to go to."""
        action, here = request.POST.get("action"), request.path
        if action == "forget":
            upload.delete()
            messages.success(request, gettext("“%s” is forgotten. What was taken of it stays.") % upload.name)
            return reverse("admin:articles_upload_changelist")
        if action == "look":
            receiving.look(upload, form.wishes(), by=request.user)
        elif action == "take":
            receiving.begin(upload, by=request.user)
        elif action == "step" and not receiving.step(upload, by=request.user):
            return f"{here}?busy=1"
        is_there = Upload.objects.filter(pk=upload.pk).exists()  # it may have been forgotten meanwhile
        return here if is_there else reverse("admin:articles_upload_changelist")

    def _page(self, request, name, title, **context):
        """Return the page called `name`."""
        context |= {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "authors": Author.objects.values_list("name", flat=True)[:200],
            "themes": Theme.objects.values_list("name", flat=True)[:300],
        }
        return TemplateResponse(request, f"admin/articles/upload/{name}.html", context)


def often_in(rows):
    """Return in words what was noted of many of the lines `rows` of an account."""
    often = Often()
    for *_told, notes in rows:
        often.add(words for _line, words in notes)
    return often.lines()


def in_words(row):
    """Return a line of an account for its page."""
    place, result, standing, title, notes = row
    shown = STANDINGS.get(standing, "") if result in {Result.TAKEN, Result.UPDATED} else ""
    return {
        "place": place,
        "result": result,
        "words": RESULTS[result],
        "standing": shown,
        "title": title,
        "notes": notes,
    }
