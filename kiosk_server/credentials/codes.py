"""
Offline codes given out, and the lists published about them.

Codes are fetched a batch at a time, one short window after the other, so that a phone without a
network can show for hours and a photograph serves for minutes. A new batch stops the one before.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, FactValue, Subject, note
from kiosk_server.certificates.certificate_types import certificate_types
from kiosk_server.certificates.lives import CertificateState
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.rules import Standing, judge
from kiosk_server.certificates.wallet import content_of
from kiosk_server.core import clock
from kiosk_server.core.clock import BEIJING
from kiosk_server.core.errors import Conflict, FieldFault, Invalid, Unavailable
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.masking import mask_name, mask_number
from kiosk_server.credentials import keys
from kiosk_server.credentials.lists import (
    Issuer,
    StatusList,
    TrustList,
    write_status_list,
    write_trust_list,
)
from kiosk_server.credentials.models import IssuedCredential
from kiosk_server.credentials.offline import LEEWAY, OfflineFacts, write
from kiosk_server.credentials.status import OF_STATE, PLACES, Status
from kiosk_server.residents.models import AccountPhone
from kiosk_server.showing.scenes import fields_of, scene_named

OFFLINE_CODE = "offline_code"
MOST_CODES = 48
STATUS_PATH, TRUST_PATH = "/status/1", "/trust"
_TRIES = 12
_NAMES = ("holder_name", "mother_name", "father_name", "spouse_name", "household_head")
_NUMBERS = ("number", "holder_code", "file_number", "household_number")


@dataclass(frozen=True)
class CodeTerms:
    """How long a code and the lists serve."""

    window: timedelta = timedelta(minutes=15)
    """How long one code of a batch serves."""
    status_step: timedelta = timedelta(minutes=1)
    """Lists of one step are the same bytes."""
    status_life: timedelta = timedelta(hours=24)
    trust_step: timedelta = timedelta(hours=1)
    trust_life: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class OfflineCode:
    """One code as the phone keeps it."""

    id: str
    text: str
    not_before: datetime
    expires_at: datetime


def issue_codes(
    session: Session,
    certificate: Certificate,
    *,
    scene_id: str,
    origin: str,
    count: int,
    by: Actor,
    fields: Sequence[str] | None = None,
    phone_id: str | None = None,
    audience: str | None = None,
    terms: CodeTerms | None = None,
) -> list[OfflineCode]:
    """Return *count* codes of consecutive windows, the first one serving now; fewer where the
    certificate ends before.

    *fields*: what the holder chose of the scene's fields, None for all of them. Names and numbers
    are masked whatever the scene gives: anybody with a camera reads a code. Raises
    `NotFound("scene_not_found")`, `Invalid("fields_not_in_scene")`, `Conflict` with the reason why
    the certificate does not serve, `Unavailable` without a key. Whose it is, the caller has asked.
    """
    if not 1 <= count <= MOST_CODES:
        raise Invalid(fields=[FieldFault("count", "count_unfit")])
    _require_standing(certificate)
    shown = shown_fields(session, certificate, scene_id, fields)
    terms, signer = terms or CodeTerms(), keys.code_signer(session)
    # The moments in a code are whole seconds, and a look finds the row by them.
    now = clock.now().replace(microsecond=0)
    stop_batch(session, certificate.id, phone_id)
    codes = []
    for start, end in _windows(certificate, now, count, terms.window):
        row = _row(session, certificate, phone_id, expires_at=end)
        facts = OfflineFacts(
            issuer=origin,
            kind=certificate.type_id,
            masked_name=certificate.masked_holder,
            scene=scene_id,
            issued_at=now,
            not_before=start,
            expires_at=row.expires_at,
            place=row.place,
            list_address=origin + STATUS_PATH,
            code_id=secrets.token_bytes(8),
            fields=shown,
            audience=audience,
            sample=certificate.sample,
        )
        codes.append(OfflineCode(row.id, write(signer, facts), start, row.expires_at))
    told: dict[str, FactValue] = {"count": len(codes), "scene": scene_id, "kid": signer.kid}
    subject = Subject("certificate", certificate.id)
    note(session, AuditEvent.OFFLINE_CODES_ISSUED, actor=by, subject=subject, facts=told)
    return codes


def shown_fields(
    session: Session, certificate: Certificate, scene_id: str, chosen: Sequence[str] | None = None
) -> dict[str, str]:
    """Return what a code of this scene says besides kind and masked name, masked as it says it.

    Raises `NotFound("scene_not_found")` and `Invalid("fields_not_in_scene")`.
    """
    kind = certificate_types()[certificate.type_id]
    given = [field.id for field in fields_of(scene_named(scene_id), kind)]
    if not given or not set(chosen or ()) <= set(given):
        raise Invalid("fields_not_in_scene", fields=[FieldFault("fields", "fields_not_in_scene")])
    wanted = given if chosen is None else [name for name in given if name in chosen]
    content = content_of(session, certificate)
    # The holder's name stands in every code already, masked.
    return {
        name: _masked(name, content[name])
        for name in wanted
        if name in content and name != "holder_name"
    }


def stop_batch(session: Session, certificate_id: str, phone_id: str | None) -> None:
    """Stop what a phone keeps of a certificate: verifiers hear of it with their next list."""
    session.execute(
        update(IssuedCredential)
        .where(
            IssuedCredential.kind == OFFLINE_CODE,
            IssuedCredential.certificate_id == certificate_id,
            IssuedCredential.phone_id == phone_id,
            IssuedCredential.stopped_at.is_(None),
        )
        .values(stopped_at=clock.now())
    )


def forget_credentials(session: Session) -> int:
    """Forget what is over; its places in the list are free again. Return how many."""
    over = clock.now() - 2 * LEEWAY
    gone = delete(IssuedCredential).where(IssuedCredential.expires_at < over)
    return len(session.scalars(gone.returning(IssuedCredential.id)).all())


def status_list(session: Session, *, origin: str, terms: CodeTerms | None = None) -> bytes:
    """Return the signed list of what no longer serves, the same bytes within one step."""
    terms = terms or CodeTerms()
    issued_at = _floor(clock.now(), terms.status_step)
    head = StatusList(origin + STATUS_PATH, issued_at, issued_at + terms.status_life, b"")
    ttl = int(terms.status_step.total_seconds())
    signer = keys.signer(session)
    return write_status_list(signer, _statuses(session), head, issuer=origin, ttl=ttl)


def trust_list(session: Session, *, origin: str, terms: CodeTerms | None = None) -> bytes:
    """Return the signed list of the keys that are believed, the same bytes within one step."""
    terms = terms or CodeTerms()
    issued_at = _floor(clock.now(), terms.trust_step)
    own = Issuer(origin, origin + STATUS_PATH, tuple(keys.published_keys(session)))
    listed = TrustList(
        keys.keys_version(session), issued_at, issued_at + terms.trust_life, issuers=(own,)
    )
    return write_trust_list(keys.signer(session), listed, issuer=origin)


def _require_standing(certificate: Certificate) -> None:
    state = CertificateState(certificate.state)
    verdict = judge(
        Standing(state, certificate.valid_until, certificate.valid_from),
        check_holds=None,
        today=clock.beijing_today(),
    )
    if not verdict.genuine:
        raise Conflict("certificate_not_serving", reason=verdict.word)


def _masked(name: str, value: str) -> str:
    if name in _NAMES:
        return mask_name(value)
    return mask_number(value) if name in _NUMBERS else value


def _windows(
    certificate: Certificate, now: datetime, count: int, length: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    last = certificate.valid_until
    over = None if last is None else datetime.combine(last + timedelta(days=1), time(), BEIJING)
    for number in range(count):
        start = now + number * length
        if over is not None and start >= over:
            return
        yield start, start + length if over is None else min(start + length, over)


def _row(
    session: Session, certificate: Certificate, phone_id: str | None, *, expires_at: datetime
) -> IssuedCredential:
    for _ in range(_TRIES):
        row = IssuedCredential(
            id=new_id(),
            kind=OFFLINE_CODE,
            place=secrets.randbelow(PLACES),
            certificate_id=certificate.id,
            phone_id=phone_id,
            issued_at=clock.now(),
            expires_at=expires_at,
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            continue
        return row
    raise Unavailable("status_list_full")


def _statuses(session: Session) -> dict[int, Status]:
    spoilt = session.execute(
        select(IssuedCredential.place, Certificate.state)
        .join(Certificate, Certificate.id == IssuedCredential.certificate_id)
        .outerjoin(AccountPhone, AccountPhone.id == IssuedCredential.phone_id)
        .where(
            (Certificate.state != CertificateState.VALID)
            | IssuedCredential.stopped_at.is_not(None)
            | AccountPhone.ended_at.is_not(None)
            # A phone that ended is forgotten after a while.
            | (IssuedCredential.phone_id.is_not(None) & AccountPhone.id.is_(None))
        )
    )
    return {place: OF_STATE.get(CertificateState(state), Status.STOPPED) for place, state in spoilt}


def _floor(moment: datetime, step: timedelta) -> datetime:
    seconds = int(step.total_seconds())
    return moment - timedelta(
        seconds=int(moment.timestamp()) % seconds, microseconds=moment.microsecond
    )
