"""Ready bytes in front of Django: a public page is answered from memory while nothing that readers see has changed.

The content's state is a row of the database that changes in the transaction of every publication. A thread of each
process reads it four times a second; at a change the process forgets all its pages. Where it can't be read, what is
kept goes on being served, and says how old it is.
"""

import gzip
import logging
import re
import threading
import time
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import brotli
from cachetools import LRUCache
from django.conf import settings
from django.db import Error, connections
from django.http.request import split_domain_port, validate_host
from django.urls import Resolver404, resolve
from django.utils.http import parse_etags, parse_http_date_safe

log = logging.getLogger(__name__)

# Of a request for a public page Django sees these headers and no other: it can't depend on what it doesn't see.
SEEN = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO"}
COMPRESSED = re.compile(r"text/|image/svg\+xml|application/(?:[\w.+-]*\+)?(?:xml|json)\b")
SHORTEST = 500  # bytes; what is shorter fits a packet anyway
# What a 304 repeats of the headers (RFC 9110, 15.4.5), and what caches in between go by.
REPEATED = {
    "access-control-allow-origin", "cache-control", "cache-tag", "etag", "last-modified", "link", "surrogate-key",
    "vary", "x-accel-expires",
}  # fmt: skip
HORIZON = 900  # seconds; nothing we send stays fresh for longer, but what stays for ever
NGINX = "X-Accel-Expires"  # how long nginx may keep an answer, in seconds, whatever Cache-Control says
LONGEST = 400  # characters of an address that is remembered
_SECONDS = re.compile(r"\b(max-age|s-maxage|stale-while-revalidate)=(\d+)")


class Form(NamedTuple):
    """A page as it is sent in one encoding: its headers, those of a 304, its validator, its bytes."""

    headers: list
    repeated: list
    etag: str
    body: bytes


class Page:
    """A response for everybody, compressed once, in each of the forms that somebody asked for."""

    def __init__(self, response):
        headers = dict(response.items())
        headers.pop("Content-Length", None)
        self.etag = headers.pop("ETag", "")
        self.modified = parse_http_date_safe(headers.get("Last-Modified", ""))
        self.each_time = getattr(response, "each_time", None)
        content = response.content
        kind = headers.get("Content-Type", "")
        self.shrinks = len(content) >= SHORTEST and COMPRESSED.match(kind) is not None
        if COMPRESSED.match(kind):
            headers["Vary"] = "Accept-Encoding"
        headers[NGINX] = "1"
        self.headers = list(headers.items())
        self.content = brotli.compress(content, quality=5) if self.shrinks else content
        self.forms = {}

    @property
    def size(self):
        """The bytes that the page takes in memory, roughly."""
        return 2_000 + len(self.content) + sum(1_000 + len(form.body) for form in self.forms.values())

    def form(self, encoding):
        """Return the `Form` in `encoding` (br, gzip or None), made when it is first asked for.

        Each has a strong validator of its own, that ends in its encoding (RFC 9110, 8.8.3.3).
        """
        encoding = encoding if self.shrinks else None
        if encoding not in self.forms:
            body, etag = self.content, self.etag
            if self.shrinks and encoding != "br":
                body = brotli.decompress(body)
            if encoding == "gzip":
                body = gzip.compress(body, 6, mtime=0)
            if encoding and etag:
                etag = f'{etag[:-1]}-{encoding}"'
            headers = [*self.headers, ("ETag", etag), ("Content-Length", str(len(body)))]
            if encoding:
                headers.append(("Content-Encoding", encoding))
            repeated = [(name, value) for name, value in headers if name.lower() in REPEATED]
            self.forms[encoding] = Form(headers, repeated, etag, body)
        return self.forms[encoding]

    def is_known(self, form, environ):
        """Whether the request's validators say that its sender has `form` already (RFC 9110, 13.2.2)."""
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked is not None:
            if asked == form.etag:
                return True
            wanted = re.sub(r'-(?:br|gzip)"', '"', asked)
            return wanted == "*" or self.etag in (tag.removeprefix("W/") for tag in parse_etags(wanted))
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if since is None or self.modified is None:
            return False
        return (parse_http_date_safe(since) or 0) >= self.modified


