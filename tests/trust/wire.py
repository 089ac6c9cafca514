"""What goes over the wire: requests of the site's own, and whatever strangers send."""

import http.client
import json
from http.cookies import SimpleCookie

from ..naughty import elsewhere, headers, hosts
from ..outside import forms
from ..served import Shell, Site, own_folder
from ..test_nginx import SAFE, Front, amiss
from ..visits import differing
from . import Row
from .editors import BEGIN, on_both

ASKED = """
import json
from tests.outside import hits
from tests.test_outside import linkcheck, tell
print(json.dumps([hits(linkcheck.check), hits(tell)], default=repr))
"""


# A site in the process, with everything that readers can ask for; its client goes through the page cache as they do.
LIBRARY = """
import builtins, itertools, json, random, time
from django.conf import settings
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
from django.test import Client
from tests import crawl, naughty, visits, wire
from tests.conftest import ThroughTheCache
from tests.make import make_article, make_user
for number in range(200):
    make_article(f"Gas {number}", body="Erdoğan said S-400 in the letter. " * 20, themes=["Syria"])
values, chief = crawl.library(), make_user("chief", is_superuser=True)
reader, plain = Client(raise_request_exception=False), Client(raise_request_exception=False)
reader.handler = ThroughTheCache()
time.sleep(1.5)  # a second after a change its date is a validator
vars(builtins).update(globals())
"""


def beside(work, code):
    """Return what `code` prints as JSON in a process with the library (see LIBRARY), on SQLite."""
    shell = Shell(own_folder(work / "site", PYTHONWARNINGS="ignore"))
    try:
        shell.run(BEGIN + LIBRARY)
        return json.loads(shell.run(f"print(json.dumps({code}, default=repr))"))
    finally:
        shell.end()


def row(test, what, anchor, target, figure, wrong):
    """Return the row of a trial in which nothing may be `wrong`."""
    return Row(test, what, anchor, target, figure + (f": {wrong[:3]!r}"[:400] if wrong else ""), not wrong)


def x4(work, few):
    """Random queries, naughty strings, a NUL, a query of 20,000 words."""
    rows = []
    for database, run in on_both(work, LIBRARY):
        seconds = 5 if few else 180
        code = (
            "until = time.monotonic() + %s\n"
            "lines = itertools.chain(naughty.naughty(), ['\\0', 'w ' * 20_000], naughty.queries(random.Random(4), 100_000))\n"
            "took, wrong = wire.searched(plain, itertools.takewhile(lambda _line: time.monotonic() < until, lines))\n"
            "print(json.dumps([len(took), sorted(took)[int(len(took) * 0.99)], wrong]))"
        )
        asked, slow, wrong = run(code % seconds)
        figure = f"{database}, 200 articles: {asked:,} queries in {seconds} s, {len(wrong)} not answered, p99 {slow * 1000:.0f} ms"
        target = "100,000 queries, both databases: 0 5xx, p99 ≤ 150 ms on 10,000 articles"
        rows.append(
            row("X4", "hostile search queries, pages and feeds", "raw FTS5: 74 % errors", target, figure, wrong)
        )
    return rows


def x5(work, few):
    """Absurd addresses, parameters and methods on every public pattern."""
    asked, wrong = beside(work, f"wire.absurd(plain, values, {300 if few else 26_000})")
    figure = f"{asked:,} requests over every pattern of the resolver: {len(wrong)} wrong"
    what = "absurd parts, parameters (doubled, unknown), paths of 8 KB and methods"
    return [row("X5", what, "", "≥ 25,000 requests: 0 5xx, nothing reflected", figure, wrong)]


def x9(work, few):
    """Redirects to elsewhere."""
    most = 10 if few else 10_000
    asked, wrong = beside(work, f"wire.led_elsewhere(plain, values, chief, {most})")
    figure = f"{min(most, len(elsewhere()))} lines, {asked:,} requests: {len(wrong)} off-site"
    what = "open redirects: paths, slashes, parameters, login and logout"
    return [row("X9", what, "backslash CVEs of 2026", "319 lines: 0 off-site Location", figure, wrong)]


def x10(work, few):
    """Headers with a canary, through the page cache, each followed by a clean request."""
    kinds = "[crawl.filled(route, values) for route in crawl.routes() if 'feed' not in route or route == 'feed.<feed:format>']"
    asked, wrong = beside(work, f"wire.reflected(reader, {kinds}[::{20 if few else 3}], {5 if few else 10_000})")
    figure = (
        f"{len(headers()):,} names and {len(hosts('x'))} claims of another host: {asked:,} requests, {len(wrong)} wrong"
    )
    what = "unkeyed headers on each kind of public page, through the page cache, then a clean request"
    target = "1,125 names + 60 forms: 0 reflections, the clean answer byte-identical"
    return [row("X10", what, "Ghost 9.6, Discourse 9.3", target, figure, wrong)]


