"""Which addresses a copy of static files has, and what becomes of those that it hasn't."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.transfer.static_site import addresses, rewriting

BASE = "http://testserver"


@pytest.mark.parametrize(
    ("path", "query", "copied"),
    [
        ("/", "", "/"), ("/themes/a/", "page=2", "/themes/a/_/page-2/"), ("/themes/a+b/", "page=2", "/themes/a+b/_/page-2/"),
        ("/themes/a+b+c/", "", None), ("/themes/a/", "not=b", None), ("/articles/", "order=oldest", None),
        ("/articles/", "language=tr&page=2", "/articles/_/language-tr/page-2/"), ("/articles/", "page=2&page=3", None),
        ("/feed.atom", "archive=3", "/_/archive-3/feed.atom"), ("/themes/a+b/feed.atom", "archive=1", None),
        ("/timeline/", "page=2&theme=a", "/timeline/_/theme-a/page-2/"), ("/timeline/", "theme=../x", None),
        ("/timeline/timeline.ics", "theme=a", "/timeline/_/theme-a/timeline.ics"), ("/search/", "", "/search/"),
        ("/search/", "q=x", None), ("/search/feed.atom", "", None), ("/admin/", "", None), ("/admin", "", None),
        ("/drafts/x/", "", None), ("/health/", "", None), ("/opensearch.xml", "", None), ("/a/../b/", "", None),
        ("/.export/nginx.conf", "", None), ("/card.png", "v=12", "/card.png?v=12"), ("/about/", "utm_source=x", "/about/"),
        ("/sources/", "page=0", None), ("/sources/", "page=9999999999", None), ("//evil/", "", None),
        ("/", "p=12", None), ("/", "x=1&page_id=3", None), ("/articles/", "p=12", "/articles/"),
    ],
)  # fmt: skip
def test_the_rule(path, query, copied):
    assert addresses.in_copy(path, query) == copied
    if copied and "utm" not in query and "p=" not in query:
        assert addresses.original(copied) == path + (f"?{query}" if query else "")


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_address_leads_out_of_the_folder(path, query):
    for asked in (path, f"/{path}", f"/themes/{path}/", f"/../{path}"):
        copied = addresses.in_copy(asked, query)
        if copied is not None:
            parts = addresses.file_of(copied).split("/")
            assert all(part and not part.startswith(".") and "\0" not in part for part in parts)


@given(st.text(max_size=200), st.booleans())
def test_rewriting_keeps_what_leads_nowhere(text, feed):
    page = f"<p>{escape(text)}</p>\n<!-- -->" if not feed else escape(text)
    links = rewriting.Links(BASE, "/")
    turn = rewriting.machine if feed else rewriting.page
    assert turn(page, links) == page or BASE in page
