"""`/statement-readings`: read one statement that a holder made for this verifier (只证明一件事)."""

from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.credentials.presenting import read_presentation
from kiosk_server.credentials.sd_jwt import LONGEST, DisclosureReason, DisclosureRefused
from kiosk_server.verifier_api.access import PROGRAM, spend_look
from kiosk_server.verifier_api.looks import QUOTAS
from kiosk_server.verifier_api.schemas import Asked
from kiosk_server.web.api_doors import Door
from kiosk_server.web.request_context import database, settings


class StatementRead(Asked):
    """What the holder showed, and what it must have been made for."""

    presentation: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    audience: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
    nonce: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{8,128}$")]


class StatementTold(BaseModel):
    """What it states, and nothing about whom; or why it is not believed."""

    genuine: bool
    reason: DisclosureReason | None
    statements: dict[str, bool] = Field(description="Empty where it is not believed.")


def read_statement(body: StatementRead) -> StatementTold:
    """Read a statement by the keys of this moment; keep track of your nonces yourself."""
    spend_look()
    origin = settings().public_origin
    try:
        with database().reading() as session:
            told = read_presentation(
                session, body.presentation, origin=origin, audience=body.audience, nonce=body.nonce
            )
    except DisclosureRefused as refused:
        return StatementTold(genuine=False, reason=refused.reason, statements={})
    stated = {name: value for name, value in told.claims.items() if isinstance(value, bool)}
    return StatementTold(genuine=True, reason=None, statements=stated)


DOORS = (
    Door(
        "POST",
        "/statement-readings",
        read_statement,
        PROGRAM,
        refuses={HTTPStatus.TOO_MANY_REQUESTS: QUOTAS},
        holds_secrets=True,
    ),
)
