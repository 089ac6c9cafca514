"""Ready bytes in front of Django: a public page is answered from memory while nothing that readers see has changed.

The content's state is a row of the database that changes in the transaction of every publication. A thread of each
process reads it four times a second; at a change the process forgets all its pages. Where it can't be read, what is
kept goes on being served, and says how old it is.
"""

import gzip
import logging
import os
import re
import threading
import time
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import brotli
from cachetools import LRUCache
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
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
LONGEST, LONGEST_KEPT = 400, 2_000  # characters of an address that is remembered, and of one whose page is kept
MOST_HOSTS = 100  # remembered as ours
_SECONDS = re.compile(r"\b(max-age|s-maxage|stale-while-revalidate)=(\d+)")


class Form(NamedTuple):
    """A page as it is sent in one encoding: its headers, those of a 304, its validator, its bytes."""

    headers: list
    repeated: list
    etag: str
    body: bytes


class Page:
    """A response for everybody, in each of the forms that somebody asked for, each made once."""

    def __init__(self, response, told, kept):
        """Take what Django's `response` and the headers it `told` say; `kept`: whether anybody may keep it."""
        headers = {NGINX: "1" if kept else "0"}  # first: after Cache-Control nginx 1.22 may have decided already
        headers |= {name: value for name, value in told if name not in {"Content-Length", "ETag"}}
        self.etag = response.headers.get("ETag", "")
        self.modified = parse_http_date_safe(headers.get("Last-Modified", ""))
        self.each_time = getattr(response, "each_time", None)
        self.plain, self.packed = response.content, None
        kind = headers.get("Content-Type", "")
        self.shrinks = len(self.plain) >= SHORTEST and COMPRESSED.match(kind) is not None
        if COMPRESSED.match(kind):
            headers["Vary"] = "Accept-Encoding"
        self.headers = list(headers.items())
        self.forms = {}

    @property
    def size(self):
        """The bytes that the page takes in memory, roughly."""
        bodies = [self.plain or b"", self.packed or b"", *(form.body for form in list(self.forms.values()))]
        return 2_000 + sum(1_000 + len(body) for body in {id(body): body for body in bodies}.values())

    def pack(self):
        """Compress the page for good, before it is kept; what was there before goes."""
        if self.shrinks:
            self.packed = self.form("br").body
            self.plain = None

    def form(self, encoding):
        """Return the `Form` in `encoding` (br, gzip or None), made when it is first asked for.

        Each has a strong validator of its own, that ends in its encoding (RFC 9110, 8.8.3.3).
        """
        encoding = encoding if self.shrinks else None
        if encoding not in self.forms:
            body = self._body(encoding)
            etag = f'{self.etag[:-1]}-{encoding}"' if encoding and self.etag else self.etag
            headers = [*self.headers, ("Content-Length", str(len(body)))]
            if etag:
                headers.append(("ETag", etag))
            if encoding:
                headers.append(("Content-Encoding", encoding))
            repeated = [(name, value) for name, value in headers if name.lower() in REPEATED]
            self.forms[encoding] = Form(headers, repeated, etag, body)
        return self.forms[encoding]

    def _body(self, encoding):
        if encoding == "br":
            return self.packed or brotli.compress(self.plain, quality=5)
        plain = brotli.decompress(self.packed) if self.plain is None else self.plain
        return gzip.compress(plain, 6, mtime=0) if encoding == "gzip" else plain

    def is_known(self, form, environ):
        """Whether the request's validators say that its sender has `form` already (RFC 9110, 13.2.2)."""
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked is not None:
            if not form.etag or asked == form.etag:
                return bool(form.etag)
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
        self.thread, self.starting = None, threading.Lock()

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

    def catch_up(self, since=None):
        """Have the state confirmed as it was at `since` or later (monotonic seconds; default: a second ago).

        Nobody waits for a database that is away, nor for long for one that doesn't answer. Return how old the state is
        now, in seconds, and in how many the next article falls due.
        """
        since = time.monotonic() - self.LIMIT if since is None else since
        if not self.pause:
            self.check()
        elif self.confirmed < since:
            self._start()
            self.wanted.set()
            if not self.failing:
                with self.answered:
                    self.answered.wait_for(lambda: self.failing or self.confirmed >= since, timeout=0.5)
        now = time.monotonic()
        return now - self.confirmed, self.due - now if self.due is not None else 0

    def _start(self):
        with self.starting:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, name="page-cache", daemon=True)
                self.thread.start()

    def _run(self):
        held = None
        while True:
            try:
                self.check()
            except Exception:  # the thread must go on: readers trust its word
                self.failing = True
                log.exception("What readers see can't be confirmed.")
            finally:
                held = self._hold(held)
            left = self.due - time.monotonic() if self.due is not None else self.pause
            self.wanted.wait(min(self.pause, left) if left > 0 else self.pause)
            self.wanted.clear()

    @staticmethod
    def _hold(held):
        """Take the connection of this look out of use and close that of the look before, `held`; return what is to be held.

        A database that was brought back is another file, another connection. But SQLite removes its log with the last
        connection, and on a disk that is full nobody could make it again to read by: one is open at any time. Not where
        the disk couldn't be written at the first look (False): all of a process share what the first has opened.
        """
        connection = connections[DEFAULT_DB_ALIAS]
        del connections[DEFAULT_DB_ALIAS]
        writable = connection.vendor == "sqlite" and os.access(connection.settings_dict["NAME"], os.W_OK)
        if not writable or held is False:
            connection.close()
            return held or False
        if held is not None:
            held.close()
        return connection


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
            self.watch.catch_up(time.monotonic())  # what an editor has changed shows in their own process at once
            return response
        place = None
        if self.is_for_everybody(environ):
            path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
            place = (canonical if len(path) + len(query) <= LONGEST else canonical.__wrapped__)(path, query)
        if place is None:
            return self.application(environ, start_response)
        plain = time.monotonic() < self.watch.plain_until
        age, due = (0, HORIZON) if plain else self.watch.catch_up()
        with self.lock:
            page = self.pages.get(place)
        if page is None:
            page, response, told = self.ask(place, environ)
            if page is None:
                start_response(f"{response.status_code} {response.reason_phrase}", told)
                return response
            age = 0
        encoding = taken(environ.get("HTTP_ACCEPT_ENCODING", "")[:200])
        form = page.forms.get(encoding) or self.made(place, page, encoding)
        if page.each_time:
            page.each_time(environ, "?".join(filter(None, place)))
        known = page.is_known(form, environ)
        headers = list(form.repeated if known else form.headers)
        start_response("304 Not Modified" if known else "200 OK", headers if plain else dated(headers, age, due))
        return [] if known or method == "HEAD" else [form.body]

    def is_for_everybody(self, environ):
        """Whether the request is for a host of ours, over https where that is asked for, by nobody who is logged in."""
        host = environ.get("HTTP_HOST")
        if host not in self.hosts:
            allowed = settings.ALLOWED_HOSTS
            if not host or not validate_host(split_domain_port(host)[0], allowed):
                return False
            if len(self.hosts) < MOST_HOSTS:
                self.hosts.add(host)
        if settings.HTTPS:
            told = environ.get("HTTP_X_FORWARDED_PROTO") if settings.TRUST_PROXY else environ["wsgi.url_scheme"]
            if told != "https":
                return False
        return self.session not in environ.get("HTTP_COOKIE", "")

    def ask(self, place, environ):
        """Return (page, None, None) of what Django shows at `place`, kept if it may be; or (None, response, its headers).

        What isn't there, not any more or elsewhere is kept by nginx alone, for its second: it has to take the place of
        the copy that was there before.
        """
        asked = {name: value for name, value in environ.items() if not name.startswith("HTTP_") or name in SEEN}
        asked |= {"REQUEST_METHOD": "GET", "QUERY_STRING": place[1]}
        state, told = self.watch.state, []
        response = self.application(asked, lambda _status, headers, *_error: told.extend(headers))
        public = getattr(response, "for_everybody", None)  # False: for everybody, but for this moment alone
        if public is None or response.cookies or response.streaming:
            if response.status_code in {301, 404, 410} and not response.has_header("Cache-Control"):
                told = [(NGINX, "1"), ("Cache-Control", "public, no-cache"), *told]
            return None, response, told
        kept = public and "no-store" not in response.get("Cache-Control", "")
        page = Page(response, told, kept)
        response.close()
        if kept and state is not None and not self.watch.failing:
            self.keep(place, page, state)
        return page, None, None

    def keep(self, place, page, state):
        """Keep `page`, made of the `state`, if that still stands and the page is no larger than pages may be."""
        if len(place[0]) + len(place[1]) > LONGEST_KEPT or not self.largest:
            return
        page.pack()
        with self.lock:
            if state is self.watch.state and page.size <= self.largest:
                self.pages[place] = page

    def made(self, place, page, encoding):
        """Return the form of `page` in `encoding`, counted with what the page takes."""
        form = page.form(encoding)
        page.forms.setdefault(encoding, form)  # what doesn't shrink is the same in any
        with self.lock:
            if self.pages.get(place) is page:
                del self.pages[place]
                if page.size <= self.largest:
                    self.pages[place] = page
        return form


@lru_cache(maxsize=4_096)
def canonical(path, query):
    """Return (path, query) by which the page at `path` (as WSGI spells it) and `query` is kept, None for what isn't public.

    Parameters that the page doesn't read are left out. An address that may lead to another page (`former`) isn't kept.
    """
    try:
        view = resolve(path.encode("latin-1").decode()).func
        parameters, former = getattr(view, "parameters", None), getattr(view, "former", None)
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50) if query else ()
    except (Resolver404, ValueError):
        return None
    if parameters is None or (query and former and former(query)):
        return None
    return path, urlencode([(name, value) for name, value in pairs if name in parameters])


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
