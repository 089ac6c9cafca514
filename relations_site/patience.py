"""How long PostgreSQL may work: not for long on a reader's page, longer for an editor."""

import contextlib

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connection

LONGER = 12  # times what a page has: merging a theme of 100,000 articles is one statement


class PatientDesk:
    """Give the queries of the desk more time than those of pages, where these have an end (DATABASE_WAIT).

    The end is set when a connection is made, so that pages ask for nothing; the desk moves it for one request.
    """

    def __init__(self, get_response):
        if "options" not in connection.settings_dict["OPTIONS"]:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.longer = f"{settings.DATABASE_WAIT * LONGER}s"

    def __call__(self, request):
        """Answer the request."""
        if not request.path.startswith("/admin/"):
            return self.get_response(request)
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{self.longer}'; SET lock_timeout = '{self.longer}'")
        try:
            return self.get_response(request)
        finally:
            with contextlib.suppress(DatabaseError), connection.cursor() as cursor:  # it may have gone meanwhile
                cursor.execute("RESET statement_timeout; RESET lock_timeout")
