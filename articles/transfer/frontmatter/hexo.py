"""Tags as Octopress and Hexo have them (hexo.io/docs/tag-plugins): words without quotation marks, in an order of their own."""

import re

from django.utils.translation import gettext as _

from .embeds import bare_picture
from .masks import fenced
from .setups import Dialect

_QUOTES = "\"'"


def shown(tags, name, words, line):
    """Return what stands for the tag `name` that goes on with `words`, in a text with these `tags`; None for others."""
    around = tags.around
    if name in {"img", "asset_img"} and (said := bare_picture(words)):
        return around.shown(*said, line)
    if name == "include_code" and (code := _included(tags, words)):
        return code
    if tags.dialect != Dialect.HEXO:
        return None
    if name == "post_link":
        return _post(tags, words, line)
    if name == "link" and (said := re.match(r"(.*?)\s+((?:https?://|/)\S+)", words)):
        return f"[{said[1].strip(_QUOTES)}]({around.led(said[2].strip(_QUOTES), line)})"
    return around.kept(words) if name in {"asset_path", "post_path"} else None


def _post(tags, words, line):
    """Return a link to another text: `slug words`, both at will between quotation marks."""
    found = re.match(r"""(["'])(.*?)\1|\S+""", words)
    post = (found[2] if found[1] else found[0]) if found else ""
    said = re.sub(r"\s+(?:true|false)$", "", words[found.end() :].strip() if found else "").strip(_QUOTES)
    file = tags.find(post, "post")
    at = tags.around.path_of(file) if file else ""
    if at:
        return f"[{said or post.rpartition('/')[2]}]({at})"
    tags.around.note(_("A link leads to a text that is not there: %s.") % post[:200], line)
    return said or post


def _included(tags, words):
    """Return the code of a file of the place that a text shows: `Title lang:x path`; "" where there is none."""
    setup = tags.around.setup
    folder = str(setup.settings.get("code_dir") or "downloads/code").strip("/")
    parts = [each for each in words.split() if not re.match(r"(?:lang|from|to):", each)]
    language = re.search(r"(?:^|\s)lang:([\w+#.-]+)", words)
    for number, each in enumerate(parts):
        text = tags.around.text_of(f"{setup.content}{folder}/{each}") if "." in each else None
        if text is not None:
            title = " ".join(parts[:number] + parts[number + 1 :])
            code = tags.text.mask(fenced(tags.counted(text), language[1] if language else ""))
            return (f"\n{title}\n" if title else "") + code
    return ""
