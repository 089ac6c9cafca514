"""What a file of a publication says, taken value by value: each of the kind it must be, none left over."""

import datetime

from django.core.exceptions import ValidationError

from .naming import MOST_KEY
from .spelling import wrong


class Values:
    """The `values` {key: JSON} of the file `name` (of the table of a `kind` that begins at its `line`), each taken once.

    Every way of taking one raises PublicationError, with the place, for what is missing or of another kind.
    """

    def __init__(self, name, values, line=None, kind=None):
        self.name, self.line, self.kind, self._values = name, line, kind, dict(values)

    def wrong(self, words):
        """Return the PublicationError that says what is wrong here."""
        return wrong(self.name, words, self.line)

    def _taken(self, key, kind, default):
        value = self._values.pop(key, default)
        if value is ...:
            raise self.wrong(f"{key} is missing.")
        if value is not default and (not isinstance(value, kind) or isinstance(value, bool) != (kind is bool)):
            raise self.wrong(f"{key} is of another kind.")
        return value

    def text(self, key, default=""):
        """Return the text `key`; `default` where there is none, which ... refuses."""
        value = self._taken(key, str, default)
        if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise self.wrong(f"{key} has half a letter in it.")
        return value

    def number(self, key, default=None):
        """Return the number `key`, from 0 on."""
        value = self._taken(key, int, default)
        if isinstance(value, int) and not 0 <= value <= MOST_KEY:
            raise self.wrong(f"{key} is out of range.")
        return value

    def key(self, key="id"):
        """Return the primary key `key`, from 1 on."""
        return self.number(key, ...) or self._refuse(f"{key} is out of range.")

    def real(self, key):
        """Return the real number `key`."""
        value = self._taken(key, (int, float), ...)
        return float(value) if abs(value) <= MOST_KEY else self._refuse(f"{key} is out of range.")

    def flag(self, key):
        """Return whether `key` is true; it isn't where nothing is said."""
        return self._taken(key, bool, False)

    def moment(self, key, default=None):
        """Return the aware instant `key`, or `default`."""
        value = self.text(key, default)
        if value is default:
            return value
        try:
            moment = datetime.datetime.fromisoformat(value)
            return moment.astimezone(datetime.UTC) if moment.tzinfo else self._refuse(f"{key} has no zone.")
        except (ValueError, OverflowError) as error:
            raise self.wrong(f"{key} is no date with a time and a zone.") from error

    def items(self, key, *kinds):
        """Return the list `key`, empty where there is none, of values of these `kinds`."""
        found = self._taken(key, list, None) or []
        if any(type(item) not in kinds for item in found):
            raise self.wrong(f"{key} holds something of another kind.")
        return found

    def one(self, key, *kinds):
        """Return the value `key`, of one of these `kinds`, or None."""
        return self._taken(key, kinds, None)

    def pairs(self, key):
        """Return {text: text} of the list of pairs `key`."""
        found = self.items(key, list)
        if any(len(pair) != 2 or not all(isinstance(part, str) for part in pair) for pair in found):
            raise self.wrong(f"{key} holds something else than pairs of texts.")
        return dict(found)

    def table(self, key):
        """Return {text: text} of the object `key`."""
        found = self._taken(key, dict, None) or {}
        if any(not isinstance(value, str) for value in found.values()):
            raise self.wrong(f"{key} holds something else than texts.")
        return found

    def rest(self):
        """Return all that hasn't been taken."""
        rest, self._values = self._values, {}
        return rest

    def end(self):
        """Refuse what nobody has asked for."""
        if self._values:
            raise self.wrong(f"nothing is known of {', '.join(sorted(self._values))}.")

    def checked(self, row, *without):
        """Return the unsaved `row`; refuse it when a column, but those `without`, can't hold what it has."""
        self.end()
        unasked = {
            column.name
            for column in row._meta.concrete_fields
            if column.remote_field or column.primary_key or (column.null and getattr(row, column.attname) is None)
        }
        try:
            row.clean_fields(exclude=unasked.union(without))
        except ValidationError as error:
            column, messages = next(iter(error.message_dict.items()))
            raise self.wrong(f"{column}: {' '.join(messages)}") from error
        return row

    def _refuse(self, words):
        raise self.wrong(words)
