"""The interface in three languages: every string, no slip in what is filled in, and pages without an English word left."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import override

from .make import change, make_article, make_author, make_series, make_source, make_theme, make_user

LOCALE = Path(settings.BASE_DIR) / "articles" / "locale"
FILLED = re.compile(r"%\(\w+\)[sd]|%[sdwm]|\{[^}]*\}|<[^>]+>")
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


def catalogue(language):
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(said):
    """Return the forms of a string, with and without a plural."""
    return tuple(said) if isinstance(said, (list, tuple)) else (said,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated_and_filled_in_as_in_english(language):
    for message in catalogue(language):
        if not message.id:
            continue
        sources, strings = forms(message.id), forms(message.string)
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        wanted = [sorted(FILLED.findall(source)) for source in sources]
        for string in strings:
            assert sorted(FILLED.findall(string)) in wanted, (message.id, string)
            assert string[:1].isspace() == sources[0][:1].isspace(), message.id
            assert string[-1:].isspace() == sources[0][-1:].isspace(), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_served_is_what_is_written(language):
    with (LOCALE / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        served = {forms(message.id): forms(message.string) for message in read_mo(file) if message.id}
    written = {forms(message.id): forms(message.string) for message in catalogue(language) if message.id}
    assert served == written, "run manage.py compilemessages"


PAGES = [
    "/", "/articles/", "/articles/?theme=syria&not=libya", "/articles/pipes/", "/articles/pipes/history/", "/articles/pipes/versions/1/",
    "/articles/pipes/changes/?since=2020-01-01", "/articles/gone/", "/themes/", "/themes/syria/", "/themes/libya+syria/",
    "/authors/the-editors/", "/series/shared/", "/sources/", "/sources/hub-2022/", "/timeline/", "/updates/", "/corrections/",
    "/search/", "/search/?q=gas", "/search/?q=nothingofthekind", "/feeds/", "/nowhere/",
]  # fmt: skip
DESK = [
    "/admin/",
    "/admin/articles/article/",
    "/admin/articles/article/add/",
    "/admin/articles/following/",
    "/admin/second-factor/",
    "/admin/second-factor/colleagues/",
    "/admin/articles/auditentry/",
]
# Words that stand in texts of the interface and in nothing these pages quote.
ENGLISH = re.compile(
    r"\b(deep dives?|readers?|the|with|this|published|newest|follow|shared|notes|sources|revision)\b", re.I
)


@pytest.fixture(params=LANGUAGES)
def language(request):
    """Return the language of the site and its texts."""
    return request.param


@pytest.fixture
def library(language):
    make_theme("Syria", definition="Suriye.", introduction="Giriş.", aliases=["Suriye"], place=1)
    make_theme("Libya", definition="Libya.", introduction="Giriş.", place=2)
    make_source("hub-2022", "Merkez", publisher="TASS", date="2022-10", url="https://example.org/")
    told = {"language": language, "summary": "Özet.", "authors": [make_author("Ayşe", slug="the-editors")]}
    body = "Gaz.[@hub-2022] Gas.[^1]\n\n```timeline\n2019: Oldu.\n```\n\n[^1]: Not."
    series = make_series("Dizi", slug="shared")
    one = make_article(
        "Boru", slug="pipes", themes=["Syria", "Libya"], body=body, series=series, series_order=1, **told
    )
    change(one, kind="correction", note="Yanlıştı.", body=f"{body}\n\nDaha.")
    make_article("İki", slug="two", themes=["Syria", "Libya"], body="Gas.", series=series, series_order=2, **told)
    make_article("Gone", slug="gone", themes=["Syria"], body="Yok.", withdrawn="Yanlıştı.", **told)


def visible(html):
    """Return the words that a page shows, without what is typed by editors in English or made for machines."""
    html = re.sub(r"<(script|style|svg|pre|code)\b.*?</\1>|<!--.*?-->|<meta[^>]*>", " ", html, flags=re.S)
    labels = re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"', html)
    return " ".join([re.sub(r"<[^>]+>", " ", html), *labels])


@pytest.mark.django_db
def test_no_english_is_left_on_the_pages(client, library, language, settings):
    settings.LANGUAGE_CODE = language
    client.force_login(make_user("ed", "Editor"))
    with override(language):
        for address in [*PAGES, *DESK]:
            page = client.get(address).content.decode()
            if "<html" in page:
                assert f'<html lang="{language}"' in page, address
            left = [
                visible(page)[max(0, found.start() - 40) : found.end() + 40]
                for found in ENGLISH.finditer(visible(page))
            ]
            assert not left, (address, left)
