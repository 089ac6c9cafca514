"""What stands between a text and its readers, and what could be better."""

from dataclasses import dataclass
from urllib.parse import unquote

from django.contrib.flatpages.models import FlatPage
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from ..middleware import present_path
from ..models import Article, Author, Link, Picture, Series, Source, Theme, addresses, called
from ..text import charts
from ..text.inspect import inspect
from .rules import unready

SECTIONS = {"articles": Article, "themes": Theme, "authors": Author, "series": Series}
MOST_PLACES = 1_000
LONG_TITLE = 90  # characters; search engines and cards cut longer ones


@dataclass(frozen=True)
class Check:
    """One thing to look at: whether it stops publication, in words, and where (a field; characters of the body)."""

    blocks: bool
    message: str
    field: str
    start: int | None = None
    end: int | None = None


def checks(fields, article):
    """Return the `Check`s of `fields`, typed for `article` (None: a new one): first what stops publication."""
    found = [Check(True, message, field) for field, message in unready(fields, article).items()]
    if len(fields.title) > LONG_TITLE:
        found.append(Check(False, _("The title is long: search results will cut it."), "title"))
    for place in inspect(fields.body)[:MOST_PLACES]:
        blocks, message = _judged(place, article)
        if message:
            found.append(Check(blocks, message, "body", place.start, place.end))
    return sorted(found, key=lambda check: not check.blocks)


def refuse_blocked(fields, article):
    """Raise ValidationError with everything in the text that stops publication."""
    stops = [check.message for check in checks(fields, article) if check.blocks and check.start is not None]
    if stops:
        raise ValidationError({"body": stops})


def _judged(place, article):
    """Return whether the `Place` stops publication, and what to say of it (nothing: it is well)."""
    if place.what == "link":
        return True, "" if leads_somewhere(place.names, article) else _("This link leads nowhere: %s") % place.names
    if place.what == "name":
        return True, _name_judged(place.names, article)
    if place.what == "picture":
        return True, "" if _is_stored(place.names) else _("There is no such picture: %s") % place.names
    if place.what == "bare picture":
        if not _is_stored(place.names):
            return True, _("There is no such picture: %s") % place.names
        decorative = Picture.objects.filter(file=place.names.rpartition("/")[2], is_decorative=True).exists()
        return True, "" if decorative else _("Say in words what this picture shows, between the square brackets.")
    if place.what.startswith("chart: "):
        line, _mark, about = place.names.partition("\0")
        words = _undrawn(place.what.removeprefix("chart: ")) % {"about": about}
        return False, _("Line %(line)s, chart: %(words)s") % {"line": line, "words": words}
    advice = {
        "citation": (True, _("There is no source with the key %s.")),
        "undated": (True, _("A line of a timeline begins with a date, such as 2019-07-12: … This one doesn’t: %s")),
        "unknown note": (True, _("The note [^%s] is mentioned but not written.")),
        "unused note": (False, _("The note [^%s] is written but mentioned nowhere.")),
        "skipped level": (False, _("This heading (%s) skips a level.")),
        "long": (False, _("This paragraph is long%s: a break would help.")),
        "unsourced": (False, _("A figure without a source: %s")),
    }
    if place.what == "citation" and Source.objects.filter(key=place.names).exists():
        return True, ""
    blocks, words = advice[place.what]
    return blocks, words % place.names


def _undrawn(code):
    """Return what is wrong with a chart, by the code of `text.charts`; readers are shown its table meanwhile."""
    kinds, settings = ", ".join(charts.KINDS), ", ".join(charts.SETTINGS)
    return {
        "setting": _("this is no setting of a chart: %(about)s. Settings are {}; an empty line ends them.").format(
            settings
        ),
        "no type": _("say what kind it is: type: {}.").format(kinds),
        "type": _("there is no kind “%(about)s”; there are {}.").format(kinds),
        "no title": _("a chart needs a title."),
        "from": _("“from” is a number, where the axis begins, not “%(about)s”."),
        "no table": _("no table of this text is called “%(about)s”; its name stands above it: Table: …"),
        "no figures": _(
            "below the settings and an empty line comes a table: labels, then at least one column of figures."
        ),
        "columns": _("a chart has at most %(about)s columns of figures."),
        "slope": _("a slope chart has two columns of figures: before and after."),
        "rows": _("a chart of this kind has at most %(about)s rows."),
        "cells": _("this row has %(about)s cells."),
        "comma": _(
            "in “%(about)s” the comma is unclear: decimals have a point (12.5), thousands groups of three (12,500)."
        ),
        "number": _("“%(about)s” is no figure. Write 12.5, ≈12.5 for an estimate, or leave the cell empty."),
        "negative": _("“%(about)s” is below nought, which can’t be stacked."),
        "order": _("the dates are not in order, the earliest first."),
    }[code]


def _name_judged(name, article):
    """Return what is wrong with the link by `name` in a text of `article` (None: a new one), or nothing."""
    known = Link.objects.filter(article=article, name=name).first() if article else None
    target = known.target if known else called(name)
    if target is None:
        return _("[[%s]] leads nowhere: nothing goes by that name.") % name
    if isinstance(target, Article) and target != article and not (target.published_at and not target.withdrawn_at):
        return _("[[%s]] leads to an article that readers don’t see.") % name
    return ""


def _is_stored(address):
    if not address.startswith("/pictures/"):
        return False  # a page asks nothing of any other host, so the picture would not be shown
    try:
        return default_storage.exists(address.removeprefix("/pictures/"))
    except ConnectionError:
        return True  # nothing is known of it now, and a text doesn't wait for the store of pictures


def leads_somewhere(address, article=None):
    """Whether the local `address` answers, or will once what is scheduled is out; `article` counts as out itself."""
    path = unquote(address.partition("#")[0].partition("?")[0])
    try:
        view = resolve(path)
    except Resolver404:
        return present_path(path) is not None
    if view.url_name == "plain-page":
        return FlatPage.objects.filter(url=path).exists() or present_path(path) is not None
    section = path.split("/")[1]
    slugs = view.kwargs.get("slug") or view.kwargs.get("slugs")
    if section not in SECTIONS or not slugs:
        return True
    rows = [addresses.holder(SECTIONS[section], slug) for slug in slugs.split("+")]
    if section == "articles":
        return all(row and (row == article or (row.published_at and not row.withdrawn_at)) for row in rows)
    return all(rows)


def linking_here(row, within=None):
    """Return the articles that link to `row` (an article or a theme), by title.

    Their public texts are looked at, and the working copies of those `within` (a queryset; default: all).
    """
    links = row.links_here.exclude(article=None)
    if within is not None:
        links = links.filter(Q(is_live=True) | Q(article__in=within.values("pk")))
    found = Article.objects.filter(pk__in=links.values("article"), deleted_at=None)
    return [other for other in found.order_by("title") if other != row]
