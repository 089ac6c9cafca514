"""The files that a text means by a name."""

import posixpath
import unicodedata

from .setups import TEXTS


class Finder:
    """Finds files of a `place` for its texts; its lists are built when the first text asks for them."""

    def __init__(self, place, setup):
        self.place, self.setup, self._by_stem, self._by_name = place, setup, None, None

    def of(self, name):
        """Return find(words, kind): the file that a tag of the text `name` means, or None.

        The kinds are "post", "ref", "file", and "name" for a text or a picture anywhere, in capitals or not.
        """

        def find(words, kind):
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
                return self._names().get(_folded(stem).removesuffix(".md"))
            return self._stems().get(stem.removesuffix(".md").removesuffix(".markdown"))

        return find

    def _stems(self):
        """Return {name of a file without its ending: the file}, of texts."""
        if self._by_stem is None:
            self._by_stem = {}
            for name in self.place.names():
                if name.lower().endswith(TEXTS):
                    stem = posixpath.splitext(posixpath.basename(name))[0]
                    stem = posixpath.basename(posixpath.dirname(name)) if stem == "index" else stem
                    self._by_stem.setdefault(stem, name)
        return self._by_stem

    def _names(self):
        """Return {name in small letters, without the ending of a text: the file}, of all."""
        if self._by_name is None:
            self._by_name = {}
            for name in self.place.names():
                stem = posixpath.basename(name)
                stem = posixpath.splitext(stem)[0] if stem.lower().endswith(TEXTS) else stem
                self._by_name.setdefault(_folded(stem), name)
        return self._by_name


def _folded(name):
    return unicodedata.normalize("NFC", name).casefold()
