"""What is looked at in answers over the wire; each function returns what was wrong, those that count what they asked too."""

import itertools
import random
import re
import time
from urllib.parse import quote, urljoin, urlsplit

from django.test import Client
from django.urls import reverse

from .crawl import filled, parameters, parts, routes
from .naughty import MARK, elsewhere, headers, hosts, naughty, some
from .visits import content, seen

SAFE = {
    "Content-Security-Policy": r"default-src 'none'.*",
    "X-Content-Type-Options": r"nosniff",
    "X-Frame-Options": r"DENY",
    "Referrer-Policy": r"strict-origin-when-cross-origin|no-referrer",
    "Cross-Origin-Opener-Policy": r"same-origin",
    "Permissions-Policy": r".*camera=\(\), .*",
}
CANARY = "canary9z.example"


def amiss(answer, public=True):
    """Return what the headers of `answer` lack of what keeps browsers safe, or say of somebody's session."""
    wrong = [name for name, value in SAFE.items() if not re.fullmatch(value, answer.headers.get(name, ""))]
    policy = answer.headers.get("Content-Security-Policy", "")
    if "unsafe" in policy or "frame-ancestors 'none'" not in policy and "sandbox" not in policy:
        wrong.append(policy)
    if public and ("Set-Cookie" in answer.headers or answer.cookies):
        wrong.append("Set-Cookie")
    if public and "cookie" in answer.headers.get("Vary", "").lower():
        wrong.append("Vary: Cookie")
    return wrong


def unsafe(client, addresses):
    """Return [(address, what is amiss)] of pages that aren't there or whose headers aren't those they should be."""
    found = []
    for address in [*addresses, "/nowhere/", "/articles/gone/", "/themes/nowhere/", "/pictures/none.png", "/%00/"]:
        for method in ("get", "head", "post", "put", "delete", "options", "trace"):
            answer = getattr(client, method)(address)
            if wrong := amiss(answer):
                found.append((method, address, answer.status_code, wrong))
            content(answer)
            if method == "get" and address in addresses and answer.status_code not in {200, 301, 302}:
                found.append((address, answer.status_code))
    answer = client.get("/", headers={"host": "elsewhere.example"})
    return found + ([("host", answer.status_code, amiss(answer))] if amiss(answer) or answer.status_code != 400 else [])


def absurd_requests(values, most):
    """Yield (method, path, query): `most` of each route's absurd parts, of parameters with absurd values, and of methods."""
    names, lot = [*parameters(), "x", "format", "callback", "_"], random.Random(5)
    lines = []
    for route in routes():
        for name, value in itertools.product(parts(route), naughty()):
            lines.append(("get", filled(route, values, **{name: _segment(value)}), ""))
        address = filled(route, values)
        for name, value in itertools.product(names, naughty()):
            doubled = f"&{name}={quote(lot.choice(naughty()).encode('utf-8', 'replace'))}" if lot.random() < 0.3 else ""
            lines.append(("get", address, f"{name}={_segment(value)}{doubled}"))
        lines += [(method, address, "") for method in ("head", "options", "trace", "put", "patch", "delete", "post")]
        odd = (
            "%00",
            "%ff",
            "%ed%a0%80",
            "%c0%af",
            "a" * 8_000,
            "%2e%2e/%2e%2e/",
            ";x",
            "%0d%0aX:1",
            "?" * 5,
            "//",
            "%",
            "%zz",
            "..%2f",
        )
        lines += [("get", f"{address}{tail}", "") for tail in odd]
        lines.append(("get", address, "&".join(f"x{number}=1" for number in range(1_500))))
    return some(lines, most)


def _segment(value):
    """Return `value` as it stands in an address: quoted, a lone surrogate as its three bytes."""
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def absurd(client, values, most):
    """Return (asked, wrong) of absurd requests: no 5xx, nothing of it reflected as markup, no header split."""
    asked, wrong = 0, []
    for method, path, query in absurd_requests(values, most):
        answer = getattr(client, method)(f"{path}{'?' if query else ''}{query}")
        asked += 1
        kind = answer.headers.get("Content-Type", "")
        body = content(answer)
        if answer.status_code >= 500:
            wrong.append((answer.status_code, method, path[:100], query[:100]))
        elif ("html" in kind or "xml" in kind) and MARK.encode() in body:
            wrong.append(("reflected", method, path[:100], query[:100]))
        elif "X-Injected" in answer.headers or amiss(answer):
            wrong.append((amiss(answer), method, path[:100], query[:100]))
    return asked, wrong


