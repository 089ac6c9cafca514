"""Writing at the desk in a real browser: nothing typed is lost, whatever goes away; every button can be undone."""

import re
import sqlite3

import pytest

from tests.trust.browsers import offered, typed_until_killed

from .conftest import log_in, needs_browser

pytestmark = [pytest.mark.processes, needs_browser]
BODY = "First.\n\nSecond."
# Each letter asks anew and takes the selection away; only the answer to the last one selects again.
ANSWERED = ".desk-menu li[aria-selected=true]"


@pytest.fixture
def page(context, site):
    """A tab with the form of the article `pipes`, whose text is back to what it was."""
    site.shell(
        "from articles.models import *; from articles import publishing; from dataclasses import replace\n"
        "Revision.objects.drop()\n"
        "a = Article.objects.get(slug='pipes')\n"
        f"f = replace(publishing.Fields.of(a.working), body={BODY!r})\n"
        "publishing.save_draft(a, f, by=None, based_on=a.working_id)"
    )
    page = context.new_page()
    page.goto(site.base + "/admin/articles/article/1/change/")
    page.wait_for_function("() => document.querySelector('#desk-count').textContent")
    return page


def type_at_end(page, text):
    page.focus("#id_body")
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def state(page, words):
    page.wait_for_function("words => document.querySelector('#desk-state').textContent.includes(words)", arg=words)
    return page.inner_text("#desk-state")


def body_of(site, kind=None):
    rows = "Revision.objects.filter(kind='autosave')" if kind else "[Article.objects.get(slug='pipes').working]"
    return site.shell(f"from articles.models import *\nprint([r.fields['body'] for r in {rows}])")


def save(page):
    page.click("button[value=save]")
    page.wait_for_url(re.compile(r"/change/$"))
    page.wait_for_selector(".messagelist")


def test_the_server_dies_while_somebody_types(page, site):
    type_at_end(page, " Before.")
    state(page, "Kept at")
    site.stop()
    type_at_end(page, " While it was away.")
    assert "kept in this browser" in state(page, "does not answer")
    page.click("button[value=save]")
    state(page, "does not answer")
    assert page.input_value("#id_body") == f"{BODY} Before. While it was away."
    site.start()
    state(page, "Kept at")
    assert "While it was away." in body_of(site, "autosave")
    save(page)
    assert body_of(site) == repr([f"{BODY} Before. While it was away."])
    assert body_of(site, "autosave") == "[]"
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('desk-copy'))") == []


@pytest.fixture
def lock(site):
    """Keeps the site's database locked until the test says `lock.rollback()`."""
    connection = sqlite3.connect(f"{site.env['DATA_DIR']}/site.sqlite3", isolation_level=None, timeout=30)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def test_the_database_is_locked_while_somebody_types(page, site, lock):
    type_at_end(page, " While it was locked.")
    assert "kept in this browser" in state(page, "busy with other work")
    lock.rollback()
    state(page, "Kept at")
    assert "While it was locked." in body_of(site, "autosave")
    save(page)
    assert body_of(site) == repr([f"{BODY} While it was locked."])


def test_without_a_script_what_a_locked_database_refused_is_sent_again(chromium, page, site, lock):
    context = chromium.new_context(java_script_enabled=False, storage_state=site.logged_in)
    form = context.new_page()
    form.goto(page.url)
    form.fill("#id_body", f"{BODY} <b>Typed</b>.")
    form.click("button[value=save]")
    assert form.inner_text("h1") == "Nothing is lost"
    assert form.input_value("textarea[name=body]").replace("\r", "") == f"{BODY} <b>Typed</b>."
    lock.rollback()
    form.click("button:text('Send it again')")
    form.wait_for_selector(".messagelist")
    assert body_of(site) == repr([f"{BODY} <b>Typed</b>."])
    context.close()


def test_the_session_ends_while_somebody_types(page, site, context):
    site.shell("from django.contrib.sessions.models import Session; Session.objects.all().delete()")
    type_at_end(page, " After the end.")
    assert "Log in again" in state(page, "logged out")
    page.click("button[value=save]")
    state(page, "logged out")
    log_in(context, site)
    state(page, "Kept at")
    save(page)
    assert body_of(site) == repr([f"{BODY} After the end."])


