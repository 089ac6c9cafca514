"""The first command of README, run as a new user runs it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.processes


def run(*args, data_dir, python=("manage.py",), timeout=120, database=""):
    return subprocess.run(
        [sys.executable, *python, *args],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(data_dir), "SECRET_KEY": "", "DATABASE_URL": database},
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(address):
    with urllib.request.urlopen(address, timeout=10) as response:  # noqa: S310 - our own server
        return response.read().decode()


EDIT = """
from articles import publishing
from articles.models import Article
from dataclasses import replace
from django.contrib.auth import get_user_model
article = Article.objects.get(slug="what-turkey-may-close")
fields = replace(publishing.Fields.of(article.working), title="Edited by hand")
publishing.publish(article, fields, by=None, based_on=article.working_id, change="typo")
publishing.create(replace(fields, title="Brand new", slug=""), by=None)
user = get_user_model().objects.get()
user.set_password("changed by its owner")
user.save()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A data folder that the command has set up, with what the first run printed."""
    folder = tmp_path_factory.mktemp("data")
    first = run("quickstart", "--no-serve", data_dir=folder)
    assert first.returncode == 0, first.stderr
    return folder, first.stdout


def test_the_first_run_says_where_everything_is(site):
    out = site[1]
    assert "with the password" in out
    for part in ("/admin/", "/feeds/", "/feed.atom"):
        assert part in out


def test_the_second_run_keeps_edits_articles_and_password(site):
    folder = site[0]
    assert run("shell", "-v0", "-c", EDIT, data_dir=folder).returncode == 0
    second = run("quickstart", "--no-serve", data_dir=folder)
    assert second.returncode == 0
    assert "0 themes, 0 articles and 0 pages added" in second.stdout
    assert "with the password" not in second.stdout
    kept = run(
        "shell", "-v0", "-c",
        "from articles.models import Article; from django.contrib.auth import authenticate;"
        "print(Article.objects.get(slug='what-turkey-may-close').title, Article.objects.filter(title='Brand new').count(),"
        "authenticate(username='editor', password='changed by its owner'))",
        data_dir=folder,
    )  # fmt: skip
    assert kept.stdout.strip() == "Edited by hand 1 editor"


RENAME = """
from articles import publishing
from articles.models import Article, Theme
from dataclasses import replace
from django.contrib.flatpages.models import FlatPage
article = Article.objects.get(slug="the-room-in-istanbul")
fields = replace(publishing.Fields.of(article.working), slug="a-room")
publishing.publish(article, fields, by=None, based_on=article.working_id, change="typo")
theme = Theme.objects.get(slug="libya")
theme.name, theme.slug = "Tripoli and Benghazi", "tripoli"
publishing.save_theme(theme, by=None)
Theme.objects.get(slug="syria").names.filter(name="Suriye").delete()
page = FlatPage.objects.get(url="/about/")
page.url = "/who/"
publishing.save_row(page, by=None)
"""


def test_what_was_renamed_is_not_brought_in_again(site):
    assert run("shell", "-v0", "-c", RENAME, data_dir=site[0]).returncode == 0
    again = run("quickstart", "--no-serve", data_dir=site[0])
    assert again.returncode == 0, again.stderr
    assert "0 themes, 0 articles and 0 pages added" in again.stdout


def test_it_serves_through_the_production_server(site):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "quickstart", "--port", str(port)],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(site[0]), "SECRET_KEY": "", "DATABASE_URL": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _attempt in range(100):
            try:
                page = get(f"http://127.0.0.1:{port}/")
                break
            except OSError:
                time.sleep(0.2)
        else:
            pytest.fail("the server did not start")
        assert "Between Ankara and Moscow" in page
        style = page.partition('rel="stylesheet"')[2].partition('href="')[2].partition('"')[0]
        assert "." in get(f"http://127.0.0.1:{port}{style}")
        assert get(f"http://127.0.0.1:{port}/health/") == "ok\n"
    finally:
        server.terminate()
        server.wait(20)


def one_line(result):
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert result.returncode != 0
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_a_taken_port_is_one_clear_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert str(port) in one_line(run("quickstart", "--port", str(port), data_dir=tmp_path))


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert "DATA_DIR" in one_line(run("quickstart", "--no-serve", data_dir=tmp_path / "file" / "data"))


@pytest.mark.parametrize(
    ("database", "words"),
    [
        ("postgresql://nobody:x@127.0.0.1:1/none", "The database none can't be used"),
        ("postgresql://nobody:x@127.0.0.1:99999/none", "DATABASE_URL"),
        ("mysql://nobody@127.0.0.1/none", "DATABASE_URL"),
        ("postgresql://[::1/none", "DATABASE_URL"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_clear_line(tmp_path, database, words):
    assert words in one_line(run("quickstart", "--no-serve", data_dir=tmp_path, database=database))


def test_an_old_python_is_one_clear_line(tmp_path):
    pretend = "import sys, runpy; sys.version_info = (3, 9, 1); sys.argv = ['manage.py', 'quickstart']; runpy.run_path('manage.py', run_name='__main__')"
    assert "Python 3.11" in one_line(run(data_dir=tmp_path, python=("-c", pretend)))
