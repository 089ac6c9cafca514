"""A publication written down as files and brought back: the same site, and the same bytes when it is written down again."""

import hashlib
import os
import random
from contextlib import contextmanager

import pytest
from django.contrib.flatpages.models import FlatPage
from django.contrib.redirects.models import Redirect
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from articles import integrity, weaving
from articles.models import Article, Author, Picture, Series, Source, Theme
from articles.transfer import starter
from articles.transfer.publication import export, restore
from articles.transfer.restoring import BEGINNINGS

from . import leaks
from .test_kept_and_anew import DEEDS, World
from .thorough import times

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept")]

STEPS = times(25, 80)
MOST = times(120, None)  # addresses that are compared


def files(folder):
    """Return {name: bytes} of all files under `folder`."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def addresses():
    """Return every public address there is to ask for, of what readers see and of what they don't."""
    articles = list(Article.objects.order_by("pk"))
    values = {
        "slug": [row.slug for row in articles],
        "id": ["1"],
        "theme": [theme.slug for theme in Theme.everything.order_by("pk")],
        "author": list(Author.objects.order_by("pk").values_list("slug", flat=True)),
        "series": list(Series.objects.order_by("pk").values_list("slug", flat=True)),
        "key": list(Source.objects.order_by("pk").values_list("key", flat=True)),
        "word": ["akkuyu", "gas", "article", "turkey"],
        "part": ["akk", "syr"],
        "token": ["no-such-token"],
        "picture": ["no-such.jpg"],
    }
    chance = random.Random(1)  # noqa: S311 - not a secret
    values = {name: chance.sample(held, min(20, len(held))) for name, held in values.items()}
    few = {name: held[:2] for name, held in values.items()}
    found = []
    for name in leaks.SURFACES:
        if name in {"front-card", "article-card", "theme-card"}:  # drawn of titles alone, and slowly
            continue
        held = values if name in {"article", "history", "version", "hub", "author", "series", "source"} else few
        found += leaks.asked_at(name, held)
    found += list(Redirect.objects.order_by("old_path").values_list("old_path", flat=True))
    found += list(FlatPage.objects.order_by("url").values_list("url", flat=True))
    found = [address for address in dict.fromkeys(found) if not address.startswith("/admin/")]
    return found if MOST is None else chance.sample(found, min(MOST, len(found)))


HEADERS = ("Content-Type", "ETag", "Last-Modified", "Location", "Cache-Control", "Link")


def shown(client, asked):
    """Return {address: what is answered there}."""
    cache.clear()
    weaving._terms.cache_clear()
    weaving._defined.cache_clear()
    told = {}
    for address in asked:
        response = leaks.get(client, address)
        body = response.told if response.streaming else response.content
        told[address] = (response.status_code, body, {name: response.headers.get(name) for name in HEADERS})
    return told


class Undone(Exception):
    """Ends a block whose rows are to be gone."""


@contextmanager
def elsewhere(settings, folder):
    """What is stored in the block is gone behind it: the site is empty again. Its pictures lie under `folder`."""
    settings.MEDIA_ROOT = folder
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass


@pytest.fixture
def stopped(monkeypatch):
    """A function that lets time stand still from now on."""

    def stop():
        instant = timezone.now()
        monkeypatch.setattr("django.utils.timezone.now", lambda: instant)

    return stop


def moved(client, settings, tmp_path, make, stopped):
    """Have `make()` fill the site; write it down, bring it into an empty one and compare; leave it in the database."""
    one, two = tmp_path / "one", tmp_path / "two"
    with elsewhere(settings, tmp_path / "pictures-one"):
        make()
        stopped()
        assert list(integrity.damages()) == []
        export(one)
        asked = addresses()
        before = shown(client, asked)
    assert not Article.objects.exists()
    settings.MEDIA_ROOT = tmp_path / "pictures-two"
    restore(one)
    assert list(integrity.damages()) == []
    export(two)
    assert files(one) == files(two)
    after = shown(client, asked)
    different = [address for address in asked if before[address] != after[address]]
    for address in different[:1]:
        assert before[address] == after[address], f"{len(different)} of {len(asked)}: {different[:20]}"
    return before


def paint():
    """Give every picture, of which the walk has only rows, files of their kinds."""
    for row in Picture.objects.all():
        digests = {}
        for name in row.files:
            content = BEGINNINGS[name.rpartition(".")[2]] + name.encode()
            default_storage.delete(name)
            default_storage.save(name, ContentFile(content))
            digests[name] = hashlib.sha256(content).hexdigest()
        Picture.objects.filter(pk=row.pk).update(digests=digests)


def test_the_starter_publication_comes_back(client, settings, tmp_path, stopped):
    told = moved(client, settings, tmp_path, starter.load, stopped)
    assert sum(status == 200 for status, _body, _headers in told.values()) > 40


@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", "1"))))
def test_whatever_editors_did_comes_back(client, settings, tmp_path, stopped, seed):
    def make():
        world = World(random.Random(seed), lambda by: None)  # noqa: S311 - not a secret
        for _step in range(STEPS):
            try:
                getattr(world, world.chance.choice(DEEDS))()
            except ValidationError:
                continue

    moved(client, settings, tmp_path, make, stopped)


def test_every_state_of_an_article_comes_back(client, settings, tmp_path, stopped):
    def make():
        made = leaks.corpus()
        leaks.store_pictures(*leaks.hide_all(made), made.gone[1])
        leaks.withdraw(made)
        paint()

    moved(client, settings, tmp_path, make, stopped)
