"""
Signed in by the region's app (新服办) and handed over to us (P48).

    begin(database, region, back=, next_path=)                      -> HandOverBegun | RegionRefused
    finish(database, region, state=, code=, browser=, back=, ...)   -> HandedOver | RegionRefused

The state serves once, for ten minutes, and only in the browser that began: its secret stands in a
cookie, so that nobody can be signed in to somebody else's account by a link. Nonce and PKCE
verifier never leave the server.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import note
from kiosk_server.core import clock
from kiosk_server.core.database import Database, canonical_json, keyring_of
from kiosk_server.core.identifiers import digest, new_id, new_token
from kiosk_server.residents import accounts
from kiosk_server.residents.assurance import Level, Way, given, names_person
from kiosk_server.residents.models import AccountPhone, HandOver, PhoneAccount
from kiosk_server.residents.phone_rules import HAND_OVER_LIFE, mobile_number
from kiosk_server.residents.phones import Device, open_phone
from kiosk_server.residents.ports import RegionPerson, RegionRefused, RegionSignIn
from kiosk_server.residents.services import find_or_register
from kiosk_server.residents.sign_in_codes import STRANGER

REGION = "region"


@dataclass(frozen=True)
class HandOverBegun:
    """Where the browser goes, and the secret that its cookie keeps."""

    address: str
    browser: str


@dataclass(frozen=True)
class HandedOver:
    """The phone is signed in; the page that was asked for waits."""

    phone_id: str
    next_path: str


@dataclass(frozen=True)
class _Waiting:
    nonce: str
    verifier: str
    next_path: str


def begin(
    database: Database, region: RegionSignIn, *, back: str, next_path: str
) -> HandOverBegun | RegionRefused:
    """Prepare a sign-in at *region* that returns to *back* and then leads to *next_path*."""
    state, browser, nonce, verifier = new_token(), new_token(), new_token(128), new_token(384)
    begun = region.begin(state=state, nonce=nonce, verifier=verifier, back=back)
    if isinstance(begun, RegionRefused):
        return begun
    row = new_id()
    proof = canonical_json({"nonce": nonce, "verifier": verifier})
    with database.unit_of_work() as session:
        sealed = keyring_of(session).seal(proof, table="hand_over", column="proof", row=row)
        session.add(
            HandOver(
                id=row,
                state_digest=digest(state),
                browser_digest=digest(browser),
                proof_sealed=sealed,
                next_path=next_path,
                expires_at=clock.now() + HAND_OVER_LIFE,
            )
        )
    return HandOverBegun(begun.address, browser)


def finish(
    database: Database,
    region: RegionSignIn,
    *,
    state: str,
    code: str,
    browser: str,
    back: str,
    device: Device,
) -> HandedOver | RegionRefused:
    """Take who returns from *region*: `hand_over_over` where this browser began no such thing."""
    with database.unit_of_work() as session:
        waiting = _take(session, state, browser)
        if waiting is None:
            return _refuse(session, RegionRefused("hand_over_over"))
    person = region.finish(code=code, nonce=waiting.nonce, verifier=waiting.verifier, back=back)
    with database.unit_of_work() as session:
        if isinstance(person, RegionRefused):
            return _refuse(session, person)
        phone = _sign_in(session, person, device)
        return HandedOver(phone.id, waiting.next_path)


def forget_hand_overs(session: Session) -> int:
    """Delete what nobody came back to; return how many."""
    old = HandOver.expires_at < clock.now() - timedelta(hours=1)
    result = session.execute(delete(HandOver).where(old))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _take(session: Session, state: str, browser: str) -> _Waiting | None:
    row = session.scalar(
        select(HandOver).where(HandOver.state_digest == digest(state)).with_for_update()
    )
    if row is None or row.used_at is not None or row.expires_at <= clock.now():
        return None
    if not hmac.compare_digest(row.browser_digest, digest(browser)):
        # Whose it is may still return: a stranger's try does not use his state up.
        return None
    row.used_at = clock.now()
    session.flush()
    proof = json.loads(
        keyring_of(session).open(row.proof_sealed, table="hand_over", column="proof", row=row.id)
    )
    return _Waiting(proof["nonce"], proof["verifier"], row.next_path)


def _sign_in(session: Session, person: RegionPerson, device: Device) -> AccountPhone:
    account = accounts.linked(session, REGION, person.subject) or _account_of(session, person)
    phone = open_phone(session, account, device, way=Way.REGION, level=Level.NUMBER)
    level = given(Way.REGION, person.level)
    if names_person(level) and person.name and person.number:
        resident = find_or_register(
            session, number=person.number, name=person.name, kind=person.kind
        )
        account = accounts.prove(session, phone, resident, way=Way.REGION, claimed=level)
    accounts.link(session, account, REGION, person.subject)
    return phone


def _account_of(session: Session, person: RegionPerson) -> PhoneAccount:
    number = mobile_number(person.phone or "")
    if number:
        return accounts.open_by_number(session, number)
    return accounts.open_without_number(session)


def _refuse(session: Session, refusal: RegionRefused) -> RegionRefused:
    facts = {"step": REGION, "code": refusal.code}
    note(session, AuditEvent.ACCOUNT_REFUSED, actor=STRANGER, facts=facts)
    return refusal
