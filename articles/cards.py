"""Share cards: the picture that goes with a link to an article, a theme or the front page.

card(title, ...) -> PNG, 1200 × 630 pixels, the size that Open Graph readers agree on
"""

import dataclasses
import functools
import hashlib
import io
import re
from dataclasses import dataclass

from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageColor, ImageDraw, ImageFont, ImageOps

from .models import Article, Theme

WIDTH, HEIGHT = 1200, 630
EDGE = 72
PAPER, INK, MUTED, BRICK = "#fbf9f4", "#1c1a17", "#5c564d", "#94291a"
COLOURS, SHADES = 256, 32  # of the palette of a card with a picture; between the paper and each ink of one without
FONTS = ("roman.woff2", "roman-more.woff2", "roman-cyrillic.woff2")
# What the first and the third are for; all else is in the second (static/fonts/reading-serif/make.py)
LATIN = re.compile(r"[ -~\xa0£§©«°·»ÂÄÇÉÎÖÛÜßàáâäçèéêëíîñóôöúûüĞğİıŞş–—‘’“”„•…€₺←→−≈]")
CYRILLIC = re.compile(r"[\u0400-\u052f№]")
SIZES = (84, 74, 64, 56, 48, 40)
MOST_LINES = 5
BELOW, LEADING = 32, 44


@dataclass(frozen=True)
class Words:
    """What a card says: the name of the publication, a line above the title, the title, what follows it, the foot."""

    name: str
    above: str
    title: str
    below: str
    foot: str

    def digest(self, picture=None):
        """Return a mark of the words and the `Picture`, for the card's address."""
        told = "\0".join((*dataclasses.astuple(self), picture.file.name if picture else ""))
        return hashlib.sha256(told.encode()).hexdigest()[:8]


def words_of(publication, row=None):
    """Return the `Words` of an `Article` with its themes, of a `Theme`, or of the front page."""
    if isinstance(row, Article):
        themes = " · ".join(theme.name for theme in row.theme_list[:3])
        return Words(publication.name, themes, row.title, row.summary, publication.domain)
    if isinstance(row, Theme):
        return Words(publication.name, _("Theme"), row.name, row.definition, publication.domain)
    return Words(publication.name, "", _("Turkey and Russia: neither alliance nor feud"), "", publication.domain)


def address_of(publication, row=None):
    """Return the absolute address of the card of `row`, which changes with what is on it."""
    path = row.get_absolute_url() if row else "/"
    digest = words_of(publication, row).digest(getattr(row, "lead_picture", None))
    return f"{publication.base}{path}card.png?v={digest}"


@functools.lru_cache(maxsize=32)
def card(words, picture=None):
    """Return the PNG of a card with the `Words`; `picture` is the name of a stored picture for its right side.

    Raise FileNotFoundError when that is not there, ConnectionError when its store can't be reached.
    """
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(sheet)
    room = WIDTH - 2 * EDGE
    if picture:
        room -= _beside(sheet, picture)
    _write(draw, (EDGE, 60), words.name, 34, INK, 600)
    _shores(draw, EDGE, 126, EDGE + room)
    top = 168
    if words.above:
        _write(draw, (EDGE, top), _cut(words.above, 24, room), 24, BRICK, 600)
        top += 46
    size, lines = _fitted(words.title, room, HEIGHT - top - 120)
    for line in lines:
        _write(draw, (EDGE, top), line, size, INK, 600)
        top += round(size * 1.14)
    top += 22
    for line in _clipped(words.below, BELOW, room, (HEIGHT - 100 - top) // LEADING):
        _write(draw, (EDGE, top), line, BELOW, MUTED, 400)
        top += LEADING
    _write(draw, (EDGE, HEIGHT - 84), _cut(words.foot, 28, room), 28, MUTED, 400)
    if picture:
        sheet = sheet.quantize(COLOURS, dither=Image.Dither.FLOYDSTEINBERG)
    else:
        sheet = sheet.quantize(palette=_palette(), dither=Image.Dither.NONE)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


@functools.cache
def _palette():
    """Return an image with the palette of what is written on paper: finding one for each card would take most of its time."""
    paper = ImageColor.getrgb(PAPER)
    inks = [ImageColor.getrgb(ink) for ink in (INK, MUTED, BRICK)]
    palette = Image.new("P", (1, 1))
    colours = [
        round(light + (dark - light) * shade / (SHADES - 1))
        for ink in inks
        for shade in range(SHADES)
        for light, dark in zip(paper, ink, strict=True)
    ]
    palette.putpalette(colours)
    return palette


def _beside(sheet, picture):
    """Put the picture on the right and return how much room it takes."""
    with default_storage.open(picture) as file, Image.open(file) as image:
        fitted = ImageOps.fit(image.convert("RGB"), (420, HEIGHT))
    sheet.paste(fitted, (WIDTH - 420, 0))
    return 420 - EDGE + 48


def _shores(draw, left, y, right):
    """Draw the line from shore to shore with somebody halfway, as at the head of every page."""
    middle = (left + right) // 2
    draw.line((left, y, right, y), fill=MUTED, width=2)
    draw.ellipse((middle - 9, y - 9, middle + 9, y + 9), fill=PAPER, outline=BRICK, width=4)


def _fitted(title, width, height):
    """Return (size, lines) of the largest type in which `title` fits; the last line is cut when none does."""
    for size in SIZES:
        lines = _folded(title, size, width)
        if len(lines) <= MOST_LINES and len(lines) * size * 1.14 <= height:
            return size, lines
    return size, _clipped(title, size, width, min(MOST_LINES, int(height // (size * 1.14))))


def _clipped(words, size, width, most):
    """Return `words` in at most `most` lines; the last is cut when there are more."""
    lines = _folded(words, size, width) if words else []
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _cut(" ".join(lines[most - 1 :]), size, width)] if most > 0 else []


def _folded(words, size, width):
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _wide(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [_cut(line, size, width) for line in lines]


def _cut(words, size, width):
    words = " ".join(words.split())
    if _wide(words, size) <= width:
        return words
    while words and _wide(f"{words}…", size) > width:
        words = words[:-1]
    return f"{words.rstrip(' .,;:–-')}…"


@functools.cache
def _fonts(size, weight):
    """Return the reading face: what is in each of `FONTS`."""
    fonts = []
    for name in FONTS:
        font = ImageFont.truetype(finders.find(f"fonts/reading-serif/{name}"), size)
        font.set_variation_by_axes([weight])
        fonts.append(font)
    return fonts


def _runs(words):
    """Return (words, place of their font in `FONTS`) in order."""
    runs = []
    for letter in words:
        place = 0 if LATIN.match(letter) else 2 if CYRILLIC.match(letter) else 1
        if runs and runs[-1][1] == place:
            runs[-1][0] += letter
        else:
            runs.append([letter, place])
    return runs


def _wide(words, size, weight=600):
    return sum(_fonts(size, weight)[place].getlength(run) for run, place in _runs(words))


def _write(draw, place, words, size, colour, weight):
    """Write `words` with their top left corner at `place`, on one baseline."""
    x, y = place
    for run, font_place in _runs(words):
        font = _fonts(size, weight)[font_place]
        draw.text((x, y + size), run, fill=colour, font=font, anchor="ls")
        x += font.getlength(run)
