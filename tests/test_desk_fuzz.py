"""Whatever is posted to the desk, by whomever: an answer in words, never a crash."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, Theme

from .make import make_article, make_theme
from .thorough import times

pytestmark = pytest.mark.django_db

ODD = ["", "0", "-1", "9" * 40, "1e9", "\x00", "\ud800", "‮", "[^1]", "![](/pictures/x)", "[a](/themes/+/)",
       "(/articles/", "x" * 5000, "2026-13-45T99:99", "9999-12-31T23:59", "on", "save", "publish", "update", "schedule",
       "submit", "send_back", "unschedule", "merge", "undo", "carry", "mine", "en", "typo", "correction",
       "11111111-1111-4111-8111-111111111111", "щ" * 300, "%", "'", '"', "<b>", "a, b,,", "@", "[["]  # fmt: skip
NAMES = ["title", "slug", "summary", "body", "language", "themes", "by_name", "authors", "series", "series_order", "at",
         "change", "note", "review_note", "based_on", "form", "action", "changed", "closed", "days", "revoke", "text",
         "quote", "place", "parent", "resolve", "target", "merge", "article", "field", "name", "definition", "opened",
         "introduction", "add", "remove", "retag", "_selected_action", "kept", "since", "q", "url", "sites", "domain",
         "names-TOTAL_FORMS", "names-INITIAL_FORMS", "names-0-name", "names-0-id", "may_comment"]  # fmt: skip
values = st.one_of(st.sampled_from(ODD), st.text(max_size=20), st.integers(-5, 5).map(str))
posts = st.dictionaries(st.sampled_from(NAMES), st.one_of(values, st.lists(values, max_size=3)), max_size=12)


def addresses(article, theme):
    names = ("change", "keep", "preview", "withdraw", "share", "bring_back", "talk", "delete", "history")
    yield from (reverse(f"admin:articles_article_{name}", args=[article.pk]) for name in names)
    yield from (reverse(f"admin:articles_article_{name}") for name in ("add", "keep_new", "preview_new", "changelist"))
    yield from (reverse(f"admin:articles_article_{name}") for name in ("suggest", "cite", "picture"))
    yield reverse("admin:articles_article_restore", args=[article.pk, 1])
    yield from (reverse(f"admin:articles_theme_{name}", args=[theme.pk]) for name in ("change", "tend"))
    yield from ("/admin/articles/author/add/", "/admin/articles/series/add/", "/admin/flatpages/flatpage/add/")
    yield from ("/admin/articles/theme/add/", "/admin/sites/site/1/change/", "/admin/articles/picture/add/")


@settings(max_examples=times(20, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_sent_there_is_an_answer(client, chief, data):
    client.force_login(chief)
    article = Article.objects.filter(published_at=None).first() or make_article(published=False)
    theme = Theme.objects.last() or make_theme()
    address = data.draw(st.sampled_from(sorted(addresses(article, theme))))
    sent = data.draw(posts)
    ours = {name: [v.encode("utf-8", "replace").decode() for v in ([value] if isinstance(value, str) else value)]
            for name, value in sent.items()}  # fmt: skip
    response = client.get(address, ours) if data.draw(st.booleans()) else client.post(address, ours)
    assert response.status_code < 500, (address, ours)


HUGE = "9" * 30


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/admin/articles/article/add/", {"authors": [HUGE], "themes": [HUGE], "series": HUGE, "lead_picture": HUGE}),
        ("/admin/articles/article/", {"action": "retag_chosen", "retag": "1", "_selected_action": "1", "add": [HUGE]}),
        ("/admin/articles/article/", {"action": "retag_chosen", "_selected_action": [HUGE]}),
        ("/admin/articles/theme/", {"action": "delete_selected", "_selected_action": [HUGE]}),
        ("/admin/flatpages/flatpage/add/", {"sites": [HUGE], "url": "/x/", "title": "X", "content": "x"}),
    ],
)
def test_a_key_that_no_database_holds_is_a_wrong_choice(client, chief, address, sent):
    make_article()
    client.force_login(chief)
    assert client.post(address, sent).status_code < 500