@pytest.mark.parametrize("server", ["up", "down"])
def test_the_tab_is_closed_and_opened_again(page, site, context, server):
    if server == "down":
        site.stop()
    type_at_end(page, " Closed too soon.")
    if server == "up":
        state(page, "Kept at")
    page.close(run_before_unload=False)
    if server == "down":
        site.start()
    again = context.new_page()
    again.goto(site.base + "/admin/articles/article/1/change/")
    assert again.input_value("#id_body") == BODY
    again.click("text=See them" if server == "down" else "text=See what differs")
    assert again.locator("ins").inner_text().strip() == "Closed too soon."
    again.click("text=Go on with it")
    assert again.input_value("#id_body") == f"{BODY} Closed too soon."
    assert body_of(site) == repr([BODY])
    save(again)
    assert body_of(site) == repr([f"{BODY} Closed too soon."])


COPIES = """() => new Promise((done) => {
    const asked = indexedDB.open("desk", 1)
    asked.onsuccess = () => {
        const rows = asked.result.transaction("copies").objectStore("copies")
        const names = rows.getAllKeys(), copies = rows.getAll()
        copies.onsuccess = () => done(names.result.filter((name, place) => "fields" in JSON.parse(copies.result[place])))
    }
})"""


def test_what_the_site_has_leaves_no_copy_behind_when_the_page_is_left(page, site):
    """It would be brought back at the next visit, over what was saved since."""
    type_at_end(page, " Kept.")
    state(page, "Kept at")
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(site.base + "/admin/articles/article/add/")
    page.wait_for_function("() => document.querySelector('#desk-count')")
    assert [name for name in page.evaluate(COPIES) if name.startswith("desk-copy:1:")] == []


def test_the_browser_is_killed_while_somebody_types(page, site, chromium, tmp_path):
    words, died = typed_until_killed(chromium.browser_type, tmp_path, site, 3)
    text = offered(chromium.browser_type, tmp_path, site)
    assert all(word in text for word, when in words if when < died - 1)


