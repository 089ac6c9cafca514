"""What readers must not see, in every state it can be in, and every public address at which they could look for it.

Each field of what is hidden holds a word of its own. The addresses come from the resolver: one that nobody has thought
about has no entry in `SURFACES`, and the walk says so.
"""

import datetime
import itertools
import random
import re
import string
import uuid
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import get_resolver
from django.utils import timezone

from articles import publishing
from articles.models import Article, Author, Picture, Revision, Series, Source

from .make import ago, change, make_article, make_author, make_fields, make_series, make_theme

Kind = Revision.Kind
FEED = ("rss", "atom", "json")
MORE = {"format": FEED, "reference": ("bib", "ris", "json")}
# By name of the address (or its route where it has none): what is asked there. {slug} is that of an article, {theme},
# {author}, {series}, {key} of a source, {picture}, {token} of a draft link; {word} is any hidden word, {part} one begun.
SURFACES = {
    "health/": ["/health/"], "health/ready/": ["/health/ready/"],
    "front": ["/", "/?theme={theme}", "/?author={author}"], "front-feed": ["/feed.{format}", "/feed.{format}?archive=1"],
    "articles": ["/articles/", "/articles/?theme={theme}", "/articles/?author={author}", "/articles/?language=en&page=2"],
    "articles-feed": ["/articles/feed.{format}", "/articles/feed.{format}?author={author}&theme={theme}"],
    "year": ["/articles/{year}/", "/articles/{coming}/"], "year-feed": ["/articles/{year}/feed.{format}"],
    "month": ["/articles/{year}/{month}/"], "month-feed": ["/articles/{year}/{month}/feed.{format}"],
    "article": ["/articles/{slug}/", "/articles/{id}/"],
    "history": ["/articles/{slug}/history/"], "history-feed": ["/articles/{slug}/history/feed.{format}"],
    "version": ["/articles/{slug}/versions/1/", "/articles/{slug}/versions/2/", "/articles/{slug}/versions/3/"],
    "changes": ["/articles/{slug}/changes/?since=2020-01-01", "/articles/{slug}/changes/"],
    "chart": ["/articles/{slug}/charts/1.svg"], "chart-narrow": ["/articles/{slug}/charts/1-narrow.svg"],
    "chart-figures": ["/articles/{slug}/charts/1.csv"],
    "front-card": ["/card.png"], "article-card": ["/articles/{slug}/card.png"], "theme-card": ["/themes/{theme}/card.png"],
    "timeline": ["/timeline/", "/timeline/?theme={theme}", "/timeline/?order=latest"],
    "timeline-feed": ["/timeline/feed.{format}"], "timeline-csv": ["/timeline/timeline.csv"],
    "timeline-ics": ["/timeline/timeline.ics"],
    "updates": ["/updates/"], "updates-feed": ["/updates/feed.{format}"],
    "corrections": ["/corrections/"], "corrections-feed": ["/corrections/feed.{format}"],
    "cite": ["/articles/{slug}/cite.{reference}"], "article-sources": ["/articles/{slug}/sources.{reference}"],
    "theme-sources": ["/themes/{theme}/sources.{reference}"],
    "themes": ["/themes/"],
    "hub": ["/themes/{theme}/", "/themes/libya+syria/", "/themes/syria/?not=libya", "/themes/{theme}/?author={author}"],
    "hub-feed": ["/themes/{theme}/feed.{format}", "/themes/libya+syria/feed.{format}"],
    "author": ["/authors/{author}/"], "author-feed": ["/authors/{author}/feed.{format}"],
    "series": ["/series/{series}/"], "series-feed": ["/series/{series}/feed.{format}"],
    "search": ["/search/?q={word}", "/search/?q={part}", "/search/?q={part}*", "/search/?q=%22{word}%22&author={author}"],
    "search-feed": ["/search/feed.{format}?q={word}"],
    "suggestions": ["/search/suggestions/?q={part}"], "opensearch": ["/opensearch.xml"],
    "sources": ["/sources/"], "source": ["/sources/{key}/"],
    "feeds": ["/feeds/"], "opml": ["/feeds.opml", "/feeds.opml?theme={theme}"],
    "shared-draft": ["/drafts/{token}/"],
    "picture": ["/pictures/{picture}"], "shared-picture": ["/drafts/{token}/pictures/{picture}"],
    "sitemap": ["/sitemap.xml"],
    "sitemap-section": [f"/sitemap-{name}.xml" for name in ("pages", "articles-0", "themes-0", "authors-0", "series-0", "sources-0")],
    "robots": ["/robots.txt"], "plain-page": ["/about/", "/{slug}/"],
    None: ["/no-such-page/", "/admin/login/", "/articles/{id}/history/"],
}  # fmt: skip
PLACE = re.compile(r"\{(\w+)\}")


def public_addresses(patterns=None, before=""):
    """Return the names (or routes) of every address that is not the desk's, as the resolver has them."""
    found = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            found += public_addresses(pattern.url_patterns, route)
        elif not route.startswith("admin/"):
            found.append(pattern.name or route)
    return found


