"""What is brought in: texts from elsewhere, in one form, whatever system they come from.

A reader of a kind of source (`frontmatter`, `wordpress`, `ghost`) yields a `Document` for each text, in the order of the
source, and a `Refusal` for what it can't read; `taking` makes articles of them. None of it is trusted.
"""

import datetime
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext_lazy

# Told of what is withheld (`State`).
KEEPS = gettext_lazy("It is a draft here, and keeps its date and its address for the day it is published.")
PLACEHOLDER = "import:{}"  # where the body of a document shows its picture of that number


class Note(NamedTuple):
    """What was changed or left out of a text on its way in: `words` for people, at the `line` of its file, if it has one."""

    words: str
    line: int | None = None


class Refusal(NamedTuple):
    """A file, or a text in one, that can't be taken: its `place` (a path in the source) and why, in `words` for people."""

    place: str
    words: str
    line: int | None = None


class LeftOut(Refusal):
    """What a reader leaves out by rule, told with how often it did: nothing is wrong with the source."""

    __slots__ = ()


@dataclass(frozen=True)
class Image:
    """A picture of a source: `place` is its path there, `mark` what changes when it does (size, sum), `read()` its bytes.

    `read` raises OSError when it isn't there any more. Without `alt` it counts as decorative.
    """

    place: str
    mark: str
    read: Callable[[], bytes] = field(compare=False)
    alt: str = ""
    caption: str = ""
    credit: str = ""


class State(StrEnum):
    """What a text was where it comes from. What is published at an hour to come is scheduled.

    What some readers had (members, who knew a password) is withheld: it lands as a draft, whatever is wished, and keeps its
    date and its former addresses for the day somebody publishes it here. Of one that is unclear the hour is given and can't
    be read: it becomes a draft, whatever is wished.
    """

    DRAFT = "draft"
    WITHHELD = "withheld"
    PUBLISHED = "published"
    UNCLEAR = "unclear"


class Sort(StrEnum):
    """What a text becomes."""

    ARTICLE = "article"
    PAGE = "page"


class ThemeTold(NamedTuple):
    """What a source says of a theme: its `name`, a `description` in words, the `old_paths` at which readers had its page."""

    name: str
    description: str = ""
    old_paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """One text, in the form in which it is taken.

    `origin` tells it from all others in any run over the same source, wherever that lies; `place` says where it stands,
    for people. `body` is Markdown as editors write it; a picture in it has the address `PLACEHOLDER` with its place in
    `pictures`. `themes` are names, as they stand at the source; so are `authors`. Instants are aware. `old_paths` are the
    paths, each beginning with a slash, at which readers had it; `told_themes` tell more of its themes, where readers had
    pages of them. `language` is a code of two letters, or ""; texts with the same `translation_key` say the same in different
    ones.
    """

    origin: str
    place: str
    title: str
    body: str
    slug: str = ""
    summary: str = ""
    language: str = ""
    translation_key: str = ""
    sort: Sort = Sort.ARTICLE
    state: State = State.DRAFT
    published_at: datetime.datetime | None = None
    updated_at: datetime.datetime | None = None
    authors: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    old_paths: tuple[str, ...] = ()
    pictures: tuple[Image, ...] = ()
    lead_picture: Image | None = None
    told_themes: tuple[ThemeTold, ...] = field(default=(), compare=False)
    notes: tuple[Note, ...] = field(default=(), compare=False)

    def digest(self):
        """Return 64 hexadecimal digits that change when the text or anything taken with it changes at its source."""
        apart = {"place", "notes", "told_themes", *([] if self.translation_key else ["translation_key"])}
        said = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in apart}
        for name in ("pictures", "lead_picture"):
            images = said[name] if isinstance(said[name], tuple) else (said[name],)
            said[name] = [
                image and (image.place, image.mark, image.alt, image.caption, image.credit) for image in images
            ]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()
