"""Whether the addresses of sources still answer: asked politely, and never of a private network."""

import http.client
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from . import network

MOST_REDIRECTS = 5
AT_ONCE = 4
PAUSE = 1.0  # seconds between two questions to one host
AGENT = "Mozilla/5.0 (compatible; link check of a publication's sources)"

ALIVE, GONE, UNSURE = "alive", "gone", "unsure"
GONE_STATUSES = {404, 410}


def _follow(method, url):
    for _step in range(MOST_REDIRECTS + 1):
        status, onward = network.ask(method, url, agent=AGENT)
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
    except network.Private:
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
