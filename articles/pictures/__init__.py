"""Uploaded pictures, read in a process of their own: what breaks a decoder ends that, not the site's.

    read(content) -> Made, what is stored of an upload
    sizes(content) -> Made, the smaller sizes of a stored file

What is no picture is refused by its first bytes before any process is started; the process counts the pixels in the
header before it decodes, may take `SECONDS` and as much memory as `decode` says, and knows nothing of the site's secrets.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 15 * 1024 * 1024
SECONDS = 10.0
FIRST_BYTES = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
WIDTHS = (480, 960, 1600)
# How each is written. As many threads as a machine has cores would take more memory than the process may have.
FORMATS = {"avif": {"quality": 60, "speed": 8, "max_threads": 2}, "webp": {"quality": 80, "method": 4}}
_ROOT = Path(__file__).resolve().parents[2]


class Refused(ValueError):
    """What is no picture that is taken; `code` is "big" (bytes), "many" (pixels), "other", "damaged" or "heavy"."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Made:
    """What was made of a picture.

    content  the picture itself, encoded anew; empty where only the sizes were asked for
    ending   that of its format, without a dot
    sizes    {(width in pixels, "avif" or "webp"): bytes}
    """

    content: bytes
    ending: str
    sizes: dict


def widths(width):
    """Return the widths in which a picture `width` pixels wide is kept: up to its own, and at most 1,600."""
    return [size for size in WIDTHS if size < width] + ([width] if width <= WIDTHS[-1] else [])


def kind_of(content):
    """Return the format of `content` by its first bytes: "JPEG", "PNG" or "WEBP"; raise Refused for any other."""
    kind = next((kind for first, kind in FIRST_BYTES.items() if content.startswith(first)), None)
    if kind is None or (kind == "WEBP" and content[8:12] != b"WEBP"):
        raise Refused("other")
    return kind


def read(content):
    """Return what is `Made` of an upload's bytes: upright, of bounded width, without metadata; raise Refused."""
    if len(content) > MOST_BYTES:
        raise Refused("big")
    return _made(content, kind_of(content), "whole")


def sizes(content):
    """Return the sizes that are `Made` of a stored picture; raise Refused when it can't be read."""
    return _made(content, kind_of(content), "sizes")


def _made(content, kind, what):
    try:
        answer = subprocess.run(  # noqa: S603 - our own module, no outside input in the command
            [sys.executable, "-m", "articles.pictures.decode", kind, what],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("heavy") from error
    head, _line, files = answer.stdout.partition(b"\n")
    if answer.returncode or not head:  # it was ended, or ended itself
        raise Refused("heavy")
    told = json.loads(head)
    if "refused" in told:
        raise Refused(told["refused"])
    parts, place = [], 0
    for length in told["lengths"]:
        parts.append(files[place : place + length])
        place += length
    names = [tuple(name) for name in told["sizes"]]
    return Made(parts[0], ENDINGS[kind], dict(zip(names, parts[1:], strict=True)))
