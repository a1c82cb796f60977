"""
A copy of one's own data (复制权, 个人信息保护法 45), complete and in clear.

    copy_of(session, account_id, resident_id) -> dict[DataKind, list[Entry]]

An entry is a row of texts under labels, its moments ISO 8601 in Beijing time. The caller has asked
for the PIN.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.bills.kept_accounts import kept_of
from kiosk_server.bookings.models import Booking, WaitingEntry
from kiosk_server.cases.models import Case
from kiosk_server.certificates.copies import copies_of
from kiosk_server.certificates.holders import person
from kiosk_server.certificates.models import Certificate
from kiosk_server.certificates.objection_queries import objections_of, reports_of
from kiosk_server.certificates.queries import copy_words
from kiosk_server.certificates.services import HERE, PLATFORM
from kiosk_server.certificates.wallet import content_of
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.own_data.bills import paid_bills
from kiosk_server.own_data.entries import Entry, entry, in_beijing
from kiosk_server.own_data.parcels import addresses, deliveries
from kiosk_server.own_data.rules import DataKind
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.queries import items_of
from kiosk_server.payments.rules import as_yuan
from kiosk_server.places.queries import site
from kiosk_server.residents import services as residents
from kiosk_server.residents.accounts import number_of
from kiosk_server.residents.models import (
    AccountNotice,
    AccountPhone,
    Consent,
    PhoneAccount,
    Resident,
)
from kiosk_server.residents.phones import label
from kiosk_server.results.models import CaseResult
from kiosk_server.showing.cards import cards_of
from kiosk_server.showing.models import FieldRequest, ShowCode
from kiosk_server.showing.uses import uses_of
from kiosk_server.suggestions.models import TagSwitch
from kiosk_server.visits.carrying import forms_of
from kiosk_server.visits.models import Visit

_MOST_USES = 10_000


def copy_of(
    session: Session, account_id: str, resident_id: str, *, by: Actor
) -> dict[DataKind, list[Entry]]:
    """Return everything that is kept of a resident, kind by kind; audited."""
    subject = Subject("resident", resident_id)
    note(session, AuditEvent.OWN_DATA_COPIED, actor=by, subject=subject)
    return {
        DataKind.ACCOUNT: [_account(session, account_id)],
        DataKind.PERSON: [_person(session, resident_id)],
        DataKind.PHONES: _phones(session, account_id),
        DataKind.CONSENTS: _consents(session, resident_id),
        DataKind.NOTICES: _notices(session, account_id, resident_id),
        DataKind.WALLET: _certificates(session, resident_id, PLATFORM),
        DataKind.PROOFS: _certificates(session, resident_id, HERE),
        DataKind.COPIES: _copies(session, resident_id),
        DataKind.CARDS: _cards(session, resident_id),
        DataKind.SWITCHES: _switches(session, resident_id),
        DataKind.USES: _uses(session, resident_id),
        DataKind.OBJECTIONS: _objections(session, resident_id),
        DataKind.REFUSALS: _refusals(session, resident_id),
        DataKind.CASES: _cases(session, resident_id),
        DataKind.FORMS: _forms(session, resident_id),
        DataKind.CODES: _codes(session, resident_id),
        DataKind.VISITS: _visits(session, resident_id),
        DataKind.BOOKINGS: _bookings(session, resident_id),
        DataKind.PAYMENTS: _payments(session, resident_id),
        DataKind.ADDRESSES: addresses(session, resident_id),
        DataKind.DELIVERIES: deliveries(session, resident_id),
        DataKind.BILLS: paid_bills(session, resident_id),
        DataKind.BILL_ACCOUNTS: [
            entry(name=each.biller.names["zh"], content=each.account)
            for each in kept_of(session, resident_id)
        ],
    }


def _account(session: Session, account_id: str) -> Entry:
    account = session.get_one(PhoneAccount, account_id)
    return entry(
        phone_number=number_of(session, account), at=account.opened_at, bound_at=account.bound_at
    )


def _person(session: Session, resident_id: str) -> Entry:
    resident = session.get_one(Resident, resident_id)
    return entry(
        name=residents.name_of(session, resident),
        identity_number=residents.number_of(session, resident),
        at=resident.registered_at,
    )


def _phones(session: Session, account_id: str) -> list[Entry]:
    mine = select(AccountPhone).where(AccountPhone.account_id == account_id)
    return [
        entry(
            name=label(session, row),
            kind=row.kind,
            level=row.level,
            at=row.added_at,
            used_at=row.last_used_at,
            ended_at=row.ended_at,
        )
        for row in session.scalars(mine.order_by(AccountPhone.id))
    ]


def _consents(session: Session, resident_id: str) -> list[Entry]:
    mine = select(Consent).where(Consent.resident_id == resident_id).order_by(Consent.id)
    return [
        entry(kind=row.purpose, version=row.version, at=row.given_at, ended_at=row.withdrawn_at)
        for row in session.scalars(mine)
    ]


def _notices(session: Session, account_id: str, resident_id: str) -> list[Entry]:
    account = select(AccountNotice).where(AccountNotice.account_id == account_id)
    told = select(ResidentNotice).where(ResidentNotice.resident_id == resident_id)
    found = [(row.id, row.kind, row.at, row.seen_at) for row in session.scalars(account)]
    found += [(row.id, row.topic, row.at, row.read_at) for row in session.scalars(told)]
    return [entry(kind=kind, at=at, read_at=read) for _, kind, at, read in sorted(found)]


def _certificates(session: Session, resident_id: str, origin: str) -> list[Entry]:
    mine = select(Certificate).where(
        Certificate.resident_id == resident_id, Certificate.origin == origin
    )
    return [
        entry(
            name=row.kind,
            state=row.state,
            version=str(row.version),
            at=row.issued_at,
            content="; ".join(f"{key}: {value}" for key, value in content_of(session, row).items()),
        )
        for row in session.scalars(mine.order_by(Certificate.id))
    ]


def _copies(session: Session, resident_id: str) -> list[Entry]:
    return [
        entry(
            number=row.number,
            purpose=words.purpose,
            recipient=words.recipient,
            content="; ".join(f"{fact.label}: {fact.value}" for fact in words.facts),
            at=row.made_at,
            until=row.valid_until.isoformat(),
            ended_at=row.stopped_at,
        )
        for row, words in (
            (row, copy_words(session, row)) for row in copies_of(session, resident_id)
        )
        if row.fields
    ]


def _cards(session: Session, resident_id: str) -> list[Entry]:
    return [
        entry(
            name=card.name,
            organisation=card.organisation,
            content="; ".join(proof.title for proof in card.proofs),
            at=card.made_at,
            ended_at=card.stopped_at,
        )
        for card in cards_of(session, resident_id)
    ]


def _switches(session: Session, resident_id: str) -> list[Entry]:
    mine = select(TagSwitch).where(TagSwitch.resident_id == resident_id).order_by(TagSwitch.tag)
    return [entry(kind=row.tag, at=row.off_at) for row in session.scalars(mine)]


def _uses(session: Session, resident_id: str) -> list[Entry]:
    return [
        entry(
            name=use.title,
            at=use.at,
            kind=use.channel.value,
            state=use.outcome,
            scene=use.scene,
            organisation=use.organisation,
            content=", ".join(use.fields),
            purpose=use.purpose,
        )
        for use in uses_of(session, resident_id, person(resident_id), limit=_MOST_USES)
    ]


def _objections(session: Session, resident_id: str) -> list[Entry]:
    return [
        entry(
            name=row.title,
            kind=row.field_id,
            words=row.words,
            state=row.state.value,
            at=row.raised_at,
            until=row.due_on.isoformat(),
            answer=row.answer,
        )
        for row in objections_of(session, resident_id)
    ]


def _refusals(session: Session, resident_id: str) -> list[Entry]:
    return [
        entry(
            name=row.type.names["zh"],
            scene=row.scene,
            place=row.place,
            words=row.said,
            state=row.state.value,
            at=row.reported_at,
            until=row.due_on.isoformat(),
            answer=row.answer,
        )
        for row in reports_of(session, resident_id)
    ]


def _cases(session: Session, resident_id: str) -> list[Entry]:
    mine = (
        select(Case, CaseResult)
        .outerjoin(CaseResult, CaseResult.case_id == Case.id)
        .where(Case.resident_id == resident_id)
        .order_by(Case.id.desc())
    )
    return [
        entry(
            number=row.number,
            handled_by=row.handled_by,
            state=row.state,
            outcome=row.outcome,
            purpose=row.purpose,
            way=result.way if result is not None else None,
            at=row.applied_at,
            ended_at=row.ended_at,
        )
        for row, result in session.execute(mine)
    ]


def _forms(session: Session, resident_id: str) -> list[Entry]:
    return [
        entry(
            name=form.content.names["zh"],
            purpose=form.purpose,
            at=form.carried_at,
            until=in_beijing(form.expires_at),
        )
        for form in forms_of(session, resident_id)
    ]


def _codes(session: Session, resident_id: str) -> list[Entry]:
    codes = select(ShowCode).where(ShowCode.actor_id == resident_id).order_by(ShowCode.id)
    asked = select(FieldRequest).where(FieldRequest.actor_id == resident_id)
    return [
        entry(scene=row.scene, state=row.state, at=row.made_at) for row in session.scalars(codes)
    ] + [
        entry(
            scene=row.scene,
            state=row.state,
            organisation=row.organisation_name,
            content=row.fields,
            at=row.asked_at,
        )
        for row in session.scalars(asked.order_by(FieldRequest.id))
    ]


def _visits(session: Session, resident_id: str) -> list[Entry]:
    mine = select(Visit).where(Visit.resident_id == resident_id).order_by(Visit.id)
    return [entry(at=row.started_at, ended_at=row.ended_at) for row in session.scalars(mine)]


def _bookings(session: Session, resident_id: str) -> list[Entry]:
    booked = select(Booking).where(Booking.resident_id == resident_id).order_by(Booking.id)
    waited = select(WaitingEntry).where(WaitingEntry.resident_id == resident_id)
    return [
        entry(
            name=site(session, row.site_id).names["zh"],
            content="; ".join(row.services),
            state=row.state,
            at=row.starts_at,
        )
        for row in session.scalars(booked)
    ] + [
        entry(
            name=site(session, row.site_id).names["zh"],
            content="; ".join(row.services),
            state=row.state,
            at=row.asked_at,
            until=row.day.isoformat(),
        )
        for row in session.scalars(waited.order_by(WaitingEntry.id))
    ]


def _payments(session: Session, resident_id: str) -> list[Entry]:
    mine = select(PaymentOrder).where(PaymentOrder.payer_id == resident_id)
    return [
        entry(
            name="; ".join(item.names["zh"] for item in items_of(session, row.id)),
            content=f"CNY {as_yuan(row.amount_fen)}",
            state=row.state,
            at=row.opened_at,
            ended_at=row.ended_at,
        )
        for row in session.scalars(mine.order_by(PaymentOrder.id))
    ]
