"""Readers and editors of a site that runs in processes of its own, and what they saw."""

import http.client
import itertools
import re
import threading
import time
from collections import Counter
from typing import NamedTuple

from tests.benchmarks import kills

PATIENCE = 20  # seconds until somebody goes away
FORM = re.compile(r'name="form"[^>]*?value="([^"]*)"')


class Answer(NamedTuple):
    """One request: when it began and ended (monotonic seconds), who asked, how, for what, and what came back.

    `status` is 0 when there was no answer, and `error` says why; `again` is the header Retry-After.
    """

    begun: float
    ended: float
    who: str
    method: str
    path: str
    status: int
    again: str | None = None
    error: str = ""

    @property
    def failed(self):
        """Whether somebody was not served: no answer, or one that says that the site is at fault."""
        return self.status == 0 or self.status >= 500

    @property
    def seconds(self):
        """How long it took."""
        return self.ended - self.begun


class Line:
    """A connection to `host` ("127.0.0.1:8000") that stays open as long as it lasts; each request is put down in `log`."""

    def __init__(self, host, who, log):
        self.who, self.log = who, log
        self.connection = http.client.HTTPConnection(host, timeout=PATIENCE)

    def ask(self, method, path, body=None, headers=None):
        """Return (answer, its content); (None, b"") when there was none.

        As browsers do, a request that meets a connection closed meanwhile is sent again over a new one, if it only reads.
        """
        fresh = self.connection.sock is None
        begun = time.monotonic()
        try:
            answer, content = self._once(method, path, body, headers or {})
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            if method == "GET" and not fresh:
                return self.ask(method, path, body, headers)
            self.log.append(
                Answer(begun, time.monotonic(), self.who, method, path, 0, error=f"{type(error).__name__}: {error}")
            )
            return None, b""
        said = (answer.status, answer.getheader("Retry-After"))
        self.log.append(Answer(begun, time.monotonic(), self.who, method, path, *said))
        return answer, content

    def _once(self, method, path, body, headers):
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def close(self):
        """Hang up."""
        self.connection.close()


class Reader(threading.Thread):
    """Somebody who asks for one of `paths` (an iterator) after the other, each `pause` seconds, until it is `over`."""

    def __init__(self, host, paths, over, log, *, who="reader", pause=0.05, session=None):
        super().__init__(daemon=True)
        self.paths, self.over, self.pause = paths, over, pause
        self.line = Line(host, who, log)
        self.headers = {"Cookie": f"sessionid={session}"} if session else {}

    def run(self):
        """Read."""
        for path in self.paths:
            if self.over.wait(self.pause):
                break
            self.line.ask("GET", path, headers=self.headers)
        self.line.close()


class Editor(kills.Editor):
    """Somebody who writes the article `key`: saves each `every` seconds and has what is typed kept each `keeping`.

    `confirmed` are the numbers of the saves whose form led on; what came of each request is in `log`.
    """

    def __init__(self, host, session, key, chosen, over, log, *, every=0.5, keeping=None):
        super().__init__(host, session, key, chosen, over)
        self.daemon = True
        self.every, self.keeping = every, keeping
        self.line = Line(host, "editor", log)

    def run(self):
        """Open the form, type, save, and so on."""
        path, number = f"/admin/articles/article/{self.key}/change/", 0
        while not self.over.is_set():
            due = time.monotonic() + self.every
            status, page, token = self.ask("GET", path)
            if status != 200:
                self.refused[status] += 1
                self.over.wait(0.2)
                continue
            number += 1
            form = self.form(page, number, token)
            self._type(page, form, token, due)
            status = self.ask("POST", path, form, token)[0]
            if status == 302:
                self.confirmed.append(number)
            else:
                self.refused[status] += 1
        self.line.close()

    def _type(self, page, form, token, due):
        """Wait until `due`, having what is typed kept in between."""
        found = FORM.search(page)
        for turn in itertools.count():
            left = due - time.monotonic()
            if self.over.wait(max(0, min(left, self.keeping or left))) or time.monotonic() >= due:
                return
            kept = form | {"form": found[1], "changed": "1", "body": f"{form['body']} Typing {turn}."}
            self.ask("POST", f"/admin/articles/article/{self.key}/keep/", kept, token)

    def ask(self, method, path, data=None, token=""):
        """Return (status, page, token against forgery) of a request; status 0 when there was no answer."""
        body, headers = self.packed(data, token)
        answer, content = self.line.ask(method, path, body, headers)
        if answer is None:
            return 0, "", token
        found = re.search(r"csrftoken=(\w+)", answer.getheader("Set-Cookie") or "")
        return answer.status, content.decode(), found[1] if found else token


def percentile(answers, share=0.99):
    """Return the seconds within which that `share` of `answers` came, 0 without any."""
    times = sorted(answer.seconds for answer in answers)
    return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0


def milliseconds(seconds):
    """Return `seconds` in words."""
    return f"{seconds * 1000:.0f} ms"


def in_words(answers):
    """Return what failed of `answers`, by kind: "2 × POST 502, 1 × GET ConnectionResetError", or "none"."""
    kinds = Counter(f"{answer.method} {answer.status or answer.error[:60]}" for answer in answers if answer.failed)
    return ", ".join(f"{count} × {kind}" for kind, count in kinds.most_common()) or "none"
