"""Requests of the site's own go to the open internet alone, and nowhere at all until that is asked for."""

import socket
import time

import pytest
from django.core.management import call_command

from articles import hub, linkcheck, network

from .make import make_source
from .outside import Outside, hits


def tell(url):
    """Tell the hub at `url`."""
    try:
        hub.ping(url, "http://example.org/feed.atom")
    except (hub.Unreachable, hub.Refused):
        return


@pytest.mark.large
@pytest.mark.parametrize("check", [linkcheck.check, tell])
def test_nothing_inside_is_asked_in_whatever_form_it_is_named(check):
    asked, wrong, reached = hits(check)
    assert asked > 1_000 and reached and wrong == []


def test_a_public_host_is_asked_by_the_address_that_was_checked():
    with Outside({"public.example": [["8.8.8.8"], ["127.0.0.1"]]}) as outside:
        assert linkcheck.check("http://example.org/") == ("alive", "200")
        assert linkcheck.check("http://public.example/") == ("alive", "200")
    assert outside.reached == [("93.184.215.14", 80), ("8.8.8.8", 80)]
    assert outside.asked == ["example.org", "public.example"]


def test_what_answers_without_end_is_left(monkeypatch):
    monkeypatch.setattr(network, "LONGEST", 0.2)
    ours, theirs = socket.socketpair()
    with ours, theirs, Outside(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", lambda *args, **kwargs: ours)
        ours.settimeout(3)
        theirs.sendall(b"HTTP/1.1 2")
        assert linkcheck.check("http://example.org/") == ("unsure", "BadStatusLine")


def test_a_handshake_without_end_is_left(monkeypatch):
    monkeypatch.setattr(network, "LONGEST", 0.2)
    ours, theirs = socket.socketpair()
    with ours, theirs, Outside(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", lambda *args, **kwargs: ours)
        ours.settimeout(3)
        theirs.sendall(b"\x16\x03\x03\x40\x00\x02")  # a record of which the rest never comes
        began = time.monotonic()
        assert linkcheck.check("https://example.org/")[0] == "unsure"
        assert time.monotonic() - began < 2


@pytest.mark.django_db
def test_nobody_is_asked_until_that_is_set(capsys):
    make_source("key-1", url="https://example.org/")
    with Outside() as outside:
        call_command("housekeeping")
    assert outside.asked == outside.reached == []
    assert "CHECK_LINKS is not set" in capsys.readouterr().out
