"""One article with everything in it: on the page, on paper, in a feed and in a text browser; and for everybody."""

import io
import os
import shutil
import subprocess

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from articles.models import Picture
from articles.models.picture import read_picture

from ..make import change, make_article, make_source, make_theme
from .conftest import needs_browser, violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, needs_browser]
BODY = """
Words on Syria and the OSCE,[^1] cited[@hub-2022, p. 4] and linked: [[article:other]], [[Libya|the other shore]],
[elsewhere](https://example.org/).

## What it *costs*

> Quoted words about Syria.

A term
:   What it means.

- a list
- with `code`

Table: Pipes and what they carry
| Pipe | bcm a year |
|---|---:|
| Blue Stream | 16 |
| TurkStream | 31.5 |

```chart
type: line
title: Half and less
unit: %
source: Regulator.[@hub-2022]
note: No figure for 2020.

| Year | Share |
|------|-------|
| 2018 | 47    |
| 2019 | ≈34   |
| 2020 |       |
| 2021 | 45    |
```

```chart
type: bar
title: What they carry
table: pipes and what they carry
```

### In order

```timeline
1936: The convention on Syria's neighbours.[@hub-2022]
2019-07 – 2019-08: First parts arrive.[^2]
```

PICTURE

```
print("code")
```

## Once more

Syria again, after a heading.

[^1]: A note in the margin.
[^2]: Another, with [[Libya]].

*[OSCE]: Organization for Security and Co-operation in Europe
"""
TOOLS = {"w3m": shutil.which("w3m"), "pdftotext": shutil.which("pdftotext")}


def needs(tool):
    missing = not TOOLS[tool] and not os.environ.get("REQUIRE_BROWSER")
    return pytest.mark.skipif(missing, reason=f"{tool} is not installed on this machine")


def picture(colour, **kw):
    out = io.BytesIO()
    Image.new("RGB", (1000, 500), colour).save(out, "JPEG")
    return Picture.objects.create(file=read_picture(SimpleUploadedFile("x.jpg", out.getvalue())), **kw)


@pytest.fixture
def article():
    make_theme("Syria", definition="A war and its bargains.", introduction="Where [[Libya]] is not.[@hub-2022]")
    make_theme("Libya", definition="Two ceasefires.")
    make_source("hub-2022", "A hub", publisher="TASS", date="2022-10", url="https://example.org/hub")
    make_article("Other", slug="other", themes=["Syria"])
    inside = picture("#0b4a70", alt="A ship at sea", caption="A ship in the strait.", credit="A photographer")
    lead = picture("#94291a", alt="The strait at dawn", caption="Dawn.")
    body = BODY.replace("PICTURE", f"![A ship at sea]({inside.file.url})")
    row = make_article("Everything", slug="everything", themes=["Syria", "Libya"], body=body, lead_picture=lead.pk)
    return change(row, body=body.replace("again", "once again"), kind="correction", note="A word was missing.")


def opened(chromium, live_server, path, **kw):
    context = chromium.new_context(**kw)
    page = context.new_page()
    page.goto(live_server.url + path, wait_until="networkidle")
    return page


def test_the_checker_finds_what_it_should(chromium):
    page = chromium.new_context().new_page()
    page.set_content(
        '<html lang="en"><title>T</title><main><h1>T</h1><p style="color:#aaa">pale</p><img src="/x"></main>'
    )
    assert {"image-alt", "color-contrast"} <= {rule for rule, _nodes in violations(page)}
    page.context.close()


