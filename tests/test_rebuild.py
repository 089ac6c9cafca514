"""Rebuilding goes on where it was stopped, and in as many processes as it is given."""

import io
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from articles.management import bulk
from articles.models import Article, Rendition

from .make import ago, make_article
from .served import ROOT, Site

pytestmark = pytest.mark.django_db


def said(*arguments, **options):
    out = io.StringIO()
    call_command("rebuild", *arguments, stdout=out, **options)
    return out.getvalue()


def test_it_goes_on_behind_a_key():
    first, second, third = (make_article(f"{number}", at=ago(hours=number)) for number in (1, 2, 3))
    Article.objects.update(html="broken")
    said(after=second.pk)
    assert [Article.objects.get(pk=row.pk).html == "broken" for row in (first, second, third)] == [True, True, False]
    assert "3 articles indexed" in said(search=True, after=first.pk)


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"after": 10**6}])
def test_nonsense_is_refused_in_words(wrong):
    make_article()
    with pytest.raises(CommandError, match="--"):
        said(**wrong)


def test_it_says_how_far_it_is_and_how_to_go_on(monkeypatch):
    monkeypatch.setattr(bulk, "PART", 2)
    monkeypatch.setattr(bulk, "PAUSE", 0)
    lines = []
    found = list(bulk.worked(sum, [1, 2, 3, 4, 5], workers=1, after=None, say=lines.append))
    assert found == [3, 7, 5]
    assert [line.partition(",")[0] for line in lines] == ["2 of 5", "4 of 5"]
    assert lines[1].endswith("--after 4")


@pytest.mark.processes
def test_several_processes_render_what_one_would(tmp_path):
    site = Site(tmp_path)
    try:
        site.shell(
            "from tests.make import make_article; from articles.models import Article\n"
            "for number in range(30): make_article(f'{number}', themes=['Syria'])\n"
            "Article.objects.update(html='broken')"
        )
        command = [sys.executable, "manage.py", "rebuild", "--workers", "3"]
        done = subprocess.run(command, cwd=ROOT, env=site.env, capture_output=True, text=True, check=True)
        assert "31 articles rendered, 31 of them changed." in done.stdout
        assert (
            site.shell("from articles.models import Article; print(Article.objects.filter(html='broken').count())")
            == "0"
        )
    finally:
        site.close()


def test_it_mends_what_an_older_version_of_the_site_left_out():
    article = make_article("Old")
    Rendition.objects.all().delete()
    article.bylines.update(published_at=None)
    said()
    assert Rendition.objects.filter(article=article).exists()
    assert article.bylines.get().published_at == article.published_at
