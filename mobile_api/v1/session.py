"""`/session`: a code to a number, the sign-in, the next pair of tokens, the end."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from flask import request
from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.core import clock
from kiosk_server.core.errors import Conflict, Invalid, Refused, Unavailable
from kiosk_server.residents.assurance import Act, Level, acts_at
from kiosk_server.residents.models import AccountPhone
from kiosk_server.residents.my_phones import sign_out_there
from kiosk_server.residents.phone_rules import PhoneKind
from kiosk_server.residents.phones import (
    Device,
    RefreshRefused,
    Tokens,
    issue_tokens,
    refresh,
)
from kiosk_server.residents.ports import MessengerRefused
from kiosk_server.residents.sign_in_codes import RESEND_AFTER, CodeRefused, ask_code
from kiosk_server.residents.signing_in import by_code, by_mini_program
from kiosk_server.web.request_context import database
from mobile_api.access import ANYBODY, holder, signed_in
from mobile_api.doors import Door
from mobile_api.partners import partners
from mobile_api.v1.schemas import LANGUAGES, Asked, Label, Secret

Language = Annotated[str, StringConstraints(pattern=LANGUAGES)]


class CodeWanted(Asked):
    """A number that wants a code."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=30)] = Field(
        description="A mainland mobile number, with or without +86.", examples=["13800000000"]
    )
    language: Language = "zh"
    voice: bool = Field(default=False, description="Read the code out in a call.")


class CodeOnItsWay(BaseModel):
    """Said alike for every number, whether it is known or not."""

    challenge: str = Field(description="The asker's half: sent back with the code.")
    expires_at: datetime
    again_after: datetime = Field(description="Before that no other code is sent to the number.")
    simulated: bool = Field(description="No phone receives anything: development only.")


class DeviceSaid(Asked):
    """What the phone says of itself; the label stands on its holder's list."""

    label: Label = "App"
    language: Language = "zh"


class SignIn(Asked):
    """One way in: `code` with its challenge, or `mini_program` with the messenger's code."""

    way: Literal["code", "mini_program"]
    code: Annotated[str, StringConstraints(min_length=4, max_length=200)]
    challenge: Secret | None = None
    device: DeviceSaid = DeviceSaid()


class Session(BaseModel):
    """The two secrets of a phone that is signed in, and how sure we are of its holder."""

    phone_id: str
    level: Level
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


class RefreshWanted(Asked):
    """A refresh token, which serves once."""

    refresh_token: Secret


class SessionSeen(BaseModel):
    """Who is signed in here."""

    phone_id: str
    level: Level
    may: list[Act]


def ask_for_code(body: CodeWanted) -> CodeOnItsWay:
    """Send a one-time code to a number. The answer is the same for every number."""
    messages = partners().messages
    if messages is None:
        raise Unavailable("no_short_messages")
    asked = ask_code(
        database(),
        number=body.number,
        source=request.remote_addr,
        language=body.language,
        voice=body.voice,
    )
    return CodeOnItsWay(
        challenge=asked.challenge,
        expires_at=asked.expires_at,
        again_after=clock.now() + RESEND_AFTER,
        simulated=messages.simulated,
    )


def sign_in(body: SignIn) -> Session:
    """Sign this phone in."""
    if body.way == "mini_program":
        return _by_mini_program(body)
    with database().unit_of_work() as session:
        device = Device(PhoneKind.APP, body.device.label, body.device.language)
        outcome = by_code(session, body.challenge or "", body.code, device)
        tokens = None if isinstance(outcome, CodeRefused) else issue_tokens(session, outcome)
    if isinstance(outcome, CodeRefused) or tokens is None:
        raise _wrong_code(outcome)
    return _session(tokens)


def refresh_tokens(body: RefreshWanted) -> Session:
    """Spend a refresh token for the next pair. A spent one signs its phone out."""
    with database().unit_of_work() as session:
        outcome = refresh(session, body.refresh_token)
    if isinstance(outcome, RefreshRefused):
        raise Refused(outcome.code)
    return _session(outcome)


def see_session() -> SessionSeen:
    """Say who is signed in with this token."""
    seen = holder()
    return SessionSeen(phone_id=seen.phone_id, level=seen.level, may=list(acts_at(seen.level)))


def sign_out() -> None:
    """Sign this phone out; none of its tokens serves any more."""
    with database().unit_of_work() as session:
        sign_out_there(session, holder(), holder().phone_id)


def _by_mini_program(body: SignIn) -> Session:
    program = partners().mini_program
    if program is None:
        raise Unavailable("no_mini_program")
    device = Device(PhoneKind.MINI_PROGRAM, body.device.label, body.device.language)
    outcome = by_mini_program(database(), program, body.code, device)
    if isinstance(outcome, MessengerRefused):
        raise messenger_refusal(outcome)
    with database().unit_of_work() as session:
        return _session(issue_tokens(session, session.get_one(AccountPhone, outcome)))


def messenger_refusal(refusal: MessengerRefused) -> Conflict | Invalid | Unavailable:
    """Return what a messenger's refusal is to a caller."""
    match refusal.code:
        case "not_linked":
            return Conflict("mini_program_not_linked")
        case "too_often" | "silent":
            return Unavailable("mini_program_silent")
        case _:
            return Invalid("mini_program_code_refused")


def _wrong_code(outcome: object) -> Invalid:
    if isinstance(outcome, CodeRefused) and outcome.code == "code_wrong":
        return Invalid("sign_in_code_wrong", tries_left=outcome.tries_left)
    return Invalid("sign_in_code_over")


def _session(tokens: Tokens) -> Session:
    return Session(
        phone_id=tokens.phone_id,
        level=tokens.level,
        access_token=tokens.access,
        access_expires_at=tokens.access_expires_at,
        refresh_token=tokens.refresh,
        refresh_expires_at=tokens.refresh_expires_at,
    )


DOORS = (
    Door(
        "POST",
        "/session/codes",
        ask_for_code,
        ANYBODY,
        HTTPStatus.ACCEPTED,
        refuses={
            HTTPStatus.UNPROCESSABLE_ENTITY: ("phone_number_invalid",),
            HTTPStatus.TOO_MANY_REQUESTS: ("too_many_codes",),
            HTTPStatus.SERVICE_UNAVAILABLE: ("no_short_messages",),
        },
        holds_secrets=True,
    ),
    Door(
        "POST",
        "/session",
        sign_in,
        ANYBODY,
        HTTPStatus.CREATED,
        refuses={
            HTTPStatus.UNPROCESSABLE_ENTITY: (
                "sign_in_code_wrong",
                "sign_in_code_over",
                "mini_program_code_refused",
            ),
            HTTPStatus.CONFLICT: ("mini_program_not_linked",),
            HTTPStatus.SERVICE_UNAVAILABLE: ("no_mini_program", "mini_program_silent"),
        },
        holds_secrets=True,
    ),
    Door(
        "POST",
        "/session/refreshes",
        refresh_tokens,
        ANYBODY,
        HTTPStatus.CREATED,
        refuses={HTTPStatus.UNAUTHORIZED: ("sign_in_needed", "refresh_reused")},
        holds_secrets=True,
    ),
    Door("GET", "/session", see_session, signed_in(Act.SEE_ACCOUNT)),
    Door("DELETE", "/session", sign_out, signed_in(Act.SEE_ACCOUNT), HTTPStatus.NO_CONTENT),
)