PAGES = [
    "/articles/everything/",
    "/themes/",
    "/articles/everything/history/",
    "/articles/everything/versions/1/",
    "/articles/everything/changes/?since=2001-01-01",
    "/themes/syria/",
    "/timeline/",
    "/sources/hub-2022/",
    "/corrections/",
    "/",
    "/search/?q=everything",
    "/feeds/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_reading(chromium, live_server, article, scheme):
    page = opened(chromium, live_server, "/", color_scheme=scheme, bypass_csp=True)
    for path in PAGES if scheme == "light" else PAGES[:5]:
        page.goto(live_server.url + path)
        assert violations(page) == [], path
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(live_server.url + PAGES[0])
        for summary in page.locator("details > summary:visible").all():
            summary.click()
        page.locator(".term").first.click()
        assert violations(page) == [], ("everything open", width)
    for path in PAGES:
        page.goto(live_server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_anybody_from_writing(chromium, live_server, article, client, chief, scheme):
    client.force_login(chief)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    context.add_cookies([cookie])
    page = context.new_page()
    form = f"/admin/articles/article/{article.pk}/"
    pages = [
        f"{form}change/",
        "/admin/",
        "/admin/second-factor/",
        "/admin/second-factor/colleagues/",
        "/admin/articles/auditentry/",
    ]
    if scheme == "light":
        pages += [f"{form}history/", "/admin/articles/article/add/", "/admin/articles/picture/"]
    for path in pages:
        page.goto(live_server.url + path, wait_until="networkidle")
        assert violations(page) == [], path
    context.close()


def test_every_picture_is_shown_in_a_modern_format_and_asks_nobody_else(chromium, live_server, article):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    asked = []
    page.on("response", lambda response: asked.append((response.url, response.status)))
    page.goto(f"{live_server.url}/articles/everything/", wait_until="networkidle")
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert {status for _url, status in asked} <= {200, 304}
    assert all(url.startswith((live_server.url, "data:")) for url, _status in asked)
    kinds = [url.partition("?")[0].rpartition(".")[2] for url, _status in asked]
    assert kinds.count("avif") == 2
    assert kinds.count("svg") >= 2
    assert "jpg" not in kinds
    context.close()


@needs("pdftotext")
def test_on_paper(chromium, live_server, article, tmp_path):
    page = opened(chromium, live_server, "/articles/everything/", color_scheme="dark")
    page.pdf(path=tmp_path / "paper.pdf")
    page.context.close()
    done = subprocess.run(
        [TOOLS["pdftotext"], "-raw", tmp_path / "paper.pdf", "-"], check=True, capture_output=True, text=True
    )
    paper = " ".join(done.stdout.split())
    for words in (
        "A war and its bargains.",  # the definition, as a list
        "[1, p. 4]",  # a citation, and its source
        "A hub",
        "https://example.org/hub",
        "A note in the margin.",
        "Half and less",  # a chart, its labels and its table
        "≈34%",
        "No figure for 2020.",
        "Pipes and what they carry",
        "1936",
        "July 2019 – August 2019",
        "A ship in the strait.",
        "A photographer",
        "A word was missing.",
    ):
        assert words in paper, words


@needs("w3m")
def test_in_a_text_browser(client, article, tmp_path):
    shown = as_text(client.get("/articles/everything/").content.decode(), tmp_path)
    for words in (
        "A war and its bargains.",
        "[1, p. 4]",
        "“A hub”. TASS, October 2022.",
        "A note in the margin.",
        "Line chart. From 47% (2018) to 45% (2021); lowest about 34% (2019).",
        "≈34",
        "TurkStream",
        "July 2019 – August 2019",
        "First parts arrive.",
        "A ship at sea",
        "A ship in the strait.",
        "A word was missing.",
    ):
        assert words in shown, words


@needs("w3m")
def test_in_a_feed(client, article, tmp_path):
    items = client.get("/feed.json").json()["items"]
    content = next(item["content_html"] for item in items if item["title"] == "Everything")
    for markup in (
        "<script",
        "<style",
        "<button",
        "<details",
        "popover",
        "loading=",
        "data:image",
        'href="/',
        'src="/',
    ):
        assert markup not in content, markup
    assert 'title="A war and its bargains."' in content
    assert '/charts/1.svg"' in content
    shown = as_text(content, tmp_path)
    for words in (
        "[1, p. 4]",
        "“A hub”. TASS, October 2022.",
        "A note in the margin.",
        "Line chart. From 47% (2018)",
        "≈34",
        "TurkStream",
        "July 2019 – August 2019",
        "A ship in the strait.",
    ):
        assert words in shown, words


def as_text(markup, folder):
    file = folder / "page.html"
    file.write_text(markup)
    command = [TOOLS["w3m"], "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "400", file]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
