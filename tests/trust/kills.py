"""Workers are killed at any instant while editors save and publish: every save that was confirmed is there, and whole.

What `tests.benchmarks.kills` does to granian, which takes seconds to bring a worker up again. For a thousand kills the
workers are forked from a process that has loaded the application, and answer one request after the other; a few kills
are granian's.
"""

import signal
import sys
from collections import Counter

from ..benchmarks.kills import run
from ..services import Postgres, Server, free_port
from . import Row

FORKING = """
import os, signal, socket, sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from django.urls import get_resolver
from relations_site.wsgi import application

class Quiet(WSGIRequestHandler):
    def log_message(self, *said):
        pass

def work():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    server = WSGIServer(listening.getsockname(), Quiet, bind_and_activate=False)
    server.socket.close()
    server.socket, server.server_name, server.server_port = listening, "127.0.0.1", listening.getsockname()[1]
    server.setup_environ()
    server.set_app(application)
    server.serve_forever()

def end(*_told):
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    os._exit(0)

get_resolver()._populate()  # what all need is there before they part
listening, alive = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128), set()
signal.signal(signal.SIGTERM, end)
while True:
    while len(alive) < int(sys.argv[2]):
        pid = os.fork()
        if not pid:
            work()
        alive.add(pid)
    alive.discard(os.wait()[0])
"""
SLICE = 250  # kills of one site; the next has another seed


class Forking(Server):
    """A site whose workers are there again at once: they are forked from a process that has loaded the application."""

    def __init__(self, env, workers=4):
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        env = env | {"DJANGO_SETTINGS_MODULE": "relations_site.settings"}
        command = (sys.executable, "-c", FORKING, str(port), str(workers))
        super().__init__(*command, port=port, env=env, ends=signal.SIGTERM)


def kills(work, few):
    """Kill the workers of sites on SQLite and on PostgreSQL."""
    rows = []
    for kind, many, serve in (("SQLite", 1_000, Forking), ("PostgreSQL", 200, Forking), ("SQLite", 20, None)):
        wanted = 6 if few else many
        sums, wrong = killed(work / f"{kind}-{many}", wanted, kind == "PostgreSQL", serve)
        what = f"SIGKILL of a random worker under 6 editors, {kind}, {'forked workers' if serve else 'granian'}"
        figure = f"{sums['kills']:,} kills, {sums['confirmed']:,} confirmed saves, {sums['cut']:,} requests cut, {sums['lost']:,} lost"
        figure += f", half-written: {wrong or 'none'}"
        good = sums["kills"] == wanted and not (sums["lost"] or wrong)
        target = f"{many:,} kills, 0 lost, 0 half-written (article = last revision = search row)"
        rows.append(Row("F1", what, "100 kills, 23,256 confirmed saves, 0 lost, 0 gaps", target, figure, good))
    return rows


def killed(folder, wanted, on_postgresql, serve):
    """Kill so many workers, in slices; return what came of it, summed, and what `manage.py verify` found wrong."""
    sums, wrong = Counter(), ""
    for seed, size in enumerate([SLICE] * (wanted // SLICE) + [wanted % SLICE] * bool(wanted % SLICE), 1):
        place = folder / str(seed)
        place.mkdir(parents=True)
        cluster = Postgres() if on_postgresql else None
        try:
            given = {"serve": serve} if serve else {}
            came = run(place, size, seed=seed, url=cluster.url if cluster else "", **given)
        finally:
            if cluster:
                cluster.remove()
        status, said = came.pop("verify")
        wrong += said if status else ""
        sums.update({name: count for name, count in came.items() if name != "refused"})
    return sums, wrong


TRIALS = {"F1": kills}
