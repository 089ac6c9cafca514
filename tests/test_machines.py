"""What pages say to machines: linked data, sitemaps, canonical links."""

import json
import re
import xml.etree.ElementTree as ET
from urllib.parse import urlsplit

import pytest

from articles import sitemaps

from .make import ago, change, make_article, make_author, make_picture, make_series, make_source, make_theme, make_user

pytestmark = pytest.mark.django_db


def told(client, address):
    """Return {type: thing} of the linked data of a page, which must be one block that any JSON parser reads."""
    page = client.get(address).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert len(blocks) == 1, address
    data = json.loads(blocks[0])
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


def test_an_article(client):
    theme = make_theme("Syria")
    make_source("hub-2022", "A hub", url="https://example.org/hub")
    make_source("book", "A book", url="")
    picture, series = make_picture(), make_series("The straits")
    article = make_article(
        'Pipes & </script><b> "quotes"',
        slug="pipes",
        themes=[theme],
        authors=[make_author("The editors", is_group=True), make_author("Ayşe Yılmaz")],
        body="Said.[@hub-2022] Read.[@book]",
        lead_picture=picture.pk,
        series=series,
        at=ago(days=3),
    )
    make_article("Borular", slug="borular", language="tr", translation_of=article.pk)
    article = change(article, kind="correction", note="The year was wrong.")
    things = told(client, "/articles/pipes/")
    data = things["Article"]
    assert data["headline"] == 'Pipes & </script><b> "quotes"'
    assert data["datePublished"] == article.published_at.isoformat()
    assert data["dateModified"] == article.updated_at.isoformat()
    assert [(who["@type"], who["name"]) for who in data["author"]] == [
        ("Organization", "The editors"),
        ("Person", "Ayşe Yılmaz"),
    ]
    assert data["about"][0]["name"] == "Syria"
    assert data["about"][0]["url"].endswith("/themes/syria/")
    assert data["image"][0].endswith(picture.file.url)
    assert "/articles/pipes/card.png" in data["image"][1]
    assert data["citation"] == [{"@type": "CreativeWork", "name": "A hub", "url": "https://example.org/hub"}]
    assert data["correction"][0]["text"] == "The year was wrong."
    assert data["isPartOf"]["name"] == "The straits"
    assert data["workTranslation"][0]["inLanguage"] == "tr"
    assert told(client, "/articles/borular/")["Article"]["translationOfWork"][0]["@id"].endswith("/pipes/#article")
    assert [step["name"] for step in things["BreadcrumbList"]["itemListElement"]][1:] == ["Deep dives", article.title]
    assert data["publisher"]["@id"] == things["Organization"]["@id"]


def test_only_the_original_has_translations(client):
    english = make_article("Straits", slug="straits")
    make_article("Boğazlar", slug="bogazlar", language="tr", translation_of=english.pk)
    make_article("Проливы", slug="prolivy", language="ru", translation_of=english.pk)
    assert len(told(client, "/articles/straits/")["Article"]["workTranslation"]) == 2
    for slug in ("bogazlar", "prolivy"):
        data = told(client, f"/articles/{slug}/")["Article"]
        assert [other["inLanguage"] for other in data["translationOfWork"]] == ["en"]
        assert "workTranslation" not in data


@pytest.mark.parametrize("path", ["/sitemap-articles-9999999999.xml", "/sitemap-themes-77.xml"])
def test_a_part_of_the_sitemap_without_addresses_is_not_there(client, path):
    make_article()
    assert client.get("/sitemap-articles-0.xml").status_code == 200
    assert client.get(path).status_code == 404


def test_a_theme_with_its_other_names(client):
    make_theme("Energy diplomacy", aliases=["pipeline politics"], definition="Gas & power.")
    things = told(client, "/themes/energy-diplomacy/")
    term = things["DefinedTerm"]
    assert (term["name"], term["alternateName"]) == ("Energy diplomacy", ["pipeline politics"])
    assert term["description"] == "Gas & power."
    assert things["BreadcrumbList"]["itemListElement"][1]["item"].endswith("/themes/")
    everything = told(client, "/themes/")["DefinedTermSet"]
    assert everything["@id"] == term["inDefinedTermSet"]["@id"]
    assert everything["hasDefinedTerm"][0]["@id"] == term["@id"]


def test_the_front_page_says_how_to_search(client):
    site = told(client, "/")["WebSite"]
    template = site["potentialAction"]["target"]["urlTemplate"]
    assert template.startswith(site["url"])
    assert client.get(template.replace("{search_term_string}", "gas")).status_code == 200


def test_drafts_say_nothing(client):
    article = make_article("Draft", published=False)
    client.force_login(make_user("ed", "Editor"))
    preview = client.post(f"/admin/articles/article/{article.pk}/preview/", {"title": "T", "language": "en"})
    assert "ld+json" not in preview.content.decode()


def locations(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    root = ET.fromstring(answer.content)  # noqa: S314 - our own
    return [
        tuple(child.text or child[0].text for child in entry if child.tag.split("}")[1] in {"loc", "lastmod", "image"})
        for entry in root
    ]


def test_every_part_of_the_sitemap_says_when_it_changed_last(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 2)
    picture = make_picture()
    articles = [make_article(slug=f"a{number}", at=ago(days=9 - number)) for number in range(5)]
    gone = make_article(slug="gone", withdrawn="Wrong.")
    change(articles[0], kind="update", note="More.")
    change(articles[4], lead_picture=picture.pk)
    index = dict(locations(client, "/sitemap.xml"))
    shown = {}
    for location, changed in index.items():
        entries = locations(client, urlsplit(location).path)
        assert entries, location
        if "/sitemap-articles-" in location:
            assert changed[:19] == max(entry[1] for entry in entries)[:19], location
            shown |= {urlsplit(entry[0]).path: entry for entry in entries}
    assert set(shown) == {f"/articles/a{number}/" for number in range(5)}
    assert gone.get_absolute_url() not in shown
    assert shown["/articles/a4/"][2].endswith(picture.file.url)
    assert len([location for location in index if "/sitemap-articles-" in location]) >= 3


def test_former_sitemaps_lead_to_the_index(client):
    make_article()
    for section in ("articles", "themes", "authors", "sources", "series"):
        answer = client.get(f"/sitemap-{section}.xml")
        assert (answer.status_code, answer["Location"]) == (301, "/sitemap.xml")
    for wrong in ("articles-01", "articles--1", "articles-x", "pages-0", "x-0", f"articles-{'9' * 40}"):
        assert client.get(f"/sitemap-{wrong}.xml").status_code == 404
