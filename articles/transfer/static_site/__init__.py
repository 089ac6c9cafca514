"""The whole public site as static files, which any web server, object store or archive can serve.

It is walked from its sitemap, its front page and what else must be there, along every link that leads to what a copy has
(`addresses`), as somebody without a name sees it. A run asks again for what may have changed since the last one and
writes what differs; what nothing leads to any more is removed at the end, and only when everything else went well.
"""

import hashlib
import json
import time
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from urllib.parse import quote, unquote

from django.contrib.redirects.models import Redirect
from django.db.models import Count, Max
from django.templatetags.static import static
from django.utils.translation import gettext as _

from ... import processes
from ...middleware import Publication
from ...models import Article, standing
from ...models.rendition import made_by
from . import copying, hosting
from .addresses import file_at, file_of, original, path_of
from .folder import Refused, opened
from .manifest import unpacked
from .marks import Marks

__all__ = ["Account", "Refused", "export"]

PART = 25  # files that a process is given at a time
PAUSE = 5  # seconds between two lines
ROUNDS = 3  # while people publish
MOST_KNOWN = 200_000  # addresses that a run remembers to have wanted
FIRST = ("/", "/sitemap.xml", "/robots.txt", "/feeds.opml", "/search/")
_HISTORY = "/history/"


@dataclass
class Account:
    """What a run did: files by what became of them, how many were written and removed, what failed and leads to nothing, in words.

    `settled` is whether nothing was published meanwhile, `nothing` whether there was nothing to do.
    """

    kinds: Counter = field(default_factory=Counter)
    asked: int = 0
    written: int = 0
    removed: int = 0
    failed: list = field(default_factory=list)
    dead: list = field(default_factory=list)
    left: list = field(default_factory=list)
    settled: bool = True
    nothing: bool = False


def export(path, *, now, workers=1, anew=False, say=lambda line: None):
    """Bring the copy of the site in the folder `path` in line with what readers see; return an `Account`.

    `now()` gives the present instant (aware). Work in as many processes as there are `workers`; `anew`: ask for everything,
    whatever is known of it. `say(line)` is told now and then how far it is. Raise Refused for a folder that can't be had, and where static files were not collected.
    """
    try:
        static("site.css")
    except ValueError as error:
        raise Refused(_("The static files have not been collected: run manage.py collectstatic first.")) from error
    with opened(path) as (folder, manifest):
        state = _state()
        if not anew and manifest.told("standing") == state:
            return Account(nothing=True)
        account, asked, written, removed = None, 0, 0, 0
        for number in range(ROUNDS):
            account = _Run(folder, manifest, now, workers, anew and not number, say).whole()
            asked, written, removed = asked + account.asked, written + account.written, removed + account.removed
            before, state = state, _state()
            account.settled = before == state
            if account.settled or account.failed:
                break
        if account.settled and not account.failed:
            manifest.tell(standing=state)
        account.asked, account.written, account.removed = asked, written, removed
        return account


def _state():
    """Return what tells one state of all that a copy holds from the next."""
    state = standing()[0], *Redirect.objects.aggregate(Count("pk"), Max("pk")).values()
    return hashlib.sha256(repr((state, made_by(), Publication().base)).encode()).hexdigest()


