"""Where a request comes from, told without believing what its sender says; and where requests of our own may go.

Standard library alone: the one thing that matters here, that the address checked is the address connected to, is what
clients for HTTP hide.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings

PORTS = {80, 443}
SECONDS = 10  # for a connection, and for each part of an answer
LONGEST = 30  # seconds for an answer as a whole, however slowly it drips
UNICAST = ipaddress.ip_network("2000::/3")  # all of IPv6 that is given out (RFC 4291, 2.4)


def network(environ):
    """Return where a request with the WSGI `environ` comes from, as text; empty when that can't be told.

    It is the IPv4 address, or the network (/64) of an IPv6 one, whose rest its owner chooses. Behind a proxy
    (TRUST_PROXY) it is what the proxy itself added last to X-Forwarded-For; what stands before that anybody can write.
    """
    address = environ.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        address = environ.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 6:
        found = found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False)
    return str(found)


# Going out ------------------------------------------------------------------------------------------------------------


class Private(OSError):
    """An address that is nobody's business outside its own network."""


def is_public(address):
    """Whether the IP `address` (text) is one of the open internet.

    Of IPv6 only what is given out, and none that carries an IPv4 address (mapped, translated, 6to4, Teredo): that would
    be one to check in its place.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.version == 6 and (found not in UNICAST or found.sixtofour or found.teredo):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def connect(host, port):
    """Return a socket to `host`, connected to the very address that was found to be public; raise Private otherwise.

    The name is asked for once, so that no second answer can be another (rebinding).
    """
    if port not in PORTS:
        raise Private(f"port {port}")
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(is_public(address) for address in found):
        raise Private(host)
    return socket.create_connection((found[0], port), timeout=SECONDS)


class _Plain(http.client.HTTPConnection):
    def connect(self):
        self.sock = connect(self.host, self.port)


class _Secure(http.client.HTTPSConnection):
    def connect(self):
        self.sock = ssl.create_default_context().wrap_socket(
            connect(self.host, self.port), server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()  # by now `_cut` can end it


def ask(method, url, *, agent, form=None):
    """Return (status, address it redirects to or None) of one request by `agent`; no redirect is followed, no body read.

    `form`: what is posted, as bytes. Raise Private, OSError, http.client.HTTPException, UnicodeError or ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Private(url)
    kind = _Secure if parts.scheme == "https" else _Plain
    host = parts.hostname.encode("idna").decode()
    connection = kind(host, parts.port or (443 if parts.scheme == "https" else 80), timeout=SECONDS)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
    headers = {"User-Agent": agent, "Accept": "*/*"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    end = threading.Timer(LONGEST, _cut, [connection])
    end.daemon = True
    end.start()
    try:
        connection.request(method, path + query, form, headers)
        response = connection.getresponse()
        onward = response.headers["Location"] if response.status in {301, 302, 303, 307, 308} else None
        return response.status, urljoin(url, onward) if onward else None
    finally:
        end.cancel()
        connection.close()


def _cut(connection):
    """End a connection whose time is over, whatever its other end still sends."""
    with contextlib.suppress(OSError, TypeError):  # TypeError: it isn't made yet
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)  # TLS's own would take it apart in the other's hands