def g(work, few):
    """Headers and cookies of everything, by the site and by nginx; posts without a token."""
    code = (
        "[len(crawl.pages(values)), wire.unsafe(reader, crawl.pages(values)), len(crawl.desk()), "
        "(lambda desk: (desk.force_login(chief), wire.loose(desk, crawl.desk()))[1])(Client(enforce_csrf_checks=True))]"
    )
    pages, unsafe, desk, loose = beside(work, code)
    asked, wrong = 0, [*unsafe, *loose]
    with Nginx(work / "nginx") as front:
        for path in (*front.pages, "/static/none.css", "/static/", "/%00/", "/" + "a" * 40_000):
            for method in ("GET", "HEAD", "TRACE", "PUT", "GET"):
                answer = front.get(path, method)
                asked, wrong = asked + 1, wrong + [(method, path[:60], each) for each in amiss(answer)]
        front.site.stop()
        for path in (*front.pages, "/never/seen/"):
            answer = front.get(path)
            asked, wrong = asked + 1, wrong + [("away", path[:60], each) for each in amiss(answer)]
    figure = (
        f"{pages} public pages with 7 methods, {desk} addresses of the desk, {asked:,} answers through nginx (its own, copies, "
        f"400, 403, 404, 405, 413, 414, 502): {len(wrong)} without one of {len(SAFE)} headers, with a cookie or open to a post"
    )
    return [row("G", "headers, cookies, CSRF", "", "100 % of responses", figure, wrong)]


class Nginx:
    """nginx in front of a site with everything that readers can ask for, as a context; asked as Django's client is."""

    def __init__(self, folder):
        folder.mkdir()
        self.site = Site(folder / "data")
        self.pages = json.loads(
            self.site.shell("import json; from tests import crawl; print(json.dumps(crawl.pages(crawl.library())))")
        )
        key = "from tests.test_at_once import logged_in; from django.contrib.auth.models import User; "
        key += "print(logged_in(User.objects.get(username='chief')).cookies['sessionid'].value)"
        self.key = self.site.shell(key)
        self.site.start()
        self.front, self.cookies = Front(folder, self.site), SimpleCookie()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.front.process.terminate()
        self.front.process.wait(20)
        self.site.close()

    def get(self, path, method="GET", headers=()):
        """Return the answer to a request of `path` with the cookies that are set."""
        connection = http.client.HTTPConnection("127.0.0.1", self.front.port, timeout=20)
        sent = dict(headers) | ({"Cookie": self.cookies.output([], "", ";").strip()} if self.cookies else {})
        connection.request(method, path, headers=sent)
        answer = connection.getresponse()
        answer.content, answer.status_code, answer.streaming = answer.read(), answer.status, False
        connection.close()
        return answer


def h(work, few):
    """Everybody is shown the same."""
    orders = 1 if few else 24
    asked, wrong = beside(work, f"visits.differing(reader, crawl.pages(values), wire.session_of(chief), {orders})")
    with Nginx(work / "nginx") as front:
        more, worse = differing(front, front.pages[::5] if few else front.pages, front.key, 1 if few else 4)
    figure = (
        f"{asked:,} requests through the page cache in {orders} orders, {more:,} through nginx in {1 if few else 4}: "
        f"{len(wrong) + len(worse)} differ from what anybody gets"
    )
    what = "each public page as anybody, editor, with odd cookies, Authorization, Cache-Control, conditions, ranges"
    return [row("H", what, "seven CVEs of Django's cache in 2026", "byte-identical always", figure, [*wrong, *worse])]


def x8(work, few):
    """What is inside, asked for in every form."""
    shell = Shell(own_folder(work / "site"))
    try:
        told = json.loads(shell.run(ASKED))
    finally:
        shell.end()
    asked, wrong = sum(each[0] for each in told), [hit for each in told for hit in each[1]]
    figure = (
        f"{len(forms())} forms, as many behind redirects, names that turn: {asked:,} requests of the link check and of "
        f"WebSub, {sum(each[2] for each in told):,} connections outside, {len(wrong)} inside"
    )
    what = "the site's own requests to what is inside, by name, number, redirect and rebinding"
    return [Row("X8", what, "open-webui bypassed twice", "120 forms; 0 canary hits", figure, not wrong)]


TRIALS = {"G": g, "H": h, "X4": x4, "X5": x5, "X8": x8, "X9": x9, "X10": x10}
