"""The pictures of an export, found by the addresses at which its texts show them."""

import re
from urllib.parse import unquote, urlsplit

from ..pictures import MOST_BYTES
from .documents import Image

_SIZE = re.compile(r"-\d{1,5}x\d{1,5}(?=\.[A-Za-z]{3,4}$)")  # WordPress's smaller sizes of a picture
_VARIANT = re.compile(r"(?:-scaled|-rotated|-e\d{10,14})(?=\.[A-Za-z]{3,4}$)")
_GHOST = re.compile(r"^(?:size/w\d{1,5}/|format/[a-z]{3,5}/)+")  # Ghost's
_OF_SITES = re.compile(r"^sites/\d{1,9}/")  # of one blog of several
_HOSTED = re.compile(r"\.files\.wordpress\.com/(.+)")  # WordPress.com's, straight or through its own cache


class Uploads:
    """The files below a folder of uploads, whose name ends with one of `folders`, wherever in the `place` it lies.

    The first is what whole addresses are known by; paths are by any.
    """

    def __init__(self, place, *folders):
        self._place, self._folders = place, folders
        roots = set()
        for name in place.names():
            for folder in folders:
                at = f"/{name}".find(f"/{folder}/")
                if at >= 0:
                    roots.add(name[: at + len(folder) + 1])
        self._roots = [*sorted(roots, key=len, reverse=True)[:20], ""]

    def within(self, name):
        """Return where the file `name` lies below its folder."""
        return name.removeprefix(next(root for root in self._roots if name.startswith(root)))

    def path(self, address):
        """Return what follows the folder of uploads in `address`, decoded; "" when there is none in it."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return ""
        path = unquote(parts.path)
        hosted = _HOSTED.search(f"{parts.netloc}{path}")
        if hosted and ".." not in hosted[1].split("/"):
            return hosted[1]
        for folder in self._folders[:1] if parts.netloc else self._folders:  # others' pictures lie in an "images" too
            _before, at, behind = f"/{path.lstrip('/')}".partition(f"/{folder}/")
            if at and ".." not in behind.split("/"):
                return behind
        return ""

    def whole(self, address):
        """Return that path without what tells smaller sizes of the same picture apart."""
        return _SIZE.sub("", _GHOST.sub("", self.path(address)))

    @staticmethod
    def alone(path):
        """Return that path without the folder of one blog of several, as the blog itself tells it."""
        return _OF_SITES.sub("", path)

    def found(self, address):
        """Return the name of the file shown at `address`, the largest of its sizes, or None."""
        path, whole = self.path(address), self.whole(address)
        if not path:
            return None
        ways = (_VARIANT.sub("", whole), whole, _GHOST.sub("", path), path)
        for wanted in dict.fromkeys(ways + tuple(self.alone(each) for each in ways)):
            for root in self._roots:
                name = self._place.found(root + wanted)
                if name is not None:
                    return name
        return None

    def image(self, name, **said):
        """Return the `Image` of the file `name`; `said` are its alt, caption and credit. Raise OSError when it can't be read."""
        place = self._place
        return Image(name, place.mark(name), lambda: place.read(name, MOST_BYTES), **said)
