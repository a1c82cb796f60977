"""
Who may pass a door of the phone: anybody, a signed-in phone that may do an act, or that phone for
one of its own account's phones. Behind the last two `holder()` says who it is.

Programs bring a bearer token (RFC 6750) and never a cookie, so that no other site can use one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

from flask import g, request

from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound, Refused
from kiosk_server.core.identifiers import is_id
from kiosk_server.residents.assurance import NEEDS, Act, Level, allows
from kiosk_server.residents.my_phones import phone_of
from kiosk_server.residents.phone_rules import TOUCH_EVERY, TokenKind
from kiosk_server.residents.phones import PhoneHolder, holder_of, keep_alive
from kiosk_server.web.request_context import database
from kiosk_server.web.surface import Guard

_SCHEME = "Bearer "
_LONGEST_TOKEN = 100


@dataclass(frozen=True)
class Access:
    """One kind of door: the guard before it, and what the API's document says of it."""

    slug: str
    guard: Guard
    act: Act | None = None

    @property
    def needs(self) -> Level | None:
        """The level that a phone must have reached, or None where nobody signs in."""
        return NEEDS[self.act] if self.act else None

    @property
    def scheme(self) -> str | None:
        """How the document calls a phone's token; None where nobody signs in."""
        return "phone" if self.act else None

    @property
    def told(self) -> Mapping[str, str]:
        """What a phone must be allowed, and how sure we must be who holds it."""
        return {"x-needs-level": str(self.needs), "x-act": str(self.act)} if self.act else {}

    @property
    def refuses(self) -> Mapping[HTTPStatus, tuple[str, ...]]:
        """What every door behind a sign-in refuses."""
        if self.act is None:
            return {}
        return {
            HTTPStatus.UNAUTHORIZED: ("sign_in_needed",),
            HTTPStatus.FORBIDDEN: ("level_too_low",),
        }

    def caller(self) -> str:
        """Return the phone that calls; one that is not signed in is anybody."""
        return holder().phone_id if "phone_holder" in g else "anybody"


def holder() -> PhoneHolder:
    """Return who is signed in, behind a guard that asks for it."""
    found: PhoneHolder = g.phone_holder
    return found


def require(act: Act) -> None:
    """Go on if the phone that is signed in may do *act*; `Refused("level_too_low")` otherwise."""
    if not allows(holder().level, act):
        raise Refused("level_too_low", needs=NEEDS[act].value)


def _anybody() -> None:
    return None


ANYBODY = Access("open", Guard("open: a phone that is not signed in", _anybody))


@cache
def signed_in(act: Act) -> Access:
    """Return the access of a signed-in phone that may do *act*, by its bearer token."""

    def check() -> None:
        take(_bearer(), TokenKind.ACCESS)
        require(act)

    name = f"a signed-in phone, by its token, that may {act.value.replace('_', ' ')}"
    return Access(f"may_{act.value}", Guard(name, check), act)


@cache
def own_phone(act: Act) -> Access:
    """Return the access of a signed-in phone to `<phone_id>` of its own account alone."""

    def check() -> None:
        take(_bearer(), TokenKind.ACCESS)
        require(act)
        asked = str((request.view_args or {}).get("phone_id", ""))
        if not is_id(asked):
            raise NotFound("phone_not_found")
        with database().reading() as session:
            phone_of(session, holder(), asked)

    name = f"a signed-in phone, for one of its own account, that may {act.value.replace('_', ' ')}"
    return Access(f"own_{act.value}", Guard(name, check), act)


def take(token: str, kind: TokenKind) -> PhoneHolder:
    """Let this request be its token's holder's; raises `Refused("sign_in_needed")`."""
    with database().reading() as session:
        found = holder_of(session, token, kind) if 0 < len(token) <= _LONGEST_TOKEN else None
    if found is None:
        raise Refused("sign_in_needed")
    if clock.now() - found.last_used_at >= TOUCH_EVERY:
        with database().unit_of_work() as session:
            keep_alive(session, token)
    g.phone_holder = found
    g.language = found.language if kind is TokenKind.COOKIE else g.get("language")
    return found


def _bearer() -> str:
    sent = request.headers.get("Authorization", "")
    return sent.removeprefix(_SCHEME).strip() if sent.startswith(_SCHEME) else ""
