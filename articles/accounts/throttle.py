"""How often a password or a code may be tried: counted in the database, before anything is hashed.

No account is ever locked: what is counted is an account together with an address, and an address. The one exception
is codes of the second factor, which only somebody who has the password comes to try; it doesn't hold for addresses from
which a code of that account was right before, so that nobody with the password keeps its owner out.
"""

import contextlib
import datetime
import functools
import threading
import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from ..models import Tries, tries
from ..network import network

MINUTE = datetime.timedelta(minutes=1)
AT_ONCE = 2  # hashes of a password in a process: each takes a core for a fifth of a second
PATIENCE = 1.0  # seconds that somebody waits for their turn
_hashing = threading.BoundedSemaphore(AT_ONCE)


class TooMany(Exception):  # noqa: N818 - it is no error of ours
    """Nothing may be tried before the instant `until`, which is `wait` away; `why` says it in words."""

    def __init__(self, until, at, why, key=None):
        super().__init__(f"not before {until}")
        self.until, self.wait, self.why, self.key = until, until - at, why, key

    def is_news(self):
        """Whether this pause has not been told of before: true once, however often something is tried in it."""
        return bool(self.key and Tries.objects.filter(key=self.key).exclude(told=self.until).update(told=self.until))


@dataclass(frozen=True)
class Pauses:
    """Some tries are `free`; each one after that is followed by a pause twice as long as the one before, up to `longest`.

    What was counted is forgotten when nothing was tried for `memory`. `why` is what somebody is told who must wait.
    """

    free: int
    longest: datetime.timedelta
    memory: datetime.timedelta
    why: str

    def until(self, row):
        """Return the instant before which nothing may be tried, None if it may be now, from what the `row` has counted."""
        if row.count < self.free:
            return None
        return row.last_at + min(MINUTE * 2 ** min(row.count - self.free, 10), self.longest)

    def expiry(self, row):
        """Return when the `row` is forgotten."""
        return row.last_at + self.memory


@dataclass(frozen=True)
class Most:
    """At most `tries` within a `window` that begins with the first of them; `why` as of `Pauses`."""

    tries: int
    window: datetime.timedelta
    why: str

    def until(self, row):
        """Return the instant before which nothing may be tried, None if it may be now, from what the `row` has counted."""
        return row.began_at + self.window if row.count >= self.tries else None

    def expiry(self, row):
        """Return when the `row` is forgotten."""
        return row.began_at + self.window


HERE = _("Too much was tried from here that was not right. No account is locked: from another address it works now.")
FROM_AN_ADDRESS = Most(30, 10 * MINUTE, HERE)
AN_ACCOUNT_FROM_AN_ADDRESS = Pauses(5, 15 * MINUTE, 120 * MINUTE, HERE)
KNOWN = datetime.timedelta(days=90)  # for which an address is remembered
CODES_OF_AN_ACCOUNT = Most(20, 60 * MINUTE, _("Too many codes were tried for this account that were not right."))


def password_of(request, name):
    """Return what a try at the password of the account called `name`, there or not, counts as: [(key, rule), …]."""
    where = network(request.META)
    folded = unicodedata.normalize("NFKC", name).casefold()
    return [(_key("address", where), FROM_AN_ADDRESS), (_key("password", where, folded), AN_ACCOUNT_FROM_AN_ADDRESS)]


def code_of(request, user):
    """Return what a try at a code of the second factor of `user` counts as: [(key, rule), …]."""
    where, who = network(request.META), str(user.pk)
    counted = [(_key("address", where), FROM_AN_ADDRESS), (_key("code", where, who), AN_ACCOUNT_FROM_AN_ADDRESS)]
    if not Tries.objects.filter(key=_key("known", where, who), expires_at__gt=tries.clock()).exists():
        counted.append((_key("codes", who), CODES_OF_AN_ACCOUNT))
    return counted


def know(request, user):
    """Remember that a code of the second factor of `user` was right where `request` comes from."""
    at, where = tries.clock(), network(request.META)
    told = {"began_at": at, "last_at": at, "expires_at": at + KNOWN}
    if where:
        Tries.objects.update_or_create(key=_key("known", where, str(user.pk)), defaults=told)


def trace(request):
    """Return the keyed hash by which the audit log names where `request` comes from; another one each month."""
    where = network(request.META)
    return _key("audit", f"{tries.clock():%Y-%m}", where)[:16] if where else ""


def _key(*parts):
    return salted_hmac("tries", "\0".join(parts), algorithm="sha256").hexdigest()


def begin(counted):
    """Count a try at what `counted` says; raise `TooMany` when it must not be made.

    Return a function to call when it went well, which forgives it, and what went wrong from there before.
    """
    _count(counted, tries.clock())
    return functools.partial(_forgive, counted)


@contextlib.contextmanager
def hashing():
    """Let two hash a password at once; raise `TooMany` when it is nobody's turn for a while."""
    if not _hashing.acquire(timeout=PATIENCE):
        at = tries.clock()
        raise TooMany(at + datetime.timedelta(seconds=5), at, _("Too many are logging in at this moment."))
    try:
        yield
    finally:
        _hashing.release()


@transaction.atomic
def _count(counted, at):
    """Count one more in each row; all or nothing, in one order, so that no two wait for each other."""
    for key, rule in counted:
        Tries.objects.bulk_create([Tries(key=key, began_at=at, last_at=at, expires_at=at)], ignore_conflicts=True)
        row = Tries.objects.select_for_update().get(key=key)
        if row.expires_at <= at:
            row.count, row.began_at = 0, at
        until = rule.until(row)
        if until and until > at:
            raise TooMany(until, at, rule.why, key)
        row.count, row.last_at = row.count + 1, at
        row.expires_at = rule.expiry(row)
        row.save(force_update=True)


@transaction.atomic
def _forgive(counted):
    """Take a try that went well out of each row that counts how many there were; forget rows that count pauses."""
    for key, rule in counted:
        if isinstance(rule, Pauses):
            Tries.objects.filter(key=key).delete()
        else:
            Tries.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)
