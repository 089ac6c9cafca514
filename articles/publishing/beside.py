"""Storing what a reader's request rendered, in nobody's way: by one thread of each process.

The reader has the page already; a database that is locked for a while, or can't be written at all, costs only that
the next one is rendered again.
"""

import logging
import queue
import threading

from django.db import Error, connections

MOST_WAITING = 100
IDLE = 10  # seconds after which the thread ends and gives its connection back
_waiting = queue.Queue(MOST_WAITING)
_lock = threading.Lock()
_thread = None
log = logging.getLogger(__name__)


def keep_rendered(store, *rendered):
    """Have `store(*rendered)` called soon (`store_rendition` or `store_page`), if there is room."""
    try:
        _waiting.put_nowait((store, rendered))
    except queue.Full:
        return  # whoever asks next brings it again
    _start()


def _start():
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_work, name="beside", daemon=True)
            _thread.start()


def _work():
    """Store what waits until nothing has come for a while."""
    global _thread
    try:
        while True:
            try:
                job = _waiting.get(timeout=IDLE)
            except queue.Empty:
                with _lock:
                    if _waiting.empty():
                        _thread = None
                        return
            else:
                _try(job)
    finally:
        connections.close_all()


def _try(job):
    store, rendered = job
    try:
        store(*rendered)
    except Error as error:
        log.warning("What was rendered can't be stored now: %s", error)
        connections.close_all()
    except Exception:  # the next one may be stored all the same
        log.exception("What was rendered can't be stored.")
