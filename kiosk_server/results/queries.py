"""What a result says to the pages that show it: how it comes, what it costs, what may be done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kiosk_server.cases.models import Case
from kiosk_server.deliveries.life import DeliveryState
from kiosk_server.deliveries.models import DeliveryOrder
from kiosk_server.deliveries.queries import results_sent_of
from kiosk_server.payments.case_fees import fees_of
from kiosk_server.payments.models import PaymentOrder
from kiosk_server.payments.rules import FeeItem
from kiosk_server.printing.case_rights import right_until
from kiosk_server.printing.queries import jobs_of_case
from kiosk_server.results.models import CaseResult
from kiosk_server.results.rules import (
    Parcel,
    Print,
    ResultWay,
    Standing,
    money_goes_back_at,
    open_ways,
)
from kiosk_server.results.standing import ended_at, order_of_case, standing_of

_CANCELLED = DeliveryState.CANCELLED.value


@dataclass(frozen=True)
class ResultView:
    """One result as its pages show it. Amounts are integer fen."""

    way: ResultWay | None
    open_ways: tuple[ResultWay, ...]
    """What may be chosen now; empty once the paper has left the house."""
    fees: tuple[FeeItem, ...]
    fee_fen: int
    order: PaymentOrder | None
    """The order that is neither closed nor paid back."""
    delivery: DeliveryOrder | None
    """The last that was not cancelled."""
    site_id: str | None
    handed_out_at: datetime | None
    reprint_until: datetime | None
    """Until when it may be printed before the money goes back, or a right to print ends."""
    money_goes_back: bool
    """It is on its way back, or will be as soon as a print that hangs is given up."""
    may_have_money: bool
    """He may have his money now in place of the paper (`services.money_back`)."""
    owed: bool
    print: Print
    parcel: Parcel
    gone: bool


def result_of(session: Session, case: Case) -> ResultView:
    """Return how the result of *case* stands."""
    result = session.get(CaseResult, case.id)
    standing = standing_of(session, case, result)
    order = order_of_case(session, case.id)
    way = ResultWay(result.way) if result is not None and result.way is not None else None
    until = goes_back_at(session, case, result, standing)
    sent = [row for row in results_sent_of(session, case.id) if row.state != _CANCELLED]
    delivery = sent[-1] if sent else None
    if way is None and delivery is not None:
        way = ResultWay.SEND
    wanted = result is not None and result.money_wanted_at is not None
    at_rest = not standing.gone and standing.print not in (Print.UNDER_WAY, Print.DENIED)
    return ResultView(
        way=way,
        open_ways=open_ways(standing),
        fees=fees_of(session, case),
        fee_fen=standing.fee_fen,
        order=order,
        delivery=delivery,
        site_id=result.site_id if result is not None else None,
        handed_out_at=result.handed_out_at if result is not None else None,
        reprint_until=until if standing.fee_fen else right_until(session, case.id),
        money_goes_back=standing.returning or (wanted and not standing.gone),
        may_have_money=standing.kept_fen > 0 and at_rest and not wanted,
        owed=standing.owed,
        print=standing.print,
        parcel=standing.parcel,
        gone=standing.gone,
    )


def goes_back_at(
    session: Session, case: Case, result: CaseResult | None, standing: Standing
) -> datetime | None:
    """Return when the money for *case* goes back by itself; None while it cannot."""
    order = order_of_case(session, case.id)
    if order is None or order.paid_at is None:
        return None
    chosen_at = result.chosen_at if result is not None else order.paid_at
    return money_goes_back_at(
        ResultWay(result.way) if result is not None and result.way else ResultWay.HERE,
        standing,
        since=max(order.paid_at, chosen_at),
        ended=ended_at(jobs_of_case(session, case.id), results_sent_of(session, case.id)),
        right_until=right_until(session, case.id),
    )
