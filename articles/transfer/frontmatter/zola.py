"""Shortcodes of Zola (getzola.org/documentation/content/shortcodes)."""

import re

_SHORTCODE = re.compile(
    r"\{\{-?\s*(\w{1,60})\(([^{}]{0,2000}?)\)\s*-?\}\}|\{%-?\s*(?:(\w{1,60})\(([^{}]{0,2000}?)\)|end)\s*-?%\}"
)


def as_hugo(value):
    """Return a text of Zola's with its shortcodes as Hugo writes them: `{{ name(a="b") }}`, `{% name() %}` … `{% end %}`."""
    open_ones = []

    def one(found):
        if found[1]:
            return f"{{{{< {found[1]} {found[2]} >}}}}"
        if found[3]:
            open_ones.append(found[3])
            return f"{{{{< {found[3]} {found[4]} >}}}}"
        return f"{{{{< /{open_ones.pop()} >}}}}" if open_ones else found[0]

    return _SHORTCODE.sub(one, value)
