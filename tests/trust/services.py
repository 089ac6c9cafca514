"""Services that come and go under readers and editors: Redis, PostgreSQL, the site's own processes."""

import http.client
import itertools
import time
import urllib.parse

import redis

from tests.benchmarks.kills import workers

from . import Row
from .people import in_words, milliseconds, percentile
from .rig import public, running

ENOUGH = 5  # tries at a password before one has to wait


def window(rig, begun, ended=None, who=None):
    """Return what was answered to requests that were open between two instants, of everybody or of `who`."""
    ended = ended or time.monotonic()
    return [one for one in list(rig.log) if one.ended >= begun and one.begun < ended and who in (None, one.who)]


# Redis ----------------------------------------------------------------------------------------------------------------


class Troubles:
    """What may happen to the Redis of a rig for `seconds`, each a pair of functions: how it begins and how it ends."""

    def __init__(self, server, seconds):
        self.server, self.seconds = server, seconds

    def all(self):
        """Return {what: (begin, end)}."""
        return {
            "killed": (self.server.stop, self.server.start),
            "restarted": (lambda: (self.server.stop(), self.server.start()), lambda: None),
            "paused": (lambda: self.tell("CLIENT", "PAUSE", int(self.seconds * 1000)), lambda: None),
            "with another password": (self._lock, lambda: self.tell("CONFIG", "SET", "requirepass", "", password="another")),
            "full": (lambda: self.tell("CONFIG", "SET", "maxmemory", "1"), lambda: self.tell("CONFIG", "SET", "maxmemory", "0")),
        }  # fmt: skip

    def tell(self, *command, password=None):
        """Give Redis a command."""
        with redis.Redis(port=self.server.port, password=password, socket_timeout=20) as client:
            client.execute_command(*command)

    def _lock(self):
        self.tell("CONFIG", "SET", "requirepass", "another")
        self.tell("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes", password="another")


