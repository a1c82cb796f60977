"""
One timeline of a case: what became of it, of its payment, of its paper and of its parcel, by time.

The words are the surfaces', under `timeline-<kind>-<code>`; a courier's own are in `text`. Codes:

    case      a `CaseState`
    payment   opened, paid, closed, refund_asked, refunded
    print     asked, printed, not_printed, unknown
    delivery  opened, papers_opened (to be fetched from his door), asked, a `deliveries.life.Step`,
              or note where the courier's code is unknown
    hand_out  handed_out, handed_over (a parcel, by its code), papers_handed_over (to a courier, by
              the same), given_up (for the money)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.cases.own import steps_of
from kiosk_server.deliveries.queries import deliveries_of_case, lines_of
from kiosk_server.deliveries.rules import Direction
from kiosk_server.payments.case_fees import CASE
from kiosk_server.payments.life import OrderState, RefundState
from kiosk_server.payments.queries import orders_about, refunds_of
from kiosk_server.printing.queries import jobs_of_case
from kiosk_server.printing.rules import ENDED
from kiosk_server.results.models import CaseResult


class LineKind(StrEnum):
    """Whose line it is, in the order in which things of one moment follow each other."""

    CASE = "case"
    PAYMENT = "payment"
    PRINT = "print"
    DELIVERY = "delivery"
    HAND_OUT = "hand_out"


@dataclass(frozen=True)
class TimelineLine:
    """One thing that happened; `text` in the words of whoever told it."""

    at: datetime
    kind: LineKind
    code: str
    text: str | None = None


def timeline_of(session: Session, case: Case) -> list[TimelineLine]:
    """Return everything that happened to *case* and its result, the first thing first."""
    kinds = tuple(LineKind)
    told = [
        *(TimelineLine(step.at, LineKind.CASE, step.state.value) for step in steps_of(case)),
        *_payments(session, case),
        *_prints(session, case),
        *_deliveries(session, case),
        *_hand_outs(session, case),
    ]
    return sorted(told, key=lambda line: (line.at, kinds.index(line.kind)))


def _payments(session: Session, case: Case) -> Iterator[TimelineLine]:
    for order in orders_about(session, CASE, case.id):
        yield TimelineLine(order.opened_at, LineKind.PAYMENT, "opened")
        if order.paid_at is not None:
            yield TimelineLine(order.paid_at, LineKind.PAYMENT, "paid")
        if order.state == OrderState.CLOSED and order.ended_at is not None:
            yield TimelineLine(order.ended_at, LineKind.PAYMENT, "closed")
        for refund in refunds_of(session, order.id):
            yield TimelineLine(refund.asked_at, LineKind.PAYMENT, "refund_asked")
            if refund.state == RefundState.DONE and refund.ended_at is not None:
                yield TimelineLine(refund.ended_at, LineKind.PAYMENT, "refunded")


def _prints(session: Session, case: Case) -> Iterator[TimelineLine]:
    for job in jobs_of_case(session, case.id):
        yield TimelineLine(job.requested_at, LineKind.PRINT, "asked")
        if job.state in ENDED and job.ended_at is not None:
            yield TimelineLine(job.ended_at, LineKind.PRINT, job.state)


def _deliveries(session: Session, case: Case) -> Iterator[TimelineLine]:
    for row in deliveries_of_case(session, case.id):
        opened = "papers_opened" if row.direction == Direction.PAPERS else "opened"
        yield TimelineLine(row.opened_at, LineKind.DELIVERY, opened)
        if row.asked_at is not None:
            yield TimelineLine(row.asked_at, LineKind.DELIVERY, "asked")
        for line in lines_of(session, row.id):
            code = line.step.value if line.step is not None else "note"
            yield TimelineLine(line.at, LineKind.DELIVERY, code, line.text or None)


def _hand_outs(session: Session, case: Case) -> Iterator[TimelineLine]:
    result = session.get(CaseResult, case.id)
    if result is not None and result.handed_out_at is not None:
        yield TimelineLine(result.handed_out_at, LineKind.HAND_OUT, "handed_out")
    if result is not None and result.given_up_at is not None:
        yield TimelineLine(result.given_up_at, LineKind.HAND_OUT, "given_up")
    for row in deliveries_of_case(session, case.id):
        if row.handed_over_at is not None:
            done = "papers_handed_over" if row.direction == Direction.PAPERS else "handed_over"
            yield TimelineLine(row.handed_over_at, LineKind.HAND_OUT, done)
