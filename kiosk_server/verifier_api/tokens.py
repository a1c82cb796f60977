"""`/token`, `/account`: a credential becomes an access token of minutes; what it may do."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Literal

from flask import request
from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.core.errors import Refused
from kiosk_server.core.identifiers import ID_PATTERN
from kiosk_server.core.limits import attempts, count_attempt
from kiosk_server.core.neighbourhood import neighbourhood
from kiosk_server.partners import programs, quotas
from kiosk_server.verifier_api.access import ANYBODY, PROGRAM, program
from kiosk_server.verifier_api.schemas import Asked, SceneId
from kiosk_server.web.api_doors import Door
from kiosk_server.web.request_context import database

WRONG_PER_NEIGHBOURHOOD = 60
WINDOW = timedelta(minutes=15)
_WRONG = "verifier_credential"


class TokenWanted(Asked):
    """A credential, and the scenes that its token shall be good for; all of them without."""

    grant_type: Literal["client_credentials"]
    client_id: Annotated[str, StringConstraints(pattern=ID_PATTERN)]
    client_secret: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{20,100}$")]
    scenes: list[SceneId] = Field(default_factory=list, max_length=20)


class AccessToken(BaseModel):
    """A token to be sent as `Authorization: Bearer …`; there is none to refresh it with."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int = Field(description="Seconds.")
    scenes: list[str]


class Quota(BaseModel):
    """How often this credential may look, and has."""

    per_minute: int
    used_this_minute: int
    per_day: int
    used_today: int


class Account(BaseModel):
    """Who this program looks for."""

    organisation: str = Field(description="As the holder of a certificate reads it.")
    scenes: list[str]
    quota: Quota


def take_token(body: TokenWanted) -> AccessToken:
    """Take a token for a credential; a wrong one is not told from one that was revoked."""
    with database().reading() as session:
        where = neighbourhood(session, request.remote_addr)
        waits = attempts(session, _WRONG, where) >= WRONG_PER_NEIGHBOURHOOD
    if waits:
        _count_wrong(where)
    with database().unit_of_work() as session:
        found = programs.take_token(session, body.client_id, body.client_secret, body.scenes)
    if found is None:
        _count_wrong(where)
        raise Refused("credential_refused")
    return AccessToken(
        access_token=found.token, expires_in=found.seconds, scenes=sorted(found.scenes)
    )


def see_account() -> Account:
    """Show whom this program looks for, its scenes and its quotas."""
    own = program()
    subject = str(own.credential_id)
    with database().reading() as session:
        quota = Quota(
            per_minute=own.per_minute,
            used_this_minute=quotas.used_this_minute(session, subject),
            per_day=own.per_day,
            used_today=quotas.used_today(session, subject),
        )
    return Account(organisation=own.name, scenes=sorted(own.scenes), quota=quota)


def _count_wrong(where: str) -> None:
    with database().unit_of_work() as session:
        count_attempt(session, _WRONG, where, limit=WRONG_PER_NEIGHBOURHOOD, window=WINDOW)


DOORS = (
    Door(
        "POST",
        "/token",
        take_token,
        ANYBODY,
        refuses={
            HTTPStatus.UNAUTHORIZED: ("credential_refused",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("scene_not_granted",),
            HTTPStatus.TOO_MANY_REQUESTS: ("too_many_verifier_credential",),
        },
        holds_secrets=True,
    ),
    Door("GET", "/account", see_account, PROGRAM),
)
