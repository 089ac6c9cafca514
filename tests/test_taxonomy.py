"""Themes, authors, series and plain pages at the desk."""

from datetime import timedelta

import pytest
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.urls import reverse
from django.utils import timezone

from articles.models import Author, Series, Theme

from .make import make_article, make_author, make_series, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, chief):
    client.force_login(chief)
    return client


def form_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def add(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


def opened(desk, row, **typed):
    """Return what a browser sends from the form of `row`, opened now, with `typed` in it."""
    context = desk.get(form_of(row)).context
    forms = [context["adminform"].form]
    data = {}
    for formset in context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None:
                data[field.html_name] = value
    return data | typed


def shown(response):
    return response.content.decode()


@pytest.mark.large
def test_a_theme_is_edited_with_its_names(desk, keeper, impatient):
    desk.force_login(keeper)
    theme = make_theme("Syria", aliases=["Suriye"])
    make_article("Idlib", themes=[theme])
    typed = {"name": "The Levant", "slug": "levant", "introduction": "## New", "names-0-language": "tr",
             "names-1-name": "Сирия", "names-1-language": "ru"}  # fmt: skip
    assert desk.post(form_of(theme), opened(desk, theme, **typed)).status_code == 302
    assert desk.get("/themes/syria/")["Location"] == "/themes/levant/"
    assert 'id="new"' in shown(desk.get("/themes/levant/"))
    assert desk.get("/search/?q=сирия").context["page"].total == 1
    twice = desk.post(form_of(theme), opened(desk, theme, **{"names-1-name": "SÛRİYE", "names-0-name": "Suriye"}))
    assert "perhaps in another spelling" in shown(twice)
    make_theme("Libya")
    taken = desk.post(form_of(theme), opened(desk, theme, **{"names-1-name": "LİBYA"}))
    assert "already a name of the theme Libya" in shown(taken)
    hostile = desk.post(form_of(theme), opened(desk, theme, introduction="[" * 20_000))
    assert "takes too long" in shown(hostile)


def names(theme):
    return sorted(theme.names.filter(is_alias=True).values_list("name", flat=True))


def test_two_names_may_change_places(desk):
    theme = make_theme("Syria", aliases=["Suriye", "Levant"])
    first, second = theme.names.filter(is_alias=True).order_by("language", "name")
    data = opened(desk, theme, **{"names-0-name": second.name, "names-1-name": first.name})
    assert desk.post(form_of(theme), data).status_code == 302
    assert names(theme) == ["Levant", "Suriye"]
    first.refresh_from_db()
    assert (first.name, first.folded) == ("Suriye", "suriye")


def test_a_name_may_take_the_spelling_of_one_that_goes(desk):
    theme = make_theme("Syria", aliases=["Suriye", "Levant"])
    data = opened(desk, theme, **{"names-0-name": "SURIYE", "names-1-DELETE": "on"})
    assert desk.post(form_of(theme), data).status_code == 302
    assert names(theme) == ["SURIYE"]


def test_a_name_that_grows_when_folded_is_stored_or_refused_in_words(desk):
    theme = make_theme("Syria")
    assert desk.post(form_of(theme), opened(desk, theme, **{"names-0-name": "щ" * 60})).status_code == 302
    assert names(theme) == ["щ" * 60]
    assert "too long" in shown(desk.post(form_of(theme), opened(desk, theme, **{"names-1-name": "\ufdfa" * 90})))


def test_a_theme_is_saved_while_its_articles_are_public(desk):
    theme = make_theme("Syria")
    make_article("Idlib", themes=[theme])
    for _time in range(2):
        assert desk.post(form_of(theme), opened(desk, theme, definition="Anew.")).status_code == 302
    assert desk.get("/search/?q=idlib").context["page"].total == 1


@pytest.mark.parametrize("typed", [{"definition": "Bob's."}, {"names-0-name": "Şam"}, {"introduction": "Bob wrote."}])
def test_a_colleagues_change_to_a_theme_is_not_overwritten(desk, typed):
    theme = make_theme("Syria", aliases=["Suriye"])
    mine = opened(desk, theme, definition="Mine.")
    assert desk.post(form_of(theme), opened(desk, theme, **typed)).status_code == 302
    stored = shown(desk.get(form_of(theme)))
    refused = desk.post(form_of(theme), mine)
    assert refused.status_code == 409
    assert "Somebody else saved this" in shown(refused)
    assert "Mine." in shown(refused)
    assert desk.get(form_of(theme)).context["adminform"].form.initial["opened"] in stored


def test_a_colleagues_change_to_a_page_or_a_byline_is_not_overwritten(desk):
    page = FlatPage.objects.create(url="/about/", title="About", content="Who we are.")
    page.sites.set([1])
    for row, first, second in ((page, {"content": "Bob's."}, {"title": "Mine"}),
                               (make_author("Ann"), {"about": "Bob's."}, {"name": "Mine"})):  # fmt: skip
        mine = opened(desk, row, **second)
        assert desk.post(form_of(row), opened(desk, row, **first)).status_code == 302
        assert "Somebody else saved this" in shown(desk.post(form_of(row), mine))


@pytest.mark.parametrize(
    ("model", "typed"),
    [
        (Theme, {"name": "Levant", "slug": "old", "names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0}),
        (Author, {"name": "Levant", "slug": "old"}),
        (Series, {"title": "Levant", "slug": "old"}),
    ],
)
def test_a_former_address_is_nobody_elses(desk, model, typed):
    field = "title" if model is Series else "name"
    row = make_theme("Old") if model is Theme else model.objects.create(**{field: "Old"})
    make_article(**{Theme: {"themes": [row]}, Author: {"authors": [row]}, Series: {"series": row}}[model])
    assert desk.post(form_of(row), opened(desk, row, slug="present")).status_code == 302
    assert "goes on leading there" in shown(desk.post(add(model), typed))
    spelled = {field: "Old", "slug": ""}
    if model is Theme:  # a theme's name is its own anyway, but one may be made with that slug's words
        assert desk.post(form_of(row), opened(desk, row, name="Present")).status_code == 302
    assert desk.post(add(model), typed | spelled).status_code == 302
    assert sorted(model.objects.values_list("slug", flat=True)) == ["old-2", "present"]
    assert desk.post(form_of(row), opened(desk, row, slug="old")).status_code == 302  # but its own again


def test_control_characters_never_reach_a_name(desk):
    assert desk.post(add(Author), {"name": "An\x07n\x1f", "about": "A\x0b line", "slug": ""}).status_code == 302
    assert Author.objects.values_list("name", "about").get() == ("Ann", "A line")
    make_article("Gas", authors=[Author.objects.get()])
    for format in ("rss", "atom", "json"):
        assert desk.get(f"/feed.{format}").status_code == 200
    assert "This field is required" in shown(desk.post(add(Author), {"name": "\x07", "slug": ""}))


def page(url, **kw):
    return {"url": url, "title": "T", "content": "C", "sites": [1]} | kw


def test_plain_pages_have_addresses_of_their_own(desk):
    assert desk.post(add(FlatPage), page("/about/")).status_code == 302
    assert "already" in shown(desk.post(add(FlatPage), page("/about/")))
    for url in ("/search/", "/articles/", "/themes/", "/feeds/", "/health/", "/admin/"):
        assert "a page of its own" in shown(desk.post(add(FlatPage), page(url))), url
    for url in ("about", "/a/b/", "/Ä/", "//", "/about"):
        assert "one part" in shown(desk.post(add(FlatPage), page(url))), url
    twin = FlatPage.objects.create(url="/about/", title="Twin", content="")
    twin.sites.set([1])
    assert desk.get("/about/").status_code == 200


def test_a_plain_pages_new_address_leads_on(desk):
    desk.post(add(FlatPage), page("/about/"))
    row = FlatPage.objects.get()
    assert desk.post(form_of(row), opened(desk, row, url="/who/", sites=[1])).status_code == 302
    assert desk.get("/about/")["Location"] == "/who/"


def test_the_sitemap_follows_the_sites_address_at_once(desk):
    assert "http://example.com/" in shown(desk.get("/sitemap.xml"))
    Site.objects.filter(pk=1).update(domain="ankara.example")  # as another process would
    for address in ("/sitemap.xml", "/sitemap-pages.xml"):
        assert "http://ankara.example/" in shown(desk.get(address))


def test_every_change_that_readers_see_ends_the_304_of_a_poller_that_has_only_a_date(desk, monkeypatch):
    theme = make_theme("Syria")
    make_article("Idlib", themes=[theme])
    site = Site.objects.get()
    clock = iter(range(1, 1000))
    now = timezone.now()
    monkeypatch.setattr("articles.models.edition.timezone.now", lambda: now + timedelta(minutes=next(clock)))
    for row, typed in ((theme, {"name": "Levant"}), (Author.objects.get(), {"name": "Anew"}), (site, {"name": "N"})):
        since = {"if-modified-since": desk.get("/feed.atom")["Last-Modified"]}
        assert desk.get("/feed.atom", headers=since).status_code == 304
        assert desk.post(form_of(row), opened(desk, row, **typed)).status_code == 302
        assert desk.get("/feed.atom", headers=since).status_code == 200


def test_an_authors_new_slug_leads_on(desk):
    make_article(authors=[make_author("Ann")])
    author = Author.objects.get()
    desk.post(form_of(author), opened(desk, author, slug="ann-b"))
    assert desk.get("/authors/ann/")["Location"] == "/authors/ann-b/"


def test_a_deleted_themes_former_addresses_are_forgotten(desk):
    old = make_theme("Levant")
    desk.post(form_of(old), opened(desk, old, slug="syria"))
    desk.post(reverse("admin:articles_theme_delete", args=[old.pk]), {"post": "yes"})
    assert desk.get("/themes/levant/").status_code == 404
    new = make_theme("Levant")
    make_article(themes=[new, make_theme("Trade")])
    assert new.slug == "levant"
    for address in ("/themes/levant+trade/", "/articles/?theme=levant&year=1900", "/themes/levant+nonsense/"):
        assert "syria" not in desk.get(address).get("Location", ""), address


def test_a_new_row_answers_where_a_former_address_led_astray(desk):
    Redirect.objects.create(site_id=1, old_path="/themes/levant/", new_path="/themes/gone/")
    desk.post(add(Theme), {"name": "Levant", "names-TOTAL_FORMS": 0, "names-INITIAL_FORMS": 0})
    assert Theme.objects.get().slug == "levant"
    assert not Redirect.objects.exists()


def test_former_addresses_of_rows_that_readers_never_saw_tell_nothing(desk):
    author, series = make_author("Ann"), make_series("Pipes")
    make_article(published=False, authors=[author], series=series)
    for row in (author, series):
        desk.post(form_of(row), opened(desk, row, slug="anew"))
    assert desk.get("/authors/ann/").status_code == desk.get("/series/pipes/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("example.org", "example.org"),
        ("Example.ORG:8000", "example.org:8000"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("[::1]:8000", "[::1]:8000"),
        ("localhost", "localhost"),
        ("bücher.example", "bücher.example"),
        ("https://example.org", None),
        ("example.org/blog", None),
        ("two words", None),
        ("example.org:99999", None),
        ("a@b.example", None),
        ('x"><b>', None),
    ],
)
def test_the_sites_address_is_a_host_with_at_most_a_port(desk, typed, stored):
    site = Site.objects.get()
    answer = desk.post(form_of(site), opened(desk, site, domain=typed))
    assert answer.status_code == (302 if stored else 200)
    assert stored or "without https:// and without a path" in shown(answer)
    assert Site.objects.get().domain == (stored or site.domain)
