"""Bringing in what was uploaded at the desk: a few seconds at a time, by whichever process is asked.

A step takes what it can and says how far it came. One that is cut off is done again: what was taken is not taken twice.
Before each text it looks whether it is still the one who is at it: one whose time ran out, or whose upload was forgotten
meanwhile, takes nothing more and stores nothing.
"""

import re
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from importlib import import_module
from itertools import chain, islice
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from .. import publishing
from ..models import Upload, tries
from .taking import take
from .taking.belongings import Known
from .taking.outcomes import Result, Wishes, row_of

# What reads HTML and YAML takes as long to load as a quarter of all else, and no other request needs it.
reading = SimpleLazyObject(partial(import_module, "articles.transfer.reading"))

MOST_BYTES = 20 * 1024 * 1024  # nginx lets 25 MB through
MOST_WAITING = 3  # uploads of one user
SECONDS, LONGEST = 3.0, 40.0  # for the new texts of a step; for a whole step, as far as that can be
LEASE = timedelta(minutes=2)  # after which somebody who is at a step and isn't heard of is given up
BEAT = timedelta(seconds=20)  # after which they let themselves be heard of
KEPT = timedelta(days=1)
MOST_LINES = 1_000  # of an account; the rest is counted
LONGEST_LINE = 500
Stage = Upload.Stage


def receive(file, wishes, *, by):
    """Keep the uploaded `file` of the user `by`, to be taken as `wishes` say; return the `Upload`.

    Raise ValidationError when it is too large or of no kind that can be brought in.
    """
    publishing.rights.refuse(by, "import")
    if file.size > MOST_BYTES:
        raise ValidationError(
            _("The file is larger than 20 MB: have it brought in on the server, by manage.py import_content.")
        )
    upload = Upload(user=by, name=Path(file.name).name[-200:] or "import", wishes=asdict(wishes), content=file.read())
    with stored(upload) as path:
        try:
            if reading.is_publication(path):
                raise ValidationError(
                    _("A whole publication is brought into an empty site by manage.py import_content.")
                )
            upload.kind = reading.kind_of(path)[:200]
        except (OSError, ValueError) as error:
            raise ValidationError(str(error)) from error
    upload.save()
    mine = Upload.objects.filter(user=by).order_by("-pk").values_list("pk", flat=True)
    Upload.objects.filter(pk__in=list(mine[MOST_WAITING:])).delete()
    return upload


@contextmanager
def stored(upload):
    """The path of a file with what was uploaded, as long as the block lasts; its folder is nobody else's."""
    name = re.sub(r"[^\w.-]+", "_", upload.name, flags=re.ASCII).lstrip(".")[-100:] or "import"
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        path = Path(folder) / name
        path.write_bytes(upload.content)
        yield path


def look(upload, wishes, *, by):
    """Have the upload looked at (again), to be taken as `wishes` say."""
    _begin(upload, by, [Stage.LOOKING, Stage.SEEN], Stage.LOOKING, wishes=asdict(wishes))


def begin(upload, *, by):
    """Have the upload taken whose account was seen; asked twice, it begins once."""
    _begin(upload, by, [Stage.SEEN], Stage.TAKING, total=upload.position)


def _begin(upload, by, before, stage, **kept):
    publishing.rights.refuse(by, "import")
    rows = Upload.objects.filter(pk=upload.pk, user=by, stage__in=before, problem="")
    _free(rows).update(stage=stage, position=0, known={}, counts={}, lines=[], **kept)


def _free(rows):
    return rows.filter(Q(busy_until=None) | Q(busy_until__lte=tries.clock()))


def step(upload, *, by):
    """Go on with the upload for a few seconds; return whether it was this call that did, and nobody else is at it."""
    publishing.rights.refuse(by, "import")
    rows = Upload.objects.filter(pk=upload.pk, user=by, stage__in=[Stage.LOOKING, Stage.TAKING], problem="")
    until = tries.clock() + LEASE
    if not _free(rows).update(busy_until=until):
        return False
    row = rows.filter(busy_until=until).first()
    if row is None:
        return False
    try:
        _work(row, by)
    finally:
        _mine(row).update(busy_until=None)
    return True


def _mine(row):
    """Return the row of the upload as long as it is ours: it was not forgotten, and nobody took it over."""
    return Upload.objects.filter(pk=row.pk, busy_until=row.busy_until)


class _Lost(Exception):  # noqa: N818 - says what happened
    """The upload is not ours any more."""


def _while_ours(row, documents):
    """Yield `documents`, letting ourselves be heard of; raise _Lost when the upload is not ours any more."""
    for document in documents:
        now = tries.clock()
        if row.busy_until - now > LEASE - BEAT:
            if not _mine(row).exists():
                raise _Lost
        elif _mine(row).update(busy_until=now + LEASE):
            row.busy_until = now + LEASE
        else:
            raise _Lost
        yield document


def _work(row, by):
    """Take what there is time for, and store how far that came."""
    known = Known.of(row.known) if row.known else Known()
    counts, began, over = Counter(row.counts), time.monotonic(), True
    dry = row.stage == Stage.LOOKING
    with stored(row) as path:
        try:
            documents = _from_first(islice(_while_ours(row, reading.documents(path)), row.position, None))
            # What was done with before is read once more: as long as that takes, new ones are taken.
            skipping = time.monotonic() - began
            until = time.monotonic() + max(SECONDS, min(skipping, LONGEST - skipping))
            for outcome in take(documents, by=by, wishes=Wishes(**row.wishes), dry_run=dry, known=known):
                row.position += 1
                counts[outcome.result] += 1
                counts["noted"] += bool(outcome.notes)
                if len(row.lines) < MOST_LINES and (outcome.notes or outcome.result != Result.UNCHANGED):
                    row.lines.append(row_of(outcome, LONGEST_LINE))
                if time.monotonic() > until:
                    over = False
                    break
        except ValueError as error:
            row.problem = str(error)
        except _Lost:
            return
    if over:
        row.stage = Stage.SEEN if dry else Stage.DONE
        row.content = row.content if dry else b""
    row.known, row.counts = known.plain(), counts
    columns = ["stage", "position", "known", "counts", "lines", "problem"]
    columns += [] if dry or not over else ["content"]
    _mine(row).update(**{name: getattr(row, name) for name in columns})


def _from_first(documents):
    """Return `documents` when the first of them has been read."""
    first = list(islice(documents, 1))
    return chain(first, documents)


def forget_old(at):
    """Delete what has been waiting for more than a day at the instant `at`."""
    Upload.objects.filter(made_at__lt=at - KEPT).delete()
