"""
What the holder of a phone is told, for the API and the pages alike: of his account, and, once he
has proven who he is, of his certificates, objections and cases; in words of his language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.bills.billers import biller_named
from kiosk_server.catalogue.queries import version
from kiosk_server.certificates.certificate_types import certificate_types
from kiosk_server.notices import queries, services
from kiosk_server.notices.models import ResidentNotice
from kiosk_server.notices.rules import Topic
from kiosk_server.payments.queries import items_of
from kiosk_server.places.queries import site
from kiosk_server.residents.models import AccountNotice
from kiosk_server.residents.my_phones import mark_seen, notices_of
from kiosk_server.residents.phone_rules import NoticeKind
from kiosk_server.web.request_context import database
from kiosk_server.web.words import current_language, words
from mobile_api.access import holder

_URGENT = (NoticeKind.REFRESH_REUSED, NoticeKind.CODE_SHOWN_TWICE, NoticeKind.CLOSING_ASKED)
_PLACES = {
    Topic.CERTIFICATE_EXPIRING: "/m/certificates/",
    Topic.OBJECTION_CORRECTED: "/m/objections/",
    Topic.OBJECTION_REFUSED: "/m/objections/",
    Topic.REFUSAL_ANSWERED: "/m/refusals/",
    Topic.CASE_DECIDED: "/m/cases/",
    Topic.CASE_COMPLETED: "/m/cases/",
    Topic.RESULT_PRINT_IT: "/m/cases/",
    Topic.RESULT_COLLECT: "/m/cases/",
    Topic.RESULT_MONEY_BACK: "/m/cases/",
    Topic.BOOKING_CONFIRMED: "/m/bookings/",
    Topic.BOOKING_MOVED: "/m/bookings/",
    Topic.BOOKING_CANCELLED: "/m/bookings/",
    Topic.BOOKING_CLOSED: "/m/bookings/",
    Topic.BOOKING_OFFERED: "/m/bookings/",
    Topic.BOOKING_SOON: "/m/bookings/",
    Topic.TICKET_CALLED: "/m/bookings/",
    Topic.PAYMENT_PAID: "/m/payments/",
    Topic.PAYMENT_CLOSED: "/m/payments/",
    Topic.PAYMENT_REFUNDED: "/m/payments/",
    Topic.PAYMENT_CASH_WAITS: "/m/payments/",
    Topic.BILL_SETTLED: "/m/payments/",
    Topic.BILL_NOT_BOOKED: "/m/payments/",
    Topic.DELIVERY_OUT: "/m/deliveries/",
    Topic.DELIVERY_DONE: "/m/deliveries/",
    Topic.DELIVERY_TROUBLE: "/m/deliveries/",
    Topic.DELIVERY_COLLECT: "/m/deliveries/",
    Topic.DELIVERY_WAITS: "/m/deliveries/",
    Topic.DELIVERY_NOT_FETCHED: "/m/deliveries/",
    Topic.DELIVERY_UNPAID: "/m/deliveries/",
}
_OF_PAYMENTS = (
    Topic.PAYMENT_PAID,
    Topic.PAYMENT_CLOSED,
    Topic.PAYMENT_REFUNDED,
    Topic.PAYMENT_CASH_WAITS,
)
_OF_BILLS = (Topic.BILL_SETTLED, Topic.BILL_NOT_BOOKED)
_ACCOUNT_PLACES = {
    NoticeKind.USES_SEEN: "/m/uses",
    NoticeKind.CODE_SHOWN_TWICE: "/m/uses",
    NoticeKind.PHONE_ADDED: "/m/phones",
    NoticeKind.CLOSING_ASKED: "/m/data/erase",
}


@dataclass(frozen=True)
class NoticeTold:
    """One notice as its holder reads it; `place` is the page that it leads to."""

    id: str
    kind: NoticeKind | Topic
    subject_id: str | None
    words: str
    at: datetime
    read_at: datetime | None
    place: str | None
    urgent: bool


def told(*, after: str | None, limit: int) -> list[NoticeTold]:
    """Return what this phone's holder was told, the newest first, from the one *after* a notice."""
    seen = holder()
    with database().reading() as session:
        found = [
            _of_account(each)
            for each in notices_of(session, seen.account_id, after=after, limit=limit)
        ]
        if seen.resident_id is not None:
            mine = queries.notices_of(session, seen.resident_id, after=after, limit=limit)
            found += [_of_resident(session, each) for each in mine]
    return sorted(found, key=lambda each: each.id, reverse=True)[:limit]


def unread() -> int:
    """Return how many notices of certificates, objections and cases were not read."""
    seen = holder()
    if seen.resident_id is None:
        return 0
    with database().reading() as session:
        return queries.unread(session, seen.resident_id)


def read_all() -> None:
    """Remember that this phone's holder has read all of them."""
    seen = holder()
    with database().unit_of_work() as session:
        mark_seen(session, seen.account_id)
        if seen.resident_id is not None:
            services.mark_read(session, seen.resident_id)


def _of_account(row: AccountNotice) -> NoticeTold:
    kind = NoticeKind(row.kind)
    said = words(f"m-notice-{kind.value.replace('_', '-')}")
    place = _ACCOUNT_PLACES.get(kind)
    return NoticeTold(row.id, kind, row.phone_id, said, row.at, row.seen_at, place, kind in _URGENT)


def _of_resident(session: Session, row: ResidentNotice) -> NoticeTold:
    topic = Topic(row.topic)
    said = words(
        f"m-told-{topic.value.replace('_', '-')}",
        name=_name(session, row),
        day=str(row.facts.get("day", "")),
        label=str(row.facts.get("label", "")),
        window=str(row.facts.get("window", "")),
    )
    place = f"{_PLACES[topic]}{row.subject_id}" if topic in _PLACES else None
    return NoticeTold(row.id, topic, row.subject_id, said, row.at, row.read_at, place, urgent=False)


def _name(session: Session, row: ResidentNotice) -> str:
    if row.topic in _OF_PAYMENTS:
        fee: Mapping[str, str] = items_of(session, row.subject_id)[0].names
        return fee.get(current_language().code, fee["zh"])
    if row.topic in _OF_BILLS:
        billed = biller_named(str(row.facts["biller"])).names
        return f"{billed.get(current_language().code, billed['zh'])} {row.facts['period']}"
    at = row.facts.get("site")
    item = row.facts.get("version")
    if at is not None:
        names: Mapping[str, str] = site(session, str(at)).names
    elif item is not None:
        names = version(session, str(item)).content.names
    else:
        names = certificate_types()[str(row.facts["type"])].names
    return names.get(current_language().code, names["zh"])
