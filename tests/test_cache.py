"""Redis may be away, hang, be full or refuse at any moment: a miss, never an error, and nobody is logged out."""

import logging
import signal
from contextlib import contextmanager

import pytest
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from redis import exceptions

from relations_site.cache import FailOpenCache, Health
from relations_site.settings import cache as described

from .make import make_user
from .services import Redis, stopping


@pytest.fixture(scope="module")
def redis():
    redis = Redis()
    with stopping(redis):
        yield redis


@pytest.fixture
def cache(redis, settings, monkeypatch):
    """The site's cache, empty, in a Redis that is up; sessions are kept in it. A busy machine has time to answer."""
    monkeypatch.setattr("relations_site.cache.PATIENCE", 2)
    monkeypatch.setattr("relations_site.cache.REST", 600)
    if redis.process is None:
        redis.start()
    settings.CACHES = {"default": described(redis.url)}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    Health.known.clear()
    cache = FailOpenCache([redis.url], {})
    cache.clear()
    return cache


@contextmanager
def stopped(redis):
    redis.stop()
    yield
    redis.start()
    rested()


@contextmanager
def hanging(redis):
    redis.process.send_signal(signal.SIGSTOP)
    yield
    redis.process.send_signal(signal.SIGCONT)
    rested()


@contextmanager
def full(redis):
    client = RedisCache([redis.url], {})._cache.get_client()
    client.config_set("maxmemory", "1")
    yield
    client.config_set("maxmemory", "0")
    rested()


@contextmanager
def locked(redis):
    client = RedisCache([redis.url], {})._cache.get_client()
    client.config_set("requirepass", "secret")
    client.client_kill_filter(_type="normal", skipme=True)
    yield
    client.config_set("requirepass", "")
    rested()


def rested():
    """The time in which Redis is left alone is over."""
    for health in Health.known.values():
        health.away_until = 0


FAULTS = pytest.mark.parametrize("fault", [stopped, hanging, full, locked])


def test_it_is_a_cache(cache):
    cache.set("a", 1)
    assert cache.get("a") == 1
    assert cache.incr("a") == 2
    assert not cache.add("a", 5)
    assert cache.add("b", "c")
    assert cache.has_key("b")
    assert cache.touch("b", 100)
    assert cache.get_many(["a", "b", "none"]) == {"a": 2, "b": "c"}
    assert cache.set_many({"d": 1}) == []
    cache.delete_many(["d"])
    assert cache.delete("a")
    assert cache.clear()
    assert cache.get("b", "gone") == "gone"


@FAULTS
def test_whatever_redis_fails_at_is_a_miss(cache, redis, fault, caplog):
    cache.set("a", 1)
    with fault(redis), caplog.at_level(logging.WARNING):
        assert cache.set("a", 2) is None
        assert cache.get("a", "missed") == "missed"
        assert cache.incr("a", 3) == 3
        assert cache.add("a", 1) is False
        assert cache.has_key("a") is False
        assert cache.touch("a") is False
        assert cache.delete("a") is False
        assert cache.get_many(["a"]) == {}
        assert cache.set_many({"a": 1}) == ["a"]
        assert cache.delete_many(["a"]) is None
        assert cache.clear() is False
        assert [record.message for record in caplog.records if "can't be used" in record.message] != []
    assert len([record for record in caplog.records if record.name == "relations_site.cache"]) == 1
    cache.set("a", 4)
    assert cache.get("a") == 4
    assert "Redis is back." in caplog.text


def test_one_that_failed_is_left_alone_for_a_while(cache, redis):
    cache.set("a", 1)
    redis.stop()
    cache.get("a")
    redis.start()
    cache.set("a", 2)
    assert cache.get("a") is None
    rested()
    assert cache.get("a") is None
    cache.set("a", 3)
    assert cache.get("a") == 3


def test_what_redis_missed_is_not_believed_afterwards(cache, redis):
    cache.set("a", "before")
    with hanging(redis):
        cache.delete("a")
    assert cache.get("a") is None
    cache.set("b", 1)
    with hanging(redis):
        cache.get("b")
    assert cache.get("b") == 1  # nothing was to be written meanwhile


@pytest.mark.django_db
def test_djangos_own_would_lose_the_page_where_a_session_is_read_again(cache, redis, settings):
    """`cached_db` guards its look into the cache, and what it stores on saving, but not what it stores on reading."""
    user = make_user("ann", is_superuser=True)
    client = Client()
    client.force_login(user)
    with stopped(redis):
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis.url}}
        with pytest.raises(exceptions.ConnectionError):
            client.get("/admin/")
        settings.CACHES = {"default": described(redis.url)}
        assert client.get("/admin/").status_code == 200


@FAULTS
@pytest.mark.django_db
def test_nobody_is_logged_out(cache, redis, fault):
    user = make_user("ann", is_superuser=True)
    before, during = Client(), Client()
    before.force_login(user)
    with fault(redis):
        assert before.get("/admin/").status_code == 200
        during.force_login(user)
        assert during.get("/admin/").status_code == 200
    for client in (before, during):
        assert client.get("/admin/").status_code == 200
    cache.clear()
    for client in (before, during):
        assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_who_logged_out_while_redis_was_away_stays_out(cache, redis):
    client = Client()
    client.force_login(make_user("ann", is_superuser=True))
    key = client.cookies["sessionid"].value
    assert client.get("/admin/").status_code == 200
    assert key in str(RedisCache([redis.url], {})._cache.get_client().keys())
    with hanging(redis):
        client.post("/admin/logout/")
    assert SessionStore(key).load() == {}


@pytest.mark.parametrize(
    "url",
    ["redis", "http://127.0.0.1/0", "redis://", "redis://:x@host:99999/0", "redis://host/name", "redis://h/0?db=1", "redis://[/"],
)  # fmt: skip
def test_nonsense_is_refused_with_the_cure(url):
    with pytest.raises(ImproperlyConfigured, match="CACHE_URL: write redis://"):
        described(url)


def test_without_one_each_process_remembers_for_itself():
    assert "locmem" in described("")["BACKEND"]
