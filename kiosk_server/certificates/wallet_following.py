"""
Following what a department tells of its certificates: known ones are brought up to date, new ones
begin, newer versions end older ones, and what is told no more is cancelled.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates.certificate_types import CertificateType
from kiosk_server.certificates.facts import seal_facts
from kiosk_server.certificates.holders import Holder, HolderKind, masked_name_of
from kiosk_server.certificates.identifier import parse
from kiosk_server.certificates.lives import (
    LIFE,
    CertificateState,
    CertificateVerb,
    ChangeReason,
    verb_between,
)
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.ports import HeldCertificate
from kiosk_server.certificates.rules import CODE_LENGTH
from kiosk_server.certificates.services import PLATFORM, note_about
from kiosk_server.certificates.versions import change
from kiosk_server.certificates.wallet import content_of, platform_rows, seal_content
from kiosk_server.core import clock
from kiosk_server.core.database import keyring_of
from kiosk_server.core.identifiers import CROCKFORD, new_code, new_id

_STANDING = (CertificateState.VALID, CertificateState.WITHHELD, CertificateState.LAPSED)
_GOOD_FOR = "供持证人亮证、授权用证使用"
_NOT_GOOD_FOR = "打印件、截图不作为原件使用"


def follow(
    session: Session,
    holder: Holder,
    kind: CertificateType,
    held: Sequence[HeldCertificate],
    *,
    kept_until: datetime,
    simulated: bool,
) -> None:
    """Bring what is kept of one type of one holder to what its department told just now."""
    known = platform_rows(session, holder, kind.id)
    followed: set[str] = set()
    for told in held:
        row = _latest_of(session, known, told)
        state = _state_today(told)
        if state is None:
            # Its word for the state is not understood: what we know of it is left as it is.
            followed.update({row.id} if row else ())
            continue
        if row is None or _begins_anew(row, told, state):
            row = _begin(session, holder, kind, told, row, simulated=simulated)
        _bring_up_to_date(session, row, told, state, kept_until)
        followed.add(row.id)
    for row in known:
        if row.id not in followed and CertificateState(row.state) in _STANDING:
            _change(session, row, CertificateVerb.CANCEL)


def _latest_of(
    session: Session, known: Sequence[Certificate], told: HeldCertificate
) -> Certificate | None:
    same = [row for row in known if _is_same(session, row, told)]
    return max(same, key=lambda row: (row.version, row.id), default=None)


def _is_same(session: Session, row: Certificate, told: HeldCertificate) -> bool:
    if row.identifier is not None and told.identifier is not None:
        return parse(row.identifier).without_version == parse(told.identifier).without_version
    return content_of(session, row).get("number") == told.content.get("number")


def _begins_anew(row: Certificate, told: HeldCertificate, state: CertificateState) -> bool:
    if told.identifier is not None and row.identifier is not None:
        if parse(told.identifier).version > parse(row.identifier).version:
            return True
    elif told.issued_on > row.issued_on:
        return True
    # A department that stands by it again after an end: the old row keeps its end.
    now_is = CertificateState(row.state)
    return (
        state is CertificateState.VALID
        and now_is is not CertificateState.VALID
        and verb_between(now_is, state) is None
    )


def _begin(
    session: Session,
    holder: Holder,
    kind: CertificateType,
    told: HeldCertificate,
    old: Certificate | None,
    *,
    simulated: bool,
) -> Certificate:
    if old is not None and CertificateVerb.RENEW in LIFE.open_verbs(CertificateState(old.state)):
        _change(session, old, CertificateVerb.RENEW)
    elif old is not None and CertificateState(old.state) is CertificateState.WITHHELD:
        _change(session, old, CertificateVerb.CANCEL)
    row = Certificate(
        id=new_id(),
        type_id=kind.id,
        origin=PLATFORM,
        number=None,
        code=new_code(CODE_LENGTH, CROCKFORD),
        identifier=told.identifier,
        version=_version(told, old),
        succeeds_id=old.id if old else None,
        kind=kind.names["zh"],
        resident_id=holder.id if holder.kind is HolderKind.PERSON else None,
        organisation_id=holder.id if holder.kind is HolderKind.ORGANISATION else None,
        issuer=told.issuer,
        issued_on=told.issued_on,
        issued_at=clock.now(),
        valid_from=told.valid_from,
        valid_until=told.valid_until,
        masked_holder=masked_name_of(session, holder),
        good_for=_GOOD_FOR,
        not_good_for=_NOT_GOOD_FOR,
        bears_seal=False,
        sample=simulated,
        state=LIFE.after(CertificateState.PREPARED, CertificateVerb.ISSUE),
    )
    row.facts_sealed = seal_facts(keyring_of(session), row.id, ())
    session.add(row)
    session.flush()
    found: dict[str, str | int] = {"type": kind.id, "version": row.version}
    note_about(session, AuditEvent.CERTIFICATE_FOUND, row, by=SYSTEM, facts=found)
    return row


def _version(told: HeldCertificate, old: Certificate | None) -> int:
    if told.identifier is not None:
        return parse(told.identifier).version
    return old.version + 1 if old else 1


def _bring_up_to_date(
    session: Session,
    row: Certificate,
    told: HeldCertificate,
    state: CertificateState,
    kept_until: datetime,
) -> None:
    row.identifier = told.identifier or row.identifier
    row.issuer, row.issued_on = told.issuer, told.issued_on
    row.valid_from, row.valid_until = told.valid_from, told.valid_until
    row.content_sealed = seal_content(session, row.id, told.content)
    row.kept_until = kept_until
    session.flush()
    verb = verb_between(CertificateState(row.state), state)
    if verb is not None:
        _change(session, row, verb)


def _state_today(told: HeldCertificate) -> CertificateState | None:
    # Departments call valid what is past its day until somebody there looks at it.
    past = told.valid_until is not None and told.valid_until < clock.beijing_today()
    if told.state is CertificateState.VALID and past:
        return CertificateState.LAPSED
    return told.state


def _change(session: Session, row: Certificate, verb: CertificateVerb) -> None:
    change(session, row, verb, reason=ChangeReason.TOLD_BY_ISSUER, by=SYSTEM)
