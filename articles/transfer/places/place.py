"""Files under names, whatever holds them: what is asked of all kinds of places, and what none of them takes."""

import io
import lzma
import re
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from ..documents import Refusal

MEMBERS = 300_000  # files in a place
MEMBER = 16 << 30  # bytes of a file
TOTAL = 64 << 30  # bytes of all files
LONGEST_NAME, DEEPEST = 1_000, 40  # characters, folders
SAID = 1_000  # refusals that are kept one by one

PART = 1 << 20
LEFT_OUT = {"__MACOSX", "node_modules", "__pycache__"}  # never a text of anybody's
SEEN = {".eleventy.js", ".authors.yml", ".gitbook"}  # the hidden ones that say something, or hold pictures of texts
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError)
_WORSE = (*_DAMAGE, RuntimeError, ValueError, OverflowError, struct.error, IndexError, KeyError)


class Unreadable(OSError):
    """A place, or a file in it, that can't be read; `refusal` says which and why."""

    def __init__(self, place, words, line=None):
        super().__init__(f"{place}: {words}")
        self.refusal = Refusal(str(place), words, line)


def reason(error):
    """Return in words what an error says."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def checked_name(raw):
    """Return the name `raw` of a file in an archive as a path below it; raise ValueError, in words, for any that isn't one."""
    if not isinstance(raw, str) or _CONTROL.search(raw):
        raise ValueError(_("Its name is no text."))
    if "\\" in raw:
        raise ValueError(_("Its name has a backslash."))
    if raw.startswith("/") or re.match("[A-Za-z]:", raw):
        raise ValueError(_("Its name begins at the root of the disk."))
    parts = [part for part in raw.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise ValueError(_("Its name leads out of the archive."))
    if not parts or len(raw) > LONGEST_NAME or len(parts) > DEEPEST:
        raise ValueError(_("Its name is empty, too long or too deep."))
    return "/".join(parts)


class Place:
    """Files under names: paths with slashes, below the place. To be closed, or used with `with`.

    `title` names it for people; `refused` are the `Refusal`s of files that are not taken (links, devices, names that lead
    out). What is left out without a word are the things of systems and tools: hidden files, __MACOSX, node_modules.
    """

    def __init__(self, path):
        self.path, self.title, self.refused = Path(path), Path(path).name or str(path), []
        self._files, self._composed, self._total, self._unsaid = {}, None, 0, 0
        try:
            self._list()
            self._without_top()
        except _WORSE as error:
            self.close()
            raise Unreadable(self.title, _("The archive is damaged: %s.") % reason(error)) from error
        except OSError as error:
            self.close()
            if isinstance(error, Unreadable):
                raise
            raise Unreadable(self.title, _("It can't be read: %s.") % reason(error)) from error
        if self._unsaid:
            self.refused.append(Refusal(self.title, _("%s more of its files are not taken.") % self._unsaid))

    def __enter__(self):
        return self

    def __exit__(self, *failed):
        self.close()

    def close(self):
        """Let go of what is open."""

    def __contains__(self, name):
        return name in self._files

    def __len__(self):
        return len(self._files)

    def names(self):
        """Return the names of the files, in the order of the alphabet, the same at every run."""
        return iter(sorted(self._files))

    def found(self, name):
        """Return the name of the file that is called `name`, whichever way its accents are composed; None when there is none."""
        if name in self._files:
            return name
        if name.isascii():
            return None
        if self._composed is None:
            self._composed = {unicodedata.normalize("NFC", n): n for n in self._files if not n.isascii()}
        return self._composed.get(unicodedata.normalize("NFC", name))

    def size(self, name):
        """Return how many bytes the file has, as its place says; raise Unreadable when there is none of that name."""
        return self._size(self._entry(name))

    def open(self, name):
        """Return the file as a binary stream, to be closed; raise Unreadable, as reading it does."""
        entry = self._entry(name)
        with self.telling(name):
            return io.BufferedReader(_Counted(self, name, self._raw(name, entry), min(self._size(entry), MEMBER)))

    def read(self, name, most):
        """Return the bytes of the file; raise Unreadable for one of more than `most`."""
        with self.open(name) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise Unreadable(name, _("It has more than %s bytes.") % f"{most:,}")
        return content

    def mark(self, name):
        """Return what changes when the file does: its size and CRC-32, the same whatever kind of place it lies in."""
        total = size = 0
        with self.open(name) as file:
            while part := file.read(PART):
                total, size = zlib.crc32(part, total), size + len(part)
        return f"{size}-{total:08x}"

    def _entry(self, name):
        try:
            return self._files[name]
        except KeyError:
            raise Unreadable(name, _("There is no such file.")) from None

    @contextmanager
    def telling(self, name):
        """Have whatever goes wrong within, while the file `name` is read, be told as Unreadable."""
        try:
            yield
        except Unreadable:
            raise
        except (*_WORSE, OSError) as error:
            raise Unreadable(name, _("It can't be read: %s.") % reason(error)) from error

    def _refuse(self, name, words):
        if len(self.refused) < SAID:
            self.refused.append(Refusal(_CONTROL.sub("\ufffd", str(name))[:LONGEST_NAME], words))
        else:
            self._unsaid += 1

    def _add(self, raw, size, entry):
        """Take the file `raw` in; refuse it for its name, or the place for its numbers."""
        try:
            name = checked_name(raw)
        except ValueError as error:
            self._refuse(raw, str(error))
            return
        parts = name.split("/")
        if any(part in LEFT_OUT or (part.startswith(".") and part not in SEEN) for part in parts):
            return
        if name in self._files:
            self._refuse(name, _("There are two files of this name: the first is taken."))
            return
        if size > MEMBER:
            self._refuse(name, _("It has more than %s bytes.") % f"{MEMBER:,}")
            return
        self._total += size
        self._files[name] = entry
        if len(self._files) > MEMBERS:
            raise Unreadable(self.title, _("It holds more than %s files.") % f"{MEMBERS:,}")
        if self._total > TOTAL:
            raise Unreadable(self.title, _("Its files have more than %s bytes.") % f"{TOTAL:,}")

    def _without_top(self):
        """Take off the one folder that everything in an archive lies in, as those do that are made of a folder."""
        tops = {name.partition("/")[0] if "/" in name else "" for name in self._files}
        top = tops.pop() if len(tops) == 1 else ""
        if top and not top.startswith("_"):  # `_posts` says what lies in it
            self._files = {name[len(top) + 1 :]: entry for name, entry in self._files.items()}


class _Counted(io.RawIOBase):
    """The bytes of a file, not more than it is said to have; what goes wrong on the way is told as Unreadable."""

    def __init__(self, place, name, raw, most):
        self.place, self.name, self.raw, self.left = place, name, raw, most

    def readable(self):
        """Yes."""
        return True

    def readinto(self, into):
        """Read what is left into a buffer; return how many bytes that were."""
        with self.place.telling(self.name):
            part = self.raw.read(min(len(into), self.left + 1)) or b""
        if len(part) > self.left:
            raise Unreadable(self.name, _("It is longer than its place says."))
        self.left -= len(part)
        into[: len(part)] = part
        return len(part)

    def close(self):
        """Let go of the file."""
        if not self.closed:
            self.raw.close()
        super().close()
