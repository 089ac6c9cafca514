"""A tar, plain or compressed.

A plain one is read where it lies. A compressed one can't be read at random, so it is unpacked once, as one plain tar, into
a file without a name, which is gone with the process.
"""

import bz2
import gzip
import lzma
import tarfile
import tempfile

from django.utils.translation import gettext as _

from .place import PART, Place, Unreadable
from .zips import FREE, RATIO

UNPACKED = 8 << 30  # bytes of a compressed tar, unpacked: they take room on the disk for as long as it is read
HEADER = 1 << 14  # bytes of one header; older Pythons take the square of its length to read a hostile one
DICTIONARY = 256 << 20  # bytes of memory that an .xz may ask for


class Tar(Place):
    """A plain tar, read where it lies."""

    def _list(self):
        self.file = self._plain()
        # An archive of one long header would be read into memory whole.
        with tarfile.open(fileobj=_Headers(self.file, self.title), mode="r:", errors="surrogateescape") as tar:
            while (member := tar.next()) is not None:
                tar.members.clear()  # or the library keeps them all
                if member.isdir() or member.name == "pax_global_header":
                    continue
                if not member.isreg() or member.issparse():
                    self._refuse(member.name, _("It is a link or a device."))
                    continue
                self._add(member.name, member.size, (member.offset_data, member.size))

    def _plain(self):
        return self.path.open("rb")

    def _size(self, entry):
        return entry[1]

    def _raw(self, name, entry):
        return _Stretch(self.file, *entry)

    def close(self):
        """Close the archive."""
        if hasattr(self, "file"):
            self.file.close()


class PackedTar(Tar):
    """A compressed tar; `unpacked(file)` yields its parts, unpacked."""

    def __init__(self, path, unpacked):
        self.unpacked = unpacked
        super().__init__(path)

    def _plain(self):
        plain = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the place
        try:
            self._unpack(plain)
        except BaseException:
            plain.close()
            raise
        return plain

    def _unpack(self, plain):
        total, most = 0, FREE + RATIO * self.path.stat().st_size
        with self.path.open("rb") as file:
            for part in self.unpacked(file):
                total += len(part)
                if total > most:
                    raise Unreadable(self.title, _("It unpacks to more than %s times its size.") % RATIO)
                if total > UNPACKED:
                    words = _("It unpacks to more than %s bytes: unpack it, and give the folder.")
                    raise Unreadable(self.title, words % f"{UNPACKED:,}")
                plain.write(part)
        plain.seek(257)
        if plain.read(5) != b"ustar":
            raise Unreadable(self.title, _("What is packed in it is no tar."))
        plain.seek(0)


class _Headers:
    """A tar of which nothing is read at once that is longer than a header may be."""

    def __init__(self, file, title):
        self.file, self.title = file, title
        self.seek, self.tell = file.seek, file.tell

    def read(self, size):
        """Return the next bytes; raise Unreadable for more than a header has."""
        if size > HEADER:
            raise Unreadable(self.title, _("One of its headers is too long."))
        return self.file.read(size)


class _Stretch:
    """So many bytes of a file that others read too, from `start` on."""

    def __init__(self, file, start, size):
        self.file, self.place, self.end = file, start, start + size

    def read(self, size):
        """Return the next bytes, none at the end; raise EOFError where the archive ends before."""
        self.file.seek(self.place)
        part = self.file.read(min(size, self.end - self.place))
        if not part and self.place < self.end:
            raise EOFError(_("its end is missing"))
        self.place += len(part)
        return part

    def close(self):
        """The file is the archive's."""


def _parts(opener):
    def unpacked(file):
        with opener(file) as stream:
            while part := stream.read(PART):
                yield part

    return unpacked


def _unpacked_xz(file):
    """Yield an .xz unpacked; the library's own reader lets it ask for any amount of memory."""
    decoder, rest = None, b""
    while rest or (rest := file.read(PART)):
        if decoder is None:
            rest = rest.lstrip(b"\0")  # between streams (xz format, 2.2)
            decoder = lzma.LZMADecompressor(memlimit=DICTIONARY) if rest else None
            continue
        yield decoder.decompress(rest, PART)
        while not decoder.eof and not decoder.needs_input:
            yield decoder.decompress(b"", PART)
        decoder, rest = (None, decoder.unused_data) if decoder.eof else (decoder, b"")
    if decoder is not None:
        raise EOFError(_("its end is missing"))


PACKED = {
    b"\x1f\x8b": _parts(lambda file: gzip.GzipFile(fileobj=file)),
    b"BZh": _parts(bz2.BZ2File),
    b"\xfd7zXZ\x00": _unpacked_xz,
}
