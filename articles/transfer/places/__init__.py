"""Where texts are brought in from: a folder, a .zip, a .tar (plain, .gz, .bz2, .xz) or one file, as one thing to read from.

    with places.opened(path) as place:
        for name in place.names(): place.read(name, most)

Nothing of an archive is ever written under a name of its own. What is counted is what was really read; headers are
believed in nothing that could cost more than they say.
"""

from pathlib import Path

from django.utils.translation import gettext as _

from .folder import Folder
from .place import MEMBER, Place, Unreadable, reason
from .tars import PACKED, PackedTar, Tar
from .zips import Zip

__all__ = ["MEMBER", "Place", "Unreadable", "opened"]


def opened(path):
    """Return the `Place` at the path `path`, to be closed; raise Unreadable for what is none, or is refused as a whole."""
    path = Path(path)
    try:
        if path.is_dir():
            return Folder(path)
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise Unreadable(path.name, _("It is no file: a device, a pipe or a socket."))
        with path.open("rb") as file:
            first = file.read(512)
    except Unreadable:
        raise
    except (OSError, ValueError) as error:
        raise Unreadable(path.name or path, _("It can't be opened: %s.") % reason(error)) from error
    if first.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Zip(path)
    if first[257:262] == b"ustar":
        return Tar(path)
    for magic, unpacked in PACKED.items():
        if first.startswith(magic):
            return PackedTar(path, unpacked)
    return Folder(path.parent, only=path.name)