@dataclass
class Hidden:
    """One thing that readers don't see: its state, its words as {word: field}, and what stands in addresses for it.

    `told` are the fields that readers know by right, {surface: fields}.
    """

    state: str
    words: dict
    values: dict
    told: dict = field(default_factory=dict)


def a_word():
    """Return a word that is nowhere else."""
    return "xq" + "".join(random.choices(string.ascii_lowercase, k=12))  # noqa: S311 - no secret


def hide(state, **kw):
    """Return (fields, Hidden): `Fields` with a word of its own in each place, with rows that nothing else uses."""
    w = {name: a_word() for name in (
        "title", "slug", "summary", "body", "heading", "note", "event", "chart", "cell", "author", "about", "series",
        "of_series", "key", "source", "publisher", "alt", "caption", "credit", "file", "pixels",
    )}  # fmt: skip
    author = Author.objects.create(name=w["author"], slug=w["author"], about=w["about"])
    series = Series.objects.create(title=w["series"], slug=w["series"], summary=w["of_series"])
    Source.objects.create(key=w["key"], title=w["source"], publisher=w["publisher"], date="2024", folded=w["source"])
    picture = Picture.objects.create(
        file=f"{w['file']}.jpg", width=8, height=8, sized=f"{w['file']}.jpg", digests={"x": ""}, alt=w["alt"],
        caption=w["caption"], credit=w["credit"],
    )  # fmt: skip
    body = (
        f"{w['body']}.[@{w['key']}][^1]\n\n## {w['heading']}\n\n![{w['alt']}](/pictures/{w['file']}.jpg)\n\n[^1]: {w['note']}.\n\n"
        f"```timeline\n2019-07: {w['event']} happened.\n```\n\n```chart\ntype: bar\ntitle: {w['chart']}\n\n"
        f"| Year | {w['cell']} |\n|---|---|\n| 2018 | 4 |\n| 2019 | 5 |\n```\n"
    )
    fields = make_fields(
        w["title"], slug=w["slug"], summary=w["summary"], body=body, themes=["Syria", "Libya"], authors=[author, make_author()],
        series=series, series_order=1, lead_picture=picture.pk,
    )  # fmt: skip
    values = {
        "slug": w["slug"],
        "author": w["author"],
        "series": w["series"],
        "key": w["key"],
        "picture": f"{w['file']}.jpg",
    }
    return replace(fields, **kw), Hidden(state, {word: name for name, word in w.items()}, values)


def store_pictures(*everything):
    """Put the file of each hidden picture where pictures are kept."""
    for hidden in everything:
        pixels = next(word for word, what in hidden.words.items() if what == "pixels")
        default_storage.save(hidden.values["picture"], ContentFile(pixels.encode()))


def stored(fields, **publish):
    """Return the article that is made of `fields`, published if `publish` says how."""
    article = publishing.create(fields, by=None)
    if publish:
        publishing.publish(article, fields, by=None, based_on=article.working_id, **publish)
    return Article.objects.get(pk=article.pk)


def after(article):
    """Return the article as it is now."""
    return Article.objects.get(pk=article.pk)


def talked_about(article, hidden):
    """Let there be remarks, notes, kept words and links of a draft, all of them hidden too."""
    remark, guest, kept, note = (a_word() for _number in range(4))
    publishing.say(article, text=remark, name=guest, quote="x", by=None)
    publishing.save_draft(
        article,
        publishing.Fields.of(article.working),
        by=None,
        based_on=article.working_id,
        kind=Kind.SUBMITTED,
        note=note,
    )
    article = after(article)
    typed = replace(publishing.Fields.of(article.working), title=kept)
    publishing.keep(article, typed, by=None, based_on=article.working_id, form=uuid.uuid4())
    link = publishing.share(article, by=None, days=3)
    hidden.words |= {remark: "remark", guest: "guest", kept: "kept", note: "review note", link.token: "token"}


def corpus():
    """Return what the walk needs: `shown` values, and a function for each state that makes what is hidden in it.

    What is live beforehand leads to much of it: by its translation, its links by name, and what to read next.
    """
    series, syria, libya = make_series("Shared series"), make_theme("Syria"), make_theme("Libya")
    shown = make_article("Shown", slug="shown", themes=[syria], series=series, body="Seen.[^1]\n\n[^1]: A note.")
    shown = change(shown, kind="correction", note="It was wrong.", summary="Better.")
    drafts = {name: stored(make_fields(name, slug=name, themes=[syria])) for name in ("renamed", "translated")}
    leading = make_article(
        "Leading", slug="leading", themes=[syria], at=ago(days=2),
        body="See [[article:renamed]] and [[article:coming|words]].", read_next=(drafts["renamed"].pk,),
        translation_of=drafts["translated"].pk, language="tr",
    )  # fmt: skip
    pending = make_article("Pending", slug="pending", themes=[syria], series=series, at=ago(days=3))
    back = make_article("Back", slug="back", themes=[syria], at=ago(days=4))
    gone = hide("withdrawn")
    made = stored(gone[0], dated=ago(days=1))
    states = {state: hide(state) for state in STATES}
    return SimpleNamespace(
        series=series, syria=syria, libya=libya, shown=shown, drafts=drafts, leading=leading, pending=pending, back=back,
        gone=(made, gone[1]), states=states,
        values={"slug": ["shown", "leading", "pending", "back"], "theme": ["syria", "libya"], "author": ["the-editors"],
                "series": ["shared-series"], "id": [str(shown.pk)], "key": ["no-such-source"], "token": ["no-such-token"],
                "word": ["seen"], "part": ["see"], "picture": ["no-such.jpg"]},
    )  # fmt: skip


