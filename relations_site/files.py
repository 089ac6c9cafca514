"""Pictures in a folder: each file is there whole and for good, or not at all."""

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """A folder in which no file is ever seen half written, and what was stored outlasts a power cut."""

    def _save(self, name, content):
        """Store `content` as `name`, or under another name where that is taken, and return the name.

        It is written beside its place, synced and moved there; raise OSError, and leave nothing, where that fails.
        """
        os.makedirs(self.location, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".", dir=self.location)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(handle)
            os.chmod(beside, self.file_permissions_mode or 0o644)
            stored = super()._save(name, SimpleNamespace(temporary_file_path=lambda: beside))
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        sync(self.location)
        return stored


def sync(folder):
    """Have the names in `folder` outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
