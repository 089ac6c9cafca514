"""What a text shows besides words, as `writer` writes it: pictures, links to what plays or works elsewhere, notes."""

import re
from html import escape

from django.utils.translation import gettext as _

from .elements import APART, of_embed

_FLOATS = re.compile(r"float:\s*(?:left|right)", re.IGNORECASE)
_NO_TITLE = re.compile(r"\b(?:player|iframe|embed(?:ded)?|untitled)\b", re.IGNORECASE)  # says what shows it


class Media:
    """The part of `Writer` for the elements that are `elements.OTHERS` and `elements.UNSEEN`."""

    def _told_link(self, words, address, title=""):
        """Note `words`, with a link to the `address` if there is one, of which it has the `title`."""
        kept = of_embed(address) if address else ""
        if kept and kept == self.last_embed:
            return  # the same again, for browsers that know it only so
        self.last_embed = kept
        if kept and not kept.startswith("#"):
            self.notes.add(f"{words} {kept[:200]}")
            self._boundary()
            self._ready()
            shown = title.strip() if title.strip() and not _NO_TITLE.search(title) else kept
            self.out.append(f'<a href="{escape(kept)}">{escape(shown, quote=False)}</a>')
            self._boundary()
        else:
            self.notes.add(f"{words} {address[:60]}".strip())

    def _unseen(self, tag, said):
        self.skipped.append(tag)
        if tag != "title":
            self.notes.add(_("An element “%s” was left out.") % tag)

    def _video(self, said):
        self.media = "open"
        if said.get("src"):
            self.media = "told"
            self._told_link(_("A video or a recording became a link."), said["src"])

    _audio = _video

    def _source(self, said):
        if self.media == "open" and said.get("src"):
            self._video(said)

    def _object(self, said):
        if said.get("data"):
            self._told_link(_("What was embedded became a link."), said["data"], said.get("title", ""))

    def _embed(self, said):
        self._object({"data": said.get("src") or said.get("data-src", ""), "title": said.get("title", "")})

    def _param(self, said):
        if said.get("name") in {"movie", "src"}:
            self._object({"data": said.get("value", "")})

    def _input(self, said):
        self.notes.add(_("An element “%s” was left out.") % "input")

    def _button(self, said):
        """Keep its words."""

    def _output(self, said):
        self.inline.append(["output", "", ""])  # what `markup` makes of drawings and formulas
        self.space = True

    def _br(self, said):
        self.breaks += 1
        self._unmark(0)

    def _img(self, said):
        classes = set(said.get("class", "").split())
        if {"emoji", "wp-smiley"} & classes:
            self.handle_data(said.get("alt", ""))
            return
        if {said.get("width"), said.get("height")} <= {"0", "1"}:
            self.notes.add(
                _("A picture that nobody sees, which counts readers, was left out: %s") % said.get("src", "")[:100]
            )
            return
        lazy = said.get("data-src") or said.get("data-lazy-src") or ""
        address = said.get("src", "")
        if lazy and (not address or address.startswith("data:")):
            address = lazy
        if address == self.last_image[0] and (lazy or self.last_image[1]):
            return  # the same again, for browsers without scripts
        self.last_image = (address, bool(lazy))
        kept = {"src": address, "alt": said.get("alt", "")}
        is_apart = APART & classes or said.get("align") in {"left", "right"} or _FLOATS.search(said.get("style", ""))
        apart = 2 if is_apart else 0
        self.breaks = max(self.breaks, apart)
        self._ready()
        self.out.append(f"<img{written({name: value for name, value in kept.items() if value})}>")
        self.breaks = max(self.breaks, apart)


def written(attributes):
    """Return `attributes` as they stand in a tag."""
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
