"""A WSGI application that answers everything with the same bytes: what the server itself costs.

The file that CONSTANT names holds [status, [[name, value], …], body in base64] as JSON.
"""

import base64
import json
import os
from pathlib import Path

_status, _headers, _body = json.loads(Path(os.environ["CONSTANT"]).read_text())
_headers = [tuple(header) for header in _headers]
_body = [base64.b64decode(_body)]


def application(environ, start_response):
    """Answer."""
    start_response(_status, _headers)
    return _body