class Watch:
    """Knows the state of what readers see, as the database had it no longer than a second ago.

    `read()` returns (state, seconds until the next article falls due by itself, or None); `forget()` is called when
    the state has changed. A thread asks every `pause` seconds and when an article falls due; with a `pause` of 0 there
    is none, and whoever wants to know asks.
    """

    LIMIT = 1.0  # seconds; what wasn't confirmed for longer may be stale

    def __init__(self, read, forget, pause):
        self.read, self.forget, self.pause = read, forget, pause
        self.state, self.due, self.failing = None, None, False
        self.confirmed = self.plain_until = float("-inf")
        self.asking, self.answered, self.wanted = threading.Lock(), threading.Condition(), threading.Event()
        self.thread = None

    def check(self):
        """Ask the database."""
        with self.asking:
            asked = time.monotonic()
            try:
                state, due = self.read()
            except Error as error:
                if not self.failing:
                    log.warning("What readers see can't be confirmed; what is kept goes on being served: %s", error)
                self.failing = True
            else:
                if state != self.state:
                    self.state = state
                    self.forget()
                self.failing, self.confirmed = False, asked
                self.due = asked + due if due is not None else float("inf")
                if self.pause:
                    self.plain_until = min(asked + self.LIMIT, self.due - HORIZON)
        with self.answered:
            self.answered.notify_all()

    def catch_up(self):
        """Have the state confirmed if it hasn't been for a second; don't wait for a database that is away.

        Return how old it is now, in seconds, and in how many the next article falls due.
        """
        now = time.monotonic()
        if not self.pause:
            self.check()
        elif now - self.confirmed > self.LIMIT:
            self._start()
            self.wanted.set()
            if not self.failing:
                with self.answered:
                    self.answered.wait_for(lambda: self.failing or self.confirmed > now - self.LIMIT, timeout=0.5)
        now = time.monotonic()
        return now - self.confirmed, self.due - now if self.due is not None else 0

    def _start(self):
        with self.asking:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, name="page-cache", daemon=True)
                self.thread.start()

    def _run(self):
        while True:
            try:
                self.check()
            except Exception:  # the thread must go on: readers trust its word
                self.failing = True
                log.exception("What readers see can't be confirmed.")
            finally:
                connections.close_all()  # a database that was brought back is another file, another connection
            left = self.due - time.monotonic() if self.due is not None else self.pause
            self.wanted.wait(min(self.pause, left) if left > 0 else self.pause)
            self.wanted.clear()


