"""Remarks on a text, at the desk."""

from django.core.exceptions import ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from .. import publishing


class Talking:
    """The view behind the remarks, for the admin of articles."""

    def talking_urls(self, wrap):
        """Return its address."""
        return [path("<int:pk>/talk/", wrap(self.talk_view), name="articles_article_talk")]

    def talk_view(self, request, pk):
        """Store a remark or an answer, or settle one; a script gets the remarks anew, a browser the form."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        article = self.article_or_refuse(request, pk)
        problem = ""
        settle, answered = (request.POST.get(name, "") for name in ("resolve", "parent"))
        try:
            if settle:
                publishing.resolve(get_object_or_404(article.comments, pk=number(settle)), by=request.user)
            else:
                publishing.say(
                    article,
                    by=request.user,
                    text=request.POST.get("text", ""),
                    quote=request.POST.get("quote", ""),
                    place=number(request.POST.get("place", "")),
                    parent=get_object_or_404(article.comments, pk=number(answered), parent=None) if answered else None,
                )
        except ValidationError as error:
            problem = " ".join(error.messages)
        if request.headers.get("X-Requested-With") == "fetch" or problem:
            context = {
                "article": article,
                "problem": problem,
                "remark": request.POST.get("text", "") if problem else "",
            }
            context |= talk(article)
            return TemplateResponse(request, "admin/articles/article/_talk.html", context)
        return HttpResponseRedirect(reverse("admin:articles_article_change", args=[pk]) + "#desk-talk")


def talk(article):
    """Return the remarks on `article` for its form's page."""
    body = article.working.fields["body"]
    return {"threads": publishing.threads(article, body), "settled": publishing.threads(article, body, settled=True)}


def number(text):
    """Return the whole number in a posted `text`; 0 for nonsense."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
