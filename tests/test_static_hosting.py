"""A copy of static files behind nginx, as the configuration that comes with it has it; and runs that are killed."""

import gzip
import http.client
import os
import random
import subprocess
import sys
import time

import pytest

from .served import ROOT, Site, free_port
from .test_nginx import NGINX
from .test_static_site import tree

pytestmark = pytest.mark.processes
FILLED = """
from tests.make import *
from articles.models import *
from articles import publishing
from django.contrib.redirects.models import Redirect
make_article("Gone", slug="gone", withdrawn="It was wrong.")
make_article("Straits", slug="straits", body="First.[@hurriyet-2022]\\n\\n```chart\\ntype: bar\\ntitle: Trade\\n\\n| Y | S |\\n|--|--|\\n| 2018 | 4 |\\n```\\n\\n```timeline\\n2020-01: It began.\\n```")
theme = make_theme("Libya"); theme.slug = "libya-now"; publishing.save_theme(theme, by=None)
Redirect.objects.create(site_id=1, old_path="/2019/old-post.html", new_path="/articles/pipes/")
Redirect.objects.create(site_id=1, old_path='/odd";} $x', new_path="/articles/pipes/")
"""
WORKSHOP = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/copy.conf;
}}
"""


def run(site, folder, workers="2"):
    """Begin to export the site into `folder`; return the process."""
    command = [sys.executable, "manage.py", "export_site", str(folder), "--workers", workers]
    return subprocess.Popen(
        command, cwd=ROOT, env=site.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A site beside its copy, in `made.folder`, after runs that were killed."""
    folder = tmp_path_factory.mktemp("hosting")
    site = Site(folder / "data")
    site.shell(FILLED)
    site.folder = folder / "copy"
    process = run(site, site.folder)
    some = random.randint(1, 60)
    while process.poll() is None and len(list(site.folder.rglob("*.*"))) < some:
        time.sleep(0.02)
    assert process.returncode is None
    process.kill()
    process.communicate()
    with pytest.raises(ProcessLookupError):  # its workers are gone too
        for _attempt in range(100):
            os.killpg(process.pid, 0)
            time.sleep(0.1)
    process = run(site, site.folder)
    told = process.communicate()[0].decode()
    assert process.returncode == 0, told
    assert "can’t be told to a server" in told
    site.start()
    yield site
    site.close()


@pytest.fixture(scope="module")
def get(made, tmp_path_factory):
    """Return what asks nginx in front of the copy."""
    if not NGINX and not os.environ.get("REQUIRE_SERVICES"):
        pytest.skip("nginx is not installed on this machine")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    said = (made.folder / ".export" / "nginx.conf").read_text()
    for before, after in {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "server_name example.org;": "server_name 127.0.0.1;",
    }.items():
        assert before in said
        said = said.replace(before, after)
    (folder / "copy.conf").write_text(said)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(WORKSHOP.format(folder=folder, user=user))
    process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])

    def get(path, port=port, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer

    for _attempt in range(100):
        try:
            get("/")
        except OSError:
            time.sleep(0.1)
        else:
            break
    else:
        pytest.fail((folder / "error.log").read_text())
    yield get
    process.terminate()
    process.wait(20)


def test_runs_that_were_killed_leave_what_one_leaves_that_was_not(made, tmp_path):
    process = run(made, tmp_path / "fresh", workers="1")
    assert process.wait(300) == 0
    process.stdout.close()
    assert tree(made.folder) == tree(tmp_path / "fresh")


@pytest.mark.parametrize(
    "path",
    ["/", "/articles/pipes/", "/feed.atom", "/feed.rss", "/feed.json", "/articles/straits/cite.bib", "/articles/straits/cite.ris",
     "/articles/straits/cite.json", "/articles/straits/charts/1.svg", "/articles/straits/charts/1.csv", "/timeline/timeline.ics",
     "/timeline/timeline.csv", "/feeds.opml", "/robots.txt", "/sitemap.xml", "/articles/pipes/card.png"],
)  # fmt: skip
def test_types_and_headers_are_those_of_the_site(made, get, path):
    live, copied = get(path, port=made.port), get(path)
    assert copied.status == 200
    for name in (
        "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "X-Frame-Options",
        "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Access-Control-Allow-Origin",
    ):  # fmt: skip
        assert copied.headers[name] == live.headers[name], name
    assert copied.headers["Content-Type"].startswith(live.headers["Content-Type"])
    assert bool(copied.headers["Content-Disposition"]) == bool(live.headers["Content-Disposition"])


def test_what_is_compressed_is_sent_so(get):
    plain, packed = get("/articles/pipes/"), get("/articles/pipes/", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == plain.content


@pytest.mark.parametrize(
    ("old", "new"),
    [("/themes/libya/", "/themes/libya-now/"), ("/themes/libya/feed.atom", "/themes/libya-now/feed.atom"),
     ("/themes/libya/feed.rss?x=1", "/themes/libya-now/feed.rss?x=1"), ("/2019/old-post.html", "/articles/pipes/")],
)  # fmt: skip
def test_former_addresses_lead_on(get, old, new):
    answer = get(old)
    assert (answer.status, answer.headers["Location"]) == (301, new)
    assert get(new).status == 200


def test_what_was_withdrawn_says_so(get):
    answer = get("/articles/gone/")
    assert answer.status == 410
    assert b"It was wrong." in answer.content
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/nothing/", "/.export/manifest.sqlite3", "/.export/", "/static/", "/articles/gone/history/"]
)
def test_what_is_not_there_says_so(get, path):
    answer = get(path)
    assert answer.status == 404
    assert b"There is nothing at this address" in answer.content
    assert b"<form" not in answer.content


def test_an_address_without_its_slash_leads_to_it(get):
    assert (get("/articles/pipes").status, get("/articles/pipes").headers["Location"]) == (301, "/articles/pipes/")


def test_what_has_a_mark_is_for_ever(made, get):
    name = next(path.name for path in (made.folder / "static").glob("site.*.css"))
    assert "immutable" in get(f"/static/{name}").headers["Cache-Control"]
