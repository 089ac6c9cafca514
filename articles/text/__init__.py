"""Markdown in, values out. No rows, no request, no settings.

    render(body) -> Rendered

Python-Markdown can be made to run for minutes or to exhaust the stack by 20 KB of brackets, so it works in a child
process (`engine`) that is stopped when it takes too long; the next text gets a new child.
"""

import atexit
import contextlib
import json
import os
import re
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin

from .. import names
from . import links

LONGEST = 200_000  # characters; about 30,000 words
SECONDS = 2.0  # for a text
PATIENCE = 10.0  # seconds for one that has been published, where nobody waits for it
READY = 10.0  # seconds for a new child
CHILD = "articles.text.engine"
# An address that is neither within the page nor whole.
_ADDRESS = re.compile(r'(<[^<>]*?\s(?:href|src)=")(?!#|[a-zA-Z][a-zA-Z0-9+.-]*:)([^"]*)')
_BACK_TITLE = re.compile(r'title="Back to the text of note (\w*)"')
_ABOVE = re.compile(
    r"<p>(<em>(?:(?!</?em>|</p>).)*</em>(?:<sup\b(?:(?!</sup>|</p>).)*</sup>)*)</p>(?=\s*<(?:table|ol class=\"timeline\"))",
    re.DOTALL,
)
_SIDE_NOTE = re.compile(r' data-note="[^"]*"')
_MARK = re.compile(r'<sup [^>]*(?:id="fnref|class="cites")[^>]*>.*?</sup>', re.DOTALL)
_INLINE = re.compile(r"</?(?:a|abbr|b|bdi|cite|code|del|em|i|ins|kbd|q|span|strong|sub|sup|time)\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_PICTURE = re.compile(r'<img alt="([^"]*)"(?:[^<>]*? title="([^"]*)")?')
_ROOT = Path(__file__).resolve().parents[2]


class TextError(ValueError):
    """A text that can't be rendered; `code` is "long", "slow" or "failed"."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Rendered:
    """A rendered text.

    html      sanitised, with notes at the end and once more beside the text
    contents  [{"id": str, "title": str, "level": 2 or 3}, …], in order
    words     number of words, without the notes
    is_typed  whether this is the text as it was typed, for it can't be rendered now
    """

    html: str
    contents: list
    words: int
    is_typed: bool = False


class _Engine:
    """The child process that renders, started when first needed and again as soon as it was stopped.

    It knows nothing of the site's secrets.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._process = None
        self._is_ready = False

    def _start(self):
        self._is_ready = False
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no outside input in the command
            [sys.executable, "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=_ROOT,
            env={},
        )
        os.set_blocking(self._process.stdin.fileno(), False)

    def stop(self):
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()

    def ask(self, text, seconds):
        """Return the child's answer for `text`; raise TextError when none comes in so many `seconds`."""
        question = json.dumps(text).encode() + b"\n"
        with self._lock:
            try:
                if self._process is None or self._process.poll() is not None:
                    self.stop()
                    self._start()
                answer = self._exchange(question, seconds) if self._wait() else None
            except OSError:
                answer = b""
            if answer is None or not answer.endswith(b"\n"):
                self.stop()
                with contextlib.suppress(OSError):
                    self._start()  # whoever comes next needn't wait for it
                raise TextError("slow" if answer is None else "failed")
        return json.loads(answer)

    def _wait(self):
        """Wait for the child's first line, with which it is ready; return whether it came."""
        self._is_ready = self._is_ready or bool(self._exchange(b"", READY))
        return self._is_ready

    def _exchange(self, question, seconds):
        """Write `question`; return what the child writes up to its newline or its end, or None when `seconds` have passed."""
        until, answer = time.monotonic() + seconds, b""
        reading, writing = self._process.stdout.fileno(), self._process.stdin.fileno()
        question = memoryview(question)
        with selectors.DefaultSelector() as selector:
            selector.register(reading, selectors.EVENT_READ)
            if question:
                selector.register(writing, selectors.EVENT_WRITE)
            while not answer.endswith(b"\n"):
                ready = [key.fd for key, _events in selector.select(max(0, until - time.monotonic()))]
                if not ready:
                    return None
                if writing in ready:
                    question = question[os.write(writing, question) :]
                    if not question:
                        selector.unregister(writing)
                if reading in ready:
                    part = os.read(reading, 1 << 20)
                    if not part:
                        return answer
                    answer += part
        return answer


_engine = _Engine()
atexit.register(_engine.stop)


def render(body, *, patient=False):
    """Return the `Rendered` text of the Markdown `body`; raise TextError when it is too long or can't be rendered.

    `patient`, for commands, gives it `PATIENCE` seconds: on a busy machine a text that took one takes three.
    """
    if len(body) > LONGEST:
        raise TextError("long")
    answer = _engine.ask(names.clean(body), PATIENCE if patient else SECONDS)
    if answer is None:
        raise TextError("failed")
    return Rendered(**answer)


def unrendered(body):
    """Return the Markdown `body` as it was typed, in paragraphs, for readers of a text that can't be rendered."""
    typed = filter(None, (part.strip() for part in re.split(r"\n\s*\n", names.clean(body))))
    html = "\n".join(f"<p>{escape(part, quote=False)}</p>" for part in typed)
    return Rendered(html, [], len(body.split()), is_typed=True)


def opening(html):
    """Return the first paragraph of the sanitised `html` without marks of notes and sources, or nothing."""
    paragraph = re.search(r"<p>.*?</p>", html, re.DOTALL)
    if paragraph is None:
        return ""
    return _MARK.sub("", paragraph[0])


def plain(html, titles=None):
    """Return the words of the sanitised `html`, without the marks of notes and sources, on one line.

    `titles` ({name: title}) are those of the articles to which it links without words of its own.
    """
    return " ".join(paragraphs(html, titles))


def paragraphs(html, titles=None):
    """Return the words of the sanitised `html` as `plain` does, those of each paragraph and each cell apart."""
    html = links.with_titles(html, titles or {})
    html = re.sub(r'<a class="footnote-backref".*?</a>|(?<=>)article:(?=[\w-]+</span>)', "", _MARK.sub("", html))
    html = re.sub(r"</h\d>", ".</p>", _INLINE.sub("", html))
    return list(filter(None, (" ".join(unescape(part).split()) for part in _TAG.split(html))))


def of_pictures(html):
    """Return what the sanitised `html` says of its pictures: their words for those who can't see them, and captions."""
    return [unescape(words) for found in _PICTURE.findall(html) for words in found if words]


def notes_apart(html):
    """Return the sanitised `html` in two parts: the text, and its notes (empty when it has none)."""
    text, mark, notes = html.partition('<div class="footnote">')
    return text, mark + notes


def way_back(html, words):
    """Return sanitised `html` whose links from notes back to the text say `words`, with the note's letter for %s."""
    return _BACK_TITLE.sub(lambda found: f'title="{escape(words) % found[1]}"', html)


def captioned(html):
    """Return sanitised `html` in which a paragraph of emphasis alone, with its marks, above a table or a timeline is of the
    class "caption".
    """
    return _ABOVE.sub(r'<p class="caption">\1</p>', html)


def for_feed(html, *, page, prefix):
    """Return sanitised `html` as a feed item carries it.

    Addresses become absolute, seen from the address `page`; ids and the links to them begin with `prefix`, so that the
    notes of two items on one page don't meet; the notes beside the text go, those at the end stay. The result depends
    on the arguments alone, byte for byte.
    """
    html = _SIDE_NOTE.sub("", html)
    html = _ADDRESS.sub(lambda found: found[1] + escape(_absolute(page, unescape(found[2]))), html)
    html = re.sub(r'(<[^<>]*?\shref="#)', rf"\1{prefix}", html)
    return re.sub(r'(<[^<>]*?\sid=")', rf"\1{prefix}", html)


def _absolute(page, address):
    """Return `address` seen from `page`; one that makes no sense stays."""
    try:
        return urljoin(page, address)
    except ValueError:
        return address
