"""Nothing typed is lost: texts kept while they are typed, offered again, and merged with a colleague's."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from .. import publishing
from ..text import diff
from .form import ArticleForm, clock
from .history import LABELS, changed_fields, in_words
from .reviewing import checklist

LONGEST_KEPT = 2_000_000  # characters; past that the browser's own copy has to do


class Keeping:
    """The views that keep what is being typed, for the admin of articles."""

    def keeping_urls(self, wrap):
        """Return the addresses that the form's script talks to, and those of what it kept."""
        return [
            path("add/keep/", wrap(self.keep_view), {"pk": None}, name="articles_article_keep_new"),
            path("<int:pk>/keep/", wrap(self.keep_view), name="articles_article_keep"),
            path("<int:pk>/kept/<int:revision>/", wrap(self.kept_view), name="articles_article_kept"),
        ]

    def keep_view(self, request, pk):
        """Keep what the form holds, if it `changed`, and answer with what its editor should know, as JSON.

        A new article becomes a draft with its first words. Answers: 200, 400 (no form of ours), 413 (too long).
        """
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if pk is None and not self.has_add_permission(request):
            raise PermissionDenied
        article = self.article_or_refuse(request, pk) if pk else None
        form = ArticleForm(request.POST, article=article, user=request.user)
        fields, key = form.typed(), form.cleaned_data.get("form")
        if key is None:
            return JsonResponse({"problem": gettext("This page is too old: reload it.")}, status=400)
        if len(fields.body) > LONGEST_KEPT:
            return JsonResponse({"problem": gettext("The text is too long to be kept on the server.")}, status=413)
        if request.POST.get("closed"):
            publishing.closed(by=request.user, form=key)
            return JsonResponse({})
        answer = {"kept": clock(), "checks": checklist(fields, article)}
        based_on = form.cleaned_data.get("based_on")
        if article is None and (fields.title or fields.body or fields.summary):
            last = self._first_draft(request, fields, key)
            if publishing.Fields.of(last) != fields:  # nothing saved is changed by what is only being typed
                publishing.keep(last.article, fields, by=request.user, based_on=last.pk, form=key)
            article, based_on = last.article, last.pk
            answer |= {"article": article.pk, "based_on": based_on, **addresses(article)}
        elif article and request.POST.get("changed"):
            kept = publishing.keep(article, fields, by=request.user, based_on=based_on, form=key)
            if publishing.offers(kept):
                answer["offer"] = reverse("admin:articles_article_kept", args=[article.pk, kept.pk])
        if article:
            answer["others"] = [str(user) for user in publishing.seen(article, by=request.user, form=key)]
            working = article.working
            if working.saved_by != request.user and working.pk != based_on:
                who = working.saved_by or gettext("somebody")
                answer["newer"] = gettext("%s has saved the article since you opened it.") % who
        response = JsonResponse(answer)
        response.by_itself = not request.POST.get("changed")  # it asks every quarter of a minute, whoever is there
        return response

    def _first_draft(self, request, fields, key):
        """Return what the form `key` saved last; the first words of a new one make a draft, whatever they still lack."""
        fields = replace(fields, title=fields.title[:200] or gettext("Untitled"))
        try:
            return publishing.begin(fields, by=request.user, form=key)
        except ValidationError:
            # A slug that is taken, a summary too long: what the form still holds is refused when it is saved.
            bare = replace(fields, slug="", summary=fields.summary[:1000])
            return publishing.begin(bare, by=request.user, form=key)

    def kept_view(self, request, pk, revision):
        """Show what was kept of one of the user's forms and never saved; a POST throws it away."""
        article = self.article_or_refuse(request, pk)
        kept = get_object_or_404(article.revisions.kept_for(request.user), pk=revision)
        form = reverse("admin:articles_article_change", args=[pk])
        if request.method == "POST":
            publishing.forget_kept(by=request.user, form=kept.form)
            return HttpResponseRedirect(form)
        now = article.working.fields
        return self._page(
            request,
            "kept",
            article,
            gettext("What you typed and did not save"),
            revision=kept,
            changed=changed_fields(now, kept.fields, request.user),
            paragraphs=diff.paragraphs(now["body"], kept.fields["body"]),
        )

    def kept_start(self, request, article):
        """Return what the form of `article` starts with when the user goes on with a kept text, or None."""
        key = request.GET.get("kept", "")
        if article is None or not (key.isascii() and key.isdigit() and len(key) < 19):
            return None
        kept = get_object_or_404(article.revisions.kept_for(request.user), pk=int(key))
        return kept.fields | {"based_on": kept.based_on_id, "form": kept.form}


def addresses(article):
    """Return the addresses of the form of `article`, or of that of a new one (None), by what they are for."""
    if article is None:
        return {
            "address": reverse("admin:articles_article_add"),
            "keep": reverse("admin:articles_article_keep_new"),
            "preview": reverse("admin:articles_article_preview_new"),
        }
    names = {"address": "change", "keep": "keep", "preview": "preview"}
    return {what: reverse(f"admin:articles_article_{name}", args=[article.pk]) for what, name in names.items()}


def clash_in_words(clashes, user):
    """Return the clashes of a merge as a page shows them to `user`: [(label, what became of mine, of theirs), …].

    Each side is a list of (kind, text) as `text.diff.words` gives them, compared with what both began with.
    """
    rows = []
    for name, clash in clashes:
        label = gettext("Text") if name == "body" else capfirst(LABELS[name])
        base, mine, theirs = (
            value if name in {"body", "title", "summary"} else in_words(name, value, user)
            for value in (clash.base, clash.mine, clash.theirs)
        )
        rows.append((label, diff.words(base, mine), diff.words(base, theirs)))
    return rows


def hidden_fields(fields):
    """Return the form's fields that hold the `publishing.Fields` `fields`, as [(name, value), …]."""
    pairs = [("body", fields.body)]
    for name in LABELS:
        value = getattr(fields, name)
        pairs += [(name, each) for each in (value if isinstance(value, tuple) else [value]) if each is not None]
    return pairs
