"""Static files as they are collected: hashed names, compressed, the stylesheet without its comments."""

import re

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Collected(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; what the comments of site.css tell its keepers is a twelfth of it, and readers wait for it."""

    def _save(self, name, content):
        if name.startswith("site.") and name.endswith(".css"):
            content.seek(0)
            content = ContentFile(re.sub(rb"/\*.*?\*/\n?", b"", content.read(), flags=re.DOTALL))
        return super()._save(name, content)
