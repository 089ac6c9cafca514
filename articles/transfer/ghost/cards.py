"""The cards of Ghost's editors as HTML, much as Ghost itself shows them.

Lexical and mobiledoc call most of them alike, and give them the same fields
(https://github.com/TryGhost/Koenig, kg-default-nodes and kg-default-cards).
"""

from html import escape

from django.utils.translation import gettext as _

from .. import fields, html
from .markdown import of_markdown

MOST_WORDS = 200  # texts of a card that isn't known
_RULES = {"horizontalrule", "hr"}
_QUIET = {"paywall", "zwnj"}


def card(kind, said, notes):
    """Return HTML of a card of an editor with the fields `said`; what is not known is told with the words it has."""
    if kind in _RULES:
        return "<hr>"
    if is_gated(said.get("visibility")):
        notes.add(gated(" ".join(fields.words(said))))
        return ""
    if kind in _QUIET:
        return ""
    if kind in {"markdown", "card-markdown"}:
        return of_markdown(field(said, "markdown"), notes)
    if kind in {"email", "email-cta"}:
        return _mailed(said, notes)
    made = _CARDS.get(kind)
    if made is None:
        notes.add(_("A card “%s” of the editor is kept as its words.") % kind[:60])
        return "".join(
            f"<p>{words if '<' in words else escape(words)}</p>" for words in fields.words(said)[:MOST_WORDS]
        )
    if kind == "signup":
        notes.add(_("A form was left out."))
    shown, below = made(said), field(said, "caption")
    if not shown:
        notes.add(_("A card “%s” of the editor says nothing that can be shown here: it was left out.") % kind)
    return f"<figure>{shown}<figcaption>{below}</figcaption></figure>" if below else shown


def is_gated(seen_by):
    """Whether a card with the `visibility` isn't shown on pages to everybody."""
    if not isinstance(seen_by, dict):
        return False
    web = seen_by.get("web")
    return seen_by.get("showOnWeb") is False or (isinstance(web, dict) and web.get("nonMember") is False)


def gated(words):
    """Return what is told of a part of a text, which says `words`, that not everybody could see."""
    return _("A part that not everybody could see was left out: %s") % html.plain(words)[:1000]


def field(said, *keys):
    """Return the first of the fields `keys` that is a text with anything in it, or ""."""
    return next((said[key] for key in keys if isinstance(said.get(key), str) and said[key].strip()), "")


def _mailed(said, notes):
    """Tell of what stood in mails alone."""
    words = " ".join(filter(None, [field(said, "html"), field(said, "buttonText"), field(said, "buttonUrl")]))
    if words:
        notes.add(_("What stood in its mails alone was left out: %s") % words[:1000])
    return ""


def _part(said, *keys, tag="p"):
    """Return the first of the fields `keys`, which hold HTML, as a block; "" when none has anything."""
    words = field(said, *keys)
    return f"<{tag}>{words}</{tag}>" if words else ""


def _image(said, *keys):
    source = field(said, *(keys or ("src",)))
    if not source:
        return ""
    shown = f'<img src="{escape(source)}" alt="{escape(field(said, "alt", "title"))}">'
    return f'<a href="{escape(field(said, "href"))}">{shown}</a>' if field(said, "href") and not keys else shown


def _images(images):
    """Return pictures, each with the caption of its own that it may have."""
    several = [image for image in images if isinstance(image, dict)] if isinstance(images, list) else []
    return "".join(f"<figure>{_image(each)}{_part(each, 'caption', tag='figcaption')}</figure>" for each in several)


def _link(words, address):
    """Return a link in a paragraph; `words` and `address` are plain."""
    if not address:
        return f"<p>{escape(words)}</p>" if words else ""
    return f'<p><a href="{escape(address)}">{escape(words or address)}</a></p>'


def _button(said, words="buttonText", address="buttonUrl"):
    is_off = any(said.get(name) is False for name in ("buttonEnabled", "showButton", "productButtonEnabled"))
    return "" if is_off else _link(field(said, words), field(said, address))


def _lines(address, *lines):
    """Return a paragraph of lines, the first of which leads to `address`."""
    first, *others = [escape(line) for line in lines if line] or [escape(address)]
    return "<p>" + "<br>".join([f'<a href="{escape(address)}">{first}</a>', *others]) + "</p>"


def _code(said):
    return f'<pre><code class="language-{escape(field(said, "language"))}">{escape(field(said, "code"))}</code></pre>'


def _bookmark(said):
    about = said.get("metadata") if isinstance(said.get("metadata"), dict) else {}
    told = [field(about, name) or field(said, name) for name in ("title", "description", "author", "publisher")]
    return _lines(field(said, "url") or field(about, "url"), *told)


def _embed(said):
    address, shown = field(said, "url"), field(said, "html")
    return f'<iframe src="{escape(address)}"></iframe>' if address and "<blockquote" not in shown else shown


def _file(said):
    return _lines(field(said, "src"), field(said, "fileTitle"), field(said, "fileCaption"), field(said, "fileName"))


def _callout(said):
    words = field(said, "calloutText").strip()
    inner = words[3:-4] if words.startswith("<p>") and words.endswith("</p>") and words.count("<p>") == 1 else words
    return f"<blockquote><p>{escape(field(said, 'calloutEmoji'))} {inner}</p></blockquote>"


def _played(tag):
    return lambda said: f'{_link(field(said, "title"), "")}<{tag} src="{escape(field(said, "src"))}"></{tag}>'


def _product(said):
    shown = _image(said, "productImageSrc")
    described = field(said, "productDescription")
    return f"{shown}{_part(said, 'productTitle', tag='h4')}{described}{_button(said, 'productButton', 'productUrl')}"


def _head(said):
    """Return a header, or what stands around the form of a signup, whose button leads nowhere."""
    shown = _image(said, "backgroundImageSrc")
    words = _part(said, "header", "heading", tag="h2") + _part(said, "subheader", "subheading", tag="h3")
    return f"{shown}{words}{_part(said, 'disclaimer')}{_button(said) if field(said, 'buttonUrl') else ''}"


def _call(said):
    """Return a call to action."""
    label = field(said, "sponsorLabel") if said.get("hasSponsorLabel") is not False else ""
    return f"{label}{_image(said, 'imageUrl')}{field(said, 'textValue')}{_button(said)}"


def _nft(said):
    about = said.get("metadata") if isinstance(said.get("metadata"), dict) else {}
    return _lines(field(said, "url"), *(field(about, name) for name in ("title", "creator_name", "description")))


_CARDS = {
    "image": _image, "gallery": lambda said: _images(said.get("images")), "code": _code, "codeblock": _code,
    "before-after": lambda said: _images([said.get("beforeImage"), said.get("afterImage")]),
    "bookmark": _bookmark, "embed": _embed, "transistor": _embed, "nft": _nft, "file": _file, "button": _button,
    "callout": _callout, "audio": _played("audio"), "video": _played("video"), "product": _product, "header": _head,
    "signup": _head, "call-to-action": _call, "html": lambda said: field(said, "html"),
    "toggle": lambda said: f"<p><strong>{field(said, 'heading')}</strong></p>{field(said, 'content')}",
}  # fmt: skip