def draft(made, fields, hidden):
    """A draft, that was once called otherwise, as a live text knows it; with all that is said around it."""
    article = after(made.drafts["renamed"])
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    talked_about(after(article), hidden)
    return article


def translated(made, fields, hidden):
    """A draft that a live text says it translates."""
    article = after(made.drafts["translated"])
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    return article


def in_review(made, fields, hidden):
    """A draft that was handed in, sent back and approved."""
    article = stored(fields)
    for kind in (Kind.SUBMITTED, Kind.RETURNED, Kind.APPROVED):
        note = a_word()
        publishing.save_draft(after(article), fields, by=None, based_on=after(article).working_id, kind=kind, note=note)
        hidden.words[note] = f"note of {kind}"
    return article


def scheduled(made, fields, hidden):
    """To come in a while."""
    return stored(fields, at=timezone.now() + datetime.timedelta(days=40))


def unscheduled(made, fields, hidden):
    """Was to come, and is a draft again."""
    article = scheduled(made, fields, hidden)
    publishing.withdraw(article, by=None, based_on=article.working_id, note="")
    return article


def deleted(made, fields, hidden):
    """A draft that was deleted."""
    article = stored(fields)
    publishing.discard(article, by=None)
    return article


def working_copy(made, fields, hidden):
    """The working copy of a live article, kept words and remarks too."""
    article = after(made.pending)
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    talked_about(after(article), hidden)
    hidden.values.pop("slug", None)
    return article


def brought_back(made, fields, hidden):
    """An old working copy of a live article, which is that again."""
    article = after(made.back)
    old = publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    publishing.save_draft(after(article), publishing.Fields.of(article.live), by=None, based_on=old.pk)
    publishing.restore(after(article), old, by=None, based_on=after(article).working_id)
    hidden.values.pop("slug", None)
    return article


STATES = {make.__name__: make for make in (
    draft, translated, in_review, scheduled, unscheduled, deleted, working_copy, brought_back,
)}  # fmt: skip


def hide_all(made):
    """Bring everything into its state; return [Hidden, …]."""
    found = []
    for state, (fields, hidden) in made.states.items():
        article = STATES[state](made, fields, hidden)
        hidden.values["id"] = str(article.pk)
        found.append(hidden)
    return found


def withdraw(made):
    """Take from readers what all of them saw; return it as `Hidden`."""
    article, hidden = made.gone
    article = after(article)
    publishing.withdraw(article, by=None, based_on=article.working_id, note="It was wrong.")
    by_name = ("article", "history", "version", "changes", "updates", "updates-feed", "corrections", "corrections-feed")
    told = dict.fromkeys(by_name, ("title", "slug"))
    # Who once wrote for readers, and what once ran, stays: their pages are empty.
    told |= dict.fromkeys(("author", "author-feed"), ("author", "about"))
    told |= dict.fromkeys(("series", "series-feed"), ("series", "of_series"))
    return replace(hidden, told=told)


def asked_at(name, values, words=(), every=1):
    """Return the addresses of the surface `name` with `values` ({place: [value, …]}) put in, and `words` to look for.

    Of the forms and words there are, each `every`th.
    """
    now = timezone.now()
    known = {
        "year": [str(now.year)],
        "month": [f"{now.month:02}"],
        "coming": [str((now + datetime.timedelta(days=40)).year)],
    }
    known |= MORE | values | ({"word": list(words), "part": [word[:-2] for word in words]} if words else {})
    found = []
    for template in SURFACES[name]:
        places = list(dict.fromkeys(PLACE.findall(template)))
        if not all(known.get(place) for place in places):
            continue
        chosen = [list(known[place]) for place in places]
        asked = [template.format(**dict(zip(places, each, strict=True))) for each in itertools.product(*chosen)]
        found += asked[:: every if len(asked) > every else 1]
    return found


def get(client, address):
    """Return the response at `address`, read to its end."""
    response = client.get(address)
    if response.streaming:
        response.told = b"".join(response)
        response.close()
    return response


def seen(response, address, hidden, name):
    """Return the words of `hidden` that the response at `address`, a surface called `name`, tells in its body or headers."""
    body = response.told if response.streaming else response.content
    told = body.decode("utf-8", "replace") + str(response.headers)
    found = []
    for word, what in hidden.words.items():
        if word in address or what in hidden.told.get(name, ()):
            continue
        if word in told:
            found.append(what)
    return found