class PageCache:
    """WSGI application: answers public pages from memory, at most `megabytes` of them, and asks `application` for the rest.

    `read` and `pause` are those of `Watch`.
    """

    def __init__(self, application, *, read, megabytes, pause=0.25):
        self.application = application
        self.pages = LRUCache(megabytes * 2**20, getsizeof=lambda page: page.size)
        self.largest = self.pages.maxsize // 8
        self.lock = threading.Lock()
        self.hosts = set()
        self.watch = Watch(read, self.forget, pause)
        self.session = f"{settings.SESSION_COOKIE_NAME}="

    def forget(self):
        """Forget every page."""
        with self.lock:
            self.pages.clear()

    def __call__(self, environ, start_response):
        """Answer the request (PEP 3333)."""
        method = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD":
            response = self.application(environ, start_response)
            self.watch.check()  # what an editor has changed shows in their own process at once
            return response
        address = None
        if self.is_for_everybody(environ):
            path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
            address = canonical(path, query) if len(path) + len(query) <= LONGEST else None
        if address is None:
            return self.application(environ, start_response)
        plain = time.monotonic() < self.watch.plain_until
        age, due = (0, HORIZON) if plain else self.watch.catch_up()
        with self.lock:
            page = self.pages.get(address)
        if page is None:
            page, response = self.ask(address, environ)
            if page is None:
                start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
                return response
            age = 0
        encoding = taken(environ.get("HTTP_ACCEPT_ENCODING", "")[:200])
        form = page.forms.get(encoding) or self.made(address, page, encoding)
        if page.each_time:
            page.each_time(environ, address)
        known = page.is_known(form, environ)
        headers = list(form.repeated if known else form.headers)
        start_response("304 Not Modified" if known else "200 OK", headers if plain else dated(headers, age, due))
        return [] if known or method == "HEAD" else [form.body]

    def is_for_everybody(self, environ):
        """Whether the request is for a host of ours, over https where that is asked for, by nobody who is logged in."""
        host = environ.get("HTTP_HOST")
        if host not in self.hosts:
            allowed = settings.ALLOWED_HOSTS
            if not host or not validate_host(split_domain_port(host)[0], allowed) or len(self.hosts) > 100:
                return False
            self.hosts.add(host)
        if settings.HTTPS:
            told = environ.get("HTTP_X_FORWARDED_PROTO") if settings.TRUST_PROXY else environ["wsgi.url_scheme"]
            if told != "https":
                return False
        return self.session not in environ.get("HTTP_COOKIE", "")

    def ask(self, address, environ):
        """Return (page, None) of what Django shows at `address`, kept if it may be; or (None, response)."""
        path, _mark, query = address.partition("?")
        asked = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in SEEN}
        asked |= {"REQUEST_METHOD": "GET", "QUERY_STRING": query}
        state = self.watch.state
        response = self.application(asked, lambda *_told: None)
        kept = getattr(response, "for_everybody", None)  # False: for everybody, but for this moment alone
        if kept is None or response.cookies or response.streaming:
            return None, response
        page = Page(response)
        response.close()
        if kept and not self.watch.failing and page.size <= self.largest:
            with self.lock:
                if state is not None and state is self.watch.state:
                    self.pages[address] = page
        return page, None

    def made(self, address, page, encoding):
        """Return the form of `page` in `encoding`, counted with what the page takes."""
        form = page.form(encoding)
        page.forms.setdefault(encoding, form)  # what doesn't shrink is the same in any
        with self.lock:
            if self.pages.get(address) is page:
                del self.pages[address]
                if page.size <= self.largest:
                    self.pages[address] = page
        return form


@lru_cache(maxsize=4_096)
def canonical(path, query):
    """Return the address by which the page at `path` (as WSGI spells it) and `query` is kept, or None for what isn't public.

    Parameters that the page doesn't read are left out.
    """
    try:
        parameters = getattr(resolve(path.encode("latin-1").decode()).func, "parameters", None)
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50) if query else ()
    except (Resolver404, ValueError):
        return None
    if parameters is None:
        return None
    known = urlencode([(name, value) for name, value in pairs if name in parameters])
    return f"{path}?{known}" if known else path


@lru_cache(maxsize=1_000)
def taken(accepted):
    """Return the best encoding that an Accept-Encoding header takes, br or gzip, or None (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _mark, weight = part.partition(";")
        weights[name.strip()] = re.fullmatch(r"\s*q=0(?:\.0*)?\s*", weight) is None
    return next((name for name in ("br", "gzip") if weights.get(name, weights.get("*", False))), None)


def dated(headers, age, due):
    """Return `headers` in which nothing stays fresh past the next article that falls due, in `due` seconds.

    A page that hasn't been confirmed for longer than a second says for how many (RFC 9111, section 5.1).
    """
    left = int(max(0, min(due, HORIZON)))

    def cut(found):
        return f"{found[1]}={min(int(found[2]), left)}"

    told = []
    for name, value in headers:
        if name == "Cache-Control" and "immutable" not in value:
            value = _SECONDS.sub(cut, value)
            if left < 90:  # the two follow each other
                value = re.sub(r"(stale-while-revalidate)=\d+", r"\1=0", value)
        elif name == NGINX and left < 1:
            value = "0"
        told.append((name, value))
    if age > Watch.LIMIT:
        told.append(("Age", str(int(age))))
    return told
