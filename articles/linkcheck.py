"""Whether the addresses of sources still answer: asked politely, and never of a private network.

Standard library alone: the one thing that matters here, that the address checked is the address connected to, is what
clients for HTTP hide.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urljoin, urlsplit

SECONDS = 10
MOST_REDIRECTS = 5
AT_ONCE = 4
PAUSE = 1.0  # seconds between two questions to one host
AGENT = "Mozilla/5.0 (compatible; link check of a publication's sources)"

ALIVE, GONE, UNSURE = "alive", "gone", "unsure"
GONE_STATUSES = {404, 410}


class Private(OSError):
    """An address that is nobody's business outside its own network."""


def is_public(address):
    """Whether the IP `address` (text) is one of the open internet."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def _connect(host, port):
    """Return a socket to `host`, connected to the very address that was found to be public."""
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(is_public(address) for address in found):
        raise Private(host)
    return socket.create_connection((found[0], port), timeout=SECONDS)


class _Plain(http.client.HTTPConnection):
    def connect(self):
        self.sock = _connect(self.host, self.port)


class _Secure(http.client.HTTPSConnection):
    def connect(self):
        self.sock = ssl.create_default_context().wrap_socket(_connect(self.host, self.port), server_hostname=self.host)


def _ask(method, url):
    """Return (status, address it redirects to or None) of one request; no body is read."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Private(url)
    kind = _Secure if parts.scheme == "https" else _Plain
    host = parts.hostname.encode("idna").decode()
    connection = kind(host, parts.port or (443 if parts.scheme == "https" else 80), timeout=SECONDS)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
    try:
        connection.request(method, path + query, headers={"User-Agent": AGENT, "Accept": "*/*"})
        response = connection.getresponse()
        moved = response.status in {301, 302, 303, 307, 308}
        return response.status, urljoin(url, response.headers["Location"]) if moved and response.headers[
            "Location"
        ] else None
    finally:
        connection.close()


def _follow(method, url):
    for _step in range(MOST_REDIRECTS + 1):
        status, onward = _ask(method, url)
        if onward is None:
            return status
        url = onward
    return 310  # more redirects than anybody follows


def check(url):
    """Return (ALIVE, GONE or UNSURE, why) of the address `url`.

    HEAD first, GET where that is not liked. Gone is what says so (404, 410) or has no host any more. A refusal, a
    time-out or a broken certificate says nothing: such pages are often there for readers.
    """
    try:
        status = _follow("HEAD", url)
        if status >= 400:
            status = _follow("GET", url)
    except Private:
        return UNSURE, "private address"
    except socket.gaierror as error:
        return (GONE, "no such host") if error.errno == socket.EAI_NONAME else (UNSURE, "name server")
    except TimeoutError:
        return UNSURE, "time-out"
    except ConnectionRefusedError:
        return GONE, "connection refused"
    except ssl.SSLError:
        return UNSURE, "certificate"
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        return UNSURE, type(error).__name__
    if status < 400:
        return (UNSURE, "redirects") if status == 310 else (ALIVE, str(status))
    return (GONE if status in GONE_STATUSES else UNSURE), str(status)


def check_all(urls):
    """Yield (url, state, why) of each of `urls`: a few hosts at once, one question at a time to each."""
    hosts = {}
    for url in dict.fromkeys(urls):
        hosts.setdefault(urlsplit(url).hostname, []).append(url)

    def one_host(addresses):
        found = []
        for place, url in enumerate(addresses):
            if place:
                time.sleep(PAUSE)
            found.append((url, *check(url)))
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(one_host, hosts.values()):
            yield from found
