"""The process that decodes: a picture in, a line of JSON and the files made of it out.

Run by `articles.pictures` with the format and with what is wanted, never imported by the site.
"""

import io
import json
import sys

from PIL import Image, ImageOps

from ..bounds import bound
from . import FORMATS, widths

MOST_PIXELS = 40_000_000
WIDEST = 2400
ORIENTATION = 0x0112  # the tag of Exif
MEMORY = 1 << 30  # bytes
PROCESSOR = 40  # seconds, of two threads: for one whose site is gone, so that nobody stops it


def made(content, kind, what):
    """Return (the picture's bytes, {(width, format): bytes}) of `content`; raise OverflowError for too many pixels.

    The picture itself only when `what` is "whole", not "sizes".
    """
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise OverflowError
        bare = stripped(image, kind)
    out = io.BytesIO()
    if what == "whole":
        bare.save(out, kind, **({"optimize": True} if kind == "PNG" else {"quality": 86}))
    if bare.mode not in {"RGB", "RGBA"}:
        bare = bare.convert("RGB")
    return out.getvalue(), {(width, form): sized(bare, width, form) for width in widths(bare.width) for form in FORMATS}


def stripped(image, kind):
    """Return `image` upright, at most 2,400 pixels wide, as a new one: it carries nothing of the old one's metadata."""
    most = (WIDEST, WIDEST * 4)
    is_turned = image.getexif().get(ORIENTATION) in {5, 6, 7, 8}  # by a quarter
    image.thumbnail(most[::-1] if is_turned else most)  # before all else: a JPEG is then decoded small
    upright = ImageOps.exif_transpose(image)
    if kind == "JPEG":
        upright = upright.convert("RGB")
    elif upright.mode not in {"RGB", "RGBA", "L"}:
        upright = upright.convert("RGBA")
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def sized(image, width, form):
    """Return `image` as bytes in the format `form`, `width` pixels wide."""
    height = max(1, round(image.height * width / image.width))
    out = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(out, form.upper(), **FORMATS[form])
    return out.getvalue()


def main():
    """Answer for the picture that comes in."""
    bound(AS=MEMORY, CORE=0, CPU=PROCESSOR)
    kind, what = sys.argv[1:]
    told, files = {}, []
    try:
        content, sizes = made(sys.stdin.buffer.read(), kind, what)
        files = [content, *sizes.values()]
        told = {"lengths": [len(file) for file in files], "sizes": list(sizes)}
    except (OverflowError, Image.DecompressionBombError):
        told = {"refused": "many"}
    except MemoryError:
        told = {"refused": "heavy"}
    except Exception:  # noqa: BLE001 - libraries fail in many ways over what is damaged
        told = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + b"".join(files))


if __name__ == "__main__":
    main()