def leads_off(location, host="testserver"):
    """Whether a browser at `host` would leave for another one: it takes \\ for /, and forgets tabs and newlines."""
    location = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    target = urlsplit(urljoin(f"http://{host}/a/b", location))
    return target.scheme not in {"http", "https"} or (target.hostname or "") != host


def led_elsewhere(client, values, user, most):
    """Return (asked, wrong) of redirects that somebody might lead to another host, `most` of each way."""
    lines, asked, wrong = elsewhere(), 0, []
    login, logout = reverse("admin:login"), reverse("admin:logout")

    def look(answer, *what):
        nonlocal asked
        asked += 1
        if answer.status_code >= 500 or (
            300 <= answer.status_code < 400 and leads_off(answer.headers.get("Location", "/"))
        ):
            wrong.append((what, answer.status_code, answer.headers.get("Location")))

    for line in some(lines, most):
        path = quote(line.encode(), safe="/%\\:?#;@=.")
        for address in (path if path.startswith("/") else f"/{path}", f"/{path}", f"/themes/{path}", f"/admin/{path}"):
            look(client.get(address), "path", address)
        look(client.get("/articles/", {"theme": ["b", "a"], "next": line, "order": line}), "parameter", line)
        for name in ("next", "url", "return", "redirect_to", "continue", "_popup", "r"):
            look(client.get("/search/", {"q": "x", name: line}), name, line)
            look(client.get("/admin/", {name: line}), name, line)
            look(client.get(login, {name: line}), name, line)
        someone = Client()
        someone.force_login(user)
        look(someone.get(login, {"next": line}), "next, logged in", line)
        look(someone.post(logout, {"next": line}), "logout", line)
    for line in some(lines, max(8, most // 8)):
        typed = {"username": user.username, "password": f"{user.username}-password", "next": line}
        look(Client().post(f"{login}?next={quote(line)}", typed), "login", line)
    return asked, wrong


def reflected(client, addresses, most):
    """Return (asked, wrong): headers with a canary sent to each page, each followed by a clean request for the same bytes."""
    asked, wrong = 0, []
    clean = {address: seen(client.get(address)) for address in addresses}
    tries = [{name: f"{CANARY}"} for name in some(headers(), most)] + some(hosts(CANARY), max(10, most // 10))
    for address, sent in itertools.product(addresses, tries):
        answer = client.get(address, headers=sent)
        asked += 1
        body = content(answer)
        if CANARY.encode() in body or CANARY in str(dict(answer.headers)):
            wrong.append(("reflected", address, sent))
        elif seen(client.get(address)) != clean[address]:
            wrong.append(("another answer", address, sent))
            clean[address] = seen(client.get(address))
    return asked, wrong


def session_of(user):
    """Return the key of a session in which `user` is logged in."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def loose(client, addresses):
    """Return what is wrong with the desk, to which `client` (one that minds CSRF) is logged in: what may be stored
    anywhere, what a post without a token is let do, what keeps browsers less safe than it should.
    """
    wrong = []
    for route, address in addresses:
        answer = client.get(address)
        if "no-store" not in answer.headers.get("Cache-Control", "") or amiss(answer, public=False):
            wrong.append(
                ("get", route, answer.status_code, answer.headers.get("Cache-Control"), amiss(answer, public=False))
            )
        answer = client.post(address, {"post": "yes", "action": "save"})
        if answer.status_code not in {403, 404}:
            wrong.append(("post without a token", route, answer.status_code))
    return wrong


def searched(client, asked):
    """Return (times in seconds, queries that were not answered) of the queries `asked`."""
    took, wrong = [], []
    for number, query in enumerate(asked):
        address = "/search/" if number % 3 else f"/search/feed.{('atom', 'rss', 'json')[number % 9 // 3]}"
        began = time.monotonic()
        answer = client.get(address, {"q": query.encode("utf-8", "surrogatepass")}, follow=True)
        took.append(time.monotonic() - began)
        if answer.status_code != 200 and not (answer.status_code == 404 and "feed" in address):
            wrong.append((answer.status_code, query[:80]))
    return took, wrong
