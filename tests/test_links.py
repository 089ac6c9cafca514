"""Links by name and definitions in place: of today, whatever was renamed, explained where readers are."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from articles import publishing
from articles.models import Article, Link, Theme

from .make import ago, change, make_article, make_theme
from .test_desk import ADD, posted, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, chief):
    client.force_login(chief)
    return client


def text_of(client, address):
    page = shown(client.get(address))
    return page[page.index('<div class="text"') : page.index("</article>")]


def linked_from(client, address):
    _before, _mark, section = shown(client.get(address)).partition('id="page_linked"')
    return re.findall(r">([^<>]+)</a></li>", section.partition("</section>")[0])


def rename(theme, **values):
    for name, value in values.items():
        setattr(theme, name, value)
    publishing.save_theme(theme, by=None)


# Links by name --------------------------------------------------------------------------------------------------------


def test_a_name_links_its_theme_and_a_slug_its_article(client):
    make_theme("Energy diplomacy", aliases=["enerji diplomasisi"])
    make_article("The pipe", slug="pipe")
    make_article(
        slug="x",
        body="[[ENERGY  diplomacy]] [[enerji diplomasisi|the gas question]] [[article:pipe]] [[article:pipe|it]]",
    )
    out = text_of(client, "/articles/x/")
    assert '<a href="/themes/energy-diplomacy/">ENERGY diplomacy</a>' in out
    assert '<a href="/themes/energy-diplomacy/">the gas question</a>' in out
    assert '<a href="/articles/pipe/">The pipe</a> <a href="/articles/pipe/">it</a>' in out


def test_no_rename_and_no_lost_alias_breaks_a_link(client):
    theme = make_theme("Gas", aliases=["doğalgaz"])
    pipe = make_article("The pipe", slug="pipe")
    live = make_article(slug="x", body="[[Gas]] [[doğalgaz]] [[article:pipe]]")
    draft = make_article(slug="y", published=False, body="[[Gas]] [[article:pipe]]")
    rename(theme, name="Energy", slug="energy")
    theme.names.filter(is_alias=True).delete()
    change(pipe, slug="tube", title="The tube")
    make_theme("Gas", slug="other")  # the name goes to another: the links stay
    out = text_of(client, "/articles/x/")
    assert out.count('href="/themes/energy/"') == 2
    assert '<a href="/articles/tube/">The tube</a>' in out
    item = client.get("/feed.json").json()["items"][0]["content_html"]
    assert 'href="http://example.com/articles/tube/"' in item
    for article in (live, draft):
        article.refresh_from_db()
        assert publishing.checks(publishing.Fields.of(article.working), article) == []
    change(live, body="[[Gas]] anew")
    assert 'href="/themes/energy/"' in text_of(client, "/articles/x/")


def test_a_link_follows_a_merged_theme(client, chief):
    gas, energy = make_theme("Gas"), make_theme("Energy")
    make_article(slug="x", body="[[Gas]]")
    publishing.merge_themes(gas, energy, by=chief)
    assert 'href="/themes/energy/"' in text_of(client, "/articles/x/")


def test_what_readers_cannot_open_is_no_link_and_tells_nothing(client):
    hidden = make_article("Secret title", slug="soon", published=False)
    make_article(slug="x", body="[[article:soon|words]] [[article:soon]] [[Nobody knows]]")
    out = text_of(client, "/articles/x/")
    assert "words soon" in out and "Secret" not in out and "/articles/soon/" not in out
    assert '<span class="missing">Nobody knows</span>' in out
    publishing.publish(
        hidden, publishing.Fields.of(hidden.working), by=None, based_on=hidden.working_id, dated=ago(days=1)
    )
    assert '<a href="/articles/soon/">words</a>' in text_of(client, "/articles/x/")


def test_broken_names_stop_publication_at_the_desk(desk):
    make_article("Soon", slug="soon", published=False)
    answer = desk.post(
        ADD, posted(title="T", body="[[Nobody]] [[article:soon]] [[article:no]]", action="publish"), follow=True
    )
    page = shown(answer)
    assert "[[Nobody]] leads nowhere" in page and "[[article:no]] leads nowhere" in page
    assert "[[article:soon]] leads to an article that readers don’t see" in page


def test_what_links_here_is_listed_for_readers_and_editors(client, desk):
    theme = make_theme("Gas", introduction="See [[article:pipe]].")
    pipe = make_article("The pipe", slug="pipe")
    publishing.relink(Theme.objects.get(pk=theme.pk))
    named = make_article("By name", body="[[article:pipe]] [[Gas]]")
    make_article("By path", body="[it](/articles/pipe/#part) `[[article:pipe]]`")
    make_article("In code", body="`[[article:pipe]]`")
    make_article("Draft", published=False, body="[[article:pipe]]")
    make_article("Gone", withdrawn="An error.", body="[[article:pipe]]")
    assert linked_from(client, "/articles/pipe/") == ["By name", "By path", "Gas"]
    assert linked_from(client, "/themes/gas/") == ["By name"]
    assert [row.title for row in publishing.linking_here(pipe)] == ["By name", "By path", "Draft", "Gone"]
    change(named, body="No more.")
    assert "By name" not in [row.title for row in publishing.linking_here(pipe)]
    assert not Link.objects.filter(article=named).exists()
    working = replace(publishing.Fields.of(named.working), body="[[article:pipe]]")
    named = Article.objects.get(pk=named.pk)
    publishing.save_draft(named, working, by=None, based_on=named.working_id)
    assert linked_from(client, "/articles/pipe/") == ["By path", "Gas"]
    assert "By name" in shown(desk.get(reverse("admin:articles_article_withdraw", args=[pipe.pk])))


def test_links_show_in_the_preview_of_what_was_never_saved(desk):
    make_theme("Gas")
    new = desk.post(ADD + "preview/", posted(title="T", body="[[Gas]]"))
    article = make_article(published=False)
    old = desk.post(reverse("admin:articles_article_preview", args=[article.pk]), posted(article, body="[[Gas]]"))
    assert 'href="/themes/gas/"' in shown(new) and 'href="/themes/gas/"' in shown(old)


# Definitions in place -------------------------------------------------------------------------------------------------


def test_a_theme_is_defined_where_it_is_first_mentioned(client):
    gas = make_theme("Gas", definition="What burns & <costs>.", introduction="Gas and Oil.")
    gas.names.create(name="doğalgaz", language="tr")
    make_theme("Oil", definition="What flows.")
    make_theme("Bare", definition="")
    make_article(slug="x", body="Gas, gas, Bare.\n\n## Gas\n\nDoğalgazın price. [Oil](/x/) {{not:Oil}}\n\n> Oil")
    page = shown(client.get("/articles/x/"))
    assert page.count('popovertarget="term-gas"') == 2
    assert page.count('id="term-gas"') == 1 and 'id="term-oil"' not in page
    assert "What burns &amp; &lt;costs&gt;." in page
    hub = shown(client.get("/themes/gas/"))
    assert 'popovertarget="term-oil"' in hub and "term-gas" not in hub


def test_a_new_definition_name_or_alias_shows_at_the_next_view(client):
    theme = make_theme("Gas", definition="Old words.")
    make_article(slug="x", body="About methane.")
    assert "term-gas" not in shown(client.get("/articles/x/"))
    theme.names.create(name="methane")
    publishing.teach_names(theme, by=None)
    assert 'popovertarget="term-gas"' in shown(client.get("/articles/x/"))
    rename(theme, definition="New words.", slug="fuel")
    page = shown(client.get("/articles/x/"))
    assert 'popovertarget="term-fuel"' in page and "New words." in page and "Old words." not in page


def test_in_feeds_a_definition_is_a_link_with_a_title(client):
    make_theme("Gas", definition='What "burns".')
    make_article(slug="x", body="Gas.")
    item = client.get("/feed.json").json()["items"][0]["content_html"]
    assert '<a href="http://example.com/themes/gas/" title="What &quot;burns&quot;.">Gas</a>' in item
    assert "<button" not in item
