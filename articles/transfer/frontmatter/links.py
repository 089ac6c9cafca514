"""Pictures and links of a text: those of its own place found there, all others told.

A page of this site loads nothing from another host, so a picture that is not in the place becomes a link. Links between
texts of the place lead to where readers had them, which goes on answering.
"""

import posixpath
import re
from urllib.parse import unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from ... import names
from ...pictures import MOST_BYTES
from ..documents import PLACEHOLDER, Image, Note
from ..places import Unreadable
from .masks import NEW, TOKEN
from .setups import TEXTS, Dialect

TAKEN = (".jpg", ".jpeg", ".png", ".webp", ".jfif")
_DRAWN = (".svg", ".gif", ".avif", ".bmp", ".tif", ".tiff", ".ico", ".heic", *TAKEN)
MOST = 2_000  # pictures of a text
FEW, MOST_LINES = 3, 20  # notes of a kind that are told one by one, lines of more of them
LONGEST_CODE = 1 << 16  # bytes of a file that a text shows as code
_DEST = r"(?:<([^<>\n]{0,2000})>|((?:[^\s()<>]|\([^\s()<>]{0,500}\)){1,2000}))"
_TITLE = r"""(?:[ \t\n]{1,9}(?:"((?:\\.|[^"\\\n]){0,1000})"|'((?:\\.|[^'\\\n]){0,1000})'|\(([^()\n]{0,1000})\)))?"""
_WORDS = r"((?:[^\[\]]|\[[^\[\]]{0,200}\]){0,1000})"
_AFTER = r"(?:[ \t]?\{:?[^{}\n]{0,300}\})?"  # kramdown's attributes
IMAGE = re.compile(rf"!\[{_WORDS}\]\([ \t\n]{{0,9}}{_DEST}{_TITLE}[ \t\n]{{0,9}}\){_AFTER}")
LINKED = re.compile(
    rf"\[[ \t\n]{{0,9}}({IMAGE.pattern})[ \t\n]{{0,9}}\]\([ \t\n]{{0,9}}{_DEST}{_TITLE}[ \t\n]{{0,9}}\){_AFTER}"
)
LINK = re.compile(rf"(?<=\])\([ \t\n]{{0,9}}{_DEST}(?=[ \t\n)])")
WHOLE = re.compile(rf"(?<![!\\])\[{_WORDS}\]\([ \t\n]{{0,9}}{_DEST}{_TITLE}[ \t\n]{{0,9}}\){_AFTER}")
_BELOW = re.compile("\ue105(\\d+)\ue106")  # where a picture is to be shown below the paragraph
DEFINITION = re.compile(rf"^( {{0,3}}\[(?!\^)([^\[\]\n]{{1,200}})\]:[ \t]{{0,9}}){_DEST}{_TITLE}[ \t]*$", re.MULTILINE)
_APART = re.compile(r"(?<!\\)\[([^\[\]\n]{1,200})\]([ \n])(?=\[([^\[\]\n]{1,200})\](?![(:]))")
REFERRED = re.compile(rf"!\[{_WORDS}\](?:[ ]?\[([^\[\]\n]{{0,200}})\])?(?![\[(:])")
_PELICAN = re.compile(r"[{|](filename|static|attach|author|category|tag|index)[}|](.*)", re.DOTALL)
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|odt|ods|odp|zip|gz|csv|epub|mp[34]|m4a|ogg|webm|jpe?g|png|gif|svg|webp)$", re.I
)


