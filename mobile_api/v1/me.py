"""`/me`: what the house knows of whoever is signed in, and how he proves who he is."""

from http import HTTPStatus
from typing import Annotated, Literal

from flask import g
from pydantic import BaseModel, Field, StringConstraints

from kiosk_server.core.errors import Invalid, Unavailable
from kiosk_server.core.masking import mask_name, mask_number
from kiosk_server.residents.accounts import masked_number
from kiosk_server.residents.assurance import Act, Level, Way, acts_at
from kiosk_server.residents.models import AccountPhone, PhoneAccount, Resident
from kiosk_server.residents.numbers import CardKind
from kiosk_server.residents.phones import view_of
from kiosk_server.residents.ports import MessengerRefused
from kiosk_server.residents.proving import (
    LONGEST_NAME,
    NameRefused,
    check_name,
    use_binding_code,
)
from kiosk_server.residents.services import name_of, number_of
from kiosk_server.residents.signing_in import link_mini_program
from kiosk_server.web.request_context import database
from mobile_api.access import holder, signed_in
from mobile_api.doors import Door
from mobile_api.partners import partners, ways
from mobile_api.v1.schemas import Asked
from mobile_api.v1.session import messenger_refusal


class Me(BaseModel):
    """Whoever is signed in, masked: a phone lies on tables."""

    phone_number: str | None = Field(description="Masked; null where no partner told one.")
    level: Level
    may: list[Act]
    name: str | None = Field(description="Masked; null until this phone's holder has proven it.")
    identity_number: str | None = Field(description="Masked, as the name.")
    ways_to_prove: list[Way] = Field(description="How the level can be raised here.")
    simulated: list[str] = Field(description="Partners that only play their part: development.")


class NameSaid(Asked):
    """Name and identity number, to be compared with the account's phone number."""

    name: Annotated[str, StringConstraints(min_length=2, max_length=LONGEST_NAME)]
    identity_number: Annotated[str, StringConstraints(min_length=15, max_length=18)]
    kind: CardKind = CardKind.RESIDENT


class BindingCodeTyped(Asked):
    """The eight digits that a terminal or a window shows to a person whose card it has seen."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{4} ?[0-9]{4}$")]


class LinkWanted(Asked):
    """A messenger's sign-in code, to be linked to this account."""

    partner: Literal["mini_program"]
    code: Annotated[str, StringConstraints(min_length=1, max_length=200)]


def see_me() -> Me:
    """Tell the holder of this phone what is known of him."""
    seen = holder()
    with database().reading() as session:
        account = session.get_one(PhoneAccount, seen.account_id)
        resident = session.get(Resident, seen.resident_id) if seen.resident_id else None
        open_ways = ways()
        proofs = [Way.ID_CARD, Way.WINDOW]
        proofs += [Way.NAME_CHECK] if open_ways.name_check and account.number_sealed else []
        proofs += [Way.REGION] if open_ways.region else []
        return Me(
            phone_number=masked_number(session, account),
            level=seen.level,
            may=list(acts_at(seen.level)),
            name=mask_name(name_of(session, resident)) if resident else None,
            identity_number=mask_number(number_of(session, resident)) if resident else None,
            ways_to_prove=proofs,
            simulated=list(open_ways.simulated),
        )


def prove_by_name(body: NameSaid) -> Me:
    """Have name, identity number and phone number compared, and bind them where they agree."""
    source = partners().real_names
    if source is None:
        raise Unavailable("no_name_check")
    outcome = check_name(
        database(), source, holder(), name=body.name, number=body.identity_number, kind=body.kind
    )
    return _proven(outcome)


def prove_by_code(body: BindingCodeTyped) -> Me:
    """Take the code that a terminal or window shows to the person before it."""
    with database().unit_of_work() as session:
        outcome = use_binding_code(session, holder(), body.code)
    return _proven(outcome)


def link_partner(body: LinkWanted) -> None:
    """Link a messenger's user to this account, so that its mini program signs him in."""
    program = partners().mini_program
    if program is None:
        raise Unavailable("no_mini_program")
    outcome = link_mini_program(database(), program, holder(), body.code)
    if isinstance(outcome, MessengerRefused):
        raise messenger_refusal(outcome)


def _proven(outcome: object) -> Me:
    if isinstance(outcome, NameRefused):
        if outcome.code == "name_check_silent":
            raise Unavailable("name_check_silent")
        raise Invalid(outcome.code)
    _take_again()
    return see_me()


def _take_again() -> None:
    # The proof may have moved the phone to another account and raised its level.
    with database().reading() as session:
        phone = session.get_one(AccountPhone, holder().phone_id)
        account = session.get_one(PhoneAccount, phone.account_id)
        g.phone_holder = view_of(account, phone)


PROVE = signed_in(Act.PROVE_ONESELF)
DOORS = (
    Door("GET", "/me", see_me, signed_in(Act.SEE_ACCOUNT)),
    Door(
        "POST",
        "/me/name-checks",
        prove_by_name,
        PROVE,
        refuses={
            HTTPStatus.FORBIDDEN: ("phone_number_missing",),
            HTTPStatus.CONFLICT: ("phone_is_anothers",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("number_invalid", "name_invalid", "name_differs"),
            HTTPStatus.TOO_MANY_REQUESTS: ("too_many_name_checks",),
            HTTPStatus.SERVICE_UNAVAILABLE: ("no_name_check", "name_check_silent"),
        },
    ),
    Door(
        "POST",
        "/me/binding-codes",
        prove_by_code,
        PROVE,
        refuses={
            HTTPStatus.CONFLICT: ("phone_is_anothers",),
            HTTPStatus.UNPROCESSABLE_ENTITY: ("binding_code_wrong",),
            HTTPStatus.TOO_MANY_REQUESTS: ("too_many_name_checks",),
        },
    ),
    Door(
        "POST",
        "/me/links",
        link_partner,
        PROVE,
        HTTPStatus.NO_CONTENT,
        refuses={
            HTTPStatus.UNPROCESSABLE_ENTITY: ("mini_program_code_refused",),
            HTTPStatus.SERVICE_UNAVAILABLE: ("no_mini_program", "mini_program_silent"),
        },
    ),
)
