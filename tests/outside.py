"""The internet, of which nothing is real: names resolve as a trial says, and connections go nowhere but are written down."""

import ipaddress
import itertools
import socket
from unittest import mock

INSIDE = (
    str(ipaddress.IPv4Address(0)),
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.1", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "239.1.2.3", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1", "100::1",
)  # fmt: skip
EMBEDDING = ("::ffff:{}", "::{}", "64:ff9b::{}", "64:ff9b:1::{}", "::ffff:0:{}")


def spellings(address):
    """Return the IPv4 `address` as people have written it to get past a filter: numbers, octal, hexadecimal, shortened."""
    number = int(ipaddress.IPv4Address(address))
    parts = address.split(".")
    forms = {address, str(number), hex(number), f"0{number:o}", ".".join(f"0{int(part):o}" for part in parts)}
    forms |= {".".join(f"0x{int(part):x}" for part in parts), f"{parts[0]}.{number & 0xFFFFFF}", f"{address}."}
    forms |= {address.replace(".", "。"), address.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})}
    return sorted(forms)


def forms():
    """Return addresses (URLs) by which somebody might have the site ask what is inside: each resolves to a host inside."""
    urls = []
    for address in INSIDE:
        if ":" in address:
            urls += [f"http://[{address}]/", f"https://[{address}]/x", f"http://[{address}%25eth0]/"]
        else:
            urls += [f"http://{form}/" for form in spellings(address)]
            urls += [f"http://[{form.format(address)}]/" for form in EMBEDDING]
            sixtofour = ipaddress.IPv6Address((0x2002 << 112) | (int(ipaddress.IPv4Address(address)) << 80) | 1)
            urls += [f"http://[{sixtofour}]/"]
    inside = ("localhost", "localhost.", "LOCALHOST", "inside.example", "loop.example", "metadata.google.internal")
    ways = (
        "http://{}/", "https://{}/", "http://user@{}/", "http://example.org@{}/", "http://example.org%40{}/", "//{}/",
        "http:\\\\{}\\", "http:/{}/", "http://{}#@example.org/", "http://{}?@example.org/", "HTTP://{}:80/",
        "http://example.org\\@{}/", "http://{}\t/", " http://{}/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/{}", "ftp://{}/", "gopher://{}:70/_x",
        "dict://{}:11211/", "file://{}/etc/passwd", "jar:http://{}!/", "http://{}\r\nHost: example.org/",
    )  # fmt: skip
    urls += [way.format(host) for way, host in itertools.product(ways, inside)]
    ports = (1, 22, 25, 111, 1080, 3306, 5432, 6379, 8000, 8080, 9200, 11211, 27017, 65535, 0, 65536, 99999)
    return urls + [f"http://example.org:{port}/" for port in ports]


class Outside:
    """Stands in for `socket.getaddrinfo` and `socket.create_connection`, as a context: who connects is in `reached`.

    `answers` is {host: [addresses, …] for each time that it is asked}; names that aren't in it lead inside. `reply` is
    what example.org answers.
    """

    def __init__(self, answers=(), reply=b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"):
        self.answers = {"example.org": [["93.184.215.14"]], **dict(answers)}
        self.reached, self.asked, self.reply, self.ends = [], [], reply, []
        self.patch = mock.patch.multiple(socket, getaddrinfo=self.resolve, create_connection=self.connect)

    def __enter__(self):
        self.patch.start()
        return self

    def __exit__(self, *error):
        self.patch.stop()
        for end in self.ends:
            end.close()

    def resolve(self, host, port, *args, **kwargs):
        """Answer as a name server, or the system for what it takes for an address."""
        name = (host.decode() if isinstance(host, bytes) else host or "").lower()
        self.asked.append(name)
        turns = self.answers.get(name, [[_numeric(name) or "127.0.0.1"]])
        found = turns.pop(0) if len(turns) > 1 else turns[0]
        return [(None, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    def connect(self, address, *args, **kwargs):
        """Write down where somebody goes; the first gets the reply, others 200."""
        reply = self.reply if not self.reached else b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        self.reached.append(address)
        ours, theirs = socket.socketpair()
        self.ends.append(theirs)
        theirs.sendall(reply)
        theirs.shutdown(socket.SHUT_WR)
        return ours


def _numeric(name):
    """Return the address that the C library reads in `name`, as text, or None."""
    try:
        return str(ipaddress.ip_address(name.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(name.rstrip(".")))
    except OSError:
        return None


def is_inside(address):
    """Whether the socket address leads where nothing of ours may go: all but the hosts that trials call public."""
    return address[0] not in PUBLIC or address[1] not in {80, 443}


PUBLIC = {"93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"}


def questions():
    """Yield (url, answers of the name server, reply of example.org) by which somebody might reach what is inside."""
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    for number, url in enumerate(forms()):
        yield url, {}, plain
        if not set(url) & set("\r\n"):
            status = (301, 302, 303, 307, 308)[number % 5]
            moved = f"HTTP/1.1 {status} Moved\r\nLocation: {url}\r\nContent-Length: 0\r\n\r\n"
            yield "http://example.org/", {}, moved.encode()
    for address in INSIDE:  # the name leads outside when it is checked and inside when it is connected to; or to both
        for turns in ([["8.8.8.8"], [address]], [["8.8.8.8", address]], [[address, "8.8.8.8"]]):
            yield "http://turning.example/", {"turning.example": turns}, plain


def hits(check):
    """Have `check(url)` ask all `questions`; return (how many, connections to where nothing may go, connections in all)."""
    asked, wrong, reached = 0, [], 0
    for url, answers, reply in questions():
        with Outside(answers, reply) as outside:
            check(url)
        asked, reached = asked + 1, reached + len(outside.reached)
        wrong += [(url, reply, each) for each in outside.reached if is_inside(each)]
    return asked, wrong, reached