class _Run:
    """One walk through the site."""

    def __init__(self, folder, manifest, now, workers, anew, say):
        self.folder, self.manifest, self.now, self.workers, self.say = folder, manifest, now, workers, say
        self.account = Account()
        publication = Publication()
        self.base = publication.base
        dead = set(json.loads(manifest.told("dead", "[]")))
        copier = copying.Copier(copying.Surroundings(folder.path, frozenset()))
        self.dead = {address for address in dead if copier.is_dead(address)}
        # Where something is there again, nobody knows which pages lead to it.
        self.marks = Marks(publication, now(), anew or self.dead != dead)
        self.number = manifest.begin()
        self.known = set()  # addresses that were led to already
        self.began = self.told = time.monotonic()
        self.done = 0

    def whole(self):
        """Walk; return the `Account`."""
        pool = None
        if self.workers > 1:  # started anew: what was forked would share this process's connections
            pool = ProcessPoolExecutor(self.workers, mp_context=get_context("spawn"), initializer=processes.begin)
        try:
            self._walk(pool)
        finally:
            if pool:
                pool.shutdown(cancel_futures=True)
        gone = [original(address) for _name, address, _target, _links in self.manifest.of(self.number, "gone")]
        missing = {name for name, _address, _target, _links in self.manifest.of(self.number, "missing")}
        leading = [(old, new) for old, new in self.redirects if file_at(old) not in missing]
        self.account.written += hosting.write(self.folder, leading, [unquote(path) for path in gone])
        if not self.account.failed:
            self._remove()
        self.account.dead = sorted(self.dead)
        return self.account

    def _walk(self, pool):
        """Copy all that is led to, then what stands at former addresses, then again what leads to nothing."""
        self.manifest.want(copying.NOT_FOUND, copying.NOWHERE, self.number)
        with self.manifest.at_once():
            for address in self._first():
                self._want(address)
        self._work(pool)
        self.redirects, self.account.left = hosting.moved()
        with self.manifest.at_once():
            for path in hosting.former(self.redirects):
                self.manifest.want(file_at(path), quote(path), self.number)
        self._work(pool)
        for _step in range(copying.MOST_STEPS):  # what led to nothing leads there no more, nor what led to that
            found = {name for name, _address, _target, _links in self.manifest.of(self.number, "missing")}
            newly = {f"/{name.removesuffix('index.html')}" for name in found} - self.dead
            self.dead |= newly
            if not newly or not self._mend(newly):
                break
            self._work(pool)
        self._tell_dead()

    def _first(self):
        """Yield the addresses from which everything else is reached, and those to which nothing may lead."""
        yield from FIRST
        for day in Article.objects.public(self.now()).datetimes("published_at", "month"):
            yield f"/articles/{day:%Y}/{day:%m}/"
        for article in Article.objects.once_public(self.now()).exclude(withdrawn_at=None).only("slug").iterator():
            yield article.get_absolute_url()

    def _want(self, address):
        """Have the file at the `address` of the copy fetched, unless it is known, and what a script leads to beside it."""
        name = file_of(address)
        self.manifest.want(name, original(address), self.number)
        if address.endswith(_HISTORY) and address.startswith("/articles/"):
            changes = address.removesuffix(_HISTORY) + "/changes/"
            self.manifest.want(file_of(changes), changes, self.number)

    def _work(self, pool):
        """Copy what waits, and what that leads to, until nothing does."""
        told = copying.Surroundings(str(self.folder.path), frozenset(self.dead))
        work, running = partial(copying.copy, told), {}
        while True:
            while len(running) < 2 * self.workers and (part := self.manifest.take(PART)):
                jobs, marks, stay = self.marks.jobs(part, self.folder)
                self._keep(stay)
                if not jobs:
                    continue
                if pool:
                    running[pool.submit(work, jobs)] = marks
                else:
                    self._note(work(jobs), marks)
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                self._note(future.result(), running.pop(future))

    def _note(self, copied, marks):
        """Take note of what became of some files; `marks` are what tells of each that it is what it was."""
        with self.manifest.at_once():
            for each in copied:
                self.account.kinds[each.kind] += 1
                self.account.written += each.written
                if each.kind == "failed":
                    self.account.failed.append(each.target)
                mark = self.marks.of(each, marks.get(each.name, ""))
                self.manifest.done(each.name, each.kind, each.target, mark, each.links)
                self._follow(each.links)
        self.account.asked += len(copied)
        self._count(len(copied))

    def _keep(self, files):
        """Leave the `files`, each a `File`, as they are."""
        with self.manifest.at_once():
            for file in files:
                self._follow(file.links)
        self.account.kinds["file"] += len(files)
        self._count(len(files))

    def _follow(self, links):
        """Have what the `links` (`packed`) lead to fetched."""
        new = unpacked(links) - self.known
        if len(self.known) > MOST_KNOWN:
            self.known.clear()
        self.known |= new
        for address in new:
            self._want(address)

    def _count(self, done):
        """Say now and then how far it is, with so many more files `done`."""
        self.done += done
        now = time.monotonic()
        if now - self.told >= PAUSE:
            self.told = now
            self.say(self._pace(now))

    def _pace(self, now):
        waiting, pace = self.manifest.waiting(), self.done / (now - self.began)
        return (
            f"{self.done:,} files, {waiting:,} known to follow, {pace:.0f} a second, {self.account.written:,} written"
        )

    def _mend(self, dead):
        """Have pages copied again that lead to an address of `dead`; return whether there are any."""
        copied = self.manifest.of(self.number, "file", "gone", "moved")
        found = [name for name, *_rest, links in copied if not dead.isdisjoint(map(path_of, unpacked(links)))]
        with self.manifest.at_once():
            for name in found:
                self.manifest.again(name)
            self._tell_dead()  # at once: a run that is killed now is gone on with by one that knows why links have gone
        return bool(found)

    def _tell_dead(self):
        self.manifest.tell(dead=json.dumps(sorted(self.dead)))

    def _remove(self):
        """Remove the files to which this run didn't come."""
        for name in self.manifest.left_over(self.number):
            self.account.removed += self.folder.clear(name)
            self.manifest.forget(name)
