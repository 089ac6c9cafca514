"""Where a copy of static files may be, and that nothing hidden is in it."""

import pytest
from django.contrib.flatpages.models import FlatPage
from django.core.management import CommandError

from articles.transfer.static_site.folder import Folder, opened

from . import leaks
from .test_static_site import export, exported


class TestFolders:
    """Where a copy may be."""

    def test_one_with_something_else_in_it_is_refused(self, db, tmp_path):
        (tmp_path / "thesis.txt").write_text("mine")
        with pytest.raises(CommandError, match="no copy"):
            exported(str(tmp_path))
        (tmp_path / ".export").mkdir()
        (tmp_path / ".export" / "manifest.sqlite3").write_text("no database")
        with pytest.raises(CommandError, match="no copy"):
            exported(str(tmp_path))

    def test_what_somebody_put_beside_stays(self, db, tmp_path):
        export(tmp_path / "copy")
        (tmp_path / "copy" / "CNAME").write_text("example.org")
        export(tmp_path / "copy", anew=True)
        assert (tmp_path / "copy" / "CNAME").read_text() == "example.org"

    def test_links_are_not_followed(self, db, tmp_path):
        copy, elsewhere = tmp_path / "copy", tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "index.html").write_text("mine")
        FlatPage.objects.create(url="/about/", title="About", content="Who we are.").sites.set([1])
        export(copy)
        for name in ("about", "feeds"):
            for path in (copy / name).iterdir():
                path.unlink()
            (copy / name).rmdir()
        (copy / "about").symlink_to(elsewhere)
        (copy / "robots.txt").unlink()
        (copy / "robots.txt").symlink_to(elsewhere / "index.html")
        account = export(copy, anew=True)
        assert [line for line in account.failed if "about" in line]
        assert (elsewhere / "index.html").read_text() == "mine"
        assert not (copy / "robots.txt").is_symlink()
        assert (copy / "feeds" / "index.html").exists()

    def test_two_runs_at_once_are_refused(self, db, tmp_path):
        with opened(tmp_path), pytest.raises(CommandError, match="Another run"):
            exported(str(tmp_path))


@pytest.mark.large
def test_nothing_hidden_is_in_it(db, tmp_path):
    made = leaks.corpus()
    hidden = [*leaks.hide_all(made), leaks.withdraw(made)]
    leaks.store_pictures(*hidden)
    copy = tmp_path / "copy"
    export(copy)
    by_right = {"title", "slug", "author", "about", "series", "of_series"}  # of what was withdrawn
    found = []
    for path in copy.rglob("*"):
        told = str(path.relative_to(copy)).encode()
        if path.is_file():
            packed = Folder(copy)._read(
                str(path.relative_to(copy)), path.suffix if path.suffix in {".gz", ".br"} else ""
            )
            told += packed or path.read_bytes()
        for each in hidden:
            known = by_right if each.state == "withdrawn" else ()
            found += [
                (each.state, what, path.name)
                for word, what in each.words.items()
                if word.encode() in told and what not in known
            ]
    assert found == []
