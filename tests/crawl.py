"""Every address of the site, taken from its own resolver: a new one that this doesn't know fails."""

import re

from django.contrib.flatpages.models import FlatPage
from django.urls import get_resolver
from django.utils import timezone

from articles import publishing
from articles.urls import urlpatterns

from .make import change, make_article, make_author, make_picture, make_series, make_source, make_theme_called

BODY = """First.[@one-2020] See [[Libya]].

```timeline
2020-01: It began.
```

```chart
type: line
title: Trade

| Year | Share |
|------|-------|
| 2018 | 47    |
| 2019 | 34    |
```
"""


def library():
    """Make something of everything that readers can ask for; return what stands in addresses, by route and name."""
    make_source("one-2020", "A source", url="https://example.org/")
    picture = make_picture()
    syria, libya = make_theme_called("Syria"), make_theme_called("Libya")
    author, series = make_author("Ann", slug="ann"), make_series("Straits", slug="straits")
    article = make_article(
        "Pipes",
        slug="pipelines",
        body=BODY,
        themes=[syria, libya],
        authors=[author],
        series=series,
        lead_picture=picture.pk,
    )
    article = change(article, kind="correction", note="It was wrong.", body=BODY + "\nMore.")
    make_article("Trubi", slug="trubi", language="ru", themes=[syria], authors=[author])
    make_article("Gone", slug="gone", themes=[libya], withdrawn="It was wrong.")
    draft = make_article("A draft", slug="a-draft", published=False, themes=[syria], lead_picture=picture.pk)
    page = FlatPage.objects.create(url="/about/", title="About", content="Who we are.")
    page.sites.set([1])
    day = timezone.localtime(article.published_at)
    return {
        "articles/": {"slug": "pipelines", "year": f"{day:%Y}", "month": f"{day:%m}", "number": "1"},
        "themes/": {"slug": "syria", "slugs": "libya+syria"},
        "authors/": {"slug": "ann"},
        "series/": {"slug": "straits"},
        "sources/": {"key": "one-2020"},
        "drafts/": {"token": publishing.share(draft, by=None, days=3).token, "name": picture.file.name},
        "pictures/": {"name": picture.file.name},
        "sitemap": {"section": "themes"},
        "": {"url": "about"},
    }


def routes():
    """Return the routes of all public pages, as text with <converter:name> where something stands for it."""
    found = []
    for pattern in urlpatterns:
        route = str(pattern.pattern)
        found.append("<slug:url>/" if route.startswith("^") else route)
    return found


def filled(route, values, **other):
    """Return the address of `route` with what `values` (see `library`) gives for its parts, or `other` does."""
    known = next(parts for start, parts in values.items() if route.startswith(start))
    known = known | {"format": "bib" if "reference:" in route else "atom"} | other
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda part: known[part[1]], route)


def parts(route):
    """Return the names of what stands in `route`."""
    return re.findall(r"<(?:\w+:)?(\w+)>", route)


def pages(values):
    """Return the address of every public page, in the order of the routes."""
    return [filled(route, values) for route in routes()]


def parameters():
    """Return the names of all parameters that any public page reads."""
    known = (getattr(pattern.callback, "parameters", ()) for pattern in urlpatterns)
    return sorted(set().union(*known))


def desk():
    """Return the addresses of the desk as [(route, address)], each number in them 1."""
    found = []

    def walk(patterns, before):
        for pattern in patterns:
            route = before + str(pattern.pattern).removeprefix("^").removesuffix("\\Z").removesuffix("$")
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, route)
            elif route.startswith("admin/"):
                filled = re.sub(
                    r"<(?:\w+:)?\w+>", "1", re.sub(r"\(\?P<\w+>[^()]*(?:\([^()]*\))?[^()]*\)", "articles", route)
                )
                if "(?P" not in filled and not filled.endswith(".*"):
                    found.append((route, f"/{filled}"))

    walk(get_resolver().url_patterns, "")
    return found
