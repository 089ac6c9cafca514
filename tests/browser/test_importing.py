"""Texts from elsewhere in a real browser: the file is looked at and taken by itself, and by hand where scripts are off."""

import io
import zipfile

import pytest

from .conftest import needs_browser, violations

pytestmark = [pytest.mark.processes, needs_browser]
HEAD = "---\ntitle: Text {}\ndate: 2019-05-0{} 10:00:00 +0300\nauthor: Ayşe Demir\ntags: [Grain]\n---\nFirst words.\n"


def blog(called):
    """Return an archive of three posts that are `called` so, one of them broken."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("blog/_config.yml", "title: A blog\n")
        for number in (1, 2):
            archive.writestr(f"blog/_posts/2019-05-0{number}-{called}-{number}.md", HEAD.format(number, number))
        archive.writestr("blog/_posts/2019-05-03-broken.md", "---\ntitle: [\n---\n")
    return {"name": "blog.zip", "mimeType": "application/zip", "buffer": out.getvalue()}


def looked_over(page):
    """Return what is wrong with a page for anybody, light and dark, or on a telephone."""
    page.set_viewport_size({"width": 320, "height": 700})
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{wide} pixels wide"] if wide > 320 else []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [(scheme, *each) for each in violations(page)]
    return found


def test_an_archive_is_looked_at_and_taken_by_itself(site, context):
    page = context.new_page()
    page.goto(f"{site.base}/admin/articles/upload/")
    assert looked_over(page) == []
    page.set_input_files("input[type=file]", blog("text"))
    page.click("text=Upload, and see the account")
    page.wait_for_selector("text=What would be done")
    assert "line 3" in page.inner_text("tr.refused")
    assert looked_over(page) == []
    page.click("text=Do it")
    page.wait_for_selector("text=What was done")
    assert "1 refused" in page.inner_text("#content-main")
    page.close()


def test_without_scripts_a_button_goes_on(site, context, chromium):
    bare = chromium.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = bare.new_page()
    page.goto(f"{site.base}/admin/articles/upload/")
    page.set_input_files("input[type=file]", blog("other"))
    page.click("text=Upload, and see the account")
    assert "nothing is written" in page.inner_text("#content-main")
    page.click("text=Go on")
    page.click("text=Do it")
    page.click("text=Go on")
    assert "What was done" in page.inner_text("#content-main")
    bare.close()
