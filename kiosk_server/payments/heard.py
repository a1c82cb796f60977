"""
Notices that channels send (支付通知): kept once, believed only behind their signature.

A notice that was sent twice is one row with a count. Nothing is kept of a forged one but its
digest; whoever keeps knocking fills neither the table nor the audit.
"""

from datetime import timedelta
from enum import StrEnum
from typing import cast

import structlog
from sqlalchemy import CursorResult, Table, bindparam, delete, update
from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.core import clock, limits
from kiosk_server.core.database import keyring_of
from kiosk_server.core.errors import TooMany
from kiosk_server.core.identifiers import new_id
from kiosk_server.core.statements import Writing, put
from kiosk_server.payments import refunds
from kiosk_server.payments.models import PaymentNotice
from kiosk_server.payments.ports import (
    Believed,
    NoticeOfNothing,
    NoticeOfPayment,
    NoticeOfRefund,
    RefundDone,
)
from kiosk_server.payments.rules import Channel
from kiosk_server.payments.settling import Taken, Teller, take_payment

KEPT = timedelta(days=400)
"""Longer than the year in which a channel's books can still be questioned."""
_KNOCKING = "payment_notice"
AUDITED_FORGERIES = 30
AUDIT_WINDOW = timedelta(minutes=10)

log = structlog.get_logger()

_TABLE = cast("Table", PaymentNotice.__table__)
_AGAIN = Writing(
    lambda _: (
        update(_TABLE)
        .where(
            _TABLE.c.channel == bindparam("at", type_=_TABLE.c.channel.type),
            _TABLE.c.digest == bindparam("sent", type_=_TABLE.c.digest.type),
        )
        .values(times=_TABLE.c.times + 1)
    )
)
_HEARD = Writing(
    lambda _: update(_TABLE).where(_TABLE.c.id == bindparam("row", type_=_TABLE.c.id.type)),
    ("outcome",),
)


class Heard(StrEnum):
    """What became of a notice."""

    COUNTED = "counted"
    REPEATED = "repeated"
    GOES_BACK = "goes_back"
    DOUBTED = "doubted"
    NOT_OURS = "not_ours"
    REFUND_ENDED = "refund_ended"
    NOTHING = "nothing"


def hear(session: Session, channel: Channel, notice: Believed, *, digest: str, body: str) -> Heard:
    """Believe a notice whose signature holds, and keep it; *digest* names what was sent."""
    row = new_id()
    expected = Heard.COUNTED if isinstance(notice, NoticeOfPayment) else Heard.NOTHING
    # The same notice at the same moment waits here for the first, and is counted after it.
    new = put(
        session,
        PaymentNotice,
        unless_there=True,
        id=row,
        channel=channel.value,
        digest=digest,
        number=_number(notice),
        outcome=expected.value,
        body_sealed=keyring_of(session).seal(body, table="payment_notice", column="body", row=row),
        came_at=clock.now(),
    )
    if not new:
        _AGAIN.run(session, {"at": channel.value, "sent": digest})
        return Heard.REPEATED
    heard = _believed(session, channel, notice)
    if heard is not expected:
        _HEARD.run(session, {"row": row, "outcome": heard.value})
    return heard


def hear_forged(session: Session, channel: Channel, why: str) -> None:
    """Audit a notice that cannot be believed, up to thirty in ten minutes; the log has them all."""
    log.warning("payment_notice_forged", channel=channel.value, why=why)
    try:
        limits.count_attempt(
            session, _KNOCKING, channel.value, limit=AUDITED_FORGERIES, window=AUDIT_WINDOW
        )
    except TooMany:
        return
    note(
        session,
        AuditEvent.PAYMENT_NOTICE_FORGED,
        actor=Actor(kind="unknown", id="unproven"),
        subject=Subject("payment_channel", channel.value),
        facts={"why": why},
    )


def is_flooded(session: Session, channel: Channel) -> bool:
    """Return whether so many were forged lately that no more are audited; the log counts on."""
    flooded = limits.attempts(session, _KNOCKING, channel.value) >= AUDITED_FORGERIES
    if flooded:
        log.warning("payment_notice_not_audited", channel=channel.value)
    return flooded


def forget_notices(session: Session) -> int:
    """Delete notices that nobody can question any more; return how many."""
    old = delete(PaymentNotice).where(PaymentNotice.came_at < clock.now() - KEPT)
    result = session.execute(old)
    return result.rowcount if isinstance(result, CursorResult) else 0


def _number(notice: Believed) -> str | None:
    match notice:
        case NoticeOfPayment(number=number) | NoticeOfRefund(number=number):
            return number[:64]
        case _:
            return None


def _believed(session: Session, channel: Channel, notice: Believed) -> Heard:
    match notice:
        case NoticeOfPayment(number, paid):
            taken = take_payment(session, channel, number, paid, told_by=Teller.NOTICE)
            return _OF_TAKEN[taken]
        case NoticeOfRefund(number, outcome):
            if isinstance(outcome, RefundDone):
                ours = refunds.finish(session, channel, number, outcome)
            else:
                ours = refunds.fail(session, channel, number, outcome.code)
            return Heard.REFUND_ENDED if ours else Heard.NOT_OURS
        case NoticeOfNothing():
            return Heard.NOTHING


_OF_TAKEN = {
    Taken.COUNTED: Heard.COUNTED,
    Taken.REPEATED: Heard.REPEATED,
    Taken.GOES_BACK: Heard.GOES_BACK,
    Taken.DOUBTED: Heard.DOUBTED,
    Taken.NOT_OURS: Heard.NOT_OURS,
}
