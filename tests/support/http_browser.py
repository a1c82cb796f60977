"""
A browser without a window, over real HTTP: asks a terminal's door and keeps its cookies.

Where no process listens it shows nothing and goes on; so does the person before it.
"""

from typing import Any

import requests
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

DEAD = 599
"""The status of a page that nobody answered; no server says so."""
_PATIENCE_SECONDS = 60


class Browser:
    """The browser on the terminal, as its door sees it."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._jar = requests.Session()
        self._jar.trust_env = False

    def get(self, path: str) -> TestResponse:
        """Go to an address."""
        return self._ask("GET", path, {"Sec-Fetch-User": "?1"})

    def post(self, path: str, *, form: dict[str, str] | None = None) -> TestResponse:
        """Send a form."""
        return self._ask("POST", path, {}, data=form)

    def device(self, method: str, path: str, **body: Any) -> TestResponse:
        """Ask the device API as a page's script does."""
        token = self._ask("GET", "/device/v1/token", {"Sec-Fetch-Site": "same-origin"})
        if token.status_code != 200:
            return token
        return self._ask(method, path, {"X-Kiosk-Token": token.get_json()["token"]}, **body)

    def _ask(self, method: str, path: str, headers: dict[str, str], **body: Any) -> TestResponse:
        try:
            answer = self._jar.request(
                method,
                self._origin + path,
                headers={"Origin": self._origin, "Connection": "close", **headers},
                allow_redirects=False,
                timeout=_PATIENCE_SECONDS,
                **body,
            )
        except requests.RequestException:
            return _answer(method, path, DEAD, [], b"")
        return _answer(
            method, path, answer.status_code, list(answer.headers.items()), answer.content
        )


def _answer(
    method: str, path: str, status: int, headers: list[tuple[str, str]], body: bytes
) -> TestResponse:
    asked = EnvironBuilder(method=method, path=path).get_request()
    unpacked = [each for each in headers if each[0].lower() != "content-encoding"]
    return TestResponse([body], f"{status} -", Headers(unpacked), asked)
