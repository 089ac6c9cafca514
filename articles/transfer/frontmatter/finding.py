"""The files that a text means by a name."""

import posixpath
import unicodedata
from bisect import bisect_left
from functools import lru_cache

from django.utils.translation import gettext as _

from .setups import TEXTS

REMEMBERED = 4_096  # names in a text
MOST_NAMESAKES = 200  # files of one name that are looked at; a link that tells the whole path finds any


class Finder:
    """Finds files of a `place` for its texts; its lists are built when the first text asks for them."""

    def __init__(self, place, setup):
        self.place, self.setup, self._by_stem, self._by_name = place, setup, None, None
        self._sorted = None

    def of(self, name, note):
        """Return find(words, kind): the file that a tag of the text `name` means, or None; `note(words, line)` hears of doubts.

        The kinds are "post", "ref", "file", and "name" for a text or a picture anywhere, in capitals or not; of "beside" it
        is a list of all files that lie beside the text, and in folders there.
        """

        @lru_cache(REMEMBERED)
        def find(words, kind):
            if kind == "beside":
                return self._beside(f"{posixpath.dirname(name)}/")
            words = words.strip().strip("/")
            folder, content, root = posixpath.dirname(name), self.setup.content, self.setup.root
            first = root if kind == "file" else f"{folder}/"
            tried = [first + words, content + words]
            for each in (posixpath.normpath(each) for each in tried):
                for ending in ("", ".md", "/index.md", ".markdown"):
                    if each + ending in self.place and not each.startswith(".."):
                        return each + ending
            if kind == "file":
                return None
            stem = posixpath.basename(words)
            if kind == "name":
                several = self._names().get(_folded(stem).removesuffix(".md"), [])
            else:
                several = self._stems().get(stem.removesuffix(".md").removesuffix(".markdown"), [])
            fitting = _nearest([each for each in several if _ends_with(each, words)] or several, name)
            if len(fitting) > 1:
                told = {"words": words[:200], "count": len(fitting), "file": fitting[0][:200]}
                note(_("“%(words)s” fits %(count)s files: it is taken for %(file)s.") % told, None)
            return fitting[0] if fitting else None

        return find

    def _beside(self, folder):
        if self._sorted is None:
            self._sorted = list(self.place.names())
        first = bisect_left(self._sorted, folder)
        return [each for each in self._sorted[first : first + MOST_NAMESAKES] if each.startswith(folder)]

    def is_first(self, name):
        """Whether the text `name` is the first of those of its name."""
        return self._stems().get(_stem(name), [name])[0] == name

    def _stems(self):
        """Return {name of a file without its ending: the files}, of texts."""
        if self._by_stem is None:
            self._by_stem = {}
            for name in self.place.names():
                is_post = name.lower().endswith(".html") and (self.place.title == "_posts" or "_posts/" in name)
                if is_post or name.lower().endswith(TEXTS):
                    _listed(self._by_stem, _stem(name), name)
        return self._by_stem

    def _names(self):
        """Return {name in small letters, without the ending of a text: the files}, of all."""
        if self._by_name is None:
            self._by_name = {}
            for name in self.place.names():
                stem = posixpath.basename(name)
                stem = posixpath.splitext(stem)[0] if stem.lower().endswith(TEXTS) else stem
                _listed(self._by_name, _folded(stem), name)
        return self._by_name


def _stem(name):
    stem = posixpath.splitext(posixpath.basename(name))[0]
    return posixpath.basename(posixpath.dirname(name)) if stem == "index" else stem


def _listed(files, key, name):
    several = files.setdefault(key, [])
    if len(several) < MOST_NAMESAKES:
        several.append(name)


def _nearest(several, name):
    """Return those of `several` files with which `name` has most folders in common."""
    common = [len(posixpath.commonpath([each, name])) for each in several]
    most = max(common, default=0)
    return [each for each, shared in zip(several, common, strict=True) if shared == most]


def _ends_with(name, words):
    """Whether the path of a file ends with `words`, which may lack its ending."""
    path, words = _folded(f"/{name}"), _folded(f"/{words}")
    return path.endswith(words) or posixpath.splitext(path)[0].removesuffix("/index").endswith(words)


def _folded(name):
    return unicodedata.normalize("NFC", name).casefold()
