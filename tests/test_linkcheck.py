"""Addresses of sources: asked politely, never of a private network, dead only after days."""

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles import linkcheck, network, publishing
from articles.models import Article, Source

from .make import make_article, make_source
from .test_desk import shown


@pytest.fixture(scope="module")
def server():
    """A server on this machine whose paths say how they answer: /404, /405-200 (HEAD, then GET), /to/404."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.command, self.path))
            parts = self.path.strip("/").split("/")
            if parts[0] == "to":
                self.send_response(302)
                self.send_header("Location", parts[1] if "://" in self.path else f"/{'/'.join(parts[1:])}")
            elif parts[0] == "inside":
                self.send_response(302)
                self.send_header("Location", "http://10.0.0.1/secret")
            elif parts[0] == "loop":
                self.send_response(302)
                self.send_header("Location", "/loop")
            else:
                head, _dash, get = parts[0].partition("-")
                self.send_response(int(get) if get and self.command == "GET" else int(head))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815 - the library's name

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = asked
    server.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_house(monkeypatch, settings):
    """Let this machine's own address, and any port, pass for public ones."""
    monkeypatch.setattr(network, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(network, "PORTS", range(65536))
    settings.CHECK_LINKS = True


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/200", "alive"),
        ("/204", "alive"),
        ("/404", "gone"),
        ("/410", "gone"),
        ("/403", "unsure"),
        ("/429", "unsure"),
        ("/500", "unsure"),
        ("/405-200", "alive"),
        ("/404-200", "alive"),
        ("/to/200", "alive"),
        ("/to/to/404", "gone"),
        ("/loop", "unsure"),
        ("/inside", "unsure"),
    ],
)
def test_an_answer_says_what_it_says(server, open_house, path, state):
    assert linkcheck.check(server.base + path)[0] == state


def test_no_private_address_is_asked(server, monkeypatch):
    monkeypatch.setattr(network, "PORTS", range(65536))
    before = len(server.asked)
    port = server.server_port
    for url in (
        f"http://127.0.0.1:{port}/200",
        f"http://localhost:{port}/200",
        f"http://[::1]:{port}/200",
        f"http://[::ffff:127.0.0.1]:{port}/200",
        f"http://0.0.0.0:{port}/200",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/",
        "file:///etc/passwd",
        "http:///nothing",
        "gopher://example.org/",
    ):
        assert linkcheck.check(url)[0] != "alive", url
    assert len(server.asked) == before


def test_what_is_not_there_is_told_apart(open_house):
    assert linkcheck.check("http://127.0.0.1:9/")[0] == "gone"  # nobody listens
    assert linkcheck.check("http://a b/")[0] == "unsure"
    assert linkcheck.check(f"http://{'a' * 70}.example/")[0] == "unsure"


@pytest.mark.django_db
def test_three_failures_on_three_days_make_a_source_dead_and_one_answer_revives_it(client, server, open_house, capsys):
    source = make_source("hub-2022", "A hub", url=server.base + "/404", archived_url="https://archive.example/hub")
    make_article("Gas", slug="gas", body="x[@hub-2022]")
    for day in range(4):
        call_command("housekeeping")
        call_command("housekeeping")  # twice a day asks once
        source.refresh_from_db()
        assert (source.failures, source.is_dead) == (day + 1, day >= 2)
        Source.objects.update(checked_at=timezone.now() - timedelta(days=1))
    assert "hub-2022: 404" in capsys.readouterr().out
    assert 'href="https://archive.example/hub"' in shown(client.get("/articles/gas/"))
    before = Article.objects.last_change()
    Source.objects.update(url=server.base + "/403")
    call_command("housekeeping")
    assert Source.objects.get().is_dead and Article.objects.last_change() == before
    Source.objects.update(url=server.base + "/200", checked_at=None)
    call_command("housekeeping")
    assert not Source.objects.get().is_dead and Article.objects.last_change() > before


@pytest.mark.django_db
def test_a_new_address_starts_with_a_clean_record():
    source = make_source("hub-2022", url="https://gone.example/")
    Source.objects.update(failures=3, checked_at=timezone.now(), outcome="404")
    source.refresh_from_db()
    stale = Source.objects.get()
    source.url = "https://new.example/"
    publishing.save_row(source, by=None)
    publishing.record_check(stale, gone=True, alive=False, why="404")
    source.refresh_from_db()
    assert (source.failures, source.outcome, source.checked_at) == (0, "", None)
