"""A hub and a subscriber after the WebSub Recommendation, as servers of their own on this machine.

The hub verifies that a subscriber meant it (section 5.3), fetches a topic when its publisher says that it changed, and
sends what it got, signed, to every subscriber (section 7).
"""

import hashlib
import hmac
import secrets
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit


class Server:
    """An HTTP server in a thread, used as a context; `answer(method, query, headers, body)` gives (status, text)."""

    def __enter__(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply("GET", b"")

            def do_POST(self):
                self.reply("POST", self.rfile.read(int(self.headers["Content-Length"])))

            def reply(self, method, body):
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                status, text = outer.answer(method, query, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()


def send(url, data=None, headers=None):
    """Return (status, headers, body) of a GET, or of a POST of `data`."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers or {}), timeout=10) as answer:  # noqa: S310
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class Hub(Server):
    """Keeps subscriptions as {topic: [(callback, secret), …]}; `trouble` is the status it answers publishers with."""

    def __init__(self):
        self.subscriptions, self.pings, self.trouble = {}, [], None

    def answer(self, method, query, headers, body):
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form["hub.mode"] == "subscribe":
            return self.subscribe(form)
        assert form["hub.mode"] == "publish"
        if self.trouble:
            return self.trouble, "not now"
        self.pings.append(form["hub.url"])
        self.distribute(form["hub.url"])
        return 204, ""

    def subscribe(self, form):
        challenge = secrets.token_urlsafe()
        asked = {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": challenge}
        status, _headers, body = send(f"{form['hub.callback']}?{urlencode(asked | {'hub.lease_seconds': 864000})}")
        if status != 200 or body.decode() != challenge:
            return 400, "not verified"
        kept = (form["hub.callback"], form["hub.secret"])
        self.subscriptions.setdefault(form["hub.topic"], []).append(kept)
        return 202, ""

    def distribute(self, topic):
        status, headers, content = send(topic)
        assert status == 200, topic
        for callback, secret in self.subscriptions.get(topic, []):
            signature = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
            said = {"Content-Type": headers["Content-Type"], "X-Hub-Signature": f"sha256={signature}"}
            send(callback, content, said | {"Link": f'<{self.url}>; rel="hub", <{topic}>; rel="self"'})


class Subscriber(Server):
    """Subscribes at the hub that a feed names, and keeps what arrives with a right signature in `arrived`."""

    def __init__(self):
        self.secret, self.topic, self.arrived = secrets.token_urlsafe(), None, []

    def follow(self, address):
        """Discover hub and topic of the feed at `address` by its Link header (section 4), and subscribe."""
        links = {}
        for part in send(address)[1]["Link"].split(","):
            target, _mark, relation = part.strip().partition(";")
            links[relation.strip().removeprefix('rel="').removesuffix('"')] = target.strip("<>")
        self.topic = links["self"]
        asked = {"hub.mode": "subscribe", "hub.topic": self.topic, "hub.callback": self.url, "hub.secret": self.secret}
        assert send(links["hub"], urlencode(asked).encode())[0] == 202

    def answer(self, method, query, headers, body):
        if method == "GET":  # did I mean it?
            return (200, query["hub.challenge"]) if query["hub.topic"] == self.topic else (404, "")
        right = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        if hmac.compare_digest(headers["X-Hub-Signature"], f"sha256={right}"):
            self.arrived.append(body)
        return 202, ""
