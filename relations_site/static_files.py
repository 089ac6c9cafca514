"""Static files as they are collected: hashed names, compressed, the readers' stylesheets without their comments."""

import re
from pathlib import Path

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Collected(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; what the comments tell keepers is a twelfth of what readers wait for."""

    def _save(self, name, content):
        if name.startswith(("site.", "map.")) and name.endswith(".css"):
            content.seek(0)
            content = ContentFile(re.sub(rb"/\*.*?\*/\n?", b"", content.read(), flags=re.DOTALL))
        return super()._save(name, content)

    def compress_files(self, paths):
        """Compress what has changed since: most of the time that collecting takes, at each start of quickstart."""
        return super().compress_files([name for name in paths if not self._is_compressed(name)])

    def _is_compressed(self, name):
        """Return whether the file `name` has its .br and .gz, to which WhiteNoise gives the file's own time."""
        path = Path(self.path(name))
        copies = [path.with_name(path.name + ending) for ending in (".br", ".gz")]
        return all(copy.exists() and abs(copy.stat().st_mtime - path.stat().st_mtime) < 0.001 for copy in copies)
