"""How quick the desk is under the fingers: from a key to the paint, from the last key to the preview, in Chromium.

Run as `python -m tests.benchmarks.writing`; it makes a site of its own, on SQLite, and ends it.
"""

import statistics
import tempfile

from playwright.sync_api import sync_playwright

from ..browser.conftest import CHROMIUM, FLAGS, Site, log_in

SENTENCE = "The pipeline under the Black Sea carries gas that both sides need and neither trusts. "
LENGTHS = (1_500, 20_000)  # words
CLOCK = """() => {
  window.times = []
  document.querySelector("#id_body").addEventListener("keydown", () => {
    const start = performance.now()
    requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - start)))
  }, true)
}"""
FILLED = """before => new Promise(resolve => {
  const start = performance.now(), pane = document.querySelector("#desk-pane")
  const look = () => Number(pane.dataset.filled) > before ? resolve(performance.now() - start) : setTimeout(look, 5)
  look()
})"""


def text(words):
    """Return a Markdown text of about `words` words in paragraphs, each with a mention of a note."""
    paragraph = SENTENCE * 9 + "[^1]\n\n"
    return paragraph * (words // 135) + "\n[^1]: A source.\n"


def measure(page, words):
    """Return the median milliseconds from a key to the paint and from the last key to the preview."""
    page.fill("#id_title", f"{words} words")
    page.fill("#id_body", text(words))
    page.wait_for_timeout(4000)
    page.evaluate(CLOCK)
    page.evaluate("() => { const t = document.querySelector('#id_body'); t.focus(); t.setSelectionRange(3000, 3000) }")
    for letter in "words typed into the middle of it ":
        page.keyboard.type(letter)
        page.wait_for_timeout(60)
    keys = page.evaluate("times")
    previews = []
    for _time in range(5):
        page.wait_for_timeout(2500)
        before = int(page.evaluate("document.querySelector('#desk-pane').dataset.filled"))
        page.keyboard.type("x")
        previews.append(page.evaluate(FILLED, before))
    return statistics.median(keys), statistics.median(previews)


def main():
    """Measure both lengths and print a table."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(folder)
        site.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(viewport={"width": 1500, "height": 1000})
        try:
            log_in(context, site)
            page = context.new_page()
            page.goto(site.base + "/admin/articles/article/add/")
            page.click("#desk-beside")
            print(f"{'words':>8}{'key to paint, ms':>20}{'last key to preview, ms':>26}")
            for words in LENGTHS:
                key, preview = measure(page, words)
                print(f"{words:>8}{key:>20.0f}{preview:>26.0f}")
        finally:
            browser.close()
            site.stop()


if __name__ == "__main__":
    main()
