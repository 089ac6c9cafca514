"""What comes with a text that is brought in: its themes, its authors and its pictures, found here or made."""

import hashlib
import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from ... import names, publishing
from ...models import Author, Picture, Theme
from ...models.picture import PictureError, read_picture, stored_digest
from ..documents import Note, ThemeTold
from ..marks import at_start, escaped

LONGEST_DEFINITION = 300  # characters
MOST_THEMES, MOST_AUTHORS, MOST_PICTURES = 50, 20, 500  # of a text
MOST_REMEMBERED = 10_000  # pictures of which a run knows by their bytes what was made of them
# An image in Markdown, or in the little HTML that is left, that shows the picture of a number (`PLACEHOLDER`).
_SHOWN = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\(<?import:(\d{1,6})>?((?:\s+\"(?:\\.|[^\"\\])*\")?)\s*\)")
_IN_HTML = re.compile(r"(<img\b[^<>]*?\bsrc=[\"'])import:(\d{1,6})([\"'])")


@dataclass
class Known:
    """What a run has met so far: the keys of its texts; where nothing is written, also what it would have made by then."""

    origins: set = field(default_factory=set)
    places: set = field(default_factory=set)  # paths of articles and pages
    paths: dict = field(default_factory=dict)  # {former address: where it leads}
    names: set = field(default_factory=set)  # of themes, folded
    authors: set = field(default_factory=set)  # their names, folded
    languages: set = field(default_factory=set)  # that are none of the site's
    translations: dict = field(default_factory=dict)  # {translation key: languages that it is in, with spaces between}

    def plain(self):
        """Return it as plain data, from which `of` makes it again."""
        return {name: values if isinstance(values, dict) else sorted(values) for name, values in vars(self).items()}

    @classmethod
    def of(cls, plain):
        """Return what `plain` made plain."""
        return cls(**{name: values if isinstance(values, dict) else set(values) for name, values in plain.items()})


class Belongings:
    """Finds and makes them for a run: `by` a user (None: the site), writing nothing when it is `dry`.

    Every function adds to the list `notes` what people should know. Keys are those of rows; where nothing is written, what
    would have been made has a key below zero.
    """

    def __init__(self, by, known, dry):
        self.by, self.known, self.dry = by, known, dry
        self.made = {}  # {SHA-256 of a picture's bytes: name of what was made of it}
        self.stored = []  # pictures whose files were stored in this transaction
        self.bylines = {}
        self.led = set()  # folded names of themes to which their former addresses lead

    def forget(self):
        """Forget what a transaction made that was undone: rows, and the files of pictures."""
        self.bylines, self.led = {}, set()
        for picture in self.stored:
            picture.take_back()
        self.stored = []

    # Themes and authors -----------------------------------------------------------------------------------------------

    def themes(self, named, notes, told=()):
        """Return the keys of the themes called `named`, in any spelling, each once; those that there aren't are made.

        `told` are the `ThemeTold`s of what else the source says of them: former addresses lead to them.
        """
        named = few(named, MOST_THEMES, _("It has %(count)s themes: only the first %(most)s were taken."), notes)
        told = {names.fold(each.name): each for each in told}
        return tuple(dict.fromkeys(key for name in named if (key := self._theme(names.clean_line(name), notes, told))))

    def _theme(self, name, notes, told):
        folded = names.fold(name)
        said = told.get(folded, ThemeTold(name))
        found = Theme.objects.called(name)
        if found:
            self._lead(found, folded, said)
            return found.pk
        if folded in self.known.names:
            return self._pretended("theme", folded)
        theme = Theme(name=name, **self._described(said))
        try:
            publishing.rights.refuse_row(self.by, theme, "add")
            theme.full_clean(exclude=["slug"])
        except ValidationError as error:
            words = _("The theme “%(name)s” was left out: %(why)s")
            notes.append(Note(words % {"name": name[:100], "why": " ".join(error.messages)}))
            return None
        notes.append(Note(_("The theme “%s” is new.") % name))
        if self.dry:
            self.known.names.add(folded)
            return self._pretended("theme", folded)
        publishing.save_theme(theme, by=self.by)
        self._lead(theme, folded, said)
        return theme.pk

    @staticmethod
    def _described(told):
        """Return the fields of a new theme that its description fills: one sentence or two define it, more introduce it."""
        said = names.clean_line(told.description)
        if len(said) <= LONGEST_DEFINITION:
            return {"definition": said}
        return {"introduction": at_start(escaped(said))}

    def _lead(self, theme, folded, told):
        """Let the former addresses of a theme lead to it, once in a run."""
        if told.old_paths and folded not in self.led and not self.dry:
            publishing.lead_to_theme(theme, told.old_paths, by=self.by)
            self.led.add(folded)

    def authors(self, named, notes):
        """Return the keys of the bylines called `named`, in any spelling, each once; those that there aren't are made."""
        named = few(named, MOST_AUTHORS, _("It has %(count)s authors: only the first %(most)s were taken."), notes)
        return tuple(dict.fromkeys(key for name in named if (key := self._author(names.clean_line(name), notes))))

    def _author(self, name, notes):
        folded = names.fold(name)
        if not folded or len(name) > 120:
            notes.append(Note(_("The author “%s” was left out: no byline can be called that.") % name[:120]))
            return None
        if folded not in self.bylines:
            rows = Author.objects.order_by("-pk").values_list("name", "pk")
            self.bylines = {names.fold(name): pk for name, pk in rows.iterator()}  # the first of a name stays
        if folded in self.bylines:
            return self.bylines[folded]
        if folded in self.known.authors:
            return self._pretended("author", folded)
        author = Author(name=name)
        publishing.rights.refuse_row(self.by, author, "add")
        notes.append(Note(_("The author “%s” is new.") % name))
        if self.dry:
            self.known.authors.add(folded)
            return self._pretended("author", folded)
        publishing.save_row(author, by=self.by)
        self.bylines[folded] = author.pk
        return author.pk

    @staticmethod
    def _pretended(kind, folded):
        return -1 - int(hashlib.sha256(f"{kind} {folded}".encode()).hexdigest()[:8], 16)

    # Pictures ---------------------------------------------------------------------------------------------------------

    def read(self, images, notes):
        """Return {place: what is to be stored, or the name of what is} of the `images` that can be read; takes a while.

        Called before the transaction, for decoding a picture takes up to seconds.
        """
        found = {}
        for image in few(
            images, MOST_PICTURES, _("It has %(count)s pictures: only the first %(most)s were taken."), notes
        ):
            if image.place not in found:
                found[image.place] = self._read(image, notes)
        return {place: file for place, file in found.items() if file}

    def _read(self, image, notes):
        try:
            content = image.read()
            digest = hashlib.sha256(content).hexdigest()
            name = self.made.get(digest)
            if name and (self.dry or Picture.objects.filter(file=name).exists()):
                return name
            file = read_picture(SimpleUploadedFile("picture", content))
        except (OSError, PictureError) as error:
            why = getattr(error, "message", None) or _("it is not there, or can’t be read.")
            words = _("The picture %(place)s was left out: %(why)s")
            notes.append(Note(words % {"place": image.place, "why": why}))
            return None
        if len(self.made) < MOST_REMEMBERED:
            self.made[digest] = file.name
        return file

    def picture(self, image, file, notes):
        """Return the stored `Picture` of `image`, of which `read` gave `file`; the same bytes are one row."""
        name = file if isinstance(file, str) else file.name
        row = Picture.objects.filter(file=name).order_by("pk").first()
        if row is None:
            publishing.rights.refuse_row(self.by, Picture(), "add")
        if row or self.dry:
            return row or Picture(pk=self._pretended("picture", name), file=name, width=1, height=1)
        told = {}
        for what, most in (("alt", 300), ("caption", 300), ("credit", 200)):
            words = names.clean_line(getattr(image, what))
            told[what] = words[:most]
            if len(words) > most:
                notes.append(Note(_("The words of the picture %s were too long and have been cut.") % image.place))
        row = Picture(file=self._left_behind(file) or file, is_decorative=not told["alt"], **told)
        self.stored.append(row)
        publishing.save_row(row, by=self.by)
        return row

    @staticmethod
    def _left_behind(file):
        """Return the name of `file` when just that is stored, as what was killed leaves it; else it may be stored now.

        Called in one's turn: nobody else is storing it.
        """
        if not default_storage.exists(file.name):
            return None
        if stored_digest(default_storage, file.name) == hashlib.sha256(file.made.content).hexdigest():
            return file.name
        default_storage.delete(file.name)
        return None


def few(rows, most, words, notes):
    """Return at most `most` of the `rows`; where there are more, `words` are told."""
    if len(rows) > most:
        notes.append(Note(words % {"count": f"{len(rows):,}", "most": most}))
    return rows[:most]


def put_in(body, pictures, addresses, captions):
    """Return the Markdown `body` with the `addresses` ({number in `pictures`: address}) of its pictures, and `captions`
    where what shows one has none of its own; an empty one keeps that of the library away.

    Of a picture that has none, its words stay, and a link when it lies at an address of the web.
    """

    def shown(found):
        words, number, title = found[1], int(found[2]), found[3]
        if number in addresses:
            if not title and number in captions:
                title = ' "{}"'.format(captions[number].replace("\\", "\\\\").replace('"', "&quot;"))
            return f"![{words}]({addresses[number]}{title})"
        place = pictures[number].place if number < len(pictures) else ""
        if place.startswith(("https://", "http://")) and not re.search(r"[\s<>()]", place):
            return f"[{words or place}]({place})"
        return words

    def in_html(found):
        return f"{found[1]}{addresses.get(int(found[2]), '')}{found[3]}"

    return _IN_HTML.sub(in_html, _SHOWN.sub(shown, body))
