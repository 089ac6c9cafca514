"""`manage.py import_content`: what it says, and how it ends."""

import io
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from articles.management.commands import import_content
from articles.models import Article, Theme
from articles.transfer.documents import Note, Refusal

from .documents import a_document

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(monkeypatch):
    """The documents at the path that the command is given: a list to put them into."""
    source = []
    monkeypatch.setattr(import_content.reading, "kind_of", lambda path: "A WordPress export")
    monkeypatch.setattr(import_content.reading, "is_publication", lambda path: path == "whole")
    monkeypatch.setattr(import_content.reading, "documents", lambda path: iter(source))
    return source


def said(*given):
    """Run the command; return what it says and how it ends."""
    out = io.StringIO()
    try:
        call_command("import_content", *given, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_it_tells_by_file_what_came_of_it(source):
    source += [
        a_document(1),
        a_document(2, summary="", authors=(), themes=("Grain", "grain")),
        Refusal("x.md", "It is no text.", 4),
    ]
    given = ("blog", "--publish", "--author", "The editors", "--language", "tr")
    dry, end = said(*given, "--dry-run")
    assert (Article.objects.count(), Theme.objects.count(), end) == (0, 0, "1 could not be taken: see above.")
    told, end = said(*given)
    assert dry == told.replace("A WordPress export.", "A WordPress export, dry run: nothing is written.")
    assert told.splitlines() == [
        "A WordPress export.",
        "posts/1.md “A pipeline”: taken (Published)",
        "    The theme “Syria” is new.",
        "    The author “Ayşe Demir” is new.",
        "posts/2.md “A pipeline”: taken (Published)",
        "    The theme “Grain” is new.",
        "    It has no summary: the first words of its text stand for one.",
        "    The author “The editors” is new.",
        "    It has no author: here it is by “The editors”.",
        "x.md: refused",
        "    line 4: It is no text.",
        "2 taken, 0 updated, 0 skipped, 1 refused, 3 with notes.",
    ]
    assert {article.language for article in Article.objects.public()} == {"tr"}
    source.pop()
    assert said(*given) == (
        "A WordPress export.\n0 taken, 0 updated, 2 skipped (2 unchanged), 0 refused, 0 with notes.\n",
        "",
    )


def test_what_was_noted_of_many_is_told_once_more_at_the_end(source):
    source += [
        a_document(
            number,
            summary="",
            themes=(f"Theme {number}",),
            notes=(Note(f"It became a link. https://x.example/{number}", 5),),
        )
        for number in range(1, 13)
    ]
    told, _end = said("blog", "--publish")
    assert told.splitlines()[-4:-1] == [
        "12 texts: It became a link. …",
        "12 texts: The theme “…” is new.",
        "12 texts: It has no summary: the first words of its text stand for one.",
    ]


def test_what_can_not_be_read_ends_it(source, monkeypatch):
    def wrong(path):
        raise FileNotFoundError("There is nothing at nowhere.")

    monkeypatch.setattr(import_content.reading, "is_publication", wrong)
    assert said("nowhere") == ("", "There is nothing at nowhere.")


def test_a_publication_is_restored_whole(source, monkeypatch):
    def restore(path, say):
        say("3 of 3 articles")
        return SimpleNamespace(articles=3, stuck=["articles/x.md"])

    monkeypatch.setattr(import_content.publication, "restore", restore)
    assert said("whole") == ("3 of 3 articles\n3 articles brought in.\n", "")
    assert "no --dry-run" in said("whole", "--dry-run")[1]


def test_progress_is_told(source, monkeypatch):
    monkeypatch.setattr(import_content, "PAUSE", 0)
    source += [a_document(1), a_document(2)]
    assert "2 read, " in said("blog")[0]


def test_one_that_breaks_off_tells_what_was_done(source, monkeypatch):
    def broken(path):
        yield a_document(1)
        raise OSError("No space left on device.")

    monkeypatch.setattr(import_content.reading, "documents", broken)
    told, end = said("blog")
    assert "1 taken" in told
    assert end == "No space left on device. Run it again: it goes on where it was."
    assert Article.objects.count() == 1


def test_it_ends_quietly_when_nobody_reads_on(source, monkeypatch, tmp_path):
    """`… | head`: what was read is taken, the rest is for the next run, and no error is told."""

    class Gone(io.StringIO):
        def write(self, words):
            if "read, " in words or self.closed:
                raise BrokenPipeError
            return super().write(words)

    monkeypatch.setattr(import_content, "PAUSE", 0)
    monkeypatch.setattr("django.core.management.base.connections", SimpleNamespace(close_all=lambda: None))
    source += [a_document(1), a_document(2)]
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err, monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        with pytest.raises(SystemExit) as ended:
            import_content.Command(stdout=Gone(), stderr=err).run_from_argv(["manage.py", "import_content", "blog"])
        print("nobody reads this", flush=True)
    assert ended.value.code == 141
    assert [(tmp_path / name).read_text() for name in ("out", "err")] == ["", ""]
    assert Article.objects.count() == 1
