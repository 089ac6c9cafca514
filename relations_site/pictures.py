"""Pictures in a store of S3's kind, shared by several machines; readers get them from the site all the same."""

import functools
import time
from urllib.parse import quote

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage

CLIENT = {
    "connect_timeout": 2,  # seconds
    "read_timeout": 5,
    "retries": {"total_max_attempts": 2},
    "signature_version": "s3v4",
    "s3": {"addressing_style": "path"},  # on a store of one's own a bucket has no host name
    "request_checksum_calculation": "when_required",  # Amazon's own checksums are refused by other stores
    "response_checksum_validation": "when_required",
}


REST = 5  # seconds in which a store that doesn't answer is left alone: a worker that waits for it makes no pages


def told(method):
    """Make `method` raise what the rest of the site knows: ConnectionError when the store can't be used."""

    @functools.wraps(method)
    def wrapped(*args, **kwargs):
        if time.monotonic() < PictureStore.away_until:
            raise ConnectionError("The store of pictures did not answer a moment ago.")
        try:
            return method(*args, **kwargs)
        except (BotoCoreError, ClientError, Boto3Error) as error:
            if isinstance(error, BotoCoreError):  # no answer, where a ClientError is one
                PictureStore.away_until = time.monotonic() + REST
            raise ConnectionError(f"The store of pictures can't be used: {error}") from error

    return wrapped


class PictureStore(S3Storage):
    """The S3 of django-storages, but with addresses of the site's own, little patience, and OSErrors."""

    away_until = 0.0  # on the monotonic clock, for all threads

    def __init__(self, **options):
        # Names are told from content, but two rows with one content have two files, as in a folder.
        fixed = {
            "file_overwrite": False,
            "client_config": Config(**CLIENT),
            "transfer_config": TransferConfig(use_threads=False),
        }
        super().__init__(**fixed, **options)

    def url(self, name, parameters=None, expire=None, http_method=None):
        """Return the path under which the site answers with the file."""
        return settings.MEDIA_URL + quote(name)

    @told
    def reach(self):
        """Return when the bucket is there and may be used; raise ConnectionError otherwise."""
        self.connection.meta.client.head_bucket(Bucket=self.bucket_name)

    @told
    def _open(self, name, mode="rb"):
        """Return the file, read whole: pictures are small, and half of one would be no answer."""
        try:
            content = self.bucket.Object(self._normalize_name(name)).get()["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise FileNotFoundError(name) from error
            raise
        return ContentFile(content, name)

    _save = told(S3Storage._save)
    delete = told(S3Storage.delete)
    exists = told(S3Storage.exists)
    listdir = told(S3Storage.listdir)
    size = told(S3Storage.size)
