"""
Who may pass a door of the verifiers' API: a program with its access token, which `program()` names.

Token, credential and organisation are asked of the database at every request: what is revoked is
dead in the middle of a look.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import g, request

from kiosk_server.core.errors import Refused
from kiosk_server.partners import quotas
from kiosk_server.partners.programs import verifier_of_token
from kiosk_server.partners.rules import Verifier
from kiosk_server.showing.rules import Looker
from kiosk_server.showing.verifiers import looker_of
from kiosk_server.web.request_context import database
from kiosk_server.web.surface import Guard

_SCHEME = "Bearer "
_LONGEST_TOKEN = 100


@dataclass(frozen=True)
class Access:
    """One kind of door: the guard before it, and what the API's document says of it."""

    slug: str
    guard: Guard
    scheme: str | None = None
    refuses: Mapping[HTTPStatus, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)

    def caller(self) -> str:
        """Return the credential that calls; before it has a token it is anybody."""
        return str(program().credential_id) if self.scheme else "anybody"


def program() -> Verifier:
    """Return who looks, behind the guard."""
    found: Verifier = g.verifying_program
    return found


def looker() -> Looker:
    """Return who looks, as the log and the holder see him."""
    return looker_of(program())


def spend_look() -> Looker:
    """Count one look against the program's quotas and return who looks; raises `TooMany`."""
    quotas.spend(database(), program())
    return looker()


def _check_program() -> None:
    sent = request.headers.get("Authorization", "")
    token = sent.removeprefix(_SCHEME).strip() if sent.startswith(_SCHEME) else ""
    found = None
    if 0 < len(token) <= _LONGEST_TOKEN:
        with database().reading() as session:
            found = verifier_of_token(session, token)
    if found is None:
        raise Refused("token_needed")
    g.verifying_program = found


def _check_nothing() -> None:
    return None


ANYBODY = Access("open", Guard("open: a program that asks for its token", _check_nothing))
PROGRAM = Access(
    "program",
    Guard("a verifier's program, by its access token", _check_program),
    scheme="token",
    refuses={HTTPStatus.UNAUTHORIZED: ("token_needed",)},
)
