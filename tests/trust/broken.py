"""F14: one article that can't be shown, one with control characters, one without its picture; and every page all the same."""

import json
import re
import urllib.parse
from xml.etree import ElementTree as ET

from . import Row, sick
from .desk import Desk

FILL = """
import io
from django.contrib.flatpages.models import FlatPage
from django.core.management import CommandError, call_command
from articles.models import Article, Revision
from tests.make import change, forge, make_article, make_picture, make_series, make_source
from tests.trust import sick
told = {"themes": ["Syria", "Libya"], "series": make_series("Straits", slug="straits")}
timeline = "\\n\\n```timeline\\n2019-07-12: %s\\n```\\n\\n[@tass-2025]"
make_source("tass-2025", "A source")
for number in range(MANY):
    change(make_article(f"Good {number}", slug=f"good-{number}", body="Good words." + timeline % "good", **told), kind="correction", note="Why.")
make_article("Bad", slug="bad", body=sick.BREAKS + timeline % sick.BREAKS, **told)
make_article("Con\\0tr\\x1bol\\ufffe", slug="control", summary="a\\x08b", body="x\\x0b\\x1fy\\ud800" + timeline % "x\\x02y", **told)
picture = make_picture()
make_article("Bare", slug="bare", lead_picture=picture.pk, body=f"![A strait]({picture.file.url})" + timeline % "bare", **told)
for name in picture.files:
    picture.file.storage.delete(name)
stuck = make_article("Stuck", slug="stuck", body="Good words once." + timeline % "stuck", **told)
forge(Revision.objects.filter(pk=stuck.live_id), fields=stuck.live.fields | {"body": sick.EXIT})
for url, content in (("/about/", "About."), ("/corrections-policy/", f"As typed. {sick.EXIT}")):
    FlatPage.objects.create(url=url, title=url, content=content).sites.add(1)
from articles import text
text.CHILD = "tests.trust.sick"
text._engine.stop()
try:
    call_command("rebuild", stdout=io.StringIO(), stderr=io.StringIO())
except CommandError as error:
    print(error)
"""
LINK = re.compile(rb'(?:href|src|srcset)="([^"#]*)|<loc>([^<]*)<')


def f14(work, few):
    """Fill a site, break three of its articles, and follow every link, feed and entry of a sitemap."""
    desk = Desk(work, "--factory", "tests.trust.sick:site")
    try:
        told = desk.site.shell(FILL.replace("MANY", "3" if few else "30"))
        own, desk.cookies = desk.cookies, {}
        seen, wrong, documents = crawl(desk, 150 if few else 3_000)
        desk.cookies = own
        page = desk.get("/admin/").content.decode()
        left = page[page.index("Left out of the feeds") :] if "Left out of the feeds" in page else ""
        stuck = page[page.index("be rendered any more") :] if "be rendered any more" in page else ""
        reported = [">Bad<" in left[: left.find("</ul>")], ">Stuck<" in stuck[: stuck.find("</ul>")], "1 texts" in told]
        words = desk.site.shell(
            "import io; from django.core.management import CommandError, call_command; out = io.StringIO()\n"
            "try:\n    call_command('verify', stdout=out, stderr=out)\nexcept (CommandError, SystemExit):\n    pass\nprint(out.getvalue())"
        )
        reported.append("is missing" in words)
        desk.cookies = {}
        shown = desk.get("/articles/bad/").content.decode()
        plain = sick.BREAKS in shown
        alive = desk.is_alive()
    finally:
        desk.close()
    for each in [*wrong[:10], *([] if all(reported) else [reported, told, words[:500]])]:
        print(each)
    figure = (
        f"{seen:,} pages, feeds, pictures and entries followed from the front page and the sitemap, {documents} documents of XML and JSON read: "
        f"{len(wrong)} lost or not well-formed; the broken article shown plainly: {plain}; told at the desk, by rebuild and by verify: {sum(reported)} of {len(reported)}"
    )
    what = "an article that can't be woven, one that can't be rendered any more, one with control characters, one without its picture"
    return [
        Row(
            "F14",
            what,
            "a whole feed 500 (demand T2)",
            "0 pages lost; the item left out or plain; reported to editors",
            figure,
            alive and plain and not wrong and all(reported),
        )
    ]


def crawl(desk, most):
    """Follow every link of the site's own; return (how many, what is wrong, how many documents of XML and JSON)."""
    base = f"http://127.0.0.1:{desk.site.port}"
    waiting, known, wrong, documents = ["/", "/sitemap.xml", "/feeds/"], set(), [], 0
    while waiting and len(known) < most:
        path = waiting.pop(0)
        if path in known:
            continue
        known.add(path)
        answer = desk.get(path)
        missing = path.startswith("/pictures/") and answer.status == 404  # which is not there, after all
        if answer.status not in {200, 301, 302} and not missing:
            wrong.append(f"{path}: {answer.status}")
        kind = re.search(r"\.(xml|atom|rss|json|opml|svg)\b", path)
        if kind and answer.status == 200:
            documents += 1
            try:
                json.loads(answer.content) if kind[1] == "json" else ET.fromstring(answer.content)  # noqa: S314
            except (ValueError, ET.ParseError) as error:
                wrong.append(f"{path}: {error}")
        if kind is None or "sitemap" in path:
            for found in LINK.findall(answer.content):
                address = urllib.parse.urljoin(
                    base + path, (found[0] or found[1]).decode().replace("&amp;", "&").split(" ")[0]
                )
                parts = urllib.parse.urlsplit(address)
                if parts.netloc in {base[7:], "example.com", "localhost"} and not parts.path.startswith(
                    ("/admin", "/static")
                ):
                    waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return len(known), wrong, documents


TRIALS = {"F14": f14}
