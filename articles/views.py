"""Pages for readers. Nothing here knows who is asking: a page depends on its address alone."""

import functools
import mimetypes
from dataclasses import replace

from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import listing as listings
from . import middleware, publishing, search, text
from .models import Article, ArticleTheme, Author, Picture, Series, Theme

FRESH = "public, max-age=60"
NEWEST_ON_FRONT = 8


def public_page(view):
    """Make `view` answer GET and HEAD only, and mark what it shows as cacheable by anyone."""

    @require_safe
    @functools.wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.headers.setdefault("Cache-Control", FRESH)
        return response

    return wrapped


# Lists --------------------------------------------------------------------------------------------------------------


@public_page
def front(request):
    """The subject explained, the themes, the newest deep dives; with filters, on to the list of articles."""
    listing = listings.parse_front(request.GET)
    if not listing.front:
        return HttpResponsePermanentRedirect(listing.address())
    themes = [theme for theme in listings.themes_with_counts() if theme.place]
    themes.sort(key=lambda theme: theme.place)
    subject = themes[0] if themes else None
    page = listing.page(1)
    lead = page.articles[0] if subject and page.articles else None
    newest = replace(page, articles=page.articles[1 if lead else 0 : NEWEST_ON_FRONT], pages=1)
    if subject:
        subject.opening = text.opening(subject.introduction_html)
    context = {
        "listing": listing,
        "page": page,
        "lead": lead,
        "newest": newest,
        "subject": subject,
        "themes": themes[1:],
        "years": listings.years(),
    }
    return render(request, "articles/front.html", context)


@public_page
def articles(request):
    """All articles, filtered by the parameters."""
    return listing_page(request, listings.parse_articles(request.GET), extra={"years": listings.years()})


@public_page
def archive(request, year, month=None):
    """The articles of a year or a month."""
    return listing_page(request, listings.parse_archive(year, month, request.GET), extra={"years": listings.years()})


@public_page
def hub(request, slugs):
    """A theme's hub, or the combination of several."""
    listing = listings.parse_themes(slugs, request.GET)
    extra = {"neighbours": listing.neighbours()}
    if len(listing.themes) == 1 and not listing.without:
        extra["theme"] = listing.themes[0]
        extra["introduction"], extra["notes"] = text.notes_apart(listing.themes[0].introduction_html)
        extra["combinations"] = [(theme, listing.with_theme(theme).address()) for theme, _count in extra["neighbours"]]
        return listing_page(request, listing, "articles/hub.html", extra)
    extra["everything"] = replace(listing, without=()).address()
    extra["parts"] = [
        (theme, listing.without_condition(theme).address() if len(listing.themes) > 1 else None)
        for theme in listing.themes
    ]
    return listing_page(request, listing, "articles/combination.html", extra)


@public_page
def author(request, slug):
    """An author and what they wrote."""
    listing = listings.parse_author(slug, request.GET)
    return listing_page(request, listing, "articles/author.html", {"author": listing.author})


@public_page
def series(request, slug):
    """A series in its order."""
    listing = listings.parse_series(slug, request.GET)
    return listing_page(request, listing, "articles/series.html", {"series": listing.series})


@public_page
def search_page(request):
    """Full text search, best hit first; a theme that goes by the words comes before the hits."""
    listing = listings.parse_search(request.GET)
    words = search.words_of(listing.words)
    extra = {
        "theme": Theme.objects.prefetch_related("names").called(listing.words) if words else None,
        "no_words": bool(listing.words) and not words,
        "themes": front_themes(),
    }
    return listing_page(request, listing, "articles/search.html", extra)


def front_themes():
    """Return the themes of the front page in their order, for pages that found nothing; read only when printed."""
    return Theme.objects.exclude(place=None).order_by("place").defer("introduction", "introduction_html")[:12]


def listing_page(request, listing, template="articles/listing.html", extra=None):
    """Return the page of `listing` that the request asks for, or a redirect to its canonical address."""
    page = listing.page(listings.page_number(request.GET))
    if not listings.is_canonical(request.path, request.GET, page.address):
        return HttpResponsePermanentRedirect(page.address)
    return render(request, template, {"listing": listing, "page": page, **(extra or {})})


@public_page
def themes(request):
    """Every theme with its definition and other names, A to Z."""
    return render(request, "articles/themes.html", {"themes": listings.themes_with_counts()})


@public_page
def feeds_page(request):
    """What can be followed, and how."""
    context = {
        "listing": listings.parse_front(),
        "themes": [(theme, listings.Listing(themes=(theme,))) for theme in listings.themes_with_counts()],
        "authors": [
            (a, listings.Listing(author=a))
            for a in Author.objects.filter(articles__in=Article.objects.public()).distinct()
        ],
        "series": [
            (s, listings.Listing(series=s, order="series"))
            for s in Series.objects.filter(articles__in=Article.objects.public()).distinct()
        ],
    }
    return render(request, "articles/feeds.html", context)


# One article ----------------------------------------------------------------------------------------------------------


@public_page
def article(request, slug):
    """An article; 410 with what happened for one that was withdrawn."""
    row = get_object_or_404(Article.objects.select_related("series", "lead_picture").with_names(), slug=slug)
    if row.withdrawn_at:
        return render(request, "articles/withdrawn.html", {"article": row}, status=410)
    if not row.is_public():
        raise Http404
    return article_page(
        request,
        row,
        themes=row.theme_list,
        authors=[byline.author for byline in row.bylines.all()],
        changes=list(row.revisions.told().defer("fields")),
    )


