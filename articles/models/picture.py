"""Pictures: read with care, stored upright and bare, in sizes for every screen."""

import contextlib
import hashlib

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from .. import pictures
from ..pictures import FORMATS, widths

WRONG = {
    "big": _("The file is larger than 15 MB."),
    "many": _("The picture has more than 40 megapixels."),
    "other": _("This is not a JPEG, PNG or WebP picture."),
    "damaged": _("The picture is damaged and can’t be read."),
    "heavy": _("The picture takes too much time or memory to read: save it smaller, or in another format."),
}


class Picture(models.Model):
    """An uploaded image, re-encoded on the way in; either described in words or declared decorative.

    Beside the file lie smaller sizes as AVIF and WebP, made when it is stored.
    """

    file = models.ImageField(_("file"), upload_to="", width_field="width", height_field="height", max_length=120)
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for those who can't see it."),
    )
    is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("It adds nothing to the text; screen readers pass over it."),
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    sized = models.CharField(max_length=120, editable=False, default="")  # the file of which the smaller sizes are
    # The SHA-256 of the file and of each of its sizes as they were stored, {name: hexadecimal digits}.
    digests = models.JSONField(editable=False, default=dict)
    added_at = models.DateTimeField(auto_now_add=True)

    written = ()  # the names of the files that this instance has stored

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(alt="", is_decorative=True) | (~models.Q(alt="") & models.Q(is_decorative=False)),
                name="picture_described_or_decorative",
                violation_error_message=_("Describe the picture, or tick “decorative”: one of the two."),
            )
        ]

    def __str__(self):
        return self.alt or self.caption or self.file.name

    def save(self, *args, **kwargs):
        """Store the picture, and its sizes when the file is new; raise PictureError when they can't be made of it."""
        is_new, self.written = bool(self.file) and not self.file._committed, []
        made = getattr(self.file.file, "made", None) if is_new else None
        try:
            super().save(*args, **kwargs)
        finally:
            if is_new and self.file._committed:
                self.written.append(self.file.name)
        if self.is_unsized and self.file.storage.exists(self.file.name):
            if made is None:
                with self.file.storage.open(self.file.name) as file:
                    content = file.read()
                sizes = _or_refused(pictures.sizes, content).sizes
            else:
                content, sizes = made.content, made.sizes
            stored = store_sizes(sizes, self.file, self.written)
            self.digests = {self.file.name: hashlib.sha256(content).hexdigest()} | stored
            self.sized = self.file.name
            super().save(update_fields=["sized", "digests"])

    def take_back(self):
        """Delete the files that this instance has stored: for who could not store the row that names them."""
        for name in self.written:
            with contextlib.suppress(OSError):  # whoever stores files can't be reached any more
                self.file.storage.delete(name)
        self.written = []

    @property
    def is_unsized(self):
        """Whether the smaller sizes of the file, or what tells them from damaged ones, are not there yet."""
        return self.sized != self.file.name or not self.digests

    @property
    def sizes(self):
        """The widths in pixels in which the picture is there as AVIF and WebP; none while they are not made."""
        if self.sized != self.file.name:
            return []
        return widths(self.width)

    @property
    def files(self):
        """The names of the file and its smaller sizes, each with its SHA-256 as it was stored; "" where that is not known."""
        names = [sized_name(self.file.name, width, kind) for width in self.sizes for kind in FORMATS]
        return {name: self.digests.get(name, "") for name in (self.file.name, *names)}

    def address(self, width, kind):
        """Return the address of the picture `width` pixels wide as `kind`, "avif" or "webp"."""
        return self.file.storage.url(sized_name(self.file.name, width, kind))


def sized_name(name, width, kind):
    """Return the name of the file `name` in another size and format."""
    return f"{name.rpartition('.')[0]}-{width}.{kind}"


def stored_digest(storage, name):
    """Return the SHA-256, in hexadecimal digits, of the file `name` in `storage`; raise OSError when it can't be read."""
    with storage.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def store_sizes(sizes, file, written):
    """Store the `sizes` ({(width, format): bytes}) beside the stored `file`; return {name: SHA-256} of them.

    The list `written` is told the names of those that weren't there.
    """
    digests = {}
    for (width, kind), content in sizes.items():
        name = sized_name(file.name, width, kind)
        if file.storage.exists(name):  # named by content, so what is there is the same
            digests[name] = stored_digest(file.storage, name)
        else:
            file.storage.save(name, ContentFile(content))
            written.append(name)
            digests[name] = hashlib.sha256(content).hexdigest()
    return digests


class PictureError(ValueError):
    """An upload that is no picture the site takes; `message` says why, in words."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


class PictureFile(ContentFile):
    """A picture as it will be stored, under a name made from its content; `made` is what was made of the upload."""

    def __init__(self, made):
        super().__init__(made.content, name=f"{hashlib.sha256(made.content).hexdigest()[:24]}.{made.ending}")
        self.made = made


def read_picture(upload):
    """Return the uploaded file `upload` as a `PictureFile`: upright, at most 2,400 pixels wide, without metadata.

    Only JPEG, PNG and WebP are taken, told by their first bytes before any decoder sees them. It is read once, however
    often it is asked for. Raise PictureError for anything else.
    """
    if not hasattr(upload, "read_as"):
        try:
            if upload.size > pictures.MOST_BYTES:
                raise PictureError(WRONG["big"])
            upload.read_as = PictureFile(_or_refused(pictures.read, upload.read()))
        except PictureError as error:
            upload.read_as = error
    if isinstance(upload.read_as, PictureError):
        raise upload.read_as
    return upload.read_as


def _or_refused(work, content):
    try:
        return work(content)
    except pictures.Refused as error:
        raise PictureError(WRONG[error.code]) from error
