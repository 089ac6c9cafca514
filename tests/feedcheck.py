"""Whether feeds are what their formats say: grammars held by xmllint, a schema, feedparser, and rules of our own.

The rules are those of readers: one article once, addresses that work anywhere, nothing that a reader strips, ids that
meet nowhere, links within an item that lead somewhere.
"""

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import feedparser
import jsonschema

GRAMMARS = Path(__file__).parent / "grammars"
SCHEMA = json.loads((GRAMMARS / "jsonfeed-schema-0.5.0/schema-v1.1.json").read_text())
VOID = {"br", "hr", "img"}
STRIPPED = {"script", "style", "iframe", "object", "embed", "form", "input", "button", "select", "svg", "math", "video",
            "audio", "link", "meta", "base", "template", "source", "picture"}  # fmt: skip


class Body(HTMLParser):
    """What stands in an item: `faults`, `ids`, and the addresses that it links to within itself."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.faults, self.ids, self.inner, self.open = [], [], [], []
        self.feed(html)
        self.close()
        if self.open:
            self.faults.append(f"left open: {self.open}")
        self.faults += [f"leads nowhere: #{name}" for name in self.inner if name not in self.ids]

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        if tag in STRIPPED:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            value = value or ""
            if name in {"style", "loading", "srcset", "popovertarget"} or name.startswith("on"):
                self.faults.append(f"<{tag} {name}>")
            elif name == "id":
                self.ids.append(value)
            elif name in {"href", "src"} and value.startswith("#"):
                self.inner.append(value[1:])
            elif name in {"href", "src"} and not re.match(r"https?://|mailto:", value):
                self.faults.append(f"relative: {value}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> where nothing is open")


def held_to_grammar(documents, grammar):
    """Return what xmllint says against the `documents` ({name: bytes}), all of them at once."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name, content in documents.items():
            (Path(folder) / name).write_bytes(content)
        done = subprocess.run(
            ["xmllint", "--noout", "--nonet", "--relaxng", GRAMMARS / grammar, *documents],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
    return [line for line in done.stderr.splitlines() if not line.endswith(" validates")]


def walked(client, address):
    """Return the bytes of the feed at `address` and of all archive documents it leads to, newest first."""
    documents = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "feed" in answer["Content-Type"] or "xml" in answer["Content-Type"]
        documents.append(answer.content)
        if address.partition("?")[0].endswith(".json"):
            older = answer.json().get("next_url")
        else:
            older = re.search(
                rb'(?:href="([^"]*)" rel="prev-archive"|rel="prev-archive" href="([^"]*)")', answer.content
            )
            older = older and (older[1] or older[2]).decode().replace("&amp;", "&")
        address = older and re.sub(r"^https?://[^/]+", "", older)
    return documents


def entries(document, format):
    """Return [(id, title, body), …] of a document, which must be sound for those who read it."""
    if format == "json":
        feed = json.loads(document)
        jsonschema.validate(feed, SCHEMA, format_checker=jsonschema.FormatChecker())
        return [(item["id"], item["title"], item["content_html"]) for item in feed["items"]]
    feed = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo, feed.get("bozo_exception")
    return [(entry.id, entry.title, entry.content[0].value) for entry in feed.entries]


def examine(client, place):
    """Hold the feeds at `place` in all formats, archives included, against everything; return {id: title} of all items."""
    found = {}
    for format in ("atom", "rss", "json"):
        documents = walked(client, f"{place}feed.{format}")
        assert len(documents[0]) < 1_000_000, f"{place}: {len(documents[0])} bytes"
        if format != "json":
            named = {f"{number}.xml": document for number, document in enumerate(documents)}
            assert held_to_grammar(named, f"{format}.rng") == []
        found[format] = {}
        for document in documents:
            items = entries(document, format)
            assert len({key for key, _title, _body in items}) == len(items)
            ids = []
            for key, title, body in items:
                read = Body(body)
                assert read.faults == [], f"{place} {format} {title!r}: {read.faults[:5]}"
                ids += read.ids
                assert found[format].setdefault(key, (title, body)) == (title, body), (
                    "an item differs between documents"
                )
            assert len(ids) == len(set(ids)), "two items of a document share an id"
    assert found["json"].keys() == found["atom"].keys() == found["rss"].keys()
    for key, (_title, body) in found["json"].items():
        assert body == found["atom"][key][1] == found["rss"][key][1], "an item differs between formats"
    return {key: title for key, (title, _body) in found["json"].items()}


# A reader of one feed -------------------------------------------------------------------------------------------------


def items(client, address="/feed.atom"):
    """Return what a reader makes of the feed at `address`: its items, as feedparser or JSON gives them."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    if address.partition("?")[0].endswith("json"):
        return answer.json()["items"]
    feed = feedparser.parse(answer.content, sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed.entries


def ids(client, address="/feed.atom"):
    return [item["id"] for item in items(client, address)]


def body(item):
    return item["content_html"] if "content_html" in item else item.content[0].value