def test_leaving_with_unsaved_words_asks(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    type_at_end(page, " x")
    page.click("#site-name a", no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.input_value("#id_body").endswith(" x")


def test_two_tabs_of_ones_own_alarm_nobody(page, context, site):
    type_at_end(page, " In the first tab.")
    state(page, "Kept at")
    other = context.new_page()
    other.goto(page.url)
    other.wait_for_timeout(800)
    assert other.locator(".desk-kept p").count() == 0
    assert not other.is_visible("#desk-others")
    other.close()


def test_every_button_is_undone_by_the_keyboard(page):
    # The typing before it is one step of undo of its own.
    for button in ("Heading", "Bold", "Italic", "Quotation", "Link", "List", "Numbers", "Note", "Table", "Chart"):
        page.focus("#id_body")
        page.keyboard.press("Control+End")
        page.locator("markdown-toolbar").get_by_text(button, exact=True).click()
        assert page.input_value("#id_body") != BODY, button
        for _step in range(2):
            if page.input_value("#id_body") != BODY:
                page.keyboard.press("Control+z")
        assert page.input_value("#id_body") == BODY, button


def test_lists_go_on_and_end(page):
    type_at_end(page, "\n\n- one\ntwo\n\n7. seven\neight")
    assert page.input_value("#id_body") == f"{BODY}\n\n- one\n- two\n\n7. seven\n8. eight"


def test_tab_leaves_the_text(page):
    page.focus("#id_body")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "id_body"
    assert page.input_value("#id_body") == BODY


def test_a_theme_is_linked_by_name_and_undone(page):
    type_at_end(page, " See [[syr")
    page.wait_for_selector(ANSWERED)
    page.keyboard.press("Enter")
    assert page.input_value("#id_body") == f"{BODY} See [[Syria]]"
    page.keyboard.press("Control+z")
    assert page.input_value("#id_body") == f"{BODY} See [[syr"


def test_a_source_is_cited_by_its_words_and_undone(page):
    type_at_end(page, " @hub hürr")
    page.wait_for_selector(ANSWERED)
    page.keyboard.press("Enter")
    assert page.input_value("#id_body") == f"{BODY} [@hurriyet-2022]"
    page.keyboard.press("Control+z")
    assert page.input_value("#id_body") == f"{BODY} @hub hürr"


PASTE = """([type, text]) => {
  const data = new DataTransfer(); data.setData(type, text)
  document.querySelector('#id_body').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))
}"""


def test_a_pasted_table_and_address_become_markdown_and_are_undone(page):
    type_at_end(page, "\n\n")
    table = "<table><tr><th>Year</th><th>bcm</th></tr><tr><td>2023</td><td>21.34</td></tr></table>"
    for kind, text in (("text/html", table), ("text/plain", "Year\tbcm\r\n2023\t21.34\r\n")):
        page.evaluate(PASTE, [kind, text])
        assert page.input_value("#id_body") == f"{BODY}\n\n| Year | bcm |\n|---:|---:|\n| 2023 | 21.34 |\n"
        page.keyboard.press("Control+z")
        assert page.input_value("#id_body") == f"{BODY}\n\n"
    page.evaluate("document.querySelector('#id_body').setSelectionRange(0, 5)")
    page.evaluate(PASTE, ["text/plain", "https://example.org/a"])
    assert page.input_value("#id_body").startswith("[First](https://example.org/a).")
    page.keyboard.press("Control+z")
    assert page.input_value("#id_body").startswith("First.")


def test_a_pasted_picture_asks_for_its_words_and_is_undone(page):
    page.focus("#id_body")
    page.keyboard.press("Control+End")
    page.evaluate("""async () => {
      const canvas = Object.assign(document.createElement('canvas'), {width: 8, height: 8})
      const blob = await new Promise(resolve => canvas.toBlob(resolve, 'image/png'))
      const data = new DataTransfer(); data.items.add(new File([blob], 'map.png', {type: 'image/png'}))
      document.querySelector('#id_body').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))
    }""")
    page.wait_for_selector("dialog[open]")
    page.click("text=Add it")
    page.wait_for_function("() => document.querySelector('#desk-picture [role=alert]').textContent")
    page.fill("#desk-alt", "A map")
    page.click("text=Add it")
    page.wait_for_selector("dialog:not([open])", state="attached")
    assert re.search(r"!\[A map\]\(/pictures/\w+\.png\)$", page.input_value("#id_body"))
    page.keyboard.press("Control+z")
    assert page.input_value("#id_body") == BODY


def test_the_preview_is_the_page_and_keeps_its_place(page):
    page.click("#desk-beside")
    frame = page.frame_locator("#desk-pane iframe")
    frame.locator("h1", has_text="Pipes").wait_for()
    page.fill("#id_title", "")
    type_at_end(page, "\n\n## Part\n\n" + "A long paragraph. " * 5)
    frame.locator("h2#part").wait_for()
    assert "Reading Serif" in frame.locator(".text p").first.evaluate("e => getComputedStyle(e).fontFamily")


def test_a_remark_is_made_on_the_selected_passage_without_leaving_the_page(page):
    page.focus("#id_body")
    page.evaluate("document.querySelector('#id_body').setSelectionRange(8, 15)")
    page.fill("#desk-remark", "Is that so?")
    page.click("text=Add the remark")
    page.wait_for_selector("#desk-talk .said")
    assert page.locator("#desk-talk .label a").first.inner_text() == "“Second.”"
    page.click("#desk-talk .label a >> nth=0")
    selected = (
        "() => { const t = document.querySelector('#id_body'); return t.value.slice(t.selectionStart, t.selectionEnd) }"
    )
    assert page.evaluate(selected) == "Second."
    page.click("#desk-talk >> text=Settled >> nth=0")
    page.wait_for_selector("#desk-talk details")


def test_an_article_is_written_and_saved_by_the_keyboard_alone(page, site):
    page.goto(site.base + "/admin/articles/article/add/")
    page.focus("#id_title")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Tab")
    page.keyboard.type("A summary.")
    page.keyboard.press("Tab")  # the toolbar is one stop
    assert page.evaluate("document.activeElement.localName") == "md-header"
    page.keyboard.press("Tab")
    page.keyboard.type("Some text, ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    assert page.input_value("#id_body") == "Some text, **bold**"
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "save":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".messagelist")
    assert page.input_value("#id_title") == "By keyboard"
