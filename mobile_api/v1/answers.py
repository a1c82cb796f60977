"""
`/requests`, `/signs`: answer a verifier who asks (授权用证), or whose sign was scanned (扫码亮证).

A sign's code travels in a body: it says where somebody stands.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from kiosk_server.core.errors import Refused
from kiosk_server.credentials.signs import LONGEST_CODE, SignRead, SignRefused
from kiosk_server.residents.assurance import Act
from kiosk_server.showing.rules import RequestState
from mobile_api.access import signed_in
from mobile_api.answering import (
    answer_question,
    answer_sign,
    offers_at,
    question,
    read_sign_here,
    refuse_question,
)
from mobile_api.doors import Door
from mobile_api.v1.schemas import Asked, Id
from mobile_api.v1.show_codes import Pin

SignCode = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CODE)]


class VerifierQuestion(BaseModel):
    """What a verifier asks of me, and where it stands."""

    id: str
    organisation: str
    purpose: str
    scene: str
    certificate_id: str
    type: str
    fields: list[str] = Field(description="What they will have, if I agree.")
    state: RequestState
    over: bool
    expires_at: datetime


class AnswerGiven(Asked):
    """Yes with the PIN of this phone, or no without."""

    agreed: bool
    pin: Pin | None = None

    @model_validator(mode="after")
    def _yes_needs_pin(self) -> "AnswerGiven":
        if self.agreed and self.pin is None:
            raise ValueError("a yes needs the PIN")
        return self


class SignScanned(Asked):
    """What stands behind `/sign/` in a scanned code."""

    code: SignCode


class SignOffer(BaseModel):
    """One certificate of mine that serves at a sign."""

    certificate_id: str
    type: str
    title: str
    fields: list[str]


class SignSeen(BaseModel):
    """Whose sign it is, where it hangs, for what, and what it would be given."""

    organisation: str
    place: str
    scene: str
    purpose: str
    offers: list[SignOffer]


class SignAnswer(Asked):
    """What is given at a sign, with the PIN of this phone."""

    code: SignCode
    certificate_id: Id
    pin: Pin


def see_question(request_id: str) -> VerifierQuestion:
    """Show what a verifier asks of me."""
    asked = question(request_id)
    return VerifierQuestion(
        id=asked.id,
        organisation=asked.organisation,
        purpose=asked.purpose,
        scene=asked.scene.id,
        certificate_id=asked.certificate.id,
        type=asked.certificate.type.id,
        fields=[field.id for field in asked.fields],
        state=asked.state,
        over=asked.over,
        expires_at=asked.expires_at,
    )


def answer_verifier(request_id: str, body: AnswerGiven) -> None:
    """Let a verifier have what he asked for, once, or nothing."""
    if body.agreed:
        answer_question(request_id, body.pin or "")
    else:
        refuse_question(request_id)


def read_scanned_sign(body: SignScanned) -> SignSeen:
    """Tell whose sign was scanned; nobody is told that it was."""
    read = _read(body.code)
    return SignSeen(
        organisation=read.verifier.name,
        place=read.place,
        scene=read.scene,
        purpose=read.purpose,
        offers=[
            SignOffer(
                certificate_id=offer.certificate.id,
                type=offer.certificate.type.id,
                title=offer.certificate.title,
                fields=[field.id for field in offer.fields],
            )
            for offer in offers_at(read)
        ],
    )


def answer_scanned_sign(body: SignAnswer) -> VerifierQuestion:
    """Let the organisation of a sign have what its scene gives of one certificate, once."""
    return see_question(answer_sign(body.code, body.certificate_id, body.pin))


def _read(code: str) -> SignRead:
    read = read_sign_here(code)
    if isinstance(read, SignRefused):
        raise Refused("sign_refused", reason=read.reason.value)
    return read


ANSWERS = signed_in(Act.AUTHORISE)
_PIN = {HTTPStatus.TOO_MANY_REQUESTS: ("too_many_show_pin",)}
_WRONG_PIN = ("pin_wrong", "pin_missing")
DOORS = (
    Door(
        "GET",
        "/requests/<request_id>",
        see_question,
        ANSWERS,
        refuses={HTTPStatus.NOT_FOUND: ("request_not_found",)},
    ),
    Door(
        "POST",
        "/requests/<request_id>/answers",
        answer_verifier,
        ANSWERS,
        HTTPStatus.NO_CONTENT,
        refuses={
            **_PIN,
            HTTPStatus.FORBIDDEN: _WRONG_PIN,
            HTTPStatus.NOT_FOUND: ("request_not_found",),
            HTTPStatus.CONFLICT: ("request_over", "wrong_state"),
        },
    ),
    Door(
        "POST",
        "/signs/readings",
        read_scanned_sign,
        ANSWERS,
        refuses={HTTPStatus.FORBIDDEN: ("sign_refused",)},
    ),
    Door(
        "POST",
        "/signs/answers",
        answer_scanned_sign,
        ANSWERS,
        HTTPStatus.CREATED,
        refuses={
            **_PIN,
            HTTPStatus.FORBIDDEN: (*_WRONG_PIN, "sign_refused"),
            HTTPStatus.NOT_FOUND: ("certificate_not_found",),
            HTTPStatus.CONFLICT: ("certificate_not_serving",),
        },
    ),
)
