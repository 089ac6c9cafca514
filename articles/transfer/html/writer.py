"""The second half of `markup`: a parsed text written anew, in paragraphs, headings, lists, tables, figures and marks alone."""

import re
from html import escape
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from .elements import (
    AROUND,
    BLOCKS,
    CONTROLS,
    FLAT,
    FOLDED,
    GALLERIES,
    GROUPS,
    HEADINGS,
    IN_LINE,
    LINES,
    LISTS,
    OTHERS,
    PARTS,
    SPOKEN,
    UNSEEN,
    VOID,
    WITHIN,
    as_shown,
)
from .media import Media, written

DEEPEST = 8  # lists and quotations within each other
MOST_FIGURES = 3  # within each other, as galleries have them

_SPACE = re.compile(r"[ \t\n\r\f]+")
_BACKGROUND = re.compile(r"background(?:-image)?:[^;]{0,200}?url\(\s*['\"]?([^'\")]{1,2000})", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:language-|lang[-:]|brush:\s*|highlight-source-|sourceCode\s+)([A-Za-z0-9+#_.-]{1,30})"
)
# Said where it is in no language of code.
_NONE = {"default", "text", "plain", "generic", "none", "raw", "en", "tr", "ru"}
_CODE = re.compile("[a-z]{2,8}(-[a-z0-9]{1,8}){0,3}", re.IGNORECASE)


class Writer(Media, HTMLParser):
    """Writes well-formed HTML (the cleaner's) anew: events in, strings out, its own stack of open blocks."""

    def __init__(self, notes, language, wanted):
        super().__init__(convert_charrefs=True)
        self.notes, self.language, self.wanted = notes, language, wanted
        self.out, self.stack = [], []
        self.around = None  # the mark of a link around all of a card
        self.opened = []  # elements with the height of the stack before each, and what stands for their ends
        self.inline, self.written = [], 0  # open marks as [tag, what is written of it or "", attributes]; how many are
        self.breaks, self.space, self.filled = 0, False, False  # what comes before the next word; whether there is one
        self.anchors, self.skipped, self.code = [], [], None
        self.behind = []  # pictures in code, shown behind it
        self.in_head, self.in_verse, self.media = False, False, ""
        self.last_image, self.last_embed = ("", False), ""  # since the last words

    def finished(self):
        """Return what was written, all closed."""
        while self.stack:
            self._pop()
        return "".join(self.out)

    # Blocks

    def _is_flat(self):
        return any(name in FLAT for name in self.stack)

    def _boundary(self):
        """A block begins or ends here: end the paragraph, or the line where there are no paragraphs."""
        if self._is_flat():
            self.breaks = max(self.breaks, 1)
            self._unmark(0)
        elif self.stack and self.stack[-1] == "p":
            self._pop()

    def _push(self, name, attributes=""):
        self.out.append(f"<{name}{attributes}>")
        self.stack.append(name)
        self.breaks, self.space, self.filled = 0, False, False

    def _pop(self):
        self._unmark(0)
        self.out.append(f"</{self.stack.pop()}>")
        self.breaks, self.space, self.filled = 0, False, False

    def _pop_down(self, level):
        while len(self.stack) > level:
            self._pop()

    def _leaf(self):
        """Make sure that words can be written here."""
        if self.stack and self.stack[-1] in FLAT | {"p"}:
            return
        if self.stack and self.stack[-1] in {"ul", "ol", "dl", "table", "tr"}:
            top = self.stack[-1]
            if top == "table":
                self._push("tr")
            self._push({"ul": "li", "ol": "li", "dl": "dd"}.get(top, "td"))
        if not self._is_flat():
            self._push("p", ' class="implied"')

    # Words

    def _unmark(self, down_to):
        """Close the marks that are written, down to that number."""
        while self.written > down_to:
            self.written -= 1
            if self.inline[self.written][1]:
                self.out.append(f"</{self.inline[self.written][1]}>")

    def _ready(self):
        """Write what comes before a word: its paragraph, breaks, a space, anchors, open marks."""
        if self.breaks > 1 and self.filled and not self._is_flat() and self.stack[-1] == "p":
            self._pop()
        self._leaf()
        if self.filled and self.breaks:
            self._unmark(0)
            self.out.append("<br>")
        elif self.filled and self.space:
            self.out.append(" ")
        self.breaks, self.space, self.filled = 0, False, True
        for anchor in self.anchors:
            self.out.append(f'<a id="{escape(anchor)}"></a>')
        self.anchors.clear()
        for _tag, name, attributes in self.inline[self.written :]:
            if name:
                self.out.append(f"<{name}{attributes}>")
        self.written = len(self.inline)

    def handle_data(self, data):
        """Write words."""
        if self.skipped:
            return
        if self.code is not None:
            self.code[1].append(data)
            return
        if self.in_verse and "\n" in data:
            for number, line in enumerate(data.split("\n")):
                self.breaks += number > 0
                self.handle_data(line)
            return
        data = _SPACE.sub(" ", data)
        if data.startswith(" "):
            self.space = True
        words = data.strip(" ")
        if not words.strip():  # with spaces that don't break, which space paragraphs out
            self.space = self.space or bool(words)
        else:
            self.last_image, self.last_embed = ("", False), ""
            if any(tag == "output" for tag, _name, _said in self.inline):
                self.notes.add(_("A drawing or a formula is kept as its words."))
            self._ready()
            self.out.append(escape(words, quote=False))
            self.space = data.endswith(" ")

    # Tags

    def handle_starttag(self, tag, attrs):
        """Open what is kept, and tell of what isn't."""
        said = {name: value or "" for name, value in attrs}
        if self.skipped:
            if tag == self.skipped[-1]:
                self.skipped.append(tag)
        elif not CONTROLS.isdisjoint(said.get("class", "").split()):
            self.skipped += [] if tag in VOID else [tag]
        elif self.code is not None:
            self._in_code(tag, said)
        elif tag in UNSEEN:
            self._unseen(tag, said)
        elif tag in OTHERS:
            getattr(self, f"_{tag}")(said)
        elif tag in BLOCKS | GROUPS | PARTS:
            self._block(tag, said)
        else:
            self._mark(tag, said)

    def handle_startendtag(self, tag, attrs):
        """Take an empty element as its two tags."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        """Close what was opened."""
        if self.skipped:
            if tag == self.skipped[-1]:
                self.skipped.pop()
        elif tag == "pre":
            self._end_code()
        elif self.code is not None:
            pass
        elif tag in {"audio", "video"}:
            self.media = ""
        elif tag in BLOCKS | GROUPS | PARTS:
            self._end_block(tag)
        else:
            self._end_mark(tag)

    def _block(self, tag, said):
        classes = set(said.get("class", "").split())
        if tag in GROUPS and classes & (LINES | IN_LINE):
            self._line(bool(classes & LINES))
            self.opened.append((tag, len(self.stack), "\n" if classes & LINES else " "))
            return
        self._boundary()
        if tag == "pre":
            self.in_verse = "wp-block-verse" in classes
            self.code = None if self.in_verse else [said, []]
            return
        level = len(self.stack)
        if tag in PARTS:
            self.in_head = tag == "thead"
        elif tag in GROUPS:
            self._group(tag, said)
        elif tag in {"ul", "ol"} and classes & GALLERIES:
            pass
        elif FOLDED in classes:
            self.inline.append([tag, "strong", ""])
        elif self._is_flat():
            self._in_flat(tag, said)
        elif tag in LISTS and sum(name in LISTS for name in self.stack) >= DEEPEST:
            self.notes.add(_("Lists and quotations nested more than %s deep are kept less deep.") % DEEPEST)
        elif tag != "figure" or self.stack.count(tag) < MOST_FIGURES:
            self._open(tag, said)
        if tag != "hr":
            self.opened.append((tag, level, ""))

    def _line(self, is_own):
        """A part of a paragraph begins or ends here: it stands in a line of its own, or apart."""
        self.breaks, self.space = max(self.breaks, int(is_own)), True
        place = next((n for n in range(self.written) if is_own and self.inline[n] is self.around), None)
        if place is not None:
            self._unmark(place)
            self.around[1:] = ["", ""]

    def _group(self, tag, said):
        self._anchor(said)
        if tag == "form":
            self._told_link(_("A form was left out."), said.get("action", ""))
        if tag in {"summary", "legend"}:
            self.inline.append([tag, "strong", ""])
        shown = _BACKGROUND.search(said.get("style", ""))
        if shown and not self._is_flat():
            self._img({"src": shown[1].strip()})
            self._boundary()
        if "kg-callout-card" in said.get("class", "") and not self._is_flat():  # Ghost's
            self._open("blockquote", {})

    def _in_flat(self, tag, said):
        """What has no place in a line: its words on a line of their own."""
        self._anchor(said)
        if tag == "li":
            self._ready()
            self.out.append("• ")
            self.filled = False
        elif tag == "table":
            self.notes.add(_("A table within a table’s cell is kept as lines of text."))

    def _open(self, tag, said):
        """Open a block where blocks may stand; what stands outside what it belongs to is left to be a paragraph."""
        top = self.stack[-1] if self.stack else ""
        if tag == "hr":
            if not self._is_flat():
                self.out.append("<hr>")
            return
        if tag in WITHIN and top not in WITHIN[tag]:
            return
        if top in {"ul", "ol"} and tag != "li":  # within the item before it, as browsers show it
            if self.out[-1] == "</li>":
                self.out.pop()
                self.stack.append("li")
            else:
                self._push("li")
        elif top == "dl" and tag not in {"dt", "dd"}:
            self._push("dd")
        elif top in {"table", "tr"} and tag not in WITHIN:
            self._leaf()
            return
        self._push(tag, self._attributes(tag, said))

    def _attributes(self, tag, said):
        kept = {}
        if said.get("id") in self.wanted:
            kept["id"] = said["id"]
        if tag in {"td", "th"}:
            kept |= {name: said[name] for name in ("colspan", "rowspan") if said.get(name, "").isdecimal()}
            told = f"{said.get('align', '')} {said.get('style', '')} {said.get('class', '')}".lower()
            found = re.search(r"(?:^|text-align: ?|align-?)(right|center)\b", told)
            if found:
                kept["align"] = found[1]
        elif tag == "tr" and self.in_head:
            kept["class"] = "head"
        elif tag == "ol" and said.get("start", "").isdecimal():
            kept["start"] = said["start"][:9]
        return written(kept)

    def _end_block(self, tag):
        """Close what the element opened, if it opened anything."""
        place = next((n for n in range(len(self.opened) - 1, -1, -1) if self.opened[n][0] == tag), None)
        end = self.opened[place][2] if place is not None else ""
        if end:
            self._line(end == "\n")
        else:
            self._boundary()
        if place is not None:
            if not end:
                self._pop_down(self.opened[place][1])
            del self.opened[place:]
        if tag in PARTS:
            self.in_head = False
        else:
            self._end_mark(tag)

    # Code

    def _in_code(self, tag, said):
        if tag == "br":
            self.code[1].append("\n")
        elif tag == "code":
            self.code[0] = self.code[0] | {name: value for name, value in said.items() if value}
        elif tag == "img":
            self.behind.append(said)
        elif tag == "a" and said.get("href", "#")[:1] != "#":
            self.notes.add(_("A link in code is kept as its words: %s") % said["href"][:200])

    def _end_code(self):
        if self.in_verse:
            self.in_verse = False
            self._boundary()
        if self.code is None:
            return
        said, parts = self.code
        self.code, text = None, "".join(parts)
        if self._is_flat():
            for line in filter(None, (line.strip() for line in text.splitlines())):
                self.breaks = 1
                self._ready()
                self.out.append(f"<code>{escape(line)}</code>")
            self.breaks = 1
        elif text.strip():
            found = _LANGUAGE.search(said.get("class", ""))
            names = (said.get(name, "") for name in ("data-language", "data-lang", "data-enlighter-language", "lang"))
            language = found[1] if found else next(filter(None, names), "")
            self._open("pre", {})
            self.out[-1] = f"<pre{written({'class': '' if language.lower() in _NONE else language[:30]})}>"
            self.out.append(escape(text, quote=False))
            self._pop()
        for image in self.behind:
            self._img(image)
        self.behind = []

    # Marks

    def _anchor(self, said):
        for name in ("id", "name"):
            if said.get(name) in self.wanted:
                self.anchors.append(said[name])

    def _mark(self, tag, said):
        name, *others = as_shown(SPOKEN.get(tag, tag), said.get("style", ""))
        attributes, classes = {}, set(said.get("class", "").split())
        self._anchor(said)
        if classes & LINES:
            self._line(True)
        if name == "a":
            attributes["href"] = said.get("href", "")
            name = "a" if attributes["href"] else ""
            if not classes & AROUND:
                attributes["title"] = said.get("title", "")
        elif name == "abbr" and said.get("title"):
            attributes["title"] = said["title"]
        elif name == "span":
            is_own = said.get("lang", "")[:2].lower() == self.language  # as word processors say everywhere
            name = "span" if _CODE.fullmatch(said.get("lang", "")) and not is_own else ""
        if name in {"span", "bdi", "cite", "q", "em"} and _CODE.fullmatch(said.get("lang", "")):
            attributes["lang"] = said["lang"]
        around = {name for _tag, name, _said in self.inline}
        self.inline.append([tag, "" if name in around else name, written(attributes)])
        if classes & AROUND:
            self.around = self.inline[-1]
        if not HEADINGS.isdisjoint(self.stack) or "th" in self.stack:
            around.add("strong")  # as which they are shown
        if "a" in around:
            around.add("ins")
        self.inline += [["", each, ""] for each in others if each not in around]

    def _end_mark(self, tag):
        place = next((n for n in range(len(self.inline) - 1, -1, -1) if self.inline[n][0] == tag), None)
        if place is not None:
            self._unmark(place)
            del self.inline[place]
            while self.inline[place:] and not self.inline[place][0]:  # as what its style showed it, too
                del self.inline[place]
            self.written = min(self.written, place)
