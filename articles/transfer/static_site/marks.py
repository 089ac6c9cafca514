"""What tells of a file, without asking for it, that it is what it was: marks that the site changes with what it shows.

They are read before a page is asked for, and so are at most older than what was written: then it is asked for once more.

    cards, charts             the mark of the content at the end of their address
    an article and its files  the serial of its rendition, while that is kept, until something in it falls due
    a source                  the serials of the articles that cite it and are out
    lists, feeds, sitemaps    the mark of the facet on which they say to depend, until the next article falls due

All else (versions, histories, plain pages, calendars) is asked for by each run.
"""

import hashlib
import re

from django.db.models import F

from ...models import Citation, Edition, FacetMark, Rendition, standing
from ...models.rendition import COLUMNS, made_by, stamp
from . import fetching
from .copying import Job

_ARTICLE = re.compile(r"/articles/(?!\d{4}/)([-\w]+)/(?:cite\.\w+|sources\.\w+|charts/\d+\.csv)?", re.ASCII)
_SOURCE = re.compile(r"/sources/([-\w]+)/", re.ASCII)


class Marks:
    """The marks of one run over the `publication`, that begins at the instant `now`.

    `anew`: nothing is known to be what it was.
    """

    def __init__(self, publication, now, anew):
        self.now = now
        wide, names = Edition.objects.values_list("wide", "names").first() or ("", "")
        _state, seconds = standing()
        self.until = str(int(now.timestamp() + seconds)) if seconds is not None else "-"  # when an article falls due
        self.stamp = f"{names} {made_by()} {publication.base}"
        self.rendered = stamp(names, publication.domain)
        self.wide = wide
        self.facets = {
            (kind, value): mark for kind, value, mark in FacetMark.objects.values_list("kind", "value", "mark")
        }
        self.anew = anew

    def jobs(self, part, folder):
        """Tell of the `part`, each a `File`, what is to be asked for and what is known to be what it was.

        Return ([`Job`, …], {name: mark} of those that have one before they are asked for, [`File`, …] that stay).
        """
        slugs = {found[1] for file in part if (found := _ARTICLE.fullmatch(file.address))}
        articles = self._articles(slugs)
        cited = self._cited({found[1] for file in part if (found := _SOURCE.fullmatch(file.address))})
        jobs, marks, stay = [], {}, []
        for file in part:
            name, address, kept, links = file
            found = _ARTICLE.fullmatch(address)
            is_held = True
            if found:
                marks[name], is_held = articles.get(found[1], ("", False))
            elif source := _SOURCE.fullmatch(address):
                marks[name] = self._mark("source", self.wide, cited[source[1]])
            elif "?v=" in address:
                marks[name] = self._mark("v", address)
            elif fetching.is_for_ever(name):
                marks[name] = "for ever"
            present = marks.get(name) or self._of_facet(kept)
            known = kept and _digest(kept) == _digest(present) and not self._is_over(kept) and links is not None
            if known and is_held and not self.anew and folder.has(name):
                stay.append(file)
            else:
                jobs.append(Job(name, address))
        return jobs, marks, stay

    def of(self, copied, mark):
        """Return the mark by which what was `copied` will be known; `mark` is the one it had before, if any."""
        if copied.kind != "file":
            return ""
        if mark:
            return mark
        if not copied.facet:
            return ""
        return f"{copied.facet[0]}.{copied.facet[1]} {self.until} {self._facet(copied.facet)}"

    def _of_facet(self, kept):
        """Return the present mark of the facet that the mark `kept` is of."""
        found = re.match(r"(\d+)\.(\d+) ", kept)
        return self._facet((int(found[1]), int(found[2]))) if found else ""

    def _is_over(self, kept):
        """Whether something has fallen due since the mark `kept` was given that may show in what it is of."""
        found = re.search(r"(?:^| )(\d+) \w+$", kept)
        return bool(found) and int(found[1]) <= self.now.timestamp()

    def _facet(self, facet):
        return self._mark(self.wide, self.facets.get(tuple(facet), ""))

    def _mark(self, *parts):
        return hashlib.sha256(repr((self.stamp, *parts)).encode()).hexdigest()[:32]

    def _articles(self, slugs):
        """Return {slug: (mark, whether its page is kept and holds)} of the articles at `slugs`."""
        if not slugs:
            return {}
        rows = Rendition.objects.filter(article__slug__in=slugs, article__withdrawn_at=None)
        kept = set(rows.exclude(page=b"").values_list("pk", flat=True))
        found = {}
        for row in rows.annotate(slug=F("article__slug")).defer(*COLUMNS):
            is_held = row.pk in kept and row.holds(self.rendered, self.now)
            # What is made only now shows nothing else before the next article falls due, whichever that is.
            until = (str(int(row.until.timestamp())) if row.until else "-") if is_held else self.until
            found[row.slug] = f"{until} {self._mark('article', row.pk, row.serial)}", is_held
        return found

    def _cited(self, keys):
        """Return {key: [(article, serial of its rendition), …]} of the articles that cite the sources `keys`."""
        told = {key: [] for key in keys}
        rows = Citation.objects.filter(
            source__key__in=keys, article__published_at__lte=self.now, article__withdrawn_at=None
        )
        named = ("source__key", "article", "article__rendition__serial")
        for key, *article in rows.order_by(*named).values_list(*named) if keys else ():
            told[key].append(article)
        return told


def _digest(mark):
    """Return what a `mark` says without what it is of, and until when."""
    return mark.rpartition(" ")[2]
