"""The configuration of nginx that comes with the site, tried with nginx itself in front of a real site."""

import contextlib
import http.client
import http.server
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from types import SimpleNamespace

import brotli
import pytest

from .served import ROOT, Site, free_port

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        not NGINX and not os.environ.get("REQUIRE_SERVICES"), reason="nginx is not installed on this machine"
    ),
]
WORKSHOP = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types; access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/publication.conf;
}}
"""


def configured(folder, port, site_port, static, others=()):
    """Write the configuration as it stands in README's folder, with the addresses of this test; return its path.

    `others` are the ports of more processes of the site.
    """
    said = (ROOT / "relations_site" / "deploy" / "nginx.conf").read_text()
    for before, after in {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "server_name example.org;": "server_name 127.0.0.1;",
        "server 127.0.0.1:8000 max_fails=0;": "\n".join(
            f"server 127.0.0.1:{each} max_fails=0;" for each in (site_port, *others)
        ),
        "/var/cache/nginx-publication": f"{folder}/cache",
        "/srv/publication/static/": f"{static}/",
        "proxy_set_header Host $host;": f"proxy_set_header Host 127.0.0.1:{site_port};",
    }.items():
        assert before in said
        said = said.replace(before, after)
    (folder / "publication.conf").write_text(said)
    (folder / "nginx.conf").write_text(WORKSHOP.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return folder / "nginx.conf"


class Front:
    """nginx in front of `site`."""

    def __init__(self, folder, site, others=()):
        self.port = free_port()
        path = configured(folder, self.port, site.port, folder / "data" / "static", others)
        self.process = subprocess.Popen([NGINX, "-c", str(path), "-e", str(folder / "error.log")])
        for _attempt in range(100):
            try:
                self.get("/health/")
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("nginx did not start")

    def get(self, path, method="GET", **headers):
        """Return the response to a request of `path`, its body read as `content`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """nginx in front of a site that is up, as `front.site`."""
    folder = tmp_path_factory.mktemp("nginx")
    site = Site(folder / "data")
    site.start()
    front = Front(folder, site)
    front.site = site
    yield front
    front.process.terminate()
    front.process.wait(20)
    site.close()


@pytest.fixture(autouse=True)
def up(front):
    if front.site.process is None:
        front.site.start()


def eventually(holds):
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)
    return holds()


def test_readers_are_answered_by_nginx(front):
    first = front.get("/articles/pipes/")
    again = front.get("/articles/pipes/")
    assert (first.status, again.status) == (200, 200)
    assert again.content == first.content
    assert again.headers["Cache-Status"] == "nginx; HIT"
    assert "Surrogate-Key" not in again.headers
    assert "X-Accel-Expires" not in again.headers


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("identity", None)],
)
def test_each_reader_gets_the_packing_they_take(front, accepted, encoding):
    plain = front.get("/articles/").content
    for _time in range(2):
        answer = front.get("/articles/", Accept_Encoding=accepted)
        assert answer.headers["Content-Encoding"] == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
    if encoding == "br":
        assert brotli.decompress(answer.content) == plain
    etag = answer.headers["ETag"]
    assert front.get("/articles/", Accept_Encoding=accepted, If_None_Match=etag).status == 304


def test_a_change_shows_within_three_seconds(front):
    assert "Brand new" not in front.get("/articles/").content.decode()
    front.site.shell("from tests.make import make_article; make_article('Brand new', themes=['Syria'])")
    time.sleep(3)
    assert "Brand new" in front.get("/articles/").content.decode()


def test_the_desk_and_those_logged_in_are_never_answered_from_copies(front):
    for _time in range(2):
        assert front.get("/admin/login/").headers["Cache-Status"] in {"nginx; MISS", "nginx; EXPIRED"}
        front.get("/themes/")
        assert front.get("/themes/", Cookie="a=b; sessionid=x").headers["Cache-Status"] == "nginx; BYPASS"
        assert front.get("/themes/", Cookie="a=b; __Host-sessionid=x").headers["Cache-Status"] == "nginx; BYPASS"
    assert front.get("/health/").headers["Cache-Status"] == "nginx; MISS"


def test_pictures_come_with_what_the_site_says_of_them_and_none_before_its_text(front):
    address = front.site.shell(
        "from tests.make import make_article, make_picture; picture = make_picture();"
        "make_article('Drawn', slug='drawn', published=False, lead_picture=picture.pk); print(picture.file.url)"
    )
    for kept in ("MISS", "HIT"):  # for its second: it takes the place of what was there before
        answer = front.get(address)
        assert (answer.status, answer.headers["Cache-Status"]) == (404, f"nginx; {kept}")
    front.site.shell(
        "from articles import publishing; from articles.models import Article; row = Article.objects.get(slug='drawn');"
        "publishing.publish(row, publishing.Fields.of(row.working), by=None, based_on=row.working_id)"
    )
    assert eventually(lambda: front.get(address).status == 200)
    for _time in range(2):
        answer = front.get(address)
        assert (answer.status, answer.headers["Cache-Status"]) == (200, "nginx; HIT")
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Content-Type"] == "image/jpeg"


def test_with_the_application_stopped_readers_go_on_reading(front):
    paths = ["/", "/articles/", "/articles/pipes/", "/themes/syria/", "/feed.atom", "/themes/syria/feed.json"]
    seen = {path: [front.get(path, Accept_Encoding=form).content for form in ("br", "")] for path in paths}
    front.site.stop()
    time.sleep(2.5)
    for path in paths:
        for form, content in zip(("br", ""), seen[path], strict=True):
            answer = front.get(path, Accept_Encoding=form)
            assert (answer.status, answer.content) == (200, content), path
            assert answer.headers["Cache-Status"] == "nginx; STALE"
    assert front.get("/admin/", "POST").status == 502
    front.site.start()
    assert eventually(lambda: front.get("/").headers["Cache-Status"] != "nginx; STALE")


