"""
A phone signs in (登录): by a code to its number, or as a user of a mini program that was linked.

    by_code(session, challenge, typed, device)            -> AccountPhone | CodeRefused
    by_mini_program(database, program, code, device)      -> phone's id | MessengerRefused
    link_mini_program(database, program, holder, code)    -> None | MessengerRefused

A mini program proves no number and no name: only who has signed in by one of those before can link
it, and it signs him in at the lowest level.
"""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.core.database import Database
from kiosk_server.residents.accounts import link, linked, open_by_number
from kiosk_server.residents.assurance import Way, given
from kiosk_server.residents.models import AccountPhone, PhoneAccount
from kiosk_server.residents.phones import Device, PhoneHolder, open_phone
from kiosk_server.residents.ports import MessengerRefused, MiniProgram
from kiosk_server.residents.sign_in_codes import STRANGER, CodeRefused, NumberProven, check_code

MINI_PROGRAM = "mini_program"


def by_code(
    session: Session, challenge: str, typed: str, device: Device
) -> AccountPhone | CodeRefused:
    """Sign *device* in to the account of the number that the code went to, new or not."""
    outcome = check_code(session, challenge, typed)
    if not isinstance(outcome, NumberProven):
        return outcome
    account = open_by_number(session, outcome.number)
    return open_phone(session, account, device, way=Way.SMS_CODE, level=given(Way.SMS_CODE))


def by_mini_program(
    database: Database, program: MiniProgram, code: str, device: Device
) -> str | MessengerRefused:
    """Sign *device* in as the messenger's user; `not_linked` where nobody linked him. Its id."""
    user = program.identify(code)
    if isinstance(user, MessengerRefused):
        _audit_refusal(database, user)
        return user
    with database.unit_of_work() as session:
        account = linked(session, MINI_PROGRAM, user.open_id)
        if account is None:
            return MessengerRefused("not_linked")
        way = Way.MINI_PROGRAM
        return open_phone(session, account, device, way=way, level=given(way)).id


def link_mini_program(
    database: Database, program: MiniProgram, holder: PhoneHolder, code: str
) -> MessengerRefused | None:
    """Link the messenger's user to the account of who is signed in."""
    user = program.identify(code)
    if isinstance(user, MessengerRefused):
        _audit_refusal(database, user)
        return user
    with database.unit_of_work() as session:
        link(session, session.get_one(PhoneAccount, holder.account_id), MINI_PROGRAM, user.open_id)
    return None


def _audit_refusal(database: Database, refusal: MessengerRefused) -> None:
    with database.unit_of_work() as session:
        facts = {"step": MINI_PROGRAM, "code": refusal.code}
        note(session, AuditEvent.ACCOUNT_REFUSED, actor=STRANGER, facts=facts)
