"""What the textarea asks for while somebody writes: names to link to, pictures to put in; and the words it says."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseNotAllowed, JsonResponse
from django.urls import path
from django.utils.translation import gettext

from .. import names, publishing, weaving
from ..models import Source, Theme
from ..text import links
from .taxonomy import PictureForm, not_stored

MOST_SUGGESTED = 8


class Writing:
    """The views behind the textarea, for the admin of articles."""

    def writing_urls(self, wrap):
        """Return the addresses that the textarea's script asks."""
        return [
            path("suggest/", wrap(self.suggest_view), name="articles_article_suggest"),
            path("cite/", wrap(self.cite_view), name="articles_article_cite"),
            path("picture/", wrap(self.picture_view), name="articles_article_picture"),
        ]

    def suggest_view(self, request):
        """Answer with the themes and articles whose names have the words `q`, as [[name, what it is, the link], …]."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("q", "")[:100]
        folded = names.fold(wanted)
        themes = Theme.objects.filter(names__folded__contains=folded).distinct().order_by("name")
        rows = self.get_queryset(request).filter(deleted_at=None).order_by("-working__saved_at")
        if folded:
            rows = rows.filter(Q(title__icontains=wanted.strip()) | Q(slug__contains=names.slugify(wanted)))
        found = [[theme.name, gettext("theme"), f"[[{theme.name}]]"] for theme in themes[:MOST_SUGGESTED]]
        for row in rows[: max(0, MOST_SUGGESTED - len(found))]:
            found.append([self.working_title(row), row.status().label, f"[[{links.ARTICLE}{row.slug}]]"])
        return JsonResponse({"found": found})

    def cite_view(self, request):
        """Answer with the sources that have the words `q`, as [[what it is, its key], …]."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("q", "")[:100]
        rows = Source.objects.named(wanted).order_by("-date", "title")[:MOST_SUGGESTED] if names.words(wanted) else []
        return JsonResponse({"found": [[weaving.in_words(source), source.key] for source in rows]})

    def picture_view(self, request):
        """Store an uploaded picture and answer with its Markdown, or with what is wrong with it (400) or with their store (503, 507)."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("articles.add_picture"):
            raise PermissionDenied
        form = PictureForm(request.POST, request.FILES)
        if not form.is_valid():
            problems = [text for texts in form.errors.values() for text in texts]
            return JsonResponse({"problem": " ".join(problems)}, status=400)
        picture = form.save(commit=False)
        try:
            publishing.save_row(picture, by=request.user)
        except Exception as error:
            picture.take_back()
            if not isinstance(error, OSError):
                raise
            status, problem = not_stored(error)
            return JsonResponse({"problem": problem}, status=status)
        alt = picture.alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
        return JsonResponse({"markdown": f"![{alt}]({picture.file.url})"})


def words():
    """Return what the form's scripts say, in the desk's language."""
    return {
        "away": gettext("The server does not answer."),
        "loggedOut": gettext("You are logged out."),
        "login": gettext("Log in again in a new tab, then come back."),
        "refused": gettext("The server could not keep what you typed (%s)."),
        "copied": gettext("What you type is kept in this browser; trying again."),
        "uncopied": gettext("This browser has no room for a copy: keep this page open. Trying again."),
        "kept": gettext("Kept at %s. Not saved yet."),
        "saving": gettext("Saving…"),
        "merges": gettext("Saving merges both, and asks where you both changed the same."),
        "others": gettext("Open on another screen too: %s."),
        "found": gettext("This browser kept words that were never saved."),
        "look": gettext("See them"),
        "count": gettext("%w words, about %m min"),
        "column": gettext("Column"),
    }
