"""A .zip (PKWARE's APPNOTE), read where it lies."""

import os
import stat
import struct
import zipfile

from django.utils.translation import gettext as _

from .place import MEMBERS, Place, Unreadable

RATIO = 250  # how many times its size an archive may unpack to; prose does ten times, a bomb a thousand
FREE = 100 << 20  # bytes to which anything may unpack, whatever the ratio
DIRECTORY = 128 << 20  # bytes of the list of files, which is read whole


class Zip(Place):
    """A .zip, read where it lies."""

    def _list(self):
        self._refuse_endless_list()
        self.zip = zipfile.ZipFile(self.path)
        packed = 0
        for info in self.zip.infolist():
            if info.is_dir():
                continue
            name, words = _zip_name(info), self._wrong_with(info)
            if words:
                self._refuse(name, words)
                continue
            packed += info.file_size
            self._add(name, info.file_size, info)
        if packed > FREE + RATIO * self.path.stat().st_size:
            raise Unreadable(self.title, _("It unpacks to more than %s times its size.") % RATIO)

    def _refuse_endless_list(self):
        """Refuse a list of files that would take all memory: the library reads it whole, whatever it says of its length."""
        with self.path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - (1 << 16) - 98))
            tail = file.read()
            last = tail.rfind(b"PK\x05\x06")
            long = tail.rfind(b"PK\x06\x06", 0, max(last, 0))
            size = struct.unpack_from("<L", tail, last + 12)[0] if last >= 0 else 0
            if size == 0xFFFFFFFF and long >= 0:
                size = struct.unpack_from("<Q", tail, long + 40)[0]
            if size > min(DIRECTORY, end):
                raise Unreadable(self.title, _("Its list of files is too long."))
            file.seek(max(0, end - len(tail) - size))
            if file.read().count(b"PK\x01\x02") > MEMBERS:
                raise Unreadable(self.title, _("It holds more than %s files.") % f"{MEMBERS:,}")

    @staticmethod
    def _wrong_with(info):
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            return _("It is a link or a device.")
        if info.flag_bits & 0x41:
            return _("It is encrypted.")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return _("It is packed in a way that is not read: “store” and “deflate” are.")
        if info.file_size > FREE + RATIO * info.compress_size:
            return _("It unpacks to more than %s times its size.") % RATIO
        return ""

    def _size(self, entry):
        return entry.file_size

    def _raw(self, name, entry):
        return self.zip.open(entry)

    def mark(self, name):
        """Return what the list of files says of it; reading it proves that."""
        entry = self._entry(name)
        return f"{entry.file_size}-{entry.CRC:08x}"

    def close(self):
        """Close the archive."""
        if hasattr(self, "zip"):
            self.zip.close()


def _zip_name(info):
    """Return the name of a file in a .zip; many systems write UTF-8 and don't say so (APPNOTE 4.4.4, bit 11)."""
    name = info.orig_filename
    if not info.flag_bits & 0x800:
        try:
            return name.encode("cp437").decode()
        except UnicodeError:
            return name
    return name