class Around:
    """What stands around one text: where its links lead and where its pictures lie; gathers `pictures` and `notes`.

    `at` is the path at which readers had it, or "". `path_of(name)` gives that of another text of the place, `mark(name)`
    that of a file. `fields` are those of its head, which may say in which folder its pictures are.
    """

    def __init__(self, place, setup, name, at, path_of, mark, fields=None):
        self.place, self.setup, self.name, self.path_of, self.mark_of = place, setup, name, path_of, mark
        self.folder, self.at = posixpath.split(name)[0], at
        self.pictures, self._told, self._more = [], {}, {}
        below = (fields or {}).get("media_subpath") or (fields or {}).get("img_path")  # of Chirpy, a theme of Jekyll
        self.below = below.strip("/") if isinstance(below, str) else ""
        typed = (fields or {}).get("typora-root-url")  # of an editor that many write with
        self.typed = typed.replace("\\", "/") if isinstance(typed, str) else ""
        self.anchors, self.headings = {}, set()  # {an anchor there: here}; the anchors of the headings here
        self.mask = str  # what keeps an address that is settled from being looked at again
        self.unmasked = str  # what gives back the words that stand aside

    def note(self, words, line=None, kind=""):
        """Tell people `words`, once for a line. Of those of a `kind` only the first `FEW` are told one by one."""
        words = re.sub("[\ue100-\ue10f]+", " ", words)
        told = self._told.setdefault(words, {})
        if line in told:
            return
        if kind and not told:
            self._more.setdefault(kind, []).append(words)
        told[line] = True

    def told(self):
        """Return the `Note`s: the same words once, and of a kind a few, each with the lines at which there are more."""
        more = {}
        for kind in self._more.values():
            for words in kind[FEW:]:
                more.setdefault(kind[FEW - 1], []).extend(self._told.pop(words))
        notes = []
        for words, lines in ((words, [*lines]) for words, lines in self._told.items()):
            others = lines[1:] + more.get(words, [])
            if others:
                listed = ", ".join(str(line) for line in others[:MOST_LINES] if line) + (
                    ", …" if len(others) > MOST_LINES else ""
                )
                said = {"what": words, "count": len(others), "lines": listed}
                words = _("%(what)s (and %(count)s more of the kind, lines %(lines)s)") % said  # noqa: PLW2901
            notes.append(Note(words, lines[0]))
        return notes

    def file(self, address):
        """Return the name in the place of the file that the address `address` of a text means, or None."""
        special = _PELICAN.fullmatch(address)
        if special:
            address = special[2]
        path, host = _path_of(address)
        if path is None or (host and host != urlsplit(self.setup.host).netloc):
            return None
        path = path.replace("\\", "/")  # as browsers do
        if path.startswith("@/"):  # Zola's
            path = f"/{path[2:]}"
        if host or path.startswith("/"):
            folders = self._roots()
            inner = path.removeprefix(self.setup.base) if path.startswith(self.setup.base + "/") else path
            tried = [folder + each.lstrip("/") for each in dict.fromkeys([inner, path]) for folder in folders]
        else:
            tried = [posixpath.join(self.folder, path), *(folder + path for folder in self._roots())]
            if self.setup.dialect == Dialect.HEXO:  # whose texts may have folders of their names
                tried.insert(0, posixpath.join(posixpath.splitext(self.name)[0], path))
            if self.at:  # relative to the page, as a browser reads it
                seen = urljoin(self.at, path).lstrip("/")
                tried += [folder + seen for folder in self._roots()]
        if self.typed and not host:
            tried.append(posixpath.join(self.folder, self.typed, path.lstrip("/")))
        if self.below and not host:
            tried = [f"{folder}{self.below}/{path.lstrip('/')}" for folder in self._roots()] + tried
        for each in tried:
            each = posixpath.normpath(each)
            if not each.startswith(("/", "..")) and (name := self.place.found(each)):
                return name
        return None

    def _roots(self):
        root, content = self.setup.root, self.setup.content
        return {
            Dialect.ZOLA: [content, root + "static/", root],
            Dialect.HUGO: [root + "static/", root + "assets/", content, root],
            Dialect.PELICAN: [content, content + "extra/", root],
            Dialect.ELEVENTY: [content, root + "public/", root + "static/", root + "src/", root],
        }.get(self.setup.dialect, [content, root, root + "static/", root + "public/", content + "images/"])

    def text_of(self, name):
        """Return the text of a file of the place that is code, or None for one that isn't there or can't be read."""
        try:
            return self.place.read(name, LONGEST_CODE).decode() if name in self.place else None
        except (Unreadable, UnicodeDecodeError):
            return None

    def picture(self, address, alt, caption, line, credit=""):
        """Return the `Image` at `address`; None, and a note, where none can be taken."""
        words = None
        name = self.file(address)
        if address.startswith("data:"):
            words = _("A picture within the text was left out: %s.") % (alt or _("it has no words"))
        elif name is None and _is_remote(address, self.setup):
            words = _("A picture of another host became a link: %s.") % address[:200]
        elif name is None:
            words = _("A picture is not there: %s.") % address[:200]
        elif not name.lower().endswith(TAKEN):
            words = _("A picture of a kind that is not taken became a link: %s.") % name
        elif self.place.size(name) > MOST_BYTES:
            words = _("A picture has more than %(most)s bytes: %(name)s.") % {"most": f"{MOST_BYTES:,}", "name": name}
        if words:
            is_remote = name is None and _is_remote(address, self.setup) and not address.startswith("data:")
            self.note(words, line, kind="remote" if is_remote else "")
            return None
        try:
            mark = self.mark_of(name)
        except Unreadable as error:
            self.note(_("A picture can't be read: %s.") % error, line)
            return None
        place = self.place
        alt, caption = plain(self.unmasked(alt)), plain(self.unmasked(caption))
        return Image(name, mark, lambda: place.read(name, MOST_BYTES), alt, caption, credit)

    def known(self, address):
        """Return the `Image` at `address` without words of its own, or None; tells nobody of what is missing."""
        name = self.file(address)
        if name is None or not name.lower().endswith(TAKEN) or len(self.pictures) >= MOST:
            return None
        return self.picture(address, "", "", None)

    def number(self, image):
        """Return the number of an image in `pictures`, into which it goes unless it is there."""
        if image not in self.pictures:
            self.pictures.append(image)
        return self.pictures.index(image)

    def shown(self, address, alt, caption, line):
        """Return Markdown that shows the picture at `address`, or a link to it."""
        image = self.picture(address, alt, caption, line) if len(self.pictures) < MOST else None
        if image is None:
            if address.startswith("data:"):
                return alt
            words = alt.strip() or posixpath.basename(_path_of(address)[0] or "") or _("picture")
            below = f" ({caption.strip()})" if caption.strip() else ""
            at = self.kept(address)
            return (f"[{words}]({self.mask(target(at))})" if at else words) + below
        number = self.number(image)
        title = ' "{}"'.format(plain(caption).replace('"', "&quot;")) if caption.strip() else ""
        return f"![{_bracketed(alt)}]({PLACEHOLDER.format(number)}{title})"

    def kept(self, address):
        """Return where the address of something that isn't taken leads from anywhere, or "" where no site is known."""
        path, host = _path_of(address)
        if path is None or host or not path:
            return address
        if not self.setup.host:
            return ""
        at = self.at or f"/{self.folder}/".replace("//", "/")
        return self.setup.host + "/" + urljoin(at, address).lstrip("/")

    def _anchor(self, address):
        """Return an address within the page as it is here."""
        there = unquote(address.lstrip("#"), errors="replace")
        here = self.anchors.get(there) or names.slugify(there)
        return f"#{here}" if there and (there in self.anchors or here in self.headings) else address

    def led(self, address, line):
        """Return where a link to `address` leads from here."""
        special = _PELICAN.fullmatch(address)
        if special and special[1] in {"author", "category", "tag", "index"}:
            self.note(_("A link to a list of the former site leads nowhere here: %s.") % address[:200], line)
            return "/" if special[1] == "index" else f"/{special[1]}/{special[2].strip('/')}.html"
        path, host = _path_of(address)
        if path is None or (host and host != urlsplit(self.setup.host).netloc):
            return address
        if not path and not host:
            return self._anchor(address)
        name = self.file(address)
        after = address[len(address) - len(address.partition("#")[2]) - 1 :] if "#" in address else ""
        if name and name.lower().endswith(TEXTS):
            other = self.path_of(name)
            if other:
                return other + after
            self.note(_("A link leads to a text that has no address: %s.") % address[:200], line)
            return address
        if name and not name.lower().endswith((".html", ".htm")):
            self.note(_("A link leads to a file, and only pictures are taken: %s.") % address[:200], line)
            return self.kept(special[2] if special else address) or address
        if name is None and _FILE.search(path):
            self.note(_("A link leads to a file that is not there: %s.") % address[:200], line)
            return self.kept(special[2] if special else address) or address
        if host:
            return address[address.index(host) + len(host) :] or "/"
        if path.startswith("/"):
            return address
        if path.lower().endswith(TEXTS):
            self.note(_("A link leads to a text that is not there: %s.") % address[:200], line)
            return address
        return urljoin(self.at or "/", address) if self.at else address


