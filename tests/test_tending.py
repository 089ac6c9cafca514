"""Themes kept in order: merging and its undoing, many articles at once, names found, none made by accident."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from articles import publishing
from articles.models import Article, Theme, ThemeMerge

from .make import ago, change, make_article, make_theme
from .test_desk import ADD, LIST, form_of, posted, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, chief):
    client.force_login(chief)
    return client


@pytest.fixture
def themes():
    """Two themes with three articles: gas, pipes under both, talks."""
    gas, energy = make_theme("Gas", aliases=["doğalgaz"], place=3), make_theme("Energy diplomacy", place=4)
    make_article("Prices", slug="prices", themes=[gas])
    make_article("Pipes", slug="pipes", themes=[gas, energy])
    make_article("Talks", slug="talks", themes=[energy])
    return gas, energy


def titles(client, address):
    return sorted(article.title for article in client.get(address).context["page"].articles)


def merge(desk, source, target):
    address = reverse("admin:articles_theme_tend", args=[source.pk])
    page = shown(desk.get(address, {"target": target.pk}))
    assert "2 articles go over (1 of them carry both already)" in page
    assert desk.post(address, {"action": "merge", "target": target.pk}).status_code == 302
    return ThemeMerge.objects.get(source=source)


def test_a_merged_theme_leads_to_the_other_by_every_name_and_address(desk, themes):
    gas, energy = themes
    merge(desk, gas, energy)
    assert titles(desk, "/themes/energy-diplomacy/") == ["Pipes", "Prices", "Talks"]
    for former in ("/themes/gas/", "/themes/gas/feed.atom", "/articles/?theme=gas"):
        assert "energy-diplomacy" in desk.get(former)["Location"]
    assert Theme.objects.called("DOĞALGAZ") == Theme.objects.called("gas") == energy
    assert desk.get("/search/?q=dogalgaz").context["page"].total == 3
    assert [theme.name for theme in desk.get("/themes/").context["themes"]] == ["Energy diplomacy"]
    assert "/themes/gas/" not in shown(desk.get("/sitemap-themes-0.xml"))
    assert "merged-" not in shown(desk.get("/")) + shown(desk.get("/sitemap-themes-0.xml"))
    assert desk.get(f"/themes/merged-{gas.pk}/").status_code == 404


def test_an_undone_merge_puts_everything_back(desk, themes):
    gas, energy = themes
    energy.slug = "power"
    publishing.save_theme(energy, by=None)
    before = {path: titles(desk, path) for path in ("/themes/gas/", "/themes/power/")}
    done = merge(desk, gas, energy)
    address = reverse("admin:articles_theme_tend", args=[energy.pk])
    assert desk.post(address, {"action": "undo", "merge": done.pk}).status_code == 302
    assert {path: titles(desk, path) for path in before} == before
    back = Theme.objects.get(pk=gas.pk)
    assert (back.name, back.slug, back.place) == ("Gas", "gas", 3)
    assert Theme.objects.called("doğalgaz") == back
    assert desk.get("/search/?q=dogalgaz").context["page"].total == 2
    with pytest.raises(ValidationError):
        publishing.undo_merge(done, by=None)


def test_a_working_copy_written_before_the_merge_keeps_its_theme(desk, themes):
    gas, energy = themes
    article = Article.objects.get(slug="prices")
    fields = replace(publishing.Fields.of(article.working), title="New title")
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    merge(desk, gas, energy)
    form = desk.get(form_of(article)).context["form"]
    assert list(form["themes"].value()) == [energy.pk]
    article.refresh_from_db()
    change(article, title="Newer title")
    assert [theme.name for theme in Article.objects.get(slug="prices").themes.all()] == ["Energy diplomacy"]
    assert desk.get(reverse("admin:articles_article_revision", args=[article.pk, 1])).status_code == 200


def test_merges_in_a_row_are_undone_in_their_order(themes):
    gas, energy = themes
    relations = make_theme("Relations")
    first = publishing.merge_themes(gas, energy, by=None)
    second = publishing.merge_themes(Theme.objects.get(pk=energy.pk), relations, by=None)
    assert {theme.name for theme in Article.objects.get(slug="prices").themes.all()} == {"Relations"}
    with pytest.raises(ValidationError, match="later merge"):
        publishing.undo_merge(first, by=None)
    publishing.undo_merge(second, by=None)
    publishing.undo_merge(first, by=None)
    assert {theme.name for theme in Article.objects.get(slug="pipes").themes.all()} == {"Gas", "Energy diplomacy"}


def test_what_was_published_between_a_merge_and_its_undoing_keeps_the_themes_it_was_given(themes):
    gas, energy = themes
    done = publishing.merge_themes(gas, energy, by=None)
    change(Article.objects.get(slug="prices"), title="Published since")
    publishing.undo_merge(done, by=None)
    for article in Article.objects.select_related("live"):
        carried = set(article.themes.values_list("pk", flat=True))
        assert carried == set(publishing.Fields.of(article.live).themes), article.slug


def test_a_theme_merged_meanwhile_is_neither_saved_nor_merged_again(themes):
    gas, energy = themes
    relations = make_theme("Relations")
    stale = Theme.objects.get(pk=gas.pk)
    publishing.merge_themes(gas, energy, by=None)
    with pytest.raises(ValidationError):
        publishing.save_theme(stale, by=None)
    with pytest.raises(ValidationError):
        publishing.merge_themes(stale, relations, by=None)
    assert Theme.everything.get(pk=gas.pk).merged_into == energy


def test_a_theme_is_not_merged_into_itself_nor_by_who_may_not(client, themes, editor):
    gas, energy = themes
    with pytest.raises(ValidationError):
        publishing.merge_themes(gas, gas, by=None)
    client.force_login(editor)
    address = reverse("admin:articles_theme_tend", args=[gas.pk])
    assert client.post(address, {"action": "merge", "target": energy.pk}).status_code == 403
    assert Theme.objects.count() == 2


def test_chosen_articles_get_and_lose_themes_and_nothing_else_of_them_is_published(desk, themes):
    gas, energy = themes
    syria = make_theme("Syria")
    article = Article.objects.get(slug="prices")
    fields = replace(publishing.Fields.of(article.working), body="Unpublished words.")
    publishing.save_draft(article, fields, by=None, based_on=article.working_id)
    chosen = [article.pk, Article.objects.get(slug="talks").pk]
    data = {"action": "retag_chosen", "_selected_action": chosen}
    assert "Prices" in shown(desk.post(LIST, data))
    done = desk.post(LIST, data | {"retag": 1, "add": [syria.pk], "remove": [gas.pk]}, follow=True)
    assert "2 articles changed" in shown(done)
    article.refresh_from_db()
    assert {theme.name for theme in article.themes.all()} == {"Syria"}
    assert article.body != "Unpublished words."
    working = article.working.fields
    assert (working["body"], working["themes"]) == ("Unpublished words.", [syria.pk])
    assert titles(desk, "/themes/syria/") == ["Prices", "Talks"]
    assert desk.get("/search/?q=syria").context["page"].total == 2


def test_no_published_article_is_left_without_a_theme(desk, themes):
    gas, _energy = themes
    data = {"action": "retag_chosen", "_selected_action": [Article.objects.get(slug="prices").pk], "retag": 1}
    assert "would be left without a theme" in shown(desk.post(LIST, data | {"remove": [gas.pk]}, follow=True))
    assert titles(desk, "/themes/gas/") == ["Pipes", "Prices"]


def test_writers_are_not_offered_what_they_may_not_do(client, writer, themes):
    client.force_login(writer)
    assert "retag_chosen" not in shown(client.get(LIST))
    gas, _energy = themes
    data = {"action": "retag_chosen", "_selected_action": [1], "retag": 1, "add": [gas.pk]}
    client.post(LIST, data)
    assert not Article.objects.get(slug="talks").themes.filter(pk=gas.pk).exists()


def test_articles_that_name_a_theme_and_do_not_carry_it_are_found_and_tagged(desk, themes):
    gas, _energy = themes
    make_article("Contracts", slug="contracts", themes=["Syria"], body="About DOĞALGAZ and more.")
    make_article("Gasoline", slug="gasoline", themes=["Syria"], body="About gasoline and gases.")
    address = reverse("admin:articles_theme_tend", args=[gas.pk])
    assert [article.title for article in desk.get(address).context["naming"]] == ["Contracts"]
    article = Article.objects.get(slug="contracts")
    assert desk.post(address, {"action": "carry", "article": [article.pk]}).status_code == 302
    assert titles(desk, "/themes/gas/") == ["Contracts", "Pipes", "Prices"]


def test_a_name_in_any_spelling_tags_and_an_unknown_one_makes_no_theme(desk, themes):
    gas, energy = themes
    data = posted(title="By name", themes=[], by_name="DOGALGAZ, energy  Diplomacy,", action="save")
    assert desk.post(ADD, data).status_code == 302
    assert Article.objects.get(title="By name").working.fields["themes"] == [gas.pk, energy.pk]
    refused = desk.post(ADD, posted(title="Unknown", themes=[], by_name="Gas, Hydrogen", action="save"))
    assert "No theme goes by the name “Hydrogen”" in shown(refused)
    assert not Theme.objects.filter(name="Hydrogen").exists()
    assert 'value="Gas, Hydrogen"' in shown(refused)


def test_a_merge_is_undone_only_while_its_name_and_address_are_free(desk, themes):
    gas, energy = themes
    done = merge(desk, gas, energy)
    address = reverse("admin:articles_theme_tend", args=[energy.pk])
    Theme.objects.filter(pk=energy.pk).update(slug="gas")
    assert "/themes/gas/" in shown(desk.post(address, {"action": "undo", "merge": done.pk}))
    Theme.objects.filter(pk=energy.pk).update(slug="energy-diplomacy")
    energy.names.filter(name="Gas").delete()
    make_theme("Fuel", aliases=["GAS"])
    assert "“Gas” is a name of the theme Fuel now" in shown(desk.post(address, {"action": "undo", "merge": done.pk}))
    assert Theme.everything.get(pk=gas.pk).merged_into == energy


@pytest.mark.parametrize("kind", ["submitted", "approved", "returned"])
def test_new_themes_leave_a_text_where_it_stands_in_review(themes, kind):
    article, syria = Article.objects.get(slug="prices"), make_theme("Syria")
    fields = replace(publishing.Fields.of(article.working), body="Read me.")
    publishing.save_draft(article, fields, by=None, based_on=article.working_id, kind=kind, note="A line.")
    publishing.retag(article, add=[syria.pk], by=None)
    article.refresh_from_db()
    assert (article.working.kind, article.working.note) == (kind, "A line.")
    assert syria.pk in article.working.fields["themes"]


def test_new_themes_of_what_nobody_sees_move_no_date(themes):
    hidden = [make_article(at=ago(days=-1)), make_article(withdrawn="An error.")]
    before, syria = Article.objects.last_change(), make_theme("Syria")
    before = Article.objects.last_change()
    for article in hidden:
        assert publishing.retag(article, add=[syria.pk], by=None)
    assert Article.objects.last_change() == before


def test_a_form_opened_before_a_merge_keeps_the_theme_that_was_ticked(desk, themes):
    gas, energy = themes
    article = Article.objects.get(slug="prices")
    data = posted(article, themes=[gas.pk])
    merge(desk, gas, energy)
    assert desk.post(form_of(article), data).status_code == 302
    article.refresh_from_db()
    assert article.working.fields["themes"] == [energy.pk]
