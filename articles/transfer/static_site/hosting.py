"""What a server needs to know beyond the files: where former addresses lead, what was withdrawn, types and headers.

_redirects                    for hosts that read such a file: FORMER PRESENT 301, a line each
.export/redirects.nginx.map   the same for nginx
.export/gone.nginx.map        the pages of withdrawn articles, which answer 410
.export/nginx.conf            a configuration that uses both
"""

import re
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.contrib.redirects.models import Redirect

from ...middleware import PUBLIC_POLICY, SWITCHED_OFF
from ...views.charts import DRAWING_POLICY
from .addresses import file_at
from .folder import OWN

SECTION = re.compile(r"/(?:themes|authors|series|articles)/[-\w]+/", re.ASCII)
FEEDS = ("feed.atom", "feed.rss", "feed.json")
_CONF = Path(__file__).with_name("nginx.conf")
_SAFE = "/+:@!&'()*,=~"
# nginx would read more in these: variables, ends of words, escapes
_PLAIN = re.compile(r"/[^\x00-\x1f\x7f\"\\$;{}]*")


def moved():
    """Return [(former path, present path), …] of the redirects, and [former path, …] of those that no server can be told."""
    rows = Redirect.objects.filter(site=settings.SITE_ID).order_by("old_path").values_list("old_path", "new_path")
    told, left = [], []
    for old, new in rows.iterator():
        can = new.startswith("/") and _PLAIN.fullmatch(old) and "?" not in old and old != new
        told.append((old, new)) if can else left.append(old)
    return told, left


def former(redirects):
    """Return the paths at which a copy answers for the former ones of `redirects`: those, and the feeds below them."""
    found = []
    for old, _new in redirects:
        found.append(old)
        if SECTION.fullmatch(old) and not old.startswith("/articles/"):
            found += [old + feed for feed in FEEDS]
    return [path for path in found if file_at(path)]


def write(folder, redirects, gone):
    """Write into the `Folder` what servers need; `gone` are the paths of withdrawn articles. Return whether anything changed."""
    rules, lines = [], []
    for old, new in redirects:
        rules.append(f'"{old}" "{quote(new, _SAFE)}";')
        lines.append(f"{quote(old, _SAFE)} {quote(new, _SAFE)} 301")
        if SECTION.fullmatch(old):  # and all that stands below
            rules.append(f'"~^{re.escape(old)}(?<below>.+)$" "{quote(new, _SAFE)}$below";')
            lines.append(f"{quote(old, _SAFE)}* {quote(new, _SAFE)}:splat 301")
    pages = [f'"{path}" 1;' for path in gone if _PLAIN.fullmatch(path)]
    conf = _CONF.read_text()
    for name, value in {
        "FOLDER": str(folder.path).translate({ord(sign): f"\\{sign}" for sign in '"\\'}),
        "POLICY": PUBLIC_POLICY,
        "DRAWING": DRAWING_POLICY,
        "SWITCHED_OFF": SWITCHED_OFF,
        "REFERRER": settings.SECURE_REFERRER_POLICY,
    }.items():
        conf = conf.replace(f"@{name}@", value)
    files = {
        "_redirects": "\n".join([*lines, ""]),
        f"{OWN}/redirects.nginx.map": "\n".join([*rules, ""]),
        f"{OWN}/gone.nginx.map": "\n".join([*pages, ""]),
        f"{OWN}/nginx.conf": conf,
    }
    return sum(folder.put(name, content.encode()) for name, content in files.items()) > 0