def article_page(request, row, *, themes, authors, changes=(), preview=None):
    """Return the page of `row`, an `Article` that need not be stored; `preview` says in words what is shown, if not live."""
    part = None
    if row.series_id:
        parts = list(
            row.series.articles.public()
            .order_by("series_order", "published_at", "pk")
            .only("title", "slug", "language", "series")
        )
        place = next((number for number, other in enumerate(parts) if other.pk == row.pk), None)
        if place is not None:
            part = {
                "number": place + 1,
                "of": len(parts),
                "previous": parts[place - 1] if place else None,
                "next": parts[place + 1] if place + 1 < len(parts) else None,
            }
    words, notes = text.notes_apart(row.html)
    context = {
        "article": row,
        "text": words,
        "notes": notes,
        "themes": themes,
        "authors": authors,
        "changes": changes,
        "part": part,
        "related": related(row, themes),
        "preview": preview,
    }
    return render(request, "articles/article.html", context)


def draft_page(request, article, fields, words):
    """Return the reader's page of `article` (None: a new one) with `fields`, unsaved, under a banner with `words`."""
    rendered = publishing.rendered_or_refuse(fields.body)
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
        published_at=article.published_at if article else None,
    )
    authors = Author.objects.in_bulk(fields.authors)
    response = article_page(
        request,
        row,
        themes=list(Theme.objects.filter(pk__in=fields.themes)),
        authors=[authors[pk] for pk in fields.authors if pk in authors],
        preview=words,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def shared_draft(request, token):
    """A draft shown to people without an account; on to the article once that is live. Kept by no cache, no index."""
    link = publishing.shared(token)
    if link is None:
        raise Http404
    if publishing.is_over(link):
        response = HttpResponseRedirect(link.article.get_absolute_url())
    else:
        words = _("A draft, shown to you before it is published. This link works until %s.")
        until = date_format(localtime(link.expires_at), "j F Y, H:i T")
        response = draft_page(request, link.article, publishing.Fields.of(link.article.working), words % until)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def related(row, themes, count=3):
    """Return up to `count` public articles that share most themes with `row`, as [(article, [shared theme, …]), …]."""
    shared = (
        ArticleTheme.objects.public()
        .filter(tag__in=[theme.pk for theme in themes])
        .exclude(content_object=row.pk)
        .values("content_object")
        .annotate(shared=Count("pk"))
        .order_by("-shared", "-published_at", "-content_object")
    )
    keys = [entry["content_object"] for entry in shared.values("content_object", "shared", "published_at")[:count]]
    found = Article.objects.public().listed().in_bulk(keys)
    ours = {theme.pk for theme in themes}
    return [
        (found[key], [theme for theme in found[key].theme_list if theme.pk in ours]) for key in keys if key in found
    ]


# Plain pages and the machine's ------------------------------------------------------------------------------------------


@public_page
def plain_page(request, url):
    """A page such as About; its text is Markdown and goes through the same door as an article's."""
    page = FlatPage.objects.filter(url=f"/{url}/", sites=request.publication.row).order_by("pk").first()
    if page is None:
        raise Http404
    return render(request, "articles/plain.html", {"plain": page, "rendered": plain_text(page.content)})


@functools.lru_cache(maxsize=64)
def plain_text(content):
    """Return the rendered text of a plain page; the same text is rendered once per process."""
    return publishing.rendered_or_refuse(content)


@require_safe
def picture(request, name):
    """An uploaded picture, under the name it was given when it was re-encoded."""
    try:
        file = default_storage.open(name)
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation, ValueError, OSError) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def robots(request):
    """Everything may be read; the desk and endless search results need no crawler."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /drafts/",
        "Disallow: /search/",
        "",
        f"Sitemap: {request.publication.base}/sitemap.xml",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def health(request):
    """Whether the process answers and reaches its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # noqa: BLE001 - whatever is wrong with the database, the answer is that it is
        return HttpResponse(
            "no database\n", status=503, content_type="text/plain", headers={"Cache-Control": "no-store"}
        )
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


# Errors -----------------------------------------------------------------------------------------------------------------


def bad_request(request, exception=None):
    """400."""
    return render(request, "400.html", status=400)


def forbidden(request, exception=None):
    """403."""
    return render(request, "403.html", status=403)


def csrf_failed(request, reason=""):
    """403 for a form without a valid token; one of the desk's own, grown old, is handed back to be sent again."""
    at_desk = request.path.startswith(reverse("admin:index")) and request.path != reverse("admin:login")
    if at_desk and middleware.same_origin(request):
        return middleware.send_again(request, _("This page was opened before you logged in."))
    return forbidden(request)


def not_found(request, exception=None):
    """404, with what was asked for in words when a listing said so, and themes and articles to go on with."""
    reason = str(exception) if isinstance(exception, listings.Unknown) else ""
    newest = listings.parse_front().articles().only("title", "slug", "language", "published_at")[:3]
    context = {"reason": reason, "themes": front_themes(), "newest": newest}
    return render(request, "404.html", context, status=404)


def server_error(request):
    """500: touches neither database nor context processors."""
    return render(None, "500.html", status=500)
