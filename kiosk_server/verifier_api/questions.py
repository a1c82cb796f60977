"""
`/questions`, `/signs`: ask a holder for named fields (授权用证), by his code or by a sign of ours.

Watching a question is a GET and changes nothing; taking its answer is a POST, and it comes once.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, Field

from kiosk_server.core.errors import Conflict, NotFound
from kiosk_server.credentials.signs import SIGN_PATH, sign_code
from kiosk_server.partners.signs import SignView, sign_of, signs_of
from kiosk_server.showing.asking import waiting_at
from kiosk_server.showing.looking_up import CodeRefused
from kiosk_server.showing.requests import Answer, Wanted, ask, collect, standing
from kiosk_server.showing.rules import Looker, RequestState
from kiosk_server.showing.verifiers import looker_of
from kiosk_server.verifier_api.access import PROGRAM, looker, program, spend_look
from kiosk_server.verifier_api.looks import QUOTAS
from kiosk_server.verifier_api.schemas import (
    Asked,
    FieldId,
    FieldValue,
    Purpose,
    Scanned,
    values_of,
)
from kiosk_server.web.api_doors import Door
from kiosk_server.web.request_context import database, settings


class QuestionWanted(Asked):
    """What is asked of whoever shows this code, and why."""

    code: Scanned
    fields: Annotated[list[FieldId], Field(min_length=1, max_length=20)]
    purpose: Purpose


class QuestionAsked(BaseModel):
    """A question that waits on the holder's phone, or why there is none."""

    id: str | None
    reason: str | None
    expires_at: datetime | None


class QuestionStanding(BaseModel):
    """Where a question stands; `over`: its two minutes have passed."""

    state: RequestState
    over: bool


class QuestionAnswered(BaseModel):
    """What came of a question. Fields stand here once, at the call that took them."""

    state: RequestState
    over: bool
    kind: str | None
    fields: list[FieldValue]


class OwnSign(BaseModel):
    """A sign of this organisation."""

    id: str
    place: str
    scene: str
    purpose: str
    ends_at: datetime
    stands: bool = Field(description="Whether phones are told that it is good.")
    address: str | None = Field(description="What stands in its QR.")


class OwnSigns(BaseModel):
    """Every sign of this organisation in this token's scenes, the newest first."""

    items: list[OwnSign]


class AnswerLying(BaseModel):
    """An answer that a holder gave at a sign and nobody has taken."""

    id: str
    kind: str
    answered_at: datetime


class AnswersLying(BaseModel):
    """What lies at a sign, the oldest first."""

    items: list[AnswerLying]


def ask_question(body: QuestionWanted) -> QuestionAsked:
    """Ask for named fields; the holder sees who, why and what, and confirms or declines."""
    who = spend_look()
    wanted = Wanted(tuple(dict.fromkeys(body.fields)), body.purpose)
    with database().unit_of_work() as session:
        asked = ask(session, body.code, who, wanted)
    if isinstance(asked, CodeRefused):
        return QuestionAsked(id=None, reason=asked.reason.value, expires_at=None)
    return QuestionAsked(id=asked.id, reason=None, expires_at=asked.expires_at)


def see_question(question_id: str) -> QuestionStanding:
    """Watch a question of this credential's own; ask again with If-None-Match each second."""
    with database().reading() as session:
        found = standing(session, question_id, looker())
    return QuestionStanding(state=found.state, over=found.over)


def take_answer(question_id: str) -> QuestionAnswered:
    """Take what the holder confirmed, once; before that nothing but its state is told."""
    with database().unit_of_work() as session:
        answer = collect(session, question_id, looker())
    return _answered(answer)


def list_signs() -> OwnSigns:
    """List this organisation's signs in this token's scenes."""
    own = program()
    with database().reading() as session:
        items = [
            _sign(sign, sign_code(session, sign) if sign.verifier else None)
            for sign in signs_of(session, own.organisation_id)
            if sign.scene in own.scenes
        ]
    return OwnSigns(items=items)


def list_answers(sign_id: str) -> AnswersLying:
    """List what holders confirmed at a sign of this organisation; ask again each second."""
    _own_sign(sign_id)
    with database().reading() as session:
        lying = waiting_at(session, sign_id)
    items = [
        AnswerLying(id=each.id, kind=each.title, answered_at=each.answered_at) for each in lying
    ]
    return AnswersLying(items=items)


def take_sign_answer(sign_id: str, question_id: str) -> QuestionAnswered:
    """Take what a holder confirmed at a sign of this organisation, once."""
    at_sign, credential = _own_sign(sign_id), program().credential_id
    with database().unit_of_work() as session:
        answer = collect(session, question_id, at_sign, taken_by=credential)
    return _answered(answer)


def _own_sign(sign_id: str) -> Looker:
    own = program()
    with database().reading() as session:
        sign = sign_of(session, sign_id)
    if sign.organisation_id != own.organisation_id or sign.scene not in own.scenes:
        raise NotFound("partner_sign_not_found")
    if sign.verifier is None:
        raise Conflict("sign_over")
    return looker_of(sign.verifier)


def _sign(sign: SignView, code: str | None) -> OwnSign:
    return OwnSign(
        id=sign.id,
        place=sign.place,
        scene=sign.scene,
        purpose=sign.purpose,
        ends_at=sign.ends_at,
        stands=sign.verifier is not None,
        address=f"{settings().public_origin}{SIGN_PATH}{code}" if code else None,
    )


def _answered(answer: Answer) -> QuestionAnswered:
    return QuestionAnswered(
        state=answer.state,
        over=answer.over,
        kind=answer.title,
        fields=values_of(answer.fields),
    )


_NO_QUESTION = {HTTPStatus.NOT_FOUND: ("request_not_found",)}
_NO_SIGN = {
    HTTPStatus.NOT_FOUND: ("partner_sign_not_found",),
    HTTPStatus.CONFLICT: ("sign_over",),
}
DOORS = (
    Door(
        "POST",
        "/questions",
        ask_question,
        PROGRAM,
        refuses={
            HTTPStatus.UNPROCESSABLE_ENTITY: ("question_invalid",),
            HTTPStatus.CONFLICT: ("certificate_not_serving",),
            HTTPStatus.TOO_MANY_REQUESTS: QUOTAS,
        },
    ),
    Door("GET", "/questions/<question_id>", see_question, PROGRAM, refuses=_NO_QUESTION),
    Door(
        "POST",
        "/questions/<question_id>/answer",
        take_answer,
        PROGRAM,
        refuses=_NO_QUESTION,
        holds_secrets=True,
    ),
    Door(
        "GET",
        "/signs",
        list_signs,
        PROGRAM,
        refuses={HTTPStatus.SERVICE_UNAVAILABLE: ("issuer_key_missing",)},
    ),
    Door("GET", "/signs/<sign_id>/answers", list_answers, PROGRAM, refuses=_NO_SIGN),
    Door(
        "POST",
        "/signs/<sign_id>/answers/<question_id>",
        take_sign_answer,
        PROGRAM,
        refuses={
            **_NO_SIGN,
            HTTPStatus.NOT_FOUND: ("partner_sign_not_found", "request_not_found"),
        },
        holds_secrets=True,
    ),
)
