"""`/certificates/{id}/statements`, `…/presentations`: state one word of a certificate to one
verifier, and nothing else of it (选择性披露)."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.credentials.presenting import (
    StatementWish,
    present_statements,
    statements_of,
)
from kiosk_server.residents.assurance import Act
from kiosk_server.web.request_context import database, settings
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.v1.schemas import Asked

StatementId = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]{1,30}$")]
Audience = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
Nonce = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{8,128}$")]


class StatementsBorneOut(BaseModel):
    """What a certificate bears out today, by statement; for its holder alone."""

    statements: dict[str, bool]


class PresentationWanted(Asked):
    """Which statements, to whom, and under the nonce that he gave."""

    statements: list[StatementId] = Field(min_length=1, max_length=10)
    audience: Audience = Field(description="The verifier, as he names himself: his origin.")
    nonce: Nonce = Field(description="His own, for this once.")


class PresentationMade(BaseModel):
    """An SD-JWT with key binding (RFC 9901) for this verifier and this nonce."""

    presentation: str
    statements: dict[str, bool] = Field(description="All that it tells.")
    expires_at: datetime


def list_statements(certificate_id: str) -> StatementsBorneOut:
    """List what a certificate bears out."""
    with database().reading() as session:
        return StatementsBorneOut(statements=statements_of(session, holder(), certificate_id))


def make_presentation(certificate_id: str, body: PresentationWanted) -> PresentationMade:
    """State what was chosen to one verifier, and nothing else of the certificate."""
    chosen = tuple(dict.fromkeys(body.statements))
    return present(StatementWish(certificate_id, chosen, body.audience, body.nonce))


def present(wish: StatementWish) -> PresentationMade:
    """Make a presentation for whoever holds this phone."""
    with database().unit_of_work() as session:
        made = present_statements(session, holder(), wish, origin=settings().public_origin)
    return PresentationMade(
        presentation=made.text, statements=made.statements, expires_at=made.expires_at
    )


SHOW = signed_in(Act.SHOW_CERTIFICATE)
ONE = "/certificates/<certificate_id>"
_GONE = {
    HTTPStatus.NOT_FOUND: ("certificate_not_found",),
    HTTPStatus.CONFLICT: ("certificate_not_serving",),
}
DOORS = (
    Door("GET", f"{ONE}/statements", list_statements, SHOW, refuses=_GONE),
    Door(
        "POST",
        f"{ONE}/presentations",
        make_presentation,
        SHOW,
        HTTPStatus.CREATED,
        refuses={
            **_GONE,
            HTTPStatus.FORBIDDEN: ("pin_needed",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("statement_not_borne_out",),
            HTTPStatus.TOO_MANY_REQUESTS: ("too_many_presentations",),
            HTTPStatus.SERVICE_UNAVAILABLE: ("issuer_key_missing",),
        },
        holds_secrets=True,
    ),
)
