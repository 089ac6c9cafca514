"""What several machines share beside the database, in Redis, which may be away at any moment."""

import logging
import threading
import time

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis import exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.2  # seconds for a connection, and for an answer
REST = 5  # seconds in which a Redis that failed is left alone
log = logging.getLogger(__name__)


class Health:
    """What this process knows of the Redis at one address; its threads share it."""

    known = {}

    def __init__(self):
        self.away_until = 0.0  # on the monotonic clock
        self.away = self.missed = False
        self.lock = threading.Lock()

    def failed(self, error):
        """Leave Redis alone for a while; told once, until it is back."""
        with self.lock:
            self.away_until = time.monotonic() + REST
            first, self.away = not self.away, True
        if first:
            log.warning("Redis can't be used (%s): the site goes on without it.", type(error).__name__)

    def answered(self):
        """Redis answers; told when it was away."""
        if self.away:
            with self.lock:
                first, self.away = self.away, False
            if first:
                log.warning("Redis is back.")


class FailOpenCache(RedisCache):
    """Django's RedisCache for which whatever Redis fails at is a miss, or wasn't done; it raises nothing of Redis's.

    After a failure Redis is left alone for five seconds. What should have been written meanwhile it doesn't know (a
    session that was ended, say), so it is emptied before it is asked again.
    """

    def __init__(self, server, params):
        super().__init__(server, params)
        # A connection that a restart has cut is opened again, once; an answer that takes too long is not waited for twice.
        self._options = {
            "socket_connect_timeout": PATIENCE,
            "socket_timeout": PATIENCE,
            "retry": Retry(NoBackoff(), 1, supported_errors=(exceptions.ConnectionError,)),
            **self._options,
        }
        self.health = Health.known.setdefault(tuple(self._servers), Health())

    def _try(self, method, missed, *args, writes=True):
        """Return what `method` returns, or `missed` when Redis can't be used."""
        health = self.health
        if time.monotonic() >= health.away_until:
            try:
                if health.missed:
                    super().clear()
                    health.missed = False
                answer = method(*args)
            except exceptions.RedisError as error:
                health.failed(error)
            else:
                health.answered()
                return answer
        health.missed = health.missed or writes
        return missed

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        """As Django's; False when Redis is away."""
        return self._try(super().add, False, key, value, timeout, version)

    def get(self, key, default=None, version=None):
        """As Django's; `default` when Redis is away."""
        return self._try(super().get, default, key, default, version, writes=False)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        """As Django's."""
        return self._try(super().set, None, key, value, timeout, version)

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        """As Django's; False when Redis is away."""
        return self._try(super().touch, False, key, timeout, version)

    def delete(self, key, version=None):
        """As Django's; False when Redis is away."""
        return self._try(super().delete, False, key, version)

    def get_many(self, keys, version=None):
        """As Django's; nothing when Redis is away."""
        return self._try(super().get_many, {}, keys, version, writes=False)

    def has_key(self, key, version=None):
        """As Django's; False when Redis is away."""
        return self._try(super().has_key, False, key, version, writes=False)

    def incr(self, key, delta=1, version=None):
        """As Django's; `delta`, as if nothing had been counted before, when Redis is away."""
        return self._try(super().incr, delta, key, delta, version)

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        """As Django's; returns all keys, as not stored, when Redis is away."""
        return self._try(super().set_many, list(data), data, timeout, version)

    def delete_many(self, keys, version=None):
        """As Django's."""
        return self._try(super().delete_many, None, keys, version)

    def clear(self):
        """As Django's; False when Redis is away."""
        return self._try(super().clear, False)
