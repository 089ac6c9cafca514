"""Who follows: counted while feeds are polled, kept once a minute, without storing an address.

Polls are counted in memory, for most of them must cost no more than the question whether anything is new.
"""

import datetime
import logging
import re
import threading
from dataclasses import dataclass, field

from django.db import Error, connections
from django.utils.crypto import salted_hmac

from ..models import Following
from ..models.following import BITS, estimate, today
from ..network import network

PAUSE = 60  # seconds between two times of keeping
MOST_FEEDS, MOST_AGGREGATORS, MOST_POLLS = (
    1_000,
    40,
    20_000,
)  # in memory; anybody can ask for feeds of searches without end
OTHERS = ""
_REPORTED = re.compile(r"\b(\d{1,7}) (?:subscriber|reader|follower)s?\b", re.I)
_NAME = re.compile(r"(?:Mozilla/[\d.]+ \(compatible; )?([A-Za-z][\w.-]{0,39})")
_counted = {}
_polls = set()  # those that are in there, for a minute
_lock = threading.Lock()
_timer = None
log = logging.getLogger(__name__)


def note(environ, feed):
    """Count the poll of the feed at the address `feed` by whom the WSGI `environ` tells of.

    Archives are read by those who poll the feed itself.
    """
    if environ["REQUEST_METHOD"] != "GET" or "archive=" in feed:
        return
    agent = environ.get("HTTP_USER_AGENT", "")[:300]
    poll = hash((feed, agent, environ.get("REMOTE_ADDR"), environ.get("HTTP_X_FORWARDED_FOR")))
    if poll in _polls:
        return
    name, subscribers = reported(agent)
    poller = name or f"{network(environ)} {agent}"
    day = today()
    bit = int.from_bytes(salted_hmac(f"followers of {day}", poller).digest()[:8]) % BITS
    with _lock:
        if len(_polls) < MOST_POLLS:
            _polls.add(poll)
        if len(feed) > 250 or ((day, feed) not in _counted and len(_counted) >= MOST_FEEDS):
            feed = OTHERS
        pollers, said = _counted.get((day, feed), (0, {}))
        if name and (name in said or len(said) < MOST_AGGREGATORS):
            said[name] = max(subscribers, said.get(name, 0))
        _counted[day, feed] = (pollers | 1 << bit, said)
        _later()


def reported(agent):
    """Return (name, number of subscribers) that an aggregator gives in its User-Agent `agent`; (None, 0) for others.

    There is no standard; Feedly, Inoreader, NewsBlur, Feedbin, The Old Reader and BazQux write "… 12 subscribers".
    """
    found, name = _REPORTED.search(agent), _NAME.match(agent)
    return (name[1], int(found[1])) if found and name else (None, 0)


def keep():
    """Store what was counted; what can't be stored now is tried again."""
    with _lock:
        counted = dict(_counted)
        _counted.clear()
        _polls.clear()
    try:
        Following.objects.add(counted)
    except Error as error:
        log.warning("Who follows can't be stored now: %s", error)
        with _lock:
            for key, (pollers, said) in counted.items():
                more, told = _counted.get(key, (0, {}))
                _counted[key] = (pollers | more, said | told)
            _later()


def _later():
    """Have what was counted kept in a minute, by a thread of its own; called with the lock held."""
    global _timer
    if _timer is None:
        _timer = threading.Timer(PAUSE, _keep_beside)
        _timer.daemon = True
        _timer.start()


def _keep_beside():
    global _timer
    _timer = None
    try:
        keep()
    finally:
        connections.close_all()


# What the desk shows --------------------------------------------------------------------------------------------------

WEEK, MONTH = 7, 28


@dataclass
class Followed:
    """What is known of the followers of `feed` (a path): pollers a day, newest last, and what aggregators report."""

    feed: str
    days: list
    aggregators: list = field(default_factory=list)  # [(name, subscribers)], most first

    @property
    def subscribers(self):
        """How many subscribers the aggregators report together."""
        return sum(count for _name, count in self.aggregators)

    @property
    def today(self):
        """The pollers of the last day."""
        return self.days[-1]

    @property
    def most(self):
        """The most pollers of one day."""
        return max(self.days)


def overview(day):
    """Return (feeds, days): a `Followed` of each feed in the week up to `day`, most followed first, and [(day, distinct
    pollers of all feeds)] of the four weeks up to it.

    An aggregator's last word counts, where it gave one in that week.
    """
    month = [day - datetime.timedelta(days=back) for back in range(MONTH)][::-1]
    everybody, feeds = dict.fromkeys(month, 0), {}
    for row in Following.objects.filter(day__gte=month[0], day__lte=day).order_by("day"):
        everybody[row.day] |= row.seen
        if row.day > day - datetime.timedelta(days=WEEK):
            rows = feeds.setdefault(row.feed, {})
            rows[row.day] = row
    followed = []
    for feed, rows in feeds.items():
        said = {}
        for row in rows.values():
            said |= row.reported
        days = [estimate(rows[day].seen) if day in rows else 0 for day in month[-WEEK:]]
        followed.append(Followed(feed, days, sorted(said.items(), key=lambda pair: (-pair[1], pair[0]))))
    followed.sort(key=lambda each: (-each.subscribers, -each.most, each.feed))
    return followed, [(day, estimate(bits)) for day, bits in everybody.items()]
