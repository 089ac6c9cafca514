"""X1 and X2: whatever an editor types, no script of theirs runs and nothing leaves the allow-list, wherever the text is shown."""

import json
import re
import urllib.parse
import urllib.request
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from articles.text import engine, safe
from tests.browser.conftest import CHROMIUM, FLAGS, log_in
from tests.served import Site

from . import Row, judge
from .payloads import BLOCKS, WRAPPERS, payloads

TARGET = "0 violations, 0 exceptions, 0 CSP reports"
WATCH = """
window.told = []
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => told.push("ran " + name)
addEventListener("securitypolicyviolation", event => told.push("refused " + event.blockedURI + " " + event.sample + " " + event.violatedDirective))
"""
# What no page of the site has but by an editor's doing.
ON_THE_PAGE = """() => {
  const found = [...told]
  for (const node of document.querySelectorAll("*")) {
    for (const {name, value} of node.attributes) {
      if (/^on/i.test(name)) found.push(node.localName + " " + name)
      if (/^(href|src|action|formaction|data|xlink:href|srcdoc|poster|background)$/i.test(name) && /^[\\s\\x00-\\x1f]*(javascript:|vbscript:|data:text)/i.test(value.replace(/[\\t\\r\\n]/g, "")))
        found.push(node.localName + " " + value)
    }
    if (node.localName === "script" && node.type !== "application/ld+json" && node.type !== "application/json" && !/^\\/(static|admin\\/jsi18n)\\//.test(node.getAttribute("src") || "")) found.push("script")
    if (["object", "embed", "applet", "frame", "frameset", "base", "portal", "math"].includes(node.localName)) found.push(node.localName)
  }
  for (const node of document.querySelectorAll('script[type="application/ld+json"], script[type="application/json"]')) {
    try { JSON.parse(node.textContent) } catch { found.push("JSON that is none") }
  }
  return found
}"""
FILL = """
import json
from dataclasses import replace
from articles import publishing
from articles.models import Article, Author, Picture, Series, Source, Theme
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from tests.make import make_author, make_fields, make_picture, make_series, make_theme
from tests.trust import payloads
told, number, step = json.loads(PARTS), FIRST, STEP
refused = 0
for part in told:
    number += 1
    try:
        theme = make_theme(part["names"][0], aliases=part["names"][1:], definition=part["line"][:250], introduction=part["text"])
    except (ValidationError, IntegrityError):
        refused += 1
        theme = make_theme(f"Theme number {number}", definition=part["line"][:250], introduction=part["text"])
    author = make_author(f"{part['names'][0][:80]} {number}", about=part["line"][:200])
    fields = make_fields(part["title"], slug=f"h-{number}", themes=[theme], authors=[author], summary=part["line"] or "x", body=part["text"])
    article = publishing.create(fields, by=None)
    article.refresh_from_db()
    publishing.publish(article, fields, by=None, based_on=article.working_id)
    article.refresh_from_db()
    if number % step == 0:
        publishing.publish(article, replace(fields, body=part["text"][::-1][:2000] + part["text"]), by=None, based_on=article.working_id,
                           change="correction", note=part["line"][:400] or "x")
        article.refresh_from_db()
    publishing.save_draft(article, replace(fields, title=part["next"]), by=None, based_on=article.working_id)
print(refused)
"""


def packed(texts, longest, gap=" "):
    """Return `texts` joined as many at a time as fit within `longest` characters; what is longer alone is cut."""
    packs, line = [], ""
    for text in texts:
        if line and len(line) + len(gap) + len(text) > longest:
            packs.append(line)
            line = ""
        line = f"{line}{gap}{text}" if line else text[:longest]
    return [*packs, line]


def x1(work, few):
    """Render every payload at every place, and look at each with three judges; then show them all on pages of a site."""
    found = payloads()[:: 40 if few else 1]
    texts, exceptions, violations = [], 0, []
    for payload in found:
        for wrap in WRAPPERS.values():
            try:
                texts.append(engine.render(wrap(payload))["html"])
            except Exception:
                exceptions += 1
    for html in texts:
        violations += judge.violations(html)
    unsettled = sum(safe.sanitise(html) != html for html in texts)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        parsed = in_browser(browser, texts)
        pages = on_pages(browser, work, found)
        browser.close()
    figure = (
        f"{len(found):,} payloads x {len(WRAPPERS) + 4} places ({len(found) * (len(WRAPPERS) + 4):,}): of {len(texts):,} rendered "
        f"texts {len(violations)} violations by our own strict reading, {len(parsed)} by Chromium's parser and run in it, "
        f"{unsettled} changed by a second pass, {exceptions} exceptions; {pages['seen']:,} pages, previews, comparisons and lists "
        f"shown by Chromium, on screen and for print: {len(pages['wrong'])} scripts, handlers or CSP reports; "
        f"{pages['documents']} feeds and sitemaps: {len(pages['broken'])} not well-formed"
    )
    for wrong in [*violations[:5], *parsed[:5], *pages["wrong"][:5], *pages["broken"][:5]]:
        print(wrong)
    met = not (exceptions or violations or unsettled or parsed or pages["wrong"] or pages["broken"])
    what = "every payload as text, title, theme, words of a picture and address; two parsers, a second pass, a browser"
    anchor = "WordPress: ~100 payloads, no browser; 23,040 documents, 0 violations"
    return [Row("X1", what, anchor, TARGET, figure, met)]