def target(address):
    """Return an address as it may stand between the brackets of a link."""
    return f"<{address}>" if re.search(r"[\s()<>]", address) else address


def _path_of(address):
    """Return (path, host) of an address, the path decoded; (None, "") for one of another scheme or that is none."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None, ""
    if parts.scheme not in {"", "http", "https"}:
        return None, ""
    return unquote(parts.path, errors="replace"), parts.netloc


def _is_remote(address, setup):
    path, host = _path_of(address)
    return path is None or (bool(host) and host != urlsplit(setup.host).netloc)


def plain(words):
    """Return words of Markdown without what only Markdown reads: backslashes, emphasis of whole words, links."""
    words = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", words)
    words = re.sub(r"`([^`\n]{1,300})`", r"\1", words)
    words = re.sub(r"(?<![\w*\\])([*_]{1,3})(?=\S)([^*_\\\n]{1,500})(?<=\S)\1(?![\w*])", r"\2", words)
    words = re.sub(r"\\([\\`*_{}\[\]()#+.!\"'-])", r"\1", words)
    return " ".join(words.replace("&quot;", '"').split())


def _bracketed(words):
    """Return words so that they can stand between brackets."""
    return re.sub(r"(?<!\\)([\[\]])", r"\\\1", " ".join(words.split()))


def _title(*groups):
    return next((each for each in groups if each), "")


def images_and_links(text, around):
    """Put into a `masks.Text` what stands `around` it, for every picture and link that Markdown shows."""
    defined = {" ".join(found[2].split()).casefold(): found for found in DEFINITION.finditer(text.value)}
    text.replace(LINKED, lambda found, line: _linked(found, line, around))
    text.replace(IMAGE, lambda found, line: _image(found, line, around))
    text.replace(REFERRED, lambda found, line: _referred(found, line, around, defined))
    if (
        around.setup.dialect != Dialect.PELICAN
    ):  # whose Markdown, as ours, sees one link in two brackets that a space parts
        text.replace(_APART, lambda found, line: _apart(found, defined))
    below = []
    text.replace(WHOLE, lambda found, line: _whole(found, line, around, below))
    _show_below(text, below)
    text.replace(LINK, lambda found, line: _link(found, line, around))
    text.replace(DEFINITION, lambda found, line: _definition(found, line, around))


def _linked(found, line, around):
    """Return a picture within a link; the picture alone where it led to itself or to a larger one."""
    words, address = found[2], found[3] or found[4] or ""
    if address.startswith("import:"):
        return None  # what a tag became
    caption, leads = _title(*found.group(5, 6, 7)), found[8] or found[9] or ""
    return led_picture(around, (address, words, caption), leads, line)


def led_picture(around, picture, leads, line):
    """Return Markdown of a `picture` (address, words, caption) that leads to `leads`, where it isn't there to be seen larger."""
    address, words, caption = picture
    larger = around.file(leads) or ""
    shown = around.shown(address, words, caption, line)
    if shown.startswith("![") and (larger == around.file(address) or larger.lower().endswith(_DRAWN)):
        return shown
    if not shown.startswith("!["):
        shown = words.strip() or posixpath.basename(address)
        shown += f" ({caption.strip()})" if caption.strip() else ""
    return f"[{shown}]({around.mask(target(around.led(leads, line)))})"


