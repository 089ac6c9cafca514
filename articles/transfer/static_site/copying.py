"""One file of a copy after the other: asked for, turned into what a static host can serve, put in place."""

from typing import NamedTuple
from urllib.parse import quote, urljoin

from django.template.loader import render_to_string

from ...middleware import Publication
from ...views.lists import front_themes
from . import rewriting
from .addresses import in_copy, original, path_of
from .fetching import Answer, ask
from .folder import Folder
from .manifest import packed

NOT_FOUND, NOWHERE = "404.html", "/_/nowhere/"
MOST_STEPS = 3  # from a former address to the present one
PAGE = (".html", ".htm")
REDIRECTS = range(300, 400)


class Job(NamedTuple):
    """A file to copy: its name and its address on the site."""

    name: str
    address: str


class Surroundings(NamedTuple):
    """What all files of a run share: the folder, the addresses that answer with nothing."""

    path: str
    dead: frozenset


class Copied(NamedTuple):
    """What became of a file.

    `kind` is "file", "moved" (leads to the address `target`), "gone" (was withdrawn), "missing", or "failed" for the reason
    `target`. `links` are the addresses of the copy that it leads to, `packed`.
    """

    name: str
    kind: str
    target: str = ""
    written: bool = False
    links: bytes = packed(())
    facet: tuple | None = None


def copy(surroundings, jobs):
    """Return what became (`Copied`) of each of the `jobs`."""
    copier = Copier(surroundings)
    return [copier.copy(job) for job in jobs]


class Copier:
    """Copies files of one run."""

    def __init__(self, surroundings):
        self.folder, self.dead = Folder(surroundings.path), surroundings.dead
        self.publication = Publication()
        self.base = self.publication.base

    def copy(self, job):
        """Return what became (`Copied`) of one `Job`."""
        try:
            return self._put(job, self._asked(job))
        except OSError as error:
            return Copied(job.name, "failed", f"{error.filename or job.name}: {error.strerror or error}")

    def is_dead(self, path):
        """Return whether the site has nothing at what has the `path` (percent-decoded) in the copy, or leads on to nothing."""
        address = quote(path)
        for _step in range(MOST_STEPS):
            answer = ask(original(address), self.base)
            if answer.status not in REDIRECTS:
                return answer.status == 404
            address = self._target(answer)
            if address is None:
                return True
        return False

    def _asked(self, job):
        if job.name == NOT_FOUND:
            return ask(NOWHERE, self.base)._replace(status=200, facet=None)
        if job.address == "/search/":
            return Answer(200, "text/html", self._page("articles/copy_search.html", themes=front_themes()))
        return ask(job.address, self.base)

    def _put(self, job, answer):
        if answer.status in REDIRECTS:
            return self._moved(job, answer)
        if answer.status == 404:
            return Copied(job.name, "missing", written=self.folder.clear(job.name))
        if answer.status not in {200, 410}:
            return Copied(job.name, "failed", f"{job.address}: {answer.status}")
        links = rewriting.Links(self.base, job.address, self.dead)
        content = rewriting.copied(answer.content, answer.kind, links)
        kind = "file" if answer.status == 200 else "gone"
        written = self.folder.put(job.name, content)
        return Copied(job.name, kind, written=written, links=packed(links.found), facet=answer.facet)

    def _moved(self, job, answer):
        """Put a page that leads on where `answer` does, or for what is no page, such as a feed, what is there now."""
        target = self._target(answer)
        if target is None or path_of(target) in self.dead:
            return Copied(job.name, "missing", written=self.folder.clear(job.name))
        if job.name.endswith(PAGE):
            content = self._page("articles/moved.html", to=target, whole=urljoin(self.base, target))
            return Copied(job.name, "moved", target, self.folder.put(job.name, content), packed((target,)))
        for _step in range(MOST_STEPS):
            address = original(target)
            answer = ask(address, self.base)
            if answer.status == 200:
                links = rewriting.Links(self.base, address, self.dead)
                content = rewriting.copied(answer.content, answer.kind, links)
                written = self.folder.put(job.name, content)
                return Copied(job.name, "moved", target, written, packed({target, *links.found}))
            target = self._target(answer)
            if target is None:
                break
        return Copied(job.name, "missing", written=self.folder.clear(job.name))

    def _target(self, answer):
        """Return the address in the copy to which `answer` leads on, or None."""
        path, _question, query = answer.location.partition("?")
        return in_copy(path, query) if answer.location else None

    def _page(self, template, **context):
        """Return a page of the copy's own, as bytes."""
        request = _Request(self.publication)
        html = render_to_string(template, context | {"request": request})
        return html.encode()


class _Request(NamedTuple):
    """What the frame of a page needs to know of a request."""

    publication: Publication
    path: str = "/search/"
