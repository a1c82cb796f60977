"""A `requests` session that reaches an application in this process, for programs of others."""

from io import BytesIO
from typing import Any

import requests
from flask import Flask
from requests.adapters import BaseAdapter

ORIGIN = "http://verifiers.test"


class _Application(BaseAdapter):
    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._client = app.test_client(use_cookies=False)

    def send(
        self, request: requests.PreparedRequest, *given: Any, **options: Any
    ) -> requests.Response:
        answer = self._client.open(
            (request.url or "").removeprefix(ORIGIN),
            method=request.method or "GET",
            headers=list(request.headers.items()),
            data=request.body,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(answer.headers)
        response.raw = BytesIO(answer.get_data())
        response.request = request
        return response

    def close(self) -> None:
        """There is nothing to close."""


def session_before(app: Flask) -> requests.Session:
    """Return a session whose every request to `ORIGIN` is answered by *app*."""
    session = requests.Session()
    session.trust_env = False
    session.mount(ORIGIN, _Application(app))
    return session
