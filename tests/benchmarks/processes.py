"""The processes of `serving`: the site, nginx and wrk, each on its core, ended by who started them."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER_CORE, LOAD_CORE = "0", "1"
TICKS = os.sysconf("SC_CLK_TCK")
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
# Asks for each of the addresses in turn, with the headers it goes with.
WRK = """
local asked = {}
function init(args)
  for _, pair in ipairs(PAIRS) do asked[#asked + 1] = wrk.format("GET", pair[1], pair[2]) end
end
local turn = 0
function request()
  turn = turn % #asked + 1
  return asked[turn]
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %f, "errors": %d, "p50": %f, "p99": %f}', summary.requests,
    summary.duration / 1e6, errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""
NGINX_CONF = """
{user} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types; access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100 inactive=1h; server_tokens off;
    {rest}
}}
"""


@dataclass(frozen=True)
class Load:
    """What a run of wrk found: requests, seconds, milliseconds of CPU per request, and of latency."""

    requests: int
    seconds: float
    cpu: float
    p50: float
    p99: float


def free_port():
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command, port, **kw):
    """Run `command` on the server's core until the block ends; give its process id when `port` answers."""
    process = subprocess.Popen(["taskset", "-c", SERVER_CORE, *command], cwd=ROOT, **kw)
    try:
        for _attempt in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                break
            if process.poll() is not None:
                sys.exit(f"{command[0]} ended with {process.returncode} before it answered.")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            family = members(process.pid)
            for pid in reversed(family):
                os.kill(pid, signal.SIGKILL)
            process.wait(20)


@contextlib.contextmanager
def granian(env, port=None, application="relations_site.wsgi:application"):
    """Serve the site as in production, by one worker with one blocking thread; give (port, process id)."""
    port = port or free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", "1", "--blocking-threads", "1", "--log-level", "warning",
               application]  # fmt: skip
    with running(command, port, env=env | {"MALLOC_ARENA_MAX": "1"}) as pid:
        yield port, pid


@contextlib.contextmanager
def nginx(folder, rest, port):
    """Run nginx with one worker and `rest` in its `http` block; give its process id."""
    folder.mkdir(exist_ok=True)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(NGINX_CONF.format(folder=folder, user=user, rest=rest))
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with running(command, port) as pid:
        yield pid


def members(pid):
    """Return `pid` and all its descendants."""
    with contextlib.suppress(OSError):
        children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
        return [pid, *(found for child in children.split() for found in members(int(child)))]
    return [pid]


def cpu(*pids):
    """Return the seconds of CPU that the processes `pids` and their children have had."""
    ticks = 0
    for member in {found for pid in pids for found in members(pid)}:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def memory(pid):
    """Return (RSS, PSS) in megabytes of the largest of the family of `pid`: granian's worker."""
    return max(_memory(member) for member in members(pid))


def _memory(pid):
    said = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return tuple(int(re.search(rf"^{name}:\s+(\d+) kB", said, re.M)[1]) / 1024 for name in ("Rss", "Pss"))


def ask(port, address, headers=()):
    """Return (status, headers, body) of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.putrequest("GET", address, skip_accept_encoding=True)
    for name, value in dict(headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def load(port, pairs, pids, *, folder, seconds, connections):
    """Ask `port` for `pairs` of (address, headers) in turn from the other core; return the `Load` of the processes `pids`."""
    told = ", ".join(
        f"{{{json.dumps(address)}, {{{', '.join(f'[{json.dumps(name)}] = {json.dumps(value)}' for name, value in headers.items())}}}}}"
        for address, headers in pairs
    )
    script = folder / "load.lua"
    script.write_text(f"local PAIRS = {{{told}}}\n{WRK}")
    command = ["taskset", "-c", LOAD_CORE, "wrk", "--threads", "1", "--connections", str(connections), "--timeout", "60s",
               "--duration", f"{seconds}s", "--script", str(script), f"http://127.0.0.1:{port}"]  # fmt: skip
    before = cpu(*pids)
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 90).stdout
    used = cpu(*pids) - before
    found = json.loads(printed[printed.rindex('{"requests"') :])
    if not found["requests"] and not found["errors"] and seconds < 60:  # a request takes longer than that
        return load(port, pairs, pids, folder=folder, seconds=seconds * 4, connections=connections)
    if found["errors"] or not found["requests"]:
        sys.exit(f"{found['errors']} of {found['requests']} requests failed, such as {pairs[0][0]}")
    return Load(found["requests"], found["seconds"], used / found["requests"] * 1000, found["p50"], found["p99"])
