"""A folder, or one file of it."""

import os
import stat
from pathlib import Path

from django.utils.translation import gettext as _

from .place import DEEPEST, LEFT_OUT, SEEN, Place


class Folder(Place):
    """A folder, or one file of it (`only`). Links are followed to files that lie in it, never out of it."""

    def __init__(self, path, only=""):
        self.only = only
        super().__init__(path)
        self.title = only or self.title

    def _list(self):
        self.root = Path(os.path.realpath(self.path))
        if self.only:
            self._add_entry(self.only, self.root / self.only)
            return
        waiting = [""]
        while waiting:
            below = waiting.pop()
            with os.scandir(self.root / below) as entries:
                for entry in entries:
                    name = below + entry.name
                    if not entry.is_dir(follow_symlinks=False):
                        self._add_entry(name, entry)
                    elif entry.name not in LEFT_OUT and (entry.name in SEEN or not entry.name.startswith(".")):
                        if name.count("/") >= DEEPEST:
                            self._refuse(name, _("Its name is empty, too long or too deep."))
                        else:
                            waiting.append(name + "/")

    def _add_entry(self, name, entry):
        led = ""
        if entry.is_symlink():
            real = Path(os.path.realpath(entry))
            if not (real.is_relative_to(self.root) and real.is_file()):
                self._refuse(name, _("It is a link out of the folder, to a folder, or to nothing."))
                return
            led, entry = str(real.relative_to(self.root)), real
        info = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(info.st_mode):
            self._refuse(name, _("It is no file: a device, a pipe or a socket."))
            return
        self._add(name, info.st_size, (info.st_size, led))

    def _size(self, entry):
        return entry[0]

    def _without_top(self):
        """A folder is meant as it is."""

    def _raw(self, name, entry):
        # One that became a link, or a pipe, since it was listed is not followed, and waited for by nobody.
        opened_at = os.open(self.root / (entry[1] or name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        return os.fdopen(opened_at, "rb", buffering=0)
