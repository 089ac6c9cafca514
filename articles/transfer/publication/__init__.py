"""A publication written down as Markdown and plain files, that other systems and people can read, and brought back.

    publication.toml         the site's name and domain, when it changed last, the format
    files.txt                every file there is
    articles/SLUG.md         what readers see of an article, or the working copy of what they never saw
    revisions/SLUG/0001.md   each revision, sealed by its digest
    kin/SLUG.toml            what was found of an article when it or another was published: keywords, what is like it
    remarks/SLUG.toml        what editors and guests said about its text
    themes/SLUG.md           name, definition, other names; the text is the introduction
    pages/NAME.md            a plain page
    pictures/                the files of pictures, every size, as they are stored
    pictures.toml  authors.toml  series.toml  sources.toml  redirects.toml  merges.toml (of themes)
    origins.toml             where texts came from that were brought in from elsewhere
    former.toml              files of pictures that earlier versions show, and that no picture has any more
    people.toml              names of the accounts that have a part in this, and nothing else of them

What isn't here: passwords, rights, sessions, draft links, what is kept while somebody types, the audit log, who follows,
when sources were asked last; and what is made of the texts again: HTML, events, counts, the index of search.
"""

import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from ...publishing import restoring as storing
from .. import places
from . import exporting, histories, restoring
from .folder import Shelf, opened
from .naming import Register
from .spelling import PublicationError, wrong

__all__ = ["PublicationError", "Restored", "Written", "export", "restore"]

PAUSE = 5  # seconds between two lines of progress
_NOT_TAKEN = (ValidationError, DatabaseError, ValueError, OverflowError)  # the last two: of what no column can hold


@dataclass
class Written:
    """What an export did: how many articles and revisions there are, how many files it wrote and removed."""

    articles: int = 0
    revisions: int = 0
    written: int = 0
    removed: int = 0


@dataclass
class Restored:
    """What was brought in; `stuck` are the files of articles whose text can't be rendered, and stands as it was typed."""

    articles: int = 0
    stuck: tuple = ()


def export(path, say=lambda line: None):
    """Write the publication to the folder `path`, new or written to before; return a `Written`.

    It is as it was at one instant, whatever is saved meanwhile. Only files that changed are written, and only those are
    removed that an earlier run wrote. `say(line)` is told now and then how far it is. Raise PublicationError in words.
    """
    done = Written()

    def articles(number):
        done.articles = number
        tell(f"{number:,} articles written.")

    def revisions(number):
        done.revisions = number
        tell(f"{number:,} revisions written.")

    tell, mentioned = _now_and_then(say), set()
    with opened(path) as folder, _snapshot():
        exporting.write_site(folder)
        exporting.write_tables(folder)
        exporting.write_themes(folder, mentioned)
        exporting.write_pages(folder, mentioned)
        exporting.write_articles(folder, articles)
        exporting.write_revisions(folder, mentioned, revisions)
        exporting.write_former(folder, mentioned)
        folder.finish()
        done.written, done.removed = folder.written, folder.removed
    return done


@contextmanager
def _snapshot():
    """Let everything be read as it is at one instant, and keep nobody from writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")  # deferred: what Django begins keeps others from writing
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def restore(source, say=lambda line: None):
    """Bring the publication in `source` into this site, which must hold none; return a `Restored`.

    `source` is the path of a folder or an archive, or whatever has `open(name)` for the files in it. All of it comes or
    nothing. `say(line)` is told now and then how far it is. Raise PublicationError, with file and line, for whatever
    can't be taken.
    """
    if isinstance(source, (str, Path)) and not Path(source).is_dir():
        try:
            with places.opened(source) as place:
                return restore(place, say)
        except places.Unreadable as error:
            raise PublicationError(str(error)) from error
    written, tell = [], _now_and_then(say)
    try:
        with closing(Shelf(source)) as shelf, closing(Register()) as register, transaction.atomic():
            done = _restore(shelf, register, written, tell)
    except _NOT_TAKEN as error:
        restoring.take_back(written)
        messages = error.messages if isinstance(error, ValidationError) else [str(error).strip()]
        raise PublicationError(" ".join(messages)) from error
    except BaseException:
        restoring.take_back(written)
        raise
    cache.clear()
    return done


def _restore(shelf, register, written, tell):
    storing.begin_restoring()
    changed_at = restoring.read_site(shelf)
    restoring.read_people(shelf, register)
    restoring.read_surroundings(shelf, register)
    restoring.read_pictures(shelf, register, written)
    histories.register_texts(shelf, register)
    restoring.read_themes(shelf, register, histories.links_of)
    restoring.read_merges(shelf, register)
    restoring.read_redirects(shelf)
    restoring.read_pages(shelf, register)
    done = Restored()

    def articles(number):
        done.articles = number
        tell(f"{number:,} articles brought in.")

    done.stuck = tuple(histories.read_articles(shelf, register, articles))
    restoring.read_origins(shelf, register)
    if name := shelf.unread():
        raise wrong(name, "it belongs to nothing in this publication.")
    storing.finish_restoring(
        changed_at=changed_at,
        highest=register.highest,
        progress=lambda number: tell(f"{number:,} articles indexed."),
    )
    return done


def _now_and_then(say):
    """Return a function that tells `say` a line, unless it told one just before."""
    told = time.monotonic()

    def tell(line):
        nonlocal told
        if time.monotonic() - told >= PAUSE:
            told = time.monotonic()
            say(line)

    return tell
