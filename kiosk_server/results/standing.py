"""
Everything that decides about one result, read from the rooms that know it.

Whoever acts on it holds the case's row first (`hold`): the case is what paper and money wait for
each other at. After it come the result, the order, the prints and their rights, in this order.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case, Outcome
from kiosk_server.cases.queries import decision_of
from kiosk_server.core.errors import NotFound
from kiosk_server.deliveries.heard import lies_at_site
from kiosk_server.deliveries.life import DeliveryState, Trouble
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.queries import results_sent_of
from kiosk_server.deliveries.releasing import may_have_result
from kiosk_server.payments.case_fees import CASE, fees_of
from kiosk_server.payments.life import UNPAID
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.queries import kept_fen, order_of_subject
from kiosk_server.payments.rules import total_fen
from kiosk_server.payments.settling import lock_order
from kiosk_server.printing.models import JobState, PrintJob
from kiosk_server.printing.queries import jobs_of_case
from kiosk_server.results.models import CaseResult
from kiosk_server.results.rules import Parcel, Print, Standing

_WEIGHTIEST_FIRST = (
    Print.OUT,
    Print.UNDER_WAY,
    Print.HANGS,
    Print.DENIED,
    Print.UNKNOWN,
    Print.FAILED,
    Print.NONE,
)
_ASKED = (DeliveryState.UNKNOWN, DeliveryState.ACCEPTED)


def hold(session: Session, case_id: str) -> tuple[Case, CaseResult | None]:
    """Return a case and its result, held until the unit of work ends; `NotFound`."""
    session.flush()
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFound("case_not_found")
    result = session.get(CaseResult, case_id, with_for_update=True, populate_existing=True)
    order = order_of_case(session, case.id)
    if order is not None:
        # Who gives money back by hand holds the order alone; a terminal's word holds its print,
        # and a courier's push the delivery.
        lock_order(session, order.id)
    jobs = select(PrintJob).where(PrintJob.case_id == case_id).order_by(PrintJob.id)
    sent = select(DeliveryOrder).where(DeliveryOrder.case_id == case_id).order_by(DeliveryOrder.id)
    for rows in (jobs, sent):
        held = session.scalars(rows.with_for_update().execution_options(populate_existing=True))
        held.all()
    return case, result


def order_of_case(session: Session, case_id: str) -> PaymentOrder | None:
    """Return the order for a case's paper that is neither closed nor paid back."""
    return order_of_subject(session, CASE, case_id)


def standing_of(session: Session, case: Case, result: CaseResult | None) -> Standing:
    """Return how a result stands; to act on it, `hold` it first."""
    fees = fees_of(session, case)
    order = order_of_case(session, case.id) if fees else None
    kept = kept_fen(session, order.id) if order is not None else 0
    return Standing(
        due=_is_due(session, case),
        decided=case.outcome is not None,
        fee_fen=total_fen(fees) if fees else 0,
        kept_fen=kept,
        returning=order is not None and order.state not in UNPAID and kept == 0,
        handed_out=result is not None and result.handed_out_at is not None,
        print=print_of(jobs_of_case(session, case.id)),
        parcel=parcel_of(results_sent_of(session, case.id)),
    )


def print_of(jobs: Iterable[PrintJob]) -> Print:
    """Return where the paper stands at the printers."""
    found = {_print_of(job) for job in jobs} | {Print.NONE}
    return next(each for each in _WEIGHTIEST_FIRST if each in found)


def parcel_of(deliveries: Iterable[DeliveryOrder]) -> Parcel:
    """
    Return where the paper stands with couriers; what another delivery replaced is not asked.

    What was brought to a site and not fetched lies there until the next delivery has it.
    """
    rows = list(deliveries)
    replaced = {row.replaces for row in rows}
    asked = (row for row in rows if row.id not in replaced or lies_at_site(row))
    found = {_parcel_of(row) for row in asked} | {Parcel.NONE}
    return max(found, key=tuple(Parcel).index)


def ended_at(jobs: Iterable[PrintJob], deliveries: Iterable[DeliveryOrder]) -> list[datetime]:
    """Return when prints ended without a paper, and parcels came to nothing."""
    prints = [job.ended_at for job in jobs if job.ended_at is not None]
    return prints + [row.changed_at for row in deliveries]


def _is_due(session: Session, case: Case) -> bool:
    if not may_have_result(case):
        return False
    if case.outcome is None or case.decision_sealed is None:
        return True
    return case.outcome != Outcome.REFUSED and decision_of(session, case.id).paper is not None


def _print_of(job: PrintJob) -> Print:
    match JobState(job.state):
        case JobState.PRINTED:
            return Print.DENIED if job.came_out == "no" else Print.OUT
        case JobState.NOT_PRINTED:
            return Print.FAILED
        case JobState.UNKNOWN:
            return Print.UNKNOWN
        case JobState.WAITING | JobState.TAKEN | JobState.PRINTING:
            hangs = job.trouble is not None or job.cancel_wanted
            return Print.HANGS if hangs else Print.UNDER_WAY


def _parcel_of(row: DeliveryOrder) -> Parcel:
    state = DeliveryState(row.state)
    if state is DeliveryState.CANCELLED:
        return Parcel.NONE
    if state is DeliveryState.EXCEPTION and row.trouble == Trouble.TURNED_DOWN.value:
        return Parcel.TURNED_DOWN if row.handed_over_at is None else Parcel.CARRIED
    if state is DeliveryState.CREATED:
        return Parcel.WAITS if row.asked_at is None else Parcel.ASKED
    return Parcel.ASKED if state in _ASKED else Parcel.CARRIED
