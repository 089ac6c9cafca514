"""What articles refer to: bylines, series, pictures."""

import hashlib
import io

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from .addresses import give_slug


class Author(models.Model):
    """A byline; tied to a user when its owner writes at the desk."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, blank=True)
    about = models.TextField(_("about"), blank=True, help_text=_("A sentence or two, plain text."))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="byline",
        verbose_name=_("user"),
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=models.Q(slug__length__gt=0), name="author_has_slug")]

    def __str__(self):
        return self.name

    def clean(self):
        """Give the byline a slug when it has none, before the form checks that it has one."""
        give_slug(self, self.name)

    def save(self, *args, **kwargs):
        """Store the byline, with a slug when it has none."""
        give_slug(self, self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Return the path of the author's page."""
        return f"/authors/{self.slug}/"


class Series(models.Model):
    """An ordered run of articles."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, blank=True)
    summary = models.TextField(_("summary"), blank=True, help_text=_("A sentence or two, plain text."))

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["title"]
        constraints = [models.CheckConstraint(condition=models.Q(slug__length__gt=0), name="series_has_slug")]

    def __str__(self):
        return self.title

    def clean(self):
        """Give the series a slug when it has none, before the form checks that it has one."""
        give_slug(self, self.title)

    def save(self, *args, **kwargs):
        """Store the series, with a slug when it has none."""
        give_slug(self, self.title)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        """Return the path of the series' page."""
        return f"/series/{self.slug}/"


class Picture(models.Model):
    """An uploaded image, re-encoded on the way in; either described in words or declared decorative."""

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


MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 40_000_000
WIDEST = 2400
FIRST_BYTES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


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
