"""Which files of a place are texts, and of what sort, by their names and what the configuration says of folders."""

import posixpath
import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from ..documents import LeftOut, Refusal, Sort
from ..places import Unreadable
from . import fields, links
from .setups import Dialect

_OTHERS = (".qmd", ".rmd", ".rst", ".adoc", ".asciidoc", ".org", ".textile", ".mdx", ".ipynb", ".pandoc")
_PAGES, _TEMPLATES = (".html", ".htm"), (".njk", ".liquid", ".html", ".webc", ".hbs")
_BUNDLE = re.compile(r"index(?:\.[\w-]+)?\.(?:md|markdown)")
_HIDDEN = {"_layouts", "_includes", "_site", "_sass", "_data", "_plugins", "_assets", "vendor"}


class Part(NamedTuple):
    """What a file is there: a draft by its folder, an article or a page; `code` is the language that its name says."""

    sort: Sort = Sort.ARTICLE
    is_draft: bool = False
    code: str = ""
    below: str = ""


def is_text(name):
    """Whether a file of that `name` is Markdown."""
    return name.lower().endswith(links.TEXTS)


class Parts:
    """Judges the files of one place."""

    def __init__(self, place, setup):
        self.place, self.setup = place, setup
        self._bundles = {
            posixpath.dirname(name)
            for name in place.names()
            if setup.dialect in {Dialect.HUGO, Dialect.ZOLA} and _BUNDLE.fullmatch(posixpath.basename(name))
        }

    def part(self, name):
        """Return what the file is: a `Part`, a `Refusal` or `LeftOut`, or None where nothing need be said of it."""
        below = name.removeprefix(self.setup.content)
        known = (*links.TEXTS, *_OTHERS, *_PAGES, *_TEMPLATES)
        if not name.startswith(self.setup.content) or not name.lower().endswith(known):
            return None
        stem, ending = posixpath.splitext(below)
        inside = below.split("/")
        if self.place.title == "_posts" and self.setup.dialect == Dialect.JEKYLL and not self.setup.root:
            inside = ["_posts", *inside]  # that folder alone is given
        if not _HIDDEN.isdisjoint(inside):
            return None
        if name.lower().endswith(_OTHERS):
            return Refusal(name, _("Only Markdown and HTML are taken, and this is %s.") % ending)
        if not is_text(name) and not self._is_html(name, inside):
            is_told = self.setup.dialect == Dialect.ELEVENTY and len(inside) > 1 and not name.lower().endswith(".htm")
            return LeftOut(name, _("It is a template, and only Markdown is taken.")) if is_told else None
        part = Part(below=stem)
        if self.setup.dialect in {Dialect.HUGO, Dialect.ZOLA, Dialect.PLAIN}:
            part = self._with_language(part)
        if self.setup.dialect == Dialect.PLAIN and part.below.endswith("/index"):
            part = part._replace(below=part.below.removesuffix("/index"))
        judged = {Dialect.JEKYLL: self._jekyll, Dialect.HEXO: self._jekyll, Dialect.HUGO: self._hugo, Dialect.ZOLA: self._hugo,
                  Dialect.PELICAN: self._pelican, Dialect.ELEVENTY: self._eleventy}.get(self.setup.dialect)  # fmt: skip
        found = judged(part, inside) if judged else part
        return found if isinstance(found, Part) else LeftOut(name, found)

    def _is_html(self, name, inside):
        """Whether a file is a text in HTML, as the system takes them."""
        if not name.lower().endswith(_PAGES):
            return False
        if self.setup.dialect == Dialect.HUGO or {"_posts", "_drafts"} & set(inside):
            return True
        if self.setup.dialect == Dialect.PELICAN:
            readers = self.setup.settings.get("readers")
            return not (isinstance(readers, dict) and readers.get("html", True) is None) and inside[0] != "extra"
        return self.setup.dialect == Dialect.JEKYLL and self._begins(name).startswith((b"---", b"\xef\xbb\xbf---"))

    def _begins(self, name):
        try:
            with self.place.open(name) as file:
                return file.read(6)
        except Unreadable:
            return b""

    def _with_language(self, part):
        codes, (first, _slash, rest) = self.setup.languages, part.below.partition("/")
        for code, own in codes.items():
            if rest and posixpath.basename(str(own.get("contentdir", "")).rstrip("/")) == first:
                return part._replace(code=code, below=rest)
        stem, dot, code = part.below.rpartition(".")
        known = code.lower() in codes if codes else re.fullmatch(r"[a-z]{2}(?:-[A-Za-z]{2})?", code)
        return part._replace(code=code.lower(), below=stem) if dot and stem and known else part

    def _jekyll(self, part, inside):
        if "_posts" in inside[:-1]:
            return part
        if "_drafts" in inside[:-1]:
            return part._replace(is_draft=True)
        if inside[0].startswith("_"):
            told = self.setup.settings.get("collections")
            if isinstance(told, dict | list) and inside[0][1:] in told:
                own = told[inside[0][1:]] if isinstance(told, dict) else None
                is_shown = isinstance(own, dict) and fields.flag(own.get("output")) is True
                return part if is_shown else part._replace(is_draft=True)
            included = self.setup.settings.get("include")
            if isinstance(included, list) and inside[0] in [str(each).strip("/") for each in included]:
                return part._replace(sort=Sort.PAGE)
            told = {"system": self.setup.dialect, "folder": inside[0]}
            return _("%(system)s shows nothing of the folder %(folder)s.") % told
        excluded = self.setup.settings.get("exclude")
        if isinstance(excluded, list) and any("/".join(inside).startswith(str(each)) for each in excluded if each):
            return _("Its configuration leaves it out.")
        return part._replace(sort=Sort.PAGE)

    def _hugo(self, part, inside):
        folder, last = posixpath.split(part.below)
        if last == "_index":
            return _("It introduces a list, for which there is no place here.")
        above = self.setup.content + "/".join(inside[:-1])
        while above and last != "index":
            if above in self._bundles:
                return _("It is a part of the text in whose folder it lies, and Hugo shows no page of it.")
            above = posixpath.dirname(above)
        if last == "index" and folder:
            part = part._replace(below=folder)
        is_page = "/" not in part.below or part.below.partition("/")[0] in {"page", "pages"}
        return part._replace(sort=Sort.PAGE) if is_page else part

    def _pelican(self, part, inside):
        pages = self.setup.settings.get("page_paths")
        pages = pages if isinstance(pages, list) else ["pages"]
        posts = self.setup.settings.get("article_paths")
        posts = [str(each).strip("/") for each in posts] if isinstance(posts, list) else [""]
        below = "/".join(inside)
        if not any(not each or below.startswith(f"{each}/") for each in (*posts, *(str(page) for page in pages))):
            return _("Its configuration leaves it out.")
        return part._replace(sort=Sort.PAGE) if inside[0] in pages and len(inside) > 1 else part

    def _eleventy(self, part, inside):
        return part._replace(sort=Sort.PAGE) if len(inside) == 1 else part
