"""The child process that renders, with sicknesses that a text can name: what the site does with such a child is tried.

Run in place of `articles.text.engine` (see `articles.text.CHILD`).
"""

import ctypes
import time

from articles.text import engine

LOOP, SLEEP, MEMORY, SEGFAULT, EXIT = "<sick-loop>", "<sick-sleep>", "<sick-memory>", "<sick-segfault>", "<sick-exit>"
BREAKS = "Breaks when it is woven"
SICKNESSES = (LOOP, SLEEP, MEMORY, SEGFAULT, EXIT)


def rendered(text, well=engine.render):
    """Do what `text` asks for, or render it."""
    while LOOP in text:
        pass
    if SLEEP in text:
        time.sleep(60)
    if MEMORY in text:
        return {"html": str(len(bytearray(2 << 30))), "contents": [], "words": 1}
    if SEGFAULT in text:
        ctypes.string_at(0)
    if EXIT in text:
        raise SystemExit(1)
    return well(text)


def site():
    """Return the site as a WSGI application, with this for a child, over texts that say `BREAKS` unable to weave what is stored.

    For granian's `--factory`.
    """
    from articles import text
    from articles.text import links
    from relations_site.wsgi import application

    def resolved(html, look_up, well=links.resolved):
        if BREAKS in html:
            raise RuntimeError(BREAKS)
        return well(html, look_up)

    text.CHILD, links.resolved = __name__, resolved
    return application


if __name__ == "__main__":
    engine.render = rendered
    engine.main()
