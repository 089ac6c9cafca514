"""The addresses that readers and subscribers use."""

from functools import partial

from django.urls import path, re_path, register_converter

from . import feeds, sitemaps, views
from . import listing as listings
from .caching import public_page


class YearConverter:
    """Four digits; whether that is a year, the view says in words."""

    regex = "[0-9]{4}"
    to_python = staticmethod(int)
    to_url = "{:04}".format


class MonthConverter(YearConverter):
    """Two digits."""

    regex = "[0-9]{2}"
    to_url = "{:02}".format


class SlugsConverter:
    """One slug, or several with + between."""

    regex = "[^/]+"
    to_python = to_url = staticmethod(str)


class ReferenceConverter:
    """A format of references."""

    regex = "bib|ris|json"
    to_python = to_url = staticmethod(str)


class FeedConverter:
    """A format of feeds."""

    regex = "|".join(listings.FORMATS)
    to_python = to_url = staticmethod(str)


register_converter(FeedConverter, "feed")
register_converter(ReferenceConverter, "reference")
register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")
register_converter(SlugsConverter, "slugs")


def fed(route, view, channel, name, kept=False):
    """Return the page at `route` and the feeds below it, of the channel that `channel(request, **parts)` makes."""
    mark = public_page("archive", *view.parameters, kept=kept, each_time=feeds.following.note)
    feed = mark(partial(feeds.feed, channel=channel))
    return [path(route, view, name=name), path(f"{route}feed.<feed:format>", feed, name=f"{name}-feed")]


def followed(route, view, parse, name):
    """Return the page at `route` and the feeds below it, of the listing that `parse(request, **parts)` makes."""

    def channel(request, **parts):
        return feeds.channels.of_listing(parse(request, **parts), request.publication.name)

    return fed(route, view, channel, name, kept=True)


urlpatterns = [
    *followed("", views.front, lambda request: listings.parse_front(request.GET), "front"),
    *followed("articles/", views.articles, lambda request: listings.parse_articles(request.GET), "articles"),
    *followed(
        "articles/<year:year>/",
        views.archive,
        lambda request, **p: listings.parse_archive(month=None, query=request.GET, **p),
        "year",
    ),
    *followed(
        "articles/<year:year>/<month:month>/",
        views.archive,
        lambda request, **p: listings.parse_archive(query=request.GET, **p),
        "month",
    ),
    path("articles/<slug:slug>/", views.article, name="article"),
    *fed("articles/<slug:slug>/history/", views.history, lambda r, slug: feeds.channels.of_article(slug), "history"),
    path("articles/<slug:slug>/versions/<int:number>/", views.version, name="version"),
    path("articles/<slug:slug>/changes/", views.changes, name="changes"),
    path("articles/<slug:slug>/charts/<int:number>.svg", views.drawing, name="chart"),
    path("articles/<slug:slug>/charts/<int:number>-narrow.svg", views.drawing, {"narrow": True}, name="chart-narrow"),
    path("articles/<slug:slug>/charts/<int:number>.csv", views.figures, name="chart-figures"),
    path("card.png", views.front_card, name="front-card"),
    path("articles/<slug:slug>/card.png", views.article_card, name="article-card"),
    path("themes/<slug:slug>/card.png", views.theme_card, name="theme-card"),
    *fed(
        "timeline/",
        views.timeline,
        lambda request: feeds.channels.of_timeline(listings.EventFilter.of(request.GET), request.publication.name),
        "timeline",
    ),
    path("timeline/timeline.csv", views.timeline_csv, name="timeline-csv"),
    path("timeline/timeline.ics", views.timeline_ics, name="timeline-ics"),
    *fed("updates/", views.updates, lambda r: feeds.channels.of_updates(r.publication.name), "updates"),
    *fed("corrections/", views.corrections, lambda r: feeds.channels.of_corrections(r.publication.name), "corrections"),
    path("articles/<slug:slug>/cite.<reference:format>", views.cite, name="cite"),
    path("articles/<slug:slug>/sources.<reference:format>", views.article_sources, name="article-sources"),
    path("themes/<slug:slug>/sources.<reference:format>", views.theme_sources, name="theme-sources"),
    path("themes/", views.themes, name="themes"),
    *followed(
        "themes/<slugs:slugs>/",
        views.hub,
        lambda request, slugs: listings.parse_themes(slugs, request.GET),
        "hub",
    ),
    *followed(
        "authors/<slug:slug>/",
        views.author,
        lambda request, slug: listings.parse_author(slug, request.GET),
        "author",
    ),
    *followed(
        "series/<slug:slug>/", views.series, lambda request, slug: listings.parse_series(slug, request.GET), "series"
    ),
    *followed("search/", views.search_page, lambda request: listings.parse_search(request.GET), "search"),
    path("search/suggestions/", views.suggestions, name="suggestions"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    path("sources/", views.sources, name="sources"),
    path("sources/<slug:key>/", views.source, name="source"),
    path("feeds/", views.feeds_page, name="feeds"),
    path("feeds.opml", views.opml, name="opml"),
    path("drafts/<str:token>/", views.shared_draft, name="shared-draft"),
    path("drafts/<str:token>/pictures/<str:name>", views.shared_picture, name="shared-picture"),
    path("pictures/<str:name>", views.picture, name="picture"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<section>.xml", sitemaps.sitemap, name="sitemap-section"),
    path("robots.txt", views.robots, name="robots"),
    re_path(r"^(?P<url>[a-z0-9]+(?:-[a-z0-9]+)*)/$", views.plain_page, name="plain-page"),
]
