"""
What is kept of one resident, counted.

    holdings_of(session, account_id, resident_id) -> list[Holding]
    looks_by_staff(session, resident_id)          -> list[StaffLook]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.models import AuditEntry
from kiosk_server.bills.models import BillPayment, KeptAccount
from kiosk_server.bookings.models import Booking, WaitingEntry
from kiosk_server.cases.models import Case
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import (
    AnnotatedCopy,
    Certificate,
    Objection,
    RefusalReport,
    UsageRecord,
)
from kiosk_server.certificates.services import HERE, PLATFORM
from kiosk_server.deliveries.models import DeliveryOrder, ResidentAddress
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.own_data.rules import ERASED_AT_ONCE, KEPT, DataKind, Until
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.residents.models import AccountNotice, AccountPhone, Consent
from kiosk_server.showing.models import DigitalCard, FieldRequest, ShowCode
from kiosk_server.suggestions.models import TagSwitch
from kiosk_server.visits.models import CarriedForm, Visit

_LATEST = 50
_LOOKS = (AuditEvent.PERSONAL_DATA_SEEN.value, AuditEvent.USES_SEEN.value)


@dataclass(frozen=True)
class Holding:
    """One kind of data: how many entries of it are kept now."""

    kind: DataKind
    count: int

    @property
    def until(self) -> Until:
        """How long it is kept."""
        return KEPT[self.kind]

    @property
    def erasable(self) -> bool:
        """Whether there is something that can be erased at once."""
        return self.kind in ERASED_AT_ONCE and self.count > 0


@dataclass(frozen=True)
class StaffLook:
    """That a member of staff opened something of this resident's."""

    at: datetime
    subject: str
    """What was opened: `certificate`, `objection`, `refusal_report`."""
    reason: str | None
    """As he stated it, where he had to."""


def holdings_of(session: Session, account_id: str, resident_id: str) -> list[Holding]:
    """Return how much of each kind is kept of a resident, in the order of the kinds."""
    account = AccountPhone.account_id == account_id
    notices = _count(session, AccountNotice.id, AccountNotice.account_id == account_id)
    told = _count(session, ResidentNotice.id, ResidentNotice.resident_id == resident_id)
    mine = Certificate.resident_id == resident_id
    from_departments = mine & (Certificate.origin == PLATFORM) & Certificate.kept_until.is_not(None)
    cards = (DigitalCard.resident_id == resident_id) & DigitalCard.stopped_at.is_(None)
    copies = (AnnotatedCopy.made_by == resident_id) & (AnnotatedCopy.fields != "")
    codes = _count(session, ShowCode.id, ShowCode.actor_id == resident_id)
    codes += _count(session, FieldRequest.id, FieldRequest.actor_id == resident_id)
    booked = _count(session, Booking.id, Booking.resident_id == resident_id)
    booked += _count(session, WaitingEntry.id, WaitingEntry.resident_id == resident_id)
    orders = select(PaymentOrder.id).where(PaymentOrder.payer_id == resident_id)
    counts = {
        DataKind.ACCOUNT: 1,
        DataKind.PERSON: 1,
        DataKind.PHONES: _count(session, AccountPhone.id, account),
        DataKind.CONSENTS: _count(session, Consent.id, Consent.resident_id == resident_id),
        DataKind.NOTICES: notices + told,
        DataKind.WALLET: _count(session, Certificate.id, from_departments),
        DataKind.PROOFS: _count(session, Certificate.id, mine & (Certificate.origin == HERE)),
        DataKind.COPIES: _count(session, AnnotatedCopy.id, copies),
        DataKind.CARDS: _count(session, DigitalCard.id, cards),
        DataKind.SWITCHES: _count(session, TagSwitch.tag, TagSwitch.resident_id == resident_id),
        DataKind.USES: _count(
            session, UsageRecord.id, UsageRecord.holder == person(resident_id).key
        ),
        DataKind.OBJECTIONS: _count(session, Objection.id, Objection.resident_id == resident_id),
        DataKind.REFUSALS: _count(
            session, RefusalReport.id, RefusalReport.resident_id == resident_id
        ),
        DataKind.CASES: _count(session, Case.id, Case.resident_id == resident_id),
        DataKind.FORMS: _count(session, CarriedForm.id, CarriedForm.resident_id == resident_id),
        DataKind.CODES: codes,
        DataKind.BOOKINGS: booked,
        DataKind.PAYMENTS: _count(session, PaymentOrder.id, PaymentOrder.payer_id == resident_id),
        DataKind.ADDRESSES: _count(
            session, ResidentAddress.id, ResidentAddress.resident_id == resident_id
        ),
        DataKind.DELIVERIES: _count(
            session, DeliveryOrder.id, DeliveryOrder.resident_id == resident_id
        ),
        DataKind.BILLS: _count(session, BillPayment.id, BillPayment.order_id.in_(orders)),
        DataKind.BILL_ACCOUNTS: _count(
            session, KeptAccount.id, KeptAccount.resident_id == resident_id
        ),
        DataKind.VISITS: _count(session, Visit.id, Visit.resident_id == resident_id),
    }
    return [Holding(kind, counts[kind]) for kind in DataKind]


def looks_by_staff(session: Session, resident_id: str) -> list[StaffLook]:
    """Return the latest fifty times that staff opened something of a resident's."""
    subjects = [
        (kind, row)
        for kind, ids in (
            ("certificate", select(Certificate.id).where(Certificate.resident_id == resident_id)),
            ("objection", select(Objection.id).where(Objection.resident_id == resident_id)),
            (
                "refusal_report",
                select(RefusalReport.id).where(RefusalReport.resident_id == resident_id),
            ),
        )
        for row in _ids(session, ids)
    ]
    if not subjects:
        return []
    entries = (
        select(AuditEntry)
        .where(
            tuple_(AuditEntry.subject_kind, AuditEntry.subject_id).in_(subjects),
            AuditEntry.event.in_(_LOOKS),
            AuditEntry.actor_kind == "staff",
        )
        .order_by(AuditEntry.id.desc())
        .limit(_LATEST)
    )
    return [
        StaffLook(entry.at, entry.subject_kind or "", entry.facts.get("reason"))
        for entry in session.scalars(entries)
    ]


def _ids(session: Session, asked: Select[str]) -> Sequence[str]:
    return session.scalars(asked).all()


def _count(session: Session, column: object, where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(where)) or 0  # type: ignore[arg-type]
