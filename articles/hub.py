"""Telling a hub that feeds have changed (WebSub, W3C Recommendation, section 5), outside every request.

What has to be told follows from what is stored: each feed's state now against the one the hub knows. So a publication
waits for nobody, an article that falls due by itself is told like any other, and what failed is found again.
"""

import datetime
import http.client
import logging
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.redirects.models import Redirect

from . import network
from .feeds import channels
from .listing import feeds_of
from .models import Topic

LONGEST_PAUSE = 12 * 60  # minutes between two attempts
AGENT = "relations_site (WebSub publisher)"
log = logging.getLogger(__name__)


class Unreachable(Exception):
    """The hub doesn't answer, or answers that it can't now: there is no use in asking for the next feed."""


class Refused(Exception):
    """The hub won't take this one."""


def ping(hub, url):
    """Tell the hub at the address `hub` that the feed at the address `url` has changed; raise Unreachable or Refused.

    The form is that of PubSubHubbub 0.4, which hubs of WebSub kept; `hub.topic` is how some of them name the feed.
    """
    form = urlencode({"hub.mode": "publish", "hub.url": url, "hub.topic": url}).encode()
    try:
        status, _onward = network.ask("POST", hub, agent=AGENT, form=form)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    if status >= 300:
        raise (Unreachable if status == 429 or status >= 500 else Refused)(f"HTTP {status}")


def look():
    """Bring the topics in line with the feeds as they are now.

    The first look finds what subscribers found too, so that there is nothing to tell them.
    """
    states = _states()
    known = {topic.address: topic for topic in Topic.objects.all()}
    new = [
        Topic(address=address, state=state, told="" if known else state)
        for address, state in states.items()
        if address not in known
    ]
    Topic.objects.bulk_create(new, ignore_conflicts=True)
    for address, topic in known.items():
        if address not in states:
            topic.delete()
        elif topic.state != states[address]:
            Topic.objects.filter(pk=topic.pk).update(state=states[address])


def _states():
    """Return {address: state} of every feed that is told, under its former addresses too: some subscribed to those."""
    former = {}
    for old, new in Redirect.objects.filter(site=settings.SITE_ID).values_list("old_path", "new_path"):
        former.setdefault(new, []).append(old)
    states = {}
    for channel in channels.pushed(""):
        feeds = channel.feeds + [feed for place in former.get(channel.page, ()) for feed in feeds_of(place)]
        states |= dict.fromkeys((feed.address for feed in feeds), channel.state())
    return states


def tell(hub, base, at):
    """Tell the hub of every topic that is due at the instant `at` (aware), with addresses under `base`; return how many.

    What fails waits twice as long each time, half a day at most.
    """
    told = 0
    due = list(Topic.objects.due(at))
    for place, topic in enumerate(due):
        try:
            ping(hub, base + topic.address)
        except Refused as error:
            _postpone([topic], str(error), at)
        except Unreachable as error:
            log.warning("The hub %s can't be told of %s: %s", hub, topic.address, error)
            _postpone(due[place:], str(error), at)
            break
        else:
            said = {"told": topic.state, "told_at": at, "attempts": 0, "try_at": None, "problem": ""}
            Topic.objects.filter(pk=topic.pk).update(**said)
            told += 1
    return told


def _postpone(topics, problem, at):
    for topic in topics:
        attempts = min(topic.attempts + 1, 30)
        pause = datetime.timedelta(minutes=min(2**attempts, LONGEST_PAUSE))
        said = {"attempts": attempts, "try_at": at + pause, "problem": problem[:200]}
        Topic.objects.filter(pk=topic.pk).update(**said)
