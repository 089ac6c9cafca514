"""What pages say to machines, as linked data in the words of schema.org (JSON-LD 1.1), one list of things a page."""

from django.utils.translation import gettext as _

from .. import cards


def site(publication):
    """Return what the front page says: the publication, and how it is searched."""
    return [
        {
            "@type": "WebSite",
            "@id": f"{publication.base}/#site",
            "name": publication.name,
            "url": f"{publication.base}/",
            "potentialAction": {
                "@type": "SearchAction",
                "target": {
                    "@type": "EntryPoint",
                    "urlTemplate": f"{publication.base}/search/?q={{search_term_string}}",
                },
                "query-input": "required name=search_term_string",
            },
        },
        _publisher(publication),
    ]


def article(publication, row, *, themes, authors, changes, sources, translations):
    """Return what the page of the article `row` says; the rest is what it shows. Of its sources, those with an address."""
    base, address = publication.base, publication.base + row.get_absolute_url()
    told = {
        "@type": "Article",
        "@id": f"{address}#article",
        "headline": row.title,
        "description": row.summary,
        "url": address,
        "mainEntityOfPage": address,
        "inLanguage": row.language,
        "datePublished": row.published_at.isoformat(),
        "dateModified": (row.updated_at or row.published_at).isoformat(),
        "wordCount": row.words,
        "timeRequired": f"PT{row.minutes}M",
        "isAccessibleForFree": True,
        "author": [_author(base, author) for author in authors],
        "publisher": {"@id": f"{base}/#publisher"},
        "about": [{"@id": f"{base}{theme.get_absolute_url()}#theme", **_term(base, theme)} for theme in themes],
        "image": [cards.address_of(publication, row)],
        "citation": [
            {"@type": "CreativeWork", "name": source.title, "url": source.url} for source in sources if source.url
        ],
        "correction": [
            {"@type": "CorrectionComment", "text": change.note, "datePublished": change.saved_at.isoformat()}
            for change in changes
            if change.change == change.Change.CORRECTION
        ],
    }
    if row.lead_picture:
        told["image"].insert(0, base + row.lead_picture.file.url)
    if row.series:
        told["isPartOf"] = {
            "@type": "CreativeWorkSeries",
            "name": row.series.title,
            "url": base + row.series.get_absolute_url(),
        }
    for other in translations:
        relation = "translationOfWork" if other.pk == row.translation_of_id else "workTranslation"
        if row.translation_of_id and relation == "workTranslation":
            continue  # a sibling is a translation of the original, not of this one
        told.setdefault(relation, []).append(
            {"@id": f"{base}{other.get_absolute_url()}#article", "inLanguage": other.language}
        )
    way = crumbs(publication, (_("Deep dives"), "/articles/"), (row.title, row.get_absolute_url()))
    return [{name: value for name, value in told.items() if value != []}, _publisher(publication), way]


def theme(publication, row):
    """Return what the hub of the theme `row` says, with its other names."""
    base, path = publication.base, row.get_absolute_url()
    told = {
        **_term(base, row),
        "@id": f"{base}{path}#theme",
        "description": row.definition,
        "alternateName": [name.name for name in row.aliases()],
        "inDefinedTermSet": {"@id": f"{base}/themes/#themes"},
        "mainEntityOfPage": base + path,
    }
    return [told, crumbs(publication, (_("Themes"), "/themes/"), (row.name, path))]


def themes(publication, rows):
    """Return what the index of themes says: each is a term of one set."""
    base = publication.base
    return [
        {
            "@type": "DefinedTermSet",
            "@id": f"{base}/themes/#themes",
            "name": _("Themes"),
            "url": f"{base}/themes/",
            "hasDefinedTerm": [{**_term(base, row), "@id": f"{base}{row.get_absolute_url()}#theme"} for row in rows],
        },
        crumbs(publication, (_("Themes"), "/themes/")),
    ]


def crumbs(publication, *steps):
    """Return the way from the front page to this one, by `steps` of (what it is called, its path)."""
    way = [(publication.name, "/"), *steps]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": publication.base + path}
            for place, (name, path) in enumerate(way, start=1)
        ],
    }


def _term(base, row):
    return {"@type": "DefinedTerm", "name": row.name, "url": base + row.get_absolute_url()}


def _author(base, row):
    return {
        "@type": "Organization" if row.is_group else "Person",
        "name": row.name,
        "url": base + row.get_absolute_url(),
    }


def _publisher(publication):
    return {
        "@type": "Organization",
        "@id": f"{publication.base}/#publisher",
        "name": publication.name,
        "url": f"{publication.base}/",
    }