def _image(found, line, around):
    address = found[2] or found[3] or ""
    if address.startswith("import:"):
        return None
    return around.shown(address, found[1], _title(*found.group(4, 5, 6)), line)


def _referred(found, line, around, defined):
    told = defined.get(" ".join((found[2] or found[1]).split()).casefold())
    return told and around.shown(told[3] or told[4] or "", found[1], _title(*told.group(5, 6, 7)), line)


def _apart(found, defined):
    """Return the first of two links by reference with a space that keeps them two (CommonMark 6.3)."""
    is_link = " ".join(found[3].split()).casefold() in defined
    return f"[{found[1]}]&#32;{found[2].strip(' ')}" if is_link else None


def _link(found, line, around):
    address = found[1] if found[1] is not None else found[2]
    if address.startswith(("import:", TOKEN)):
        return None
    leads = around.led(address, line)
    return None if leads == address else f"({target(leads)}"


def _whole(found, line, around, below):
    """Return what stands for a link to a file: its words, and a picture of the place goes to `below`; None for others."""
    words, address = found[1], found[2] or found[3] or ""
    path, host = _path_of(address)
    if path is None or not path or TOKEN in address or address.startswith("import:"):
        return None
    name = around.file(address)
    if name and name.lower().endswith(TAKEN) and "![" not in words:
        image = around.picture(address, words, "", line) if len(around.pictures) < MOST else None
        if image is None:
            return None
        around.note(_("A link to a picture became its words, and the picture is shown below: %s") % name, line)
        below.append((around.number(image), words))
        return f"{words}\ue105{len(below) - 1}\ue106"
    is_file = name is not None and not name.lower().endswith((*TEXTS, ".html", ".htm"))
    if not host and not around.setup.host and (is_file or (name is None and _FILE.search(path))):
        around.led(address, line)  # which tells of it
        return words
    return None


def _show_below(text, below):
    """Show pictures below the paragraph, the list or the table whose words led to them; one of its own is a caption."""
    if not below:
        return
    blocks = text.value.split("\n\n")
    for place, block in enumerate(blocks):
        found = list(_BELOW.finditer(block))
        if not found:
            continue
        bare = _BELOW.sub("", block)
        shown = []
        for each in found:
            number, words = below[int(each[1])]
            alone = words.strip() == bare.strip()
            caption = ' "{}"'.format(plain(text.unmasked(words)).replace('"', "&quot;")) if alone else ""
            shown.append(f"![{_bracketed(words)}]({PLACEHOLDER.format(number)}{caption})")
            bare = "" if alone else bare
        blocks[place] = (f"{NEW}{NEW}" if bare else "").join([bare, f"{NEW}{NEW}".join(shown)])
    text.value = "\n\n".join(blocks)


def _definition(found, line, around):
    address = found[3] if found[3] is not None else found[4]
    if not address or address.lower().endswith(_DRAWN):
        return None
    return found[0].replace(address, around.led(address, line), 1)
