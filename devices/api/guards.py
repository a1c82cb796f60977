"""Who may knock at the loopback door.

Only a page that this host has served itself: the Host header must be the door's address to the
letter (a name that was rebound to loopback arrives with its own), an Origin must be the door's
own, whatever changes something must bring one, and the device API wants a token that changes
with every start of the host.
"""

import hmac
import secrets

from flask import Flask, Response, request

from devices.api.answers import problem
from devices.settings import ListenSettings

TOKEN_HEADER = "X-Kiosk-Token"  # noqa: S105 - the name of a header
DEVICE_API = "/device/v1/"
_READING = frozenset({"GET", "HEAD"})
# The token itself, what a technician's monitor asks, what is said to everybody on the screen, and
# the stream, which has its own ticket.
_WITHOUT_TOKEN = frozenset(
    {"/device/v1/token", "/device/v1/health", "/device/v1/events", "/device/v1/notices"}
)


class BootToken:
    """The secret that a same-origin page shows with every call to the device API."""

    def __init__(self) -> None:
        self._value = secrets.token_urlsafe(32)

    @property
    def value(self) -> str:
        """The token of this start of the host."""
        return self._value

    def fits(self, offered: str | None) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest((offered or "").encode(), self._value.encode())


def install(app: Flask, listen: ListenSettings, token: BootToken) -> None:
    """Check every request before any route is looked at."""

    def admit() -> Response | None:
        if request.headers.getlist("Host") != [listen.authority]:
            return problem(421, "wrong_host", f"This door is {listen.origin}/")
        origins = request.headers.getlist("Origin")
        if any(origin != listen.origin for origin in origins):
            return problem(403, "foreign_origin", "Only this door's own pages may ask")
        if request.method not in _READING and not origins:
            return problem(403, "origin_missing", "A change must say where it comes from")
        if request.path.startswith(DEVICE_API) and request.path not in _WITHOUT_TOKEN:
            offered = request.headers.get(TOKEN_HEADER)
            if offered is None:
                return problem(401, "token_missing", "The token of this start is wanted")
            if not token.fits(offered):
                return problem(403, "token_wrong", "This token is not of this start")
        return None

    app.before_request(admit)
