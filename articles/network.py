"""Where a request comes from, told without believing what its sender says."""

import ipaddress

from django.conf import settings


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
