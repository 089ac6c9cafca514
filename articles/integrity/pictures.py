"""Whether the files of pictures are there and are what was stored."""

import re

from django.core.files.storage import default_storage

from ..models import Picture
from ..models.picture import stored_digest
from .database import in_a_line

_NAMED = re.compile(r"[0-9a-f]{24}(?![0-9a-f])")  # by the beginning of the SHA-256 of the content


def damaged_pictures(keys):
    """Return which files of the pictures with `keys` are missing or damaged, a line each."""
    return [line for pk in keys for line in _damage(pk)]


def _damage(pk):
    named = f"picture with the key {pk}"
    try:
        picture = Picture.objects.filter(pk=pk).first()
        if picture is None:
            return []
        found = []
        if picture.digests and picture.digests.keys() != picture.files.keys():
            found.append(f"{named}: the hashes it has are not those of its files")
        for name, recorded in picture.files.items():
            if problem := unlike(name, recorded, _read(name)):
                found.append(f"{named}: {name} {problem}")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is damage
        return [f"{named}: it can't be read: {in_a_line(error)}"]
    return found


def _read(name):
    """Return the SHA-256 of the stored file `name`, None when it isn't there, or what keeps it from being read, an error."""
    try:
        return stored_digest(default_storage, name)
    except FileNotFoundError:
        return None
    except OSError as error:
        return error


def unlike(name, recorded, found):
    """Return what is wrong with the file `name` whose SHA-256 should be `recorded` and is `found` (see `_read`), or nothing.

    Where nothing is `recorded` the name says what the file should begin with.
    """
    if found is None:
        return "is missing"
    if isinstance(found, Exception):
        return f"can't be read: {in_a_line(found)}"
    begins = recorded or (named[0] if (named := _NAMED.match(name)) and "-" not in name else "")
    return "" if found.startswith(begins) else "is damaged"