class Visitor:
    """Somebody at the door of the desk of the site at `host` ("127.0.0.1:8000"), over one connection."""

    def __init__(self, host):
        self.connection, self.token = http.client.HTTPConnection(host, timeout=30), ""

    def tries(self, name, password, address):
        """Try a password from `address`; return the answer's status: 200 for a wrong one, 302, 429 when it was not looked at.

        What went wrong, in a word, when there was no answer.
        """
        headers = {"X-Forwarded-For": address, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            if not self.token:
                cookie = self._ask("GET", None, headers).getheader("Set-Cookie")
                self.token = cookie.partition("csrftoken=")[2].partition(";")[0]
            typed = {"username": name, "password": password, "csrfmiddlewaretoken": self.token, "next": "/admin/"}
            cookies = {"Cookie": f"csrftoken={self.token}"}
            return self._ask("POST", urllib.parse.urlencode(typed), headers | cookies).status
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            return type(error).__name__

    def _ask(self, method, body, headers):
        self.connection.request(method, "/admin/login/", body, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer


def looked_at(rig, number):
    """Try wrong passwords from an address of its own until one has to wait; return how many were looked at, 20 at most."""
    visitor = Visitor(rig.host)
    statuses = (visitor.tries(f"nobody-{number}", "wrong", f"198.51.100.{number}") for _try in range(20))
    return sum(1 for _status in itertools.takewhile(lambda status: status == 200, statuses))


def redis_comes_and_goes(work, few):
    """F5."""
    seconds, rounds = (2, 1) if few else (7, 4)
    with running(work, postgresql=True, redis=True, TRUST_PROXY="1") as rig:
        rig.read(4, lambda number: public(number, made=5))
        rig.read(
            2,
            lambda _number: itertools.cycle(["/admin/", "/admin/articles/article/"]),
            who="desk",
            pause=0.2,
            session=rig.session,
        )
        rig.edit(every=1, keeping=0.5)  # fmt: skip
        time.sleep(4)
        start = time.monotonic()
        time.sleep(seconds * 2)
        calm = window(rig, start)
        troubles, seen, counted = Troubles(rig.redis, seconds), [], []
        for turn, (begin, end) in itertools.product(range(rounds), troubles.all().values()):
            start = time.monotonic()
            begin()
            time.sleep(seconds)
            seen += window(rig, start)
            if turn == 0:  # a password is hashed for a while: not while others are timed
                counted.append(looked_at(rig, len(counted) + 1))
            end()
            time.sleep(1)
        rig.rest()
        confirmed, lost = rig.saved()
        everything = list(rig.log)
    failed = [one for one in everything if one.failed]
    out = [one for one in everything if one.who in {"desk", "editor"} and one.method == "GET" and one.status == 302]
    before, during = (percentile([one for one in each if one.who == "reader"]) for each in (calm, seen))
    desk = [percentile([one for one in each if one.who != "reader"]) for each in (calm, seen)]
    met = not failed and not out and not lost and during - before <= 0.25 and counted == [ENOUGH] * len(counted)
    return [
        Row(
            "F5",
            "Redis killed, restarted, paused, given another password, full, under 4 readers, 2 at the desk and 4 editors "
            "(PostgreSQL, 2 workers, no nginx)",
            "Django: 500 on each",
            "0 5xx; p99 ≤ +250 ms; nobody logged out; throttle still counts",
            f"{rounds * 5} troubles of {seconds} s, {len(everything):,} requests: {len(failed)} failed ({in_words(everything)}), "
            f"{len(out)} sent to the login; readers' p99 {milliseconds(before)} → {milliseconds(during)} (desk "
            f"{milliseconds(desk[0])} → {milliseconds(desk[1])}); {confirmed} saves confirmed, {lost} lost; wrong passwords until "
            f"one had to wait, in each trouble: {counted}",
            met,
        )
    ]


# PostgreSQL -----------------------------------------------------------------------------------------------------------


def postgresql_restarts(work, few):
    """F6."""
    times = 3 if few else 20
    with running(work, postgresql=True) as rig:
        rig.read(4, lambda number: public(number, made=2))
        rig.read(
            1, lambda _number: itertools.cycle(["/admin/", "/admin/articles/article/"]), who="desk", session=rig.session
        )
        rig.edit(every=0.3)
        time.sleep(3)
        pids, spans, restarts = sorted(workers(rig.instances[0].process.pid)), [], []
        for _turn in range(times):
            start = time.monotonic()
            rig.postgresql.stop()  # SIGQUIT: what pg_ctl calls immediate
            rig.postgresql.start()
            restarts.append(time.monotonic() - start)
            time.sleep(5)
            bad = [one for one in window(rig, start) if one.failed]
            spans.append(max((one.ended for one in bad), default=start) - start)
        rig.rest()
        confirmed, lost = rig.saved()
        status, said = rig.manage("verify")
        same = pids == sorted(workers(rig.instances[0].process.pid))
        everything = list(rig.log)
    failed = [one for one in everything if one.failed]
    rough = [one for one in failed if one.status != 503 or not one.again]
    met = max(spans) <= 3 and not rough and not lost and same and status == 0
    return [
        Row(
            "F6",
            "pg_ctl restart -m immediate under 4 readers, 1 at the desk and 4 editors (2 workers, no nginx)",
            "30 s stale pool",
            "≤ 3 s of 503 + Retry-After each; 0 confirmed saves lost; no worker restarted",
            f"{times} restarts (PostgreSQL away {min(restarts):.1f}–{max(restarts):.1f} s), {len(everything):,} requests: "
            f"{len(failed) - len(rough)} × 503 with Retry-After, none later than {max(spans):.1f} s after the crash; "
            f"{len(rough)} other failures ({in_words(rough)}); {confirmed:,} saves confirmed, {lost} lost; "
            f"workers {'the same' if same else 'changed'}; verify: {said.strip().splitlines()[-1]}",
            met,
        )
    ]


TRIALS = {"F5": redis_comes_and_goes, "F6": postgresql_restarts}