def test_what_was_withdrawn_or_moved_does_not_come_back_while_the_site_is_away(front):
    picture = front.site.shell(
        "from tests.make import make_article, make_picture; picture = make_picture();"
        "make_article('Wrong', slug='wrong', lead_picture=picture.pk); make_article('Moved', slug='moved');"
        "print(picture.file.url)"
    )
    assert [front.get(f"/articles/{slug}/").status for slug in ("wrong", "moved")] == [200, 200]
    assert front.get(picture).status == 200
    front.site.shell(
        "from tests.make import change; from articles import publishing; from articles.models import Article;"
        "wrong = Article.objects.get(slug='wrong');"
        "publishing.withdraw(wrong, by=None, based_on=wrong.working_id, note='Wrong.');"
        "change(Article.objects.get(slug='moved'), slug='moved-on')"
    )
    time.sleep(3)
    assert [front.get(f"/articles/{slug}/").status for slug in ("wrong", "moved")] == [410, 301]
    assert front.get(picture).status == 404
    front.site.stop()
    time.sleep(2.5)
    assert [front.get(f"/articles/{slug}/").status for slug in ("wrong", "moved")] == [410, 301]
    assert front.get(picture).status == 404
    front.site.start()


def test_static_files_are_sent_by_nginx_for_ever(front):
    page = front.get("/").content.decode()
    style = re.search(r'href="(/static/site\.[0-9a-f]{12}\.css)"', page)[1]
    answer = front.get(style, Accept_Encoding="gzip")
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]


# Processes that are started anew ---------------------------------------------------------------------------------------


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers `most` requests of each connection, and closes it in the moment when the next one comes."""

    protocol_version = "HTTP/1.1"
    turn, most = 0, 1_000

    def do_GET(self):
        """Answer, or go."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.turn += 1
        self.close_connection = self.turn > self.most
        if not self.close_connection:
            self.send_response(200)
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", "0")
            self.end_headers()

    do_POST = do_GET

    def log_message(self, *said):
        """Say nothing."""


class Ending(Answering):
    """As what is ending does."""

    most = 1


class Standin(http.server.ThreadingHTTPServer):
    """Something in the place of the site's process at `port`."""

    def __init__(self, port=0, answers=Answering):
        super().__init__(("127.0.0.1", port), answers)
        self.port, self.taken = self.server_port, []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def process_request(self, request, client_address):
        """Remember the connection."""
        self.taken.append(request)
        super().process_request(request, client_address)

    def end(self):
        """Listen no more, and hang up."""
        self.shutdown()
        self.server_close()
        for each in self.taken:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def before(tmp_path):
    """What puts nginx before processes at the ports it is given."""
    fronts = []

    def put(port, *others):
        fronts.append(Front(tmp_path, SimpleNamespace(port=port), others))
        return fronts[0]

    yield put
    fronts[0].process.terminate()
    fronts[0].process.wait(20)


def test_a_form_never_goes_over_a_connection_that_a_process_may_be_closing(before):
    site = Standin(answers=Ending)
    front = before(site.port)
    for _turn in range(5):
        assert [front.get("/x", method).status for method in ("GET", "POST")] == [200, 200]
    site.end()


def test_a_process_that_was_started_anew_is_asked_at_once_for_the_next_one_goes(before):
    first, second = Standin(), Standin()
    ports = [first.port, second.port]
    second.end()
    front = before(*ports)
    up = first
    for turn in (1, 0, 1, 0):
        assert [front.get("/x", method).status for method in ("GET", "POST") * 2] == [200] * 4
        up.end()
        up = Standin(ports[turn])
    assert [front.get("/x", method).status for method in ("GET", "POST") * 2] == [200] * 4
    up.end()


SAFE = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin|no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": r"camera=\(\), ",
}


def amiss(answer):
    """Return the headers of SAFE that `answer` has not, or has twice."""
    told = {name: answer.headers.get_all(name) or [] for name in SAFE}
    once = {name: values[0] for name, values in told.items() if len(values) == 1 and "unsafe" not in values[0]}
    return [name for name in SAFE if name not in once or not re.search(SAFE[name], once[name])]


def test_every_answer_keeps_browsers_safe_whoever_gives_it(front):
    static = re.search(r'href="(/static/site\.[^"]+)"', front.get("/").content.decode())[1]
    asked = {
        "/": 200, "/articles/pipes/": 200, "/nowhere/": 404, "/admin/": 302, "/admin/login/": 200, "/feed.atom": 200, "/health/": 200,
        static: 200, "/static/nowhere.css": 404, "/static/": 403, "/%00/": 400, "/" + "a" * 40_000: 414,
    }  # fmt: skip
    for path, status in asked.items():
        for _time in range(2):  # the second may come from a copy
            answer = front.get(path)
            assert (answer.status, amiss(answer)) == (status, []), path[:40]
    for method, headers, status in (("TRACE", {}, 405), ("POST", {"Content-Length": "99999999"}, 413),
                                    ("GET", {"X_Long": "a" * 40_000}, 400), ("PUT", {}, 403)):  # fmt: skip
        answer = front.get("/", method, **headers)
        assert (answer.status, amiss(answer)) == (status, []), method
    front.site.stop()
    for path, status in {"/": 200, f"/never-seen-{time.time()}/": 502}.items():
        answer = front.get(path)
        assert (answer.status, amiss(answer)) == (status, []), path
