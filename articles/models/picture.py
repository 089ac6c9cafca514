"""Pictures: read with care, stored upright and bare, in sizes for every screen."""

import hashlib
import io

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 40_000_000
WIDEST = 2400
FIRST_BYTES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
WIDTHS = (480, 960, 1600)
FORMATS = {"avif": {"quality": 60, "speed": 7}, "webp": {"quality": 80, "method": 4}}


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
        """Store the picture, and its sizes when the file is new."""
        super().save(*args, **kwargs)
        if self.is_unsized and self.file.storage.exists(self.file.name):
            with self.file.storage.open(self.file.name) as file:
                content = file.read()
            with Image.open(io.BytesIO(content)) as image:
                sizes = write_sizes(image, self.file)
            self.digests = {self.file.name: hashlib.sha256(content).hexdigest()} | sizes
            self.sized = self.file.name
            super().save(update_fields=["sized", "digests"])

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


def widths(width):
    """Return the widths in which a picture `width` pixels wide is kept: up to its own, and at most 1,600."""
    return [size for size in WIDTHS if size < width] + ([width] if width <= WIDTHS[-1] else [])


def sized_name(name, width, kind):
    """Return the name of the file `name` in another size and format."""
    return f"{name.rpartition('.')[0]}-{width}.{kind}"


def stored_digest(storage, name):
    """Return the SHA-256, in hexadecimal digits, of the file `name` in `storage`; raise OSError when it can't be read."""
    with storage.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sizes(image, file):
    """Store `image`, that of the stored `file`, in every size and format; return {name: SHA-256} of them."""
    digests = {}
    if image.mode not in {"RGB", "RGBA"}:
        image = image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")
    for width in widths(image.width):
        small = image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)
        for kind, settings in FORMATS.items():
            out = io.BytesIO()
            small.save(out, kind.upper(), **settings)
            name = sized_name(file.name, width, kind)
            if file.storage.exists(name):  # named by content, so what is there is the same
                digests[name] = stored_digest(file.storage, name)
            else:
                file.storage.save(name, ContentFile(out.getvalue()))
                digests[name] = hashlib.sha256(out.getvalue()).hexdigest()
    return digests


class PictureError(ValueError):
    """An upload that is no picture the site takes; `message` says why, in words."""

    def __init__(self, message):
        super().__init__(message)
        self.message = message


def read_picture(upload):
    """Return the uploaded file `upload` as a new picture file: upright, at most 2,400 pixels wide, without metadata.

    Only JPEG, PNG and WebP are taken, told by their first bytes before any decoder sees them; pixels are counted from
    the header. The name is made from the content. Raise PictureError for anything else.
    """
    if upload.size > MOST_BYTES:
        raise PictureError(_("The file is larger than 15 MB."))
    raw = upload.read()
    kind = next((kind for first, kind in FIRST_BYTES.items() if raw.startswith(first)), None)
    if kind is None or (kind == "WEBP" and raw[8:12] != b"WEBP"):
        raise PictureError(_("This is not a JPEG, PNG or WebP picture."))
    try:
        with Image.open(io.BytesIO(raw), formats=[kind]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PictureError(_("The picture has more than 40 megapixels."))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((WIDEST, WIDEST * 4))
            if kind == "JPEG":
                upright = upright.convert("RGB")
            elif upright.mode not in {"RGB", "RGBA", "L"}:
                upright = upright.convert("RGBA")
            bare = Image.new(upright.mode, upright.size)  # a new image carries nothing of the old one's metadata
            bare.paste(upright)
            out = io.BytesIO()
            bare.save(out, kind, quality=86) if kind != "PNG" else bare.save(out, kind, optimize=True)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(_("The picture has more than 40 megapixels.")) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureError(_("The picture is damaged and can’t be read.")) from error
    content = out.getvalue()
    return ContentFile(content, name=f"{hashlib.sha256(content).hexdigest()[:24]}.{ENDINGS[kind]}")
