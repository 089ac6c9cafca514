"""What rows are called in the files of a publication: by names that people read, and by their keys where a row is gone."""

import datetime
import sqlite3
from dataclasses import fields as columns_of

from ...models import Article, Author, Picture, Series, Theme
from ...publishing import Fields

CALLED = {Article: "slug", Author: "slug", Picture: "file", Series: "slug", Theme: "slug"}
# The fields of a revision that hold keys of other rows.
KEYS = {
    "themes": Theme,
    "authors": Author,
    "series": Series,
    "lead_picture": Picture,
    "translation_of": Article,
    "read_next": Article,
}
HELD = [column.name for column in columns_of(Fields) if column.name != "body"]  # beside the text
SECTIONS = {"articles": Article, "themes": Theme}
MOST_KEY = 10**15


def instant(moment):
    """Return the aware `moment` as it is written: in UTC, as exact as it is; None for None."""
    return moment and moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def names_of(model, keys):
    """Return {key: name} of the rows of `model` with `keys`, without those that aren't there.

    Of several pictures with one file the first alone is called by it.
    """
    rows = Theme.everything if model is Theme else model.objects
    called = dict(rows.filter(pk__in=keys).order_by().values_list("pk", CALLED[model]))
    if model is Picture and called:
        first = {}
        for pk, name in Picture.objects.filter(file__in=called.values()).order_by("-pk").values_list("pk", "file"):
            first[name] = pk
        called = {pk: name for pk, name in called.items() if first[name] == pk}
    return called


def keys_in(fields):
    """Yield (name, key) for each key that `fields`, those of a revision, hold of another row."""
    for name in KEYS:
        held = fields.get(name)
        for key in held if isinstance(held, (list, tuple)) else [held]:
            if key is not None:
                yield name, key


def named_fields(rows):
    """Return what each of `rows`, fields of revisions, says with names for keys; a key whose row is gone stays one."""
    wanted = {model: set() for model in CALLED}
    for fields in rows:
        for name, key in keys_in(fields):
            wanted[KEYS[name]].add(key)
    called = {model: names_of(model, keys) if keys else {} for model, keys in wanted.items()}

    def told(name, held):
        names = called[KEYS[name]] if name in KEYS else None
        if names is None or held is None:
            return held
        return [names.get(key, key) for key in held] if isinstance(held, (list, tuple)) else names.get(held, held)

    return [{name: told(name, held) for name, held in fields.items()} for fields in rows]


class Register:
    """The keys of what has been read, by model and name, wherever they have room; and the highest that anything mentions."""

    def __init__(self):
        self.highest = {}
        self._keys = sqlite3.connect("", isolation_level=None)
        self._keys.execute(
            "CREATE TABLE known (kind TEXT, name TEXT, key INTEGER, PRIMARY KEY (kind, name)) WITHOUT ROWID"
        )
        self._keys.execute("CREATE TABLE used (kind TEXT, key INTEGER, PRIMARY KEY (kind, key)) WITHOUT ROWID")
        self._keys.execute("BEGIN")

    def add(self, model, name, key):
        """Note that the row of `model` called `name` has `key`; raise ValueError, in words, when one of both is taken."""
        self.use(model, key)
        if self.find(model, name) is None:  # the first picture with a file is called by it
            self._keys.execute("INSERT INTO known VALUES (?, ?, ?)", [model._meta.label, name, key])
        elif model is not Picture:
            raise ValueError(f"{name} is there twice.")

    def use(self, model, key):
        """Note that a row of `model` has `key`; raise ValueError when another has it."""
        try:
            self._keys.execute("INSERT INTO used VALUES (?, ?)", [model._meta.label, key])
        except sqlite3.IntegrityError as error:
            raise ValueError(f"another one has the id {key}.") from error
        self.mention(model, key)

    def mention(self, model, key):
        """Note that something has to do with the row of `model` with `key`, which may be gone: no new one may get it."""
        self.highest[model] = max(key, self.highest.get(model, 0))

    def find(self, model, name):
        """Return the key of the row of `model` called `name`, or None."""
        asked = "SELECT key FROM known WHERE kind = ? AND name = ?"
        found = self._keys.execute(asked, [model._meta.label, name]).fetchone()
        return found and found[0]

    def close(self):
        """Forget it all."""
        self._keys.close()