def in_browser(browser, texts):
    """Return what Chromium finds in the rendered `texts`: read by its parser, then shown without any policy."""
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.route("**/*", lambda route: route.fulfill(body="", status=404))
    page.goto("about:blank")
    found = []
    for start in range(0, len(texts), 500):
        part = texts[start : start + 500]
        found += [f"{words}: {part[number][:200]}" for number, words in page.evaluate(judge.IN_BROWSER, part)]
        page.set_content("<!doctype html><title>x</title>" + "\n<hr>\n".join(part))
        page.wait_for_timeout(20)
        found += page.evaluate("told")
    page.close()
    return found


def parts_of(found):
    """Return what the site is filled with: [{"title", "next", "names", "line", "text"}, …]; all payloads are in each of these.

    The title of an article is that of its working copy after that.
    """
    titles = packed([re.sub(r"\s+", " ", one) for one in found], 190)
    names = packed([re.sub(r"[\s,;|]+", " ", one) for one in found], 93)
    names = [f"{one} {number}" for number, one in enumerate(names)]  # no two of them are one name
    count = max(-(-len(titles) // 2), -(-len(names) // 4))
    share = -(-len(found) // count)
    parts = []
    for number in range(count):
        own = found[number * share : (number + 1) * share]
        alts = [f"![{one}](/pictures/x.jpg)\n\n[x]({one})\n\n<a href='{one}'>y</a>" for one in own]
        texts = [wrap(one) for one in own for wrap in WRAPPERS.values()]
        parts.append(
            {
                "title": titles[2 * number % len(titles)] or "x",
                "next": titles[(2 * number + 1) % len(titles)] or "x",
                "names": [one or f"x{number}" for one in names[number * 4 : number * 4 + 4]] or [f"x{number}"],
                "line": " ".join(" ".join(own).split())[:900],
                "text": "\n\n".join([*texts, *alts]) or "x",
            }
        )
    return parts


def on_pages(browser, work, found):
    """Fill a site with the payloads and look at all of its pages; return what was wrong and how many were seen."""
    site = Site(work / "data")
    parts, step = parts_of(found), 12
    for start in range(0, len(parts), 50):
        values = {"PARTS": repr(json.dumps(parts[start : start + 50])), "FIRST": str(start), "STEP": str(step)}
        code = FILL
        for name, value in values.items():
            code = code.replace(name, value)
        site.shell(code)
    site.start()
    context = browser.new_context()
    context.add_init_script(WATCH)
    log_in(context, site)
    slugs = [f"h-{number}" for number in range(1, len(parts) + 1)]
    keys = json.loads(
        site.shell(
            "import json; from articles.models import Article, Theme, Author;"
            "print(json.dumps([list(Theme.objects.values_list('slug', flat=True)), list(Author.objects.values_list('slug', flat=True)),"
            "list(Article.objects.order_by('pk').values_list('pk', flat=True)), list(Theme.objects.values_list('pk', flat=True))]))"
        )
    )
    themes, authors, articles, theme_keys = keys
    reader, desk = browser.new_context(), context
    reader.add_init_script(WATCH)
    pages = ["/", "/themes/", "/sources/", "/timeline/", "/updates/", "/corrections/", "/feeds/", "/search/?q=alert"]
    pages += [f"/articles/?page={number}" for number in range(2, len(parts) // 20 + 1)]
    # Every title, name and summary is in a list; every text has been shown by the browser already.
    pages += [f"/articles/{slug}/" for slug in slugs[::3]] + [f"/themes/{slug}/" for slug in themes[::3]]
    changed = slugs[step - 1 :: step]
    pages += [f"/authors/{slug}/" for slug in authors[::step]]
    pages += [
        f"/articles/{slug}/{below}"
        for slug in changed
        for below in ("history/", "versions/1/", "changes/?since=2020-01-01")
    ]
    at_desk = ["/admin/", *(f"/admin/articles/{kind}/" for kind in ("article", "theme", "author", "auditentry"))]
    at_desk += [f"/admin/articles/article/?p={number}" for number in range(1, len(parts) // 50 + 1)]
    for key in articles[step::step]:
        at_desk += [f"/admin/articles/article/{key}/{below}" for below in ("change/", "history/")]
    at_desk += [f"/admin/articles/theme/{key}/change/" for key in theme_keys[::step]]
    wrong = [told for path in pages for told in look(reader, site.base + path)]
    wrong += [told for path in at_desk for told in look(desk, site.base + path)]
    previews = articles[step::step]
    wrong += [told for key in previews for told in preview(desk, site.base, key)]
    broken, documents = well_formed(site.base, themes[::step])
    site.close()
    return {
        "wrong": wrong,
        "seen": len(pages) + len(at_desk) + len(previews),
        "broken": broken,
        "documents": documents,
    }


PAGES = {}


def look(context, address):
    """Return what is wrong with the page at `address`, on screen and for print."""
    page = PAGES.get(context) or context.new_page()
    PAGES[context] = page
    answer = page.goto(address)
    found = page.evaluate(ON_THE_PAGE)
    page.emulate_media(media="print")
    found += page.evaluate("[...told]")
    page.emulate_media(media="screen")
    if answer.status not in {200, 404, 301}:
        found.append(str(answer.status))
    return [f"{address}: {each}" for each in dict.fromkeys(found)]


def preview(context, base, key):
    """Return what is wrong with the preview that the form of the article `key` opens."""
    page = PAGES[context]
    page.goto(f"{base}/admin/articles/article/{key}/change/")
    with page.expect_popup() as opened:
        page.locator("[formaction$='/preview/']").first.click()
    shown = opened.value
    shown.wait_for_load_state()
    found = shown.evaluate(ON_THE_PAGE)
    if not shown.locator("article").count():
        found.append("no preview")
    shown.close()
    return [f"preview of {key}: {each}" for each in found]


def well_formed(base, themes):
    """Return the feeds and sitemaps that can't be read, and how many were."""
    paths = [
        f"{place}feed.{form}"
        for place in ("/", "/articles/", "/updates/", "/corrections/")
        for form in ("atom", "rss", "json")
    ]
    paths += [f"/themes/{slug}/feed.{form}" for slug in themes for form in ("atom", "rss", "json")]
    paths += ["/sitemap.xml", "/sitemap-articles-0.xml", "/feeds.opml", "/opensearch.xml"]
    paths += [f"/feed.atom?archive={number}" for number in range(1, 40)]
    broken = documents = 0
    broken = []
    for path in paths:
        try:
            with urllib.request.urlopen(base + urllib.parse.quote(path, safe="/?=&.+")) as answer:  # noqa: S310 - our own server
                content = answer.read()
        except urllib.error.HTTPError as error:
            if error.code != 404:
                broken.append(f"{path}: {error.code}")
            continue
        documents += 1
        try:
            json.loads(content) if ".json" in path else ET.fromstring(content)  # noqa: S314 - our own output
        except (ValueError, ET.ParseError) as error:
            broken.append(f"{path}: {error}")
    return broken, documents


# X2 -------------------------------------------------------------------------------------------------------------------

SIGNS = "<>\"'`&;:=/\\()[]{}!#*_~^|-\n\t\0 \u200bax"


@st.composite
def mutated(draw):
    """A payload or several, spliced, cut, doubled and sprinkled with signs."""
    known = draw(st.shared(st.just(payloads()), key="payloads"))
    pieces = draw(st.lists(st.sampled_from(known) | st.sampled_from(BLOCKS), min_size=1, max_size=3))
    text = draw(st.sampled_from(["", " ", "\n", "\n\n", ">", "-->"])).join(pieces)
    for _each in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        put = draw(st.text(SIGNS, max_size=4) | st.just(text[start:end] * 2))
        text = text[:start] + put + text[end:]
    return draw(st.sampled_from(list(WRAPPERS.values())))(text)


def holds(text):
    """Assert that `text` renders to what is allowed and stays as it is when it is sanitised again."""
    html = engine.render(text)["html"]
    assert judge.violations(html) == []
    assert safe.sanitise(html) == html


def x2(work, few):
    """Mutate payloads and see that each is rendered to what is allowed."""
    count, tried = 200 if few else 20_000, []

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(mutated())
    def fuzz(text):
        tried.append(1)
        holds(text)

    failure = ""
    try:
        fuzz()
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"[:300]
    figure = f"{len(tried):,} mutated texts, " + (
        f"one that fails: {failure}" if failure else "0 violations, 0 exceptions"
    )
    return [
        Row(
            "X2",
            "payloads spliced, cut, doubled and sprinkled with signs",
            "JustHTML's own fuzzing",
            "20,000 texts, 0 violations, 0 exceptions",
            figure,
            not failure and len(tried) >= count,
        )
    ]


TRIALS = {"X1": x1, "X2": x2}
