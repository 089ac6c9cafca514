"""What a configuration and the files of folders say of all texts below them, which their own heads may say otherwise.

Jekyll: `defaults` (jekyllrb.com/docs/configuration/front-matter-defaults). Hugo: `cascade`, of the site and of `_index.md`
(gohugo.io/content-management/front-matter/#cascade-1). Pelican: DEFAULT_METADATA and EXTRA_PATH_METADATA. Eleventy: data
files of folders and of single texts (11ty.dev/docs/data-template-dir).
"""

import posixpath
import re
from fnmatch import fnmatchcase
from functools import lru_cache

from django.utils.translation import gettext as _

from ..documents import LeftOut, Refusal
from ..places import Unreadable
from . import heads, setups
from .setups import Dialect

REMEMBERED = 4_096  # files of folders
MOST = 200  # entries of a list of such
_PROGRAMS = (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs", ".11tydata.ts")
_LISTS = ("tags", "categories")  # which Eleventy adds up
LONGEST = 1 << 20  # bytes of an _index.md


class Folders:
    """What stands above the texts of one place; `refused` gathers what can't be read of it."""

    def __init__(self, place, setup):
        self.place, self.setup, self.refused = place, setup, []
        self._told = lru_cache(REMEMBERED)(self._read)
        self._cascade = lru_cache(REMEMBERED)(self._cascade_of)
        self._refused = set()

    def said(self, name, part, own):
        """Return the fields of the text `name`, a `Part`: those of its head, `own`, and what is said above it."""
        below = name.removeprefix(self.setup.content)
        if self.setup.dialect == Dialect.HUGO:
            return _flat(self._of_hugo(name, part)) | _flat(own)
        if self.setup.dialect == Dialect.JEKYLL:
            return self._of_jekyll(below, part) | own
        if self.setup.dialect == Dialect.ZOLA:
            return _flat(own, "extra")
        if self.setup.dialect == Dialect.PELICAN:
            return self._of_pelican(below) | own
        return _added_up(self._of_eleventy(name), own) if self.setup.dialect == Dialect.ELEVENTY else own

    # Hugo

    def _of_hugo(self, name, part):
        told, above = {}, self.setup.content
        sources = [self.setup.settings.get("cascade")]
        for folder in ["", *posixpath.dirname(name.removeprefix(above)).split("/")]:
            above = f"{above}{folder}/" if folder else above
            sources.append(self._cascade(above, part.code))
        for source in sources:
            entries = [each for each in (source if isinstance(source, list) else [source]) if isinstance(each, dict)]
            for entry in reversed(entries[:MOST]):  # of one list the first counts
                entry = {str(key).lower(): value for key, value in entry.items()}
                if self._is_meant(entry.get("target") or entry.get("_target"), part):
                    told |= {key: value for key, value in entry.items() if key not in {"target", "_target"}}
        return told

    def _cascade_of(self, folder, code):
        """Return what the head of the `_index` file of a folder says of the texts below it, in the language `code`."""
        first = str(self.setup.settings.get("defaultcontentlanguage") or "en").lower()
        for suffix in dict.fromkeys(
            [f".{code}" if code else "", f".{first}" if not code else "", "" if code == first else None]
        ):
            for ending in (".md", ".markdown", ".html") if suffix is not None else ():
                name = f"{folder}_index{suffix}{ending}"
                if name in self.place:
                    return self._of_index(name)
        return None

    def _of_index(self, name):
        try:
            return heads.taken_apart(heads.decoded(self.place.read(name, LONGEST))[0]).fields.get("cascade")
        except heads.HeadError as error:
            self._refuse(Refusal(name, error.words, error.line))
        except Unreadable as error:
            self._refuse(error.refusal)
        return None

    def _is_meant(self, target, part):
        """Whether what is said for `target` is said of a text; of one of which the kind is not known here, it isn't."""
        targets = target if isinstance(target, list) else [target] if target else []
        return not targets or any(isinstance(each, dict) and self._is_target(each, part) for each in targets[:MOST])

    def _is_target(self, target, part):
        language = part.code or str(self.setup.settings.get("defaultcontentlanguage") or "en")
        has = {"path": f"/{part.below}", "kind": "page", "lang": language, "environment": "production"}
        told = {str(key).lower(): str(value) for key, value in target.items()}
        return all(key in has and is_like(value, has[key]) for key, value in told.items())

    # Jekyll, Pelican

    def _of_jekyll(self, below, part):
        kinds = {"", _kind(below, part)} | ({"posts"} if part.is_draft and "_drafts" in below.split("/") else set())
        found = []
        defaults = self.setup.settings.get("defaults")
        for each in defaults[:MOST] if isinstance(defaults, list) else ():
            scope, values = (each.get("scope"), each.get("values")) if isinstance(each, dict) else (None, None)
            if not isinstance(scope, dict) or not isinstance(values, dict):
                continue
            path, kind = str(scope.get("path") or "").strip("/"), str(scope.get("type") or "")
            if kind in kinds and (not path or is_like(f"{path}/**", below) or is_like(path, below)):
                found.append((len(path), bool(kind), values))
        told = {}
        for _length, _has_kind, values in sorted(found, key=lambda each: each[:2]):  # the narrower counts
            told |= {str(key).lower(): value for key, value in values.items()}
        return told

    def _of_pelican(self, below):
        told, own = self.setup.settings.get("default_metadata"), self.setup.settings.get("extra_path_metadata")
        if isinstance(told, list | tuple):
            told = {
                each[0]: each[1]
                for each in told
                if isinstance(each, tuple) and len(each) == 2 and str(each[0]) == each[0]
            }
        own = own.get(below) if isinstance(own, dict) else None
        both = [each for each in (told, own) if isinstance(each, dict)]
        return {str(key).lower(): value for each in both for key, value in each.items()}

    # Eleventy

    def _of_eleventy(self, name):
        """Return what its data files say of a text: those of its folders from the top, and its own."""
        folder, told, above = posixpath.dirname(name), {}, ""
        stems = []
        for each in folder.split("/") if folder else []:
            above = f"{above}/{each}".lstrip("/")
            stems.append(f"{above}/{each}")
        for stem in [*stems, posixpath.splitext(name)[0]]:
            told = _added_up(told, self._told(stem))
        return told

    def _read(self, stem):
        told = {}
        for name in (f"{stem}{ending}" for ending in _PROGRAMS):
            if name in self.place:
                words = _("It is a program, and programs are not run: what it says of texts is not known.")
                self._refuse(LeftOut(name, words))
                told = self._said_by_program(name)
        for name in (f"{stem}.json", f"{stem}.11tydata.json"):
            if name in self.place:
                try:
                    found = setups.data(self.place, name)
                except Unreadable as error:
                    self._refuse(error.refusal)
                    continue
                found = found if isinstance(found, dict) else {}
                told = _added_up(told, {str(key).lower(): value for key, value in found.items()})
        return told

    def _said_by_program(self, name):
        """Return the pattern of addresses that a program has as plain words; where it computes one, a pattern of nobody's."""
        try:
            text = heads.decoded(self.place.read(name, LONGEST))[0]
        except (heads.HeadError, Unreadable):
            return {}
        said = re.search(r"""\bpermalink["']?\s{0,9}(?::\s{0,9}["'`]([^"'`\n$]{1,300})["'`]|[:(])""", text)
        return {"permalink": said[1] or "{{ program }}"} if said else {}

    def _refuse(self, refusal):
        if refusal.place not in self._refused:
            self._refused.add(refusal.place)
            self.refused.append(refusal)


def _kind(below, part):
    """Return what Jekyll calls a text: of posts, of drafts, of a collection, or a page."""
    inside = below.split("/")[:-1]
    if "_posts" in inside:
        return "posts"
    if "_drafts" in inside:
        return "drafts"
    return next((each[1:] for each in inside if each.startswith("_")), "pages")


def _flat(said, inner="params"):
    """Return fields with those of `inner` among them, which count less (gohugo.io: parameters of one's own)."""
    params = said.get(inner)
    return {str(key).lower(): value for key, value in params.items()} | said if isinstance(params, dict) else said


def _added_up(above, own):
    """Return fields of which the `own` count, but tags and categories add up (11ty.dev/docs/data-deep-merge)."""
    told = above | own
    for key in _LISTS:
        if above.get(key) and own.get(key):
            told[key] = [
                each for value in (above[key], own[key]) for each in (value if isinstance(value, list) else [value])
            ]
    return told


def is_like(pattern, path):
    """Whether a path is like a pattern: `*` is anything in one part, `**` any parts, `{a,b}` one of both; in any case."""
    braces = re.search(r"\{([^{}]*)\}", pattern)
    wanted = [pattern]
    if braces:
        wanted = [pattern[: braces.start()] + each + pattern[braces.end() :] for each in braces[1].split(",")[:20]]
    parts = [each for each in path.lower().split("/") if each]
    return any(_is_like([part for part in each.lower().split("/") if part], parts) for each in wanted)


def _is_like(wanted, parts):
    reached = {0}  # how many of the parts may stand for what was wanted so far
    for each in wanted:
        if each == "**":
            reached = set(range(min(reached), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], each)}
        if not reached:
            return False
    return len(parts) in reached
