"""One article, live or a draft."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import activate, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import listing as listings
from .. import publishing, weaving
from ..caching import named, public_page, tagged
from ..models import Article, Author, Picture, Rendition, Revision, Series, Theme
from . import machines
from .pictures import within_draft


@public_page()
def article(request, slug):
    """An article; 410 with what happened for one that was withdrawn."""
    kept = Rendition.objects.page(slug)
    if kept:
        names, _line, page = kept.partition(b"\n")
        return named(HttpResponse(page), names.decode().split())
    ticket = Rendition.objects.ticket(slug, request.publication.domain)
    row, gone = article_or_gone(request, slug)
    if gone:
        return gone
    changes = list(row.revisions.seen().defer("fields"))
    told = [revision for revision in changes if revision.change != Revision.Change.TYPO]
    page = article_page(
        request,
        row,
        themes=row.theme_list,
        authors=[byline.author for byline in row.bylines.all()],
        changes=told,
        typos=len(changes) - len(told),
    )
    tagged(page, articles=[row], themes=row.theme_list)
    if ticket and not page.is_loose:
        publishing.keep_rendered(
            publishing.store_rendition, ticket, "page", page["Surrogate-Key"].encode() + b"\n" + page.content
        )
    return page


def article_or_gone(request, slug):
    """Return (article, None), or (None, response) for one that was withdrawn; 404 for what readers never saw.

    What is shown of it is in its language from here on, the words around the text too.
    """
    # Asked for with the hour, so that what readers never saw takes as long as what never was.
    known = Article.objects.once_public().select_related("series", "lead_picture").with_names()
    row = get_object_or_404(known, slug=slug)
    activate(row.language)
    if row.withdrawn_at:
        return None, render(request, "articles/withdrawn.html", {"article": row}, status=410)
    return row, None


def article_page(request, row, *, themes, authors, picks=None, changes=(), typos=0, preview=None, talk=None):
    """Return the page of `row`, an `Article` that need not be stored; `preview` says in words what is shown, if not live.

    The response `is_loose` as its text is (`weaving.Woven`).
    """
    part = None
    if row.series_id:
        parts = list(
            row.series.articles.public()
            .order_by("series_order", "published_at", "pk")
            .only("title", "slug", "language", "series", "translation_of")
        )
        own = {other.original_id for other in parts if other.language == row.language}
        parts = [other for other in parts if other.language == row.language or other.original_id not in own]
        place = next((number for number, other in enumerate(parts) if other.pk == row.pk), None)
        if place is not None:
            part = {
                "number": place + 1,
                "of": len(parts),
                "previous": parts[place - 1] if place else None,
                "next": parts[place + 1] if place + 1 < len(parts) else None,
            }
    woven = weaving.woven(row.html, row)
    translations = row.in_other_languages()
    context = {
        "article": row,
        "woven": woven,
        "themes": themes,
        "authors": authors,
        "changes": changes,
        "typos": typos,
        "part": part,
        "translations": translations,
        "related": listings.related(row, themes=themes, picks=picks)
        if preview
        else listings.read_next(row, themes=themes),
        "linked": weaving.linked_from(row) if row.pk else [],
        "preview": preview,
        "talk": talk,
    }
    if not preview:
        context["linked_data"] = machines.article(
            request.publication,
            row,
            themes=themes,
            authors=authors,
            changes=changes,
            sources=[cited.source for cited in woven.sources],
            translations=translations,
        )
    response = render(request, "articles/article.html", context)
    response.is_loose = woven.is_loose
    return response


def draft_page(request, article, fields, words, talk=None):
    """Return the reader's page of `article` (None: a new one) with `fields`, unsaved, under a banner with `words`."""
    response = revision_page(request, article, fields, publishing.rendered_or_refuse(fields.body), words, talk)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def revision_page(request, article, fields, rendered, words, talk=None):
    """Return the page of `article` (None: a new one) as `fields` have it, `rendered`, under a banner with `words`."""
    row = Article(
        pk=article.pk if article else None,
        title=fields.title or _("Untitled"),
        slug=fields.slug,
        summary=fields.summary,
        language=fields.language,
        html=rendered.html,
        contents=rendered.contents,
        words=rendered.words,
        series=Series.objects.filter(pk=fields.series).first(),
        lead_picture=Picture.objects.filter(pk=fields.lead_picture).first(),
        translation_of=Article.original(fields.translation_of),
        published_at=article.published_at if article else None,
    )
    authors = Author.objects.in_bulk(fields.authors)
    with override(fields.language):
        return article_page(
            request,
            row,
            themes=list(Theme.objects.filter(pk__in=fields.themes)),
            authors=[authors[pk] for pk in fields.authors if pk in authors],
            picks=fields.read_next,
            preview=words,
            talk=talk,
        )


@require_http_methods(["GET", "HEAD", "POST"])
def shared_draft(request, token):
    """A draft shown to people without an account; on to the article once that is live. Kept by no cache, no index.

    Where the link allows it they make remarks, which are posted here.
    """
    link = publishing.shared(token)
    if link is None:
        raise Http404
    if publishing.is_over(link):
        response = HttpResponseRedirect(link.article.get_absolute_url())
    elif request.method == "POST":
        response = guest_remark(request, link)
    else:
        response = shared_page(request, link)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "same-origin" if link.may_comment else "no-referrer"
    return response


def shared_page(request, link, **said):
    """Return the page of a shared draft; `said` is what a guest typed and what is wrong with it."""
    words = _("A draft, shown to you before it is published. This link works until %s.")
    until = date_format(localtime(link.expires_at), "j E Y, H:i T")
    fields = publishing.Fields.of(link.article.working)
    talk = {"link": link, **said} if link.may_comment else None
    rendered = publishing.rendered_or_typed(fields.body)
    response = revision_page(request, link.article, fields, rendered, words % until, talk)
    response.content = within_draft(response.content, link)
    response.status_code = 400 if said else 200
    return response


def guest_remark(request, link):
    """Store the remark of a guest, and show the page again with what happened."""
    if not link.may_comment:
        raise Http404
    said = {name: request.POST.get(name, "") for name in ("name", "quote", "text")}
    body = link.article.working.fields["body"]
    try:
        publishing.say(link.article, place=max(0, body.find(said["quote"])), by=None, **said)
    except ValidationError as error:
        return shared_page(request, link, **said, problem=" ".join(error.messages))
    return HttpResponseRedirect(f"{request.path}?thanks=1#page_talk")
